"""Answers that put years side by side: what a field said in each, and by how much it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bot.answer import Block, Fact, Figure, Headline, Line, Phrase, Table
from bot.answering.facts import (
    Result,
    answer,
    common_unit,
    id_of,
    money_text,
    project_fact,
    share_text,
    source_of,
    steps_for,
    value_or_blank,
    working,
)
from bot.answering.scopes import scope_of
from bot.phrases import label, line
from bot.question.query import Query
from bot.question.sources import Sources
from registry.plan import AMOUNT_FIELDS, Plan

Amounts = dict[int, Decimal]


async def answer_years(query: Query, sources: Sources) -> Result:
    """A project's fields, or the sum of all projects, year beside year."""
    if query.projects:
        return await _of_a_project(query, sources)
    amounts: Amounts = {}
    for year in query.years:
        total = await sources.store.total(scope_of(replace(query, year=year)), query.of)
        if total.given:
            amounts[year] = total.yuan
    unit = query.in_unit or "万元"
    subject = line("years.all")
    rows = [
        (_in_year(year), (Figure(money_text(amounts[year], unit)),))
        if year in amounts
        else (_in_year(year), line("field.not_given"))
        for year in query.years
    ]
    columns = (label("year").text, label(query.of).text)
    blocks = [*_change(query, subject, amounts, unit), Table(columns, tuple(rows))]
    return Result(answer("years", blocks))


async def _of_a_project(query: Query, sources: Sources) -> Result:
    found = [await sources.plan(query.projects[0], year) for year in query.years]
    plans = [plan for plan in found if plan is not None]
    newest = plans[-1] if plans else await sources.plan(query.projects[0])
    if newest is None:
        return Result(answer("years", [Headline(line("unknown.project"))]))
    unit = common_unit(plans, query.in_unit)
    amounts: Amounts = {
        plan.year: yuan
        for plan in plans
        if plan.year is not None and (yuan := plan.yuan(query.of)) is not None
    }
    rows: list[tuple[Line, ...]] = []
    for year, plan in zip(query.years, found, strict=True):
        cells = (
            [line("years.no_sheet")] * len(query.fields)
            if plan is None
            else [_cell(plan, field, unit) for field in query.fields]
        )
        rows.append((_in_year(year), *cells))
    columns = (label("year").text, *(label(field).text for field in query.fields))
    subject: Line = (project_fact(newest),)
    blocks = [*_change(query, subject, amounts, unit), Table(columns, tuple(rows))]
    return Result(
        answer(
            "years",
            blocks,
            sources=[source_of(plan, query.fields[0]) for plan in plans],
            steps=steps_for(newest, *query.fields),
            projects=(id_of(newest),),
        ),
        projects=(id_of(newest),),
    )


def _year(year: int) -> Fact:
    return Fact(str(year), field="year")


def _in_year(year: int) -> Line:
    return line("total.year", year=_year(year))


def _cell(plan: Plan, field: str, unit: str) -> Line:
    return value_or_blank(plan, field, unit if field in AMOUNT_FIELDS else None)


def _change(query: Query, subject: Line, amounts: Amounts, unit: str) -> Sequence[Block]:
    """By how much the later of two years is more or less, with the arithmetic; else a heading."""
    name = label(query.of if query.of in query.fields else query.fields[0])
    first, last = min(query.years), max(query.years)
    known = first in amounts and last in amounts
    if query.operation is None or len(query.years) != 2 or not known:
        return [Headline(line("years.list", subject=subject, label=name))]
    before, after = amounts[first], amounts[last]
    gaps: dict[str, Line | Fact | Phrase] = {
        "subject": subject,
        "label": name,
        "first": _year(first),
        "last": _year(last),
    }
    if before == after:
        return [Headline(line("years.same", **gaps))]
    larger, smaller = max(before, after), min(before, after)
    text = money_text(larger - smaller, unit)
    arithmetic = f"{money_text(larger, unit)} − {money_text(smaller, unit)} = {text}"
    figure = Figure(text, arithmetic)
    key = "years.more" if after > before else "years.less"
    blocks: list[Block] = [Headline(line(key, figure=figure, **gaps)), working(arithmetic, ())]
    if before:
        share, sign = share_text(larger - smaller, before, query.said)
        blocks.append(working(f"{text} ÷ {money_text(before, unit)} {sign} {share}", ()))
    return blocks
