"""What single cells hold: a target with its sign and unit, a person with a number, a coded name."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from registry.amounts import plain_number
from registry.labels import after_what_is_done, is_known_unit, leading_sign, trailing_sign
from registry.plan import Comparison
from registry.text import ALIKE, INVISIBLE, normal

LONGEST_UNKNOWN_UNIT = 6
LONGEST_UNKNOWN_PART = 4

UNTIDY = re.compile(r"[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
# 80%左右 is no exact figure; 95%(含) is.
ABOUT = re.compile("左右|上下|约$")
INCLUDED = re.compile(r"\(含(?:本数)?\)$")
BRACKET_UNIT = re.compile(r"^\(([^()]{1,6}(?:\([^()]{1,3}\))?)\)$")
DIGIT = re.compile(r"\d")
SPACES = re.compile(r"\s+")
SPACES_OF_LINE = re.compile(r"[^\S\n]+")
# A line broken beside a Chinese character is a word broken to fit its cell.
WRAPPED = re.compile(r"(?<=[^\x00-\x7f]) ?\n\s*| ?\n\s*(?=[^\x00-\x7f])")

NUMBER = r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
# ㎡ and m³ are m2 and m3 here: the one figure that may stand in a unit.
UNIT_PART = r"(?:[^\d,，。；;]|(?<=m)[23](?!\d))"
QUANTITY = re.compile(rf"^({NUMBER})({UNIT_PART}*(?:/\d*{UNIT_PART}+)?)$")
RANGE = re.compile(rf"^({NUMBER})([^\d]{{0,4}})[-~～—至]+({NUMBER})([^\d]*)$")
DATE = re.compile(
    r"(?:19|20)\d{2}年|(?:19|20)\d{2}[-./]\d{1,2}(?:[-./]\d{1,2})?"
    r"|\d{1,2}月(?:\d{1,2}日|底|末|初|中旬|上旬|下旬|前|份|—|-|~|至|$)|年底|年末|月底|季度末|每年"
)
MARKUP = re.compile(
    r"</?(?:p|ol|ul|li|br|span|div|strong|b|em|i|u|font|table|tbody|tr|td|th|a|h[1-6]|img|o:p)\b[^<>]*>",
    re.IGNORECASE,
)
BROKEN_MARKUP = re.compile(r"<(?:p|ol|ul|li|span|div|font)\b[^<>]*$", re.IGNORECASE)
BLOCK_MARKUP = re.compile(
    r"<(?:p|ol|ul|li|br|div|tr|h[1-6])\b[^<>]*>|</(?:p|li|div|tr)>", re.IGNORECASE
)
ENTITY = re.compile(r"&(?:nbsp|lt|gt|amp|quot|#\d+|ldquo|rdquo|mdash|middot);")
STARS = re.compile(r"^[★☆*＊]+\s*")
NUMBERED = re.compile(r"^(?:指标|目标)\s*\d+\s*[:：.、]\s*")
UNIT_IN_NAME = re.compile(r"^(.+?)[(（]([^()（）]{1,10}(?:[(（][^()（）]{1,3}[)）])?)[)）]$")

# Three digits with nothing between are a code where a place follows (634郯城县教育局), a part of
# the name elsewhere (120急救中心).
CODE_BEFORE = re.compile(
    r"^(?:[\[(（【]\s*\d{2,}\s*[\])）】]\s*|\d{3,}\s*[-－—_~]\s*|\d{3,}\s+|\d{6,}"
    r"|\d{3,5}(?!年)(?=[\u4e00-\u9fff]{1,6}[省市县区旗]))(?=[\u4e00-\u9fff])"
)
# 松山区林业局　　2023年, 松山区林业局（2023年度）, 松山区林业局 2023年3月5日
DATE_BEHIND = re.compile(
    r"(?<=[\u4e00-\u9fff)）])[\s,，、/—–-]*[(（\[【]?\s*(\d{4})\s*"
    r"(?:(年)\s*度?|[年./-]\s*\d{1,2}(?:[月./-]\s*(?:\d{1,2}\s*日?)?)?)\s*[)）\]】]?$"
)
YEAR_BEFORE = re.compile(r"^[(（\[【]?\d{4}年度?[)）\]】]?\s*(?=[\u4e00-\u9fff])")
SEAL = re.compile(r"\s*[(（](?:[公盖签]?章|盖公章|签字)[)）]$")
CODE_AFTER = re.compile(
    r"(?<=[\u4e00-\u9fff])\s*(?:[\[(（【]\s*\d{3,}\s*[\])）】]|[-－—_]\s*\d{3,}|\s\d{3,}|\d{6,})$"
)

PHONE = re.compile(
    r"(?:\+?86[-\s]?)?1[3-9]\d[\d*]{8}(?!\d)|\(?0\d{2,3}\)?[-－—–\s]*\d[\d*]{6,7}(?!\d)|(?<!\d)[2-8][\d*]{6,7}(?!\d)"
)
BROKEN_NUMBER = re.compile(r"(?<=\d)\s*([-－—])\s*(?=\d)")
BRACKETS = re.compile(r"\([^()]*\)")
LABEL_BEFORE = re.compile("^(?:联系人|负责人|姓名|电话|联系电话)[:：]?")
LABEL_BEHIND = re.compile("(?:联系电话|联系方式|电话|手机)[:：]?$")
PERSON_EDGE = " \t\n\r:：,，、;；.。-—－/()（）|"


class Target(NamedTuple):
    """An indicator's target taken apart."""

    comparison: Comparison | None
    value: str
    number: Decimal | None
    unit: str | None


