"""Every request to Telegram passes here: waiting, trying again, following a chat that moved.

aiogram raises; it neither waits after 429 nor follows a migration. A page of a proxy in front of
Telegram (502 with HTML) arrives as ClientDecodeError and means the same as any 5xx.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiogram import Bot
from aiogram.client.session.middlewares.base import (
    BaseRequestMiddleware,
    NextRequestMiddlewareType,
)
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramEntityTooLarge,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import (
    AnswerCallbackQuery,
    AnswerGuestQuery,
    AnswerInlineQuery,
    EditMessageText,
    GetUpdates,
    Response,
    SendChatAction,
    SendMessage,
    SendRichMessage,
    TelegramMethod,
)
from aiogram.methods.base import TelegramType

from bot.operations.marks import was_accepted

log = structlog.get_logger(__name__)

FIRST_PAUSE = 0.3  # seconds; doubled each time
LONGEST_PAUSE = 15.0
TRIES = 14  # about two and a half minutes of trouble
# A press or an inline query that old has no one waiting for it any more; typing dots even less.
HURRIED: dict[type[TelegramMethod[Any]], int] = {
    AnswerCallbackQuery: 5,
    AnswerGuestQuery: 5,
    AnswerInlineQuery: 3,
    SendChatAction: 1,
}
LONGEST_HURRIED_WAIT = 8.0

# pydantic builds these types anew for every reply unless somebody holds them: a tenth of the time
# that an answer takes.
REPLIES = [
    Response[method.__returning__]  # type: ignore[name-defined]
    for method in (SendMessage, SendRichMessage, EditMessageText, AnswerCallbackQuery, GetUpdates)
]

Moved = Callable[[int, int], Awaitable[None]]


class Sent(Exception):
    """Telegram accepted the request but its reply could not be read: it must not be repeated.

    A newer or older server leaves out or adds fields; `result` is what it said, unchecked.
    """

    def __init__(self, result: Any) -> None:
        super().__init__("accepted, but the reply could not be read")
        self.result: dict[str, Any] = result if isinstance(result, dict) else {}


class Patience(BaseRequestMiddleware):
    """Tries a request again where that is safe and sensible."""

    def __init__(self, on_moved: Moved | None = None, *, pause: float = FIRST_PAUSE) -> None:
        self.on_moved = on_moved
        self.pause = pause

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        if method.__api_method__ == "getUpdates":  # polling has its own way of waiting
            return await make_request(bot, method)
        tries = HURRIED.get(type(method), TRIES)
        for attempt in range(1, tries + 1):
            try:
                return await make_request(bot, method)
            except TelegramMigrateToChat as moved:
                method = await self._follow(method, moved)
            except Exception as error:
                wait = self._pause_after(error, method, attempt)
                if wait is None or attempt == tries:
                    raise
                log.warning(
                    "telegram_trouble",
                    method=type(method).__name__,
                    error=type(error).__name__,
                    attempt=attempt,
                    wait=round(wait, 2),
                )
                await asyncio.sleep(wait)
        raise AssertionError("the last try returns or raises")

    async def _follow(
        self, method: TelegramMethod[TelegramType], moved: TelegramMigrateToChat
    ) -> TelegramMethod[TelegramType]:
        old = getattr(method, "chat_id", None)
        if self.on_moved is not None and isinstance(old, int):
            await self.on_moved(old, moved.migrate_to_chat_id)
        # Messages of the old group cannot be replied to, nor are its topics there.
        changes: dict[str, Any] = {"chat_id": moved.migrate_to_chat_id}
        if getattr(method, "reply_parameters", None) is not None:
            changes["reply_parameters"] = None
        return method.model_copy(update=changes)

    def _pause_after(
        self, error: Exception, method: TelegramMethod[Any], attempt: int
    ) -> float | None:
        """How long to wait before the next try; None where there must be none."""
        if isinstance(error, TelegramRetryAfter):
            hurried = type(method) in HURRIED and error.retry_after > LONGEST_HURRIED_WAIT
            return None if hurried else error.retry_after + random.uniform(0.05, 0.25)  # noqa: S311
        if isinstance(error, ClientDecodeError) and was_accepted(error):
            raise Sent(error.data.get("result")) from None
        if isinstance(error, TelegramEntityTooLarge):
            return None
        if isinstance(error, (TelegramServerError, TelegramNetworkError, ClientDecodeError)):
            growing = min(self.pause * 2.0 ** (attempt - 1), LONGEST_PAUSE)
            return growing * random.uniform(0.8, 1.2)  # noqa: S311
        return None
