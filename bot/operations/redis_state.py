"""The bot's passing state in Redis or Valkey, the lasting one in the database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from redis.asyncio import Redis

from bot.operations.redis_claims import ours

# Conversations pass; who may ask, tastes, the audit and misses must outlive a cache.
PASSING = frozenset({"context", "sent", "asked"})

Change = tuple[str, str, Mapping[str, Any] | None, float | None]


class RedisState:
    """Values by space and key, as the store keeps them, for the spaces of conversations."""

    def __init__(self, redis: Redis, prefix: str = "plans:") -> None:
        self._redis, self._prefix = redis, prefix

    async def kv_get(self, space: str, key: str) -> dict[str, Any] | None:
        """The value, or None where there is none or its time is over."""
        async with ours():
            value = await self._redis.get(self._key(space, key))
        return None if value is None else json.loads(value)

    async def kv_write(self, changes: Iterable[Change]) -> None:
        """Keep or forget (None) many values at once."""
        async with ours(), self._redis.pipeline(transaction=True) as batch:
            for space, key, value, ttl in changes:
                if value is None:
                    batch.delete(self._key(space, key))
                else:
                    whole = json.dumps(dict(value), ensure_ascii=False, separators=(",", ":"))
                    life = None if ttl is None else max(int(ttl * 1000), 1)
                    batch.set(self._key(space, key), whole, px=life)
            await batch.execute()

    async def kv_add(self, space: str, key: str, ttl: float | None = None) -> bool:
        """Set if absent."""
        life = None if ttl is None else max(int(ttl * 1000), 1)
        async with ours():
            return bool(await self._redis.set(self._key(space, key), "{}", nx=True, px=life))

    async def kv_delete(self, space: str, key: str) -> bool:
        """Forget it; whether it was there."""
        async with ours():
            return bool(await self._redis.delete(self._key(space, key)))

    async def kv_scan(self, space: str, prefix: str = "") -> list[tuple[str, dict[str, Any]]]:
        """Every key of a space (that begins so) with its value."""
        start = self._key(space, "")
        pattern = "".join(f"\\{c}" if c in "*?[]\\^-" else c for c in start + prefix) + "*"
        found: list[tuple[str, dict[str, Any]]] = []
        async with ours():
            async for key in self._redis.scan_iter(match=pattern, count=1000):
                value = await self._redis.get(key)
                if value is not None:
                    found.append((key.removeprefix(start), json.loads(value)))
        return sorted(found)

    def _key(self, space: str, key: str) -> str:
        return f"{self._prefix}{space}:{key}"


class ByLifetime:
    """Each space where it belongs: what passes in Redis, everything else in the store."""

    def __init__(self, store: Any, passing: RedisState) -> None:
        self._store, self._passing = store, passing

    def __getattr__(self, name: str) -> Any:
        # Everything that is no state, such as plans, is the store's.
        return getattr(self._store, name)

    def _at(self, space: str) -> Any:
        return self._passing if space in PASSING else self._store

    async def kv_get(self, space: str, key: str) -> dict[str, Any] | None:
        """The value, or None."""
        found: dict[str, Any] | None = await self._at(space).kv_get(space, key)
        return found

    async def kv_set(
        self, space: str, key: str, value: Mapping[str, Any], ttl: float | None = None
    ) -> None:
        """Keep the value."""
        await self._at(space).kv_write([(space, key, value, ttl)])

    async def kv_add(self, space: str, key: str, ttl: float | None = None) -> bool:
        """Set if absent."""
        return bool(await self._at(space).kv_add(space, key, ttl))

    async def kv_delete(self, space: str, key: str) -> bool:
        """Forget it."""
        return bool(await self._at(space).kv_delete(space, key))

    async def kv_scan(self, space: str, prefix: str = "") -> list[tuple[str, dict[str, Any]]]:
        """Every key and value of a space."""
        found: list[tuple[str, dict[str, Any]]] = await self._at(space).kv_scan(space, prefix)
        return found

    async def kv_write(self, changes: Iterable[Change]) -> None:
        """Both sides; what lasts first."""
        every = list(changes)
        passing = [change for change in every if change[0] in PASSING]
        lasting = [change for change in every if change[0] not in PASSING]
        if lasting:
            await self._store.kv_write(lasting)
        if passing:
            await self._passing.kv_write(passing)
