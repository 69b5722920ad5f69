"""Groups: only when addressed, as a reply, in the topic, each asker with their own context."""

from __future__ import annotations

import time

from telegram_world import a_world


async def test_talk_among_people_is_not_answered() -> None:
    async with a_world() as world:
        group, zhang = world.group(), world.person(5)
        for text in ("河道多少钱", "/q@other_bot 多少钱", "/start@other_bot", "@plans_bots 多少钱"):
            assert await zhang.says(text, group) == []


async def test_a_command_a_mention_and_a_reply_are_answered_as_replies() -> None:
    async with a_world() as world:
        group, zhang = world.group(), world.person(5)
        [first] = await zhang.says("/q@plans_bot 河道多少钱", group)
        [second] = await zhang.says("@plans_bot 河道多少钱", group)
        [third] = await zhang.says("联系人", group, reply_to=second)
    assert all(call.params["reply_parameters"]["message_id"] for call in (first, second, third))
    assert "李冬霞" in third.shown


async def test_an_answer_stays_in_its_topic() -> None:
    async with a_world() as world:
        group = world.group(topics=(77,))
        [reply] = await world.person(5).says("/q 河道多少钱", group, topic=77)
    assert reply.params["message_thread_id"] == "77"


async def test_a_thread_id_outside_forums_is_not_sent_back() -> None:
    async with a_world() as world:
        group = world.group()
        [reply] = await world.person(5).says("/q 河道多少钱", group, message_thread_id=9)
    assert "message_thread_id" not in reply.params


async def test_two_askers_at_once_never_mix() -> None:
    async with a_world() as world:
        group, zhang, li = world.group(), world.person(5), world.person(6, "李四")
        await zhang.says("/q 河道多少钱", group)
        await li.says("/q 合计", group)
        [to_zhang] = await zhang.says("/q 之前问了什么", group)
        [to_li] = await li.says("/q 之前问了什么", group)
    assert "河道多少钱" in to_zhang.shown
    assert "合计" in to_li.shown


async def test_candidates_are_for_the_asker_alone_and_pages_for_all() -> None:
    async with a_world() as world:
        group, zhang, li = world.group(), world.person(5), world.person(6, "李四")
        [asked_back] = await zhang.says("/q 哪个", group)
        assert await li.taps(asked_back, "学校食堂") == []
        alert = world.server.of("answerCallbackQuery")[-1]
        [answer] = await zhang.taps(asked_back, "学校食堂")
        [pages] = await zhang.says("/q 列表", group)
        [turned] = await li.taps(pages, "下一页")
    assert (alert.params["show_alert"], "另外提问" in alert.shown) == ("true", True)
    assert answer.message_id == asked_back.message_id
    assert "第 2 页" in turned.shown


async def test_private_contacts_are_whispered_to_the_presser() -> None:
    async with a_world(BOT_CONTACTS_IN_GROUPS="private") as world:
        group, zhang = world.group(), world.person(5)
        [reply] = await zhang.says("/q 联系人", group)
        [whisper] = await zhang.taps(reply, "联系方式")
    assert "40232915" not in reply.shown
    assert "复制电话" not in [button["text"] for button in reply.buttons]
    assert whisper.params["ephemeral_message_parameters"]["receiver_user_id"] == 5
    assert "023-40232915" in whisper.shown


async def test_where_whispering_fails_an_alert_shows_the_contact() -> None:
    from telegram_server import Fault

    async with a_world(BOT_CONTACTS_IN_GROUPS="private") as world:
        group, zhang = world.group(), world.person(5)
        [reply] = await zhang.says("/q 联系人", group)
        world.server.faults.append(Fault("400", "sendMessage"))
        assert await zhang.taps(reply, "联系方式") == []
        alert = world.server.of("answerCallbackQuery")[-1]
    assert "023-40232915" in alert.shown


async def test_a_hidden_command_gets_a_hidden_reply() -> None:
    async with a_world(BOT_CONTACTS_IN_GROUPS="private") as world:
        group, zhang = world.group(), world.person(5)
        world.server.hidden[3] = (time.monotonic(), 5)
        hidden = {"ephemeral_message_id": 3, "message_id": 0}
        [reply] = await zhang.says("/lx@plans_bot 河道", group, **hidden)
        world.server.hidden[4] = (time.monotonic() - 20, 5)
        hidden = {"ephemeral_message_id": 4, "message_id": 0}
        assert await zhang.says("/lx@plans_bot 河道", group, **hidden) == []
        [in_private] = world.server.of("sendMessage", chat_id=5)
    assert reply.params["ephemeral_message_parameters"]["receiver_user_id"] == 5
    assert "023-40232915" in reply.shown
    assert "023-40232915" in in_private.shown


async def test_a_bug_in_talk_not_meant_for_the_bot_is_silent() -> None:
    async with a_world() as world:
        group, zhang = world.group(), world.person(5)
        assert await zhang.says("炸", group) == []
        assert len(await zhang.says("/q 炸", group)) == 1


async def test_a_busy_group_gets_at_most_twenty_messages_a_minute() -> None:
    async with a_world() as world:
        group, li = world.group(), world.person(6)
        world.dispatcher["outbox"]._window = 1.0
        world.server.lenient_budget = True
        askers = [world.person(10 + n) for n in range(25)]
        for n, asker in enumerate(askers):
            await world.server.push(message=world.message(asker, group, text=f"/q 多少钱{n}"))
        [private] = await li.says("多少钱")
        await world.settled()
        sent = world.server.of("sendMessage", chat_id=group)
    times = [call.at for call in sent]
    assert max(sum(1 for at in times if start <= at < start + 1) for start in times) <= 20
    assert private.at < times[-1]
    assert sum(call.shown.count("总资金额：77.87万元") for call in sent) == 25


async def test_being_added_is_greeted_once_and_says_how_to_address() -> None:
    async with a_world() as world:
        group, zhang = world.group(), world.person(5)
        change = membership(world, zhang, group, "left", "member")
        [hello] = await world.after(group, my_chat_member=change)
        again = await world.after(group, my_chat_member=change)
    assert "/q@plans_bot" in hello.shown
    assert again == []


async def test_settings_follow_a_group_to_its_supergroup() -> None:
    async with a_world() as world:
        old, new, zhang = world.group(-50), world.group(-1002), world.person(5)
        world.server.members[(old, 5)] = "administrator"
        [menu] = await zhang.says("/settings", old)
        await zhang.taps(menu, "表格")
        world.server.migrated[old] = new
        await zhang.says("/q 多少钱", old)
        [reply] = await zhang.says("/q 指标", new)
    assert reply.method == "sendMessage"


def membership(world: object, person: object, group: int, before: str, after: str) -> dict:
    me = {"id": 123456789, "is_bot": True, "first_name": "x", "username": "plans_bot"}
    extra = {"until_date": 0} if after == "kicked" else {}
    return {
        "chat": {"id": group, "type": "supergroup", "title": "财政局"},
        "from": person.user,  # type: ignore[attr-defined]
        "date": 1,
        "old_chat_member": {"status": before, "user": me},
        "new_chat_member": {"status": after, "user": me, **extra},
    }
