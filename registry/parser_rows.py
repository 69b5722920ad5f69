"""Labels and the values that belong to them, in rows of a form and in lines such as 联系人：张三."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise, takewhile
from typing import NamedTuple

from registry.labels import Label, find_label, is_amount, is_period, is_sum, is_this_year, label_key
from registry.parser_periods import PeriodColumn, parted, period_columns
from registry.plan import TEXT_FIELDS, Place
from registry.sheet import Cell, Row

LONGEST_LINE = 300
LONGEST_INLINE_CELL = 80
COLON = re.compile("[:：]")
DIGIT = re.compile(r"\d")
# A label is parted from its value by a colon, or in plain text by wide space.
PARTING = re.compile(r"[:：]|(?<=[^\s:：])(?:[ \xa0\t]{3,}|\u3000{2,})(?=\S)")
MAY_PART = re.compile("[:：\u3000 \xa0\t]")
# 年度资金总额546万元，其中财政拨款520万元
STATED = re.compile(
    r"(?:^|[,，、;；:：])\s*(?:其中[:：]?)?((?:20\d{2})?[\u4e00-\u9fff]{2,14}?)(?:共计|合计|为|计|共)?\s*"
    r"(\d[\d,]*(?:\.\d+)?\s*(?:亿元|万元|元))(?![\u4e00-\u9fff/])"
)
YEAR_APART = re.compile(r"^(.*\S)(?:[ \xa0\t]{3,}|\u3000{2,})(\d{4}\s*年度?)$")
LABEL_TAIL = re.compile(r"[\u4e00-\u9fff()（）/、\u3000 \n]{2,16}$")
MONEY_BLOCK = re.compile("资金|预算|经费")
MONEY_WORDS = re.compile("资金|预算|金额|投资|安排|拨款|经费")
LONGEST_HEADING = 14
BARE_AMOUNT = re.compile(r"^[\d,.，]+\s*(?:万元|元|亿元)?$")
# Amounts on several lines are no amount; the cell is theirs all the same.
AMOUNTS = re.compile(r"^[\d,.，\s]+(?:万元|元|亿元)?$")
# The label that a period alone stands for beside money.
SUM_OF_MONEY = "资金总额"
BELOW = frozenset({*TEXT_FIELDS, "elsewhere"})


class Found(NamedTuple):
    """A value beside its label. `text` is "" where the label's cell is blank."""

    label: Label
    label_text: str
    text: str
    place: Place
    row: int
    column: int
    ambiguous: bool = False


def inline_values(text: str, *, gaps: bool = True) -> list[tuple[Label, str, str]]:
    """「联系人：甘明月　　联系电话：023-40446645」 -> each label, its words, its value.

    `gaps`: whether wide space parts labels from values as colons do.
    """
    if len(text) > LONGEST_LINE or MAY_PART.search(text) is None:
        return []
    stated = _stated_amounts(text)
    if stated:
        return stated
    starts: list[tuple[int, int, Label, str]] = []
    for parting in (PARTING if gaps else COLON).finditer(text):
        before = text[: parting.start()]
        label = _label_ending(before) if parting.group() in ":：" else _gap_label(text, parting)
        if label is not None:
            starts.append((len(before) - len(label[1]), parting.end(), *label))
    values = []
    for at, (_, end, label_, text_) in enumerate(starts):
        stop = starts[at + 1][0] if at + 1 < len(starts) else len(text)
        value, year = _year_apart(text[end:stop].strip(" \t\u3000\xa0,，;；(（"))
        values += [(label_, text_, value), *year]
    return values


def _year_apart(value: str) -> tuple[str, list[tuple[Label, str, str]]]:
    """「河道清淤　　　2023年」: a year apart from the value is one of its own."""
    match = YEAR_APART.match(value)
    label = find_label("年度")
    if match is None or label is None:
        return value, []
    return match.group(1), [(label, label.key, match.group(2))]


def _gap_label(text: str, gap: re.Match[str]) -> tuple[Label, str] | None:
    """「项目名称    河道清淤」: the label before wide space, unless another label comes next."""
    words = re.split(r"[\s:：]", text[: gap.start()])[-1]
    label = find_label(words)
    after = PARTING.split(text[gap.end() :], maxsplit=1)[0]
    heads = label is None or label.field == "block" or find_label(after) is not None
    return None if label is None or heads else (label, words)


