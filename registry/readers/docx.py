"""docx: paragraphs and tables in document order, real merges. lxml over the package."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from registry.findings import finding
from registry.plan import Place
from registry.readers.package import Package
from registry.readers.plaintext import clean_controls, is_power
from registry.sheet import Cell, Document, Row, Sheet, TableBuilder, paragraph

if TYPE_CHECKING:
    from lxml.etree import _Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# The strict variant of the standard uses another address for the same words.
STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
TRANSITIONAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
P, R, T, TAB, BR, CR, TBL, TR, TC = (
    W + tag for tag in ("p", "r", "t", "tab", "br", "cr", "tbl", "tr", "tc")
)
CONTAINERS = frozenset(
    {
        W + "sdt",
        W + "sdtContent",
        W + "ins",
        W + "smartTag",
        W + "customXml",
        W + "moveTo",
        W + "hyperlink",
        W + "fldSimple",
    }
)
NO_BREAK_HYPHEN = W + "noBreakHyphen"
SYM = W + "sym"


def read_docx(package: Package, name: str) -> Document:
    """The document's body."""
    from registry.readers.package import parse_xml

    member = "word/document.xml" if "word/document.xml" in package else _main_part(package)
    xml = package.read(member)
    root = parse_xml(xml.replace(STRICT, TRANSITIONAL) if STRICT in xml[:4000] else xml, name)
    if b"vanish" in xml or b":hidden" in xml:
        _leave_out(root, ((W + "vanish", R), (W + "hidden", TR)))
    if b":del " in xml:
        _leave_out(root, ((W + "del", TR),))
    struck = b"trike" in xml and _leave_out(root, ((W + "strike", R), (W + "dstrike", R)))
    if b"showingPlcHdr" in xml:
        _leave_out_placeholders(root)
    if b"superscript" in xml:
        _tell_powers(root)
    body = _Body(name, b"txbxContent" in xml)
    for child in root:
        if child.tag == W + "body":
            body.walk(child)
    document = Document(name, (Sheet(None, tuple(body.rows)),))
    if struck:
        document.findings.append(finding("struck-out"))
    if b"altChunk" in xml:
        document.findings.append(finding("document-within"))
    if body.removed:
        document.findings.append(finding("control-characters", value=body.removed))
    return document


def _leave_out(root: _Element, marks: Iterable[tuple[str, str]]) -> bool:
    """Removes what is not meant to be read: runs and rows of tables whose properties hold a mark.
    Whether there were any."""
    found = False
    for mark, tag in marks:
        for item in list(root.iter(mark)):
            node = item.getparent().getparent() if item.getparent() is not None else None
            shown = item.get(W + "val") in ("0", "false", "off")
            if node is not None and node.tag == tag and not shown and node.getparent() is not None:
                node.getparent().remove(node)
                found = True
    return found


def _leave_out_placeholders(root: _Element) -> None:
    """「单击或点击此处输入文字」: what Word shows in a control that nobody filled in."""
    for item in root.iter(W + "showingPlcHdr"):
        properties = item.getparent()
        control = properties.getparent() if properties is not None else None
        for text in control.iter(T) if control is not None else ():
            text.text = None


def _tell_powers(root: _Element) -> None:
    """Sets small figures above the line apart from the figure before them."""
    for item in root.iter(W + "vertAlign"):
        run = item.getparent().getparent() if item.getparent() is not None else None
        before = run.getprevious() if run is not None else None
        if item.get(W + "val") != "superscript" or run is None or before is None:
            continue
        text = run.find(T)
        if text is not None and is_power("".join(before.itertext()), text.text or ""):
            text.text = f"^{text.text}"


def _main_part(package: Package) -> str:
    # Some exporters name the main part otherwise (word/document2.xml).
    for member in package.names:
        if member.startswith("word/document") and member.endswith(".xml"):
            return member
    return "word/document.xml"


