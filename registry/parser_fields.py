"""The head of a form: title, department, amounts, texts, contact -> the fields of a plan."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from registry.amounts import exact_text, parse_amount, plain_number
from registry.findings import Finding, finding
from registry.labels import AMOUNT_UNIT, find_label, is_hint, label_key, words
from registry.parser_rows import Found, find_values, inline_values
from registry.parser_values import (
    BROKEN_MARKUP,
    MARKUP,
    clean_text,
    has_markup,
    split_contact,
    tidy,
    without_code,
)
from registry.phones import to_e164
from registry.plan import AMOUNT_FIELDS, TEXT_FIELDS, YUAN_PER_UNIT, Indicator, Place, Plan, ProjectCategory
from registry.sheet import Row

TITLE_YEAR = re.compile(r"(20\d{2})\)?年")
LOOSE_YEAR = re.compile(r"^\(?(20\d{2})\)?(?:年度?|\)年度?)?\)?$")
REGION = re.compile(r"^(?:20\d{2}年)?([\u4e00-\u9fff]{1,14}?(?:自治县|自治州|省|市|区|县|旗|州|盟))(?!域)(?=20\d{2}|项目|部门|绩效|重点|一般|财政|专项|扶贫|目标|转移|\d)")
TABLE_NUMBER = re.compile(r"^(?:附件|附表|表|公开|附)[\d一二三四五六七八九十\-－]+表?[:：]?$")
UNIT_WORDS = re.compile(r"(?:局|委|办|院|所|中心|处|政府|会|队|站|校|馆|厅|部|室|公司|街道|镇|乡|团|库|社|园|大学|学校|法院|机关)$")
AMOUNT_CELL = re.compile(r"^(?:人民币)?[-+]?[\d,]*\.?\d+(?:亿元|万元|千元|元|亿|万)?整?$")
DOTTED = ("approval_basis", "overview", "annual_objective")
CODE_LINE = re.compile(r"^[\[(【]?\d{3,}[\])】]?[-—_]?[\u4e00-\u9fff]{3,30}$|^[\u4e00-\u9fff]{3,30}[\[(【]?\d{5,}[\])】]?$")
AFTER_PERSON = 3


@dataclass(slots=True)
class PlanHead:
    """Everything a form says outside its indicator table."""

    values: dict[str, Any] = field(default_factory=dict)
    blank: set[str] = field(default_factory=set)
    printed: dict[str, str] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    unit_line: str | None = None
    elsewhere: list[str] = field(default_factory=list)

    @property
    def name(self) -> str | None:
        """The project's name, if the head states it."""
        return self.values.get("name")

    @property
    def is_blank(self) -> bool:
        """Whether nobody has filled in whose plan this is."""
        return not self.name

    @property
    def filled_fields(self) -> int:
        """How many fields of a form hold a value."""
        return sum(1 for name in ("name", "total", "supervising_department", "implementing_unit", *TEXT_FIELDS) if self.values.get(name))

    def plan(self, indicators: tuple[Indicator, ...]) -> tuple[Plan, list[Finding]]:
        """The plan with these indicators, and what was found on the way."""
        name = self.name or ""
        found = [Finding(f.code, f.sentence, f.severity, f.place, f.field, name or None) for f in self.findings]
        if not name:
            found.append(finding("name-missing", field="name", place=self.places.get("name")))
        if self.elsewhere:
            found.append(finding("unread-label", project=name or None, value="；".join(self.elsewhere)))
        values = {key: value for key, value in self.values.items() if key != "name"}
        plan = Plan(
            name=name,
            indicators=indicators,
            blank=frozenset(self.blank - set(self.values)),
            printed=dict(self.printed),
            places=dict(self.places),
            **values,
        )
        return plan, found


def read_head(
    rows: Sequence[Row], head: Sequence[int], tail: Sequence[int], inherited: PlanHead | None
) -> PlanHead:
    """The fields stated in a plan's head rows and in the lines after its table."""
    out = PlanHead()
    head = [index for index in head if not _is_chrome(rows[index])]
    tail = [index for index in tail if not _is_chrome(rows[index])]
    before = find_values(rows, head)
    after = find_values(rows, tail)
    _read_title(rows, head, out, inherited)
    _read_texts(before, out)
    _read_units(before, rows, head, out)
    _read_amounts(before, rows, head, out, inherited)
    _read_contact(before, after, out)
    for found in before:
        if found.label.field == "elsewhere" and found.text.strip():
            out.elsewhere.append(f"{tidy(found.label_text)}＝{tidy(found.text)[:24]}")
    return out


def _is_chrome(row: Row) -> bool:
    if row.table is not None:
        return False
    text = " ".join(cell.text for cell in row.filled).lower()
    return any(word in text for word in words("page_chrome"))


