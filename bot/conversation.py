"""The one object that answers: question -> queries -> answer, with what the conversation remembers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.answer import Answer, Block, Do, Fact, Headline, Note, Paragraph, Passage, Step
from bot.answering.computing import answer_compare, answer_rank, answer_share, answer_total
from bot.answering.content import answer_content
from bot.answering.facts import Result
from bot.answering.fields import answer_card, answer_fields, answer_sheet
from bot.answering.finding import (
    answer_document,
    answer_due,
    answer_find,
    answer_findings,
    answer_people,
    answer_phone,
)
from bot.answering.groups import answer_groups
from bot.answering.history import answer_history
from bot.answering.indicators import answer_indicators, count_indicators
from bot.answering.talking import (
    answer_ask_back,
    answer_gone,
    answer_loaded,
    answer_not_stated,
    answer_not_understood,
    answer_talk,
    answer_unknown,
    answer_unknown_year,
)
from bot.answering.years import answer_years
from bot.phrases import answer_phrases, line
from bot.question.context import Context, remembered
from bot.question.follow_up import settled
from bot.question.one_by_one import one_by_one
from bot.question.query import OF_A_SHEET, OVER_A_YEAR, Kind, Query
from bot.question.sources import Sources
from bot.question.understand import for_each_named, heard_in, with_fields_beside, worth_answering
from bot.question.understand import query_of as query_of_part
from registry.errors import PlanNotFound
from registry.index import NameIndex
from registry.plan import AMOUNT_FIELDS
from registry.store import Store

ANSWERS: dict[Kind, Callable[[Query, Sources], Awaitable[Result]]] = {
    Kind.CARD: answer_card,
    Kind.SHEET: answer_sheet,
    Kind.FIELDS: answer_fields,
    Kind.INDICATORS: answer_indicators,
    Kind.CONTENT: answer_content,
    Kind.FIND: answer_find,
    Kind.COUNT: count_indicators,
    Kind.TOTAL: answer_total,
    Kind.AVERAGE: answer_total,
    Kind.SHARE: answer_share,
    Kind.RANK: answer_rank,
    Kind.COMPARE: answer_compare,
    Kind.YEARS: answer_years,
    Kind.GROUPS: answer_groups,
    Kind.PEOPLE: answer_people,
    Kind.PHONE: answer_phone,
    Kind.DOCUMENT: answer_document,
    Kind.DUE: answer_due,
    Kind.FINDINGS: answer_findings,
    Kind.HISTORY: answer_history,
    Kind.ASK_BACK: answer_ask_back,
    Kind.WHICH_PROJECT: answer_ask_back,
    Kind.UNKNOWN_PROJECT: answer_unknown,
    Kind.NOT_STATED: answer_not_stated,
    Kind.UNKNOWN_YEAR: answer_unknown_year,
    Kind.LOADED: answer_loaded,
    Kind.GREETING: answer_talk,
    Kind.THANKS: answer_talk,
    Kind.HELP: answer_talk,
    Kind.READ_ONLY: answer_talk,
    Kind.NOT_UNDERSTOOD: answer_not_understood,
}

# Kinds that leave what was spoken of as it was.
PASSING = frozenset({Kind.GREETING, Kind.THANKS, Kind.HELP, Kind.READ_ONLY, Kind.NOT_UNDERSTOOD})
STEP_KINDS = {
    Do.SHOW: Kind.CARD,
    Do.SHEET: Kind.SHEET,
    Do.INDICATORS: Kind.INDICATORS,
    Do.CORE: Kind.INDICATORS,
    Do.INDICATOR: Kind.INDICATORS,
    Do.CONTACT: Kind.FIELDS,
    Do.FIELD: Kind.FIELDS,
    Do.LIST: Kind.FIND,
}
# Rules that complete the question before them.
SETTLES = frozenset({"choice between candidates", "same question again"})
MOST_PARTS = 6  # questions answered out of one message


@dataclass(frozen=True)
class Exchange:
    """An answer, what to remember for the next question (JSON), and how it was understood."""

    answer: Answer
    memory: dict[str, Any]
    trace: tuple[str, ...] = ()
    queries: tuple[Query, ...] = ()


@dataclass(frozen=True)
class Answered:
    """One question of a message with its result, and what is remembered after it."""

    query: Query
    result: Result
    context: Context


class Desk:
    """Answers questions and button presses over one registry."""

    def __init__(
        self,
        store: Store,
        index: NameIndex,
        today: Callable[[], date] = date.today,
        version: int | None = None,
    ) -> None:
        self.sources = Sources(store, index, today, version)

    async def ask(self, text: str, memory: dict[str, Any] | None = None) -> Exchange:
        """The answer to what a person typed. Each part of it is understood after the one before
        has been answered, so that it can refer to what that answer named."""
        await self.sources.refresh()
        async with self.sources.store.one_state():
            return await self._answer(text, memory)

    async def _answer(self, text: str, memory: dict[str, Any] | None) -> Exchange:
        context = Context.from_json(memory)
        answered: list[Answered] = []
        trace: list[str] = []
        parts = (await heard_in(text, context, self.sources))[:MOST_PARTS]
        for heard in [alone for part in parts for alone in for_each_named(part)]:
            query, names = await query_of_part(heard, context, self.sources)
            query = in_year(query, (memory or {}).get("default_year"))
            trace += [*heard.part.trace, *names]
            if answered and answered[-1].result.pending and names[0] in SETTLES:
                # 「预算数：经济证券化」: what would be asked back is said in the next breath.
                answered.pop()
            asked = await one_by_one(query, heard, self.sources)
            asked = asked or await with_fields_beside(query, heard, self.sources)
            if answered and (both := one_question(answered[-1].query, asked[0])) is not None:
                # 「谁负责，电话」: more fields of the same project belong to the answer before.
                asked[0] = both
                answered.pop()
            for one in asked:
                result = await self._result(one)
                context = after(one, result, context)
                answered.append(Answered(one, result, context))
        if not answered:
            nothing = Query(Kind.NOT_UNDERSTOOD, said=text[:200])
            answered = [Answered(nothing, await self._result(nothing), context)]
            trace = ["nothing to read"]
        places = worth_answering([each.query for each in answered])
        kept = [answered[place] for place in places]
        return Exchange(
            together([each.result.answer for each in kept]),
            kept[-1].context.to_json(),
            tuple(trace),
            tuple(each.query for each in kept),
        )

    async def press(self, step: Step, memory: dict[str, Any] | None = None) -> Exchange:
        """The answer to a button."""
        await self.sources.refresh()
        context = Context.from_json(memory)
        query = query_of(step, context)
        result = await self._result(query)
        memory_now = after(query, result, context).to_json()
        return Exchange(result.answer, memory_now, (f"button {step.do.value}",), (query,))

    async def _result(self, query: Query) -> Result:
        try:
            return _of_its_year(await ANSWERS[query.kind](query, self.sources), query)
        except PlanNotFound:
            return await answer_gone(query, self.sources)


# Answers that would not tell by themselves which year's sheet they are from.
WITHOUT_SCOPE = (OVER_A_YEAR | OF_A_SHEET) - {Kind.TOTAL, Kind.AVERAGE, Kind.SHARE, Kind.GROUPS}


def _of_its_year(result: Result, query: Query) -> Result:
    """The answer with the year that was asked for."""
    told = query.kind is Kind.FIELDS and set(query.fields) & set(AMOUNT_FIELDS)
    if query.year is None or query.kind not in WITHOUT_SCOPE or told or not result.answer.sources:
        return result
    note = Note(line("field.of_year", year=Fact(str(query.year))))
    blocks = (*result.answer.blocks, note)
    return replace(result, answer=replace(result.answer, blocks=blocks))


def query_of(step: Step, context: Context) -> Query:
    """What a button asks."""
    if step.do is Do.CHOOSE and context.pending is not None:
        return settled(context.pending, step.project_id)
    if step.do is Do.MORE and context.last is not None:
        return replace(context.last, page=step.page)
    known_field = step.do is not Do.FIELD or f"label.{step.field}" in answer_phrases()
    if step.do is not Do.LIST and (step.project_id <= 0 or not known_field or step.page < 0):
        # Forged, or of a message older than the registry: there is nothing it could lead to.
        return Query(Kind.UNKNOWN_PROJECT)
    kind = STEP_KINDS.get(step.do, Kind.CARD)
    projects = (step.project_id,) if step.project_id else ()
    fields: tuple[str, ...] = ()
    if step.do is Do.CONTACT:
        fields = ("contact_person", "contact_phone")
    elif step.do is Do.FIELD:
        fields = (step.field,)
        if step.field == "total":
            fields = ("total", "higher_level_grants", "district_funds", "other_funds")
    return Query(
        kind,
        projects=projects,
        fields=fields,
        core=True if step.do is Do.CORE else None,
        ordinal=step.item if step.do is Do.INDICATOR else None,
        page=step.page,
    )


def in_year(query: Query, year: object) -> Query:
    """The query in the year that the group has settled on for questions that name none; single
    projects keep their newest sheet."""
    if not isinstance(year, int) or query.year is not None or query.kind not in OVER_A_YEAR:
        return query
    return replace(query, year=year)


def one_question(before: Query, now: Query) -> Query | None:
    """Two questions for fields of the same projects as one, else None."""
    plain = all(
        query.kind is Kind.FIELDS
        and not (query.pairs or query.premise or query.holds or query.operation)
        for query in (before, now)
    )
    if not plain or before.projects != now.projects or before.in_unit != now.in_unit:
        return None
    return replace(
        now,
        fields=tuple(dict.fromkeys((*before.fields, *now.fields))),
        person=before.person or now.person,
    )


def together(answers: Sequence[Answer]) -> Answer:
    """The answers to the parts of one message as one."""
    if len(answers) == 1:
        return answers[0]
    first, *others = _quoted_once([block for part in answers for block in part.blocks])
    blocks = [Paragraph(b.line) if isinstance(b, Headline) else b for b in others]
    sources = dict.fromkeys(source for part in answers for source in part.sources)
    return replace(
        answers[0],
        kind="several",
        blocks=(first, *blocks),
        sources=tuple(sources),
        choices=tuple(choice for part in answers for choice in part.choices),
        steps=answers[-1].steps,
        project_ids=tuple(dict.fromkeys(p for part in answers for p in part.project_ids)),
    )


def _quoted_once(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with a passage that several answers quote only where it comes first, all that they
    mark in it marked there."""
    marks: dict[tuple[object, ...], set[tuple[int, int]]] = {}
    for block in blocks:
        if isinstance(block, Passage):
            marks.setdefault(_of_passage(block), set()).update(block.quote.marks)
    once: list[Block] = []
    for block in blocks:
        if not isinstance(block, Passage):
            once.append(block)
        elif (found := marks.pop(_of_passage(block), None)) is not None:
            once.append(replace(block, quote=replace(block.quote, marks=tuple(sorted(found)))))
    return once


