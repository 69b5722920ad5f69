"""Figures said as a condition: 超过三百万, 100万以下, 100万到300万之间."""

from __future__ import annotations

import re
from typing import Any

from bot.question.analysis import Part, Token
from bot.question.query import Asserted, Holds
from registry.amounts import parse_amount


def holds_of(part: Part) -> tuple[Holds, ...]:
    """The figures that are said as a condition: 超过三百万, 100万以下, 100万到300万之间."""
    figures = [token for token in part.tokens if token.kind == "figure"]
    found: list[Holds] = []
    for token in figures:
        figure = token.value
        if isinstance(figure, Asserted):
            comparison = comparison_beside(part, token)
            if comparison:
                found.append(Holds(comparison, figure))
    if not found and len(figures) == 2:
        between = part.text[figures[0].end : figures[1].start].strip()
        first, second = (token.value for token in figures)
        if (
            between in {"到", "至", "-", "~", "和", "与", "—", "跟"}
            and isinstance(first, Asserted)
            and isinstance(second, Asserted)
        ):
            if first.unit is None and second.is_money:
                first = Asserted(
                    first.value * (second.value / _said_number(second)), "元", said=first.said
                )
            return (Holds("≥", first), Holds("≤", second))
    return tuple(found)


# 「比平均数多」: the relation stands behind what is compared with.
THAN = re.compile("[^，,。]{0,3}?(?P<than>[多高大少低小])")


def beside_mean(part: Part) -> str | None:
    """How amounts are held against their mean (高过平均数, 平均以下, 比平均少); None where they are not."""
    for token in part.words("ask", "average"):
        comparison = comparison_beside(part, token)
        than = THAN.match(part.text, token.end)
        if comparison is None and than and part.text[: token.start].endswith("比"):
            comparison = "<" if than["than"] in "少低小" else ">"
        if comparison:
            return comparison
    return None


def _said_number(figure: Asserted) -> Any:
    parsed = parse_amount(figure.said)
    return parsed[0] if parsed and parsed[0] else figure.value


BEFORE = {"more_than": ">", "at_least": "≥", "less_than": "<", "at_most": "≤"}


AFTER = {"after_more": "≥", "after_less": "≤", "after_at_most": "≤"}


EXCLUSIVE = re.compile(r"不含|不包括|不算|不包含")


# 「上千万」 is ten million and more.
UP_TO_HUNDREDS = re.compile("(?<![以之往])上$")


def comparison_beside(part: Part, token: Token) -> str | None:
    if token.text[0] in "百千" and UP_TO_HUNDREDS.search(part.text[: token.start]):
        return "≥"
    for word in part.tokens:
        concepts = {concept for group, concept in word.senses if group == "compare_amount"}
        gap_before = part.text[word.end : token.start]
        gap_after = part.text[token.end : word.start]
        for concept in concepts & set(AFTER):
            if word.start >= token.end and len(gap_after) <= 1:
                comparison = AFTER[concept]
                if EXCLUSIVE.search(part.text[word.end : word.end + 4]):
                    return comparison.replace("≥", ">").replace("≤", "<")
                return comparison
        for concept in concepts & set(BEFORE):
            if word.end <= token.start and len(gap_before) <= 2:
                return BEFORE[concept]
    return None
