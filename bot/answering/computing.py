"""Answers that compute: totals, averages, shares, rankings, comparisons; arithmetic always shown."""

from __future__ import annotations

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
    Phrase,
    Table,
)
from bot.answering.content import answer_content
from bot.answering.facts import (
    Result,
    about,
    amount_piece,
    answer,
    common_unit,
    counted,
    field_fact,
    id_of,
    indicator_fact,
    money_text,
    points_cell,
    points_fact,
    project_fact,
    rounded,
    share_text,
    signed_sum,
    source_of,
    state_line,
    steps_for,
    summed,
    value_or_blank,
    working,
)
from bot.answering.fields import answer_fields, one_project
from bot.answering.finding import answer_find, answer_shared, excluding
from bot.answering.premises import as_stated, holds
from bot.answering.scopes import BOUNDS, scope_note, scope_of
from bot.phrases import answer_phrases, label, line, phrase
from bot.question.evidence import plan_of
from bot.question.query import Asserted, Holds, Kind, Query
from bot.question.sources import Sources
from registry.amounts import exact_text, in_unit
from registry.plan import AMOUNT_FIELDS, YUAN_PER_UNIT, Plan, ProjectCategory
from registry.scope import Scope

SHOWN_ADDENDS = 12
RANKED = 20


def scope_for(query: Query) -> Scope:
    """The plans computed over."""
    scope = scope_of(query)
    return excluding(scope, query) if query.without else scope


LISTED_ADDENDS = 8  # so few are also shown one by one


async def answer_total(query: Query, sources: Sources) -> Result:
    """The exact sum of an amount field over a scope, its average, or what lies beside it."""
    if query.kind == "average" and query.lead in BOUNDS:
        return await _beside_mean(query, sources)
    scope = scope_for(query)
    total = await sources.store.total(scope, query.of)
    name = label(query.of)
    if not total.given:
        head = line("total.nothing", count=counted(total.plans), label=name)
        return Result(answer("total", [Headline(head)], outcome=Outcome.BLANK))
    if query.operation == "median":
        return await _median(query, total.given, sources)
    plans = await sources.store.plans(replace(scope, given_field=query.of), limit=SHOWN_ADDENDS + 1)
    unit = common_unit(plans, query.in_unit)
    figure, addends = _sum_of(plans, query, total.yuan, unit, total.given)
    average = query.kind == "average"
    if average:
        mean, sign = rounded(in_unit(total.yuan, unit) / total.given)
        arithmetic = f"{money_text(total.yuan, unit)} ÷ {total.given} {sign} {mean}{unit}"
        figure = Figure(f"{mean}{unit}", arithmetic, figure.operands)
        addends = [*addends, working(arithmetic, figure.operands)]
    gaps: dict[str, Figure | Phrase | Fact] = {
        "figure": figure,
        "count": counted(total.given),
        "label": name,
    }
    head = _total_head(query, average, gaps)
    if query.lead in BOUNDS and query.premise:
        held = holds(total.yuan, query.lead, query.premise[0].value)
        head = (*line("premise.holds_yes" if held else "premise.holds_no"), *head)
    elif query.premise:
        shown = Decimal(mean) * YUAN_PER_UNIT[unit] if average else total.yuan
        head = (*as_stated(shown, query.premise[0]), *head)
    blocks: list[Block] = [Headline(head), *addends]
    if 1 < len(plans) <= LISTED_ADDENDS and (query.person or query.unit or query.category):
        rows = tuple(
            ((project_fact(p),), value_or_blank(p, query.of, query.in_unit)) for p in plans
        )
        blocks.append(Table((answer_phrases()["column.project"], name.text), rows))
    missing = total.blank + total.absent + total.unknown
    if missing:
        blocks.append(Note(line("total.left_out", count=counted(missing), label=name)))
    blocks += await scope_note(query, sources, total.plans)
    ids = tuple(id_of(plan) for plan in plans[:SHOWN_ADDENDS])
    return Result(
        answer(
            "total",
            blocks,
            sources=[source_of(plan, query.of) for plan in plans[:SHOWN_ADDENDS]],
            projects=ids,
        ),
        projects=ids if query.person or query.projects else (),
        person=query.person,
    )


