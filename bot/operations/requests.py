"""A short id for everything that is logged about one update."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import TelegramObject, Update
from structlog.contextvars import bound_contextvars

from bot.operations.current import UPDATE

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class Numbered(BaseMiddleware):
    """Binds the id to the log, and the update's number to what is queued for it."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        number = event.update_id if isinstance(event, Update) else None
        token = UPDATE.set(number)
        try:
            with bound_contextvars(request=secrets.token_hex(4)):
                return await handler(event, data)
        finally:
            UPDATE.reset(token)
