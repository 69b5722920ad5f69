"""txt and csv: encodings found by trial, cells separated by tabs, pipes, commas or wide spaces."""

from __future__ import annotations

import codecs
import csv
import io
import re

from registry.errors import UnreadableFile
from registry.findings import finding
from registry.labels import find_label
from registry.plan import Place
from registry.readers.limits import MOST_CELLS
from registry.sheet import Document, Row, Sheet, paragraph, split_rows

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
WIDE_GAP = re.compile(r"[ \u3000\xa0]{2,}|\u3000")
# The line under a header in Markdown, or a frame drawn with signs.
RULE = re.compile(r"[-:|│｜+=\s]*-[-:|│｜+=\s]*")
# A whole workbook as one text names its worksheets: Sheet 2:表一
SHEET_MARK = re.compile(r"^\s*Sheet\s*\d*\s*[:：]\s*(.*)$")
COLON = re.compile("[：:]")
PIPE = re.compile(r"\s*[|｜│┃]\s*")
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Binary data decodes as GB18030 more often than one would think; text has few odd characters.
MOST_ODD_SHARE = 0.02


def decode(data: bytes, name: str) -> str:
    """The text of a file in UTF-8, UTF-16 or GB18030, with or without a byte order mark."""
    for bom, encoding in BOMS:
        if data.startswith(bom):
            return _strict(data, encoding, name)
    sample = data[:4096]
    if sample.count(0) > len(sample) // 8:
        zeros_even = sample[0::2].count(0)
        zeros_odd = sample[1::2].count(0)
        return _strict(data, "utf-16-be" if zeros_even > zeros_odd else "utf-16-le", name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and len(data) - error.start < 4:
            return data[: error.start].decode("utf-8")
    if _looks_utf16(data):
        return _strict(data, "utf-16-le", name)
    return _strict(data, "gb18030", name)


def _looks_utf16(data: bytes) -> bool:
    # UTF-16 Chinese without a byte order mark has no zero bytes, but line ends 0A 00.
    return len(data) % 2 == 0 and data.count(b"\n\x00") > 2


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode(encoding, errors="replace")
        if text.count("\ufffd") > max(3, len(text) * MOST_ODD_SHARE):
            raise UnreadableFile(
                f"文件“{name}”的文字编码无法识别（试过 UTF-8、UTF-16、GB18030）。请另存为 UTF-8 文本或 .docx 再发。"
            ) from None
    odd = len(CONTROL.findall(text[:20000])) + text[:20000].count("\ufffd")
    if odd > max(8, len(text[:20000]) * MOST_ODD_SHARE):
        raise UnreadableFile(
            f"文件“{name}”不是文本文件（里面是二进制内容）。请用原来的软件打开后另存为 .docx 或 .xlsx 再发。"
        )
    return text


def clean_controls(text: str) -> tuple[str, int]:
    """The text without control characters, and how many there were."""
    return (text, 0) if text.isprintable() else CONTROL.subn("", text)


def is_cut_off(data: bytes) -> bool:
    """Whether UTF-8 text ends inside a character: the rest of the file is missing."""
    try:
        data[-8:].decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data" and error.end == len(data[-8:])
    return False


def _is_utf8(data: bytes) -> bool:
    try:
        data[: max(0, len(data) - 8)].decode("utf-8")
    except UnicodeDecodeError as error:
        return error.end >= len(data) - 8
    return True


def is_power(before: str, small: str) -> bool:
    """Whether a small figure stands above the line behind a figure: 10 with a 6 is not 106, and
    123.45 with the number of a note not 123.451."""
    return before[-1:].isdigit() and small[:1].isdigit()


def read_txt(data: bytes, name: str) -> Document:
    """A text file: runs of lines with the same separator are tables, other lines stand free."""
    text, removed = clean_controls(decode(data, name).removeprefix("\ufeff"))
    lines = re.split(r"\r\n|\r|\n|\u2028|\x85", text)
    _check_cells(len(lines) + text.count("\t") + text.count("|"), name)
    if _is_csv(lines):
        document = _csv_document(text, name)
    else:
        document = Document(name, sheets_of_lines(lines, name))
    if (
        is_cut_off(data)
        and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        and _is_utf8(data)
    ):
        document.findings.append(finding("text-cut-off"))
    if removed:
        document.findings.append(finding("control-characters", value=removed))
    return document


def read_csv(data: bytes, name: str) -> Document:
    """A comma (or semicolon, or tab) separated file."""
    text, removed = clean_controls(decode(data, name).removeprefix("\ufeff"))
    document = _csv_document(text, name)
    if removed:
        document.findings.append(finding("control-characters", value=removed))
    return document


def _check_cells(cells: int, name: str) -> None:
    if cells > MOST_CELLS:
        raise UnreadableFile(
            f"文件“{name}”的内容过多（约 {cells} 格，上限 {MOST_CELLS} 格）。请只保留绩效目标表所在的部分再发。"
        )


def _is_csv(lines: list[str]) -> bool:
    busy = [line for line in lines if line.strip()][:60]
    with_commas = [line for line in busy if line.count(",") >= 3]
    separated = any("\t" in line or "|" in line for line in busy)
    return not separated and len(with_commas) > max(4, len(busy) // 2)


def _csv_document(text: str, name: str) -> Document:
    head = text[:4000]
    delimiter = max(",\t;|", key=lambda c: head.count(c))
    csv.field_size_limit(10_000_000)
    _check_cells(text.count("\n") + text.count(delimiter), name)
    rows: list[Row] = []
    lines: list[list[str]] = []
    places: list[Place] = []
    if "\n" not in text:
        # Lines of old Macs.
        text = text.replace("\r", "\n")
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        for at, cells in enumerate(reader, 1):
            lines.append(cells)
            places.append(Place(name, line=reader.line_num, table=1, row=at))
    except csv.Error as error:
        raise UnreadableFile(
            f"文件“{name}”第 {len(lines) + 1} 行不合 CSV 格式（{error}）。请用表格软件另存为 .xlsx 再发。"
        ) from error
    rows.extend(split_rows(lines, places, 1))
    return Document(name, (Sheet(None, tuple(rows)),))


def sheets_of_lines(lines: list[str], name: str) -> tuple[Sheet, ...]:
    """Lines as rows: neighbouring lines with the same separator make a table."""
    rows: list[Row] = []
    table = 0
    pending: list[list[str]] = []
    places: list[Place] = []
    kind: str | None = None

    def close() -> None:
        nonlocal pending, places
        if pending:
            if kind == "pipe" and all(
                not cells[0].strip() and not cells[-1].strip() for cells in pending
            ):
                # | a | b | : bars at both ends of every line frame the table and hold no cells.
                pending = [cells[1:-1] for cells in pending]
            rows.extend(split_rows(pending, places, table))
        pending, places = [], []

    sheets: list[Sheet] = []
    title: str | None = None
    for number, line in enumerate(lines, 1):
        sheet_mark = SHEET_MARK.match(line)
        if sheet_mark is not None:
            close()
            sheets.append(Sheet(title, tuple(rows)))
            rows, title, kind = [], sheet_mark.group(1).strip(), None
            continue
        cells, found = _cells(line, kind)
        if found is None:
            close()
            kind = None
            if line.strip():
                rows.append(paragraph(line.strip(), Place(name, line=number)))
            continue
        if found != kind:
            close()
            table, kind = table + 1, found
        pending.append(cells)
        places.append(Place(name, line=number, table=table, row=len(pending)))
    close()
    sheets.append(Sheet(title, tuple(rows)))
    return tuple(sheet for sheet in sheets if sheet.rows)


def _cells(line: str, before: str | None) -> tuple[list[str], str | None]:
    if "\t" in line:
        return line.split("\t"), "tab"
    if line.count("|") + line.count("│") + line.count("｜") >= 2:
        if RULE.fullmatch(line.strip()):
            return [], None
        return PIPE.split(line), "pipe"
    label, bar, _ = line.partition("|")
    if bar and find_label(label) is not None:
        return PIPE.split(line), "pipe"
    parts = WIDE_GAP.split(line.strip())
    # Two cells are a row where a table of wider rows is there already.
    if len(parts) >= (2 if before == "gap" else 3) and not COLON.search(line):
        return parts, "gap"
    return [], None
