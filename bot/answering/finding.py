"""Answers that find: which projects, whose phone, which documents, what is due, what is wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bot.answer import (
    Block,
    Fact,
    FactKind,
    Figure,
    Headline,
    Line,
    Note,
    Outcome,
    Paragraph,
    Passage,
    Phrase,
    Table,
)
from bot.answering.evidence import evidence_for, features_of
from bot.answering.facts import (
    Result,
    about,
    answer,
    counted,
    document_fact,
    field_fact,
    id_of,
    indicator_fact,
    money_text,
    points_cell,
    project_fact,
    project_names,
    source_of,
    steps_for,
    target_fact,
    value_or_blank,
)
from bot.answering.indicators import across_table, comparable, joined
from bot.answering.passages import dated_passages, quoted, sentence_around, text_of
from bot.answering.premises import holds, so_many
from bot.answering.scopes import scope_of
from bot.phrases import answer_phrases, label, line
from bot.question.deadlines import EVERY_TIME, UNTIL, Deadline, deadline_of, deadlines_in
from bot.question.documents import citations
from bot.question.evidence import plan_of
from bot.question.query import Due, Query
from bot.question.sources import Sources
from bot.retrieval import STRONG, Evidence, says_all_of, told_by
from registry.documents import cited_documents
from registry.passages import Span, sentences
from registry.phones import digits
from registry.plan import (
    AMOUNT_FIELDS,
    TEXT_FIELDS,
    Indicator,
    Plan,
    ProjectCategory,
    ValueState,
)
from registry.scope import Scope, StoredFinding

PAGE = 20
LEVEL = 0.1  # rows whose evidence is this close to the best say the same
MOST_COMPARED = 2000  # plans looked through one by one; beyond that the store decides alone


async def answer_find(query: Query, sources: Sources) -> Result:
    """The projects that answer to a condition."""
    if query.content and (query.content_in or query.fields != ("table_number",)):
        return await _by_content(query, sources)
    if query.fields == ("table_number",):
        return await _by_table(query, sources)
    scope = scope_of(query)
    if query.without:
        scope = excluding(scope, query)
    total = await sources.store.count(scope)
    plans = await sources.store.plans(scope, limit=PAGE, offset=query.page * PAGE)
    if not plans:
        return _nothing(query)
    shown = tuple(name for name in query.fields if query.blank is None)
    return Result(
        answer(
            "find",
            _listing(query, plans, total, shown),
            sources=[source_of(plan) for plan in plans],
            steps=steps_for(plans[0]) if len(plans) == 1 else (),
            projects=[id_of(plan) for plan in plans],
            page=query.page,
            pages=-(-total // PAGE),
        ),
        projects=tuple(id_of(plan) for plan in plans),
        listed=tuple(id_of(plan) for plan in plans),
        person=query.person,
    )


def excluding(scope: Scope, query: Query) -> Scope:
    """The scope with what the query leaves out taken from it."""
    scope = replace(scope, project_ids=None, exclude_project_ids=query.projects or None)
    if query.person and query.leaves_out("person"):
        scope = replace(scope, exclude_contact_persons=(query.person, *query.persons_too))
    if query.unit and query.leaves_out("unit"):
        scope = replace(scope, exclude_units=(query.unit, *query.units_too))
    if query.category and query.leaves_out("category"):
        scope = replace(scope, exclude_category=ProjectCategory(query.category))
    return scope


def _nothing(query: Query) -> Result:
    head = line("find.none")
    if query.blank:
        head = line("find.nothing_blank", label=label(query.fields[0]))
    return Result(answer("find", [Headline(head)], outcome=Outcome.NOT_IN_REGISTRY))


def _listing(query: Query, plans: list[Plan], total: int, shown: tuple[str, ...]) -> list[Block]:
    number = counted(total, [project_fact(plan) for plan in plans])
    blocks: list[Block] = []
    if len(plans) == 1 and total == 1 and not query.lead:
        plan = plans[0]
        head: Line = line("find.one", project=project_fact(plan))
        if query.person and not query.without:
            head = line(
                "find.person_one",
                person=field_fact(plan, "contact_person"),
                project=project_fact(plan),
            )
        blocks.append(Headline(head))
        if not shown and query.holds:
            shown = (query.of if query.of in AMOUNT_FIELDS else "total",)
        blocks += [
            Paragraph((label(name), Phrase("："), *value_or_blank(plan, name, query.in_unit)))
            for name in shown
        ]
        return blocks
    blocks.append(Headline((*so_many(query, total), *_heading(query, number))))
    fields = shown or (("total",) if query.blank is None else ())
    words = answer_phrases()
    columns = (words["column.project"], *(label(name).text for name in fields[:4]))
    rows = tuple(
        ((project_fact(plan),), *(value_or_blank(plan, name, query.in_unit) for name in fields[:4]))
        for plan in plans
    )
    if len(columns) == 1:
        blocks += [Paragraph((project_fact(plan),)) for plan in plans]
    else:
        blocks.append(Table(columns, rows))
    return blocks


def _heading(query: Query, number: Figure) -> Line:
    gaps: dict[str, Figure] = {"count": number}
    several = query.without and query.person and query.unit
    if query.left_out or query.persons_too or query.units_too or several:
        return line("find.list", **gaps)
    if query.person:
        key = "find.not_person" if query.without else "find.person"
        person = Fact(query.person, FactKind.PERSON)
        return line(key, person=person, **gaps)
    if query.blank is not None and query.fields:
        key = "find.blank" if query.blank else "find.given"
        return line(key, label=label(query.fields[0]), **gaps)
    if query.unit:
        key = "find.not_unit" if query.without else "find.unit"
        return line(key, unit=Fact(query.unit, FactKind.UNIT), **gaps)
    if query.category and not query.without:
        return line("find.category", category=Phrase(query.category), **gaps)
    if query.holds or query.projects or query.without:
        return line("find.list", **gaps)
    return line("find.all", **gaps)


async def _by_table(query: Query, sources: Sources) -> Result:
    wanted = query.content[0]
    for plan in await sources.store.plans(Scope(), limit=MOST_COMPARED):
        if plan.table_number and plan.table_number.replace(" ", "") == wanted:
            head = line(
                "field.table_is", project=project_fact(plan), value=field_fact(plan, "table_number")
            )
            return about(plan, "find", [Headline(head)], sources=[source_of(plan, "table_number")])
    return _nothing(query)


def _within(row: Indicator, query: Query) -> bool:
    """Whether a row's target fits the bounds that were said (满意度低于90%)."""
    for hold in query.holds:
        pair = comparable(row, hold.figure)
        if pair is None or not holds(pair[1], hold.comparison, pair[0]):
            return False
    return True


