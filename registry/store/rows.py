"""Counting, ranking and dating the rows of indicator tables over many plans."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from operator import eq, ge, gt, le, lt
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from registry import models
from registry.models import PARTS_PER_YUAN
from registry.plan import Indicator, Plan
from registry.scope import IndicatorWhere, Scope
from registry.store.codec import from_parts
from registry.store.engine import Database
from registry.store.filters import conditions
from registry.store.plans import WHOLE, indicator_where, pages_of, plan_of

# Counts and points are whole in the database; a bound is rounded so that the same rows fit.
COMPARE = {
    "≥": (ge, ROUND_CEILING),
    ">": (gt, ROUND_FLOOR),
    "=": (eq, ROUND_FLOOR),
    "<": (lt, ROUND_CEILING),
    "≤": (le, ROUND_FLOOR),
}
_plan, _row = models.plan, models.indicator
# An indicator with a deadline in its name holds one of these (10月底, 2017年底, 三季度末).
DATED = ("月底", "月末", "月前", "月份", "年底", "年末", "季度", "月中")


class RowQueries(Database):
    """What is asked of indicators across plans; the database counts and ranks."""

    async def count_indicators(self, scope: Scope, where: IndicatorWhere | None = None) -> int:
        """How many indicators the plans of a scope have."""
        async with self.reading() as connection:
            query = select(func.count()).select_from(_row).join(_plan, _plan.c.id == _row.c.plan_id)
            query = query.where(
                *await conditions(connection, scope), *indicator_where(where or IndicatorWhere())
            )
            return int((await connection.execute(query)).scalar() or 0)

    async def ranked_by_indicators(
        self,
        scope: Scope,
        *,
        what: str,
        core: bool | None = None,
        descending: bool = True,
        limit: int = 20,
        holding: Sequence[tuple[str, Decimal]] = (),
    ) -> list[tuple[Plan, Decimal]]:
        """Plans by the number (`what`: "count") or summed points ("points") of their indicators,
        those for which every comparison (≥ > = < ≤) with a bound holds."""
        measure: ColumnElement[Any] = (
            func.count() if what == "count" else func.coalesce(func.sum(_row.c.points), 0)
        )
        async with self.reading() as connection:
            query = select(_plan.c.id, measure.label("measure")).join(
                _row, _row.c.plan_id == _plan.c.id
            )
            query = query.where(
                *await conditions(connection, scope), *indicator_where(IndicatorWhere(core=core))
            )
            order = measure.desc() if descending else measure.asc()
            query = query.group_by(_plan.c.id).order_by(order, _plan.c.id).limit(limit)
            for comparison, bound in holding:
                compare, rounding = COMPARE[comparison]
                value = bound if what == "count" else bound * PARTS_PER_YUAN
                query = query.having(compare(measure, int(value.to_integral_value(rounding))))
            found = [(row.id, row.measure) for row in await connection.execute(query)]
            plans = await self._by_id(connection, [plan_id for plan_id, _ in found])
        return [
            (plans[plan_id], Decimal(value) if what == "count" else from_parts(value))
            for plan_id, value in found
        ]

    async def extreme_points(
        self, scope: Scope, *, largest: bool = True, core: bool | None = None, limit: int = 30
    ) -> list[tuple[Plan, Indicator]]:
        """The indicators with the most (or fewest) points of all in the scope, ties included; `core`:
        of the core indicators (True), or of the others (False), alone."""
        async with self.reading() as connection:
            where = [
                *await conditions(connection, scope),
                *indicator_where(IndicatorWhere(core=core)),
            ]
            best = func.max(_row.c.points) if largest else func.min(_row.c.points)
            points = (
                await connection.execute(
                    select(best).join(_plan, _plan.c.id == _row.c.plan_id).where(*where)
                )
            ).scalar()
            if points is None:
                return []
            query = select(_row.c.plan_id, _row.c.ordinal).join(_plan, _plan.c.id == _row.c.plan_id)
            query = query.where(*where, _row.c.points == points)
            return await self._rows(connection, query.order_by(_row.c.plan_id).limit(limit))

    async def count_people(self, scope: Scope) -> int:
        """How many contact persons the plans of a scope name."""
        async with self.reading() as connection:
            query = select(func.count(func.distinct(_plan.c.contact_person)))
            query = query.where(*await conditions(connection, scope))
            return int((await connection.execute(query)).scalar() or 0)

    async def people_names(self, scope: Scope, *, limit: int, offset: int = 0) -> list[str]:
        """Contact persons in the order of their first projects, a page of them."""
        async with self.reading() as connection:
            query = select(_plan.c.contact_person).where(
                *await conditions(connection, scope), _plan.c.contact_person.is_not(None)
            )
            query = query.group_by(_plan.c.contact_person).order_by(func.min(_plan.c.project_id))
            rows = await connection.execute(query.limit(limit).offset(offset))
            return [str(name) for name in rows.scalars()]

    async def dated_indicators(
        self, scope: Scope, *, limit: int = 500
    ) -> list[tuple[Plan, Indicator]]:
        """The indicators whose name may hold a deadline."""
        async with self.reading() as connection:
            query = select(_row.c.plan_id, _row.c.ordinal).join(_plan, _plan.c.id == _row.c.plan_id)
            named = or_(*(_row.c.name_key.contains(word, autoescape=True) for word in DATED))
            query = query.where(*await conditions(connection, scope), named)
            order = (_plan.c.project_id, _plan.c.year, _row.c.ordinal)
            return await self._rows(connection, query.order_by(*order).limit(limit))

    async def _rows(self, connection: Any, query: Any) -> list[tuple[Plan, Indicator]]:
        keys = [(row.plan_id, row.ordinal) for row in await connection.execute(query)]
        plans = await self._by_id(connection, list(dict.fromkeys(plan_id for plan_id, _ in keys)))
        by_ordinal = {
            (plan_id, indicator.ordinal): indicator
            for plan_id, plan in plans.items()
            for indicator in plan.indicators
        }
        return [(plans[plan_id], by_ordinal[plan_id, ordinal]) for plan_id, ordinal in keys]

    async def _by_id(self, connection: Any, ids: Sequence[int]) -> dict[int, Plan]:
        plans: dict[int, Plan] = {}
        for page in pages_of(ids):
            rows = await connection.execute(WHOLE.where(_plan.c.id.in_(page)))
            plans.update((row.id, plan_of(row)) for row in rows)
        return plans
