"""Questions about names: of projects, units, people and cited documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable
from itertools import islice

from sqlalchemy import ColumnElement, exists, func, literal_column, or_, select, union

from registry import models
from registry.scope import Citation, NameChange, Person, Scope, Unit
from registry.store.engine import Database
from registry.store.filters import NOW, conditions
from registry.text import folded

NAMES_AT_ONCE = 5000
# SQLite takes 32,766 parameters; a sentence has a few hundred substrings.
CANDIDATES_AT_ONCE = 900
MOST_OF_A_FORM = 40

_plan, _project = models.plan, models.project
HAS_PLAN = exists().where(_plan.c.project_id == _project.c.id, NOW)


class NameQueries(Database):
    """Reading names."""

    async def version(self) -> int:
        """The number of the newest version; other processes notice a change by it."""
        async with self.reading() as connection:
            newest = await connection.execute(select(func.max(models.version.c.id)))
            return newest.scalar() or 0

    async def names(self) -> AsyncIterator[tuple[int, str]]:
        """Every project that has a plan, by id; read in pages."""
        last = 0
        async with self.reading() as connection:
            while True:
                query = select(_project.c.id, _project.c.name).where(_project.c.id > last, HAS_PLAN)
                query = query.order_by(_project.c.id).limit(NAMES_AT_ONCE)
                rows = (await connection.execute(query)).all()
                for project_id, name in rows:
                    yield project_id, name
                if len(rows) < NAMES_AT_ONCE:
                    return
                last = rows[-1][0]

    async def name(self, project_id: int) -> str | None:
        """The project's newest name, also where it has no plan any more."""
        query = select(_project.c.name).where(_project.c.id == project_id)
        async with self.reading() as connection:
            return (await connection.execute(query)).scalar()

    async def find_projects(self, name: str) -> list[int]:
        """Projects of exactly that name or alias, but for width, brackets and spaces."""
        key = folded(name)
        by_name = select(_project.c.id).where(_project.c.name_key == key, HAS_PLAN)
        alias = models.alias
        by_alias = (
            select(_project.c.id)
            .join(alias, alias.c.project_id == _project.c.id)
            .where(alias.c.alias_key == key, HAS_PLAN)
        )
        async with self.reading() as connection:
            return sorted((await connection.execute(union(by_name, by_alias))).scalars())

    async def aliases(self) -> list[tuple[str, int]]:
        """What people call projects, former names included."""
        alias = models.alias
        query = select(alias.c.alias, alias.c.project_id).order_by(
            alias.c.project_id, alias.c.alias
        )
        async with self.reading() as connection:
            return [(name, project_id) for name, project_id in await connection.execute(query)]

    async def name_changes(self, since: int) -> list[NameChange]:
        """The projects touched after version `since`, each with all names that hold now."""
        change, alias = models.change, models.alias
        touched = select(change.c.project_id).where(change.c.version > since).distinct()
        named = select(_project.c.id, _project.c.name).where(_project.c.id.in_(touched), HAS_PLAN)
        others = select(alias.c.project_id, alias.c.alias).where(alias.c.project_id.in_(touched))
        async with self.reading() as connection:
            found: dict[int, list[str]] = {
                project_id: [] for project_id in (await connection.execute(touched)).scalars()
            }
            for project_id, name in await connection.execute(named):
                found[project_id].append(name)
            for project_id, name in await connection.execute(others.order_by(alias.c.alias)):
                if found[project_id]:
                    found[project_id].append(name)
        return [NameChange(project_id, tuple(names)) for project_id, names in found.items()]

    async def people(self, scope: Scope) -> list[Person]:
        """The contact persons of a scope in the order of their projects, one for each phone."""
        content = models.plan_content
        async with self.reading() as connection:
            where = await conditions(connection, scope)
            query = (
                select(
                    _plan.c.contact_person,
                    _json_text(self.dialect, "contact_phone"),
                    _json_text(self.dialect, "contact_phone_e164"),
                    _plan.c.project_id,
                )
                .join(content, content.c.plan_id == _plan.c.id)
                .where(*where, _plan.c.contact_person.is_not(None))
                .order_by(_plan.c.project_id)
            )
            rows = (await connection.execute(query)).all()
        found: dict[tuple[str, str | None, str | None], dict[int, None]] = {}
        for name, phone, e164, project_id in rows:
            found.setdefault((name, phone, e164), {})[project_id] = None
        return [Person(*key, tuple(projects)) for key, projects in found.items()]

    async def find_people(self, candidates: Collection[str]) -> list[str]:
        """Which of these strings are the name of a contact person."""
        person = models.person
        found: list[str] = []
        async with self.reading() as connection:
            for some in _batches(candidates):
                query = select(person.c.name).where(
                    person.c.name.in_(some),
                    exists().where(_plan.c.contact_person == person.c.name, NOW),
                )
                found.extend((await connection.execute(query)).scalars())
        return sorted(found, key=len, reverse=True)

    async def find_people_by_sound(self, sounds: Collection[str]) -> list[tuple[str, str]]:
        """(sound, name) of contact persons whose name sounds so: toneless pinyin, spaced."""
        person = models.person
        found: list[tuple[str, str]] = []
        async with self.reading() as connection:
            for some in _batches(sounds):
                query = select(person.c.sound, person.c.name).where(
                    person.c.sound.in_(some),
                    exists().where(_plan.c.contact_person == person.c.name, NOW),
                )
                found.extend((sound, name) for sound, name in await connection.execute(query))
        return found

    async def find_units(self, candidates: Collection[str]) -> list[Unit]:
        """The units that one of these strings names, in full or without the place before it; the
        longest first. 「长寿区水务局」「水务局」 both find 重庆市长寿区水务局."""
        form, unit = models.unit_form, models.unit
        # With EXISTS as a column, PostgreSQL would collect the units of all plans first.
        one = select(_plan.c.id).where(NOW).limit(1)
        supervises = one.where(_plan.c.supervising_id == unit.c.id).scalar_subquery()
        implements = one.where(_plan.c.implementing_id == unit.c.id).scalar_subquery()
        with_plans = select(unit.c.id, unit.c.name).where(
            or_(supervises.is_not(None), implements.is_not(None))
        )
        found: list[Unit] = []
        async with self.reading() as connection:
            for some in _batches({folded(candidate) for candidate in candidates}):
                named = select(form.c.form, form.c.unit_id).where(form.c.form.in_(some))
                by_unit: dict[int, list[str]] = {}
                taken = Counter[str]()
                for said, unit_id in await connection.execute(named):
                    # Every district has a 水务局: of so many that it names, any some stand for all.
                    taken[said] += 1
                    if taken[said] <= MOST_OF_A_FORM:
                        by_unit.setdefault(unit_id, []).append(said)
                if by_unit:
                    query = with_plans.where(unit.c.id.in_(list(by_unit)))
                    found.extend(
                        Unit(name, said)
                        for unit_id, name in await connection.execute(query)
                        for said in by_unit[unit_id]
                    )
        return sorted(found, key=lambda each: (-len(each.form), each.name))

    async def find_documents(self, key: str) -> list[Citation]:
        """Where a document is cited, by its key (`registry.documents.number_key` or a title's)."""
        citation = models.citation
        query = (
            select(_plan.c.project_id, citation)
            .join(_plan, _plan.c.id == citation.c.plan_id)
            .where(citation.c.key == key)
            .order_by(_plan.c.project_id, citation.c.ordinal)
        )
        async with self.reading() as connection:
            return [
                Citation(row.project_id, row.plan_id, row.key, row.title, row.number)
                for row in await connection.execute(query)
            ]


def _json_text(dialect: str, field: str) -> ColumnElement[str | None]:
    """A field out of the plan's JSON; `field` is ours, never a person's."""
    if dialect == "postgresql":
        return literal_column(f"(plan_content.content::json ->> '{field}')")
    return literal_column(f"json_extract(plan_content.content, '$.{field}')")


def _batches(candidates: Iterable[str]) -> Iterable[list[str]]:
    remaining = iter(sorted(set(candidates) - {""}))
    while some := list(islice(remaining, CANDIDATES_AT_ONCE)):
        yield some
