"""Who asked what, and how it ended: kept for a set time, without phone numbers."""

from __future__ import annotations

import itertools
import time
from typing import Any

from bot.telegram.logs import redacted
from bot.telegram.misses import note_miss
from bot.telegram.state import State
from bot.telegram.talk import Exchange, Spot

MISSED = {"not_understood", "not_in_registry"}
LONGEST = 300
ROWS, TOGETHER = 50, 1.0  # at most so many rows, from at most so many seconds, in a record


class Audit:
    """Writes what people did, many rows a record: one for each few moments."""

    def __init__(self, state: State, days: int) -> None:
        self._state, self._days = state, days
        self._serial = itertools.count()
        self._key = ""
        self._rows: list[dict[str, Any]] = []
        self._until = 0.0

    async def question(self, spot: Spot, text: str, exchange: Exchange) -> None:
        """A question; one without an answer is also a miss."""
        answer = exchange.answer
        await self.note(spot, answer.kind, answer.outcome.value, text)
        if answer.outcome.value in MISSED:
            await note_miss(self._state, text, self._days)

    async def note(self, spot: Spot, kind: str, outcome: str, text: str = "") -> None:
        """Anything a person did."""
        now = time.time()
        if now > self._until or len(self._rows) >= ROWS:
            self._key, self._rows = f"{time.time_ns()}-{next(self._serial)}", []
            self._until = now + TOGETHER
        self._rows.append(
            {
                "at": int(now),
                "user": spot.user_id,
                "chat": spot.chat_id,
                "kind": kind,
                "outcome": outcome,
                "text": redacted(text[:LONGEST]),
            }
        )
        await self._state.put("audit", self._key, {"rows": self._rows}, self._days * 86400.0)


async def rows_of(state: State, user: int) -> list[dict[str, Any]]:
    """What is kept of a person's doings."""
    return [
        row
        for _, record in await state.scan("audit")
        for row in record.get("rows", ())
        if row.get("user") == user
    ]


async def forget(state: State, user: int, days: int) -> None:
    """Take a person's rows out."""
    for key, record in await state.scan("audit"):
        rows = record.get("rows", [])
        kept = [row for row in rows if row.get("user") != user]
        if len(kept) == len(rows):
            continue
        rows[:] = kept  # also in the record still being written
        await state.put("audit", key, {"rows": kept}, days * 86400.0)
