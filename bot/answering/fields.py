"""Answers about fields of projects: one, several, side by side, and whether a premise holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
from bot.answering.facts import (
    FOLD_BEYOND,
    Result,
    about,
    amount_piece,
    answer,
    counted,
    document_fact,
    field_fact,
    id_of,
    label_of,
    money_text,
    project_fact,
    project_names,
    signed_sum,
    source_of,
    state_line,
    steps_for,
    value_or_blank,
    working,
)
from bot.answering.indicators import indicator_table
from bot.answering.passages import quoted, text_of
from bot.answering.premises import close, holds, supposes
from bot.phrases import label, line, phrase
from bot.question.evidence import plan_of
from bot.question.query import Query
from bot.question.sources import Sources
from registry.amounts import exact_text
from registry.documents import cited_documents, number_key
from registry.passages import figures, sentences
from registry.phones import digits, is_mobile
from registry.plan import AMOUNT_FIELDS, FUNDING_SOURCES, TEXT_FIELDS, Plan, ValueState
from registry.scope import Scope

MOST_OF_A_PERSON = 4
CONTACT = ("contact_person", "contact_phone")


TABLE_NUMBER = re.compile("[一二三四五六七八九十]+|\\d+")
MOBILE = re.compile("手机|mobile|cell", re.IGNORECASE)


async def answer_fields(query: Query, sources: Sources) -> Result:
    """The fields asked for, of one project or of several."""
    asked = query.pairs or tuple((project, query.fields) for project in query.projects)
    plans = [(await plan_of(sources, project, query.year), fields) for project, fields in asked]
    blocks: list[Block] = []
    if len(plans) == 1:
        plan, fields = plans[0]
        blocks = one_project(plan, fields, query)
        if query.premise_person and query.premise_person != plan.contact_person:
            blocks += await _projects_of(query.premise_person, query, sources)
    elif query.pairs:
        for plan, fields in plans:
            blocks += one_project(plan, fields, query)
    else:
        blocks = side_by_side([plan for plan, _ in plans], query)
    phones = [plan.contact_phone for plan, _ in plans if plan.contact_phone]
    if MOBILE.search(query.said) and phones and not any(map(is_mobile, phones)):
        blocks.append(Note(line("field.no_mobile")))
    given = any(
        plan.state(name) is ValueState.GIVEN for plan, fields in plans for name in _shown(fields)
    )
    return Result(
        answer(
            "field",
            blocks,
            outcome=Outcome.ANSWERED if given else Outcome.BLANK,
            sources=[source_of(plan, fields[0] if fields else None) for plan, fields in plans],
            steps=steps_for(
                plans[0][0],
                *_shown(query.fields),
                *(("contact",) if set(query.fields) & set(CONTACT) else ()),
            )
            if len(plans) == 1
            else (),
            projects=[id_of(plan) for plan, _ in plans],
        ),
        projects=tuple(id_of(plan) for plan, _ in plans),
        listed=tuple(id_of(plan) for plan, _ in plans) if len(plans) > 1 else (),
        person=plans[0][0].contact_person
        if len(plans) == 1 and set(query.fields) & set(CONTACT)
        else query.person,
    )


HIS = re.compile("[他她]|本人")


async def _projects_of(person: str, query: Query, sources: Sources) -> list[Block]:
    """Of what a person that was wrongly named is the contact, and 「他电话多少」 that person's phone."""
    plans = await sources.store.plans(Scope(contact_person=person), limit=MOST_OF_A_PERSON)
    if not plans:
        return []
    who = field_fact(plans[0], "contact_person")
    blocks: list[Block] = [
        Paragraph(line("premise.person_has", person=who, projects=project_names(plans)))
    ]
    asked = "contact_phone" in query.fields and HIS.search(query.said)
    if asked and plans[0].state("contact_phone") is ValueState.GIVEN:
        phone = field_fact(plans[0], "contact_phone")
        blocks.append(Paragraph(line("people.one", person=who, phone=phone)))
    return blocks


