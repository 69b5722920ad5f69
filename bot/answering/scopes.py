"""The plans a query is about, as the store takes them."""

from __future__ import annotations

from bot.answer import Block, Fact, Note, Phrase
from bot.answering.facts import counted
from bot.phrases import line
from bot.question.query import Query
from bot.question.sources import Sources
from registry.plan import AMOUNT_FIELDS, ProjectCategory
from registry.scope import Scope

BOUNDS = {"≥": "yuan_at_least", ">": "yuan_more_than", "≤": "yuan_at_most", "<": "yuan_less_than"}


def scope_of(query: Query) -> Scope:
    """Person, unit, category, year and amounts of a query as a scope; what is left out is not in it."""
    values: dict[str, object] = {"year": query.year}
    if query.projects and not query.without:
        values["project_ids"] = query.projects
    if query.person and not query.leaves_out("person"):
        values["contact_person"] = query.person
        values.pop("project_ids", None)
    if query.category and not query.leaves_out("category"):
        values["category"] = ProjectCategory(query.category)
    if query.unit and not query.leaves_out("unit"):
        values["unit"] = query.unit
    values["field"] = query.of if query.of in AMOUNT_FIELDS else "total"
    held = query.holds if query.of in AMOUNT_FIELDS else ()
    values["shares"] = tuple((h.comparison, h.figure.value) for h in held if h.figure.unit == "%")
    for hold in held:
        bound = hold.figure.value
        if hold.figure.unit == "%":
            continue
        if hold.comparison == "=":
            values["yuan_at_least"] = values["yuan_at_most"] = bound
        else:
            values[BOUNDS[hold.comparison]] = bound
    if query.blank is not None and query.fields:
        values["missing_field" if query.blank else "given_field"] = query.fields[0]
    return Scope(**values)  # type: ignore[arg-type]


async def scope_note(query: Query, sources: Sources, count: int) -> list[Block]:
    """How far a computed figure reaches: how many projects, which years are loaded."""
    years = await sources.years()
    newest = await sources.store.newest_year()
    counted_year = query.year or newest
    shown = (Fact(str(counted_year)), Phrase("年")) if counted_year else line("total.no_year")
    blocks: list[Block] = [Note(line("total.scope", count=counted(count), years=shown))]
    others = sum(number for year, number in years if year is not None and year != counted_year)
    if others:
        blocks.append(Note(line("total.other_years", count=counted(others))))
    return blocks
