"""What a person taps. Every tap is answered, also one on a button of last year's message."""

from __future__ import annotations

from dataclasses import replace

from aiogram import Bot, Router
from aiogram.exceptions import AiogramError
from aiogram.types import CallbackQuery, InaccessibleMessage, Message

from bot.answer import Do
from bot.render.words import say
from bot.telegram.callbacks import Act, Press, UnreadableButton, unpack
from bot.telegram.talk import Spot, Talk, is_group, spot_of

router = Router(name="buttons")

IN_PLACE = {Do.CHOOSE, Do.MORE}  # these change the message they stand under
TASTE_KEPT = 5 * 365 * 24 * 3600.0


@router.callback_query()
async def tap(query: CallbackQuery, bot: Bot, talk: Talk) -> None:
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
        await act(said, query, spot, bot, talk)
    else:
        await press(said, query, spot, bot, talk)


async def press(said: Press, query: CallbackQuery, spot: Spot, bot: Bot, talk: Talk) -> None:
    """A button that leads to an answer."""
    if said.owner is not None and said.owner != query.from_user.id:
        await acknowledge(query, bot, say("button.not_yours"), alert=True)
        return
    message_id = query.message.message_id if query.message else None
    await acknowledge(query, bot)
    if said.step.do in IN_PLACE and not isinstance(query.message, InaccessibleMessage):
        spot = replace(spot, edits=message_id)
    await talk.press(spot, said.step, message_id)


async def act(said: Act, query: CallbackQuery, spot: Spot, bot: Bot, talk: Talk) -> None:
    """A button of the bot itself."""
    await acknowledge(query, bot, say("error.unreadable_button"), alert=True)


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
