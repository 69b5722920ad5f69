"""What a person taps. Every tap is answered, also one on a button of last year's message."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import (
    CallbackQuery,
    EphemeralMessageParameters,
    InaccessibleMessage,
    Message,
)

from bot.answer import Do
from bot.render.html import render_html
from bot.render.layout import cut
from bot.render.text import render_text
from bot.render.words import say
from bot.telegram.access import Access
from bot.telegram.callbacks import Act, Press, UnreadableButton, unpack
from bot.telegram.handlers.admission import decide, request
from bot.telegram.handlers.exports import send_card, send_file, send_picture
from bot.telegram.handlers.learning import drop_miss, make_alias, mark_bad
from bot.telegram.handlers.people import change_role
from bot.telegram.handlers.preferences import forget_me, taste_key, turn
from bot.telegram.handlers.uploads import settle
from bot.telegram.patience import Sent
from bot.telegram.talk import Spot, Talk, is_group, spot_of

IN_PLACE = {Do.CHOOSE, Do.MORE}  # these change the message they stand under
ALERT = 200  # characters


async def tap(
    query: CallbackQuery, bot: Bot, talk: Talk, access: Access, store: Any, index: Any
) -> None:
    """Answer the tap, then do what the button says."""
    try:
        said = unpack(query.data or "")
    except UnreadableButton:
        await acknowledge(query, bot, say("error.unreadable_button"), alert=True)
        return
    spot = spot_under(query)
    if spot is None:
        await acknowledge(query, bot, say("button.gone"), alert=True)
    elif isinstance(said, Act):
        text = await act(said, query, spot, bot, talk, access, store, index)
        await acknowledge(query, bot, text or None, alert=len(text) > 20)
    else:
        await press(said, query, spot, bot, talk, store)


async def press(
    said: Press, query: CallbackQuery, spot: Spot, bot: Bot, talk: Talk, store: Any
) -> None:
    """A button that leads to an answer."""
    if said.owner is not None and said.owner != query.from_user.id:
        await acknowledge(query, bot, say("button.not_yours"), alert=True)
        return
    message_id = query.message.message_id if query.message else None
    if said.private and spot.is_group:
        await whisper(said, query, spot, bot, talk)
        return
    if said.step.do in {Do.PICTURE, Do.FILE}:
        send = send_picture if said.step.do is Do.PICTURE else send_file
        why_not = await send(spot, said.step, talk, store)
        await acknowledge(query, bot, why_not or None, alert=bool(why_not))
        return
    await acknowledge(query, bot)
    if said.step.do in IN_PLACE and not isinstance(query.message, InaccessibleMessage):
        spot = replace(spot, edits=message_id)
    await talk.press(spot, said.step, message_id)


async def whisper(said: Press, query: CallbackQuery, spot: Spot, bot: Bot, talk: Talk) -> None:
    """Show the answer to the presser alone: a message only they see, or else an alert."""
    exchange = await talk.desk.press(said.step, None)
    try:
        await bot.send_message(
            spot.chat_id,
            render_html(exchange.answer),
            message_thread_id=spot.thread_id,
            parse_mode="HTML",
            ephemeral_message_parameters=EphemeralMessageParameters(
                receiver_user_id=query.from_user.id, callback_query_id=query.id
            ),
        )
    except Sent:
        await acknowledge(query, bot)
    except AiogramError:
        text = render_text(exchange.answer, choices=False, sources=False)
        await acknowledge(query, bot, cut(text, ALERT), alert=True)
    else:
        await acknowledge(query, bot)


async def act(
    said: Act,
    query: CallbackQuery,
    spot: Spot,
    bot: Bot,
    talk: Talk,
    access: Access,
    store: Any,
    index: Any,
) -> str:
    """A button of the bot itself; what the presser is told."""
    match said.verb:
        case "card" if len(said.ids) == 1 and said.ids[0].isdigit():
            return await send_card(spot, int(said.ids[0]), talk, store)
        case "plain":
            return await show_plain(query, spot, talk)
        case "bad":
            return await mark_bad(query, spot, talk)
        case "request":
            return await request(query, spot, bot, access)
        case "approve" | "deny":
            approved = said.verb == "approve"
            return await decide(said, query, bot, talk, access, approved=approved)
        case "role" | "revoke" if len(said.ids) == 1:
            return await change_role(said, query, spot, bot, talk, access)
        case "set":
            return await turn(said, query, spot, bot, talk, store)
        case "forget":
            return await forget_me(said, query, talk)
        case "alias" if len(said.ids) == 2:
            return await make_alias(said, query, talk, access, index, store)
        case "confirm" | "cancel" | "renamed" | "undo" if len(said.ids) == 1:
            return await settle(said, query, spot, talk, access, store)
        case "dismiss" if len(said.ids) == 1:
            return await drop_miss(said, query, talk, access)
        case _:
            return say("error.unreadable_button")


async def show_plain(query: CallbackQuery, spot: Spot, talk: Talk) -> str:
    """看不到表格？ The same message without tables, and from now on for this person or group."""
    taste = await talk.state.get("taste", taste_key(spot)) or {}
    await talk.state.put("taste", taste_key(spot), {**taste, "rich": False})
    if query.message is None:
        return say("button.gone")
    spot = replace(spot, edits=query.message.message_id)
    shown = await talk.replay(spot, query.message.message_id)
    return say("button.plain_now" if shown else "button.gone")


async def acknowledge(
    query: CallbackQuery, bot: Bot, text: str | None = None, *, alert: bool = False
) -> None:
    """End the phone's spinning wheel; a tap too old for that is no reason to fail."""
    try:
        await bot.answer_callback_query(query.id, text, show_alert=alert or None)
    except AiogramError:
        return


def spot_under(query: CallbackQuery) -> Spot | None:
    """Where the answer to a tap goes; None for messages sent through inline mode."""
    message = query.message
    if message is None:
        return None
    if isinstance(message, Message):
        return spot_of(message, query.from_user)
    return Spot(message.chat.id, query.from_user.id, is_group=is_group(message.chat))
