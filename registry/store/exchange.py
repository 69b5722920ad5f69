"""Plans out with all that belongs to them, and in again: the store's side of an export."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from registry import models
from registry.plan import Plan
from registry.scope import Scope
from registry.store.change import Change, begin_change, finish_change
from registry.store.changes import Changes
from registry.store.codec import decode_place, decode_plan
from registry.store.filters import conditions
from registry.store.matching import Planned, plan_import
from registry.store.plans import WHOLE
from registry.store.writing import NewPlan
from registry.text import folded

PLANS_AT_ONCE = 200
_plan, _document, _finding = models.plan, models.document, models.finding


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A file that was received, without its contents."""

    name: str
    sha256: str
    size: int
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Exported:
    """A current plan with everything that belongs to it. `content` is the plan as JSON."""

    project_id: int
    content: str
    source_hash: str
    corrections: str | None
    document: DocumentInfo | None
    findings: tuple[Mapping[str, Any], ...]


class Exchange(Changes):
    """Exporting and taking in an export."""

    async def each_exported(self, scope: Scope) -> AsyncIterator[Exported]:
        """The current plans of a scope in pages, as one moment had them."""
        last = (0, -1)
        async with self.reading() as connection:
            where = await conditions(connection, scope)
            while True:
                same = and_(_plan.c.project_id == last[0], _plan.c.year > last[1])
                query = WHOLE.add_columns(
                    _plan.c.year,
                    _plan.c.source_hash,
                    _document.c.sha256,
                    _document.c.size,
                    _document.c.at.label("received"),
                    _document.c.by,
                )
                query = query.where(*where, (_plan.c.project_id > last[0]) | same)
                query = query.order_by(_plan.c.project_id, _plan.c.year).limit(PLANS_AT_ONCE)
                rows = (await connection.execute(query)).all()
                findings = await _findings(connection, [row.id for row in rows])
                for row in rows:
                    yield _exported(row, findings.get(row.id, ()))
                if len(rows) < PLANS_AT_ONCE:
                    return
                last = (rows[-1].project_id, rows[-1].year)

    async def take_in(
        self,
        entries: Sequence[Exported],
        aliases: Sequence[tuple[str, int]],
        *,
        by: str,
        note: str,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> int | None:
        """Take in exported plans and aliases as one version; its number, None where all was there.
        The numbers of projects are those of the other registry: here they may be others."""
        async with self.writing() as connection:
            plans = [decode_plan(each.content) for each in entries]
            planned = await plan_import(connection, plans, {}, keep_repetition=True)
            both = list(zip(planned, entries, strict=True))
            todo = [pair for pair in both if pair[0].is_new or pair[0].is_changed]
            # One number there is one project here, also where its name changed over the years.
            ids = {entry.project_id: p.project_id for p, entry in both if p.project_id is not None}
            if not todo and not await _new_aliases(connection, aliases, ids):
                return None
            change = await begin_change(connection, "restore", by, note)
            for start in range(0, len(todo), PLANS_AT_ONCE):
                if on_progress is not None:
                    on_progress(start, len(todo))
                await _take_in(change, todo[start : start + PLANS_AT_ONCE], ids)
            fresh = await _new_aliases(connection, aliases, ids)
            await change.add_aliases(fresh)
            touched = {project_id for _, project_id in fresh} - change.touched
            await change.note([change.row(project_id, None, None, None) for project_id in touched])
            await finish_change(change)
            return change.number


async def _new_aliases(
    connection: AsyncConnection, aliases: Sequence[tuple[str, int]], ids: Mapping[int, int]
) -> list[tuple[str, int]]:
    """The aliases of known projects that are not here yet, with the projects' numbers here."""
    table = models.alias
    rows = await connection.execute(select(table.c.alias_key, table.c.project_id))
    here = {(row.alias_key, row.project_id) for row in rows}
    wanted = [(alias, ids[number]) for alias, number in aliases if number in ids]
    return [pair for pair in wanted if (folded(pair[0]), pair[1]) not in here]


async def _take_in(
    change: Change, todo: Sequence[tuple[Planned, Exported]], ids: dict[int, int]
) -> None:
    """Keep plans, entering projects that are new into `ids`."""
    first = await change.writer.next_id(models.project)
    rows: list[dict[str, Any]] = []
    for each, entry in todo:
        if entry.project_id not in ids:
            ids[entry.project_id] = first + len(rows)
            rows.append({"id": ids[entry.project_id], "name": each.plan.name} | each.key.row())
    await change.writer.insert(models.project, rows)
    documents = await _documents(change, [entry.document for _, entry in todo])
    kept: list[tuple[NewPlan, Plan | None]] = []
    for each, entry in todo:
        findings = tuple(_finding_of(raw, entry, each.plan.name) for raw in entry.findings)
        new = NewPlan(
            ids[entry.project_id],
            each.plan,
            entry.source_hash,
            documents.get(entry.document.sha256) if entry.document else None,
            entry.corrections,
            findings,
        )
        kept.append((new, each.old))
    await change.put(kept)


async def _documents(change: Change, wanted: Sequence[DocumentInfo | None]) -> dict[str, int]:
    """The numbers of documents by their hash; those not known here are entered without contents."""
    infos = {each.sha256: each for each in wanted if each is not None}
    known = await change.connection.execute(
        select(_document.c.sha256, _document.c.id).where(_document.c.sha256.in_(list(infos)))
    )
    found: dict[str, int] = {row.sha256: row.id for row in known}
    missing = [each for sha256, each in infos.items() if sha256 not in found]
    first = await change.writer.next_id(_document)
    rows = [
        {
            "id": number,
            "sha256": each.sha256,
            "name": each.name,
            "size": each.size,
            "at": each.at,
            "by": each.by,
        }
        for number, each in enumerate(missing, first)
    ]
    await change.writer.insert(_document, rows)
    return found | {each.sha256: number for number, each in enumerate(missing, first)}


def _exported(row: Any, findings: Sequence[Mapping[str, Any]]) -> Exported:
    document = None
    if row.sha256 is not None:
        document = DocumentInfo(row.document, row.sha256, row.size, row.received, row.by)
    return Exported(
        row.project_id, row.content, row.source_hash, row.corrections, document, tuple(findings)
    )


async def _findings(
    connection: AsyncConnection, plan_ids: Sequence[int]
) -> dict[int, list[Mapping[str, Any]]]:
    query = select(_finding).where(_finding.c.plan_id.in_(plan_ids)).order_by(_finding.c.id)
    found: dict[int, list[Mapping[str, Any]]] = {}
    for row in await connection.execute(query):
        found.setdefault(row.plan_id, []).append(
            {
                "code": row.code,
                "severity": row.severity,
                "sentence": row.sentence,
                "field": row.field,
                "place": json.loads(row.place) if row.place else None,
            }
        )
    return found


def _finding_of(raw: Mapping[str, Any], entry: Exported, project: str) -> Any:
    from registry.findings import Finding

    file = entry.document.name if entry.document else ""
    place = decode_place(raw["place"], file) if raw["place"] else None
    return Finding(raw["code"], raw["sentence"], raw["severity"], place, raw["field"], project)
