"""Rules for rankings, conditions on amounts, totals, shares and comparisons."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from bot.question.conditions import beside_mean, holds_of
from bot.question.evidence import projects_saying
from bot.question.heard import Heard
from bot.question.query import Asserted, Holds, Kind, Query
from bot.question.rules import (
    Case,
    about_indicators,
    base,
    content_is_meant,
    core_of,
    everything,
    holds_together,
    leaves_out,
    shares,
    which_larger,
    yes_no,
)
from bot.retrieval import STRONG
from registry.plan import AMOUNT_FIELDS, FUNDING_SOURCES


def ranked_of(heard: Heard) -> str:
    """What is ranked or counted: indicators, core indicators, points, or an amount field."""
    if heard.asks("core"):
        return "core_points" if heard.asks("points", "points_sum") else "core"
    if heard.asks("points", "points_sum") and not heard.asks("number"):
        return "points"
    if heard.asks("indicators"):
        return "indicators"
    amounts = [name for name in heard.fields if name in AMOUNT_FIELDS]
    return amounts[0] if amounts else "total"


async def _said_of_rows(case: Case) -> bool:
    """Whether the words left name rows of some table."""
    if not case.heard.content:
        return False
    found = await projects_saying(case.sources, case.heard, ("indicators",))
    return bool(found) and found[0][1].coverage >= STRONG


async def _said_of_passages(case: Case) -> bool:
    """Whether a passage states a figure of the words left."""
    found = await projects_saying(case.sources, case.heard)
    return (
        bool(found) and found[0][1].coverage >= STRONG and found[0][1].candidate.figure is not None
    )


# 「第二个」 may be the second of a list; 「预算第二的」 and 倒数第二 stand in a ranking.
PLACE = re.compile("排|[并名位]列|老[二三四五]|第.{1,2}[多高大少低小]|倒数")
PLACE_ALONE = re.compile("第[一二三四五六七八九十]的?(?:$|[,，?？]|是|项目)")


def _says_a_place(heard: Heard) -> bool:
    if PLACE.search(heard.part.text):
        return True
    named = heard.part.has("field", "total") or heard.part.has("soft", "total")
    return named and PLACE_ALONE.search(heard.part.text) is not None


# 「谁管的钱最多」, and not 「谁管的项目钱最多」.
WHO_HOLDS = re.compile(
    "谁(?:手[上里头]|名下|负责|分管|经手|管)着?的?总?(?:钱|资金|预算|经费|金额)(?:总额|合计|加起来)?最"
)


# 「最大的项目是谁管的」 asks for the contact of that project, 「谁管的项目最多」 for a person.
OF_THE_LARGEST = re.compile(
    "最[大小多少高低贵](?:的|那个|和最[大小多少高低]的?|与最[大小多少高低]的?)*(?:一个|那个)?(?:项目|专项)(?![最数])"
)


# 「上级补助占比最高的项目」: what it is of each project's own total.
OWN_SHARE = re.compile("(?:占|比重|比例|份额).*(?:最|排|[从由第前])")


async def ranked(case: Case) -> Query | None:
    heard = case.heard
    extreme = "max" if heard.asks("max") else "min" if heard.asks("min") else None
    if heard.asks("max") and heard.asks("min"):
        extreme = "both"
    top = heard.first("top")
    ordinal = heard.first("ordinal")
    up = heard.asks("rank_up")
    ranks = heard.asks("rank", "rank_up") or top is not None
    ranks = ranks or (ordinal is not None and _says_a_place(heard))
    if re.search("第.{1,2}[少低小]", heard.part.text):
        extreme = "min"
    if heard.projects and not heard.of_person:
        return None
    if heard.first("bottom") is not None:
        extreme, top = "min", heard.first("bottom")
    if not (extreme or ranks):
        return None
    of = ranked_of(heard)
    if of in {"indicators", "core"} and heard.content:
        return None
    other = set(heard.fields) - set(AMOUNT_FIELDS) - {"contact_person"}
    speaks_of_money = bool(set(heard.fields) & set(AMOUNT_FIELDS)) or heard.part.has(
        "soft", "total"
    )
    if of == "total" and not speaks_of_money and (other or await _said_of_rows(case)):
        return None  # 满意度最低的项目 is not the one with the least money
    told_in_words = heard.content and not heard.asks("projects", "which_project", "rank", "rank_up")
    if of == "total" and told_in_words and await _said_of_passages(case):
        return None  # 「全区累计最多赔多少」 is a limit that a passage sets
    if (
        of in {"points", "core_points"}
        and heard.asks("which_project", "indicators", "core", "not_core")
        and not heard.asks("projects")
        and not re.search("项目", heard.part.text)
    ):
        of = "row_points"
    if (
        not heard.asks("projects", "which_project", "all", "rank", "rank_up", "except")
        and not heard.persons
        and (heard.content or len(heard.rest) >= 2)
    ):
        return None
    about_people = heard.part.has("soft", "contact_person") or "contact_person" in heard.fields
    named = set(heard.fields) - {"contact_person"} or heard.part.has("soft", "total")
    of_the_largest = about_people and OF_THE_LARGEST.search(heard.part.text) is not None
    counts = heard.asks("own", "projects", "number") and not of_the_largest
    if about_people and of == "total" and not named and counts:
        return base(heard, kind=Kind.PEOPLE, extreme=extreme, top=top or (1 if extreme else None))
    if of == "total" and extreme and WHO_HOLDS.search(heard.part.text):
        # 「谁管的钱最多」 asks for a person, not for the largest project.
        return base(heard, kind=Kind.PEOPLE, extreme=extreme, top=1, fields=("total",))
    # 倒数第二少 and 倒数第二 are the same place.
    from_below = ordinal is not None and ordinal < 0
    descending = not (up or (extreme == "min" and not from_below))
    operation = (
        "own_share" if of in FUNDING_SOURCES and OWN_SHARE.search(heard.part.text)
        else "difference" if heard.asks("difference")
        else "share" if top is not None and shares(heard)
        else "sum" if heard.asks("sum") else None
    )  # fmt: skip
    return base(
        heard,
        kind=Kind.RANK,
        of=of,
        core=core_of(heard) if of == "row_points" else None,
        fields=("contact_person", "contact_phone") if of_the_largest else (),
        projects=heard.projects if heard.of_person else (),
        extreme="both" if extreme == "both" else "max" if descending else "min",
        operation=operation,
        ordinal=ordinal,
        top=int(top) if top else (None if ordinal or (ranks and not extreme) else 1),
    )


async def conditioned(case: Case) -> Query | None:
    """Projects above, below or between amounts."""
    heard = case.heard
    speaks_of_money = heard.part.has("soft", "total") or bool(
        set(heard.fields) & set(AMOUNT_FIELDS)
    )
    of_source = bool(set(heard.fields) & set(FUNDING_SOURCES))
    holds = _wholly(heard) or tuple(
        hold
        for hold in holds_of(heard.part)
        if hold.figure.is_money
        or (hold.figure.unit is None and speaks_of_money)
        or (hold.figure.unit == "%" and of_source)
    )
    if (heard.projects and not heard.of_person) or not holds or about_indicators(heard):
        return None
    if (
        heard.content
        and not speaks_of_money
        and not heard.asks("which_project", "projects", "all", "list", "number")
    ):
        return None
    of_share = any(hold.figure.unit == "%" for hold in holds)
    chosen_by = FUNDING_SOURCES if of_share else AMOUNT_FIELDS
    amounts = [name for name in heard.fields if name in chosen_by]
    counted = heard.asks("number") and not heard.asks("which_project", "list")
    kind = Kind.TOTAL if heard.asks("sum") and not heard.asks("number") else Kind.FIND
    if kind is Kind.TOTAL and yes_no(heard):
        # 「全部加起来超过2000万吗」: the total is held against it, not each project.
        return base(
            heard, kind=kind, premise=tuple(hold.figure for hold in holds), lead=holds[0].comparison
        )
    return base(
        heard,
        kind=kind,
        holds=holds,
        of=amounts[0] if amounts else "total",
        fields=(amounts[0], "total") if of_share else (),
        without=bool(heard.persons) and leaves_out(heard),
        lead="count" if counted else None,
    )


WHOLLY = re.compile("(?:全部?|都|完全|只)(?:是|由|靠|来自|出自|用|有)?(?:的是)?$")


def _wholly(heard: Heard) -> tuple[Holds, ...]:
    """「资金全部是区级的项目」: all of a project's total comes from that source."""
    before = (heard.part.text[: t.start] for t in heard.part.words("field", *FUNDING_SOURCES))
    said = heard.asks("projects", "which_project") and any(WHOLLY.search(text) for text in before)
    return (Holds("=", Asserted(Decimal(100), "%")),) if said else ()


