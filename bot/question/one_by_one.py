"""Several things of one sheet asked for in one breath: each is asked for alone."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from bot.question.analysis import Token
from bot.question.evidence import evidence_in
from bot.question.heard import Heard
from bot.question.hearing import hear
from bot.question.names import Names
from bot.question.query import Kind, Query
from bot.question.rules import BESIDE, HOW_MUCH, content_query
from bot.question.sources import Sources
from bot.retrieval import STRONG

# 「帐篷和棉被各买多少」; 各位 and 各镇 are no such 各.
APART = re.compile("分别|各自|各(?=.{0,6}(?:多少|好多|几))")
ASKS = re.compile(f"(?:{HOW_MUCH.pattern})[个钱元万名]?")
MOST_THINGS = 4
WORD = 2


async def one_by_one(query: Query, heard: Heard, sources: Sources) -> list[Query]:
    """「帐篷和棉被各买多少」「帐篷多少棉被多少」: a question for each, where the sheet speaks clearly of
    each and not of all at one place; else none."""
    if query.kind is not Kind.CONTENT or len(query.projects) != 1 or query.operation or query.pairs:
        return []
    if query.premise or query.lead or query.extreme:
        return []
    asked: list[Query] = []
    places: set[tuple[str, int, int]] = set()
    for text in _texts(heard):
        known = _names_before(heard, text)
        spoken = await hear(text, sources, query.projects, known)
        alone = replace(spoken, projects=query.projects)
        found = await evidence_in(sources, alone, query.projects[0]) if alone.content else []
        if not found or found[0].coverage < STRONG:
            return []
        best = found[0].candidate
        places.add((best.field, best.ordinal, best.figure.start if best.figure else -1))
        asked.append(content_query(alone, query.projects, query.content_in))
    return asked if len(places) > 1 else []


def _names_before(heard: Heard, text: str) -> Names | None:
    """The names already found, where all stand before what the texts differ in."""
    found = heard.names
    end = max((token.end for token in (*found.certain, *found.likely)), default=0)
    return found if not found.near and text[:end] == heard.part.text[:end] else None


def _texts(heard: Heard) -> list[str]:
    """The question put for each of the things it joins; none where it joins none."""
    text = heard.part.text
    things = _joined(heard)
    if things:
        after = text[things[-1].end :]
        apart = APART.search(after)
        if apart is None:
            return []
        asks = after[: apart.start()] + after[apart.end() :]
        return [text[: things[0].start] + thing.text + asks for thing in things]
    return _in_a_row(heard)


def _joined(heard: Heard) -> list[Token]:
    """The words of a sheet, two or more of them, that 和 joins."""
    words = [t for t in heard.part.of("rest") if len(t.text) >= WORD]
    chain: list[Token] = []
    for one, other in pairwise(words):
        if BESIDE.fullmatch(heard.part.text[one.end : other.start]):
            chain = chain or [one]
            chain.append(other)
        elif chain:
            break
    return chain if len(chain) <= MOST_THINGS else []


def _in_a_row(heard: Heard) -> list[str]:
    """「帐篷多少棉被多少」「多少帐篷多少棉被」, said without a comma."""
    text = heard.part.text
    words = [t for t in heard.part.of("rest") if len(t.text) >= WORD]
    asks = list(ASKS.finditer(text))
    if len(asks) != len(words) or not 1 < len(words) <= MOST_THINGS:
        return []
    before = text[: min(words[0].start, asks[0].start())]
    leading = all(a.end() == w.start for a, w in zip(asks, words, strict=True))
    following = all(w.end == a.start() for a, w in zip(asks, words, strict=True))
    if not (leading or following):
        return []
    return [
        before + (a.group() + w.text if leading else w.text + a.group())
        for a, w in zip(asks, words, strict=True)
    ]
