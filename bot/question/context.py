"""What a conversation remembers: enough to complete a short question from the one before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.question.query import Query, from_json, to_json

REMEMBERED = 6


@dataclass(frozen=True, slots=True)
class Context:
    """The last question and what its answer named.

    `projects` are the projects of the last answer, `recent` those named lately (the newest last),
    `listed` a list of projects a 「第二个」 can point into, `rows` such a list of indicators as
    (project, ordinal), `indicator` the one last spoken of, `pending` a question asked back, `asked`
    the words lately looked for in the passages of one project, `in_turn` the projects that one
    after another the last question was asked of.
    """

    last: Query | None = None
    projects: tuple[int, ...] = ()
    recent: tuple[int, ...] = ()
    listed: tuple[int, ...] = ()
    rows: tuple[tuple[int, int], ...] = ()
    indicator: tuple[int, int] | None = None
    person: str | None = None
    pending: Query | None = None
    asked: tuple[tuple[str, ...], ...] = ()
    in_turn: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As JSON values, empty ones left out."""
        data: dict[str, Any] = {
            "last": to_json(self.last) if self.last else None,
            "projects": list(self.projects),
            "recent": list(self.recent),
            "listed": list(self.listed),
            "rows": [list(row) for row in self.rows],
            "indicator": list(self.indicator) if self.indicator else None,
            "person": self.person,
            "pending": to_json(self.pending) if self.pending else None,
            "asked": [list(words) for words in self.asked],
            "in_turn": list(self.in_turn),
        }
        return {name: value for name, value in data.items() if value}

    @classmethod
    def from_json(cls, data: dict[str, Any] | None) -> Context:
        """The context that to_json wrote; nothing remembered where there is none."""
        if not data:
            return cls()
        return cls(
            last=from_json(data["last"]) if data.get("last") else None,
            projects=tuple(data.get("projects", ())),
            recent=tuple(data.get("recent", ())),
            listed=tuple(data.get("listed", ())),
            rows=tuple((row[0], row[1]) for row in data.get("rows", ())),
            indicator=(data["indicator"][0], data["indicator"][1])
            if data.get("indicator")
            else None,
            person=data.get("person"),
            pending=from_json(data["pending"]) if data.get("pending") else None,
            asked=tuple(tuple(words) for words in data.get("asked", ())),
            in_turn=tuple(data.get("in_turn", ())),
        )


def remembered(recent: tuple[int, ...], named: tuple[int, ...]) -> tuple[int, ...]:
    """The projects named lately, the newest last, each once."""
    kept = [project for project in recent if project not in named]
    return (*kept, *named)[-REMEMBERED:]
