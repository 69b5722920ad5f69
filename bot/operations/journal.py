"""What is in hand is noted before Telegram is told that it arrived."""

from __future__ import annotations

import asyncio
from typing import Protocol

import structlog
from aiogram import Bot
from aiogram.client.session.middlewares.base import (
    BaseRequestMiddleware,
    NextRequestMiddlewareType,
)
from aiogram.methods import GetUpdates, Response, TelegramMethod
from aiogram.methods.base import TelegramType

from bot.operations.waiting import patiently
from registry.errors import StoreUnavailable

log = structlog.get_logger(__name__)


class Journal(Protocol):
    """Who has updates in hand."""

    async def journal_now(self) -> None:
        """Note them, on disk."""


class BeforePolling(BaseRequestMiddleware):
    """The next getUpdates tells Telegram to forget the updates before it: from then on a killed
    process must find them in its own notes."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        if isinstance(method, GetUpdates) and method.offset:
            await asyncio.sleep(0)  # the tasks of what came last begin
            try:
                await patiently(self._journal.journal_now, "journal")
            except StoreUnavailable:
                log.error("updates_not_noted")
        return await make_request(bot, method)
