"""A project's sheet and bar charts as pictures (PNG), with the same words and numbers as the text."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.render.fonts import font
from bot.render.words import say
from registry.amounts import exact_text
from registry.plan import Indicator, Plan

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

WIDTH, MARGIN, PAD = 1080, 40, 12
TEXT, TITLE, SMALL = 26, 36, 22
INK, LINE, SHADE, BAR, PAPER = "#1f2328", "#8c959f", "#f3f5f7", "#2f6fb5", "#ffffff"
LINE_HEIGHT = 1.45
LONGEST = 8_900  # pixels; Telegram refuses photos whose sides add up to more than 10 000
NO_START = "，。；：、！？）》」』”’%℃)]}"


class TooTall(ValueError):
    """The sheet does not fit a photo; it can still be had as a file."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Text in a table row, `share` of the row's width."""

    text: str
    share: float
    head: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its value as it is printed, and as a number."""

    label: str
    shown: str
    value: Decimal


def draw_sheet(plan: Plan, source: str) -> bytes:
    """The official one-page sheet."""
    rows = list(_sheet_rows(plan))
    unit = say("picture.unit", unit=plan.amount_unit) if plan.amount_unit else ""
    heights = [_row_height(row) for row in rows]
    title = _wrapped(plan.title or plan.name, WIDTH - 2 * MARGIN, TITLE)
    top = MARGIN + len(title) * _step(TITLE) + _step(SMALL) + PAD
    footer = _wrapped(source, WIDTH - 2 * MARGIN, SMALL)
    image, draw = _canvas(top + sum(heights) + PAD + len(footer) * _step(SMALL) + MARGIN)
    y = _centered(draw, title, MARGIN, TITLE)
    draw.text((WIDTH - MARGIN, y), unit, INK, font(SMALL), anchor="ra")
    y = top
    for row, height in zip(rows, heights, strict=True):
        _draw_row(draw, row, y, height)
        y += height
    _lines(draw, footer, MARGIN, y + PAD, SMALL)
    return _png(image)


def draw_bars(title: str, bars: Sequence[Bar], source: str) -> bytes:
    """A horizontal bar chart; each bar carries its number."""
    lines = _wrapped(title, WIDTH - 2 * MARGIN, TITLE)
    footer = _wrapped(source, WIDTH - 2 * MARGIN, SMALL)
    labels = [_wrapped(bar.label, WIDTH - 2 * MARGIN, TEXT) for bar in bars]
    each = [len(label) * _step(TEXT) + 56 for label in labels]
    top = MARGIN + len(lines) * _step(TITLE) + PAD
    image, draw = _canvas(top + sum(each) + PAD + len(footer) * _step(SMALL) + MARGIN)
    _centered(draw, lines, MARGIN, TITLE)
    most = max((bar.value for bar in bars), default=Decimal(1)) or Decimal(1)
    room = WIDTH - 2 * MARGIN - max((_width(bar.shown, TEXT) for bar in bars), default=0) - 20
    y = top
    for bar, label, height in zip(bars, labels, each, strict=True):
        below = _lines(draw, label, MARGIN, y, TEXT)
        length = max(int(Decimal(room) * bar.value / most), 3)
        draw.rectangle((MARGIN, below + 4, MARGIN + length, below + 34), fill=BAR)
        draw.text((MARGIN + length + 12, below + 19), bar.shown, INK, font(TEXT), anchor="lm")
        y += height
    _lines(draw, footer, MARGIN, y + PAD, SMALL)
    return _png(image)


def _sheet_rows(plan: Plan) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = [
        _pair("supervising_department", plan.supervising_department)
        + _pair("implementing_unit", plan.implementing_unit),
        _field("name", plan.name),
        _field("budget_execution_weight", _number(plan.budget_execution_weight)),
        _pair("total", _number(plan.total))
        + _pair("higher_level_grants", _number(plan.higher_level_grants)),
        _pair("district_funds", _number(plan.district_funds))
        + _pair("other_funds", _number(plan.other_funds)),
        _field("overview", plan.overview),
        _field("approval_basis", plan.approval_basis),
        _field("annual_objective", plan.annual_objective),
    ]
    if plan.indicators:
        names = ("name", "comparison", "target", "unit", "points", "core")
        shares = (0.44, 0.1, 0.14, 0.12, 0.1, 0.1)
        heads = (say(f"picture.indicator_{name}") for name in names)
        rows.append(tuple(Cell(t, s, True) for t, s in zip(heads, shares, strict=True)))
        rows += [_indicator_row(indicator, shares) for indicator in plan.indicators]
    rows.append(
        _pair("contact_person", plan.contact_person) + _pair("contact_phone", plan.contact_phone)
    )
    return rows


def _indicator_row(indicator: Indicator, shares: Sequence[float]) -> tuple[Cell, ...]:
    texts = (
        indicator.name,
        indicator.comparison.value if indicator.comparison else "",
        indicator.target or "",
        indicator.unit_of_measure or "",
        _number(indicator.points) or "",
        indicator.core_mark or "",
    )
    return tuple(Cell(text, share) for text, share in zip(texts, shares, strict=True))


def _field(name: str, value: str | None) -> tuple[Cell, ...]:
    return (Cell(say(f"picture.{name}"), 0.18, True), Cell(value or "", 0.82))


def _pair(name: str, value: str | None) -> tuple[Cell, ...]:
    return (Cell(say(f"picture.{name}"), 0.18, True), Cell(value or "", 0.32))


def _number(value: Decimal | None) -> str | None:
    return None if value is None else exact_text(value)


def _row_height(row: Sequence[Cell]) -> int:
    return max(len(_cell_lines(cell)) for cell in row) * _step(TEXT) + 2 * PAD


def _cell_lines(cell: Cell) -> list[str]:
    return _wrapped(cell.text, int((WIDTH - 2 * MARGIN) * cell.share) - 2 * PAD, TEXT)


def _draw_row(draw: ImageDraw, row: Sequence[Cell], y: int, height: int) -> None:
    x = float(MARGIN)
    for cell in row:
        right = x + (WIDTH - 2 * MARGIN) * cell.share
        fill = SHADE if cell.head else PAPER
        draw.rectangle((x, y, right, y + height), fill=fill, outline=LINE)
        _lines(draw, _cell_lines(cell), int(x) + PAD, y + PAD, TEXT)
        x = right


def _wrapped(text: str, width: int, size: int) -> list[str]:
    """Lines no wider than that; a mark that ends a clause never begins a line."""
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        line = ""
        for char in paragraph:
            if line and _width(line + char, size) > width and char not in NO_START:
                lines.append(line)
                line = ""
            line += char
        lines.append(line)
    return lines


def _width(text: str, size: int) -> float:
    return font(size).getlength(text)


def _step(size: int) -> int:
    return int(size * LINE_HEIGHT)


def _lines(draw: ImageDraw, lines: Sequence[str], x: int, y: int, size: int) -> int:
    for line in lines:
        draw.text((x, y), line, INK, font(size))
        y += _step(size)
    return y


def _centered(draw: ImageDraw, lines: Sequence[str], y: int, size: int) -> int:
    for line in lines:
        draw.text((WIDTH // 2, y), line, INK, font(size), anchor="ma")
        y += _step(size)
    return y


def _canvas(height: int) -> tuple[Image, ImageDraw]:
    from PIL import Image, ImageDraw

    if height > LONGEST:
        raise TooTall(height)
    image = Image.new("RGB", (WIDTH, height), PAPER)
    return image, ImageDraw.Draw(image)


def _png(image: Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()
