"""Changing the registry: every change is one transaction and one numbered version."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from registry import models
from registry.errors import ImportNotFound, NothingToUndo, PlanNotFound
from registry.plan import Plan
from registry.scope import Version
from registry.store.codec import year_key
from registry.store.engine import Database
from registry.store.filters import NOW
from registry.store.matching import Planned, ProjectKey, plan_import
from registry.store.plans import WHOLE, plan_of
from registry.store.writing import NewPlan, Writer
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
ADD_ALIAS = text(
    "INSERT INTO alias (alias_key, project_id, alias, by, version) "
    "VALUES (:alias_key, :project_id, :alias, :by, :version) "
    "ON CONFLICT (alias_key, project_id) DO NOTHING"
)


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
class Applied:
    """What an import did. No `version`: there was nothing to change."""

    version: int | None
    planned: tuple[Planned, ...]

    @property
    def new(self) -> tuple[Planned, ...]:
        """Plans of projects or years that were not there."""
        return tuple(each for each in self.planned if each.is_new)

    @property
    def changed(self) -> tuple[Planned, ...]:
        """Plans that said something else before."""
        return tuple(each for each in self.planned if each.is_changed)

    @property
    def unchanged(self) -> tuple[Planned, ...]:
        """Plans that were known as they are."""
        return tuple(e for e in self.planned if not e.is_new and not e.is_changed)


@dataclass
class Change:
    """A version in the making."""

    connection: AsyncConnection
    number: int
    by: str
    writer: Writer
    touched: set[int] = field(default_factory=set)

    async def put(self, plans: Sequence[tuple[NewPlan, Plan | None]]) -> None:
        """Keep plans, each instead of the one that held before."""
        await self.writer.retire([old.record.plan_id for _, old in plans if old and old.record])
        ids = await self.writer.add_plans([new for new, _ in plans])
        rows: list[dict[str, Any]] = []
        for plan_id, (new, old) in zip(ids, plans, strict=True):
            old_id = old.record.plan_id if old and old.record else None
            moved = old is not None and old.year != new.plan.year
            if moved and old is not None:
                rows.append(self.row(new.project_id, old.year, old_id, None))
            rows.append(self.row(new.project_id, new.plan.year, None if moved else old_id, plan_id))
        await self.note(rows)

    async def take_out(self, plans: Sequence[Plan]) -> None:
        """End plans without others in their place."""
        kept = [(plan, plan.record) for plan in plans if plan.record]
        await self.writer.retire([record.plan_id for _, record in kept])
        await self.note(
            [self.row(record.project_id, plan.year, record.plan_id, None) for plan, record in kept]
        )

    def row(
        self, project_id: int, year: int | None, old: int | None, new: int | None
    ) -> dict[str, Any]:
        """What is written down about a project and year."""
        return {
            "version": self.number,
            "project_id": project_id,
            "year": year_key(year),
            "old_plan_id": old,
            "new_plan_id": new,
        }

    async def note(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write down what was done to which project."""
        self.touched.update(row["project_id"] for row in rows)
        await self.writer.insert(models.change, rows)

    async def add_aliases(self, aliases: Iterable[tuple[str, int]]) -> None:
        """Let a project be found by another name."""
        rows = [
            {
                "alias_key": folded(alias),
                "project_id": project_id,
                "alias": alias,
                "by": self.by,
                "version": self.number,
            }
            for alias, project_id in aliases
        ]
        await self.writer.run(ADD_ALIAS, rows)
        self.touched.update(project_id for _, project_id in aliases)


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
            taken_back = await _version_to_undo(connection, version)
            change = await begin_change(connection, "undo", by, f"撤销版本 {taken_back}", None)
            await _reverse(change, taken_back)
            mark = update(models.version).where(models.version.c.id == taken_back)
            await connection.execute(mark.values(undone_by=change.number))
            await connection.execute(
                delete(models.alias).where(models.alias.c.version == taken_back)
            )
            await finish_change(change)
            return await _version(connection, change.number)

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
            return await _version(connection, number)

    @asynccontextmanager
    async def changing(self, kind: str, by: str, note: str | None) -> AsyncIterator[Change]:
        """A transaction that is one version."""
        async with self.writing() as connection:
            change = await begin_change(connection, kind, by, note, None)
            yield change
            await finish_change(change)