def tidy(text: str) -> str:
    """A short cell on one line: line breaks inside words removed, other white space single."""
    if UNTIDY.search(text) is None:
        return text
    flat = SPACES_OF_LINE.sub(" ", INVISIBLE.sub("", text))
    return SPACES.sub(" ", WRAPPED.sub("", flat)).strip()


def clean_text(text: str) -> str:
    """A long cell as paragraphs: markup left in it becomes line breaks, entities characters."""
    if UNTIDY.search(text) is None and "<" not in text and "&" not in text:
        return text
    body = text
    if "<" in text:
        body = BROKEN_MARKUP.sub("", MARKUP.sub("", BLOCK_MARKUP.sub("\n", text)))
    if ENTITY.search(body):
        import html

        body = html.unescape(body)
    lines = (
        re.sub(r"[ \t\xa0\u3000]+", " ", INVISIBLE.sub("", line)).strip()
        for line in body.splitlines()
    )
    return "\n".join(line for line in lines if line)


def has_markup(text: str) -> bool:
    """Whether tags are printed in the cell."""
    return MARKUP.search(text) is not None or BROKEN_MARKUP.search(text) is not None


def without_code(text: str) -> str:
    """A unit's name without its budget code: [103]名, 001001-名, 名 308001, 207101名."""
    flat = tidy(text)
    return CODE_AFTER.sub("", CODE_BEFORE.sub("", flat)).strip()


def unit_name(text: str) -> str:
    """A unit's name without its code, and without the year, date or seal set beside it."""
    name = DATE_BEHIND.sub("", SEAL.sub("", tidy(text)))
    return without_code(YEAR_BEFORE.sub("", SEAL.sub("", name)))


def year_beside(text: str) -> int | None:
    """The year set beside a unit's name: 松山区林业局（2023年）; a date states no plan's year."""
    match = DATE_BEHIND.search(SEAL.sub("", tidy(text)))
    return int(match.group(1)) if match is not None and match.group(2) else None


@lru_cache(maxsize=4096)
def parse_target(text: str) -> Target:
    """A value cell that may hold sign, number and unit at once."""
    printed = tidy(text)
    flat = normal(printed).translate(ALIKE)
    comparison, rest = leading_sign(flat)
    if comparison is not None:
        rest = INCLUDED.sub("", rest)
    quantity = _quantity(rest)
    if quantity is None and not DATE.search(rest):
        after, shorter = trailing_sign(rest)
        told = after_what_is_done(shorter)
        if after is None and told != rest:
            quantity = _in_known_unit(told)
        elif after is not None:
            quantity = _quantity(told)
            if quantity is not None:
                comparison = (
                    comparison if comparison in (Comparison.AT_LEAST, Comparison.AT_MOST) else after
                )
    if quantity is not None:
        value, unit = quantity
        return Target(comparison, value, plain_number(value), unit)
    return _words(printed, rest, comparison)


