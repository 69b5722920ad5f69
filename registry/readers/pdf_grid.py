"""Letters and ruled lines of a pdf page, and which cell a letter belongs to."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

SNAP = 2.0
# A ruled line cuts through a letter when it stands this deep in it, as a share of its height; the
# lines of one text are no further apart than LEADING letters.
DEEP = 0.25
LEADING = 1.8


@dataclass(slots=True)
class Letter:
    """A character and its box; y grows downwards."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        """Height of the letter's middle."""
        return (self.top + self.bottom) / 2


@dataclass(slots=True)
class Grid:
    """The ruled lines of one table: for each x its vertical stretches, for each y its horizontal ones."""

    top: float
    bottom: float
    verticals: dict[float, list[tuple[float, float]]] = field(default_factory=dict)
    horizontals: dict[float, list[tuple[float, float]]] = field(default_factory=dict)

    @property
    def places(self) -> int:
        """How many small cells its lines make."""
        return max(0, len(self.verticals) - 1) * max(0, len(self.horizontals) - 1)


@dataclass(slots=True)
class Page:
    """A page's tables and the letters outside of them."""

    number: int
    letters: list[Letter]
    grids: list[Grid]


def covers(stretches: Sequence[tuple[float, float]], value: float) -> bool:
    """Whether a line is drawn at this point of its length."""
    return any(start - SNAP <= value <= end + SNAP for start, end in stretches)


def settled(
    grid: Grid, letters: Sequence[Letter], slots: list[int], boxes: dict[int, list[int]]
) -> list[int]:
    """Each letter's cell, once texts that are higher than their row are brought back into it.

    Spreadsheets print such a text across the lines above and below. Its letters follow each other
    in the file, and lines cut through some of them, as they never do through a text that fits.
    """
    ys = sorted(grid.horizontals)
    out = list(slots)
    for run in _runs(letters, slots, boxes):
        if not any(_is_crossed(grid, ys, letters[at]) for at in run):
            continue
        top = min(letters[at].top for at in run)
        bottom = max(letters[at].bottom for at in run)
        left, first, right, last = boxes[slots[run[0]]]
        for at in run:
            first, last = min(first, boxes[slots[at]][1]), max(last, boxes[slots[at]][3])
        fitting = {}
        for group, box in boxes.items():
            if (box[0], box[2]) == (left, right) and first <= box[1] and box[3] <= last:
                above, below = top - ys[box[1]], bottom - ys[box[3] + 1]
                fitting[group] = min(abs(above + below) / 2, abs(above), abs(below))
        for at in run:
            out[at] = min(fitting, key=lambda group: fitting[group])
    return out


def _runs(
    letters: Sequence[Letter], slots: Sequence[int], boxes: dict[int, list[int]]
) -> list[list[int]]:
    """Letters that the file prints one after the other, line under line in the same columns."""
    runs: list[list[int]] = []
    for at, letter in enumerate(letters):
        if runs:
            before, box, other = letters[at - 1], boxes[slots[at]], boxes[slots[at - 1]]
            size = max(4.0, before.bottom - before.top)
            step = letter.top - before.top
            if (box[0], box[2]) == (other[0], other[2]) and -size / 2 < step < size * LEADING:
                runs[-1].append(at)
                continue
        runs.append([at])
    return runs


def _is_crossed(grid: Grid, ys: Sequence[float], letter: Letter) -> bool:
    margin = (letter.bottom - letter.top) * DEEP
    first = bisect_right(ys, letter.top + margin)
    if first == len(ys) or ys[first] >= letter.bottom - margin:
        return False
    return covers(grid.horizontals[ys[first]], (letter.left + letter.right) / 2)


# A mark's box is small below so much of the tallest.
SMALL = 0.5
MARKS = frozenset("，。、；：,.;:")


def in_lines(letters: Sequence[Letter]) -> list[list[Letter]]:
    """Letters gathered into lines from top to bottom, each from left to right."""
    lines: list[list[Letter]] = []
    tallest = max((letter.bottom - letter.top for letter in letters), default=0.0)
    # A comma's box is small and low: the line's own letters say where the line is.
    marks = [p for p in letters if p.text.strip() in MARKS and p.bottom - p.top < tallest * SMALL]
    low = {id(mark) for mark in marks}
    full = [letter for letter in letters if id(letter) not in low]
    for letter in sorted(full, key=lambda p: (p.middle, p.left)):
        first = lines[-1][0] if lines else letter
        size = max(4.0, letter.bottom - letter.top, first.bottom - first.top)
        if lines and letter.middle - lines[-1][0].middle < size * 0.5:
            lines[-1].append(letter)
        else:
            lines.append([letter])
    feet = sorted((line[0].bottom, at) for at, line in enumerate(lines))
    for mark in marks:
        at = bisect_right(feet, (mark.bottom, 0))
        near = feet[max(0, at - 1) : at + 1]
        lines[min(near, key=lambda foot: abs(foot[0] - mark.bottom))[1]].append(mark)
    return [sorted(line, key=lambda p: p.left) for line in lines]
