"""Answers without a value: greetings, help, questions asked back, and honest not-theres."""

from __future__ import annotations

from bot.answer import Block, Do, Fact, Headline, Line, Outcome, Paragraph, Phrase, Step
from bot.answering.content import nearest_passage
from bot.answering.facts import (
    Result,
    amount_text,
    answer,
    counted,
    id_of,
    project_fact,
    source_of,
    target_text,
)
from bot.phrases import answer_phrases, line, phrase
from bot.question.evidence import plan_of
from bot.question.query import Kind, Query
from bot.question.sources import Sources
from registry.plan import AMOUNT_FIELDS, Plan, ValueState
from registry.scope import Scope

FEW = 8
TELLING = 24  # characters of a candidate's telling fact


async def answer_talk(query: Query, sources: Sources) -> Result:
    """Greeting, thanks, help, and what a chat does not do."""
    if query.kind is Kind.THANKS:
        return Result(answer("talk", [Headline(line("talk.thanks"))], outcome=Outcome.TALK))
    if query.kind is Kind.READ_ONLY:
        return Result(answer("talk", [Headline(line("talk.read_only"))], outcome=Outcome.TALK))
    key = "talk.help" if query.kind is Kind.HELP else "talk.greeting"
    blocks: list[Block] = [Headline(line(key)), *await _loaded(sources)]
    example = await _example(sources)
    if example:
        blocks.append(Paragraph(line("talk.help_examples", example=example)))
    return Result(
        answer(
            "talk",
            blocks,
            outcome=Outcome.TALK,
            steps=[Step(answer_phrases()["button.list"], Do.LIST)],
        )
    )


async def answer_loaded(query: Query, sources: Sources) -> Result:
    """How many projects are loaded, of which years."""
    years = await sources.years()
    count = counted(sum(number for _, number in years))
    return Result(
        answer("loaded", [Headline(line("talk.loaded", count=count, years=_years(years)))])
    )


async def _loaded(sources: Sources) -> list[Block]:
    years = await sources.years()
    count = sum(number for _, number in years)
    return (
        [Paragraph(line("talk.loaded", count=counted(count), years=_years(years)))] if count else []
    )


def _years(years: list[tuple[int | None, int]]) -> Line:
    pieces: list[Phrase | Fact] = []
    for year, _ in years:
        if pieces:
            pieces.append(Phrase("、"))
        if year is not None:
            pieces += [Fact(str(year)), Phrase("年")]
        else:
            pieces.append(phrase("total.no_year"))
    return tuple(pieces)


async def _example(sources: Sources) -> Fact | None:
    plans = await sources.first(1)
    return project_fact(plans[0]) if plans else None


async def answer_not_understood(query: Query, sources: Sources) -> Result:
    """Nothing in the words is known here."""
    blocks: list[Block] = [Headline(line("unknown.not_understood"))]
    example = await _example(sources)
    if example:
        blocks.append(Paragraph(line("unknown.hint", example=example)))
    return Result(answer("not_understood", blocks, outcome=Outcome.NOT_UNDERSTOOD))


async def answer_unknown(query: Query, sources: Sources) -> Result:
    """What was named is not in the registry."""
    blocks: list[Block] = [Headline(line("unknown.project"))]
    if query.candidates:
        plan = await plan_of(sources, query.candidates[0])
        nearest = await nearest_passage(plan, query, sources)
        if nearest is not None:
            found = [*blocks, nearest]
            return Result(
                answer("unknown", found, outcome=Outcome.NOT_IN_REGISTRY, sources=[source_of(plan)])
            )
    example = await _example(sources)
    if example:
        blocks.append(Paragraph(line("unknown.hint", example=example)))
    return Result(answer("unknown", blocks, outcome=Outcome.NOT_IN_REGISTRY))