def _normal(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def _read_title(
    rows: Sequence[Row], head: Sequence[int], out: PlanHead, inherited: PlanHead | None
) -> None:
    from registry.parser import is_title

    lines = [(index, rows[index].filled[0]) for index in head if len(rows[index].filled) == 1]
    for index, cell in lines:
        flat = _normal(cell.text)
        if TABLE_NUMBER.match(flat) and "table_number" not in out.values:
            out.values["table_number"] = flat.rstrip(":：")
            out.places["table_number"] = cell.place
        if is_title(rows[index]):
            _from_title(tidy(cell.text), flat, cell.place, out)
        elif "year" not in out.values and (year := LOOSE_YEAR.match(flat)):
            out.values["year"] = int(year.group(1))
            out.places["year"] = cell.place
    if "year" not in out.values:
        _year_nearby(lines, out)
    if inherited is not None and "title" not in out.values:
        for name in ("title", "year", "region", "category"):
            if name not in out.values and name in inherited.values:
                out.values[name] = inherited.values[name]
                if name in inherited.places:
                    out.places[name] = inherited.places[name]


def _from_title(title: str, flat: str, place: Place, out: PlanHead) -> None:
    out.values["title"] = title
    out.places["title"] = place
    year = TITLE_YEAR.search(flat)
    if year is not None:
        out.values["year"] = int(year.group(1))
        out.places["year"] = place
    region = REGION.match(flat)
    if region is not None:
        out.values["region"] = region.group(1)
        out.places["region"] = place
    for category in ProjectCategory:
        if category.value in flat or (category is ProjectCategory.GENERAL and "一般项目" in flat):
            out.values["category"] = category
            out.places["category"] = place


def _year_nearby(lines: Sequence[tuple[int, Any]], out: PlanHead) -> None:
    for _, cell in lines:
        flat = _normal(cell.text)
        year = TITLE_YEAR.search(flat)
        if year is not None and len(flat) < 24:
            out.values["year"] = int(year.group(1))
            out.places["year"] = cell.place
            return


def _best(found: Sequence[Found], name: str) -> Found | None:
    """The value of a field: the highest rank, given before blank, first before later."""
    listed = [f for f in found if f.label.field == name]
    given = [f for f in listed if f.text.strip() and not is_hint_value(f.text)]
    if given:
        return max(given, key=lambda f: (f.label.rank, -f.row, -f.column))
    return listed[0] if listed else None


def is_hint_value(text: str) -> bool:
    """Whether a form's cell only shows what to fill in."""
    flat = _normal(text)
    return len(flat) <= 60 and is_hint(flat) or _is_hint_list(flat)


def _is_hint_list(flat: str) -> bool:
    return re.fullmatch(r"(?:目标\d+[:：]?(?:…+|\.{2,})?)+(?:…+|\.{2,})?", flat) is not None


def _set(out: PlanHead, name: str, value: object, found: Found) -> None:
    out.places[name] = found.place
    if value in (None, ""):
        out.blank.add(name)
        return
    out.values[name] = value
    if str(value) != found.text:
        out.printed[name] = found.text


def _read_texts(before: Sequence[Found], out: PlanHead) -> None:
    name = _best(before, "name")
    if name is not None:
        _set(out, "name", "" if is_hint_value(name.text) else tidy(clean_text(name.text)), name)
    for text_field in TEXT_FIELDS:
        found = _best(before, text_field)
        if found is None:
            continue
        value = "" if is_hint_value(found.text) else clean_text(found.text)
        _set(out, text_field, value, found)
        if has_markup(found.text):
            _report_markup(found, text_field, out)
    weight = _best(before, "budget_execution_weight")
    if weight is not None:
        number = plain_number(re.sub("[%％分]", "", weight.text))
        _set(out, "budget_execution_weight", number, weight)


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
    for name in ("supervising_department", "implementing_unit"):
        found = _best(before, name)
        if found is not None:
            _set(out, name, "" if is_hint_value(found.text) else without_code(found.text), found)
    if "supervising_department" not in out.values:
        _read_code_line(rows, head, out)


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


def coded_unit(text: str) -> str | None:
    """The unit of a line such as 「207101天津市水务局　　单位：万元」; None for any other line."""
    labels = inline_values(text)
    if labels:
        text = text[: text.index(labels[0][1])]
    flat = _normal(text)
    name = without_code(text)
    if CODE_LINE.match(flat) and UNIT_WORDS.search(_normal(name)) and name != tidy(text):
        return name
    return None


def _read_amounts(
    before: Sequence[Found],
    rows: Sequence[Row],
    head: Sequence[int],
    out: PlanHead,
    inherited: PlanHead | None,
) -> None:
    out.unit_line = _unit_line(before) or (inherited.unit_line if inherited is not None else None)
    block_unit = _block_unit(rows, head)
    for name in AMOUNT_FIELDS:
        listed = [f for f in before if f.label.field == name]
        if not listed:
            continue
        chosen = _chosen_amount(listed, name)
        unit = chosen.label.unit or _unit_beside(rows, chosen) or block_unit or out.unit_line
        _read_amount(name, chosen, unit, out)


def _chosen_amount(listed: Sequence[Found], name: str) -> Found:
    top = max(f.label.rank for f in listed)
    ranked = [f for f in listed if f.label.rank == top]
    if name == "total" and not any(f.text.strip() for f in ranked) and top < 8:
        ranked = [f for f in listed if f.text.strip()] or ranked
    given = [f for f in ranked if f.text.strip()] or ranked
    first = given[0]
    # Mid-term and year side by side: the year's part stands further right in the same row.
    same_row = [f for f in ranked if f.row == first.row]
    return same_row[-1] if name != "total" else first


def _unit_line(before: Sequence[Found]) -> str | None:
    for found in before:
        if found.label.field == "amount_unit":
            unit = AMOUNT_UNIT.search(_normal(found.text))
            if unit is not None:
                return unit.group()
    return None


def _unit_beside(rows: Sequence[Row], found: Found) -> str | None:
    """The unit in a block label left of the amount: 资金情况（万元）."""
    row = rows[found.row]
    for cell in (*row.cells, *row.above):
        if cell.column <= found.column:
            label = find_label(cell.text)
            if label is not None and label.unit is not None:
                return label.unit
    return None


def _block_unit(rows: Sequence[Row], head: Sequence[int]) -> str | None:
    for index in head:
        for cell in rows[index].cells:
            label = find_label(cell.text)
            if label is not None and label.unit is not None and re.search("资金|预算|金额", label_key(cell.text)):
                return label.unit
    return None


def _read_amount(name: str, found: Found, unit: str | None, out: PlanHead) -> None:
    text = tidy(found.text)
    label = tidy(found.label_text).rstrip("：:")
    out.places[name] = found.place
    if text in ("", "/", "-", "—", "——", "无") or is_hint_value(text):
        out.blank.add(name)
        return
    if found.ambiguous:
        out.findings.append(finding("amount-ambiguous", place=found.place, field=name, label=label, value=text))
        out.printed[name] = found.text
        return
    number, own_unit = read_amount(text)
    if number is None:
        out.findings.append(finding("amount-unreadable", place=found.place, field=name, label=label, value=text))
        out.printed[name] = found.text
        return
    unit = own_unit or unit
    out.values[name] = _in_plan_unit(name, number, unit, out)
    if exact_text(number) != text:
        out.printed[name] = found.text
    if number < 0:
        out.findings.append(finding("amount-negative", place=found.place, field=name, label=label, value=text))
    if unit is None and name == "total":
        out.findings.append(finding("amount-without-unit", place=found.place, field=name, value=text))


def read_amount(text: str) -> tuple[Decimal | None, str | None]:
    """A cell that is one amount: "1,234.50", "250万", "854（400+454）"; nothing else counts."""
    flat = _normal(text)
    bare = re.sub(r"\([^()]*\)", "", flat)
    if AMOUNT_CELL.match(bare) is None:
        return None, None
    if "," in bare and plain_number(re.sub(r"[^\d.,+-]", "", bare)) is None:
        return None, None
    return parse_amount(bare) or (None, None)


def _in_plan_unit(name: str, number: Decimal, unit: str | None, out: PlanHead) -> Decimal:
    current = out.values.get("amount_unit")
    if unit is None or current == unit:
        return number
    if current is None:
        out.values["amount_unit"] = unit
        return number
    return number * YUAN_PER_UNIT[unit] / YUAN_PER_UNIT[current]


def _read_contact(before: Sequence[Found], after: Sequence[Found], out: PlanHead) -> None:
    people = [f for f in (*before, *after) if f.label.field in ("contact_person", "contact")]
    if not people:
        phones = [f for f in before if f.label.field == "contact_phone"]
        if phones and not phones[0].text.strip():
            out.blank.add("contact_phone")
            out.places["contact_phone"] = phones[0].place
        elif phones:
            _set_phone(phones[0], split_contact(phones[0].text)[1] or tidy(phones[0].text), out)
        return
    given = [f for f in people if f.text.strip() and not is_hint_value(f.text)]
    chosen = max(given, key=lambda f: f.label.rank) if given else people[0]
    person, phone = split_contact(chosen.text)
    _set(out, "contact_person", person or "", chosen)
    if out.printed.get("contact_person") == chosen.text and tidy(chosen.text) == person:
        del out.printed["contact_person"]
    if phone is not None:
        _set_phone(chosen, phone, out)
        return
    _read_phone(chosen, before, after, out)


def _read_phone(chosen: Found, before: Sequence[Found], after: Sequence[Found], out: PlanHead) -> None:
    listed = before if chosen in before else after
    phones = [f for f in listed if f.label.field == "contact_phone" and 0 <= f.row - chosen.row <= AFTER_PERSON]
    if not phones:
        if chosen.label.field == "contact":
            out.blank.add("contact_phone")
            out.places["contact_phone"] = chosen.place
        return
    found = phones[0]
    number = split_contact(found.text)[1]
    _set_phone(found, number or tidy(found.text), out)


def _set_phone(found: Found, number: str, out: PlanHead) -> None:
    out.places["contact_phone"] = found.place
    if not number or is_hint_value(number):
        out.blank.add("contact_phone")
        return
    out.values["contact_phone"] = number
    if number != found.text:
        out.printed["contact_phone"] = found.text
    out.values["contact_phone_e164"] = to_e164(number)
    if out.values["contact_phone_e164"] is None:
        out.findings.append(finding("odd-phone", place=found.place, field="contact_phone", value=number))
