"""Answers from what indicators and passages say: the row, or the sentence quoted with its figure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.answer import (
    Block,
    Fact,
    Figure,
    Headline,
    Note,
    Outcome,
    Paragraph,
    Passage,
    Phrase,
)
from bot.answering.brackets import in_its_bracket
from bot.answering.contrasts import contrasted
from bot.answering.conversions import converted
from bot.answering.evidence import (
    COUNT_ASKED,
    LENGTH_ASKED,
    LEVEL,
    MOST_ALIKE,
    SUM_ASKED,
    alike,
    answers_kind,
    asks_of_one,
    asks_when,
    evidence_for,
    features_of,
    only_of_its_kind,
    says_when,
    sentences_about,
    wants_money,
    wants_number,
    what_follows,
)
from bot.answering.facts import (
    Result,
    about,
    amount_piece,
    indicator_fact,
    money_text,
    project_fact,
    state_line,
    target_fact,
    working,
)
from bot.answering.fields import in_short, text_passage
from bot.answering.indicators import (
    PERCENT,
    comparable,
    joined,
    one_row,
    other_rows,
    points_share,
    points_sum,
)
from bot.answering.measured import counted_so
from bot.answering.parts import extreme_part
from bot.answering.passage_arithmetic import NAME_MARKS, a_year_of_it, applied, computed
from bot.answering.passage_extremes import extreme_amounts, stated_ends
from bot.answering.passages import (
    clause_of,
    dated_passages,
    figure_fact,
    of_one,
    passage_result,
    quoted,
    runs_of,
    said_before,
    sentence_around,
    text_of,
)
from bot.answering.premises import supposes
from bot.answering.rates import beyond_bound, by_condition
from bot.answering.stating import sentence_stating
from bot.phrases import label, line
from bot.question.deadlines import DATE_ASKED
from bot.question.evidence import plan_of, stated_in
from bot.question.lexicon import synonym_groups
from bot.question.measures import counts_alike
from bot.question.query import Asserted, Query
from bot.question.sources import Sources
from bot.retrieval import NAMED, STRONG, WEAK, Asked, Evidence
from registry.amounts import exact_text
from registry.passages import FigureInText, figures
from registry.plan import TEXT_FIELDS, Indicator, Plan, ValueState

CLEARLY = 0.75  # only so sure does a figure confirm or correct what was stated
SPLIT = 0.7  # below, several runs of words are tried one by one


async def answer_content(query: Query, sources: Sources) -> Result:
    """What the projects say about the words of the question."""
    own = dict(query.pairs)
    results = [
        await _in_project(
            await plan_of(sources, project, query.year),
            replace(query, content=own[project], operation=None) if own else query,
            sources,
        )
        for project in await _counting(query, sources)
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


async def _counting(query: Query, sources: Sources) -> tuple[int, ...]:
    """「石桥镇改造几户」: of several projects that speak of the words those that count what was asked
    for, where any does."""
    asked = COUNT_ASKED.search(query.said) or LENGTH_ASKED.search(query.said)
    if asked is None or query.premise or query.pairs or len(query.projects) < 2:
        return query.projects
    counting: list[int] = []
    for project in query.projects:
        plan = await plan_of(sources, project, query.year)
        found = await evidence_for(plan, query.content, query, sources)
        units = (_unit_of(e) for e in found if e.coverage >= STRONG)
        if any(counts_alike(asked["measure"], unit) for unit in units):
            counting.append(project)
    return tuple(counting) or query.projects


async def _between_projects(
    query: Query, results: Sequence[Result], sources: Sources
) -> list[Block] | None:
    """The difference between two projects' targets for the same thing, or of the two rows named."""
    rows = [result.indicator for result in results]
    if query.operation not in {"difference", "ratio", "larger"} or len(rows) != 2 or None in rows:
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
    if query.pairs and high == low:
        return [Headline(line("content.alike", figure=facts[0]))]
    unit = one.unit_of_measure or ""
    gap = exact_text(high - low) + ("个百分点" if unit in PERCENT else unit)
    arithmetic = f"{exact_text(high)} - {exact_text(low)} = {gap}"
    figure = Figure(gap, arithmetic, facts)
    head = line("content.between", figure=figure)
    if query.operation == "larger":
        plan, row = found[0] if high == one.target_value else found[1]
        head = line(
            "content.more",
            project=project_fact(plan),
            indicator=indicator_fact(plan, row),
            figure=figure,
        )
    return [Headline(head), working(arithmetic, facts)]


