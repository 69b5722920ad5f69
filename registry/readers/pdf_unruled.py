"""Tables of a pdf without ruled lines, rebuilt from where their texts stand.

Nothing is guessed: the columns of the indicator table are kept apart by white space all the way
down, and each value stands at the height of one name. Where that is not so, the page gives lines of
text only, as it does without a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from registry.labels import find_column, find_label
from registry.plan import Place
from registry.readers.pdf_grid import Letter, Page, in_lines
from registry.sheet import Cell, Row

# White space that parts cells of a line, the most between lines of one cell, and how far the
# middles of cells in one row may differ: in heights of a letter.
CELL_GAP = 0.7
LINE_GAP = 0.5
SAME_ROW = 0.4
SAME_EDGE = 3.0
# Columns of one cell for each indicator. Others hold cells that reach over several rows.
OWN_ROLES = frozenset(
    {"value", "value_elsewhere", "value_sum", "value_text", "actual", "sign", "unit_of_measure", "points",
     "core_mark", "explanation", "name", "name_or_explanation", "level4"}
)  # fmt: skip
ENDS = re.compile(
    r"^(?:注|备注|说明|填报说明|填表说明)\s*\d?\s*[:：]|[:：]|印发$|^抄送|^[-—–\s第]*\d+[-—–\s页]*$"
)


@dataclass(slots=True)
class Box:
    """The text of one cell, and where it stands."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float

    @property
    def middle(self) -> float:
        """Height of the text's middle."""
        return (self.top + self.bottom) / 2


@dataclass(slots=True)
class Columns:
    """The columns of an indicator table: the reach of each from left to right, and its heading."""

    reaches: list[tuple[float, float]]
    roles: list[str | None]
    headed: list[bool]


class Untold(Exception):
    """The page holds a table whose cells cannot be told apart with certainty."""


def unruled_pages(pages: Sequence[Page], name: str) -> dict[int, list[Row]]:
    """By page number the rows of the pages without ruled lines; none at all where one is untold."""
    if any(page.grids for page in pages) or not any(map(_may_head, pages)):
        return {}
    out: dict[int, list[Row]] = {}
    before: Columns | None = None
    for page in pages:
        place = Place(name, page=page.number, table=page.number)
        try:
            out[page.number], before = _rows(_groups(_boxes(page.letters)), place, before)
        except Untold:
            return {}
    return out if before is not None else {}


def _may_head(page: Page) -> bool:
    """Whether 三级指标 and 指标值, or 三级 and 数值, may stand on the page."""
    letters = {letter.text.strip() for letter in page.letters}
    return "值" in letters and not letters.isdisjoint("标级")


def _rows(
    groups: Sequence[list[Box]], place: Place, before: Columns | None
) -> tuple[list[Row], Columns | None]:
    """The rows from here on, and the columns with which a table may go on over the page."""
    at = next((at for at, group in enumerate(groups) if _is_heading(group)), None)
    if at is None and (before is None or not any(map(_is_tabular, groups))):
        return _form(groups, place), before
    head, body = ([], groups) if at is None else (groups[:at], groups[at + 1 :])
    heading = groups[at] if at is not None else []
    end = next((n for n, group in enumerate(body) if _ends(group, heading)), len(body))
    columns = _columns(heading, body[:end]) if heading else before
    if columns is None:
        raise Untold
    rows = _form(head, place)
    if heading:
        rows.append(_row(_by_column(heading, columns), place))
    rows += [_row(cells, place) for cells in _laid(body[:end], columns)]
    after, columns_after = _rows(body[end:], place, None) if end < len(body) else ([], None)
    return [*rows, *after], columns_after or columns


def _is_tabular(group: Sequence[Box]) -> bool:
    return len(group) > 2 and all(find_label(box.text) is None for box in group)


def _boxes(letters: Sequence[Letter]) -> list[Box]:
    """Texts of cells: pieces of lines under each other, close and with an edge or middle in common."""
    boxes: list[Box] = []
    near: list[Box] = []
    for line in in_lines(letters):
        near = [box for box in near if line[0].top - box.bottom < 2 * box.size]
        for piece in _pieces(line):
            above = [box for box in near if _goes_on(box, piece)]
            if len(above) == 1:
                box = above[0]
                box.text += piece.text
                box.left, box.right = min(box.left, piece.left), max(box.right, piece.right)
                box.bottom = piece.bottom
            else:
                boxes.append(piece)
                near.append(piece)
    return boxes


def _pieces(line: Sequence[Letter]) -> Iterator[Box]:
    size = max(4.0, max(letter.bottom - letter.top for letter in line))
    cuts = [at for at, (a, b) in enumerate(pairwise(line), 1) if b.left - a.right > CELL_GAP * size]
    for start, end in pairwise([0, *cuts, len(line)]):
        part = line[start:end]
        text = "".join(letter.text for letter in part).strip()
        top, bottom = min(p.top for p in part), max(p.bottom for p in part)
        yield Box(text, part[0].left, top, part[-1].right, bottom, size)


def _goes_on(box: Box, piece: Box) -> bool:
    if not -SAME_EDGE < piece.top - box.bottom < LINE_GAP * box.size:
        return False
    centres = abs((box.left + box.right) - (piece.left + piece.right)) / 2
    return abs(box.left - piece.left) < SAME_EDGE or centres < SAME_EDGE


def _groups(boxes: Sequence[Box]) -> list[list[Box]]:
    """Cells with their middles at one height, from top to bottom."""
    groups: list[list[Box]] = []
    for box in sorted(boxes, key=lambda box: box.middle):
        if groups and box.middle - groups[-1][0].middle < SAME_ROW * box.size:
            groups[-1].append(box)
        else:
            groups.append([box])
    return [sorted(group, key=lambda box: box.left) for group in groups]


