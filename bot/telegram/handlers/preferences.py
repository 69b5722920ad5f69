"""/settings of a person or a group, /me, /why, /status."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import CallbackQuery, InlineKeyboardMarkup

from bot.render.words import say
from bot.telegram.access import Access, Role
from bot.telegram.audit import forget, rows_of
from bot.telegram.callbacks import Act
from bot.telegram.keyboards import acts
from bot.telegram.patience import Sent
from bot.telegram.state import State
from bot.telegram.talk import Spot, Talk, escaped
from registry.scope import Scope

ADMINISTRATORS = {"administrator", "creator"}
YEARS_SHOWN = 4


def taste_key(spot: Spot) -> str:
    """Settings belong to the group as a whole, or to the person in private."""
    return str(spot.chat_id) if spot.is_group else str(spot.user_id)


async def show_settings(spot: Spot, bot: Bot, talk: Talk, store: Any) -> None:
    """/settings: for a group only its admins may turn them."""
    if spot.is_group and not await manages(bot, spot.chat_id, spot.user_id):
        talk.say(spot, say("settings.admins_only"))
        return
    talk.say(spot, say("settings.title"), await settings_markup(spot, talk.state, store))


async def manages(bot: Bot, chat_id: int, user_id: int) -> bool:
    """Whether the person is an admin of the group."""
    try:
        member = await bot.get_chat_member(chat_id, user_id)
    except Sent as read_in_part:
        return read_in_part.result.get("status") in ADMINISTRATORS
    except AiogramError:
        return False
    return str(member.status) in ADMINISTRATORS


async def settings_markup(spot: Spot, state: State, store: Any) -> InlineKeyboardMarkup:
    """Each button says how it is now; a tap turns it."""
    taste = await state.get("taste", taste_key(spot)) or {}
    rich = "settings.rich_off" if taste.get("rich") is False else "settings.rich_on"
    brief = "settings.brief_on" if taste.get("brief") else "settings.brief_off"
    mute = "settings.mute_on" if taste.get("mute") else "settings.mute_off"
    rows = [
        [(rich, "set", ("rich",))],
        [(brief, "set", ("brief",))],
        [(mute, "set", ("mute",))],
    ]
    markup = acts(*rows)
    years = await _years(store)
    if len(years) > 1:
        chosen = taste.get("year")
        row = acts([("settings.newest_year", "set", ("year", 0))]).inline_keyboard[0]
        for year in years[:YEARS_SHOWN]:
            button = acts([("settings.newest_year", "set", ("year", year))]).inline_keyboard[0][0]
            row.append(button.model_copy(update={"text": str(year)}))
        mark = say("settings.mark")
        marked = [
            button.model_copy(update={"text": mark + button.text})
            if button.callback_data == f"b:set:year:{chosen or 0}"
            else button
            for button in row
        ]
        markup.inline_keyboard.append(marked)
    return markup


async def _years(store: Any) -> list[int]:
    if store is None or not hasattr(store, "years"):
        return []
    return [year for year, _ in await store.years() if year is not None]


async def turn(
    said: Act, query: CallbackQuery, spot: Spot, bot: Bot, talk: Talk, store: Any
) -> str:
    """A tap on /settings; what the presser is told."""
    if spot.is_group and not await manages(bot, spot.chat_id, query.from_user.id):
        return say("settings.admins_only")
    taste = await talk.state.get("taste", taste_key(spot)) or {}
    name = said.ids[0] if said.ids else ""
    if name == "rich":
        taste = {**taste, "rich": taste.get("rich") is False}
    elif name in {"brief", "mute"}:
        taste = {**taste, name: not taste.get(name)}
    elif name == "year" and len(said.ids) == 2 and said.ids[1].isdigit():
        taste = {**taste, "year": int(said.ids[1]) or None}
    await talk.state.put("taste", taste_key(spot), taste)
    if query.message is not None:
        markup = await settings_markup(spot, talk.state, store)
        here = replace(spot, edits=query.message.message_id)
        talk.say(here, say("settings.title"), markup)
    return say("settings.saved")


async def show_me(spot: Spot, talk: Talk, access: Access) -> None:
    """/me: what is kept about the person, and a button that deletes it."""
    role = await access.role(spot.user_id)
    questions = await rows_of(talk.state, spot.user_id)
    taste = await talk.state.get("taste", str(spot.user_id))
    text = say(
        "me.kept",
        id=spot.user_id,
        role=say(f"role.{role.value if role else 'none'}"),
        questions=len(questions),
        days=talk.settings.retention_days,
        taste=say("me.taste_kept" if taste else "me.taste_none"),
    )
    talk.say(spot, text, acts([("button.forget_me", "forget", (spot.user_id,))]))


async def forget_me(said: Act, query: CallbackQuery, talk: Talk) -> str:
    """Delete what is kept about the presser; the role stays, or they would be locked out."""
    user = query.from_user.id
    if said.ids != (str(user),):
        return say("button.not_yours")
    for key, _ in await talk.state.scan("context"):
        if key.endswith(f":{user}"):
            await talk.state.drop("context", key)
    await forget(talk.state, user, talk.settings.retention_days)
    await talk.state.drop("taste", str(user))
    return say("me.forgotten")


async def show_why(spot: Spot, talk: Talk, replied_to: int | None) -> None:
    """/why: how the last question was understood."""
    record = await talk.record(spot, replied_to)
    if record is None or not record.get("asked"):
        talk.say(spot, say("why.nothing"))
        return
    rules = "\n".join(f"• {escaped(rule)}" for rule in record.get("trace", ())) or say("why.none")
    talk.say(spot, say("why.rules", question=escaped(record["asked"]), rules=rules))


async def show_status(spot: Spot, talk: Talk, access: Access, store: Any, started: float) -> None:
    """/status for admins."""
    if not await access.has(spot.user_id, Role.ADMIN):
        talk.say(spot, say("access.admins_only"))
        return
    projects = version = "?"
    if store is not None and hasattr(store, "version"):
        projects, version = str(await store.count(Scope())), str(await store.version())
    talk.say(
        spot,
        say(
            "status.lines",
            hours=round((time.time() - started) / 3600, 1),
            projects=projects,
            version=version,
            queued=talk.outbox.queued,
            rich=say("status.yes" if talk.outbox.may_be_rich() else "status.refused"),
            pictures=say("status.yes" if talk.pictures else "status.no_font"),
            access=say("status.open" if access.is_open else "status.listed"),
        ),
    )