def _shown(fields: Sequence[str]) -> tuple[str, ...]:
    return tuple(fields) or ("total",)


MORE, LESS = re.compile("比.*?[多高大]"), re.compile("比.*?[少低小]")


def _held_together(plan: Plan, one: str, other: str, query: Query) -> list[Block]:
    """Two amounts of a project held against each other; nothing where one is not stated."""
    first, second = plan.yuan(one), plan.yuan(other)
    if first is None or second is None:
        return []
    said: Line = ()
    if query.yes_no and (than := MORE.search(query.said) or LESS.search(query.said)):
        right = first > second if MORE.match(than.group()) else first < second
        said = line("premise.right" if right else "premise.wrong")
    (high, more), (low, less) = sorted(((first, one), (second, other)), key=lambda pair: -pair[0])
    pieces = (amount_piece(plan, more, query.in_unit), amount_piece(plan, less, query.in_unit))
    if high == low:
        both = line("compare.same", first=label(more), second=label(less), figure=pieces[0])
        return [Headline((*said, *both))]
    gap = money_text(high - low, query.in_unit or plan.amount_unit or "万元")
    facts = (field_fact(plan, more), field_fact(plan, less))
    arithmetic = f"{pieces[0].text} - {pieces[1].text} = {gap}"
    head = line(
        "compare.larger", first=label(more), one=pieces[0], second=label(less), other=pieces[1],
        figure=Figure(gap, arithmetic, facts),
    )  # fmt: skip
    return [Headline((*said, *head)), working(arithmetic, facts)]


def one_project(plan: Plan, fields: Sequence[str], query: Query) -> list[Block]:
    """Blocks for some fields of one project, in the order asked."""
    if query.operation == "times" and (yuan := plan.yuan(fields[0])) is not None:
        return _times(plan, fields[0], yuan, query)
    if query.operation == "difference" and len(fields) == 2 and not query.pairs:
        held = _held_together(plan, fields[0], fields[1], query)
        if held:
            return held
    blocks: list[Block] = []
    fields = tuple(fields)
    if set(FUNDING_SOURCES) <= set(fields):
        blocks += _funding(plan, query)
        fields = tuple(name for name in fields if name not in AMOUNT_FIELDS)
    if query.lead == "payer":
        blocks += _said_of_source(plan, fields[0], query)
    contact_done = False
    for name in fields:
        if name in CONTACT:
            if not contact_done:
                blocks += _contact(plan, fields, query)
            contact_done = True
        elif name in TEXT_FIELDS and plan.state(name) is ValueState.GIVEN:
            if name == "approval_basis" and query.lead == "count":
                blocks += _how_many_documents(plan)
            if name == "approval_basis" and query.document:
                cited = number_key(query.document) in number_key(plan.approval_basis or "")
                blocks.append(
                    Headline(line("premise.so_person" if cited else "premise.not_so_person"))
                )
            blocks.append(text_passage(plan, name))
        else:
            blocks.append(
                _headline(plan, name, query)
                if not blocks
                else Paragraph(_headline(plan, name, query).line)
            )
    if query.operation == "sum":
        blocks += _sum_of_fields(plan, fields)
    if plan.record:
        for name in fields:
            if name in plan.record.corrected:
                blocks.append(Note(line("field.corrected", label=label_of(plan, name))))
    return blocks


def _said_of_source(plan: Plan, name: str, query: Query) -> list[Block]:
    """The sentences of the overview that speak of a source of funds (其他资金由青岩镇自筹)."""
    text = text_of(plan, "overview")
    words = {label(name).text, *query.content}
    spans = [s for s in sentences(text) if any(w in text[s.start : s.end] for w in words)]
    spans = [s for s in spans if PAYS.search(text[s.start : s.end])] or spans
    if not spans:
        # 「资金来源中80万元由…集团自筹」 names the source by its amount.
        amount = plan.yuan(name)
        stating = [f.start for f in figures(text) if f.yuan is not None and f.yuan == amount]
        spans = [
            s
            for s in sentences(text)
            if PAYS.search(text[s.start : s.end]) and any(s.start <= at < s.end for at in stating)
        ]
    return [quoted(plan, "overview", span) for span in spans]