async def _in_project(plan: Plan, query: Query, sources: Sources) -> Result:
    if query.lead == "amount":
        stating = stated_in(sources, plan, query.premise[0].value)
        return _figures(plan, stating, replace(query, premise=()))
    if query.lead == "part":
        return extreme_part(plan, query) or _not_said(plan, query)
    if query.lead == "other":
        return await _of_the_others(plan, replace(query, lead=None), sources)
    if query.extreme and (ends := await extreme_amounts(plan, query, sources)):
        return _figures(plan, ends, query)
    if bounds := await stated_ends(plan, query, sources):
        return _figures(plan, bounds, query)
    result = (
        await converted(plan, query, sources)
        or await in_its_bracket(plan, query, sources)
        or await beyond_bound(plan, query, sources)
        or await by_condition(plan, query, sources)
        or await applied(plan, query, sources)
        or await a_year_of_it(plan, query, sources)
    )
    if result is not None:
        return result
    if query.operation == "share" and "points" in query.aspects:
        rows = await evidence_for(plan, query.content, query, sources)
        row = rows[0].candidate.indicator if rows and rows[0].coverage >= STRONG else None
        if row is not None and (result := points_share(plan, row)) is not None:
            return result
    if query.operation in {"sum", "difference", "ratio", "share", "each"}:
        result = await computed(plan, query, sources)
        if result is not None:
            return result
        if query.operation == "sum" and "total" in query.fields and not query.premise:
            return await _beside_the_total(plan, query, sources)
        if query.operation in {"sum", "difference", "ratio"} and len(query.content) > 1:
            plain = await _in_project(plan, replace(query, operation=None), sources)
            note = Note(line("content.not_computed"))
            blocks = (note, *plain.answer.blocks)
            return replace(plain, answer=replace(plain.answer, blocks=blocks))
    found = await evidence_for(plan, query.content, query, sources)
    if GIVEN_TO.search(query.said) and (not found or found[0].coverage < WEAK):
        # 「是给人民银行的吧」: nobody of that name is given anything; who is, the sheet says.
        found = await evidence_for(plan, ("给予",), query, sources)
    found = _in_the_unit_said(plan, found, query, sources) or found
    if (held := await _held_against(plan, found, query, sources)) is not None:
        return _rows(plan, [held], query)
    found = _row_of_that_unit(plan, found, query, sources) or found
    best = found[0] if found else None
    if best is None or best.coverage < STRONG:
        found = await _asked_last(plan, query, sources) or found
        best = found[0] if found else None
    if BOTH.search(query.said) and query.operation is None and not query.premise:
        pair = await contrasted(plan, query, sources)
        if pair and pair[0].candidate.indicator is not None:
            return _rows(plan, pair, query)
    stated = await sentence_stating(plan, best, query, sources)
    if stated is not None:
        return stated
    dated = best is not None and asks_when(query) and says_when(plan, best.candidate, query)
    if (
        len(query.content) > 1
        and query.operation is None
        and (best is None or best.coverage < (STRONG if dated else SPLIT))
    ):
        several = await _each_segment(plan, query, sources)
        if several is not None:
            return several
    of_one = only_of_its_kind(found, query)
    if of_one is not None and (best is None or best.coverage < STRONG):
        return _figures(plan, [of_one], query)
    says_none = best is not None and not (best.candidate.figure or best.candidate.indicator)
    if best is None or best.coverage < STRONG or (says_none and not query.in_full):
        measured = await _in_the_measure(plan, query, sources)
        if measured is not None:
            return measured
    if best is None or best.coverage < WEAK:
        return _not_said(plan, query)
    if best.coverage < STRONG:
        return _nearest(plan, best, query)
    if NAMES_ASKED.search(query.said) and (best.candidate.indicator or best.candidate.figure):
        return _nearest(plan, best, query)  # how many there are tells none of their names
    if query.in_full:
        field, said = await sentences_about(plan, query, sources)
        if len(said) > 1:
            return passage_result(
                plan, [quoted(plan, field, span) for span in runs_of(said)], field
            )
    if not answers_kind(plan, best, query):
        return await _of_kind(plan, query, found, sources)
    level = _of_the_price(plan, [e for e in alike(found) if answers_kind(plan, e, query)], query)
    if best.candidate.indicator is not None:
        return _rows(plan, level, query)
    if best.candidate.figure is not None:
        return _figures(plan, [e for e in level if e.candidate.figure is not None], query)
    return _quoted(plan, best, query)