async def _median(query: Query, given: int, sources: Sources) -> Result:
    """The amount in the middle of all, or half way between the two in the middle."""
    scope = replace(scope_for(query), given_field=query.of)
    first, several = (given - 1) // 2, 2 - given % 2
    plans = await sources.store.plans(scope, order_by=query.of, limit=several, offset=first)
    unit = common_unit(plans, query.in_unit)
    values = [in_unit(yuan, unit) for plan in plans if (yuan := plan.yuan(query.of)) is not None]
    both = sum(values, Decimal(0))
    middle = exact_text(both / several) + unit
    facts = tuple(field_fact(plan, query.of) for plan in plans)
    arithmetic, workings = None, []
    if several > 1:
        total = exact_text(both) + unit
        arithmetic = f"{total} ÷ {several} = {middle}"
        workings = [working(f"{signed_sum(values)} = {total}", facts), working(arithmetic, facts)]
    figure = Figure(middle, arithmetic, facts)
    head = line("total.median", figure=figure, count=counted(given), label=label(query.of))
    table = Table(
        (answer_phrases()["column.project"], label(query.of).text),
        tuple(
            ((project_fact(plan),), value_or_blank(plan, query.of, query.in_unit)) for plan in plans
        ),
    )
    blocks = [Headline(head), *workings, table, *await scope_note(query, sources, given)]
    ids = tuple(id_of(plan) for plan in plans)
    sheets = [source_of(plan, query.of) for plan in plans]
    return Result(answer("total", blocks, sources=sheets, projects=ids), person=query.person)


async def _beside_mean(query: Query, sources: Sources) -> Result:
    """The projects whose amount is above (or below) the mean of all, with that mean; of one named,
    whether its amount is."""
    whole = replace(query, projects=(), lead=None, yes_no=False)
    mean = await answer_total(whole, sources)
    total = await sources.store.total(scope_for(whole), query.of)
    if not total.given:
        return mean
    bound = Asserted(total.yuan / total.given, "元")
    held_to = (Holds(query.lead or "", bound),)
    found = (
        await answer_fields(replace(query, fields=(query.of,), holds=held_to, yes_no=True), sources)
        if query.projects
        else await answer_find(replace(whole, holds=held_to, operation=None), sources)
    )
    gap: list[Block] = []
    if query.operation == "difference" and len(query.projects) == 1:
        gap = await _gap_to_mean(query, bound.value, sources)
    blocks = (*gap, *found.answer.blocks, *mean.answer.blocks)
    return replace(found, answer=replace(found.answer, blocks=blocks))


async def _gap_to_mean(query: Query, mean: Decimal, sources: Sources) -> list[Block]:
    """How much a project's amount is above or below the mean."""
    plan = await plan_of(sources, query.projects[0], query.year)
    yuan = plan.yuan(query.of)
    if yuan is None:
        return []
    unit = common_unit([plan], query.in_unit)
    (text, sign), high, low = (
        rounded(in_unit(abs(yuan - mean), unit)), max(yuan, mean), min(yuan, mean),
    )  # fmt: skip
    shown = [rounded(in_unit(value, unit))[0] for value in (high, low)]
    arithmetic = f"{shown[0]} - {shown[1]} {sign} {text}{unit}"
    key = "total.above_mean" if yuan >= mean else "total.below_mean"
    figure = Figure(f"{text}{unit}", arithmetic, (project_fact(plan),))
    head = line(key, figure=figure, project=project_fact(plan))
    return [Headline(head), working(arithmetic, (project_fact(plan),))]


def _total_head(query: Query, average: bool, gaps: dict[str, Figure | Phrase | Fact]) -> Line:
    if average:
        return line("total.average", **gaps)
    if query.without:
        return line("total.without", **gaps)
    if query.person:
        return line("total.person", person=Fact(query.person, FactKind.PERSON), **gaps)
    if query.category:
        return line("total.category", category=Phrase(query.category), **gaps)
    if query.unit:
        return line("total.unit", unit=Fact(query.unit, FactKind.UNIT), **gaps)
    return line("total.total", **gaps)