async def answer_not_stated(query: Query, sources: Sources) -> Result:
    """What no sheet of this kind states."""
    blocks: list[Block] = []
    for project in query.projects[:FEW]:
        plan = await plan_of(sources, project, query.year)
        blocks.append(Headline(line("content.not_said", project=project_fact(plan))))
    if not blocks:
        blocks.append(Headline(line("unknown.not_stated")))
    return Result(answer("not_stated", blocks, outcome=Outcome.BLANK), projects=query.projects)


async def answer_unknown_year(query: Query, sources: Sources) -> Result:
    """That year's sheets are not loaded."""
    years = await sources.years()
    return Result(
        answer(
            "unknown_year",
            [Headline(line("unknown.year", year=Fact(str(query.year)), years=_years(years)))],
            outcome=Outcome.NOT_IN_REGISTRY,
        ),
        projects=query.projects,
    )


async def answer_gone(query: Query, sources: Sources) -> Result:
    """That a project has no sheet of the year asked for, and which it has; or that it is gone."""
    head = line("unknown.project")
    newest = await sources.plan(query.projects[0]) if len(query.projects) == 1 else None
    if newest is not None and query.year is not None:
        scope = Scope(project_ids=query.projects, all_years=True)
        years = sorted(p.year for p in await sources.store.plans(scope) if p.year is not None)
        known = [piece for year in years for piece in (Phrase("、"), Fact(str(year)))]
        head = line(
            "unknown.year_of_project",
            project=project_fact(newest),
            year=Fact(str(query.year)),
            years=tuple(known[1:]),
        )
    return Result(answer("gone", [Headline(head)], outcome=Outcome.NOT_IN_REGISTRY))


async def answer_ask_back(query: Query, sources: Sources) -> Result:
    """Candidates to choose from, each with the fact that was asked for; or which project is meant."""
    if query.candidates:
        plans = await sources.store.plans(Scope(project_ids=query.candidates), limit=FEW)
        order = {project: place for place, project in enumerate(query.candidates)}
        plans.sort(key=lambda plan: order.get(id_of(plan), 0))
        head = line("ask.is_it" if len(plans) == 1 else "ask.which_of")
    else:
        count = await sources.count()
        if count > FEW:
            blocks: list[Block] = [
                Headline(line("ask.which_project")),
                Paragraph(line("ask.too_many", count=counted(count))),
            ]
            return Result(answer("ask_back", blocks, outcome=Outcome.ASKED_BACK), pending=True)
        plans = await sources.first(FEW)
        head = line("ask.which_project")
    choices = tuple(Step(_choice(plan, query), Do.CHOOSE, id_of(plan)) for plan in plans)
    ids = tuple(id_of(plan) for plan in plans)
    return Result(
        answer("ask_back", [Headline(head)], outcome=Outcome.ASKED_BACK, choices=choices),
        listed=ids,
        pending=True,
    )


def _choice(plan: Plan, query: Query) -> str:
    telling = telling_fact(plan, query)
    return f"{plan.name}：{telling}" if telling else plan.name


def telling_fact(plan: Plan, query: Query) -> str:
    """What tells a candidate from the others: the facts asked for, else its amount."""
    facts = dict.fromkeys(_told(plan, name) for name in query.fields)
    if facts:
        return "，".join(facts)
    if query.core is not None or query.aspects:
        rows = [row for row in plan.indicators if query.core is None or row.is_core is query.core]
        return _short("、".join(f"{row.name}{target_text(row)}" for row in rows)) if rows else ""
    return amount_text(plan, "total")


def _told(plan: Plan, name: str) -> str:
    """What a candidate's sheet says in a field."""
    nothing = answer_phrases()["field.not_given"]
    if name in AMOUNT_FIELDS:
        return amount_text(plan, name) or nothing
    if name in {"contact_person", "contact_phone"}:
        return (
            " ".join(part for part in (plan.contact_person, plan.contact_phone) if part) or nothing
        )
    given = plan.state(name) is ValueState.GIVEN
    return _short(str(getattr(plan, name))) if given else nothing


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= TELLING else f"{flat[:TELLING]}…"
