"""Sheets too wide for a page: pages that hold the right-hand columns of others, put beside them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from registry.readers.pdf_grid import SNAP, Grid, Letter, Page, covers

# The same letter printed on both pages, of a text that reaches over the edge.
SAME_PLACE = 2.0


def wide_pages(pages: Sequence[Page]) -> list[Page]:
    """The pages as wide as their sheets. A spreadsheet prints all left pages first, then the right."""
    out: list[Page] = []
    index = 0
    while index < len(pages):
        count = _left_pages(pages, index)
        if count == 0:
            out.append(pages[index])
            index += 1
            continue
        left, right = pages[index : index + count], pages[index + count : index + 2 * count]
        joined = [_beside(a, b) for a, b in zip(left, right, strict=True)]
        pages = [*pages[:index], *joined, *pages[index + 2 * count :]]
    return out


def _left_pages(pages: Sequence[Page], index: int) -> int:
    """How many pages from here on go on to the right, on as many pages after them."""
    for count in range(1, (len(pages) - index) // 2 + 1):
        left, right = pages[index : index + count], pages[index + count : index + 2 * count]
        pairs = list(zip(left, right, strict=True))
        if all(_goes_on(a, b) for a, b in pairs) and any(_is_open(a) for a in left):
            return count
    return 0


def _goes_on(left: Page, right: Page) -> bool:
    """Whether the tables have the same rows, and the same cells are open at the edge between."""
    if not left.grids or len(left.grids) != len(right.grids):
        return False
    return all(
        _rows_alike(a, b) and _edge(a, max(a.verticals)) == _edge(b, min(b.verticals))
        for a, b in zip(left.grids, right.grids, strict=True)
    )


def _rows_alike(a: Grid, b: Grid) -> bool:
    ys, others = sorted(a.horizontals), sorted(b.horizontals)
    return len(ys) == len(others) and all(
        abs(y - other) <= SNAP for y, other in zip(ys, others, strict=True)
    )


def _edge(grid: Grid, x: float) -> list[bool]:
    """For each row whether a line is drawn at this edge of the table."""
    ys = sorted(grid.horizontals)
    return [covers(grid.verticals[x], (upper + lower) / 2) for upper, lower in pairwise(ys)]


def _is_open(page: Page) -> bool:
    """Whether cells of the page go on over its right edge: plans on pages of their own are closed."""
    return any(not all(_edge(grid, max(grid.verticals))) for grid in page.grids)


def _beside(left: Page, right: Page) -> Page:
    step = max(left.grids[0].verticals) - min(right.grids[0].verticals)
    grids = [_joined(a, b) for a, b in zip(left.grids, right.grids, strict=True)]
    printed: dict[tuple[str, int], list[float]] = {}
    for letter in left.letters:
        key = letter.text.strip(), round(letter.middle)
        printed.setdefault(key, []).append(letter.left)
    moved = (Letter(p.text, p.left + step, p.top, p.right + step, p.bottom) for p in right.letters)
    new = [letter for letter in moved if not _is_printed(letter, printed)]
    return Page(left.number, [*left.letters, *new], grids)


def _is_printed(letter: Letter, printed: dict[tuple[str, int], list[float]]) -> bool:
    middle = round(letter.middle)
    places = (
        x
        for y in (middle - 1, middle, middle + 1)
        for x in printed.get((letter.text.strip(), y), ())
    )
    return any(abs(x - letter.left) <= SAME_PLACE for x in places)


def _joined(left: Grid, right: Grid) -> Grid:
    """Both tables' lines, the right one's moved to where the left one ends."""
    seam = max(left.verticals)
    step = seam - min(right.verticals)
    grid = Grid(min(left.top, right.top), max(left.bottom, right.bottom))
    grid.verticals = dict(left.verticals)
    for x, stretches in right.verticals.items():
        grid.verticals.setdefault(x + step if x + step > seam + SNAP else seam, list(stretches))
    ys = zip(sorted(left.horizontals), sorted(right.horizontals), strict=True)
    for y, other in ys:
        moved = [(start + step, end + step) for start, end in right.horizontals[other]]
        grid.horizontals[y] = [*left.horizontals[y], *moved]
    return grid
