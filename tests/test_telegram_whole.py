"""The whole bot over the real registry: the user's six sheets, SQLite, and Telegram over HTTP."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from telegram_rules import check_rich, check_text
from telegram_server import TOKEN, TelegramServer
from telegram_world import World, a_world

from bot.app import bot_over, build_dispatcher
from bot.opening import Opened, opened
from bot.render.guard import NUMBER
from bot.render.html import render_html
from bot.render.rich import render_rich
from bot.render.text import render_text
from bot.settings import read_settings

KINDS = (
    "打非的联系人和电话", "金融监管有哪些指标", "巨灾保险原表", "打非专项概况", "有哪些项目",
    "六个项目一共多少钱", "哪些项目超过一百万", "预算最高的项目", "扶贫项目多少钱", "你好",
    "渝府办发〔2017〕121号是哪个项目的依据", "40236567是谁的电话", "乱七八糟", "金融项目",
)  # fmt: skip


@pytest.fixture
async def registry(tmp_path: Path) -> AsyncIterator[Opened]:
    """A registry of its own with the sheets of seeds/ in it."""
    settings = read_settings({"DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/r.db"})
    async with opened(settings) as parts:
        yield parts


def over(parts: Opened, **environment: Any) -> Any:
    """The bot over that registry."""
    return a_world(parts.desk, parts.store, parts=parts, **environment)


async def test_a_question_about_the_sheets_is_answered(registry: Opened) -> None:
    async with over(registry) as world:
        [reply] = await world.person(5).says("巨灾险多少钱")
    assert reply.shown.startswith("200万元")
    assert "来源：" in reply.shown.splitlines()[-1]


async def test_every_kind_of_answer_is_accepted_in_private_and_in_a_group(registry: Opened) -> None:
    questions = (*KINDS, "<b>&lt;", "a" * 999)
    async with over(registry) as world:
        group = world.group()
        world.server.lenient_budget = True
        world.dispatcher["outbox"]._budget = 1000
        for number, question in enumerate(questions):
            # Nobody may ask so many in so short a time.
            zhang = world.person(5 + number % 4)
            assert len(await zhang.says(question)) == 1, question
            assert len(await zhang.says(f"/q {question}", group)) == 1, question


@pytest.mark.parametrize("question", KINDS)
async def test_every_surface_states_the_same_numbers(registry: Opened, question: str) -> None:
    answer = (await registry.desk.ask(question)).answer
    text = set(NUMBER.findall(render_text(answer, choices=False)))
    assert text == set(NUMBER.findall(check_text(render_html(answer), "HTML")))
    rich = render_rich(answer)
    assert rich is not None
    assert text == set(NUMBER.findall(check_rich({"html": rich})))


async def test_every_button_of_a_card_leads_somewhere(registry: Opened) -> None:
    async with over(registry) as world:
        zhang = world.person(5)
        [card] = await zhang.says("巨灾保险项目")
        for button in card.buttons:
            if "callback_data" in button and button["text"] != "👎":
                assert len(await zhang.presses(card, button["callback_data"])) == 1, button


async def test_a_context_survives_a_restart(registry: Opened) -> None:
    server = TelegramServer()
    await server.start()
    async with a_world(registry.desk, registry.store, server, parts=registry) as world:
        [old] = await world.person(5).says("巨灾险多少钱")
    async with a_world(registry.desk, registry.store, server, parts=registry) as world:
        [follow_up] = await world.person(5).says("联系人呢")
        [reply] = await world.person(5).taps(old, "全部指标")
    await server.stop()
    assert "李冬霞" in follow_up.shown
    assert "巨灾保险项目" in reply.shown


async def test_an_update_answered_before_a_restart_is_not_answered_after(
    registry: Opened,
) -> None:
    server = TelegramServer()
    await server.start()
    async with a_world(registry.desk, registry.store, server, parts=registry) as world:
        message = world.message(world.person(5), None, text="巨灾险多少钱")
        await world.after(5, 900, message=message)
    async with a_world(registry.desk, registry.store, server, parts=registry) as world:
        assert await world.after(5, 900, message=message) == []
    await server.stop()


async def test_words_ask_for_pictures_and_files(registry: Opened) -> None:
    from PIL import Image

    async with over(registry) as world:
        zhang = world.person(5)
        [picture] = await zhang.says("巨灾保险项目的原表图片")
        [chart] = await zhang.says("预算柱状图")
        [book] = await zhang.says("导出excel")
        [table] = await zhang.says("打非专项导出csv")
    assert Image.open(io.BytesIO(picture.params["photo"])).size[0] == 1080
    assert "200万元" in chart.shown
    assert book.params["document"][:2] == b"PK"
    assert b"023-40232915" in table.params["document"]


async def test_the_contact_comes_as_a_card(registry: Opened) -> None:
    async with over(registry) as world:
        zhang = world.person(5)
        [reply] = await zhang.says("巨灾保险的联系人和电话")
        [card] = await zhang.taps(reply, "名片")
    assert card.shown == "李冬霞 +862340236567"


async def test_inline_mode_lists_matching_projects_after_the_answer(registry: Opened) -> None:
    async with over(registry) as world:
        offered = await world.person(5).types_inline("巨灾保险")
    titles = [result["title"] for result in offered["results"]]
    assert "巨灾保险项目" in titles[-1]


async def test_a_miss_becomes_an_alias_with_one_tap(registry: Opened) -> None:
    async with over(registry, BOT_ADMINS="9") as world:
        steward = world.person(9)
        from bot.telegram.misses import note_miss

        await note_miss(world.dispatcher["state"], "巨灾险钱")
        [miss] = await steward.says("/misses")
        assert [b["text"] for b in miss.buttons] == ["设为别名", "忽略"]
        data = miss.buttons[0]["callback_data"]
        await steward.presses(miss, data)
        [none] = await steward.says("/misses")
    assert "没有未答" in none.shown
    assert len(await registry.store.aliases()) > 0


async def test_an_answer_marked_bad_is_a_miss_that_a_steward_dismisses(registry: Opened) -> None:
    async with over(registry, BOT_ADMINS="9") as world:
        steward, zhang = world.person(9), world.person(5)
        [reply] = await zhang.says("打非多少钱")
        await zhang.taps(reply, "👎")
        [miss] = await steward.says("/misses")
        assert "打非多少钱" in miss.shown
        await steward.taps(miss, "忽略")
        [none] = await steward.says("/misses")
    assert "没有未答" in none.shown


async def test_an_admin_sees_how_the_bot_is_and_others_do_not(registry: Opened) -> None:
    async with over(registry, BOT_ADMINS="9") as world:
        [status] = await world.person(9).says("/status")
        [refused] = await world.person(5).says("/status")
    assert "项目 6 个" in status.shown
    assert "项目" not in refused.shown


async def test_a_person_may_want_answers_without_remarks(registry: Opened) -> None:
    async with over(registry) as world:
        zhang = world.person(5)
        [whole] = await zhang.says("六个项目一共多少钱")
        [settings] = await zhang.says("/settings")
        await zhang.taps(settings, "详略")
        [short] = await zhang.says("六个项目一共多少钱")
    assert short.shown.startswith("1908.78万元")
    assert "统计范围" in whole.shown
    assert "统计范围" not in short.shown


SEED = next(Path("seeds").iterdir()).read_text(encoding="utf-8")


async def test_a_steward_imports_confirms_and_undoes(registry: Opened) -> None:
    async with over(registry, BOT_ADMINS="9") as world:
        steward, zhang = world.person(9), world.person(5)
        [preview] = await upload(world, steward, SEED.replace("77.87", "88.87"))
        assert "变动 1 个" in preview.shown
        assert (await zhang.says("打非多少钱"))[0].shown.startswith("77.87")
        await world.dispatcher["digest"].write()
        [done] = await steward.taps(preview, "确认导入")
        await world.settled()
        assert (await zhang.says("打非多少钱"))[-1].shown.startswith("88.87")
        [undone] = await steward.taps(done, "撤销")
        assert "已撤销" in undone.shown
        assert (await zhang.says("打非多少钱"))[0].shown.startswith("77.87")
        [refused] = await upload(world, zhang, SEED)
    digest = world.server.of("sendMessage", chat_id=5)
    assert any("77.87" in call.shown and "→" in call.shown for call in digest)
    assert "资料员" in refused.shown


async def upload(world: World, person: Any, text: str) -> Any:
    """Send a text file to the bot."""
    world.server.files["plan.txt"] = text.encode()
    document = {
        "file_id": "plan.txt",
        "file_unique_id": "plan.txt",
        "file_name": "plan.txt",
        "file_size": len(text.encode()),
    }
    message = world.message(person, None, document=document)
    return await world.after(person.id, message=message)


async def test_what_a_killed_process_had_in_hand_is_answered_by_the_next(
    registry: Opened,
) -> None:
    """An update was taken from Telegram, noted, and the process was killed before it answered."""
    from aiogram.types import Update

    from bot.serving import take_up

    async with over(registry) as world:
        raw = world.message(world.person(5), None, text="巨灾险多少钱")
        update = Update.model_validate({"update_id": 5000, "message": raw})
        state = world.dispatcher["state"]
        await state.put(
            "inbox", "5000", {"update": update.model_dump_json(exclude_none=True, by_alias=True)}
        )
        await take_up(world.bot, world.dispatcher, world.dispatcher["reception"])
        world.server.sent_updates += 1
        await world.settled()
        [reply] = world.server.of("sendMessage", chat_id=5)
    assert reply.shown.startswith("200万元")


async def test_of_two_processes_one_answers_an_update(registry: Opened) -> None:
    """A load balancer gave the same update to both; a chat's updates never run side by side."""
    from aiogram.types import Update

    from bot.telegram.middleware import InOtherHands

    shared = {
        "DATABASE_URL": "postgresql+asyncpg://example/registry",
        "BOT_WEBHOOK_URL": "https://example.org/hook",
        "BOT_WEBHOOK_SECRET": "word",
        "BOT_LISTEN": "127.0.0.1:0",
    }
    async with over(registry, **shared) as one:
        given = read_settings({"BOT_TOKEN": TOKEN, "BOT_API_URL": one.server.url, **shared})
        bot = bot_over(given)
        other = build_dispatcher(given, bot, registry.desk, registry.store, registry.index)
        zhang = one.person(5)
        raw = one.message(zhang, None, text="巨灾险多少钱")
        update = Update.model_validate({"update_id": 7000, "message": raw})
        results = await asyncio.gather(
            one.dispatcher.feed_update(one.bot, update),
            other.feed_update(bot, update),
            return_exceptions=True,
        )
        again = await other.feed_update(bot, update)
        one.server.sent_updates = one.dispatcher["reception"].seen
        [_] = await zhang.says("联系人呢")
        await bot.session.close()
    assert {type(result) for result in results} <= {type(None), InOtherHands}
    assert again is None
    assert len(one.server.of("sendMessage")) == 2
