"""Which scale of a sheet a figure of the asker's falls into (考核85分, 买15万的车)."""

from __future__ import annotations

from bot.question.query import Asserted
from bot.retrieval import Feature, told_by
from registry.brackets import Bracket, scales
from registry.passages import Span
from registry.plan import TEXT_FIELDS, Plan


def scale_for(
    plan: Plan, stated: Asserted, wanted: tuple[Feature, ...]
) -> tuple[str, Span, Bracket] | None:
    """The field, the sentence and the step that holds the figure; of several scales the one whose
    sentence says most of the words. None where no step holds it for certain, or two do."""
    unit = (stated.unit or "").removeprefix("周")
    found: list[tuple[float, str, Span, Bracket]] = []
    for field in TEXT_FIELDS:
        text = getattr(plan, field) or ""
        for span, steps in scales(text):
            holding = [s for s in steps if s.unit == unit and s.holds(stated.value)]
            if len(holding) == 1:
                told = told_by(text[span.start : span.end], wanted)
                found.append((told, field, span, holding[0]))
    found.sort(key=lambda one: -one[0])
    if not found or (len(found) > 1 and found[0][0] == found[1][0]):
        return None
    return found[0][1:]
