"""Forms printed as text with one cell a line, or with a single space between cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from registry.labels import find_column, find_label, is_known_unit
from registry.parser_rows import inline_values
from registry.parser_table import Header, find_header, laid_out
from registry.parser_titles import NOTE, PAGE_NUMBER, is_title
from registry.parser_values import NUMBER
from registry.sheet import Cell, Row

FEWEST_COLUMNS = 2
# Cells of a table longer than this are not laid out by trial.
MOST_CELLS = 4000
# A text of which so many lines fit for each that does not is a table, whatever the others are.
UNREAD_SHARE = 3
# The foot of an official letter.
IMPRINT = re.compile(r"^(?:抄送|主题词)|印发$")
COLON_INSIDE = re.compile(r"[:：]\s*[^\s\d]")
FRAME = " \t\u3000|｜│┃"
SIGN_APART = re.compile(r"([≥≤≧≦＝═=＞＜><]+)[ \u3000]+(?=\d)")
UNIT_APART = re.compile(rf"({NUMBER})[ \u3000]+(\S+)$")


def with_lines_as_rows(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows with tables of lines laid out; unchanged where no heading stands in lines."""
    out: list[Row] = []
    table = max((row.table or 0 for row in rows), default=0)
    since = 0
    for start, end, cells in _headings(rows):
        if start < since:
            continue
        table += 1
        heading = _row(cells, table)
        header = find_header([heading], 0)
        stop = _stop(rows, end)
        in_lines = end - start > 1
        if header is None:
            continue
        lay = _from_cells if in_lines else _from_spaces
        laid, unread = lay(rows[end:stop], header)
        if len(laid) <= len(unread) * UNREAD_SHARE:
            continue
        out += _form(rows[since:start], table)
        # Cells of the form that are neither label nor value are reported as unread.
        out += [_row([cell], table) for cell in unread]
        out += [heading, *(_row(cells, table) for cells in laid)]
        since = stop
    return [*out, *_form(rows[since:], table + 1)] if out else rows


def _text(row: Row) -> str:
    """The text of a line, without the bars of a frame; "" for a row of several cells.

    A page's lines hold parts of several cells where these are broken, and are no rows of cells.
    """
    if len(row.filled) != 1 or row.filled[0].place.page is not None:
        return ""
    return row.filled[0].text.strip(FRAME)


def _row(cells: Sequence[Cell], table: int) -> Row:
    return Row(tuple(cells), (), table, ruled=False)


def _headings(rows: Sequence[Row]) -> Iterator[tuple[int, int, list[Cell]]]:
    """Where the heading of a table stands, in as many lines or in one: first, behind last, cells."""
    index = 0
    while index < len(rows):
        end = index
        while end < len(rows) and find_column(_text(rows[end])) is not None:
            end += 1
        cells = [row.filled[0]._replace(text=_text(row)) for row in rows[index:end]]
        lines = _without_block(cells)
        spaced = _without_block(_parts(rows[index])) if end == index else []
        if len(lines) > FEWEST_COLUMNS:
            yield index, end, _side_by_side(lines)
        elif len(spaced) > FEWEST_COLUMNS and all(find_column(cell.text) for cell in spaced):
            yield index, index + 1, _side_by_side(spaced)
        index = max(end, index + 1)


def _parts(row: Row) -> list[Cell]:
    """The words of a line as cells."""
    text = _text(row)
    return [row.filled[0]._replace(text=part) for part in text.split()] if text else []


def _without_block(cells: list[Cell]) -> list[Cell]:
    label = find_label(cells[0].text) if cells else None
    return cells[1:] if label is not None and label.field == "block" else cells


def _side_by_side(cells: Sequence[Cell]) -> list[Cell]:
    return [cell._replace(column=at, width=1) for at, cell in enumerate(cells)]


def _stop(rows: Sequence[Row], index: int) -> int:
    """Where the table's lines end: at a title, a note, a label with its value."""
    while index < len(rows) and not _ends(rows[index]):
        index += 1
    return index


def _ends(row: Row) -> bool:
    text = _text(row)
    if not text:
        return bool(row.filled)
    label = find_label(text.split()[0])
    opens = label is not None and label.field not in ("block", "elsewhere") and not label.is_weak
    ends = NOTE.match(text) or IMPRINT.search(text) or inline_values(text)
    return opens or is_title(row) or bool(ends)


