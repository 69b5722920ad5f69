"""Opens the database, SQLite or PostgreSQL, and hands out connections for reading and writing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from sqlalchemy import event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DBAPIError,
    InterfaceError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from registry.errors import RegistryError, StoreUnavailable
from registry.migrate import HEAD, bring_up_to_date, stored_revision

DEFAULT_FILE = Path(".data") / "registry.db"
BUSY_SECONDS = 15
# Two processes that start together on an empty PostgreSQL must not both create the tables.
MIGRATION_LOCK = 7_301_415
# Versions are numbered without gaps, so changes go one after the other; SQLite knows no other way.
WRITE_LOCK = 7_301_416
LOCK = text("SELECT pg_advisory_xact_lock(:lock)")
POOL_SIZE = 10
PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "foreign_keys = ON",
    # Many small imports in a row: written back to the main file every 16 MB, not every 4.
    "wal_autocheckpoint = 4000",
    "cache_size = -8000",
)
PG_SETTINGS = {"application_name": "plan-registry", "jit": "off"}


def default_url() -> str:
    """The embedded database: one file in a data folder below the current one."""
    return f"sqlite+aiosqlite:///{DEFAULT_FILE}"


def read_url(url: str) -> URL:
    """The address with the driver we use, whichever way it was written."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise RegistryError(
            "DATABASE_URL 无法识别，应形如 sqlite+aiosqlite:///文件 或 "
            "postgresql+asyncpg://用户:密码@主机/库。"
        ) from error
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise RegistryError(
                "SQLite 需要一个文件：DATABASE_URL=sqlite+aiosqlite:///路径/registry.db"
            )
        return parsed.set(drivername="sqlite+aiosqlite")
    if backend in ("postgresql", "postgres"):
        driver = "psycopg" if "psycopg" in parsed.drivername else "asyncpg"
        return parsed.set(drivername=f"postgresql+{driver}")
    raise RegistryError(f"不支持的数据库：{backend}。可用 SQLite 或 PostgreSQL。")


def state_url(url: URL) -> URL:
    """Where the bot's own state lives. With SQLite it is a second file, so that remembering a
    conversation never waits for an import, which holds the registry's file for writing."""
    if url.get_backend_name() != "sqlite":
        return url
    file = Path(str(url.database))
    return url.set(database=str(file.with_name(f"{file.stem}.state{file.suffix}")))


class Database:
    """Connections to the registry and to the bot's state. Base of everything that speaks SQL."""

    def __init__(self, engine: AsyncEngine, state_engine: AsyncEngine) -> None:
        self.engine = engine
        self.state_engine = state_engine

    @classmethod
    async def open(cls, url: str | None = None) -> Self:
        """Open the database, created and brought up to date where needed."""
        address = read_url(url or default_url())
        engine = await _open_engine(address)
        beside = state_url(address)
        state_engine = engine if beside == address else await _open_engine(beside)
        return cls(engine, state_engine)

    async def close(self) -> None:
        """Give every connection back."""
        await self.engine.dispose()
        if self.state_engine is not self.engine:
            await self.state_engine.dispose()

    @property
    def state_file(self) -> Path | None:
        """The file of the bot's own state, where it is one."""
        url = self.state_engine.url
        return Path(str(url.database)) if self.dialect == "sqlite" else None

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    @property
    def url(self) -> URL:
        """The address of the registry; its password is hidden when printed."""
        return self.engine.url

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection that sees one state of the registry and waits for no writer."""
        held = _held.get()
        if held is None or held.of is not self:
            async with self._connected() as connection:
                yield connection
            return
        try:
            if held.connection is None:
                held.connection = await held.stack.enter_async_context(self._connected())
            async with ours():
                yield held.connection
        except BaseException:
            # What failed once may be broken; the next reading takes another.
            held.connection = None
            held.known.clear()
            await held.stack.aclose()
            raise

    @asynccontextmanager
    async def one_state(self) -> AsyncIterator[None]:
        """All that is read inside is read over one connection and from one state of the registry.
        To take a connection and begin for every reading takes longer than most readings do."""
        async with AsyncExitStack() as stack:
            token = _held.set(_Held(self, stack))
            try:
                yield
            finally:
                _held.reset(token)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AsyncConnection]:
        async with ours(), self.engine.connect() as connection:
            if self.dialect == "postgresql":
                await connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction on the registry: all of it or nothing."""
        async with ours(), self.engine.connect() as connection:
            await connection.execution_options(**{WRITES: True})
            async with connection.begin():
                if self.dialect == "postgresql":
                    await connection.execute(LOCK, {"lock": WRITE_LOCK})
                yield connection

    @asynccontextmanager
    async def state(self, *, write: bool = False) -> AsyncIterator[AsyncConnection]:
        """A transaction on the bot's state."""
        async with ours(), self.state_engine.connect() as connection:
            if write:
                await connection.execution_options(**{WRITES: True})
            async with connection.begin():
                yield connection


