"""Opens what answers: the store, the index of its names, the desk over both."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.conversation import Desk
from bot.settings import Settings
from registry.index import NameIndex
from registry.name_keeping import open_index
from registry.store import Store

LOOK_EVERY = 0.5  # seconds; an import by another process is seen within one


@dataclass
class Opened:
    """The parts that answer."""

    store: Store
    index: NameIndex
    desk: Desk

    @property
    def version(self) -> int:
        """The version of the registry that answers are about."""
        return self.desk.sources.version

    async def refresh(self, *, at_once: bool = False) -> bool:
        """Take over what any process has changed; whether there was anything."""
        before = self.version
        await self.desk.sources.refresh(at_once=at_once)
        return self.version != before


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Opened]:
    """Everything open; seeds/ is loaded first where the registry is empty."""
    store = await Store.open(settings.database_url)
    try:
        if await store.version() == 0:
            await _load_seeds(store)
        index, version = await open_index(store)
        yield Opened(store, index, Desk(store, index, version=version))
    finally:
        await store.close()


async def _load_seeds(store: Store) -> None:
    from registry.loading import load_seeds  # readers are needed by the first start only

    report = await load_seeds(store)
    for failed in report.failed:
        print(failed.message, file=sys.stderr)
