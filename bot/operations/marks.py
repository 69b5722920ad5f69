"""Notes that an answer has arrived, made in the very moment in which Telegram says so."""

from __future__ import annotations

from typing import Protocol

from aiogram import Bot
from aiogram.client.session.middlewares.base import (
    BaseRequestMiddleware,
    NextRequestMiddlewareType,
)
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType

from bot.operations.current import SENDING


class Marks(Protocol):
    """Where it is noted."""

    async def arrived(self, update_id: int) -> None:
        """Telegram has the answer."""


class Mark(BaseRequestMiddleware):
    """Notes it before anything else is done with the reply. Noted earlier, while the answer is
    being written, a killed process would lose what Telegram's side then drops (seen in a test)."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        response = await make_request(bot, method)
        if (update := SENDING.get()) is not None:
            await self._marks.arrived(update)
        return response
