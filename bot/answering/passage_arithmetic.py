"""Arithmetic over the figures that the passages of one plan state."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bot.answer import (
    Block,
    Fact,
    Figure,
    Headline,
    Phrase,
    Working,
)
from bot.answering.evidence import (
    LEVEL,
    alike,
    evidence_for,
    is_price_of_one,
    said_of_one,
    wants_number,
)
from bot.answering.facts import (
    Result,
    money_text,
    project_fact,
    rounded,
)
from bot.answering.indicators import points_sum
from bot.answering.passages import figure_fact, passage_result, sentence_around, text_of
from bot.phrases import line
from bot.question.project_rules import amounts_in
from bot.question.query import Query
from bot.question.sources import Sources
from bot.retrieval import STRONG, Evidence
from registry.amounts import exact_text, in_unit
from registry.passages import FigureInText, figures
from registry.plan import YUAN_PER_UNIT, Indicator, Plan

CONVERTS = re.compile("折|换算|换成|化成")


async def applied(plan: Plan, query: Query, sources: Sources) -> Result | None:
    """「砖木房毁了5户，一共赔多少」「贡献500万，扶持多少」: the asker's own number times the price of one,
    or the share of it, that the sheet states."""
    if len(query.premise) != 1 or query.yes_no or query.aspects or not wants_number(query):
        return None
    if CONVERTS.search(query.said):
        return None
    stated = query.premise[0]
    found = await evidence_for(plan, query.content, query, sources)
    for evidence in alike(found) if found and found[0].coverage >= STRONG else ():
        figure = evidence.candidate.figure
        if figure is None:
            continue
        if stated.is_money and figure.unit in {"%", "％"} and stated.value not in amounts_in(plan):
            yuan = stated.value * figure.value / 100
            arithmetic = f"{stated.said} × {exact_text(figure.value)}%"
        elif figure.yuan is not None and stated.unit and said_of_one(evidence, stated.unit):
            yuan = figure.yuan * stated.value
            arithmetic = f"{exact_text(figure.yuan)}元 × {exact_text(stated.value)}{stated.unit}"
        else:
            continue
        text = money_text(yuan, query.in_unit or ("万元" if yuan % 1000 == 0 else "元"))
        arithmetic = f"{arithmetic} = {text}"
        fact = figure_fact(plan, evidence.candidate.field, figure)
        blocks: list[Block] = [
            Headline(
                line(
                    "content.applied",
                    figure=Figure(text, arithmetic, (fact,)),
                    project=project_fact(plan),
                )
            ),
            Working((Figure(arithmetic, arithmetic, (fact,)),)),
            sentence_around(plan, evidence),
        ]
        return passage_result(plan, blocks, query, evidence.candidate.field)
    return None


JOINED = re.compile("加上?|和|与|跟|、|减去?|比")


async def _rows_of_segments(
    plan: Plan, query: Query, segments: Sequence[str], sources: Sources
) -> list[Indicator]:
    """The indicator that each run of words names."""
    rows: dict[int, Indicator] = {}
    for segment in segments:
        found = await evidence_for(
            plan, (segment,), replace(query, content_in=("indicators",)), sources
        )
        for evidence in found:
            row = evidence.candidate.indicator
            if row is not None and evidence.coverage >= max(STRONG, found[0].coverage - LEVEL):
                rows.setdefault(row.ordinal, row)
    return list(rows.values())


FROM_TO = re.compile("从.+(?:到|至)|一路|全程|各档|几档")


def _only_figure(found: list[Evidence], operation: str | None) -> Evidence | None:
    """The figure that the words name, where they name one: 奖补 alone names seven."""
    figures = [e for e in found if e.candidate.figure is not None and e.coverage >= STRONG]
    money = [e for e in figures if e.candidate.figure and e.candidate.figure.yuan is not None]
    whole = [e for e in money if not is_price_of_one(e)] if operation == "sum" else []
    figures = whole or money or figures
    if not figures:
        return None
    best = figures[0]
    level = [
        e for e in figures
        if e.coverage >= best.coverage - LEVEL and e.candidate.figure != best.candidate.figure
        and (e.candidate.figure is None or best.candidate.figure is None
             or e.candidate.figure.yuan is not None or best.candidate.figure.yuan is None)
    ]  # fmt: skip
    return best if len(level) < 2 else None


def _all_between(
    plan: Plan, found: list[tuple[Evidence, FigureInText]]
) -> list[tuple[Evidence, FigureInText]]:
    """「从受理到审核」: every amount that stands from the first named to the last."""
    field = found[0][0].candidate.field
    if any(evidence.candidate.field != field for evidence, _ in found):
        return found
    first = min(figure.start for _, figure in found)
    last = max(figure.start for _, figure in found)
    between = [
        figure
        for figure in figures(text_of(plan, field))
        if first <= figure.start <= last and figure.yuan is not None
    ]
    return [(found[0][0], figure) for figure in between]


async def computed(plan: Plan, query: Query, sources: Sources) -> Result | None:
    """A sum, difference, ratio or share over figures that the parts of the question name."""
    found: list[tuple[Evidence, FigureInText]] = []
    segments = [
        part for segment in query.content for part in JOINED.split(segment) if len(part) > 1
    ]
    if query.operation == "sum" and "points" in query.aspects:
        rows = await _rows_of_segments(plan, query, segments, sources)
        return points_sum(plan, rows, query) if len(rows) > 1 else None
    for segment in segments:
        best = _only_figure(await evidence_for(plan, (segment,), query, sources), query.operation)
        if best is None or best.candidate.figure is None:
            continue
        place = (best.candidate.field, best.candidate.figure.start)
        if all((e.candidate.field, other.start) != place for e, other in found):
            found.append((best, best.candidate.figure))
    if query.operation == "sum" and FROM_TO.search(query.said) and len(found) > 1:
        found = _all_between(plan, found)
    if query.operation in {"share", "each"}:
        return _share_or_each(plan, query, found)
    if len(found) < 2:
        return None
    values = [figure.yuan if figure.yuan is not None else figure.value for _, figure in found]
    units = {figure.unit for _, figure in found}
    all_money = all(figure.yuan is not None for _, figure in found)
    if not all_money and len(units) > 1:
        return None
    facts = tuple(figure_fact(plan, e.candidate.field, figure) for e, figure in found)
    unit = _shown_unit([figure for _, figure in found], query.in_unit)
    shown = [value / unit[1] for value in values]
    blocks = _operation_blocks(plan, query, shown, unit[0], facts)
    blocks += [sentence_around(plan, found[0][0])]
    if found[-1][0].candidate.context != found[0][0].candidate.context:
        blocks.append(sentence_around(plan, found[-1][0]))
    return passage_result(plan, blocks, query, found[0][0].candidate.field)


def _shown_unit(figures: Sequence[FigureInText], wanted: str | None) -> tuple[str, Decimal]:
    """The unit a result is shown in, and how many 元 (or ones) it is."""
    if all(figure.yuan is not None for figure in figures):
        unit = wanted or (figures[0].unit or "元").split("/")[0]
        unit = {"万": "万元", "亿": "亿元"}.get(unit, unit)
        return unit, YUAN_PER_UNIT[unit]
    return (figures[0].unit or "").removeprefix("余"), Decimal(1)


def _operation_blocks(
    plan: Plan, query: Query, values: Sequence[Decimal], unit: str, facts: tuple[Fact, ...]
) -> list[Block]:
    project = project_fact(plan)
    texts = [exact_text(value) for value in values]
    if query.operation == "sum":
        result = sum(values, Decimal(0))
        arithmetic = f"{' + '.join(texts)} = {exact_text(result)}"
        key, text = "content.sum", exact_text(result) + unit
    elif query.operation == "difference":
        large, small = max(values[:2]), min(values[:2])
        result = large - small
        arithmetic = f"{exact_text(large)} - {exact_text(small)} = {exact_text(result)}"
        key, text = "content.difference", exact_text(result) + unit
    else:
        first, second = max(values[:2]), min(values[:2])
        if not second:
            return [Headline(line("content.not_said", project=project))]
        text, inexact = rounded(first / second)
        arithmetic = f"{exact_text(first)} ÷ {exact_text(second)} {'≈' if inexact else '='} {text}"
        key = "content.times" if "次" in query.said else "content.ratio"
    figure = Figure(text, arithmetic, facts)
    return [
        Headline(line(key, figure=figure, project=project)),
        Working((Figure(arithmetic, arithmetic, facts),)),
    ]


def _share_or_each(
    plan: Plan, query: Query, found: list[tuple[Evidence, FigureInText]]
) -> Result | None:
    project = project_fact(plan)
    if query.operation == "share":
        total = plan.yuan("total")
        if not found or found[0][1].yuan is None or not total:
            return None
        evidence, figure = found[0]
        part = figure.yuan or Decimal(0)
        share, inexact = rounded(part / total * 100)
        unit = plan.amount_unit or "元"
        sign = "≈" if inexact else "="
        arithmetic = (
            f"{exact_text(in_unit(part, unit))} ÷ {exact_text(plan.total or total)} {sign} {share}%"
        )
        facts = (figure_fact(plan, evidence.candidate.field, figure),)
        blocks: list[Block] = [
            Headline(
                line(
                    "content.share", figure=Figure(f"{share}%", arithmetic, facts), project=project
                )
            ),
            Working((Figure(arithmetic, arithmetic, facts),)),
            sentence_around(plan, evidence),
        ]
        return passage_result(plan, blocks, query, evidence.candidate.field)
    counts = [stated for stated in query.premise if not stated.is_money and stated.unit]
    if not counts or not counts[0].value:
        return None
    money = next(((e, f) for e, f in found if f.yuan is not None), None)
    yuan = money[1].yuan if money else plan.yuan("total")
    if yuan is None:
        return None
    text, inexact = rounded(yuan / counts[0].value)
    sign = "≈" if inexact else "="
    arithmetic = (
        f"{exact_text(yuan)}元 ÷ {exact_text(counts[0].value)}{counts[0].unit} {sign} {text}元"
    )
    figure_shown = Figure(f"{text}元", arithmetic)
    blocks = [
        Headline(
            line(
                "content.each",
                figure=figure_shown,
                unit=Phrase(counts[0].unit or ""),
                project=project,
            )
        ),
        Working((Figure(arithmetic, arithmetic),)),
    ]
    return passage_result(plan, blocks, query, money[0].candidate.field if money else "total")
