"""Indicators written as text: 产出指标：养护水库=63座；合格率=100%, 【产出指标-数量指标】 指标1：养护水库（=63座）."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from registry.labels import find_label, is_known_unit, words
from registry.parser_values import DATE, NUMBER, parse_target
from registry.plan import Comparison
from registry.text import normal

LONGEST_ITEM = 120
# A level in brackets, or before a colon, or alone in its line.
HEADING = re.compile(
    r"[【\[〔〖［]\s*(?P<block>[^【】\[\]〔〕〖〗［］]{2,24})\s*[】\]〕〗］]\s*[:：]?"
    r"|(?:^|(?<=[\s。；;：:、)）.．—–－-]))(?P<level>[\u4e00-\u9fff]{2,12})[ \u3000]*(?:[:：。]|[—–－-]+|(?=\n|$))"
)
BETWEEN_LEVELS = re.compile(r"\s*[-－—–/／|｜·→>＞:：]+\s*")
NUMBERED = re.compile(
    r"指标\s*\d+\s*[:：.、]|(?:^|[\n;；。\s])(?:[(（]?\d{1,2}[)）.、．](?!\d)|[①-⑳]|[(（]?[一二三四五六七八九十]{1,2}[)）、])"
)
SIGN = re.compile(r"[≥≤≧≦＝═=＞＜><]+")
SIGN_IN_WORDS = re.compile(
    r"(?:大于等于|小于等于|大于或等于|小于或等于|不低于|不少于|不高于|不超过|不大于|不小于|等于|达到|至少|控制在)(?=\s*\d)"
)
# The name, and the target in the last brackets: 每张床位补贴（全年）（≤3000元/张）
LAST_BRACKET = re.compile(r"^(.+)[(（]((?:[^()（）]|[(（][^()（）]*[)）])+)[)）]$", re.DOTALL)
# A place held open beside the name keeps its unit only: 养护水库（≥**座）≥63
HELD_OPEN = re.compile(r"[(（]\s*[≥≤=＝<>]*\s*[*＊xX×]{2,}\s*([^()（）*＊]*)[)）]")
QUANTITY_LAST = re.compile(rf"^(\D{{3,}}?)\s*({NUMBER}\D{{1,8}}(?:/\D{{1,4}})?)$")
DATE_LAST = re.compile(r"^(\D{3,}?)\s*(20\d\d年\S{0,8}[日月底前末内])$")
# Two cells of a table are no name: 时效指标 资金拨付时间
SPACED = re.compile(r"[\u4e00-\u9fff）)]\s+[★\u4e00-\u9fff]")
LEAD = re.compile(r"^(?:[●○•·▪■◆◇*＊\-－—]+\s*|指标\s*\d*\s*[:：])+")
VALUE_LABEL = re.compile(r"^(?:年度|当年)?(?:指标值|目标值)\s*[:：为]?\s*")


class Item(NamedTuple):
    """An indicator's name and its target."""

    name: str
    value: str


class Entry(NamedTuple):
    """An indicator under its levels, in the order of the usual columns."""

    level1: str
    level2: str
    name: str
    value: str


HEADINGS = Entry("一级指标", "二级指标", "三级指标", "指标值")


class Listed(NamedTuple):
    """The indicators of a text, what could not be parted, and the levels it ends with."""

    entries: list[Entry]
    unread: list[str]
    levels: tuple[str, str]


def listed(text: str, levels: tuple[str, str] = ("", "")) -> Listed:
    """Every indicator of a text of levels and items; `levels` are those of the text before it."""
    out = Listed([], [], levels)
    for heading, body in _sections(text):
        if heading:
            levels = under(levels, heading)
        for item in _items(body):
            read = read_item(item)
            if _is_block(item):
                continue
            if read is None:
                out.unread.append(item)
            else:
                out.entries.append(Entry(*levels, *read))
    return out._replace(levels=levels)


def begins_level(text: str) -> bool:
    """Whether the text opens with the name of a level: 【产出指标-数量指标】, （一）产出指标："""
    before, *others = _sections(text)
    if not others or not (not before[1].strip() or _is_block(before[1])):
        return False
    # 数量：5个 is a fact like others, no level.
    first = BETWEEN_LEVELS.split(others[0][0])[0]
    return first.endswith("指标") or normal(first) in words("first_levels")


def _is_block(text: str) -> bool:
    """绩效指标： before the first level."""
    label = find_label(text)
    return label is not None and label.field == "block"


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """The text cut at its headings; what stands before the first has none."""
    heading, since = "", 0
    for match in HEADING.finditer(text):
        found = match["block"] or match["level"]
        if all(is_level(part) for part in BETWEEN_LEVELS.split(found.strip())):
            yield heading, _without_number(text[since : match.start()])
            heading, since = found.strip(), match.end()
    yield heading, text[since:]


