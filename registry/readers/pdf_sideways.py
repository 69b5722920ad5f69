"""Sheets too wide for a page: pages that hold the right-hand columns of others, put beside them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from registry.readers.pdf_grid import SNAP, Grid, Letter, Page, covers

# The same letter printed on both pages, of a text that reaches over the edge.
SAME_PLACE = 2.0


class Shape(NamedTuple):
    """The heights of a table's lines, and for each row whether its edges are drawn."""

    ys: tuple[float, ...]
    left: tuple[bool, ...]
    right: tuple[bool, ...]


def wide_pages(pages: Sequence[Page]) -> list[Page]:
    """The pages as wide as their sheets. A spreadsheet prints all left pages first, then the right."""
    out: list[Page] = []
    left = list(pages)
    while left:
        shapes = [[_shape(grid) for grid in page.grids] for page in left]
        at, count = _first_wide(shapes)
        out += left[:at]
        joined = [_beside(left[at + n], left[at + count + n]) for n in range(count)]
        left = [*joined, *left[at + 2 * count :]]
    return out


def _first_wide(shapes: Sequence[list[Shape]]) -> tuple[int, int]:
    """Where pages begin that go on to the right on as many pages after them, and how many do."""
    for at, page in enumerate(shapes):
        # Plans on pages of their own are closed at the edge.
        if all(all(shape.right) for shape in page):
            continue
        for count in range(1, (len(shapes) - at) // 2 + 1):
            pairs = zip(shapes[at : at + count], shapes[at + count : at + 2 * count], strict=True)
            if all(_goes_on(a, b) for a, b in pairs):
                return at, count
    return len(shapes), 0


def _shape(grid: Grid) -> Shape:
    ys = tuple(sorted(grid.horizontals))
    left, right = min(grid.verticals), max(grid.verticals)
    return Shape(ys, _edge(grid, left, ys), _edge(grid, right, ys))


def _edge(grid: Grid, x: float, ys: Sequence[float]) -> tuple[bool, ...]:
    """For each row whether a line is drawn at this edge of the table."""
    return tuple(covers(grid.verticals[x], (a + b) / 2) for a, b in pairwise(ys))


def _goes_on(left: Sequence[Shape], right: Sequence[Shape]) -> bool:
    """Whether the tables have the same rows, and the same cells are open at the edge between."""
    if not left or len(left) != len(right):
        return False
    return all(_fits(a, b) for a, b in zip(left, right, strict=True))


def _fits(left: Shape, right: Shape) -> bool:
    if len(left.ys) != len(right.ys) or left.right != right.left:
        return False
    return all(abs(a - b) <= SNAP for a, b in zip(left.ys, right.ys, strict=True))


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
