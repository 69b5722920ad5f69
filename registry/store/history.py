"""Correcting single values, and what became of a project over versions and years."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from registry import models
from registry.errors import InvalidCorrection, PlanNotFound
from registry.models import NO_YEAR
from registry.plan import Plan
from registry.scope import Correction, FieldChange, GivenChange, HistoryEntry, Scope, Version
from registry.store.change import Change, version_of
from registry.store.changes import Changes
from registry.store.codec import INDICATOR_FIELDS, decode_place, year_key, year_value
from registry.store.corrections import read_corrections, with_value
from registry.store.diff import differences, value_text
from registry.store.filters import NOW, conditions
from registry.store.plans import WHOLE, plan_of
from registry.store.writing import NewPlan
from registry.text import folded

if TYPE_CHECKING:
    from registry.findings import Finding

_plan, _version, _change = models.plan, models.version, models.change
VERSIONS = select(_version, models.document.c.name.label("document")).outerjoin(
    models.document, models.document.c.id == _version.c.document_id
)
REMEMBER = text(
    "INSERT INTO given (who, project_id, field, year, value, at) "
    "VALUES (:who, :project_id, :field, :year, :value, :at) "
    "ON CONFLICT (who, project_id, field) DO UPDATE SET "
    "year = excluded.year, value = excluded.value, at = excluded.at"
).bindparams(bindparam("at", type_=models.Moment()))


class History(Changes):
    """Corrections, and looking back."""

    async def correct(
        self,
        project_id: int,
        field: str,
        value: str | None,
        *,
        by: str,
        reason: str,
        year: int | None = None,
    ) -> Version:
        """Let another value hold for one field than the sheet's, which stays on record.

        `field` is a Plan field or `indicators.2.points`; no value makes it blank.
        """
        return await self.correct_many([(project_id, year, {field: value})], by=by, reason=reason)

    async def correct_many(
        self,
        corrections: Sequence[tuple[int, int | None, dict[str, str | None]]],
        *,
        by: str,
        reason: str,
        kind: str = "correction",
    ) -> Version:
        """Several corrections, (project, year, values by field), as one version."""
        if not reason.strip():
            raise InvalidCorrection("更正需要写明理由。")
        async with self.changing(kind, by, reason) as change:
            for project_id, year, values in corrections:
                await _correct_plan(change, project_id, year, values, reason)
        return await self.version_info(change.number)

    async def change_contact(
        self,
        person: str,
        *,
        new_person: str,
        new_phone: str | None,
        by: str,
        reason: str,
        scope: Scope | None = None,
    ) -> Version:
        """Another contact for all current plans of a person, of the newest year unless the scope
        says otherwise, in one step. Without a new phone the printed one stays."""
        scope = replace(scope or Scope(), contact_person=person)
        async with self.reading() as connection:
            where = await conditions(connection, scope)
            query = select(_plan.c.project_id, _plan.c.year).where(*where)
            rows = (await connection.execute(query.order_by(_plan.c.project_id))).all()
        if not rows:
            raise PlanNotFound(f"没有以「{person}」为联系人的项目。")
        values: dict[str, str | None] = {"contact_person": new_person}
        if new_phone is not None:
            values["contact_phone"] = new_phone
        each = [(row.project_id, row.year, values) for row in rows]
        return await self.correct_many(each, by=by, reason=reason, kind="contact")

    async def corrections(self, project_id: int, year: int | None = None) -> list[Correction]:
        """The corrected fields of a plan: what the sheet says, what holds, why, who and when."""
        async with self.reading() as connection:
            row = await _current(connection, project_id, year)
        return list(read_corrections(row[1]).by_field.values()) if row else []

    async def history(self, project_id: int) -> list[HistoryEntry]:
        """What each version did to the project, newest first."""
        query = (
            VERSIONS.add_columns(_change.c.year, _change.c.old_plan_id, _change.c.new_plan_id)
            .join(_change, _change.c.version == _version.c.id)
            .where(_change.c.project_id == project_id)
            .order_by(_version.c.id.desc(), _change.c.year.desc())
        )
        async with self.reading() as connection:
            rows = (await connection.execute(query)).all()
            ids = {row.old_plan_id for row in rows} | {row.new_plan_id for row in rows}
            whole = await connection.execute(WHOLE.where(_plan.c.id.in_(ids - {None})))
            plans = {row.id: plan_of(row) for row in whole}
        return [
            HistoryEntry(
                version_of(row),
                year_value(row.year),
                old := plans.get(row.old_plan_id),
                new := plans.get(row.new_plan_id),
                _changes(old, new),
            )
            for row in rows
        ]

    async def versions(self, limit: int | None = None) -> list[Version]:
        """Every version, newest first."""
        query = VERSIONS.order_by(_version.c.id.desc()).limit(limit)
        async with self.reading() as connection:
            return [version_of(row) for row in await connection.execute(query)]

    async def remember_given(
        self, who: str, project_id: int, year: int | None, fields: Iterable[str]
    ) -> None:
        """Note that somebody (a person or a group) was told these fields of the current plan."""
        plan = await self.plan_as_it_is(project_id, year)
        if plan is None:
            return
        now = datetime.now(UTC)
        rows = [
            {
                "who": who,
                "project_id": project_id,
                "field": field,
                "year": year_key(plan.year),
                "value": value,
                "at": now,
            }
            for field in dict.fromkeys(fields)
            if _has(plan, field) and (value := value_text(plan, field)) is not None
        ]
        if rows:
            async with self.state(write=True) as connection:
                await connection.execute(REMEMBER, rows)

    async def given_changes(self, since: int) -> list[GivenChange]:
        """Who was told a value that is another one since version `since`. What is told here is then
        noted as given, so that nobody is told twice."""
        touched = select(_change.c.project_id).where(_change.c.version > since).distinct()
        async with self.reading() as connection:
            ids = list((await connection.execute(touched)).scalars())
        found: list[GivenChange] = []
        for start in range(0, len(ids), 500):
            found += await self._given_differently(ids[start : start + 500])
        return found

    async def _given_differently(self, project_ids: Sequence[int]) -> list[GivenChange]:
        table = models.given
        async with self.state() as connection:
            query = select(table).where(table.c.project_id.in_(project_ids))
            told = (await connection.execute(query.order_by(table.c.who, table.c.project_id))).all()
        found: list[GivenChange] = []
        for row in told:
            year = year_value(row.year)
            plan = await self.plan_as_it_is(row.project_id, year)
            now = value_text(plan, row.field) if plan else None
            if now != row.value:
                name = plan.name if plan else ""
                found.append(
                    GivenChange(row.who, row.project_id, name, year, row.field, row.value, now)
                )
        await self._note_told(found)
        return found

    async def plan_as_it_is(self, project_id: int, year: int | None) -> Plan | None:
        """The current plan of exactly that year; without one, the project's newest."""
        async with self.reading() as connection:
            row = await _current(connection, project_id, year)
        return row[0] if row else None

    async def _note_told(self, changes: Sequence[GivenChange]) -> None:
        table = models.given
        if not changes:
            return
        async with self.state(write=True) as connection:
            for each in changes:
                same = (
                    table.c.who == each.who,
                    table.c.project_id == each.project_id,
                    table.c.field == each.field,
                )
                if each.new is None:
                    await connection.execute(delete(table).where(*same))
                else:
                    again = update(table).where(*same)
                    now = datetime.now(UTC)
                    await connection.execute(again.values(value=each.new, at=now))