def _sum_of(
    plans: Sequence[Plan], query: Query, yuan: Decimal, unit: str, given: int
) -> tuple[Figure, list[Block]]:
    """The sum as a figure; its addends are written out where they are few."""
    text = money_text(yuan, unit)
    if given > SHOWN_ADDENDS:
        facts = tuple(field_fact(plan, query.of) for plan in plans[:SHOWN_ADDENDS])
        return Figure(text, None, facts), []
    figure = summed(plans, query.of, text, unit)
    return figure, [working(figure.arithmetic, figure.operands)] if figure.arithmetic else []


async def answer_share(query: Query, sources: Sources) -> Result:
    """What part of a whole some projects are: of all, of a category, or of their own total."""
    if query.content:
        return await answer_content(replace(query, operation="share"), sources)
    part_scope = (
        Scope(project_ids=query.projects, year=query.year) if query.projects else scope_for(query)
    )
    of_all = not (query.projects or query.person or query.category or query.unit)
    if of_all and query.of == "total":
        return await answer_total(query, sources)
    part = await sources.store.total(part_scope, query.of)
    if query.projects and query.of != "total":
        whole = await sources.store.total(part_scope, "total")
        plan = await plan_of(sources, query.projects[0], query.year)
        whole_name = line("total.whole_project", project=project_fact(plan))
    elif query.category and (query.projects or query.person):
        whole = await sources.store.total(
            Scope(category=ProjectCategory(query.category), year=query.year), "total"
        )
        whole_name = line("total.whole_category", category=Phrase(query.category))
    elif query.unit and query.projects:
        whole = await sources.store.total(Scope(unit=query.unit, year=query.year), "total")
        whole_name = line("total.whole_unit", unit=Fact(query.unit, FactKind.UNIT))
    else:
        whole = await sources.store.total(Scope(year=query.year), "total")
        whole_name = line("total.whole_all")
    if not part.given and len(query.projects) == 1:
        blank = replace(query, kind=Kind.FIELDS, fields=(query.of,), operation=None)
        return await answer_fields(blank, sources)
    if not part.given or not whole.yuan:
        head = line("total.nothing", count=counted(part.plans), label=label(query.of))
        return Result(
            answer("share", [Headline(head)], outcome=Outcome.BLANK), projects=query.projects
        )
    plans = await sources.store.plans(
        replace(part_scope, given_field=query.of), limit=SHOWN_ADDENDS
    )
    unit = common_unit(plans, query.in_unit)
    share, sign = share_text(part.yuan, whole.yuan, query.said)
    facts = tuple(project_fact(plan) for plan in plans)
    arithmetic = f"{money_text(part.yuan, unit)} ÷ {money_text(whole.yuan, unit)} {sign} {share}"
    figure = Figure(share, arithmetic, facts)
    key = "total.share_about" if sign == "≈" else "total.share"
    blocks: list[Block] = [
        Headline(line(key, figure=figure, whole=whole_name)),
        working(arithmetic, facts),
    ]
    blocks += await scope_note(query, sources, whole.plans)
    ids = tuple(id_of(plan) for plan in plans)
    return Result(
        answer(
            "share", blocks, sources=[source_of(plan, query.of) for plan in plans], projects=ids
        ),
        projects=ids,
        person=query.person,
    )


# --- rankings -------------------------------------------------------------------------------------


