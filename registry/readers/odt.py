"""odt: paragraphs and tables with their spans. lxml over the package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.errors import UnreadableFile
from registry.plan import Place
from registry.readers.package import Package
from registry.readers.plaintext import clean_controls
from registry.sheet import Document, Row, Sheet, TableBuilder, paragraph

if TYPE_CHECKING:
    from lxml.etree import _Element

TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
CELL = TABLE + "table-cell"
COLUMNS, ROWS_TALL = TABLE + "number-columns-spanned", TABLE + "number-rows-spanned"
SAME_COLUMNS, SAME_ROWS = TABLE + "number-columns-repeated", TABLE + "number-rows-repeated"
LINES = frozenset({TEXT + "p", TEXT + "h"})
ROWS = frozenset({TABLE + "table-rows", TABLE + "table-header-rows", TABLE + "table-row-group"})
SKIPPED = frozenset(
    {
        OFFICE + "annotation",
        TEXT + "note",
        TEXT + "tracked-changes",
        TEXT + "sequence-decls",
        OFFICE + "forms",
    }
)
MOST_REPEATS = 500


def read_odt(package: Package, name: str) -> Document:
    """The document's text body."""
    if "META-INF/manifest.xml" in package and b"encryption-data" in package.read(
        "META-INF/manifest.xml"
    ):
        raise UnreadableFile(f"文件“{name}”有密码。请去掉密码后再发。")
    root = package.xml("content.xml")
    _leave_out_hidden(root)
    body = _Body(name)
    for node in root.iter(OFFICE + "text"):
        body.walk(node)
    return Document(name, (Sheet(None, tuple(body.rows)),))


def _leave_out_hidden(root: _Element) -> None:
    """Takes the text out of spans whose style is not shown, and rows that are collapsed."""
    hidden = {
        style.get(STYLE + "name")
        for style in root.iter(STYLE + "style")
        for item in style.iterchildren(STYLE + "text-properties")
        if item.get(TEXT + "display") == "none"
    }
    spans = [s for s in root.iter(TEXT + "span") if s.get(TEXT + "style-name") in hidden]
    for span in spans if hidden else ():
        tail = span.tail
        span.clear()
        span.tail = tail
    for row in list(root.iter(TABLE + "table-row")):
        parent = row.getparent()
        if row.get(TABLE + "visibility") in ("collapse", "filter") and parent is not None:
            parent.remove(row)


class _Body:
    """Walks blocks in their order."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows: list[Row] = []
        self.tables = 0
        self.lines = 0

    def walk(self, node: _Element) -> None:
        """Reads the blocks of a body, section, list or frame."""
        for child in node:
            if child.tag in LINES:
                self._line(child)
            elif child.tag == TABLE + "table":
                self._table(child)
            elif child.tag not in SKIPPED and isinstance(child.tag, str):
                self.walk(child)

    def _line(self, node: _Element) -> None:
        for text in clean_controls(_text(node))[0].split("\n"):
            if text.strip():
                self.lines += 1
                self.rows.append(paragraph(text.strip(), Place(self.name, line=self.lines)))
        for box in node.iter(DRAW + "text-box"):
            self.walk(box)

    def _table(self, table: _Element) -> None:
        self.tables += 1
        number = self.tables
        builder = TableBuilder(number)
        nested: list[_Element] = []
        at = 0
        for row in _rows(table):
            for _ in range(_repeats(row, SAME_ROWS)):
                at += 1
                builder.start_row()
                self._row(row, builder, number, at, nested)
        self.rows.extend(builder.rows())
        for inner in nested:
            self._table(inner)

    def _row(
        self, row: _Element, builder: TableBuilder, table: int, at: int, nested: list[_Element]
    ) -> None:
        column = 0
        # The others, table:covered-table-cell, are the hidden parts of merges.
        for cell in row.iterchildren(CELL):
            lines = []
            for node in cell:
                if node.tag in LINES or node.tag == TEXT + "list":
                    lines.append(_text(node).strip())
                elif node.tag == TABLE + "table":
                    nested.append(node)
            text = clean_controls("\n".join(line for line in lines if line))[0]
            width, height = _number(cell, COLUMNS), _number(cell, ROWS_TALL)
            for _ in range(_repeats(cell, SAME_COLUMNS)):
                column += 1
                place = Place(self.name, table=table, row=at, column=column)
                builder.add(text, place, width, height)


def _rows(table: _Element) -> list[_Element]:
    out = []
    for child in table:
        if child.tag == TABLE + "table-row":
            out.append(child)
        elif child.tag in ROWS:
            out += _rows(child)
    return out


def _repeats(node: _Element, name: str) -> int:
    return min(_number(node, name), MOST_REPEATS)


def _number(node: _Element, name: str) -> int:
    value = node.get(name)
    return max(1, int(value)) if value and value.isdigit() and len(value) < 7 else 1


def _text(node: _Element) -> str:
    parts: list[str] = [node.text or ""]
    for child in node:
        tag = child.tag
        if tag == TEXT + "s":
            count = child.get(TEXT + "c") or "1"
            parts.append(" " * min(int(count), 100) if count.isdigit() else " ")
        elif tag == TEXT + "tab":
            parts.append("\t")
        elif tag == TEXT + "line-break":
            parts.append("\n")
        elif tag in LINES or tag == TEXT + "list-item":
            parts += [_text(child), "\n"]
        elif isinstance(tag, str) and tag not in SKIPPED and not tag.startswith(DRAW):
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)
