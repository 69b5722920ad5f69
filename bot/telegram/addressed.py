"""Whether a message in a group is meant for the bot, and what is left of it to answer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aiogram.types import Message, User

COMMAND = re.compile(r"/([a-zA-Z0-9_]{1,32})(?:@([a-zA-Z0-9_]+))?(?:\s+|$)(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Words:
    """What a person said to the bot: a command without its slash, or None, and the rest."""

    command: str | None
    text: str


def words_for(message: Message, me: User) -> Words | None:
    """What was said to the bot, or None where it was said to others.

    Private messages are always for it; in a group: commands that name it or no bot at all,
    replies to it, and mentions.
    """
    text = said_in(message)
    is_private = message.chat.type == "private"
    command = COMMAND.fullmatch(text)
    if command is not None:
        name, bot_name, rest = command.groups()
        if bot_name is not None and bot_name.lower() != (me.username or "").lower():
            return None
        return Words(name.lower(), without_mention(rest, me))
    if is_private:
        return Words(None, without_mention(text, me))
    if _mentions(message, text, me) or _replies_to(message, me):
        return Words(None, without_mention(text, me))
    return None


def said_in(message: Message) -> str:
    """The words of a message: its text, its caption, or what a rich message of a person says."""
    if message.text is not None or message.caption is not None:
        return (message.text if message.text is not None else message.caption or "").strip()
    if message.rich_message is not None:
        return rich_words(message.rich_message.model_dump(exclude_none=True)).strip()
    return ""


def rich_words(value: object) -> str:
    """The text in a rich message's blocks, block by block."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        lines = [rich_words(item) for item in value]
        is_inline = all(isinstance(item, str) or "blocks" not in item for item in value)
        return ("" if is_inline and any(isinstance(item, str) for item in value) else "\n").join(
            line for line in lines if line
        )
    if isinstance(value, dict):
        parts = [
            value[key] for key in ("summary", "text", "blocks", "items", "cells") if key in value
        ]
        return "\n".join(text for part in parts if (text := rich_words(part)))
    return ""


def without_mention(text: str, me: User) -> str:
    """The text without @bot, wherever it stands."""
    if me.username:
        text = re.sub(rf"@{re.escape(me.username)}(?![a-zA-Z0-9_])", " ", text, flags=re.IGNORECASE)
    return re.sub(r"[ \t]+", " ", text).strip(" ,，:：\n")


def _mentions(message: Message, text: str, me: User) -> bool:
    for entity in message.entities or message.caption_entities or []:
        if entity.type == "text_mention" and entity.user and entity.user.id == me.id:
            return True
    if not me.username:
        return False
    return bool(re.search(rf"@{re.escape(me.username)}(?![a-zA-Z0-9_])", text, flags=re.IGNORECASE))


def _replies_to(message: Message, me: User) -> bool:
    replied = message.reply_to_message
    return bool(replied and replied.from_user and replied.from_user.id == me.id)