def _without_number(text: str) -> str:
    """Without the number of the heading that follows: （二）."""
    return re.sub(r"[(（]?[一二三四五六七八九十\d]{1,3}[)）、.．]\s*$", "", text)


def under(levels: tuple[str, str], heading: str) -> tuple[str, str]:
    """The levels under a heading: 产出指标, 产出指标-数量指标, or 数量指标 below what was before."""
    parts = BETWEEN_LEVELS.split(heading)
    if len(parts) > 1:
        return parts[0], parts[1]
    return (heading, "") if normal(heading) in words("first_levels") else (levels[0], heading)


def _items(body: str) -> list[str]:
    parts = NUMBERED.split(body) if NUMBERED.search(body) else [body]
    items = [item for part in parts for item in re.split(r"[\n;；。]", part)]
    several = [_parted(item.strip()) for item in items]
    return [item for parted in several for part in parted if (item := part.strip(" \t\r，,、"))]


def _parted(item: str) -> list[str]:
    """Items with commas between them: each holds one sign."""
    if len(SIGN.findall(item)) < 2:
        return [item]
    parts = re.split(r"[，,、]", item)
    return parts if all(len(SIGN.findall(part)) == 1 for part in parts) else [item]


def read_item(text: str) -> Item | None:
    """The name and the target; None where they cannot be parted with certainty."""
    if len(text) > LONGEST_ITEM:
        return None
    flat = HELD_OPEN.sub(_unit_only, LEAD.sub("", text.strip()))
    for parting in (_bracketed, _signed, _worded, _told, _dated, _counted, _described):
        item = parting(flat)
        if item is not None and len(item.name) > 1:
            return None if SPACED.search(item.name) or _is_level_only(item) else item
    return None


def _is_level_only(item: Item) -> bool:
    """Whether the name is a level's, and not of one that is measured by a number."""
    if not is_level(item.name):
        return False
    measured = normal(item.name) in words("measured_levels")
    return not (measured and parse_target(item.value).number is not None)


def _unit_only(held: re.Match[str]) -> str:
    return f"（{held.group(1)}）" if held.group(1) else ""


def _bracketed(text: str) -> Item | None:
    match = LAST_BRACKET.match(text)
    if match is None or SIGN.search(match.group(1)) is not None:
        return None
    value = VALUE_LABEL.sub("", match.group(2).strip())
    return _believed(match.group(1), value) if not is_known_unit(value) else None


def _signed(text: str) -> Item | None:
    sign = SIGN.search(text)
    return None if sign is None else _exact(text[: sign.start()], text[sign.start() :])


def _worded(text: str) -> Item | None:
    sign = SIGN_IN_WORDS.search(text)
    if sign is None:
        return None
    value = text[sign.start() :].removeprefix("达到")
    return _exact(text[: sign.start()], value)


def _told(text: str) -> Item | None:
    """养护小型水库：63座."""
    name, colon, value = text.replace(":", "：").partition("：")
    return _believed(name, VALUE_LABEL.sub("", value)) if colon else None


def _dated(text: str) -> Item | None:
    match = DATE_LAST.match(unicodedata.normalize("NFKC", text))
    return Item(_name(match.group(1)), match.group(2)) if match is not None else None


def _counted(text: str) -> Item | None:
    """养护小型水库63座: a number with a known unit, after words without any number."""
    match = QUANTITY_LAST.match(unicodedata.normalize("NFKC", text))
    if match is None:
        return None
    unit = parse_target(match.group(2)).unit
    known = unit is not None and is_known_unit(unit)
    return _exact(match.group(1), match.group(2)) if known else None


def _described(text: str) -> Item | None:
    """家庭照护负担有效减轻: the word that tells how much begins the target."""
    match = _degrees().match(text)
    return Item(_name(match.group(1)), match.group(2)) if match is not None else None


def _exact(name: str, value: str) -> Item | None:
    """Only with a target that is a number or a date, and nothing else."""
    target = parse_target(value.strip())
    if target.number is None and not (DATE.search(value) and len(value) < 16):
        return None
    return Item(_name(name), value.strip())


def _believed(name: str, value: str) -> Item | None:
    """With a number, a date or a few words of description."""
    described = parse_target(value.strip()).comparison is Comparison.QUALITATIVE
    if described and 0 < len(value.strip()) <= 16:
        return Item(_name(name), value.strip())
    return _exact(name, value)


def _name(text: str) -> str:
    return text.strip().rstrip("：:，, ")


@cache
def _degrees() -> re.Pattern[str]:
    return re.compile(rf"^([^\d，,]{{3,}}?)((?:{'|'.join(words('degrees'))})[^\d，,]{{2,6}})$")


def is_level(text: str) -> bool:
    """Whether the text is the name of a first or second level."""
    flat = normal(text)
    return flat in words("first_levels") or flat in words("levels")