def _of_passage(passage: Passage) -> tuple[object, ...]:
    quote = passage.quote
    return quote.project_id, quote.field, quote.place, quote.text


def after(query: Query, result: Result, context: Context) -> Context:
    """What the conversation remembers after an answer."""
    if query.kind in PASSING:
        return context
    projects = result.projects
    pending = None
    if result.pending:
        pending = replace(query, candidates=query.candidates or result.listed)
    return Context(
        last=query,
        projects=projects or context.projects,
        recent=remembered(context.recent, projects) if len(projects) <= 4 else context.recent,
        listed=result.listed
        if len(result.listed) > 1 or not context.listed
        else (context.listed if not result.rows else ()),
        rows=result.rows or (context.rows if result.indicator else ()),
        indicator=result.indicator,
        person=result.person or context.person,
        pending=pending,
        asked=_asked(query, projects, context),
        in_turn=_in_turn(query, projects, context),
    )


def _in_turn(query: Query, projects: tuple[int, ...], context: Context) -> tuple[int, ...]:
    """The projects asked for the same amount, question after question."""
    if query.kind is not Kind.FIELDS or len(projects) != 1 or len(query.fields) != 1:
        return ()
    if query.fields[0] not in AMOUNT_FIELDS:
        return ()
    same = context.last is not None and context.last.fields == query.fields
    before = context.in_turn if same else ()
    return (*(project for project in before if project not in projects), *projects)


MOST_ASKED = 3  # questions for passages that a sum can go over


def _asked(
    query: Query, projects: tuple[int, ...], context: Context
) -> tuple[tuple[str, ...], ...]:
    """The words looked for in passages of one project, question after question."""
    if query.kind is not Kind.CONTENT or query.operation is not None:
        return ()
    before = context.asked if projects == context.projects else ()
    return (*before, query.content)[-MOST_ASKED:]
