"""Plans written as text, without a table: paragraphs of indicators as rows of the usual columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby, pairwise

from registry.labels import find_label
from registry.parser_blocks import placed
from registry.parser_items import HEADINGS, begins_level, listed
from registry.parser_notice import grants, project_told, total_granted, unit_addressed
from registry.parser_rows import BARE_AMOUNT, inline_values
from registry.plan import TEXT_FIELDS
from registry.sheet import Row

NUMBER_OF_LINE = re.compile(
    r"^(?:[(（]?[一二三四五六七八九十]{1,3}[)）、.．]|[(（]?\d{1,2}[)）、.．](?!\d))\s*"
)
PART_NUMBER = re.compile(r"^[(（]?[一二三四五六七八九十]{1,3}[)）、.．]")
# Lines of a page with gaps in them: more than a line of names and telephone numbers.
FEWEST_GAPS = 3
ENDED = re.compile(r"(?:[。；;：:]|的(?:通知|函|批复))$|^.{0,14}$")
# 二、总体目标。保障水库安全度汛。
HEADED = re.compile(r"^([^。：:；;，,]{2,14})。\s*(?=\S)")
# The heading of a text about results, which are no targets.
REPORT = re.compile(r"^.{0,50}(?:自评|自查|评价|完成情况|执行情况|实现情况|总结).{0,12}$")
# Fewer targets than these are a remark in a letter.
FEWEST_TARGETS = 2


def with_prose_as_rows(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows with the indicators told in paragraphs as tables, one after each project's name."""
    if not is_prose(rows):
        return rows
    rows = _unbroken(rows)
    if not any(_names_project(row) for row in rows):
        rows = _with_project_told(rows)
    named = [at for at, row in enumerate(rows) if _names_project(row)]
    if not named:
        return rows
    table = max(row.table or 0 for row in rows)
    out: list[Row] = []
    for number, (start, end) in enumerate(pairwise([0, *named[1:], len(rows)]), 1):
        out += _section(rows[start:end], table + number)
    return out


def is_prose(rows: Sequence[Row]) -> bool:
    """Whether paragraphs tell targets, and not results."""
    if not any(begins_level(_text(row)) for row in rows):
        return False
    return not _in_columns(rows) and not any(REPORT.search(_text(row)) for row in rows)


def has_targets(rows: Sequence[Row]) -> bool:
    """Whether paragraphs state targets, of one project or of several."""
    return is_prose(rows) and len(_levels(rows)) >= FEWEST_TARGETS


def _levels(rows: Sequence[Row]) -> list[tuple[str, str]]:
    """The levels of each target in paragraphs that begin with a level."""
    levels, out = ("", ""), []
    for row in rows:
        if begins_level(text := _text(row)):
            read = listed(text, levels)
            levels = read.levels
            out += [(entry.level1, entry.level2) for entry in read.entries]
    return out


def _with_project_told(rows: list[Row]) -> list[Row]:
    """With the project that a notice is about as a line of its own: 项目名称：委托审计."""
    levels = [level for level, _ in groupby(_levels(rows))]
    texts = [_text(row) for row in rows]
    name = project_told(texts)
    if name is None or len(levels) < FEWEST_TARGETS or len(set(levels)) < len(levels):
        # A level that comes again is another project's.
        return rows
    at = next(at for at, row in enumerate(rows) if _text(row))
    lines = [f"项目名称：{name}"]
    if (unit := unit_addressed(texts)) is not None:
        lines.append(f"实施单位：{unit}")
    made = [Row((rows[at].cells[0]._replace(text=line),)) for line in lines]
    return [*rows[: at + 1], *made, *rows[at + 1 :]]


def _in_columns(rows: Sequence[Row]) -> bool:
    """Whether a page's lines have gaps in them: a table without ruled lines, and no prose."""
    return sum("\u3000\u3000" in _text(row) for row in rows if _page(row)) >= FEWEST_GAPS


def _page(row: Row) -> int | None:
    return row.cells[0].place.page if row.table is None and row.cells else None


