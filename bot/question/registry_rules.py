"""Rules for questions about the registry as a whole: lists, counts, rows of all projects, deadlines."""

from __future__ import annotations

import re

from bot.question.analysis import Token, number
from bot.question.conditions import comparison_beside, holds_of
from bot.question.evidence import projects_saying
from bot.question.heard import Heard
from bot.question.query import Asserted, Due, Holds, Kind, Query
from bot.question.rules import (
    Case,
    about_indicators,
    base,
    core_of,
    leaves_out,
    number_stated,
)
from bot.retrieval import STRONG
from registry.plan import AMOUNT_FIELDS

SIGNS = {
    "定性": "定性",
    "≥": "≥", ">=": "≥", "大于等于": "≥", "≤": "≤", "<=": "≤", "小于等于": "≤", ">": ">",
    "大于号": ">", "<": "<", "小于号": "<", "=": "=", "等于": "=", "等于号": "=", "等号": "=",
}  # fmt: skip


async def people_listed(case: Case) -> Query | None:
    heard = case.heard
    lists = heard.asks("number", "list", "which_project", "all", "sum")
    lists = lists or heard.asks("except") or bool(number_stated(heard))
    about_people = heard.asks("people") or ("contact_person" in heard.fields and lists)
    others = (
        heard.persons
        and heard.asks("except")
        and (about_people or heard.part.has("soft", "contact_person"))
    )
    if others:
        return base(heard, kind=Kind.PEOPLE, without=True)
    if heard.projects or heard.persons or not about_people or heard.asks("max", "min"):
        return None
    if heard.asks("people") or not heard.part.has("refer"):
        if heard.asks("blank") or (heard.content and not heard.asks("people")):
            return None
        if heard.content and not heard.fields and await _somebody_else(case):
            return None
        stated = number_stated(heard)
        number = bool(stated) or heard.asks("number", "how_much") or "几" in heard.part.text
        return base(heard, kind=Kind.PEOPLE, lead="count" if number else None, premise=stated)
    return None


PROJECTS_HELD = re.compile(
    "(?:管|负责|挂|联系|盯|跟|兜|牵头|对接|经手|(?:手[上里头]|名下)有?)[了着过]?(?P<only>只|仅|就)?有?"
    "(?P<more>不止|超过|多于)?(?P<n>\\d{1,3}|[一二两三四五六七八九十]{1,3}|多|好几)个(?:以上的?|及以上的?)?(?:项目|专项)"
)


async def people_holding(case: Case) -> Query | None:
    """「谁一个人管了三个项目」「哪位联系人负责不止一个项目」: people by the number of their projects."""
    heard = case.heard
    said = PROJECTS_HELD.search(heard.part.text)
    asks = heard.asks("people") or "contact_person" in {*heard.fields, *heard.soft_fields}
    if said is None or not asks or heard.projects or heard.persons or heard.content:
        return None
    several = said["n"] in {"多", "好几"}
    count = Asserted(number("两" if several else said["n"]), "个", said=said["n"])
    above = ">" if said["more"] else "≥" if several or "以上" in said.group() else "="
    return base(heard, kind=Kind.PEOPLE, holds=(Holds(above, count),), fields=())


async def _somebody_else(case: Case) -> bool:
    """Whether the people are those that a sheet speaks of: 哪些人进游泳馆不要钱."""
    found = await projects_saying(case.sources, case.heard)
    return bool(found) and found[0][1].coverage >= STRONG


SOURCE = "(?:上级|上面|区级|区里|县级|其他|自筹|市级|市里|省级|中央)"
# 「有几个项目拿了上级补助」「哪些项目没争取到市级资金」
GOT = f"(?:拿|得|要|用|获得?|争取|享受|申请)(?:到了?|了|过|着)?(?:的)?{SOURCE}"
NOT_GOT = re.compile(f"没(?:有|能)?{GOT}")
HAS_FIELD = re.compile(
    f"(?<![没有能]){GOT}"
    f"|(?<!没)有(?:{SOURCE}|联系|电话|立项|依据|概况)"
    "|(?:上级|其他|自筹|市级|省级|中央)(?:资金|补助)?的[是有]哪"
)


