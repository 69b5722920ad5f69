"""The pairs of characters by which passages are found, and how a plan falls into passages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from registry.plan import TEXT_FIELDS, Plan
from registry.text import folded

WORD_RUNS = re.compile(r"[^\W_]+")
# Clauses end at these; a comma is too often inside of what is asked for.
CLAUSE_ENDS = re.compile(r"(?<=[。；;！!？?\n])")
LONGEST_PASSAGE = 400


def grams_of(text: str) -> list[str]:
    """The distinct pairs of neighbouring characters, in their order; a lone character is its own.

    「5件案件」 -> 5件 件案 案件
    """
    found: dict[str, None] = {}
    for run in WORD_RUNS.findall(folded(text)):
        if len(run) == 1:
            found[run] = None
        for start in range(len(run) - 1):
            found[run[start : start + 2]] = None
    return list(found)


def passages_of(plan: Plan) -> Iterator[tuple[str, int, str]]:
    """Field, ordinal and text of everything in the plan that can be looked for by its words."""
    for indicator in plan.indicators:
        yield "indicators", indicator.ordinal, indicator.name
    for name in TEXT_FIELDS:
        value = getattr(plan, name)
        if value:
            yield from ((name, ordinal, clause) for ordinal, clause in enumerate(clauses(value), 1))


def clauses(text: str) -> list[str]:
    """The sentences and clauses of a text; one without any end is cut at a bearable length."""
    found: list[str] = []
    for part in CLAUSE_ENDS.split(text):
        clause = part.strip()
        while clause:
            found.append(clause[:LONGEST_PASSAGE])
            clause = clause[LONGEST_PASSAGE:]
    return found
