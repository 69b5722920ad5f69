"""What a part of a question was heard to hold, ready for the rules."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from bot.question.analysis import Part
from bot.question.names import Names
from bot.question.query import Asserted, Due
from bot.retrieval import Feature

# Characters that join or hold names against each other; nothing is named by them.
JOINING = frozenset(("加", "比", "减", "多", "少", "对", "大", "小", "高", "低", "钱多", "钱少"))


@dataclass(frozen=True)
class Heard:
    """A part of a question and everything in it that the registry knows."""

    part: Part
    projects: tuple[int, ...] = ()
    near: tuple[int, ...] = ()
    persons: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    content: tuple[str, ...] = ()
    wanted: tuple[Feature, ...] = ()
    beside: tuple[str, ...] = ()
    frequency: dict[str, int] = field(default_factory=dict, compare=False)
    of_person: bool = False  # the projects are those of the person named
    years: tuple[int, ...] = ()  # those said, 今年 and 去年 too
    names: Names = field(default_factory=Names)  # as found, before what stands beside is weighed
    year: int | None = None  # the first of them, where it is not the one meant anyhow

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of a plan that were named outright, in order."""
        return self.part.said("field")

    @property
    def soft_fields(self) -> tuple[str, ...]:
        """Fields that may be meant where nothing else is."""
        return self.part.said("soft")

    def asks(self, *concepts: str) -> bool:
        """Whether one of these question words was said."""
        return self.part.has("ask", *concepts)

    @property
    def figures(self) -> tuple[Asserted, ...]:
        """The figures stated."""
        return tuple(
            token.value for token in self.part.of("figure") if isinstance(token.value, Asserted)
        )

    @property
    def due(self) -> Due | None:
        """The deadline stated."""
        return next((t.value for t in self.part.of("due") if isinstance(t.value, Due)), None)

    def first(self, kind: str) -> Any:
        """The value of the first token of a kind, or None."""
        return next((token.value for token in self.part.of(kind)), None)

    @property
    def which_project(self) -> bool:
        """Whether projects are asked for: 哪个项目, or a 哪些 that no other noun follows."""
        if not self.asks("which_project"):
            return False
        if re.search("项目|专项|表", self.part.text):
            return True
        for place, token in enumerate(self.part.tokens):
            if token.means("ask", "which_project"):
                after = self.part.tokens[place + 1 : place + 2]
                if not after or after[0].kind != "rest" or after[0].start != token.end:
                    return True
        return False

    @property
    def rest(self) -> str:
        """The characters nothing explains."""
        return "".join(t.text for t in self.part.of("rest") if t.text not in JOINING)
