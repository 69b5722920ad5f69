"""Where the name index is kept ready, so that a process with very many names starts warm."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, select

from registry import models
from registry.store.engine import Database

_table = models.name_index
BLOBS_AT_ONCE = 8


class KeptIndex(Database):
    """Blobs of the name index, with the version whose names they hold. What changed since then is
    told by `name_changes`: the change log is written by the import's own transaction."""

    async def keep_name_index(self, version: int, rows: Iterable[tuple[bytes, bytes]]) -> None:
        """Keep an index instead of the one before."""
        async with self.state(write=True) as connection:
            await connection.execute(delete(_table))
            batch: list[dict[str, object]] = []
            for key, blob in rows:
                batch.append({"key": key.decode(), "version": version, "blob": blob})
                if len(batch) == BLOBS_AT_ONCE:
                    await connection.execute(_table.insert(), batch)
                    batch = []
            if batch:
                await connection.execute(_table.insert(), batch)

    async def kept_index_version(self) -> int | None:
        """Which version's names are kept; None: no index is kept."""
        async with self.state() as connection:
            return (await connection.execute(select(_table.c.version).limit(1))).scalar()

    async def kept_name_index(self) -> tuple[int, list[tuple[bytes, bytes]]] | None:
        """The version and the blobs kept."""
        async with self.state() as connection:
            found = await connection.execute(select(_table.c.key, _table.c.version, _table.c.blob))
            rows = found.all()
        if not rows:
            return None
        return rows[0].version, [(row.key.encode(), bytes(row.blob)) for row in rows]
