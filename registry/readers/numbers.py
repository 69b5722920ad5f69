"""Numbers in workbooks as they are shown: 0.95 under 0% is 95%."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from registry.amounts import exact_text

BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    37: "#,##0",
    38: "#,##0",
    39: "#,##0.00",
    40: "#,##0.00",
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
NOISE = re.compile(r"\[(?!h|m|s)[^\]]*\]|[_*].")
LITERAL = re.compile(r'"([^"]*)"|\\(.)')
DIGITS = re.compile(r"[#0?][#0?,]*(?:\.[#0?]+)?")
EPOCH = datetime(1899, 12, 30)
# Decimal rounds within 28 digits; no budget has as many.
MOST_DIGITS = 18
MOST_DATE = 2_958_465


def shown_number(value: str, number: int = 0, code: str = "") -> str:
    """The text a workbook shows for a stored number under its format."""
    try:
        exact = Decimal(format(float(value), ".15g"))
    except (ValueError, InvalidOperation):
        return value
    if not exact.is_finite():
        return ""
    code = code or BUILT_IN.get(number, "")
    date_code = DATES.get(number) or (code if _is_date(code) else "")
    if date_code and 0 < exact < MOST_DATE:
        return _shown_date(exact, date_code)
    if not code or code.lower() in ("general", "@"):
        return exact_text(exact)
    return _formatted(exact, code)


def _is_date(code: str) -> bool:
    bare = LITERAL.sub("", NOISE.sub("", code))
    return "y" in bare.lower() or re.search("m.{0,3}d", bare.lower()) is not None


def _formatted(exact: Decimal, code: str) -> str:
    sections = _sections(code)
    section = sections[0]
    if exact < 0 and len(sections) > 1:
        section = sections[1]
    elif exact == 0 and len(sections) > 2:
        section = sections[2]
    section = NOISE.sub("", section)
    percent = "%" in LITERAL.sub("", section)
    pattern = DIGITS.search(LITERAL.sub(lambda m: "\x00" * len(m.group()), section))
    if pattern is None:
        return exact_text(exact)
    shown = exact * 100 if percent else exact
    before, after = section[: pattern.start()], section[pattern.end() :]
    decimals = len(pattern.group().partition(".")[2])
    if shown.adjusted() > MOST_DIGITS:
        return exact_text(exact)
    rounded = shown.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    text = format(
        abs(rounded) if exact < 0 and len(sections) > 1 else rounded,
        ",f" if "," in pattern.group() else "f",
    )
    return (_literal(before) + text + _literal(after)).strip()


def _sections(code: str) -> list[str]:
    return re.findall(r'(?:"[^"]*"|\\.|[^;])+', code) or [code]


def _literal(part: str) -> str:
    return LITERAL.sub(
        lambda m: m.group(1) if m.group(1) is not None else m.group(2), part
    ).replace("?", "")


def _shown_date(exact: Decimal, code: str) -> str:
    moment = EPOCH + timedelta(days=float(exact))
    bare = LITERAL.sub(
        lambda m: m.group(1) if m.group(1) is not None else m.group(2), NOISE.sub("", code)
    ).split(";")[0]
    if "年" in bare or ("月" in bare):
        text = f"{moment.year}年" if "y" in bare.lower() else ""
        text += f"{moment.month}月" if "m" in bare.lower() else ""
        return text + (f"{moment.day}日" if "d" in bare.lower() else "")
    return f"{moment.year}/{moment.month}/{moment.day}"
