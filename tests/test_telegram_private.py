"""Private chats: what a person says and taps, and what they see."""

from __future__ import annotations

import pytest
from telegram_desk import ALL
from telegram_rules import check_rich, check_text
from telegram_server import Fault, TelegramServer
from telegram_world import a_world

from bot.render.guard import NUMBER
from bot.render.html import render_html, visible_text
from bot.render.rich import render_rich
from bot.render.text import render_text


async def test_a_question_is_answered_with_the_figure_first() -> None:
    async with a_world() as world:
        [reply] = await world.person(5).says("河道清淤多少钱")
    assert reply.shown.splitlines()[0] == "河道清淤项目总资金额：77.87万元"
    assert [button["text"] for button in reply.buttons][:2] == ["联系人", "绩效指标"]


async def test_a_button_leads_to_the_next_fact() -> None:
    async with a_world() as world:
        zhang = world.person(5)
        [reply] = await zhang.says("河道清淤多少钱")
        [contact] = await zhang.taps(reply, "联系人")
    assert "李冬霞" in contact.shown
    assert contact.method == "sendMessage"


async def test_indicators_are_a_native_table_and_a_tap_turns_it_into_text() -> None:
    async with a_world() as world:
        zhang = world.person(5)
        [table] = await zhang.says("指标")
        [plain] = await zhang.taps(table, "看不到表格")
        [later] = await zhang.says("指标")
    assert table.method == "sendRichMessage"
    assert (plain.method, plain.message_id) == ("editMessageText", table.message_id)
    assert "• 清淤长度 · 目标 ≥8000米 · 分值 30 · 核心 是" in plain.shown
    assert later.method == "sendMessage"


@pytest.mark.parametrize("status", ["404", "400"])
async def test_a_server_without_rich_messages_gets_html_once(status: str) -> None:
    server = TelegramServer(rich=False)
    if status == "400":
        server.faults.append(Fault("400", "sendRichMessage"))
    await server.start()
    async with a_world(server=server) as world:
        replies = await world.person(5).says("指标")
        again = await world.person(6).says("指标")
    await server.stop()
    assert [reply.method for reply in replies + again] == ["sendMessage"] * 2
    assert len([call for call in server.calls if call.method == "sendRichMessage"]) == 1


async def test_candidates_are_buttons_and_a_choice_changes_the_question_into_its_answer() -> None:
    async with a_world() as world:
        zhang = world.person(5)
        [asked_back] = await zhang.says("哪个")
        [answer] = await zhang.taps(asked_back, "学校食堂项目")
    assert answer.message_id == asked_back.message_id
    assert "77.87万元" in answer.shown


async def test_pages_turn_in_place_and_the_ends_are_disabled() -> None:
    async with a_world() as world:
        zhang = world.person(5)
        [first] = await zhang.says("列表")
        assert next(b for b in first.buttons if "上一页" in b["text"])["disabled"] == {}
        [second] = await zhang.taps(first, "下一页")
        [third] = await zhang.taps(second, "下一页")
    assert "第 3 页，共 3 页" in third.shown
    assert third.message_id == first.message_id
    assert next(b for b in third.buttons if "下一页" in b["text"])["disabled"] == {}


async def test_tapping_twice_changes_nothing_and_answers_both_taps() -> None:
    async with a_world() as world:
        zhang = world.person(5)
        [first] = await zhang.says("列表")
        data = next(b for b in first.buttons if "下一页" in b["text"])["callback_data"]
        await zhang.presses(first, data)
        assert await zhang.presses(first, data) == []


async def test_replying_to_an_older_answer_goes_on_from_it() -> None:
    async with a_world() as world:
        zhang = world.person(5)
        [old] = await zhang.says("河道多少钱")
        await zhang.says("合计")
        [reply] = await zhang.says("之前问了什么", reply_to=old)
    assert "河道多少钱" in reply.shown


async def test_a_forged_button_is_answered_and_does_nothing() -> None:
    async with a_world() as world:
        zhang = world.person(5)
        [reply] = await zhang.says("多少钱")
        for data in ("a:zz:1", "x", "a:s:-1", "b:approve:u5", "a:s:1:../../x", "a:" + "9" * 60):
            assert await zhang.presses(reply, data) == []


async def test_a_bug_is_told_in_words_and_not_as_a_traceback() -> None:
    async with a_world() as world:
        [reply] = await world.person(5).says("炸")
    assert reply.shown == "出了点问题，这次没能回答；已经记录下来，请稍后再问一次。"


async def test_a_number_that_is_in_no_fact_never_leaves() -> None:
    async with a_world() as world:
        [reply] = await world.person(5).says("谎")
    assert "999" not in reply.shown
    assert "没能与绩效目标表核对上" in reply.shown


async def test_a_very_long_passage_is_cut_to_one_message() -> None:
    for make in ALL:
        shown = check_text(render_html(make()), "HTML")
        assert shown == visible_text(render_html(make()))
    from telegram_desk import passage

    assert len(check_text(render_html(passage(3000)), "HTML")) <= 4096
    assert len(render_text(passage(3000))) <= 4096


@pytest.mark.parametrize("make", ALL)
def test_every_surface_states_the_same_numbers(make: object) -> None:
    answer = make()  # type: ignore[operator]
    rich = check_rich({"html": render_rich(answer)})
    html = check_text(render_html(answer), "HTML")
    text = render_text(answer, choices=False)
    numbers = set(NUMBER.findall(text))
    assert numbers == set(NUMBER.findall(html)) == set(NUMBER.findall(rich))


async def test_a_sticker_is_told_that_only_words_are_read() -> None:
    async with a_world() as world:
        zhang = world.person(5)
        sticker = {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 1,
                   "height": 1, "is_animated": False, "is_video": False}  # fmt: skip
        message = world.message(zhang, None, sticker=sticker)
        [reply] = await world.after(5, message=message)
    assert "文字" in reply.shown


async def test_a_deep_link_opens_a_project() -> None:
    async with a_world() as world:
        [reply] = await world.person(5).says("/start p1")
    assert "河道清淤项目" in reply.shown


async def test_why_tells_how_the_last_question_was_understood() -> None:
    async with a_world() as world:
        zhang = world.person(5)
        await zhang.says("河道多少钱")
        [reply] = await zhang.says("/why")
    assert "河道多少钱" in reply.shown


async def test_me_deletes_what_is_kept() -> None:
    async with a_world() as world:
        zhang = world.person(5)
        await zhang.says("河道多少钱")
        [me] = await zhang.says("/me")
        assert "保留的提问：1 条" in me.shown
        await zhang.taps(me, "删除")
        [me] = await zhang.says("/me")
    assert "保留的提问：0 条" in me.shown
