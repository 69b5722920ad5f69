"""Which plans a question is about, and the shapes in which the store answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from registry.plan import Comparison, Place, Plan, ProjectCategory


@dataclass(frozen=True, slots=True)
class Scope:
    """A set of current plans.

    Without a year it is the newest year of the registry, plans that state none included; where
    projects are named by id, each one's newest plan. `unit` is either of the two units, by its full
    name or without the place before it (水务局). Amounts bound the amount field `field`, in 元;
    `shares` what it is of the plan's total, in per cent, each by its sign (≥ 50).
    """

    project_ids: tuple[int, ...] | None = None
    year: int | None = None
    all_years: bool = False
    category: ProjectCategory | None = None
    unit: str | None = None
    contact_person: str | None = None
    phone_suffix: str | None = None
    field: str = "total"
    yuan_at_least: Decimal | None = None
    yuan_more_than: Decimal | None = None
    yuan_at_most: Decimal | None = None
    yuan_less_than: Decimal | None = None
    shares: tuple[tuple[str, Decimal], ...] = ()
    given_field: str | None = None
    missing_field: str | None = None  # blank, or no such part
    exclude_project_ids: tuple[int, ...] | None = None
    exclude_contact_persons: tuple[str, ...] = ()
    exclude_units: tuple[str, ...] = ()
    exclude_category: ProjectCategory | None = None


@dataclass(frozen=True, slots=True)
class IndicatorWhere:
    """A set of indicators."""

    core: bool | None = None
    comparison: Comparison | None = None
    unit_of_measure: str | None = None
    target_values: tuple[Decimal, ...] = ()  # one of these
    points: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """An exact sum in 元 and over how many plans: how many state the amount, left its cell blank,
    have no such part, or state it without a unit it could be brought to 元 by (not in the sum)."""

    yuan: Decimal
    given: int
    blank: int
    absent: int
    unknown: int = 0

    @property
    def plans(self) -> int:
        """How many plans were looked at."""
        return self.given + self.blank + self.absent + self.unknown


@dataclass(frozen=True, slots=True)
class Group:
    """The plans that hold the same value in a field (None: nothing), what an amount of theirs comes
    to in 元, and how many state it."""

    value: str | None
    plans: int
    yuan: Decimal
    given: int


@dataclass(frozen=True, slots=True)
class Person:
    """A contact person with one phone, and the projects where both stand together."""

    name: str
    phone: str | None
    e164: str | None
    project_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A department or unit by its full name, and the form of it that was said."""

    name: str
    form: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A document that a plan rests on or mentions."""

    project_id: int
    plan_id: int
    key: str
    title: str | None
    number: str | None


@dataclass(frozen=True, slots=True)
class PassageHit:
    """A clause or an indicator's name with some of the character pairs looked for.

    `field` is the Plan field it stands in ("indicators" for a name, then `ordinal` is the
    indicator's own; otherwise the n-th clause, from 1).
    """

    project_id: int
    plan_id: int
    field: str
    ordinal: int
    text: str
    matched: int


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One value before and after, as text a person can read; None: there was none.

    `field` is a Plan field, or `indicators` with `indicator` the name and `part` its field.
    """

    field: str
    old: str | None
    new: str | None
    indicator: str | None = None
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """One change of the registry. `kind`: load, import, correction, contact, rename, alias, remove,
    undo, restore."""

    number: int
    kind: str
    at: datetime
    by: str
    note: str | None
    document: str | None
    undone_by: int | None


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """What one version did to one project and year. No `new`: the plan was taken out."""

    version: Version
    year: int | None
    old: Plan | None
    new: Plan | None
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """A corrected field of a plan: what the sheet says, what holds instead, and why."""

    field: str
    original: str | None
    corrected: str | None
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """A finding with the project and document it belongs to."""

    code: str
    severity: str
    sentence: str
    field: str | None
    place: Place | None
    project: str | None
    project_id: int | None
    document: str | None


@dataclass(frozen=True, slots=True)
class GivenChange:
    """Somebody was told `old`; now it is `new` (None: the plan or the value is gone)."""

    who: str
    project_id: int
    project: str
    year: int | None
    field: str
    old: str
    new: str | None


@dataclass(frozen=True, slots=True)
class NameChange:
    """The names (the project's own first, then aliases) that hold now; none: the project is gone."""

    project_id: int
    names: tuple[str, ...]
