"""The indicator table: which column is which, and its rows as indicators."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import combinations, pairwise
from typing import NamedTuple

from registry.amounts import plain_number
from registry.labels import (
    find_column,
    find_label,
    find_sign,
    is_known_unit,
    is_other_period,
    is_polarity,
    is_sum,
    is_this_year,
    label_key,
    words,
    year_of,
)
from registry.parser_titles import year_above
from registry.parser_values import parse_target, tidy
from registry.plan import Comparison
from registry.sheet import Cell, Row
from registry.text import squeeze

CORE_MARKS = frozenset({"", "是", "否", "/", "★", "√", "×", "Y", "N", "—", "-", "无", "Yes", "No"})
NO_UNIT = frozenset({"/", "无", "-", "—", "——", "不适用", ""})
NO_NAME = NO_UNIT | CORE_MARKS
POINTS = re.compile(r"^(\d+(?:\.\d+)?)\s*分?$")

PERIOD = re.compile("(?:长期|中期|实施周期|实施期|年度|当年|当年度|本年|本年度|全年)(?:目标|指标)?")
SIGNS = frozenset(Comparison) - {Comparison.QUALITATIVE}
VALUE_ROLES = frozenset({"value", "value_sum", "value_elsewhere", "sign"})
YEARLY_ROLES = frozenset({"value", "actual"})
# So far above its indicators a form may say which of two blocks is the year's.
HEAD_ROWS = 24
COLON = re.compile("[:：]")
BEGINS_WITH_NUMBER = re.compile(r"\W*\d")
MOST_BLANKS_INSERTED = 2
MOST_COLUMNS_SPREAD = 10
LONGEST_LEVEL = 40
TARGET_ROLES = ("name", "sign", "value", "unit_of_measure", "points", "core_mark")
GROUP_POINTS = re.compile(
    r"[(（][^()（）]*\d+(?:\.\d+)?\s*[)）]?\s*分?[)）]$|[(（]\s*\d+(?:\.\d+)?\s*(?:分|%)?\s*[)）]$"
)
# Every column of levels is one higher where the names stand below the third.
DEEPEST = {"level4": "name", "name": "level2"}
DEEPER = {**DEEPEST, "level2": "level1", "level1": "unknown"}
PROJECT_COLUMNS = frozenset(
    {"name", "supervising_department", "implementing_unit", "total", "annual_objective", "overview",
     "approval_basis", "contact_person", "contact_phone", "higher_level_grants", "district_funds", "other_funds"}
)  # fmt: skip


class Column(NamedTuple):
    """A header cell: the role of the grid columns under it. Roles `project.*` belong to the plan."""

    role: str
    start: int
    end: int
    text: str
    rank: int = 0
    unit: str | None = None


@dataclass(frozen=True)
class Header:
    """The header row of an indicator table. `last` is the last row the header takes."""

    row: int
    last: int
    columns: tuple[Column, ...]
    ruled: bool

    def of(self, role: str) -> tuple[Column, ...]:
        """The columns of one role, left to right."""
        return self._by_role.get(role, ())

    @cached_property
    def _by_role(self) -> dict[str, tuple[Column, ...]]:
        # Asked for at every row of the table.
        out: dict[str, tuple[Column, ...]] = {}
        for column in self.columns:
            out[column.role] = (*out.get(column.role, ()), column)
        return out

    @cached_property
    def known(self) -> tuple[Column, ...]:
        """The columns whose role is known."""
        return tuple(column for column in self.columns if column.role != "unknown")

    @property
    def lists_projects(self) -> bool:
        """Whether projects stand in the rows too, as system exports print them."""
        return bool(self.of("project.name"))

    @property
    def sums_places(self) -> bool:
        """Whether the targets are the sums of a column for every township."""
        return any(find_column(column.text) == "value_sum" for column in self.of("value"))

    @property
    def shows_results(self) -> bool:
        """Whether results stand beside the targets: a self-evaluation."""
        return bool(self.of("actual"))


@dataclass(frozen=True, slots=True)
class TableRow:
    """A data row under a header: the cell of each role."""

    index: int
    row: Row
    cells: dict[str, Cell]
    aligned: bool = True

    def text(self, role: str) -> str:
        """A role's text, "" where there is no such cell."""
        cell = self.cells.get(role)
        return cell.text.strip() if cell is not None else ""

    def begins(self, role: str) -> bool:
        """Whether the role's cell begins in this row and does not reach into it from above."""
        cell = self.cells.get(role)
        return any(cell is own for own in self.row.cells)