class _Body:
    """Walks blocks in their order."""

    def __init__(self, name: str, has_boxes: bool) -> None:
        self.name = name
        self.has_boxes = has_boxes
        self.rows: list[Row] = []
        self.tables = 0
        self.lines = 0
        self.removed = 0

    def walk(self, node: _Element) -> None:
        """Reads the blocks of a body or of a container inside it."""
        for child in node:
            if child.tag == P:
                for text in self._text(child).split("\n"):
                    if text.strip():
                        self.lines += 1
                        self.rows.append(paragraph(text.strip(), Place(self.name, line=self.lines)))
                self._boxes(child)
            elif child.tag == TBL:
                self._table(child)
            elif child.tag in CONTAINERS:
                self.walk(child)

    def _boxes(self, node: _Element) -> None:
        for box in _boxes(node):
            self.walk(box)

    def _text(self, node: _Element) -> str:
        text, removed = clean_controls(paragraph_text(node))
        self.removed += removed
        return text

    def _table(self, table: _Element) -> None:
        self.tables += 1
        builder = TableBuilder(self.tables)
        pending: list[list[tuple[int, int, str, Place, str]]] = []
        nested: list[_Element] = []
        for at, row in enumerate(_children(table, TR), 1):
            column = _skipped(row)
            line = []
            for number, cell in enumerate(_children(row, TC), 1):
                width, merge = _spans(cell)
                inner = [child for child in cell if child.tag == TBL]
                nested += inner
                place = Place(self.name, table=self.tables, row=at, column=number)
                line.append((column, width, self._cell(cell), place, merge))
                column += width
            pending.append(line)
        _merge(pending, builder)
        self.rows.extend(builder.rows())
        for inner_table in nested:
            self._table(inner_table)

    def _cell(self, cell: _Element) -> str:
        lines = []
        for node in _paragraphs(cell):
            lines.append(self._text(node))
            for box in _boxes(node) if self.has_boxes else ():
                lines.append(self._cell(box))
        return "\n".join(line for line in lines if line.strip()).strip()


def _boxes(node: _Element) -> list[_Element]:
    """Text boxes. Word writes a box twice, for new and for old readers; the old form is skipped."""
    return [
        box
        for box in node.iter(W + "txbxContent")
        if not any(above.tag.endswith("}Fallback") for above in box.iterancestors())
    ]


def _merge(lines: list[list[tuple[int, int, str, Place, str]]], builder: TableBuilder) -> None:
    """Vertical merges: a cell marked `continue` belongs to the nearest one above that began there."""
    heights: dict[tuple[int, int], int] = {}
    started: dict[int, int] = {}
    for at, line in enumerate(lines):
        for column, _, _, _, merge in line:
            if merge == "continue" and column in started:
                heights[started[column], column] = at - started[column] + 1
            elif merge == "restart":
                started[column] = at
            else:
                started.pop(column, None)
    for at, line in enumerate(lines):
        builder.start_row()
        for column, width, text, place, merge in line:
            if merge == "continue" and builder.covered(column):
                continue
            builder.put(Cell(text, place, column, width, heights.get((at, column), 1)))


def _children(node: _Element, tag: str) -> list[_Element]:
    out = []
    for child in node:
        if child.tag == tag:
            out.append(child)
        elif child.tag in CONTAINERS:
            out += _children(child, tag)
    return out


def _paragraphs(node: _Element) -> list[_Element]:
    out = []
    for child in node:
        if child.tag == P:
            out.append(child)
        elif child.tag in CONTAINERS:
            out += _paragraphs(child)
    return out


def _skipped(row: _Element) -> int:
    before = row.find(f"{W}trPr/{W}gridBefore")
    return int(before.get(W + "val") or 0) if before is not None else 0


def _spans(cell: _Element) -> tuple[int, str]:
    properties = cell.find(W + "tcPr")
    if properties is None:
        return 1, ""
    width, merge = 1, ""
    for item in properties:
        if item.tag == W + "gridSpan":
            value = item.get(W + "val") or "1"
            width = max(1, min(int(value), 200)) if value.isdigit() else 1
        elif item.tag == W + "vMerge":
            merge = "restart" if item.get(W + "val") == "restart" else "continue"
    return width, merge


def paragraph_text(node: _Element) -> str:
    """A paragraph's visible text: runs joined, deleted ones left out."""
    parts: list[str] = []
    _gather(node, parts)
    return "".join(parts)


def _gather(node: _Element, parts: list[str]) -> None:
    for child in node:
        tag = child.tag
        if tag == R or tag in CONTAINERS:
            _gather(child, parts)
        elif tag == T:
            parts.append(child.text or "")
        elif tag == TAB:
            parts.append("\t")
        elif tag in (BR, CR):
            parts.append("\n")
        elif tag == NO_BREAK_HYPHEN:
            parts.append("-")
        elif tag == SYM:
            parts.append(_symbol(child))


def _symbol(node: _Element) -> str:
    # Old documents print ≥ and ≤ as glyphs of the Symbol font.
    code = (node.get(W + "char") or "").upper()
    return {"F0B3": "≥", "F0A3": "≤", "F03D": "=", "F0B1": "±", "F0D7": "·"}.get(code, "")
