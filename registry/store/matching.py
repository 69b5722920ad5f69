"""Which project a plan belongs to: the same one over years, re-imports and confirmed renames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from registry import models
from registry.plan import Plan
from registry.scope import FieldChange
from registry.store.codec import fingerprint, year_key
from registry.store.corrections import Corrections, read_corrections
from registry.store.diff import differences
from registry.store.filters import NOW
from registry.store.plans import WHOLE, plan_of
from registry.text import folded

KEYS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ProjectKey:
    """What tells projects of one name apart."""

    name: str
    region: str
    units: tuple[str, str]
    occurrence: int = 1

    @classmethod
    def of(cls, plan: Plan) -> ProjectKey:
        """The key a plan would give to a new project."""
        units = (folded(plan.supervising_department or ""), folded(plan.implementing_unit or ""))
        return cls(folded(plan.name), folded(plan.region or ""), units)

    def row(self) -> dict[str, Any]:
        """Its columns in the project table."""
        return {
            "name_key": self.name,
            "region_key": self.region,
            "unit_keys": "\n".join(self.units),
            "occurrence": self.occurrence,
        }

    def likeness(self, other: ProjectKey) -> int | None:
        """How well two keys of one name agree; None: they are two projects.

        Half the units of a district have a 办公经费: another region, or units of which none is the
        same, make another project. What one side does not state does not tell them apart.
        """
        if self.region and other.region and not _same_place(self.region, other.region):
            return None
        points = 4 if self.region == other.region else 0
        mine = [unit for unit in self.units if unit]
        others = [unit for unit in other.units if unit]
        shared = sum(any(_same_place(unit, known) for known in others) for unit in mine)
        if mine and others and not shared:
            return None
        return points + shared + (1 if self.units == other.units else 0)


def _same_place(one: str, other: str) -> bool:
    """长寿区财政局 is 重庆市长寿区财政局: what is printed before it may be left out."""
    return one.endswith(other) or other.endswith(one)


@dataclass(frozen=True, slots=True)
class KnownProject:
    """A project that the registry has, by what tells it apart."""

    id: int
    name: str
    key: ProjectKey


@dataclass(frozen=True, slots=True)
class Planned:
    """What an import would do with one plan. No `project_id`: the project is new. No `old`: this
    year is new. Nothing in `changes`, and an `old`: the plan is known as it is."""

    plan: Plan
    project_id: int | None
    old: Plan | None
    source_hash: str
    key: ProjectKey
    changes: tuple[FieldChange, ...] = ()
    corrections: Corrections | None = None
    renamed_from: str | None = None

    @property
    def is_new(self) -> bool:
        """There was no plan of that project and year."""
        return self.old is None

    @property
    def is_changed(self) -> bool:
        """There was one and it said something else."""
        return self.old is not None and bool(self.changes)


class PlannedPlans:
    """What has `planned` plans, told apart."""

    __slots__ = ()
    planned: tuple[Planned, ...]

    @property
    def new(self) -> tuple[Planned, ...]:
        """Plans of projects or years that are not there yet."""
        return tuple(each for each in self.planned if each.is_new)

    @property
    def changed(self) -> tuple[Planned, ...]:
        """Plans that say something else now."""
        return tuple(each for each in self.planned if each.is_changed)

    @property
    def unchanged(self) -> tuple[Planned, ...]:
        """Plans that are known as they are."""
        return tuple(e for e in self.planned if not e.is_new and not e.is_changed)


@dataclass(frozen=True, slots=True)
class Known:
    """The current plan of a project and year."""

    plan: Plan
    source_hash: str
    corrections: Corrections


async def plan_import(
    connection: AsyncConnection,
    plans: Sequence[Plan],
    renames: Mapping[str, int],
    *,
    keep_repetition: bool = False,
) -> list[Planned]:
    """Compare plans just read with what the registry holds. `renames`: a new name and the project
    that has it now, as a steward confirmed. A plan that repeats another one is left out."""
    plans = [_numbered(plan) for plan in plans]
    projects = await _projects_named(connection, plans, renames)
    matched = _match(plans, projects, renames)
    names = {known.id: known.name for known in projects}
    ids = [project_id for project_id, _ in matched if project_id is not None]
    known = await _current_plans(connection, ids)
    planned: list[Planned] = []
    for plan, (found, key) in zip(plans, matched, strict=True):
        current = known.get((found or 0, year_key(plan.year)))
        planned.append(_compare(plan, found, key, current, names.get(found or 0)))
    return planned if keep_repetition else _without_repetition(planned)


def _numbered(plan: Plan) -> Plan:
    """Indicators are told apart by their number, so each must have its own."""
    if len({indicator.ordinal for indicator in plan.indicators}) == len(plan.indicators):
        return plan
    numbered = (replace(each, ordinal=at) for at, each in enumerate(plan.indicators, 1))
    return replace(plan, indicators=tuple(numbered))


def _compare(
    plan: Plan, project_id: int | None, key: ProjectKey, current: Known | None, name: str | None
) -> Planned:
    source_hash = fingerprint(plan)
    former = name if name is not None and folded(name) != folded(plan.name) else None
    if current is None:
        return Planned(plan, project_id, None, source_hash, key, renamed_from=former)
    if current.source_hash == source_hash:
        return Planned(plan, project_id, current.plan, source_hash, key)
    # The sheet says something new, but what was corrected and is still printed wrong stays right.
    kept = current.corrections.still_needed(plan)
    corrected = kept.apply(plan)
    changes = differences(current.plan, corrected)
    return Planned(corrected, project_id, current.plan, source_hash, key, changes, kept, former)


def _without_repetition(planned: Sequence[Planned]) -> list[Planned]:
    """A sheet that stands in a file twice is one plan."""
    seen: set[tuple[ProjectKey, int, str]] = set()
    kept: list[Planned] = []
    for each in planned:
        mark = (replace(each.key, occurrence=1), year_key(each.plan.year), each.source_hash)
        if mark not in seen:
            seen.add(mark)
            kept.append(each)
    return kept


async def _projects_named(
    connection: AsyncConnection, plans: Sequence[Plan], renames: Mapping[str, int]
) -> list[KnownProject]:
    project = models.project
    keys = sorted({folded(plan.name) for plan in plans})
    found: list[KnownProject] = []
    for start in range(0, len(keys), KEYS_AT_ONCE):
        some = project.c.name_key.in_(keys[start : start + KEYS_AT_ONCE])
        rows = await connection.execute(select(project).where(some))
        found.extend(KnownProject(row.id, row.name, _key_of(row)) for row in rows)
    if renames:
        rows = await connection.execute(select(project).where(project.c.id.in_(renames.values())))
        found.extend(KnownProject(row.id, row.name, _key_of(row)) for row in rows)
    return found


def _key_of(row: Row[Any]) -> ProjectKey:
    supervising, _, implementing = row.unit_keys.partition("\n")
    return ProjectKey(row.name_key, row.region_key, (supervising, implementing), row.occurrence)


def _match(
    plans: Sequence[Plan], projects: Sequence[KnownProject], renames: Mapping[str, int]
) -> list[tuple[int | None, ProjectKey]]:
    by_name: dict[str, list[KnownProject]] = {}
    for known in projects:
        by_name.setdefault(known.key.name, []).append(known)
    renamed = {folded(name): project_id for name, project_id in renames.items()}
    taken: dict[tuple[ProjectKey, int], list[str]] = {}
    matched: list[tuple[int | None, ProjectKey]] = []
    for plan in plans:
        key = ProjectKey.of(plan)
        # The second of two different sheets that nothing tells apart is a project of its own,
        # rather than one silently taking the other's place.
        before = taken.setdefault((key, year_key(plan.year)), [])
        mark = fingerprint(plan)
        if mark not in before:
            before.append(mark)
        key = replace(key, occurrence=before.index(mark) + 1)
        found = renamed.get(key.name) or _best(key, by_name.get(key.name, ()))
        matched.append((found, key))
    return matched


def _best(key: ProjectKey, candidates: Sequence[KnownProject]) -> int | None:
    alike = [
        (likeness, -known.id)
        for known in candidates
        if known.key.occurrence == key.occurrence
        and (likeness := key.likeness(known.key)) is not None
    ]
    return -max(alike)[1] if alike else None


async def _current_plans(
    connection: AsyncConnection, project_ids: Sequence[int]
) -> dict[tuple[int, int], Known]:
    plan = models.plan
    found: dict[tuple[int, int], Known] = {}
    ids = sorted(set(project_ids))
    for start in range(0, len(ids), KEYS_AT_ONCE):
        query = WHOLE.add_columns(plan.c.year, plan.c.source_hash)
        query = query.where(NOW, plan.c.project_id.in_(ids[start : start + KEYS_AT_ONCE]))
        for row in await connection.execute(query):
            known = Known(plan_of(row), row.source_hash, read_corrections(row.corrections))
            found[row.project_id, row.year] = known
    return found