def find_header(rows: Sequence[Row], index: int) -> Header | None:
    """The header that begins at this row, if one does."""
    row = rows[index]
    if row.table is None or VALUE_ROLES.isdisjoint([find_column(c.text) for c in row.filled]):
        return None
    columns = _with_unlisted_project(_with_unlisted_name(_columns_of(row.cells)))
    roles = {column.role for column in columns}
    named = roles & {"name", "level4", "name_or_explanation", "level2"}
    if not named:
        return None
    if len(roles) < 3 and not {"name", "value"} <= roles:
        return None
    columns, last = _with_rows_below(columns, rows, index)
    columns = _with_sum(_with_rows_above(columns, rows, index, last))
    if "value" not in {column.role for column in columns}:
        return None
    columns = _one_set(_of_plan_year(columns, rows, index), rows, index)
    return Header(index, last, _named(columns), row.ruled)


def _columns_of(cells: Sequence[Cell]) -> list[Column]:
    columns = []
    for cell in cells:
        if not cell.text.strip():
            continue
        role = find_column(cell.text)
        if role is not None:
            columns.append(Column(role, cell.column, cell.end, cell.text))
            continue
        label = find_label(cell.text)
        if label is not None and not label.weak and label.field in PROJECT_COLUMNS:
            columns.append(
                Column(
                    f"project.{label.field}",
                    cell.column,
                    cell.end,
                    cell.text,
                    label.rank,
                    label.unit,
                )
            )
        else:
            columns.append(Column("unknown", cell.column, cell.end, cell.text))
    # A project column needs no name column of its own kind twice; 单位 in a list is a unit column.
    return columns


def _with_rows_below(
    columns: list[Column], rows: Sequence[Row], index: int
) -> tuple[list[Column], int]:
    """The columns with what a second header row parts them into, and the last row of the header."""
    if index + 1 == len(rows):
        return columns, index
    below = rows[index + 1]
    parted = _parted(columns, below) if below.table == rows[index].table else None
    return (parted, index + 1) if parted is not None else _with_subheader(columns, below, index)


def _parted(columns: list[Column], below: Row) -> list[Column] | None:
    """项目资金（万元） over 总额 | 财政拨款 and 指标值 over 符号 | 数值 | 单位, beside headings that are as
    tall as both rows; None where the row below heads nothing."""
    tall = {cell.column for cell in below.above}
    if not below.ruled:
        # Merges are lost in text: a heading reaches as far as the next one, or down over a blank.
        if not all(find_column(c.text) or find_label(c.text) for c in below.filled):
            return None
        tall = {column.start for column in columns} - {cell.column for cell in below.filled}
        columns = _reaching(columns, below.cells[-1].end if below.cells else 0)
    out: list[Column] = []
    under = 0
    for column in columns:
        cells = [c for c in below.filled if column.start <= c.column and c.end <= column.end]
        if bool(cells) == (column.start in tall):
            return None
        under += len(cells)
        parts = _columns_of(cells) or [column]
        if cells and column.role in ("value", "sign") and "value" not in {c.role for c in parts}:
            return None
        out += [_with_unit_of(column.text, part) for part in parts]
    return out if 0 < under == len(below.filled) and len(out) > len(columns) else None


def _reaching(columns: list[Column], end: int) -> list[Column]:
    ends = [*(column.start for column in columns[1:]), end]
    return [
        column._replace(end=max(edge, column.end))
        for column, edge in zip(columns, ends, strict=True)
    ]


def _with_unit_of(heading: str, column: Column) -> Column:
    """A part of a sum in the unit of its heading: 合计 under 预算金额（万元） is the total."""
    over = find_label(heading)
    if over is not None and over.field == "total" and is_sum(column.text):
        return column._replace(role="project.total", rank=over.rank, unit=over.unit)
    unit = over.unit if over is not None else None
    return column._replace(unit=column.unit or unit)


def _with_rows_above(
    columns: list[Column], rows: Sequence[Row], index: int, last: int
) -> list[Column]:
    """With the headings of a list of projects that begin a row higher and end with the header."""
    more = [c for c in _columns_of(_tall(rows, index, last)) if c.role.startswith("project.")]
    if "project.name" not in {column.role for column in more}:
        return columns
    over = [(c, _heading_over(rows, index, c.start)) for c in columns]
    parts = [_with_unit_of(cell.text if cell is not None else "", c) for c, cell in over]
    return sorted([*more, *parts], key=lambda column: column.start)


