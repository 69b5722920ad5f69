"""Whether what the asker states holds: a figure against a value, roughly said or with a comparison."""

from __future__ import annotations

from decimal import Decimal

from bot.question.query import Asserted


def close(figure: Asserted, yuan: Decimal) -> bool:
    """Whether a figure said roughly (四百来万) is within a tenth of the amount."""
    return abs(yuan - figure.value) <= yuan / 10


def holds(value: Decimal, comparison: str, bound: Decimal) -> bool:
    """Whether value ≥ bound, and so on."""
    return {
        "≥": value >= bound,
        ">": value > bound,
        "≤": value <= bound,
        "<": value < bound,
        "=": value == bound,
    }[comparison]
