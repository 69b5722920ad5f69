"""A Scope as conditions on the plan table."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from operator import eq, ge, gt, le, lt
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, and_, cast, exists, func, or_, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from registry import models
from registry.models import NO_YEAR, PARTS_PER_YUAN
from registry.scope import Scope
from registry.store.codec import BITS
from registry.store.engine import known_of
from registry.text import folded

Condition = ColumnElement[bool]
NOW: Condition = models.plan.c.retired.is_(None)
_other = models.plan.alias("other")
# Made once: to make an alias takes longer than to look up a plan.
NEWEST_OF_PROJECT = (
    select(func.max(_other.c.year))
    .where(_other.c.project_id == models.plan.c.project_id, _other.c.retired.is_(None))
    .scalar_subquery()
)
ENDS = select(
    select(func.max(models.plan.c.year)).where(NOW).scalar_subquery(),
    select(func.min(models.plan.c.year)).where(NOW).scalar_subquery(),
)
NEVER_A_DIGIT = "\uffff"


async def newest_year(connection: AsyncConnection) -> int:
    """The newest year of any current plan; `NO_YEAR` where none states one."""
    return (await _years(connection))[0]


async def _years(connection: AsyncConnection) -> tuple[int, int]:
    """The newest and the oldest year, each from the end of an index."""
    known = known_of(connection)
    if "years" not in known:
        newest, oldest = (await connection.execute(ENDS)).one()
        known["years"] = newest or NO_YEAR, oldest or NO_YEAR
    ends: tuple[int, int] = known["years"]
    return ends


async def conditions(connection: AsyncConnection, scope: Scope) -> list[Condition]:
    """What the rows of `models.plan` in this scope satisfy."""
    return [
        NOW,
        *await _in_years(connection, scope),
        *await _with_unit(connection, scope),
        *_with_fields(scope),
        *_without(scope),
        *_between_amounts(scope),
        *_between_shares(scope),
    ]


async def _in_years(connection: AsyncConnection, scope: Scope) -> list[Condition]:
    plan = models.plan
    # Where a few plans are asked for, the year must not be what they are looked up by: all of a
    # year's plans would be gone through. An expression keeps the database from that.
    year = plan.c.year + 0 if _is_narrow(scope) else plan.c.year
    if scope.all_years:
        return []
    if scope.year is not None:
        return [year == scope.year]
    if scope.project_ids is not None:
        return [plan.c.year == NEWEST_OF_PROJECT]
    newest, oldest = await _years(connection)
    if newest == NO_YEAR:
        return []
    if oldest != NO_YEAR:
        # By far the usual case, and one equality lets the index give the order as well.
        return [year == newest]
    dated = plan.alias("dated")
    has_newest = exists().where(
        dated.c.project_id == plan.c.project_id,
        dated.c.year == newest,
        dated.c.retired.is_(None),
    )
    return [or_(year == newest, and_(year == NO_YEAR, ~has_newest))]


def _is_narrow(scope: Scope) -> bool:
    return any(
        value is not None
        for value in (
            scope.project_ids,
            scope.unit,
            scope.contact_person,
            scope.phone_suffix,
        )
    )


async def _with_unit(connection: AsyncConnection, scope: Scope) -> list[Condition]:
    plan = models.plan
    if scope.exclude_units:
        left_out = {key for unit in scope.exclude_units for key in await unit_ids(connection, unit)}
        columns = (plan.c.supervising_id, plan.c.implementing_id)
        return [or_(column.is_(None), column.not_in(left_out)) for column in columns]
    if scope.unit is None:
        return []
    ids = await unit_ids(connection, scope.unit)
    # Two look-ups put together: a plain OR would be answered by going through all plans.
    led = select(plan.c.id).where(NOW, plan.c.supervising_id.in_(ids))
    done = select(plan.c.id).where(NOW, plan.c.implementing_id.in_(ids))
    return [plan.c.id.in_(union(led, done))]


async def unit_ids(connection: AsyncConnection, name: str) -> list[int]:
    """The units of that full name; failing that, of that short name; failing that, whose name ends
    so. Few units answer for very many plans, so they are looked up first."""
    form, unit = models.unit_form, models.unit
    exact = (await connection.execute(select(unit.c.id).where(unit.c.name == name))).scalars().all()
    if exact:
        return list(exact)
    key = folded(name)
    by_form = await connection.execute(select(form.c.unit_id).where(form.c.form == key))
    ids = list(by_form.scalars())
    if ids or not key:
        return ids
    ending = select(form.c.unit_id).where(form.c.form.endswith(key, autoescape=True)).distinct()
    return list((await connection.execute(ending)).scalars())


def _with_fields(scope: Scope) -> list[Condition]:
    plan = models.plan
    found: list[Condition] = []
    if scope.project_ids is not None:
        found.append(plan.c.project_id.in_(scope.project_ids))
    if scope.category is not None:
        found.append(plan.c.category == scope.category.value)
    if scope.contact_person is not None:
        found.append(plan.c.contact_person == scope.contact_person)
    if scope.phone_suffix is not None:
        found.append(_phone_ends(scope.phone_suffix))
    if scope.given_field is not None:
        found.append(plan.c.givens.bitwise_and(BITS[scope.given_field]) != 0)
    if scope.missing_field is not None:
        found.append(plan.c.givens.bitwise_and(BITS[scope.missing_field]) == 0)
    return found


def _without(scope: Scope) -> list[Condition]:
    plan = models.plan
    found: list[Condition] = []
    if scope.exclude_project_ids is not None:
        found.append(plan.c.project_id.not_in(scope.exclude_project_ids))
    for person in scope.exclude_contact_persons:
        found.append(plan.c.contact_person.is_distinct_from(person))
    if scope.exclude_category is not None:
        found.append(plan.c.category.is_distinct_from(scope.exclude_category.value))
    return found


# What stands before the digits that a number kept in any way ends with: 0086, 86, the 0 of an area.
PREFIXED = re.compile(r"(?:(?:00)?86(?=\d{10}))?0?")
LONGER_THAN_AN_ENDING = 7


def _phone_ends(suffix: str) -> Condition:
    """By the digits from the last: a range of the index. 02340236567 and 8623… are found too."""
    digits = re.sub(r"\D", "", suffix)
    number = PREFIXED.sub("", digits, count=1) if len(digits) > LONGER_THAN_AN_ENDING else digits
    column = models.plan.c.phone_reversed
    return and_(column >= number[::-1], column < number[::-1] + NEVER_A_DIGIT)


def _between_amounts(scope: Scope) -> list[Condition]:
    # Bounds are said in 元 and may be finer than what is kept: they are rounded to the safe side.
    amount = models.plan.c[scope.field]
    found: list[Condition] = []
    if scope.yuan_at_least is not None:
        found.append(amount >= _bound(scope.yuan_at_least, ROUND_CEILING))
    if scope.yuan_more_than is not None:
        found.append(amount > _bound(scope.yuan_more_than, ROUND_FLOOR))
    if scope.yuan_at_most is not None:
        found.append(amount <= _bound(scope.yuan_at_most, ROUND_FLOOR))
    if scope.yuan_less_than is not None:
        found.append(amount < _bound(scope.yuan_less_than, ROUND_CEILING))
    return found


def share_of_total(field: str) -> Any:
    """What an amount is of the plan's total, in per cent; nothing where there is no total."""
    plan = models.plan
    return 100 * cast(plan.c[field], Float) / func.nullif(plan.c.total, 0)


SIGNS = {"≥": ge, ">": gt, "≤": le, "<": lt, "=": eq}


def _between_shares(scope: Scope) -> list[Condition]:
    share = share_of_total(scope.field)
    return [SIGNS[sign](share, float(bound)) for sign, bound in scope.shares]


def _bound(yuan: Decimal, rounding: str) -> int:
    parts = int((yuan * PARTS_PER_YUAN).to_integral_value(rounding))
    # What no column can hold compares as the largest that one can.
    return max(-(2**63) + 1, min(2**63 - 1, parts))


def in_order(
    query: Select[Any], order_by: str | None, descending: bool, field: str = "total"
) -> Select[Any]:
    """Sorted by an amount, or by the share that `field` is of the total, plans without it last; by
    default as the projects came. Equal ones always in the same order."""
    plan = models.plan
    if order_by is None:
        return query.order_by(plan.c.project_id, plan.c.year)
    column = share_of_total(field) if order_by == "share" else plan.c[order_by]
    if descending:
        return query.order_by(column.desc().nulls_last(), plan.c.project_id)
    return query.order_by(column.asc().nulls_last(), plan.c.project_id)
