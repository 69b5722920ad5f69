"""What a person says: commands and questions, in private and in groups alike."""

from __future__ import annotations

import re
from typing import Any

from aiogram import Bot
from aiogram.types import Message

from bot.answer import Do, Step
from bot.render.words import say
from bot.telegram.access import Access
from bot.telegram.addressed import Words
from bot.telegram.handlers.exports import CHART, send_file, send_picture, wanted_export
from bot.telegram.handlers.learning import show_misses
from bot.telegram.handlers.members import follow
from bot.telegram.handlers.people import show_people
from bot.telegram.handlers.preferences import show_me, show_settings, show_status, show_why
from bot.telegram.handlers.uploads import take_file
from bot.telegram.state import State
from bot.telegram.talk import Spot, Talk, spot_of

LONGEST_QUESTION = 1000  # characters; beyond that it is a pasted document, not a question
QUESTIONS = (None, "q", "ask")
LINK = re.compile(r"p(\d{1,15})(?:_(\d{1,4}))?")  # a project, and one of its indicators


async def hear(
    message: Message,
    bot: Bot,
    talk: Talk,
    access: Access,
    state: State,
    words: Words | None,
    store: Any,
    index: Any,
    started: float,
) -> None:
    """Answer what was said to the bot; stay silent about the rest."""
    if words is None:
        await follow(message, state, talk)
        return
    spot = spot_of(message)
    if message.document is not None and not spot.is_group:
        await take_file(message, spot, bot, talk, access, store)
        return
    replied = message.reply_to_message.message_id if message.reply_to_message else None
    match words.command:
        case command if command in QUESTIONS:
            if not await export(words, spot, talk, store, replied):
                await ask(words, spot, message, talk, replied)
        case "start" | "help":
            await start(words, spot, talk)
        case "list":
            await talk.press(spot, Step("", Do.LIST), None)
        case "lx":
            contact = say("ask.contact")
            await talk.ask(spot, f"{words.text} {contact}".strip(), replied)
        case "settings":
            await show_settings(spot, bot, talk, store)
        case "me" if not spot.is_group:
            await show_me(spot, talk, access)
        case "why":
            await show_why(spot, talk, replied)
        case "status" if not spot.is_group:
            await show_status(spot, talk, access, store, started)
        case "people" if not spot.is_group:
            await show_people(spot, talk, access)
        case "misses" if not spot.is_group:
            await show_misses(spot, talk, access, index)
        case _ if not spot.is_group:
            talk.say(spot, say("help.unknown_command"))
        case _:
            return  # another bot's command, or a slip: a group is not told


async def hear_edited(message: Message, talk: Talk, words: Words | None) -> None:
    """A question that is worded anew; commands other than questions are done as they were said."""
    if words is None or words.command not in QUESTIONS or not words.text:
        return
    if len(words.text) <= LONGEST_QUESTION:
        await talk.ask_again(spot_of(message), words.text)


async def ask(words: Words, spot: Spot, message: Message, talk: Talk, replied: int | None) -> None:
    """A question; what is none is told how to ask."""
    text = words.text
    if not text and words.command is not None and message.reply_to_message is not None:
        # "/q" in reply to somebody's question passes that question on.
        text = (message.reply_to_message.text or "").strip()
        replied = None
    if not text:
        key = "ask.empty_group" if spot.is_group else "ask.empty"
        talk.say(spot, say(key if message.text else "ask.text_only"))
    elif len(text) > LONGEST_QUESTION:
        talk.say(spot, say("ask.too_long"))
    else:
        await talk.ask(spot, text, replied)


async def export(words: Words, spot: Spot, talk: Talk, store: Any, replied: int | None) -> bool:
    """Whether the words asked for a picture or a file, which then is on its way."""
    wanted = wanted_export(words.text) if talk.exports else None
    if wanted is None:
        return False
    do, item, rest = wanted
    project = 0
    if rest or item != CHART:
        record = await talk.record(spot, replied)
        memory = record["memory"] if record else None
        exchange = await talk.desk.ask(rest or say("export.this"), memory)
        if exchange.answer.choices:
            await talk.show(spot, exchange, asked=words.text)
            return True
        ids = exchange.answer.project_ids
        project = ids[0] if len(ids) == 1 else 0
    send = send_picture if do is Do.PICTURE else send_file
    why_not = await send(spot, Step("", do, project, item=item), talk, store)
    if why_not:
        talk.say(spot, why_not)
    return True


async def start(words: Words, spot: Spot, talk: Talk) -> None:
    """/start, perhaps with a deep link to a project or an indicator."""
    link = LINK.fullmatch(words.text) if words.command == "start" else None
    if link is None:
        talk.say(spot, say("help.group" if spot.is_group else "help.private"))
        return
    project, indicator = int(link[1]), int(link[2] or 0)
    step = Step("", Do.INDICATOR if indicator else Do.SHOW, project, item=indicator)
    await talk.press(spot, step, None)
