"""doc: Word 97-2003 files; text, cell edges and merges from the binary streams. olefile.

No library reads tables out of a .doc; the parts of the format needed here are few and public
([MS-DOC]: the piece table, the paragraph properties, the table definitions). Files older than
Word 97 go to LibreOffice where the machine has it.
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from registry.errors import UnreadableFile
from registry.plan import Place
from registry.readers.edges import CellFormat, RowFormat, table_rows
from registry.readers.plaintext import clean_controls
from registry.sheet import Document, Row, Sheet, paragraph

if TYPE_CHECKING:
    from olefile import OleFileIO

MAGIC = 0xA5EC
OLDER = frozenset({0xA5DC, 0xA59B, 0xA59C})
ENCRYPTED, SECOND_TABLE = 0x0100, 0x0200
LENGTHS, CHPX_BINS, PAPX_BINS, PIECES = 0x4C, 0xFA, 0x102, 0x1A2
PAGE = 512
MOST_TEXT = 5_000_000
IN_TABLE, ROW_END, TABLE_CELLS, VERTICAL_MERGE, DEPTH = 0x2416, 0x2417, 0xD608, 0xD62B, 0x6649
# Properties of characters that are not shown: deleted with the change tracked, or hidden.
DELETED, HIDDEN = 0x0800, 0x083C
# Few properties have the bytes of their numbers, so few are looked through.
UNSEEN = re.compile(b"[\x00\x3c]\x08")
# A character that is left out when a text is made visible.
LEFT_OUT = "\x1f"
# Properties that only point to a longer list of properties.
POINTERS = frozenset({0x6645, 0x6646, 0x646B})
# Sizes of a property's operand by the top three bits of its number; 6 says its own length.
OPERANDS = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}
CELL, PARAGRAPH = "\x07", "\r"
TWO_BYTES = struct.Struct("<H").unpack_from
# A paragraph ends with its cell, its page or by itself.
HALVES = re.compile("[\ud800-\udfff]")
ENDS = re.compile("[\x07\r\x0c]")
SHOWN = re.compile("[^\x07\r\x0c]")


@dataclass(slots=True)
class Properties:
    """What a paragraph's properties say about tables."""

    in_table: bool = False
    row_end: bool = False
    depth: int = 0
    cells: list[CellFormat] | None = None
    left: int = 0


def read_doc(ole: OleFileIO, name: str) -> Document:
    """The document's main text."""
    word, table = _streams(ole, name)
    if not table:
        return _by_office(ole, name)
    rows = _Text(ole, word, table, name).rows()
    if not rows:
        raise UnreadableFile(f"旧版 Word 文件“{name}”里没有文字。请发原始的 .docx 或带文字的 PDF。")
    return Document(name, (Sheet(None, tuple(rows)),))


def _by_office(ole: OleFileIO, name: str) -> Document:
    """Files of Word 6 and 95, which are laid out otherwise."""
    from registry.readers.docx import read_docx
    from registry.readers.office import convert
    from registry.readers.package import Package

    ole.fp.seek(0)
    converted = convert(ole.fp.read(), "doc", "docx")
    if converted is None:
        raise UnreadableFile(
            f"“{name}”是很旧的 Word 格式，读不出内容。请用 Word 打开后另存为 .docx 再发。"
        )
    return read_docx(Package(converted, name), name)


def _streams(ole: OleFileIO, name: str) -> tuple[bytes, bytes]:
    """The streams of text and tables; no tables in a file older than Word 97."""
    word: bytes = ole.openstream("WordDocument").read()
    if _number(word, 0) in OLDER:
        return word, b""
    if len(word) < PIECES + 8 or _number(word, 0) != MAGIC:
        raise ValueError("not a Word 97 file")
    flags = _number(word, 0x0A)
    if flags & ENCRYPTED:
        raise UnreadableFile(f"文件“{name}”有密码。请去掉密码后再发。")
    table: bytes = ole.openstream("1Table" if flags & SECOND_TABLE else "0Table").read()
    return word, table


def _number(data: bytes, at: int) -> int:
    """The two bytes at a place as a number."""
    number: int
    (number,) = TWO_BYTES(data, at)
    return number