RELATION = re.compile("[^，。]{0,4}?(?P<than>[多高大少低小])")


async def beside_others(case: Case) -> Query | None:
    """「比打非钱多但是比证券化钱少的项目」: amounts held against those of named projects."""
    heard = case.heard
    asks = heard.which_project or heard.asks("number", "list") or "的项目" in heard.part.text
    if not heard.projects or heard.of_person or not asks:
        return None
    held: list[Holds] = []
    for token in heard.part.of("project"):
        after = RELATION.match(heard.part.text[token.end :])
        if heard.part.text[: token.start].endswith("比") and after and isinstance(token.value, int):
            plan = await case.sources.plan(token.value)
            yuan = plan.yuan() if plan else None
            if yuan is not None:
                comparison = "<" if after["than"] in "少低小" else ">"
                held.append(Holds(comparison, Asserted(yuan, "元")))
    return base(heard, kind=Kind.FIND, holds=tuple(held)) if held else None


ALL_THE_OTHERS = re.compile(
    "(?:其[他它余]|别的|剩下)[^，。]{0,8}?(?:加起来|加在一起|合起来|合在一起|合计|总和|之和|总共|一共)"
)


async def beside_all_others(case: Case) -> Query | None:
    """「产业扶持比其他五个合计多多少」: a project held against all the others together."""
    heard = case.heard
    if len(heard.projects) != 1 or heard.of_person or heard.content:
        return None
    compares = heard.asks("difference", "ratio", "compare") or "比" in heard.part.text
    if not compares or shares(heard) or not ALL_THE_OTHERS.search(heard.part.text):
        return None
    operation = "ratio" if heard.asks("ratio") else "difference"
    return base(
        heard, kind=Kind.COMPARE, projects=heard.projects, without=True, operation=operation
    )