async def without_a_value(case: Case) -> Query | None:
    """「哪些表没有立项依据」「没写项目概况的是哪张表」「谁没有电话」."""
    heard = case.heard
    fields = [name for name in (*heard.fields, *heard.soft_fields) if name != "table_number"]
    asks_which = heard.asks("projects") or (
        heard.asks("which_project", "all", "number", "list")
        or "table_number" in heard.fields
        or heard.part.has("soft", "contact_person")
    )
    if heard.projects or (heard.near and not asks_which) or not fields or not asks_which:
        return None
    lacks = NOT_GOT.search(heard.part.text)
    has = None if lacks else HAS_FIELD.search(heard.part.text)
    verb = (lacks or has or [""])[0]
    if not (heard.asks("blank", "given") or verb) or any(run not in verb for run in heard.content):
        return None
    wanted = [name for name in fields if name not in {"contact_person"} or len(fields) == 1]
    return base(
        heard,
        kind=Kind.FIND,
        fields=tuple(wanted[:1]),
        blank=lacks is not None or heard.asks("blank") or not (heard.asks("given") or has),
        lead="count" if heard.asks("number") else None,
    )


async def by_table_number(case: Case) -> Query | None:
    """「表十二是哪个项目」."""
    heard = case.heard
    match = re.search(
        r"表([一二三四五六七八九十]{1,3}|\d{1,3})(?!\w*几|[共般个些样起下览])", heard.part.text
    )
    if match is None or heard.projects:
        return None
    return base(heard, kind=Kind.FIND, fields=("table_number",), content=(match.group(),))


async def rows_with(case: Case) -> Query | None:
    """Indicators of all projects by their properties: 30分的, 小于号, 单位是亿元, 目标为0."""
    heard = case.heard
    if heard.projects and not heard.of_person:
        return None
    found = row_conditions(case)
    if found is None and _all_of_a_kind(heard):
        found = {"core": core_of(heard)}
    if found is None:
        return None
    found["lead"] = "count" if heard.asks("number") else None
    return base(heard, kind=Kind.INDICATORS, projects=heard.projects, **found)


OF_EACH_PROJECT = re.compile("(?:各个?|每个|所有|全部|[几六6]个)的?(?:项目|专项|表)")


def _all_of_a_kind(heard: Heard) -> bool:
    """「哪些指标是核心」「各项目的核心指标列一下」: the rows of all projects, or those that are core, or not."""
    every = heard.asks("all", "each") and heard.asks("core", "not_core", "indicators")
    asks = every or (heard.asks("which_project") and heard.asks("core", "not_core"))
    others = heard.content or heard.fields or heard.asks("points", "points_sum", "target", "enough")
    others = others or heard.asks(
        "number", "how_much", "max", "min", "sum", "rank", "average", "except"
    )
    plain = OF_EACH_PROJECT.sub("", heard.part.text)
    of_one = heard.part.has("refer", "it", "they") or "项目" in plain
    return asks and not (others or of_one or heard.persons or heard.units or heard.near)


NUMBER = r"(?P<n>\d{1,2}|[一二两三四五六七八九十]{1,3})\s*[个条项行]"
SO_MANY_ROWS = (
    re.compile(
        rf"(?:指标|核心)(?:个|条|项)?数?量?[^，,。\d第一二两三四五六七八九十]{{0,6}}{NUMBER}"
    ),
    re.compile(rf"(?<!第){NUMBER}(?:绩效|核心|考核)*指标"),
)


async def so_many_rows(case: Case) -> Query | None:
    """「指标数刚好5条的项目」「哪些项目核心指标超过3个」「有六个指标的项目」."""
    heard = case.heard
    if heard.projects or heard.content or heard.asks("target", "points", "enough"):
        return None
    if not heard.asks("indicators", "core") or "项目" not in heard.part.text:
        return None
    said = next((found for like in SO_MANY_ROWS if (found := like.search(heard.part.text))), None)
    if said is None:
        return None
    figure = Asserted(number(said["n"]), "个", said=said["n"])
    place = Token(said.start("n"), said.end(), said.group(), "figure", figure)
    return base(
        heard,
        kind=Kind.RANK,
        of="core" if heard.asks("core") else "indicators",
        holds=(Holds(comparison_beside(heard.part, place) or "=", figure),),
        extreme="max",
    )


