"""Asking for access and giving it: /start with a claim, one tap to ask, one tap to decide."""

from __future__ import annotations

from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import CallbackQuery, Chat, User

from bot.render.html import visible_text
from bot.render.words import say
from bot.telegram.access import Access, Role
from bot.telegram.callbacks import Act
from bot.telegram.keyboards import acts
from bot.telegram.menus import offer_menus
from bot.telegram.talk import Spot, Talk, escaped

log = structlog.get_logger(__name__)

TURNED_AWAY_FOR = 3600.0  # a group that is not approved is told so once an hour


async def turn_away(spot: Spot, user: User, talk: Talk, access: Access) -> None:
    """Tell somebody who is not listed how to get in."""
    if spot.is_group:
        if await talk.state.add("told", f"closed{spot.chat_id}", TURNED_AWAY_FOR):
            talk.say(spot, say("access.group_closed"), acts([("button.request", "request", ())]))
        return
    request = await access.request(f"u{user.id}")
    if request is not None and request.get("denied"):
        return
    if request is not None:
        talk.say(spot, say("access.waiting"))
        return
    talk.say(spot, say("access.closed"), acts([("button.request", "request", ())]))


async def claim(spot: Spot, user: User, payload: str, bot: Bot, talk: Talk, access: Access) -> None:
    """The one-time link of the first admin."""
    won = await access.claim(payload, user)
    if won:
        await offer_menus(bot, [user.id], Role.ADMIN)
    talk.say(spot, say("access.claimed" if won else "access.claim_spent"))


async def request(query: CallbackQuery, spot: Spot, bot: Bot, access: Access) -> str:
    """Pass a wish for access on to the admins; what the asker is told."""
    chat = query.message.chat if query.message and spot.is_group else None
    key = f"g{spot.chat_id}" if chat else f"u{query.from_user.id}"
    if await access.may_ask(query.from_user, chat):
        return say("access.already")
    record: dict[str, Any] = {"name": query.from_user.full_name, "by": query.from_user.id}
    if not await access.open_request(key, record):
        return say("access.waiting")
    admins = await access.admins()
    if not admins:
        return say("access.no_admins")
    sent = await ask_admins(key, query.from_user, chat, bot, admins)
    await access.note_request(key, record | {"sent": sent})
    return say("access.requested")


async def ask_admins(
    key: str, user: User, chat: Chat | None, bot: Bot, admins: list[int]
) -> list[list[int]]:
    """Show the request to every admin; where it was shown."""
    who = say("access.who", name=escaped(user.full_name), id=user.id)
    if user.username:
        who += f" @{user.username}"
    text = (
        say("access.ask_group", who=who, title=escaped(chat.title or ""))
        if chat
        else say("access.ask_person", who=who)
    )
    markup = acts([("button.approve", "approve", (key,)), ("button.deny", "deny", (key,))])
    sent = []
    for admin in admins:
        try:
            message = await bot.send_message(admin, text, parse_mode="HTML", reply_markup=markup)
            sent.append([admin, message.message_id])
        except AiogramError as error:
            log.warning("admin_not_reached", user=admin, error=type(error).__name__)
    return sent


async def decide(
    said: Act, query: CallbackQuery, bot: Bot, talk: Talk, access: Access, *, approved: bool
) -> str:
    """An admin's tap; what the admin is told."""
    if not await access.has(query.from_user.id, Role.ADMIN):
        return say("access.admins_only")
    key = said.ids[0] if said.ids else ""
    record = await access.request(key)
    if record is None or record.get("denied"):
        return say("access.decided")
    number = int(key[1:])
    if not approved:
        await access.note_request(key, record | {"denied": True})
    elif key.startswith("g"):
        await access.approve_group(number, query.from_user.id)
    else:
        await access.grant(number, Role.READER, query.from_user.id, record["name"])
    await _tell(record, query, bot, approved=approved)
    _tell_asker(key, number, record, talk, approved=approved)
    return say("access.approved" if approved else "access.denied")


async def _tell(record: dict[str, Any], query: CallbackQuery, bot: Bot, *, approved: bool) -> None:
    """Every admin's copy of the request shows how it ended; the buttons go."""
    phrase = "access.approved_by" if approved else "access.denied_by"
    text = say(phrase, name=record["name"], admin=query.from_user.full_name)
    for admin, message_id in record.get("sent", ()):
        try:
            await bot.edit_message_text(
                visible_text(escaped(text)), chat_id=admin, message_id=message_id
            )
        except AiogramError as error:
            log.warning("request_not_closed", user=admin, error=type(error).__name__)


def _tell_asker(
    key: str, number: int, record: dict[str, Any], talk: Talk, *, approved: bool
) -> None:
    if key.startswith("g"):
        if approved:
            spot = Spot(number, record["by"], is_group=True)
            talk.say(spot, say("access.group_welcome"))
            talk.outbox.drain_later(number)
        return
    talk.say(Spot(number, number), say("access.welcome" if approved else "access.refused"))
    talk.outbox.drain_later(number)