async def exactly_that_amount(case: Case) -> Query | None:
    """「200万的项目是哪个」「1000万的项目联系人是谁」「有没有50万的项目」."""
    heard = case.heard
    money = tuple(figure for figure in heard.figures if figure.is_money)
    if heard.projects or heard.persons or not money or heard.content or holds_of(heard.part):
        return None
    if heard.asks("indicators") and "项目" not in heard.part.text:
        return None
    if not (heard.asks("which_project") or re.search("[的么啥](?:项目|专项)", heard.part.text)):
        return None
    fields = tuple(name for name in heard.fields if name in {"contact_person", "contact_phone"})
    amounts = [name for name in heard.fields if name in AMOUNT_FIELDS]
    of = amounts[0] if amounts else "total"
    return base(heard, kind=Kind.FIND, holds=_so_much(money[0]), fields=fields, of=of)


# 六百多万 is from 600万 up to 700万, 一百八十多万 up to 190万.
AND_SOME = re.compile("[多余](?:个?亿|个?万|千|元|块|$)")


def _so_much(figure: Asserted) -> tuple[Holds, ...]:
    """An amount, or what lies between it and the next of as many digits where some more was said."""
    if figure.about and not AND_SOME.search(figure.said):
        tenth = abs(figure.value) / 10  # 一百九十万左右
        return (
            Holds("≥", replace(figure, value=figure.value - tenth)),
            Holds("≤", replace(figure, value=figure.value + tenth)),
        )
    if not AND_SOME.search(figure.said):
        return (Holds("=", figure),)
    step = Decimal(1).scaleb(int(figure.value.normalize().as_tuple().exponent))
    return (Holds("≥", figure), Holds("<", replace(figure, value=figure.value + step)))


