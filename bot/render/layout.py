"""What the renderers share: the source line, a table row as one line, a safe cut."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answer import Answer, Figure, Line, Passage, Source, Table
from bot.render.guard import lines_of
from bot.render.words import say
from registry.plan import Place

SOURCES_SHOWN = 4  # six sheets of one document are one line; beyond four sheets it says 等
SENTENCE_END = re.compile(r"[。；！？\n]")


def words(line: Line) -> str:
    """The pieces of a line as they read."""
    return "".join(piece.text for piece in line)


def has_table(answer: Answer) -> bool:
    """Whether a native table earns its place: several rows of at least three columns."""
    return any(
        isinstance(block, Table) and len(block.columns) >= 3 and len(block.rows) >= 2
        for block in answer.blocks
    )


def row_cells(table: Table, row: Sequence[Line]) -> tuple[str, list[tuple[str, Line]]]:
    """A row for a surface without tables: the heading of its lead and the cells after it."""
    order = [table.lead, *(n for n in range(len(row)) if n != table.lead)]
    return table.columns[table.lead], [
        (table.columns[n] if n != table.lead else "", row[n]) for n in order if words(row[n])
    ]


def bare_heading(heading: str) -> str:
    """A heading without its unit in brackets: 分值(90分) -> 分值."""
    return re.sub(r"[（(][^（()）]*[)）]$", "", heading)


def source_line(sources: Sequence[Source], verbose: bool = True) -> str:
    """来源：document · sheet（place） · load date; sheets of one document share a line."""
    by_document: dict[tuple[str, str], list[Source]] = {}
    for source in sources:
        loaded = f"{source.loaded_at:%Y-%m-%d}" if source.loaded_at else ""
        by_document.setdefault((source.document, loaded), []).append(source)
    rows = [
        _document_line(document, loaded, group, verbose)
        for (document, loaded), group in list(by_document.items())[:SOURCES_SHOWN]
    ]
    more = say("render.source_more") if len(by_document) > SOURCES_SHOWN else ""
    return say("render.source", rows=say("render.source_join").join(rows) + more) if rows else ""


def _document_line(document: str, loaded: str, group: Sequence[Source], verbose: bool) -> str:
    places = "" if len(group) != 1 or not verbose else describe_place(group[0].place)
    names = list(dict.fromkeys(source.sheet for source in group if source.sheet))
    sheets = say("render.list_join").join(names[:SOURCES_SHOWN])
    if len(names) > SOURCES_SHOWN:
        sheets += say("render.source_more")
    parts = [document, sheets + (say("render.place", place=places) if places else "")]
    if loaded:
        parts.append(say("render.loaded", date=loaded))
    return " · ".join(part for part in parts if part)


def describe_place(place: Place | None) -> str:
    """第2个表第5行; what a person needs to put a finger on the value."""
    if place is None:
        return ""
    found = [
        say(f"place.{name}", n=value)
        for name in ("page", "sheet", "table", "row", "line")
        # A row is easier to find than a line of the file.
        if not (name == "line" and place.row is not None)
        if (value := getattr(place, name)) is not None
    ]
    return "".join(found)


def pages_line(answer: Answer) -> str:
    """第2页，共5页; nothing where there is one page."""
    if answer.pages <= 1:
        return ""
    return say("render.pages", page=answer.page + 1, pages=answer.pages)


def utf16_length(text: str) -> int:
    """Telegram counts UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, ended at a sentence where one ends in the second half.

    Never through a number: the guard would refuse what is left of it.
    """
    if len(text) <= limit:
        return text
    head = text[: max(limit - 1, 1)]
    ends = [match.end() for match in SENTENCE_END.finditer(head)]
    if ends and ends[-1] > limit // 2:
        return head[: ends[-1]] + "…"
    return re.sub(r"[\d.,，]+$", "", head) + "…"


def first_sentence(text: str, limit: int = 60) -> str:
    """What stays visible of a folded passage."""
    match = SENTENCE_END.search(text)
    head = text[: match.end()].strip() if match else text
    return cut(head, limit)


def shown_arithmetic(answer: Answer) -> list[str]:
    """Arithmetic of figures that stands nowhere in the answer's own lines: it must be shown."""
    shown = "\n".join(words(line) for block in answer.blocks for line in lines_of(block))
    found = (
        piece.arithmetic
        for block in answer.blocks
        for line in lines_of(block)
        for piece in line
        if isinstance(piece, Figure) and piece.arithmetic
    )
    return [text for text in dict.fromkeys(found) if text not in shown]


def long_quote(passage: Passage) -> bool:
    """Whether a passage is worth folding on a phone."""
    return passage.fold or len(passage.quote.text) > 240
