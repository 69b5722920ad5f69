"""Numbers and amounts of money as people print and say them: "1,234.5万元", "四百来万", "95%"."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from registry.plan import YUAN_PER_UNIT
from registry.text import normal

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {
    "〇": 0, "两": 2, "俩": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7,
    "捌": 8, "玖": 9, "○": 0,
}  # fmt: skip
SMALL_PLACES = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
LARGE_PLACES = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}

ARABIC = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[-+]?\.\d+")
HAN_NUMBER = re.compile("[零〇○一二两俩三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰仟万亿萬億点]+")
ONE_DECIMAL = re.compile(r"\d{1,3}(?:,\d{3})+\.\d")
MONEY_UNIT = re.compile(r"^(亿|万|千|百)?(元|块钱|块|圆)")
MONEY_WORDS = {"万": "万元", "亿": "亿元", "千": "千元", "": "元"}
VAGUE = re.compile("[来多余几]")


def exact_text(number: Decimal) -> str:
    """A number written out: 200, 77.87, 0.5; never 2E+2, no trailing zeros."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def in_unit(yuan: Decimal, unit: str) -> Decimal:
    """An amount in 元 as an exact amount in another unit."""
    return yuan / YUAN_PER_UNIT[unit]


def plain_number(text: str) -> Decimal | None:
    """The number a cell holds when it holds nothing else: "10,000" "２９０" "7.5"."""
    squeezed = normal(text)
    if ARABIC.fullmatch(squeezed) is None:
        return None
    try:
        return Decimal(squeezed.replace(",", ""))
    except InvalidOperation:
        return None


def joined_number(first: str, rest: str) -> str | None:
    """A number broken over two lines, whole again: "1,560,000." and "00". None where the pieces
    may be numbers of their own."""
    is_piece = plain_number(first) is None or rest.startswith((".", ","))
    last_digit = ONE_DECIMAL.fullmatch(first) is not None and len(rest) == 1
    whole = first + rest
    return whole if (is_piece or last_digit) and plain_number(whole) is not None else None


def han_number(text: str) -> Decimal | None:
    """「三百二十」「四百五」「一亿二」「三点五」 as a number."""
    if "点" in text:
        whole, _, rest = text.partition("点")
        base = han_number(whole)
        if base is None or not rest or any(c not in DIGITS for c in rest):
            return None
        return base + Decimal("0." + "".join(str(DIGITS[c]) for c in rest))
    if text and all(c in DIGITS for c in text):
        return Decimal("".join(str(DIGITS[c]) for c in text))
    total, section, digit, last_place = 0, 0, -1, 1
    for char in text:
        if char in DIGITS:
            digit = DIGITS[char]
            if digit == 0:
                last_place = 1
        elif char in SMALL_PLACES:
            last_place = SMALL_PLACES[char]
            section += (digit if digit >= 0 else 1) * last_place
            digit = -1
        elif char in LARGE_PLACES:
            last_place = LARGE_PLACES[char]
            section += max(digit, 0)
            if section == 0 and total == 0:
                return None
            total = (
                (total + section) * last_place
                if total < last_place
                else total + section * last_place
            )
            section, digit = 0, -1
        else:
            return None
    if digit > 0:
        # 「四百五」 is 450: a last digit counts tenths of the place before it.
        section += digit * (last_place // 10 if last_place >= 10 else 1)
    return Decimal(total + section)


def parse_amount(text: str) -> tuple[Decimal, str | None] | None:
    """The first amount in the text with its unit of money, if it names one.

    "854万（400+454）" -> (854, 万元); "三百万" -> (300, 万元); "200" -> (200, None).
    """
    flat = normal(text)
    arabic = ARABIC.search(flat)
    han = HAN_NUMBER.search(flat)
    if arabic is not None and (han is None or arabic.start() <= han.start()):
        return _arabic_amount(flat, arabic)
    if han is None:
        return None
    return _han_amount(flat, han)


def _arabic_amount(flat: str, found: re.Match[str]) -> tuple[Decimal, str | None] | None:
    try:
        number = Decimal(found.group().replace(",", ""))
    except InvalidOperation:
        return None
    rest = VAGUE.sub("", flat[found.end() : found.end() + 6])
    small = re.match("[百千十]", rest)
    scaled = re.match("[百千十](万|亿|元)", rest) is not None and not rest.startswith("千元")
    if small is not None and scaled:
        number *= SMALL_PLACES[small.group()]
        rest = rest[1:]
    return number, _money_unit(rest)


def _money_unit(rest: str) -> str | None:
    if rest.startswith(("万亿", "亿亿")):
        return None
    money = MONEY_UNIT.match(rest)
    if money is not None:
        return MONEY_WORDS.get(money.group(1) or "", "元")
    if rest[:1] in ("万", "亿"):
        return MONEY_WORDS[rest[0]]
    return None


def _han_amount(flat: str, found: re.Match[str]) -> tuple[Decimal, str | None] | None:
    start = found.start()
    match = re.match(
        "([零〇○一二两俩三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰仟万亿萬億点来多余几]+)(元|块钱|块|圆)?",
        flat[start:],
    )
    if match is None:
        return None
    body = VAGUE.sub("", match.group(1))
    for unit, word in (("亿元", "亿"), ("万元", "万")):
        # 「三百万」 keeps the unit said; 「一亿二」 has a tail and is brought to 元.
        if body.endswith(word) and len(body) > 1:
            number = han_number(body)
            return None if number is None else (in_unit(number, unit), unit)
    number = han_number(body)
    if number is None:
        return None
    large = any(c in LARGE_PLACES for c in body)
    return number, "元" if match.group(2) or large else None
