"""Numbers in workbooks as they are shown: 0.95 under 0% is 95%, 1234500 under 0!.0000 is 123.4500.

Where a format shows no exact figure (fractions, powers of ten, nothing at all) the stored one is read.
"""

from __future__ import annotations

import operator
import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

from registry.amounts import exact_text

BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    18: "h:mm",
    19: "h:mm:ss",
    20: "h:mm",
    21: "h:mm:ss",
    37: "#,##0",
    38: "#,##0",
    39: "#,##0.00",
    40: "#,##0.00",
    41: "#,##0",
    42: "#,##0",
    43: "#,##0.00",
    44: "#,##0.00",
}
DATES = {
    14: "yyyy/m/d",
    15: "yyyy/m/d",
    16: "m月d日",
    17: "yyyy年m月",
    27: "yyyy年m月",
    28: "m月d日",
    31: "yyyy年m月d日",
    22: "yyyy/m/d",
    57: "yyyy年m月",
    58: "m月d日",
}
NOISE = re.compile(r"\[(?!h|m|s)[^\]]*\]|[_*].", re.IGNORECASE)
LITERAL = re.compile(r'"([^"]*)"|[\\!](.)')
PIECE = re.compile(r'"[^"]*"?|[\\!].|\[[^\]]*\]?|.', re.DOTALL)
CONDITION = re.compile(r"\[\s*(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)\s*\]")
TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|\[\$(?P<currency>[^\]-]*)[^\]]*\]|(?P<noise>\[[^\]]*\]|[_*].)'
    r"|(?P<general>General|G/通用格式)|(?P<digit>[#0?])|(?P<point>\.)|(?P<comma>,)|(?P<plain>.)",
    re.DOTALL | re.IGNORECASE,
)
INEXACT = re.compile(r"[#0?]\s*/\s*[#0?\d]|[#0?]e[+-]", re.IGNORECASE)
CLOCK = re.compile(r"h.{0,3}m|m.{0,3}s", re.IGNORECASE)
MINUS = re.compile("[-−(（负△▲]")
THOUSANDS = re.compile(r"(?<=\d)(?=(?:\d{3})+$)")
YUAN = frozenset({"", "¥", "￥", "CNY", "RMB"})
# Days are counted from here, and in workbooks that began on old Macs from the second.
SINCE_1900 = datetime(1899, 12, 30)
SINCE_1904 = datetime(1904, 1, 1)
# Decimal rounds within 28 digits; no budget has as many.
MOST_DIGITS = 18
MOST_DATE = 2_958_465
# Spreadsheet programs allow no longer format.
LONGEST_CODE = 255
HOLDS = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge, "=": operator.eq, "<>": operator.ne,
}  # fmt: skip


def shown_number(value: str, number: int = 0, code: str = "", epoch: datetime = SINCE_1900) -> str:
    """The text a workbook shows for a stored number under its format; "" where it shows none."""
    try:
        exact = Decimal(format(float(value), ".15g"))
    except (ValueError, InvalidOperation):
        return value
    if not exact.is_finite():
        return ""
    code = code or BUILT_IN.get(number, "")
    date_code = DATES.get(number) or (code if _is_date(code) else "")
    if date_code and 0 < exact < MOST_DATE:
        return _shown_date(exact, date_code, epoch)
    if not code or code.lower() in ("general", "@") or len(code) > LONGEST_CODE:
        return exact_text(exact)
    return _formatted(exact, code)


@lru_cache(maxsize=512)
def _is_date(code: str) -> bool:
    bare = LITERAL.sub("", NOISE.sub("", code)).lower()
    return len(code) <= LONGEST_CODE and ("y" in bare or re.search("m.{0,3}d", bare) is not None)


def _formatted(exact: Decimal, code: str) -> str:
    section, signed = _section(exact, code)
    if not section and exact:
        return ""
    pattern = _pattern(section)
    if pattern is None:
        return _clock(exact, section) or _general(exact, section)
    text = pattern.shown(exact if signed else abs(exact))
    return text if any(char.isdigit() for char in text) else exact_text(exact)


def _section(exact: Decimal, code: str) -> tuple[str, bool]:
    """The section of a format that shows the number, and whether the number's own sign is added:
    a section for negative numbers brings its own, unless it only colours them."""
    sections = _sections(code)
    default = {1: ("",), 2: (">=", ""), 3: (">", "<", "")}[len(sections)]
    for section, sign in zip(sections, default, strict=True):
        found = CONDITION.search(section)
        holds, bound = found.groups() if found else (sign, "0")
        if not holds or HOLDS[holds](exact, Decimal(bound)):
            negative = section is not sections[0] or holds in ("<", "<=")
            return section, not (exact < 0 and negative and MINUS.search(section))
    return "General", True


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[str, ...]:
    """For positive numbers, negative ones and zero; the fourth is for text."""
    sections = [""]
    for piece in PIECE.findall(code):
        if piece == ";":
            sections.append("")
        else:
            sections[-1] += piece
    return tuple(sections[:3])