async def begin_change(
    connection: AsyncConnection,
    kind: str,
    by: str,
    note: str | None,
    document_id: int | None = None,
) -> Change:
    """Take the next version's number."""
    newest = (await connection.execute(select(func.max(models.version.c.id)))).scalar() or 0
    number = newest + 1
    row = {
        "id": number,
        "kind": kind,
        "at": datetime.now(UTC),
        "by": by,
        "note": note,
        "document_id": document_id,
    }
    await connection.execute(models.version.insert().values(**row))
    return Change(connection, number, by, Writer(connection, number))


async def finish_change(change: Change) -> None:
    """Give the touched projects the name and units of their newest plan."""
    ids = sorted(change.touched)
    rows: list[dict[str, Any]] = []
    for start in range(0, len(ids), 500):
        query = WHOLE.where(NOW, models.plan.c.project_id.in_(ids[start : start + 500]))
        newest: dict[int, Plan] = {}
        for row in await change.connection.execute(query.order_by(models.plan.c.year)):
            newest[row.project_id] = plan_of(row)
        for project_id, plan in newest.items():
            key = ProjectKey.of(plan).row()
            del key["occurrence"]
            rows.append(
                {"at": project_id, "new_name": plan.name} | {f"new_{k}": v for k, v in key.items()}
            )
    table = models.project
    renew = (
        update(table)
        .where(table.c.id == bindparam("at"))
        .values(
            name=bindparam("new_name"),
            name_key=bindparam("new_name_key"),
            region_key=bindparam("new_region_key"),
            unit_keys=bindparam("new_unit_keys"),
        )
    )
    await change.writer.run(renew, rows)


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


async def _version_to_undo(connection: AsyncConnection, number: int | None) -> int:
    version = models.version
    query = select(version.c.id, version.c.undone_by).order_by(version.c.id.desc()).limit(1)
    if number is None:
        query = query.where(version.c.undone_by.is_(None), version.c.kind.not_in(["undo", "alias"]))
    else:
        query = query.where(version.c.id == number)
    row = (await connection.execute(query)).first()
    if row is None and number is not None:
        raise ImportNotFound(f"没有版本 {number}。")
    if row is None:
        raise NothingToUndo("没有可以撤销的版本。")
    if row.undone_by is not None:
        raise NothingToUndo(f"版本 {number} 已经被版本 {row.undone_by} 撤销。")
    return int(row.id)


async def _reverse(change: Change, number: int) -> None:
    table, plan = models.change, models.plan
    rows = (await change.connection.execute(select(table).where(table.c.version == number))).all()
    current = {
        (row.project_id, row.year): row.id
        for row in await change.connection.execute(
            select(plan.c.id, plan.c.project_id, plan.c.year).where(
                NOW,
                plan.c.project_id.in_(select(table.c.project_id).where(table.c.version == number)),
            )
        )
    }
    for row in rows:
        if current.get((row.project_id, row.year)) != row.new_plan_id:
            raise NothingToUndo(f"版本 {number} 之后，同一项目又有新的改动：请先撤销较新的版本。")
    await change.writer.retire([row.new_plan_id for row in rows if row.new_plan_id])
    revived = [row.old_plan_id for row in rows if row.old_plan_id]
    for start in range(0, len(revived), PLANS_AT_ONCE):
        query = WHOLE.where(plan.c.id.in_(revived[start : start + PLANS_AT_ONCE]))
        plans = [(row.id, plan_of(row)) for row in await change.connection.execute(query)]
        await change.writer.revive(plans)
    await change.note(
        [
            {
                "version": change.number,
                "project_id": row.project_id,
                "year": row.year,
                "old_plan_id": row.new_plan_id,
                "new_plan_id": row.old_plan_id,
            }
            for row in rows
        ]
    )


async def _version(connection: AsyncConnection, number: int) -> Version:
    version, document = models.version, models.document
    query = (
        select(version, document.c.name.label("document"))
        .outerjoin(document, document.c.id == version.c.document_id)
        .where(version.c.id == number)
    )
    row = (await connection.execute(query)).first()
    if row is None:
        raise ImportNotFound(f"没有版本 {number}。")
    return version_of(row)


def version_of(row: Any) -> Version:
    """The value of a row of versions joined with their documents."""
    return Version(row.id, row.kind, row.at, row.by, row.note, row.document, row.undone_by)
