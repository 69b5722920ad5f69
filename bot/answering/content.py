"""Answers from what indicators and passages say: the row, or the sentence quoted with its figure."""

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
    Note,
    Outcome,
    Paragraph,
    Passage,
    Phrase,
    Working,
)
from bot.answering.facts import (
    Result,
    about,
    amount_piece,
    id_of,
    indicator_fact,
    money_text,
    project_fact,
    rounded,
    source_of,
    state_line,
    target_fact,
)
from bot.answering.fields import in_short, text_passage
from bot.answering.indicators import comparable, joined, one_row, points_sum
from bot.phrases import label, line
from bot.question.evidence import all_known, plan_of
from bot.question.project_rules import amounts_in
from bot.question.query import Asserted, Query
from bot.question.sources import Sources
from bot.retrieval import STRONG, WEAK, Evidence, distinguished, features, grams
from registry.amounts import exact_text, in_unit
from registry.passages import FigureInText, figures, sentences
from registry.plan import TEXT_FIELDS, YUAN_PER_UNIT, Indicator, Plan

# Candidates within this of the best say the same thing as far as the words go.
LEVEL = 0.06
MOST_ALIKE = 5
CLEARLY = 0.75  # only so sure does a figure confirm or correct what was stated
SPLIT = 0.7  # below, several runs of words are tried one by one
MONEY_UNITS = ("亿元", "亿", "万元", "万", "千元", "元")
FIGURE_FIRST = 0.12  # a figure of the kind asked for outweighs this much coverage
ROW_FIRST = 0.05
MEASURE_ASKED = re.compile(
    "(?:多少|几|好多)(?P<measure>人|家|次|场|件|个|户|份|台|名|亩|公里|所|座|套|批|亿|万)"
)


async def answer_content(query: Query, sources: Sources) -> Result:
    """What the projects say about the words of the question."""
    results = [
        await _in_project(await plan_of(sources, project, query.year), query, sources)
        for project in query.projects
    ]
    if len(results) == 1:
        return results[0]
    whole = joined("content", results)
    between = await _between_projects(query, results, sources)
    return (
        whole
        if between is None
        else replace(whole, answer=replace(whole.answer, blocks=(*between, *whole.answer.blocks)))
    )


async def _between_projects(
    query: Query, results: Sequence[Result], sources: Sources
) -> list[Block] | None:
    """The difference between two projects' targets for the same thing."""
    rows = [result.indicator for result in results]
    if query.operation not in {"difference", "ratio"} or len(rows) != 2 or None in rows:
        return None
    found = []
    for project, ordinal in [row for row in rows if row is not None]:
        plan = await plan_of(sources, project, query.year)
        found.append((plan, next(row for row in plan.indicators if row.ordinal == ordinal)))
    (one_plan, one), (other_plan, other) = found
    if (
        one.target_value is None
        or other.target_value is None
        or one.unit_of_measure != other.unit_of_measure
    ):
        return None
    facts = (target_fact(one_plan, one), target_fact(other_plan, other))
    high, low = max(one.target_value, other.target_value), min(one.target_value, other.target_value)
    gap = exact_text(high - low) + (one.unit_of_measure or "")
    arithmetic = f"{exact_text(high)} - {exact_text(low)} = {gap}"
    return [
        Headline(line("content.between", figure=Figure(gap, arithmetic, facts))),
        Working((Figure(arithmetic, arithmetic, facts),)),
    ]


async def evidence_for(
    plan: Plan, segments: Sequence[str], query: Query, sources: Sources
) -> list[Evidence]:
    """What the plan says about the segments, best first, by sound too where characters find little."""
    wanted = [gram for segment in segments for gram in grams(segment)]
    frequency = await sources.frequency(list(dict.fromkeys(wanted)))
    looked_for = features(segments, frequency)
    found = sources.retriever.find(plan, looked_for, query.content_in)
    if (not found or found[0].coverage < 0.75) and not all_known(segments, frequency):
        looked_for = features(segments, frequency, by_sound=True)
        found = sources.retriever.find(plan, looked_for, query.content_in)
    return distinguished(_by_kind(found, query), looked_for)


