"""Named rules: what a part of a question must hold, and the query it then yields.

The rules are tried in the order of `RULES`; the first that yields a query wins, and its name stands
in the trace.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.question.context import Context
from bot.question.hearing import (
    Heard,
    evidence_in,
    holds_of,
    projects_of,
    projects_saying,
)
from bot.question.query import Asserted, Due, Holds, Kind, Query
from bot.question.sources import Sources
from bot.retrieval import STRONG, WEAK
from registry.passages import figures
from registry.plan import AMOUNT_FIELDS, FUNDING_SOURCES, TEXT_FIELDS, YUAN_PER_UNIT, Plan

Yield = Awaitable[Query | None]

# Fields that a question names beyond doubt: no passage is meant beside them.
CERTAIN_FIELDS = frozenset(
    {
        "contact_person", "contact_phone", "supervising_department", "implementing_unit", "year",
        "category", "table_number", "title", "region", "amount_unit", "budget_execution_weight",
    }
)  # fmt: skip
ASPECTS = ("target", "points", "unit", "core", "comparison", "enough")
SIGNS = {
    "定性": "定性",
    "≥": "≥", ">=": "≥", "大于等于": "≥", "≤": "≤", "<=": "≤", "小于等于": "≤", ">": ">",
    "大于号": ">", "<": "<", "小于号": "<", "=": "=", "等于": "=", "等于号": "=", "等号": "=",
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """What a rule looks at."""

    heard: Heard
    context: Context
    sources: Sources


@dataclass(frozen=True)
class Rule:
    """A rule by its name in plain words."""

    name: str
    apply: Callable[[Case], Yield]


# The 多少 of 「分值是多少」 asks for the points, not for a target beside them.
OWN_NUMBER = re.compile("(?:分值|分数|权重分|单位|几分|多少分|好多分)(?:是|为|有)?(?:多少|几|好多)?")


def aspects_of(heard: Heard) -> tuple[str, ...]:
    """Which sides of an indicator are asked for."""
    asked = [
        aspect for aspect in ("target", "points", "comparison", "enough") if heard.asks(aspect)
    ]
    if (
        heard.asks("number", "how_much")
        and asked
        and "enough" not in asked
        and "target" not in asked
    ):
        asked.insert(0, "target")
    if heard.asks("points_sum"):
        asked.append("points")
    numbers = heard.asks("number", "how_much")
    apart = OWN_NUMBER.sub("", heard.part.text)
    numbers = numbers and re.search("多少|几|好多", apart) is not None
    if numbers and asked and not {"enough", "target"} & set(asked):
        asked.insert(0, "target")
    if heard.asks("core", "not_core"):
        asked.append("core")
    if heard.part.has("group", "unit_ask"):
        asked.append("unit")
    return tuple(asked)


def about_indicators(heard: Heard) -> bool:
    """Whether the words are those of an indicator table."""
    return bool(aspects_of(heard)) or heard.asks("indicators", "points_sum")


NOT_CORE = re.compile(
    r"(?<!是)(?:不|没|未)(?:是|算|属于|列为|标|列|标为|列入|打)[^，。]{0,2}核心|(?:除了|除去|除|不含|不算)核心|非核心"
)


def core_of(heard: Heard) -> bool | None:
    """Whether core indicators are meant (True), the others (False), or no matter."""
    plain = heard.part.text
    for token in heard.part.of("project", "near"):
        plain = plain.replace(token.text, "，")
    if heard.asks("not_core") or NOT_CORE.search(plain):
        return False
    return True if heard.asks("core") else None


def shares(heard: Heard) -> bool:
    """Whether a share of a whole is asked for; 百分之几 alone may be a target."""
    return heard.asks("share") and bool(re.search("占|比重|份额|几成", heard.part.text))


# 「鹏诚那个项目」「上市奖补的项目」: the words before only tell which project.
DESCRIBED = re.compile(r"(?:那个|这个|的|那|这|该)(?:项目|专项|资金)|项目的")


def describes(heard: Heard) -> bool:
    """Whether the content of a part only describes the project it asks about: all of it stands
    before 项目 (鹏诚那个扶持项目资金)."""
    if DESCRIBED.search(heard.part.text):
        return True
    place = max(heard.part.text.rfind("项目"), heard.part.text.rfind("专项"))
    rests = heard.part.of("rest")
    return place >= 0 and bool(rests) and all(token.start < place for token in rests)


def in_unit(heard: Heard) -> str | None:
    """The unit an amount is wanted in, where one was named."""
    units = heard.part.said("convert")
    return units[0] if units else None


def yes_no(heard: Heard) -> bool:
    """Whether something stated is to be confirmed."""
    return heard.part.has("yes_no")


def category_of(heard: Heard) -> str | None:
    """The category of projects that was named."""
    categories = heard.part.said("category")
    return categories[0] if len(categories) == 1 else None


def everything(heard: Heard) -> bool:
    """Whether the words speak of the registry rather than of one project."""
    return (
        heard.asks("all", "except", "people")
        or (heard.asks("each") and "项目" in heard.part.text)
        or heard.which_project
        or heard.part.has("category")
        or (heard.asks("projects") and not heard.part.has("refer"))
    )


def base(heard: Heard, **more: object) -> Query:
    """A query with the scope that was named; its kind comes with `more`."""
    values: dict[str, object] = {
        "person": heard.persons[0] if heard.persons else None,
        "unit": heard.units[0] if heard.units else None,
        "category": category_of(heard),
        "year": heard.first("year"),
        "in_unit": in_unit(heard),
        "yes_no": yes_no(heard),
        "beside": heard.beside,
        "said": heard.part.text,
    }
    values.update(more)
    return Query(**values)  # type: ignore[arg-type]


# --- talk, phones, documents, years ---------------------------------------------------------------


async def only_talk(case: Case) -> Query | None:
    heard = case.heard
    plain = not (
        heard.projects or heard.near or heard.persons or heard.units or heard.fields
        or heard.part.of("figure", "phone", "document", "ordinal", "due", "year")
        or heard.part.has("ask", "points", "core", "indicators", "sum", "max", "min", "which_project", "target")
    )  # fmt: skip
    if not plain:
        return None
    if heard.part.has("talk", "help") and not heard.content:
        return base(heard, kind=Kind.HELP)
    if heard.content and not heard.part.has("talk"):
        return None
    if heard.part.has("talk", "greeting") and len(heard.rest) <= 4:
        return base(heard, kind=Kind.GREETING)
    if heard.part.has("talk", "thanks") and len(heard.rest) <= 4:
        return base(heard, kind=Kind.THANKS)
    return None


async def whose_phone(case: Case) -> Query | None:
    heard = case.heard
    phone = heard.first("phone")
    if phone is None:
        return None
    if heard.projects and set(heard.fields) & {"contact_phone", "contact_person"}:
        return base(
            heard,
            kind=Kind.FIELDS,
            projects=heard.projects,
            fields=("contact_phone",),
            phone=str(phone) if yes_no(heard) else None,
        )
    return base(heard, kind=Kind.PHONE, phone=str(phone))


async def which_rests_on(case: Case) -> Query | None:
    heard = case.heard
    document = heard.first("document")
    if document is None:
        return None
    return base(heard, kind=Kind.DOCUMENT, document=str(document), projects=heard.projects)


async def part_of_a_document(case: Case) -> Query | None:
    """「渝财规10号文」「2254号批示批的是啥项目」: a number without its year, words of a title."""
    heard = case.heard
    number = heard.first("number_part")
    if number is None or (heard.projects and not heard.asks("which_project")):
        return None
    found = await projects_saying(case.sources, heard, ("approval_basis", "overview"))
    good = [project for project, evidence in found if str(number) in _words(evidence)]
    if not good:
        return base(heard, kind=Kind.UNKNOWN_PROJECT, document=str(number))
    return base(
        heard,
        kind=Kind.FIND,
        projects=tuple(good),
        content=heard.content,
        content_in=("approval_basis", "overview"),
    )


def _words(evidence: object) -> str:
    candidate = getattr(evidence, "candidate", None)
    return f"{candidate.words}{candidate.context}" if candidate else ""


async def shared_documents(case: Case) -> Query | None:
    heard = case.heard
    basis = "approval_basis" in (*heard.fields, *heard.soft_fields)
    if not heard.asks("basis_shared") and not (basis and heard.asks("same")):
        return None
    return base(
        heard,
        kind=Kind.COMPARE,
        projects=heard.projects,
        fields=("approval_basis",),
        operation="shared",
    )


async def year_not_loaded(case: Case) -> Query | None:
    heard = case.heard
    year = heard.first("year") or _relative_year(case)
    if year is None:
        return None
    loaded = {known for known, _ in await case.sources.years()}
    if year in loaded or (None in loaded and len(loaded) == 1):
        return None
    return base(heard, kind=Kind.UNKNOWN_YEAR, year=year, projects=heard.projects)


def _relative_year(case: Case) -> int | None:
    said = [int(offset) for offset in case.heard.part.said("year") if int(offset) != 0]
    return case.sources.today().year + said[0] if said else None


# --- the registry as a whole ----------------------------------------------------------------------


async def people_listed(case: Case) -> Query | None:
    heard = case.heard
    lists = heard.asks("number", "list", "which_project", "all", "sum")
    about_people = heard.asks("people") or ("contact_person" in heard.fields and lists)
    others = heard.persons and heard.asks("except") and (about_people or heard.part.has("soft", "contact_person"))
    if others:
        return base(heard, kind=Kind.PEOPLE, without=True)
    if heard.projects or heard.persons or not about_people:
        return None
    if heard.asks("people") or not heard.part.has("refer"):
        if heard.asks("blank") or (heard.content and not heard.asks("people")):
            return None
        number = heard.asks("number", "how_much") or "几" in heard.part.text
        return base(heard, kind=Kind.PEOPLE, lead="count" if number else None)
    return None


HAS_FIELD = re.compile(
    "(?<!没)有(?:上级|区级|县级|其他|自筹|市级|省级|中央|联系|电话|立项|依据|概况)"
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
    given_one = HAS_FIELD.search(heard.part.text) is not None
    if not (heard.asks("blank", "given") or given_one) or heard.content:
        return None
    wanted = [name for name in fields if name not in {"contact_person"} or len(fields) == 1]
    return base(
        heard,
        kind=Kind.FIND,
        fields=tuple(wanted[:1]),
        blank=heard.asks("blank") or not (heard.asks("given") or given_one),
        lead="count" if heard.asks("number") else None,
    )


async def findings_asked(case: Case) -> Query | None:
    heard = case.heard
    if not heard.asks("finding") or heard.content:
        return None
    return base(heard, kind=Kind.FINDINGS, projects=heard.projects or case.context.projects)


async def history_asked(case: Case) -> Query | None:
    heard = case.heard
    projects = heard.projects or (case.context.projects if not heard.content else ())
    if not heard.asks("history") or not projects:
        return None
    return base(heard, kind=Kind.HISTORY, projects=projects)


async def by_table_number(case: Case) -> Query | None:
    """「表十二是哪个项目」."""
    heard = case.heard
    match = re.search(r"表([一二三四五六七八九十]{1,3}|\d{1,3})(?!\w*几)", heard.part.text)
    if match is None or heard.projects:
        return None
    return base(heard, kind=Kind.FIND, fields=("table_number",), content=(match.group(),))


def _ranked_of(heard: Heard) -> str:
    """What is ranked or counted: indicators, core indicators, points, or an amount field."""
    if heard.asks("core"):
        return "core_points" if heard.asks("points", "points_sum") else "core"
    if heard.asks("points", "points_sum") and not heard.asks("number"):
        return "points"
    if heard.asks("indicators"):
        return "indicators"
    amounts = [name for name in heard.fields if name in AMOUNT_FIELDS]
    return amounts[0] if amounts else "total"


async def ranked(case: Case) -> Query | None:
    heard = case.heard
    extreme = "max" if heard.asks("max") else "min" if heard.asks("min") else None
    if heard.asks("max") and heard.asks("min"):
        extreme = "both"
    top = heard.first("top")
    ordinal = heard.first("ordinal")
    up = heard.asks("rank_up")
    ranks = heard.asks("rank", "rank_up") or top is not None
    ranks = ranks or (ordinal is not None and re.search("排|第.{1,2}[多高大少低小]", heard.part.text) is not None)
    if re.search("第.{1,2}[少低小]", heard.part.text):
        extreme = "min"
    if heard.projects and not heard.of_person:
        return None
    if heard.first("bottom") is not None:
        extreme, top = "min", heard.first("bottom")
    if not (extreme or ranks):
        return None
    of = _ranked_of(heard)
    if of in {"indicators", "core"} and heard.content:
        return None
    if (
        of in {"points", "core_points"}
        and heard.asks("which_project")
        and not heard.asks("projects")
        and not re.search("项目", heard.part.text)
    ):
        of = "row_points"
    if (
        not heard.asks("projects", "which_project", "all", "rank", "rank_up", "except")
        and not heard.persons
        and heard.content
        and top is None
    ):
        return None
    about_people = heard.part.has("soft", "contact_person") or "contact_person" in heard.fields
    named = set(heard.fields) - {"contact_person"} or heard.part.has("soft", "total")
    if about_people and of == "total" and not named and heard.asks("own", "projects", "number"):
        return base(heard, kind=Kind.PEOPLE, extreme=extreme, top=top or (1 if extreme else None))
    descending = not (extreme == "min" or up)
    operation = "difference" if heard.asks("difference") else "sum" if heard.asks("sum") else None
    return base(
        heard,
        kind=Kind.RANK,
        of=of,
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
    holds = tuple(
        hold
        for hold in holds_of(heard.part)
        if hold.figure.is_money or (hold.figure.unit is None and speaks_of_money)
    )
    if (heard.projects and not heard.of_person) or not holds or about_indicators(heard):
        return None
    if (
        heard.content
        and not speaks_of_money
        and not heard.asks("which_project", "projects", "all", "list", "number")
    ):
        return None
    amounts = [name for name in heard.fields if name in AMOUNT_FIELDS]
    counted = heard.asks("number") and not heard.asks("which_project", "list")
    kind = Kind.TOTAL if heard.asks("sum") and not heard.asks("number") else Kind.FIND
    return base(
        heard,
        kind=kind,
        holds=holds,
        of=amounts[0] if amounts else "total",
        lead="count" if counted else None,
    )


async def beside_others(case: Case) -> Query | None:
    """「比打非钱多但是比证券化钱少的项目」: amounts held against those of named projects."""
    heard = case.heard
    if not heard.projects or heard.of_person or not (heard.which_project or "的项目" in heard.part.text):
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


RELATION = re.compile("[^，。]{0,4}?(?P<than>[多高大少低小])")


async def exactly_that_amount(case: Case) -> Query | None:
    """「200万的项目是哪个」."""
    heard = case.heard
    money = tuple(figure for figure in heard.figures if figure.is_money)
    if heard.projects or not money or not heard.asks("which_project") or heard.content:
        return None
    return base(heard, kind=Kind.FIND, holds=(Holds("=", money[0]),))


async def rows_with(case: Case) -> Query | None:
    """Indicators of all projects by their properties: 30分的, 小于号, 单位是亿元, 目标为0."""
    heard = case.heard
    if heard.projects and not heard.of_person:
        return None
    found = row_conditions(case)
    if found is None:
        return None
    found["lead"] = "count" if heard.asks("number") else None
    return base(heard, kind=Kind.INDICATORS, projects=heard.projects, **found)


COUNTED_UNITS = re.compile(
    r"单位(?:是|为|填的?是?|用的?)?(?P<unit>%|亿元|万元|元|人次|场次|次数|个|家|次|件|人|户)"
)


def row_conditions(case: Case) -> dict[str, object] | None:
    """Conditions on rows of indicator tables: points, target, sign, unit; None where none is said."""
    heard = case.heard
    found: dict[str, object] = {}
    unit = COUNTED_UNITS.search(heard.part.text)
    sign = heard.first("sign")
    speaks = heard.asks("indicators", "points", "target", "which_project", "list", "number")
    if unit and speaks and not heard.content:
        found["fields"] = (f"unit={unit['unit']}",)
    if sign and not heard.content and (heard.asks("which_project", "indicators", "list", "number")):
        found["fields"] = (f"sign={SIGNS[str(sign)]}",)
    figures = [f for f in heard.figures if not f.is_money]
    if figures and speaks and not heard.asks("enough", "share") and not heard.content:
        figure = figures[0]
        if figure.unit == "分" or heard.asks("points"):
            found["fields"] = (f"points={figure.value}",)
        elif heard.asks("indicators", "target", "which_project", "list"):
            found["fields"] = (f"target={figure.value}{figure.unit or ''}",)
    if not found:
        return None
    if "不是" in heard.part.text or "不为" in heard.part.text:
        found["negated"] = True
    if heard.asks("core"):
        found["core"] = True
    return found


async def counted(case: Case) -> Query | None:
    """「总共几个项目」「核心指标一共有几个」「李冬霞管几个项目」."""
    heard = case.heard
    if (heard.projects and not heard.of_person) or heard.content:
        return None
    money = bool(set(heard.fields) & set(AMOUNT_FIELDS)) or heard.part.has("soft", "total")
    asks_number = heard.asks("number") or (
        heard.asks("sum") and heard.asks("how_much") and heard.asks("indicators", "core") and not money
    )
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
        )
    if (
        heard.asks("projects", "which_project")
        or heard.persons
        or heard.part.has("category")
        or heard.units
    ):
        if heard.part.has("soft", "total") and heard.asks("sum"):
            return None
        return base(heard, kind=Kind.FIND, lead="count", without=_excepts(heard))
    return None


def _excepts(heard: Heard) -> bool:
    """Whether what was named is to be left out: the name stands right after 除了 or before 以外."""
    if heard.persons and re.search("不是|不归|不由|非", heard.part.text):
        return True
    words = [t for t in heard.part.tokens if ("ask", "except") in t.senses]
    named = [
        t for t in heard.part.tokens
        if t.kind in {"project", "person", "unit"} or any(group == "category" for group, _ in t.senses)
    ]  # fmt: skip
    return any(-1 <= name.start - word.end <= 1 or -1 <= word.start - name.end <= 1 for word in words for name in named)


MEASURED = re.compile("(?:多少|几|好多)(?:亩|公里|座|户|人|吨|家|次|场|件|名|台|套|处|批)")


async def totalled(case: Case) -> Query | None:
    """Totals, averages and shares over the registry, a person, a category, a unit."""
    heard = case.heard
    amounts = sorted(
        (name for name in heard.fields if name in AMOUNT_FIELDS), key=lambda name: name == "total"
    )
    money = bool(amounts or heard.part.has("soft", "total") or heard.part.has("convert"))
    computes = heard.asks("sum", "average") or shares(heard)
    scoped = bool(heard.persons or heard.units or heard.part.has("category") or everything(heard))
    if amounts and amounts[0] in FUNDING_SOURCES:
        if len(amounts) > 1 and "总" in heard.part.text:
            computes = scoped = True
        scoped = scoped or shares(heard)
    excepts = _excepts(heard)
    if heard.projects and not heard.of_person and not excepts:
        return None
    if about_indicators(heard) or heard.content:
        return None
    if not (computes or (money and scoped)) or not (money or heard.asks("average", "share", "sum")):
        return None
    if heard.part.has("refer", "they") and not heard.persons:
        return None
    if MEASURED.search(heard.part.text) and not money:
        return None
    if not scoped and not heard.asks("sum", "average"):
        return None
    of = amounts[0] if amounts else "total"
    common = {
        "of": of,
        "without": excepts,
        "projects": heard.projects if excepts or heard.of_person else (),
    }
    if shares(heard):
        return base(heard, kind=Kind.SHARE, **common)
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
        return base(heard, kind=Kind.FIND, without=_excepts(heard))
    listing = (
        heard.asks("projects", "all")
        or heard.which_project
        or heard.units
        or heard.part.has("category")
        or heard.asks("except")
    )
    asks = heard.asks("list", "all", "each", "which_project", "except", "projects")
    if listing and asks and not heard.part.has("refer", "it", "they"):
        fields = tuple(name for name in heard.fields if name not in {"table_number", "category"})
        if heard.part.has("soft", "total") and not fields:
            fields = ("total",)
        return base(
            heard,
            kind=Kind.FIND,
            fields=fields,
            projects=heard.projects,
            without=_excepts(heard),
        )
    return None


async def due_by(case: Case) -> Query | None:
    heard = case.heard
    due = heard.due
    if due is None and not heard.asks("due"):
        return None
    if heard.projects:
        return None
    specific = _specific(heard)
    if due is not None and specific and not heard.asks("which_project", "list", "projects", "all"):
        return None
    if due is None:
        if heard.content or not heard.asks(
            "indicators", "which_project", "list", "all", "projects"
        ):
            return None
        due = Due()
    return base(heard, kind=Kind.DUE, due=due)


def _specific(heard: Heard) -> bool:
    """Whether more than a date and 完成 was said."""
    rest = re.sub(
        "完成|任务|考核|到位|搞完|做完|截止|要求|弄完|达到|事项|工作|事情|节点|有", "", heard.rest
    )
    return len(rest) >= 2


# --- several projects -----------------------------------------------------------------------------


WHICH_LARGER = re.compile("(?:哪个|哪项|谁|哪边|哪家).{0,5}[多少大小高低]")


async def projects_compared(case: Case) -> Query | None:
    heard = case.heard
    projects = heard.projects
    if len(projects) < 2 or heard.of_person:
        return None
    operation = (
        "ratio" if heard.asks("ratio")
        else "difference" if heard.asks("difference")
        else "larger" if WHICH_LARGER.search(heard.part.text) or (heard.asks("compare") and re.search("多|少|大|小|高|低", heard.part.text))
        else "average" if heard.asks("average")
        else "sum" if heard.asks("sum") or (re.search("[加]", heard.part.text) and not heard.asks("each"))
        else "compare" if heard.asks("compare") else None
    )  # fmt: skip
    if operation is None or shares(heard):
        return None
    if len(heard.rest) >= 2 and not await content_is_meant(case):
        # One of the names joined is not known: a sum over the others would be a wrong figure.
        return base(heard, kind=Kind.UNKNOWN_PROJECT)
    if await content_is_meant(case):
        return None
    of = _ranked_of(heard)
    fields = tuple(name for name in heard.fields if name not in AMOUNT_FIELDS)
    if operation in {"compare", "larger"} and fields:
        return base(heard, kind=Kind.FIELDS, projects=projects, fields=heard.fields)
    return base(heard, kind=Kind.COMPARE, projects=projects, of=of, operation=operation)


async def share_of_project(case: Case) -> Query | None:
    heard = case.heard
    if not heard.projects or not shares(heard) or heard.of_person:
        return None
    if about_indicators(heard) and heard.asks("points", "core"):
        return None
    amounts = [name for name in heard.fields if name in FUNDING_SOURCES]
    content = await content_is_meant(case)
    return base(
        heard,
        kind=Kind.SHARE,
        projects=heard.projects,
        of=amounts[0] if amounts else "total",
        content=heard.content if content else (),
    )


async def place_in_ranking(case: Case) -> Query | None:
    heard = case.heard
    if len(heard.projects) != 1 or not heard.asks("rank") or heard.of_person:
        return None
    return base(
        heard,
        kind=Kind.RANK,
        projects=heard.projects,
        of=_ranked_of(heard),
        extreme="max",
        lead="place",
    )


async def content_is_meant(case: Case, least: float = STRONG) -> bool:
    """Whether the words left speak of something that a plan of the projects says."""
    heard = case.heard
    if not heard.content:
        return False
    for project in heard.projects:
        found = await evidence_in(case.sources, heard, project)
        if found and found[0].coverage >= least:
            return True
    return False


# --- one project (or the projects of a person) ----------------------------------------------------


async def premise_of_person(case: Case) -> Query | None:
    """「信息化是李冬霞在管对吧」: a project and a person."""
    heard = case.heard
    if not heard.projects or not heard.persons or heard.of_person:
        return None
    fields = tuple(name for name in heard.fields if name in {"contact_person", "contact_phone"})
    other = [name for name in heard.fields if name not in fields]
    if other or (heard.content and not yes_no(heard) and not heard.asks("own")):
        return None
    return base(
        heard, kind=Kind.FIELDS, projects=heard.projects, person=None,
        fields=("contact_person", *(f for f in fields if f != "contact_person")), premise_person=heard.persons[0],
    )  # fmt: skip


async def absent_fact(case: Case) -> Query | None:
    """「韩巨星的邮箱」「打非的开户行」: what sheets of this kind do not state."""
    heard = case.heard
    if not heard.part.has("absent") or heard.due or heard.asks("target"):
        return None
    return base(heard, kind=Kind.NOT_STATED, projects=heard.projects)


async def rows_of_project(case: Case) -> Query | None:
    """Rows of a project's indicator table that the words choose without naming one."""
    heard = case.heard
    if not heard.projects:
        return None
    ordinal = heard.first("ordinal")
    conditions = row_conditions(case) if not yes_no(heard) else None
    aspects = aspects_of(heard)
    speaks = (
        heard.asks("indicators", "core", "not_core", "points_sum")
        or bool(conditions)
        or (bool(aspects) and not heard.content)
        or (ordinal is not None and not heard.content and not heard.fields)
    )
    if not speaks:
        return None
    if heard.content and await _row_is_named(case):
        return None
    if heard.asks("due"):
        return base(heard, kind=Kind.DUE, projects=heard.projects, due=heard.due or Due())
    extreme = None
    if heard.asks("max", "min") and heard.asks("points", "core", "indicators"):
        extreme = "max" if heard.asks("max") else "min"
    core = core_of(heard)
    operation = (
        "sum"
        if heard.asks("points_sum")
        or (heard.asks("sum") and heard.asks("points"))
        or (heard.asks("share") and heard.asks("points", "core"))
        else None
    )
    if (
        core is not None
        and heard.asks("points")
        and not heard.asks("each", "list", "which_project", "sum")
        and operation is None
        and "各" not in heard.part.text
        and "每" not in heard.part.text
    ):
        operation = "sum"
    number = heard.asks("number") or (
        heard.asks("how_much") and not heard.asks("points") and heard.asks("indicators", "core")
    )
    if (
        "annual_objective" in heard.fields
        and core is None
        and not heard.asks("indicators", "points", "points_sum", "enough")
        and not conditions
        and ordinal is None
    ):
        return None
    return base(
        heard,
        kind=Kind.INDICATORS,
        projects=heard.projects,
        core=core,
        ordinal=ordinal,
        extreme=extreme,
        aspects=aspects,
        operation=operation,
        premise=heard.figures if yes_no(heard) or heard.asks("enough") else (),
        lead="count" if number and operation is None else None,
        **{name: value for name, value in (conditions or {}).items() if name != "core"},
    )


