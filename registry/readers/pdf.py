"""pdf with text: cells rebuilt from ruled lines, text from its letters' places. pypdfium2."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any

from registry.errors import UnreadableFile
from registry.plan import Place
from registry.readers.limits import MOST_CELLS, MOST_PAGES
from registry.readers.pdf_breaks import Block, join_pages
from registry.readers.pdf_fonts import use_own_fonts
from registry.readers.pdf_grid import SNAP, Grid, Letter, Page, covers, in_lines, settled
from registry.readers.pdf_sideways import wide_pages
from registry.readers.pdf_unruled import unruled_pages
from registry.readers.plaintext import clean_controls
from registry.sheet import Cell, Document, Row, Sheet, TableBuilder, paragraph

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

# A filled rectangle thinner than this is a drawn line.
THIN = 2.5
SHORTEST_LINE = 3.0
MOST_SEGMENTS = 40_000
MOST_PATHS = 100_000
MOST_GRID = 60_000
# All tables together; a bundle of 60 pages has 10,000 places between its lines.
MOST_GRIDS = 400_000
# A page with letters on it and nothing else to read has at least this many.
FEWEST_LETTERS = 8
HAN_SPACE = re.compile(r"(?<=[^\x00-\x7f]) +(?=[^\x00-\x7f])")
GAP = 2.2
# White space left and right of a cell's text, together.
CELL_MARGINS = 10.8


def read_pdf(data: bytes, name: str) -> Document:
    """The tables and lines of every page."""
    import pypdfium2

    use_own_fonts()
    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise UnreadableFile(f"PDF“{name}”有密码。请去掉密码后再发。") from error
        raise UnreadableFile(f"PDF“{name}”已损坏或没有传完整。请重新导出或重新发送。") from error
    try:
        return _document(pdf, name)
    except pypdfium2.PdfiumError as error:
        raise UnreadableFile(f"PDF“{name}”有损坏的页，读不出来。请重新导出再发。") from error
    finally:
        pdf.close()


def _document(pdf: PdfDocument, name: str) -> Document:
    count = len(pdf)
    if count > MOST_PAGES:
        raise UnreadableFile(
            f"PDF“{name}”有 {count} 页，超过 {MOST_PAGES} 页的上限。请只保留绩效目标表所在的页再发。"
        )
    pages = []
    letters = places = 0
    for number in range(count):
        page = pdf[number]
        try:
            read = _page(page, number + 1)
        finally:
            page.close()
        letters += len(read.letters)
        places += sum(grid.places for grid in read.grids)
        if letters > MOST_CELLS * 10 or places > MOST_GRIDS:
            raise UnreadableFile(f"PDF“{name}”的文字或线条过多。请只保留绩效目标表所在的页再发。")
        pages.append(read)
    if letters < FEWEST_LETTERS:
        raise UnreadableFile(
            f"PDF“{name}”是扫描件或图片，没有文字，无法读取。请发原始的 Word、Excel 或带文字的 PDF。"
        )
    # Without ruled lines a blank cell cannot be told from none, and values would slide into their
    # neighbours' columns: such a page gives lines of text only.
    return Document(name, (Sheet(None, tuple(_rows(wide_pages(pages), name))),))


def _page(page: PdfPage, number: int) -> Page:
    from pypdfium2 import raw

    height = page.get_height()
    text_page = page.get_textpage()
    try:
        letters = list(_letters(raw, text_page.raw, height))
    finally:
        text_page.close()
    return Page(number, letters, _grids(_segments(raw, page, height)))


def _letters(raw: Any, text_page: Any, height: float) -> Iterator[Letter]:
    count = raw.FPDFText_CountChars(text_page)
    box = raw.FS_RECTF()
    reference = ctypes.byref(box)
    pending = gap = False
    before = ""
    high = 0
    for index in range(count):
        code = raw.FPDFText_GetUnicode(text_page, index)
        if code in (0, 10, 13, 0xFFFE, 0xFFFF, 2):
            continue
        if code in (32, 0xA0, 9):
            # Spaces that only stand for a gap between letters are made up: 完成 4 座.
            pending = raw.FPDFText_IsGenerated(text_page, index) != 1
            gap = not pending
            continue
        if not raw.FPDFText_GetLooseCharBox(text_page, index, reference):
            continue
        # A rare character (𬬭) comes as two halves of UTF-16.
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + code - 0xDC00 if high else 0xFFFD
        high = 0
        char = chr(code)
        spaced = pending or (gap and before.isascii() and char.isascii())
        before, pending, gap = char, False, False
        if spaced:
            char = " " + char
        yield Letter(char, box.left, height - box.top, box.right, height - box.bottom)


def _segments(raw: Any, page: PdfPage, height: float) -> list[tuple[float, float, float, float]]:
    """Horizontal and vertical stretches as (left, top, right, bottom)."""
    out: list[tuple[float, float, float, float]] = []
    for item in islice(page.get_objects(filter=(raw.FPDF_PAGEOBJ_PATH,), max_depth=4), MOST_PATHS):
        left, bottom, right, top = item.get_bounds()
        top, bottom = height - top, height - bottom
        wide, tall = right - left, bottom - top
        if wide < THIN and tall < THIN:
            continue
        if wide <= THIN or tall <= THIN:
            out.append((left, top, right, bottom))
        elif _is_stroked(raw, item):
            out += _edges(raw, item, height)
        if len(out) > MOST_SEGMENTS:
            break
    return out


def _is_stroked(raw: Any, item: Any) -> bool:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(item.raw, ctypes.byref(fill), ctypes.byref(stroke))
    return bool(stroke.value)


def _edges(raw: Any, item: Any, height: float) -> list[tuple[float, float, float, float]]:
    matrix = item.get_matrix()
    points: list[tuple[float, float, bool]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(min(raw.FPDFPath_CountSegments(item.raw), 2000)):
        segment = raw.FPDFPath_GetPathSegment(item.raw, index)
        raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        px, py = matrix.on_point(x.value, y.value)
        moves = raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO
        points.append((px, height - py, moves))
        if raw.FPDFPathSegment_GetClose(segment) and points:
            start = next((p for p in reversed(points) if p[2]), points[0])
            points.append((start[0], start[1], False))
    out = []
    for (x0, y0, _), (x1, y1, moves) in pairwise(points):
        if not moves and (abs(x0 - x1) < THIN) != (abs(y0 - y1) < THIN):
            out.append((min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))
    return out


def _grids(segments: Sequence[tuple[float, float, float, float]]) -> list[Grid]:
    """Lines gathered into tables: stretches that overlap from top to bottom belong together."""
    long_enough = [s for s in segments if max(s[2] - s[0], s[3] - s[1]) >= SHORTEST_LINE]
    bands: list[list[float]] = []
    for _, top, _, bottom in sorted(long_enough, key=lambda s: s[1]):
        if bands and top <= bands[-1][1] + SNAP:
            bands[-1][1] = max(bands[-1][1], bottom)
        else:
            bands.append([top, bottom])
    grids = []
    for top, bottom in bands:
        grid = Grid(top, bottom)
        inside = [s for s in long_enough if top - SNAP <= s[1] and s[3] <= bottom + SNAP]
        xs = _snapped([(s[0] + s[2]) / 2 for s in inside if s[3] - s[1] > s[2] - s[0]])
        ys = _snapped([(s[1] + s[3]) / 2 for s in inside if s[3] - s[1] <= s[2] - s[0]])
        for left, upper, right, lower in inside:
            if lower - upper > right - left:
                grid.verticals.setdefault(_nearest(xs, (left + right) / 2), []).append(
                    (upper, lower)
                )
            else:
                grid.horizontals.setdefault(_nearest(ys, (upper + lower) / 2), []).append(
                    (left, right)
                )
        if len(grid.verticals) >= 2 and len(grid.horizontals) >= 2:
            grids.append(grid)
    return grids


def _snapped(values: Sequence[float]) -> list[float]:
    out: list[float] = []
    for value in sorted(values):
        if not out or value - out[-1] > SNAP:
            out.append(value)
    return out


def _nearest(values: Sequence[float], value: float) -> float:
    return min(values, key=lambda v: abs(v - value))


def _rows(pages: Sequence[Page], name: str) -> list[Row]:
    """All pages' rows; columns are counted on one ruler, so that a table goes on over a page."""
    ruler = _snapped([x for page in pages for grid in page.grids for x in grid.verticals])
    blocks: list[Block] = []
    table = 0
    unruled = unruled_pages(pages, name)
    for page in pages:
        if page.number in unruled:
            blocks += [Block(page.number, [row], is_table=False) for row in unruled[page.number]]
            continue
        parts: list[tuple[float, Block]] = []
        left = page.letters
        for grid in page.grids:
            table += 1
            inside = [p for p in left if grid.top < p.middle < grid.bottom]
            left = [p for p in left if not grid.top < p.middle < grid.bottom]
            place = Place(name, page=page.number, table=table)
            parts.append((grid.top, _table(grid, inside, ruler, place)))
        for top, text in _lines(left):
            line = paragraph(text, Place(name, page=page.number))
            parts.append((top, Block(page.number, [line], is_table=False)))
        blocks += [block for _, block in sorted(parts, key=lambda part: part[0])]
    return join_pages(blocks)


