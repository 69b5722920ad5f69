"""The schema: what a first start creates is what the migrations build, on both engines."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from plans import THREE, save
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine

from registry import models
from registry.errors import RegistryError, StoreUnavailable
from registry.migrate import HEAD, alembic_config, create_schema, upgrade
from registry.scope import Scope
from registry.store import Store
from registry.store.engine import read_url


def described(connection: Connection) -> dict[str, object]:
    """Tables with columns, keys and indexes, as the database tells them."""
    look = inspect(connection)
    return {
        name: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in look.get_columns(name)],
            look.get_pk_constraint(name)["constrained_columns"],
            sorted(
                (f["constrained_columns"], f["referred_table"]) for f in look.get_foreign_keys(name)
            ),
            sorted(
                (str(i["name"]), i["column_names"], i["unique"]) for i in look.get_indexes(name)
            ),
        )
        for name in sorted(look.get_table_names())
        if name != "alembic_version"
    }


def test_the_head_is_the_newest_script() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == HEAD


async def test_the_migrations_build_what_a_first_start_creates(database_url: str) -> None:
    engine = create_async_engine(read_url(database_url))
    try:
        async with engine.begin() as connection:
            await connection.run_sync(create_schema)
            created = await connection.run_sync(described)
            await connection.rollback()
        async with engine.begin() as connection:
            for name in await connection.run_sync(lambda c: inspect(c).get_table_names()):
                await connection.execute(text(f'DROP TABLE IF EXISTS "{name}"'))
        async with engine.begin() as connection:
            await connection.run_sync(upgrade)
            migrated = await connection.run_sync(described)
            differences = await connection.run_sync(
                lambda c: compare_metadata(MigrationContext.configure(c), models.metadata)
            )
    finally:
        await engine.dispose()
    assert migrated == created
    assert [
        d for d in differences if "passage_grams" not in str(d) and "alembic" not in str(d)
    ] == []


async def test_a_migrated_database_opens_and_works(database_url: str) -> None:
    engine = create_async_engine(read_url(database_url))
    async with engine.begin() as connection:
        await connection.run_sync(upgrade)
    await engine.dispose()
    store = await Store.open(database_url)
    await save(store, *THREE)
    assert await store.count(Scope()) == 3
    assert (await store.search(["内涝"]))[0].project_id == 2
    await store.close()


async def test_an_older_database_is_brought_up_to_date_with_its_plans(database_url: str) -> None:
    store = await Store.open(database_url)
    await save(store, *THREE)
    for engine in {store.engine, store.state_engine}:
        async with engine.begin() as connection:
            await connection.execute(text("DROP TABLE name_index"))
            await connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    await store.close()
    store = await Store.open(database_url)
    assert await store.count(Scope()) == 3
    assert await store.kept_index_version() is None
    await store.close()


async def test_opening_again_keeps_what_is_there(database_url: str) -> None:
    for _ in range(2):
        store = await Store.open(database_url)
        await save(store, *THREE)
        assert await store.count(Scope()) == 3
        await store.close()


async def test_a_database_of_a_newer_program_is_refused(database_url: str) -> None:
    store = await Store.open(database_url)
    async with store.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await store.close()
    with pytest.raises(RegistryError, match="升级程序"):
        await Store.open(database_url)


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "sqlite://", "sqlite:///:memory:"])
async def test_an_address_that_cannot_be_used_is_explained(url: str) -> None:
    with pytest.raises(RegistryError):
        await Store.open(url)


async def test_a_file_that_is_no_database_is_told_as_unavailable(tmp_path: Path) -> None:
    (tmp_path / "registry.db").write_bytes(b"this is a letter, not a database" * 100)
    with pytest.raises(StoreUnavailable):
        await Store.open(f"sqlite:///{tmp_path / 'registry.db'}")


async def test_a_server_that_is_away_is_told_as_unavailable() -> None:
    with pytest.raises(StoreUnavailable):
        await Store.open("postgresql://nobody@127.0.0.1:1/none")
