"""Amounts of money in a form: which of several is the year's, and in which unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from registry.amounts import exact_text, parse_amount, plain_number
from registry.findings import finding
from registry.labels import AMOUNT_UNIT, find_label, is_amount, is_other_period, label_key
from registry.parser_head import PlanHead, is_hint_value
from registry.parser_rows import Found
from registry.parser_values import tidy
from registry.plan import AMOUNT_FIELDS, YUAN_PER_UNIT
from registry.sheet import Row
from registry.text import normal

# No project of a district costs a trillion; more than the other is no amount at all.
ABSURD_YUAN = Decimal(10) ** 12
UNREAL_YUAN = Decimal(10) ** 14
AMOUNT_CELL = re.compile(r"^(?:人民币)?¥?[-+]?[\d,]*\.?\d+(?:亿元|万元|千元|元|亿|万)?整?$")

# 546万元，其中财政拨款520万元
OF_WHICH = re.compile("[,;.。]其中")
SPACED = re.compile(r"\d\s+\d")
BRACKETS = re.compile(r"\([^()]*\)")
LONGEST_HEADING = 60
MONEY = re.compile("资金|预算|金额")
MONEY_HEADING = re.compile(
    r"^[\u4e00-\u9fff、]{0,8}(?:资金|预算|金额|经费|投入|投资)[\u4e00-\u9fff、]{0,8}[(,]?(?:单位:?)?(亿元|万元|千元|元)\)?:?$"
)


def read_amounts(
    before: Sequence[Found],
    rows: Sequence[Row],
    head: Sequence[int],
    out: PlanHead,
    inherited: PlanHead | None,
) -> None:
    out.unit_line = _unit_line(before) or (inherited.unit_line if inherited is not None else None)
    block_unit, year_left = _block_unit(rows, head), _year_stands_left(before)
    for name in AMOUNT_FIELDS:
        listed = [f for f in before if f.label.field == name]
        if not listed:
            continue
        chosen = _chosen_amount(listed, name, year_left)
        unit = chosen.label.unit or _unit_beside(rows, chosen) or block_unit or out.unit_line
        put_amount(name, chosen, unit, out)


def _year_stands_left(before: Sequence[Found]) -> bool:
    """Whether the year's amounts stand left of the mid-term's, against the national form."""
    others = {
        f.row: f.column for f in before if is_amount(f.label) and is_other_period(f.label.key)
    }
    years = {f.row: f.column for f in before if f.label.field == "total"}
    return any(years[row] < others[row] for row in years.keys() & others.keys())


def _chosen_amount(listed: Sequence[Found], name: str, year_left: bool) -> Found:
    top = max(f.label.rank for f in listed)
    ranked = [f for f in listed if f.label.rank == top]
    if name == "total" and not any(f.text.strip() for f in ranked) and top < 8:
        ranked = [f for f in listed if f.text.strip()] or ranked
    given = [f for f in ranked if f.text.strip()] or ranked
    first = given[0]
    if name == "total":
        return first
    # Mid-term and year side by side: the year's part stands further right in the same row.
    same_row = [f for f in ranked if f.row == first.row]
    return same_row[0 if year_left else -1]


def _unit_line(before: Sequence[Found]) -> str | None:
    for found in before:
        if found.label.field == "amount_unit":
            unit = AMOUNT_UNIT.search(normal(found.text))
            if unit is not None:
                return unit.group()
    return None


def _unit_beside(rows: Sequence[Row], found: Found) -> str | None:
    """The unit in a block label left of the amount: 资金情况（万元）."""
    row = rows[found.row]
    for cell in (*row.cells, *row.above):
        if cell.column <= found.column and "元" in cell.text:
            label = find_label(cell.text)
            unit = label.unit if label is not None else _unit_of_block(cell.text)
            if unit is not None:
                return unit
    return None


def _unit_of_block(text: str) -> str | None:
    """The unit of a heading of money in words of its own: 资金投入及来源(万元)."""
    if len(text) > LONGEST_HEADING:
        return None
    match = MONEY_HEADING.match(normal(text))
    return match.group(1) if match else None


def _block_unit(rows: Sequence[Row], head: Sequence[int]) -> str | None:
    for index in head:
        for cell in rows[index].cells:
            if "元" not in cell.text:
                continue
            label = find_label(cell.text)
            if label is None:
                unit = _unit_of_block(cell.text)
            else:
                unit = label.unit if MONEY.search(label_key(cell.text)) else None
            if unit is not None:
                return unit
    return None


def put_amount(name: str, found: Found, unit: str | None, out: PlanHead) -> None:
    text = tidy(found.text)
    label = tidy(found.label_text).rstrip("：:")
    out.places[name] = found.place
    if text in ("", "/", "-", "—", "——", "无") or is_hint_value(text):
        out.blank.add(name)
        return
    if found.ambiguous:
        out.findings.append(
            finding("amount-ambiguous", place=found.place, field=name, label=label, value=text)
        )
        out.printed[name] = found.text
        return
    number, own_unit = read_amount(text)
    yuan = number * YUAN_PER_UNIT[own_unit or unit or "元"] if number is not None else Decimal(0)
    if number is None or abs(yuan) >= UNREAL_YUAN:
        out.findings.append(
            finding("amount-unreadable", place=found.place, field=name, label=label, value=text)
        )
        out.printed[name] = found.text
        return
    unit = own_unit or unit
    out.values[name] = _in_plan_unit(number, unit, out)
    if exact_text(number) != text:
        out.printed[name] = found.text
    if abs(yuan) >= ABSURD_YUAN:
        out.findings.append(
            finding("amount-absurd", place=found.place, field=name, label=label, value=text)
        )
    if number < 0:
        out.findings.append(
            finding("amount-negative", place=found.place, field=name, label=label, value=text)
        )
    if unit is None and name == "total":
        out.findings.append(
            finding("amount-without-unit", place=found.place, field=name, value=text)
        )


def read_amount(text: str) -> tuple[Decimal | None, str | None]:
    """A cell that is one amount: "1,234.50", "250万", "854（400+454）"; nothing else counts."""
    if SPACED.search(text):
        return None, None
    flat = OF_WHICH.split(normal(text))[0]
    bare = BRACKETS.sub("", flat)
    if AMOUNT_CELL.match(bare) is None:
        return None, None
    if "," in bare and plain_number(re.sub(r"[^\d.,+-]", "", bare)) is None:
        return None, None
    return parse_amount(bare) or (None, None)


def _in_plan_unit(number: Decimal, unit: str | None, out: PlanHead) -> Decimal:
    current = out.values.get("amount_unit")
    if unit is None or current == unit:
        return number
    if current is None:
        out.values["amount_unit"] = unit
        return number
    return number * YUAN_PER_UNIT[unit] / YUAN_PER_UNIT[current]
