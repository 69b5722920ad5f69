"""Corrected values: laid over what a sheet says, without touching it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from registry.errors import InvalidCorrection
from registry.plan import YUAN_PER_UNIT, Comparison, Indicator, Plan, ProjectCategory
from registry.scope import Correction
from registry.store.codec import DECIMAL_FIELDS, FIELDS, INDICATOR_FIELDS
from registry.store.diff import value_text

NOT_CORRECTABLE = frozenset({"indicators", "contact_phone_e164"})


@dataclass(frozen=True, slots=True)
class Corrections:
    """The corrected fields of one plan, by field."""

    by_field: Mapping[str, Correction] = field(default_factory=dict)

    def apply(self, plan: Plan) -> Plan:
        """The plan as it holds."""
        for correction in self.by_field.values():
            plan = with_value(plan, correction.field, correction.corrected)
        return plan

    def still_needed(self, plan: Plan) -> Corrections:
        """Those whose wrong value a newer sheet repeats; where it says something else, it counts."""
        return Corrections(
            {
                name: correction
                for name, correction in self.by_field.items()
                if value_text(plan, name) == correction.original
            }
        )

    def with_one(self, new: Correction) -> Corrections:
        """One more; a field corrected twice keeps what the sheet said at first."""
        earlier = self.by_field.get(new.field)
        if earlier is not None:
            new = replace(new, original=earlier.original)
        return Corrections({**self.by_field, new.field: new})

    def dump(self) -> str | None:
        """As it is kept."""
        if not self.by_field:
            return None
        raw = {
            name: {
                "original": each.original,
                "corrected": each.corrected,
                "reason": each.reason,
                "by": each.by,
                "at": each.at.isoformat(),
            }
            for name, each in self.by_field.items()
        }
        return json.dumps(raw, ensure_ascii=False, separators=(",", ":"))


def read_corrections(raw: str | None) -> Corrections:
    """What `dump` gave."""
    if raw is None:
        return Corrections()
    return Corrections(
        {
            name: Correction(
                name,
                each["original"],
                each["corrected"],
                each["reason"],
                each["by"],
                datetime.fromisoformat(each["at"]),
            )
            for name, each in json.loads(raw).items()
        }
    )


def with_value(plan: Plan, name: str, value: str | None) -> Plan:
    """The plan with one field set from its text; an empty text makes it blank."""
    if name.startswith("indicators."):
        return _with_indicator_value(plan, name, value)
    if name not in FIELDS or name in NOT_CORRECTABLE:
        raise InvalidCorrection(f"没有可以更正的字段「{name}」。")
    typed = _typed(name, value)
    if name == "name" and typed is None:
        raise InvalidCorrection("项目名称不能为空。")
    blank = plan.blank - {name} if typed is not None else plan.blank | {name}
    changed: dict[str, Any] = {name: typed, "blank": blank}
    if name == "contact_phone":
        changed["contact_phone_e164"] = _e164(typed)
    printed = {key: raw for key, raw in plan.printed.items() if key != name}
    return replace(plan, **changed, printed=printed)


def _with_indicator_value(plan: Plan, name: str, value: str | None) -> Plan:
    _, ordinal, part = [*name.split("."), "", ""][:3]
    if part not in INDICATOR_FIELDS or not ordinal.isdecimal():
        raise InvalidCorrection(f"没有可以更正的指标字段「{name}」，应形如 indicators.2.points。")
    if all(indicator.ordinal != int(ordinal) for indicator in plan.indicators):
        raise InvalidCorrection(f"「{plan.name}」没有第 {ordinal} 个指标。")
    typed = _typed(part, value)
    if part == "name" and typed is None:
        raise InvalidCorrection("指标名称不能为空。")
    changed: dict[str, Any] = {part: typed}
    if part == "target":
        changed["target_value"] = _number_or_none(value)

    def corrected(indicator: Indicator) -> Indicator:
        if indicator.ordinal != int(ordinal):
            return indicator
        return replace(indicator, **changed)

    return replace(plan, indicators=tuple(corrected(each) for each in plan.indicators))


def _typed(name: str, value: str | None) -> Any:
    if value is None or not value.strip():
        return None
    text = value.strip()
    if name in DECIMAL_FIELDS:
        number = _number_or_none(text)
        if number is None:
            raise InvalidCorrection(f"「{value}」不是数字，{name} 应形如 77.87。")
        return number
    try:
        if name == "year":
            return int(text)
        if name == "category":
            return ProjectCategory(text)
        if name == "comparison":
            return Comparison(text)
    except ValueError as error:
        raise InvalidCorrection(f"「{value}」不能作为 {name} 的值。") from error
    if name == "amount_unit" and text not in YUAN_PER_UNIT:
        raise InvalidCorrection(f"金额单位只能是 {'、'.join(YUAN_PER_UNIT)}，不是「{value}」。")
    return text


def _number_or_none(value: str | None) -> Decimal | None:
    try:
        number = Decimal((value or "").replace(",", "").replace("，", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _e164(phone: str | None) -> str | None:
    from registry.phones import to_e164

    return to_e164(phone) if phone else None