PAYS = re.compile(
    "自筹|捐|承担|出资|筹[集措资]|赞助|分摊|负担|列支|拨付|配套|来自|由[^，。；]{2,20}[出付给投]"
)


def _times(plan: Plan, name: str, yuan: Decimal, query: Query) -> list[Block]:
    """So many times an amount, or so many per cent of it."""
    factor, unit = query.premise[0], query.in_unit or plan.amount_unit or "元"
    by = f"{exact_text(factor.value)}{'%' if factor.unit == '%' else ''}"
    text = money_text(yuan * factor.value / (100 if factor.unit == "%" else 1), unit)
    fact = field_fact(plan, name)
    arithmetic = f"{money_text(yuan, unit)} × {by} = {text}"
    head = line(
        "field.times",
        figure=Figure(text, arithmetic, (fact,)),
        project=project_fact(plan),
        label=label_of(plan, name),
        factor=Figure(by if by.endswith("%") else f"{by}倍"),
    )
    return [Headline(head), working(arithmetic, (fact,))]


def _how_many_documents(plan: Plan) -> list[Block]:
    cited = cited_documents(plan.approval_basis or "")
    if not cited:
        return []
    documents = [document_fact(plan, document.title or document.number or "") for document in cited]
    count = counted(len(cited), documents)
    return [Headline(line("field.documents", count=count, project=project_fact(plan)))]


def _sum_of_fields(plan: Plan, fields: Sequence[str]) -> list[Block]:
    """The amounts of some fields of one project added up, where they are several."""
    given = [name for name in fields if name in FUNDING_SOURCES and getattr(plan, name) is not None]
    if len(given) < 2:
        return []
    values = [getattr(plan, name) for name in given]
    total = exact_text(sum(values)) + (plan.amount_unit or "")
    arithmetic = f"{signed_sum(values)} = {total}"
    return [working(arithmetic, [field_fact(plan, name) for name in given])]


def text_passage(plan: Plan, name: str) -> Passage:
    """A long text of the plan, whole, under its title."""
    fact = field_fact(plan, name)
    title = line("field.text", project=project_fact(plan), label=label_of(plan, name))
    return Passage(fact, title, fold=len(fact.text) > FOLD_BEYOND)


def _headline(plan: Plan, name: str, query: Query) -> Headline:
    if plan.state(name) is not ValueState.GIVEN:
        return Headline(state_line(plan, name))
    project = project_fact(plan)
    if name in AMOUNT_FIELDS:
        piece = amount_piece(plan, name, query.in_unit, query.places)
        key = "field.value_at" if query.year else "field.value"
        gaps = (
            {"year": Fact(str(plan.year), FactKind.OTHER, plan.places.get("year"))}
            if query.year
            else {}
        )
        head = line(key, value=piece, project=project, label=label_of(plan, name), **gaps)
        return Headline((*_verdict(plan, name, query), *head))
    if name == "budget_execution_weight":
        key = (
            "field.weight"
            if "权重" in query.said or "weight" in query.said
            else "field.weight_only"
        )
        return Headline(line(key, value=field_fact(plan, name), project=project))
    verdict: Line = ()
    if name == "year" and query.premise:
        same = any(figure.value == plan.year for figure in query.premise)
        verdict = line("premise.right" if same else "premise.wrong")
    if name == "table_number" and query.yes_no:
        same = set(TABLE_NUMBER.findall(plan.table_number or "")) <= set(
            TABLE_NUMBER.findall(query.said)
        )
        verdict = line("premise.right" if same else "premise.wrong")
    if name == "category" and query.category:
        verdict = line("premise.right" if query.category == str(plan.category) else "premise.wrong")
    if name in {"supervising_department", "implementing_unit"} and query.content:
        same = any(said in (getattr(plan, name) or "") for said in query.content)
        verdict = line("premise.right" if same else "premise.wrong")
    if name in {"supervising_department", "implementing_unit"} and query.premise_unit:
        same = query.premise_unit == getattr(plan, name)
        verdict = line("premise.right" if same else "premise.wrong")
    return Headline(
        (
            *verdict,
            *line(
                "field.value",
                value=field_fact(plan, name),
                project=project,
                label=label_of(plan, name),
            ),
        )
    )


