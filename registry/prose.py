"""Figures in running text: sums that are spelled out, and limits that are set."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from registry.plan import Comparison

# A number of a plan has few digits: a longer run is none, and is passed over in one step.
NUMBER = r"(?<![\d.])(\d{1,15}(?:\.\d{1,8})?)"
AMOUNT = re.compile(rf"{NUMBER}\s{{0,8}}(亿元|万元|元)")
# 40.37万元（其中日常运行及宣传经费21.37万元（…），租赁车辆等费用5万元，…）
OPENED = re.compile(rf"{NUMBER}\s{{0,8}}(亿元|万元|元)[（(]其中[：:]?")
# 25万元（5*5万元）
PRODUCT = re.compile(
    rf"{NUMBER}\s{{0,8}}(亿元|万元|元)[（(]{NUMBER}\s{{0,8}}[*×xX]\s{{0,8}}{NUMBER}\s{{0,8}}(亿元|万元|元)[）)]"
)
SIGNED = re.compile(
    rf"(≥|≤|≧|≦|>=|<=|不低于|不少于|不超过|不高于)\s{{0,8}}{NUMBER}\s{{0,8}}(亿元|万元|[%％‰]|[\u4e00-\u9fff]{{1,2}})?"
)
# What a figure is made up of stands in so many characters.
LONGEST_BRACKET = 2000
AT_MOST = frozenset({"≤", "≦", "<=", "不超过", "不高于"})
OPEN_ENDED = re.compile("其他|其它|等(?:支出|费用|方面)?$|等。")


@dataclass(frozen=True, slots=True)
class WrongSum:
    """Parts that do not give the figure they are said to."""

    stated: Decimal
    computed: Decimal
    unit: str
    text: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound set in a sentence: ≤5件."""

    comparison: Comparison
    number: Decimal
    unit: str | None
    text: str


def wrong_sums(text: str) -> Iterator[WrongSum]:
    """Every spelled-out sum or product that is wrong; open-ended lists (其他) are left alone."""
    if "元（" not in text and "元(" not in text:
        return
    for match in PRODUCT.finditer(text):
        stated, unit, times, each, each_unit = match.groups()
        computed = Decimal(times) * Decimal(each)
        if unit == each_unit and computed != Decimal(stated):
            yield WrongSum(Decimal(stated), computed, unit, match.group())
    for match in OPENED.finditer(text):
        inside = _bracket(text, match.end())
        if inside is None or OPEN_ENDED.search(_without_brackets(inside).rstrip("，；。、 ")):
            continue
        parts = AMOUNT.findall(_without_brackets(inside))
        stated, unit = Decimal(match.group(1)), match.group(2)
        if len(parts) < 2 or any(part_unit != unit for _, part_unit in parts):
            continue
        computed = sum((Decimal(number) for number, _ in parts), Decimal(0))
        if computed != stated:
            yield WrongSum(stated, computed, unit, " + ".join(number for number, _ in parts))


def _bracket(text: str, start: int) -> str | None:
    depth = 1
    for at in range(start, min(len(text), start + LONGEST_BRACKET)):
        depth += (text[at] in "（(") - (text[at] in "）)")
        if depth == 0:
            return text[start:at]
    return None


def _without_brackets(text: str) -> str:
    before = None
    while before != text:
        before, text = text, re.sub("[（(][^（）()]*[）)]", "", text)
    return text


def limits_in(text: str) -> Iterator[Limit]:
    """Every bound with a sign or 不低于, 不超过."""
    for match in SIGNED.finditer(text):
        sign, number, unit = match.groups()
        comparison = Comparison.AT_MOST if sign in AT_MOST else Comparison.AT_LEAST
        shown = (
            match.group()
            if unit is None or len(unit) < 2 or unit in ("万元", "亿元")
            else match.group()[:-1]
        )
        yield Limit(comparison, Decimal(number), unit, shown)