class _Pattern(NamedTuple):
    """A section of a format: texts, and places for digits before and behind the point."""

    # (True, "0") is a place for a digit, (False, "元") is text.
    whole: tuple[tuple[bool, str], ...]
    rest: tuple[tuple[bool, str], ...]
    power: Decimal
    grouped: bool

    def shown(self, exact: Decimal) -> str:
        """The number in the pattern; "" where it is too long."""
        value = exact * self.power
        if value.adjusted() > MOST_DIGITS:
            return ""
        places = [text for is_digit, text in self.rest if is_digit]
        rounded = abs(value).quantize(Decimal(1).scaleb(-len(places)), rounding=ROUND_HALF_UP)
        digits, _, decimals = format(rounded, "f").partition(".")
        least = max((at for at, place in enumerate(places, 1) if place == "0"), default=0)
        decimals = decimals[:least] + decimals[least:].rstrip("0")
        whole = self._whole("" if digits == "0" and not decimals else digits)
        behind = iter(decimals)
        rest = "".join(next(behind, "") if is_digit else text for is_digit, text in self.rest)
        point = "." if decimals else ""
        return ("-" if exact < 0 and rounded else "") + (whole + point + rest).strip()

    def _whole(self, digits: str) -> str:
        places = [text for is_digit, text in self.whole if is_digit]
        least = len(places) - places.index("0") if "0" in places else 0
        digits = digits.rjust(least, "0")
        if self.grouped:
            digits = THOUSANDS.sub(",", digits)
        # One digit to a place from the right; what is left over stands in the first.
        spread = [""] * (len(places) - len(digits)) + list(digits)
        over = len(spread) - len(places) + 1
        each = iter(["".join(spread[:over]), *spread[over:]])
        return "".join(next(each) if is_digit else text for is_digit, text in self.whole)


@lru_cache(maxsize=512)
def _pattern(section: str) -> _Pattern | None:
    """None where the section shows no exact figure."""
    bare = LITERAL.sub("\x00", NOISE.sub("", section))
    if INEXACT.search(bare) or CLOCK.search(bare):
        return None
    tokens = _tokens(section)
    kinds = [kind for kind, _ in tokens]
    if "digit" not in kinds:
        return None
    point = kinds.index("point") if "point" in kinds else len(kinds)
    last = max((at for at in range(point) if kinds[at] == "digit"), default=-1)
    parts: tuple[list[tuple[bool, str]], list[tuple[bool, str]]] = ([], [])
    power, grouped = Decimal(1), False
    for at, (kind, text) in enumerate(tokens):
        part = parts[at > point]
        if kind == "comma" and at < last:
            grouped = True
        elif kind == "comma" and kinds[at - 1] in ("digit", "comma"):
            # 0.00, counts in thousands.
            power /= 1000
        elif kind == "currency":
            part.append((False, "" if text in YUAN else text))
        elif kind not in ("noise", "point") or at > point:
            part.append((kind == "digit", "" if kind == "noise" else text))
            power *= 100 if kind == "plain" and text == "%" else 1
    if last < 0:
        parts[0].append((True, "#"))
    return _Pattern(tuple(parts[0]), tuple(parts[1]), power, grouped)


def _tokens(section: str) -> list[tuple[str, str]]:
    matches = TOKEN.finditer(section)
    return [(match.lastgroup or "", match.group(match.lastgroup or 0)) for match in matches]


def _general(exact: Decimal, section: str) -> str:
    """The stored number, with the text that stands beside it where it may stand there as it is."""
    tokens = _tokens(section)
    if not any(kind == "general" for kind, _ in tokens):
        return exact_text(exact)
    shown = {"general": exact_text(exact), "noise": "", "currency": ""}
    return "".join(shown.get(kind, text) for kind, text in tokens).strip()


def _clock(exact: Decimal, section: str) -> str:
    """8:30; hours that are counted on (in brackets) may be more than a day's."""
    bare = LITERAL.sub("", NOISE.sub("", section)).lower()
    if CLOCK.search(bare) is None or exact < 0:
        return ""
    minutes, seconds = divmod(round(exact * 86400), 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{hours if '[h' in bare else hours % 24}:{minutes:02}"
    return text + (f":{seconds:02}" if "s" in bare else "")


def _shown_date(exact: Decimal, code: str, epoch: datetime) -> str:
    moment = epoch + timedelta(days=float(exact))
    bare = LITERAL.sub(
        lambda m: m.group(1) if m.group(1) is not None else m.group(2), NOISE.sub("", code)
    ).split(";")[0]
    given = [
        (part, unit)
        for letter, part, unit in (
            ("y", moment.year, "年"),
            ("m", moment.month, "月"),
            ("d", moment.day, "日"),
        )
        if letter in bare.lower()
    ]
    if "年" in bare or "月" in bare:
        return "".join(f"{part}{unit}" for part, unit in given)
    return "/".join(str(part) for part, _ in given)
