"""Rows of the indicator table as indicators."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from registry.amounts import plain_number
from registry.findings import Finding, finding
from registry.labels import find_sign, is_hint, is_sum, label_key
from registry.parser_table import CORE_MARKS, NO_UNIT, POINTS, TableRow, level_name
from registry.parser_values import (
    DIGIT,
    clean_text,
    is_date,
    name_without_unit,
    parse_name,
    parse_target,
    tidy,
)
from registry.plan import Comparison, Indicator, Place

# What a column's cell gives, by its role.
FIELDS = {
    "name": "name",
    "level1": "level1",
    "level2": "level2",
    "value": "target",
    "sign": "comparison",
    "unit_of_measure": "unit_of_measure",
    "points": "points",
    "core_mark": "core_mark",
    "actual": "actual",
}
# 3 and 3. and （3）: the number of a row, where its name should stand.
ROW_NUMBER = re.compile(r"[(（]?\d{1,4}[)）]?[.．、]?")
PERCENT = frozenset({"％", "百分比", "百分率", "比例", "比率"})
PLACEHOLDER = re.compile(r"[≥≤=><]?[xX×]{1,4}.{0,3}")


def indicators_of(matched: Sequence[TableRow]) -> tuple[Indicator, ...]:
    """The indicators of the rows, levels carried down over merged or blank cells."""
    indicators: list[Indicator] = []
    level1: str | None = None
    level2: str | None = None
    for row in matched:
        if _begins_blank(row, "level1"):
            level1 = level2 = None
        if row.aligned and (text := row.text("level1")):
            fresh = level_name(text)
            if fresh != level1:
                level1, level2 = fresh, None
        if row.aligned and (text := row.text("level2")):
            level2 = level_name(text)
        if is_indicator(row):
            indicators.append(make_indicator(row, len(indicators) + 1, level1, level2))
    return tuple(indicators)


def _begins_blank(row: TableRow, role: str) -> bool:
    """Whether a cell over several rows begins that has lost its text, so that no level is known."""
    cell = row.cells.get(role)
    return (
        row.row.ruled
        and cell is not None
        and cell.height > 1
        and row.begins(role)
        and not row.text(role)
    )


def row_findings(indicators: Sequence[Indicator], name: str | None) -> list[Finding]:
    """What went wrong while reading rows."""
    found: list[Finding] = []
    for indicator in indicators:
        place = indicator.places.get("name")
        if "row" in indicator.printed:
            found.append(
                finding(
                    "row-misaligned",
                    place=place,
                    project=name,
                    name=indicator.name,
                    value=indicator.printed["row"],
                )
            )
        elif indicator.target is None:
            found.append(
                finding(
                    "indicator-without-target",
                    place=indicator.places.get("target", place),
                    project=name,
                    name=indicator.name,
                )
            )
        if "comparison" in indicator.printed:
            found.append(
                finding(
                    "sign-conflict",
                    place=place,
                    project=name,
                    name=indicator.name,
                    value=indicator.printed["comparison"],
                )
            )
        if "unit_of_measure" in indicator.printed:
            found.append(
                finding(
                    "unit-conflict",
                    place=place,
                    project=name,
                    name=indicator.name,
                    value=indicator.printed["unit_of_measure"],
                )
            )
        if "points" in indicator.printed:
            found.append(
                finding(
                    "points-unreadable",
                    place=place,
                    project=name,
                    name=indicator.name,
                    value=indicator.printed["points"],
                )
            )
    return found


def is_indicator(row: TableRow) -> bool:
    """Whether the row states an indicator: a real name, not a hint, a sum or a blank form's line."""
    name = tidy(row.text("name"))
    if is_hint(name) or is_sum(name) or is_across(row) or is_numbered(row):
        return False
    value = row.text("value")
    if not value and not any(
        row.text(role) for role in row.cells if role.startswith(("sign", "unit", "points"))
    ):
        return "value" in row.cells and len(name) > 1 and not name.endswith(("指标", "指标:", "："))
    return not (value and is_placeholder(value))


def is_across(row: TableRow) -> bool:
    """A remark or a line for signatures over the whole width: name and value are one cell."""
    name = row.cells.get("name")
    return name is not None and name is row.cells.get("value") and bool(name.text)


def is_numbered(row: TableRow) -> bool:
    """A row with its number where the name should stand: it names no indicator."""
    return ROW_NUMBER.fullmatch(row.text("name")) is not None


def is_placeholder(text: str) -> bool:
    """「≥**人」: a hint where a value should stand."""
    return "**" in text or "＊＊" in text or PLACEHOLDER.fullmatch(text.strip()) is not None