def _by_kind(found: list[Evidence], query: Query) -> list[Evidence]:
    """The evidence ordered anew by the kind of value asked for."""
    money = wants_money(query)
    number = wants_number(query)
    rows = bool(query.aspects)
    measure = MEASURE_ASKED.search(query.said)
    percent = re.search("比例|百分|几成|率|[几个]点", query.said) is not None
    stated = next((f.unit for f in query.premise if f.unit and not f.is_money), None)
    enumerates = not number and re.search("什么|啥|哪些|哪几", query.said) is not None

    def weight(evidence: Evidence) -> float:
        score = evidence.score
        candidate = evidence.candidate
        if candidate.indicator is not None:
            unit = candidate.indicator.unit_of_measure or ""
            score += ROW_FIRST if rows or not money or unit in MONEY_UNITS else -ROW_FIRST
            if number and not money:
                score += FIGURE_FIRST + ROW_FIRST
            if measure and measure["measure"] in unit:
                score += FIGURE_FIRST
        elif candidate.figure is not None:
            is_money = candidate.figure.yuan is not None
            if (money and is_money) or (number and not money and not is_money):
                score += FIGURE_FIRST * (2 if money else 1)
            elif not (money or number):
                score -= FIGURE_FIRST / 2
            if candidate.figure.unit is None or (measure and not money and is_money):
                score -= FIGURE_FIRST
            elif number and not money and is_money:
                score += ROW_FIRST  # 「培训费多少」 may well be asked for an amount
            if percent and candidate.figure.unit in {"%", "％"}:
                score += FIGURE_FIRST
            if stated is not None and stated in (candidate.figure.unit or ""):
                score += 2 * FIGURE_FIRST
            if measure and measure["measure"] in (candidate.figure.unit or ""):
                score += FIGURE_FIRST
            elif measure and measure["measure"] not in "万亿":
                score -= 2 * FIGURE_FIRST  # 多少人 is not answered by 12类
        elif number and candidate.figure is None:
            score -= ROW_FIRST
            if money and candidate.field == "approval_basis":
                score -= FIGURE_FIRST
        elif enumerates and candidate.field != "indicators":
            # 「保些什么」 is answered by what lists, not by a figure's few words.
            score += ROW_FIRST + 0.03 * min(candidate.context.count(","), 4)
        return score

    return sorted(found, key=lambda evidence: -weight(evidence))


MONEY_ASKED = re.compile(
    "(?:多少|好多|几).{0,2}(?:钱|奖|补|经费|资金|费|款)"
    "|(?:奖|补|赔|给|拨|扣|付|费|款|资金|金)(?:[一每全]年|一共|总共|是|要|有)*(?:多少|好多|几)"
)


def wants_money(query: Query) -> bool:
    """Whether an amount of money is asked for."""
    return (
        MONEY_ASKED.search(query.said) is not None
        or "total" in query.fields
        or query.in_unit is not None
        or any(f.is_money for f in query.premise)
    )


def wants_number(query: Query) -> bool:
    """Whether any number is asked for."""
    said = query.said
    return any(word in said for word in ("多少", "几", "好多", "比例", "率", "百分")) or bool(
        query.premise
    )


async def _in_project(plan: Plan, query: Query, sources: Sources) -> Result:
    applied = await _applied(plan, query, sources)
    if applied is not None:
        return applied
    if query.operation in {"sum", "difference", "ratio", "share", "each"}:
        computed = await _computed(plan, query, sources)
        if computed is not None:
            return computed
    found = await evidence_for(plan, query.content, query, sources)
    if GIVEN_TO.search(query.said) and (not found or found[0].coverage < WEAK):
        # 「是给人民银行的吧」: nobody of that name is given anything; who is, the sheet says.
        found = await evidence_for(plan, ("给予",), query, sources)
    best = found[0] if found else None
    if (
        len(query.content) > 1
        and query.operation is None
        and (best is None or best.coverage < SPLIT)
    ):
        several = await _each_segment(plan, query, sources)
        if several is not None:
            return several
    of_one = _price_of_one(found, query)
    if of_one is not None and (best is None or best.coverage < STRONG):
        return _figures(plan, [of_one], query)
    if best is None or best.coverage < WEAK:
        return _not_said(plan, query)
    if best.coverage < STRONG:
        return _nearest(plan, best, query)
    alike = _alike(found)
    if best.candidate.indicator is not None:
        rows = [e for e in alike if e.candidate.indicator is not None]
        if query.premise and "enough" in query.aspects:
            fit = [
                e
                for e in rows
                if e.candidate.indicator and comparable(e.candidate.indicator, query.premise[0])
            ]
            rows = fit or rows
        if query.core is not None and not query.yes_no:
            marked = [
                e
                for e in rows
                if e.candidate.indicator and e.candidate.indicator.is_core is query.core
            ]
            rows = marked or rows
        if len(rows) > 1 and query.operation == "sum" and "points" in query.aspects:
            return points_sum(
                plan, [e.candidate.indicator for e in rows if e.candidate.indicator], query
            )
        results = [
            one_row(plan, e.candidate.indicator, replace(query, premise=premise))
            for e, premise in _with_premises(query, rows[:MOST_ALIKE])
            if e.candidate.indicator
        ]
        return results[0] if len(results) == 1 else joined("indicator", results)
    if best.candidate.figure is not None:
        return _figures(plan, [e for e in alike if e.candidate.figure is not None], query)
    return _quoted(plan, best, query)


