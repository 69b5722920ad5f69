"""Brings a database's schema up to date; alembic is loaded only when there is something to do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from registry import models
from registry.errors import RegistryError

if TYPE_CHECKING:
    from alembic.config import Config

# The newest revision in migrations/versions; a test holds it against the scripts.
HEAD = "0002"
MIGRATIONS = Path(__file__).parent / "migrations"


def bring_up_to_date(connection: Connection) -> None:
    """Leave the schema at `HEAD`, whatever it was before. Runs inside the caller's transaction."""
    found = stored_revision(connection)
    if found == HEAD:
        return
    if found is None and not inspect(connection).get_table_names():
        create_schema(connection)
        return
    if found is not None and found > HEAD:
        raise RegistryError(
            f"数据库的结构版本是 {found}，本程序只认识到 {HEAD}：请升级程序，或换一个数据库。"
        )
    upgrade(connection)


def stored_revision(connection: Connection) -> str | None:
    """The revision the database says it is at; None for one that has no schema of ours."""
    try:
        with connection.begin_nested():
            row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
    except DBAPIError:
        return None
    return None if row is None else str(row[0])


def create_schema(connection: Connection) -> None:
    """The newest schema in an empty database, marked as migrated; a test holds it to be the same
    as what the migrations build. It spares every first start the import of alembic."""
    models.metadata.create_all(connection, checkfirst=False)
    connection.execute(
        text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    )
    connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})


def upgrade(connection: Connection) -> None:
    """Run the migrations that are still missing. There is no way back but a backup."""
    from alembic import command

    command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: Connection | None = None) -> Config:
    """What an alembic.ini would say; there is none, since the program migrates by itself."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