async def _beside_the_total(plan: Plan, query: Query, sources: Sources) -> Result:
    """「帮企业上市的钱总共批了多少」: where no sum and no single amount is stated of the words, what all
    comes to is the project's total; what the sheet says of the words follows."""
    plain = await _in_project(plan, replace(query, operation=None), sources)
    if plan.state("total") is not ValueState.GIVEN:
        return plain
    amount = amount_piece(plan, "total", query.in_unit)
    said = [b for b in plain.answer.blocks if isinstance(b, (Headline, Paragraph))]
    single = len(said) == 1 and plain.answer.outcome is Outcome.ANSWERED
    if single or any(amount in block.line for block in said):
        return plain
    total = line("field.value", value=amount, project=project_fact(plan), label=label("total"))
    beside = [Paragraph(b.line) if isinstance(b, Headline) else b for b in plain.answer.blocks]
    return replace(plain, answer=replace(plain.answer, blocks=(Headline(total), *beside)))


async def _of_the_others(plan: Plan, query: Query, sources: Sources) -> Result:
    """「另外一家呢」: the figures of the same sentence that are counted and introduced as the one that
    was told."""
    found = await evidence_for(plan, query.content, query, sources)
    told = next((e for e in found if e.candidate.figure and answers_kind(plan, e, query)), None)
    if told is None or told.candidate.figure is None or told.coverage < STRONG:
        return _not_said(plan, query)
    own = told.candidate
    others = [
        replace(told, candidate=c)
        for c in sources.retriever.candidates(plan)
        if c.figure is not None
        and c.figure != told.candidate.figure
        and (c.field, c.context) == (own.field, own.context)
        and c.figure.unit == told.candidate.figure.unit
    ]
    before = said_before(plan, own.field, told.candidate.figure)[-2:]
    alike = [
        e
        for e in others
        if e.candidate.figure and said_before(plan, own.field, e.candidate.figure)[-2:] == before
    ]
    others = alike or others
    return (
        _figures(plan, others, query) if 0 < len(others) <= MOST_ALIKE else _not_said(plan, query)
    )


async def _of_kind(plan: Plan, query: Query, found: Sequence[Evidence], sources: Sources) -> Result:
    """Where what the words find first is of another kind than was asked for (3座 for 多少钱): what
    says as much and is of that kind; else the words of the sheet without a figure put forward."""
    best = found[0]
    if (follows := what_follows(plan, found, query)) is not None:
        return _figures(plan, [follows], query)
    money = SUM_ASKED.search(query.said) is not None
    if query.content_in:
        everywhere = replace(query, content_in=())
        found = [*found, *await evidence_for(plan, query.content, everywhere, sources)]
    fit = [
        e
        for e in found
        if e.coverage >= max(STRONG, best.coverage - (OTHER_KIND if money else LEVEL))
        and (e.candidate.figure is not None or e.candidate.indicator is not None)
        and answers_kind(plan, e, query)
    ]
    if not fit and query.operation == "sum":
        fit = _only_total(plan, found)
    if fit and fit[0].candidate.figure is not None:
        level = [e for e in alike(fit) if e.candidate.figure is not None]
        return _figures(plan, _of_the_price(plan, level, query)[:1], query)
    if fit:
        return _rows(plan, fit[:1], query)
    if (measured := await _in_the_measure(plan, query, sources)) is not None:
        return measured
    if best.candidate.indicator is not None:
        return _nearest(plan, best, query)
    return _quoted(plan, best, query)


