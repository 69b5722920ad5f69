"""What a performance plan (绩效目标表) says, as plain values that need no database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

YUAN_PER_UNIT: Mapping[str, Decimal] = MappingProxyType(
    {"元": Decimal(1), "千元": Decimal(1000), "万元": Decimal(10_000), "亿元": Decimal(100_000_000)}
)

AMOUNT_FIELDS = ("total", "higher_level_grants", "district_funds", "other_funds")
FUNDING_SOURCES = AMOUNT_FIELDS[1:]
TEXT_FIELDS = ("overview", "approval_basis", "annual_objective")


class Comparison(StrEnum):
    """How a result is held against its target (指标性质), by the sign printed in plans."""

    AT_LEAST = "≥"
    MORE_THAN = ">"
    AT_MOST = "≤"
    LESS_THAN = "<"
    EQUAL = "="
    QUALITATIVE = "定性"


class ProjectCategory(StrEnum):
    """The kinds of project named in a plan's title."""

    PRIORITY_SPECIAL = "重点专项"
    GENERAL = "一般性项目"


class ValueState(StrEnum):
    """A value is given, left blank in the sheet, or has no part in this kind of sheet."""

    GIVEN = "given"
    BLANK = "blank"
    ABSENT = "absent"


class Place(NamedTuple):
    """Where a value stands in its document. All numbers count from 1; None: has no meaning there.

    `line` is a line of a text file, `page` a page of a PDF, `sheet` a worksheet's name,
    `table` the n-th table of the document, `row` and `column` count inside that table.
    A tuple, for every cell of every document has one: it is made in a third of the time.
    """

    file: str
    line: int | None = None
    page: int | None = None
    sheet: str | None = None
    table: int | None = None
    row: int | None = None
    column: int | None = None


# A place of a whole tuple: what the class does with its arguments, without the detour over their
# names, which would take two thirds of the time of making one.
place_of: Callable[[tuple[str | int | None, ...]], Place] = partial(tuple.__new__, Place)


@dataclass(frozen=True, slots=True)
class Record:
    """Where a plan stands in the registry: set by the store, absent on a plan just read."""

    project_id: int
    plan_id: int
    version: int
    loaded_at: datetime
    document: str
    corrected: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One row of the indicator table (绩效指标).

    `target` is the value as printed, without sign and unit ("8000", "显著提升"); `target_value`
    the same as a number where it is one. `core_mark` is what the sheet prints (是, 否, /), ""
    where the cell is blank and None where the sheet has no such column.
    """

    ordinal: int
    name: str
    level1: str | None = None
    level2: str | None = None
    comparison: Comparison | None = None
    target: str | None = None
    target_value: Decimal | None = None
    unit_of_measure: str | None = None
    points: Decimal | None = None
    core_mark: str | None = None
    actual: str | None = None
    blank: frozenset[str] = frozenset()
    printed: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)

    @property
    def is_core(self) -> bool:
        """Only a printed 是 (or a star) makes an indicator core; blank and / do not."""
        return self.core_mark in {"是", "★", "√", "Y", "Yes"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One project's performance plan for one year, as one sheet states it.

    Amounts are kept in the unit they were printed in (`amount_unit`: 元, 万元, 亿元).
    `blank` names the fields whose label stands in the sheet with an empty cell; a field that is
    None and not in `blank` has no part in this sheet. `printed` keeps the raw cell of every field
    whose typed value is not literally what the cell holds (markup, thousands separators, ...).
    `places` gives each field's cell. Keys of the three are this class's field names.
    """

    name: str
    title: str | None = None
    year: int | None = None
    region: str | None = None
    category: ProjectCategory | None = None
    table_number: str | None = None
    supervising_department: str | None = None
    implementing_unit: str | None = None
    budget_execution_weight: Decimal | None = None
    amount_unit: str | None = None
    total: Decimal | None = None
    higher_level_grants: Decimal | None = None
    district_funds: Decimal | None = None
    other_funds: Decimal | None = None
    overview: str | None = None
    approval_basis: str | None = None
    annual_objective: str | None = None
    contact_person: str | None = None
    contact_phone: str | None = None
    contact_phone_e164: str | None = None
    indicators: tuple[Indicator, ...] = ()
    blank: frozenset[str] = frozenset()
    printed: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    record: Record | None = None

    def state(self, field_name: str) -> ValueState:
        """Which of the three states the field is in."""
        if getattr(self, field_name) not in (None, ()):
            return ValueState.GIVEN
        return ValueState.BLANK if field_name in self.blank else ValueState.ABSENT

    def yuan(self, field_name: str = "total") -> Decimal | None:
        """An amount field in 元, exact; None where it is not given or its unit is unknown."""
        amount: Decimal | None = getattr(self, field_name)
        if amount is None or self.amount_unit is None:
            return None
        return amount * YUAN_PER_UNIT[self.amount_unit]
