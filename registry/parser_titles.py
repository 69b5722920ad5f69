"""Titles and captions: 长寿区2024年重点专项绩效目标表, 表十一, （2024年度）, a unit with its code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from registry.parser_head import PlanHead
from registry.parser_rows import inline_values
from registry.parser_values import tidy, without_code
from registry.plan import Place, ProjectCategory
from registry.sheet import Row, Sheet
from registry.text import normal, squeeze

TITLE = re.compile(r"(?:绩效|目标|自评|指标).{0,14}表(?:[(（].*[)）])?$")
LONGEST_TITLE = 60
PAGE_NUMBER = re.compile(
    r"^[-—–\s]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/,，共]+\s*\d+\s*页?)?[-—–\s]*$"
)
YEAR_LINE = re.compile(r"^[(（]?\s*(?:20[\d\s]{2,4}|\d{4})\s*[)）]?\s*年度?\s*[)）]?$")
NOTE = re.compile(r"^(?:注|备注|说明|填报说明|填表说明)\s*\d?\s*[:：]")
TABLE_LINE = re.compile(r"^(?:附件|附表|表|公开|附)[\s\d一二三四五六七八九十\-－]*(?:表|[:：])?$")
# 项目绩效目标表（2025） too, and 2025项目绩效目标表; 2024年11月 is a date.
TITLE_YEAR = re.compile(
    r"(20\d{2})\)?年(?!\d{1,2}月)|[(](20\d{2})[)]$|^[(]?(20\d{2})[)]?(?=[\u4e00-\u9fff])"
)
LOOSE_YEAR = re.compile(r"^\(?(20\d{2})\)?(?:年度?|\)年度?)?\)?$")
REGION = re.compile(
    r"^(?:20\d{2}年)?([\u4e00-\u9fff]{1,14}?(?:自治县|自治州|省|市|区|县|旗|州|盟))(?!域)(?=20\d{2}|项目|部门|绩效|重点|一般|财政|专项|扶贫|目标|转移|\d)"
)
TABLE_NUMBER = re.compile(r"^(?:附件|附表|表|公开|附)[\d一二三四五六七八九十\-－]+表?[:：]?$")
UNIT_WORDS = re.compile(
    r"(?:局|委|办|院|所|中心|处|政府|会|队|站|校|馆|厅|部|室|公司|街道|镇|乡|团|库|社|园|大学|学校|法院|机关)$"
)
CODE_LINE = re.compile(
    r"^[\[(【]?\d{3,}[\])】]?[-—_]?[\u4e00-\u9fff]{3,30}$|^[\u4e00-\u9fff]{3,30}[\[(【]?\d{5,}[\])】]?$"
)
# 关于下达2024年小型水库维修养护资金绩效目标的通知
HEADS_LETTER = re.compile(r"^.{0,20}关于.{4,60}(?:通知|函|批复|公示|公告|报告)$")
# 江津区2025年项目绩效目标汇编
HEADS_BUNDLE = re.compile(r"(?:绩效|目标).{0,8}(?:汇编|目录|汇总表?|合集|清单|一览表)$")
CAPTION_FIELDS = frozenset({"amount_unit", "implementing_unit", "supervising_department"})


def is_title(row: Row) -> bool:
    """Whether the row is the title of a plan: 长寿区2024年重点专项绩效目标表."""
    filled = row.filled
    if len(filled) != 1:
        return False
    return _is_title_text(filled[0].text)


@lru_cache(maxsize=1024)
def _is_title_text(text: str) -> bool:
    if len(text) > 2 * LONGEST_TITLE:
        return False
    flat = normal(text)
    return len(flat) <= LONGEST_TITLE and TITLE.search(flat) is not None and "《" not in flat


def is_caption(row: Row) -> bool:
    """Whether a row only introduces a title: 附件2, （2024年度）, a unit with its code, 单位：万元."""
    filled = row.filled
    if len(filled) != 1:
        return not filled
    text = filled[0].text
    flat = squeeze(text)
    if TABLE_LINE.match(flat) or YEAR_LINE.match(flat) or coded_unit(text):
        return True
    labels = inline_values(text)
    return bool(labels) and all(label.field in CAPTION_FIELDS for label, _, _ in labels)


def is_aside(text: str) -> bool:
    """A title, a caption, a note or a page's number: lines that hold no value of a plan."""
    flat = normal(text)
    return bool(
        flat.endswith(("表", "表)"))
        or NOTE.match(flat)
        or PAGE_NUMBER.match(flat)
        or TABLE_LINE.match(flat)
        or TABLE_NUMBER.match(flat)
        or LOOSE_YEAR.match(flat)
        or coded_unit(text)
    )


def coded_unit(text: str) -> str | None:
    """The unit of a line such as 「207101天津市水务局　　单位：万元」; None for any other line."""
    labels = inline_values(text)
    if labels:
        text = text[: text.index(labels[0][1])]
    flat = normal(text)
    name = without_code(text)
    if CODE_LINE.match(flat) and UNIT_WORDS.search(normal(name)) and name != tidy(text):
        return name
    return None


def read_title(
    rows: Sequence[Row], head: Sequence[int], out: PlanHead, inherited: PlanHead | None
) -> None:
    lines = [(index, rows[index].filled[0]) for index in head if len(rows[index].filled) == 1]
    for index, cell in lines:
        flat = normal(cell.text)
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


def year_in(flat: str) -> int | None:
    """The year a title or caption states."""
    match = LOOSE_YEAR.match(flat) or TITLE_YEAR.search(flat)
    return int(next(filter(None, match.groups()))) if match is not None else None


def year_above(rows: Sequence[Row], index: int) -> int | None:
    """The year of the nearest title or caption over a row."""
    for row in reversed(rows[:index]):
        if len(row.filled) == 1 and len(flat := normal(row.filled[0].text)) <= LONGEST_TITLE:
            year = year_in(flat)
            if year is not None:
                return year
    return None


def year_of_document(sheets: Sequence[Sheet]) -> int | None:
    """The one year that covering letters and the titles of a bundle state."""
    texts = [
        normal(row.filled[0].text)
        for sheet in sheets
        for row in sheet.rows
        if len(row.filled) == 1 and len(row.filled[0].text) <= 2 * LONGEST_TITLE
    ]
    heads = [flat for flat in texts if HEADS_LETTER.search(flat) or HEADS_BUNDLE.search(flat)]
    years = {year for flat in heads if (year := year_in(flat)) is not None}
    return years.pop() if len(years) == 1 else None


def _from_title(title: str, flat: str, place: Place, out: PlanHead) -> None:
    out.values["title"] = title
    out.places["title"] = place
    year = year_in(flat)
    if year is not None:
        out.values["year"] = year
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
        flat = normal(cell.text)
        year = year_in(flat)
        if year is not None and (len(flat) < 24 or HEADS_LETTER.search(flat)):
            out.values["year"] = year
            out.places["year"] = cell.place
            return
