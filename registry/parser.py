"""Rows of a document that are performance plans -> plans and findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from registry.findings import Finding, finding
from registry.labels import find_label, is_other_period, is_page_chrome, is_sum, label_key, words
from registry.parser_fields import read_head
from registry.parser_head import PlanHead, is_hint_value
from registry.parser_headings import with_columns_told
from registry.parser_indicators import (
    indicators_of,
    is_across,
    is_indicator,
    is_numbered,
    row_findings,
)
from registry.parser_items import is_level
from registry.parser_list import list_plans
from registry.parser_numbers import with_numbers_whole
from registry.parser_prose import has_targets
from registry.parser_rows import find_values, inline_values
from registry.parser_shapes import usual
from registry.parser_table import Header, TableRow, find_header, match_row, renamed
from registry.parser_titles import (
    NOTE,
    PAGE_NUMBER,
    TABLE_LINE,
    YEAR_LINE,
    coded_unit,
    is_caption,
    is_title,
    year_of_document,
)
from registry.plan import Plan
from registry.sheet import Cell, Document, Kind, Row, Sheet
from registry.text import normal, squeeze

FEWEST_BLANKS = 3
FEWEST_SAID = 3
FEWEST_LEVELS = 2
TAIL_FIELDS = frozenset({"contact", "contact_person", "contact_phone", "elsewhere", "block"})


@dataclass(slots=True)
class Parsed:
    """What a document turned out to be."""

    kind: Kind
    plans: list[Plan] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(slots=True)
class Part:
    """The rows of one indicator table: its header, its data rows, what stands before and after."""

    header: Header
    data: list[int]
    head: list[int] = field(default_factory=list)
    tail: list[int] = field(default_factory=list)


def parse_document(document: Document) -> Parsed:
    """Every plan of a document, and what kind of document it is."""
    plans: list[Plan] = []
    findings: list[Finding] = []
    evaluated = formlike = False
    for printed in document.sheets:
        whole = Sheet(printed.name, with_numbers_whole(printed.rows))
        sheet, parts = _sheet_and_parts(whole)
        formlike = formlike or bool(parts) or _is_blank_form(sheet.rows)
        evaluated = evaluated or _is_self_evaluation(sheet, parts)
        inherited: PlanHead | None = None
        for part in parts:
            made, inherited = _plans_of(sheet.rows, part, inherited, findings)
            plans += made
        if not parts:
            plans += _plan_without_table(sheet.rows, findings)
    if any(plan.year is None for plan in plans):
        year = year_of_document(document.sheets)
        plans = [plan if plan.year else replace(plan, year=year) for plan in plans]
    if not plans and any(has_targets(sheet.rows) for sheet in document.sheets):
        findings.append(finding("project-untold"))
    if plans:
        return Parsed("self-evaluation" if evaluated else "target", plans, findings)
    return Parsed("blank" if formlike else "unreadable", [], findings)


def _sheet_and_parts(printed: Sheet) -> tuple[Sheet, list[Part]]:
    """The indicator tables of a sheet; a sheet without any is looked at for unusual shapes."""
    parts = find_parts(printed)
    if parts and not any(part.header.sums_places for part in parts):
        return printed, parts
    sheet = Sheet(printed.name, usual(printed.rows))
    return sheet, find_parts(sheet)


def _is_blank_form(rows: Sequence[Row]) -> bool:
    """A title, and labels with nothing beside them."""
    if not any(is_title(row) for row in rows):
        return False
    found = find_values(rows, range(len(rows)))
    blank = {f.label.field for f in found if not f.text.strip() or is_hint_value(f.text)}
    return "name" in blank and len(blank) >= FEWEST_BLANKS


def find_parts(sheet: Sheet) -> list[Part]:
    """The indicator tables of a sheet, each with the rows that belong to it."""
    rows = sheet.rows
    parts: list[Part] = []
    index, since = 0, 0
    while index < len(rows):
        header = find_header(rows, index)
        if header is None:
            index += 1
            continue
        gap = list(range(since, index))
        data, index = _data_rows(rows, header)
        part = Part(header, data)
        boundary = _boundary(rows, gap) if parts else 0
        if parts and boundary is None:
            # The header of the same table printed again on a new page, or a second block of it.
            _continue(parts[-1], part, rows)
            parts[-1].tail += gap
        else:
            if parts:
                parts[-1].tail += gap[:boundary]
            part.head = _from_last_title(rows, gap[boundary:])
            parts.append(part)
        since = index
    if parts:
        parts[-1].tail += range(since, len(rows))
    return parts


def _continue(whole: Part, more: Part, rows: Sequence[Row]) -> None:
    if _is_other_block(rows, whole.header) and not _is_other_block(rows, more.header):
        whole.header, whole.data = more.header, more.data
    elif not _is_other_block(rows, more.header):
        whole.data += more.data


def _is_other_block(rows: Sequence[Row], header: Header) -> bool:
    """Whether the block's own label says it is the mid-term's: 长期绩效指标."""
    row = rows[header.row]
    first = _first_column(header)
    return any(
        is_other_period(label_key(cell.text))
        for cell in (*row.cells, *row.above)
        if cell.column < first and len(cell.text) < 30
    )


def _first_column(header: Header) -> int:
    return min(column.start for column in header.known)


def _data_rows(rows: Sequence[Row], header: Header) -> tuple[list[int], int]:
    data: list[int] = []
    index = header.last + 1
    while index < len(rows):
        row = rows[index]
        if row.table is None and (_is_noise(row) or _is_between_pages(rows, index, header)):
            index += 1
            continue
        if _ends_table(row, index, rows, header):
            break
        data.append(index)
        index += 1
    return data, index


def _is_noise(row: Row) -> bool:
    text = " ".join(cell.text for cell in row.filled)
    flat = text.strip()
    return not flat or PAGE_NUMBER.match(flat) is not None or normal(flat) in words("continued")


def _is_between_pages(rows: Sequence[Row], index: int, header: Header) -> bool:
    """A line around the edge of a page, when the table goes on below it."""
    before = next(row for row in reversed(rows[:index]) if row.table is not None and row.cells)
    page = before.cells[0].place.page
    if page is None:
        return False
    for row in rows[index:]:
        if row.table is not None:
            new_page = row.cells[0].place.page not in (None, page) if row.cells else False
            return new_page and _continues(row, header)
        if is_title(row):
            return False
    return False


def _ends_table(row: Row, index: int, rows: Sequence[Row], header: Header) -> bool:
    if row.table is None or find_header(rows, index) is not None:
        return True
    filled = row.filled
    if not filled:
        return False
    first = filled[0]
    text = first.text.strip()
    if NOTE.match(text) or (len(filled) == 1 and first is row.cells[0] and begins_plan(row)):
        return True
    if row.table != rows[header.row].table and not _continues(row, header):
        return True
    name = header.of("name")[0]
    if header.lists_projects:
        return len(filled) == 1 and bool(inline_values(text))
    if first.column >= name.start and not (len(filled) == 1 and first.column == 0):
        return False
    label = find_label(text)
    if label is not None and label.field != "block":
        return not (label.is_weak and _is_data(row, index, header))
    inline = inline_values(text) if len(text) < 100 else []
    return bool(inline) and text.startswith(inline[0][1])


def _is_data(row: Row, index: int, header: Header) -> bool:
    matched = match_row(row, index, header)
    return matched.aligned and bool(matched.text("name")) and bool(matched.text("value"))


def _continues(row: Row, header: Header) -> bool:
    """Whether a row of the next table goes on with this one, as tables cut by a page do."""
    matched = match_row(row, 0, header)
    return matched.aligned and bool(matched.text("name")) and bool(matched.text("value"))


def _boundary(rows: Sequence[Row], gap: list[int]) -> int | None:
    """Where in the rows between two tables the next plan begins; None when it does not."""
    for at, index in enumerate(gap):
        if begins_plan(rows[index]):
            return at
    return None


def begins_plan(row: Row) -> bool:
    """Whether a row opens a plan: a title, a table number, a label of its head."""
    filled = row.filled
    if not filled:
        return False
    text = filled[0].text.strip()
    if len(filled) == 1:
        flat = squeeze(text)
        if is_title(row) or TABLE_LINE.match(flat) or YEAR_LINE.match(flat) or coded_unit(text):
            return True
        if NOTE.match(text) or is_page_chrome(text):
            return False
        found = inline_values(text)
        return any(label.field not in TAIL_FIELDS for label, _, _ in found)
    labels = [find_label(cell.text) for cell in filled]
    return any(label is not None and label.field not in TAIL_FIELDS for label in labels)


def _from_last_title(rows: Sequence[Row], gap: list[int]) -> list[int]:
    """The rows of a head from its title on: a covering letter before it names other people."""
    titles = [at for at, index in enumerate(gap) if is_title(rows[index])]
    if not titles:
        return gap
    start = titles[-1]
    while start > 0 and is_caption(rows[gap[start - 1]]):
        start -= 1
    return gap[start:]


def _is_self_evaluation(sheet: Sheet, parts: Sequence[Part]) -> bool:
    if any(part.header.shows_results for part in parts):
        return True
    for row in sheet.rows:
        texts = [cell.text for cell in row.filled]
        if len(texts) == 1 and "自评" in texts[0] and is_title(row):
            return True
        if row.table is not None and len(texts) > 2 and any(map(_heads_result, texts)):
            return True
    return False


@lru_cache(maxsize=8192)
def _heads_result(text: str) -> bool:
    return len(text) < 20 and label_key(text).startswith(words("self_evaluation"))


def _plans_of(
    rows: Sequence[Row], part: Part, inherited: PlanHead | None, findings: list[Finding]
) -> tuple[list[Plan], PlanHead]:
    head = read_head(rows, part.head, part.tail, inherited)
    part.header = with_columns_told(part.header, rows, part.data)
    matched = _of_this_year(rows, _matched(rows, part), part.header)
    if part.header.lists_projects:
        return list_plans(rows, part.header, matched, head, findings), head
    indicators = indicators_of(matched)
    findings += row_findings(indicators, head.name)
    if head.is_blank and not any(i.target for i in indicators):
        return [], head
    head.unread += [row.text("name")[:24] for row in matched if is_across(row)]
    head.unread += [_gist(rows[row.index]) for row in matched if _is_slipped(row, rows)]
    head.unread += [_gist(rows[index]) for index in part.tail if _goes_on_in_lines(rows[index])]
    plan, found = head.plan(indicators)
    findings += found
    findings += _unknown_columns(part.header, plan.name)
    return [plan], head


def _matched(rows: Sequence[Row], part: Part) -> list[TableRow]:
    """The data rows under their header; where levels stand as names, under the column beside them."""
    matched = [match_row(rows[index], index, part.header) for index in part.data]
    levels = _levels(matched)
    if not levels:
        return matched
    header = renamed(part.header, min(cell.end for cell in levels))
    if header is None:
        # The column of names is one we do not know: nothing read is better than 数量指标 read.
        return [replace(row, aligned=False, cells={}) for row in matched]
    part.header = header
    return [match_row(rows[index], index, header) for index in part.data]


def _levels(matched: Sequence[TableRow]) -> list[Cell]:
    """The names of levels in the column of names, where most of it is such."""
    named = [row.cells["name"] for row in matched if row.text("name")]
    levels = [cell for cell in named if label_key(cell.text) in words("levels")]
    return levels if len(levels) > max(FEWEST_LEVELS, len(named) // 2) else []


def _is_slipped(row: TableRow, rows: Sequence[Row]) -> bool:
    """A row that says much and fits no column, or says something of what it only numbers."""
    filled = rows[row.index].filled
    if is_numbered(row):
        return len(filled) > 1
    if row.aligned or is_indicator(row) or len(filled) < FEWEST_SAID:
        return False
    return not is_sum(filled[0].text)


def _goes_on_in_lines(row: Row) -> bool:
    """A row of the table as a line of a page, where no frame is drawn: 产出指标　　时效指标　　完工时间"""
    parts = row.filled[0].text.split() if row.table is None and row.filled else []
    return len(parts) >= FEWEST_SAID and is_level(parts[0])


def _gist(row: Row) -> str:
    return "｜".join(cell.text.strip() for cell in row.filled)[:48]


def _of_this_year(rows: Sequence[Row], matched: list[TableRow], header: Header) -> list[TableRow]:
    """Without the rows of a block such as 长期绩效指标, unless there is no other."""
    first = _first_column(header)
    if first == 0:
        return matched
    kept: list[TableRow] = []
    block = ""
    for row in matched:
        cells = (*rows[row.index].cells, *rows[row.index].above)
        left = [cell.text.strip() for cell in cells if cell.column < first and cell.text.strip()]
        block = left[-1] if left else block
        if not (len(block) < 30 and is_other_period(label_key(block))):
            kept.append(row)
    return kept if any(is_indicator(row) for row in kept) else matched


def _unknown_columns(header: Header, name: str) -> list[Finding]:
    first = min((c.start for c in header.columns if c.role != "unknown"), default=0)
    unknown = [c.text.strip() for c in header.columns if c.role == "unknown" and c.start > first]
    if not unknown:
        return []
    return [finding("unknown-column", project=name, value="、".join(unknown))]


def _plan_without_table(rows: Sequence[Row], findings: list[Finding]) -> list[Plan]:
    """A form with a title and a name, whose indicator table is missing or cut off."""
    titles = [index for index, row in enumerate(rows) if is_title(row)]
    if not titles:
        return []
    head = read_head(rows, list(range(titles[-1], len(rows))), [], None)
    if head.is_blank or head.filled_fields < 3:
        return []
    plan, found = head.plan(())
    findings += found
    return [plan]
