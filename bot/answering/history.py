"""Answers on what changed: of one project what each version did, of the registry its last versions."""

from __future__ import annotations

from bot.answer import Block, Fact, FactKind, Headline, Line, Note, Paragraph, Phrase
from bot.answering.facts import Result, about, answer, project_fact
from bot.phrases import answer_phrases, line
from bot.question.evidence import plan_of
from bot.question.query import Query
from bot.question.sources import Sources
from registry.plan import AMOUNT_FIELDS, Plan
from registry.scope import FieldChange, HistoryEntry, Version

LAST_VERSIONS = 5


async def answer_history(query: Query, sources: Sources) -> Result:
    """What the versions changed in a project, first what the field asked for was before; without a
    project the last versions of the registry."""
    if not query.projects:
        return await _last_versions(sources)
    plan = await plan_of(sources, query.projects[0], query.year)
    entries = await sources.store.history(query.projects[0])
    changed = [entry for entry in entries if entry.changes and query.year in (None, entry.year)]
    if not changed:
        head = line("history.only", project=project_fact(plan))
        return about(plan, "history", [Headline(head)])
    blocks: list[Block] = [_before(plan, changed, query)]
    for entry in changed:
        blocks.append(Paragraph(_version(entry.version)))
        blocks += [Note(_change(change, entry.new or entry.old)) for change in entry.changes]
    return about(plan, "history", blocks)


async def _last_versions(sources: Sources) -> Result:
    versions = await sources.store.versions(limit=LAST_VERSIONS)
    blocks: list[Block] = [Headline(line("history.last"))]
    blocks += [Paragraph(_version(version, with_document=True)) for version in versions]
    return Result(answer("history", blocks))


def _before(plan: Plan, changed: list[HistoryEntry], query: Query) -> Headline:
    """What the field asked for said before its last change; else the heading of the list."""
    project = project_fact(plan)
    for name in query.fields:
        for entry in changed:
            of_field = [change for change in entry.changes if change.field == name and change.old]
            if entry.year == plan.year and of_field:
                return Headline(
                    line(
                        "history.before",
                        value=_value(of_field[0].old, name, entry.old),
                        project=project,
                        label=_label(name),
                        number=Fact(str(entry.version.number)),
                    )
                )
    if query.fields:
        labels = [piece for name in query.fields for piece in (Phrase("、"), _label(name))]
        return Headline(line("history.unchanged", project=project, label=tuple(labels[1:])))
    return Headline(line("history.list", project=project))


def _version(version: Version, *, with_document: bool = False) -> Line:
    words = answer_phrases()
    kind = Phrase(words.get(f"version.{version.kind}", words["version.other"]))
    told = line(
        "history.line",
        number=Fact(str(version.number)),
        date=Fact(f"{version.at:%Y-%m-%d}"),
        note=kind,
    )
    if with_document and version.document:
        return (*told, Phrase(" "), Fact(version.document))
    return told


def _label(field: str) -> Phrase:
    return Phrase(answer_phrases().get(f"label.{field}", field))


def _value(text: str | None, field: str, plan: Plan | None) -> Fact:
    unit = plan.amount_unit if plan is not None and field in AMOUNT_FIELDS else None
    return Fact("—" if text is None else f"{text}{unit or ''}")


def _change(change: FieldChange, plan: Plan | None) -> Line:
    name: Line = (_label(change.field),)
    if change.indicator:
        name = (Fact(change.indicator, FactKind.INDICATOR),)
        if change.part and (part := answer_phrases().get(f"part.{change.part}")):
            name = (*name, Phrase(part))
    return line(
        "history.change",
        label=name,
        old=_value(change.old, change.field, plan),
        new=_value(change.new, change.field, plan),
    )
