"""/people: an admin sees who may do what, and changes it with a tap."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aiogram import Bot
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup

from bot.render.words import say
from bot.telegram.access import Access, Role
from bot.telegram.callbacks import Act, pack_act
from bot.telegram.menus import offer_menus
from bot.telegram.talk import Spot, Talk

SHOWN = 30  # people on one keyboard; a hundred buttons are the limit
NEXT = {Role.READER: Role.STEWARD, Role.STEWARD: Role.ADMIN, Role.ADMIN: Role.READER}


async def show_people(spot: Spot, talk: Talk, access: Access) -> None:
    """Everyone with a role."""
    if not await access.has(spot.user_id, Role.ADMIN):
        talk.say(spot, say("access.admins_only"))
        return
    talk.say(spot, *await _page(talk))


async def change_role(
    said: Act, query: CallbackQuery, spot: Spot, bot: Bot, talk: Talk, access: Access
) -> str:
    """A tap on a person; what the admin is told."""
    if not await access.has(query.from_user.id, Role.ADMIN):
        return say("access.admins_only")
    user = int(said.ids[0]) if said.ids[0].isdigit() else 0
    record = await talk.state.get("access", f"u{user}")
    if record is None or user == query.from_user.id:
        return say("people.not_this")
    if said.verb == "revoke":
        await access.revoke(user)
    else:
        role = NEXT[Role(record["role"])]
        await access.grant(user, role, query.from_user.id, record.get("name", ""))
        await offer_menus(bot, [user], role)
    if query.message is not None:
        talk.say(replace(spot, edits=query.message.message_id), *await _page(talk))
    if talk.audit is not None:
        await talk.audit.note(spot, said.verb, "done", str(user))
    return ""


async def _page(talk: Talk) -> tuple[str, InlineKeyboardMarkup | None]:
    people: list[tuple[str, dict[str, Any]]] = [
        (key, record)
        for key, record in await talk.state.scan("access")
        if key.startswith("u") and record.get("role")
    ]
    rows = [_row(key[1:], record) for key, record in people[:SHOWN]]
    if not rows:
        return say("people.none"), None
    return say("people.title"), InlineKeyboardMarkup(inline_keyboard=rows)


def _row(user: str, record: dict[str, Any]) -> list[InlineKeyboardButton]:
    role = record["role"]
    label = say("people.one", name=record.get("name") or user, role=say(f"role.{role}"))
    return [
        InlineKeyboardButton(text=label, callback_data=pack_act("role", user)),
        InlineKeyboardButton(text=say("people.revoke"), callback_data=pack_act("revoke", user)),
    ]