def _tall(rows: Sequence[Row], index: int, last: int) -> list[Cell]:
    """Cells that begin above a header and end with it; in text, those over blanks of all its rows."""
    if rows[index].ruled:
        below = rows[last + 1].above if last + 1 < len(rows) else ()
        return [cell for cell in rows[index].above if cell not in below and cell.text.strip()]
    if index == 0 or rows[index - 1].table != rows[index].table:
        return []
    if not all(find_column(c.text) or find_label(c.text) for c in rows[index - 1].filled):
        # A label with its value, and no headings.
        return []
    taken = {cell.column for row in rows[index : last + 1] for cell in row.filled}
    return [cell for cell in rows[index - 1].filled if cell.column not in taken]


def _heading_over(rows: Sequence[Row], index: int, column: int) -> Cell | None:
    """The heading that parts into a column: in text the nearest one left of it."""
    above = rows[index - 1]
    if above.ruled:
        return above.at(column)
    return next((cell for cell in reversed(above.filled) if cell.column <= column), None)


def _with_subheader(columns: list[Column], below: Row, index: int) -> tuple[list[Column], int]:
    """指标值 over 实施周期 | 当年度: the second header row says which value is the year's."""
    roles: list[str] = []
    for cell in below.filled:
        role = _period_role(cell.text)
        if role is None:
            return columns, index
        roles.append(role)
    if not roles:
        return columns, index
    split = []
    for at, column in enumerate(columns):
        end = column.end
        if not below.ruled:
            # Merges are lost in text: a heading reaches as far as the next one.
            end = columns[at + 1].start if at + 1 < len(columns) else below.cells[-1].end
        under = [
            Column(role, cell.column, cell.end, cell.text)
            for cell, role in zip(below.filled, roles, strict=True)
            if cell.column < end and cell.end > column.start
        ]
        split += under if column.role in ("value", "value_elsewhere") and under else [column]
    return split, index + 1


def _period_role(text: str) -> str | None:
    """（长期） and （年度） under 指标值."""
    key = label_key(text).strip("()")
    role = find_column(key)
    if role in ("value", "value_elsewhere"):
        return role
    if PERIOD.fullmatch(key):
        return "value_elsewhere" if is_other_period(key) else "value"
    return None


def _of_plan_year(columns: list[Column], rows: Sequence[Row], index: int) -> list[Column]:
    """2024年完成值 beside 2025年目标值: what another year aimed at or reached is no target, nor
    2024年值 beside 指标值."""
    years = {column: year_of(column.text) for column in columns if column.role in YEARLY_ROLES}
    aimed = {year for column, year in years.items() if year and column.role == "value"}
    if not aimed:
        return columns
    stated = year_above(rows, index)
    plain = any(column.role == "value" and year is None for column, year in years.items())
    own = stated if stated and (stated in aimed or plain) else max(aimed)
    return [
        column._replace(role="value_elsewhere")
        if (year := years.get(column)) and (year < own or (year > own and column.role == "value"))
        else column
        for column in columns
    ]


def _one_set(columns: list[Column], rows: Sequence[Row], index: int) -> list[Column]:
    """Of two sets side by side (mid-term and year) the year's: the words over them tell which; the
    national form has the year right of the mid-term."""
    values = [column for column in columns if column.role == "value"]
    if len(values) < 2:
        return columns
    others = _periods_above(rows, index, len(values))
    if others is None and index:
        others = [_heads_other_period(rows[index - 1], value) for value in values]
    yearly = [v for v, other in zip(values, others or (), strict=False) if not other]
    chosen = yearly[-1] if yearly else values[-1]
    kept: dict[str, Column] = {}
    for column in columns:
        if column.role == "unknown" or column.start > chosen.start:
            continue
        if column.role == "value" and column is not chosen:
            continue
        kept[column.role if column.role != "explanation" else f"{column.start}"] = column
    after = [c for c in columns if c.start > chosen.start and c.role not in kept]
    return sorted([*kept.values(), *after], key=lambda column: column.start)


def _periods_above(rows: Sequence[Row], index: int, sets: int) -> list[bool] | None:
    """Left to right, whether each set is another period's, by the nearest row of the form with a
    period's label for each: 年度目标 | 实施期目标."""
    for row in reversed(rows[max(0, index - HEAD_ROWS) : index]):
        if row.table != rows[index].table:
            break
        others = [p for cell in row.filled if (p := _period_of(cell.text)) is not None]
        if len(others) == sets and len(set(others)) > 1:
            return others
    return None


