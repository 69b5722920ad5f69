"""Notes that an answer has arrived, made in the very moment in which Telegram says so.

A process may be killed between two lines of Python. What Telegram took and nobody noted is asked
again and answered again, so whatever lies between Telegram's reply and the note is what a kill can
repeat: no queue, no batch, no turn of the event loop. Noted earlier, while the request is being
written, a kill would lose what Telegram's side then drops (seen in a test); a question answered
twice is the smaller harm, so an update without a note is answered.
"""

from __future__ import annotations

import asyncio
import os
import struct
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import structlog
from aiogram import Bot
from aiogram.client.session.middlewares.base import (
    BaseRequestMiddleware,
    NextRequestMiddlewareType,
)
from aiogram.exceptions import ClientDecodeError
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType

from bot.operations.claims import DONE_KEPT, Change
from bot.operations.current import SENDING
from registry.errors import StoreUnavailable

log = structlog.get_logger(__name__)

# A process that serves alone forgets its notes in this order; Telegram numbers updates in sequence.
PLACES = 4096
NUMBER = struct.Struct("<q")


class Marks(Protocol):
    """Where it is noted."""

    async def arrived(self, update_id: int) -> None:
        """Telegram has the answer."""

    async def recent(self) -> set[int]:
        """The updates that an earlier run of this process noted last."""


class Mark(BaseRequestMiddleware):
    """Notes it before anything else is done with the reply."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        try:
            response = await make_request(bot, method)
        except ClientDecodeError as error:
            if was_accepted(error):
                await self._note()
            raise
        await self._note()
        return response

    async def _note(self) -> None:
        if (update := SENDING.get()) is not None:
            await self._marks.arrived(update)


def was_accepted(error: ClientDecodeError) -> bool:
    """Whether the unreadable reply says ok: then the message is out."""
    return isinstance(error.data, dict) and error.data.get("ok") is True


class FileMarks:
    """Notes of a process alone with its SQLite: eight bytes an update, in a small file beside it.

    A write of the kernel's outlives the process and takes microseconds, so none has to be batched.
    """

    def __init__(self, file: Path) -> None:
        self._file = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)

    async def arrived(self, update_id: int) -> None:
        """In the place of the update that came PLACES before it."""
        try:
            os.pwrite(self._file, NUMBER.pack(update_id), update_id % PLACES * NUMBER.size)
        except OSError as error:
            log.warning("arrival_not_noted", error=error.strerror)

    async def recent(self) -> set[int]:
        """Every number in the file; by then Telegram may count from anywhere, if it is old."""
        if os.fstat(self._file).st_mtime < time.time() - DONE_KEPT:
            return set()
        content = os.pread(self._file, PLACES * NUMBER.size, 0)
        whole = len(content) // NUMBER.size * NUMBER.size
        return {number for (number,) in NUMBER.iter_unpack(content[:whole]) if number}

    async def close(self) -> None:
        """Give the file back."""
        os.close(self._file)


class Notes(Protocol):
    """The store's way of keeping values at once."""

    async def keep(self, changes: list[Change]) -> None:
        """Keep them."""

    async def close(self) -> None:
        """Give the connection back."""


def in_its_place(update_id: int) -> Change:
    """A process that serves alone keeps its last PLACES notes."""
    return ("arrived", str(update_id % PLACES), {"update": update_id}, None)


class StoreMarks:
    """Notes in a database that is a server of its own, over a connection of their own."""

    def __init__(self, store: Any, note: Callable[[int], Change]) -> None:
        self._store, self._note = store, note
        self._notes: Notes = store.notes()
        self._due: list[int] = []
        self._writing = False
        self._rest: asyncio.Task[None] | None = None

    async def arrived(self, update_id: int) -> None:
        """Written at once; what comes while the database is at it goes next, together."""
        self._due.append(update_id)
        if self._writing:
            return
        self._writing = True
        try:
            await self._write()
        finally:
            self._writing = False
        if self._due:  # others' notes, for which this answer need not wait
            self._writing = True
            self._rest = asyncio.get_running_loop().create_task(self._write_rest())

    async def recent(self) -> set[int]:
        """What is in the places; several processes know it by their claims."""
        rows: list[tuple[str, Mapping[str, Any]]] = await self._store.kv_scan("arrived")
        return {row["update"] for _, row in rows}

    async def close(self) -> None:
        """Give the connection back."""
        if self._rest is not None:
            await asyncio.wait({self._rest})
        await self._notes.close()

    async def _write_rest(self) -> None:
        try:
            while self._due:
                await self._write()
        finally:
            self._writing = False

    async def _write(self) -> None:
        due, self._due = self._due, []
        try:
            await self._notes.keep([self._note(update_id) for update_id in due])
        except StoreUnavailable:
            # It is noted once more when the update is done; only a kill before then repeats it.
            log.warning("arrivals_not_noted", updates=len(due))
