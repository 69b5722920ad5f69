"""An answer as Telegram HTML: one line a table row, long passages folded, the source last."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape

from bot.answer import Answer, Block, Fact, FactKind, Headline, Line, Note, Passage, Piece, Table
from bot.answer import Working as WorkingBlock
from bot.render.guard import hold
from bot.render.layout import (
    bare_heading,
    cut,
    long_quote,
    pages_line,
    row_cells,
    shown_arithmetic,
    source_line,
    utf16_length,
    words,
)
from bot.render.words import say

LIMIT = 4096  # characters after parsing
BYTES = 30_000  # before parsing; the server refuses about 32 KiB
TAG = re.compile(r"<[^>]*>")
# How much of a quote and how many rows are kept, tried in turn until the message fits.
MEASURES = ((100_000, 1000), (2400, 1000), (1200, 60), (600, 40), (300, 20), (150, 8), (60, 3))


def render_html(answer: Answer, *, limit: int = LIMIT) -> str:
    """The answer as HTML that Telegram accepts: never longer than `limit` after parsing."""
    html = ""
    for quote, rows in MEASURES:
        html = "\n".join(part for part in _parts(answer, quote, rows) if part)
        visible = visible_text(html)
        if utf16_length(visible) <= limit and len(html.encode()) <= BYTES:
            hold(answer, visible)
            return html
    return escape(cut(hold(answer, visible_text(html)), limit - 300), quote=False)


def visible_text(html: str) -> str:
    """What is left of HTML when Telegram has parsed it."""
    return unescape(TAG.sub("", html))


def _parts(answer: Answer, quote: int, rows: int) -> Iterator[str]:
    for block in answer.blocks:
        yield from _block(block, quote, rows)
    for arithmetic in shown_arithmetic(answer):
        yield escape(say("render.working", arithmetic=arithmetic), quote=False)
    if line := pages_line(answer):
        yield escape(line, quote=False)
    if line := source_line(answer.sources):
        yield f"<i>{escape(line, quote=False)}</i>"


def _block(block: Block, quote: int, rows: int) -> Iterator[str]:
    if isinstance(block, Headline):
        yield f"<b>{line_html(block.line, code=False)}</b>"
    elif isinstance(block, Table):
        yield from _table(block, rows)
    elif isinstance(block, Passage):
        yield _passage(block, quote)
    elif isinstance(block, Note):
        yield f"<i>{say('render.note', text=line_html(block.line, code=False))}</i>"
    elif isinstance(block, WorkingBlock):
        yield say("render.working", arithmetic=line_html(block.line))
    else:
        yield line_html(block.line)


def line_html(line: Line, *, code: bool = True) -> str:
    """Pieces one after another; a phone is set so that a tap copies it."""
    return "".join(piece_html(piece, code=code) for piece in line)


def piece_html(piece: Piece, *, code: bool = True) -> str:
    """One piece with what was asked set bold."""
    if not isinstance(piece, Fact):
        return escape(piece.text, quote=False)
    if code and piece.kind is FactKind.PHONE:
        return f"<code>{escape(piece.text, quote=False)}</code>"
    return marked_html(piece)


def marked_html(fact: Fact, limit: int | None = None, tag: str = "b") -> str:
    """The fact's text, cut to `limit`, its marks in bold; marks never cross one another."""
    text = fact.text if limit is None else cut(fact.text, limit)
    kept = len(text) if text == fact.text else len(text) - 1
    out, at = [], 0
    for start, end in sorted(fact.marks):
        if start < at or end > kept or end <= start:
            continue
        out += [escape(text[at:start], quote=False), f"<{tag}>"]
        out += [escape(text[start:end], quote=False), f"</{tag}>"]
        at = end
    return "".join(out) + escape(text[at:], quote=False)


def _table(table: Table, rows: int) -> Iterator[str]:
    if table.caption:
        yield line_html(table.caption)
    for row in table.rows[:rows]:
        _, cells = row_cells(table, row)
        yield say("render.row", cells=" · ".join(_cell(*cell) for cell in cells))
    if len(table.rows) > rows:
        yield say("render.more_rows")


def _cell(heading: str, cell: Line) -> str:
    if not heading:
        return f"<b>{line_html(cell)}</b>" if words(cell) else ""
    return f"{escape(bare_heading(heading), quote=False)} {line_html(cell)}"


def _passage(passage: Passage, limit: int) -> str:
    body = marked_html(passage.quote, limit)
    fold = " expandable" if long_quote(passage) else ""
    title = f"<b>{line_html(passage.title, code=False)}</b>\n" if passage.title else ""
    return f"{title}<blockquote{fold}>{body}</blockquote>"