GIVEN_TO = re.compile("(?:给|拨给|付给|补给).{2,10}的?(?:吧|吗|对吗|对吧|是吧|是不是)")
CONVERTS = re.compile("折|换算|换成|化成")


async def _applied(plan: Plan, query: Query, sources: Sources) -> Result | None:
    """「砖木房毁了5户，一共赔多少」「贡献500万，扶持多少」: the asker's own number times the price of one,
    or the share of it, that the sheet states."""
    if len(query.premise) != 1 or query.yes_no or query.aspects or not wants_number(query):
        return None
    if CONVERTS.search(query.said):
        return None
    stated = query.premise[0]
    found = await evidence_for(plan, query.content, query, sources)
    for evidence in _alike(found) if found and found[0].coverage >= STRONG else ():
        figure = evidence.candidate.figure
        if figure is None:
            continue
        if stated.is_money and figure.unit in {"%", "％"} and stated.value not in amounts_in(plan):
            yuan = stated.value * figure.value / 100
            arithmetic = f"{stated.said} × {exact_text(figure.value)}%"
        elif figure.yuan is not None and stated.unit and _each(evidence, stated.unit):
            yuan = figure.yuan * stated.value
            arithmetic = f"{exact_text(figure.yuan)}元 × {exact_text(stated.value)}{stated.unit}"
        else:
            continue
        text = money_text(yuan, query.in_unit or ("万元" if yuan % 1000 == 0 else "元"))
        arithmetic = f"{arithmetic} = {text}"
        fact = figure_fact(plan, evidence.candidate.field, figure)
        blocks: list[Block] = [
            Headline(
                line(
                    "content.applied",
                    figure=Figure(text, arithmetic, (fact,)),
                    project=project_fact(plan),
                )
            ),
            Working((Figure(arithmetic, arithmetic, (fact,)),)),
            sentence_around(plan, evidence),
        ]
        return _result(plan, blocks, query, evidence.candidate.field)
    return None


def _each(evidence: Evidence, unit: str) -> bool:
    """Whether the figure is said of one such unit: 元/户, 每人."""
    figure = evidence.candidate.figure
    words = evidence.candidate.words
    return bool(figure and f"/{unit}" in (figure.unit or "")) or f"每{unit}" in words


def _price_of_one(found: list[Evidence], query: Query) -> Evidence | None:
    """The only figure that is said of one (元/人, 每亩), where the question asks for one of it; the
    only share, where it asks for one."""
    if re.search("比例|百分", query.said):
        shares = {
            (e.candidate.field, e.candidate.figure.start): e
            for e in found
            if e.candidate.figure is not None and e.candidate.figure.unit in {"%", "％"}
        }
        return next(iter(shares.values())) if len(shares) == 1 else None
    of = next(
        (segment[1] for segment in query.content if len(segment) == 2 and segment[0] == "每"), None
    )
    if of is None:
        return None
    fits = [
        e for e in found
        if e.candidate.figure is not None and e.candidate.figure.yuan is not None
        and (_each(e, of) or f"{of}均" in e.candidate.words)
    ]  # fmt: skip
    return fits[0] if len(fits) == 1 else None


