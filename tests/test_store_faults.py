"""A database that goes away, is locked or full: a clear error, nothing half done, and back again."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from plans import RIVER_DREDGING, THREE, many_plans, save
from sqlalchemy import event, text

from registry.errors import StoreUnavailable
from registry.scope import Scope
from registry.store import Store, engine


@pytest.fixture
async def file_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.2)
    store = await Store.open(f"sqlite:///{tmp_path / 'registry.db'}")
    await save(store, *THREE)
    yield store
    await store.close()


@pytest.fixture
def locked(tmp_path: Path, file_store: Store) -> Iterator[sqlite3.Connection]:
    """Another program that holds the registry's file for writing."""
    other = sqlite3.connect(tmp_path / "registry.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield other
    other.close()


async def test_a_locked_file_can_be_read_and_says_so_when_written(
    file_store: Store, locked: sqlite3.Connection
) -> None:
    assert await file_store.count(Scope()) == 3
    with pytest.raises(StoreUnavailable, match="稍后再试"):
        await save(file_store, replace(RIVER_DREDGING, total=Decimal(1)), file="b.txt")
    locked.execute("ROLLBACK")
    await save(file_store, replace(RIVER_DREDGING, total=Decimal(1)), file="b.txt")
    assert await file_store.version() == 2


async def test_a_full_disk_during_an_import_leaves_the_old_version(file_store: Store) -> None:
    async with file_store.engine.connect() as connection:
        pages = (await connection.exec_driver_sql("PRAGMA page_count")).scalar_one()

    def almost_full(connection: Any) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 20}")

    event.listen(file_store.engine.sync_engine, "begin", almost_full)
    with pytest.raises(StoreUnavailable, match="full"):
        await save(file_store, *many_plans(2000), file="big.txt")
    assert (await file_store.version(), await file_store.count(Scope())) == (1, 3)
    event.remove(file_store.engine.sync_engine, "begin", almost_full)
    event.listen(
        file_store.engine.sync_engine,
        "begin",
        lambda connection: connection.exec_driver_sql("PRAGMA max_page_count = 1000000"),
    )
    await save(file_store, *many_plans(200), file="big.txt")
    assert await file_store.count(Scope()) == 203


async def test_connections_cut_by_the_server_are_replaced(postgres: Any) -> None:
    store = await Store.open(postgres.new_database())
    await save(store, *THREE)
    cut = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await asyncio.gather(*(store.count(Scope()) for _ in range(4)))
    other = await Store.open(store.url.render_as_string(hide_password=False))
    async with other.engine.connect() as connection:
        await connection.execute(cut)
    await other.close()
    assert await store.count(Scope()) == 3
    await store.close()


async def test_an_import_whose_server_connection_is_cut_changes_nothing(postgres: Any) -> None:
    store = await Store.open(postgres.new_database())
    await save(store, *THREE)
    cut = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND state = 'idle in transaction'"
    )
    with pytest.raises(StoreUnavailable):  # noqa: PT012 - the cut is in the middle of it
        async with store.writing() as connection:
            await connection.execute(text("DELETE FROM finding"))
            await connection.execute(text("UPDATE plan SET total = 0"))
            async with store.engine.connect() as other:
                await other.execute(cut)
            await connection.execute(text("UPDATE plan SET total = 1"))
    assert (await store.total(Scope())).yuan == Decimal("10778701")
    await store.close()


async def test_a_server_that_stops_and_comes_back_is_used_again(postgres: Any) -> None:
    """With its own server: the one of the other tests must go on."""
    server = type(postgres)()
    store = await Store.open(server.new_database())
    try:
        await save(store, *THREE)
        server.stop()
        for _ in range(2):
            with pytest.raises(StoreUnavailable):
                await store.count(Scope())
        server.start()
        assert await store.count(Scope()) == 3
    finally:
        await store.close()
        server.remove()
