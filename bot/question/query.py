"""What was asked, as frozen values that can be printed, stored with the conversation and answered."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """The kinds of question the registry can be asked."""

    CARD = "card"  # a project, nothing more said
    SHEET = "sheet"  # the whole sheet
    FIELDS = "fields"  # fields of projects
    INDICATORS = "indicators"  # rows of indicator tables
    CONTENT = "content"  # something an indicator or a passage says
    FIND = "find"  # which projects, people or indicators answer to a condition
    COUNT = "count"
    TOTAL = "total"
    AVERAGE = "average"
    SHARE = "share"
    RANK = "rank"
    COMPARE = "compare"
    YEARS = "years"  # one field, year beside year
    GROUPS = "groups"  # the projects told apart by a field: 各单位多少钱
    PEOPLE = "people"  # the contact persons
    PHONE = "phone"  # whose phone is this
    DOCUMENT = "document"  # which projects rest on a document
    DUE = "due"  # indicators with a deadline
    FINDINGS = "findings"  # what is wrong with a sheet
    HISTORY = "history"  # what an earlier year or version said
    ASK_BACK = "ask_back"  # candidates are to be chosen from
    WHICH_PROJECT = "which_project"  # a field without a project
    NOT_STATED = "not_stated"  # a fact that sheets of this kind do not hold
    UNKNOWN_PROJECT = "unknown_project"  # something named that is not in the registry
    UNKNOWN_YEAR = "unknown_year"
    LOADED = "loaded"  # which years, how many projects
    GREETING = "greeting"
    THANKS = "thanks"
    HELP = "help"
    READ_ONLY = "read_only"  # somebody wants what is registered changed
    NOT_UNDERSTOOD = "not_understood"


# Asked over all projects of a year, and of the sheets of single ones.
OVER_A_YEAR = frozenset(
    {Kind.FIND, Kind.COUNT, Kind.TOTAL, Kind.AVERAGE, Kind.SHARE, Kind.RANK, Kind.GROUPS}
    | {Kind.PEOPLE, Kind.DUE}
)
OF_A_SHEET = frozenset(
    {Kind.CARD, Kind.SHEET, Kind.FIELDS, Kind.INDICATORS, Kind.CONTENT, Kind.COMPARE}
)


@dataclass(frozen=True, slots=True)
class Asserted:
    """A figure the asker states: "四百来万" is 4000000 元, about. `unit` is 元, 亿元 ..., %, or a measure.

    `value` is in `unit`; amounts of money are brought to 元. `said` is what was typed.
    """

    value: Decimal
    unit: str | None = None
    about: bool = False
    said: str = ""

    @property
    def is_money(self) -> bool:
        return self.unit == "元"


@dataclass(frozen=True, slots=True)
class Holds:
    """A condition on a figure: comparison is one of > ≥ < ≤ =; two of them make a range."""

    comparison: str
    figure: Asserted


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline asked for: month 1-12 (None: any), `until` where everything before counts too;
    `since` is the first month of several (三季度: 7 to 9)."""

    month: int | None = None
    year: int | None = None
    until: bool = False
    since: int | None = None

    def covers(self, month: int) -> bool:
        """Whether a month of the year is among those asked for."""
        if self.month is None:
            return True
        first = 1 if self.until else self.since or self.month
        return first <= month <= self.month


@dataclass(frozen=True, slots=True)
class Query:
    """A question. Fields that do not matter to its kind keep their defaults."""

    kind: Kind
    # --- about which projects
    projects: tuple[int, ...] = ()
    person: str | None = None
    unit: str | None = None
    category: str | None = None
    year: int | None = None
    years: tuple[int, ...] = ()  # year beside year
    without: bool = False  # 除了…: everything but what is named, or what of it is in `left_out`
    left_out: tuple[str, ...] = ()  # of several conditions those that must not hold: "person", ...
    persons_too: tuple[str, ...] = ()  # left out beside `person`
    units_too: tuple[str, ...] = ()
    # --- what of them
    fields: tuple[str, ...] = ()
    pairs: tuple[tuple[int, tuple[str, ...]], ...] = ()  # each project with its own fields
    content: tuple[str, ...] = ()  # words to be found in indicators and passages
    beside: tuple[str, ...] = ()  # words that only help to choose between passages
    content_in: tuple[str, ...] = ()  # only in these fields ("indicators" is one)
    in_full: bool = False  # all that is said of it (怎么赔, 奖补标准), not one clause
    aspects: tuple[str, ...] = ()  # of an indicator: target, points, unit, core, comparison, enough
    ordinal: int | None = None  # the n-th indicator, or of a ranking; -1 is the last
    core: bool | None = None
    extreme: str | None = None  # "max" or "min"
    of: str = "total"  # what is ranked, summed, counted: an amount field, points, indicators, ...
    # --- conditions and computation
    holds: tuple[Holds, ...] = ()
    operation: str | None = None  # sum, difference, ratio, share, average, larger
    blank: bool | None = None  # fields are to be blank (True) or given (False)
    top: int | None = None
    negated: bool = False
    yes_no: bool = False
    premise: tuple[Asserted, ...] = ()
    premise_person: str | None = None
    premise_unit: str | None = None
    in_unit: str | None = None
    places: int | None = None  # decimals that an amount is rounded to
    due: Due | None = None
    phone: str | None = None
    document: str | None = None
    lead: str | None = None  # first thing to say: "count" asks for a number before the list
    candidates: tuple[int, ...] = ()
    said: str = ""  # the words the query was made from
    page: int = 0

    def leaves_out(self, condition: str) -> bool:
        """Whether what was named as this condition is to be left out."""
        return self.without and (not self.left_out or condition in self.left_out)

    def about(self, *projects: int) -> Query:
        """The same question about other projects."""
        return replace(self, projects=projects, pairs=(), candidates=())


def to_json(value: Any) -> Any:
    """A query as JSON values; defaults are left out."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: to_json(getattr(value, f.name))
            for f in fields(value)
            if getattr(value, f.name) != f.default
        }
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    if isinstance(value, Decimal):
        return str(value)
    return value


def from_json(data: dict[str, Any]) -> Query:
    """The query that to_json wrote."""
    values = dict(data)
    values["kind"] = Kind(values["kind"])
    several = ("projects", "fields", "content", "content_in", "beside", "aspects", "candidates")
    for name in (*several, "left_out", "persons_too", "units_too", "years"):
        if name in values:
            values[name] = tuple(values[name])
    if "pairs" in values:
        values["pairs"] = tuple((project, tuple(names)) for project, names in values["pairs"])
    if "holds" in values:
        values["holds"] = tuple(
            Holds(item["comparison"], _asserted(item["figure"])) for item in values["holds"]
        )
    if "premise" in values:
        values["premise"] = tuple(_asserted(item) for item in values["premise"])
    if "due" in values:
        values["due"] = Due(**values["due"])
    return Query(**values)


def _asserted(data: dict[str, Any]) -> Asserted:
    return Asserted(**{**data, "value": Decimal(data["value"])})
