"""Who asked what, and how it ended: kept for a set time, without phone numbers."""

from __future__ import annotations

import itertools
import time

from bot.telegram.logs import redacted
from bot.telegram.misses import note_miss
from bot.telegram.state import State
from bot.telegram.talk import Exchange, Spot

MISSED = {"not_understood", "not_in_registry"}
LONGEST = 300

_serial = itertools.count()


class Audit:
    """Writes one record for each question, export and change."""

    def __init__(self, state: State, days: int) -> None:
        self._state, self._days = state, days

    async def question(self, spot: Spot, text: str, exchange: Exchange) -> None:
        """A question; one without an answer is also a miss."""
        answer = exchange.answer
        await self.note(spot, answer.kind, answer.outcome.value, text)
        if answer.outcome.value in MISSED:
            await note_miss(self._state, text, self._days)

    async def note(self, spot: Spot, kind: str, outcome: str, text: str = "") -> None:
        """Anything a person did."""
        record = {
            "at": int(time.time()),
            "user": spot.user_id,
            "chat": spot.chat_id,
            "kind": kind,
            "outcome": outcome,
            "text": redacted(text[:LONGEST]),
        }
        key = f"{time.time_ns()}-{next(_serial)}"
        await self._state.put("audit", key, record, self._days * 86400.0)
