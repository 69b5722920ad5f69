"""Two figures that differ in one word of the question: 农村 and 城区 of one response time."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answering.evidence import LEVEL, asks_of_one, evidence_for, is_money, wants_money
from bot.answering.passages import PER_ONE, PIECE, text_of
from bot.question.query import Query
from bot.question.sources import Sources
from bot.retrieval import STRONG, Evidence
from registry.plan import Plan

# 农村比城区, 新建和改造, 市级…比区级: the words that end or begin beside what joins the two.
PAIRED = re.compile("(?P<one>.*?)(?:比|和|与|跟|、)(?P<other>.*)")
ONE_OF = re.compile("一个(?!项目)|一家|一台|一座|一户")
WORD = 2
NOUN = 2  # 补助 of 每个补助22万元 and 每个建设补助40万元


async def contrasted(plan: Plan, query: Query, sources: Sources) -> tuple[Evidence, ...]:
    """The two rows, or the two figures of one sentence, that the question tells apart by a word of
    each; nothing where there are more that could be meant."""
    words = _told_apart(query)
    if not words:
        return ()
    found = await evidence_for(plan, query.content, query, sources)
    pairs: list[tuple[Evidence, ...]] = []
    money = wants_money(query) and not query.aspects
    for row in (True, False):
        like = [
            e
            for e in found
            if _value_unit(e) is not None and (e.candidate.indicator is not None) is row
        ]
        if not row and (asks_of_one(query) or ONE_OF.search(query.said)):
            like = [e for e in like if PER_ONE.search(_before(plan, e))]
        if (pair := _first_pair(plan, like, words)) is not None:
            pairs.append(pair)
        if money and (pair := _first_pair(plan, list(filter(is_money, like)), words)) is not None:
            pairs.append(pair)

    def fits(pair: tuple[Evidence, ...]) -> tuple[bool, float]:
        return (not money or is_money(pair[0]), min(e.coverage for e in pair))

    return max(pairs, key=fits, default=())


def _first_pair(
    plan: Plan, like: list[Evidence], words: Sequence[tuple[str, str]]
) -> tuple[Evidence, ...] | None:
    """The pair that the first of the words which tell any apart leave."""
    for one, other in words:
        pair = _only_pair(plan, like, one, other)
        if pair and _before(plan, pair[0])[-NOUN:] == _before(plan, pair[1])[-NOUN:]:
            return pair
    return None


def _told_apart(query: Query) -> list[tuple[str, str]]:
    """The words of either side of 比 or 和 that could tell the two, those next to it first."""
    said = PAIRED.match(query.said)
    if said is None:
        return []
    left, right = _pairs(said["one"]), _pairs(said["other"])
    near = [*left[-1:], *left[:-1]]
    return [(one, other) for other in right[:1] for one in near if one != other]


def _pairs(text: str) -> list[str]:
    return [text[at : at + WORD] for at in range(len(text) - WORD + 1)]


def _only_pair(plan: Plan, found: Sequence[Evidence], one: str, other: str) -> tuple[Evidence, ...]:
    """The only figure that has the one word and not the other, and the only one the other way,
    where they are counted alike and say as much of the rest."""

    def said(evidence: Evidence) -> str:
        return _label(plan, evidence)

    first = _best([e for e in found if one in said(e) and other not in said(e)])
    second = _best([e for e in found if other in said(e) and one not in said(e)])
    if first is None or second is None or _value_unit(first) != _value_unit(second):
        return ()
    if max(first.coverage, second.coverage) < STRONG:
        return ()
    if abs(first.coverage - second.coverage) > LEVEL * 4:
        return ()
    return first, second


def _best(found: Sequence[Evidence]) -> Evidence | None:
    """The evidence that says most, where no other figure says as much."""
    if not found:
        return None
    best = max(found, key=lambda e: e.coverage)
    level = [e for e in found if e.coverage > best.coverage - LEVEL and e is not best]
    return None if level else best


def _value_unit(evidence: Evidence) -> str | None:
    """What a row or figure is counted in, where it has a value."""
    row, figure = evidence.candidate.indicator, evidence.candidate.figure
    if row is not None:
        return (row.unit_of_measure or "") if row.target_value is not None else None
    if figure is None:
        return None
    return "元" if figure.yuan is not None else figure.unit or ""


def _label(plan: Plan, evidence: Evidence) -> str:
    """The words that a figure belongs to; the name of a row."""
    row, figure = evidence.candidate.indicator, evidence.candidate.figure
    if row is not None:
        return row.name
    text = text_of(plan, evidence.candidate.field)
    return text[figure.label.start : figure.start] if figure is not None else ""


def _before(plan: Plan, evidence: Evidence) -> str:
    """Those of them that stand right before it."""
    return PIECE.split(_label(plan, evidence))[-1]
