"""Rows and merged cells that a page break cut in two, put together again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from registry.sheet import Cell, Row

PAGE_EDGE = re.compile(
    r"^[-—–\s]*(?:第\s*)?\d{0,4}(?:\s*页)?(?:\s*[/,，共]+\s*\d+\s*页?)?[-—–\s]*$"
)


@dataclass(slots=True)
class Block:
    """A table of a page, or a line between tables. `full` are the cells (by first and last column)
    whose text fills its last line: only these can go on over the page; `low` reach their box's end.
    """

    page: int
    rows: list[Row]
    is_table: bool
    full: set[tuple[int, int]] = field(default_factory=set)
    low: set[tuple[int, int]] = field(default_factory=set)


def join_pages(blocks: Sequence[Block]) -> list[Row]:
    """All rows in order; what stood in two pieces around a page break stands in one."""
    rows: list[Row] = []
    before: Block | None = None
    for block in blocks:
        if not block.is_table:
            rows += block.rows
            if before is not None and not _is_page_edge(block):
                before = None
            continue
        if before is not None and block.page == before.page + 1 and rows and block.rows:
            at = max(i for i, row in enumerate(rows) if row.table is not None)
            _join(rows, at, block, before)
        rows += block.rows
        before = block
    return rows


def _is_page_edge(block: Block) -> bool:
    text = " ".join(cell.text for row in block.rows for cell in row.filled)
    return PAGE_EDGE.match(text.strip()) is not None


def _join(rows: list[Row], last: int, block: Block, before: Block) -> None:
    above, first = rows[last], block.rows[0]
    pairs = [(_same(above, cell), cell) for cell in first.cells]
    if not pairs or any(old is None for old, _ in pairs):
        return
    split = _is_split(above, pairs, before)
    joined: dict[int, Cell] = {}
    grown: dict[int, Cell] = {}
    leading = True
    for old, new in pairs:
        leading = leading and not new.text
        if old is None or not _goes_on(old, new, split, leading, before):
            continue
        whole = grown.get(id(old)) or replace(
            old, text=old.text + new.text, height=old.height + new.height - (1 if split else 0)
        )
        grown[id(old)] = whole
        joined[id(new)] = whole
    if not joined:
        return
    # The table's rows above hold the whole text from now on.
    for at in range(last, -1, -1):
        row = rows[at]
        if row.table != above.table:
            break
        rows[at] = _with(row, grown)
    block.rows = [
        _moved(row, joined, above.table) for row in (block.rows[1:] if split else block.rows)
    ]


def _same(row: Row, cell: Cell) -> Cell | None:
    """The cell of the row before the break over the same columns."""
    old = row.at(cell.column)
    return old if old is not None and (old.column, old.end) == (cell.column, cell.end) else None


def _is_split(above: Row, pairs: Sequence[tuple[Cell | None, Cell]], before: Block) -> bool:
    """Whether the first row is the rest of the last: only texts that filled their lines go on."""
    own = {id(cell) for cell in above.cells}
    leaves = [(old, new) for old, new in pairs if old is not None and id(old) in own]
    going_on = [(old, new) for old, new in leaves if new.text]
    ended = [old for old, new in leaves if old.text and not new.text]
    if not ended or any(not old.text for old, _ in going_on):
        return False
    tall = [new for old, new in pairs if id(old) not in own and new.text]
    return bool(going_on or tall) and all(_ending(old) in before.full for old, _ in going_on)


def _ending(cell: Cell) -> tuple[int, int]:
    return cell.column, cell.end


def _goes_on(old: Cell, new: Cell, split: bool, leading: bool, before: Block) -> bool:
    if split:
        return True
    if not old.text:
        return False
    if not new.text:
        # Blank cells left of everything else: a merged cell whose text stood on the page before.
        return leading
    both_tall = old.height > 1 or new.height > 1
    return both_tall and _ending(old) in before.full and _ending(old) in before.low


def _with(row: Row, grown: dict[int, Cell]) -> Row:
    return replace(
        row,
        cells=tuple(grown.get(id(cell), cell) for cell in row.cells),
        above=tuple(grown.get(id(cell), cell) for cell in row.above),
    )


def _moved(row: Row, joined: dict[int, Cell], table: int | None) -> Row:
    """A row of the later page: cells that went on now reach into it from above."""
    kept = tuple(cell for cell in row.cells if id(cell) not in joined)
    gone = [joined[id(cell)] for cell in row.cells if id(cell) in joined]
    above = tuple(joined.get(id(cell), cell) for cell in row.above)
    return replace(row, cells=kept, above=(*gone, *above), table=table)
