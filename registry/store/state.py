"""What the bot remembers for a while: values by space and key, with an end."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, delete, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from registry import models
from registry.store.engine import Database, ours

_state = models.state
PUT = text(
    "INSERT INTO state (space, key, value, expires) VALUES (:space, :key, :value, :expires) "
    "ON CONFLICT (space, key) DO UPDATE SET value = excluded.value, expires = excluded.expires"
)
# The condition makes it one step: of two that add the same key at once, one changes a row.
ADD = text(
    "INSERT INTO state (space, key, value, expires) VALUES (:space, :key, :value, :expires) "
    "ON CONFLICT (space, key) DO UPDATE SET value = excluded.value, expires = excluded.expires "
    "WHERE state.expires IS NOT NULL AND state.expires <= :now"
)
COUNT = text(
    "INSERT INTO state (space, key, value, expires) VALUES (:space, :key, CAST(:by AS TEXT), :expires) "
    "ON CONFLICT (space, key) DO UPDATE SET "
    "value = CASE WHEN state.expires IS NOT NULL AND state.expires <= :now THEN excluded.value "
    "ELSE CAST(CAST(state.value AS BIGINT) + CAST(excluded.value AS BIGINT) AS TEXT) END, "
    "expires = CASE WHEN state.expires IS NOT NULL AND state.expires <= :now "
    "THEN excluded.expires ELSE state.expires END "
    "RETURNING value"
)

FORGET = delete(_state).where(_state.c.space == bindparam("at"), _state.c.key == bindparam("under"))


Change = tuple[str, str, Mapping[str, Any] | None, float | None]


class Notes:
    """Values that are kept at once: one statement on a connection of their own, behind no pool and
    no other transaction, and without waiting for the disk. What the database was sent it keeps,
    though this process is killed; what a power cut takes, whoever noted it can do without."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: AsyncConnection | None = None

    async def keep(self, changes: Iterable[Change]) -> None:
        """Keep the values, instead of any others."""
        rows = [_row(space, key, _dump(value or {}), ttl) for space, key, value, ttl in changes]
        async with ours():
            connection = self._connection or await self._open()
            try:
                await connection.execute(PUT, rows)
                await connection.commit()  # SQLite's; PostgreSQL has done so by itself
            except BaseException:
                await self.close()
                raise

    async def close(self) -> None:
        """Give the connection up; it is not as others of the pool are."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.invalidate()
            await connection.close()

    async def _open(self) -> AsyncConnection:
        connection = await self._engine.connect()
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        if self._engine.dialect.name == "postgresql":
            await connection.execute(text("SET synchronous_commit = off"))
        self._connection = connection
        return connection


class KeyValues(Database):
    """State of the bot. `ttl` is in seconds; without one a value stays."""

    def notes(self) -> Notes:
        """A way to keep values at once."""
        return Notes(self.state_engine)

    async def kv_get(self, space: str, key: str) -> dict[str, Any] | None:
        """The value, unless there is none or its time is over."""
        query = select(_state.c.value).where(_state.c.space == space, _state.c.key == key, _alive())
        async with self.state() as connection:
            value = (await connection.execute(query)).scalar()
        return None if value is None else json.loads(value)

    async def kv_set(
        self, space: str, key: str, value: Mapping[str, Any], ttl: float | None = None
    ) -> None:
        """Keep the value, instead of any other."""
        async with self.state(write=True) as connection:
            await connection.execute(PUT, _row(space, key, _dump(value), ttl))

    async def kv_add(
        self, space: str, key: str, ttl: float | None = None, value: Mapping[str, Any] | None = None
    ) -> bool:
        """Keep the value if there is none; False if there is one. Of several at once, one wins."""
        row = _row(space, key, _dump(value or {}), ttl) | {"now": time.time()}
        async with self.state(write=True) as connection:
            return (await connection.execute(ADD, row)).rowcount == 1

    async def kv_count(self, space: str, key: str, by: int = 1, ttl: float | None = None) -> int:
        """Add to a counter and tell where it stands; `ttl` runs from its first use."""
        row = _row(space, key, "", ttl) | {"by": str(by), "now": time.time()}
        del row["value"]
        async with self.state(write=True) as connection:
            return int((await connection.execute(COUNT, row)).scalar_one())

    async def kv_delete(self, space: str, key: str) -> bool:
        """Forget the value; whether there was one."""
        query = delete(_state).where(_state.c.space == space, _state.c.key == key)
        async with self.state(write=True) as connection:
            return (await connection.execute(query)).rowcount > 0

    async def kv_scan(
        self, space: str, prefix: str = "", limit: int | None = None
    ) -> list[tuple[str, dict[str, Any]]]:
        """Every key of a space (that begins so) with its value, by key."""
        query = select(_state.c.key, _state.c.value).where(_state.c.space == space, _alive())
        if prefix:
            query = query.where(_state.c.key.startswith(prefix, autoescape=True))
        async with self.state() as connection:
            rows = await connection.execute(query.order_by(_state.c.key).limit(limit))
            return [(key, json.loads(value)) for key, value in rows]

    async def kv_write(self, changes: Iterable[Change]) -> None:
        """Keep or forget (None) many values in one transaction: (space, key, value, ttl)."""
        kept, forgotten = [], []
        for space, key, value, ttl in changes:
            if value is None:
                forgotten.append({"at": space, "under": key})
            else:
                kept.append(_row(space, key, _dump(value), ttl))
        async with self.state(write=True) as connection:
            if kept:
                await connection.execute(PUT, kept)
            if forgotten:
                await connection.execute(FORGET, forgotten)

    async def kv_purge(self) -> int:
        """Take out everything whose time is over; how many."""
        query = delete(_state).where(_state.c.expires <= time.time())
        async with self.state(write=True) as connection:
            return (await connection.execute(query)).rowcount


def _alive() -> Any:
    return or_(_state.c.expires.is_(None), _state.c.expires > time.time())


def _row(space: str, key: str, value: str, ttl: float | None) -> dict[str, Any]:
    return {
        "space": space,
        "key": key,
        "value": value,
        "expires": None if ttl is None else time.time() + ttl,
    }


def _dump(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