WRITES = "registry_writes"


@dataclass
class _Held:
    """A connection kept for several readings, taken at the first of them."""

    of: Database
    stack: AsyncExitStack
    connection: AsyncConnection | None = None
    known: dict[str, Any] = field(default_factory=dict)


_held: ContextVar[_Held | None] = ContextVar("held", default=None)


def known_of(connection: AsyncConnection) -> dict[str, Any]:
    """What has been found out of the one state that is read over this connection."""
    held = _held.get()
    return held.known if held is not None and held.connection is connection else {}


@asynccontextmanager
async def ours() -> AsyncIterator[None]:
    """Turn a database that does not answer into our own error, once, here."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout, OSError) as error:
        raise StoreUnavailable(f"数据库没有应答，请稍后再试（{_reason(error)}）。") from error
    except DBAPIError as error:
        # The plain class is what SQLite says of a file that is damaged or something else.
        if error.connection_invalidated or type(error) is DatabaseError:
            raise StoreUnavailable(
                f"数据库无法使用，请检查或稍后再试（{_reason(error)}）。"
            ) from error
        raise


def _reason(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return str(cause).strip().splitlines()[0][:200] if str(cause).strip() else type(cause).__name__


async def _open_engine(url: URL) -> AsyncEngine:
    embedded = url.get_backend_name() == "sqlite"
    engine = _sqlite_engine(url) if embedded else _postgres_engine(url)
    try:
        async with ours():
            await _migrate(engine)
    except BaseException:
        await engine.dispose()
        raise
    return engine


def _sqlite_engine(url: URL) -> AsyncEngine:
    file = Path(str(url.database))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"无法建立数据目录 {file.parent}：{error.strerror}。") from error
    engine = create_async_engine(url, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        # We say BEGIN ourselves (below): the driver would begin too late for a whole import.
        connection.isolation_level = None
        try:
            cursor = connection.cursor()
            for pragma in PRAGMAS:
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()
        except BaseException:
            # Nobody else knows of this connection yet, and its thread would never end.
            connection.close()
            raise

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        writes = connection.get_execution_options().get(WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgres_engine(url: URL) -> AsyncEngine:
    if url.drivername.endswith("asyncpg"):
        # Prepared plans would outlive a migration done by another process.
        connect: dict[str, Any] = {"server_settings": PG_SETTINGS, "timeout": BUSY_SECONDS}
    else:
        connect = {"connect_timeout": BUSY_SECONDS}
    return create_async_engine(
        url, pool_size=POOL_SIZE, max_overflow=POOL_SIZE, pool_pre_ping=True, connect_args=connect
    )


async def _migrate(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        # Nearly always there is nothing to do, and then an import elsewhere need not be waited for.
        if await connection.run_sync(stored_revision) == HEAD:
            return
    async with engine.connect() as connection:
        await connection.execution_options(**{WRITES: engine.dialect.name == "sqlite"})
        async with connection.begin():
            if engine.dialect.name == "postgresql":
                await connection.execute(LOCK, {"lock": MIGRATION_LOCK})
            await connection.run_sync(bring_up_to_date)