def _verdict(plan: Plan, name: str, query: Query) -> Line:
    """Whether what the asker stated holds; empty where nothing was stated."""
    yuan = plan.yuan(name)
    if yuan is None:
        return ()
    if query.holds and (query.yes_no or query.premise):
        held = all(holds(yuan, hold.comparison, hold.figure.value) for hold in query.holds)
        return line("premise.holds_yes" if held else "premise.holds_no")
    stated = [figure for figure in query.premise if figure.is_money]
    if not stated or (supposes(query) and not any(figure.about for figure in stated)):
        return ()
    if any(figure.value == yuan for figure in stated):
        return line("premise.right") if query.yes_no else ()
    if any(figure.about and close(figure, yuan) for figure in stated):
        return line("premise.about_right")
    return line("premise.wrong") if query.yes_no or not query.in_unit else ()


def _funding(plan: Plan, query: Query) -> list[Block]:
    """The total and its three sources; a source left blank is said to be blank."""
    rows: list[Block] = []
    project = project_fact(plan)
    if plan.state("total") is ValueState.GIVEN:
        rows.append(
            Headline(
                line(
                    "field.value",
                    value=amount_piece(plan, "total", query.in_unit),
                    project=project,
                    label=label("total"),
                )
            )
        )
    else:
        rows.append(Headline(state_line(plan, "total")))
    for name in FUNDING_SOURCES:
        rows += _field_line(plan, name, query)
    return rows


def _field_line(plan: Plan, name: str, query: Query) -> list[Block]:
    """A field's label and value, or that it was left blank; nothing where the sheet has no such part."""
    state = plan.state(name)
    if state is ValueState.ABSENT:
        return []
    if state is ValueState.BLANK:
        return [Paragraph(line("field.blank_line", label=label_of(plan, name)))]
    value = value_or_blank(plan, name, query.in_unit)
    return [Paragraph(line("field.line", label=label_of(plan, name), value=value))]


def _contact(plan: Plan, fields: Sequence[str], query: Query) -> list[Block]:
    project = project_fact(plan)
    person, phone = plan.state("contact_person"), plan.state("contact_phone")
    given = ValueState.GIVEN
    verdict: Line = ()
    if query.premise_person:
        same = query.premise_person == plan.contact_person
        verdict = line("premise.so_person" if same else "premise.not_so_person")
    if query.phone and plan.contact_phone:
        same = digits(plan.contact_phone).endswith(query.phone[-7:])
        verdict = line("phone.yes" if same else "phone.no")
    if person is given and phone is given:
        first_phone = next(name for name in fields if name in CONTACT) == "contact_phone"
        key = "field.phone" if first_phone else "field.contact"
        head = line(
            key,
            person=field_fact(plan, "contact_person"),
            phone=field_fact(plan, "contact_phone"),
            project=project,
        )
    elif person is given:
        head = line(
            "field.contact_no_phone", person=field_fact(plan, "contact_person"), project=project
        )
    elif phone is given:
        head = line("field.phone_alone", phone=field_fact(plan, "contact_phone"), project=project)
    else:
        head = state_line(plan, "contact_person")
    return [Headline((*verdict, *head))]


# Whether they are alike is asked: 「是同一个人吗」; 「有电话吗」 asks for each one's own.
SAME = re.compile("同|一样|一致|相等")


