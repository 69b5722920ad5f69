"""Cells that hold a table's worth of indicators, opened into rows of the usual columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from registry.labels import find_label, is_other_period, label_key
from registry.parser_items import HEADINGS, Entry, begins_level, is_level, listed
from registry.sheet import Cell, Row
from registry.text import squeeze


def with_blocks_opened(rows: Sequence[Row]) -> Sequence[Row]:
    """Every cell of blocks as rows of four columns, right of all others."""
    rows = [_levelled(row) for row in rows]
    if not any(_has_blocks(cell) for row in rows if row.table is not None for cell in row.cells):
        return rows
    out: list[Row] = []
    beyond = max(cell.end for row in rows for cell in row.cells)
    at: int | None = None
    for row in rows:
        holders = [cell for cell in row.cells if row.table is not None and _has_blocks(cell)]
        if holders:
            heading = None if at is None else out[at]
            _open(row, _of_this_year(row, holders, heading), at, beyond, out)
        else:
            at = len(out) if _heads_projects(row) else at
            out.append(row)
    return out


def _levelled(row: Row) -> Row:
    """产出指标 | 养护水库≥63座；合格率=100%: the level's cell as the heading of the text beside it."""
    if row.table is None or len(row.filled) < 2 or not is_level(row.filled[-2].text):
        return row
    holder = row.filled[-1]
    if is_level(holder.text) or not listed(holder.text).entries:
        return row
    levels = [cell for cell in (*row.above, *row.filled[:-1]) if is_level(cell.text)]
    heading = "-".join(squeeze(cell.text) for cell in levels[-2:])
    whole = holder._replace(text=f"【{heading}】\n{holder.text}")
    kept = (cell for cell in row.cells if cell not in levels)
    return replace(row, cells=tuple(whole if cell is holder else cell for cell in kept))


def _has_blocks(cell: Cell) -> bool:
    text = cell.text
    return begins_level(text) and bool(listed(text).entries)


def _of_this_year(row: Row, holders: Sequence[Cell], heading: Row | None) -> Cell:
    """Of two cells of blocks the one whose label does not speak of another period."""
    for holder in holders:
        over = heading.at(holder.column) if heading is not None else None
        left = [cell for cell in row.filled if cell.end <= holder.column]
        label = over if heading is not None else next(reversed(left), None)
        if label is None or not is_other_period(label_key(label.text)):
            return holder
    return holders[-1]


def _open(row: Row, holder: Cell, at: int | None, beyond: int, out: list[Row]) -> None:
    """The row's indicators, under a heading of their own or under the table's."""
    read = listed(holder.text)
    others = tuple(cell for cell in row.cells if cell is not holder and not _has_blocks(cell))
    if at is None:
        out += [replace(row, cells=(holder._replace(text=text),), above=()) for text in read.unread]
        label = tuple(cell for cell in others if cell.column < holder.column)
        out.append(replace(row, cells=(*label, *placed(HEADINGS, holder, beyond)), above=()))
        others = ()
    elif all(cell.column < beyond for cell in out[at].cells):
        kept = tuple(cell for cell in out[at].cells if cell.column != holder.column)
        out[at] = replace(out[at], cells=(*kept, *placed(HEADINGS, holder, beyond)))
    above: tuple[Cell, ...] = ()
    for entry in read.entries:
        out.append(replace(row, cells=(*others, *placed(entry, holder, beyond)), above=above))
        others, above = (), above or others


def _heads_projects(row: Row) -> bool:
    """Whether the row is the heading of a table that lists projects one under the other."""
    labels = [find_label(cell.text) for cell in row.filled]
    return (
        len(labels) > 1 and all(labels) and any(label and label.field == "name" for label in labels)
    )


def placed(entry: Entry, holder: Cell, column: int) -> tuple[Cell, ...]:
    """The entry's texts as cells side by side."""
    return tuple(Cell(text, holder.place, column + at) for at, text in enumerate(entry))