async def _in_the_measure(plan: Plan, query: Query, sources: Sources) -> Result | None:
    """「数字化现在扫了多少页」: what the sheet counts in the measure asked for."""
    if query.premise or query.operation or query.yes_no or wants_money(query):
        return None
    found = await counted_so(plan, query, sources)
    rows = [e for e in found if e.candidate.indicator is not None]
    figures = [e for e in found if e.candidate.indicator is None]
    results = [_rows(plan, [e], query) for e in rows]
    if figures:
        results.insert(0, _figures(plan, figures, query))
    return None if not results else results[0] if len(results) == 1 else joined("content", results)


def _in_the_unit_said(
    plan: Plan, found: list[Evidence], query: Query, sources: Sources
) -> list[Evidence]:
    """「儿童康复是按12个月算的吗」: the only figure of the sheet in the unit that was said, which speaks of
    the words if from afar, where what they find first is counted in another."""
    stated = query.premise[0] if len(query.premise) == 1 and query.yes_no else None
    if stated is None or stated.unit not in LENGTHS or query.aspects:
        return []
    if found and _same_unit(stated.unit, _unit_of(found[0])):
        return []
    stating = [e for e in found if e.candidate.figure is not None]
    fit = [e for e in stating if _same_unit(stated.unit, _unit_of(e))]
    fit = fit or _only_in_unit(plan, stated, query, sources)
    places = {(e.candidate.field, e.candidate.figure.start) for e in fit if e.candidate.figure}
    if len(places) != 1:
        return []
    return [replace(fit[0], coverage=max(fit[0].coverage, CLEARLY))]


async def _held_against(
    plan: Plan, found: Sequence[Evidence], query: Query, sources: Sources
) -> Evidence | None:
    """「鹏诚交了1900万税，达标没」: the row that speaks of it (税收收入, by a character alone) and that the figure
    can be held against, where what the words find first is no row; None where several do."""
    if "enough" not in query.aspects or len(query.premise) != 1 or query.operation:
        return None
    best = found[0].candidate if found else None
    if best is None or best.indicator is not None:
        return None
    stated = query.premise[0]
    if best.figure is not None and (best.figure.yuan is not None or not stated.is_money):
        return None
    in_rows = replace(query, content_in=("indicators",))
    rows = [
        (e, e.candidate.indicator)
        for e in await evidence_for(plan, query.content, in_rows, sources)
        if e.candidate.indicator is not None and comparable(e.candidate.indicator, stated)
    ]
    level = [(e, row) for e, row in rows if e.coverage >= rows[0][0].coverage - LEVEL]
    likeliest = _likeliest(level, query)
    return likeliest[0][0] if len(likeliest) == 1 else None


def _row_of_that_unit(
    plan: Plan, found: list[Evidence], query: Query, sources: Sources
) -> list[Evidence]:
    """「改厕完工1630户，算完成任务没」: the only row of the table counted in the unit that was said, where
    what the words find first (户厕完工率) can not be held against it."""
    stated = query.premise[0] if len(query.premise) == 1 and "enough" in query.aspects else None
    best = found[0].candidate.indicator if found else None
    if stated is None or best is None or stated.unit in {None, *PERCENT}:
        return []
    if comparable(best, stated) is not None:
        return []
    rows = [c for c in sources.retriever.candidates(plan) if c.indicator is not None]
    own = [c for c in rows if c.indicator and (c.indicator.unit_of_measure or "") == stated.unit]
    fit = own or [c for c in rows if c.indicator and comparable(c.indicator, stated)]
    said = set("".join(NAMED.sub(r"\1", run) for run in query.content)) - set(stated.unit or "")
    shares = len(fit) == 1 and len(said & set(fit[0].words)) >= LEAST_SHARED
    return [Evidence(fit[0], CLEARLY, CLEARLY)] if shares else []


