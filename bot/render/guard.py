"""The one place that decides whether a text may leave: every number in it must be in its answer.

A number is a run of digits with its decimal point. It has to stand, whole, in a fact, a figure, its
arithmetic or a source of the answer; so neither a phrase nor a cut through "1908.78" can lie.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.answer import (
    Answer,
    Block,
    Fact,
    Figure,
    Line,
    Passage,
    Phrase,
    Piece,
    Source,
    Table,
)

NUMBER = re.compile(r"\d+(?:\.\d+)*")


class UnsupportedNumber(Exception):
    """A text was about to leave with a number that its answer does not hold."""

    def __init__(self, numbers: Iterable[str], kind: str) -> None:
        self.numbers = tuple(sorted(numbers))
        self.kind = kind
        super().__init__(f"answer of kind {kind!r} does not hold {', '.join(self.numbers)}")


def hold(answer: Answer, text: str) -> str:
    """The text unchanged, or UnsupportedNumber."""
    numbers = set(NUMBER.findall(text))
    if numbers and (strange := numbers - supported_numbers(answer)):
        raise UnsupportedNumber(strange, answer.kind)
    return text


def supported_numbers(answer: Answer) -> set[str]:
    """Every number the answer may show."""
    numbers = {str(answer.page + 1), str(answer.pages)} if answer.pages > 1 else set()
    for text in _supporting_texts(answer):
        numbers.update(NUMBER.findall(text))
    return numbers


def _supporting_texts(answer: Answer) -> Iterator[str]:
    for block in answer.blocks:
        for line in lines_of(block):
            for piece in line:
                yield from _texts_of(piece)
    for source in answer.sources:
        yield from _texts_of_source(source)
    for step in answer.choices:
        # A candidate's label carries its telling fact; the desk took it from the sheet.
        yield step.label


def lines_of(block: Block) -> Iterator[Line]:
    """Every line of pieces in a block, in the order a reader meets them."""
    if isinstance(block, Table):
        yield block.caption
        for row in block.rows:
            yield from row
    elif isinstance(block, Passage):
        yield block.title
        yield (block.quote,)
    else:
        yield block.line


def _texts_of(piece: Piece) -> Iterator[str]:
    if isinstance(piece, Phrase):
        return
    yield piece.text
    if isinstance(piece, Fact):
        if piece.e164:
            yield piece.e164
    elif isinstance(piece, Figure) and piece.arithmetic:
        yield piece.arithmetic


def _texts_of_source(source: Source) -> Iterator[str]:
    yield source.document
    yield source.sheet
    if source.year is not None:
        yield str(source.year)
    if source.loaded_at is not None:
        yield f"{source.loaded_at:%Y %m %d} {source.loaded_at.month} {source.loaded_at.day}"
    if source.place is not None:
        place = source.place
        yield place.sheet or ""
        yield " ".join(
            str(number)
            for number in (place.line, place.page, place.table, place.row, place.column)
            if number is not None
        )
