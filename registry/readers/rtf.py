"""rtf: paragraphs and table rows with cell edges and merges; a small reader of our own.

The libraries for rtf give text without tables; a plan is a table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from registry.errors import UnreadableFile
from registry.plan import Place
from registry.readers.edges import CellFormat, RowFormat, table_rows
from registry.readers.limits import MOST_CELLS
from registry.readers.plaintext import clean_controls
from registry.sheet import Document, Row, Sheet, paragraph

TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)|[\r\n]+"
)
BINARY = re.compile(rb"(?<!\\)\\bin(\d{1,10}) ?")
SKIPPED = frozenset(
    b"fonttbl colortbl stylesheet info pict header footer headerl headerr headerf footerl footerr footerf footnote listtable "
    b"listoverridetable revtbl rsidtbl generator themedata datastore latentstyles fldinst object xmlnstbl shppict nonshppict "
    b"annotation atnid atnauthor bkmkstart bkmkend operator comment author title subject keywords pntext pn".split()
)
SYMBOLS = {
    b"tab": "\t",
    b"line": "\n",
    b"emdash": "—",
    b"endash": "–",
    b"lquote": "‘",
    b"rquote": "’",
    b"ldblquote": "“",
    b"rdblquote": "”",
    b"bullet": "•",
    b"emspace": " ",
    b"enspace": " ",
}
# The words that mean something here; most others set fonts and borders.
WORDS = SYMBOLS.keys() | frozenset(
    b"u uc par f trowd trleft cellx clmgf clmrg clvmgf clvmrg intbl pard cell nestcell row nestrow v deleted plain".split()
)
CHARSETS = {134: "gb18030", 136: "big5", 128: "cp932", 0: "cp1252", 1: "cp1252", 2: "cp1252"}
DEEPEST = 400


@dataclass(slots=True)
class State:
    """What a group inherits from the one around it."""

    skipped: bool = False
    # Text that is marked as hidden or as deleted; cells and rows in it count all the same.
    hidden: bool = False
    in_table: bool = False
    fallback: int = 1
    encoding: str = ""


@dataclass(slots=True)
class Reader:
    """The state of reading one file."""

    name: str
    encoding: str = "gb18030"
    fonts: dict[int, str] = field(default_factory=dict)
    blocks: list[str | RowFormat] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    formats: list[CellFormat] = field(default_factory=list)
    pending: CellFormat = field(default_factory=CellFormat)
    left: int = 0
    raw: bytearray = field(default_factory=bytearray)
    skip: int = 0
    high: int = 0  # the first half of a character that comes in two


def read_rtf(data: bytes, name: str) -> Document:
    """The document's lines and tables."""
    reader = Reader(name)
    reader.fonts = _fonts(data)
    page = re.search(rb"\\ansicpg(\d+)", data[:2000])
    if page is not None and page.group(1) not in (b"936", b"1252", b"0"):
        reader.encoding = {b"950": "big5", b"65001": "utf-8", b"932": "cp932"}.get(
            page.group(1), "gb18030"
        )
    depth = _read(reader, _without_binary(data))
    if depth > 0 and not reader.blocks and not "".join(reader.text).strip():
        raise UnreadableFile(
            f"RTF 文件“{name}”没有传完整或已损坏。请用文字处理软件另存为 .docx 再发。"
        )
    _end_line(reader)
    if depth > 0:
        # A file cut short closes fewer groups than it opens: what is missing is not known.
        raise UnreadableFile(f"RTF 文件“{name}”没有传完整。请重新发送，或另存为 .docx 再发。")
    return Document(name, (Sheet(None, tuple(_rows(reader))),))


def _without_binary(data: bytes) -> bytes:
    """The file without the bytes of pictures and objects, which may look like anything."""
    kept: list[bytes] = []
    at = 0
    while binary := BINARY.search(data, at):
        kept.append(data[at : binary.start()])
        at = binary.end() + int(binary[1])
    return b"".join([*kept, data[at:]]) if kept else data


def _fonts(data: bytes) -> dict[int, str]:
    fonts = {}
    for number, charset in re.findall(
        rb"\\f(\d{1,5})[^{}]{0,60}?\\fcharset(\d{1,3})", data[:200_000]
    ):
        fonts[int(number)] = CHARSETS.get(int(charset), "gb18030")
    return fonts


def _read(reader: Reader, data: bytes) -> int:
    stack: list[State] = []
    state = State()
    starred = False
    for match in TOKEN.finditer(data):
        word, number, code, symbol, brace, text = match.groups()
        if code is not None:
            if reader.skip:
                reader.skip -= 1
            elif not state.skipped:
                reader.raw.append(int(code, 16))
            continue
        if word is symbol is brace is text is None:
            # Line ends between two bytes of a character: writers wrap lines anywhere.
            continue
        if reader.raw:
            if text is not None and _is_half(reader, state):
                # The second byte of a character may be a plain letter: \'81A.
                reader.raw.append(text[0])
                text = text[1:]
            _flush(reader, state)
        if brace == b"{":
            stack.append(replace(state))
            if len(stack) > DEEPEST:
                raise UnreadableFile(
                    f"RTF 文件“{reader.name}”嵌套过深，已拒绝。请另存为 .docx 再发。"
                )
            starred = False
        elif brace == b"}":
            if stack:
                state = stack.pop()
        elif symbol is not None:
            starred = _symbol(reader, state, symbol, starred)
        elif word is not None:
            if starred or word in SKIPPED:
                state.skipped = (
                    state.skipped or word in SKIPPED or word not in (b"shpinst", b"shptxt")
                )
                starred = False
            if word in WORDS and not state.skipped:
                _word(reader, state, word, int(number) if number else None)
        elif text is not None and not state.skipped:
            _plain(reader, state, text)
    return len(stack)


