"""One answer to an update, one update of a chat at a time, however many processes serve."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from bot.operations.claims import Arrival, Claims
from bot.operations.waiting import patiently
from registry.errors import StoreUnavailable

log = structlog.get_logger(__name__)

# A claim of a killed process runs out within five seconds: whoever holds the repeated update waits
# for that rather than send Telegram away for a minute.
WAIT_FOR_OTHER = 12.0
LOOK_AGAIN, LONGEST_WAIT = 0.05, 0.5
FIRST_LOOK, LONGEST_LOOK = 0.005, 0.1
ARRIVAL_PATIENCE = 25.0
REMEMBERED = 10_000  # updates answered by this process, should the common memory lose them


class Turns:
    """This process among the others."""

    def __init__(self, claims: Claims) -> None:
        self._claims = claims
        self._held: dict[int, int] = {}
        self._answered: OrderedDict[int, None] = OrderedDict()
        self._waiting: dict[int, set[int]] = {}
        self._freed: dict[int, asyncio.Event] = {}
        self._later: set[asyncio.Task[None]] = set()

    async def take(self, update_id: int, chat: int, user: int | None) -> Arrival:
        """Claim the update. ELSEWHERE: another process has been at it all the while."""
        until, pause = time.monotonic() + WAIT_FOR_OTHER, LOOK_AGAIN
        while True:
            if update_id in self._answered:
                return Arrival.DONE
            if update_id in self._held:
                return Arrival.ELSEWHERE
            arrival = await patiently(
                lambda: self._claims.arrive(update_id, chat, user), "arrive", ARRIVAL_PATIENCE
            )
            if arrival is not Arrival.ELSEWHERE:
                if arrival is not Arrival.DONE:
                    self._held[update_id] = chat
                return arrival
            if time.monotonic() > until:
                return arrival
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, LONGEST_WAIT)

    @asynccontextmanager
    async def turn(self, update_id: int, chat: int) -> AsyncIterator[None]:
        """Wait for the chat's turn; afterwards the update is answered for good."""
        finished = False
        try:
            await self._wait_for_turn(update_id, chat)
            yield
            finished = True
        finally:
            self._held.pop(update_id, None)
            # A cancelled one is left to its lease: Telegram brings it again.
            if finished:
                await self._finish(update_id, chat)
            if (freed := self._freed.get(chat)) is not None:
                freed.set()

    async def renew(self) -> None:
        """A sign of life for everything held."""
        if self._held:
            try:
                await self._claims.renew(list(self._held))
            except StoreUnavailable:
                log.warning("leases_not_renewed", held=len(self._held))

    async def spend(self, chat: int, budget: int, window: float) -> float:
        """Take one of the group's messages of the window; 0, or the seconds until one is free."""
        try:
            return await self._claims.spend(chat, budget, window)
        except StoreUnavailable:
            return 0.0  # each process still keeps its own count

    async def close(self) -> None:
        """Let the last notes be written."""
        if self._later:
            await asyncio.wait(self._later, timeout=5)

    async def _wait_for_turn(self, update_id: int, chat: int) -> None:
        waiting = self._waiting.setdefault(chat, set())
        waiting.add(update_id)
        pause = FIRST_LOOK
        try:
            while True:
                # Of those that wait here only the oldest asks; a flood in one chat costs no more.
                if update_id == min(waiting) and await patiently(
                    lambda: self._claims.may_begin(update_id, chat), "turn"
                ):
                    return
                freed = self._freed.setdefault(chat, asyncio.Event())
                freed.clear()
                try:
                    await asyncio.wait_for(freed.wait(), pause)
                except TimeoutError:
                    pause = min(pause * 1.5, LONGEST_LOOK)
        finally:
            waiting.discard(update_id)
            if not waiting:
                self._waiting.pop(chat, None)
                self._freed.pop(chat, None)

    async def _finish(self, update_id: int, chat: int) -> None:
        self._answered[update_id] = None
        if len(self._answered) > REMEMBERED:
            self._answered.popitem(last=False)
        try:
            await self._claims.done(update_id, chat)
        except StoreUnavailable:
            # The answer is out and Telegram is told so; the others learn it when they can.
            task = asyncio.get_running_loop().create_task(self._finish_later(update_id, chat))
            self._later.add(task)
            task.add_done_callback(self._later.discard)

    async def _finish_later(self, update_id: int, chat: int) -> None:
        try:
            await patiently(lambda: self._claims.done(update_id, chat), "done", 600.0)
        except StoreUnavailable:
            log.error("answered_but_not_noted", update=update_id)
