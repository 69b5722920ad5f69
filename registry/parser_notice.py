"""Notices that grant money (关于下达2023年…资金的通知): whose money it is, for what, and how much."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from registry.labels import is_other_period
from registry.parser_titles import UNIT_WORDS
from registry.parser_values import unit_name

GRANTED = "安排|下达|拨付|核定|批复|追加|核拨"
MONEY = r"[\d,，]+(?:\.\d+)?\s*(?:亿元|万元|元)"
FUNDS = "资金|经费|预算|补助"
YEAR = r"(?:(?P<year>\d{4})\s*年度?)?"
# 你单位, 贵局: whoever the notice is addressed to.
ADDRESSED = r"(?:你|贵|该)(?:单位|[局委办院校馆站所会队处部镇乡县区市旗]|街道|中心|公司)"
# 关于下达2023年政府投资项目委托审计资金的通知
TITLE = re.compile(
    rf"^.{{0,20}}?关于(?:提前|预先)?(?:{GRANTED})[^\d]{{0,16}}?{YEAR}(?P<name>[^\d年].{{2,40}})的(?:通知|函|批复)$"
)
# 现安排你单位2023年政府投资项目委托审计资金40万元; 现将2023年河道清淤资金40万元下达你局
SENTENCES = (
    re.compile(
        rf"(?:{GRANTED})(?:给|到)?(?P<to>{ADDRESSED}|[^，。；;,\d]{{0,16}}(?=\d{{4}}\s*年))?{YEAR}的?"
        rf"(?P<name>[^，。；;,\d]{{0,40}}?(?:{FUNDS}))[^，。；;,\d]{{0,6}}?(?P<money>{MONEY})"
    ),
    re.compile(
        rf"(?P<to>将){YEAR}(?P<name>[^，。；;,\d]{{0,40}}?(?:{FUNDS}))[^，。；;,\d]{{0,6}}?(?P<money>{MONEY})"
        rf"[^，。；;,\d]{{0,6}}?(?:{GRANTED})"
    ),
)
OF_WHICH = re.compile(r"其中.*")
QUOTED = re.compile(r"^[“《\"]([^“”《》\"]+)[”》\"]$")
# What a notice says of targets beside the money: …资金预算及绩效目标
AND_TARGETS = re.compile(
    r"(?:[及和与并、]|(?:项目|区域|整体|支出|预算|资金){0,2}(?=绩效)).{0,6}绩效目标.{0,3}$"
)
# 资金 and 预算 tell that a project has money and are no part of its name; 专项资金 and 补助资金 are.
FUNDS_BEHIND = re.compile(r"(?<!专项)(?<!补助)(?<!奖补)(?<!补贴)(?<!奖励)(?:资金|预算|指标)+$")
ALIKE_BEHIND = re.compile(r"(?:资金|经费|预算|项目|指标)+$")
# A name of these words alone is no project's.
GENERAL = re.compile(
    "(?:中央|自治区|地方|上级|本级|[省市州县区]级?|财政|一般公共|政府性基金|转移支付|部门|单位|年初|年度|第.批|批次"
    "|项目|专项|支出|预算|绩效|目标|补助|补贴|奖补|资金|经费|指标|工作|业务|其他|相关|有关|结转|结余|安排|的|等|及|和|与)*"
)
SHORTEST_NAME = 3
ADDRESSEE = re.compile(r"^([^，。；：:、\s]{4,30})[：:]$")


class Grant(NamedTuple):
    """What a sentence grants; `parted` says that the name's beginning is certain, `alone` that the
    sentence speaks of no other sum, such as another township's."""

    name: str
    money: str
    year: str | None
    parted: bool
    alone: bool


def grants(text: str) -> list[Grant]:
    """Every sum of the plan's own year that a paragraph grants."""
    return [
        Grant(
            _name(match["name"]),
            match["money"],
            match["year"],
            bool(match["to"] or match["year"]),
            not _goes_on(text[match.end("money") :]),
        )
        for sentence in SENTENCES
        for match in sentence.finditer(text)
        if not is_other_period(match.group())
    ]


def total_granted(found: Sequence[Grant]) -> str | None:
    """The one sum that is granted; None where there are several."""
    sums = {grant.money for grant in found}
    return sums.pop() if len(sums) == 1 and all(grant.alone for grant in found) else None


def _goes_on(after: str) -> bool:
    return re.search(MONEY, OF_WHICH.sub("", re.split("[。；;]", after)[0])) is not None


def project_told(texts: Sequence[str]) -> str | None:
    """The one project a notice is about, by its title and its sentences; None where they differ."""
    titles = [match for text in texts if (match := TITLE.match(text.replace(" ", "")))]
    told = [grant for text in texts for grant in grants(text)]
    if len(titles) > 1 or not (titles or told):
        return None
    named = [grant for grant in told if grant.name]
    title = _name(titles[0]["name"]) if titles else ""
    if title:
        years = {titles[0]["year"], *(grant.year for grant in told)} - {None}
        has_money = bool(told) or re.search(FUNDS, titles[0]["name"]) is not None
        agree = all(_same(title, grant) for grant in named)
        return title if agree and has_money and len(years) <= 1 else None
    names = {ALIKE_BEHIND.sub("", grant.name) for grant in named}
    return named[0].name if len(names) == 1 and all(grant.parted for grant in named) else None


def unit_addressed(texts: Sequence[str]) -> str | None:
    """The unit that a notice grants its money to: 平果市审计局： … 现安排你单位 …"""
    if not any(re.search(ADDRESSED, text) for text in texts):
        return None
    lines = [match.group(1) for text in texts if (match := ADDRESSEE.match(text))]
    units = [line for line in lines if UNIT_WORDS.search(line)]
    return unit_name(units[0]) if len(units) == 1 and units[0][0] not in "各全有" else None


def _name(text: str) -> str:
    """What the money is for; "" where only money is spoken of."""
    name = FUNDS_BEHIND.sub("", AND_TARGETS.sub("", QUOTED.sub(r"\1", text.strip())))
    return "" if len(name) < SHORTEST_NAME or GENERAL.fullmatch(name) else name


def _same(title: str, grant: Grant) -> bool:
    mine, other = ALIKE_BEHIND.sub("", title), ALIKE_BEHIND.sub("", grant.name)
    return other == mine or (not grant.parted and other.endswith(mine))
