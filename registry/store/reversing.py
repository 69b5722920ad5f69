"""Taking a version back."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from registry import models
from registry.errors import ImportNotFound, NothingToUndo
from registry.store.change import Change
from registry.store.filters import NOW
from registry.store.plans import WHOLE, plan_of

PLANS_AT_ONCE = 200


async def version_to_undo(connection: AsyncConnection, number: int | None) -> int:
    """The version of that number, or the newest that can be; NothingToUndo where it cannot."""
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


async def reverse(change: Change, number: int) -> None:
    """Let everything hold again that a version ended, and end what it brought."""
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
