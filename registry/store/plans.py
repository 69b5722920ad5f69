"""Questions about plans: one, many, how many, how much, which years, which indicators."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from registry import models
from registry.plan import AMOUNT_FIELDS, Indicator, Place, Plan, Record
from registry.scope import Group, IndicatorWhere, Scope, StoredFinding, Total
from registry.store.codec import (
    BITS,
    decode_place,
    decode_plan,
    from_parts,
    in_parts,
    year_key,
    year_value,
)
from registry.store.engine import Database
from registry.store.filters import NOW, conditions, in_order, newest_year

PAGE = 500
# Targets are kept as floating numbers to be looked up; what comes back is held against the exact ones.
SLACK = 1e-9

_plan, _content, _document, _version = (
    models.plan,
    models.plan_content,
    models.document,
    models.version,
)
WHOLE: Select[Any] = (
    select(
        _plan.c.id,
        _plan.c.project_id,
        _plan.c.version,
        _version.c.at,
        _document.c.name.label("document"),
        _content.c.content,
        _content.c.corrections,
    )
    .join(_content, _content.c.plan_id == _plan.c.id)
    .join(_version, _version.c.id == _plan.c.version)
    .outerjoin(_document, _document.c.id == _plan.c.document_id)
)


def plan_of(row: Any) -> Plan:
    """The value of a row of `WHOLE`."""
    corrected = frozenset(json.loads(row.corrections)) if row.corrections else frozenset[str]()
    record = Record(row.project_id, row.id, row.version, row.at, row.document or "", corrected)
    return _decoded(row.content, record)


# The same few plans are read again and again, by every question about all of a small registry.
_decoded = lru_cache(maxsize=256)(decode_plan)


class PlanQueries(Database):
    """Reading plans. Everything that is listed, counted, summed or ranked is so by the database."""

    async def plan(self, project_id: int, year: int | None = None) -> Plan | None:
        """That project's plan of the year; its newest without one."""
        query = WHOLE.where(NOW, _plan.c.project_id == project_id)
        if year is not None:
            query = query.where(_plan.c.year == year_key(year))
        query = query.order_by(_plan.c.year.desc()).limit(1)
        async with self.reading() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else plan_of(row)

    async def plans(
        self,
        scope: Scope,
        *,
        order_by: str | None = None,
        descending: bool = False,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Plan]:
        """Whole plans. `order_by`: an amount field, `share` (what the scope's amount field is of the
        total), `year` or `name`; else the order they came in."""
        async with self.reading() as connection:
            where = await conditions(connection, scope)
            if order_by in AMOUNT_FIELDS and limit is not None:
                ids = await _ranked(connection, where, order_by, descending, limit, offset)
            else:
                chosen: Select[Any] = select(_plan.c.id).where(*where)
                if order_by == "name":
                    chosen = chosen.join(models.project, models.project.c.id == _plan.c.project_id)
                chosen = in_order(chosen, order_by, descending, scope.field)
                chosen = chosen.limit(limit).offset(offset)
                ids = list((await connection.execute(chosen)).scalars())
            found: dict[int, Plan] = {}
            for page in pages_of(ids):
                rows = await connection.execute(WHOLE.where(_plan.c.id.in_(page)))
                found.update((row.id, plan_of(row)) for row in rows)
        return [found[plan_id] for plan_id in ids]

    async def each_plan(self, scope: Scope) -> AsyncIterator[Plan]:
        """Every plan of the scope in pages, for those who go through all with little memory."""
        async with self.reading() as connection:
            where = await conditions(connection, scope)
            last = (0, -1)
            while True:
                after = models.plan.c.project_id > last[0]
                same = and_(_plan.c.project_id == last[0], _plan.c.year > last[1])
                query = in_order(
                    WHOLE.add_columns(_plan.c.year).where(*where, after | same), None, False
                )
                rows = (await connection.execute(query.limit(PAGE))).all()
                for row in rows:
                    yield plan_of(row)
                if len(rows) < PAGE:
                    return
                last = (rows[-1].project_id, rows[-1].year)

    async def count(self, scope: Scope) -> int:
        """How many plans."""
        async with self.reading() as connection:
            query = select(func.count()).select_from(_plan)
            query = query.where(*await conditions(connection, scope))
            return (await connection.execute(query)).scalar_one()

    async def groups(
        self,
        scope: Scope,
        field: str,
        amount: str = "total",
        *,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Group]:
        """The plans of a scope by what they hold in `category`, `region`, `contact_person`,
        `contact_phone`, `supervising_department` or `implementing_unit`: how many, and what they
        come to; the largest groups first."""
        by_unit = {
            "supervising_department": _plan.c.supervising_id,
            "implementing_unit": _plan.c.implementing_id,
        }
        column: Any = models.unit.c.name if field in by_unit else _plan.c[field]
        figures = (func.count(), func.sum(_plan.c[amount]), func.count(_plan.c[amount]))
        async with self.reading() as connection:
            query = select(column, *figures).select_from(_plan)
            if field in by_unit:
                query = query.outerjoin(models.unit, models.unit.c.id == by_unit[field])
            query = query.where(*await conditions(connection, scope)).group_by(column)
            query = query.order_by(func.count().desc(), column).limit(limit).offset(offset)
            return [
                Group(value, plans, from_parts(parts or 0), given)
                for value, plans, parts, given in await connection.execute(query)
            ]

    async def total(self, scope: Scope, field: str = "total") -> Total:
        """The exact sum of an amount field in 元, and over which plans."""
        amount, bit = _plan.c[field], BITS[field]
        stated = select(func.count(), func.sum(amount), func.count(amount)).select_from(_plan)
        others = select(
            func.sum(case((_plan.c.blanks.bitwise_and(bit) != 0, 1), else_=0)),
            func.sum(case((_plan.c.givens.bitwise_and(bit) != 0, 1), else_=0)),
        )
        blanks = unknown = 0
        async with self.reading() as connection:
            where = await conditions(connection, scope)
            plans, parts, given = (await connection.execute(stated.where(*where))).one()
            if given < plans:
                rest = others.where(*where, amount.is_(None))
                found = (await connection.execute(rest)).one()
                blanks, unknown = (int(number or 0) for number in found)
        return Total(
            from_parts(parts or 0), given, blanks, plans - given - blanks - unknown, unknown
        )

    async def years(self) -> list[tuple[int | None, int]]:
        """The years of current plans, newest first, with how many plans each; None: not stated."""
        query = select(_plan.c.year, func.count()).where(NOW).group_by(_plan.c.year)
        async with self.reading() as connection:
            rows = await connection.execute(query.order_by(_plan.c.year.desc()))
            return [(year_value(year), number) for year, number in rows]

    async def newest_year(self) -> int | None:
        """The year that questions without a year are about."""
        async with self.reading() as connection:
            return year_value(await newest_year(connection))

    async def indicators(
        self, scope: Scope, where: IndicatorWhere | None = None, *, limit: int | None = None
    ) -> list[tuple[Plan, Indicator]]:
        """Indicators of the plans of a scope, in the order of projects and then of the sheet."""
        table = models.indicator
        async with self.reading() as connection:
            query = select(table.c.plan_id, table.c.ordinal).join(
                _plan, _plan.c.id == table.c.plan_id
            )
            query = query.where(
                *await conditions(connection, scope), *indicator_where(where or IndicatorWhere())
            )
            query = query.order_by(_plan.c.project_id, _plan.c.year, table.c.ordinal).limit(limit)
            keys = [(row.plan_id, row.ordinal) for row in await connection.execute(query)]
            plans: dict[int, Plan] = {}
            for page in pages_of(list(dict.fromkeys(plan_id for plan_id, _ in keys))):
                rows = await connection.execute(WHOLE.where(_plan.c.id.in_(page)))
                plans.update((row.id, plan_of(row)) for row in rows)
        by_ordinal = {
            (plan_id, indicator.ordinal): indicator
            for plan_id, plan in plans.items()
            for indicator in plan.indicators
        }
        return [(plans[plan_id], by_ordinal[plan_id, ordinal]) for plan_id, ordinal in keys]

    async def findings(
        self,
        scope: Scope | None = None,
        *,
        code: str | None = None,
        severities: Collection[str] = (),
        limit: int | None = None,
    ) -> list[StoredFinding]:
        """Faults found in current plans of the scope; without one, also those of whole documents."""
        table = models.finding
        query = (
            select(table, _plan.c.project_id, _document.c.name.label("document"))
            .outerjoin(_plan, _plan.c.id == table.c.plan_id)
            .outerjoin(_document, _document.c.id == table.c.document_id)
            .order_by(table.c.id)
            .limit(limit)
        )
        if code is not None:
            query = query.where(table.c.code == code)
        if severities:
            query = query.where(table.c.severity.in_(severities))
        async with self.reading() as connection:
            query = query.where(*await _found_in(connection, scope))
            return [_finding_of(row) for row in await connection.execute(query)]

    async def finding_counts(self, scope: Scope | None = None) -> dict[tuple[str, str], int]:
        """How many findings of each (code, severity) there are, in plans and documents as above."""
        table = models.finding
        query = (
            select(table.c.code, table.c.severity, func.count())
            .outerjoin(_plan, _plan.c.id == table.c.plan_id)
            .group_by(table.c.code, table.c.severity)
        )
        async with self.reading() as connection:
            query = query.where(*await _found_in(connection, scope))
            rows = await connection.execute(query)
            return {(code, severity): number for code, severity, number in rows}


