"""What is in hand is noted before Telegram is told that it arrived."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

import structlog
from aiogram import Bot
from aiogram.client.session.middlewares.base import (
    BaseRequestMiddleware,
    NextRequestMiddlewareType,
)
from aiogram.methods import GetUpdates, Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import Update

from bot.operations.marks import PLACES
from bot.operations.waiting import patiently
from registry.errors import StoreUnavailable

log = structlog.get_logger(__name__)

KEPT = 24 * 3600.0
FLAGS = os.O_RDWR | os.O_CREAT | os.O_APPEND


class Journal(Protocol):
    """Who has updates in hand."""

    async def journal_now(self) -> None:
        """Note them, on disk."""


class Notebook:
    """The updates in hand of a process alone with its SQLite: a line each, in a small file beside it.

    A write of the kernel's outlives the process, and takes microseconds where a transaction would
    keep the next getUpdates waiting for milliseconds. Lines are not taken out one by one: which
    updates were answered is known by their marks.
    """

    def __init__(self, file: Path) -> None:
        self._name = file
        self._file = os.open(file, FLAGS, 0o600)
        self._noted: set[int] = set()
        self._size = 0  # what an earlier run left stays until something else is noted

    def note(self, in_hand: Mapping[int, Update]) -> None:
        """Note what is in hand and not yet noted."""
        due = [update for key, update in in_hand.items() if key not in self._noted]
        if not due and (in_hand or not self._size):
            return
        done_with = len(self._noted) + len(due) - len(in_hand)
        try:
            if len(due) == len(in_hand) or done_with > PLACES // 2:  # their marks must last
                self._begin_anew(in_hand.values())
            else:
                self._size += os.write(self._file, _lines(due))
        except OSError as error:
            raise StoreUnavailable(f"{self._name.name}: {error.strerror}") from error
        self._noted.update(update.update_id for update in due)

    def left_over(self) -> list[Update]:
        """What stood there when an earlier run was killed; from long ago nobody waits for it."""
        if os.fstat(self._file).st_mtime < time.time() - KEPT:
            return []
        return [Update.model_validate_json(line) for line in _whole_lines(self._name.read_bytes())]

    def close(self) -> None:
        """Give the file back."""
        os.close(self._file)

    def _begin_anew(self, updates: Iterable[Update]) -> None:
        # Beside the old one, and then in its place: at no time is there neither.
        beside = self._name.with_name(self._name.name + ".new")
        fresh = os.open(beside, FLAGS | os.O_TRUNC, 0o600)
        try:
            self._size = os.write(fresh, _lines(updates))
            beside.replace(self._name)
        except OSError:
            os.close(fresh)
            raise
        os.close(self._file)
        self._file, self._noted = fresh, {update.update_id for update in updates}


def _lines(updates: Iterable[Update]) -> bytes:
    return b"".join(
        update.model_dump_json(exclude_none=True, by_alias=True).encode() + b"\n"
        for update in updates
    )


def _whole_lines(content: bytes) -> list[bytes]:
    """A kill, or a full disk, may have cut the last one."""
    return content.split(b"\n")[:-1]


class BeforePolling(BaseRequestMiddleware):
    """The next getUpdates tells Telegram to forget the updates before it: from then on a killed
    process must find them in its own notes."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        if isinstance(method, GetUpdates) and method.offset:
            await asyncio.sleep(0)  # the tasks of what came last begin
            try:
                await patiently(self._journal.journal_now, "journal")
            except StoreUnavailable:
                log.error("updates_not_noted")
        return await make_request(bot, method)
