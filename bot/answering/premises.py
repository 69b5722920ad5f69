"""Whether what the asker states holds: a figure against a value, roughly said or with a comparison."""

from __future__ import annotations

import re
from decimal import Decimal

from bot.answer import Line
from bot.phrases import line
from bot.question.query import Asserted, Query

ASKS_OR_SUPPOSES = re.compile("多少|好多|几[^点]|如果|假如|要是|假设")


def supposes(query: Query) -> bool:
    """Whether a figure was said to ask by it (2万是多少, 如果搞8次), not to have it confirmed."""
    return not query.yes_no and ASKS_OR_SUPPOSES.search(query.said) is not None


def as_stated(yuan: Decimal, stated: Asserted) -> Line:
    """Whether an amount is the one that was stated."""
    if stated.value == yuan:
        return line("premise.right")
    return line("premise.about_right" if stated.about and close(stated, yuan) else "premise.wrong")


def so_many(query: Query, count: int) -> Line:
    """Whether there are as many as the asker said; nothing where no number is to be confirmed."""
    if query.lead != "count" or not query.premise:
        return ()
    return line("premise.right" if query.premise[0].value == count else "premise.wrong")


MORE = re.compile("[多余几]")


def close(figure: Asserted, yuan: Decimal) -> bool:
    """Whether a figure said roughly (四百来万) is within a tenth of the amount, or the amount the figure
    and more (七十多万 is 70万 to 80万, 四百余万 400万 to 500万)."""
    if MORE.search(figure.said) and figure.value > 0:
        step = Decimal(1).scaleb(int(figure.value.normalize().as_tuple().exponent))
        if figure.value <= yuan < figure.value + step:
            return True
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