def _from_cells(rows: Sequence[Row], header: Header) -> tuple[list[list[Cell]], list[Cell]]:
    """One cell a line, cut into rows; none where that could be done in two ways."""
    cells = [
        row.filled[0]._replace(text=text)
        for row in rows
        if (text := _text(row)) and not (PAGE_NUMBER.match(text) and not text.isdigit())
    ]
    if len(cells) > MOST_CELLS:
        return [], cells
    # From the end: in how many ways the cells from here on make rows, and the length of the first.
    ways = [0] * len(cells) + [1]
    first = [0] * len(cells)
    for at in range(len(cells) - 1, -1, -1):
        for length in range(FEWEST_COLUMNS, len(header.columns) + 1):
            further = ways[at + length] if at + length <= len(cells) else 0
            if further and laid_out(cells[at : at + length], header) is not None:
                ways[at] = min(ways[at] + further, 2)
                first[at] = length
    if ways[0] != 1:
        return [], cells
    laid, at = [], 0
    while at < len(cells):
        laid.append(_spread(cells[at : at + first[at]], header))
        at += first[at]
    return laid, []


def _from_spaces(rows: Sequence[Row], header: Header) -> tuple[list[list[Cell]], list[Cell]]:
    """A row a line, and the lines that do not fit."""
    laid: list[list[Cell]] = []
    unread: list[Cell] = []
    for row in rows:
        text = _joined(_text(row), header)
        if not text or PAGE_NUMBER.match(text):
            continue
        parts = [row.filled[0]._replace(text=part) for part in text.split()]
        fitting = (parts, _without_block(parts))
        cells = next((c for c in fitting if laid_out(c, header) is not None), None)
        if cells is None:
            unread.append(row.filled[0])
        else:
            laid.append(_spread(cells, header))
    return laid, unread


def _joined(text: str, header: Header) -> str:
    """Sign, number and unit written apart, where they share a column: ≥ 95 %."""
    if not header.of("sign"):
        text = SIGN_APART.sub(r"\1", text)
    apart = UNIT_APART.search(text)
    if apart is not None and not header.of("unit_of_measure") and is_known_unit(apart.group(2)):
        text = UNIT_APART.sub(r"\1\2", text)
    return text


def _spread(cells: Sequence[Cell], header: Header) -> list[Cell]:
    """The cells at their columns."""
    roles = laid_out(cells, header) or {}
    starts = {column.role: column.start for column in header.columns}
    return [cell._replace(column=starts[role], width=1) for role, cell in roles.items()]


def _form(rows: Sequence[Row], table: int) -> list[Row]:
    """Lines before and after a table: each label with what stands in the next line as a row."""
    out: list[Row] = []
    waiting: Cell | None = None
    for row in rows:
        cells = _labelled(row)
        alone = len(cells) == 1 and row.filled[0].text.strip(FRAME) == cells[0].text
        is_value = waiting is not None and alone and not _names_field(cells[0].text, weak=False)
        if waiting is not None:
            out.append(
                _row([waiting, cells[0]._replace(column=1)] if is_value else [waiting], table)
            )
            waiting = None
        if is_value:
            continue
        if alone and _names_field(cells[0].text, weak=True):
            waiting = cells[0]
        else:
            out.append(_row(cells, table) if len(cells) > 1 else row)
    return [*out, _row([waiting], table)] if waiting is not None else out


def _names_field(text: str, weak: bool) -> bool:
    label = find_label(text)
    return label is not None and label.field != "block" and (weak or not label.is_weak)


def _labelled(row: Row) -> list[Cell]:
    """A line that begins with a label as cells: 主管部门 民政局 实施单位 服务中心."""
    parts = _parts(row)
    if not parts:
        return list(row.cells)
    if len(parts) == 1 or find_label(parts[0].text) is None or COLON_INSIDE.search(_text(row)):
        return [row.filled[0]._replace(text=_text(row), column=0)]
    cells: list[Cell] = []
    for part in parts:
        due = bool(cells) and _names_field(cells[-1].text, weak=True)
        label = find_label(part.text)
        is_label = label is not None and not (due and label.is_weak)
        if not cells or due or is_label or find_label(cells[-1].text) is not None:
            cells.append(part)
        else:
            cells[-1] = cells[-1]._replace(text=f"{cells[-1].text} {part.text}")
    return _side_by_side(cells)