def _with_premises(
    query: Query, rows: Sequence[Evidence]
) -> list[tuple[Evidence, tuple[Asserted, ...]]]:
    """Each row with the figure stated of it: 「股改了3家，上市只有1家」 in the order they were said.
    Where figures and rows are not as many, none can be told to be this row's."""
    if len(query.premise) < 2:
        return [(row, query.premise) for row in rows]
    if len(query.premise) != len(rows):
        return [(row, ()) for row in rows]
    ordered = sorted(rows, key=lambda row: _said_at(row, query.said))
    return [(row, (stated,)) for row, stated in zip(ordered, query.premise, strict=True)]


def _said_at(evidence: Evidence, said: str) -> int:
    """Where the words that only this row holds were said."""
    places = [said.find(word) for word in evidence.matched if len(word) > 1 and word in said]
    return min(places, default=len(said))


async def _each_segment(plan: Plan, query: Query, sources: Sources) -> Result | None:
    """「几家进辅导、几家上市」: each run of words that is clear alone is answered alone."""
    results: list[Result] = []
    seen: set[tuple[str, int, bool]] = set()
    for place, segment in enumerate(query.content):
        found = await evidence_for(plan, (segment,), query, sources)
        if not found or found[0].coverage < STRONG + 0.1:
            return None
        candidate = found[0].candidate
        key = (candidate.field, candidate.ordinal, candidate.figure is None)
        if key not in seen:
            seen.add(key)
            stated = query.premise
            if len(stated) > 1:
                stated = stated[place : place + 1] if len(stated) == len(query.content) else ()
            alone = replace(query, content=(segment,), premise=stated)
            results.append(await _in_project(plan, alone, sources))
    return joined("content", results) if len(results) > 1 else None


def _alike(found: list[Evidence]) -> list[Evidence]:
    best = found[0]
    kind = (best.candidate.indicator is None, best.candidate.figure is None)
    return [
        evidence
        for evidence in found
        if evidence.coverage >= best.coverage - LEVEL
        and (evidence.candidate.indicator is None, evidence.candidate.figure is None) == kind
        and evidence.matched >= best.matched
        and evidence.own >= best.own
    ][:MOST_ALIKE]


def text_of(plan: Plan, field: str) -> str:
    """A long text of the plan."""
    value: str | None = getattr(plan, field)
    return value or ""


def figure_fact(plan: Plan, field: str, figure: FigureInText) -> Fact:
    """A figure of a passage as printed, with its unit."""
    text = text_of(plan, field)[figure.start : figure.end].strip()
    kind = FactKind.AMOUNT if figure.yuan is not None else FactKind.OTHER
    return Fact(text, kind, plan.places.get(field), id_of(plan), field)


def sentence_around(plan: Plan, evidence: Evidence) -> Passage:
    """The sentence that says it, with the words that were asked for marked."""
    candidate = evidence.candidate
    field = candidate.field
    text = text_of(plan, field)
    start, end = 0, len(text)
    if candidate.span is not None:
        for span in sentences(text):
            if span.start <= candidate.span.start < span.end:
                start, end = span.start, span.end
                break
        mark = (candidate.span.start - start, min(candidate.span.end, end) - start)
    else:
        mark = (0, 0)
    quote = text[start:end]
    lead = len(quote) - len(quote.lstrip())
    quote = quote.strip()
    marks = (
        ((max(mark[0] - lead, 0), min(mark[1] - lead, len(quote))),) if mark[1] > mark[0] else ()
    )
    fact = Fact(quote, FactKind.TEXT, plan.places.get(field), id_of(plan), field, marks)
    return Passage(
        fact,
        line("content.says", project=project_fact(plan), label=label(field)),
        fold=len(quote) > 160,
    )


def _figures(plan: Plan, found: list[Evidence], query: Query) -> Result:
    facts = [
        (evidence, figure_fact(plan, evidence.candidate.field, evidence.candidate.figure))
        for evidence in found
        if evidence.candidate.figure is not None
    ]
    blocks: list[Block] = []
    for evidence, fact in facts:
        figure = evidence.candidate.figure
        words = _clause_of(plan, evidence)
        verdict = _verdict(query, figure) if figure and evidence.coverage >= CLEARLY else ()
        value = _in_unit(fact, figure, query.in_unit)
        head = (*verdict, *line("content.figure", figure=value, project=project_fact(plan)), *words)
        blocks.append(Headline(head) if not blocks else Paragraph(head))
    quoted: set[str] = set()
    for evidence, _ in facts:
        passage = sentence_around(plan, evidence)
        if passage.quote.text not in quoted:
            quoted.add(passage.quote.text)
            blocks.append(passage)
    return _result(plan, blocks, query, facts[0][0].candidate.field)


