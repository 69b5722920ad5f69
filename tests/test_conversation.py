"""Conversations keep apart, buttons outlive a restart, and nothing anybody types makes the desk fail."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from asking import (
    SEEDS,
    Asked,
    Loaded,
    answer_of,
    desk_over,
    one_of_each_kind,
    plain_questions,
    reply_to,
    say,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answer import (
    Answer,
    Do,
    Outcome,
    Step,
)
from bot.conversation import Desk
from bot.question.context import Context
from bot.render.guard import hold
from bot.render.html import render_html, visible_text
from bot.render.text import render_text

CONVERSATIONS = one_of_each_kind()
PLAIN = plain_questions()


# --- conversation ---------------------------------------------------------------------------------


async def test_memory_survives_being_written_as_json(answered: list[Asked]) -> None:
    for asked in answered:
        memory = asked.memory
        assert Context.from_json(memory).to_json() == memory, str(asked)


async def test_two_conversations_never_mix(desk: Desk) -> None:
    first = ("打非多少钱", "联系人呢", "它的核心指标", "第二个多少分")
    second = ("证券化的年度目标", "联系人呢", "那巨灾保险的呢", "占多少")
    alone = [[turn.reply for turn in await say(desk, *turns)] for turns in (first, second)]
    memories: list[dict[str, Any] | None] = [None, None]
    mixed: list[list[str]] = [[], []]
    for pair in zip(first, second, strict=True):
        for place, question in enumerate(pair):
            turn = (await say(desk, question, memory=memories[place]))[0]
            memories[place] = turn.memory
            mixed[place].append(turn.reply)
    assert mixed == alone


async def test_the_same_question_is_answered_the_same_each_time(desk: Desk) -> None:
    for question in PLAIN[::7]:
        assert await reply_to(desk, question) == await reply_to(desk, question)


# --- buttons --------------------------------------------------------------------------------------


def offered(answer: Answer) -> Iterator[Step]:
    yield from answer.steps
    yield from answer.choices


async def test_every_button_offered_is_answered_after_a_restart(
    seeded: str, answered: list[Asked]
) -> None:
    """The desk that pressed is another one, and all it gets is the step and the memory's JSON."""
    pressed: set[Do] = set()
    async with desk_over(seeded) as restarted:
        for asked in answered:
            for step in offered(answer_of(asked)):
                exchange = await restarted.press(step, asked.memory)
                reply = render_text(exchange.answer)
                pressed.add(step.do)
                assert exchange.answer.outcome in {Outcome.ANSWERED, Outcome.ASKED_BACK}, (
                    f"{step}\n{reply}\n{asked}"
                )
    assert {Do.FIELD, Do.INDICATORS, Do.CONTACT, Do.CHOOSE, Do.LIST} <= pressed


@pytest.mark.parametrize("do", list(Do))
@pytest.mark.parametrize("project", [0, 2, 999_999])
async def test_any_button_of_a_message_sent_long_ago_is_answered(
    do: Do, project: int, desk: Desk
) -> None:
    """Without memory, of a project that is gone, with an item and a page that are not there."""
    for item, page, field in ((0, 0, "total"), (1, 0, "overview"), (99, 99, "")):
        step = Step("旧按钮", do, project, field=field, item=item, page=page)
        exchange = await desk.press(step, None)
        assert render_text(exchange.answer)
        assert json.dumps(exchange.memory) is not None


async def test_a_choice_settles_the_question_that_was_asked_back(desk: Desk) -> None:
    asked = (await say(desk, "联系人是谁"))[0]
    choice = next(step for step in answer_of(asked).choices if "打非" in step.label)
    exchange = await desk.press(choice, asked.memory)
    assert render_text(exchange.answer).startswith("赵东松")


async def test_a_question_can_go_on_from_a_button(desk: Desk) -> None:
    exchange = await desk.press(Step("", Do.SHOW, 5), None)
    turn = (await say(desk, "联系人呢", memory=json.loads(json.dumps(exchange.memory))))[0]
    assert turn.reply.startswith("韩巨星")


# --- whatever is typed ----------------------------------------------------------------------------

