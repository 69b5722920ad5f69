"""Forms of unusual shape, rewritten as the usual rows before they are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from registry.parser_allotment import with_amounts_first
from registry.parser_blocks import with_blocks_opened
from registry.parser_crosswise import with_indicators_as_rows
from registry.parser_headings import with_headings_named
from registry.parser_lines import with_lines_as_rows
from registry.parser_prose import with_prose_as_rows
from registry.sheet import Row

Step = Callable[[Sequence[Row]], Sequence[Row]]

STEPS: tuple[Step, ...] = (
    with_amounts_first,
    with_blocks_opened,
    with_indicators_as_rows,
    with_lines_as_rows,
    with_prose_as_rows,
    with_headings_named,
)


def usual(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows with every unusual shape rewritten; the very same rows where there is none."""
    for step in STEPS:
        rows = step(rows)
    return tuple(rows)