def _clause_of(plan: Plan, evidence: Evidence) -> tuple[Phrase | Fact, ...]:
    """The words a figure belongs to, as the sheet has them."""
    candidate = evidence.candidate
    if candidate.span is None or candidate.figure is None:
        return ()
    text = text_of(plan, candidate.field)[candidate.span.start : candidate.span.end].strip(
        "，,、（( "
    )
    return (
        Phrase("："),
        Fact(text, FactKind.TEXT, plan.places.get(candidate.field), id_of(plan), candidate.field),
    )


def _in_unit(fact: Fact, figure: FigureInText | None, unit: str | None) -> Fact | Figure:
    if unit is None or figure is None or figure.yuan is None or fact.text.endswith(unit):
        return fact
    text = money_text(figure.yuan, unit)
    return Figure(text, f"{fact.text} = {text}", (fact,))


def _verdict(query: Query, figure: FigureInText | None) -> tuple[Phrase | Fact | Figure, ...]:
    """Whether the figure the asker stated is the one that stands there."""
    if figure is None or not query.premise or query.in_unit is not None:
        return ()
    for stated in query.premise:
        if stated.is_money and figure.yuan is not None:
            return (
                line("premise.right" if stated.value == figure.yuan else "premise.wrong")
                if query.yes_no or stated.value != figure.yuan
                else ()
            )
        same_unit = stated.unit is None or stated.unit in (figure.unit or "")
        if same_unit and figure.yuan is None:
            return (
                line("premise.right" if stated.value == figure.value else "premise.wrong")
                if query.yes_no or stated.value != figure.value
                else ()
            )
    return ()


def _quoted(plan: Plan, best: Evidence, query: Query) -> Result:
    passage = sentence_around(plan, best)
    blocks: list[Block] = []
    if wants_money(query) and not any(char.isdigit() for char in passage.quote.text):
        passage = Passage(
            passage.quote, line("content.no_figure", project=project_fact(plan)), passage.fold
        )
    blocks.append(passage)
    return _result(plan, blocks, query, best.candidate.field)


def _nearest(plan: Plan, best: Evidence, query: Query) -> Result:
    """Evidence too thin to be the answer is offered as what it is."""
    blocks: list[Block] = []
    if best.candidate.indicator is not None:
        row = one_row(plan, best.candidate.indicator, query)
        blocks = [Note(line("content.nearest", project=project_fact(plan))), *row.answer.blocks]
        return about(
            plan,
            "content",
            blocks,
            outcome=Outcome.BLANK,
            sources=row.answer.sources,
            indicator=row.indicator,
        )
    passage = sentence_around(plan, best)
    blocks.append(
        Passage(passage.quote, line("content.nearest", project=project_fact(plan)), passage.fold)
    )
    result = _result(plan, blocks, query, best.candidate.field)
    return about(plan, "content", blocks, outcome=Outcome.BLANK, sources=result.answer.sources)


async def nearest_passage(plan: Plan, query: Query, sources: Sources) -> Block | None:
    """What of the plan comes nearest to the words, where they name no project of the registry."""
    found = await evidence_for(plan, query.content, query, sources)
    if not found:
        return None
    row = found[0].candidate.indicator
    if row is not None:
        return Paragraph(
            line(
                "unknown.nearest_row",
                indicator=indicator_fact(plan, row),
                project=project_fact(plan),
                value=target_fact(plan, row),
            )
        )
    passage = sentence_around(plan, found[0])
    return Passage(passage.quote, line("unknown.nearest", project=project_fact(plan)), passage.fold)


def _not_said(plan: Plan, query: Query) -> Result:
    project = project_fact(plan)
    blocks: list[Block] = []
    if "total" in query.fields and plan.total is not None:
        blocks.append(
            Headline(
                line("content.not_said_total", project=project, total=amount_piece(plan, "total"))
            )
        )
    elif set(query.fields) & set(TEXT_FIELDS):
        name = next(name for name in query.fields if name in TEXT_FIELDS)
        if text_of(plan, name):
            blocks.append(text_passage(plan, name))
        else:
            blocks.append(Headline(state_line(plan, name)))
    else:
        blocks.append(Headline(line("content.not_said", project=project)))
        if not wants_number(query):
            blocks += [
                Paragraph(block.line) if isinstance(block, Headline) else block
                for block in in_short(plan, query, goal=False)
            ]
    return about(plan, "content", blocks, outcome=Outcome.BLANK)


