"""What a serving process needs besides the conversation: figures, Redis, turns with other processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog
from aiogram import BaseMiddleware, Bot, Dispatcher
from aiogram.client.session.base import BaseSession
from aiogram.client.session.middlewares.base import BaseRequestMiddleware
from aiogram.client.telegram import TelegramAPIServer

from bot.operations.claims import StoreClaims, answered
from bot.operations.journal import BeforePolling, Notebook
from bot.operations.marks import FileMarks, Mark, StoreMarks, in_its_place
from bot.operations.metrics import MeasuredDesk, Metrics, Observed, ObservedRequests
from bot.operations.turns import Turns
from bot.operations.waiting import PatientDesk, PatientState, patiently
from bot.settings import Settings
from bot.telegram.session import Session
from registry.errors import RegistryError
from registry.scope import Scope
from registry.store import Store

if TYPE_CHECKING:
    from bot.telegram.talk import Desk

log = structlog.get_logger(__name__)

START_PATIENCE = 60.0  # machines of one deployment start in any order
READY_WITHIN = 2.0


@dataclass
class Operations:
    """The parts, made before the dispatcher and joined to it afterwards."""

    settings: Settings
    store: Any  # the registry's store; its state may live elsewhere
    session: BaseSession
    turns: Turns | None = None
    redis: Any = None
    marks: Any = None
    notebook: Notebook | None = None
    metrics: Metrics = field(default_factory=Metrics)

    @property
    def outermost(self) -> tuple[BaseMiddleware, ...]:
        """What every update passes first."""
        return (Observed(self.metrics),)

    def measured(self, desk: Desk) -> Desk:
        """The desk, counted and timed."""
        return MeasuredDesk(desk, self.metrics)

    @staticmethod
    def patient(desk: Desk) -> Desk:
        """The desk, waiting for a registry that is away."""
        return PatientDesk(desk)

    def join(self, bot: Bot, dispatcher: Dispatcher) -> None:
        """Watch what the dispatcher does; inside of what repeats requests, so that each is seen."""
        inner: list[BaseRequestMiddleware] = [ObservedRequests(self.metrics)]
        inner.append(Mark(self.marks))
        dispatcher["reception"].marks = self.marks
        dispatcher["reception"].notebook = self.notebook
        if not self.settings.webhook_url:
            inner.append(BeforePolling(dispatcher["reception"]))
        for middleware in inner:
            bot.session.middleware(middleware)
        reception, outbox, state = (dispatcher[it] for it in ("reception", "outbox", "state"))
        self.metrics.watch_queue("in_hand", lambda: reception.busy)
        self.metrics.watch_queue("outbox", lambda: outbox.queued)
        self.metrics.watch_queue("state", lambda: state.waiting)

    async def tell_registry(self, store: Store) -> None:
        """Read anew what the figures say about the registry."""
        findings = await store.finding_counts()
        self.metrics.tell_registry(await store.version(), await store.count(Scope()), findings)

    async def is_ready(self) -> bool:
        """Whether a question could be answered now."""
        try:
            async with asyncio.timeout(READY_WITHIN):
                await self.store.version()
                if self.redis is not None:
                    await self.redis.ping()
        except (RegistryError, OSError, TimeoutError):
            return False
        except Exception as error:  # of the Redis client, which need not be installed
            log.warning("not_ready", error=type(error).__name__)
            return False
        return True


@asynccontextmanager
async def operating(settings: Settings, store: Store) -> AsyncIterator[Operations]:
    """The parts, open."""
    api = TelegramAPIServer.from_base(settings.api_url)
    session = Session(proxy=settings.proxy, api=api)
    async with AsyncExitStack() as closing:
        operations = Operations(settings, store, session)
        kept: Any = store
        if settings.redis_url is not None:
            kept = await _over_redis(settings, operations, closing)
        if settings.several_processes:
            operations.turns = operations.turns or Turns(StoreClaims(store))
            kept = PatientState(kept)
        operations.store = kept
        operations.marks = operations.marks or _marks(settings, store)
        closing.push_async_callback(operations.marks.close)
        if store.state_file is not None and not settings.webhook_url:
            operations.notebook = Notebook(store.state_file.with_suffix(".in-hand"))
            closing.callback(operations.notebook.close)
        yield operations


def _marks(settings: Settings, store: Store) -> FileMarks | StoreMarks:
    if store.state_file is not None:
        return FileMarks(store.state_file.with_suffix(".arrived"))
    return StoreMarks(store, answered if settings.several_processes else in_its_place)


async def _over_redis(settings: Settings, operations: Operations, closing: AsyncExitStack) -> Any:
    from bot.operations.redis_claims import RedisClaims, SentMarks, connect
    from bot.operations.redis_state import ByLifetime, RedisState

    url, token = settings.redis_url, settings.token
    if url is None or token is None:
        raise ValueError("the settings were checked when they were read")
    prefix = f"plans:{token.get_secret_value().partition(':')[0]}:"
    redis = await patiently(lambda: connect(url), "redis", START_PATIENCE)
    closing.push_async_callback(redis.aclose)
    operations.redis = redis
    if settings.several_processes:
        claims = RedisClaims(redis, prefix)
        operations.turns = Turns(claims)
        operations.marks = marks = SentMarks(url, claims)
        await marks.open()
    return ByLifetime(operations.store, RedisState(redis, prefix))