def _period_of(text: str) -> bool | None:
    """Whether a label speaks of another period (True) or the year (False); None of neither."""
    words = COLON.split(text)[0]
    key = label_key(words)
    if find_label(words) is None and PERIOD.fullmatch(key) is None:
        return None
    if is_other_period(key):
        return True
    return False if is_this_year(key) else None


def _heads_other_period(above: Row, column: Column) -> bool:
    cell = above.at(column.start)
    return cell is not None and len(cell.text) < 30 and is_other_period(label_key(cell.text))


def _with_sum(columns: list[Column]) -> list[Column]:
    """全县合计 beside a column for every township is the value where no other column is."""
    if any(column.role == "value" for column in columns):
        return columns
    return [c._replace(role="value") if c.role == "value_sum" else c for c in columns]


def _named(columns: list[Column]) -> tuple[Column, ...]:
    """Settles which column holds the names: 四级指标 before 三级指标 before 指标内容 before 二级指标."""
    columns = _with_fourth_level(columns)
    roles = {column.role for column in columns}
    if "level4" in roles:
        deeper = DEEPER if "level2" in roles else DEEPEST
        if "name" not in roles:
            deeper = {"level4": "name"}
        named = [c._replace(role=deeper.get(c.role, c.role)) for c in columns]
    elif "name" in roles:
        weak = "explanation"
        named = [c._replace(role=weak) if c.role == "name_or_explanation" else c for c in columns]
    elif "name_or_explanation" in roles:
        named = [c._replace(role="name") if c.role == "name_or_explanation" else c for c in columns]
    else:
        named = [c._replace(role="name") if c.role == "level2" else c for c in columns]
    return tuple(named)


def _with_fourth_level(columns: list[Column]) -> list[Column]:
    """一级指标 | 二级指标 | 三级指标 | 指标名称: the names are a level below the third."""
    for at, (before, column) in enumerate(pairwise(columns), 1):
        beside = before.role == column.role == "name" and column.start == before.end
        if beside and at > 1 and columns[at - 2].role == "level2":
            return [*columns[:at], column._replace(role="level4"), *columns[at + 1 :]]
    return columns


def _with_unlisted_name(columns: list[Column]) -> list[Column]:
    """A heading in words of its own right of 二级指标 is the third level's: 指标（末级）; all the more
    where 指标内容 stands beside it to explain it."""
    if any(column.role == "name" for column in columns):
        return columns
    for at, (before, column) in enumerate(pairwise(columns), 1):
        is_third = before.role == "level2" and column.start == before.end
        if not is_third or column.role != "unknown":
            continue
        key = label_key(column.text)
        explained = at + 1 < len(columns) and columns[at + 1].role == "name_or_explanation"
        if explained or any(word in key for word in words("third_level")):
            return [*columns[:at], column._replace(role="name"), *columns[at + 1 :]]
    return columns


def _with_unlisted_project(columns: list[Column]) -> list[Column]:
    """Among columns of units and amounts, the one heading nobody foresaw is the project's."""
    roles = [column.role for column in columns]
    listed = [at for at, role in enumerate(roles) if role.startswith("project.")]
    if len(listed) < 2 or "project.name" in roles:
        return columns
    unknown = [at for at in range(listed[-1]) if roles[at] == "unknown"]
    if len(unknown) != 1:
        return columns
    at = unknown[0]
    return [*columns[:at], columns[at]._replace(role="project.name"), *columns[at + 1 :]]


def renamed(header: Header, edge: int) -> Header | None:
    """The header of a table whose column of names holds levels, up to the grid column `edge`: the
    names stand in the column right of it, or under 三级指标 in the rest of its own."""
    levels = header.of("name")[0]
    after = [c for c in header.columns if c.start >= levels.end]
    beyond = min((c.start for c in after), default=levels.end)
    if edge < beyond and header.of("level2"):
        name = levels._replace(start=edge, end=beyond)
    elif after and after[0].start == levels.end and _may_be_name(after[0]):
        name = after[0]
    else:
        return None
    under = levels._replace(role="level4", start=name.start, end=name.end)
    others = [c for c in header.columns if c not in (levels, name)]
    above = [levels._replace(end=name.start), under]
    return replace(header, columns=_named(sorted([*others, *above], key=lambda c: c.start)))


def _may_be_name(column: Column) -> bool:
    return column.role == "unknown" or find_column(column.text) == "name_or_explanation"