LEAST_SHARED = 2  # characters


def _only_in_unit(plan: Plan, stated: Asserted, query: Query, sources: Sources) -> list[Evidence]:
    """The figures of the sheet in that unit whose clause holds a word of the question: 下乡 of 「特派员每年
    下乡不少于50天对吗」, which the name has as well."""
    said = query.said.replace(stated.said, "")
    return [
        Evidence(c, CLEARLY, CLEARLY)
        for c in sources.retriever.candidates(plan)
        if c.figure is not None
        and _same_unit(stated.unit, c.figure.unit)
        and any(said[at : at + 2] in c.words for at in range(len(said) - 1))
    ]


LENGTHS = ("个月", "个工作日", "个小时", "小时", "天", "分钟", "年", "个星期", "个季度")


def _unit_of(evidence: Evidence) -> str:
    row, figure = evidence.candidate.indicator, evidence.candidate.figure
    return (row.unit_of_measure if row else figure.unit if figure else "") or ""


def _only_total(plan: Plan, found: Sequence[Evidence]) -> list[Evidence]:
    """The only amount among what speaks of the words that is no price of one."""
    totals = {
        (e.candidate.field, e.candidate.figure.start): e
        for e in found
        if e.coverage >= STRONG
        and e.candidate.figure is not None
        and e.candidate.figure.yuan is not None
        and not of_one(plan, e.candidate.field, e.candidate.figure)
    }
    return list(totals.values()) if len(totals) == 1 else []


def _of_the_price(plan: Plan, level: list[Evidence], query: Query) -> list[Evidence]:
    """Of a price, how many there are and what they come to (每家奖励5万元，预计26家，需130万元), which
    have the same words, those that are asked for."""
    figures = [(e, e.candidate.figure) for e in level if e.candidate.figure is not None]
    if len(figures) < 2 or len({figure.label.start for _, figure in figures}) > 1:
        return level
    money = [(e, figure) for e, figure in figures if figure.yuan is not None]
    if NUMBER_ASKED.search(query.said) or COUNT_ASKED.search(query.said):
        return [e for e, figure in figures if figure.yuan is None] or level
    whole = SUMMED.search(query.said) is not None and not asks_of_one(query)
    fit = [e for e, f in money if of_one(plan, e.candidate.field, f) is not whole]
    return fit or [e for e, _ in money] or level


NUMBER_ASKED = re.compile("(?:几|多少|好多)[个张例路支期](?!月|星期|工作日|小时)")
SUMMED = re.compile("总共|一共|合计|共计|总计|[全整]部|总额|总的|全年|需要?|花|安排")


# A row may say more of the words than the amount beside the same thing in a passage.
OTHER_KIND = 0.4


def _rows(plan: Plan, level: Sequence[Evidence], query: Query) -> Result:
    """The rows among what answers equally well."""
    rows = [(e, e.candidate.indicator) for e in level if e.candidate.indicator is not None]
    if query.premise and "enough" in query.aspects:
        rows = [(e, row) for e, row in rows if comparable(row, query.premise[0])] or rows
        if len(query.premise) == 1:
            rows = _likeliest(rows, query)
    if query.core is not None and not query.yes_no:
        rows = [(e, row) for e, row in rows if row.is_core is query.core] or rows
    if query.without:
        return other_rows(plan, [row for _, row in rows], query)
    if len(rows) > 1 and query.operation == "sum" and "points" in query.aspects:
        return points_sum(plan, [row for _, row in rows], query)
    results = [
        one_row(plan, row, replace(query, premise=premise))
        for row, premise in _with_premises(query, rows[:MOST_ALIKE])
    ]
    return results[0] if len(results) == 1 else joined("indicator", results)


