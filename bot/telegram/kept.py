"""Answers given lately, to be given again: an office asks the same questions all day.

An answer is kept for the registry's version, the day, the words and what the conversation
remembers, so that a kept answer is the one that would be found anew.
"""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import astuple
from datetime import date
from typing import TYPE_CHECKING, Any

from bot.answer import Step

if TYPE_CHECKING:
    from bot.telegram.talk import Desk, Exchange

KEPT = 2000  # answers; a few kilobytes each


class KeptDesk:
    """A desk in front of the desk. Of many who ask the same at once, one does the work."""

    def __init__(self, desk: Desk, version: Callable[[], int], kept: int = KEPT) -> None:
        self._desk, self._version, self._limit = desk, version, kept
        self._memories = Rendered(kept)
        self._exchanges: OrderedDict[object, asyncio.Future[Exchange]] = OrderedDict()

    async def ask(self, text: str, memory: dict[str, Any] | None) -> Exchange:
        """The kept answer to these words, or a new one."""
        return await self._kept(text, memory, lambda: self._desk.ask(text, memory))

    async def press(self, step: Step, memory: dict[str, Any] | None) -> Exchange:
        """The kept answer to this button, or a new one."""
        return await self._kept(astuple(step), memory, lambda: self._desk.press(step, memory))

    async def _kept(
        self,
        what: object,
        memory: dict[str, Any] | None,
        find: Callable[[], Coroutine[Any, Any, Exchange]],
    ) -> Exchange:
        key = (self._version(), date.today(), what, self._frozen(memory))
        found = self._exchanges.get(key)
        if found is None:
            found = self._exchanges[key] = asyncio.ensure_future(find())
            found.add_done_callback(lambda done: self._forget_failure(key, done))
            if len(self._exchanges) > self._limit:
                self._exchanges.popitem(last=False)
        if found.done():
            return found.result()
        # One asker giving up does not take the answer from the others.
        return await asyncio.shield(found)

    def _frozen(self, memory: dict[str, Any] | None) -> str:
        # Nearly always it is the memory that a kept answer left.
        frozen: str = self._memories.get(memory, "json", lambda: _json(memory)) if memory else ""
        return frozen

    def _forget_failure(self, key: object, done: asyncio.Future[Exchange]) -> None:
        if done.cancelled() or done.exception() is not None:
            self._exchanges.pop(key, None)


def _json(memory: dict[str, Any] | None) -> str:
    return json.dumps(memory, sort_keys=True, ensure_ascii=False)


class Rendered:
    """What was made of an answer or a memory, kept as long as that itself is among the latest."""

    def __init__(self, kept: int = KEPT) -> None:
        self._limit = kept
        self._made: OrderedDict[tuple[int, str], tuple[object, Any]] = OrderedDict()

    def get(self, answer: object, form: str, make: Callable[[], Any]) -> Any:
        """The kept value of that form, or a new one."""
        key = (id(answer), form)
        found = self._made.get(key)
        # An id is used again when its object is gone: only the very same answer counts.
        if found is not None and found[0] is answer:
            return found[1]
        value = make()
        self._made[key] = (answer, value)
        if len(self._made) > self._limit:
            self._made.popitem(last=False)
        return value
