"""Access: closed unless listed, one tap to ask, one tap to decide."""

from __future__ import annotations

from telegram_world import a_world
from test_telegram_groups import membership

from bot.telegram.access import Role


async def test_a_stranger_gets_no_answer_but_a_way_to_ask() -> None:
    async with a_world(BOT_ACCESS="listed", BOT_ADMINS="9") as world:
        admin, zhang = world.person(9, "管理员"), world.person(5)
        [closed] = await zhang.says("河道多少钱")
        assert world.desk.asked == []
        await zhang.taps(closed, "申请使用")
        [request] = world.server.of("sendMessage", chat_id=9)
        assert "张三" in request.shown
        await admin.taps(request, "同意")
        [_, welcome] = world.server.of("sendMessage", chat_id=5)
        [reply] = await zhang.says("河道多少钱")
    assert "已同意" in welcome.shown
    assert "77.87" in reply.shown


async def test_only_an_admin_decides_and_only_once() -> None:
    async with a_world(BOT_ACCESS="listed", BOT_ADMINS="8,9") as world:
        first, second, zhang = world.person(8), world.person(9), world.person(5)
        [closed] = await zhang.says("你好")
        await zhang.taps(closed, "申请使用")
        [request] = world.server.of("sendMessage", chat_id=8)
        data = request.buttons[0]["callback_data"]
        await zhang.presses(closed, data)
        assert not await world.dispatcher["access"].may_ask(_user(5), None)
        await first.taps(request, "拒绝")
        [other] = world.server.of("sendMessage", chat_id=9)
        await second.presses(other, data)
        assert not await world.dispatcher["access"].may_ask(_user(5), None)
    assert [call.chat_id for call in world.server.of("editMessageText")] == [8, 9]
    assert len(world.server.of("sendMessage", chat_id=5)) == 2


async def test_the_claim_link_makes_one_admin() -> None:
    async with a_world(BOT_ACCESS="listed") as world:
        payload = await world.dispatcher["access"].new_claim()
        zhang, li = world.person(5), world.person(6)
        [claimed] = await zhang.says(f"/start {payload}")
        [spent] = await li.says(f"/start {payload}")
        assert await world.dispatcher["access"].new_claim() is None
    assert "管理员" in claimed.shown
    assert "用过" in spent.shown


async def test_a_group_is_approved_by_the_admin_who_adds_the_bot() -> None:
    async with a_world(BOT_ACCESS="listed", BOT_ADMINS="9") as world:
        admin, zhang = world.person(9), world.person(5)
        ours, theirs = world.group(-1001), world.group(-1002)
        await world.after(ours, my_chat_member=membership(world, admin, ours, "left", "member"))
        await world.after(theirs, my_chat_member=membership(world, zhang, theirs, "left", "member"))
        [reply] = await zhang.says("/q 多少钱", ours)
        [closed] = await zhang.says("/q 多少钱", theirs)
        assert await zhang.says("/q 多少钱", theirs) == []
        left = membership(world, admin, ours, "member", "kicked")
        await world.after(ours, my_chat_member=left)
        assert not await world.dispatcher["access"].group_is_approved(ours)
    assert "77.87" in reply.shown
    assert "没有开通" in closed.shown


async def test_an_admin_makes_a_reader_a_steward_and_takes_it_back() -> None:
    async with a_world(BOT_ACCESS="listed", BOT_ADMINS="9") as world:
        admin, zhang = world.person(9), world.person(5)
        access = world.dispatcher["access"]
        await access.grant(5, Role.READER, 9, "张三")
        [page] = await admin.says("/people")
        [page] = await admin.taps(page, "张三")
        assert await access.role(5) is Role.STEWARD
        [page] = await admin.taps(page, "✕")
        assert await access.role(5) is None
        [refused] = await zhang.says("/people")
    assert "没有通过" in page.shown
    assert "申请" in refused.shown


async def test_inline_mode_offers_a_stranger_one_neutral_result() -> None:
    async with a_world(BOT_ACCESS="listed") as world:
        offered = await world.person(5).types_inline("河道多少钱")
        assert world.desk.asked == []
    [result] = offered["results"]
    assert "没有" in result["input_message_content"]["message_text"]
    assert (offered["is_personal"], int(offered["cache_time"]) <= 5) == ("true", True)


async def test_inline_mode_offers_the_direct_answer_first() -> None:
    async with a_world() as world:
        offered = await world.person(5).types_inline("河道多少钱")
    assert offered["results"][0]["title"] == "河道清淤项目总资金额：77.87万元"


def _user(number: int) -> object:
    from aiogram.types import User

    return User(id=number, is_bot=False, first_name="x")