def _likeliest(
    rows: list[tuple[Evidence, Indicator]], query: Query
) -> list[tuple[Evidence, Indicator]]:
    """Of several rows that one figure could be held against, those that hold the most of what was
    said (经营收入 for 营业收入, not 税收收入), whose name begins so, or that count in the unit said."""
    groups = synonym_groups()
    said = {word for run in query.content for word in (run, *groups.get(run, ()))}

    def held(row: Indicator) -> int:
        return max((len(word) for word in said if word in row.name), default=0)

    most = max((held(row) for _, row in rows), default=0)
    unit = re.search("[亿万]", query.premise[0].said)
    keeps: tuple[Callable[[Indicator], bool], ...] = (
        lambda row: held(row) == most,
        lambda row: any(row.name.startswith(word) for word in said),
        lambda row: unit is not None and (row.unit_of_measure or "").startswith(unit.group()),
    )
    for keep in keeps:
        rows = [(e, row) for e, row in rows if keep(row)] or rows
    return rows


NAMES_ASKED = re.compile(
    "叫(?:什么|啥|些?什么)(?!项目)|[什啥哪]么?些?名[字称]|名[字称](?:是|叫|都有|分别)"
)
BOTH = re.compile("分别|各(?:是|有|要|为|占)?(?:多少|几)")  # 「城区和农村反应时间分别多少」
GIVEN_TO = re.compile("(?:给|拨给|付给|补给).{2,10}的?(?:吧|吗|对吗|对吧|是吧|是不是)")


async def _asked_last(plan: Plan, query: Query, sources: Sources) -> list[Evidence]:
    """「引进来的公司，税收要交够多少」: what the last clause alone speaks of, where that is clear."""
    before, comma, last = query.said.replace("，", ",").rpartition(",")
    asked = tuple(words for words in query.content if words in last and words not in before)
    if not comma or not asked or len(asked) == len(query.content):
        return []
    found = await evidence_for(plan, asked, query, sources)
    return found if found and found[0].coverage >= STRONG + 0.1 else []


def _with_premises(
    query: Query, rows: Sequence[tuple[Evidence, Indicator]]
) -> list[tuple[Indicator, tuple[Asserted, ...]]]:
    """Each row with the figure stated of it: 「股改了3家，上市只有1家」 in the order they were said.
    Where figures and rows are not as many, none can be told to be this row's."""
    if len(query.premise) < 2:
        return [(row, query.premise) for _, row in rows]
    if len(query.premise) != len(rows):
        return [(row, ()) for _, row in rows]
    ordered = sorted(rows, key=lambda pair: _said_at(pair[0], query.said))
    return [(row, (stated,)) for (_, row), stated in zip(ordered, query.premise, strict=True)]


def _said_at(evidence: Evidence, said: str) -> int:
    """Where the words that only this row holds were said."""
    places = [said.find(word) for word in evidence.matched if len(word) > 1 and word in said]
    return min(places, default=len(said))


async def _each_segment(plan: Plan, query: Query, sources: Sources) -> Result | None:
    """「几家进辅导、几家上市」: each run of words that is clear alone is answered alone."""
    results: list[Result] = []
    seen: set[tuple[str, int, bool]] = set()
    best: list[Evidence] = []
    for segment in query.content:
        found = await evidence_for(plan, (segment,), query, sources)
        if not found or found[0].coverage < STRONG + 0.1:
            return None
        best.append(found[0])
    dated = asks_when(query) and any(says_when(plan, e.candidate, query) for e in best)
    asked = Asked(await features_of(query.content, sources))
    dropped = False
    for place, (segment, candidate) in enumerate(
        (segment, e.candidate) for segment, e in zip(query.content, best, strict=True)
    ):
        if dated and not says_when(plan, candidate, query):
            dropped = True  # 「减免要在多久内申请」: the other words only tell of what
            continue
        if asked.is_denied_by(candidate.words):
            dropped = True
            continue
        key = (candidate.field, candidate.ordinal, candidate.figure is None)
        if key not in seen:
            seen.add(key)
            stated = query.premise
            if len(stated) > 1:
                stated = stated[place : place + 1] if len(stated) == len(query.content) else ()
            alone = replace(query, content=(segment,), premise=stated)
            results.append(await _in_project(plan, alone, sources))
    if len(results) == 1 and dropped:
        return results[0]
    return joined("content", results) if len(results) > 1 else None