async def figure_not_in_sheet(case: Case) -> Query | None:
    """「打非的1000万什么时候拨」: an amount stated of a project whose sheet holds no such amount."""
    heard = case.heard
    money = [figure for figure in heard.figures if figure.is_money and not figure.about]
    if (
        len(heard.projects) != 1
        or not money
        or holds_of(heard.part)
        or heard.asks("enough")
        or heard.part.has("convert")
    ):
        return None
    plan = await case.sources.plan(heard.projects[0])
    if plan is None or money[0].value in amounts_in(plan) or await content_is_meant(case):
        return None
    return base(
        heard,
        kind=Kind.FIELDS,
        projects=heard.projects,
        fields=tuple(name for name in heard.fields if name in AMOUNT_FIELDS) or ("total",),
        premise=tuple(money),
        category=None,
        person=None,
    )  # fmt: skip


def amounts_in(plan: Plan) -> set[Decimal]:
    """Every amount of money a plan states, in 元."""
    found = {value for name in AMOUNT_FIELDS if (value := plan.yuan(name)) is not None}
    for name in TEXT_FIELDS:
        for figure in figures(getattr(plan, name) or ""):
            if figure.yuan is not None:
                found.add(figure.yuan)
    for row in plan.indicators:
        factor = YUAN_PER_UNIT.get(row.unit_of_measure or "")
        if factor and row.target_value is not None:
            found.add(row.target_value * factor)
    return found


