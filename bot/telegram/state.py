"""What the bot remembers between updates: a small cache that writes behind, over the store.

One process keeps what it read and writes many changes at a time, so that a question costs no disk
round trip. Several processes (`shared`) read and write through, so that each sees the others.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Protocol

import structlog

from registry.errors import StoreUnavailable

log = structlog.get_logger(__name__)

FLUSH_AFTER = 0.2  # seconds a change may wait for company
LOOKS = 8  # how many of the oldest are looked at to find one to give up
RETRY_AFTER = 1.0  # seconds until a database that did not answer is tried again
KEPT = 4_000  # values held in memory, oldest given up first; about 10 MB

Key = tuple[str, str]


class KeyValue(Protocol):
    """The store's tables for the bot: JSON by space and key, with expiry in seconds."""

    async def kv_get(self, space: str, key: str) -> dict[str, Any] | None:
        """The value, or None where there is none or it has expired."""

    async def kv_set(
        self, space: str, key: str, value: Mapping[str, Any], ttl: float | None = None
    ) -> None:
        """Put the value."""

    async def kv_delete(self, space: str, key: str) -> bool:
        """Forget it; whether it was there."""

    async def kv_write(
        self, changes: list[tuple[str, str, Mapping[str, Any] | None, float | None]]
    ) -> None:
        """Put or forget (None) many values at once: (space, key, value, ttl)."""

    async def kv_add(self, space: str, key: str, ttl: float | None = None) -> bool:
        """Set if absent; False where it was there."""

    async def kv_scan(self, space: str) -> list[tuple[str, dict[str, Any]]]:
        """Every key and value of a space."""


class State:
    """Values by space and key. Without a store it lives in memory, as the terminal's does."""

    def __init__(self, store: KeyValue | None = None, *, shared: bool = False) -> None:
        self._store = store
        self.shared = shared and store is not None
        self._kept: OrderedDict[Key, tuple[dict[str, Any] | None, float | None]] = OrderedDict()
        self._dirty: dict[Key, None] = {}
        self._whole: set[str] = set()
        self._flushing: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()

    @property
    def waiting(self) -> int:
        """How many changes are not yet written."""
        return len(self._dirty)

    async def load(self, *spaces: str) -> None:
        """Take these spaces in whole: what is not there need not be looked for again."""
        if self._store is None or self.shared:
            return
        for space in spaces:
            for key, value in await self._store.kv_scan(space):
                self._keep((space, key), value, None)
            self._whole.add(space)

    async def get(self, space: str, key: str) -> dict[str, Any] | None:
        """The value, or None."""
        if self.shared and self._store is not None:
            return await self._store.kv_get(space, key)
        found = self._kept.get((space, key))
        if found is not None:
            value, expires = found
            if expires is None or expires > time.time():
                return value
            return None
        if self._store is None or space in self._whole:
            return None
        value = await self._store.kv_get(space, key)
        if (space, key) not in self._dirty:
            self._keep((space, key), value, None)
        return value

    async def put(
        self, space: str, key: str, value: Mapping[str, Any], ttl: float | None = None
    ) -> None:
        """Remember the value for `ttl` seconds, or for good."""
        if self.shared and self._store is not None:
            await self._store.kv_set(space, key, dict(value), ttl)
            return
        self._keep((space, key), dict(value), ttl)
        self._later((space, key))

    async def put_all(self, values: list[tuple[str, str, dict[str, Any], float | None]]) -> None:
        """Remember several values in one go: (space, key, value, ttl)."""
        if self.shared and self._store is not None:
            await self._store.kv_write(list(values))
            return
        for space, key, value, ttl in values:
            await self.put(space, key, value, ttl)

    async def drop(self, space: str, key: str) -> None:
        """Forget the value."""
        if self.shared and self._store is not None:
            await self._store.kv_delete(space, key)
            return
        self._keep((space, key), None, None)
        self._later((space, key))

    async def add(self, space: str, key: str, ttl: float) -> bool:
        """Whether the key was new; it is there afterwards."""
        if self.shared and self._store is not None:
            return await self._store.kv_add(space, key, ttl)
        if await self.get(space, key) is not None:
            return False
        await self.put(space, key, {}, ttl)
        return True

    async def scan(self, space: str) -> list[tuple[str, dict[str, Any]]]:
        """Every key and value of a space."""
        await self.flush()
        if self._store is not None:
            return await self._store.kv_scan(space)
        return [
            (key, value)
            for (at, key), (value, expires) in self._kept.items()
            if at == space and value is not None and (expires is None or expires > time.time())
        ]

    async def flush(self) -> None:
        """Write what waits."""
        if self._store is None:
            return
        async with self._writing:  # one after another: an older value must not come last
            if not self._dirty:
                return
            keys, self._dirty = self._dirty, {}
            try:
                await self._store.kv_write([self._change(key) for key in keys])
            except BaseException:
                # What a failing database did not take stays due.
                self._dirty = keys | self._dirty
                raise

    async def close(self) -> None:
        """Write what waits and stop."""
        if self._flushing is not None:
            self._flushing.cancel()
            self._flushing = None
        await self.flush()

    def _change(self, key: Key) -> tuple[str, str, dict[str, Any] | None, float | None]:
        value, expires = self._kept.get(key, (None, None))
        return (*key, value, None if expires is None else max(expires - time.time(), 1))

    def _keep(self, key: Key, value: dict[str, Any] | None, ttl: float | None) -> None:
        self._kept[key] = (value, None if ttl is None else time.time() + ttl)
        self._kept.move_to_end(key)
        if self._store is None or len(self._kept) <= KEPT:
            return
        for _ in range(LOOKS):
            old = next(iter(self._kept))
            # What still has to be written stays, and so does a space that is held whole.
            if old in self._dirty or old[0] in self._whole:
                self._kept.move_to_end(old)
            else:
                del self._kept[old]
                return

    def _later(self, key: Key) -> None:
        if self._store is None:
            return
        self._dirty[key] = None
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.get_running_loop().create_task(self._flush_soon())

    async def _flush_soon(self) -> None:
        while self._dirty:
            await asyncio.sleep(FLUSH_AFTER)
            try:
                await self.flush()
            except StoreUnavailable:
                log.warning("state_waits", changes=len(self._dirty))
                await asyncio.sleep(RETRY_AFTER)