async def so_many_points(case: Case) -> Query | None:
    """「哪个项目的指标分值加起来不到90」「分值合计等于90分的项目」."""
    heard = case.heard
    summed = heard.asks("points_sum") or (heard.asks("points") and heard.asks("sum"))
    held = holds_of(heard.part)
    if heard.projects or heard.content or not summed or "项目" not in heard.part.text or not held:
        return None
    of = "core_points" if heard.asks("core") else "points"
    return base(heard, kind=Kind.RANK, of=of, holds=held, extreme="max")


COUNTS_ROWS = re.compile("[个项条](?:绩效|核心|考核)?指标")
COUNTED_UNITS = re.compile(
    r"单位(?:是|为|填的?是?|用的?)?(?P<unit>%|亿元|万元|元|人次|场次|次数|个|家|次|件|人|户)"
)


def row_conditions(case: Case) -> dict[str, object] | None:
    """Conditions on rows of indicator tables: points, target, sign, unit; None where none is said."""
    heard = case.heard
    found: dict[str, object] = {}
    if "budget_execution_weight" in heard.fields:
        return None
    unit = COUNTED_UNITS.search(heard.part.text)
    sign = heard.first("sign")
    speaks = heard.asks("indicators", "points", "target", "which_project", "list", "number")
    if unit and speaks and heard.content in {(), (unit["unit"],)}:
        found["fields"] = (f"unit={unit['unit']}",)
    if sign and not heard.content and (heard.asks("which_project", "indicators", "list", "number")):
        found["fields"] = (f"sign={SIGNS[str(sign)]}",)
    figures = [
        token.value
        for token in heard.part.of("figure")
        if isinstance(token.value, Asserted)
        and (not token.value.is_money or heard.asks("indicators"))
        # 「打非的5个指标」 counts them.
        and not COUNTS_ROWS.match(heard.part.text[token.end - 1 :])
    ]
    if figures and speaks and not heard.asks("enough", "share") and not heard.content:
        figure = figures[0]
        if figure.unit == "分" or heard.asks("points"):
            found["fields"] = (f"points={figure.value}",)
        elif heard.asks("indicators", "target", "which_project", "list"):
            said = figure.said if figure.is_money else f"{figure.value}{figure.unit or ''}"
            found["fields"] = (f"target={said}",)
    if not found:
        return None
    # 「是<（不是≤）的」 is no negation: what was meant stands before it.
    plain = OTHERWISE.sub("", heard.part.text)
    if "不是" in plain or "不为" in plain:
        found["negated"] = True
    if heard.asks("core"):
        found["core"] = True
    return found


OTHERWISE = re.compile("[(,，]不是[^),，]*[),，]")


SUMMED = re.compile(
    "(?:几|[两二三四五六七八九十])个(?:项目|专项)的?(?:合计|总共|一共|加起来|加一起|总计|共计)(?:要|是|有)?(?:多少|好多)(?!个|项)"
)


SHEETS_COUNTED = re.compile("(?:几|多少|好多)[张份]表")


async def counted(case: Case) -> Query | None:
    """「总共几个项目」「核心指标一共有几个」「李冬霞管几个项目」."""
    heard = case.heard
    if (heard.projects and not heard.of_person) or heard.content:
        return None
    if heard.asks("points_sum"):
        return _points_of_each(heard)
    money = bool(set(heard.fields) & set(AMOUNT_FIELDS)) or heard.part.has("soft", "total")
    asks_number = heard.asks("number") or (
        heard.asks("sum")
        and heard.asks("how_much")
        and heard.asks("indicators", "core")
        and not money
    )
    summed = heard.asks("sum") and (money or SUMMED.search(heard.part.text) is not None)
    if summed and not about_indicators(heard):
        return None  # 「市场监管局几个项目总共多少钱」「统计局几个项目合计多少」
    stated = number_stated(heard)
    asks_number = asks_number or bool(stated)
    sheets = SHEETS_COUNTED.search(heard.part.text) is not None
    if not asks_number or (heard.fields and not heard.asks("indicators", "core", "projects")):
        return None
    if heard.asks("core", "not_core", "indicators"):
        return base(
            heard,
            kind=Kind.COUNT,
            of="core"
            if heard.asks("core")
            else "not_core"
            if heard.asks("not_core")
            else "indicators",
            projects=heard.projects,
            premise=stated,
            lead="count" if stated else None,
        )
    if (
        heard.asks("projects", "which_project")
        or sheets
        or heard.persons
        or heard.part.has("category")
        or heard.units
    ):
        if heard.asks("sum") and (heard.part.has("soft", "total") or "加" in heard.part.text):
            return None
        return base(heard, kind=Kind.FIND, lead="count", without=leaves_out(heard), premise=stated)
    return None