def match_row(row: Row, index: int, header: Header) -> TableRow:
    """The row's cells by role; a row one cell short is shifted until every cell fits its column."""
    straight = _straight(row, header.known)
    fits = _fits(straight)
    if not row.ruled and not (fits and _is_told(straight, header)):
        spread = without_blanks(row, header)
        if spread is not None:
            return TableRow(index, row, spread)
    if fits:
        return TableRow(index, row, straight)
    other = _shifted(row, header) or _in_order(row, header)
    if other is not None:
        return TableRow(index, row, other)
    return TableRow(index, row, straight, aligned=False)


def _in_order(row: Row, header: Header) -> dict[str, Cell] | None:
    """The cells of a row on another grid, as a page set otherwise has, one for each column in their
    order; None unless the levels and all others fit."""
    cells = sorted((*row.above, *row.cells), key=lambda cell: cell.column)
    cells = [cell for cell in cells if not _heads_block(cell.text)]
    columns = [column for column in header.columns if not _heads_block(column.text)]
    if not row.ruled or len(cells) != len(columns) or header.lists_projects:
        return None
    told = {c.role: cell for c, cell in zip(columns, cells, strict=True) if c.role != "unknown"}
    levels = [told[role].text for role in ("level1", "level2") if role in told]
    known = {*words("first_levels"), *words("levels")}
    if not levels or any(GROUP_POINTS.sub("", squeeze(text)) not in known for text in levels):
        return None
    return told if _is_told(told, header) and _fits(told) else None


def _heads_block(text: str) -> bool:
    label = find_label(text)
    return label is not None and label.field == "block"


def _is_told(cells: dict[str, Cell], header: Header) -> bool:
    """Whether name and target are there, and the target is no sign that has a column of its own."""
    name, value = cells.get("name"), cells.get("value")
    if name is None or value is None or not value.text.strip() or name.text.strip() in NO_NAME:
        return False
    if not _is_complete(cells, header):
        return False
    return not header.of("sign") or find_sign(value.text) is None


def without_blanks(row: Row, header: Header) -> dict[str, Cell] | None:
    """The cells of a text's row that leaves blank cells out, when they fit in one way only."""
    if len(row.filled) < len(row.cells) or len(row.cells) == len(header.columns):
        return None
    return laid_out(row.cells, header)


def laid_out(cells: Sequence[Cell], header: Header) -> dict[str, Cell] | None:
    """The cells by role, laid under the columns in their order, when that goes in one way only."""
    if not len(cells) <= len(header.columns) <= MOST_COLUMNS_SPREAD:
        return None
    found: dict[tuple[str, ...], dict[str, Cell]] = {}
    for chosen in _spreads(cells, header.columns):
        spread = {column.role: cell for column, cell in zip(chosen, cells, strict=True)}
        if len(spread) == len(cells) and _is_told(spread, header) and _fits(spread):
            told = tuple(spread[role].text if role in spread else "" for role in TARGET_ROLES)
            found[told] = min(found.get(told, spread), spread, key=_misplaced)
            if len(found) > 1:
                return None
    return next(iter(found.values()), None)


def _spreads(cells: Sequence[Cell], columns: Sequence[Column]) -> Iterator[tuple[Column, ...]]:
    """Every way to lay the cells under the columns in their order."""
    if not cells:
        yield ()
        return
    for at in range(len(columns) - len(cells) + 1):
        if _can_stand(columns[at].role, cells[0].text.strip()):
            for others in _spreads(cells[1:], columns[at + 1 :]):
                yield (columns[at], *others)


def _can_stand(role: str, text: str) -> bool:
    """Whether names of levels stand in the levels' columns, and nothing else does."""
    first, second = _is_first_level(text), level_name(text) in words("levels")
    of_role = {"level1": first or second, "level2": second}.get(role, not (first or second))
    return of_role and role != "unknown" and _can_be(role, text)


@lru_cache(maxsize=8192)
def level_name(text: str) -> str | None:
    """産出指标(60分) -> 产出指标; a blank is no level."""
    return GROUP_POINTS.sub("", squeeze(text)) or None


def _is_first_level(text: str) -> bool:
    return level_name(text) in words("first_levels")


def _misplaced(cells: dict[str, Cell]) -> int:
    """How many names of levels stand in the column of the other level: 成本指标 alone is the second."""
    first = "level1" in cells and not _is_first_level(cells["level1"].text)
    second = "level2" in cells and _is_first_level(cells["level2"].text)
    return first + second