async def answer_rank(query: Query, sources: Sources) -> Result:
    """The largest, smallest, n-th or all in order, by an amount, by points or by a count of rows."""
    if query.lead == "place":
        return await _place(query, sources)
    if query.of == "row_points":
        return await _best_rows(query, sources)
    scope = scope_for(query)
    if query.ordinal and query.ordinal < 0:
        query = replace(query, extreme="max" if query.extreme == "min" else "min")
    if query.operation == "own_share":
        scope = replace(scope, given_field=query.of)
    ranked = await _ranked(query, scope, sources)
    total = len(ranked) if query.holds else await sources.store.count(scope)
    if not ranked and query.of in AMOUNT_FIELDS and not query.holds:
        blank = await sources.store.count(scope_for(query))
        head = line("rank.nothing", count=counted(blank), label=label(query.of))
        return Result(answer("rank", [Headline(head)], outcome=Outcome.BLANK))
    if not ranked:
        return Result(answer("rank", [Headline(line("find.none"))], outcome=Outcome.BLANK))
    name = _rank_label(query)
    if query.ordinal:
        return _nth(query, ranked, total, name)
    if query.extreme == "both":
        return await _both_ends(query, scope, ranked[0], total, sources)
    if query.top == 1:
        best = [row for row in ranked if row[1] == ranked[0][1]]
        key = _end_key(query, query.extreme == "max")
        shown = best[:RANKED]
        blocks: list[Block] = [
            Headline(_rank_line(key, plan, value, total, query)) for plan, value in shown
        ]
    else:
        shown = ranked[: query.top or RANKED]
        head = line("find.list" if query.holds else "rank.list", label=name, count=counted(total))
        blocks = [Headline(head), _ranking(query, shown, name)]
    if query.operation in {"sum", "share"} and len(shown) > 1:
        whole = await sources.store.total(scope, query.of) if query.operation == "share" else None
        blocks += _sum_of_shown(query, shown, whole.yuan if whole else None)
    if query.top == 1:
        blocks += _contacts_of([plan for plan, _ in shown], query)
    ids = tuple(id_of(plan) for plan, _ in shown)
    return Result(
        answer(
            "rank",
            blocks,
            sources=[source_of(plan, query.of) for plan, _ in shown],
            steps=steps_for(shown[0][0]) if len(shown) == 1 else (),
            projects=ids,
        ),
        projects=ids,
        listed=ids,
    )


def _ranking(query: Query, shown: Sequence[tuple[Plan, Decimal]], name: Phrase) -> Table:
    """Projects with what they are ranked by, and their places unless a condition chose them."""
    words = answer_phrases()
    columns = (words["column.project"], name.text)
    rows: tuple[tuple[Line, ...], ...] = tuple(
        ((project_fact(plan),), (_rank_piece(plan, value, query),)) for plan, value in shown
    )
    if query.holds:
        return Table(columns, rows)
    placed = tuple(((Figure(str(place)),), *row) for place, row in enumerate(rows, 1))
    return Table((words["column.place"], *columns), placed, lead=1)


async def _both_ends(
    query: Query, scope: Scope, most: tuple[Plan, Decimal], total: int, sources: Sources
) -> Result:
    """The largest and the smallest, and what lies between them where that was asked."""
    least = (await _ranked(replace(query, extreme="min"), scope, sources))[0]
    blocks: list[Block] = [
        Headline(_rank_line(_end_key(query, top), plan, value, total, query))
        for top, (plan, value) in ((True, most), (False, least))
    ]
    if query.operation == "difference" and query.of in AMOUNT_FIELDS:
        plans = [most[0], least[0]]
        unit = common_unit(plans, query.in_unit)
        amounts = [in_unit(most[1], unit), in_unit(least[1], unit)]
        blocks += _comparison(plans, amounts, unit, query, _rank_label(query))
    blocks += _contacts_of([most[0], least[0]], query)
    ids = (id_of(most[0]), id_of(least[0]))
    sheets = [source_of(plan, query.of) for plan in (most[0], least[0])]
    return Result(answer("rank", blocks, sources=sheets, projects=ids), projects=ids, listed=ids)


def _contacts_of(plans: Sequence[Plan], query: Query) -> list[Block]:
    """「钱最多的项目谁负责」: the contact of each project that stands first, where that was asked."""
    if not set(query.fields) & {"contact_person", "contact_phone"}:
        return []
    contact = ("contact_person", "contact_phone")
    told = (block for plan in plans for block in one_project(plan, contact, query))
    return [Paragraph(b.line) if isinstance(b, Headline) else b for b in told]