def _unbroken(rows: Sequence[Row]) -> list[Row]:
    """The lines of pages put together to the paragraphs they were."""
    out: list[Row] = []
    for row in rows:
        text = _text(row)
        begins = text != row.cells[0].text.strip() or begins_level(text) or inline_values(text)
        if (
            out
            and _page(row)
            and _page(out[-1])
            and not begins
            and not ENDED.search(_text(out[-1]))
        ):
            whole = out[-1].cells[0]
            out[-1] = Row((whole._replace(text=whole.text + text),))
        else:
            out.append(row)
    return out


def _text(row: Row) -> str:
    """The text of a paragraph, without the number before it."""
    alone = row.table is None and len(row.cells) == 1
    return NUMBER_OF_LINE.sub("", row.cells[0].text.strip()) if alone else ""


def _names_project(row: Row) -> bool:
    found = inline_values(_text(row))
    return any(label.field == "name" and value for label, _, value in found)


def _section(rows: Sequence[Row], table: int) -> list[Row]:
    """One project's rows: its labels and amount as lines, its indicators as a table."""
    lines: list[Row] = []
    indicators: list[Row] = []
    after: list[Row] = []
    levels = ("", "")
    for row in _with_texts_below(rows):
        text = _text(row)
        read = listed(text, levels)
        goes_on = indicators and read.entries and not read.unread and not inline_values(text)
        if not begins_level(text) and not goes_on:
            (after if indicators else lines).append(_headed(row))
            continue
        holder, levels = row.cells[0], read.levels
        if not indicators:
            indicators.append(Row(placed(HEADINGS, holder, 0), (), table))
        indicators += [Row(placed(entry, holder, 0), (), table) for entry in read.entries]
        # Cells of the form that hold neither a label nor a value are reported as unread.
        lines += [Row((holder._replace(text=item),), (), table) for item in read.unread]
    return [*_with_grant(lines), *indicators, *after]


def _with_texts_below(rows: Sequence[Row]) -> list[Row]:
    """一、总体目标, and the paragraphs below it as its value: 总体目标：保障水库安全度汛。"""
    out: list[Row] = []
    parting = ""
    for row in rows:
        text = _text(row)
        label = find_label(text.rstrip("。"))
        if parting and text and label is None and not _begins_part(row):
            whole = out[-1].cells[0]
            whole = whole._replace(text=whole.text + parting + row.cells[0].text.strip())
            out[-1], parting = Row((whole,)), "\n"
            continue
        parting = "：" if label is not None and label.field in TEXT_FIELDS else ""
        if parting:
            row = Row((row.cells[0]._replace(text=text.rstrip("。：: ")),))
        out.append(row)
    return out


def _begins_part(row: Row) -> bool:
    """Whether a paragraph is no part of the text above it: a heading, a level, a label's line."""
    text = row.cells[0].text.strip()
    return bool(begins_level(_text(row)) or inline_values(text) or PART_NUMBER.match(text))


def _headed(row: Row) -> Row:
    """「二、总体目标。保障…」 as 「总体目标：保障…」, 「项目资金：86万元」 as 「资金总额：86万元」."""
    text = _text(row)
    headed = HEADED.match(text)
    if headed is not None and find_label(headed.group(1)) is not None:
        text = f"{headed.group(1)}：{text[headed.end() :]}"
    heading, _, value = text.replace(":", "：").partition("：")
    label = find_label(heading)
    if label is not None and label.field == "block" and BARE_AMOUNT.match(value.strip()):
        text = f"资金总额：{value}"
    return row if text == _text(row) else Row((row.cells[0]._replace(text=text),))


def _with_grant(rows: list[Row]) -> list[Row]:
    """With the one amount that a sentence grants as a line of its own."""
    told = [(row, grant) for row in rows for grant in grants(_text(row))]
    total = total_granted([grant for _, grant in told])
    if total is None:
        return rows
    row = told[0][0]
    line = Row((row.cells[0]._replace(text=f"资金总额：{total}"),))
    at = rows.index(row)
    return [*rows[:at], line, *rows[at:]]
