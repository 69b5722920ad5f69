"""Tables of text cells as a workbook or as csv files in a zip, and back, each cell exactly."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

Row = list[str | None]
Add = Callable[[str, Iterable[str | None]], None]

# A cell holds 32,767 characters; longer texts go on in a sheet of their own.
LONGEST_CELL = 32_000
REST = "续文"
# What a cell cannot hold as it is (control characters, an empty text, the escapes of a workbook,
# what a spreadsheet would take for a formula) is written as a JSON text behind this sign.
ESCAPE = "¤"
REST_SIGN = "¤¤"
AWKWARD = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\r]|_x[0-9A-Fa-f]{4}_")
FORMULA = ("=", "+", "-", "@", "\t", ESCAPE)
MOST_UNPACKED = 2**31


def guarded(value: str | None) -> str | None:
    """A text as a cell can hold it; an empty cell stands for no value at all."""
    if value is None:
        return None
    awkward = not value or value != value.strip() or value.startswith(FORMULA)
    if awkward or AWKWARD.search(value):
        return ESCAPE + json.dumps(value)
    return value


def unguarded(value: str | None) -> str | None:
    """What `guarded` was given."""
    if not value:
        return None
    return json.loads(value[len(ESCAPE) :]) if value.startswith(ESCAPE) else value


@contextmanager
def write_tables(file: Path, heads: Mapping[str, Iterable[str]]) -> Iterator[Add]:
    """Open the tables; what is yielded adds a row to one of them. The file appears when whole."""
    unfinished = file.with_name(file.name + ".partial")
    opened = _workbook if file.suffix.lower() == ".xlsx" else _zip
    try:
        with opened(unfinished, heads) as add:
            for table, head in heads.items():
                add(table, head)
            yield add
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def read_tables(file: Path) -> dict[str, list[Row]]:
    """Every table with its rows, the headings first."""
    return _read_workbook(file) if file.suffix.lower() == ".xlsx" else _read_zip(file)


@contextmanager
def _workbook(file: Path, heads: Mapping[str, Iterable[str]]) -> Iterator[Add]:
    import xlsxwriter

    # Rows are written out as they come: a large registry must not be held in memory.
    book = xlsxwriter.Workbook(str(file), {"constant_memory": True})
    sheets = {name: book.add_worksheet(name) for name in [*heads, REST]}
    rows = dict.fromkeys(sheets, 0)
    bold = book.add_format({"bold": True})

    def put(table: str, cells: Iterable[str | None]) -> None:
        at = rows[table]
        rows[table] += 1
        for column, cell in enumerate(cells):
            if cell is not None:
                sheets[table].write_string(at, column, cell, bold if at == 0 else None)

    def add(table: str, cells: Iterable[str | None]) -> None:
        put(table, [_shortened(guarded(cell)) for cell in cells])

    def _shortened(cell: str | None) -> str | None:
        if cell is None or len(cell) <= LONGEST_CELL:
            return cell
        number = str(rows[REST])
        parts = [cell[at : at + LONGEST_CELL] for at in range(0, len(cell), LONGEST_CELL)]
        for part in parts:
            put(REST, [number, ESCAPE + part])
        return REST_SIGN + number

    put(REST, ["编号", "文字"])
    for sheet in sheets.values():
        sheet.freeze_panes(1, 0)
    yield add
    book.close()


def _read_workbook(file: Path) -> dict[str, list[Row]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with CalamineWorkbook.from_path(str(file)) as book:
            raw = {name: _text_rows(book, name) for name in book.sheet_names}
    except CalamineError as error:
        raise ValueError("not a workbook") from error
    rests: dict[str, str] = {}
    for row in raw.pop(REST)[1:]:
        number, part = str(row[0]), str(row[1])
        rests[number] = rests.get(number, "") + part[len(ESCAPE) :]
    return {
        name: [[unguarded(_whole(cell, rests)) for cell in row] for row in rows]
        for name, rows in raw.items()
    }


def _text_rows(book: Any, name: str) -> list[Row]:
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return [[cell if isinstance(cell, str) and cell else None for cell in row] for row in rows]


def _whole(cell: str | None, rests: Mapping[str, str]) -> str | None:
    if cell is not None and cell.startswith(REST_SIGN):
        return rests[cell[len(REST_SIGN) :]]
    return cell


@contextmanager
def _zip(file: Path, heads: Mapping[str, Iterable[str]]) -> Iterator[Add]:
    """One csv a table; the byte order mark tells spreadsheets that it is UTF-8."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(_temporary_folder()))
        files = {
            name: stack.enter_context(
                (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="")
            )
            for name in heads
        }
        writers = {name: csv.writer(out) for name, out in files.items()}

        def add(table: str, cells: Iterable[str | None]) -> None:
            writers[table].writerow(["" if cell is None else guarded(cell) for cell in cells])

        yield add
        for out in files.values():
            out.close()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            for name in heads:
                packed.write(folder / f"{name}.csv", f"{name}.csv")


def _temporary_folder() -> Any:
    import tempfile

    return tempfile.TemporaryDirectory(prefix="registry-export-")


def _read_zip(file: Path) -> dict[str, list[Row]]:
    csv.field_size_limit(2**31 - 1)
    try:
        with zipfile.ZipFile(file) as packed:
            if sum(item.file_size for item in packed.infolist()) > MOST_UNPACKED:
                raise ValueError("too large")
            return {
                Path(name).stem: _csv_rows(packed.read(name))
                for name in packed.namelist()
                if name.endswith(".csv")
            }
    except zipfile.BadZipFile as error:
        raise ValueError("not a zip file") from error


def _csv_rows(raw: bytes) -> list[Row]:
    lines = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
    return [[unguarded(cell) for cell in line] for line in lines]