async def _found_in(connection: AsyncConnection, scope: Scope | None) -> list[Any]:
    """What findings of current plans in a scope satisfy; without one, those of documents do too."""
    if scope is not None:
        return list(await conditions(connection, scope))
    table = models.finding
    undone = select(_version.c.id).where(_version.c.undone_by.is_not(None))
    of_document = table.c.plan_id.is_(None) & table.c.version.not_in(undone)
    return [of_document | (table.c.plan_id.is_not(None) & NOW)]


async def _ranked(
    connection: AsyncConnection,
    where: Sequence[Any],
    order_by: str,
    descending: bool,
    limit: int,
    offset: int,
) -> list[int]:
    """A page of the ranking by an amount, plans without it at the end. The two kinds are asked for
    apart: together no engine takes the order from the index."""
    amount = _plan.c[order_by]
    stated = select(_plan.c.id).where(*where, amount.is_not(None))
    ordered = stated.order_by(amount.desc() if descending else amount.asc(), _plan.c.project_id)
    page = await connection.execute(ordered.limit(limit).offset(offset))
    ids = list(page.scalars())
    if len(ids) == limit:
        return ids
    before = offset + len(ids)
    if offset and not ids:
        counted = select(func.count()).select_from(stated.subquery())
        before = (await connection.execute(counted)).scalar_one()
    rest = select(_plan.c.id).where(*where, amount.is_(None)).order_by(_plan.c.project_id)
    rest = rest.limit(limit - len(ids)).offset(max(0, offset - before))
    return [*ids, *(await connection.execute(rest)).scalars()]


def _finding_of(row: Any) -> StoredFinding:
    place: Place | None = None
    if row.place is not None:
        place = decode_place(json.loads(row.place), row.document or "")
    return StoredFinding(
        row.code,
        row.severity,
        row.sentence,
        row.field,
        place,
        row.project,
        row.project_id,
        row.document,
    )


def indicator_where(where: IndicatorWhere) -> Iterable[Any]:
    table = models.indicator
    if where.core is not None:
        yield table.c.is_core.is_(where.core)
    if where.comparison is not None:
        yield table.c.comparison == where.comparison.value
    if where.unit_of_measure is not None:
        yield table.c.unit_of_measure == where.unit_of_measure
    if where.target_values:
        yield or_(*(_just(table.c.target_value, float(value)) for value in where.target_values))
    if where.points is not None:
        yield table.c.points == _points_key(where.points)


def _just(column: Any, value: float) -> Any:
    slack = SLACK * max(1.0, abs(value))
    return column.between(value - slack, value + slack)


def _points_key(points: Decimal) -> int:
    # Points finer than a ten-thousandth are nobody's; -1 matches none.
    parts = in_parts(points)
    return -1 if parts is None else parts


def pages_of(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + PAGE] for start in range(0, len(ids), PAGE))
