"""Figures found by what they are counted in (多少页, 几趟), where the words beside say too little."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from bot.answering.evidence import features_of
from bot.answering.passages import of_one, text_of
from bot.question.lexicon import words_in
from bot.question.measures import asked_measure, counts_alike
from bot.question.query import Query
from bot.question.sources import Sources
from bot.retrieval import NAMED, Candidate, Evidence
from registry.plan import Plan

# Words that ask or join, and tell nothing of what is counted.
TELLS_NOTHING = re.compile(
    "[今明去]年|全年|一年|现在|目前|已经?|涉及到?|牵涉|[一总]共|全部|计划|大概|[的了吗呢吧啊是有要会能得在和与及按每这那就都还也再把被给让做搞弄只才请问里]"
    "|[^\u4e00-\u9fff]"
)
# 现在扫了多少 asks for what has been done, 今年还要扫多少 for what is to be.
DONE_ASKED = re.compile("现在|目前|已|截至|现有|至今|了(?:多少|几|好多)[^了]*了")
TO_DO_ASKED = re.compile("今年|计划|还要|再")
DONE = re.compile("已|截至|现有|目前|现状")
WHOLE_ASKED, WHOLE = re.compile("[总一]共|全部"), re.compile("[总一]?共|全部|总数")
BY_WHOLE = 0.3
LEVEL = 0.05
MOST_SHOWN = 3


async def counted_so(plan: Plan, query: Query, sources: Sources) -> list[Evidence]:
    """The rows or figures counted in the measure asked for that share most with the words around it;
    none where these tell no few of them from the others."""
    asked = asked_measure().search(query.said)
    if asked is None:
        return []
    alike = {
        id(c): c
        for c in sources.retriever.candidates(plan)
        if _counts(plan, c, asked["measure"]) and not _part_of_a_condition(plan, c)
    }
    if not alike:
        return []
    named = _runs(query, asked.span())
    apart = _runs(query, asked.span(), plan.name)
    found = await _told(plan, query, list(alike.values()), apart, sources)
    if not found and all(len(run) < 2 for run in apart):
        # 「公交要拉多少人」: nothing but words of the name is left to tell; rows speak of the whole project.
        counted = [c for c in alike.values() if _just_so(c, asked["measure"])]
        counted = counted or list(alike.values())
        rows = [c for c in counted if c.indicator is not None]
        found = await _told(plan, query, rows, named, sources)
        found = found or await _told(plan, query, counted, named, sources)
        found = found or _distinct(Evidence(c, 0, 0) for c in counted)
    return found if len(found) <= MOST_SHOWN else []


async def _told(
    plan: Plan, query: Query, alike: list[Candidate], runs: list[str], sources: Sources
) -> list[Evidence]:
    """Of the figures counted alike those that say most of the words; none where none says any."""
    looked_for = await features_of(runs, sources)
    told = {id(e.candidate): e for e in sources.retriever.find(plan, looked_for)}
    level = _in_tense([told.get(id(c)) or Evidence(c, 0, 0) for c in alike], query)
    scored = [(e, e.score + _as_whole(e, query)) for e in level]
    most = max((score for _, score in scored), default=0)
    return _distinct(e for e, score in scored if score >= most - LEVEL and score > LEAST)


def _distinct(found: Iterable[Evidence]) -> list[Evidence]:
    """The first evidence of every value."""
    values: dict[Decimal, Evidence] = {}
    for evidence in found:
        values.setdefault(_value(evidence.candidate), evidence)
    return list(values.values())


LEAST = 0.08  # one character of several is shared at least


def _runs(query: Query, asked: tuple[int, int], name: str = "") -> list[str]:
    """What was said beside the measure and what is looked for anyway, but for the words of a name."""
    around = f"{query.said[: asked[0]]} {query.said[asked[1] :]}"
    said = [NAMED.sub("", run) for run in query.content if NAMED.sub(r"\1", run) not in around]
    kept = list(around)
    for at in range(len(around) - 1):
        if around[at : at + 2] in name:
            kept[at] = kept[at + 1] = " "
    for word in words_in(around):
        if len(word.text) > 1 and {group for group, _ in word.senses} <= POLITE:
            kept[word.start : word.end] = " " * len(word.text)
    runs = TELLS_NOTHING.sub(" ", "".join(kept)).split()
    return list(dict.fromkeys([*runs, *(run for run in said if run and run[0] != "每")]))


POLITE = frozenset({"filler", "talk"})


def _counts(plan: Plan, candidate: Candidate, measure: str) -> bool:
    if candidate.indicator is not None:
        row = candidate.indicator
        return row.target_value is not None and counts_alike(measure, row.unit_of_measure)
    figure = candidate.figure
    if figure is None or not counts_alike(measure, figure.unit):
        return False
    return not of_one(plan, candidate.field, figure)


CONDITION = re.compile("(?:每|满|超过?|不足|达到|以上|以下|低于|高于|多|少|第)$")


def _part_of_a_condition(plan: Plan, candidate: Candidate) -> bool:
    """Whether a figure only says in which case something holds: 不足80人的, 每少1次."""
    figure = candidate.figure
    if figure is None:
        return False
    text = text_of(plan, candidate.field)
    after = text[figure.end : figure.end + 6]
    return CONDITION.search(text[: figure.start]) is not None and "的" in after


def _in_tense(found: list[Evidence], query: Query) -> list[Evidence]:
    """What has been done where that is asked for, and what is still to be done where that is."""
    done = [e for e in found if DONE.search(e.candidate.words)]
    if DONE_ASKED.search(query.said):
        return [replace(e, score=e.score + LEAST + LEVEL) for e in done] or found
    if TO_DO_ASKED.search(query.said):
        return [e for e in found if e not in done] or found
    return found


def _as_whole(evidence: Evidence, query: Query) -> float:
    asked = WHOLE_ASKED.search(query.said)
    return BY_WHOLE if asked and WHOLE.search(evidence.candidate.words) else 0


def _just_so(candidate: Candidate, measure: str) -> bool:
    """Whether something is counted in the very measure asked for, not only in one that counts the same
    things: of 多少户 3240户, not 14个."""
    row, figure = candidate.indicator, candidate.figure
    return measure in ((figure.unit if figure else row.unit_of_measure if row else "") or "")


def _value(candidate: Candidate) -> Decimal:
    """A figure in ones: 1.7万册 and 17000册 are the same."""
    figure, row = candidate.figure, candidate.indicator
    value = figure.value if figure else (row.target_value if row else None)
    unit = (figure.unit if figure else row.unit_of_measure if row else "") or ""
    return (value or Decimal(0)) * (10_000 if "万" in unit else 1)
