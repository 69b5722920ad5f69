"""The name index keeps in step with the registry, in this process and in others."""

from __future__ import annotations

from dataclasses import replace

import pytest
from plans import RIVER_DREDGING, THREE, save

from registry import name_keeping
from registry.name_keeping import follow, keep_after_loading, keep_index, open_index
from registry.store import Store


async def test_an_import_elsewhere_is_found_here(database_url: str) -> None:
    here, there = await Store.open(database_url), await Store.open(database_url)
    await save(there, *THREE)
    index, version = await open_index(here)
    assert index.link("清淤").outcome == "certain"
    await save(there, replace(RIVER_DREDGING, name="停车场新建工程"), file="b.txt")
    await there.add_alias("停车楼", 4, by="测试")
    await there.remove(2, by="测试", reason="并入")
    version = await follow(here, index, version)
    assert [match.project_id for match in index.link("停车楼").matches] == [4]
    assert index.link("河道清淤").outcome == "unknown"
    assert await follow(here, index, version) == version
    await here.close()
    await there.close()


async def test_a_kept_index_starts_warm_and_catches_up(
    fresh_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(name_keeping, "WORTH_KEEPING", 1)
    await save(fresh_store, *THREE)
    assert await keep_after_loading(fresh_store)
    index, version = await open_index(fresh_store)
    assert not await keep_index(fresh_store, index, version)
    await save(fresh_store, replace(RIVER_DREDGING, name="停车场新建工程"), file="b.txt")
    warm, now = await open_index(fresh_store)
    assert (await fresh_store.kept_index_version(), now) == (1, 2)
    assert sorted(warm.names())[-1] == (4, "停车场新建工程")
    assert warm.link("清淤").matches[0].project_id == 2


async def test_a_small_registry_keeps_nothing(fresh_store: Store) -> None:
    await save(fresh_store, *THREE)
    assert not await keep_index(fresh_store, *(await open_index(fresh_store)))