def _stated_amounts(text: str) -> list[tuple[Label, str, str]]:
    """「资金情况：年度资金总额546万元，其中财政拨款520万元」 -> each amount with its label."""
    block, *rest = COLON.split(text, maxsplit=1)
    heading = find_label(block) if rest else None
    if heading is None or not (heading.field == "total" or _is_money(heading)):
        return []
    told = [(find_label(words), words, amount) for words, amount in STATED.findall(rest[0])]
    amounts = [(label, w, a) for label, w, a in told if label is not None and is_amount(label)]
    # 资金总额：546万元，其中省级资金300万元 has its own amount first.
    told_total = any(label.field == "total" for label, _, _ in amounts)
    return amounts if told_total or heading.field == "block" else []


def _label_ending(text: str) -> tuple[Label, str] | None:
    # 「来源：人民政府 联系电话」: the longest ending that is a label, from a word boundary if any.
    match = LABEL_TAIL.search(text)
    tail = match.group() if match is not None else ""
    for begin in range(len(tail)):
        words = tail[begin:]
        label = find_label(words)
        if label is not None and label.field != "block":
            # 林业局 编制日期 would be a date's label too, but for the blank.
            last = words.split()[-1]
            apart = find_label(last) if label.field == "elsewhere" else None
            return (label, words) if apart is None else (apart, last)
    return None


def inline_cell(cell: Cell) -> list[tuple[Label, str, str]]:
    """Labels with their values inside one cell; empty unless the cell begins with a label."""
    text = cell.text.strip()
    if len(text) > LONGEST_INLINE_CELL or not COLON.search(text):
        return []
    values = inline_values(text)
    if not values or not any(value for _, _, value in values):
        return []
    if _stated_amounts(text):
        return values
    first = values[0][1]
    return values if label_key(text).startswith(label_key(first)) or text.startswith(first) else []


def find_values(rows: Sequence[Row], indices: Sequence[int]) -> list[Found]:
    """Every label in these rows with what stands beside it, or below it where nothing is beside."""
    found: list[Found] = []
    headings: list[tuple[int, int, Label]] = []
    periods: list[PeriodColumn] = []
    table: int | None = None
    claimed: set[int] = set()
    for at, index in enumerate(indices):
        row = rows[index]
        if row.table != table:
            headings, periods, table = [], [], row.table
        if row.table is None or (len(row.filled) == 1 and _spans(row)):
            found.extend(_line(row, index))
            if row.table is None:
                continue
            if found and found[-1].row == index:
                continue
        below = rows[indices[at + 1]] if at + 1 < len(indices) else None
        if below is not None and below.table != row.table:
            below = None
        over = period_columns(row, below)
        if over:
            periods = over
            continue
        of_periods = _of_periods(row, index, periods)
        if of_periods:
            found.extend(of_periods)
            continue
        periods = []
        heading = _amount_headings(row, below)
        if heading:
            headings = heading
            continue
        stated = _under_headings(row, index, headings) or _sum_of_costs(row, index)
        stated += _purpose(row, index, rows[indices[at - 1]] if at else None)
        found.extend(stated or _row_values(row, index, below, headings, claimed))
    return found


def _of_periods(row: Row, index: int, periods: Sequence[PeriodColumn]) -> list[Found]:
    """An amount for each period, the label left of them: 资金总额 | 612.8 | 766."""
    told = parted(row, periods)
    if told is None:
        return []
    label, cell, amounts = told
    return [
        Found(period.label(label), cell.text.strip(), a.text, a.place, index, a.column)
        for period, a in amounts
    ]


def _under_headings(row: Row, index: int, headings: list[tuple[int, int, Label]]) -> list[Found]:
    """A row of sums, or of bare amounts, right under headings: 总金额 | 当年度金额."""
    if not headings:
        return []
    labels = [cell for cell in row.filled if find_label(cell.text) is not None]
    if not all(is_sum(cell.text) for cell in labels):
        return []
    totals = [heading for heading in headings if heading[2].field == "total"]
    if not totals:
        return []
    _, _, label = max(totals, key=lambda heading: heading[2].rank)
    cell = _under_heading([c for c in row.filled if AMOUNTS.match(c.text.strip())], headings)
    if cell is None:
        return []
    return [Found(label, label.key, cell.text, cell.place, index, cell.column)]


def _sum_of_costs(row: Row, index: int) -> list[Found]:
    """合计 under the lines of a cost table: the total of a form that states no other."""
    if len(row.filled) != 2 or not is_sum(row.filled[0].text):
        return []
    cell = row.filled[1]
    if BARE_AMOUNT.match(cell.text.strip()) is None:
        return []
    label = Label("total", 1, None, label_key(row.filled[0].text))
    return [Found(label, label.key, cell.text, cell.place, index, cell.column)]


def _spans(row: Row) -> bool:
    cell = row.filled[0]
    return not row.ruled or cell is row.cells[0]