async def _row_is_named(case: Case) -> bool:
    heard = case.heard
    for project in heard.projects:
        found = await evidence_in(case.sources, heard, project, ("indicators",))
        if found and found[0].coverage >= WEAK + 0.1:
            return True
    return False


async def fields_of_project(case: Case) -> Query | None:
    """Fields named outright, unless the words left speak of something a passage says."""
    heard = case.heard
    if not heard.projects:
        return None
    fields = list(heard.fields)
    if heard.part.has("group", "funding"):
        fields += ["total", *FUNDING_SOURCES] if "total" not in fields else FUNDING_SOURCES
    if not fields and not heard.content and heard.soft_fields:
        fields = list(heard.soft_fields)
    if set(fields) & set(FUNDING_SOURCES) and re.search("其他|其它", heard.part.text):
        fields.append("other_funds")
    if set(fields) & set(FUNDING_SOURCES) and not re.search("预算|总", heard.part.text):
        fields = [name for name in fields if name != "total"]
    if not fields:
        return None
    certain = [name for name in fields if name in CERTAIN_FIELDS]
    if set(fields) & set(FUNDING_SOURCES) and not await _row_says_field(case):
        certain += [name for name in fields if name in FUNDING_SOURCES]
    if (
        not certain
        and heard.content
        and not describes(heard)
        and await _passage_is_meant(case, fields)
    ):
        return None
    if describes(heard) and not certain:
        return base(
            heard,
            kind=Kind.FIELDS,
            projects=heard.projects,
            fields=tuple(dict.fromkeys(fields)),
            category=None,
            person=None,
        )
    unexplained = heard.content and set(fields) == {"total"} and _unexplained(heard)
    if unexplained:
        return None
    return base(
        heard,
        kind=Kind.FIELDS,
        projects=heard.projects,
        fields=tuple(dict.fromkeys(fields)),
        pairs=_pairs(heard) if len(heard.projects) > 1 else (),
        premise=tuple(
            f for f in heard.figures if f.is_money or f.unit in {None, "%"} or "year" in fields
        ),
        premise_unit=heard.units[0] if heard.units and yes_no(heard) else None,
        operation="sum" if heard.asks("sum") or "加" in heard.part.text else None,
        holds=holds_of(heard.part),
        category=None,
        person=None,
    )


