"""Deadlines hidden in the names of indicators: 10月底投资完成, 2017年底前…, 2024年12月底….."""

from __future__ import annotations

import re
from dataclasses import dataclass

MONTH = re.compile(
    r"(?:(?P<year>20\d\d)\s*年)?\s*(?P<month>1[0-2]|[1-9])\s*月(?:份)?(?:底|末|前|初|中旬|\d+日)"
)
YEAR_END = re.compile(r"(?:(?P<year>20\d\d)\s*年|年)\s*(?:底|末)")
QUARTER = re.compile(r"(?P<quarter>[一二三四1-4])季度(?:末|底|前)")


@dataclass(frozen=True, slots=True)
class Deadline:
    """The end of a month; the plan's own year where the name states none."""

    year: int | None
    month: int


def deadline_of(name: str, plan_year: int | None) -> Deadline | None:
    """The deadline in an indicator's name, or None."""
    month = MONTH.search(name)
    if month:
        return Deadline(int(month["year"]) if month["year"] else plan_year, int(month["month"]))
    end = YEAR_END.search(name)
    if end:
        return Deadline(int(end["year"]) if end["year"] else plan_year, 12)
    quarter = QUARTER.search(name)
    if quarter:
        number = "一二三四".find(quarter["quarter"]) + 1 or int(quarter["quarter"])
        return Deadline(plan_year, number * 3)
    return None
