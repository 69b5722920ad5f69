"""Waiting for a database or Redis that is away for a moment, so that no question goes lost.

Only what may be repeated waits here: reading, answering, and setting a value to what it shall be.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

from bot.answer import Step
from registry.errors import StoreUnavailable

if TYPE_CHECKING:
    from bot.telegram.talk import Desk, Exchange

log = structlog.get_logger(__name__)

LONGEST = 50.0  # seconds; Telegram asks a webhook again after a minute
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 1.0

Result = TypeVar("Result")


async def patiently(
    attempt: Callable[[], Awaitable[Result]], what: str, longest: float = LONGEST
) -> Result:
    """The result, as soon as whoever gives it is back; StoreUnavailable where that takes long."""
    until = time.monotonic() + longest
    pause = FIRST_PAUSE
    while True:
        try:
            return await attempt()
        except StoreUnavailable:
            if time.monotonic() + pause > until:
                raise
            log.warning("waiting_for_store", what=what, pause=pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


class PatientDesk:
    """A desk that answers once its registry is back."""

    def __init__(self, desk: Desk, longest: float = LONGEST) -> None:
        self._desk, self._longest = desk, longest

    async def ask(self, text: str, memory: dict[str, Any] | None) -> Exchange:
        """Answer words."""
        return await patiently(lambda: self._desk.ask(text, memory), "ask", self._longest)

    async def press(self, step: Step, memory: dict[str, Any] | None) -> Exchange:
        """Answer a button."""
        return await patiently(lambda: self._desk.press(step, memory), "press", self._longest)


class PatientState:
    """State that waits for its database. Setting if absent does not wait: it cannot be repeated."""

    def __init__(self, store: Any, longest: float = LONGEST) -> None:
        self._store, self._longest = store, longest

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def kv_get(self, space: str, key: str) -> dict[str, Any] | None:
        """The value, or None."""
        found: dict[str, Any] | None = await patiently(
            lambda: self._store.kv_get(space, key), space, self._longest
        )
        return found

    async def kv_set(
        self, space: str, key: str, value: Mapping[str, Any], ttl: float | None = None
    ) -> None:
        """Keep the value."""
        await patiently(lambda: self._store.kv_set(space, key, value, ttl), space, self._longest)

    async def kv_delete(self, space: str, key: str) -> bool:
        """Forget it."""
        return bool(
            await patiently(lambda: self._store.kv_delete(space, key), space, self._longest)
        )

    async def kv_write(
        self, changes: Iterable[tuple[str, str, Mapping[str, Any] | None, float | None]]
    ) -> None:
        """Keep or forget many values."""
        every = list(changes)
        await patiently(lambda: self._store.kv_write(every), every[0][0], self._longest)
