"""Rows and merged cells that a page break cut in two, put together again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from registry.amounts import joined_number
from registry.sheet import Cell, Row

PAGE_EDGE = re.compile(
    r"^[-—–\s]*(?:第\s*)?\d{0,4}(?:\s*页)?(?:\s*[/,，共]+\s*\d+\s*页?)?[-—–\s]*$"
)
# What is not broken over lines: a number, a Latin word, a character with the mark after it.
WORD = re.compile(r"[\x21-\x7e]+|.[/、，。；：）)%]*")
NUMBER = re.compile(r"^[\d,.]+%?$")
SIGN = re.compile(r"^(?:[≥≤=><＝＞＜≧≦]|定性$)")
TOLERANCE = 0.3
# Of so many cells that go on, one may have had room left (words are not always broken where they could be).
MOST_LOOSE = 4
# A heading has at least so many cells; two rows of values are not alike in so many.
FEWEST_HEADINGS = 4


@dataclass(slots=True)
class Block:
    """A table of a page, or a line between tables.

    `room` says how many Chinese characters the last line of a cell (by first and last column) would
    still take: only a text whose next word did not fit can go on over the page. Cells in `low` hold
    text down to the end of their box.
    """

    page: int
    rows: list[Row]
    is_table: bool
    room: dict[tuple[int, int], float] = field(default_factory=dict)
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
    above = rows[last]
    heads = _repeated_heads(rows, last, block)
    if heads == len(block.rows):
        return
    first = block.rows[heads]
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
        whole = grown.get(id(old)) or old._replace(
            text=old.text + new.text, height=old.height + new.height - (1 if split else 0)
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
    kept = block.rows[heads + 1 :] if split else block.rows[heads:]
    block.rows = [_moved(row, joined, above.table) for row in (*block.rows[:heads], *kept)]


def _repeated_heads(rows: Sequence[Row], last: int, block: Block) -> int:
    """How many rows at the top of a page only print the table's heading again."""
    table = rows[last].table
    printed = {_texts(row) for row in rows[: last + 1] if row.table == table}
    heads = 0
    for row in block.rows:
        if len(row.filled) < FEWEST_HEADINGS or _texts(row) not in printed:
            break
        heads += 1
    return heads


def _texts(row: Row) -> tuple[str, ...]:
    return tuple(cell.text for cell in row.filled)


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
    if not ended or any(not old.text or _is_fresh(old, new) for old, new in going_on):
        return False
    tall = [new for old, new in pairs if id(old) not in own and new.text]
    loose = [old for old, new in going_on if not _is_cut(old, new, before)]
    return bool(going_on or tall) and len(loose) <= len(going_on) // MOST_LOOSE


def _is_fresh(old: Cell, new: Cell) -> bool:
    """Whether the later text can only be a value of its own: a number after a number, a sign."""
    if SIGN.match(new.text):
        return True
    numbers = NUMBER.match(old.text) is not None and NUMBER.match(new.text) is not None
    return numbers and joined_number(old.text, new.text) is None


def _is_cut(old: Cell, new: Cell, before: Block) -> bool:
    """Whether the first word of the later text had no room in the earlier line."""
    word = WORD.match(new.text)
    length = sum(1.0 if char > "\xff" else 0.55 for char in (word.group() if word else ""))
    return before.room.get(_ending(old), length) <= length + TOLERANCE


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
    return both_tall and _is_cut(old, new, before) and _ending(old) in before.low


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
