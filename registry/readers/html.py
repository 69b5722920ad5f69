"""html: data tables with their spans, and the lines of text around them. lxml."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from registry.errors import UnreadableFile
from registry.findings import finding
from registry.plan import Place, place_of
from registry.readers.plaintext import clean_controls, decode, is_power
from registry.sheet import Document, Row, Sheet, TableBuilder, paragraph

if TYPE_CHECKING:
    from lxml.etree import _Element

CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
SKIPPED = frozenset(
    {
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "svg",
        "iframe",
        "object",
        "textarea",
        "select",
        "option",
    }
)
BLOCKS = frozenset(
    {
        "p",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "tr",
        "table",
        "ul",
        "ol",
        "section",
        "article",
        "header",
        "footer",
        "center",
        "dd",
        "dt",
        "dl",
        "pre",
        "blockquote",
        "form",
        "body",
    }
)
# Written by the page's program, never shown.
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
DEEPEST = 200
# A tag with many attributes holds the parser up: each is held against all before it.
OVERFULL = re.compile(
    r"""<[a-z](?:[\s/]*+[^\s"'<>=/]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'<>]*+))?+){2000}""",
    re.IGNORECASE,
)
STRUCK = frozenset({"del", "s", "strike"})
LEADING_NUMBER = re.compile(r"\s*(\d{1,5})")
SPACES = re.compile(r"\s+")
BLANKS = re.compile(r"[ \t\r\n\xa0]+")


def read_html(data: bytes, name: str) -> Document:
    """The page's tables and lines."""
    from lxml import etree

    text, removed = clean_controls(_text(data, name))
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    empty = UnreadableFile(f"网页文件“{name}”里没有内容，请重新保存网页再发。")
    if not text.strip():
        raise empty
    lowered = text.lower()
    if lowered.rfind("<table") > lowered.rfind("</table") and "</body" not in lowered[-2000:]:
        raise UnreadableFile(f"网页文件“{name}”没有传完整（表格没有结束）。请重新保存网页再发。")
    if OVERFULL.search(text) is not None:
        raise UnreadableFile(
            f"网页文件“{name}”里有标签带着几千个属性，不像正常的网页，已拒绝。请把表复制到 Word 里另存再发。"
        )
    try:
        # Not lxml.html: its elements are of classes of its own, looked up in Python one by one.
        parser = etree.HTMLParser(recover=True, no_network=True, huge_tree=True)
        root = etree.fromstring(text, parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableFile(
            f"网页文件“{name}”打不开（{error}）。请在浏览器中重新保存再发。"
        ) from error
    if root is None:
        raise empty
    limited = etree.ErrorTypes.ERR_RESOURCE_LIMIT
    page = _Page(name, any(error.type == limited for error in parser.error_log))
    page.walk(root, 0)
    page.close_line()
    document = Document(name, (Sheet(None, tuple(page.rows)),))
    if page.struck:
        document.findings.append(finding("struck-out"))
    if page.deep:
        document.findings.append(finding("nested-too-deep", value=DEEPEST))
    if removed:
        document.findings.append(finding("control-characters", value=removed))
    return document


def _text(data: bytes, name: str) -> str:
    found = CHARSET.search(data[:4096])
    charset = found.group(1).decode("ascii").lower() if found else ""
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return decode(data, name).removeprefix("\ufeff")
    if charset in ("gb2312", "gbk", "gb18030"):
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError:
            pass
    return decode(data, name)


class _Page:
    """Walks the tree once, keeping the lines and the data tables in their order."""

    def __init__(self, name: str, deep: bool) -> None:
        self.name = name
        # Something is nested too deep to be read.
        self.deep = deep
        # Something is struck out.
        self.struck = False
        self.rows: list[Row] = []
        self.tables = 0
        self.line: list[str] = []
        self.lines = 0

    def close_line(self) -> None:
        """Ends the line of text being gathered."""
        text = BLANKS.sub(" ", "".join(self.line)).strip()
        self.line = []
        if text:
            self.lines += 1
            self.rows.append(paragraph(text, Place(self.name, line=self.lines)))

    def walk(self, node: _Element, depth: int) -> None:
        """Reads an element and what is in it."""
        if _is_unseen(node):
            return
        if depth > DEEPEST:
            self.deep = True
            return
        if node.tag in STRUCK:
            self.struck = True
            return
        if node.tag == "table" and not _holds_tables(node):
            self.close_line()
            self._table(node)
            return
        block = node.tag in BLOCKS or node.tag == "br"
        if block:
            self.close_line()
        if node.text:
            self.line.append(node.text)
        for child in node:
            self.walk(child, depth + 1)
            if child.tail:
                self.line.append(child.tail)
        if block:
            self.close_line()

    def _table(self, table: _Element) -> None:
        self.tables += 1
        builder = TableBuilder(self.tables)
        for at, row in enumerate(table.iter("tr"), 1):
            if _is_unseen(row):
                continue
            builder.start_row()
            number = 0
            for cell in row:
                if cell.tag not in ("td", "th"):
                    continue
                number += 1
                place = place_of((self.name, None, None, None, self.tables, at, number))
                if cell.attrib:
                    spans = _span(cell.get("colspan")), _span(cell.get("rowspan"))
                    builder.add(self._cell(cell), place, *spans)
                else:
                    builder.add(self._cell(cell), place)
        self.rows.extend(builder.rows())

    def _cell(self, cell: _Element) -> str:
        """A cell's text; blocks and line breaks inside it become line breaks."""
        if len(cell) == 0:
            return BLANKS.sub(" ", cell.text or "").strip()
        parts: list[str] = []
        self._gather(cell, parts, 0)
        text = "".join(parts)
        lines = (BLANKS.sub(" ", line).strip() for line in text.split("\n"))
        return "\n".join(line for line in lines if line)

    def _gather(self, node: _Element, parts: list[str], depth: int) -> None:
        if _is_unseen(node):
            return
        if depth > DEEPEST:
            self.deep = True
            return
        if node.tag in STRUCK:
            self.struck = True
            return
        if node.tag in BLOCKS or node.tag == "br":
            parts.append("\n")
        if node.tag == "sup" and is_power("".join(parts), node.text or ""):
            parts.append("^")
        if node.text:
            parts.append(SPACES.sub(" ", node.text) if node.tag != "pre" else node.text)
        for child in node:
            self._gather(child, parts, depth + 1)
            if child.tail:
                parts.append(SPACES.sub(" ", child.tail))
        if node.tag in BLOCKS:
            parts.append("\n")


def _is_unseen(node: _Element) -> bool:
    """Scripts, comments, and what a style hides."""
    if not isinstance(node.tag, str) or node.tag in SKIPPED:
        return True
    if not node.attrib:
        return False
    style = node.get("style")
    return (style is not None and HIDDEN.search(style) is not None) or node.get(
        "hidden"
    ) is not None


def _holds_tables(node: _Element) -> bool:
    return next(node.iterdescendants("table"), None) is not None


def _span(value: str | None) -> int:
    if value is None:
        return 1
    found = LEADING_NUMBER.match(value)
    return max(1, int(found.group(1))) if found else 1