def _straight(row: Row, columns: Sequence[Column]) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    exact = {(cell.column, cell.column + cell.width): cell for cell in (*row.above, *row.cells)}
    for column in columns:
        cell = (
            exact.get((column.start, column.end))
            or _covering(row.cells, column)
            or _covering(row.above, column)
        )
        # A level over the columns of two is the higher one.
        if cell is None or (column.role == "level2" and cell is cells.get("level1")):
            continue
        key = column.role
        if key == "sign" and key in cells:
            key = f"sign{column.start}"
        cells.setdefault(key, cell)
    return cells


def _covering(cells: Sequence[Cell], column: Column) -> Cell | None:
    """The cell that shares most grid columns with a header cell."""
    best, most = None, 0
    start, end = column.start, column.end
    for cell in cells:
        left, right = cell.column, cell.column + cell.width
        overlap = (right if right < end else end) - (left if left > start else start)
        if overlap > most:
            best, most = cell, overlap
    return best


def _fits(cells: dict[str, Cell]) -> bool:
    """Whether every cell can be what its column says."""
    seen: set[int] = set()
    for role, cell in cells.items():
        text = cell.text.strip()
        if text and (id(cell) in seen or not _can_be(role, text)):
            return False
        seen.add(id(cell))
    return True


@lru_cache(maxsize=8192)
def _can_be(role: str, text: str) -> bool:
    if role.startswith("sign"):
        return find_sign(text) is not None or is_polarity(text)
    if role == "points":
        return POINTS.match(tidy(text)) is not None or text in NO_UNIT
    if role == "core_mark":
        return text in CORE_MARKS
    if role == "unit_of_measure":
        return plain_number(text) is None and find_sign(text) is None
    if role in ("level1", "level2"):
        return len(text) < LONGEST_LEVEL and not _is_measure(text)
    if role == "name":
        return not _is_measure(text)
    if role == "value":
        return find_sign(text) in (None, Comparison.QUALITATIVE)
    return True


def _is_measure(text: str) -> bool:
    """A number, a sign, a unit, or a value with its sign: no name, so the row has slipped."""
    if find_sign(text) is not None or is_known_unit(text) or plain_number(text) is not None:
        return True
    return BEGINS_WITH_NUMBER.match(text) is not None and parse_target(text).comparison in SIGNS


def _shifted(row: Row, header: Header) -> dict[str, Cell] | None:
    """Tries the row with one or two blanks put in: a qualitative row may lack its unit's cell."""
    first = min(column.start for column in header.columns)
    cells = [cell for cell in row.cells if row.above or cell.column >= first]
    while cells and not cells[-1].text.strip():
        cells.pop()
    columns = list(header.columns)
    taken = {id(c) for c in row.above}
    free = [
        c
        for c in columns
        if _covering(row.above, c) is None or id(_covering(row.above, c)) not in taken
    ]
    missing = len(free) - len(cells)
    if missing < 0 or not cells:
        return None
    base = {c.role: cell for c in columns if (cell := _covering(row.above, c)) is not None}
    for blanks in range(1, min(MOST_BLANKS_INSERTED, missing) + 1):
        for skipped in sorted(
            combinations(range(len(free)), blanks), key=lambda s: _shift_cost(s, free)
        ):
            kept = [column for at, column in enumerate(free) if at not in skipped]
            tried = dict(base)
            for column, cell in zip(kept, cells, strict=False):
                key = column.role if column.role not in tried else f"{column.role}{column.start}"
                tried[key] = cell
            named = "name" in tried and bool(tried["name"].text.strip())
            if named and _fits(tried) and _is_complete(tried, header):
                return tried
    return None


def _shift_cost(skipped: tuple[int, ...], free: list[Column]) -> int:
    order = {"block": -1, "unit_of_measure": 0, "sign": 1, "level1": 2, "level2": 2, "core_mark": 3}
    return sum(order.get(_kind(free[at]), 9) for at in skipped)


def _kind(column: Column) -> str:
    """A column's role; a merged 绩效指标 left of the levels, which rows of text lack, is a block."""
    label = find_label(column.text) if column.role == "unknown" else None
    return column.role if label is None or label.field != "block" else "block"


def _is_complete(cells: dict[str, Cell], header: Header) -> bool:
    if header.of("points") and not (
        cells.get("points") and POINTS.match(tidy(cells["points"].text))
    ):
        return False
    levels = [
        cells[role].text
        for role in ("level1", "level2")
        if role in cells and cells[role].text.strip()
    ]
    return all("指标" in text or "效益" in text or len(text) <= 8 for text in levels)
