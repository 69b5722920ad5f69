"""The bot's state: kept, ended, counted, and one winner of many."""

from __future__ import annotations

import asyncio

import pytest
from plans import THREE, save

from registry.scope import Scope
from registry.store import Store
from registry.store import state as state_module


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that the test moves."""
    now = [1_000_000.0]
    monkeypatch.setattr(state_module.time, "time", lambda: now[0])
    return now


async def test_a_value_is_kept_until_its_time_is_over(
    fresh_store: Store, clock: list[float]
) -> None:
    await fresh_store.kv_set("memory", "7", {"project": 2}, ttl=60)
    await fresh_store.kv_set("access", "7", {"role": "管理员"})
    clock[0] += 59
    assert await fresh_store.kv_get("memory", "7") == {"project": 2}
    clock[0] += 2
    assert await fresh_store.kv_get("memory", "7") is None
    assert await fresh_store.kv_scan("memory") == []
    assert await fresh_store.kv_get("access", "7") == {"role": "管理员"}
    assert await fresh_store.kv_purge() == 1


async def test_a_key_can_be_added_again_after_its_time(
    fresh_store: Store, clock: list[float]
) -> None:
    assert await fresh_store.kv_add("update", "1", ttl=10)
    assert not await fresh_store.kv_add("update", "1", ttl=10)
    clock[0] += 11
    assert await fresh_store.kv_add("update", "1", ttl=10)


async def test_of_many_that_add_one_key_at_once_one_wins(database_url: str) -> None:
    stores = [await Store.open(database_url) for _ in range(3)]
    won = await asyncio.gather(*(stores[at % 3].kv_add("update", "1", 60) for at in range(30)))
    assert won.count(True) == 1
    for store in stores:
        await store.close()


async def test_a_counter_counts_every_call(fresh_store: Store, clock: list[float]) -> None:
    await asyncio.gather(*(fresh_store.kv_count("rate", "7", ttl=60) for _ in range(20)))
    assert await fresh_store.kv_count("rate", "7", by=5, ttl=60) == 25
    clock[0] += 61
    assert await fresh_store.kv_count("rate", "7", ttl=60) == 1


async def test_keys_are_told_by_their_beginning(fresh_store: Store) -> None:
    for key in ("a%1", "a%2", "ab", "b"):
        await fresh_store.kv_set("space", key, {"key": key})
    assert [key for key, _ in await fresh_store.kv_scan("space", "a%")] == ["a%1", "a%2"]
    assert await fresh_store.kv_delete("space", "b")
    assert not await fresh_store.kv_delete("space", "b")


async def test_state_and_questions_do_not_wait_for_an_import(fresh_store: Store) -> None:
    """An import holds the registry for writing; people go on asking meanwhile."""
    await save(fresh_store, *THREE)
    async with fresh_store.writing(), asyncio.timeout(5):
        await fresh_store.kv_set("memory", "7", {"project": 2})
        assert await fresh_store.kv_get("memory", "7") == {"project": 2}
        assert await fresh_store.count(Scope()) == 3


async def test_two_imports_at_once_come_one_after_the_other(database_url: str) -> None:
    stores = [await Store.open(database_url) for _ in range(2)]
    await asyncio.gather(
        *(
            save(store, plan, file=f"{at}.txt")
            for at, (store, plan) in enumerate(zip(stores, THREE, strict=False))
        )
    )
    assert await stores[0].version() == 2
    assert await stores[1].count(Scope()) == 2
    for store in stores:
        await store.close()


async def test_a_note_is_there_for_others_at_once_and_is_replaced(
    fresh_store: Store, database_url: str
) -> None:
    notes, other = fresh_store.notes(), await Store.open(database_url)
    for number in (1, 2):
        await notes.keep([("arrived", "7", {"update": number}, None)])
        assert await other.kv_get("arrived", "7") == {"update": number}
    await notes.close()
    await other.close()