def _line(row: Row, index: int) -> list[Found]:
    """Labels with values in a line. Of a page's line only what colons part: between gaps it may
    hold the first halves of cells that are broken over two lines."""
    out: list[Found] = []
    for cell in row.filled:
        out.extend(
            Found(label, words, value, cell.place, index, cell.column)
            for label, words, value in inline_values(
                cell.text.strip(), gaps=cell.place.page is None
            )
        )
    return out


def _row_values(
    row: Row,
    index: int,
    below: Row | None,
    headings: list[tuple[int, int, Label]],
    claimed: set[int],
) -> list[Found]:
    out: list[Found] = []
    for label, cell, run, inline in _pairs(row, claimed):
        if inline:
            out.extend(
                Found(_of_period(sub, row, cell), words, value, cell.place, index, cell.column)
                for sub, words, value in inline
            )
        elif label is not None and label.field == "block":
            out += _block_value(label, cell, run, index)
        elif label is not None:
            period = _of_period(label, row, cell)
            out.append(_value(period, cell, run, row, index, below, headings, claimed))
    return out


def _of_period(label: Label, row: Row, cell: Cell) -> Label:
    """资金总额 right of 上年度 is the last year's sum; its parts are no parts of this year's."""
    if not is_amount(label):
        return label
    left = [c for c in (*row.above, *row.cells) if c.end <= cell.column and is_period(c.text)]
    if not left:
        return label
    nearest = max(left, key=lambda c: c.column)
    whole = _sum_of_period(nearest.text, label.unit)
    return (
        whole
        if whole is not None and (label.field == "total" or whole.field == "elsewhere")
        else label
    )


def _purpose(row: Row, index: int, before: Row | None) -> list[Found]:
    """The text under 预算规模及资金用途, which has no label of its own."""
    filled = row.filled
    if len(filled) != 1 or (filled[0] is row.cells[0] and not row.above):
        return []
    if find_label(filled[0].text) is not None:
        return []
    above = row.above if row.ruled or before is None else before.filled[:1]
    for cell in above:
        label = find_label(cell.text)
        if label is not None and label.field == "block" and "用途" in label.key:
            found = Label("overview", 1, None, label.key)
            return [
                Found(found, cell.text, filled[0].text, filled[0].place, index, filled[0].column)
            ]
    return []


def _block_value(label: Label, cell: Cell, run: list[Cell], index: int) -> list[Found]:
    """A block of money with a bare amount beside it: 项目资金（万元） | 120."""
    filled = [other for other in run if other.text.strip()]
    if len(filled) != 1 or not MONEY_BLOCK.search(label.key):
        return []
    if not BARE_AMOUNT.match(filled[0].text.strip()):
        return [
            Found(stated, words, amount, filled[0].place, index, filled[0].column)
            for stated, words, amount in _stated_amounts(f"{label.key}：{filled[0].text}")
        ]
    total = Label("total", 1, label.unit, label.key)
    return [
        Found(total, cell.text.strip(), filled[0].text, filled[0].place, index, filled[0].column)
    ]


def _pairs(
    row: Row, claimed: set[int]
) -> list[tuple[Label | None, Cell, list[Cell], list[tuple[Label, str, str]]]]:
    """The row cut at its labels: each label's cell with the cells up to the next label."""
    pairs: list[tuple[Label | None, Cell, list[Cell], list[tuple[Label, str, str]]]] = []
    for cell in row.cells:
        if id(cell) in claimed:
            continue
        label = find_label(cell.text) or _period_label(row, cell, pairs)
        if label is not None and not (label.is_weak and _value_is_due(pairs, row.ruled)):
            pairs.append((label, cell, [], []))
            continue
        inline = inline_cell(cell)
        if inline and not _value_is_due(pairs, row.ruled):
            pairs.append((None, cell, [], inline))
        elif pairs:
            pairs[-1][2].append(cell)
    return pairs


def _period_label(
    row: Row,
    cell: Cell,
    pairs: list[tuple[Label | None, Cell, list[Cell], list[tuple[Label, str, str]]]],
) -> Label | None:
    """上年度 | 205 | 本年度 | 220 beside 项目资金申请: each amount's label is its period, or 合计."""
    total = is_sum(cell.text)
    if not total and not is_period(cell.text):
        return None
    amount = next((c for c in row.filled if c.column > cell.column), None)
    if amount is None or not BARE_AMOUNT.match(amount.text.strip()):
        return None
    beside = (*(find_label(c.text) for c in row.above), *(label for label, *_ in pairs))
    money = [label for label in beside if label is not None and _is_money(label)]
    return _sum_of_period("" if total else cell.text, money[-1].unit) if money else None


