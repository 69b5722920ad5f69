"""Headings that nobody foresaw, told by what stands under them and given their usual words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from registry.amounts import plain_number
from registry.labels import (
    find_column,
    find_sign,
    is_known_unit,
    is_other_period,
    is_polarity,
    label_key,
    without_brackets,
    words,
    year_of,
)
from registry.parser_table import NO_UNIT, SIGNS, Header, find_header
from registry.parser_values import parse_target
from registry.sheet import Cell, Row

USUAL = {
    "level1": "一级指标",
    "level2": "二级指标",
    "name": "三级指标",
    "sign": "指标性质",
    "value": "指标值",
    "unit_of_measure": "计量单位",
}
NAMES = frozenset({"name", "name_or_explanation"})
# A column of plain numbers is the points' where its heading says so.
POINTS_WORD = re.compile("分|权")
LONGEST_HEADING = 16
FEWEST_HEADINGS = 3
# So many rows tell what a column holds.
ROWS_READ = 30


def with_headings_named(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows with 指标大类 | 指标要素 | 目标任务 over a table of indicators as the usual words."""
    named = {
        at: row
        for at in range(len(rows) - 1)
        if _heads_levels(rows[at], rows[at + 1])
        and find_header(rows, at) is None
        and (row := _named(rows, at)) is not None
    }
    return [named.get(at, row) for at, row in enumerate(rows)] if named else rows


def with_columns_told(header: Header, rows: Sequence[Row], data: Sequence[int]) -> Header:
    """The header with columns of signs, units or points under unknown words as what they hold."""
    if not header.of("unknown"):
        return header
    columns = []
    for column in header.columns:
        role = None
        if column.role == "unknown":
            cells = [rows[at].at(column.start) for at in data[:ROWS_READ]]
            texts = [text for cell in cells if cell is not None and (text := cell.text.strip())]
            role = _plain_role(texts) or _points_role(column.text, texts)
        columns.append(column._replace(role=role) if role and not header.of(role) else column)
    return replace(header, columns=tuple(columns))


def _points_role(heading: str, texts: Sequence[str]) -> str | None:
    numbers = bool(texts) and all(plain_number(text) is not None for text in texts)
    return "points" if numbers and POINTS_WORD.search(heading) else None


def _is_level(text: str) -> bool:
    key = without_brackets(label_key(text))
    return key in words("first_levels") or key in words("levels")


def _heads_levels(row: Row, below: Row) -> bool:
    """Whether the row can head the levels (产出指标 | 数量指标) that the row below begins with."""
    if row.table is None or row.table != below.table or len(row.filled) < FEWEST_HEADINGS:
        return False
    first = next((cell for cell in below.filled if _is_level(cell.text)), None)
    heading = row.at(first.column) if first is not None else None
    return heading in row.filled and all(_is_heading(cell.text) for cell in row.filled)


def _is_heading(text: str) -> bool:
    key = without_brackets(label_key(text))
    numbers = re.sub(r"20\d{2}", "", key)
    return len(key) <= LONGEST_HEADING and not re.search(r"[\d:]", numbers) and not _is_level(text)


def _named(rows: Sequence[Row], index: int) -> Row | None:
    """The heading row in the usual words; None where what a column holds cannot be told."""
    row = rows[index]
    below = [r for r in rows[index + 1 : index + 1 + ROWS_READ] if r.table == row.table]
    under = {
        cell: [c.text.strip() for r in below if (c := r.at(cell.column)) and c.text.strip()]
        for cell in row.filled
    }
    levels = [cell for cell in row.filled if _mostly(under[cell], _is_level)]
    right = [cell for cell in row.filled if levels and cell.column > levels[-1].column]
    roles = dict(zip(levels[-2:], ("level1", "level2")[: len(levels)], strict=False))
    roles |= {cell: role for cell in right if (role := _plain_role(under[cell]))}
    free = [cell for cell in right if cell not in roles and not _is_known(cell)]
    # 三级指标 | 指标内容: the second holds the names or the targets.
    either = [cell for cell in right if find_column(cell.text) == "name_or_explanation"]
    values = _of_latest_year([c for c in (*free, *either) if _is_value(c, under[c], roles)])
    names = [cell for cell in right if find_column(cell.text) in NAMES and cell not in values] or [
        cell for cell in free if cell not in values and not _mostly(under[cell], _is_number)
    ]
    known = [cell for cell in right if find_column(cell.text) == "value"]
    if not names or len(known or values) != 1 or names[0].column > (known or values)[0].column:
        return None
    roles |= {names[0]: "name", (known or values)[0]: "value"}
    cells = [c._replace(text=USUAL[roles[c]]) if c in roles else c for c in row.cells]
    return replace(row, cells=tuple(cells))


def _of_latest_year(values: list[Cell]) -> list[Cell]:
    """Of 2024年情况 and 2025年任务 the later."""
    years = [year_of(cell.text) for cell in values]
    latest = max((year for year in years if year), default=None)
    return [cell for cell, year in zip(values, years, strict=True) if year == latest]


def _is_known(cell: Cell) -> bool:
    return find_column(cell.text) is not None or is_other_period(label_key(cell.text))


def _plain_role(texts: Sequence[str]) -> str | None:
    """A column of signs, or of units."""
    if _mostly(texts, lambda text: find_sign(text) is not None or is_polarity(text)):
        return "sign"
    if _mostly(texts, lambda text: is_known_unit(text) or text in NO_UNIT):
        return "unit_of_measure"
    return None


def _is_value(cell: Cell, texts: Sequence[str], roles: dict[Cell, str]) -> bool:
    """A column of targets: with sign or unit, or of plain numbers right of the signs."""
    before = max((c for c in roles if c.column < cell.column), key=lambda c: c.column, default=None)
    if before is not None and roles[before] == "sign" and before.end == cell.column:
        return _mostly(texts, _is_number) or _mostly(texts, _is_measured)
    return _mostly(texts, _is_measured)


def _is_number(text: str) -> bool:
    return parse_target(text).number is not None


def _is_measured(text: str) -> bool:
    target = parse_target(text)
    return target.number is not None and (target.comparison in SIGNS or target.unit is not None)


def _mostly(texts: Sequence[str], holds: Callable[[str], bool]) -> bool:
    return sum(1 for text in texts if holds(text)) * 2 > len(texts)