def _sum_of_shown(
    query: Query, shown: Sequence[tuple[Plan, Decimal]], whole: Decimal | None
) -> list[Block]:
    """What the ranked amounts add up to, and their share of the whole (元) where it is asked."""
    plans = [plan for plan, _ in shown]
    if query.of not in AMOUNT_FIELDS:
        return []
    unit = common_unit(plans, query.in_unit)
    values = [in_unit(value, unit) for _, value in shown]
    total = exact_text(sum(values, Decimal(0))) + unit
    arithmetic = f"{signed_sum(values)} = {total}"
    facts = tuple(project_fact(plan) for plan in plans)
    lines: list[Block] = [working(arithmetic, facts)]
    if whole:
        share, sign = rounded(sum(values, Decimal(0)) / in_unit(whole, unit) * 100)
        part = f"{total} ÷ {money_text(whole, unit)} {sign} {share}%"
        lines.append(working(part, facts))
    return lines


async def _ranked(query: Query, scope: Scope, sources: Sources) -> list[tuple[Plan, Decimal]]:
    descending = query.extreme != "min"
    if query.operation == "own_share":
        plans = await sources.store.plans(
            scope, order_by="share", descending=descending, limit=(query.ordinal or 0) + RANKED
        )
        return [(plan, share) for plan in plans if (share := _own_share(plan, query.of)[0])]
    if query.of in AMOUNT_FIELDS:
        limit = max(query.top or 0, query.ordinal or 0, 0) + RANKED
        plans = await sources.store.plans(
            replace(scope, given_field=query.of),
            order_by=query.of,
            descending=descending,
            limit=limit,
        )
        return [(plan, value) for plan in plans if (value := plan.yuan(query.of)) is not None]
    what = "points" if query.of.endswith("points") else "count"
    core = True if query.of.startswith("core") else None
    return await sources.store.ranked_by_indicators(
        scope,
        what=what,
        core=core,
        descending=descending,
        limit=RANKED * 2,
        holding=[(hold.comparison, hold.figure.value) for hold in query.holds],
    )


def _own_share(plan: Plan, of: str) -> tuple[Decimal, str]:
    """What an amount is of the project's own total, in per cent, with the arithmetic."""
    part, whole = plan.yuan(of), plan.yuan("total")
    if part is None or not whole:
        return Decimal(0), ""
    share, sign = rounded(part / whole * 100)
    unit = plan.amount_unit or "元"
    arithmetic = f"{money_text(part, unit)} ÷ {money_text(whole, unit)} {sign} {share}%"
    return part / whole * 100, arithmetic


def _end_key(query: Query, most: bool) -> str:
    """The sentence for the largest or the smallest."""
    if query.operation == "own_share":
        return "rank.highest" if most else "rank.lowest"
    return "rank.most" if most else "rank.least"


def _rank_label(query: Query) -> Phrase:
    if query.operation == "own_share":
        return Phrase(label(query.of).text + answer_phrases()["rank.own_share"])
    if query.of in AMOUNT_FIELDS:
        return label(query.of)
    return Phrase(answer_phrases()[f"rank.{query.of}_label"])


def _rank_line(key: str, plan: Plan, value: Decimal, total: int, query: Query) -> Line:
    return line(
        key,
        figure=_rank_piece(plan, value, query),
        project=project_fact(plan),
        count=counted(total),
        label=_rank_label(query),
    )


def _rank_piece(plan: Plan, value: Decimal, query: Query) -> Fact | Figure:
    if query.operation == "own_share":
        facts = (field_fact(plan, query.of), field_fact(plan, "total"))
        return Figure(f"{rounded(value)[0]}%", _own_share(plan, query.of)[1], facts)
    if query.of in AMOUNT_FIELDS:
        return amount_piece(plan, query.of, query.in_unit)
    unit = "分" if query.of.endswith("points") else "个"
    return Figure(
        f"{exact_text(value)}{unit}",
        None,
        tuple(indicator_fact(plan, row) for row in plan.indicators),
    )