def side_by_side(plans: Sequence[Plan], query: Query) -> list[Block]:
    """Several projects on the same fields: a table, or one passage after the other."""
    fields = [name for name in _shown(query.fields) if name != "year" or len(query.fields) == 1]
    blocks: list[Block] = []
    texts = [name for name in fields if name in TEXT_FIELDS]
    short = [name for name in fields if name not in TEXT_FIELDS]
    if set(short) & set(CONTACT):
        short = [*[name for name in short if name not in CONTACT], *CONTACT]
    if short:
        if query.yes_no or len(short) == 1 or set(short) == set(CONTACT):
            key = "contact_person" if set(short) == set(CONTACT) else short[0]
            values = {getattr(plan, key) for plan in plans}
            if query.yes_no and SAME.search(query.said):
                same = "compare.same_value" if len(values) == 1 else "compare.different_value"
                blocks.append(Headline(line(same)))
        columns = [phrase("column.project").text, *(label(name).text for name in short[:4])]
        rows = tuple(
            (
                (project_fact(plan),),
                *(value_or_blank(plan, name, query.in_unit) for name in short[:4]),
            )
            for plan in plans
        )
        blocks.append(Table(tuple(columns), rows))
    for name in texts:
        for plan in plans:
            if plan.state(name) is ValueState.GIVEN:
                blocks.append(text_passage(plan, name))
            else:
                blocks.append(Paragraph(state_line(plan, name)))
    return blocks


async def answer_card(query: Query, sources: Sources) -> Result:
    """A project in short."""
    plans = [await plan_of(sources, project, query.year) for project in query.projects]
    alone = len(plans) == 1
    blocks = [block for plan in plans for block in in_short(plan, query, goal=alone)]
    return Result(
        answer(
            "card",
            blocks,
            sources=[source_of(plan) for plan in plans],
            steps=steps_for(plans[0], "total"),
            projects=[id_of(p) for p in plans],
        ),
        projects=tuple(id_of(plan) for plan in plans),
        listed=() if alone else tuple(id_of(plan) for plan in plans),
        person=plans[0].contact_person if alone else None,
    )


def in_short(plan: Plan, query: Query, *, goal: bool = True) -> list[Block]:
    """A project in short: amount, people, goal, how many indicators."""
    total = _headline(plan, "total", query) if plan.total is not None else None
    blocks: list[Block] = [total or Headline((project_fact(plan),))]
    for name in ("implementing_unit", "contact_person", "contact_phone"):
        if plan.state(name) is ValueState.GIVEN:
            value = field_fact(plan, name)
            blocks.append(Paragraph(line("field.line", label=label_of(plan, name), value=value)))
    if plan.annual_objective and goal:
        blocks.append(
            Passage(
                field_fact(plan, "annual_objective"),
                (label("annual_objective"),),
                len(plan.annual_objective) > FOLD_BEYOND,
            )
        )
    if plan.indicators:
        core = sum(indicator.is_core for indicator in plan.indicators)
        blocks.append(
            Paragraph(
                (label("indicators"), Phrase("："), Figure(str(len(plan.indicators))), Phrase("个"),
                 *((Phrase("，其中核心"), Figure(str(core)), Phrase("个")) if core else ()))
            )
        )  # fmt: skip
    return blocks


SHEET_FIELDS = (
    "supervising_department", "implementing_unit", "budget_execution_weight", *AMOUNT_FIELDS,
    "contact_person", "contact_phone",
)  # fmt: skip


async def answer_sheet(query: Query, sources: Sources) -> Result:
    """The whole sheet: every field in the sheet's order, the texts folded, then the indicators."""
    plan = await plan_of(sources, query.projects[0], query.year)
    blocks: list[Block] = [Headline((project_fact(plan),))]
    for name in SHEET_FIELDS:
        blocks += _field_line(plan, name, query)
    for name in TEXT_FIELDS:
        if plan.state(name) is ValueState.GIVEN:
            blocks.append(text_passage(plan, name))
        else:
            blocks += _field_line(plan, name, query)
    if plan.indicators:
        blocks.append(indicator_table(plan, plan.indicators))
    return about(
        plan,
        "sheet",
        blocks,
        rows=tuple((id_of(plan), indicator.ordinal) for indicator in plan.indicators),
    )
