"""What the sheets say about the words of a question: in one plan, and in all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from bot.question.heard import Heard
from bot.question.sources import Sources
from bot.retrieval import Evidence, Feature, features, grams
from registry.amounts import exact_text
from registry.errors import PlanNotFound
from registry.plan import TEXT_FIELDS, Plan
from registry.scope import Scope
from registry.store.grams import grams_of
from registry.text import folded

KEPT_SAYINGS = 200
MOST_HITS = 100  # passages looked at for them
MOST_READ = 12  # plans read for the words of one question
FEW_TO_READ = 30  # up to so many plans every one is held against the words


async def plan_of(sources: Sources, project_id: int, year: int | None = None) -> Plan:
    """The project's plan; PlanNotFound where there is none."""
    plan = await sources.plan(project_id, year)
    if plan is None:
        raise PlanNotFound(f"project {project_id} has no plan for {year or 'any year'}")
    return plan


async def evidence_in(
    sources: Sources, heard: Heard, project_id: int, fields: Sequence[str] = ()
) -> list[Evidence]:
    """What one project's plan says about the words of the question, best first. Several rules ask
    the same of one question, so it is looked up once."""
    key = (project_id, heard.content, heard.beside, tuple(fields))
    kept = sources.evidence.get(key)
    if kept is None:
        if len(sources.evidence) >= KEPT_SAYINGS:
            sources.evidence.clear()
        kept = sources.evidence[key] = await _evidence_in(sources, heard, project_id, fields)
    return kept


async def _evidence_in(
    sources: Sources, heard: Heard, project_id: int, fields: Sequence[str]
) -> list[Evidence]:
    plan = await sources.plan(project_id)
    if plan is None or not heard.wanted:
        return []
    found = sources.retriever.find(plan, heard.wanted, fields)
    if (found and found[0].coverage >= 0.75) or all_known(heard.content, heard.frequency):
        return found
    by_sound = features(heard.content, heard.frequency, by_sound=True, beside=heard.beside)
    return sources.retriever.find(plan, by_sound, fields)


def all_known(segments: Iterable[str], frequency: Mapping[str, int]) -> bool:
    """Whether every pair of characters stands in some sheet: then none was mistyped, and words of
    the same sound need not be looked for."""
    return all(frequency.get(gram) for segment in segments for gram in grams(segment))


async def plans_stating(
    sources: Sources, yuan: Decimal, projects: Sequence[int] = ()
) -> list[Plan]:
    """The plans whose passages state an amount of money; of all, or of these projects."""
    plans = [plan for project in projects if (plan := await sources.plan(project)) is not None]
    plans = plans or await sources.all_if_at_most(FEW_TO_READ)
    if not plans:
        printed = f"{exact_text(yuan / 10_000)}万" if yuan >= 10_000 else f"{exact_text(yuan)}元"
        hits = await sources.store.search(grams_of(printed), limit=MOST_HITS, fields=TEXT_FIELDS)
        found = dict.fromkeys(hit.project_id for hit in hits if folded(printed) in folded(hit.text))
        plans = [plan for key in list(found)[:MOST_READ] if (plan := await sources.plan(key))]
    return [plan for plan in plans if stated_in(sources, plan, yuan)]


def stated_in(sources: Sources, plan: Plan, yuan: Decimal) -> list[Evidence]:
    """The figures of the plan's passages that are this amount of money."""
    return [
        Evidence(candidate, 1.0, 1.0, 1.0, frozenset(), frozenset())
        for candidate in sources.retriever.candidates(plan)
        if candidate.figure is not None and candidate.figure.yuan == yuan
    ]


Saying = list[tuple[int, Evidence]]


async def projects_saying(sources: Sources, heard: Heard, fields: Sequence[str] = ()) -> Saying:
    """The projects whose plans say something about the words, best first. Several rules ask the
    same of one question, so it is looked up once."""
    key = (heard.content, heard.beside, tuple(fields))
    kept = sources.saying.get(key)
    if kept is None:
        if len(sources.saying) >= KEPT_SAYINGS:
            sources.saying.clear()
        kept = sources.saying[key] = await _projects_saying(sources, heard, fields)
    return kept


async def _projects_saying(sources: Sources, heard: Heard, fields: Sequence[str]) -> Saying:
    few = await sources.few()
    wanted = [gram for segment in heard.content for gram in grams(segment)]
    # Among very many sheets some hold the very words; looking for synonyms too costs a second search.
    looked_for = list(dict.fromkeys([*wanted, *(_synonym_grams(heard.wanted) if few else ())]))
    if not looked_for:
        return []
    most = MOST_READ
    order: dict[int, int] = {}
    best: list[tuple[int, Evidence]] = []
    # Few enough to hold the words against every sheet: 非集 finds 非法集资 by no pair of its own.
    everything = await sources.all_if_at_most(FEW_TO_READ)
    if not everything or len(await sources.years()) > 1:
        hits = await sources.store.search(looked_for, limit=MOST_HITS, fields=list(fields) or None)
        for hit in hits:
            order[hit.project_id] = max(order.get(hit.project_id, 0), hit.matched)
    if everything and len(order) < FEW_TO_READ:
        for plan in everything:
            if plan.record is not None:
                order.setdefault(plan.record.project_id, 0)
        most = FEW_TO_READ
    likeliest = sorted(order, key=lambda key: -order[key])[:most]
    await sources.read_ahead(likeliest)
    for project_id in likeliest:
        found = await evidence_in(sources, heard, project_id, fields)
        if found:
            best.append((project_id, found[0]))
    return sorted(best, key=lambda pair: -pair[1].score)


def _synonym_grams(wanted: Iterable[Feature]) -> list[str]:
    return [
        gram
        for feature in wanted
        for word in feature.synonyms
        for gram in grams(word)
        if len(word) > 1
    ]


async def projects_of(sources: Sources, person: str) -> tuple[int, ...]:
    """The projects a person is the contact of, in the order of the sheets."""
    plans = await sources.store.plans(Scope(contact_person=person), limit=50)
    return tuple(plan.record.project_id for plan in plans if plan.record)


async def projects_of_unit(sources: Sources, unit: str) -> tuple[int, ...]:
    """The projects a unit supervises or runs, in the order of the sheets."""
    plans = await sources.store.plans(Scope(unit=unit), limit=50)
    return tuple(plan.record.project_id for plan in plans if plan.record)