async def _row_says_field(case: Case) -> bool:
    """Whether the words with the field's own are those of an indicator (区级保费补贴比例)."""
    heard = case.heard
    said = [t.text for t in heard.part.tokens if any(g == "field" for g, _ in t.senses)]
    for project in heard.projects:
        found = await evidence_in(case.sources, heard, project)
        if found and found[0].coverage >= STRONG:
            return any(word in found[0].candidate.words for word in said)
    return False


def _amount_only(fields: list[str]) -> bool:
    return all(name in AMOUNT_FIELDS for name in fields)


def _unexplained(heard: Heard) -> bool:
    """Whether two characters or more beside the name are words of no known meaning."""
    return len(heard.rest) >= 2


async def _passage_is_meant(case: Case, fields: list[str]) -> bool:
    """Whether words beside a field name speak of a passage (培训费用多少钱), not of the field."""
    heard = case.heard
    for project in heard.projects:
        found = await evidence_in(case.sources, heard, project)
        if found and found[0].coverage >= STRONG:
            return True
    return False


def _pairs(heard: Heard) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """「巨灾的预算和打非的联系人」: each project with the fields named after it. Empty where all
    fields are meant of all projects."""
    pairs: list[tuple[list[int], list[str]]] = []
    for token in heard.part.tokens:
        if token.kind == "project" and isinstance(token.value, int):
            if not pairs or pairs[-1][1]:
                pairs.append(([], []))
            pairs[-1][0].append(token.value)
        else:
            names = [concept for group, concept in sorted(token.senses) if group == "field"]
            if names and pairs:
                pairs[-1][1].extend(names)
    if len(pairs) < 2 or any(not names for _, names in pairs):
        return ()
    return tuple((project, tuple(names)) for projects, names in pairs for project in projects)


