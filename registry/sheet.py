"""A document as rows of cells, whatever file it came from, and where each cell stood."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter
from typing import Literal, NamedTuple

from registry.errors import UnreadableFile
from registry.findings import Finding
from registry.plan import Place, place_of

# What a document turns out to be.
Kind = Literal["target", "self-evaluation", "blank", "unreadable"]


class Cell(NamedTuple):
    """A cell or a paragraph. `column` counts grid columns from 0; merged cells have a width."""

    text: str
    place: Place
    column: int = 0
    width: int = 1
    height: int = 1

    @property
    def end(self) -> int:
        """The first grid column after the cell."""
        return self.column + self.width


# A cell of a whole tuple, as `place_of` makes places.
cell_of: Callable[[tuple[str, Place, int, int, int]], Cell] = partial(tuple.__new__, Cell)


@dataclass(slots=True)
class Row:
    """Cells that begin in this row, and those reaching into it from above by a vertical merge.
    Nobody changes a row once it is made; that nobody could would double the time of making it.

    `table` numbers the tables of the document; None is a free paragraph. `ruled` says that
    positions can be trusted: the file knows its cells (docx, xlsx, html), or guesses (tabs, pipes).
    """

    cells: tuple[Cell, ...]
    above: tuple[Cell, ...] = ()
    table: int | None = None
    ruled: bool = True
    filled: tuple[Cell, ...] = field(init=False)

    def __post_init__(self) -> None:
        # Asked for many times a row: the cells begun here that hold text.
        self.filled = tuple([c for c in self.cells if c.text and not c.text.isspace()])

    def at(self, column: int) -> Cell | None:
        """The cell covering a grid column, begun here or above."""
        for cell in self.cells:
            if cell.column <= column < cell.end:
                return cell
        for cell in self.above:
            if cell.column <= column < cell.end:
                return cell
        return None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One run of rows that belong together: a worksheet, or a whole document without worksheets."""

    name: str | None
    rows: tuple[Row, ...]


@dataclass(slots=True)
class Document:
    """What a reader makes of one file."""

    file: str
    sheets: tuple[Sheet, ...]
    # What was left out or put right on the way.
    findings: list[Finding] = field(default_factory=list)
    # Cells of workbooks that stay blank because the result of their formula is not in the file.
    uncomputed: frozenset[Place] = frozenset()


@dataclass(slots=True)
class TableBuilder:
    """Places cells with spans on a grid, as html and docx describe them, and makes rows of them."""

    table: int
    ruled: bool = True
    _rows: list[list[Cell]] = field(default_factory=list)
    # By row: the cells reaching into it from above, by column.
    _reaching: dict[int, dict[int, Cell]] = field(default_factory=dict)
    # The current row's columns that are taken, and where the search for a free one begins.
    _covered: set[int] = field(default_factory=set)
    _next: int = 0
    _reach: int = 0

    def start_row(self) -> None:
        """Begins the next row."""
        self._covered = set(self._reaching.get(len(self._rows), ()))
        self._next = 0
        self._rows.append([])

    def add(self, text: str, place: Place, width: int = 1, height: int = 1) -> None:
        """The next cell of the row, in the first column no other cell covers."""
        column = self._next
        while column in self._covered:
            column += 1
        self.put(cell_of((text, place, column, width, height)))
        self._next = column + 1

    def put(self, cell: Cell) -> None:
        """A cell at its own column in the row begun last."""
        self._rows[-1].append(cell)
        if cell.width == cell.height == 1:
            self._covered.add(cell.column)
        else:
            self._put_merged(cell)

    def _put_merged(self, cell: Cell) -> None:
        columns = range(cell.column, cell.column + min(cell.width, MOST_COLUMNS))
        tall = min(cell.height, MOST_ROWS_OF_A_CELL)
        self._reach += len(columns) * tall
        if self._reach > MOST_REACH:
            raise UnreadableFile(
                f"文件“{cell.place.file}”里的合并单元格大得不合理。请只保留绩效目标表后另存为 .docx 或 .xlsx 再发。"
            )
        self._covered.update(columns)
        for below in range(len(self._rows), len(self._rows) + tall - 1):
            reaching = self._reaching.setdefault(below, {})
            for column in columns:
                reaching.setdefault(column, cell)

    def covered(self, column: int) -> bool:
        """Whether the current row's column is taken already."""
        return column in self._covered

    def rows(self) -> list[Row]:
        """The finished rows."""
        out = []
        for at, cells in enumerate(self._rows):
            above: list[Cell] = []
            for cell in self._reaching.get(at, {}).values():
                if not above or above[-1] is not cell:
                    above.append(cell)
            cells = sorted(cells, key=attrgetter("column"))
            out.append(Row(tuple(cells), tuple(above), self.table, self.ruled))
        return out


# A span attribute may claim anything (rowspan="999999"); no real form is wider or taller.
MOST_COLUMNS = 200
MOST_ROWS_OF_A_CELL = 2000
# All merged cells of a table together; the widest sheet read fills 200,000 places.
MOST_REACH = 4_000_000


def paragraph(text: str, place: Place) -> Row:
    """A free line of text as a row."""
    return Row((Cell(text, place),))


def split_rows(lines: Iterable[Sequence[str]], places: Iterable[Place], table: int) -> list[Row]:
    """Rows of a text file whose cells were separated by tabs, pipes or commas."""
    rows = []
    for cells, place in zip(lines, places, strict=True):
        where = place[:-1]
        made = [
            cell_of((text.strip(), place_of((*where, at + 1)), at, 1, 1))
            for at, text in enumerate(cells)
        ]
        rows.append(Row(tuple(made), (), table, ruled=False))
    return rows
