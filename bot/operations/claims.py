"""Which process answers an update, and whose turn it is in a chat, where several serve one bot.

A process *claims* an update and keeps the claim alive by a lease; the claim of a killed process
runs out, and whoever is given the update next takes it over. Within a chat the oldest claimed
update goes first, whichever process holds it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping
from enum import IntEnum
from typing import Any, Protocol

from registry.errors import StoreUnavailable

LEASE = 5.0  # seconds without a sign of life; signs come every half second
DONE_KEPT = 48 * 3600.0  # Telegram keeps undelivered updates for a day
BURST = 24  # messages a person may send at once: pasting a list of questions is fine
REFILL = 20.0  # and then this many a second; fifty a second is a machine
TOLD_FOR = 60.0
SHORTEST_PAUSE = 0.05

Change = tuple[str, str, Mapping[str, Any] | None, float | None]


class Arrival(IntEnum):
    """What to do with an update that has come."""

    DONE = 0  # answered before
    ELSEWHERE = 1  # somebody is at it
    CLAIMED = 2  # ours now
    FLOOD = 3  # ours, but its sender has sent too much
    FLOOD_TELL = 4  # the same, and the sender is to be told


class Claims(Protocol):
    """The processes' common memory of updates."""

    async def arrive(self, update_id: int, chat: int, user: int | None) -> Arrival:
        """Claim the update unless it is answered or somebody else's."""

    async def may_begin(self, update_id: int, chat: int) -> bool:
        """Whether it is that update's turn in its chat; then the turn is taken."""

    async def done(self, update_id: int, chat: int) -> None:
        """The update is answered, its chat free for the next."""

    async def renew(self, update_ids: Collection[int]) -> None:
        """A sign of life for everything in hand."""

    async def spend(self, chat: int, budget: int, window: float) -> float:
        """Take one of the messages that a group may get within the window; 0, or the seconds
        until one is to be had."""


def answered(update_id: int) -> Change:
    """What all processes remember of an update that is answered."""
    return ("update", str(update_id), {"done": True}, DONE_KEPT)


class StoreClaims:
    """Claims in the database's state tables, for deployments without Redis."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self._tickets: dict[int, str] = {}
        self._lanes: dict[int, str] = {}
        self._renewal: asyncio.Future[None] | None = None

    async def arrive(self, update_id: int, chat: int, user: int | None) -> Arrival:
        """Claim it by adding its row: of several at once, one succeeds."""
        key = str(update_id)
        claimed = await self._store.kv_add("claim", key, LEASE)
        # Looked at afterwards: whoever gives a claim back has noted the answer before.
        if await self._store.kv_get("update", key) is not None:
            return Arrival.DONE
        if not claimed:
            return Arrival.ELSEWHERE
        self._tickets[update_id] = f"{chat}:{update_id:020d}"
        await self._store.kv_set("ticket", self._tickets[update_id], {}, LEASE)
        return await self._measured(user)

    async def may_begin(self, update_id: int, chat: int) -> bool:
        """The first ticket of the chat may, once whoever is at work has finished."""
        first = await self._store.kv_scan("ticket", f"{chat}:", 1)
        if first and first[0][0] != self._tickets.get(update_id):
            return False
        if not await self._store.kv_add("lane", str(chat), LEASE):
            return False
        self._lanes[update_id] = str(chat)
        return True

    async def done(self, update_id: int, chat: int) -> None:
        """One transaction: remembered as answered, ticket and lane given back."""
        changes: list[Change] = [answered(update_id)]
        if (ticket := self._tickets.pop(update_id, None)) is not None:
            changes.append(("ticket", ticket, None, None))
        if (lane := self._lanes.pop(update_id, None)) is not None:
            changes.append(("lane", lane, None, None))
        if self._renewal is not None:  # or it would put back what is given back here
            await asyncio.wait({self._renewal})
        try:
            await self._store.kv_write(changes)
        except StoreUnavailable:
            # Asked again later, and then what was held is still known.
            if ticket is not None:
                self._tickets[update_id] = ticket
            if lane is not None:
                self._lanes[update_id] = lane
            raise

    async def renew(self, update_ids: Collection[int]) -> None:
        """All leases in one transaction."""
        changes: list[Change] = []
        for update_id in update_ids:
            if (ticket := self._tickets.get(update_id)) is not None:
                changes.append(("claim", str(update_id), {}, LEASE))
                changes.append(("ticket", ticket, {}, LEASE))
            if (lane := self._lanes.get(update_id)) is not None:
                changes.append(("lane", lane, {}, LEASE))
        if changes:
            self._renewal = asyncio.ensure_future(self._store.kv_write(changes))
            try:
                await self._renewal
            finally:
                self._renewal = None

    async def spend(self, chat: int, budget: int, window: float) -> float:
        """As many places as messages; each is free again when its window is over."""
        taken = dict(await self._store.kv_scan("budget", f"{chat}:"))
        now = time.time()
        for key in (f"{chat}:{place}" for place in range(budget)):
            row = {"until": now + window}
            if key not in taken and await self._store.kv_add("budget", key, window, row):
                return 0.0
        free_at = min((row["until"] for row in taken.values()), default=now)
        return float(max(free_at - now, SHORTEST_PAUSE))

    async def _measured(self, user: int | None) -> Arrival:
        if user is None:
            return Arrival.CLAIMED
        # Counted by windows of two seconds: one statement, and exact enough for a machine gun.
        window = int(time.time() // 2)
        count = await self._store.kv_count("rate", f"{user}:{window}", 1, 10.0)
        if count <= BURST + REFILL:
            return Arrival.CLAIMED
        tell = await self._store.kv_add("rate-told", str(user), TOLD_FOR)
        return Arrival.FLOOD_TELL if tell else Arrival.FLOOD