async def passage_of_project(case: Case) -> Query | None:
    """Something that an indicator or a passage of the project says."""
    heard = case.heard
    if not heard.projects or not heard.content:
        return None
    aspects = aspects_of(heard)
    only: tuple[str, ...] = ("indicators",) if aspects or heard.asks("indicators") else ()
    if only and not await _row_is_named(case) and not heard.asks("indicators", "points", "core"):
        only = ()
    in_field = tuple(name for name in heard.fields if name in TEXT_FIELDS)
    if in_field and not only:
        found = await evidence_in(case.sources, heard, heard.projects[0], in_field)
        only = in_field if found and found[0].coverage >= STRONG else ()
    return content_query(heard, heard.projects, only)


def content_query(heard: Heard, projects: tuple[int, ...], only: tuple[str, ...]) -> Query:
    """A question for something that indicators or passages of the projects say."""
    operation = (
        "ratio" if heard.asks("ratio") or (re.search("几次|几倍", heard.part.text) and re.search("够|顶|抵|合", heard.part.text))
        else "difference" if heard.asks("difference", "compare")
        else "share" if shares(heard)
        else "sum" if heard.asks("sum", "points_sum")
        else "each" if re.search("摊|人均|平均", heard.part.text) else None
    )  # fmt: skip
    return base(
        heard,
        kind=Kind.CONTENT,
        projects=projects,
        content=heard.content,
        content_in=only,
        aspects=aspects_of(heard),
        fields=tuple(name for name in (*heard.fields, *heard.soft_fields)),
        operation=operation,
        core=core_of(heard),
        premise=heard.figures,
        holds=holds_of(heard.part),
        person=None,
        due=heard.due,
    )