def _nth(query: Query, ranked: list[tuple[Plan, Decimal]], total: int, name: Phrase) -> Result:
    place = abs(query.ordinal or 1)
    if place > len(ranked):
        head = line("rank.no_place", count=counted(total))
        return Result(answer("rank", [Headline(head)], outcome=Outcome.BLANK))
    value = ranked[place - 1][1]
    level = [plan for plan, other in ranked if other == value][:RANKED]
    first = 1 + sum(
        other > value if query.extreme == "max" else other < value for _, other in ranked
    )
    key = "rank.nth" if query.extreme == "max" else "rank.nth_of_least"
    heads: list[Block] = [
        Headline(
            line(
                key,
                figure=_rank_piece(plan, value, query),
                project=project_fact(plan),
                label=name,
                place=Figure(str(place if len(level) == 1 else first)),
            )
        )
        for plan in level
    ]
    return Result(
        answer(
            "rank", heads, sources=[source_of(plan, query.of) for plan in level],
            steps=steps_for(level[0]) if len(level) == 1 else (), projects=[id_of(p) for p in level],
        ),
        projects=tuple(id_of(plan) for plan in level),
        listed=tuple(id_of(plan) for plan in level) if len(level) > 1 else (),
    )  # fmt: skip


async def _place(query: Query, sources: Sources) -> Result:
    """Which place a project has."""
    plan = await plan_of(sources, query.projects[0], query.year)
    yuan = plan.yuan(query.of) if query.of in AMOUNT_FIELDS else None
    if yuan is None:
        return Result(
            answer("rank", [Headline(state_line(plan, "total"))], outcome=Outcome.BLANK),
            projects=(id_of(plan),),
        )
    above = await sources.store.count(Scope(field=query.of, yuan_more_than=yuan, year=query.year))
    total = await sources.store.count(Scope(given_field=query.of, year=query.year))
    verdict: Line = ()
    if query.yes_no:
        stands_there = above + 1 == (total if query.extreme == "min" else 1)
        verdict = line("premise.so_person" if stands_there else "premise.not_so_person")
    head = line(
        "rank.place", place=Figure(str(above + 1)), project=project_fact(plan), label=label(query.of),
        count=counted(total), figure=amount_piece(plan, query.of, query.in_unit),
    )  # fmt: skip
    return about(plan, "rank", [Headline((*verdict, *head))], sources=[source_of(plan, query.of)])


async def _best_rows(query: Query, sources: Sources) -> Result:
    """The indicators with the most (or fewest) points of all."""
    largest = query.extreme != "min"
    scope = scope_for(query)
    pairs = await sources.store.extreme_points(scope, largest=largest, core=query.core)
    if not pairs:
        return Result(answer("rank", [Headline(line("find.none"))], outcome=Outcome.BLANK))
    words = answer_phrases()
    head = Headline(
        (
            points_fact(*pairs[0]),
            Phrase("分——"),
            *line("rank.rows" if largest else "rank.rows_min"),
        )
    )
    rows = tuple(
        ((indicator_fact(plan, row),), (project_fact(plan),), points_cell(plan, row))
        for plan, row in pairs[:RANKED]
    )
    table = Table(
        (words["column.indicator"], words["column.project"], words["column.points"]), rows
    )
    ids = tuple(dict.fromkeys(id_of(plan) for plan, _ in pairs))
    return Result(
        answer(
            "rank",
            [head, table],
            sources=[source_of(plan) for plan, _ in pairs[:RANKED]],
            projects=ids,
        ),
        projects=ids,
        rows=tuple((id_of(plan), row.ordinal) for plan, row in pairs),
    )


# --- comparisons ----------------------------------------------------------------------------------