def _figures(plan: Plan, found: list[Evidence], query: Query) -> Result:
    facts = [
        (evidence, figure_fact(plan, evidence.candidate.field, evidence.candidate.figure))
        for evidence in found
        if evidence.candidate.figure is not None
    ]
    blocks: list[Block] = []
    same = [
        pair
        for pair in facts
        if pair[0].candidate.figure and _is_stated(query, pair[0].candidate.figure)
    ]
    facts = same or facts  # 「累计限额2000万吗」: of two limits the one that was stated is meant
    of_none = _none_is_stated(query, facts)
    judged = of_none or len({fact.text for _, fact in facts}) == 1
    for evidence, fact in facts:
        figure = evidence.candidate.figure
        words = clause_of(plan, evidence)
        text = text_of(plan, evidence.candidate.field)
        verdict: tuple[Phrase | Fact | Figure, ...] = ()
        clear = evidence.coverage >= CLEARLY or _said_whole(query, evidence)
        clear = clear or (figure is not None and _is_that_length(query, figure))
        if figure and judged and clear and len(query.premise) < 2 and not (of_none and blocks):
            before = text[figure.label.start : figure.start]
            verdict = _verdict(query, figure, before, text[figure.end : figure.end + 4])
        value = _in_unit(fact, figure, query.in_unit)
        head = (*verdict, *line("content.figure", figure=value, project=project_fact(plan)), *words)
        blocks.append(Headline(head) if not blocks else Paragraph(head))
    quoted: set[str] = set()
    for evidence, _ in facts:
        passage = sentence_around(plan, evidence)
        if passage.quote.text not in quoted:
            quoted.add(passage.quote.text)
            blocks.append(passage)
    return passage_result(plan, blocks, facts[0][0].candidate.field)


def _none_is_stated(query: Query, facts: Sequence[tuple[Evidence, Fact]]) -> bool:
    """Whether each of several amounts is another than the one that is to be confirmed."""
    stated = query.premise[0] if len(query.premise) == 1 and query.yes_no else None
    yuan = [evidence.candidate.figure.yuan for evidence, _ in facts if evidence.candidate.figure]
    return stated is not None and stated.is_money and None not in yuan and stated.value not in yuan


def _is_that_length(query: Query, figure: FigureInText) -> bool:
    """Whether a figure is a length of time, as what was stated is (工期120天)."""
    stated = query.premise[0] if len(query.premise) == 1 and query.yes_no else None
    return stated is not None and stated.unit in LENGTHS and _same_unit(stated.unit, figure.unit)


def _same_unit(stated: str | None, printed: str | None) -> bool:
    """Whether two are counted alike: 30天 and 15日 are."""
    return stated is None or stated.replace("天", "日") in (printed or "").replace("天", "日")


def _said_whole(query: Query, evidence: Evidence) -> bool:
    """Whether a figure's own words hold all that the question names (三类, 公厕), if not side by side."""
    pieces = [piece for run in query.content for piece in NAME_MARKS.split(run) if piece]
    return all(len(piece) > 1 and piece in evidence.candidate.words for piece in pieces)


def _is_stated(query: Query, figure: FigureInText) -> bool:
    """Whether a figure is the amount that is to be confirmed."""
    stated = query.premise[0] if len(query.premise) == 1 and query.yes_no else None
    return stated is not None and stated.is_money and stated.value == figure.yuan


def _in_unit(fact: Fact, figure: FigureInText | None, unit: str | None) -> Fact | Figure:
    if unit is None or figure is None or figure.yuan is None:
        return fact
    text = money_text(figure.yuan, unit)
    if figure.unit == unit:
        return fact
    return Figure(text, f"{fact.text} = {text}", (fact,))


