"""A question that is worded anew, and a bot that is asked where it is not a member."""

from __future__ import annotations

from telegram_world import Person, World, a_world

LISTED = {"BOT_ACCESS": "listed", "BOT_ADMINS": "5"}


async def test_the_answer_to_an_edited_question_changes_in_place() -> None:
    async with a_world() as world:
        group, zhang = world.group(), world.person(5)
        question = world.message(zhang, group, text="/q@plans_bot 河道多少钱")
        [answer] = await world.after(group, message=question)
        [changed] = await zhang.edits(question, "/q@plans_bot 联系人")
        [follow_up] = await zhang.says("/q 之前问了什么", group)
    assert (changed.method, changed.message_id) == ("editMessageText", answer.message_id)
    assert "李冬霞" in changed.shown
    assert "联系人" in follow_up.shown


async def test_an_edited_question_is_asked_as_of_then() -> None:
    """What was remembered before the question was first asked is what its new words refer to."""
    async with a_world() as world:
        zhang = world.person(5)
        await zhang.says("河道多少钱")
        question = world.message(zhang, None, text="合计")
        await world.after(5, message=question)
        [changed] = await zhang.edits(question, "之前问了什么")
    assert "河道多少钱" in changed.shown
    assert "合计" not in changed.shown


async def test_an_edit_of_what_was_not_answered_or_says_the_same_changes_nothing() -> None:
    async with a_world() as world:
        group, zhang = world.group(), world.person(5)
        chat = world.message(zhang, group, text="河道多少钱")
        await world.after(group, message=chat)
        question = world.message(zhang, group, text="/q 河道多少钱")
        await world.after(group, message=question)
        assert await zhang.edits(chat, "@plans_bot 河道多少钱") == []
        assert await zhang.edits(question, "/q  河道多少钱") == []
        assert await zhang.edits(question, "没事了") == []


async def test_an_edit_whose_answer_was_deleted_is_answered_anew() -> None:
    async with a_world() as world:
        zhang = world.person(5)
        question = world.message(zhang, None, text="河道多少钱")
        [answer] = await world.after(5, message=question)
        del world.server.messages[(5, answer.message_id or 0)]
        [anew] = await zhang.edits(question, "联系人")
        world.server.violations.clear()
    assert anew.method == "sendMessage"
    assert "李冬霞" in anew.shown


async def test_who_may_not_ask_may_not_edit_either() -> None:
    async with a_world(**LISTED) as world:
        stranger = world.person(6)
        question = world.message(stranger, None, text="河道多少钱")
        await world.after(6, message=question)
        assert await stranger.edits(question, "联系人") == []


async def test_a_mention_where_the_bot_is_no_member_gets_one_answer_there() -> None:
    async with a_world(**LISTED) as world:
        [direct] = await world.person(5).summons("@plans_bot 河道多少钱")
        replied = _message_of(world, world.person(7), "河道多少钱")
        [passed_on] = await world.person(5).summons("@plans_bot", reply_to_message=replied)
        [empty] = await world.person(5).summons("@plans_bot")
        assert world.server.of("sendMessage", chat_id=-777) == []
    assert direct.shown.startswith("河道清淤项目")
    assert passed_on.shown == direct.shown
    assert "@plans_bot 项目名多少钱" in empty.shown


async def test_a_stranger_elsewhere_learns_nothing_and_phones_stay_private() -> None:
    async with a_world(**LISTED, BOT_CONTACTS_IN_GROUPS="private") as world:
        [closed] = await world.person(6).summons("@plans_bot 联系人")
        [contact] = await world.person(5).summons("@plans_bot 联系人")
    assert "没有为我开通" in closed.shown or "还没有" in closed.shown
    assert "李冬霞" in contact.shown
    assert "40232915" not in contact.shown


def _message_of(world: World, person: Person, text: str) -> dict[str, object]:
    chat = {"id": -777, "type": "supergroup", "title": "别处"}
    return {"message_id": 9, "date": 1, "chat": chat, "from": person.user, "text": text}
