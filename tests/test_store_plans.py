"""The database answers from its indexes: no question of many plans goes through all of them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal

import pytest
from plans import many_plans, save
from sqlalchemy import event, text

from registry.plan import ProjectCategory
from registry.scope import Scope
from registry.store import Store

Question = Callable[[Store], Awaitable[object]]
QUESTIONS: dict[str, Question] = {
    "count": lambda store: store.count(Scope()),
    "total": lambda store: store.total(Scope()),
    "total of a source": lambda store: store.total(Scope(), "district_funds"),
    "total of a unit": lambda store: store.total(Scope(unit="第3管理局")),
    "total of a kind": lambda store: store.total(Scope(category=ProjectCategory.GENERAL)),
    "totals by kind": lambda store: store.groups(Scope(), "category"),
    "totals by unit": lambda store: store.groups(Scope(), "implementing_unit"),
    "totals by person": lambda store: store.groups(Scope(), "contact_person"),
    "top": lambda store: store.plans(Scope(), order_by="total", descending=True, limit=5),
    "first page": lambda store: store.plans(Scope(), limit=10),
    "above": lambda store: store.plans(Scope(yuan_more_than=Decimal(900_000)), limit=10),
    "of a person": lambda store: store.plans(Scope(contact_person="赵伟伟")),
    "by phone": lambda store: store.plans(Scope(phone_suffix="40000007")),
    "by phone that begins as a country does": lambda store: store.plans(
        Scope(phone_suffix="86000007")
    ),
    "one project": lambda store: store.plan(7),
    "years": lambda store: store.years(),
    "units": lambda store: store.find_units(["第3管理局"]),
    "people": lambda store: store.find_people(["赵伟伟"]),
    "documents": lambda store: store.find_documents("渝府办发[2017]121"),
}


@pytest.fixture(scope="module")
def full_database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a registry of 2,000 plans, filled once for the questions below."""
    url = f"sqlite:///{tmp_path_factory.mktemp('full') / 'registry.db'}"

    async def fill() -> None:
        store = await Store.open(url)
        await save(store, *many_plans(2000, units=20))
        await store.close()

    asyncio.run(fill())
    return url


@pytest.fixture
async def full_store(full_database: str) -> AsyncIterator[Store]:
    store = await Store.open(full_database)
    yield store
    await store.close()


@pytest.mark.parametrize("name", QUESTIONS)
async def test_no_question_scans_the_plans(full_store: Store, name: str) -> None:
    asked: list[tuple[str, object]] = []

    def note(_c: object, _u: object, statement: str, values: object, *_: object) -> None:
        asked.append((statement, values))

    event.listen(full_store.engine.sync_engine, "before_cursor_execute", note)
    try:
        await QUESTIONS[name](full_store)
    finally:
        event.remove(full_store.engine.sync_engine, "before_cursor_execute", note)
    async with full_store.engine.connect() as connection:
        for statement, values in [pair for pair in asked if pair[0].startswith("SELECT")]:
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)  # type: ignore[arg-type]
            steps = [row[3] for row in rows]
            scans = [s for s in steps if re.match(r"SCAN (plan|indicator|citation|passage)\b", s)]
            assert all("COVERING INDEX" in scan for scan in scans), (statement, steps)


async def test_ranking_takes_its_order_from_the_index(full_store: Store) -> None:
    query = (
        "EXPLAIN QUERY PLAN SELECT id FROM plan WHERE retired IS NULL AND year = 2024 "
        "ORDER BY total DESC NULLS LAST, project_id LIMIT 5"
    )
    async with full_store.engine.connect() as connection:
        steps = [row[3] for row in await connection.execute(text(query))]
    assert steps[0] == "SEARCH plan USING COVERING INDEX ix_plan_sums (year=?)"