async def project_alone(case: Case) -> Query | None:
    heard = case.heard
    if not heard.projects:
        return None
    if heard.part.has("group", "sheet"):
        return base(heard, kind=Kind.SHEET, projects=heard.projects)
    if category_of(heard) and yes_no(heard):
        return base(heard, kind=Kind.FIELDS, projects=heard.projects, fields=("category",))
    if heard.figures:
        return base(
            heard, kind=Kind.FIELDS, projects=heard.projects, fields=("total",),
            premise=heard.figures, holds=holds_of(heard.part), category=None, person=None,
        )  # fmt: skip
    if heard.soft_fields:
        return base(
            heard, kind=Kind.FIELDS, projects=heard.projects, fields=heard.soft_fields, person=None
        )
    if heard.part.has("convert"):
        return base(heard, kind=Kind.FIELDS, projects=heard.projects, fields=("total",))
    if heard.asks("due") or heard.due:
        return base(heard, kind=Kind.DUE, projects=heard.projects, due=heard.due or Due())
    if heard.asks("own") and not heard.of_person:
        return base(
            heard,
            kind=Kind.FIELDS,
            projects=heard.projects,
            fields=("contact_person", "contact_phone"),
        )
    return base(heard, kind=Kind.CARD, projects=heard.projects)


async def projects_of_person(case: Case) -> Query | None:
    """A person's projects, asked something that only a project can tell."""
    heard = case.heard
    if not heard.persons or heard.projects:
        return None
    projects = await projects_of(case.sources, heard.persons[0])
    several = len(projects) > 1
    inner = Case(replace(heard, projects=projects, of_person=several), case.context, case.sources)
    for rule in PERSON_RULES if several else ONE_PROJECT_RULES:
        query = await rule.apply(inner)
        if query is not None:
            return replace(query, person=heard.persons[0])
    return None


