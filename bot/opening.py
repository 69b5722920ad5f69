"""Opens what answers: the store, the index of its names, the desk over both."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.conversation import Desk
from bot.settings import Settings
from registry.index import NameIndex
from registry.store import Store

LOOK_EVERY = 0.5  # seconds; an import by another process is seen within one


@dataclass
class Opened:
    """The parts that answer."""

    store: Store
    index: NameIndex
    desk: Desk
    version: int = 0

    async def refresh(self) -> bool:
        """Take over the names that other processes changed; whether there were any."""
        version = await self.store.version()
        if version == self.version:
            return False
        for change in await self.store.name_changes(self.version):
            self.index.remove(change.project_id)
            self.index.add((change.project_id, name) for name in change.names)
        self.version = version
        return True


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Opened]:
    """Everything open; seeds/ is loaded first where the registry is empty."""
    store = await Store.open(settings.database_url)
    try:
        version = await store.version()
        if version == 0:
            await _load_seeds(store)
            version = await store.version()
        index = NameIndex.build([entry async for entry in store.names()])
        index.add((project_id, alias) for alias, project_id in await store.aliases())
        yield Opened(store, index, Desk(store, index), version)
    finally:
        await store.close()


async def _load_seeds(store: Store) -> None:
    from registry.loading import load_seeds  # readers are needed by the first start only

    report = await load_seeds(store)
    for failed in report.failed:
        print(failed.message, file=sys.stderr)