def _is_heading(group: Sequence[Box]) -> bool:
    roles = {find_column(box.text) for box in group}
    return len(group) > 2 and "value" in roles and bool(roles & {"name", "name_or_explanation"})


def _ends(group: Sequence[Box], heading: Sequence[Box]) -> bool:
    """A note, a label with its value, a page's number; a title across the columns."""
    if len(group) < 3 and any(ENDS.search(box.text) for box in group):
        return True
    box = group[0]
    crossed = [other for other in heading if box.left < other.right and other.left < box.right]
    return len(group) == 1 and len(crossed) > 1


def _columns(heading: Sequence[Box], body: Sequence[Sequence[Box]]) -> Columns | None:
    """The white space between columns; None unless it parts all headings."""
    reaches: list[tuple[float, float]] = []
    for box in sorted((*heading, *(b for group in body for b in group)), key=lambda b: b.left):
        if reaches and box.left < reaches[-1][1]:
            reaches[-1] = (reaches[-1][0], max(reaches[-1][1], box.right))
        else:
            reaches.append((box.left, box.right))
    roles: list[str | None] = []
    headed: list[bool] = []
    for left, right in reaches:
        inside = [box for box in heading if left <= box.left < right]
        # Left of all headings the name of the whole block may stand.
        if len(inside) > 1 or (not inside and any(headed)):
            return None
        headed.append(bool(inside))
        roles.append(find_column(inside[0].text) if inside else None)
    return Columns(reaches, roles, headed)


def _by_column(group: Sequence[Box], columns: Columns) -> dict[int, Box]:
    return {at: box for box in group if (at := _column(box, columns)) is not None}


def _column(box: Box, columns: Columns) -> int | None:
    inside = [
        at
        for at, (left, right) in enumerate(columns.reaches)
        if box.left < right and left < box.right
    ]
    return inside[0] if len(inside) == 1 else None


def _laid(groups: Sequence[Sequence[Box]], columns: Columns) -> list[dict[int, Box]]:
    """The rows of the body: each cell at the height of one name."""
    named = next(
        (
            at
            for role in ("name", "name_or_explanation")
            for at, r in enumerate(columns.roles)
            if r == role
        ),
        None,
    )
    boxes = [(box, _column(box, columns)) for group in groups for box in group]
    if named is None or any(at is None for _, at in boxes):
        raise Untold
    names = sorted((box for box, at in boxes if at == named), key=lambda box: box.middle)
    rows: list[dict[int, Box]] = [{named: box} for box in names]
    reaching: dict[int, list[Box]] = {}
    for box, at in boxes:
        if at is None or at == named or not columns.headed[at]:
            continue
        if columns.roles[at] not in OWN_ROLES:
            reaching.setdefault(at, []).append(box)
            continue
        row = next((row for row in rows if _level_with(box, row[named])), None)
        if row is None or at in row:
            raise Untold
        row[at] = box
    values = [at for at, role in enumerate(columns.roles) if role == "value"]
    if not rows or not all(any(at in row for at in values) for row in rows):
        raise Untold
    for at, column in reaching.items():
        if not _put(at, column, rows) and columns.roles[at] is None:
            raise Untold
    return rows


def _level_with(box: Box, other: Box) -> bool:
    near = SAME_ROW * box.size
    return abs(box.middle - other.middle) < near or abs(box.top - other.top) < near


def _put(at: int, column: Sequence[Box], rows: list[dict[int, Box]]) -> bool:
    """Cells over several rows put in the first of these, when their heights part all rows."""
    first, found = 0, []
    for box in sorted(column, key=lambda box: box.middle):
        last = next((n for n in range(first, len(rows)) if _spans(box, rows[first : n + 1])), None)
        if last is None:
            return False
        found.append((first, box))
        first = last + 1
    if first < len(rows):
        return False
    for number, box in found:
        rows[number][at] = box
    return True


def _spans(box: Box, rows: Sequence[dict[int, Box]]) -> bool:
    """Whether the middle of a merged cell, or its top, is that of these rows."""
    boxes = [other for row in rows for other in row.values()]
    top, bottom = min(b.top for b in boxes), max(b.bottom for b in boxes)
    return abs(box.middle - (top + bottom) / 2) < LINE_GAP * box.size


def _row(cells: dict[int, Box], place: Place) -> Row:
    return Row(
        tuple(Cell(box.text, place, at) for at, box in sorted(cells.items())),
        (),
        place.table,
        ruled=False,
    )


def _form(groups: Sequence[Sequence[Box]], place: Place) -> list[Row]:
    """Lines outside the table, each label with what stands at its height."""
    rows: list[Row] = []
    before: Sequence[Box] = ()
    begun = False
    for group in groups:
        labelled = _labels(group)
        alone = len(group) == 1
        under = alone and bool(before) and _labels(before) == len(before)
        begun = begun or labelled > 0
        # A line without a label among those with labels is a piece of a cell not put together.
        if begun and not labelled and not under and not (alone and ENDS.search(group[0].text)):
            raise Untold
        if _is_tabular(group):
            raise Untold
        before = group
        if labelled and not alone:
            rows.append(_row(dict(enumerate(group)), place))
        else:
            text = "\u3000\u3000".join(box.text for box in group)
            rows.append(Row((Cell(text, Place(place.file, page=place.page)),)))
    return rows


def _labels(group: Sequence[Box]) -> int:
    return sum(find_label(box.text) is not None for box in group)