def _table(grid: Grid, letters: Sequence[Letter], ruler: Sequence[float], place: Place) -> Block:
    xs, ys = sorted(grid.verticals), sorted(grid.horizontals)
    block = Block(place.page or 0, [], is_table=True)
    if (len(xs) - 1) * (len(ys) - 1) > MOST_GRID:
        return block
    groups = _merged(grid, xs, ys)
    boxes: dict[int, list[int]] = {}
    for at, group in enumerate(groups):
        column, row = at % (len(xs) - 1), at // (len(xs) - 1)
        box = boxes.setdefault(group, [column, row, column, row])
        box[0], box[1] = min(box[0], column), min(box[1], row)
        box[2], box[3] = max(box[2], column), max(box[3], row)
    slots = []
    for letter in letters:
        column = _slot(xs, (letter.left + letter.right) / 2)
        row = _slot(ys, letter.middle)
        slots.append(groups[row * (len(xs) - 1) + column])
    texts: dict[int, list[Letter]] = {}
    for letter, group in zip(letters, settled(grid, letters, slots, boxes), strict=True):
        texts.setdefault(group, []).append(letter)
    builder = TableBuilder(place.table or 0)
    for row in range(len(ys) - 1):
        builder.start_row()
        starting = [(box, group) for group, box in boxes.items() if box[1] == row]
        for number, (box, group) in enumerate(sorted(starting), 1):
            start = _index(ruler, xs[box[0]])
            width = max(1, _index(ruler, xs[box[2] + 1]) - start)
            text = _cell_text(texts.get(group, []))
            where = Place(
                place.file, page=place.page, table=place.table, row=row + 1, column=number
            )
            cell = Cell(text, where, start, width, box[3] - box[1] + 1)
            builder.put(cell)
            if box[3] == len(ys) - 2 and text:
                room = (xs[box[0]], xs[box[2] + 1], ys[box[3] + 1])
                _note_ending(block, cell, texts[group], room)
    block.rows = builder.rows()
    return block


