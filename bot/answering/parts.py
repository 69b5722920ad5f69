"""What the amount of a project is made up of, where its overview spells that out: amounts that add up to
it, each with the parts that a bracket behind it adds up from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.answer import Block, Fact, FactKind, Headline, Line, Paragraph, Phrase
from bot.answering.facts import Result, id_of, project_fact, signed_sum, working
from bot.answering.passages import figure_fact, of_one, passage_result, quoted, text_of
from bot.phrases import line
from bot.question.query import Query
from registry.amounts import exact_text
from registry.passages import CLOSING, OPENING, FigureInText, figures, sentences
from registry.plan import YUAN_PER_UNIT, Plan

FIELD = "overview"
EDGES = re.compile("^[，,；;、：:。（(\\s]*(?:其中[：:，]?)?|[：:\\s]+$")


@dataclass(frozen=True, slots=True)
class Part:
    """An amount of the overview, and those that it is made up of in its turn (none: not told)."""

    figure: FigureInText
    yuan: Decimal
    parts: tuple[Part, ...] = ()


def parts_of_total(plan: Plan) -> tuple[Part, ...]:
    """The amounts that the project's total is made up of, as the overview has them; none where no
    amounts that follow each other add up to it."""
    total = plan.yuan("total")
    if total is None:
        return ()
    text = text_of(plan, FIELD)
    money = [f for f in figures(text) if f.yuan is not None and not of_one(plan, FIELD, f)]
    return _adding_up(text, money, total)


def _adding_up(text: str, money: Sequence[FigureInText], whole: Decimal) -> tuple[Part, ...]:
    depth = {figure.start: _depth(text[: figure.start]) for figure in money}
    outermost = min(depth.values(), default=0)
    top = [figure for figure in money if depth[figure.start] == outermost]
    run = _run(top, whole)
    return tuple(
        Part(figure, figure.yuan or Decimal(0), _adding_up(text, inside, figure.yuan or Decimal(0)))
        for figure in run
        if (inside := _in_its_bracket(text, figure, money)) is not None
    )


def _run(figures_there: Sequence[FigureInText], whole: Decimal) -> Sequence[FigureInText]:
    """The longest run of two figures or more that adds up to the whole."""
    count = len(figures_there)
    spans = ((n, at) for n in range(count, 1, -1) for at in range(count - n + 1))
    for n, at in spans:
        run = figures_there[at : at + n]
        if sum((figure.yuan or Decimal(0) for figure in run), Decimal(0)) == whole:
            return run
    return ()


def _depth(before: str) -> int:
    return sum(char in OPENING for char in before) - sum(char in CLOSING for char in before)


def _in_its_bracket(
    text: str, figure: FigureInText, money: Sequence[FigureInText]
) -> list[FigureInText]:
    """The amounts in the bracket that opens right behind a figure."""
    if text[figure.end : figure.end + 1] not in tuple(OPENING):
        return []
    depth, at = 1, figure.end + 1
    while at < len(text) and depth:
        depth += (text[at] in OPENING) - (text[at] in CLOSING)
        at += 1
    return [other for other in money if figure.end < other.start < at]


def extreme_part(plan: Plan, query: Query) -> Result | None:
    """「打非的钱里哪一块最多」: the largest part of the total (or the smallest), with that of its own
    parts; None where the overview does not tell them."""
    parts = parts_of_total(plan)
    if not parts:
        return None
    chosen = _chosen(parts, query)
    blocks: list[Block] = [Headline(_line(plan, "content.figure", chosen))]
    if chosen.parts:
        least = query.extreme == "min"
        key = "content.part_inside_least" if least else "content.part_inside_most"
        blocks.append(Paragraph(_line(plan, key, _chosen(chosen.parts, query))))
    blocks.append(_sum(plan, parts))
    text = text_of(plan, FIELD)
    around = next(s for s in sentences(text) if s.start <= chosen.figure.start < s.end)
    return passage_result(plan, [*blocks, quoted(plan, FIELD, around)], FIELD)


def _chosen(parts: Sequence[Part], query: Query) -> Part:
    choose = min if query.extreme == "min" else max
    return choose(parts, key=lambda part: part.yuan)


def _line(plan: Plan, key: str, part: Part) -> Line:
    label = part.figure.label
    words = EDGES.sub("", text_of(plan, FIELD)[label.start : part.figure.start])
    fact = Fact(words, FactKind.TEXT, plan.places.get(FIELD), id_of(plan), FIELD)
    said = line(key, figure=figure_fact(plan, FIELD, part.figure), project=project_fact(plan))
    return (*said, Phrase("："), fact)


def _sum(plan: Plan, parts: Sequence[Part]) -> Block:
    unit = plan.amount_unit or "元"
    values = [part.yuan / YUAN_PER_UNIT.get(unit, 1) for part in parts]
    facts = [figure_fact(plan, FIELD, part.figure) for part in parts]
    return working(f"{signed_sum(values)} = {exact_text(sum(values, Decimal(0)))}", facts)
