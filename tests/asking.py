"""Desks over real documents, and how a reply is held against what is expected of it."""

from __future__ import annotations

import json
import tomllib
import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.answer import Answer
from bot.conversation import Desk, Exchange
from bot.question.query import to_json
from bot.render.text import render_text
from registry.index import NameIndex
from registry.loading import load_files
from registry.store import Store

HERE = Path(__file__).parent
SEEDS = tuple(sorted((HERE.parent / "seeds").iterdir()))
OTHER = HERE / "data" / "other"
CORPUS = HERE / "corpus"

# The fixture of that name: documents -> the address of a registry that holds them.
Loaded = Callable[..., Awaitable[str]]
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff"))


async def load_into(url: str, *documents: Path) -> None:
    """Bring a new registry to hold these documents."""
    store = await Store.open(url)
    try:
        failed = [report async for report in load_files(store, documents) if report.failed]
        assert not failed, failed
    finally:
        await store.close()


@asynccontextmanager
async def desk_over(url: str) -> AsyncIterator[Desk]:
    """A desk that answers from a registry loaded before."""
    store = await Store.open(url)
    try:
        index = NameIndex.build([entry async for entry in store.names()])
        index.add((project_id, alias) for alias, project_id in await store.aliases())
        yield Desk(store, index)
    finally:
        await store.close()


def bare(text: str) -> str:
    """Text as replies are compared: one width, no white space."""
    return "".join(unicodedata.normalize("NFKC", text).translate(INVISIBLE).split())


def faults(turn: dict[str, Any], reply: str) -> list[str]:
    """What a reply lacks: of every group of `all_of` one wording, and none of `none_of`."""
    said = bare(reply)
    lacking = [
        f"lacks {' / '.join(group[:4])}"
        for group in turn["all_of"]
        if not any(bare(wording) in said for wording in group)
    ]
    return lacking + [f"says {text}" for text in turn["none_of"] if bare(text) in said]


@dataclass(frozen=True)
class Asked:
    """One turn of a conversation: what was typed, how it was understood, what came back."""

    number: str
    question: str
    exchange: Exchange | None
    reply: str
    faults: tuple[str, ...] = ()

    @property
    def memory(self) -> dict[str, Any] | None:
        """What the conversation remembers after it, as read back from JSON."""
        return json.loads(json.dumps(self.exchange.memory)) if self.exchange else None

    def __str__(self) -> str:
        exchange = self.exchange
        queries = [to_json(query) for query in exchange.queries] if exchange else []
        trace = exchange.trace if exchange else ()
        rows = [
            f"{self.number}  {self.question[:160]}",
            *(f"    - {fault}" for fault in self.faults),
            *(f"    query: {json.dumps(query, ensure_ascii=False)}" for query in queries),
            f"    trace: {', '.join(trace)}",
            f"    reply: {' '.join(self.reply.split())[:300]}",
        ]
        return "\n".join(rows)


@dataclass
class Score:
    """How a set of conversations went."""

    turns: list[Asked] = field(default_factory=list)

    @property
    def failed(self) -> list[Asked]:
        return [turn for turn in self.turns if turn.faults]

    @property
    def share(self) -> float:
        """Turns without a fault, in per cent."""
        return 100 * (1 - len(self.failed) / len(self.turns))

    @property
    def raised(self) -> list[Asked]:
        """Turns that brought an exception instead of an answer."""
        return [turn for turn in self.turns if turn.exchange is None]

    @property
    def forbidden(self) -> list[Asked]:
        """Turns that say what must not be said: another project's figure, an invented value."""
        return [t for t in self.turns if any(fault.startswith("says ") for fault in t.faults)]

    def __str__(self) -> str:
        heading = f"{self.share:.1f} % of {len(self.turns)} turns, {len(self.forbidden)} forbidden"
        return "\n".join([heading, *map(str, self.failed)])


def conversations(path: Path) -> list[dict[str, Any]]:
    """The conversations of a file, one a line."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


async def score(desk: Desk, rows: Iterable[dict[str, Any]]) -> Score:
    """Hold every conversation with the desk."""
    result = Score()
    for row in rows:
        memory: dict[str, Any] | None = None
        for place, turn in enumerate(row["turns"], 1):
            number = f"{row['id']}.{place}"
            try:
                asked = (await say(desk, turn["q"], memory=memory))[0]
            except Exception as error:  # one question that fails must not hide how the others do
                fault = f"raises {error!r}"
                result.turns.append(Asked(number, turn["q"], None, "", (fault,)))
                continue
            memory = asked.memory
            found = tuple(faults(turn, asked.reply))
            result.turns.append(replace(asked, number=number, faults=found))
    return result


async def say(desk: Desk, *questions: str, memory: dict[str, Any] | None = None) -> list[Asked]:
    """One conversation; what it remembers travels as JSON between turns."""
    turns: list[Asked] = []
    for place, question in enumerate(questions, 1):
        exchange = await desk.ask(question, memory)
        turns.append(Asked(str(place), question, exchange, render_text(exchange.answer)))
        memory = turns[-1].memory
    return turns


async def reply_to(desk: Desk, *questions: str) -> str:
    """What a person reads after the last of these questions."""
    return (await say(desk, *questions))[-1].reply


def answer_of(asked: Asked) -> Answer:
    """The answer of a turn that brought one."""
    assert asked.exchange is not None
    return asked.exchange.answer


def phrasings() -> list[dict[str, Any]]:
    """The expected queries of phrasings.toml, each with its phrasings."""
    found: list[dict[str, Any]] = tomllib.loads((CORPUS / "phrasings.toml").read_text("utf-8"))[
        "query"
    ]
    return found


def one_of_each_kind() -> list[tuple[str, ...]]:
    """A conversation over the user's document for every expected query."""
    return [
        (*expected.get("after", ()), [*expected["phrasings"], *expected.get("not_yet", ())][0])
        for expected in phrasings()
        if "over" not in expected
    ]


def plain_questions() -> list[str]:
    """What people really ask, of every kind."""
    return [
        turn["q"]
        for name in ("sample", "finance-1")
        for row in conversations(CORPUS / "gold" / f"{name}.jsonl")
        for turn in row["turns"]
    ]
