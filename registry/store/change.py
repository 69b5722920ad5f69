"""A version in the making: what is put, taken out and noted within one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from registry import models
from registry.errors import ImportNotFound
from registry.plan import Plan
from registry.scope import Version
from registry.store.codec import year_key
from registry.store.filters import NOW
from registry.store.matching import ProjectKey
from registry.store.plans import WHOLE, plan_of
from registry.store.writing import NewPlan, Writer
from registry.text import folded

ADD_ALIAS = text(
    "INSERT INTO alias (alias_key, project_id, alias, by, version) "
    "VALUES (:alias_key, :project_id, :alias, :by, :version) "
    "ON CONFLICT (alias_key, project_id) DO NOTHING"
)


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


async def read_version(connection: AsyncConnection, number: int) -> Version:
    """A version by its number."""
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