def make_indicator(
    row: TableRow, ordinal: int, level1: str | None, level2: str | None
) -> Indicator:
    """The row as an indicator."""
    name_cell, value_cell, points_cell = row.text("name"), row.text("value"), row.text("points")
    named = parse_name(name_cell)
    signs = [role for role in row.cells if role.startswith("sign")]
    sign = _sign(row, signs)
    comparison, value, number, unit = _target(row, sign, named.unit)
    name = named.name
    if named.unit is not None and unit == named.unit and not row.text("unit_of_measure"):
        name = name_without_unit(name)
    points = _points(points_cell)
    core = _core(row, named.starred)
    printed = {"name": name_cell} if name != name_cell else {}
    if value_cell and value_cell != value:
        printed["target"] = value_cell
    conflict = _conflict(value_cell, sign)
    if conflict is not None:
        printed["comparison"] = conflict
    other_unit = _other_unit(row, value_cell)
    if other_unit is not None:
        printed["unit_of_measure"] = other_unit
    if points_cell and points is None:
        printed["points"] = points_cell
    if not row.aligned:
        printed["row"] = " | ".join(cell.text for cell in row.cells.values())
    return Indicator(
        ordinal=ordinal,
        name=name,
        level1=level1,
        level2=level2,
        comparison=comparison,
        target=value,
        target_value=number,
        unit_of_measure=unit,
        points=points,
        core_mark=core,
        actual=row.text("actual") or None,
        blank=_blank(row, value, unit, points, signs),
        printed=printed,
        places=_places(row),
    )


def _target(
    row: TableRow, sign: Comparison | None, unit_in_name: str | None
) -> tuple[Comparison | None, str | None, Decimal | None, str | None]:
    text = tidy(clean_text(row.text("value")))
    in_words = tidy(clean_text(row.text("value_text")))
    # Beside ≥ or ≤ words without a figure restate the name, and are no value.
    is_value = sign in (None, Comparison.QUALITATIVE) or DIGIT.search(in_words) is not None
    if (not text or find_sign(text) is Comparison.QUALITATIVE) and in_words and is_value:
        text = in_words
    unit = tidy(row.text("unit_of_measure"))
    unit_given = unit if unit not in NO_UNIT else None
    if not row.aligned:
        return None, None, None, None
    if not text or text in ("/", "—", "-", "——"):
        return sign, None, None, unit_given
    target = parse_target(text)
    if sign is Comparison.QUALITATIVE:
        if target.number is not None and target.comparison not in (None, Comparison.QUALITATIVE):
            return target.comparison, target.value, target.number, target.unit or unit_given
        number = plain_number(text)
        return sign, text, number, unit_given if number is not None else None
    comparison = sign or target.comparison
    value = target.value
    if target.number is None and target.unit is None:
        is_counted = DIGIT.search(value) is not None and not is_date(text)
        return comparison, value, None, unit_given if is_counted else None
    unit_found = target.unit or unit_given or unit_in_name
    if unit_given is not None and target.unit is not None and target.unit != unit_given:
        unit_found = unit_given if target.unit == "" else target.unit
    return comparison, value, target.number, unit_found


def _sign(row: TableRow, signs: Sequence[str]) -> Comparison | None:
    found = [sign for role in sorted(signs) if (sign := find_sign(row.text(role))) is not None]
    exact = [sign for sign in found if sign is not Comparison.QUALITATIVE]
    return exact[0] if exact else (found[0] if found else None)


def _conflict(value: str, sign: Comparison | None) -> str | None:
    """Two different signs for one target, in the sign's column and before the value."""
    if sign is None or sign is Comparison.QUALITATIVE:
        return None
    inside = parse_target(value).comparison
    if inside in (None, Comparison.QUALITATIVE, sign):
        return None
    return f"{sign} | {value}"


def _other_unit(row: TableRow, value: str) -> str | None:
    """Two different units for one target, in the unit's column and behind the value."""
    column = tidy(row.text("unit_of_measure"))
    inside = None if column in NO_UNIT else parse_target(value).unit
    if inside is None or label_key(column) == label_key(inside):
        return None
    if inside == "%" and column in PERCENT:
        return None
    return f"{value} | {column}"


def _points(text: str) -> Decimal | None:
    match = POINTS.match(tidy(text))
    return Decimal(match.group(1)) if match else None


def _core(row: TableRow, starred: bool) -> str | None:
    if "core_mark" not in row.cells:
        return "★" if starred else None
    text = row.text("core_mark")
    return text if text in CORE_MARKS else None


def _blank(
    row: TableRow,
    value: str | None,
    unit: str | None,
    points: Decimal | None,
    signs: Sequence[str],
) -> frozenset[str]:
    blank = set()
    if value is None and not row.text("value"):
        blank.add("target")
    if unit is None and "unit_of_measure" in row.cells:
        blank.add("unit_of_measure")
    if points is None and "points" in row.cells and not row.text("points"):
        blank.add("points")
    if row.text("core_mark") == "" and "core_mark" in row.cells:
        blank.add("core_mark")
    if signs and not any(row.text(role) for role in signs):
        blank.add("comparison")
    return frozenset(blank)


def _places(row: TableRow) -> dict[str, Place]:
    return {FIELDS[role]: cell.place for role, cell in row.cells.items() if role in FIELDS}