def _is_money(label: Label) -> bool:
    return is_amount(label) or (
        label.field == "block" and MONEY_BLOCK.search(label.key) is not None
    )


def _sum_of_period(period: str, unit: str | None) -> Label | None:
    label = find_label(label_key(period) + SUM_OF_MONEY)
    return replace(label, unit=unit) if label is not None else None


def _value_is_due(
    pairs: list[tuple[Label | None, Cell, list[Cell], list[tuple[Label, str, str]]]], ruled: bool
) -> bool:
    if not pairs:
        return False
    label, _, run, inline = pairs[-1]
    if inline or label is None or label.field == "block":
        return False
    # Where cells are known, a blank one beside the label is its value.
    return not (run if ruled else any(cell.text.strip() for cell in run))


def _value(
    label: Label,
    cell: Cell,
    run: list[Cell],
    row: Row,
    index: int,
    below: Row | None,
    headings: list[tuple[int, int, Label]],
    claimed: set[int],
) -> Found:
    filled = [other for other in run if other.text.strip()]
    words = cell.text.strip()
    if is_amount(label) and headings and run:
        chosen = _under_heading(run, headings)
        if chosen is not None:
            return Found(label, words, chosen.text, chosen.place, index, chosen.column)
    if filled:
        value = filled[0]
        several = is_amount(label) and len({o.text for o in _beside(filled)}) > 1
        return Found(label, words, value.text, value.place, index, value.column, several)
    if label.field in BELOW and below is not None:
        under = _cell_below(cell, below)
        if under is not None:
            claimed.add(id(under))
            return Found(label, words, under.text, under.place, index, under.column)
    place = run[0].place if run else cell.place
    return Found(label, words, "", place, index, cell.column)


def _beside(filled: list[Cell]) -> list[Cell]:
    """The numbers that may be a label's own: 196 of 196 | 增减额 | 6, but both of 500 | 其中本年 | 100."""
    words = [c for c in filled if not DIGIT.search(c.text)]
    if any(is_this_year(label_key(c.text)) for c in words):
        return [c for c in filled if c not in words]
    return list(takewhile(lambda c: c not in words, filled))


def _cell_below(cell: Cell, below: Row) -> Cell | None:
    """The value under a heading such as 年度目标, when the row below holds no label of its own."""
    under = next((c for c in below.cells if c.column == cell.column and c.text.strip()), None)
    if under is None or find_label(under.text) is not None:
        return None
    left = [c for c in below.cells if c.column < cell.column and c.text.strip()]
    if any(find_label(c.text) is not None for c in left):
        return None
    return under


def _money_label(text: str) -> Label | None:
    """A heading of money in words of its own: 以前年度已安排."""
    key = label_key(text)
    if len(key) > LONGEST_HEADING or DIGIT.search(key) or not MONEY_WORDS.search(key):
        return None
    return Label("elsewhere", 0, None, key)


def _amount_headings(row: Row, below: Row | None) -> list[tuple[int, int, Label]]:
    """Columns of amounts (年初预算数 | 全年预算数 | 全年执行数) above rows of amounts."""
    labels = [(cell, find_label(cell.text)) for cell in row.filled]
    if (
        len(labels) < 2
        or sum(1 for _, label in labels if label is not None and is_amount(label)) < 2
    ):
        return []
    labels = [(cell, label or _money_label(cell.text)) for cell, label in labels]
    amounts = [
        (cell.column, cell.end, label)
        for cell, label in labels
        if label is not None and (is_amount(label) or label.rank == 0)
    ]
    others = [cell for cell, label in labels if label is None and DIGIT.search(cell.text)]
    plain = [cell for cell, label in labels if label is None]
    if others or len(plain) > 1:
        return []
    # Labels with blank cells between them are a form left blank, not a heading; where merges are
    # not known (csv) three of them are one all the same.
    columns = sorted(amounts, key=lambda heading: heading[0])
    if not row.ruled and len(columns) >= 3:
        return columns
    if not row.ruled and below is not None and below.filled:
        starts = {start for start, _, _ in columns}
        under = [c.column in starts and BARE_AMOUNT.match(c.text.strip()) for c in below.filled]
        if all(under):
            return columns
    gaps = sum(1 for a, b in pairwise(columns) if b[0] != a[1])
    return columns if gaps == 0 else []


def _under_heading(run: list[Cell], headings: list[tuple[int, int, Label]]) -> Cell | None:
    best: tuple[int, Cell] | None = None
    for cell in run:
        for start, end, label in headings:
            under = label.field == "total" and cell.column < end and cell.end > start
            if under and (best is None or label.rank > best[0]):
                best = (label.rank, cell)
    return best[1] if best else None
