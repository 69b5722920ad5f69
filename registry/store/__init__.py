"""The store: everything the registry keeps, the only place that speaks SQL."""

from __future__ import annotations

from registry.store.archive import Archive
from registry.store.changes import Applied, Original
from registry.store.engine import default_url
from registry.store.exchange import Exchange
from registry.store.history import History
from registry.store.kept_index import KeptIndex
from registry.store.matching import Planned
from registry.store.names import NameQueries
from registry.store.plans import PlanQueries
from registry.store.previews import Previews
from registry.store.rows import RowQueries
from registry.store.search import SearchQueries
from registry.store.state import KeyValues

__all__ = ["Applied", "Original", "Planned", "Store", "default_url"]


class Store(
    PlanQueries,
    RowQueries,
    NameQueries,
    SearchQueries,
    KeyValues,
    History,
    Previews,
    Exchange,
    Archive,
    KeptIndex,
):
    """The registry in its database. All methods are coroutines; what they return needs no session.

    >>> store = await Store.open("sqlite+aiosqlite:///.data/registry.db")
    >>> await store.count(Scope())
    6
    """
