"""Amounts in columns by period: 上年度 | 本年度, 2022年度 | 2023年度."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from registry.labels import (
    Label,
    find_label,
    is_amount,
    is_other_period,
    is_period,
    is_this_year,
    label_key,
    year_of,
)
from registry.sheet import Cell, Row

AMOUNT = re.compile(r"^[\d,.，]+\s*(?:万元|元|亿元)?$")


class PeriodColumn(NamedTuple):
    """A column under a period. `year` where the period is one year by its number."""

    start: int
    end: int
    is_own: bool
    year: int | None

    def holds(self, cell: Cell) -> bool:
        """Whether a cell stands under the period."""
        return cell.column < self.end and cell.end > self.start

    def label(self, label: Label) -> Label:
        """A row's label as it counts in this column; a year is held against the plan's later."""
        if not self.is_own:
            return replace(label, field="elsewhere")
        return replace(label, year=self.year or label.year)


def period_columns(row: Row, below: Row | None) -> list[PeriodColumn]:
    """The periods a row heads columns with, when amounts stand under them and it can be told which
    one is the plan's own: one by its words, or years."""
    if below is None or len(row.filled) < 2 or not below.filled or not _is_amount(below.filled[-1]):
        return []
    told = [(cell, _period(cell.text)) for cell in row.filled]
    periods = [PeriodColumn(c.column, c.end, *period) for c, period in told if period is not None]
    if len(periods) < 2 or any(map(_is_amount, row.filled)):
        return []
    # 增减额 right of them is no period's own amount.
    beside = [c for c, period in told if c.column >= periods[0].end and period is None]
    columns = [*periods, *(PeriodColumn(c.column, c.end, False, None) for c in beside)]
    own = [column for column in columns if column.is_own]
    years = {column.year for column in own}
    is_told = len(own) == 1 or (None not in years and len(years) == len(own))
    return columns if is_told and parted(below, columns) is not None else []


def _is_amount(cell: Cell) -> bool:
    return AMOUNT.match(cell.text.strip()) is not None


@lru_cache(maxsize=8192)
def _period(text: str) -> tuple[bool, int | None] | None:
    """Whether the period a cell names is the plan's own, and its year."""
    label = find_label(text)
    if not is_period(text) and (label is None or not is_amount(label)):
        return None
    key, year = label_key(text), year_of(text)
    if is_other_period(key):
        return False, None
    return (True, year) if year is not None or is_this_year(key) else None


def parted(
    row: Row, columns: Sequence[PeriodColumn]
) -> tuple[Label, Cell, list[tuple[PeriodColumn, Cell]]] | None:
    """A row's label of an amount, and the amount of each period; None where anything else stands
    right of the label."""
    if not columns:
        return None
    start = min(column.start for column in columns)
    left = [cell for cell in row.filled if cell.end <= start]
    amounts = [cell for cell in row.filled if cell.end > start]
    label = find_label(left[-1].text) if left else None
    if label is None or not amounts or not is_amount(label):
        return None
    told = [(column, cell) for cell in amounts for column in columns if column.holds(cell)]
    alone = len(told) == len(amounts) and all(map(_is_amount, amounts))
    return (label, left[-1], told) if alone else None
