"""An answer as plain text: the terminal, inline results, and the last resort on Telegram."""

from __future__ import annotations

from collections.abc import Iterator

from bot.answer import Answer, Block, Headline, Note, Passage, Table, Working
from bot.render.guard import hold
from bot.render.layout import (
    bare_heading,
    cut,
    pages_line,
    row_cells,
    shown_arithmetic,
    source_line,
    utf16_length,
    words,
)
from bot.render.words import say

LIMIT = 4096


def render_text(
    answer: Answer, *, choices: bool = True, sources: bool = True, limit: int | None = LIMIT
) -> str:
    """The answer line by line, the source last; choices are listed where buttons cannot be."""
    parts = [line for block in answer.blocks for line in _block(block)]
    parts += [say("render.working", arithmetic=text) for text in shown_arithmetic(answer)]
    if choices:
        parts += [say("render.choice", label=step.label) for step in answer.choices]
    tail = [pages_line(answer), source_line(answer.sources) if sources else ""]
    end = "\n".join(part for part in tail if part)
    body = "\n".join(part for part in parts if part)
    if limit is not None:
        body = _fitted(body, limit - utf16_length(end) - 1)
    return hold(answer, f"{body}\n{end}" if end else body)


def _fitted(body: str, limit: int) -> str:
    while utf16_length(body) > limit:
        body = cut(body, limit - (utf16_length(body) - len(body)))
        limit -= 1
    return body


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Table):
        yield from _table(block)
    elif isinstance(block, Passage):
        yield _passage(block)
    elif isinstance(block, Note):
        yield say("render.note", text=words(block.line))
    elif isinstance(block, Working):
        yield say("render.working", arithmetic=words(block.line))
    else:
        yield words(block.line)
        if isinstance(block, Headline):
            return


def _table(table: Table) -> Iterator[str]:
    if table.caption:
        yield words(table.caption)
    for row in table.rows:
        yield say("render.row", cells=row_line(table, row))


def row_line(table: Table, row: tuple[tuple[object, ...], ...]) -> str:
    """One row in one line: the lead cell, then each cell after its heading."""
    _, cells = row_cells(table, row)  # type: ignore[arg-type]
    parts = [
        words(cell) if not heading else f"{bare_heading(heading)} {words(cell)}"
        for heading, cell in cells
    ]
    return " · ".join(parts)


def _passage(passage: Passage) -> str:
    title = words(passage.title)
    return f"{title}\n{passage.quote.text}" if title else passage.quote.text
