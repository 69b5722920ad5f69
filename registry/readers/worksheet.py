"""What xlsx and xls have in common: how much of a workbook is read, and what is said of the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from registry.errors import UnreadableFile
from registry.findings import Finding, finding
from registry.plan import Place
from registry.readers.limits import MOST_SHEETS

# Columns right of the first that are read.
WIDEST = 120
# What stands for the result of a formula that was never computed.
NO_RESULT = "="


@dataclass(slots=True)
class Unread:
    """What of a worksheet is not read."""

    sheet: str
    # Rows, columns or cells are hidden.
    hides: bool = False
    # The first column that is too far to the right.
    beyond: int | None = None
    # Cells without a result: NO_RESULT, or the fault they show (#DIV/0!).
    uncomputed: dict[Place, str] = field(default_factory=dict)

    def bound(self, columns: Iterable[int]) -> tuple[int, int]:
        """The first and last column to read of those that hold text."""
        first = min(columns)
        most = first + WIDEST
        self.beyond = min((column for column in columns if column > most), default=None)
        return first, min(max(columns), most)

    def findings(self) -> list[Finding]:
        """The same in sentences."""
        found = [finding("hidden-cells", value=self.sheet)] if self.hides else []
        if self.beyond is not None:
            column = column_letters(self.beyond)
            found.append(finding("columns-not-read", sheet=self.sheet, column=column))
        by_fault: dict[str, list[str]] = {}
        for place, fault in self.uncomputed.items():
            cell = f"{column_letters((place.column or 1) - 1)}{place.row}"
            by_fault.setdefault(fault, []).append(cell)
        for fault, cells in by_fault.items():
            named = "、".join(cells)
            if fault == NO_RESULT:
                found.append(finding("formula-without-result", sheet=self.sheet, cells=named))
            else:
                found.append(finding("formula-failed", sheet=self.sheet, cells=named, value=fault))
        return found


def check_sheets(count: int, name: str) -> None:
    """Refuses a workbook of more worksheets than anybody fills in."""
    if count > MOST_SHEETS:
        raise UnreadableFile(
            f"工作簿“{name}”有 {count} 个工作表，超过 {MOST_SHEETS} 个的上限。请只保留绩效目标表再发。"
        )


def column_letters(number: int) -> str:
    """0 -> A, 26 -> AA."""
    letters = ""
    number += 1
    while number:
        number, at = divmod(number - 1, 26)
        letters = chr(65 + at) + letters
    return letters