async def _by_content(query: Query, sources: Sources) -> Result:
    """Projects found by what they say: each with the row or clause that says it."""
    blocks: list[Block] = []
    told: list[tuple[Plan, Indicator]] = []
    plans = [await plan_of(sources, project, query.year) for project in query.projects[:PAGE]]
    for plan in plans:
        found = await evidence_for(plan, query.content, query, sources)
        if found and found[0].candidate.indicator is not None:
            told += [(plan, row) for row in _rows_saying(found, query)]
        elif found and len(query.projects) == 1 and not query.fields:
            blocks.append(sentence_around(plan, found[0]))
    if query.holds and not told and query.content_in == ("indicators",):
        return _nothing(query)
    if query.holds and told:
        plans = [plan for plan in plans if any(other is plan for other, _ in told)]
    number = counted(len(plans), [project_fact(plan) for plan in plans])
    head: Line = (
        line("find.said", count=number)
        if len(plans) > 1 or query.lead == "count"
        else line("find.one", project=project_fact(plans[0]))
    )
    extra: list[Block] = []
    for name in query.fields:
        for plan in plans:
            if plan.state(name) is ValueState.GIVEN and name not in TEXT_FIELDS:
                value = value_or_blank(plan, name, query.in_unit)
                named = (project_fact(plan), Phrase(" "), label(name), Phrase("："))
                extra.append(Paragraph((*named, *value)))
    if told:
        blocks.insert(0, _table_of(told))
    elif len(plans) > 1:
        blocks += [Paragraph((project_fact(plan),)) for plan in plans]
    rows = tuple((id_of(plan), row.ordinal) for plan, row in told)
    return Result(
        answer(
            "find", [Headline(head), *extra, *blocks], sources=[source_of(plan) for plan in plans],
            steps=steps_for(plans[0]) if len(plans) == 1 else (), projects=[id_of(plan) for plan in plans],
        ),
        projects=tuple(id_of(plan) for plan in plans),
        listed=tuple(id_of(plan) for plan in plans),
        rows=rows,
        indicator=rows[0] if len(rows) == 1 else None,
        person=plans[0].contact_person if len(plans) == 1 else None,
    )  # fmt: skip


