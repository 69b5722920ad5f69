"""Allotments: a column for every township, with a row of amounts among the indicators."""

from __future__ import annotations

from collections.abc import Sequence

from registry.labels import find_column, find_label, is_amount
from registry.parser_table import Header, find_header
from registry.sheet import Cell, Row


def with_amounts_first(rows: Sequence[Row]) -> Sequence[Row]:
    """The total of 资金总额 | 486 | 180 | 96 | 210, a row of the table, as a row of the form."""
    for index, row in enumerate(rows):
        if any(find_column(cell.text) == "value_sum" for cell in row.filled):
            header = find_header(rows, index)
            if header is not None:
                return _moved(rows, header)
    return rows


def _moved(rows: Sequence[Row], header: Header) -> Sequence[Row]:
    (value,) = header.of("value")
    before: list[Row] = []
    after: list[Row] = []
    totals: list[Row] = []
    for index, row in enumerate(rows):
        cells = _total(row, value.start) if row.table == rows[header.row].table else None
        if cells is not None:
            totals.append(Row(cells, (), row.table, row.ruled))
        else:
            (before if index < header.row else after).append(row)
    return [*before, *totals, *after] if totals else rows


def _total(row: Row, column: int) -> tuple[Cell, Cell] | None:
    """The label and the amount under the column of totals, of a row with several amounts."""
    filled = row.filled
    label = find_label(filled[0].text) if len(filled) > 2 else None
    total = row.at(column)
    if label is None or not is_amount(label) or total is None or total is filled[0]:
        return None
    return filled[0], total
