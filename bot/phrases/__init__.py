"""The fixed Chinese words of the bot: answers.toml for answers, telegram.toml for the surfaces."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from bot.answer import Fact, Figure, Line, Phrase, Piece

GAP = re.compile(r"\{(\w+)\}")


@cache
def answer_phrases() -> dict[str, str]:
    """The phrases of answers.toml by "section.key"."""
    tables = tomllib.loads(files("bot").joinpath("phrases/answers.toml").read_text("utf-8"))
    return {
        f"{section}.{key}": text for section, rows in tables.items() for key, text in rows.items()
    }


def line(key: str, **values: Piece | Line) -> Line:
    """The phrase of that key as pieces, its gaps filled with facts, figures or other phrases."""
    pieces: list[Piece] = []
    template = answer_phrases()[key]
    place = 0
    for gap in GAP.finditer(template):
        if gap.start() > place:
            pieces.append(Phrase(template[place : gap.start()]))
        value = values[gap.group(1)]
        if isinstance(value, tuple):
            pieces.extend(value)
        else:
            pieces.append(value)
        place = gap.end()
    if place < len(template):
        pieces.append(Phrase(template[place:]))
    return tuple(pieces)


def phrase(key: str) -> Phrase:
    """A phrase without gaps."""
    return Phrase(answer_phrases()[key])


def label(field: str) -> Phrase:
    """What answers call a field."""
    return phrase(f"label.{field}")


__all__ = ["Fact", "Figure", "answer_phrases", "label", "line", "phrase"]
