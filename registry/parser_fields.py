"""The head of a form: title, department, amounts, texts, contact -> the fields of a plan."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from registry.amounts import plain_number
from registry.findings import finding
from registry.labels import find_label, is_page_chrome
from registry.parser_amounts import read_amounts
from registry.parser_contact import read_contact
from registry.parser_head import PlanHead, is_hint_value, put_value
from registry.parser_rows import Found, find_values
from registry.parser_titles import UNIT_WORDS, coded_unit, is_aside, read_title
from registry.parser_values import (
    BROKEN_MARKUP,
    MARKUP,
    clean_text,
    has_markup,
    tidy,
    unit_name,
    without_code,
    year_beside,
)
from registry.plan import TEXT_FIELDS
from registry.sheet import Row

UNIT_FIELDS = ("supervising_department", "implementing_unit")
YEAR_CELL = re.compile(r"^[(（]?\s*(\d{4})\s*(?:年\s*度?)?\s*[)）]?$")


def read_head(
    rows: Sequence[Row], head: Sequence[int], tail: Sequence[int], inherited: PlanHead | None
) -> PlanHead:
    """The fields stated in a plan's head rows and in the lines after its table."""
    out = PlanHead()
    head = [index for index in head if not _is_chrome(rows[index])]
    tail = [index for index in tail if not _is_chrome(rows[index])]
    before = find_values(rows, head)
    after = find_values(rows, tail)
    read_title(rows, head, out, inherited)
    _read_year(before, rows, out)
    before = _of_plan_year(before, out.values.get("year"))
    _read_texts(before, out)
    _read_units(before, rows, head, out)
    read_amounts(before, rows, head, out, inherited)
    read_contact(before, after, out)
    out.unread = _unread(rows, head, before) + _unread(rows, tail, after)
    for found in (*before, *after):
        if found.label.field == "elsewhere" and found.text.strip():
            out.elsewhere.append(f"{tidy(found.label_text)}＝{tidy(found.text)[:24]}")
    return out


def _read_year(before: Sequence[Found], rows: Sequence[Row], out: PlanHead) -> None:
    """年度：2025, or 2025年 beside a unit's name, where the title states no year."""
    if "year" in out.values:
        return
    found = _best(before, "year")
    if found is not None:
        stated = YEAR_CELL.match(tidy(found.text))
        put_value(out, "year", int(stated.group(1)) if stated else "", found)
        return
    for unit in (f for f in before if f.label.field in UNIT_FIELDS):
        cells = [year for c in rows[unit.row].filled if (year := _year_alone(c.text)) is not None]
        beside = year_beside(unit.text) or (cells[0] if len(cells) == 1 else None)
        if beside is not None:
            put_value(out, "year", beside, unit)
            return


def _year_alone(text: str) -> int | None:
    year = YEAR_CELL.match(tidy(text))
    return int(year.group(1)) if year is not None and "年" in text else None


def _of_plan_year(found: Sequence[Found], year: int | None) -> list[Found]:
    """2024年预算数 beside 2025年预算数: what is labelled with another year is none of the plan's."""
    printed = {f.label.year for f in found if f.label.year is not None}
    own = year if year is not None or not printed else max(printed)
    return [
        f if f.label.year in (None, own) else f._replace(label=replace(f.label, field="elsewhere"))
        for f in found
    ]


def _unread(rows: Sequence[Row], head: Sequence[int], before: Sequence[Found]) -> list[str]:
    """What stands in the form's cells and was taken neither as a label nor as a value."""
    used = {found.place for found in before}
    unread = []
    for index in head:
        filled = rows[index].filled
        if rows[index].table is None or (len(filled) == 1 and is_aside(filled[0].text)):
            continue
        for cell in filled:
            if (
                cell.place not in used
                and find_label(cell.text) is None
                and not is_hint_value(cell.text)
            ):
                unread.append(tidy(cell.text)[:24])
    return unread


def _is_chrome(row: Row) -> bool:
    if row.table is not None:
        return False
    return is_page_chrome(" ".join([cell.text for cell in row.filled]))


def _best(found: Sequence[Found], name: str) -> Found | None:
    """The value of a field: the highest rank, given before blank, first before later."""
    listed = [f for f in found if f.label.field == name]
    given = [f for f in listed if f.text.strip() and not is_hint_value(f.text)]
    if given:
        return max(given, key=lambda f: (f.label.rank, -f.row, -f.column))
    return listed[0] if listed else None


def _read_texts(before: Sequence[Found], out: PlanHead) -> None:
    name = _best(before, "name")
    if name is not None:
        put_value(
            out, "name", "" if is_hint_value(name.text) else tidy(clean_text(name.text)), name
        )
    for text_field in TEXT_FIELDS:
        found = _best(before, text_field)
        if found is None:
            continue
        value = "" if is_hint_value(found.text) else clean_text(found.text)
        put_value(out, text_field, value, found)
        if has_markup(found.text):
            _report_markup(found, text_field, out)
    weight = _best(before, "budget_execution_weight")
    if weight is not None:
        number = plain_number(re.sub("[%％分]", "", weight.text))
        put_value(out, "budget_execution_weight", number, weight)


def _report_markup(found: Found, text_field: str, out: PlanHead) -> None:
    tag = MARKUP.search(found.text) or BROKEN_MARKUP.search(found.text)
    out.findings.append(
        finding(
            "markup-residue",
            place=found.place,
            field=text_field,
            label=tidy(found.label_text),
            value=tag.group()[:40] if tag else "",
        )
    )


def _read_units(
    before: Sequence[Found], rows: Sequence[Row], head: Sequence[int], out: PlanHead
) -> None:
    for name in UNIT_FIELDS:
        found = _best(before, name)
        if found is not None:
            put_value(out, name, "" if is_hint_value(found.text) else unit_name(found.text), found)
    if "supervising_department" not in out.values:
        _read_code_line(rows, head, out)
    _read_bare_unit(before, out)


def _read_bare_unit(before: Sequence[Found], out: PlanHead) -> None:
    """「单位：207101天津市水务局」: 单位 before a name is whose plan it is, before 万元 the money's."""
    for found in before:
        name = unit_name(found.text) if found.label.field == "amount_unit" else ""
        if not UNIT_WORDS.search(name):
            continue
        coded = without_code(found.text) != tidy(found.text)
        for field_name in UNIT_FIELDS[not coded :]:
            if field_name not in out.values:
                put_value(out, field_name, name, found)
                return


def _read_code_line(rows: Sequence[Row], head: Sequence[int], out: PlanHead) -> None:
    """A line with nothing but a budget code and a unit's name stands for the department."""
    for index in head:
        filled = rows[index].filled
        name = coded_unit(filled[0].text) if len(filled) == 1 else None
        if name is None:
            continue
        out.values["supervising_department"] = name
        out.places["supervising_department"] = filled[0].place
        out.printed["supervising_department"] = filled[0].text
        out.blank.discard("supervising_department")
        return
