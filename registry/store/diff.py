"""What differs between two plans, value by value, as a person would read it."""

from __future__ import annotations

from collections.abc import Iterator

from registry.plan import Indicator, Plan
from registry.scope import FieldChange
from registry.store.codec import FIELDS, INDICATOR_FIELDS, exact_text


def value_text(plan: Plan, field: str) -> str | None:
    """A field as text. 「indicators.2.points」 is the points of the indicator with ordinal 2."""
    if not field.startswith("indicators."):
        return exact_text(getattr(plan, field))
    _, ordinal, part = field.split(".")
    indicator = next((item for item in plan.indicators if item.ordinal == int(ordinal)), None)
    return None if indicator is None else exact_text(getattr(indicator, part))


def differences(old: Plan, new: Plan) -> tuple[FieldChange, ...]:
    """Every value that is not the same, indicators paired by name and then by position."""
    changes = [
        FieldChange(field, exact_text(before), exact_text(after))
        for field in FIELDS
        if field != "indicators"
        and (before := getattr(old, field)) != (after := getattr(new, field))
    ]
    changes += [
        FieldChange(field, None, "") if field in new.blank else FieldChange(field, "", None)
        for field in FIELDS
        if (field in old.blank) != (field in new.blank)
        and getattr(old, field) in (None, ())
        and getattr(new, field) in (None, ())
    ]
    return (*changes, *_indicator_changes(old, new))


def _indicator_changes(old: Plan, new: Plan) -> Iterator[FieldChange]:
    for before, after in _pairs(old.indicators, new.indicators):
        if before is None and after is not None:
            yield FieldChange("indicators", None, describe(after), after.name)
        elif after is None and before is not None:
            yield FieldChange("indicators", describe(before), None, before.name)
        elif before is not None and after is not None:
            for part in INDICATOR_FIELDS:
                was, now = getattr(before, part), getattr(after, part)
                if was != now:
                    yield FieldChange(
                        "indicators", exact_text(was), exact_text(now), after.name, part
                    )


def _pairs(
    old: tuple[Indicator, ...], new: tuple[Indicator, ...]
) -> Iterator[tuple[Indicator | None, Indicator | None]]:
    """Same name first; of the others those at the same position; the rest stand alone."""
    unpaired = list(old)
    partners: list[Indicator | None] = [None] * len(new)
    for mark in ("name", "ordinal"):
        for at, indicator in enumerate(new):
            if partners[at] is not None:
                continue
            wanted = getattr(indicator, mark)
            match = next((item for item in unpaired if getattr(item, mark) == wanted), None)
            if match is not None:
                partners[at] = match
                unpaired.remove(match)
    yield from zip(partners, new, strict=True)
    yield from ((indicator, None) for indicator in unpaired)


def describe(indicator: Indicator) -> str:
    """An indicator on one line, its target as printed: 「≥8000万元，30分，核心」."""
    comparison = indicator.comparison.value if indicator.comparison else ""
    parts = [f"{comparison}{indicator.target or ''}{indicator.unit_of_measure or ''}"]
    if indicator.points is not None:
        parts.append(f"{exact_text(indicator.points)}分")
    if indicator.is_core:
        parts.append("核心")
    return "，".join(part for part in parts if part)
