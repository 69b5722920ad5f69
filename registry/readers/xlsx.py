"""xlsx: worksheets as shown: merges, number formats, stored values of formulas. lxml over the package."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from registry.errors import UnreadableFile
from registry.findings import finding
from registry.plan import Place
from registry.readers.limits import MOST_CELLS, MOST_LETTERS
from registry.readers.numbers import SINCE_1900, SINCE_1904, shown_number
from registry.readers.package import Package, parse_xml
from registry.readers.plaintext import clean_controls, is_power
from registry.readers.worksheet import NO_RESULT, WIDEST, Unread, check_sheets
from registry.sheet import Cell, Document, Row, Sheet, TableBuilder

if TYPE_CHECKING:
    from lxml.etree import _Element

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
TRANSITIONAL = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT_RELATION = b"http://purl.oclc.org/ooxml/officeDocument/relationships"
# Cells that carry only a style: a million of them hold nothing to read.
# One without a reference of its own counts as a place, and stays.
EMPTY_CELL = re.compile(rb'<(?:\w+:)?c\s(?:[^<>]*\s)?r="[^<>]*/>')
EMPTY_ROW = re.compile(rb'<(?:\w+:)?row\s(?:[^<>]*\s)?r="[^<>]*(?:/>|(?<!/)>\s*</(?:\w+:)?row>)')
REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
LAST_COLUMN = 16_384
TRUE = frozenset({"1", "true"})
MOST_MERGES = 20_000


def read_xlsx(package: Package, name: str) -> Document:
    """Every visible worksheet."""
    workbook = _part(package, "xl/workbook.xml")
    items = list(workbook.iter(MAIN + "sheet"))
    check_sheets(len(items), name)
    targets = _relations(package)
    book = _Book(name, _strings(package), _formats(package), _epoch(workbook))
    document = Document(name, ())
    sheets: list[Sheet] = []
    for number, item in enumerate(items, 1):
        title = item.get("name") or f"Sheet{number}"
        if item.get("state") in ("hidden", "veryHidden"):
            document.findings.append(finding("hidden-sheet", value=title))
            continue
        member = targets.get(item.get(RELATION) or "")
        if member is None or member not in package:
            document.findings.append(finding("lost-sheet", value=title))
            continue
        worksheet = _Worksheet(package.read(member), book, title, number)
        rows = worksheet.rows()
        document.findings += worksheet.unread.findings()
        document.uncomputed |= worksheet.unread.uncomputed.keys()
        if rows:
            sheets.append(Sheet(title, tuple(rows)))
    document.sheets = tuple(sheets)
    return document


def _epoch(workbook: _Element) -> datetime:
    properties = workbook.find(MAIN + "workbookPr")
    since_1904 = properties is not None and properties.get("date1904") in TRUE
    return SINCE_1904 if since_1904 else SINCE_1900


def _part(package: Package, member: str) -> _Element:
    data = package.read(member)
    if STRICT in data[:4000]:
        data = data.replace(STRICT, TRANSITIONAL).replace(
            STRICT_RELATION, b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        )
    return parse_xml(data, package.name)


def _relations(package: Package) -> dict[str, str]:
    member = "xl/_rels/workbook.xml.rels"
    if member not in package:
        raise UnreadableFile(
            f"文件“{package.name}”缺少内容（{member}），不是完整的工作簿。请用表格软件打开后另存再发。"
        )
    targets = {}
    for item in package.xml(member):
        target = item.get("Target") or ""
        target = target.removeprefix("/") if target.startswith("/") else "xl/" + target
        targets[item.get("Id") or ""] = target.replace("xl/xl/", "xl/")
    return targets


def _strings(package: Package) -> list[str]:
    if "xl/sharedStrings.xml" not in package:
        return []
    return [_rich_text(item) for item in _part(package, "xl/sharedStrings.xml")]


def _rich_text(node: _Element) -> str:
    first = node[0] if len(node) else None
    if first is not None and len(node) == 1 and first.tag == MAIN + "t":
        return first.text or ""
    parts = []
    for child in node:
        if child.tag == MAIN + "t":
            parts.append(child.text or "")
        elif child.tag == MAIN + "r":
            text = "".join(piece.text or "" for piece in child if piece.tag == MAIN + "t")
            align = child.find(f"{MAIN}rPr/{MAIN}vertAlign")
            raised = align is not None and align.get("val") == "superscript"
            if raised and is_power("".join(parts), text):
                parts.append("^")
            parts.append(text)
    return "".join(parts)


def _formats(package: Package) -> list[tuple[int, str]]:
    """The number format of each cell style: built-in number and code."""
    if "xl/styles.xml" not in package:
        return []
    root = _part(package, "xl/styles.xml")
    custom = {
        int(item.get("numFmtId") or 0): item.get("formatCode") or ""
        for item in root.iter(MAIN + "numFmt")
    }
    styles = root.find(MAIN + "cellXfs")
    if styles is None:
        return []
    numbers = [int(item.get("numFmtId") or 0) for item in styles]
    return [(number, custom.get(number, "")) for number in numbers]


class _Book(NamedTuple):
    """What the worksheets of a workbook share."""

    file: str
    strings: list[str]
    formats: list[tuple[int, str]]
    epoch: datetime


class _Worksheet:
    """One sheet's XML into rows."""

    def __init__(self, data: bytes, book: _Book, title: str, number: int) -> None:
        self.book, self.file, self.title, self.number = book, book.file, title, number
        if STRICT in data[:4000]:
            data = data.replace(STRICT, TRANSITIONAL)
        data = EMPTY_ROW.sub(b"", EMPTY_CELL.sub(b"", data))
        self.root = parse_xml(data, book.file)
        self.unread = Unread(title)

    def rows(self) -> list[Row]:
        """The rows that hold text, blank cells included as far as the sheet is wide."""
        spans = self._spans()
        texts = self._texts(spans)
        if not texts:
            return []
        columns = [column for line in texts.values() for column in line]
        first, last = self.unread.bound(columns)
        for (_, column), (width, _) in spans.items():
            if column <= last:
                last = max(last, min(column + width - 1, first + WIDEST))
        numbers = sorted(texts)
        place_of = {row: at for at, row in enumerate(numbers)}
        builder = TableBuilder(self.number)
        for row in numbers:
            builder.start_row()
            for column in range(first, last + 1):
                if builder.covered(column):
                    continue
                width, height = spans.get((row, column), (1, 1))
                # Blank rows are left out, so a merge is as tall as the rows that stay.
                tall = sum(1 for r in range(row, row + min(height, 2000)) if r in place_of)
                place = Place(self.file, sheet=self.title, row=row, column=column + 1)
                text = texts[row].get(column, "")
                builder.put(Cell(text, place, column, width, max(1, tall)))
        return builder.rows()

    def _texts(self, spans: dict[tuple[int, int], tuple[int, int]]) -> dict[int, dict[int, str]]:
        """What is shown: hidden rows and columns hold lists for checking, or last year's rows."""
        texts: dict[int, dict[int, str]] = {}
        count = letters = 0
        row_number = 0
        hidden_columns = self._hidden_columns()
        data = self.root.find(MAIN + "sheetData")
        for row in data if data is not None else ():
            row_number = int(row.get("r") or row_number + 1)
            column = -1
            row_hidden = row.get("hidden") in TRUE
            for cell in row:
                found = REFERENCE.match(cell.get("r") or "")
                column = column_number(found.group(1)) if found else column + 1
                text = self._text(cell)
                missing = "" if text.strip() else _missing(cell)
                if missing or text.strip():
                    # A merged cell shows its text as long as a part of it is seen.
                    wide, tall = spans.get((row_number, column), (1, 1))
                    if (row_hidden and tall == 1) or (column in hidden_columns and wide == 1):
                        self.unread.hides = True
                        continue
                    if missing:
                        place = Place(
                            self.file, sheet=self.title, row=row_number, column=column + 1
                        )
                        self.unread.uncomputed[place] = missing
                        continue
                    count += 1
                    letters += len(text)
                    texts.setdefault(row_number, {})[column] = text
            if count > MOST_CELLS or letters > MOST_LETTERS:
                raise UnreadableFile(
                    f"工作表“{self.title}”的内容过多（超过 {MOST_CELLS} 格或 {MOST_LETTERS} 字）。请只保留绩效目标表再发。"
                )
        return texts

    def _hidden_columns(self) -> frozenset[int]:
        columns: set[int] = set()
        for item in self.root.iterfind(f"{MAIN}cols/{MAIN}col"):
            if item.get("hidden") in TRUE:
                first, last = int(item.get("min") or 1), int(item.get("max") or 0)
                columns.update(range(first - 1, min(last, LAST_COLUMN)))
        return frozenset(columns)

    def _text(self, cell: _Element) -> str:
        kind = cell.get("t") or "n"
        if kind == "inlineStr":
            inline = cell.find(MAIN + "is")
            return clean_controls(_rich_text(inline))[0] if inline is not None else ""
        value = cell.find(MAIN + "v")
        if value is None or not value.text:
            return _typed(cell)
        if kind == "s":
            index = int(value.text) if value.text.strip().isdigit() else -1
            strings = self.book.strings
            return clean_controls(strings[index])[0] if 0 <= index < len(strings) else ""
        if kind == "str":
            return clean_controls(value.text)[0]
        if kind == "d":
            # 2024-12-31T00:00:00
            return str(value.text).partition("T")[0]
        if kind == "b":
            return "是" if value.text == "1" else "否"
        if kind == "e":
            return ""
        style = int(cell.get("s") or 0)
        formats = self.book.formats
        number, code = formats[style] if style < len(formats) else (0, "")
        shown = shown_number(value.text, number, code, self.book.epoch)
        self.unread.hides = self.unread.hides or not shown
        return shown

    def _spans(self) -> dict[tuple[int, int], tuple[int, int]]:
        spans = {}
        merges = self.root.find(MAIN + "mergeCells")
        for item in (merges if merges is not None else ())[:MOST_MERGES]:
            found = REFERENCE.findall(item.get("ref") or "")
            if len(found) != 2:
                continue
            (left, top), (right, bottom) = found
            start = column_number(left)
            spans[int(top), start] = (column_number(right) - start + 1, int(bottom) - int(top) + 1)
        return spans


# =64, =100%, =62平方公里: a value typed with its sign, which some programs store as a formula.
TYPED = re.compile(r"\s*\d[\d,]*(?:\.\d+)?\s*(?:[%％‰]|[\u4e00-\u9fff]{1,6})?\s*")


def _typed(cell: _Element) -> str:
    """What was typed into a cell that looks like a formula, computes nothing, and has no result."""
    formula = cell.findtext(MAIN + "f") or ""
    return f"={formula.strip()}" if TYPED.fullmatch(formula) else ""


def _missing(cell: _Element) -> str:
    """Why a blank cell is none: #DIV/0! and the like, or a formula whose result was not stored."""
    value = cell.find(MAIN + "v")
    text = value.text if value is not None else None
    if cell.get("t") == "e":
        return text or "#VALUE!"
    # A formula may give a text without a letter in it: =IF(B6="","",B6).
    is_blank = value is not None and cell.get("t") == "str"
    return "" if text or is_blank or cell.find(MAIN + "f") is None else NO_RESULT


def column_number(letters: str) -> int:
    """A -> 0, B -> 1, AA -> 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