def _quantity(flat: str) -> tuple[str, str | None] | None:
    """Number and unit when the text is nothing else; the unit must be believable."""
    if DIGIT.search(flat) is None or DATE.search(flat):
        return None
    match = QUANTITY.match(flat)
    if match is not None:
        bracket = BRACKET_UNIT.match(match.group(2))
        unit = bracket.group(1) if bracket is not None else match.group(2)
        if not unit or is_known_unit(unit) or _is_believable(unit):
            return match.group(1), unit or None
        return None
    spread = RANGE.match(flat)
    if spread is not None and spread.group(2) in ("", spread.group(4)):
        unit = spread.group(4)
        if not unit or is_known_unit(unit):
            return f"{spread.group(1)}-{spread.group(3)}", unit or None
    return None


def _in_known_unit(flat: str) -> tuple[str, str | None] | None:
    """A quantity whose unit is printed and known: behind words a shorter text may be anything."""
    quantity = _quantity(flat)
    return quantity if quantity is not None and is_known_unit(quantity[1] or "") else None


def _is_believable(unit: str) -> bool:
    # An unlisted unit is short, alone or as a part of a compound; more is a sentence.
    if trailing_sign(unit)[0] is not None or ABOUT.search(unit):
        return False
    # A second unit in brackets belongs to the first: 家(次), 个村(社区).
    unit = re.sub(r"(?<=\w)\(([\u4e00-\u9fff]{1,3})\)$", r"\1", unit)
    if re.search("[≥≤=<>:：()、]", unit):
        return False
    parts = re.split(r"[/·.]", unit)
    if len(parts) == 1:
        return len(unit) <= LONGEST_UNKNOWN_UNIT
    return all(0 < len(part) <= LONGEST_UNKNOWN_PART for part in parts)


def _words(printed: str, rest: str, comparison: Comparison | None) -> Target:
    if comparison is not None and len(rest) < len(printed.replace(" ", "")) and DIGIT.search(rest):
        return Target(comparison, rest, None, None)
    if DIGIT.search(printed) or DATE.search(printed):
        return Target(None, printed, None, None)
    return Target(Comparison.QUALITATIVE, printed, None, None)


def is_date(text: str) -> bool:
    """Whether a value is a date, a span of dates or a time limit in words."""
    return DATE.search(normal(text)) is not None


class IndicatorName(NamedTuple):
    """A name cell taken apart: the name, a unit printed in it, a star before it."""

    name: str
    unit: str | None
    starred: bool


def parse_name(text: str) -> IndicatorName:
    """「★更换老旧管网（公里）」 -> 更换老旧管网, 公里, starred."""
    flat = tidy(text)
    starred = STARS.match(flat) is not None
    flat = NUMBERED.sub("", STARS.sub("", flat))
    match = UNIT_IN_NAME.match(flat) if flat.endswith((")", "）")) else None
    if match is not None:
        unit = re.sub("^单位[:：]", "", match.group(2).strip())
        if is_known_unit(unit):
            return IndicatorName(flat, unit, starred)
    return IndicatorName(flat, None, starred)


def name_without_unit(name: str) -> str:
    """管网长度（公里） -> 管网长度."""
    match = UNIT_IN_NAME.match(name)
    return match.group(1).strip() if match else name


def split_contact(text: str) -> tuple[str | None, str | None]:
    """The person and the number of a cell that may hold both, with or without anything between."""
    flat = tidy(text)
    half_width = unicodedata.normalize("NFKC", flat)
    # A number broken over two lines: 0818- / 8786832.
    joined = BROKEN_NUMBER.sub(r"\1", half_width)
    match = PHONE.search(joined)
    if match is None:
        return (_person(joined), None)
    person = _person(joined[: match.start()]) or _person(joined[match.end() :])
    return person, match.group().strip()


def _person(text: str) -> str | None:
    flat = BRACKETS.sub("", text).strip(PERSON_EDGE)
    flat = LABEL_BEFORE.sub("", flat).strip(PERSON_EDGE)
    flat = LABEL_BEHIND.sub("", flat).strip(PERSON_EDGE)
    if not flat or DIGIT.search(flat):
        return None
    return (
        re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "", flat) if len(flat) <= 4 else flat
    )