async def answer_compare(query: Query, sources: Sources) -> Result:
    """Two or more projects on one quantity: difference, ratio, sum, which is larger."""
    if query.operation == "shared":
        return await answer_shared(query, sources)
    if query.premise_person:
        sides = (query, replace(query, person=query.premise_person))
        return await _sides_compared(query, sides, sources)
    if query.premise_unit:
        sides = (query, replace(query, unit=query.premise_unit))
        return await _sides_compared(query, sides, sources)
    if query.without:
        sides = (replace(query, without=False), query)
        return await _sides_compared(query, sides, sources)
    plans = [await plan_of(sources, project, query.year) for project in query.projects]
    values = [_quantity(plan, query.of) for plan in plans]
    name = _rank_label(query)
    for plan, value in zip(plans, values, strict=True):
        if value is None:
            head = line("compare.one_blank", project=project_fact(plan), label=name)
            return Result(
                answer("compare", [Headline(head)], outcome=Outcome.BLANK), projects=query.projects
            )
    unit, shown = _in_common_unit(plans, [v for v in values if v is not None], query)
    blocks = _comparison(plans, shown, unit, query, name)
    ids = tuple(id_of(plan) for plan in plans)
    return Result(
        answer(
            "compare", blocks, sources=[source_of(plan, query.of) for plan in plans], projects=ids
        ),
        projects=ids,
        listed=ids,
    )


async def _sides_compared(query: Query, sides: tuple[Query, Query], sources: Sources) -> Result:
    """The totals of the projects of two persons or units, or of a project and all the others: how
    much more, or how many times."""
    if query.of == "projects":
        return await _numbers_compared(sides, sources)
    unit = query.in_unit or "万元"
    sums: list[tuple[Decimal, Fact | Phrase, Figure]] = []
    blocks: list[Block] = []
    for side in sides:
        scope = scope_for(side)
        total = await sources.store.total(scope, query.of)
        plans = await sources.store.plans(
            replace(scope, given_field=query.of), limit=SHOWN_ADDENDS + 1
        )
        figure, addends = _sum_of(plans, query, total.yuan, unit, total.given)
        gaps: dict[str, Figure | Phrase | Fact] = {
            "figure": figure, "count": counted(total.given), "label": label(query.of),
        }  # fmt: skip
        blocks += [Paragraph(_total_head(side, False, gaps)), *addends]
        one = project_fact(plans[0]) if side.projects and not side.without else _side(side)
        sums.append((total.yuan, one, figure))
    (high, first, larger), (low, second, smaller) = sorted(sums, key=lambda found: -found[0])
    facts = (*larger.operands, *smaller.operands)
    if query.operation == "sum":
        text = money_text(high + low, unit)
        arithmetic = f"{larger.text} + {smaller.text} = {text}"
        head = line(
            "compare.both_sum", figure=Figure(text, arithmetic, facts), first=first, second=second
        )
        return Result(answer("compare", [Headline(head), working(arithmetic, facts), *blocks]))
    if query.operation == "ratio" and low:
        text, sign = rounded(high / low)
        key = "compare.ratio_about" if sign == "≈" else "compare.ratio"
        arithmetic = f"{larger.text} ÷ {smaller.text} {sign} {text}"
    else:
        text, key = money_text(high - low, unit), "compare.difference"
        arithmetic = f"{larger.text} - {smaller.text} = {text}"
    head = line(key, figure=Figure(text, arithmetic, facts), first=first, second=second)
    return Result(answer("compare", [Headline(head), working(arithmetic, facts), *blocks]))


def _side(side: Query) -> Fact | Phrase:
    """The person or unit whose projects are held against others; all the others."""
    if side.without:
        return phrase("compare.all_others")
    return (
        Fact(side.person, FactKind.PERSON) if side.person else Fact(side.unit or "", FactKind.UNIT)
    )


async def _numbers_compared(sides: tuple[Query, Query], sources: Sources) -> Result:
    """Which of two persons, or units, has more projects."""
    found = [(await sources.store.count(scope_for(side)), side) for side in sides]
    (high, first), (low, second) = sorted(found, key=lambda pair: -pair[0])
    if high == low:
        level: dict[str, Phrase | Fact | Figure] = {
            "first": _side(first),
            "second": _side(second),
            "figure": Figure(f"{high}个"),
        }
        return Result(answer("compare", [Headline(line("compare.same", **level))]))
    arithmetic = f"{high} - {low} = {high - low}个"
    head = line(
        "compare.difference",
        figure=Figure(f"{high - low}个", arithmetic),
        first=_side(first),
        second=_side(second),
    )
    blocks: list[Block] = [Headline(head), working(arithmetic)]
    for number, side in found:
        key = "find.person" if side.person else "find.unit"
        name = {"person" if side.person else "unit": _side(side)}
        blocks.append(Paragraph(line(key, **name, count=counted(number))))
    return Result(answer("compare", blocks))