async def _current(
    connection: AsyncConnection, project_id: int, year: int | None
) -> tuple[Plan, str | None, str, int | None] | None:
    """The current plan, its corrections, its sheet's fingerprint and its document."""
    newest = select(func.max(_plan.c.year)).where(_plan.c.project_id == project_id, NOW)
    at = newest.scalar_subquery() if year in (None, NO_YEAR) else year_key(year)
    query = WHOLE.add_columns(_plan.c.source_hash, _plan.c.document_id)
    query = query.where(NOW, _plan.c.project_id == project_id, _plan.c.year == at)
    row = (await connection.execute(query)).first()
    return (
        None if row is None else (plan_of(row), row.corrections, row.source_hash, row.document_id)
    )


async def _correct_plan(
    change: Change, project_id: int, year: int | None, values: dict[str, str | None], reason: str
) -> None:
    found = await _current(change.connection, project_id, year)
    if found is None:
        raise PlanNotFound(f"编号 {project_id} 的项目没有 {year or '任何'} 年度的绩效目标表。")
    old, kept, source_hash, document_id = found
    plan, corrections = old, read_corrections(kept)
    for field, value in values.items():
        before = value_text(plan, field) if _has(plan, field) else None
        plan = with_value(plan, field, value)
        after = value_text(plan, field)
        corrections = corrections.with_one(
            Correction(field, before, after, reason, change.by, datetime.now(UTC))
        )
    new = NewPlan(
        project_id,
        replace(plan, record=None),
        source_hash,
        document_id,
        corrections.dump(),
        await _findings_after(change.connection, old, plan, set(values)),
    )
    await change.put([(new, old)])
    if folded(plan.name) != folded(old.name):
        await change.add_aliases([(old.name, project_id)])


async def _findings_after(
    connection: AsyncConnection, old: Plan, new: Plan, corrected: set[str]
) -> tuple[Finding, ...]:
    """What is still to be found fault with: the checks run anew, the reader's findings stay except
    those about what was corrected."""
    from registry.checks import check_plan

    checked = {each.code for each in check_plan(old)}
    table = models.finding
    plan_id = old.record.plan_id if old.record else None
    rows = await connection.execute(select(table).where(table.c.plan_id == plan_id))
    stay = [
        finding_of(row, old.record.document if old.record else "")
        for row in rows
        if row.code not in checked and row.field not in corrected
    ]
    return (*stay, *check_plan(new))


def finding_of(row: Any, document: str) -> Finding:
    """A finding as it was first reported."""
    from registry.findings import Finding

    place = decode_place(json.loads(row.place), document) if row.place else None
    return Finding(row.code, row.sentence, row.severity, place, row.field, row.project)


def _has(plan: Plan, field: str) -> bool:
    # What is not there at all is told by `with_value`, with what to do about it.
    if not field.startswith("indicators."):
        return hasattr(plan, field)
    parts = field.split(".")
    return len(parts) == 3 and parts[1].isdecimal() and parts[2] in INDICATOR_FIELDS


def _changes(old: Plan | None, new: Plan | None) -> tuple[FieldChange, ...]:
    return differences(old, new) if old is not None and new is not None else ()