async def beside_mean_amount(case: Case) -> Query | None:
    """「哪些项目高过平均数」「证券化比平均水平多吗」."""
    heard = case.heard
    comparison = beside_mean(heard.part)
    if comparison is None or heard.content or about_indicators(heard):
        return None
    amounts = [name for name in heard.fields if name in AMOUNT_FIELDS]
    return base(
        heard,
        kind=Kind.AVERAGE,
        of=amounts[0] if amounts else "total",
        projects=() if heard.of_person else heard.projects,
        operation="difference" if heard.asks("difference", "how_much") else None,
        lead=comparison,
    )


MEASURED = re.compile("(?:多少|几|好多)(?:亩|公里|座|户|人|吨|家|次|场|件|名|台|套|处|批)")


async def totalled(case: Case) -> Query | None:
    """Totals, averages and shares over the registry, a person, a category, a unit."""
    heard = case.heard
    amounts = sorted(
        (name for name in heard.fields if name in AMOUNT_FIELDS), key=lambda name: name == "total"
    )
    money = bool(amounts or heard.part.has("soft", "total") or heard.part.has("convert"))
    computes = heard.asks("sum", "average", "median") or shares(heard)
    scoped = bool(heard.persons or heard.units or heard.part.has("category") or everything(heard))
    if amounts and amounts[0] in FUNDING_SOURCES:
        if len(amounts) > 1 and "总" in heard.part.text:
            computes = scoped = True
        scoped = scoped or shares(heard)
    excepts = leaves_out(heard)
    if heard.projects and not heard.of_person and not excepts:
        return None
    if about_indicators(heard) or heard.content:
        return None
    if not money and heard.part.has("field", "contact_person", "contact_phone"):
        return None
    if not (computes or (money and scoped)) or not (
        money or heard.asks("average", "share", "sum", "median")
    ):
        return None
    # 「重点专项五个合起来」 counts what was named.
    named = heard.persons or heard.units or heard.part.has("category") or excepts
    if heard.part.has("refer", "they") and not named:
        return None
    if MEASURED.search(heard.part.text) and not money:
        return None
    if not scoped and not heard.asks("sum", "average", "median"):
        return None
    of = amounts[0] if amounts else "total"
    common = {
        "of": of,
        "without": excepts,
        "projects": heard.projects if excepts or heard.of_person else (),
        "premise": tuple(f for f in heard.figures if f.is_money) if yes_no(heard) else (),
    }
    if shares(heard):
        return base(heard, kind=Kind.SHARE, **common)
    if heard.asks("median"):
        return base(heard, kind=Kind.AVERAGE, operation="median", **common)
    if heard.asks("average"):
        return base(heard, kind=Kind.AVERAGE, **common)
    if (
        heard.asks("sum")
        or heard.persons
        or excepts
        or not heard.asks("each", "list", "which_project")
    ):
        if not heard.asks("sum") and everything(heard) and heard.asks("each", "list"):
            return None
        return base(heard, kind=Kind.TOTAL, **common)
    return None


async def projects_compared(case: Case) -> Query | None:
    heard = case.heard
    projects = heard.projects
    if len(projects) < 2 or heard.of_person or leaves_out(heard):
        return None
    if ALL_THE_OTHERS.search(heard.part.text):
        return None
    operation = (
        "ratio" if heard.asks("ratio")
        else "larger" if which_larger(heard) and len(projects) == 2  # 「哪个钱多，多多少」
        else "difference" if heard.asks("difference")
        else "larger" if which_larger(heard) or (heard.asks("compare") and re.search("多|少|大|小|高|低", heard.part.text))
        else "average" if heard.asks("average")
        else "sum" if heard.asks("sum") or (re.search("[加]", heard.part.text) and not heard.asks("each"))
        else "compare" if heard.asks("compare") else None
    )  # fmt: skip
    if operation is None or shares(heard):
        return None
    if heard.content and len(heard.rest) >= 2 and not await content_is_meant(case):
        # One of the names joined is not known: a sum over the others would be a wrong figure.
        return base(heard, kind=Kind.UNKNOWN_PROJECT)
    if await content_is_meant(case):
        return None
    of = ranked_of(heard)
    fields = tuple(name for name in heard.fields if name not in AMOUNT_FIELDS)
    if operation in {"compare", "larger"} and fields:
        return base(heard, kind=Kind.FIELDS, projects=projects, fields=heard.fields)
    return base(heard, kind=Kind.COMPARE, projects=projects, of=of, operation=operation)


