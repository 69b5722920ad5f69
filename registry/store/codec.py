"""A plan as JSON and back without loss, and what of it stands in columns."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from registry.models import NO_YEAR, PARTS_PER_YUAN
from registry.plan import (
    AMOUNT_FIELDS,
    Comparison,
    Indicator,
    Place,
    Plan,
    ProjectCategory,
    Record,
)

# What a sheet states, in the order of Plan. A field's position is its bit in `blanks` and `givens`:
# new fields go at the end.
FIELDS: tuple[str, ...] = (
    "name",
    "title",
    "year",
    "region",
    "category",
    "table_number",
    "supervising_department",
    "implementing_unit",
    "budget_execution_weight",
    "amount_unit",
    "total",
    "higher_level_grants",
    "district_funds",
    "other_funds",
    "overview",
    "approval_basis",
    "annual_objective",
    "contact_person",
    "contact_phone",
    "contact_phone_e164",
    "indicators",
)
BITS: Mapping[str, int] = {name: 1 << position for position, name in enumerate(FIELDS)}
INDICATOR_FIELDS: tuple[str, ...] = (
    "name",
    "level1",
    "level2",
    "comparison",
    "target",
    "target_value",
    "unit_of_measure",
    "points",
    "core_mark",
    "actual",
)
DECIMAL_FIELDS = frozenset({*AMOUNT_FIELDS, "budget_execution_weight", "target_value", "points"})
PLACE_FIELDS: tuple[str, ...] = ("line", "page", "sheet", "table", "row", "column")
MOST_PARTS = 2**62


def encode_plan(plan: Plan) -> str:
    """The plan without its record, as compact JSON. Places leave out the file they share."""
    file = next((place.file for place in plan.places.values()), None)
    raw: dict[str, Any] = {
        name: _to_json(getattr(plan, name))
        for name in FIELDS
        if name != "indicators" and getattr(plan, name) is not None
    }
    raw["indicators"] = [_encode_indicator(indicator, file) for indicator in plan.indicators]
    return _dump(raw | _sidecar(plan, file) | ({"file": file} if file is not None else {}))


def decode_plan(content: str, record: Record | None = None) -> Plan:
    """What `encode_plan` was given."""
    raw = json.loads(content)
    file = raw.pop("file", "")
    indicators = tuple(_decode_indicator(item, file) for item in raw.pop("indicators"))
    return Plan(**_with_places(_from_json(raw), file), indicators=indicators, record=record)


def encode_place(place: Place, file: str | None = None) -> list[Any]:
    """The numbers of a place, shortened; the file last and only where it is another one."""
    numbers: list[Any] = [getattr(place, name) for name in PLACE_FIELDS]
    if place.file != file:
        return [*numbers, place.file]
    while numbers and numbers[-1] is None:
        numbers.pop()
    return numbers


def decode_place(numbers: list[Any], file: str) -> Place:
    """What `encode_place` was given."""
    if len(numbers) > len(PLACE_FIELDS):
        return Place(numbers[-1], *numbers[:-1])
    return Place(file, *numbers)


def fingerprint(plan: Plan) -> str:
    """Equal for plans that state the same, wherever it stands and however it is spelt in the cell."""
    bare = replace(
        plan,
        places={},
        printed={},
        record=None,
        indicators=tuple(replace(item, places={}, printed={}) for item in plan.indicators),
    )
    return hashlib.sha256(encode_plan(bare).encode()).hexdigest()


def exact_text(value: Any) -> str | None:
    """A value of a plan as text: numbers plain (200, never 2E+2), nothing rounded."""
    if value is None:
        return None
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def in_parts(yuan: Decimal | None) -> int | None:
    """元 as whole ten-thousandths; None for what these cannot hold exactly."""
    if yuan is None or not yuan.is_finite():
        return None
    parts = yuan * PARTS_PER_YUAN
    if parts != parts.to_integral_value() or abs(parts) > MOST_PARTS:
        return None
    return int(parts)


def from_parts(parts: int | Decimal) -> Decimal:
    """Ten-thousandths as 元, without useless zeros."""
    yuan = Decimal(int(parts)) / PARTS_PER_YUAN
    return yuan.quantize(Decimal(1)) if yuan == yuan.to_integral_value() else yuan.normalize()


def year_key(year: int | None) -> int:
    """The year as it is kept."""
    return NO_YEAR if year is None else year


def year_value(year: int) -> int | None:
    """The year as it is told."""
    return None if year == NO_YEAR else year


def _encode_indicator(indicator: Indicator, file: str | None) -> dict[str, Any]:
    raw: dict[str, Any] = {"ordinal": indicator.ordinal}
    for name in INDICATOR_FIELDS:
        value = getattr(indicator, name)
        if value is not None:
            raw[name] = _to_json(value)
    return raw | _sidecar(indicator, file)


def _decode_indicator(raw: dict[str, Any], file: str) -> Indicator:
    return Indicator(**_with_places(_from_json(raw), file))


def _sidecar(value: Plan | Indicator, file: str | None) -> dict[str, Any]:
    """The three mappings beside the values, where they hold something."""
    raw: dict[str, Any] = {}
    if value.blank:
        raw["blank"] = sorted(value.blank)
    if value.printed:
        raw["printed"] = dict(value.printed)
    if value.places:
        raw["places"] = {name: encode_place(at, file) for name, at in value.places.items()}
    return raw


def _with_places(values: dict[str, Any], file: str) -> dict[str, Any]:
    places = values.get("places")
    if places:
        values["places"] = {name: decode_place(at, file) for name, at in places.items()}
    if "blank" in values:
        values["blank"] = frozenset(values["blank"])
    return values


def _to_json(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def _from_json(raw: dict[str, Any]) -> dict[str, Any]:
    for name in DECIMAL_FIELDS & raw.keys():
        raw[name] = Decimal(raw[name])
    if "comparison" in raw:
        raw["comparison"] = Comparison(raw["comparison"])
    if "category" in raw:
        raw["category"] = ProjectCategory(raw["category"])
    return raw


def _dump(raw: dict[str, Any]) -> str:
    return json.dumps(raw, ensure_ascii=False, separators=(",", ":"))
