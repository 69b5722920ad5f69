"""Indicators in one cell, block under block: 【产出指标-数量指标】 指标1：新建管网（≥12.6公里）."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from registry.labels import find_label, is_other_period, label_key
from registry.parser_items import HEADINGS, Entry, is_level, read_item
from registry.sheet import Cell, Row

OPENING = ("【", "[", "〔", "〖", "［")
BLOCK = re.compile(r"[【\[〔〖［]\s*([^【】\[\]〔〕〖〗［］]{2,24})\s*[】\]〕〗］]\s*[:：]?")
BETWEEN_LEVELS = re.compile(r"\s*[-－—–/／|｜·→>＞:：]+\s*")
NUMBERED = re.compile(r"(?:^|[\n;；。\s])(?:指标\s*\d+\s*[:：.、]?|[(（]?\d{1,2}[)）.、．](?!\d))")


def with_blocks_opened(rows: Sequence[Row]) -> Sequence[Row]:
    """Every cell of blocks as rows of four columns, right of all others."""
    if not any(_has_blocks(cell) for row in rows for cell in row.cells):
        return rows
    out: list[Row] = []
    beyond = max(cell.end for row in rows for cell in row.cells)
    for row in rows:
        holders = [cell for cell in row.cells if row.table is not None and _has_blocks(cell)]
        if holders:
            _open(row, _of_this_year(row, holders), beyond, out)
        else:
            out.append(row)
    return out


def _has_blocks(cell: Cell) -> bool:
    text = cell.text
    return any(mark in text for mark in OPENING) and bool(entries(text))


def _of_this_year(row: Row, holders: Sequence[Cell]) -> Cell:
    """Of two cells of blocks the one whose label does not speak of another period."""
    for holder in holders:
        left = [cell for cell in row.filled if cell.end <= holder.column]
        if not left or not is_other_period(label_key(left[-1].text)):
            return holder
    return holders[-1]


def entries(text: str) -> list[Entry]:
    """The indicators of all blocks of a text."""
    parts = BLOCK.split(text)
    found: list[Entry] = []
    for heading, body in zip(parts[1::2], parts[2::2], strict=True):
        levels = BETWEEN_LEVELS.split(heading.strip())
        if not all(is_level(level) for level in levels):
            return []
        below = levels[1] if len(levels) > 1 else ""
        found += [Entry(levels[0], below, *read_item(item)) for item in _items(body)]
    return found


def _items(body: str) -> list[str]:
    parts = NUMBERED.split(body) if NUMBERED.search(body) else re.split(r"[\n;；]", body)
    return [item for part in parts if (item := part.strip(" \t\r\n;；。"))]


def _open(row: Row, holder: Cell, beyond: int, out: list[Row]) -> None:
    """The row's indicators, under a heading of their own or under the table's."""
    others = tuple(cell for cell in row.cells if cell is not holder and not _has_blocks(cell))
    at = _heading_of(out, row, holder)
    if at is None:
        label = tuple(cell for cell in others if cell.column < holder.column)
        out.append(replace(row, cells=(*label, *_placed(HEADINGS, holder, beyond)), above=()))
        others = ()
    elif all(cell.column < beyond for cell in out[at].cells):
        kept = tuple(cell for cell in out[at].cells if cell.column != holder.column)
        out[at] = replace(out[at], cells=(*kept, *_placed(HEADINGS, holder, beyond)))
    above: tuple[Cell, ...] = ()
    for entry in entries(holder.text):
        out.append(replace(row, cells=(*others, *_placed(entry, holder, beyond)), above=above))
        others, above = (), above or others


def _heading_of(out: Sequence[Row], row: Row, holder: Cell) -> int | None:
    """Where the heading of the column stands, if projects are listed one under the other."""
    for at in range(len(out) - 1, -1, -1):
        if out[at].table != row.table:
            return None
        labels = [find_label(cell.text) for cell in out[at].filled]
        listed = len(labels) > 1 and all(label is not None for label in labels)
        if listed and any(label is not None and label.field == "name" for label in labels):
            cell = out[at].at(holder.column)
            return at if cell is None or cell.column == holder.column else None
    return None


def _placed(texts: Entry, holder: Cell, beyond: int) -> tuple[Cell, ...]:
    return tuple(Cell(text, holder.place, beyond + at) for at, text in enumerate(texts))