def _rows_saying(found: list[Evidence], query: Query) -> list[Indicator]:
    """The rows that say it as well as the best, and fit what else was said of them."""
    best = found[0]
    rows = [
        e.candidate.indicator
        for e in found
        if e.coverage >= best.coverage - LEVEL or says_all_of(e, best)
    ]
    return [
        row
        for row in rows
        if row is not None and (not query.core or row.is_core) and _within(row, query)
    ]


def _table_of(rows: list[tuple[Plan, Indicator]]) -> Table:
    words = answer_phrases()
    columns = ("column.project", "column.indicator", "column.target", "column.points")
    cells = (
        (
            (project_fact(plan),),
            (indicator_fact(plan, row),),
            (target_fact(plan, row),),
            points_cell(plan, row),
        )
        for plan, row in rows
    )
    return Table(tuple(words[column] for column in columns), tuple(cells))


async def answer_people(query: Query, sources: Sources) -> Result:
    """The contact persons, each with phone and projects; very many are shown a page at a time."""
    whose = replace(query, holds=())  # these count a person's projects
    scope = excluding(scope_of(whose), query) if query.without else scope_of(whose)
    if query.extreme:
        return await _busiest_person(scope, query, sources)
    if query.holds:
        names = await _holding_so_many(scope, query, sources)
        total, shown = len(names), names[query.page * PAGE :][:PAGE]
    else:
        total = await sources.store.count_people(scope)
        shown = await sources.store.people_names(scope, limit=PAGE, offset=query.page * PAGE)
    plans: list[Plan] = []
    table: list[tuple[Line, ...]] = []
    for name in shown:
        theirs = await sources.store.plans(replace(scope, contact_person=name), limit=6)
        plans += theirs
        phones = dict.fromkeys(plan.contact_phone for plan in theirs if plan.contact_phone)
        phone = (
            Fact("、".join(phones), FactKind.PHONE, theirs[0].places.get("contact_phone"))
            if phones
            else None
        )
        person = field_fact(theirs[0], "contact_person")
        table.append(
            ((person,), (phone,) if phone else line("field.not_given"), project_names(theirs))
        )
    words = answer_phrases()
    columns = (words["column.person"], words["column.phone"], words["column.projects"])
    return Result(
        answer(
            "people",
            [
                Headline((*so_many(query, total), *line("people.list", count=counted(total)))),
                Table(columns, tuple(table)),
            ],
            sources=[source_of(plan) for plan in plans],
            page=query.page,
            pages=max(1, -(-total // PAGE)),
        )
    )


async def _holding_so_many(scope: Scope, query: Query, sources: Sources) -> list[str]:
    """The contact persons whose number of projects is as the question has it."""
    return [
        group.value
        for group in await sources.store.groups(scope, "contact_person")
        if group.value
        and all(
            holds(Decimal(group.plans), hold.comparison, hold.figure.value) for hold in query.holds
        )
    ]


async def _busiest_person(scope: Scope, query: Query, sources: Sources) -> Result:
    """Who is the contact of the most projects (or the fewest), or of the most money."""
    of_money = "total" in query.fields
    held = [
        (group.value, group.yuan if of_money else Decimal(group.plans))
        for group in await sources.store.groups(scope, "contact_person")
        if group.value and (group.given or not of_money)
    ]
    choose, key = (min, "least") if query.extreme == "min" else (max, "most")
    best = choose((number for _, number in held), default=Decimal(0))
    top = [name for name, number in held if number == best][:PAGE]
    figure = Figure(money_text(best, query.in_unit or "万元")) if of_money else counted(int(best))
    key = f"people.{key}_money" if of_money else f"people.{key}"
    blocks: list[Block] = [
        Headline(line(key, person=Fact(name, FactKind.PERSON), count=figure)) for name in top
    ]
    return Result(answer("people", blocks), person=top[0] if len(top) == 1 else None)


async def answer_phone(query: Query, sources: Sources) -> Result:
    """Whose phone it is, and of which projects."""
    wanted = query.phone or ""
    plans = await sources.store.plans(Scope(phone_suffix=wanted), limit=50)
    if not plans:
        return Result(
            answer("phone", [Headline(line("phone.unknown"))], outcome=Outcome.NOT_IN_REGISTRY)
        )
    by_person: dict[tuple[str, str], list[Plan]] = {}
    for plan in plans:
        by_person.setdefault(
            (plan.contact_person or "", digits(plan.contact_phone or "")[-7:]), []
        ).append(plan)
    blocks: list[Block] = []
    for whose in by_person.values():
        plan = whose[0]
        person = (
            field_fact(plan, "contact_person") if plan.contact_person else Fact("", FactKind.PERSON)
        )
        phone = field_fact(plan, "contact_phone")
        if len(whose) == 1:
            blocks.append(
                Headline(line("phone.is", phone=phone, person=person, project=project_fact(plan)))
            )
        else:
            blocks.append(
                Headline(
                    line("phone.is_many", phone=phone, person=person, count=counted(len(whose)))
                )
            )
            blocks += [Paragraph((project_fact(plan),)) for plan in whose]
    ids = tuple(id_of(plan) for plan in plans)
    return Result(
        answer(
            "phone",
            blocks,
            sources=[source_of(plan, "contact_phone") for plan in plans],
            steps=steps_for(plans[0]) if len(plans) == 1 else (),
            projects=ids,
        ),
        projects=ids,
        listed=ids if len(ids) > 1 else (),
        person=plans[0].contact_person
        if len({plan.contact_person for plan in plans}) == 1
        else None,
    )


async def answer_document(query: Query, sources: Sources) -> Result:
    """The projects that rest on a document, by its number."""
    cited = await citations(query.document or "", sources)
    ids = tuple(dict.fromkeys(citation.project_id for citation in cited))
    if not ids:
        return Result(
            answer(
                "document", [Headline(line("document.unknown"))], outcome=Outcome.NOT_IN_REGISTRY
            )
        )
    plans = [await plan_of(sources, project) for project in ids[:PAGE]]
    blocks: list[Block] = []
    if len(plans) == 1:
        blocks.append(Headline(line("document.one", project=project_fact(plans[0]))))
    else:
        blocks.append(
            Headline(
                line("document.many", count=counted(len(ids), [project_fact(p) for p in plans]))
            )
        )
        blocks += [Paragraph((project_fact(plan),)) for plan in plans]
    title = cited[0].title
    quote = f"《{title}》" if title else ""
    if cited[0].number:
        quote += f"（{cited[0].number}）" if title else cited[0].number
    if quote:
        blocks.append(Passage(document_fact(plans[0], quote)))
    return Result(
        answer(
            "document",
            blocks,
            sources=[source_of(plan, "approval_basis") for plan in plans],
            steps=steps_for(plans[0]) if len(plans) == 1 else (),
            projects=ids,
        ),
        projects=ids,
        listed=ids if len(ids) > 1 else (),
    )


async def answer_shared(query: Query, sources: Sources) -> Result:
    """Documents that several projects rest on."""
    scope = (
        Scope(project_ids=query.projects)
        if len(query.projects) > 1
        else Scope(given_field="approval_basis")
    )
    plans = await sources.store.plans(scope, limit=MOST_COMPARED)
    where: dict[str, list[Plan]] = {}
    shown: dict[str, str] = {}
    for plan in plans:
        for document in cited_documents(plan.approval_basis or ""):
            holders = where.setdefault(document.key, [])
            if plan not in holders:
                holders.append(plan)
            title = f"《{document.title}》" if document.title else ""
            shown.setdefault(
                document.key, title + (f"（{document.number}）" if document.number else "")
            )
    least = len(query.projects) if len(query.projects) > 1 else 2
    shared = [key for key, holders in where.items() if len(holders) >= least]
    if len(query.projects) == 1:
        shared = [key for key in shared if any(id_of(p) == query.projects[0] for p in where[key])]
    if not shared:
        return Result(
            answer("shared", [Headline(line("compare.shared_none"))], outcome=Outcome.BLANK),
            projects=query.projects,
        )
    blocks: list[Block] = [Headline(line("compare.shared", count=counted(len(shared))))]
    for key in shared:
        cited = document_fact(where[key][0], shown[key])
        blocks.append(Paragraph((cited, Phrase("："), *project_names(where[key]))))
    holders = list({id_of(p): p for key in shared for p in where[key]}.values())
    return Result(
        answer(
            "shared",
            blocks,
            sources=[source_of(plan, "approval_basis") for plan in holders],
            projects=[id_of(p) for p in holders],
        ),
        projects=tuple(id_of(p) for p in holders),
    )


async def answer_due(query: Query, sources: Sources) -> Result:
    """Indicators whose name holds a deadline, by month or up to one, and what the sheets' passages
    state to be due then."""
    scope = Scope(project_ids=query.projects or None, year=query.year)
    wanted = query.due or Due()
    found = [
        (deadline, plan, row)
        for plan, row in await _dated(scope, query, sources)
        if (deadline := deadline_of(row.name, plan.year)) and _falls_due(deadline, plan, wanted)
    ]
    at_it = [one for one in found if one[0].month == wanted.month]
    if query.extreme is not None:
        ends = [(one[0].year or 0, one[0].month) for one in found]
        end = (min if query.extreme == "min" else max)(ends, default=None)
        found = [one for one, its in zip(found, ends, strict=True) if its == end]
    elif query.top == 1 and at_it:
        # 「10月底前要完成的是哪个」: one is asked for, and one is due just then
        found, query = at_it, replace(query, due=replace(wanted, until=False))
    said = await _said_due(scope, query, found, sources) if query.extreme is None else []
    found, said = await _speaking_of_it(query, found, said, sources)
    if said:
        return _with_passages(found, said)
    if not found:
        if len(query.projects) == 1:
            plan = await plan_of(sources, query.projects[0], query.year)
            key = "due.none_project" if wanted == Due() else "due.none_project_then"
            head = line(key, project=project_fact(plan))
            dated = dated_passages(plan) if wanted == Due() else []
            told = answer(
                "due", [Headline(head), *dated], outcome=Outcome.BLANK, sources=[source_of(plan)]
            )
            return Result(told, projects=query.projects)
        return Result(answer("due", [Headline(line("due.none"))], outcome=Outcome.BLANK))
    return _dated_rows(found)


def _dated_rows(found: Sequence[tuple[Deadline, Plan, Indicator]]) -> Result:
    by_month = sorted(found, key=lambda item: item[0].month)
    return across_table("due", [(plan, row) for _, plan, row in by_month], "due.list")


def _with_passages(
    found: Sequence[tuple[Deadline, Plan, Indicator]], said: Sequence[tuple[Plan, str, Span]]
) -> Result:
    """The rows that are due, then what passages say is due."""
    quotes = [
        about(plan, "due", [quoted(plan, field, span)], sources=[source_of(plan, field)])
        for plan, field, span in said[:PAGE]
    ]
    return joined("due", [_dated_rows(found), *quotes] if found else quotes)


async def _said_due(
    scope: Scope,
    query: Query,
    found: Sequence[tuple[Deadline, Plan, Indicator]],
    sources: Sources,
) -> list[tuple[Plan, str, Span]]:
    """The sentences that state a deadline asked for which no row of their plan's table has: of a
    project named those of any month or of every one (每月15日前) too."""
    wanted = query.due or Due()
    at_end = not wanted.until and MONTH_END.search(query.said) is not None
    if wanted.month is None and not query.projects:
        return []
    in_rows = {(id_of(plan), deadline.month) for deadline, plan, _ in found}
    said: list[tuple[Plan, str, Span]] = []
    for plan in await _speaking_of(scope, wanted, sources):
        for field in SAYS_WHEN:
            text = text_of(plan, field)
            for span in sentences(text):
                sentence = text[span.start : span.end]
                stated = deadlines_in(sentence, plan.year, at_end=at_end)
                due = [deadline for deadline in stated if _falls_due(deadline, plan, wanted)]
                news = any((id_of(plan), deadline.month) not in in_rows for deadline in due)
                other = EVERY_TIME.search(sentence) or UNTIL.search(sentence)
                if news or (wanted.month is None and other):
                    said.append((plan, field, span))
    return said


SAYS_WHEN = ("overview", "annual_objective")
MONTH_END = re.compile("月[底末]")


async def _speaking_of_it(
    query: Query,
    found: list[tuple[Deadline, Plan, Indicator]],
    said: list[tuple[Plan, str, Span]],
    sources: Sources,
) -> tuple[list[tuple[Deadline, Plan, Indicator]], list[tuple[Plan, str, Span]]]:
    """「11月底要销号的」: of all that is due then what the words left speak of, where there is any."""
    wanted = await features_of(query.content, sources) if query.content else ()
    if not wanted:
        return found, said
    rows = [one for one in found if told_by(one[2].name, wanted) >= STRONG]
    spans = [
        (plan, field, span)
        for plan, field, span in said
        if told_by(text_of(plan, field)[span.start : span.end], wanted) >= STRONG
    ]
    return (rows, spans) if rows or spans else (found, said)


async def _speaking_of(scope: Scope, wanted: Due, sources: Sources) -> Sequence[Plan]:
    """The plans whose passages may state a deadline in the months asked for. Among very many the
    full-text index finds them, the rest are not read."""
    if scope.project_ids or await sources.few():
        return await sources.store.plans(scope, limit=MOST_COMPARED)
    months = [f"{str(month)[-1]}月" for month in range(1, 13) if wanted.covers(month)]
    pairs = [*dict.fromkeys(months), "月底", "月末", "月前", "日前"]
    hits = await sources.store.search(pairs, fields=SAYS_WHEN, limit=200)
    ids = dict.fromkeys(hit.project_id for hit in hits if hit.matched > 1)
    await sources.read_ahead(list(ids))
    plans = [await sources.plan(project) for project in ids]
    return [plan for plan in plans if plan is not None]


def _falls_due(deadline: Deadline, plan: Plan, wanted: Due) -> bool:
    """Whether a deadline is the one asked for, or among those asked for; a month alone is one of the
    plan's year."""
    if wanted.year is not None and deadline.year != wanted.year:
        return False
    if wanted.month is None:
        return True
    of_this_year = None in (deadline.year, plan.year) or deadline.year == plan.year
    if wanted.year is None and not of_this_year:
        return False
    return wanted.covers(deadline.month)


async def _dated(scope: Scope, query: Query, sources: Sources) -> list[tuple[Plan, Indicator]]:
    """Indicators that may hold a deadline. Among very many the full-text index finds those of the
    month asked for; reading through all names would take a tenth of a second."""
    month = query.due.month if query.due else None
    several = query.due is not None and (query.due.until or query.due.since is not None)
    if query.projects or month is None or several or await sources.few():
        return await sources.store.dated_indicators(scope)
    pairs = [f"{str(month)[-1]}月", "月底"]
    hits = await sources.store.search(pairs, fields=["indicators"], limit=200)
    hits = [hit for hit in hits if hit.matched == len(pairs)]
    await sources.read_ahead(list(dict.fromkeys(hit.project_id for hit in hits)))
    found: list[tuple[Plan, Indicator]] = []
    for hit in hits:
        plan = await sources.plan(hit.project_id)
        row = (
            next((row for row in plan.indicators if row.ordinal == hit.ordinal), None)
            if plan
            else None
        )
        if plan is not None and row is not None:
            found.append((plan, row))
    return found


async def answer_findings(query: Query, sources: Sources) -> Result:
    """What the checks found in the sheets: the faults, then what is only worth a look."""
    scope = Scope(project_ids=query.projects or None)
    counts = await sources.store.finding_counts(scope)
    if not counts:
        return Result(answer("findings", [Headline(line("finding.none"))]), projects=query.projects)
    plans = [await plan_of(sources, project) for project in query.projects[:1]]
    faults = sum(number for (_, severity), number in counts.items() if severity in FAULTS)
    remarks = sum(counts.values()) - faults
    blocks: list[Block] = [
        Headline(
            line("finding.list", project=project_fact(plans[0]), count=counted(faults))
            if plans
            else line("finding.list_all", count=counted(faults))
        )
    ]
    shown: list[StoredFinding] = []
    for severities, of in ((FAULTS, faults), (REMARKS, remarks)):
        found = await sources.store.findings(scope, severities=severities, limit=PAGE)
        if found and severities is REMARKS:
            blocks.append(Paragraph(line("finding.remarks", count=counted(of))))
        blocks += _told(found, of, with_project=not plans)
        shown += found
    named = dict.fromkeys(f.project_id for f in shown if f.project_id is not None)
    plans = plans or [await plan_of(sources, project) for project in named]
    return Result(
        answer(
            "findings", blocks, sources=[source_of(plan) for plan in plans], projects=query.projects
        ),
        projects=query.projects,
    )


FAULTS, REMARKS = ("error", "warning"), ("info",)


def _told(findings: Sequence[StoredFinding], of: int, *, with_project: bool) -> list[Block]:
    """The sentences of the first findings, and how many more `of` all there are."""
    blocks: list[Block] = []
    for finding in findings:
        text = Fact(
            finding.sentence, FactKind.TEXT, finding.place, finding.project_id, finding.field
        )
        project = Fact(finding.project or "", FactKind.PROJECT, project_id=finding.project_id)
        prefix: Line = (project, Phrase("：")) if with_project and finding.project else ()
        blocks.append(Paragraph((*prefix, text)))
    if of > len(findings):
        blocks.append(Note(line("finding.more", count=counted(of - len(findings)))))
    return blocks
