"""A disk that is full in the middle of an import, and a clock that jumps."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest
from plans import THREE, save
from telegram_world import a_world

from registry.scope import Scope
from registry.store import Store

IMPORT = """
import asyncio, sys
sys.path[:0] = [{tests!r}]
from plans import many_plans, save
from registry.errors import StoreUnavailable
from registry.store import Store

async def main():
    store = await Store.open({url!r})
    try:
        await save(store, *many_plans(1500), file="big.txt")
        print("done")
    except StoreUnavailable as error:
        print("refused:", error)
    finally:
        try:
            await store.close()
        except Exception:
            pass

asyncio.run(main())
"""


def import_within(url: str, limit: int | None) -> str:
    """What an import says in a process whose files may not grow beyond the limit."""
    code = IMPORT.format(tests=str(Path(__file__).parents[1]), url=url)

    def confine() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, timeout=120, preexec_fn=confine, check=False,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    return done.stdout + done.stderr


@pytest.mark.slow
async def test_a_disk_full_during_an_import_changes_nothing_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "registry.db"
    url = f"sqlite+aiosqlite:///{file}"
    store = await Store.open(url)
    await save(store, *THREE)
    await store.close()
    # Each try runs full at another moment of the import.
    for room in (100_000, 600_000, 1_500_000):
        said = import_within(url, file.stat().st_size + room)
        assert "refused:" in said, said[-1500:]
        store = await Store.open(url)
        async with store.reading() as connection:
            whole = (await connection.exec_driver_sql("PRAGMA integrity_check")).scalar()
        state = (whole, await store.version(), await store.count(Scope()))
        await store.close()
        assert state == ("ok", 1, 3)
    assert import_within(url, None).strip() == "done"


async def test_a_clock_that_jumps_answers_each_question_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    true_time = time.time
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'r.db'}")
    async with a_world(store=store) as world:
        zhang = world.person(5)
        for number, jump in enumerate((0, 3600, -3600, 86400 * 3, -86400 * 3, 0)):
            monkeypatch.setattr(time, "time", lambda jump=jump: true_time() + jump)
            message = world.message(zhang, None, text="河道多少钱")
            assert len(await world.after(5, 800 + number, message=message)) == 1
            assert await world.after(5, 800 + number, message=message) == []
        monkeypatch.setattr(time, "time", true_time)
    await store.close()
