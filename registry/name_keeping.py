"""The name index of a registry: built, or taken warm from the store, and kept in step with it."""

from __future__ import annotations

from registry.index import NameIndex
from registry.index_blobs import OtherFormat
from registry.scope import Scope
from registry.store import Store

# Below this many names building takes less time (0.2 s) than it is worth keeping anything for.
WORTH_KEEPING = 20_000
# An index that is this many versions behind is kept anew; replaying a version takes milliseconds.
BEHIND = 50


async def open_index(store: Store) -> tuple[NameIndex, int]:
    """The index of all names and aliases, and the version of the registry that it knows."""
    version = await store.version()
    kept = await _warm(store, version)
    if kept is not None:
        return kept
    index = NameIndex.build([entry async for entry in store.names()])
    index.add((project_id, alias) for alias, project_id in await store.aliases())
    return index, version


async def follow(store: Store, index: NameIndex, since: int) -> int:
    """Take over the names that changed after a version; the version known now. Cheap when there is
    nothing to do, so that it may be asked before every question."""
    version = await store.version()
    if version != since:
        for change in await store.name_changes(since):
            index.remove(change.project_id)
            index.add((change.project_id, name) for name in change.names)
    return version


async def keep_index(store: Store, index: NameIndex, version: int) -> bool:
    """Keep a large index for the next start, unless what is kept is nearly as new."""
    if len(index) < WORTH_KEEPING:
        return False
    kept = await store.kept_index_version()
    if kept is not None and 0 <= version - kept < BEHIND:
        return False
    await store.keep_name_index(version, index.dump())
    return True


async def keep_after_loading(store: Store) -> bool:
    """After much was loaded, leave a ready index for the processes that answer."""
    if await store.count(Scope(all_years=True)) < WORTH_KEEPING:
        return False
    return await keep_index(store, *(await open_index(store)))


async def _warm(store: Store, version: int) -> tuple[NameIndex, int] | None:
    at = await store.kept_index_version()
    if at is None or at > version:
        return None
    kept = await store.kept_name_index()
    if kept is None:
        return None
    try:
        index = NameIndex.load(kept[1])
    except OtherFormat:
        return None
    return index, await follow(store, index, kept[0])
