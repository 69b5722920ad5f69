"""A process killed in the middle of an import leaves the old version or the new one, whole."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from plans import many_plans, save

from registry.scope import Scope
from registry.store import Store

PLANS = 600
MOMENTS = 10
CHILD = """
import asyncio, sys
sys.path[:0] = [{tests!r}]
from test_import_killed import changed
from registry.store import Original, Store

async def main():
    store = await Store.open({url!r})
    print("ready", flush=True)
    await store.save(changed(), Original("new.txt", b"new"), by="killed",
                     on_progress=lambda done, total: print(done, flush=True))
    print("done", flush=True)

asyncio.run(main())
"""


def changed() -> list[object]:
    """Every plan with another amount, and as many new ones."""
    everything = many_plans(PLANS + 200)
    return [replace(plan, total=Decimal(7), overview="新的概况。") for plan in everything]


@contextmanager
def importing(url: str) -> Iterator[subprocess.Popen[str]]:
    code = CHILD.format(tests=str(Path(__file__).parent), url=url)
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


async def state(url: str) -> tuple[int, int, Decimal, int, int]:
    """Version, plans, sum, passages that only the new version has, and what the checks of the
    database itself say."""
    store = await Store.open(url)
    try:
        if store.dialect == "sqlite":
            async with store.reading() as connection:
                whole = (await connection.exec_driver_sql("PRAGMA integrity_check")).scalar()
                assert whole == "ok"
        fresh = (await store.gram_frequency(["新的"])).get("新的", 0)
        total = await store.total(Scope())
        found = len(await store.search(["新的"], limit=PLANS * 2))
        return await store.version(), total.plans, total.yuan, fresh, min(found, 1)
    finally:
        await store.close()


async def test_an_import_killed_at_any_moment_is_done_or_not_done(database_url: str) -> None:
    store = await Store.open(database_url)
    await save(store, *many_plans(PLANS))
    await store.close()
    old = await state(database_url)
    new = (2, PLANS + 200, Decimal(70_000) * (PLANS + 200), PLANS + 200, 1)
    moment = random.Random(20241)
    for _ in range(MOMENTS):
        with importing(database_url) as process:
            assert process.stdout is not None
            for _ in range(moment.randrange(1, 5)):
                process.stdout.readline()
            try:
                process.wait(timeout=moment.uniform(0, 0.3))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
        assert await state(database_url) in (old, new)
    with importing(database_url) as process:
        assert process.stdout is not None
        assert process.stdout.read().endswith("done\n")
    assert await state(database_url) == new
