"""Changing the registry: every change is one transaction and one numbered version."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from registry import models
from registry.errors import PlanNotFound
from registry.plan import Plan
from registry.scope import Version
from registry.store.change import Change, begin_change, finish_change, read_version
from registry.store.engine import Database
from registry.store.filters import NOW
from registry.store.matching import Planned, PlannedPlans, plan_import
from registry.store.plans import WHOLE, plan_of
from registry.store.reversing import reverse, version_to_undo
from registry.store.writing import NewPlan
from registry.text import folded

if TYPE_CHECKING:
    from registry.findings import Finding

PLANS_AT_ONCE = 200
MANY = 500
LARGE_TABLES = (
    "plan",
    "plan_content",
    "project",
    "indicator",
    "citation",
    "passage",
    "passage_grams",
    "gram",
)
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Original:
    """A file as received."""

    name: str
    body: bytes

    @property
    def sha256(self) -> str:
        """By which the same file is known again, whatever its name."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Applied(PlannedPlans):
    """What an import did. No `version`: there was nothing to change."""

    version: int | None
    planned: tuple[Planned, ...]


class Changes(Database):
    """Writing plans, aliases and corrections, and taking that back."""

    async def is_loaded(self, sha256: str) -> bool:
        """Whether exactly this file was taken in, and that was not undone."""
        document, version = models.document, models.version
        query = (
            select(document.c.id, func.count(version.c.id), func.count(version.c.undone_by))
            .outerjoin(version, version.c.document_id == document.c.id)
            .where(document.c.sha256 == sha256)
            .group_by(document.c.id)
        )
        async with self.reading() as connection:
            row = (await connection.execute(query)).first()
        return row is not None and (row[1] == 0 or row[2] < row[1])

    async def compare(
        self, plans: Sequence[Plan], renames: Mapping[str, int] | None = None
    ) -> list[Planned]:
        """What taking these plans in would do; nothing is written."""
        async with self.reading() as connection:
            return await plan_import(connection, plans, renames or {})

    async def save(
        self,
        plans: Sequence[Plan],
        original: Original,
        *,
        by: str,
        kind: str = "load",
        findings: Sequence[Finding] = (),
        renames: Mapping[str, int] | None = None,
        on_progress: Progress | None = None,
    ) -> Applied:
        """Take in what one file holds: all of it or nothing. What is already known is left alone."""
        async with self.writing() as connection:
            planned = await plan_import(connection, plans, renames or {})
            todo = [each for each in planned if each.is_new or each.is_changed]
            document_id = await _keep_document(connection, original, by)
            if not todo:
                return Applied(None, tuple(planned))
            change = await begin_change(connection, kind, by, original.name, document_id)
            by_project = _by_project(findings)
            for start in range(0, len(todo), PLANS_AT_ONCE):
                if on_progress is not None:
                    on_progress(start, len(todo))
                some = todo[start : start + PLANS_AT_ONCE]
                await _take_in(change, some, document_id, by_project)
            # What is left is about plans known before, who keep their findings, or about no plan.
            known = {each.plan.name for each in planned}
            rest = [
                each for name, found in by_project.items() if name not in known for each in found
            ]
            await change.writer.add_findings([(None, document_id, finding) for finding in rest])
            await finish_change(change)
            await _look_anew(connection, len(todo))
            return Applied(change.number, tuple(planned))

    async def undo(self, *, by: str, version: int | None = None) -> Version:
        """Take a version back, the newest one that can be without a number; told is the version
        that did it. A version on whose plans a later one stands has to wait for that one's undo."""
        async with self.writing() as connection:
            taken_back = await version_to_undo(connection, version)
            change = await begin_change(connection, "undo", by, f"撤销版本 {taken_back}", None)
            await reverse(change, taken_back)
            mark = update(models.version).where(models.version.c.id == taken_back)
            await connection.execute(mark.values(undone_by=change.number))
            await connection.execute(
                delete(models.alias).where(models.alias.c.version == taken_back)
            )
            await finish_change(change)
            return await read_version(connection, change.number)

    async def remove(self, project_id: int, *, by: str, reason: str) -> Version:
        """Take a project with all its years out of what is answered; its history stays."""
        async with self.changing("remove", by, reason) as change:
            query = WHOLE.where(NOW, models.plan.c.project_id == project_id)
            plans = [plan_of(row) for row in await change.connection.execute(query)]
            if not plans:
                raise PlanNotFound(f"登记库里没有编号为 {project_id} 的项目。")
            await change.take_out(plans)
        return await self.version_info(change.number)

    async def add_alias(self, alias: str, project_id: int, *, by: str) -> None:
        """Let a project be found by another name."""
        await self.add_aliases([(alias, project_id)], by=by)

    async def add_aliases(self, aliases: Sequence[tuple[str, int]], *, by: str) -> int:
        """Several at once, as one version; those that are there already are left. How many came."""
        known = {(folded(alias), project_id) for alias, project_id in await self._known_aliases()}
        fresh = [pair for pair in aliases if (folded(pair[0]), pair[1]) not in known]
        if fresh:
            async with self.changing("alias", by, "、".join(alias for alias, _ in fresh)) as change:
                await change.add_aliases(fresh)
                await change.note([change.row(i, None, None, None) for i in {i for _, i in fresh}])
        return len(fresh)

    async def remove_alias(self, alias: str, project_id: int, *, by: str) -> bool:
        """The project is no longer found by that name; whether it was."""
        table = models.alias
        same = (table.c.alias_key == folded(alias), table.c.project_id == project_id)
        async with self.reading() as connection:
            if (await connection.execute(select(table).where(*same))).first() is None:
                return False
        async with self.changing("alias", by, f"删除 {alias}") as change:
            await change.connection.execute(delete(table).where(*same))
            await change.note([change.row(project_id, None, None, None)])
        return True

    async def _known_aliases(self) -> list[tuple[str, int]]:
        async with self.reading() as connection:
            rows = await connection.execute(select(models.alias.c.alias, models.alias.c.project_id))
            return [(alias, project_id) for alias, project_id in rows]

    async def version_info(self, number: int) -> Version:
        """Who did what and when."""
        async with self.reading() as connection:
            return await read_version(connection, number)

    @asynccontextmanager
    async def changing(self, kind: str, by: str, note: str | None) -> AsyncIterator[Change]:
        """A transaction that is one version."""
        async with self.writing() as connection:
            change = await begin_change(connection, kind, by, note, None)
            yield change
            await finish_change(change)