A_SECOND = 1.0
HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
ANYTHING = st.text(st.characters(codec="utf-8"), max_size=120)
CHINESE = st.text(HAN, min_size=1, max_size=60)
VOCABULARY = st.lists(
    st.sampled_from(
        [
            "打非",
            "巨灾",
            "证券化",
            "金融",
            "项目",
            "指标",
            "核心",
            "第二个",
            "第99个",
            "最多",
            "前三",
            "超过",
            "不到",
            "100万",
            "0元",
            "-5",
            "联系人",
            "电话",
            "除了",
            "和",
            "比",
            "一共",
            "占",
            "平均",
            "10月底",
            "2024年",
            "2031年",
            "？",
            "，",
            "不是",
            "它",
            "呢",
            "多少",
            "〔2017〕",
            "号",
            "¥",
            "%",
            "≥",
            "40236567",
            "李冬霞",
            "没有",
            "哪个",
            "几倍",
            "换算成亿",
        ]
    ),
    min_size=1,
    max_size=14,
).map("".join)
MUTATED = st.tuples(
    st.sampled_from(PLAIN), st.integers(0, 40), st.integers(0, 3), st.text(max_size=3)
).map(lambda drawn: drawn[0][: drawn[1]] + drawn[3] + drawn[0][drawn[1] + drawn[2] :])
KINDS_OF_TEXT = ("anything", "chinese", "vocabulary", "mutated")
TRYING = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


async def survives(desk: Desk, text: str, memory: dict[str, Any] | None = None) -> None:
    start = time.perf_counter()
    asked = (await say(desk, text, memory=memory))[0]
    assert time.perf_counter() - start < A_SECOND, f"{text!r} took too long"
    answer = answer_of(asked)
    assert asked.reply
    hold(answer, visible_text(render_html(answer)))


@pytest.fixture
async def warm(seeded: str) -> AsyncIterator[Desk]:
    """A desk that has answered once: what is loaded on first use is loaded."""
    async with desk_over(seeded) as opened:
        await say(opened, "打非和 juzai 的聯繫人，還有48号文")
        yield opened


@pytest.mark.parametrize("texts", [ANYTHING, CHINESE, VOCABULARY, MUTATED], ids=KINDS_OF_TEXT)
async def test_nothing_that_is_typed_makes_the_desk_fail_or_dawdle(
    texts: st.SearchStrategy[str], warm: Desk
) -> None:
    """Drawn first and asked after: hypothesis cannot wait for an answer inside a running loop."""
    drawn: list[str] = []

    @TRYING
    @given(texts)
    def draw(text: str) -> None:
        drawn.append(text)

    draw()
    for text in drawn:
        await survives(warm, text)


@pytest.mark.parametrize("seed", range(3))
async def test_no_conversation_of_any_questions_fails(seed: int, warm: Desk) -> None:
    """Real questions in an order nobody would ask them in, all in one conversation."""
    import random

    questions = [*PLAIN, *(turn for turns in CONVERSATIONS for turn in turns)]
    memory: dict[str, Any] | None = None
    for question in random.Random(seed).sample(questions, 60):
        turn = (await say(warm, question, memory=memory))[0]
        memory = turn.memory


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "\x00", "\u200b", "？？？", "0", "-1", "第", "和", "的" * 500, "打非" * 400, "1" * 300, "（" * 200, "%_%_%", "'; --",
        "打非\x00多少钱", "打非 OR 1=1", "🀄" * 100, "多少" * 300, "除了" * 100, "第二个" * 80, "，" * 1000,
        "《" * 50 + "》" * 50, "〔2017〕" * 40, "40236567" * 30, "10月底" * 60, "前999999名", "第999999999999个", "超过" + "9" * 60 + "万",
        "百分之" * 50, "一二三四五六七八九十百千万亿" * 20,
    ],
    ids=lambda text: repr(text[:12]),
)  # fmt: skip
async def test_odd_messages_are_answered_within_a_second(text: str, warm: Desk) -> None:
    await survives(warm, text)


async def test_half_an_emoji_is_passed_over(warm: Desk) -> None:
    assert "77.87" in await reply_to(warm, "\ud83d打非多少钱")


async def test_a_pasted_page_with_one_question_is_answered_within_a_second(
    warm: Desk, loaded: Loaded
) -> None:
    page = "".join(path.read_text("utf-8") for path in SEEDS)
    await survives(warm, page)
    await survives(warm, f"{page[:1500]}\n打非多少钱？")


async def test_yes_takes_the_one_project_that_was_asked_back(desk: Desk) -> None:
    assert "您说的是这个项目吗" in await reply_to(desk, "证券投资项目多少钱")
    assert (await reply_to(desk, "证券投资项目多少钱", "是的")).startswith("425万元")
