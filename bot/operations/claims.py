"""Which process answers an update, and whose turn it is in a chat, where several serve one bot.

A process *claims* an update and keeps the claim alive by a lease; the claim of a killed process
runs out, and whoever is given the update next takes it over. Within a chat the oldest claimed
update goes first, whichever process holds it.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from enum import IntEnum
from typing import Any, Protocol

LEASE = 5.0  # seconds without a sign of life; signs come every half second
DONE_KEPT = 48 * 3600.0  # Telegram keeps undelivered updates for a day
BURST = 24  # messages a person may send at once: pasting a list of questions is fine
REFILL = 20.0  # and then this many a second; fifty a second is a machine
TOLD_FOR = 60.0


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


class StoreClaims:
    """Claims in the database's state tables, for deployments without Redis."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self._tickets: dict[int, str] = {}

    async def arrive(self, update_id: int, chat: int, user: int | None) -> Arrival:
        """Claim it by adding its row: of several at once, one succeeds."""
        key = str(update_id)
        if not await self._store.kv_add("update", key, LEASE):
            record = await self._store.kv_get("update", key)
            return Arrival.DONE if record and record.get("done") else Arrival.ELSEWHERE
        self._tickets[update_id] = f"{chat}:{update_id:020d}"
        await self._store.kv_set("ticket", self._tickets[update_id], {}, LEASE)
        return await self._measured(user)

    async def may_begin(self, update_id: int, chat: int) -> bool:
        """The first ticket of the chat may, once whoever is at work has finished."""
        first = await self._store.kv_scan("ticket", f"{chat}:", 1)
        if first and first[0][0] != self._tickets.get(update_id):
            return False
        value = {"update": update_id}
        return bool(await self._store.kv_add("lane", str(chat), LEASE, value))

    async def done(self, update_id: int, chat: int) -> None:
        """One transaction: remembered as answered, ticket and lane given back."""
        changes: list[tuple[str, str, dict[str, Any] | None, float | None]] = [
            ("update", str(update_id), {"done": True}, DONE_KEPT),
            ("ticket", self._tickets.pop(update_id, ""), None, None),
        ]
        lane = await self._store.kv_get("lane", str(chat))
        if lane is not None and lane.get("update") == update_id:
            changes.append(("lane", str(chat), None, None))
        await self._store.kv_write(changes)

    async def renew(self, update_ids: Collection[int]) -> None:
        """All leases in one transaction."""
        changes: list[tuple[str, str, dict[str, Any] | None, float | None]] = []
        for update_id in update_ids:
            if (ticket := self._tickets.get(update_id)) is not None:
                changes.append(("update", str(update_id), {}, LEASE))
                changes.append(("ticket", ticket, {}, LEASE))
                chat = ticket.partition(":")[0]
                lane = await self._store.kv_get("lane", chat)
                if lane is not None and lane.get("update") == update_id:
                    changes.append(("lane", chat, lane, LEASE))
        if changes:
            await self._store.kv_write(changes)

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