async def _take_in(
    change: Change,
    todo: Sequence[Planned],
    document_id: int,
    findings: dict[str, list[Finding]],
) -> None:
    fresh = {each.key: 0 for each in todo if each.project_id is None}
    if fresh:
        first = await change.writer.next_id(models.project)
        fresh = {key: number for number, key in enumerate(fresh, first)}
        names = {each.key: each.plan.name for each in todo}
        rows = [{"id": number, "name": names[key]} | key.row() for key, number in fresh.items()]
        await change.writer.insert(models.project, rows)
    await change.put(
        [
            (
                NewPlan(
                    fresh[each.key] if each.project_id is None else each.project_id,
                    each.plan,
                    each.source_hash,
                    document_id,
                    each.corrections.dump() if each.corrections else None,
                    tuple(findings.pop(each.plan.name, ())),
                ),
                each.old,
            )
            for each in todo
        ]
    )
    await change.add_aliases(
        [(e.renamed_from, e.project_id) for e in todo if e.renamed_from and e.project_id]
    )


async def _look_anew(connection: AsyncConnection, plans: int) -> None:
    """After much was written PostgreSQL must count anew, or it answers as if the tables were still
    small; by itself it does so a minute later. SQLite's plans need no counting."""
    if connection.dialect.name == "postgresql" and plans >= MANY:
        for table in LARGE_TABLES:
            await connection.execute(text(f"ANALYZE {table}"))


def _by_project(findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.project or "", []).append(finding)
    return found


async def _keep_document(connection: AsyncConnection, original: Original, by: str) -> int:
    document = models.document
    same = select(document.c.id).where(document.c.sha256 == original.sha256)
    known = (await connection.execute(same)).scalar()
    if known is not None:
        return int(known)
    number: int = ((await connection.execute(select(func.max(document.c.id)))).scalar() or 0) + 1
    row = {
        "id": number,
        "sha256": original.sha256,
        "name": original.name,
        "size": len(original.body),
        "at": datetime.now(UTC),
        "by": by,
    }
    await connection.execute(document.insert().values(**row))
    body = zlib.compress(original.body)
    await connection.execute(models.document_body.insert().values(document_id=number, body=body))
    return number
