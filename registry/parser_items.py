"""An indicator written as text, its name and its target: 养护小型水库（≥63座）, 养护小型水库=63座."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from registry.labels import is_known_unit, words
from registry.parser_values import NUMBER, parse_target

SIGN = re.compile(r"(?:[≥≤≧≦＝═=＞＜><]|&[gl]t;)+")
SIGN_IN_WORDS = re.compile(
    r"(?:大于等于|小于等于|大于或等于|小于或等于|不低于|不少于|不高于|不超过|不大于|不小于|等于|达到|至少|控制在)(?=\s*\d)"
)
# The name, and the target in the last brackets: 每张床位补贴（全年）（≤3000元/张）
LAST_BRACKET = re.compile(r"^(.+)[(（]((?:[^()（）]|[(（][^()（）]*[)）])+)[)）]$", re.DOTALL)
# A place held open beside the name keeps its unit only: 养护水库（≥**座）≥63
HELD_OPEN = re.compile(r"[(（]\s*[≥≤=＝<>]*\s*[*＊xX×]{2,}\s*([^()（）*＊]*)[)）]")
QUANTITY_LAST = re.compile(rf"^([^\d]{{3,}}?)\s*({NUMBER}\S{{1,8}})$")
VALUE_LABEL = re.compile(r"^(?:指标值|目标值|年度指标值|年度目标值)\s*[:：为]?\s*")


class Item(NamedTuple):
    """An indicator's name and its target; `value` is "" where none could be told from the name."""

    name: str
    value: str


class Entry(NamedTuple):
    """An indicator under its levels, in the order of the usual columns."""

    level1: str
    level2: str
    name: str
    value: str


HEADINGS = Entry("一级指标", "二级指标", "三级指标", "指标值")


def read_item(text: str) -> Item:
    """The name and the target; what cannot be parted with certainty is a name without a target."""
    flat = HELD_OPEN.sub(_unit_only, text.strip())
    for parted in (_bracketed(flat), _signed(flat), _worded(flat), _told(flat), _counted(flat)):
        if parted is not None and len(parted.name) > 1:
            return parted
    return Item(flat, "")


def _unit_only(held: re.Match[str]) -> str:
    return f"（{held.group(1)}）" if held.group(1) else ""


def _bracketed(text: str) -> Item | None:
    match = LAST_BRACKET.match(text)
    if match is None or SIGN.search(match.group(1)) is not None:
        return None
    value = VALUE_LABEL.sub("", match.group(2).strip())
    is_target = re.search(r"\d", value) is not None or value != match.group(2).strip()
    return Item(match.group(1).strip(), value) if is_target else None


def _signed(text: str) -> Item | None:
    sign = SIGN.search(text)
    if sign is None or sign.end() == len(text):
        return None
    return Item(_name(text[: sign.start()]), text[sign.start() :].strip())


def _worded(text: str) -> Item | None:
    sign = SIGN_IN_WORDS.search(text)
    if sign is None or parse_target(text[sign.start() :]).number is None:
        return None
    return Item(_name(text[: sign.start()]), text[sign.start() :].strip())


def _told(text: str) -> Item | None:
    """养护小型水库：63座."""
    name, colon, value = text.replace(":", "：").partition("：")
    if not colon or not value.strip():
        return None
    return Item(_name(name), VALUE_LABEL.sub("", value.strip()))


def _counted(text: str) -> Item | None:
    """养护小型水库63座: a number with a unit that is known, after words without any."""
    match = QUANTITY_LAST.match(unicodedata.normalize("NFKC", text))
    if match is None:
        return None
    target = parse_target(match.group(2))
    if target.number is None or target.unit is None or not is_known_unit(target.unit):
        return None
    return Item(_name(match.group(1)), match.group(2))


def _name(text: str) -> str:
    return text.strip().rstrip("：:，, ")


@cache
def _levels() -> frozenset[str]:
    return frozenset((*words("first_levels"), *words("levels")))


def is_level(text: str) -> bool:
    """Whether the text is the name of a first or second level."""
    flat = "".join(unicodedata.normalize("NFKC", text).split())
    return flat in _levels()


def is_first_level(text: str) -> bool:
    """Whether the text is the name of a first level: 产出指标."""
    return "".join(unicodedata.normalize("NFKC", text).split()) in words("first_levels")