async def _project_itself(case: Case) -> Query | None:
    """「赵东松负责哪个项目」「王智莹负责啥」: the project, not something of it."""
    heard = case.heard
    other = (set(heard.fields) | set(heard.soft_fields)) - {"contact_person", "overview"}
    if _excepts(heard):
        return base(heard, kind=Kind.FIND, without=True)
    if (
        heard.content
        or other
        or about_indicators(heard)
        or heard.part.has("group")
        or heard.asks("sum", "share", "max", "min", "due")
    ):
        return None
    if "total" in heard.soft_fields or heard.part.has("convert"):
        return None
    return base(heard, kind=Kind.FIND)


async def listed_of_one(case: Case) -> Query | None:
    return base(case.heard, kind=Kind.FIND)


PERSON_RULES = (
    Rule("ranking within a person's projects", ranked),
    Rule("count within a person's projects", counted),
    Rule("total of a person's projects", totalled),
    Rule("rows of a person's projects", rows_of_project),
    Rule("a person's projects", listed),
    Rule("fields of a person's projects", fields_of_project),
    Rule("passage of a person's projects", passage_of_project),
)

ONE_PROJECT_RULES = (
    Rule("a person's project", _project_itself),
    Rule("share of a person's project", share_of_project),
    Rule("rows of a person's project", rows_of_project),
    Rule("fields of a person's project", fields_of_project),
    Rule("passage of a person's project", passage_of_project),
    Rule("a person's project alone", listed_of_one),
)
