"""A finding is a fault in the data: a stable code, a Chinese sentence, and where it is."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from registry.plan import Place

Severity = Literal["error", "warning", "info"]
LONGEST_VALUE = 160


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault met in a document; reading goes on after it."""

    code: str
    sentence: str
    severity: Severity
    place: Place | None = None
    field: str | None = None
    project: str | None = None


@cache
def sentences() -> Mapping[str, Mapping[str, str]]:
    """Every code with its sentence and severity."""
    text = files("registry").joinpath("data/findings.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def finding(
    code: str,
    *,
    place: Place | None = None,
    field: str | None = None,
    project: str | None = None,
    **values: object,
) -> Finding:
    """The finding of that code, its sentence filled in."""
    entry = sentences()[code]
    filled = {name: _short(str(value)) for name, value in values.items()}
    return Finding(
        code=code,
        sentence=entry["sentence"].format(**filled),
        severity=cast(Severity, entry["severity"]),
        place=place,
        field=field,
        project=project,
    )


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST_VALUE else flat[: LONGEST_VALUE - 1] + "…"
