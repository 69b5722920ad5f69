"""Notes that an answer leaves, made in the very moment it is written to Telegram's socket."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Protocol

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.middlewares.base import (
    BaseRequestMiddleware,
    NextRequestMiddlewareType,
)
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiohttp import ClientSession, TraceConfig, TraceRequestChunkSentParams

from bot.operations.current import SENDING


class Marks(Protocol):
    """Where it is noted."""

    async def leaving(self, update_id: int) -> None:
        """The answer is being written."""

    async def refused(self, update_id: int) -> None:
        """It was not taken; another try follows, or none."""


class MarkingSession(AiohttpSession):
    """aiogram's session, watched while it writes."""

    marks: Marks | None = None

    async def create_session(self) -> ClientSession:
        """The session with a watcher on every body that is written."""
        fresh = self._session is None or self._session.closed or self._should_reset_connector
        session = await super().create_session()
        if fresh and self.marks is not None:
            watch = TraceConfig()
            watch.on_request_chunk_sent.append(self._leaving)
            watch.freeze()
            session._trace_configs.append(watch)
        return session

    async def _leaving(
        self, _session: ClientSession, _context: SimpleNamespace, _sent: TraceRequestChunkSentParams
    ) -> None:
        update = SENDING.get()
        if update is not None and self.marks is not None:
            await self.marks.leaving(update)


class Unmark(BaseRequestMiddleware):
    """Takes the note back where the answer did not arrive."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        try:
            return await make_request(bot, method)
        except Exception:
            if (update := SENDING.get()) is not None:
                await self._marks.refused(update)
            raise