def _verdict(
    query: Query, figure: FigureInText | None, before: str, after: str
) -> tuple[Phrase | Fact | Figure, ...]:
    """Whether the figure the asker stated is the one that stands there, between these words."""
    if figure is None or not query.premise or query.in_unit is not None or supposes(query):
        return ()
    if "enough" in query.aspects:
        return _enough(query, figure, before, after)
    for stated in query.premise:
        same_unit = _same_unit(stated.unit, figure.unit)
        if stated.is_money and figure.yuan is not None:
            right = stated.value == figure.yuan
        elif same_unit and figure.yuan is None:
            right = stated.value == figure.value
        else:
            continue
        if right and not query.yes_no:
            return ()
        return line("premise.right" if right else "premise.wrong")
    return ()


AT_LEAST = re.compile("(?:不少于|不低于|不小于|至少|达到?|≥|超过)$")
AT_MOST = re.compile("(?:不超过|不高于|不多于|不得超过|控制在|≤|最长|最多)$")
AND_MORE = re.compile("以上|及以上")
AND_LESS = re.compile("以内|之内|以下|内")


def _enough(
    query: Query, figure: FigureInText, before: str, after: str
) -> tuple[Phrase | Fact | Figure, ...]:
    """Whether what was reached is as the passage wants it (2小时内, 不少于20家); nothing where it
    does not say which way it is meant."""
    stated, unit = query.premise[0], figure.unit or ""
    least = AT_LEAST.search(before) is not None or AND_MORE.match(after) is not None
    most = AT_MOST.search(before) is not None or AND_LESS.match(after) is not None
    bound, value = figure.yuan, stated.value
    if figure.yuan is None or not stated.is_money:
        bound = figure.value * (10_000 if unit.startswith("万") else 1)
        said_bare = stated.is_money and "元" not in stated.said
        if not (stated.unit is None or said_bare or (stated.unit or "") in unit):
            return ()
    if least is most or bound is None:
        return ()
    met = value >= bound if least else value <= bound
    return line("content.enough_yes" if met else "content.enough_no")


def _quoted(plan: Plan, best: Evidence, query: Query) -> Result:
    passage = sentence_around(plan, best)
    blocks: list[Block] = []
    asked = wants_money(query) or (
        HOW_MANY.search(query.said) is not None
        and not asks_when(query)
        and not SAYS_NUMBER.search(passage.quote.text)
    )
    if asked and not _says_how_much(plan, best, passage.quote.text, query):
        passage = Passage(
            passage.quote, line("content.no_figure", project=project_fact(plan)), passage.fold
        )
    blocks.append(passage)
    return passage_result(plan, blocks, best.candidate.field)


HOW_MANY = re.compile("多少|好多|几(?=[个家人次场件户份台名成])")
SAYS_NUMBER = re.compile("[一二两三四五六七八九十百千半]")


def _says_how_much(plan: Plan, best: Evidence, sentence: str, query: Query) -> bool:
    """Whether a sentence states a figure; of one (门票多少钱一张), whether it states the price of one."""
    if not asks_of_one(query):
        return any(char.isdigit() for char in sentence)
    field = best.candidate.field
    text = text_of(plan, field)
    start = text.find(sentence)
    stated = (f for f in figures(text) if start <= f.start < start + len(sentence))
    return any(of_one(plan, field, figure) for figure in stated)


def _nearest(plan: Plan, best: Evidence, query: Query) -> Result:
    """Evidence too thin to be the answer is offered as what it is."""
    blocks: list[Block] = []
    if best.candidate.indicator is not None:
        if not answers_kind(plan, best, query):
            query = replace(query, premise=())  # it is of another kind than what was stated
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
    result = passage_result(plan, blocks, best.candidate.field)
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
    elif DATE_ASKED.search(query.said) and (dated := dated_passages(plan)):
        return passage_result(plan, dated, "overview")
    else:
        blocks.append(Headline(line("content.not_said", project=project)))
        if not wants_number(query):
            blocks += [
                Paragraph(block.line) if isinstance(block, Headline) else block
                for block in in_short(plan, query, goal=False)
            ]
    return about(plan, "content", blocks, outcome=Outcome.BLANK)
