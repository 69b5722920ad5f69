"""/misses: a steward turns what was not found into an alias, or dismisses it, with one tap."""

from __future__ import annotations

from typing import Any

from aiogram.types import CallbackQuery

from bot.render.words import say
from bot.telegram.access import Access, Role
from bot.telegram.callbacks import Act
from bot.telegram.keyboards import acts
from bot.telegram.misses import Finder, alias_in, dismiss, note_miss, top_misses
from bot.telegram.talk import Spot, Talk, escaped

SHOWN = 5


async def show_misses(spot: Spot, talk: Talk, access: Access, index: Finder | None) -> None:
    """The questions missed most, each with the nearest project."""
    if not await access.has(spot.user_id, Role.STEWARD):
        talk.say(spot, say("access.stewards_only"))
        return
    misses = await top_misses(talk.state, SHOWN)
    if not misses:
        talk.say(spot, say("misses.none"))
        return
    for miss in misses:
        nearest = index.find(miss.text, limit=1) if index is not None else []
        alias = alias_in(miss.text, nearest[0]) if nearest else None
        text = say("misses.one", text=escaped(miss.text), count=miss.count)
        row: list[tuple[str, str, tuple[object, ...]]] = []
        if nearest and alias is not None:
            name = escaped(nearest[0].name)
            text += "\n" + say("misses.nearest", name=name, alias=escaped(alias))
            row.append(("button.make_alias", "alias", (miss.key, nearest[0].project_id)))
        row.append(("button.dismiss", "dismiss", (miss.key,)))
        talk.say(spot, text, acts(row))


async def make_alias(
    said: Act, query: CallbackQuery, talk: Talk, access: Access, index: Any, store: Any
) -> str:
    """A tap on 设为别名; what the steward is told."""
    if not await access.has(query.from_user.id, Role.STEWARD):
        return say("access.stewards_only")
    key, project = said.ids
    record = await talk.state.get("miss", key)
    if record is None or record.get("dismissed") or store is None:
        return say("misses.gone")
    matches = [match for match in index.find(record["text"]) if match.project_id == int(project)]
    alias = alias_in(record["text"], matches[0]) if matches else None
    if alias is None:
        return say("misses.gone")
    await store.add_alias(alias, int(project), by=f"telegram:{query.from_user.id}")
    await talk.registry_changed()
    await dismiss(talk.state, key)
    return say("misses.made", alias=alias, name=matches[0].name)[:200]


async def drop_miss(said: Act, query: CallbackQuery, talk: Talk, access: Access) -> str:
    """A tap on 忽略."""
    if not await access.has(query.from_user.id, Role.STEWARD):
        return say("access.stewards_only")
    return say("misses.dismissed" if await dismiss(talk.state, said.ids[0]) else "misses.gone")


async def mark_bad(query: CallbackQuery, spot: Spot, talk: Talk) -> str:
    """A tap on 👎: the question goes to the stewards."""
    message_id = query.message.message_id if query.message else None
    record = await talk.record(spot, message_id)
    if record is None or not record.get("asked"):
        return say("button.gone")
    once = f"bad{spot.chat_id}:{message_id}:{query.from_user.id}"
    if await talk.state.add("told", once, 30 * 86400.0):
        await note_miss(talk.state, record["asked"], talk.settings.retention_days)
    return say("misses.thanks")
