"""What a question counts in (多少页, 几趟), and which units of a sheet count the same things."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from bot.question.lexicon import read_table

# 分 is asked for as points, 项 and 条 as rows; a length of time and a share have rules of their own.
OF_OTHER_RULES = frozenset(("分", "%", "％", "个百分点", "百分点", "倍", "次数", "万人"))
# 余800个 and 万人次 count in 个 and 人次.
ROUGHLY = re.compile("^余?[亿万]?余?(?=.)")


@cache
def measures() -> frozenset[str]:
    """The words that count things."""
    table = read_table("words.toml")["measure"]
    return frozenset((*table["words"], *table["asked"])) - OF_OTHER_RULES


@cache
def asked_measure() -> re.Pattern[str]:
    """「多少页」「几个人」: a question word with what is counted."""
    longest_first = "|".join(sorted(map(re.escape, measures()), key=len, reverse=True))
    return re.compile(rf"(?<!哪)(?:几|多少|好多)个?(?P<measure>{longest_first})")


@cache
def seldom_counted() -> str:
    """What few sheets count in (张, 具, 床), as alternatives of a pattern; 多少平均 asks for no 平."""
    words = (*read_table("words.toml")["measure"]["asked"], "期", "平方米", "平米")
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + "|平(?![均方])"


# 「52万人次是多少人次」「220万页折成多少亿页」: the unit that a figure is wanted in.
INTO = re.compile(
    "(?:就?是|[折等相]?合|合计?|等于|相当于|[折换]算成?|[折换化]成|折)(?:多少|好多|几)个?"
    "(?P<unit>亿元|亿|万元|万|元|块|[\u4e00-\u9fff]{1,4}?)[钱呢啊呀嘛]?[?？，, ]*$"
)


@cache
def scales() -> tuple[dict[str, Decimal], ...]:
    """Units that measure the same, each group with what one of a unit is in the smallest: 吨 1000公斤."""
    groups = read_table("words.toml")["measure"]["scales"]
    return tuple({unit: Decimal(str(size)) for unit, size in group.items()} for group in groups)


@cache
def of_one_measure() -> re.Pattern[str]:
    """「一尾」「每亩」: one of what is counted."""
    longest_first = "|".join(sorted(map(re.escape, measures()), key=len, reverse=True))
    return re.compile(rf"[一每]个?(?:{longest_first})")


@cache
def priced() -> str:
    """What is priced one by one, as alternatives of a pattern."""
    words = read_table("words.toml")["measure"]["priced"]
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


@cache
def counting_the_same() -> dict[str, frozenset[str]]:
    """Each unit -> all units that count the same things."""
    found: dict[str, set[str]] = {}
    for group in read_table("words.toml")["measure"]["same"]:
        for unit in group:
            found.setdefault(unit, set()).update(group)
    return {unit: frozenset(others) for unit, others in found.items()}


def counts_alike(measure: str, unit: str | None) -> bool:
    """Whether what is asked for in one measure is answered by a figure in a unit: 多少趟 by 1000班次,
    多少页 by 220万页; a price of one (0.62元/页) counts nothing."""
    if not unit or "/" in unit:
        return False
    counted = ROUGHLY.sub("", unit)
    same = counting_the_same().get(measure, frozenset((measure,)))
    return counted == measure or counted in same or (len(measure) > 0 and measure in counted)