class _Text:
    """The main text with the properties of its paragraphs."""

    def __init__(self, ole: OleFileIO, word: bytes, table: bytes, name: str) -> None:
        self.ole, self.word, self.table, self.name = ole, word, table, name
        self.length = struct.unpack_from("<i", word, LENGTHS)[0]
        if not 0 <= self.length <= MOST_TEXT:
            raise ValueError("length of the text out of bounds")
        self.starts, self.grpprls = self._properties()
        self.unseen = self._unseen()
        # Most paragraphs share the properties of a few.
        self.known: dict[bytes, Properties] = {}

    @cached_property
    def extra(self) -> bytes:
        """The stream of long properties, which most files do without."""
        return self.ole.openstream("Data").read() if self.ole.exists("Data") else b""

    def rows(self) -> list[Row]:
        """Lines and tables in their order."""
        rows: list[Row] = []
        lines: list[RowFormat] = []
        cells: list[str] = []
        open_text: list[str] = []
        tables = count = 0
        for units, mark, where in self._paragraphs():
            properties = self._at(where)
            body = units if units.isprintable() else _shown(units)
            if properties.row_end and mark == CELL:
                lines.append(RowFormat(properties.left, properties.cells or [], cells))
                cells, open_text = [], []
                continue
            if properties.in_table:
                open_text.append(body)
                if mark == CELL:
                    cells.append("\n".join(part for part in open_text if part.strip()).strip())
                    open_text = []
                continue
            if lines:
                tables += 1
                rows += table_rows(lines, self.name, tables)
                lines = []
            for line in body.split("\n"):
                if line.strip():
                    count += 1
                    rows.append(paragraph(line.strip(), Place(self.name, line=count)))
        if lines:
            rows += table_rows(lines, self.name, tables + 1)
        return rows

    def _paragraphs(self) -> Iterator[tuple[str, str, int]]:
        """Each paragraph, its end mark, and where that mark stands in the file."""
        parts: list[str] = []
        seen = 0
        for offset, size, text in self._pieces():
            begin = 0
            text = self._seen(text[: self.length - seen], offset, size)
            for mark in ENDS.finditer(text):
                end = mark.start()
                parts.append(text[begin:end])
                yield "".join(parts), mark.group(), offset + end * size
                parts, begin = [], end + 1
            parts.append(text[begin:])
            seen += len(text)
        rest = "".join(parts)
        if rest.strip():
            yield rest, PARAGRAPH, 0

    def _seen(self, text: str, offset: int, size: int) -> str:
        """The text without what is deleted or hidden; the ends of paragraphs and cells stay, and
        so do the places of all characters."""
        parts: list[str] = []
        done = 0
        for start, end in self.unseen[max(0, bisect_right(self.unseen, (offset, 0)) - 1) :]:
            first, last = max((start - offset) // size, done), (end - offset) // size
            if first >= len(text):
                break
            if first < last:
                parts += [text[done:first], SHOWN.sub(LEFT_OUT, text[first:last])]
                done = min(last, len(text))
        return "".join([*parts, text[done:]]) if parts else text

    def _runs(self, bins: int, width: int) -> Iterator[tuple[int, int, bytes, int]]:
        """The runs of the formatted pages that a table of bins lists: from where to where in the
        file, the page, and where on it the properties stand; an entry is `width` bytes."""
        start, length = struct.unpack_from("<ii", self.word, bins)
        count = (length - 4) // 8
        if count <= 0:
            return
        for page in struct.unpack_from(f"<{count}I", self.table, start + 4 * (count + 1)):
            block = self.word[(page & 0x3FFFFF) * PAGE : (page & 0x3FFFFF) * PAGE + PAGE]
            if len(block) < PAGE:
                return
            runs = block[PAGE - 1]
            edges = struct.unpack_from(f"<{runs + 1}I", block)
            for run in range(runs):
                yield edges[run], edges[run + 1], block, block[4 * (runs + 1) + width * run] * 2

    def _unseen(self) -> list[tuple[int, int]]:
        """Where in the file characters stand that are not shown."""
        out: list[tuple[int, int]] = []
        for first, last, block, offset in self._runs(CHPX_BINS, 1):
            if offset and _is_unseen(block[offset + 1 : offset + 1 + block[offset]]):
                out.append((first, last))
        return sorted(out)

    def _pieces(self) -> Iterator[tuple[int, int, str]]:
        """The piece table: where each run of text stands, its bytes a character, the text."""
        start, length = struct.unpack_from("<ii", self.word, PIECES)
        clx = self.table[start : start + length]
        at = 0
        while at < len(clx) and clx[at] == 1:
            at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
        if at >= len(clx) or clx[at] != 2:
            raise ValueError("no piece table")
        size = struct.unpack_from("<i", clx, at + 1)[0]
        count = (size - 4) // 12
        body = clx[at + 5 : at + 5 + size]
        ends = struct.unpack_from(f"<{count + 1}i", body)
        for number in range(count):
            place = struct.unpack_from("<I", body, 4 * (count + 1) + 8 * number + 2)[0]
            chars = ends[number + 1] - ends[number]
            if not 0 <= chars <= MOST_TEXT:
                raise ValueError("piece out of bounds")
            if place & 0x40000000:
                offset = (place & 0x3FFFFFFF) // 2
                yield (
                    offset,
                    1,
                    self.word[offset : offset + chars].decode("cp1252", errors="replace"),
                )
            else:
                yield (
                    place,
                    2,
                    _units(self.word[place : place + 2 * chars]),
                )

    def _properties(self) -> tuple[list[int], list[bytes]]:
        starts: list[int] = []
        grpprls: list[bytes] = []
        for first, _, block, offset in self._runs(PAPX_BINS, 13):
            starts.append(first)
            grpprls.append(_grpprl(block, offset))
        return starts, grpprls

    def _at(self, where: int) -> Properties:
        at = bisect_right(self.starts, where) - 1
        if not 0 <= at < len(self.grpprls):
            return Properties()
        grpprl = self.grpprls[at]
        known = self.known.get(grpprl)
        if known is None:
            known = self.known[grpprl] = _table_properties(self._whole(grpprl))
        return known

    def _whole(self, grpprl: bytes) -> bytes:
        """Properties too long for their page stand in the Data stream; a pointer replaces them."""
        numbers = struct.unpack_from(f"<{len(grpprl) // 2}H", grpprl)
        if POINTERS.isdisjoint(numbers):
            return grpprl
        for order, number in enumerate(numbers[:-2]):
            if number in POINTERS:
                at = 2 * order
                place = struct.unpack_from("<I", grpprl, at + 2)[0]
                if place + 2 <= len(self.extra):
                    size = struct.unpack_from("<H", self.extra, place)[0]
                    return grpprl[:at] + self.extra[place + 2 : place + 2 + size]
        return grpprl


def _grpprl(block: bytes, offset: int) -> bytes:
    if offset == 0:
        return b""
    size = block[offset]
    if size == 0:
        size = block[offset + 1] * 2
        return block[offset + 4 : offset + 2 + size]
    return block[offset + 3 : offset + 1 + size * 2 - 1]


def _is_unseen(grpprl: bytes) -> bool:
    if UNSEEN.search(grpprl) is None:
        return False
    return any(
        number in (DELETED, HIDDEN) and operand[:1] == b"\x01"
        for number, operand in _listed(grpprl)
    )


def _listed(grpprl: bytes) -> Iterator[tuple[int, bytes]]:
    """Each property's number and operand."""
    at, length = 0, len(grpprl)
    while at + 2 <= length:
        (number,) = TWO_BYTES(grpprl, at)
        at += 2
        kind = number >> 13
        if number == TABLE_CELLS:
            size = _number(grpprl, at) + 1
        elif kind == 6:
            size = grpprl[at] + 1 if at < length else 1
        else:
            size = OPERANDS[kind]
        yield number, grpprl[at : at + size]
        at += size


def _table_properties(grpprl: bytes) -> Properties:
    out = Properties()
    vertical: list[tuple[int, int]] = []
    for number, operand in _listed(grpprl):
        if number == IN_TABLE:
            out.in_table = bool(operand[:1] and operand[0])
        elif number == ROW_END:
            out.row_end = bool(operand[:1] and operand[0])
        elif number == DEPTH and len(operand) == 4:
            out.depth = struct.unpack("<i", operand)[0]
        elif number == TABLE_CELLS:
            out.left, out.cells = _cells(operand)
        elif number == VERTICAL_MERGE and len(operand) >= 3:
            vertical.append((operand[1], operand[2]))
    for column, flag in vertical:
        if out.cells is not None and column < len(out.cells):
            out.cells[column].top, out.cells[column].below = flag == 3, flag == 1
    return out


def _cells(operand: bytes) -> tuple[int, list[CellFormat]]:
    count = operand[2]
    edges = struct.unpack_from(f"<{count + 1}h", operand, 3)
    cells = []
    for number in range(count):
        at = 3 + 2 * (count + 1) + 20 * number
        flags = _number(operand, at) if at + 2 <= len(operand) else 0
        across, down = flags & 3, flags >> 5 & 3
        cells.append(CellFormat(edges[number + 1], across >= 2, across == 1, down == 3, down == 1))
    return edges[0], cells


def _shown(units: str) -> str:
    """A paragraph's text as it is shown."""
    return clean_controls(_visible(_characters(units)))[0]


def _visible(text: str) -> str:
    """The text without field codes; line breaks and special hyphens as characters."""
    if "\x13" in text:
        out: list[str] = []
        hidden = 0
        for char in text:
            if char == "\x13":
                hidden += 1
            elif char in "\x14\x15":
                hidden = max(0, hidden - 1) if char == "\x14" or hidden else 0
            elif not hidden:
                out.append(char)
        text = "".join(out)
    return text.replace("\x0b", "\n").replace("\x1e", "-").replace("\x1f", "")


def _units(data: bytes) -> str:
    """Text as one character for each UTF-16 unit, so that places are those of the file; a rare
    character (𬬭) is two of them."""
    text = data.decode("utf-16-le", errors="replace")
    if len(text) == len(data) // 2:
        return text
    return "".join(map(chr, struct.unpack(f"<{len(data) // 2}H", data[: len(data) // 2 * 2])))


def _characters(units: str) -> str:
    """Such text with its rare characters whole."""
    if not HALVES.search(units):
        return units
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", errors="replace")
