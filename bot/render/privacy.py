"""An answer for a place where phones are not shown to everyone."""

from __future__ import annotations

from dataclasses import replace

from bot.answer import Answer, Block, Fact, FactKind, Line, Passage, Phrase, Piece, Table
from bot.render.guard import lines_of
from bot.render.words import say


def without_phones(answer: Answer) -> Answer:
    """The same answer with every phone taken out, wherever it is repeated."""
    phones = {
        text
        for block in answer.blocks
        for line in lines_of(block)
        for piece in line
        if isinstance(piece, Fact) and piece.kind is FactKind.PHONE
        for text in (piece.text, piece.e164)
        if text
    }
    if not phones:
        return answer
    longest_first = sorted(phones, key=len, reverse=True)
    blocks = tuple(_block(block, longest_first) for block in answer.blocks)
    choices = tuple(
        replace(step, label=_text(step.label, longest_first)) for step in answer.choices
    )
    return replace(answer, blocks=blocks, choices=choices)


def _block(block: Block, phones: list[str]) -> Block:
    if isinstance(block, Table):
        rows = tuple(tuple(_line(cell, phones) for cell in row) for row in block.rows)
        return replace(block, rows=rows, caption=_line(block.caption, phones))
    if isinstance(block, Passage):
        quote = replace(block.quote, text=_text(block.quote.text, phones), marks=())
        return replace(block, title=_line(block.title, phones), quote=quote)
    return replace(block, line=_line(block.line, phones))


def _line(line: Line, phones: list[str]) -> Line:
    return tuple(_piece(piece, phones) for piece in line)


def _piece(piece: Piece, phones: list[str]) -> Piece:
    if isinstance(piece, Fact) and piece.kind is FactKind.PHONE:
        return Phrase(say("contact.hidden"))
    if any(phone in piece.text for phone in phones):
        return replace(piece, text=_text(piece.text, phones))
    return piece


def _text(text: str, phones: list[str]) -> str:
    for phone in phones:
        text = text.replace(phone, say("contact.hidden"))
    return text