def _points_of_each(heard: Heard) -> Query | None:
    """「指标满分加起来是多少」: what the points of each project's indicators add up to."""
    if not heard.asks("indicators", "core", "all", "projects", "each"):
        return None
    of = "core_points" if heard.asks("core") else "points"
    return base(heard, kind=Kind.RANK, of=of, projects=heard.projects, extreme="max")


async def listed(case: Case) -> Query | None:
    """「列出所有项目」「财政局有哪些项目」「各项目的预算都列一下」「李冬霞手头有哪几个项目」."""
    heard = case.heard
    if heard.projects and not heard.of_person and not heard.asks("except"):
        return None
    if heard.content or (about_indicators(heard) and not heard.persons):
        return None
    if (
        heard.persons
        and not (set(heard.fields) - {"contact_person"})
        and not about_indicators(heard)
    ):
        return base(heard, kind=Kind.FIND, without=leaves_out(heard))
    listing = (
        heard.asks("projects", "all")
        or heard.which_project
        or heard.units
        or heard.part.has("category")
        or heard.asks("except")
    )
    asks = heard.asks("list", "all", "each", "which_project", "except", "projects")
    asks = asks or bool(heard.units and heard.asks("also"))  # 「残联还有哪些项目」
    if heard.rest and heard.which_project and not heard.fields:
        return None  # 「周…是哪个项目的」: somebody unknown is not everybody
    of_some = heard.part.has("refer", "it", "they") and not _of_all_loaded(case)
    if listing and asks and not of_some:
        fields = tuple(name for name in heard.fields if name not in {"table_number", "category"})
        if heard.part.has("soft", "total") and not fields:
            fields = ("total",)
        return base(
            heard,
            kind=Kind.FIND,
            fields=fields,
            projects=heard.projects,
            without=leaves_out(heard),
        )
    return None


AMONG = re.compile("[这那](?:几个|些)(?:项目|专项|表)?(?:里头?|里面|当中|中)")


def _of_all_loaded(case: Case) -> bool:
    """「这几个里头哪个不是重点专项」 where nothing was spoken of before: of all that are loaded."""
    return not case.context.recent and AMONG.search(case.heard.part.text) is not None


async def due_by(case: Case) -> Query | None:
    heard = case.heard
    due = heard.due
    if due is None and not heard.asks("due"):
        return None
    if heard.projects:
        return None
    specific = says_more_than_a_date(heard)
    which = heard.asks("which_project", "list", "projects", "all") or (
        # 「要完工的是什么项目」 asks which they are; 是什么项目 alone asks what one is about.
        "overview" in heard.fields and "项目" in heard.part.text
    )
    if due is not None and specific and not which:
        return None
    if due is None:
        asked = heard.asks("indicators", "which_project", "list", "all", "projects")
        if not asked or [run for run in heard.content if not ENDS.search(run)]:
            return None
        due = Due()
    ends = ENDS.search(heard.part.text)
    return base(
        heard,
        kind=Kind.DUE,
        due=due,
        content=heard.content if specific else (),
        extreme=None if ends is None else "min" if ends["first"] else "max",
        top=1 if ONE_ASKED.search(heard.part.text) else None,
    )


# 「最早的节点」「最后到期的指标」.
ENDS = re.compile("(?P<first>最早|最先|最近)|最晚|最迟|最后")
ONE_ASKED = re.compile("哪[个项条](?!些)|哪一[个项条]")


def says_more_than_a_date(heard: Heard) -> bool:
    """Whether more than a date and 完成 was said."""
    rest = re.sub(
        "完成|任务|考核|到位|搞完|做完|截止|要求|弄完|达到|事项|工作|事情|节点|有", "", heard.rest
    )
    return len(rest) >= 2
