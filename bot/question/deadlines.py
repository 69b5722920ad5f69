"""Dates and deadlines: those asked for (几号前), and those that names of indicators and passages
state (10月底投资完成, 2017年底前…, 每月15日前)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MONTH = re.compile(
    r"(?:(?P<year>20\d\d)\s*年)?\s*(?P<month>1[0-2]|[1-9])\s*月(?:份)?(?:底|末|前|初|中旬|\d+日)"
)
YEAR_END = re.compile(r"(?:(?P<year>20\d\d)\s*年|年)\s*(?:底|末)")
QUARTER = re.compile(r"(?P<quarter>[一二三四1-4])季度(?:末|底|前)")
BEFORE = re.compile("[之以]?前")
NEXT_YEAR = re.compile("(?:次年|翌年|明年|下一?年)$")
# 每月15日前, 季度末月20日前: a deadline of no month.
EVERY_TIME = re.compile(r"每[月季周旬年][^，。；]{0,6}?\d{1,2}日[之以]?前")
# 申报截止时间为2025年11月30日
UNTIL = re.compile(r"截[止至](?:时间|日期|日)?[为是到于：:]{0,2}(?:20\d\d年)?\d{1,2}月\d{1,2}日")

DATE_ASKED = re.compile(
    "几月(?!饼)|(?<!打)几号(?!文|令|楼|线|机)|几日[之以]?前|哪一?[天日]|哪个月|什么时候|啥时候|何时|什么时间"
    "|截止(?:日期|时间)"
)
# 星期几闭馆: a day of the week.
WEEKDAY_ASKED = re.compile("(?:星期|周|礼拜)几")
WEEKDAY = re.compile("(?:每?周|星期|礼拜)[一二三四五六日天末]")
# 几点到几点: a time of the day, and how sheets print it.
HOUR_ASKED = re.compile("几点(?!意见|建议|要求)|几时(?!候)")
HOUR = re.compile(r"\d{1,2}[:：]\d{2}|(?<!\d)\d{1,2}[时点](?![候间])")
# 多久查一次 asks how often.
TIME_ASKED = re.compile(
    "多久(?!.{0,6}一?次)|多长时间|(?:几|多少|好多)(?:个?(?:工作日|小时|星期|季度)|天|分钟|个月|周|日(?![之以]?前)|年(?![级度]))"
)
TIME_UNIT = re.compile("工作日|小时|分钟|星期|季度|[天日月周年]$")
# On what a payment waits where no date is stated: 验收合格后, 按季, 分两次.
OCCASION = re.compile("后|前|按[季月年]|分.{1,2}[次批期]|一次性|每[月季年]")
DATE = re.compile(
    r"\d{1,2}月(?:份)?(?:\d{1,2}日|[底末初]|[上中下]旬|[之以]?前|至)|月\d{1,2}日|每[月季周旬年].{0,6}?\d{1,2}日|[年月][底末]"
)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The end of a month; the plan's own year where the name states none."""

    year: int | None
    month: int


def deadline_of(name: str, plan_year: int | None) -> Deadline | None:
    """The deadline in an indicator's name, or None."""
    month = MONTH.search(name)
    if month:
        return Deadline(int(month["year"]) if month["year"] else plan_year, int(month["month"]))
    end = YEAR_END.search(name)
    if end:
        return Deadline(int(end["year"]) if end["year"] else plan_year, 12)
    quarter = QUARTER.search(name)
    if quarter:
        number = "一二三四".find(quarter["quarter"]) + 1 or int(quarter["quarter"])
        return Deadline(plan_year, number * 3)
    return None


def deadlines_in(text: str, plan_year: int | None, *, at_end: bool) -> Iterator[Deadline]:
    """The deadlines that a sentence states: 白石溪6月底前完成，其余11月底前销号 holds two. `at_end`:
    only those at the end of a month, not 9月1日前."""
    for match in MONTH.finditer(text):
        of_end = match.group()[-1] in "底末"
        if of_end or (
            not at_end and (match.group()[-1] == "前" or BEFORE.match(text, match.end()))
        ):
            year = int(match["year"]) if match["year"] else plan_year
            if year is not None and NEXT_YEAR.search(text[: match.start()]):
                year += 1
            yield Deadline(year, int(match["month"]))
    for match in YEAR_END.finditer(text):
        if BEFORE.match(text, match.end()):
            yield Deadline(int(match["year"]) if match["year"] else plan_year, 12)
