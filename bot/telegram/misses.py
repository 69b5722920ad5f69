"""Questions that found no answer, kept for a steward: who asked is not kept with them."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import Any, Protocol

from bot.telegram.logs import redacted
from bot.telegram.state import State
from registry.text import folded

LONGEST = 120  # characters; longer texts are no questions
KEPT_DAYS = 90
SHORTEST_ALIAS, LONGEST_ALIAS = 2, 30


class Match(Protocol):
    """A project that a text may name."""

    @property
    def project_id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


class Finder(Protocol):
    """The index of names, as far as the surfaces need it."""

    def find(self, text: str, limit: int = 5) -> list[Any]:
        """The nearest projects."""


@dataclass(frozen=True, slots=True)
class Miss:
    """One question that was asked `count` times without an answer."""

    key: str
    text: str
    count: int


async def note_miss(state: State, text: str, days: int = KEPT_DAYS) -> None:
    """Count the question."""
    if not text.strip() or len(text) > LONGEST:
        return
    key = hashlib.sha256(folded(text).encode()).hexdigest()[:12]
    record = await state.get("miss", key) or {"text": redacted(text), "count": 0}
    if record.get("dismissed"):
        return
    record = {**record, "count": record["count"] + 1, "at": int(time.time())}
    await state.put("miss", key, record, days * 86400.0)


async def top_misses(state: State, limit: int) -> list[Miss]:
    """The questions missed most."""
    rows = [
        Miss(key, record["text"], record["count"])
        for key, record in await state.scan("miss")
        if record.get("count") and not record.get("dismissed")
    ]
    return sorted(rows, key=lambda miss: (-miss.count, miss.text))[:limit]


async def dismiss(state: State, key: str, days: int = KEPT_DAYS) -> bool:
    """Never show the question again; whether it was there."""
    record = await state.get("miss", key)
    if record is None or record.get("dismissed"):
        return False
    await state.put("miss", key, {**record, "dismissed": True}, days * 86400.0)
    return True


def alias_in(text: str, match: Match) -> str | None:
    """The words of the question that named the project, fit to be its alias."""
    words = text[match.start : match.end].strip() or text.strip()
    if not SHORTEST_ALIAS <= len(words) <= LONGEST_ALIAS or folded(words) in folded(match.name):
        return None
    return words