def _note_ending(
    block: Block, cell: Cell, letters: Sequence[Letter], room: tuple[float, float, float]
) -> None:
    """How much room the last line of a text leaves, and whether its box has room for another."""
    line = in_lines(letters)[-1]
    size = max(letter.bottom - letter.top for letter in line)
    left, right, bottom = room
    free = (right - left) - CELL_MARGINS - (line[-1].right - line[0].left)
    block.room[cell.column, cell.end] = free / size
    if bottom - max(letter.bottom for letter in line) < size * 1.5:
        block.low.add((cell.column, cell.end))


def _merged(grid: Grid, xs: Sequence[float], ys: Sequence[float]) -> list[int]:
    """For each small cell between neighbouring lines, the group it forms with those no line parts it from."""
    wide, tall = len(xs) - 1, len(ys) - 1
    group = list(range(wide * tall))

    def root(at: int) -> int:
        while group[at] != at:
            group[at] = group[group[at]]
            at = group[at]
        return at

    for row in range(tall):
        middle = (ys[row] + ys[row + 1]) / 2
        for column in range(wide):
            at = row * wide + column
            if column + 1 < wide and not covers(grid.verticals[xs[column + 1]], middle):
                group[root(at + 1)] = root(at)
            centre = (xs[column] + xs[column + 1]) / 2
            if row + 1 < tall and not covers(grid.horizontals[ys[row + 1]], centre):
                group[root(at + wide)] = root(at)
    return [root(at) for at in range(wide * tall)]


def _slot(edges: Sequence[float], value: float) -> int:
    for at in range(1, len(edges)):
        if value < edges[at]:
            return at - 1
    return len(edges) - 2


def _index(ruler: Sequence[float], value: float) -> int:
    return min(range(len(ruler)), key=lambda at: abs(ruler[at] - value))


def _cell_text(letters: Sequence[Letter]) -> str:
    text = "".join("".join(letter.text for letter in line).strip() for line in in_lines(letters))
    return clean_controls(HAN_SPACE.sub("", text))[0].strip()


def _lines(letters: Sequence[Letter]) -> list[tuple[float, str]]:
    out = []
    for line in in_lines(letters):
        parts = [line[0].text]
        for before, letter in pairwise(line):
            wide_gap = letter.left - before.right > GAP * max(4.0, letter.bottom - letter.top)
            parts.append("\u3000\u3000" + letter.text.strip() if wide_gap else letter.text)
        text = clean_controls(HAN_SPACE.sub("", "".join(parts)))[0].strip()
        if text:
            out.append((line[0].top, text))
    return out
