"""An answer as a rich message: native tables, folded details, phones that can be called.

Only the documented tags are written, table cells hold inline marks only, and the limits are kept:
32 768 characters, 500 blocks with every row counted, 20 columns. What does not fit is left to HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from bot.answer import Answer, Block, Fact, FactKind, Headline, Line, Note, Passage, Piece, Table
from bot.answer import Working as WorkingBlock
from bot.render.guard import hold
from bot.render.html import marked_html, visible_text
from bot.render.layout import (
    bare_heading,
    first_sentence,
    long_quote,
    pages_line,
    shown_arithmetic,
    source_line,
    words,
)
from bot.render.words import say

CHARACTERS = 32_768
BLOCKS = 500
COLUMNS = 5  # twenty are allowed; a phone shows four or five
BLOCK_END = re.compile(r"</(?:p|summary|td|th|caption|footer|blockquote)>|<br>")
RIGHT = {FactKind.AMOUNT, FactKind.POINTS}


def render_rich(answer: Answer) -> str | None:
    """The HTML of a rich message, or None where the answer does not fit one."""
    if any(isinstance(block, Table) and len(block.columns) > COLUMNS for block in answer.blocks):
        return None
    html = "".join(_parts(answer))
    visible = visible_text(BLOCK_END.sub("\n", html))
    if len(visible) > CHARACTERS or _blocks(answer) > BLOCKS:
        return None
    hold(answer, visible)
    return html


def _blocks(answer: Answer) -> int:
    rows = sum(len(block.rows) + 1 for block in answer.blocks if isinstance(block, Table))
    quoted = sum(
        block.quote.text.count("\n") + 2 for block in answer.blocks if isinstance(block, Passage)
    )
    return len(answer.blocks) + rows + quoted + 4


def _parts(answer: Answer) -> Iterator[str]:
    for block in answer.blocks:
        yield from _block(block)
    for arithmetic in shown_arithmetic(answer):
        yield f"<p>{_escaped(say('render.working', arithmetic=arithmetic))}</p>"
    if line := pages_line(answer):
        yield f"<p>{_escaped(line)}</p>"
    if line := source_line(answer.sources):
        yield f"<footer>{_escaped(line)}</footer>"


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Headline):
        yield f"<p><b>{_line(block.line)}</b></p>"
    elif isinstance(block, Table):
        yield _table(block)
    elif isinstance(block, Passage):
        yield from _passage(block)
    elif isinstance(block, Note):
        yield f"<p><i>{say('render.note', text=_line(block.line))}</i></p>"
    elif isinstance(block, WorkingBlock):
        yield f"<p>{say('render.working', arithmetic=_line(block.line))}</p>"
    elif words(block.line).strip():
        yield f"<p>{_line(block.line)}</p>"


def _table(table: Table) -> str:
    caption = f"<caption>{_line(table.caption)}</caption>" if table.caption else ""
    head = "".join(f"<th>{_escaped(bare_heading(column))}</th>" for column in table.columns)
    rows = "".join(f"<tr>{''.join(_cell(cell) for cell in row)}</tr>" for row in table.rows if row)
    return f"<table bordered striped>{caption}<tr>{head}</tr>{rows}</table>"


def _cell(cell: Line) -> str:
    numbers = any(isinstance(piece, Fact) and piece.kind in RIGHT for piece in cell)
    align = ' align="right"' if numbers else ""
    return f"<td{align}>{_line(cell)}</td>"


def _passage(passage: Passage) -> Iterator[str]:
    paragraphs = _paragraphs(passage.quote)
    if not long_quote(passage):
        if passage.title:
            yield f"<p><b>{_line(passage.title)}</b></p>"
        yield f"<blockquote>{paragraphs}</blockquote>"
        return
    title = f"<b>{_line(passage.title)}</b> " if passage.title else ""
    summary = title + _escaped(first_sentence(passage.quote.text))
    yield f"<details><summary>{summary}</summary>{paragraphs}</details>"


def _paragraphs(quote: Fact) -> str:
    if quote.marks or "\n" not in quote.text:
        return f"<p>{marked_html(quote, tag='mark').replace(chr(10), '<br>')}</p>"
    lines = (line.strip() for line in quote.text.splitlines())
    return "".join(f"<p>{_escaped(line)}</p>" for line in lines if line)


def _line(line: Line) -> str:
    return "".join(_piece(piece) for piece in line)


def _piece(piece: Piece) -> str:
    if not isinstance(piece, Fact):
        return _escaped(piece.text)
    if piece.kind is FactKind.PHONE and piece.e164:
        return f'<a href="tel:{escape(piece.e164)}">{_escaped(piece.text)}</a>'
    return marked_html(piece)


def _escaped(text: str) -> str:
    return escape(text, quote=False).replace("\n", " ")