def _result(plan: Plan, blocks: Sequence[Block], query: Query, field: str) -> Result:
    return about(plan, "content", blocks, sources=[source_of(plan, field)], given=(field,))


# --- arithmetic over figures of passages ----------------------------------------------------------


JOINED = re.compile("加上?|和|与|跟|、|减去?|比")


async def _rows_of_segments(
    plan: Plan, query: Query, segments: Sequence[str], sources: Sources
) -> list[Indicator]:
    """The indicator that each run of words names."""
    rows: dict[int, Indicator] = {}
    for segment in segments:
        found = await evidence_for(
            plan, (segment,), replace(query, content_in=("indicators",)), sources
        )
        for evidence in found:
            row = evidence.candidate.indicator
            if row is not None and evidence.coverage >= max(STRONG, found[0].coverage - LEVEL):
                rows.setdefault(row.ordinal, row)
    return list(rows.values())


FROM_TO = re.compile("从.+(?:到|至)|一路|全程|各档|几档")


def _of_one(evidence: Evidence) -> bool:
    """Whether a figure is a price of one, which no sum may add (每座8万元, 5000元/户)."""
    figure = evidence.candidate.figure
    if figure is None:
        return False
    text = evidence.candidate.words
    return (
        "/" in (figure.unit or "")
        or re.search("每.{0,2}$", text.split(figure.unit or "元")[0]) is not None
    )


def _only_figure(found: list[Evidence], operation: str | None) -> Evidence | None:
    """The figure that the words name, where they name one: 奖补 alone names seven."""
    figures = [e for e in found if e.candidate.figure is not None and e.coverage >= STRONG]
    money = [e for e in figures if e.candidate.figure and e.candidate.figure.yuan is not None]
    whole = [e for e in money if not _of_one(e)] if operation == "sum" else []
    figures = whole or money or figures
    if not figures:
        return None
    best = figures[0]
    level = [
        e for e in figures
        if e.coverage >= best.coverage - LEVEL and e.candidate.figure != best.candidate.figure
        and (e.candidate.figure is None or best.candidate.figure is None
             or e.candidate.figure.yuan is not None or best.candidate.figure.yuan is None)
    ]  # fmt: skip
    return best if len(level) < 2 else None


def _all_between(
    plan: Plan, found: list[tuple[Evidence, FigureInText]]
) -> list[tuple[Evidence, FigureInText]]:
    """「从受理到审核」: every amount that stands from the first named to the last."""
    field = found[0][0].candidate.field
    if any(evidence.candidate.field != field for evidence, _ in found):
        return found
    first = min(figure.start for _, figure in found)
    last = max(figure.start for _, figure in found)
    between = [
        figure
        for figure in figures(text_of(plan, field))
        if first <= figure.start <= last and figure.yuan is not None
    ]
    return [(found[0][0], figure) for figure in between]


async def _computed(plan: Plan, query: Query, sources: Sources) -> Result | None:
    """A sum, difference, ratio or share over figures that the parts of the question name."""
    found: list[tuple[Evidence, FigureInText]] = []
    segments = [
        part for segment in query.content for part in JOINED.split(segment) if len(part) > 1
    ]
    if query.operation == "sum" and "points" in query.aspects:
        rows = await _rows_of_segments(plan, query, segments, sources)
        return points_sum(plan, rows, query) if len(rows) > 1 else None
    for segment in segments:
        best = _only_figure(await evidence_for(plan, (segment,), query, sources), query.operation)
        if best is None or best.candidate.figure is None:
            continue
        place = (best.candidate.field, best.candidate.figure.start)
        if all((e.candidate.field, other.start) != place for e, other in found):
            found.append((best, best.candidate.figure))
    if query.operation == "sum" and FROM_TO.search(query.said) and len(found) > 1:
        found = _all_between(plan, found)
    if query.operation in {"share", "each"}:
        return _share_or_each(plan, query, found)
    if len(found) < 2:
        return None
    values = [figure.yuan if figure.yuan is not None else figure.value for _, figure in found]
    units = {figure.unit for _, figure in found}
    all_money = all(figure.yuan is not None for _, figure in found)
    if not all_money and len(units) > 1:
        return None
    facts = tuple(figure_fact(plan, e.candidate.field, figure) for e, figure in found)
    unit = _shown_unit([figure for _, figure in found], query.in_unit)
    shown = [value / unit[1] for value in values]
    blocks = _operation_blocks(plan, query, shown, unit[0], facts)
    blocks += [sentence_around(plan, found[0][0])]
    if found[-1][0].candidate.context != found[0][0].candidate.context:
        blocks.append(sentence_around(plan, found[-1][0]))
    return _result(plan, blocks, query, found[0][0].candidate.field)


