"""A sheet or a list as a file for a spreadsheet: .xlsx with the source beside it, or .csv."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from bot.render.words import say
from registry.amounts import exact_text
from registry.plan import Plan

Row = tuple[str | Decimal | None, ...]
FORMULA = ("=", "+", "-", "@", "\t", "\r")

LIST_FIELDS = (
    "name", "year", "category", "supervising_department", "implementing_unit", "total",
    "higher_level_grants", "district_funds", "other_funds", "contact_person", "contact_phone",
)  # fmt: skip
AMOUNTS = {"total", "higher_level_grants", "district_funds", "other_funds"}
INDICATOR_HEADS = ("name", "comparison", "target", "unit", "points", "core")


def list_table(plans: Sequence[Plan]) -> list[Row]:
    """One row a project; amounts in 万元, which the heading says."""
    heads = tuple(
        say(f"picture.{name}") + (say("file.in_unit") if name in AMOUNTS else "")
        for name in LIST_FIELDS
    )
    return [heads, *(tuple(_value(plan, name) for name in LIST_FIELDS) for plan in plans)]


def sheet_table(plan: Plan) -> list[Row]:
    """One project: a row a field, then its indicators."""
    fields = (*LIST_FIELDS, "budget_execution_weight", "overview", "approval_basis",
              "annual_objective")  # fmt: skip
    rows: list[Row] = [
        (say(f"picture.{name}") + (say("file.in_unit") if name in AMOUNTS else ""),
         _value(plan, name))
        for name in fields
    ]  # fmt: skip
    rows += [(), tuple(say(f"picture.indicator_{name}") for name in INDICATOR_HEADS)]
    rows += [
        (
            each.name,
            each.comparison.value if each.comparison else None,
            each.target_value if each.target_value is not None else each.target,
            each.unit_of_measure,
            each.points,
            each.core_mark,
        )
        for each in plan.indicators
    ]
    return rows


def workbook(rows: Sequence[Row], sources: Sequence[str]) -> bytes:
    """An .xlsx: numbers as numbers, everything else as text, never a formula."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    bold = book.add_format({"bold": True, "text_wrap": True})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(say("file.sheet"))
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, max((len(row) for row in rows), default=1), 16)
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            _write(sheet, y, x, value, bold if y == 0 and len(row) > 2 else plain)
    second = book.add_worksheet(say("file.sources"))
    second.set_column(0, 0, 80)
    for y, source in enumerate(sources):
        second.write_string(y, 0, source)
    book.close()
    return file.getvalue()


def comma_separated(rows: Sequence[Row]) -> bytes:
    """A .csv that spreadsheets open as UTF-8; what could run as a formula is made text."""
    file = io.StringIO()
    writer = csv.writer(file)
    for row in rows:
        writer.writerow([_harmless(value) for value in row])
    return ("\ufeff" + file.getvalue()).encode()


def _write(sheet: Any, y: int, x: int, value: str | Decimal | None, form: Any) -> None:
    if isinstance(value, Decimal):
        # A spreadsheet counts in doubles; what one cannot hold exactly stays text.
        if Decimal(repr(float(value))) == value:
            sheet.write_number(y, x, float(value), form)
        else:
            sheet.write_string(y, x, exact_text(value), form)
    elif value:
        sheet.write_string(y, x, value, form)


def _harmless(value: str | Decimal | None) -> str:
    if isinstance(value, Decimal):
        return exact_text(value)
    text = value or ""
    digits_only = text.isascii() and text.replace("-", "").isdigit()
    if text.startswith(FORMULA) or (digits_only and (text.startswith("0") or len(text) > 7)):
        return f"\t{text}"  # a phone stays a text with its zero, a formula is none
    return text


def _value(plan: Plan, name: str) -> str | Decimal | None:
    if name in AMOUNTS:
        yuan = plan.yuan(name)
        return None if yuan is None else yuan / 10_000
    value = getattr(plan, name)
    if value is None or isinstance(value, Decimal):
        return value
    return str(getattr(value, "value", value))
