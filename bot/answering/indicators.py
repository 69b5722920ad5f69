"""Answers about rows of indicator tables: all, the core ones, one, its points, whether it is met."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bot.answer import (
    Block,
    Fact,
    Figure,
    Headline,
    Line,
    Outcome,
    Paragraph,
    Phrase,
    Table,
)
from bot.answering.facts import (
    Result,
    about,
    answer,
    core_cell,
    counted,
    id_of,
    indicator_fact,
    indicator_source,
    points_cell,
    points_fact,
    project_fact,
    rounded,
    row_fact,
    signed_sum,
    source_of,
    target_fact,
    working,
)
from bot.answering.premises import holds, so_many
from bot.answering.scopes import scope_of
from bot.phrases import answer_phrases, line
from bot.question.evidence import plan_of
from bot.question.query import Asserted, Query
from bot.question.sources import Sources
from registry.amounts import exact_text, parse_amount
from registry.plan import YUAN_PER_UNIT, Comparison, Indicator, Plan
from registry.scope import IndicatorWhere, Scope

MOST_ROWS = 30
PERCENT = {"%", "％", "百分比"}


async def answer_indicators(query: Query, sources: Sources) -> Result:
    """Rows of the projects named, or of all projects where conditions choose them."""
    if not query.projects:
        return await _across(query, sources)
    plans = [await plan_of(sources, project, query.year) for project in query.projects]
    results = [_of_plan(plan, query) for plan in plans]
    if len(results) == 1:
        return results[0]
    return joined("indicators", results)


def joined(kind: str, results: Sequence[Result]) -> Result:
    """The answers to the same question about several projects as one."""
    blocks = [block for result in results for block in result.answer.blocks]
    return Result(
        answer(
            kind,
            blocks,
            outcome=results[0].answer.outcome,
            sources=[source for result in results for source in result.answer.sources],
            projects=[project for result in results for project in result.projects],
        ),
        projects=tuple(dict.fromkeys(project for result in results for project in result.projects)),
        rows=tuple(row for result in results for row in result.rows),
        listed=tuple(dict.fromkeys(project for result in results for project in result.projects)),
        indicator=results[0].indicator if len({r.indicator for r in results}) == 1 else None,
    )


def chosen_rows(plan: Plan, query: Query) -> tuple[Indicator, ...]:
    """The rows that the conditions of a query leave."""
    rows = list(plan.indicators)
    if query.core is not None:
        rows = [row for row in rows if row.is_core is query.core]
    for condition in query.fields:
        if "=" in condition:
            rows = [row for row in rows if _fits(row, condition) is not query.negated]
    if query.ordinal is not None:
        place = query.ordinal - 1 if query.ordinal > 0 else len(rows) + query.ordinal
        rows = rows[place : place + 1] if 0 <= place < len(rows) else []
    if query.top is not None and query.top < 0:
        return tuple(rows[query.top :])
    if query.top is not None:
        if query.extreme or FIRST_BY_POINTS.search(query.said):
            # Rows of equal points stay in the order of the sheet.
            sign = 1 if query.extreme == "min" else -1
            rows = sorted(rows, key=lambda row: sign * (row.points or Decimal(0)))
        return tuple(rows[: query.top])
    if query.extreme and rows:
        points = [row.points for row in rows if row.points is not None]
        if points:
            best = max(points) if query.extreme == "max" else min(points)
            rows = [row for row in rows if row.points == best]
    return tuple(rows)


# 「分值前三的指标」; 「前三个指标的分值」 are those at the head of the table.
FIRST_BY_POINTS = re.compile("分[值数]?(?:排名?|居|在|最高)?的?前")


def _fits(row: Indicator, condition: str) -> bool:
    """Whether a row is as a condition such as points=30 or unit=亿元 wants it."""
    name, _, value = condition.partition("=")
    if name == "points":
        return row.points == Decimal(value)
    if name == "sign":
        return row.comparison is not None and row.comparison.value == value
    if name == "unit":
        return (row.unit_of_measure or "") == value
    parsed = parse_amount(value)
    if parsed is None or row.target_value is None:
        return False
    unit = value.lstrip("0123456789.")
    if unit in PERCENT:
        return row.target_value == parsed[0] and row.unit_of_measure in PERCENT
    printed = row.unit_of_measure or ""
    scale = TEN_THOUSAND if unit not in YUAN_PER_UNIT and printed == f"万{unit}" else 1
    return row.target_value * scale == parsed[0] and (not unit or unit in printed)


TEN_THOUSAND = Decimal(10_000)


def _scales(value: str) -> tuple[int, ...]:
    """By how much a target may have been divided when it was printed: 25000人次 as 2.5万人次."""
    unit = value.lstrip("0123456789.")
    return (1,) if not unit or unit in {*PERCENT, *YUAN_PER_UNIT} else (1, 10_000)


def _of_plan(plan: Plan, query: Query) -> Result:
    project = project_fact(plan)
    rows = chosen_rows(plan, query)
    if not rows:
        return _no_rows(plan, query)
    if len(rows) == 1 and (
        query.ordinal is not None
        or (query.aspects and query.core is None and len(plan.indicators) == 1)
    ):
        return one_row(plan, rows[0], query)
    held = _held_against(rows, query)
    if held:
        results = [one_row(plan, row, query) for row in held]
        return results[0] if len(results) == 1 else joined("indicator", results)
    operands = tuple(indicator_fact(plan, row) for row in rows)
    if query.operation in {"sum", "average"}:
        return points_sum(plan, rows, query)
    blocks: list[Block] = []
    narrowed = (
        query.core is not None or query.top is not None or any("=" in f for f in query.fields)
    )
    if query.extreme and query.top is None:
        key = "indicator.max_points" if query.extreme == "max" else "indicator.min_points"
        blocks.append(Headline(line(key, value=points_fact(plan, rows[0]), project=project)))
    else:
        key = {None: "filtered" if narrowed else "list", True: "core_list", False: "not_core_list"}[
            query.core
        ]
        if query.lead == "count":
            key = {None: "count", True: "core_count", False: "not_core_count"}[query.core]
            if query.core is None and narrowed:
                key = "filtered"
        blocks.append(
            Headline(
                (
                    *so_many(query, len(rows)),
                    *line(f"indicator.{key}", project=project, count=counted(len(rows), operands)),
                )
            )
        )
        if query.lead == "count" and query.core is not None:
            blocks.append(Paragraph(line("indicator.of_all", count=counted(len(plan.indicators)))))
    blocks.append(indicator_table(plan, rows))
    return about(
        plan,
        "indicators",
        blocks,
        given=("indicators",),
        rows=tuple((id_of(plan), row.ordinal) for row in rows),
        indicator=(id_of(plan), rows[0].ordinal) if len(rows) == 1 else None,
    )


def other_rows(plan: Plan, named: Sequence[Indicator], query: Query) -> Result:
    """「除了知晓率，其他指标一共多少分」: the rows of the table but for those named."""
    left = [row for row in plan.indicators if row not in named]
    if query.operation == "sum" and "points" in query.aspects:
        return points_sum(plan, left, replace(query, core=None))
    operands = tuple(indicator_fact(plan, row) for row in left)
    head = line("indicator.others", project=project_fact(plan), count=counted(len(left), operands))
    return about(
        plan,
        "indicators",
        [Headline(head), indicator_table(plan, left)],
        given=("indicators",),
        rows=tuple((id_of(plan), row.ordinal) for row in left),
    )


MOST_HELD = 3  # rows that one figure may be meant of


def _held_against(rows: Sequence[Indicator], query: Query) -> list[Indicator]:
    """The few rows that the figure stated can be held against: 780批次 against what counts 批次."""
    if "enough" not in query.aspects or len(query.premise) != 1:
        return []
    fit = [row for row in rows if comparable(row, query.premise[0])]
    return fit if len(fit) <= MOST_HELD else []


def _no_rows(plan: Plan, query: Query) -> Result:
    project = project_fact(plan)
    if not plan.indicators:
        head = line("indicator.none", project=project)
    elif query.ordinal is not None:
        head = line("indicator.no_such_row", project=project, count=counted(len(plan.indicators)))
    elif query.core and all(row.core_mark is None for row in plan.indicators):
        head = line("indicator.core_absent", project=project)
    else:
        head = line("indicator.no_core" if query.core else "indicator.no_match", project=project)
    return Result(
        answer(
            "indicators",
            [Headline(head)],
            outcome=Outcome.BLANK,
            sources=[source_of(plan)],
            projects=[id_of(plan)],
        ),
        projects=(id_of(plan),),
    )


def indicator_table(plan: Plan, rows: Sequence[Indicator]) -> Table:
    """Rows as a table: indicator, target, points, core mark; columns nobody filled are left out."""
    words = answer_phrases()
    columns = [words["column.indicator"], words["column.target"]]
    points = any(row.points is not None for row in rows)
    core = any(row.core_mark is not None for row in rows)
    if points:
        columns.append(words["column.points"])
    if core:
        columns.append(words["column.core"])
    return Table(tuple(columns), tuple(_cells(plan, row, points, core) for row in rows))


def _cells(plan: Plan, row: Indicator, points: bool, core: bool) -> tuple[Line, ...]:
    cells: list[Line] = [(indicator_fact(plan, row),), (target_fact(plan, row),)]
    if points:
        cells.append(points_cell(plan, row))
    if core:
        cells.append(core_cell(plan, row))
    return tuple(cells)


def points_sum(plan: Plan, rows: Sequence[Indicator], query: Query) -> Result:
    """The points of some rows added up."""
    scored = [row for row in rows if row.points is not None]
    numbers = [row.points for row in scored if row.points is not None]
    total = sum(numbers, Decimal(0))
    facts = tuple(points_fact(plan, row) for row in scored)
    arithmetic = f"{signed_sum(numbers)} = {exact_text(total)}"
    figure = Figure(exact_text(total), arithmetic, facts)
    key = {None: "points_sum", True: "core_points_sum", False: "not_core_points_sum"}[query.core]
    blocks: list[Block] = [
        Headline(line(f"indicator.{key}", sum=figure, project=project_fact(plan)))
    ]
    if query.operation == "average" and scored:
        mean, sign = rounded(total / len(scored))
        each = f"{exact_text(total)} ÷ {len(scored)} {sign} {mean}"
        head = line(
            "indicator.points_mean", mean=Figure(mean, each, facts), project=project_fact(plan)
        )
        blocks = [Headline(head), working(each, facts)]
    whole = _all_points(plan)
    if "占" in query.said and whole and len(scored) < len(plan.indicators):
        share, sign = rounded(total / whole * 100)
        part = f"{exact_text(total)} ÷ {exact_text(whole)} {sign} {share}%"
        blocks.append(working(part, facts))
    blocks.append(indicator_table(plan, scored))
    return about(
        plan,
        "points",
        blocks,
        given=("indicators",),
        rows=tuple((id_of(plan), row.ordinal) for row in scored),
    )


def _all_points(plan: Plan) -> Decimal:
    return sum((row.points for row in plan.indicators if row.points is not None), Decimal(0))


def points_gap(plan: Plan, one: Indicator, other: Indicator) -> Result | None:
    """How many points more one row of a table has than another."""
    if one.points is None or other.points is None:
        return None
    high, low = (one, other) if one.points >= other.points else (other, one)
    facts = (points_fact(plan, high), points_fact(plan, low))
    gap = exact_text(abs(one.points - other.points)) + "分"
    arithmetic = f"{facts[0].text} - {facts[1].text} = {gap}"
    ends = {"first": indicator_fact(plan, high), "second": indicator_fact(plan, low)}
    head = line("compare.difference", figure=Figure(gap, arithmetic, facts), **ends)
    if one.points == other.points:
        head = (*line("compare.same", figure=facts[0], **ends), Phrase("分"))
    blocks: list[Block] = [
        Headline(head), working(arithmetic, facts), indicator_table(plan, [high, low])
    ]  # fmt: skip
    rows = ((id_of(plan), high.ordinal), (id_of(plan), low.ordinal))
    return about(plan, "points", blocks, given=("indicators",), rows=rows)


def points_share(plan: Plan, row: Indicator) -> Result | None:
    """What part of all points of a sheet an indicator has."""
    whole = _all_points(plan)
    if row.points is None or not whole:
        return None
    share, sign = rounded(row.points / whole * 100)
    arithmetic = f"{exact_text(row.points)} ÷ {exact_text(whole)} {sign} {share}%"
    facts = (points_fact(plan, row),)
    figure = Figure(f"{share}%", arithmetic, facts)
    gaps = {"project": project_fact(plan), "indicator": indicator_fact(plan, row)}
    blocks: list[Block] = [
        Headline(
            line(
                "indicator.points_share" if sign == "=" else "indicator.points_share_about",
                figure=figure,
                **gaps,
            )
        ),
        working(arithmetic, facts),
        indicator_table(plan, [row]),
    ]
    at = (id_of(plan), row.ordinal)
    return about(plan, "points", blocks, given=("indicators",), rows=(at,), indicator=at)


def one_row(plan: Plan, row: Indicator, query: Query) -> Result:
    """One indicator: the sides of it that were asked for, the target where none was."""
    aspects = query.aspects or ("target",)
    # 「差500万能完成吗」 states what is missing, not what was reached.
    missing = bool(query.premise) and f"差{query.premise[0].said}" in query.said
    if query.premise and not query.aspects and query.yes_no:
        aspects = ("target",) if missing else ("enough",)
    bound = _stated_bound(row, query)
    if bound:
        aspects = ("target",)
    lines = [_aspect_line(plan, row, aspect, query) for aspect in aspects]
    if bound:
        lines[0] = (*bound, *lines[0])
    asked = query.yes_no and len(query.premise) == 1 and not bound and not missing
    if aspects == ("target",) and asked:
        stated = comparable(row, query.premise[0])
        if stated is not None:
            right = stated[0] == stated[1]
            lines[0] = (*line("premise.right" if right else "premise.wrong"), *lines[0])
    blocks: list[Block] = [Headline(lines[0]), *(Headline(more) for more in lines[1:])]
    if aspects in {("target",), ("enough",)}:
        blocks.append(indicator_table(plan, [row]))
    return about(
        plan,
        "indicator",
        blocks,
        sources=[indicator_source(plan, row)],
        given=("total",),
        indicator=(id_of(plan), row.ordinal),
    )


DONE = re.compile("(?:做|完成|搞|实现|开展|引进|引入|办|赔|达到|只有|才)了?|够|达标")


def _stated_bound(row: Indicator, query: Query) -> Line:
    """Whether the requirement is as stated (不超过50万吗, 200以下是吗); nothing where none was stated."""
    if not query.yes_no or len(query.holds) != 1 or row.comparison is None:
        return ()
    hold = query.holds[0]
    if DONE.search(query.said.split(hold.figure.said)[-1]) or "enough" in query.aspects:
        return ()
    pair = comparable(row, hold.figure)
    if pair is None:
        return ()
    same = pair[0] == pair[1] and row.comparison.value[0] in {
        hold.comparison,
        "≥" if hold.comparison == ">" else "≤" if hold.comparison == "<" else hold.comparison,
    }
    return line("premise.right" if same else "premise.wrong")


def _aspect_line(plan: Plan, row: Indicator, aspect: str, query: Query) -> Line:
    gaps: dict[str, Fact] = {"project": project_fact(plan), "indicator": indicator_fact(plan, row)}
    if aspect == "points":
        if row.points is None:
            return line("indicator.points_none", **gaps)
        return line("indicator.points", value=points_fact(plan, row), **gaps)
    if aspect == "unit":
        if not row.unit_of_measure:
            return line("indicator.unit_none", **gaps)
        return (
            *line("indicator.unit", value=row_fact(plan, row, "unit_of_measure"), **gaps),
            Phrase("，指标值"),
            target_fact(plan, row),
        )
    if aspect == "core":
        return _core_line(plan, row, gaps)
    if aspect == "comparison":
        if row.comparison is None:
            return line("indicator.comparison_none", **gaps)
        return (
            *line("indicator.comparison", value=row_fact(plan, row, "comparison"), **gaps),
            Phrase(f"，{SENSES[row.comparison]}，指标值"),
            target_fact(plan, row),
        )
    if aspect == "enough" and query.premise:
        verdict = enough_line(plan, row, query.premise[0], query.said)
        if verdict:
            return (*verdict, Phrase("——"), *line("indicator.of", **gaps))
    if row.target is None:
        return line("indicator.target_none", **gaps)
    return line("indicator.target", value=target_in(plan, row, query.in_unit), **gaps)


def target_in(plan: Plan, row: Indicator, unit: str | None) -> Fact | Figure:
    """The target, brought to another unit of money where that was asked."""
    fact = target_fact(plan, row)
    factor = YUAN_PER_UNIT.get(row.unit_of_measure or "")
    if unit is None or factor is None or row.target_value is None or unit == row.unit_of_measure:
        return fact
    text = exact_text(row.target_value * factor / YUAN_PER_UNIT[unit]) + unit
    return Figure(text, f"{exact_text(row.target_value)}{row.unit_of_measure} = {text}", (fact,))


SENSES = {
    Comparison.AT_LEAST: "大于等于", Comparison.MORE_THAN: "大于", Comparison.AT_MOST: "小于等于",
    Comparison.LESS_THAN: "小于", Comparison.EQUAL: "等于", Comparison.QUALITATIVE: "定性",
}  # fmt: skip


def _core_line(plan: Plan, row: Indicator, gaps: dict[str, Fact]) -> Line:
    if row.core_mark is None:
        return line("indicator.core_absent", project=gaps["project"])
    if row.core_mark == "":
        return line("indicator.core_blank", **gaps)
    mark = row_fact(plan, row, "core_mark")
    return line("indicator.core_yes" if row.is_core else "indicator.core_no", mark=mark, **gaps)


def comparable(row: Indicator, stated: Asserted) -> tuple[Decimal, Decimal, str] | None:
    """The stated figure and the target in one unit, and that unit; None where they do not compare."""
    if row.target_value is None or row.comparison is None:
        return None
    unit = row.unit_of_measure or ""
    if stated.unit in {"百分点", "个百分点"}:
        stated = replace(stated, unit="%")  # 「只涨了5.8个点」
    if unit.startswith("万") and stated.unit and unit not in YUAN_PER_UNIT and stated.unit in unit:
        return stated.value / 10_000, row.target_value, unit
    if stated.is_money:
        factor = YUAN_PER_UNIT.get(unit)
        if factor is None:
            if (
                stated.unit == "元"
                and stated.value % 10_000 == 0
                and "万" in stated.said
                and "元" not in stated.said
            ):
                # 「1.2万」 is said of whatever the indicator counts, if it counts people or pieces.
                if not COUNTED_IN_TENS_OF_THOUSANDS.search(unit):
                    return None
                value = stated.value / 10_000 if unit.startswith("万") else stated.value
                return value, row.target_value, unit
            return None
        return stated.value / factor, row.target_value, unit
    if (stated.unit in PERCENT) != (unit in PERCENT) and stated.unit is not None:
        return None
    if not same_measure(stated.unit, unit):
        return None
    if unit.startswith("万") and stated.unit is None and stated.value >= 1000:
        return stated.value / 10_000, row.target_value, unit
    return stated.value, row.target_value, unit


COUNTED_IN_TENS_OF_THOUSANDS = re.compile("[人次份户亩株件册]")


# What counts things one by one: 3家 may be held against 个.
COUNTERS = frozenset("个家项条件起例宗处所座名位批套台场次")


def same_measure(said: str | None, printed: str) -> bool:
    """Whether a stated unit may be held against the printed one: 场 and 场次, 家 and 个, not 人次
    and 次数."""
    if said is None or not printed or said in PERCENT:
        return True
    if said in printed or printed in said:
        return "人" not in printed or "人" in said
    return said in COUNTERS and printed in COUNTERS


RISES, FALLS = re.compile("增长|上升|提高|提升|增加|上涨"), re.compile("下降|降低|减少|下滑|降了")


def other_direction(said: str, name: str) -> bool:
    """Whether a rise or fall was said that the indicator does not speak of: a fall by 6 % is no
    growth by 6 %."""
    return any(way.search(said) is not None and not way.search(name) for way in (RISES, FALLS))


def enough_line(plan: Plan, row: Indicator, stated: Asserted, said: str) -> Line:
    """Whether a result meets the target, with the comparison and what is missing shown; nothing
    where what was said cannot be held against it."""
    pair = comparable(row, stated)
    if pair is None or row.comparison is None or other_direction(said, row.name):
        return ()
    value, target, unit = pair
    sign = row.comparison
    met = holds(value, sign.value, target)
    fact = target_fact(plan, row)
    upper = sign in {Comparison.AT_MOST, Comparison.LESS_THAN}
    relation = "=" if value == target else ">" if value > target else "<"
    arithmetic = f"{exact_text(value)}{unit} {relation} {exact_text(target)}{unit}"
    shown = Figure(arithmetic, arithmetic, (fact,))
    key = (
        "enough_yes"
        if met
        else "enough_no"
        if not upper and (sign is not Comparison.EQUAL or value < target)
        else "too_much"
    )
    if met and (upper or sign is Comparison.EQUAL):
        key = "within"
    parts = line(f"indicator.{key}", arithmetic=shown)
    if not met and value != target:
        high, low = max(value, target), min(value, target)
        gap = exact_text(high - low)
        missing = Figure(f"{gap}{unit}", f"{exact_text(high)} - {exact_text(low)} = {gap}", (fact,))
        by = "indicator.short_by" if value < target else "indicator.over_by"
        parts = (*parts, Phrase("，"), *line(by, figure=missing))
    return (*parts, Phrase("（指标值"), fact, Phrase("）"))


async def _across(query: Query, sources: Sources) -> Result:
    """Rows of all projects that fit the conditions."""
    where = where_of(query)
    pairs = await sources.store.indicators(Scope(year=query.year), where)
    if query.negated:
        chosen = {(id_of(plan), row.ordinal) for plan, row in pairs}
        everything = await sources.store.indicators(
            Scope(year=query.year), IndicatorWhere(core=query.core)
        )
        pairs = [
            (plan, row) for plan, row in everything if (id_of(plan), row.ordinal) not in chosen
        ]
    pairs = [
        (plan, row)
        for plan, row in pairs
        if all(_fits(row, c) is not query.negated for c in query.fields if "=" in c)
    ]
    if not pairs:
        return Result(
            answer("indicators", [Headline(line("indicator.across_none"))], outcome=Outcome.BLANK)
        )
    return across_table("indicators", pairs)


def across_table(
    kind: str, pairs: Sequence[tuple[Plan, Indicator]], heading: str = "indicator.across"
) -> Result:
    """Rows of several projects under one heading."""
    words = answer_phrases()
    columns = (
        words["column.indicator"],
        words["column.project"],
        words["column.target"],
        words["column.points"],
    )
    rows = tuple(
        (
            (indicator_fact(plan, row),),
            (project_fact(plan),),
            (target_fact(plan, row),),
            points_cell(plan, row),
        )
        for plan, row in pairs[:MOST_ROWS]
    )
    head = Headline(
        line(heading, count=counted(len(pairs), [indicator_fact(p, r) for p, r in pairs]))
    )
    return Result(
        answer(
            kind,
            [head, Table(columns, rows)],
            sources=[source_of(plan) for plan, _ in pairs[:MOST_ROWS]],
            projects=list(dict.fromkeys(id_of(p) for p, _ in pairs)),
        ),
        projects=tuple(dict.fromkeys(id_of(plan) for plan, _ in pairs)),
        listed=tuple(dict.fromkeys(id_of(plan) for plan, _ in pairs)),
        rows=tuple((id_of(plan), row.ordinal) for plan, row in pairs),
        indicator=(id_of(pairs[0][0]), pairs[0][1].ordinal) if len(pairs) == 1 else None,
    )


def where_of(query: Query) -> IndicatorWhere:
    """The conditions of a query as the store takes them."""
    values: dict[str, object] = {"core": query.core}
    for condition in query.fields:
        name, _, value = condition.partition("=")
        if name == "points":
            values["points"] = Decimal(value)
        elif name == "sign":
            values["comparison"] = Comparison(value)
        elif name == "unit":
            values["unit_of_measure"] = value
        elif name == "target":
            parsed = parse_amount(value)
            values["target_values"] = tuple(parsed[0] / n for n in _scales(value)) if parsed else ()
            if value.endswith("%"):
                values["unit_of_measure"] = "%"
    return IndicatorWhere(**values)  # type: ignore[arg-type]


async def count_indicators(query: Query, sources: Sources) -> Result:
    """How many indicators (core, or not) the projects of a scope have."""
    core = {"core": True, "not_core": False}.get(query.of)
    scope = scope_of(query)
    number = await sources.store.count_indicators(scope, IndicatorWhere(core=core))
    projects = await sources.store.count(scope)
    key = {"core": "counted_core", "not_core": "counted_not_core"}.get(query.of, "counted")
    head = line(f"total.{key}", figure=counted(number), count=counted(projects))
    blocks: list[Block] = [Headline((*so_many(query, number), *head))]
    shown = await sources.store.plans(scope) if projects <= MOST_COUNTED else []
    if shown:
        per_plan = [
            (plan, sum(1 for row in plan.indicators if core is None or row.is_core is core))
            for plan in shown
        ]
        arithmetic = f"{' + '.join(str(n) for _, n in per_plan)} = {number}"
        if len(per_plan) > 1:
            blocks.append(working(arithmetic, [project_fact(plan) for plan, _ in per_plan]))
            blocks.append(_counts_table(per_plan))
    sheets = [source_of(plan, "indicators") for plan in shown]
    return Result(answer("count", blocks, sources=sheets), projects=query.projects)


MOST_COUNTED = 12  # projects whose numbers are shown beside their sum


def _counts_table(per_plan: Sequence[tuple[Plan, int]]) -> Table:
    words = answer_phrases()
    columns = (words["column.project"], words["column.count"])
    return Table(columns, tuple(((project_fact(p),), (counted(n),)) for p, n in per_plan))