def _shown_unit(figures: Sequence[FigureInText], wanted: str | None) -> tuple[str, Decimal]:
    """The unit a result is shown in, and how many 元 (or ones) it is."""
    if all(figure.yuan is not None for figure in figures):
        unit = wanted or (figures[0].unit or "元").split("/")[0]
        unit = {"万": "万元", "亿": "亿元"}.get(unit, unit)
        return unit, YUAN_PER_UNIT[unit]
    return (figures[0].unit or "").removeprefix("余"), Decimal(1)


def _operation_blocks(
    plan: Plan, query: Query, values: Sequence[Decimal], unit: str, facts: tuple[Fact, ...]
) -> list[Block]:
    project = project_fact(plan)
    texts = [exact_text(value) for value in values]
    if query.operation == "sum":
        result = sum(values, Decimal(0))
        arithmetic = f"{' + '.join(texts)} = {exact_text(result)}"
        key, text = "content.sum", exact_text(result) + unit
    elif query.operation == "difference":
        large, small = max(values[:2]), min(values[:2])
        result = large - small
        arithmetic = f"{exact_text(large)} - {exact_text(small)} = {exact_text(result)}"
        key, text = "content.difference", exact_text(result) + unit
    else:
        first, second = max(values[:2]), min(values[:2])
        if not second:
            return [Headline(line("content.not_said", project=project))]
        text, inexact = rounded(first / second)
        arithmetic = f"{exact_text(first)} ÷ {exact_text(second)} {'≈' if inexact else '='} {text}"
        key = "content.times" if "次" in query.said else "content.ratio"
    figure = Figure(text, arithmetic, facts)
    return [
        Headline(line(key, figure=figure, project=project)),
        Working((Figure(arithmetic, arithmetic, facts),)),
    ]


def _share_or_each(
    plan: Plan, query: Query, found: list[tuple[Evidence, FigureInText]]
) -> Result | None:
    project = project_fact(plan)
    if query.operation == "share":
        total = plan.yuan("total")
        if not found or found[0][1].yuan is None or not total:
            return None
        evidence, figure = found[0]
        part = figure.yuan or Decimal(0)
        share, inexact = rounded(part / total * 100)
        unit = plan.amount_unit or "元"
        sign = "≈" if inexact else "="
        arithmetic = (
            f"{exact_text(in_unit(part, unit))} ÷ {exact_text(plan.total or total)} {sign} {share}%"
        )
        facts = (figure_fact(plan, evidence.candidate.field, figure),)
        blocks: list[Block] = [
            Headline(
                line(
                    "content.share", figure=Figure(f"{share}%", arithmetic, facts), project=project
                )
            ),
            Working((Figure(arithmetic, arithmetic, facts),)),
            sentence_around(plan, evidence),
        ]
        return _result(plan, blocks, query, evidence.candidate.field)
    counts = [stated for stated in query.premise if not stated.is_money and stated.unit]
    if not counts or not counts[0].value:
        return None
    money = next(((e, f) for e, f in found if f.yuan is not None), None)
    yuan = money[1].yuan if money else plan.yuan("total")
    if yuan is None:
        return None
    text, inexact = rounded(yuan / counts[0].value)
    sign = "≈" if inexact else "="
    arithmetic = (
        f"{exact_text(yuan)}元 ÷ {exact_text(counts[0].value)}{counts[0].unit} {sign} {text}元"
    )
    figure_shown = Figure(f"{text}元", arithmetic)
    blocks = [
        Headline(
            line(
                "content.each",
                figure=figure_shown,
                unit=Phrase(counts[0].unit or ""),
                project=project,
            )
        ),
        Working((Figure(arithmetic, arithmetic),)),
    ]
    return _result(plan, blocks, query, money[0].candidate.field if money else "total")
