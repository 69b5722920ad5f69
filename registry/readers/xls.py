"""xls: worksheets as shown, with merges and number formats. xlrd."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from registry.errors import UnreadableFile
from registry.findings import finding
from registry.plan import Place
from registry.readers.limits import MOST_CELLS
from registry.readers.numbers import SINCE_1900, SINCE_1904, shown_number
from registry.readers.plaintext import clean_controls
from registry.readers.worksheet import WIDEST, Unread, check_sheets
from registry.sheet import Cell, Document, Row, Sheet, TableBuilder

if TYPE_CHECKING:
    from xlrd.book import Book


def read_xls(data: bytes, name: str) -> Document:
    """Every visible worksheet."""
    import xlrd
    from xlrd.compdoc import CompDocError

    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
    except xlrd.XLRDError as error:
        if "encrypt" in str(error).lower() or "password" in str(error).lower():
            raise UnreadableFile(f"工作簿“{name}”有密码。请去掉密码后再发。") from error
        raise UnreadableFile(
            f"工作簿“{name}”已损坏或没有传完整。请用表格软件打开后另存为 .xlsx 再发。"
        ) from error
    except CompDocError as error:
        raise UnreadableFile(
            f"工作簿“{name}”已损坏。请用表格软件打开后另存为 .xlsx 再发。"
        ) from error
    check_sheets(book.nsheets, name)
    document = Document(name, ())
    sheets = []
    for number, sheet in enumerate(book.sheets(), 1):
        if sheet.visibility:
            document.findings.append(finding("hidden-sheet", value=sheet.name))
            continue
        unread = Unread(sheet.name)
        rows = _rows(book, sheet, number, name, unread)
        document.findings += unread.findings()
        document.uncomputed |= unread.uncomputed.keys()
        if rows:
            sheets.append(Sheet(sheet.name, tuple(rows)))
    document.sheets = tuple(sheets)
    return document


def _rows(book: Book, sheet: Any, number: int, name: str, unread: Unread) -> list[Row]:
    """What is shown of a worksheet."""
    if sheet.nrows * sheet.ncols > MOST_CELLS * 20:
        raise UnreadableFile(f"工作表“{sheet.name}”过大。请只保留绩效目标表再发。")
    spans = {
        (top, left): (right - left, bottom - top) for top, bottom, left, right in sheet.merged_cells
    }
    texts = _texts(book, sheet, spans, name, unread)
    if not texts:
        return []
    columns = [column for line in texts.values() for column in line]
    first, last = unread.bound(columns)
    last = max([last, *(left + wide - 1 for (_, left), (wide, _) in spans.items() if left <= last)])
    last = min(last, first + WIDEST)
    builder = TableBuilder(number)
    for row in sorted(texts):
        builder.start_row()
        for column in range(first, last + 1):
            if builder.covered(column):
                continue
            width, height = spans.get((row, column), (1, 1))
            tall = sum(1 for r in range(row, row + min(height, 2000)) if r in texts)
            place = Place(name, sheet=sheet.name, row=row + 1, column=column + 1)
            text = texts[row].get(column, "")
            builder.put(Cell(text, place, column, width, max(1, tall)))
    return builder.rows()


def _texts(
    book: Book,
    sheet: Any,
    spans: dict[tuple[int, int], tuple[int, int]],
    name: str,
    unread: Unread,
) -> dict[int, dict[int, str]]:
    import xlrd

    texts: dict[int, dict[int, str]] = {}
    hidden_rows = {row for row, info in sheet.rowinfo_map.items() if info.hidden}
    hidden_columns = {column for column, info in sheet.colinfo_map.items() if info.hidden}
    for row in range(sheet.nrows):
        for column in range(sheet.row_len(row)):
            kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
            text = _text(book, sheet, row, column)
            fault = xlrd.error_text_from_code.get(value) if kind == xlrd.XL_CELL_ERROR else None
            unread.hides |= kind == xlrd.XL_CELL_NUMBER and not text
            if not text.strip() and fault is None:
                continue
            # A merged cell shows its text as long as a part of it is seen.
            wide, tall = spans.get((row, column), (1, 1))
            if (row in hidden_rows and tall == 1) or (column in hidden_columns and wide == 1):
                unread.hides = True
            elif fault is not None:
                unread.uncomputed[Place(name, sheet=sheet.name, row=row + 1, column=column + 1)] = (
                    fault
                )
            else:
                texts.setdefault(row, {})[column] = text
    return texts


def _text(book: Book, sheet: Any, row: int, column: int) -> str:
    import xlrd

    kind = sheet.cell_type(row, column)
    value = sheet.cell_value(row, column)
    if kind == xlrd.XL_CELL_TEXT:
        return clean_controls(value)[0]
    if kind in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        style = book.xf_list[sheet.cell_xf_index(row, column)]
        found = book.format_map.get(style.format_key)
        code = found.format_str if found is not None else ""
        return shown_number(repr(value), 0, code, SINCE_1904 if book.datemode else SINCE_1900)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return "是" if value else "否"
    return ""
