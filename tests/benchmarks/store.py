"""How long the store takes with many plans: python tests/benchmarks/store.py [PLANS] [URL].

Prints load rate, memory, and p50/p99 of the questions that are asked of it.
"""

from __future__ import annotations

import asyncio
import random
import resource
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from plans import CLAUSES, PURPOSES, many_plans  # noqa: E402

from registry.plan import ProjectCategory  # noqa: E402
from registry.scope import IndicatorWhere, Scope  # noqa: E402
from registry.store import Original, Store  # noqa: E402
from registry.store.grams import grams_of  # noqa: E402

PLANS_A_FILE = 2000
ROUNDS = 60
Question = Callable[[], Awaitable[object]]


def memory() -> float:
    """Megabytes this process has in use now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


async def fill(store: Store, number: int) -> None:
    """Load in files of many plans each, telling the rate and the memory as it goes."""
    everything = many_plans(number, units=max(20, number // 50))
    started = time.perf_counter()
    for at in range(0, number, PLANS_A_FILE):
        some = everything[at : at + PLANS_A_FILE]
        await store.save(some, Original(f"{at}.txt", str(at).encode()), by="benchmark")
        done = at + len(some)
        if done % (PLANS_A_FILE * 5) == 0 or done == number:
            seconds = time.perf_counter() - started
            print(f"  {done:>7} plans  {done / seconds:6.0f}/s  {memory():5.0f} MB", flush=True)


def questions(store: Store, number: int, chance: random.Random) -> dict[str, Question]:
    """What is asked, each with other values every time."""

    def unit() -> str:
        return f"第{chance.randrange(max(20, number // 50))}管理局"

    def words() -> list[str]:
        said = chance.choice(PURPOSES) + chance.choice(CLAUSES) + str(chance.randrange(number))
        return grams_of(said)

    amount = Decimal(chance.randrange(1, 99)) * 10_000
    return {
        "plan": lambda: store.plan(chance.randrange(1, number)),
        "count all": lambda: store.count(Scope()),
        "total all": lambda: store.total(Scope()),
        "total of a source": lambda: store.total(Scope(), "district_funds"),
        "total of a unit": lambda: store.total(Scope(unit=unit())),
        "total of a kind": lambda: store.total(Scope(category=ProjectCategory.GENERAL)),
        "top 5": lambda: store.plans(Scope(), order_by="total", descending=True, limit=5),
        "smallest": lambda: store.plans(Scope(), order_by="total", limit=1),
        "top 5 of a unit": lambda: store.plans(
            Scope(unit=unit()), order_by="total", descending=True, limit=5
        ),
        "list of a unit": lambda: store.plans(Scope(unit=unit()), limit=10),
        "above an amount": lambda: store.plans(Scope(yuan_more_than=amount), limit=10),
        "count above": lambda: store.count(Scope(yuan_more_than=amount)),
        "first page": lambda: store.plans(Scope(), limit=10),
        "page 100": lambda: store.plans(Scope(), limit=10, offset=1000),
        "by phone": lambda: store.plans(
            Scope(phone_suffix=str(40_000_000 + chance.randrange(number)))
        ),
        "find units": lambda: store.find_units([unit(), unit()[:3], "管理局"]),
        "find people": lambda: store.find_people(["赵伟伟", "钱芳芳", "今年"]),
        "core indicators of a unit": lambda: store.indicators(
            Scope(unit=unit()), IndicatorWhere(core=True), limit=50
        ),
        "documents": lambda: store.find_documents("渝府办发[2017]121"),
        "gram frequency": lambda: store.gram_frequency(words()),
        "search": lambda: store.search(words()),
        "search common": lambda: store.search(grams_of("食堂改造完成率")),
        "search in a field": lambda: store.search(words(), fields=["overview"]),
        "version": store.version,
        "years": store.years,
    }


async def measure(question: Question) -> tuple[float, float]:
    """p50 and p99 in milliseconds."""
    taken: list[float] = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        await question()
        taken.append((time.perf_counter() - started) * 1000)
    taken.sort()
    return taken[len(taken) // 2], taken[int(len(taken) * 0.99) - 1]


async def main(number: int, url: str) -> None:
    """Fill, then ask."""
    store = await Store.open(url)
    if not await store.version():
        await fill(store, number)
    print(f"{store.dialect}, {await store.count(Scope())} plans")
    print(f"{'question':<28}{'p50 ms':>9}{'p99 ms':>9}")
    for name, question in questions(store, number, random.Random(1)).items():
        p50, p99 = await measure(question)
        print(f"{name:<28}{p50:>9.2f}{p99:>9.2f}", flush=True)
    await store.close()


if __name__ == "__main__":
    plans = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        address = sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{folder}/registry.db"
        asyncio.run(main(plans, address))
