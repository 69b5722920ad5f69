"""The registry's tables. Rows never leave the store: callers receive the values of `registry.plan`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    DDL,
    BigInteger,
    DateTime,
    Dialect,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    event,
    text,
)
from sqlalchemy.schema import ExecutableDDLElement
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field, SQLModel

# Amounts are kept as whole ten-thousandths of a 元, so that the database sums and compares exactly.
PARTS_PER_YUAN = 10_000
# A plan without a year is kept under this one, so that a year can always be compared.
NO_YEAR = 0

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An instant in UTC on every engine; SQLite by itself forgets the zone."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name == "postgresql":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


class Base(SQLModel):
    """Our own metadata, so that nobody else's sqlmodel tables are created with ours."""

    metadata = metadata


def _current_only(name: str, *columns: str, unique: bool = False) -> Index:
    """An index over the plans that hold now, which is all that questions look at. SQLite answers
    from the index alone only where `retired` itself is a column of it too."""
    now = text("retired IS NULL")
    return Index(name, *columns, unique=unique, sqlite_where=now, postgresql_where=now)


class VersionRow(Base, table=True):
    """One change of the registry: an import, a correction, an undo... Numbered without gaps.

    Whoever writes takes the next number first and thereby waits for the writer before it.
    """

    __tablename__ = "version"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    kind: str
    at: datetime = Field(sa_type=Moment)
    by: str
    note: str | None = Field(default=None, sa_type=Text)
    document_id: int | None = Field(default=None, foreign_key="document.id")
    undone_by: int | None = None


class DocumentRow(Base, table=True):
    """A file as it was received."""

    __tablename__ = "document"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    sha256: str = Field(unique=True)
    name: str = Field(sa_type=Text)
    size: int
    at: datetime = Field(sa_type=Moment)
    by: str


class DocumentBodyRow(Base, table=True):
    """The original file, compressed; apart, so that documents can be listed without it."""

    __tablename__ = "document_body"

    document_id: int = Field(
        primary_key=True, foreign_key="document.id", sa_column_kwargs={"autoincrement": False}
    )
    body: bytes = Field(sa_type=LargeBinary)


