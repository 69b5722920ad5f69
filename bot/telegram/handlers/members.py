"""The bot comes into a chat, leaves it, or the chat moves."""

from __future__ import annotations

from aiogram import Bot
from aiogram.types import ChatMemberUpdated, Message

from bot.render.words import say
from bot.telegram.access import Access, Role
from bot.telegram.keyboards import acts
from bot.telegram.moving import forget_chat, move_chat
from bot.telegram.state import State
from bot.telegram.talk import Spot, Talk, is_group

PRESENT = {"member", "administrator", "restricted"}
GREETED_FOR = 300.0  # promotions and re-adding within five minutes are one arrival


async def membership_changed(
    change: ChatMemberUpdated, bot: Bot, talk: Talk, access: Access, state: State
) -> None:
    """Added, promoted, removed, blocked, unblocked."""
    here = change.new_chat_member.status in PRESENT
    was_here = change.old_chat_member.status in PRESENT
    if not here:
        if is_group(change.chat):
            await access.forget_group(change.chat.id)
            await forget_chat(state, change.chat.id)
        await state.put("gone", str(change.chat.id), {})
        return
    await state.drop("gone", str(change.chat.id))
    if is_group(change.chat) and not was_here:
        await greet(change, bot, talk, access, state)


async def greet(
    change: ChatMemberUpdated, bot: Bot, talk: Talk, access: Access, state: State
) -> None:
    """Once, on arrival: how the bot can be addressed here, and whether it may answer."""
    chat, user = change.chat, change.from_user
    if await access.has(user.id, Role.ADMIN) and not access.is_open:
        await access.approve_group(chat.id, user.id, chat.title or "")
    if not await state.add("told", f"greeted{chat.id}", GREETED_FOR):
        return
    spot = Spot(chat.id, user.id, is_group=True)
    if not await access.group_is_approved(chat.id):
        talk.say(spot, say("access.group_closed"), acts([("button.request", "request", ())]))
        return
    me = await bot.get_me()
    key = "group.hello_all" if me.can_read_all_group_messages else "group.hello_private"
    if change.new_chat_member.status == "administrator":
        key = "group.hello_all"
    talk.say(spot, say(key, bot=me.username or ""))


async def follow(message: Message, state: State, talk: Talk) -> bool:
    """Whether the message says that the group became a supergroup; both chats are told."""
    old, new = message.chat.id, message.migrate_to_chat_id
    if message.migrate_from_chat_id is not None:
        old, new = message.migrate_from_chat_id, message.chat.id
    if new is None:
        return False
    await move_chat(state, old, new)
    talk.outbox.moved(old, new)
    return True
