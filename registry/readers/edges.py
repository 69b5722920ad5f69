"""Tables declared by the edges of their cells, as rtf and doc do: rows put on one ruler."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from registry.plan import place_of
from registry.sheet import Row, TableBuilder, cell_of

# Cell edges of different rows that mean the same column differ by a few twentieths of a point.
SNAP = 40


@dataclass(slots=True)
class CellFormat:
    """A cell as its row declares it: right edge and merges."""

    edge: int = 0
    first: bool = False
    merged: bool = False
    top: bool = False
    below: bool = False


@dataclass(slots=True)
class RowFormat:
    """A row's cells as declared, and their texts, control characters taken out."""

    left: int
    cells: list[CellFormat]
    texts: list[str]


def table_rows(lines: list[RowFormat], name: str, number: int) -> list[Row]:
    """Rows on one ruler of cell edges; merged cells joined to the cell that opened them."""
    ruler = _ruler([edge for line in lines for edge in (line.left, *(c.edge for c in line.cells))])
    placed: list[list[tuple[int, int, str, bool, bool]]] = []
    for line in lines:
        placed.append(_placed(line, ruler))
    builder = TableBuilder(number)
    heights, hidden = _vertical_merges(
        [[(c, w, top, below) for c, w, _, top, below in row] for row in placed]
    )
    for at, row in enumerate(placed):
        builder.start_row()
        for order, (column, width, text, _, _) in enumerate(row):
            if (at, column) in hidden:
                continue
            place = place_of((name, None, None, None, number, at + 1, order + 1))
            height = heights.get((at, column), 1)
            builder.put(cell_of((text, place, column, width, height)))
    return builder.rows()


def _placed(line: RowFormat, ruler: list[int]) -> list[tuple[int, int, str, bool, bool]]:
    if len(line.cells) < len(line.texts):
        return [(at, 1, text, False, False) for at, text in enumerate(line.texts)]
    row: list[tuple[int, int, str, bool, bool]] = []
    end = _nearest(ruler, line.left)
    for at, cell in enumerate(line.cells):
        start, end = end, _nearest(ruler, cell.edge)
        text = line.texts[at] if at < len(line.texts) else ""
        if cell.merged and row:
            column, _, before, top, below = row[-1]
            row[-1] = (column, max(1, end - column), before or text, top, below)
        elif end > start:
            row.append((start, end - start, text, cell.top, cell.below))
    return row


def _ruler(edges: list[int]) -> list[int]:
    """The distinct cell edges of a table, near ones taken as one."""
    out: list[int] = []
    for edge in sorted(edges):
        if not out or edge - out[-1] > SNAP:
            out.append(edge)
    return out


def _nearest(ruler: list[int], edge: int) -> int:
    """The number of the ruler's mark nearest to an edge."""
    at = bisect_left(ruler, edge)
    if at > 0 and (at == len(ruler) or edge - ruler[at - 1] <= ruler[at] - edge):
        return at - 1
    return at


def _vertical_merges(
    rows: list[list[tuple[int, int, bool, bool]]],
) -> tuple[dict[tuple[int, int], int], set[tuple[int, int]]]:
    """Heights of cells opening a vertical merge, and the cells hidden under them."""
    heights: dict[tuple[int, int], int] = {}
    hidden: set[tuple[int, int]] = set()
    opened: dict[int, int] = {}
    for at, row in enumerate(rows):
        for column, _, top, below in row:
            if below and column in opened:
                heights[opened[column], column] = at - opened[column] + 1
                hidden.add((at, column))
            elif top:
                opened[column] = at
            else:
                opened.pop(column, None)
    return heights, hidden
