"""The whole database as rows, out in one consistent view and back into an empty one."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, LargeBinary, Table, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from registry import models
from registry.migrate import HEAD
from registry.store.engine import Database
from registry.store.grams import grams_of
from registry.store.writing import ADD_GRAMS

ROWS_AT_ONCE = 1000
# What the bot remembers for minutes is not worth keeping; access and subscriptions are.
STATE_TABLES = ("state", "given", "preview", "name_index")
NOT_KEPT = frozenset({"preview", "name_index"})


class Archive(Database):
    """Backing up and restoring, whatever the engine: what SQLite wrote PostgreSQL can take in."""

    @property
    def schema(self) -> str:
        """The revision of the schema, which a backup must share."""
        return HEAD

    async def each_row(self) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        """Every row of every table with the table's name, parents before children, as JSON has it.
        Changes made meanwhile are not seen."""
        async with self.reading() as connection:
            await connection.execute(select(models.version.c.id).limit(1))
            for table in models.metadata.sorted_tables:
                if table.name not in STATE_TABLES:
                    async for row in _rows(connection, table):
                        yield table.name, row
        async with self.state() as connection:
            for name in STATE_TABLES:
                if name not in NOT_KEPT:
                    async for row in _rows(connection, models.metadata.tables[name]):
                        yield name, row

    async def is_empty(self) -> bool:
        """Nothing was ever loaded."""
        async with self.reading() as connection:
            return (await connection.execute(select(models.version.c.id).limit(1))).first() is None

    async def put_rows(self, rows: Iterable[tuple[str, dict[str, Any]]]) -> int:
        """Take rows into an empty database, all or none; how many. The full-text index is built
        anew, each engine has its own."""
        number = 0
        state: list[tuple[str, dict[str, Any]]] = []
        async with self.writing() as connection:
            for name, batch in _batches(rows):
                number += len(batch)
                if name in STATE_TABLES:
                    state.extend((name, row) for row in batch)
                    continue
                table = models.metadata.tables[name]
                await connection.execute(table.insert(), [_decoded(table, row) for row in batch])
                if name == models.passage.name:
                    grams = [
                        {"id": row["id"], "grams": " ".join(grams_of(row["text"]))} for row in batch
                    ]
                    await connection.execute(ADD_GRAMS[self.dialect], grams)
        async with self.state(write=True) as connection:
            for name in STATE_TABLES:
                await connection.execute(text(f"DELETE FROM {name}"))  # noqa: S608 - our own names
            for name, batch in _batches(iter(state)):
                table = models.metadata.tables[name]
                await connection.execute(table.insert(), [_decoded(table, row) for row in batch])
        return number


async def _rows(connection: AsyncConnection, table: Table) -> AsyncIterator[dict[str, Any]]:
    result = await connection.stream(select(table).order_by(*table.primary_key.columns))
    async for row in result.mappings():
        yield {name: _encoded(value) for name, value in row.items()}


def _encoded(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def _decoded(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {name: _typed(table, name, value) for name, value in row.items()}


def _typed(table: Table, name: str, value: Any) -> Any:
    kind = table.c[name].type
    if value is None:
        return None
    if isinstance(kind, models.Moment | DateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    return value


def _batches(
    rows: Iterable[tuple[str, dict[str, Any]]],
) -> Iterable[tuple[str, list[dict[str, Any]]]]:
    """Rows of one table that follow each other, in bearable portions."""
    current, batch = "", list[dict[str, Any]]()
    for name, row in rows:
        if batch and (name != current or len(batch) >= ROWS_AT_ONCE):
            yield current, batch
            batch = []
        current = name
        batch.append(row)
    if batch:
        yield current, batch


def line_of(table: str, row: dict[str, Any]) -> str:
    """A row as one line of a backup."""
    return json.dumps([table, row], ensure_ascii=False, separators=(",", ":"))
