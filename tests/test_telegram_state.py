"""What the bot remembers, over a real store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.telegram.state import KEPT, State
from registry.store import Store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(f"sqlite+aiosqlite:///{tmp_path}/r.db")
    yield opened
    await opened.close()


async def test_what_is_put_is_there_for_the_next_process(store: Store) -> None:
    first = State(store)
    await first.put("context", "1", {"a": 1})
    await first.put("context", "2", {"a": 2})
    await first.drop("context", "2")
    await first.close()
    second = State(store)
    assert await second.get("context", "1") == {"a": 1}
    assert await second.get("context", "2") is None


async def test_a_value_ends_with_its_time(store: Store) -> None:
    state = State(store)
    await state.put("told", "x", {}, ttl=-1)
    assert await state.get("told", "x") is None
    assert await state.add("told", "x", ttl=60)
    assert not await state.add("told", "x", ttl=60)


async def test_memory_does_not_grow_with_the_number_of_messages(store: Store) -> None:
    state = State(store)
    await state.load("taste")
    await state.put("taste", "5", {"rich": False})
    for number in range(3 * KEPT):
        await state.put("sent", str(number), {"n": number})
        if number % 1000 == 0:
            await state.flush()
    await state.flush()
    assert len(state._kept) <= KEPT + 1000
    assert await state.get("sent", "0") == {"n": 0}
    assert await state.get("taste", "5") == {"rich": False}


async def test_two_processes_see_each_other(store: Store) -> None:
    one, other = State(store, shared=True), State(store, shared=True)
    assert await one.add("update", "1", ttl=60)
    assert not await other.add("update", "1", ttl=60)
    await one.put("context", "5", {"x": 1})
    assert await other.get("context", "5") == {"x": 1}
