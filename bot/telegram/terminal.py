"""The terminal as a Telegram of its own: real updates in, plain text out, no network.

`chat` and `ask` run through the same dispatcher and handlers as Telegram; only the session that
would speak HTTP is another one.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from aiogram import Bot, Dispatcher
from aiogram.client.session.base import BaseSession
from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageText,
    GetMe,
    SendContact,
    SendDocument,
    SendMessage,
    SendPhoto,
    TelegramMethod,
)
from aiogram.methods.base import TelegramType
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    Chat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    Update,
    User,
)

from bot.render.words import say

USERNAME = "terminal_bot"
ME = User(id=1, is_bot=True, first_name="bot", username=USERNAME, can_read_all_group_messages=False)
EPOCH = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Shown:
    """What one message shows in a terminal."""

    text: str
    message: Message | None = None
    buttons: tuple[InlineKeyboardButton, ...] = ()


class TerminalSession(BaseSession):
    """Takes what would be sent and keeps it as text."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[Shown] = []
        self._ids = itertools.count(1)

    def taken(self) -> list[Shown]:
        """What was shown since last asked."""
        shown, self.shown = self.shown, []
        return shown

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109  aiogram's signature
    ) -> TelegramType:
        """Answer as Telegram would, at once."""
        return cast(TelegramType, self._answer(method))

    def _answer(self, method: TelegramMethod[Any]) -> object:
        if isinstance(method, GetMe):
            return ME
        if isinstance(method, SendMessage):
            return self._show(method.chat_id, method.text, method.reply_markup)
        if isinstance(method, EditMessageText):
            return self._show(method.chat_id, method.text or "", method.reply_markup)
        if isinstance(method, SendContact):
            name = f"{method.first_name} {method.phone_number}"
            return self._show(method.chat_id, name, None)
        if isinstance(method, SendPhoto):
            return self._show(method.chat_id, self._saved(method.photo, method.caption), None)
        if isinstance(method, SendDocument):
            return self._show(method.chat_id, self._saved(method.document, method.caption), None)
        if isinstance(method, AnswerCallbackQuery) and method.text:
            self.shown.append(Shown(method.text))
        return True

    def _show(self, chat_id: int | str | None, text: str, markup: object) -> Message:
        message = Message.model_construct(
            message_id=next(self._ids),
            date=EPOCH,
            chat=Chat.model_construct(id=chat_id, type="private"),
            text=text,
        )
        buttons: tuple[InlineKeyboardButton, ...] = ()
        if isinstance(markup, InlineKeyboardMarkup):
            buttons = tuple(
                button
                for row in markup.inline_keyboard
                for button in row
                if button.callback_data is not None
            )
        self.shown.append(Shown(text, message, buttons))
        return message

    def _saved(self, file: object, caption: str | None) -> str:
        if not isinstance(file, BufferedInputFile):
            return caption or ""
        path = Path.cwd() / (file.filename or "file")
        path.write_bytes(file.data)
        saved = say("terminal.saved", path=path)
        return f"{caption}\n{saved}" if caption else saved

    async def close(self) -> None:
        """Nothing to close."""

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,  # noqa: ASYNC109  aiogram's signature
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        """There are no uploads in a terminal."""
        yield b""


class Terminal:
    """A person at a terminal, in a private chat or in a group where they address the bot."""

    def __init__(self, dispatcher: Dispatcher, bot: Bot, session: TerminalSession) -> None:
        self._dispatcher, self._bot, self._session = dispatcher, bot, session
        self._updates = itertools.count(1)
        self._messages = itertools.count(1_000_000)

    async def say(self, text: str, chat_id: int, *, group: bool = False) -> list[Shown]:
        """Say it and return what was shown."""
        if group and not text.startswith("/"):
            text = f"/q@{USERNAME} {text}"
        message = Message.model_construct(
            message_id=next(self._messages),
            date=EPOCH,
            chat=_chat(chat_id, group),
            from_user=_person(chat_id),
            text=text,
        )
        return await self._feed(message=message)

    async def tap(self, shown: Shown, button: InlineKeyboardButton, chat_id: int) -> list[Shown]:
        """Tap one of the buttons shown."""
        query = CallbackQuery.model_construct(
            id=str(next(self._messages)),
            from_user=_person(chat_id),
            chat_instance="terminal",
            message=shown.message,
            data=button.callback_data,
        )
        return await self._feed(callback_query=query)

    async def _feed(self, **event: Any) -> list[Shown]:
        self._session.taken()
        update = Update.model_construct(update_id=next(self._updates), **event)
        await self._dispatcher.feed_update(self._bot, update.as_(self._bot))
        return self._session.taken()


def _chat(chat_id: int, group: bool) -> Chat:
    return Chat.model_construct(
        id=-chat_id if group else chat_id, type="supergroup" if group else "private", title=None
    )


def _person(chat_id: int) -> User:
    return User.model_construct(id=chat_id, is_bot=False, first_name="terminal", username=None)
