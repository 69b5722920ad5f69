"""Named rules a plan should satisfy -> findings. Which rules hold, and why, is data."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from registry.amounts import exact_text
from registry.findings import Finding, finding
from registry.labels import LABELS, is_known_unit, is_odd_unit
from registry.plan import FUNDING_SOURCES, Comparison, Indicator, Plan, ValueState
from registry.prose import limits_in, wrong_sums

Rule = Callable[[Plan, Mapping[str, Any]], Iterator[Finding]]
YEAR = re.compile(r"(20\d{2})\s*年")
HUNDRED = Decimal(100)
TAIL = 12


@cache
def rules_data() -> Mapping[str, Mapping[str, Any]]:
    """The configuration of every rule."""
    text = files("registry").joinpath("data/checks.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def check_plan(plan: Plan) -> tuple[Finding, ...]:
    """What one plan breaks of the rules that are switched on."""
    found: list[Finding] = []
    for code, rule in RULES.items():
        data = rules_data()[code]
        if data["enabled"]:
            found.extend(rule(plan, data))
    return tuple(found)


def check_plans(plans: Sequence[Plan]) -> tuple[Finding, ...]:
    """What the plans of one file break together."""
    found: list[Finding] = []
    if rules_data()["duplicate-plan"]["enabled"]:
        found.extend(_duplicate_plans(plans))
    if rules_data()["points-differ-elsewhere"]["enabled"]:
        found.extend(_differing_points(plans))
    return tuple(found)


def _plan_finding(code: str, plan: Plan, field: str, **gaps: object) -> Finding:
    return finding(code, place=plan.places.get(field), field=field, project=plan.name, **gaps)


def _row_finding(code: str, plan: Plan, row: Indicator, cell: str, **gaps: object) -> Finding:
    place = row.places.get(cell) or row.places.get("target")
    return finding(code, place=place, field="indicators", project=plan.name, name=row.name, **gaps)


def _points(plan: Plan, data: Mapping[str, Any]) -> Iterator[Finding]:
    points = [indicator.points for indicator in plan.indicators]
    given = [value for value in points if value is not None]
    if not given or len(given) < len(points):
        return
    total = sum(given, Decimal(0))
    weight = plan.budget_execution_weight
    place = plan.indicators[-1].places.get("points")
    if weight is not None:
        if total + weight != HUNDRED:
            yield finding(
                "weight-does-not-complete",
                place=place,
                field="indicators",
                project=plan.name,
                sum=exact_text(total),
                weight=exact_text(weight),
                total=exact_text(total + weight),
            )
    elif total not in [Decimal(s) for s in data["sums"]]:
        expected = "通常应为 " + " 或 ".join(str(s) for s in data["sums"])
        yield finding(
            "points-do-not-sum",
            place=place,
            field="indicators",
            project=plan.name,
            sum=exact_text(total),
            expected=expected,
        )


def _parts(plan: Plan, _: Mapping[str, Any]) -> Iterator[Finding]:
    if plan.total is None or any(plan.state(s) is ValueState.ABSENT for s in FUNDING_SOURCES):
        return
    parts = [value for s in FUNDING_SOURCES if (value := getattr(plan, s)) is not None]
    total = sum(parts, Decimal(0))
    if parts and total != plan.total:
        yield _plan_finding(
            "parts-do-not-add-up",
            plan,
            "total",
            sum=exact_text(total),
            total=exact_text(plan.total),
            unit=plan.amount_unit or "",
        )


def _core(plan: Plan, _: Mapping[str, Any]) -> Iterator[Finding]:
    marks = [i for i in plan.indicators if i.core_mark is not None]
    stars_only = all(i.core_mark == "★" for i in marks)
    if marks and not stars_only and not any(i.is_core for i in plan.indicators):
        place = plan.indicators[0].places.get("core_mark")
        yield finding("no-core-indicator", place=place, field="indicators", project=plan.name)


def _blank_fields(plan: Plan, data: Mapping[str, Any]) -> Iterator[Finding]:
    for name in data["fields"]:
        if name in plan.blank and plan.state(name) is ValueState.BLANK:
            yield _plan_finding("field-blank", plan, name, label=LABELS[name])


def _no_indicators(plan: Plan, _: Mapping[str, Any]) -> Iterator[Finding]:
    if not plan.indicators:
        yield finding("no-indicators", field="indicators", project=plan.name)


def _shown(indicator: Indicator) -> str:
    sign = indicator.comparison or ""
    return f"{sign}{indicator.target or ''}{indicator.unit_of_measure or ''}"


def _signs(plan: Plan, data: Mapping[str, Any]) -> Iterator[Finding]:
    rate = re.compile(data["rate"])
    for indicator in plan.indicators:
        why = _senseless(indicator, rate)
        if why is not None:
            yield _row_finding(
                "sign-senseless", plan, indicator, "comparison", value=_shown(indicator), why=why
            )


def _senseless(indicator: Indicator, rate: re.Pattern[str]) -> str | None:
    value, sign = indicator.target_value, indicator.comparison
    if value is None:
        return None
    percent = indicator.unit_of_measure in ("%", "％", "百分比")
    if percent and value == HUNDRED and sign is Comparison.AT_LEAST and rate.search(indicator.name):
        return "比率最高就是 100%，宜写“=100%”"
    if percent and value >= HUNDRED and sign is Comparison.MORE_THAN:
        return "比率不会超过 100%"
    if not percent and value == 1 and sign is Comparison.LESS_THAN:
        return "小于 1 的次数就是 0，宜写“=0”"
    if value == 0 and sign is Comparison.AT_LEAST:
        return "任何结果都不小于 0"
    if value == 0 and sign is Comparison.LESS_THAN:
        return "不可能小于 0"
    return None


def _rates(plan: Plan, data: Mapping[str, Any]) -> Iterator[Finding]:
    rate = re.compile(data["rate"])
    for indicator in plan.indicators:
        value = indicator.target_value
        if value is None or indicator.unit_of_measure not in ("%", "％"):
            continue
        if value > HUNDRED and rate.search(indicator.name):
            yield _row_finding(
                "rate-over-hundred", plan, indicator, "target", value=exact_text(value)
            )


def _units(plan: Plan, _: Mapping[str, Any]) -> Iterator[Finding]:
    for indicator in plan.indicators:
        unit = indicator.unit_of_measure
        if unit and (is_odd_unit(unit) or not is_known_unit(unit)):
            yield _row_finding("unusual-unit", plan, indicator, "unit_of_measure", value=unit)


def _cut_names(plan: Plan, data: Mapping[str, Any]) -> Iterator[Finding]:
    endings = tuple(data["endings"])
    for indicator in plan.indicators:
        if indicator.name.endswith(endings) or _is_open(indicator.name):
            yield _row_finding("name-truncated", plan, indicator, "name")


def _is_open(text: str) -> bool:
    if text.count("《") > text.count("》"):
        return True
    return text.count("（") + text.count("(") > text.count("）") + text.count(")")


def _cut_texts(plan: Plan, data: Mapping[str, Any]) -> Iterator[Finding]:
    for name in data["fields"]:
        text = getattr(plan, name)
        if text and (text.rstrip().endswith(("，", "、", "（", "《", "：")) or _is_open(text)):
            yield _plan_finding(
                "text-truncated", plan, name, label=LABELS[name], value=text.rstrip()[-TAIL:]
            )


def _stale_years(plan: Plan, _: Mapping[str, Any]) -> Iterator[Finding]:
    if plan.year is None:
        return
    for indicator in plan.indicators:
        years = [int(y) for y in YEAR.findall(f"{indicator.name} {indicator.target or ''}")]
        if years and max(years) < plan.year:
            yield _row_finding(
                "stale-year", plan, indicator, "name", value=max(years), year=plan.year
            )


def _repeated(plan: Plan, _data: Mapping[str, Any]) -> Iterator[Finding]:
    named = [(i.level1, i.level2, i.name) for i in plan.indicators]
    if len(set(named)) == len(named):
        return
    for (_, _, name), count in Counter(named).items():
        if count > 1:
            first = next(i for i in plan.indicators if i.name == name)
            yield _row_finding("duplicate-indicator", plan, first, "name", value=count)


def _prose_sums(plan: Plan, _: Mapping[str, Any]) -> Iterator[Finding]:
    for name in ("overview", "annual_objective"):
        for wrong in wrong_sums(getattr(plan, name) or ""):
            yield _plan_finding(
                "prose-sum-wrong",
                plan,
                name,
                sum=exact_text(wrong.computed),
                total=exact_text(wrong.stated),
                unit=wrong.unit,
                value=wrong.text,
            )


def _objective(plan: Plan, _: Mapping[str, Any]) -> Iterator[Finding]:
    if not plan.annual_objective or not plan.indicators:
        return
    targets = {i.target_value for i in plan.indicators if i.target_value is not None}
    for limit in limits_in(plan.annual_objective):
        if limit.number not in targets:
            yield _plan_finding(
                "objective-without-indicator", plan, "annual_objective", value=limit.text
            )


def _improbable(plan: Plan, data: Mapping[str, Any]) -> Iterator[Finding]:
    yuan = plan.yuan()
    if yuan is None or yuan == 0:
        return
    if yuan > data["most_yuan"] or 0 < yuan < data["least_yuan"]:
        shown = f"{exact_text(plan.total or Decimal(0))}{plan.amount_unit or ''}"
        yield _plan_finding("amount-improbable", plan, "total", value=shown)


def _duplicate_plans(plans: Sequence[Plan]) -> Iterator[Finding]:
    counts = Counter((plan.name, plan.year, plan.implementing_unit) for plan in plans)
    for (name, year, _), count in counts.items():
        if count > 1 and name:
            place = next(plan.places.get("name") for plan in plans if plan.name == name)
            yield finding(
                "duplicate-plan",
                place=place,
                field="name",
                project=name,
                name=name,
                year=f"{year or '未写年度'}",
                value=count,
            )


def _differing_points(plans: Sequence[Plan]) -> Iterator[Finding]:
    seen: dict[str, tuple[Plan, Indicator]] = {}
    told: set[str] = set()
    for plan in plans:
        for indicator in plan.indicators:
            first = seen.setdefault(indicator.name, (plan, indicator))
            if first[0] is plan or indicator.name in told:
                continue
            if indicator.points is None or first[1].points in (None, indicator.points):
                continue
            told.add(indicator.name)
            yield _row_finding(
                "points-differ-elsewhere",
                plan,
                indicator,
                "points",
                points=exact_text(indicator.points),
                other=first[0].name,
                other_points=exact_text(first[1].points or Decimal(0)),
            )


RULES: Mapping[str, Rule] = {
    "points-do-not-sum": _points,
    "parts-do-not-add-up": _parts,
    "no-core-indicator": _core,
    "field-blank": _blank_fields,
    "no-indicators": _no_indicators,
    "sign-senseless": _signs,
    "rate-over-hundred": _rates,
    "unusual-unit": _units,
    "name-truncated": _cut_names,
    "text-truncated": _cut_texts,
    "stale-year": _stale_years,
    "duplicate-indicator": _repeated,
    "prose-sum-wrong": _prose_sums,
    "objective-without-indicator": _objective,
    "amount-improbable": _improbable,
}
