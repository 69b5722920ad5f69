"""Numbers that a narrow cell breaks over its lines, put together before anything is read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from registry.amounts import joined_number, plain_number
from registry.sheet import Cell, Row

PIECES = re.compile(r"\s*[-+]?\d[\d,.]*(?:[ \t]*\n\s*[\d,.]+)+\s*")


def with_numbers_whole(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows with every broken number whole; pieces that may be several numbers stay."""
    whole: dict[int, Cell] = {}
    for row in rows:
        for cell in row.cells:
            if "\n" in cell.text and (text := _whole(cell.text)) is not None:
                whole[id(cell)] = cell._replace(text=text)
    return tuple(_with(row, whole) for row in rows) if whole else tuple(rows)


def _whole(text: str) -> str | None:
    if PIECES.fullmatch(text) is None:
        return None
    first, *rest = text.split()
    for piece in rest:
        joined = joined_number(first, piece)
        if joined is None and plain_number(first) is not None:
            return None
        first = joined or first + piece
    return first if plain_number(first) is not None else None


def _with(row: Row, whole: dict[int, Cell]) -> Row:
    return replace(
        row,
        cells=tuple(whole.get(id(cell), cell) for cell in row.cells),
        above=tuple(whole.get(id(cell), cell) for cell in row.above),
    )