class ProjectRow(Base, table=True):
    """A project, over all years and renames. Its number is never given to another one."""

    __tablename__ = "project"
    __table_args__ = (Index("ix_project_name_key", "name_key"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str = Field(sa_type=Text)
    name_key: str = Field(sa_type=Text)
    region_key: str = Field(default="", sa_type=Text)
    unit_keys: str = Field(default="", sa_type=Text)
    occurrence: int = 1


class UnitRow(Base, table=True):
    """A department or unit, by its full printed name."""

    __tablename__ = "unit"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str = Field(unique=True, sa_type=Text)


class UnitFormRow(Base, table=True):
    """What a unit may be called: its folded name with 省, 市, 区, 县 cut off one after the other."""

    __tablename__ = "unit_form"

    form: str = Field(primary_key=True)
    unit_id: int = Field(primary_key=True, foreign_key="unit.id")


class PersonRow(Base, table=True):
    """A contact person and how the name sounds, so that a homophone finds it."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_sound", "sound"),)

    name: str = Field(primary_key=True)
    sound: str | None = None


class PlanRow(Base, table=True):
    """What of a plan is looked for, compared and summed. `retired` is the version that ended it."""

    __tablename__ = "plan"
    __table_args__ = (
        _current_only("ux_plan_now", "project_id", "year", unique=True),
        # One index answers what is summed, ranked or counted over a year without the table itself.
        _current_only(
            "ix_plan_sums",
            "year",
            "total",
            "higher_level_grants",
            "district_funds",
            "other_funds",
            "blanks",
            "givens",
            "project_id",
            "retired",
        ),
        _current_only("ix_plan_year_order", "year", "project_id", "retired"),
        _current_only("ix_plan_category", "category", "year", "total", "retired"),
        _current_only("ix_plan_supervisor", "supervising_id", "year", "total", "retired"),
        _current_only("ix_plan_implementer", "implementing_id", "year", "total", "retired"),
        _current_only("ix_plan_person", "contact_person", "year"),
        _current_only("ix_plan_phone", "phone_reversed"),
        Index("ix_plan_project_id", "project_id"),
        Index("ix_plan_document_id", "document_id"),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    project_id: int = Field(foreign_key="project.id")
    year: int
    version: int = Field(foreign_key="version.id")
    retired: int | None = None
    document_id: int | None = Field(default=None, foreign_key="document.id")
    source_hash: str
    category: str | None = None
    region: str | None = Field(default=None, sa_type=Text)
    supervising_id: int | None = Field(default=None, foreign_key="unit.id")
    implementing_id: int | None = Field(default=None, foreign_key="unit.id")
    contact_person: str | None = Field(default=None, sa_type=Text)
    phone_reversed: str | None = None
    total: int | None = Field(default=None, sa_type=BigInteger)
    higher_level_grants: int | None = Field(default=None, sa_type=BigInteger)
    district_funds: int | None = Field(default=None, sa_type=BigInteger)
    other_funds: int | None = Field(default=None, sa_type=BigInteger)
    # Bit n stands for the n-th of `FIELDS` (registry.store.codec): left blank; given.
    blanks: int = Field(default=0, sa_type=BigInteger)
    givens: int = Field(default=0, sa_type=BigInteger)


class PlanContentRow(Base, table=True):
    """The whole plan as JSON, apart from what is searched, so that scans stay short.

    `corrections` holds, for each corrected field, what the sheet says, why and by whom.
    """

    __tablename__ = "plan_content"

    plan_id: int = Field(
        primary_key=True, foreign_key="plan.id", sa_column_kwargs={"autoincrement": False}
    )
    content: str = Field(sa_type=Text)
    corrections: str | None = Field(default=None, sa_type=Text)


class ChangeRow(Base, table=True):
    """What a version did to one project and year: the plan before, the plan after."""

    __tablename__ = "change"
    __table_args__ = (Index("ix_change_project_id", "project_id"),)

    version: int = Field(primary_key=True, foreign_key="version.id")
    project_id: int = Field(primary_key=True, foreign_key="project.id")
    year: int = Field(primary_key=True)
    old_plan_id: int | None = None
    new_plan_id: int | None = None


class AliasRow(Base, table=True):
    """What people call a project; former names are kept here too."""

    __tablename__ = "alias"
    __table_args__ = (Index("ix_alias_project_id", "project_id"),)

    alias_key: str = Field(primary_key=True)
    project_id: int = Field(primary_key=True, foreign_key="project.id")
    alias: str = Field(sa_type=Text)
    by: str
    version: int = Field(foreign_key="version.id")


class FindingRow(Base, table=True):
    """A fault found in a document, or in one of its plans."""

    __tablename__ = "finding"
    __table_args__ = (
        Index("ix_finding_plan_id", "plan_id"),
        Index("ix_finding_document_id", "document_id"),
        Index("ix_finding_code", "code"),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    version: int = Field(foreign_key="version.id")
    document_id: int | None = Field(default=None, foreign_key="document.id")
    plan_id: int | None = Field(default=None, foreign_key="plan.id")
    project: str | None = Field(default=None, sa_type=Text)
    code: str
    severity: str
    sentence: str = Field(sa_type=Text)
    field: str | None = None
    place: str | None = Field(default=None, sa_type=Text)


# The four below repeat what stands in the contents of current plans, in the order of questions.


class IndicatorRow(Base, table=True):
    """An indicator of a current plan. Points are ten-thousandths, as amounts are."""

    __tablename__ = "indicator"
    __table_args__ = (
        Index("ix_indicator_core", "is_core", "plan_id"),
        Index("ix_indicator_target", "target_value"),
        Index("ix_indicator_points", "points"),
        Index("ix_indicator_unit", "unit_of_measure"),
    )

    plan_id: int = Field(primary_key=True, foreign_key="plan.id")
    ordinal: int = Field(primary_key=True)
    name_key: str = Field(sa_type=Text)
    comparison: str | None = None
    target: str | None = Field(default=None, sa_type=Text)
    target_value: float | None = None
    unit_of_measure: str | None = None
    points: int | None = Field(default=None, sa_type=BigInteger)
    is_core: bool = False


class CitationRow(Base, table=True):
    """A document that the basis or the overview of a current plan names."""

    __tablename__ = "citation"
    __table_args__ = (Index("ix_citation_key", "key", "plan_id"),)

    plan_id: int = Field(primary_key=True, foreign_key="plan.id")
    ordinal: int = Field(primary_key=True)
    key: str = Field(sa_type=Text)
    title: str | None = Field(default=None, sa_type=Text)
    number: str | None = Field(default=None, sa_type=Text)


class PassageRow(Base, table=True):
    """An indicator's name, or a clause of one of the long texts, of a current plan."""

    __tablename__ = "passage"
    __table_args__ = (Index("ix_passage_plan_id", "plan_id"),)

    id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    plan_id: int = Field(foreign_key="plan.id")
    field: str
    ordinal: int
    text: str = Field(sa_type=Text)


class GramRow(Base, table=True):
    """In how many passages of current plans a pair of characters stands."""

    __tablename__ = "gram"

    gram: str = Field(primary_key=True)
    passages: int


class PreviewRow(Base, table=True):
    """A file that was read and waits to be confirmed."""

    __tablename__ = "preview"

    id: str = Field(primary_key=True)
    at: datetime = Field(sa_type=Moment)
    by: str
    name: str = Field(sa_type=Text)
    sha256: str
    version: int
    reading: str = Field(sa_type=Text)
    body: bytes = Field(sa_type=LargeBinary)


class NameIndexRow(Base, table=True):
    """A piece of the name index as it was at a version, for a warm start."""

    __tablename__ = "name_index"

    key: str = Field(primary_key=True)
    version: int
    blob: bytes = Field(sa_type=LargeBinary)


class StateRow(Base, table=True):
    """What the bot remembers for a while: conversations, people and groups, counters, duplicates."""

    __tablename__ = "state"
    __table_args__ = (Index("ix_state_expires", "expires"),)

    space: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    value: str = Field(sa_type=Text)
    expires: float | None = None


class GivenRow(Base, table=True):
    """Which value somebody was last told, to tell them once when it is different."""

    __tablename__ = "given"
    __table_args__ = (Index("ix_given_project_id", "project_id"),)

    who: str = Field(primary_key=True)
    project_id: int = Field(primary_key=True)
    field: str = Field(primary_key=True)
    year: int
    value: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Moment)


def _table(model: type[SQLModel]) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


version = _table(VersionRow)
document = _table(DocumentRow)
document_body = _table(DocumentBodyRow)
project = _table(ProjectRow)
unit = _table(UnitRow)
unit_form = _table(UnitFormRow)
person = _table(PersonRow)
plan = _table(PlanRow)
plan_content = _table(PlanContentRow)
change = _table(ChangeRow)
alias = _table(AliasRow)
finding = _table(FindingRow)
indicator = _table(IndicatorRow)
citation = _table(CitationRow)
passage = _table(PassageRow)
gram = _table(GramRow)
preview = _table(PreviewRow)
name_index = _table(NameIndexRow)
state = _table(StateRow)
given = _table(GivenRow)

# The full-text index of passages, by space-joined pairs of characters (`registry.store.grams`).
# Both engines bring their own; neither can be told as a table of SQLAlchemy's.
SEARCH_TABLE = {
    "sqlite": (
        "CREATE VIRTUAL TABLE passage_grams USING fts5"
        "(grams, content='', detail=none, columnsize=0, tokenize='ascii')",
    ),
    "postgresql": (
        "CREATE TABLE passage_grams (rowid BIGINT PRIMARY KEY, grams TSVECTOR NOT NULL)",
        "CREATE INDEX ix_passage_grams_grams ON passage_grams "
        "USING gin (grams) WITH (fastupdate = off)",
    ),
}
for _dialect, _statements in SEARCH_TABLE.items():
    for _statement in _statements:
        _ddl: ExecutableDDLElement = DDL(_statement)  # type: ignore[no-untyped-call]
        event.listen(metadata, "after_create", _ddl.execute_if(dialect=_dialect))
