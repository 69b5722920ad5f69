"""A figure of the sheet in another unit: 「带动消费2.6亿是多少万」, 「管护面积52.8万亩是多少亩」."""

from __future__ import annotations

from decimal import Decimal

from bot.answer import Block, Fact, Figure, Headline, Phrase
from bot.answering.evidence import evidence_for
from bot.answering.facts import (
    Result,
    about,
    indicator_fact,
    indicator_source,
    project_fact,
    rounded,
    target_fact,
    working,
)
from bot.answering.passages import figure_fact, passage_result, sentence_around
from bot.phrases import line
from bot.question.measures import INTO, counting_the_same, scales
from bot.question.query import Asserted, Query
from bot.question.sources import Sources
from bot.retrieval import WEAK, Evidence
from registry.amounts import exact_text
from registry.plan import YUAN_PER_UNIT, Plan

PLAIN = {"亿": "亿元", "万": "万元", "块": "元"}
TEN_THOUSAND, HUNDRED_MILLION = Decimal(10_000), Decimal(100_000_000)


async def converted(plan: Plan, query: Query, sources: Sources) -> Result | None:
    """The stated figure in the unit asked for, where the sheet states just that figure of the words."""
    into = INTO.search(query.said)
    if into is None or query.yes_no or query.aspects or query.operation or not query.premise:
        return None
    stated = max(query.premise, key=lambda one: one.value)
    unit = _unit(stated, into["unit"])
    if unit is None:
        return None
    found = [
        e for e in await evidence_for(plan, query.content, query, sources) if e.coverage >= WEAK
    ]
    if not query.content:
        found = [Evidence(c, 1, 1) for c in sources.retriever.candidates(plan)]
    for evidence in found:
        if _value(evidence, stated) == stated.value:
            value, sign = stated.value / unit[1], "="
            text = exact_text(value)
            if value != round(value, MOST_DECIMALS):
                text, sign = rounded(value)
            return _shown(plan, evidence, text + unit[0], sign)
    return None


def _unit(stated: Asserted, wanted: str) -> tuple[str, Decimal] | None:
    """The unit asked for and how many 元 or ones it is; None where it measures something else."""
    if stated.is_money:
        money = PLAIN.get(wanted, wanted)
        return (money, Decimal(YUAN_PER_UNIT[money])) if money in YUAN_PER_UNIT else None
    for mark, times in (("亿", HUNDRED_MILLION), ("万", TEN_THOUSAND), ("", Decimal(1))):
        measure = wanted.removeprefix(mark)
        alike = measure == stated.unit or measure in counting_the_same().get(stated.unit or "", ())
        if wanted.startswith(mark) and alike:
            return wanted, times
    for group in scales():
        if stated.unit in group and wanted in group:
            return wanted, group[wanted] / group[stated.unit]
    return None


def _value(evidence: Evidence, stated: Asserted) -> Decimal | None:
    """What a row or figure states in 元, or in ones of what was stated."""
    row, figure = evidence.candidate.indicator, evidence.candidate.figure
    if figure is not None:
        value, unit = figure.value, (figure.unit or "").split("/")[0]
    elif row is not None and row.target_value is not None:
        value, unit = row.target_value, row.unit_of_measure or ""
    else:
        return None
    if stated.is_money:
        per = YUAN_PER_UNIT.get(PLAIN.get(unit, unit))
        return None if per is None else value * per
    for mark, times in (("亿", HUNDRED_MILLION), ("万", TEN_THOUSAND)):
        if unit == f"{mark}{stated.unit}":
            return value * times
    return value if unit == stated.unit else None


MOST_DECIMALS = 8


def _shown(plan: Plan, evidence: Evidence, text: str, sign: str) -> Result:
    candidate = evidence.candidate
    if candidate.indicator is not None:
        row = candidate.indicator
        fact: Fact = target_fact(plan, row)
        of: tuple[Fact | Phrase, ...] = (Phrase("「"), indicator_fact(plan, row), Phrase("」"))
    elif candidate.figure is not None:
        fact, of = figure_fact(plan, candidate.field, candidate.figure), ()
    else:
        raise ValueError("neither a row nor a figure")
    printed = fact.text.lstrip("≥≤=＝＞＜><").split("/")[0]
    arithmetic = f"{printed} {sign} {text}"
    figure = Figure(text, arithmetic, (fact,))
    head = (*line("content.figure", figure=figure, project=project_fact(plan)), *of)
    blocks: list[Block] = [Headline(head), working(arithmetic, (fact,))]
    if candidate.indicator is not None:
        return about(plan, "content", blocks, sources=[indicator_source(plan, candidate.indicator)])
    return passage_result(plan, [*blocks, sentence_around(plan, evidence)], candidate.field)
