"""What a form says outside its indicator table, gathered while it is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from registry.findings import Finding, finding
from registry.labels import is_hint
from registry.parser_rows import Found
from registry.plan import TEXT_FIELDS, Indicator, Place, Plan
from registry.text import normal

# Lists of 目标1： 目标2： with blank lines between; what is longer is a text.
LONGEST_HINT = 240
HINT_LIST = re.compile(r"(?:目标\d+[:：]?(?:…+|\.{2,})?)+(?:…+|\.{2,})?")


@dataclass(slots=True)
class PlanHead:
    """Everything a form says outside its indicator table."""

    values: dict[str, Any] = field(default_factory=dict)
    blank: set[str] = field(default_factory=set)
    printed: dict[str, str] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    unit_line: str | None = None
    elsewhere: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    @property
    def name(self) -> str | None:
        """The project's name, if the head states it."""
        return self.values.get("name")

    @property
    def is_blank(self) -> bool:
        """Whether nobody has filled in whose plan this is."""
        return not self.name

    @property
    def filled_fields(self) -> int:
        """How many fields of a form hold a value."""
        return sum(
            1
            for name in (
                "name",
                "total",
                "supervising_department",
                "implementing_unit",
                *TEXT_FIELDS,
            )
            if self.values.get(name)
        )

    def plan(self, indicators: tuple[Indicator, ...]) -> tuple[Plan, list[Finding]]:
        """The plan with these indicators, and what was found on the way."""
        name = self.name or ""
        found = [
            Finding(f.code, f.sentence, f.severity, f.place, f.field, name or None)
            for f in self.findings
        ]
        if not name:
            found.append(finding("name-missing", field="name", place=self.places.get("name")))
        if self.elsewhere:
            found.append(
                finding("unread-label", project=name or None, value="；".join(self.elsewhere))
            )
        if self.unread:
            found.append(finding("unread-cell", project=name or None, value="；".join(self.unread)))
        values = {key: value for key, value in self.values.items() if key != "name"}
        plan = Plan(
            name=name,
            indicators=indicators,
            blank=frozenset(self.blank - set(self.values)),
            printed=dict(self.printed),
            places=dict(self.places),
            **values,
        )
        return plan, found


@lru_cache(maxsize=4096)
def is_hint_value(text: str) -> bool:
    """Whether a form's cell only shows what to fill in."""
    if len(text) > LONGEST_HINT:
        return False
    flat = normal(text)
    return (len(flat) <= 60 and is_hint(flat)) or _is_hint_list(flat)


def _is_hint_list(flat: str) -> bool:
    return HINT_LIST.fullmatch(flat) is not None


def put_value(out: PlanHead, name: str, value: object, found: Found) -> None:
    """Sets a field from what was found: given, or blank; the raw cell kept where it differs."""
    out.places[name] = found.place
    if value in (None, ""):
        out.blank.add(name)
        return
    out.values[name] = value
    if str(value) != found.text:
        out.printed[name] = found.text
