"""Taking in a file somebody sends: read, preview, confirm, undo. One path for chat and terminal."""

from __future__ import annotations

import asyncio
import csv
import io
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from registry.errors import ImportNotFound, UnreadableFile
from registry.export import INDICATOR_COLUMNS, PLAN_COLUMNS
from registry.export_files import guarded
from registry.loading import KEPT, add_starting_aliases, why_not_kept
from registry.plan import Plan
from registry.scope import Scope
from registry.store import Applied, Original, Planned, Store
from registry.store.matching import PlannedPlans
from registry.text import folded

if TYPE_CHECKING:
    from registry.findings import Finding
    from registry.reading import Reading

LABELS = {**INDICATOR_COLUMNS, **PLAN_COLUMNS, "indicators": "指标"}
# Told as "perhaps renamed" from here on. 「经济证券化项目」 and 「推进经济证券化项目」 are 82 alike,
# two unrelated projects of one office at most 60.
RENAMED_SIMILARITY = 75.0
# Names are held against those of the same unit only, and not against more than these.
MOST_COMPARED = 2000


@dataclass(frozen=True, slots=True)
class Renaming:
    """A project of the file that is new by its name, and the one it may have been."""

    new_name: str
    project_id: int
    old_name: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Preview(PlannedPlans):
    """What confirming a file would do. No `id`: there is nothing to confirm, `message` says why."""

    id: str | None
    file: str
    kind: str
    message: str | None
    known: bool
    planned: tuple[Planned, ...] = ()
    findings: tuple[Finding, ...] = ()
    renamings: tuple[Renaming, ...] = ()

    @property
    def fields_changed(self) -> int:
        """How many single values would change."""
        return sum(len(each.changes) for each in self.changed)


async def preview_file(
    store: Store,
    body: bytes,
    name: str,
    *,
    by: str,
    read: Callable[[Path, str], Reading] | None = None,
) -> Preview:
    """Read the bytes of a file and tell what they would change. Nothing is changed yet.

    `read` reads a file; by default in a process of its own with limits, started for this file. Who
    reads many gives a `SafeReader`'s.
    """
    name = Path(name.replace("\\", "/")).name or "文件"
    original = Original(name, body)
    known = await store.is_loaded(original.sha256)
    try:
        reading = await asyncio.to_thread(_read_bytes, body, name, read)
    except UnreadableFile as error:
        return Preview(None, name, "unreadable", error.message, known)
    if reading.kind not in KEPT or not reading.plans:
        message = why_not_kept(reading)
        return Preview(None, name, reading.kind, message, known, findings=reading.findings)
    version = await store.version()
    planned = tuple(await store.compare(reading.plans))
    renamings = await _renamings(store, planned)
    preview_id: str | None = None
    if any(each.is_new or each.is_changed for each in planned):
        preview_id = await store.keep_waiting(
            original, reading.plans, reading.findings, by=by, version=version
        )
    return Preview(
        preview_id, name, reading.kind, None, known, planned, reading.findings, renamings
    )


def difference_csv(preview: Preview) -> bytes:
    """The full difference as a table that a spreadsheet opens, cells safe against formulas."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(["项目", "年度", "情况", "字段", "指标", "旧值", "新值"])
    for each in preview.planned:
        name, year = each.plan.name, str(each.plan.year or "")
        if each.is_new:
            table.writerow([guarded(name), year, "新增"])
        for change in each.changes:
            field = LABELS.get(change.part or change.field, change.part or change.field)
            cells = (name, year, "变化", field, change.indicator, change.old, change.new)
            table.writerow(["" if cell in (None, "") else guarded(cell) for cell in cells])
    return out.getvalue().encode("utf-8-sig")


async def confirm(
    store: Store,
    preview_id: str,
    *,
    by: str,
    renames: Mapping[str, int] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Applied:
    """Do what was previewed, in one transaction. It is compared anew: what others changed since
    then is not undone unnoticed, `Applied` tells what was really done. `renames`: new name and the
    project that has it now. A second confirmation finds nothing."""
    waiting = await store.waiting(preview_id)
    if waiting is None:
        raise ImportNotFound("这份预览已经处理过或已过期，请重新发送文件。")
    applied = await store.save(
        waiting.plans,
        waiting.original,
        by=by,
        kind="import",
        findings=waiting.findings,
        renames=renames,
        on_progress=on_progress,
    )
    await store.drop_waiting(preview_id)
    await add_starting_aliases(store, [each.plan.name for each in applied.new])
    return applied


async def cancel(store: Store, preview_id: str) -> bool:
    """Forget a preview; whether there was one."""
    return await store.drop_waiting(preview_id)


async def _renamings(store: Store, planned: Sequence[Planned]) -> tuple[Renaming, ...]:
    """For each project that is new: one that is gone from its unit's list and has nearly its name,
    or its name in another unit."""
    fresh = [each for each in planned if each.project_id is None]
    here = {each.project_id for each in planned}
    found: list[Renaming] = []
    for each in fresh:
        candidates = await _candidates(store, each.plan)
        best = max(
            (
                (_similarity(each.plan, other), other)
                for other in candidates
                if other.record and other.record.project_id not in here
            ),
            key=lambda pair: pair[0],
            default=None,
        )
        if best is not None and best[0] >= RENAMED_SIMILARITY and best[1].record:
            other = best[1]
            found.append(
                Renaming(each.plan.name, best[1].record.project_id, other.name, round(best[0], 1))
            )
    return tuple(found)


async def _candidates(store: Store, plan: Plan) -> list[Plan]:
    namesakes = await store.find_projects(plan.name)
    found = await store.plans(Scope(project_ids=tuple(namesakes))) if namesakes else []
    unit = plan.implementing_unit or plan.supervising_department
    if unit is not None:
        found += await store.plans(Scope(unit=unit), limit=MOST_COMPARED)
        if plan.year is not None:
            found += await store.plans(Scope(unit=unit, year=plan.year - 1), limit=MOST_COMPARED)
    return found


def _similarity(new: Plan, old: Plan) -> float:
    return fuzz.ratio(folded(new.name), folded(old.name))


def _read_bytes(body: bytes, name: str, read: Callable[[Path, str], Reading] | None) -> Reading:
    """The readers want a file; its name on disk is ours, whatever the sender called it."""
    reader = read or _reader()
    with tempfile.TemporaryDirectory(prefix="registry-") as folder:
        file = Path(folder) / f"document{Path(name).suffix[:10]}"
        file.write_bytes(body)
        return reader(file, name)


def _reader() -> Callable[[Path, str], Reading]:
    from registry.reading import read_safely

    return read_safely
