"""Who was told which value, and one message to them when an import made it another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import structlog

from bot.answer import Answer, Fact
from bot.render.guard import lines_of
from bot.render.words import say
from bot.telegram.keyboards import acts
from bot.telegram.state import State
from bot.telegram.talk import Exchange, Spot, Talk, escaped
from registry.errors import RegistryError

log = structlog.get_logger(__name__)

MOST_DUE = 5000  # people and projects that wait to be written; beyond it a digest may miss one
MOST_KNOWN = 50_000
SHOWN = 10


class Digest:
    """Notes what was given while the bot answers, writes it down when there is time."""

    def __init__(self, state: State, talk: Talk, store: Any) -> None:
        self._state, self._talk, self._store = state, talk, store
        self._due: dict[tuple[str, int], set[str]] = defaultdict(set)
        self._known: set[tuple[str, int, str]] = set()
        self.since = 0  # the version up to which everybody has been told

    async def note(self, spot: Spot, _text: str, exchange: Exchange) -> None:
        """Remember which values an answer gave."""
        who = f"g{spot.chat_id}" if spot.is_group else f"u{spot.user_id}"
        if len(self._due) >= MOST_DUE:
            return
        for project_id, field in given_in(exchange.answer):
            key = (who, project_id, field)
            if key not in self._known:
                self._known.add(key)
                self._due[(who, project_id)].add(field)

    @property
    def is_full(self) -> bool:
        """Whether writing cannot wait for a quiet moment any longer."""
        return len(self._due) > MOST_DUE // 2

    async def write(self, most: int = 50) -> None:
        """Write some of it down."""
        for who, project_id in list(self._due)[:most]:
            fields = self._due.pop((who, project_id), None)
            if fields is None:  # written by the stop of the process, at the same time
                continue
            try:
                await self._store.remember_given(who, project_id, None, sorted(fields))
            except RegistryError as error:
                self._due[(who, project_id)] |= fields
                log.warning("given_not_noted", error=type(error).__name__)
                return
        if len(self._known) > MOST_KNOWN:
            self._known.clear()

    async def tell(self, since: int) -> int:
        """After an import: tell each person and group once what is different now."""
        # What was not yet written down would now be noted with its new value: nothing to tell.
        self._due.clear()
        changes: dict[str, list[Any]] = defaultdict(list)
        for change in await self._store.given_changes(since):
            changes[change.who].append(change)
        self._known.clear()
        for who, own in changes.items():
            await self._tell_one(who, own)
        return len(changes)

    async def _tell_one(self, who: str, changes: list[Any]) -> None:
        number = int(who[1:])
        taste = await self._state.get("taste", str(number)) or {}
        if taste.get("mute"):
            return
        lines = [
            say(
                "digest.change",
                name=escaped(change.project),
                what=escaped(_label(change.field)),
                old=escaped(change.old),
                new=escaped(change.new) if change.new else say("digest.gone"),
            )
            for change in changes[:SHOWN]
        ]
        if len(changes) > SHOWN:
            lines.append(say("upload.more", count=len(changes) - SHOWN))
        spot = Spot(number, number, is_group=who.startswith("g"))
        text = "\n".join([say("digest.title"), *lines])
        self._talk.say(spot, text, acts([("button.mute", "set", ("mute",))]))
        self._talk.outbox.drain_later(number)


def given_in(answer: Answer) -> Iterable[tuple[int, str]]:
    """Which fields of which projects an answer gave."""
    for block in answer.blocks:
        for line in lines_of(block):
            for piece in line:
                if isinstance(piece, Fact) and piece.project_id and piece.field:
                    yield piece.project_id, piece.field


def _label(field: str) -> str:
    try:
        return say(f"picture.{field}")
    except KeyError:
        return field
