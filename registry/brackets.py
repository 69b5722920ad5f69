"""Scales that passages state: 5万元（含）至10万元的每辆补2000元，10万元（含）至20万元的每辆补3000元."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from registry.passages import MONEY, Span, sentences

UNIT = "亿元|万元|千元|元|分|周?岁|人次|人|户|辆|吨|公里|小时|天|年|%"
NUMBER = r"(?<![\d.—-])\d+(?:\.\d+)?"
INCLUDED = "[（(]含[）)]"
RANGE = re.compile(
    rf"(?P<low>{NUMBER})(?P<low_unit>{UNIT})?(?P<low_in>{INCLUDED})?\s*(?:至|到|[—–~-]+)\s*"
    rf"(?P<high>\d+(?:\.\d+)?)(?P<unit>{UNIT})(?P<high_in>{INCLUDED})?"
)
OPEN = re.compile(rf"(?P<bound>{NUMBER})(?P<unit>{UNIT})(?P<in>{INCLUDED}|及)?(?P<side>以[上下])")
CLAUSE_END = re.compile("[，；。,;]")


@dataclass(frozen=True, slots=True)
class Bracket:
    """A step of a scale: from `low` to `high` in `unit` (money in 元), None where it is open; whether
    the bounds belong to it; its words up to the next step, and where those after its bounds begin."""

    low: Decimal | None
    high: Decimal | None
    low_in: bool
    high_in: bool
    unit: str
    span: Span
    then: int

    def holds(self, value: Decimal) -> bool:
        """Whether a value lies in the step for certain: between its bounds, or on one that is in."""
        above = self.low is None or value > self.low or (self.low_in and value == self.low)
        below = self.high is None or value < self.high or (self.high_in and value == self.high)
        return above and below


def scales(text: str) -> Iterator[tuple[Span, Sequence[Bracket]]]:
    """The sentences of a text that state a scale, with its steps."""
    for span in sentences(text):
        steps = sorted(_steps(text, span), key=lambda step: step.span.start)
        if len(steps) > 1 and len({step.unit for step in steps}) == 1:
            yield span, [_with_own_bounds(step, steps) for step in steps]


def _with_own_bounds(step: Bracket, steps: Sequence[Bracket]) -> Bracket:
    """A bound that no other step has (80—89周岁, 90—99周岁) belongs to its step."""
    bounds = [bound for other in steps for bound in (other.low, other.high)]
    return replace(
        step,
        low_in=step.low_in or bounds.count(step.low) == 1,
        high_in=step.high_in or bounds.count(step.high) == 1,
    )


def _steps(text: str, inside: Span) -> Iterator[Bracket]:
    taken: list[tuple[int, int]] = []
    for match in RANGE.finditer(text, inside.start, inside.end):
        taken.append(match.span())
        low_unit = match["low_unit"] or match["unit"]
        yield Bracket(
            _in_unit(match["low"], low_unit),
            _in_unit(match["high"], match["unit"]),
            bool(match["low_in"]),
            bool(match["high_in"]),
            _measure(match["unit"]),
            _words(text, match, inside),
            match.end(),
        )
    for match in OPEN.finditer(text, inside.start, inside.end):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        bound, included = _in_unit(match["bound"], match["unit"]), bool(match["in"])
        up = match["side"] == "以上"
        yield Bracket(
            bound if up else None,
            None if up else bound,
            included and up,
            included and not up,
            _measure(match["unit"]),
            _words(text, match, inside),
            match.end(),
        )


def _words(text: str, match: re.Match[str], inside: Span) -> Span:
    end = CLAUSE_END.search(text, match.end(), inside.end)
    return Span(match.start(), end.start() if end else inside.end)


def _in_unit(number: str, unit: str) -> Decimal:
    return Decimal(number) * MONEY.get(unit, 1)


def _measure(unit: str) -> str:
    return "元" if unit in MONEY else unit.removeprefix("周")
