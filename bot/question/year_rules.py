"""Rules for years: one held against another, the same question of another."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.question.query import OF_A_SHEET, OVER_A_YEAR, Kind, Query
from bot.question.rules import Case, about_indicators, base
from registry.plan import AMOUNT_FIELDS

EVERY_YEAR = re.compile("历年|逐年|各年度?|往年|这几年|近[几两二三四五]年")
BESIDE_NOW = re.compile(r"(?:比|较|跟|和|与|同|对比)(?:上?去年|上一?年度?|前年|20\d\d年)")
CHANGED = re.compile("增|减|涨|降|变|多了|少了|翻|相比|对比|比[呢吗？?]?$")
FROM_TO = re.compile(r"(20\d\d)\s*年?\s*(?:到|至|-|—|~|～)\s*(20\d\d)\s*年")


async def years_compared(case: Case) -> Query | None:
    """「今年比去年多多少」「住户调查历年多少钱」「2024年和2025年一共各多少」."""
    heard = case.heard
    text = heard.part.text
    projects = heard.projects or (() if heard.part.has("ask", "all") else case.context.projects)
    loaded = [year for year, _ in await case.sources.years() if year is not None]
    years = heard.years
    compares = heard.asks("difference", "compare", "ratio") or CHANGED.search(text) is not None
    if EVERY_YEAR.search(text):
        years = tuple(sorted(loaded))
    elif len(years) == 1 and compares and BESIDE_NOW.search(text):
        years = (years[0], max(loaded, default=years[0]))
    elif range_said := FROM_TO.search(text):
        first, last = sorted(map(int, range_said.groups()))
        years = tuple(year for year in sorted(loaded) if first <= year <= last)
    if len(set(years)) < 2 or len(projects) > 1 or about_indicators(heard):
        return None
    figures = [figure for figure in heard.figures if figure.unit or figure.value not in years]
    if heard.persons or figures or heard.near or (heard.content and not heard.projects):
        return None
    fields = [*heard.fields, *heard.soft_fields]
    return base(
        heard,
        kind=Kind.YEARS,
        projects=projects,
        year=None,
        years=tuple(dict.fromkeys(years)),
        fields=tuple(dict.fromkeys(fields)) or ("total",),
        of=next((name for name in fields if name in AMOUNT_FIELDS), "total"),
        operation="difference" if compares else None,
    )


async def other_year(case: Case) -> Query | None:
    """「去年呢」「那2024年呢」: the last question about another year."""
    heard, last = case.heard, case.context.last
    if last is None or len(heard.years) != 1 or last.kind not in OVER_A_YEAR | OF_A_SHEET:
        return None
    others = heard.projects or heard.near or heard.persons or heard.units or heard.content
    if others or heard.rest or heard.fields or heard.figures or about_indicators(heard):
        return None
    if heard.asks("difference", "compare", "sum", "all", "list", "which_project", "max", "min"):
        return None
    return replace(last, year=heard.year, said=last.said, page=0)