async def two_of_a_person(case: Case) -> Query | None:
    """「邱敬尧的两个项目差多少」: the only two projects of a person held against each other."""
    heard = case.heard
    if len(heard.projects) != 2 or heard.content or not heard.asks("difference", "ratio"):
        return None
    if len(heard.persons) > 1 or about_indicators(heard):
        return None
    query = await projects_compared(replace(case, heard=replace(heard, of_person=False)))
    return None if query is None else replace(query, person=None)


MORE_PROJECTS = re.compile("项目(?:更|要)?(?:[多少]|一样多|数)|[多少]几个项目")
MONEY = re.compile("钱|资金|预算|经费|[万亿元]")


def _of_number(heard: Heard) -> bool:
    """Whether the projects of two persons are counted, not their money."""
    return bool(MORE_PROJECTS.search(heard.part.text)) and not MONEY.search(heard.part.text)


async def people_compared(case: Case) -> Query | None:
    """「李冬霞比韩巨星的项目多多少钱」: the totals of two persons' projects."""
    heard = case.heard
    if len(heard.persons) != 2 or heard.projects or heard.content or leaves_out(heard):
        return None
    if not holds_together(heard):
        return None
    return base(
        heard,
        kind=Kind.COMPARE,
        premise_person=heard.persons[1],
        of="projects" if _of_number(heard) else "total",
        operation=_over_two(heard),
    )


def _over_two(heard: Heard) -> str:
    """What is worked out over the totals of two: 总共多多少 is no sum."""
    if heard.asks("ratio"):
        return "ratio"
    differs = heard.asks("difference", "compare") or which_larger(heard)
    return "sum" if heard.asks("sum") and not differs else "difference"


async def units_compared(case: Case) -> Query | None:
    """「民政局比人社局的资金总共多多少」: the totals of two units' projects."""
    heard = case.heard
    if len(heard.units) != 2 or heard.projects or heard.persons or heard.content:
        return None
    if not holds_together(heard) or leaves_out(heard) or about_indicators(heard):
        return None
    return base(
        heard,
        kind=Kind.COMPARE,
        premise_unit=heard.units[1],
        of="projects" if _of_number(heard) else "total",
        operation=_over_two(heard),
    )


async def share_of_project(case: Case) -> Query | None:
    heard = case.heard
    if not heard.projects or not shares(heard) or heard.of_person:
        return None
    if about_indicators(heard) and heard.asks("points", "core"):
        return None
    if "budget_execution_weight" in heard.fields:
        return None  # a share itself
    amounts = [name for name in heard.fields if name in FUNDING_SOURCES]
    content = await content_is_meant(case)
    return base(
        heard,
        kind=Kind.SHARE,
        projects=heard.projects,
        of=amounts[0] if amounts else "total",
        content=heard.content if content else (),
        premise=heard.figures if content else (),
        unit=_whole_of_a_unit(heard),
    )


def _whole_of_a_unit(heard: Heard) -> str | None:
    """「路灯的钱占城管局的百分之多少」: the unit whose projects together are the whole."""
    whole = heard.part.text.find("占")
    named = heard.first("unit")
    after = any(0 <= whole < token.start for token in heard.part.of("unit"))
    return str(named) if named and after else None


async def place_in_ranking(case: Case) -> Query | None:
    heard = case.heard
    largest = heard.asks("max", "min") and yes_no(heard) and not heard.content
    largest = largest and not about_indicators(heard)
    if len(heard.projects) != 1 or not (heard.asks("rank") or largest) or heard.of_person:
        return None
    if await content_is_meant(case):
        return None  # 那个国务院令是第几号
    return base(
        heard,
        kind=Kind.RANK,
        projects=heard.projects,
        of=ranked_of(heard),
        extreme="min" if heard.asks("min") else "max",
        lead="place",
    )
