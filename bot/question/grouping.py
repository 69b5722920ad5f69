"""The rule for projects told apart by a field: 各单位多少钱, 有几个主管部门, 哪个单位的钱最多."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from bot.question.heard import Heard
from bot.question.lexicon import read_table
from bot.question.query import Kind, Query
from bot.question.rules import Case, about_indicators, aspects_of, base, category_of, number_stated
from registry.plan import AMOUNT_FIELDS

# What says that there are several: 几个单位, 各部门, 按类别, 哪家单位.
SEVERAL = (
    "(?P<each>各个?|每一?[个家位类种]?|[按分])"
    "|(?P<ranked>[哪什][一么]?[个家位类种]?)"
    "|(?P<listed>(?:几|多少|好多|哪些|哪几|些)[个家位类种]?)"
)


@cache
def told_apart() -> dict[str, re.Pattern[str]]:
    """For each field that projects are told apart by, how it is asked for."""
    return {
        field: re.compile(f"(?:{SEVERAL})(?:不同的?)?(?:{'|'.join(words)})(?!员|次|数|均)")
        for field, words in read_table("words.toml")["group_by"].items()
    }


class Apart(NamedTuple):
    """The field that projects are told apart by, in which way, and the words that say so."""

    field: str
    way: str  # each, ranked or listed
    said: str


# 「重点专项和一般性项目各有几个」
BOTH = re.compile("各|分别")


def asks_apart(heard: Heard) -> Apart | None:
    """By what projects are to be told apart, where that is asked."""
    text = heard.part.text
    if len(heard.part.said("category")) > 1 and (both := BOTH.search(text)):
        return Apart("category", "each", both.group())
    for field, like in told_apart().items():
        if found := like.search(text):
            return Apart(field, found.lastgroup or "", found.group())
    return None


async def grouped(case: Case) -> Query | None:
    """The projects of each unit, department, category or person: how many, and how much money."""
    heard = case.heard
    if heard.projects or heard.near or heard.persons or heard.units or heard.figures:
        return None
    apart = asks_apart(heard)
    if apart is None or _asks_something_else(heard, apart):
        return None
    field = apart.field
    money = set(heard.fields) & set(AMOUNT_FIELDS) or heard.part.has("soft", "total")
    extreme = "max" if heard.asks("max") else "min" if heard.asks("min") else None
    if apart.way == "ranked" and extreme is None:
        return None  # 「哪个单位负责」 asks for the unit of a project
    if field == "contact_person" and not (money and apart.way == "each"):
        return None  # who they are, and who has the most, are answered with their phones
    return base(
        heard,
        kind=Kind.GROUPS,
        category=None if field == "category" else category_of(heard),
        of=field,
        fields=tuple(name for name in heard.fields if name in AMOUNT_FIELDS),
        extreme=extreme,
        operation="sum" if money else None,
        lead="count" if apart.way == "listed" else None,
        premise=number_stated(heard),
    )


# Where 分 is no point: 分单位列一下, 按单位分一下.
DEALT = re.compile("^分|分(?:一下|下|列|别|开|$)")


def _asks_something_else(heard: Heard, apart: Apart) -> bool:
    """Whether more is asked than how many and how much: 「各单位的联系人」, 「几家单位参加演练」."""
    dealt = aspects_of(heard) == ("points",) and DEALT.search(heard.part.text)
    by_rows = about_indicators(heard) and not dealt
    others = set(heard.fields) - {apart.field, *AMOUNT_FIELDS}
    content = [run for run in heard.content if run not in apart.said]
    return bool(by_rows or others or content) or heard.asks("blank", "due", "except", "average")