def _unicode(reader: Reader, state: State, unit: int) -> None:
    """Puts a UTF-16 unit; a rare character (𬬭) comes as two of them."""
    high, reader.high = reader.high, 0
    if 0xD800 <= unit < 0xDC00:
        reader.high = unit
    elif 0xDC00 <= unit < 0xE000:
        whole = 0x10000 + ((high - 0xD800) << 10) + unit - 0xDC00 if high else 0xFFFD
        _put(reader, state, chr(whole))
    else:
        _put(reader, state, chr(unit))


def _is_half(reader: Reader, state: State) -> bool:
    try:
        bytes(reader.raw).decode(state.encoding or reader.encoding)
    except UnicodeDecodeError as error:
        return error.end == len(reader.raw)
    return False


def _flush(reader: Reader, state: State) -> None:
    text = bytes(reader.raw).decode(state.encoding or reader.encoding, errors="replace")
    _put(reader, state, text)
    reader.raw.clear()


def _put(reader: Reader, state: State, text: str) -> None:
    if not state.hidden:
        reader.text.append(text)


def _symbol(reader: Reader, state: State, symbol: bytes, starred: bool) -> bool:
    if symbol == b"*":
        return True
    if state.skipped:
        return starred
    if symbol in b"\\{}":
        if reader.skip:
            reader.skip -= 1
        else:
            _put(reader, state, symbol.decode("latin-1"))
    elif symbol == b"~":
        _put(reader, state, " ")
    elif symbol == b"_":
        _put(reader, state, "-")
    elif symbol in b"\r\n":
        _end_paragraph(reader, state)
    return starred


def _plain(reader: Reader, state: State, text: bytes) -> None:
    decoded = (
        text.decode("latin-1") if text.isascii() else text.decode(reader.encoding, errors="replace")
    )
    if reader.skip:
        cut = min(reader.skip, len(decoded))
        reader.skip -= cut
        decoded = decoded[cut:]
    _put(reader, state, decoded)


def _word(reader: Reader, state: State, word: bytes, number: int | None) -> None:
    if word in SYMBOLS:
        _put(reader, state, SYMBOLS[word])
    elif word in (b"v", b"deleted"):
        state.hidden = number != 0
    elif word == b"plain":
        state.hidden = False
    elif word == b"u" and number is not None:
        _unicode(reader, state, number % 65536)
        reader.skip = state.fallback
    elif word == b"uc":
        state.fallback = number if number is not None else 1
    elif word == b"par":
        _end_paragraph(reader, state)
    elif word == b"f" and number is not None:
        state.encoding = reader.fonts.get(number, "")
        if state.encoding == "cp1252":
            # Exporters write Chinese under Latin fonts as well; the page's own code page decides.
            state.encoding = ""
    else:
        _table_word(reader, state, word, number)


def _table_word(reader: Reader, state: State, word: bytes, number: int | None) -> None:
    if word == b"trowd":
        reader.formats, reader.pending, reader.left = [], CellFormat(), 0
    elif word == b"trleft" and number is not None:
        reader.left = number
    elif word == b"cellx" and number is not None:
        reader.pending.edge = number
        reader.formats.append(reader.pending)
        reader.pending = CellFormat()
    elif word == b"clmgf":
        reader.pending.first = True
    elif word == b"clmrg":
        reader.pending.merged = True
    elif word == b"clvmgf":
        reader.pending.top = True
    elif word == b"clvmrg":
        reader.pending.below = True
    elif word == b"intbl":
        state.in_table = True
    elif word == b"pard":
        state.in_table = False
    elif word in (b"cell", b"nestcell"):
        reader.cells.append(clean_controls("".join(reader.text).strip())[0])
        reader.text = []
    elif word in (b"row", b"nestrow"):
        _end_row(reader)


def _end_paragraph(reader: Reader, state: State) -> None:
    if state.in_table or reader.cells:
        reader.text.append("\n")
    else:
        _end_line(reader)


def _end_line(reader: Reader) -> None:
    for line in "".join(reader.text).split("\n"):
        if line.strip():
            reader.blocks.append(line.strip())
    reader.text = []


def _end_row(reader: Reader) -> None:
    if reader.cells:
        reader.blocks.append(RowFormat(reader.left, list(reader.formats), reader.cells))
    reader.cells, reader.text = [], []
    if len(reader.blocks) > MOST_CELLS:
        raise UnreadableFile(f"RTF 文件“{reader.name}”的内容过多。请只保留绩效目标表再发。")


def _rows(reader: Reader) -> list[Row]:
    rows: list[Row] = []
    table: list[RowFormat] = []
    number = lines = 0
    for block in [*reader.blocks, ""]:
        if isinstance(block, RowFormat):
            table.append(block)
            continue
        if table:
            number += 1
            rows += table_rows(table, reader.name, number)
            table = []
        if block:
            lines += 1
            rows.append(paragraph(clean_controls(block)[0], Place(reader.name, line=lines)))
    return rows
