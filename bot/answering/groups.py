"""Answers that tell projects apart by a field: how many each unit has, and what they come to."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from bot.answer import Block, Fact, FactKind, Figure, Headline, Line, Table
from bot.answering.facts import (
    Result,
    answer,
    common_unit,
    counted,
    money_text,
    project_names,
    source_of,
    summed,
    working,
)
from bot.answering.premises import so_many
from bot.answering.scopes import scope_note, scope_of
from bot.phrases import answer_phrases, label, line
from bot.question.query import Query
from bot.question.sources import Sources
from registry.scope import Group

SHOWN = 20  # groups on a page
MOST_GROUPS = 2000  # looked through for the one with the most money
# The projects of the groups are named where there are no more in all.
FEW_PLANS = 12

KINDS = {"contact_person": FactKind.PERSON, "category": FactKind.TEXT}


async def answer_groups(query: Query, sources: Sources) -> Result:
    """Each value of a field with the number of its projects and the sum of an amount of theirs."""
    field, amount = query.of, (*query.fields, "total")[0]
    scope = scope_of(query)
    groups = await sources.store.groups(scope, field, amount, limit=MOST_GROUPS)
    number = sum(group.value is not None for group in groups)
    in_all = sum(group.plans for group in groups)
    plans = await sources.store.plans(scope, limit=FEW_PLANS + 1)
    few = plans if len(plans) <= FEW_PLANS else []
    unit = common_unit(plans, query.in_unit)
    if query.extreme:
        groups = _at_the_end(groups, query)
    elif query.operation:
        groups.sort(key=lambda group: -group.yuan)
    shown = groups[query.page * SHOWN : (query.page + 1) * SHOWN]
    rows: list[tuple[Line, ...]] = []
    sums: list[Block] = []
    for group in shown:
        held = [plan for plan in few if getattr(plan, field) == group.value]
        figure = summed(held, amount, money_text(group.yuan, unit), unit)
        if figure.arithmetic and query.operation:
            sums.append(working(figure.arithmetic, figure.operands))
        cells: tuple[Line, ...] = (
            _value(group, field),
            line("groups.projects", count=counted(group.plans)),
            (figure,) if group.given else line("field.not_given"),
        )
        rows.append((*cells, project_names(held)) if few else cells)
    columns = [label(field).text, answer_phrases()["column.projects_held"], label(amount).text]
    if few:
        columns.append(answer_phrases()["column.projects"])
    head = _headlines(query, groups, amount, (number, in_all), unit)
    blocks: list[Block] = [*head, Table(tuple(columns), tuple(rows)), *sums]
    blocks += await scope_note(query, sources, in_all)
    return Result(
        answer(
            "groups",
            blocks,
            sources=[source_of(plan, field) for plan in few],
            page=query.page,
            pages=max(1, -(-len(groups) // SHOWN)),
        ),
        person=groups[0].value if field == "contact_person" and len(groups) == 1 else None,
    )


def _at_the_end(groups: Sequence[Group], query: Query) -> list[Group]:
    """Those with the most or the least money, or projects; what is blank is no one."""
    held = [group for group in groups if group.value is not None]
    measure = [group.yuan if query.operation else Decimal(group.plans) for group in held]
    best = (min if query.extreme == "min" else max)(measure, default=None)
    return [group for group, figure in zip(held, measure, strict=True) if figure == best]


def _value(group: Group, field: str) -> Line:
    if group.value is None:
        return line("groups.blank")
    return (Fact(group.value, KINDS.get(field, FactKind.UNIT)),)


def _headlines(
    query: Query, groups: Sequence[Group], amount: str, counts: tuple[int, int], unit: str
) -> list[Headline]:
    """What is largest or smallest, or how many groups or plans there are (`counts`)."""
    number, plans = counts
    name = label(query.of)
    if query.extreme:
        key = "least" if query.extreme == "min" else "most"
        return [
            Headline(
                line(
                    f"groups.{key}_money" if query.operation else f"groups.{key}",
                    value=_value(group, query.of),
                    label=name,
                    amount=label(amount),
                    figure=Figure(money_text(group.yuan, unit)),
                    count=counted(group.plans),
                )
            )
            for group in groups[:SHOWN]
        ]
    if query.lead == "count":
        said = so_many(query, number)
        return [Headline((*said, *line("groups.list", count=counted(number), label=name)))]
    return [Headline(line("groups.each", count=counted(plans), label=name))]
