"""What a person says: commands and questions, in private and in groups alike."""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.types import Message

from bot.answer import Do, Step
from bot.render.words import say
from bot.telegram.addressed import Words, words_for
from bot.telegram.talk import Spot, Talk, spot_of

router = Router(name="questions")

LONGEST_QUESTION = 2000  # characters; beyond that it is a pasted document, not a question


@router.message()
async def hear(message: Message, bot: Bot, talk: Talk) -> None:
    """Answer what was said to the bot; stay silent about the rest."""
    words = words_for(message, await bot.me())
    if words is None or message.from_user is None or message.from_user.is_bot:
        return
    spot = spot_of(message)
    if words.command is not None and words.command not in {"q", "ask"}:
        await obey(words, spot, message, talk)
        return
    await ask(words, spot, message, talk)


async def ask(words: Words, spot: Spot, message: Message, talk: Talk) -> None:
    """A question; an empty one is told how to ask."""
    replied = message.reply_to_message
    if not words.text:
        talk.say(spot, say("ask.empty_group" if spot.is_group else "ask.empty"))
        return
    text = words.text[:LONGEST_QUESTION]
    await talk.ask(spot, text, replied.message_id if replied else None)


async def obey(words: Words, spot: Spot, message: Message, talk: Talk) -> None:
    """The commands that are questions in short."""
    if words.command in {"start", "help"}:
        talk.say(spot, say("help.group" if spot.is_group else "help.private"))
    elif words.command == "list":
        await talk.press(spot, Step("", Do.LIST), None)
    elif not spot.is_group:
        await ask(Words(None, f"{words.command} {words.text}".strip()), spot, message, talk)
