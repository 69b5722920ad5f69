"""Tables of one project a row with a column for every indicator, turned into a row for each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from registry.labels import AMOUNT_UNIT, find_column, find_label, is_known_unit, is_sum, label_key
from registry.parser_blocks import placed
from registry.parser_items import HEADINGS, Entry, is_level, listed, under
from registry.parser_rows import MONEY_WORDS
from registry.parser_titles import NOTE
from registry.parser_values import UNIT_IN_NAME, tidy
from registry.sheet import Cell, Row

FEWEST_INDICATORS = 2
MOST_INDICATORS = 60
MOST_HEADING_ROWS = 4
LEVEL_BEFORE = re.compile(r"^([\u4e00-\u9fff]{2,12})\s*[-－—:：]\s*(.+)$", re.DOTALL)
NO_TARGET = frozenset({"", "/", "-", "—", "——", "无"})


class Measured(NamedTuple):
    """A column of targets; without a name its cells tell names and targets together."""

    column: int
    levels: tuple[str, str]
    name: str


class Heading(NamedTuple):
    """The columns of projects and of indicators; `last` is the heading's last row."""

    first: int
    last: int
    name: Cell
    given: tuple[Cell, ...]
    measured: tuple[Measured, ...]


def with_indicators_as_rows(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows with every such table rewritten."""
    if not _speaks_of_targets(rows):
        return rows
    out: list[Row] = []
    beyond = max((cell.end for row in rows for cell in row.cells), default=0)
    index = 0
    while index < len(rows):
        heading = _heading(rows, index)
        if heading is None:
            out.append(rows[index])
            index += 1
            continue
        end = heading.last + 1
        turned: list[Row] = []
        while end < len(rows) and _is_project(rows, end):
            turned += _turned(rows[end], heading, beyond)
            end += 1
        if turned:
            cells = (*heading.given, *placed(HEADINGS, heading.name, beyond))
            out += [Row(cells, (), rows[index].table, rows[index].ruled), *turned]
        else:
            out += rows[index:end]
        index = end
    return out


def _heading(rows: Sequence[Row], index: int) -> Heading | None:
    row = rows[index]
    if row.table is None or len(row.filled) < FEWEST_INDICATORS:
        return None
    name = next((cell for cell in row.filled if _field(cell.text) == "name"), None)
    if name is None:
        return None
    last = index
    while last - index < MOST_HEADING_ROWS and _is_heading_too(rows, last + 1, row, name):
        last += 1
    if any(find_column(cell.text) == "actual" for r in rows[index : last + 1] for cell in r.filled):
        return None
    given, measured = _columns(rows[index : last + 1])
    if not FEWEST_INDICATORS <= len(measured) <= MOST_INDICATORS:
        return None
    return Heading(index, last, name, tuple(_with_amount(given)), tuple(measured))


def _speaks_of_targets(rows: Sequence[Row]) -> bool:
    """Whether the sheet is about targets, not about money alone."""
    return any("绩效" in cell.text or "指标" in cell.text for row in rows for cell in row.filled)


def _field(text: str) -> str | None:
    label = find_label(text)
    return label.field if label is not None else None


def _is_heading_too(rows: Sequence[Row], index: int, first: Row, name: Cell) -> bool:
    """Whether the heading goes on: nothing of its own stands under 项目名称, and no number."""
    if index >= len(rows) or rows[index].table != first.table:
        return False
    row = rows[index]
    own = next((c for c in row.filled if c.column < name.end and c.end > name.column), None)
    return (
        own is None
        and bool(row.filled)
        and not any(c.text.strip()[0].isdigit() for c in row.filled)
    )


def _columns(heading: Sequence[Row]) -> tuple[list[tuple[Cell, str]], list[Measured]]:
    """The cells that name columns of projects, with the heading over them, and the indicators."""
    given: list[tuple[Cell, str]] = []
    measured: list[Measured] = []
    for column in range(max(cell.end for row in heading for cell in row.cells)):
        chain = _chain(heading, column)
        if not chain or chain[-1].column != column:
            continue
        above, leaf = [cell.text.strip() for cell in chain[:-1]], chain[-1]
        indicator = _measured(column, above, tidy(leaf.text))
        if indicator is not None:
            measured.append(indicator)
        else:
            given.append((leaf, above[0] if above else ""))
    return given, measured


def _chain(heading: Sequence[Row], column: int) -> list[Cell]:
    """The cells over a column, from top to bottom; text files have no merges but blanks."""
    chain: list[Cell] = []
    for row in heading:
        cell = row.at(column)
        is_group = row is not heading[-1]
        if is_group and not row.ruled and (cell is None or not cell.text):
            cell = next((c for c in reversed(row.filled) if c.column <= column), None)
            if cell is not None and _field(cell.text) not in (None, "block"):
                cell = None
        if cell is not None and cell.text.strip() and not (chain and chain[-1] is cell):
            chain.append(cell)
    return chain


def _measured(column: int, above: Sequence[str], leaf: str) -> Measured | None:
    levels = ("", "")
    for text in above:
        levels = under(levels, text) if is_level(text) else levels
    before = LEVEL_BEFORE.match(leaf)
    if before is not None and is_level(before.group(1)):
        return Measured(column, under(levels, before.group(1)), before.group(2).strip())
    if is_level(leaf):
        return Measured(column, under(levels, leaf), "")
    if find_label(leaf) is not None or find_column(leaf) is not None:
        return None
    named = UNIT_IN_NAME.match(leaf)
    counted = named is not None and is_known_unit(named.group(2)) and not _is_money(leaf)
    headed = any(is_level(text) or re.search("指标|绩效", label_key(text)) for text in above)
    return Measured(column, levels, leaf) if headed or counted else None


def _is_money(text: str) -> bool:
    return MONEY_WORDS.search(label_key(text)) is not None


def _with_amount(given: Sequence[tuple[Cell, str]]) -> Iterator[Cell]:
    """The one column of money, whatever its words, as the project's amount."""
    totals = [cell for cell, _ in given if _field(cell.text) == "total"]
    sums = [cell for cell, over in given if _is_money(over) and is_sum(cell.text)]
    money = [cell for cell, _ in given if _is_money(cell.text)]
    chosen = [] if totals else sums or (money if len(money) == 1 else [])
    for cell, over in given:
        unit = AMOUNT_UNIT.search(label_key(cell.text)) or AMOUNT_UNIT.search(label_key(over))
        if cell in chosen[:1]:
            cell = cell._replace(text=f"项目金额（{unit.group()}）" if unit else "项目金额")
        yield cell


def _is_project(rows: Sequence[Row], index: int) -> bool:
    row = rows[index]
    if row.table is None or len(row.filled) < 2 or NOTE.match(row.filled[0].text.strip()):
        return False
    return _heading(rows, index) is None


def _turned(row: Row, heading: Heading, beyond: int) -> Iterator[Row]:
    """A row for each indicator of the project; none for a row of sums."""
    own = [(cell, row.at(cell.column)) for cell in heading.given]
    given = tuple(
        found._replace(column=cell.column, width=cell.width)
        for cell, found in own
        if found is not None
    )
    name = row.at(heading.name.column)
    if name is None or any(is_sum(c.text) for c in row.filled[:2]):
        return
    above: tuple[Cell, ...] = ()
    for entry, holder in _entries(row, heading):
        cells = placed(entry, holder, beyond)
        yield Row((*given, *cells), above, row.table, row.ruled)
        given, above = (), above or given


def _entries(row: Row, heading: Heading) -> Iterator[tuple[Entry, Cell]]:
    for column, levels, name in heading.measured:
        cell = row.at(column)
        if cell is None or cell.text.strip() in NO_TARGET:
            continue
        if name:
            yield Entry(*levels, name, cell.text.strip()), cell
            continue
        told = listed(cell.text, levels)
        for entry in (*told.entries, *(Entry(*levels, item, "") for item in told.unread)):
            yield entry, cell
