"""The fixed Chinese words of the surfaces, by key; they live in bot/phrases/telegram.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _table() -> dict[str, str]:
    source = files("bot").joinpath("phrases/telegram.toml").read_text(encoding="utf-8")
    return dict(_flattened(tomllib.loads(source), ""))


def _flattened(tree: dict[str, Any], prefix: str) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for key, value in tree.items():
        name = f"{prefix}{key}"
        rows += _flattened(value, f"{name}.") if isinstance(value, dict) else [(name, value)]
    return rows


def say(key: str, **values: object) -> str:
    """The phrase of that key with its gaps filled."""
    phrase = _table()[key]
    return phrase.format(**values) if values else phrase


def keys() -> frozenset[str]:
    """Every key there is: tests ask whether each is used and each used one is there."""
    return frozenset(_table())