def _quantity(plan: Plan, of: str) -> Decimal | None:
    """What is compared: an amount in 元, a number of rows, a sum of points."""
    if of in AMOUNT_FIELDS:
        return plan.yuan(of)
    rows = [row for row in plan.indicators if not of.startswith("core") or row.is_core]
    if of.endswith("points"):
        return sum((row.points for row in rows if row.points is not None), Decimal(0))
    return Decimal(len(rows))


def _in_common_unit(
    plans: Sequence[Plan], values: Sequence[Decimal], query: Query
) -> tuple[str, list[Decimal]]:
    if query.of in AMOUNT_FIELDS:
        unit = common_unit(plans, query.in_unit)
        return unit, [in_unit(value, unit) for value in values]
    return ("分" if query.of.endswith("points") else "个"), list(values)


def _comparison(
    plans: Sequence[Plan], values: list[Decimal], unit: str, query: Query, name: Phrase
) -> list[Block]:
    facts = tuple(
        Fact(exact_text(v) + unit, FactKind.AMOUNT, p.places.get(query.of), id_of(p), query.of)
        for p, v in zip(plans, values, strict=True)
    )
    table = Table(
        (answer_phrases()["column.project"], name.text),
        tuple(((project_fact(p),), (f,)) for p, f in zip(plans, facts, strict=True)),
    )
    if query.operation in {"sum", "average"}:
        return [*_added_up(values, unit, query, name, facts), table]
    order = sorted(range(len(plans)), key=lambda place: -values[place])
    high, low = order[0], order[-1]
    ends = {"first": project_fact(plans[high]), "second": project_fact(plans[low])}
    most, least = exact_text(values[high]), exact_text(values[low])
    if query.operation == "ratio":
        if not values[low]:
            return [Headline(line("find.none")), table]
        text, sign = rounded(values[high] / values[low])
        arithmetic = f"{most} ÷ {least} {sign} {text}"
        key = "compare.ratio_about" if sign == "≈" else "compare.ratio"
        head = line(key, figure=Figure(text, arithmetic, facts), **ends)
        return [Headline(head), working(arithmetic, facts)]
    if values[high] == values[low]:
        return [Headline(line("compare.same", figure=facts[high], **ends))]
    if len(plans) > 2:
        return [Headline(line("compare.largest", first=ends["first"], one=facts[high])), table]
    gap = exact_text(values[high] - values[low]) + unit
    arithmetic = f"{most} - {least} = {gap}"
    difference = Figure(gap, arithmetic, facts)
    head = (
        line("compare.difference", figure=difference, **ends)
        if query.operation == "difference"
        else line("compare.larger", one=facts[high], other=facts[low], figure=difference, **ends)
    )
    return [Headline(head), working(arithmetic, facts)]


def _added_up(
    values: Sequence[Decimal], unit: str, query: Query, name: Phrase, facts: tuple[Fact, ...]
) -> list[Block]:
    total = exact_text(sum(values, Decimal(0)))
    arithmetic = f"{signed_sum(values)} = {total}{unit}"
    workings: list[Block] = [working(arithmetic, facts)]
    shown = Figure(total + unit, arithmetic, facts)
    if query.operation == "average":
        mean, sign = rounded(sum(values, Decimal(0)) / len(values))
        division = f"{total} ÷ {len(values)} {sign} {mean}{unit}"
        shown = Figure(mean + unit, division, facts)
        workings.append(working(division, facts))
    count = counted(len(values))
    head = line(f"compare.{query.operation}", figure=shown, count=count, label=name)
    return [Headline(head), *workings]
