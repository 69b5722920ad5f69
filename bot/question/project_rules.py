"""Rules for questions about named projects, or the projects of a named person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bot.question.brackets import scale_for
from bot.question.computing_rules import (
    beside_mean_amount,
    conditioned,
    ranked,
    share_of_project,
    totalled,
    two_of_a_person,
)
from bot.question.conditions import holds_of
from bot.question.deadlines import DATE, deadline_of
from bot.question.documents import citations
from bot.question.evidence import (
    evidence_in,
    plans_stating,
    projects_of,
    projects_of_unit,
)
from bot.question.heard import Heard
from bot.question.hearing import with_content
from bot.question.measures import INTO, asked_measure
from bot.question.plain_rules import part_of_a_document
from bot.question.query import Due, Kind, Query
from bot.question.registry_rules import counted, listed, row_conditions
from bot.question.rules import (
    DIVIDED,
    Case,
    Rule,
    about_indicators,
    asks_a_row,
    aspects_of,
    base,
    content_is_meant,
    content_query,
    core_of,
    describes,
    holds_together,
    leaves_out,
    names_rows,
    number_stated,
    shares,
    that_one,
    yes_no,
)
from bot.retrieval import STRONG, WEAK, Evidence, grams
from registry.amounts import exact_text
from registry.passages import figures
from registry.plan import AMOUNT_FIELDS, FUNDING_SOURCES, TEXT_FIELDS, YUAN_PER_UNIT, Plan
from registry.scope import Scope
from registry.text import folded

# Fields that a question names beyond doubt: no passage is meant beside them.
CERTAIN_FIELDS = frozenset(
    {
        "contact_person", "contact_phone", "supervising_department", "implementing_unit", "year",
        "category", "table_number", "title", "region", "amount_unit", "budget_execution_weight",
    }
)  # fmt: skip


CLEARLY_MEANT = 0.8
LEVEL = 0.15  # evidence this close to the best says the same


async def persons_but_for(case: Case) -> Query | None:
    """「何书澜的项目不含公交的合计」: a person's projects without those named."""
    heard = case.heard
    others = heard.asks("also") and not heard.projects
    but_for = case.context.projects if others else heard.projects
    if not but_for or not heard.persons or heard.of_person:
        return None
    if not (others or heard.asks("except")):
        return None
    theirs = await projects_of(case.sources, heard.persons[0])
    left = tuple(project for project in theirs if project not in but_for)
    if not left or len(left) == len(theirs) or heard.content:
        return None
    if not (heard.asks("sum", "how_much", "average") or heard.fields or heard.soft_fields):
        return base(heard, kind=Kind.FIND, projects=left, person=None)
    if len(left) == 1:
        return base(heard, kind=Kind.FIELDS, projects=left, fields=("total",), person=None)
    operation = "average" if heard.asks("average") else "sum"
    return base(heard, kind=Kind.COMPARE, projects=left, operation=operation, person=None)


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


async def figure_of_a_passage(case: Case, project: int) -> str | None:
    """The figure said, where a passage of the project states it and no row of its table does: 90分 of
    「考核90分以上的全额拨付」."""
    plan = await case.sources.plan(project)
    figure = next((f for f in case.heard.figures if not f.is_money and f.unit), None)
    if plan is None or figure is None:
        return None
    if any(figure.value in (row.points, row.target_value) for row in plan.indicators):
        return None
    said = f"{exact_text(figure.value)}{figure.unit}"
    texts = (folded(getattr(plan, name) or "") for name in TEXT_FIELDS)
    return said if any(re.search(rf"(?<!\d){said}", text) for text in texts) else None


EVERY_ONE = re.compile("[全都](?:部)?(?:是|算|标)")


async def rows_of_project(case: Case) -> Query | None:
    """Rows of a project's indicator table that the words choose without naming one."""
    heard = case.heard
    if not heard.projects:
        return None
    ordinal = heard.first("ordinal")
    conditions = row_conditions(case) if not yes_no(heard) else None
    aspects = aspects_of(heard)
    speaks = (
        names_rows(heard)
        or (heard.asks("points") and heard.asks("average"))
        or bool(conditions)
        or (bool(aspects) and not heard.content)
        or (ordinal is not None and not heard.content and not heard.fields)
    )
    if not speaks:
        return None
    if await row_is_named(case):
        return None
    if heard.figures and (said := await figure_of_a_passage(case, heard.projects[0])):
        return content_query(replace(heard, content=(*heard.content, said)), heard.projects, ())
    if heard.asks("due") or (heard.due is not None and not heard.content and not aspects):
        return base(heard, kind=Kind.DUE, projects=heard.projects, due=heard.due or Due())
    extreme = None
    if heard.asks("max", "min") and heard.asks("points", "core", "indicators"):
        extreme = "max" if heard.asks("max") else "min"
    core = core_of(heard)
    if core and yes_no(heard) and EVERY_ONE.search(heard.part.text):
        core = None  # 「三条全是核心，对不对」 is seen on the whole table
    operation = _over_rows(heard, core)
    stated = (
        () if set(aspects) - {"core"} or EVERY_ONE.search(heard.part.text) else number_stated(heard)
    )
    number = (
        bool(stated)
        or heard.asks("number")
        or (
            heard.asks("how_much") and not heard.asks("points") and heard.asks("indicators", "core")
        )
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
        top=heard.first("top") or (-last if (last := heard.first("bottom")) else None),
        extreme=extreme,
        aspects=aspects,
        operation=operation,
        premise=stated or (heard.figures if yes_no(heard) or heard.asks("enough") else ()),
        lead="count" if number and operation is None else None,
        **{name: value for name, value in (conditions or {}).items() if name != "core"},
    )


def _over_rows(heard: Heard, core: bool | None) -> str | None:
    """What is worked out over the rows."""
    points = heard.asks("points")
    if heard.asks("points_sum") or (points and heard.asks("sum")):
        return "sum"
    if heard.asks("share") and heard.asks("points", "core"):
        return "sum"
    if heard.asks("average") and heard.asks("points", "indicators"):
        return "average"
    one_by_one = heard.asks("each", "list", "which_project") or re.search("[各每]", heard.part.text)
    return "sum" if core is not None and points and not one_by_one else None


async def row_of_a_deadline(case: Case) -> Query | None:
    """「产业扶持9月底那条多少分」「10月底那个指标是不是核心」: rows told by their deadline alone, and asked for
    something else than what they demand."""
    heard, due = case.heard, case.heard.due
    aspects = set(aspects_of(heard)) & {"core", "points", "comparison", "unit"}
    lists = heard.asks("list", "which_project", "number", "max", "min")
    reached = heard.projects and DUE_HOW_MUCH.search(heard.part.text) is not None
    other = [run for run in heard.content if run not in OF_TARGETS]
    if due is None or due.month is None or due.since or other or lists or not (aspects or reached):
        return None
    dues = [token.value for token in heard.part.of("due") if isinstance(token.value, Due)]
    plans = [plan for key in heard.projects if (plan := await case.sources.plan(key)) is not None]
    plans = plans or await case.sources.all_if_at_most(FEW_READ)
    pairs = tuple(
        (plan.record.project_id, (row.name,))
        for plan in plans
        for row in plan.indicators
        if plan.record is not None
        and (deadline := deadline_of(row.name, plan.year)) is not None
        and any(d.month == deadline.month and d.year in {None, deadline.year} for d in dues)
    )
    projects = tuple(dict.fromkeys(project for project, _ in pairs))
    if not pairs or len(pairs) > FEW_ROWS or 1 < len(projects) < len(pairs):
        return None
    said = replace(heard, content=tuple(name for _, (name,) in pairs))
    return replace(
        content_query(said, projects, ("indicators",)),
        pairs=pairs if len(projects) > 1 else (), due=None,
    )  # fmt: skip


# 「产业扶持12月底要投多少」「9月底得完成百分之几」
DUE_HOW_MUCH = re.compile(
    "(?:投|花|完成|达到|做到|推进|干|到)(?:到|完|出去)?(?:多少|好多|几|百分之[几多])"
)
OF_TARGETS = frozenset({"投", "投资", "完成", "投资完成", "进度", "完成进度"})
FEW_READ = 30  # plans
FEW_ROWS = 3


async def figure_not_in_sheet(case: Case) -> Query | None:
    """「打非的1000万什么时候拨」: an amount stated of a project whose sheet holds no such amount."""
    heard = case.heard
    money = [figure for figure in heard.figures if figure.is_money]
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


TABLE = re.compile(
    "第?(?:表|附件)第?(?:[一二三四五六七八九十]{1,3}|\\d{1,3})|第(?:[一二三四五六七八九十]{1,3}|\\d{1,3})张?表"
)


async def table_stated(case: Case) -> Query | None:
    """「信息化是表十二吗」: the number of a project's table, to be confirmed."""
    heard = case.heard
    if len(heard.projects) != 1 or not yes_no(heard) or not TABLE.search(heard.part.text):
        return None
    if set(heard.fields) - {"table_number"} or about_indicators(heard):
        return None
    return base(
        heard, kind=Kind.FIELDS, projects=heard.projects, fields=("table_number",), person=None
    )


async def in_a_bracket(case: Case) -> Query | None:
    """「买辆15万的车消费券能补多少」: a figure that a scale in a passage of the project holds."""
    heard = case.heard
    projects = heard.projects or heard.near
    if len(projects) != 1 or len(heard.figures) != 1 or heard.figures[0].about:
        return None
    if yes_no(heard) or holds_of(heard.part) or heard.asks("points") or "指标" in heard.part.text:
        return None
    plan = await case.sources.plan(projects[0])
    if plan is None or heard.part.has("convert"):
        return None
    if scale_for(plan, heard.figures[0], heard.wanted) is None:
        return None
    spoken = replace(heard, content=heard.content or (heard.figures[0].said,))
    return content_query(spoken, projects, ())


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


async def row_is_named(case: Case) -> bool:
    return await content_is_meant(case, WEAK + 0.1, ("indicators",))


async def fields_of_project(case: Case) -> Query | None:
    """Fields named outright, unless the words left speak of something a passage says."""
    heard = case.heard
    if not heard.projects:
        return None
    fields = _fields_said(heard)
    if not fields:
        return None
    if fields == ["year"] and await _a_year_is_stated(case):
        return None
    certain = [name for name in fields if name in CERTAIN_FIELDS]
    if any(word.text.startswith("总") for word in heard.part.words("field", "total")):
        certain.append("total")
    if set(fields) & set(FUNDING_SOURCES) and not await _row_says_field(case):
        certain += [name for name in fields if name in FUNDING_SOURCES]
    if not certain and set(fields) <= {"approval_basis", "total"} and _names_basis(heard):
        certain = fields = ["approval_basis"]
    asked = base(
        heard,
        kind=Kind.FIELDS,
        projects=heard.projects,
        fields=tuple(dict.fromkeys(fields)),
        category=None,
        person=None,
    )
    if set(fields) <= {"contact_person", "contact_phone"} and _of_an_outsider(heard):
        return base(heard, kind=Kind.NOT_STATED, projects=heard.projects)
    if describes(heard) and not certain:
        return asked
    if not certain and await content_is_meant(case) and not await _only_tells_which(case, fields):
        return None  # 培训费用多少钱: a passage, not the field
    if heard.content and set(fields) == {"total"} and len(heard.rest) >= 2:
        return None
    return replace(
        asked,
        pairs=_pairs(heard) if len(heard.projects) > 1 else (),
        premise=tuple(
            f for f in heard.figures if f.is_money or f.unit in {None, "%"} or "year" in fields
        ),
        premise_unit=heard.units[0] if heard.units and yes_no(heard) else None,
        content=heard.content if yes_no(heard) and set(fields) <= UNIT_FIELDS else (),
        operation=_over_fields(heard, fields),
        holds=holds_of(heard.part),
        lead="count" if HOW_MANY_DOCUMENTS.search(heard.part.text) else None,
    )


HELD_THAN = re.compile("比(?![例重率])[^，,。]{2,8}?[多少高低大小](?!于)")


def _over_fields(heard: Heard, fields: Sequence[str]) -> str | None:
    """What is worked out over several amounts of a project: 「区级资金比上级补助多多少」."""
    amounts = {name for name in fields if name in AMOUNT_FIELDS}
    if len(amounts) == 2 and amounts == set(fields) and len(heard.projects) == 1:
        together = holds_together(heard) or HELD_THAN.search(heard.part.text)
        if together and not heard.asks("sum", "ratio"):
            return "difference"
    return "sum" if heard.asks("sum") or "加" in heard.part.text else None


# 「其他资金8万是谁出的」「上级补助哪来的」
PAYER = re.compile(
    "谁(?:来)?(?:出|掏|给|付|拨|投|筹|捐|赠|承担|负担|拿|买单)|哪(?:里|儿)?来|从哪|怎么来|来源|来路"
    "|哪(?:个|家|些|几[个家])(?:单位|公司|部门|街道|镇|企业)?(?:出|掏|给|付|拨|投|筹|承担|负担|分摊)"
)


async def payer_of_a_source(case: Case) -> Query | None:
    """Who pays what a source of funds brings: what the prose says of it, the amount beside."""
    heard = case.heard
    named = [name for name in heard.fields if name in FUNDING_SOURCES]
    if len(heard.projects) != 1 or len(named) != 1 or heard.content or yes_no(heard):
        return None
    if set(heard.fields) != set(named) or not PAYER.search(heard.part.text):
        return None
    said = tuple(word.text for word in heard.part.words("field", named[0]))
    return base(
        heard, kind=Kind.FIELDS, projects=heard.projects, fields=(named[0],), lead="payer",
        content=said, premise=heard.figures, person=None, category=None,
    )  # fmt: skip


async def _only_tells_which(case: Case, fields: Sequence[str]) -> bool:
    """「路灯改造依据什么立的项」: whether the words beside the name are no part of the text asked for."""
    found = await evidence_in(case.sources, case.heard, case.heard.projects[0])
    return set(fields) <= set(texts_beyond(case.heard, found[0])) if found else False


DOCUMENTS = re.compile(
    "依据|文件|立的?项|批文|红头|文号|号文|号令|[个份么啥哪]文"
)  # 根据什么 asks as often for a manner
CONTENTS = re.compile("概况|简介|(?:工作|主要|建设|项目|具体)内容")
OBJECTIVE = re.compile("(?:绩效|年度|全年|当年|今年|总体).*目标")


def texts_beyond(heard: Heard, best: Evidence) -> list[str]:
    """「雪亮工程三期依据什么立的项」: the texts of the sheet asked for by their own name, where the words
    are found in another of its texts."""
    basis = (
        *heard.part.words("field", "approval_basis"),
        *heard.part.words("soft", "approval_basis"),
    )
    named = {"approval_basis"} if any(DOCUMENTS.search(word.text) for word in basis) else set()
    if any(OBJECTIVE.search(word.text) for word in heard.part.words("field", "annual_objective")):
        named.add("annual_objective")
    if any(CONTENTS.search(word.text) for word in heard.part.words("field", "overview")):
        named.add("overview")
    of_row = best.candidate.indicator is not None and not that_one(heard)
    named -= {best.candidate.field} | ({"annual_objective"} if of_row else set())
    return sorted(named)


# Somebody whom a passage mentions is not the project: the sheet does not state their telephone.
OUTSIDER = re.compile("(?:公司|财险|人寿|银行|集团|分局|局|院|站|会|所|厂|社|中心|交易所)$")


def _of_an_outsider(heard: Heard) -> bool:
    """「巨灾保险人保财险的电话」: the words right before what is asked for are somebody else's name."""
    asked = min((t.start for t in heard.part.words("field")), default=0)
    before = heard.part.text[:asked].removesuffix("的")
    last = next((t for t in heard.part.of("rest") if t.end == len(before)), None)
    return last is not None and OUTSIDER.search(last.text) is not None


def _fields_said(heard: Heard) -> list[str]:
    """The fields that the words name; those that may be meant where nothing else is asked for."""
    fields = list(heard.fields)
    if heard.part.has("group", "funding"):
        fields += ["total", *FUNDING_SOURCES]
    if not fields and heard.soft_fields and (not heard.content or _only_describes(heard)):
        fields = list(heard.soft_fields)
        if fields == ["total"] and heard.asks("manner"):
            return ["overview"]  # 「扶持资金怎么算」
    if not set(fields) & set(FUNDING_SOURCES):
        return fields
    if re.search("其他|其它", heard.part.text):
        fields.append("other_funds")
    if not re.search("预算|总", heard.part.text):
        fields = [name for name in fields if name != "total"]
    return fields


A_YEAR = re.compile(r"20\d\d")


PARTS = re.compile(
    "哪[一几]?(?:大?块|部分|项(?!目|指标)|笔|样|头|个?方面|个部分)|(?:哪|什么|啥|哪种|哪类)(?:开支|支出|费用|花销|用途)"
    "|最[大小多少高低]的?[那一](?:大?块|部分|笔|项(?!目|指标))"
)


async def largest_part(case: Case) -> Query | None:
    """「打非的钱里哪一块最多」: of what the amount of a project is made up of the largest, or the smallest."""
    heard = case.heard
    asked = heard.asks("max", "min") and PARTS.search(heard.part.text)
    others = {*heard.fields, *heard.soft_fields} - {"total", "overview"}
    if len(heard.projects) != 1 or not asked or others or heard.of_person or heard.content:
        return None
    if about_indicators(heard) or heard.figures:
        return None
    return base(
        heard, kind=Kind.CONTENT, projects=heard.projects, lead="part", fields=("overview",),
        extreme="min" if heard.asks("min") else "max", person=None,
    )  # fmt: skip


async def amount_for_each(case: Case) -> Query | None:
    """「巨灾的钱摊到每个人头上是多少」: the total of a project divided among many."""
    heard = case.heard
    divides = DIVIDED.search(heard.part.text) and not heard.asks("average")
    if len(heard.projects) != 1 or heard.of_person or heard.content or not divides:
        return None
    if about_indicators(heard) or not (set(heard.fields) | set(heard.soft_fields)) <= {"total"}:
        return None
    return content_query(heard, heard.projects, ())


MADE_UP_OF = re.compile(
    "拆[开成]|分成|构成|组成|包括|包含|哪[几些][块笔项]"
)  # 「40.37万拆开是哪几块」


async def clause_of_amount(case: Case) -> Query | None:
    """「37.5万是干什么的」「350万给谁」: the clause that states the amount."""
    heard = case.heard
    money = [figure.value for figure in heard.figures if figure.is_money and not figure.about]
    asks = heard.part.has("soft", "overview", "contact_person") or "overview" in heard.fields
    asks = asks or heard.part.has("group", "funding") or bool(MADE_UP_OF.search(heard.part.text))
    if len(money) != 1 or yes_no(heard) or not (asks or _asks_to_whom(heard)):
        return None
    words = tuple(left for word in heard.content if (left := word.removesuffix(GIVEN)))
    named = await with_content(heard, words, case.sources)
    saying = [
        plan.record.project_id
        for plan in await plans_stating(case.sources, money[0], heard.projects)
        if plan.record is not None and _of_the_words(case, plan, money[0], named)
    ]
    if not 0 < len(saying) <= MOST_STATING:
        return None
    return base(
        heard, kind=Kind.CONTENT, projects=tuple(saying), lead="amount", premise=heard.figures,
        person=None, category=None,
    )  # fmt: skip


def _of_the_words(case: Case, plan: Plan, yuan: Decimal, heard: Heard) -> bool:
    """Whether the clause with the amount speaks of what else was said (350万奖补给谁)."""
    if not heard.content:
        return True
    found = case.sources.retriever.find(plan, heard.wanted)
    figures = (e for e in found if e.candidate.figure and e.candidate.figure.yuan == yuan)
    return any(evidence.coverage >= STRONG for evidence in figures)


async def amount_in_its_passages(case: Case) -> Query | None:
    """「打非的37.5万给谁」: an amount of the project's passages that is none of its own fields."""
    heard = case.heard
    plan = await case.sources.plan(heard.projects[0]) if len(heard.projects) == 1 else None
    if plan is None or heard.of_person:
        return None
    own = {plan.yuan(name) for name in AMOUNT_FIELDS}
    if any(figure.value in own for figure in heard.figures):
        return None
    return await clause_of_amount(case)


def _asks_to_whom(heard: Heard) -> bool:
    return any(word.endswith(GIVEN) for word in heard.content)


GIVEN = "给予"  # what is looked for where it was asked to whom something goes
MOST_STATING = 3


async def amount_times(case: Case) -> Query | None:
    """「打非预算的一半是多少」「巨灾翻一倍是多少」: a part or a multiple of an amount of a project."""
    heard = case.heard
    factors = [figure.unit for figure in heard.figures]
    if len(heard.projects) != 1 or heard.of_person or factors not in (["倍"], ["%"]):
        return None
    asked = "total" in heard.fields or heard.asks("how_much", "number")
    if not asked or yes_no(heard) or heard.content or about_indicators(heard):
        return None
    if holds_of(heard.part) or shares(heard) or heard.asks("ratio"):
        return None
    if not {*heard.fields, *heard.soft_fields} <= set(AMOUNT_FIELDS):
        return None
    field = next((name for name in heard.fields if name in FUNDING_SOURCES), "total")
    return base(
        heard, kind=Kind.FIELDS, projects=heard.projects, fields=(field,), operation="times",
        premise=heard.figures, person=None, category=None,
    )  # fmt: skip


async def figure_in_another_unit(case: Case) -> Query | None:
    """「数字化要扫220万页，折成多少亿页」: a figure of the project that is no money, and a unit asked for."""
    heard = case.heard
    counted = [f for f in heard.figures if f.unit and not f.is_money and f.unit not in {"%", "分"}]
    into = INTO.search(heard.part.text)
    if len(heard.projects) != 1 or len(counted) != 1 or into is None or yes_no(heard):
        return None
    if (counted[0].unit or "")[-1] != into["unit"][-1]:
        return None
    content = () if heard.content == (counted[0].unit,) else heard.content
    asked = content_query(heard, heard.projects, ())
    return replace(asked, content=content, fields=(), in_unit=None, operation=None)


async def price_of_so_many(case: Case) -> Query | None:
    """「体检3万人要多少钱」: the price of one that a passage states, for as many as were said; where
    it states several, or none of what the project is named by, they are quoted."""
    heard = case.heard
    units = [figure.unit for figure in heard.figures if not figure.is_money and figure.unit]
    money = heard.part.has("field", "total") or heard.part.has("soft", "total")
    if len(heard.projects) != 1 or len(units) != 1 or len(heard.figures) != 1 or heard.content:
        return None
    asks = "total" in heard.fields or (money and heard.asks("how_much", "number"))
    if (
        not asks
        or len(units[0]) > 1
        or units[0] in NO_PRICE_OF_ONE
        or yes_no(heard)
        or about_indicators(heard)
    ):
        return None
    one = f"每{units[0]}"
    named = tuple(token.text for token in heard.part.of("project"))
    spoken = await with_content(heard, (one, *named), case.sources)
    prices = [
        e
        for e in await evidence_in(case.sources, spoken, heard.projects[0], TEXT_FIELDS)
        if (figure := e.candidate.figure) is not None
        and figure.yuan is not None
        and (f"/{units[0]}" in (figure.unit or "") or one in e.candidate.words)
    ]
    words = {gram for name in named for gram in grams(name) if len(gram) > 1}
    of_name = {
        e.candidate.figure
        for e in prices
        for piece in re.split("[,;:。]", e.candidate.words)
        if (one in piece or f"/{units[0]}" in piece) and any(word in piece for word in words)
    }
    if len(of_name) == 1:
        return content_query(spoken, heard.projects, TEXT_FIELDS)
    if not prices:
        return None
    bare = await with_content(heard, (one,), case.sources)
    return replace(content_query(bare, heard.projects, TEXT_FIELDS), premise=())


NO_PRICE_OF_ONE = frozenset({"分", "%", "％", "年", "月", "天", "倍"})


async def _a_year_is_stated(case: Case) -> bool:
    """Whether the words lead to a passage that clearly is meant, or that states a year of its own
    (专项行动方案管到哪一年, 陈案指标卡的是哪一年)."""
    if await content_is_meant(case, CLEARLY_MEANT):
        return True
    found = await evidence_in(case.sources, case.heard, case.heard.projects[0])
    return bool(found and found[0].coverage >= STRONG and A_YEAR.search(found[0].candidate.words))


UNIT_FIELDS = {"supervising_department", "implementing_unit"}
HOW_MANY_DOCUMENTS = re.compile("(?:几|多少|好多)[个份条项部]")


def _only_describes(heard: Heard) -> bool:
    """Whether the words left stand before 项目 and the field after it (鹏诚那个扶持项目资金)."""
    place = max(heard.part.text.rfind("项目"), heard.part.text.rfind("专项"))
    soft = heard.part.words("soft")
    after = soft and all(token.start > place > 0 for token in soft)
    return bool(after) and all(token.start < place for token in heard.part.of("rest"))


PER_CENT = re.compile("百分|几成|比例|[几个]点")


async def _row_says_field(case: Case) -> bool:
    """Whether the words with the field's own are those of an indicator (区级保费补贴比例)."""
    heard = case.heard
    said = [word.text for word in heard.part.words("field")]
    for project in heard.projects:
        found = await evidence_in(case.sources, heard, project)
        level = [e for e in found if e.coverage >= max(STRONG, found[0].coverage - LEVEL)]
        if any(word in e.candidate.words for e in level for word in said):
            return True
        rows = [e.candidate.indicator for e in level if e.candidate.indicator is not None]
        if PER_CENT.search(heard.part.text) and any(row.unit_of_measure == "%" for row in rows):
            return True
    return False


BASIS = re.compile("(?:依据|支撑|批文|立项文件)$")


def _names_basis(heard: Heard) -> bool:
    """Whether the basis was named by a noun of its own (文件支撑), not by 根据什么."""
    words = heard.part.words("field", "approval_basis")
    return any(BASIS.search(word.text) for word in words) and heard.asks("blank", "given")


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
    if heard.asks("due") and not heard.due and await _names_dated_row(case):
        return base(heard, kind=Kind.DUE, projects=heard.projects, due=Due())
    aspects = aspects_of(heard)
    of_rows = aspects if heard.figures else tuple(a for a in aspects if a != "enough")
    only: tuple[str, ...] = ("indicators",) if of_rows or heard.asks("indicators") else ()
    if only and not await row_is_named(case) and not heard.asks("indicators", "points", "core"):
        only = ()
    if asks_a_row(heard) and await content_is_meant(case, fields=("indicators",)):
        return content_query(heard, heard.projects, ("indicators",))
    if only and not heard.asks("points", "core", "not_core", "enough"):
        only = only if await _says_as_much(case, only) else ()
    in_field = tuple(name for name in heard.fields if name in TEXT_FIELDS)
    if in_field and not only:
        only = in_field if await _says_as_much(case, in_field) else ()
    return content_query(heard, heard.projects, only)


async def _names_dated_row(case: Case) -> bool:
    """「产业扶持投资完成的时限」: whether the words lead to an indicator whose name has a deadline."""
    found = await evidence_in(case.sources, case.heard, case.heard.projects[0])
    row = found[0].candidate.indicator if found else None
    return row is not None and deadline_of(row.name, None) is not None


async def _says_as_much(case: Case, fields: tuple[str, ...]) -> bool:
    """Whether these fields of the first project speak of the words as well as any other does."""
    found = await evidence_in(case.sources, case.heard, case.heard.projects[0], fields)
    if not found or found[0].coverage < STRONG:
        return False
    anywhere = await evidence_in(case.sources, case.heard, case.heard.projects[0])
    return found[0].coverage >= anywhere[0].coverage - LEVEL


async def counted_of_project(case: Case) -> Query | None:
    """「数字化现在扫了多少页了」: so many of something, told by what it is counted in alone; after a question
    for what a passage says, of that."""
    heard, last = case.heard, case.context.last
    asked = asked_measure().search(heard.part.text)
    follows = last is not None and last.kind is Kind.CONTENT and last.projects == heard.projects
    if len(heard.projects) != 1 and not (follows and 0 < len(heard.projects) <= FEW_OF_A_UNIT):
        return None
    if heard.content or asked is None or heard.of_person:
        return None
    others = {*heard.fields} - {"total"} or heard.figures or heard.due or names_rows(heard)
    if others or asked["measure"] in VAGUE or heard.asks("max", "min", "all", "projects", "due"):
        return None
    before = last.content if last is not None and follows and not heard.part.of("project") else ()
    content = tuple(run for run in before if not run.startswith("每"))
    return replace(
        content_query(heard, heard.projects, ()), content=content, fields=(), operation=None
    )


VAGUE = frozenset("个项条分")  # projects and rows are counted so as well


async def project_alone(case: Case) -> Query | None:
    heard = case.heard
    if not heard.projects:
        return None
    if heard.asks("difference", "ratio") and not heard.part.of("project"):
        return None  # 「差多少」: between what, was not said
    if INSIDE.match(heard.part.text) and (told := await _told_inside(case)) is not None:
        return told
    if heard.part.has("group", "sheet"):
        return base(heard, kind=Kind.SHEET, projects=heard.projects)
    if heard.part.has("category") and (yes_no(heard) or "还是" in heard.part.text):
        return base(
            heard, kind=Kind.FIELDS, projects=heard.projects, fields=("category",), category=None
        )
    if heard.units and yes_no(heard):
        return base(
            heard, kind=Kind.FIELDS, projects=heard.projects, fields=("supervising_department",),
            premise_unit=heard.units[0], category=None, person=None,
        )  # fmt: skip
    if heard.figures:
        return await _figure_beside_its_name(case) or base(
            heard, kind=Kind.FIELDS, projects=heard.projects, fields=("total",),
            premise=heard.figures, holds=holds_of(heard.part), category=None, person=None,
        )  # fmt: skip
    soft = ("overview",) if heard.asks("manner", "what") else heard.soft_fields
    if soft:
        return base(heard, kind=Kind.FIELDS, projects=heard.projects, fields=soft, person=None)
    if heard.part.has("convert"):
        return base(heard, kind=Kind.FIELDS, projects=heard.projects, fields=("total",))
    if heard.asks("due") or heard.due:
        dated = None if heard.due else await _dated_in_passages(case)
        whole = base(heard, kind=Kind.DUE, projects=heard.projects, due=heard.due or Due())
        return dated or whole
    if heard.asks("own") and not heard.of_person:
        return base(
            heard,
            kind=Kind.FIELDS,
            projects=heard.projects,
            fields=("contact_person", "contact_phone"),
        )
    return base(heard, kind=Kind.CARD, projects=heard.projects)


async def _dated_in_passages(case: Case) -> Query | None:
    """「奖补申报材料最晚什么时候交」: what is done then (申报), as often said and nothing more, where a
    sentence with a date speaks of it."""
    done = tuple(t.text for t in case.heard.part.words("filler") if len(t.text) > 1)
    spoken = await with_content(case.heard, done, case.sources)
    found = await evidence_in(case.sources, spoken, case.heard.projects[0], ("overview",))
    dated = any(e.coverage >= STRONG and DATE.search(e.candidate.context) for e in found)
    return content_query(spoken, case.heard.projects, ("overview",)) if dated else None


# 「里面举报奖励是多少」 of the project spoken of: words of its name are what its sheet says.
INSIDE = re.compile("(?:那|这)?(?:里面|其中|里头|里边|当中)")


async def _told_inside(case: Case) -> Query | None:
    heard = case.heard
    if heard.projects != case.context.projects or len(heard.projects) != 1:
        return None
    said = tuple(token.text for token in heard.part.of("project"))
    spoken = await with_content(heard, said, case.sources)
    found = await evidence_in(case.sources, spoken, heard.projects[0])
    if not found or found[0].coverage < STRONG:
        return None
    return content_query(spoken, heard.projects, ())


async def _figure_beside_its_name(case: Case) -> Query | None:
    """「救援队现有100人对吗」: a figure of something that the words of the name speak of, where the
    sheet has a figure in that unit."""
    heard = case.heard
    units = [figure.unit for figure in heard.figures if not figure.is_money and figure.unit]
    if len(units) != 1 or len(heard.projects) != 1:
        return None
    said = tuple(token.text for token in heard.part.of("project"))
    spoken = await with_content(heard, said, case.sources)
    for evidence in await evidence_in(case.sources, spoken, heard.projects[0]):
        figure = evidence.candidate.figure
        if evidence.coverage < STRONG:
            return None
        if figure is not None and units[0] in (figure.unit or ""):
            return content_query(spoken, heard.projects, ())
    return None


async def projects_of_person(case: Case) -> Query | None:
    """A person's projects, asked something that only a project can tell."""
    heard = case.heard
    if not heard.persons or heard.projects:
        return None
    projects = await projects_of(case.sources, heard.persons[0])
    several = len(projects) > 1
    bounded = bool(holds_of(heard.part)) and not yes_no(heard) and not about_indicators(heard)
    several = several or bounded
    inner = Case(replace(heard, projects=projects, of_person=several), case.context, case.sources)
    query = await _first_of(PERSON_RULES if several else ONE_PROJECT_RULES, inner)
    return replace(query, person=heard.persons[0]) if query is not None else None


async def projects_of_unit_asked(case: Case) -> Query | None:
    """「医保局那两个项目谁在负责」「图书馆项目概况」: something of the few projects of a unit."""
    heard = case.heard
    if heard.projects or heard.persons or len(heard.units) != 1 or yes_no(heard):
        return None
    projects = await projects_of_unit(case.sources, heard.units[0])
    if not 0 < len(projects) <= FEW_OF_A_UNIT:
        return None
    inner = replace(heard, projects=projects, of_person=len(projects) > 1)
    return await _first_of(OF_UNIT, replace(case, heard=inner))


FEW_OF_A_UNIT = 3


ONE_OF_THEIRS = re.compile("[的家]?[那这]个(?:项目|专项)")


async def one_of_a_unit(case: Case) -> Query | None:
    """「信访办那个项目多少钱」 of a unit that has several: which is meant."""
    heard = case.heard
    units = heard.part.of("unit")
    if heard.projects or heard.persons or len(units) != 1 or heard.content or heard.figures:
        return None
    if not ONE_OF_THEIRS.match(heard.part.text, units[0].end) or heard.asks("max", "min"):
        return None
    projects = await projects_of_unit(case.sources, heard.units[0])
    if len(projects) < 2:
        return None
    return base(
        heard, kind=Kind.ASK_BACK, candidates=projects[:6], unit=None,
        fields=heard.fields or heard.soft_fields, aspects=aspects_of(heard), core=core_of(heard),
        of="indicators" if names_rows(heard) else "total",
    )  # fmt: skip


async def projects_designated(case: Case) -> Query | None:
    """「渝府办发〔2017〕121号那个项目多少钱」「67341355那个项目有几个指标」: something of the projects that
    a document or a phone number stands for."""
    heard = case.heard
    if heard.projects or heard.persons or yes_no(heard):
        return None
    if document := heard.first("document"):
        cited = await citations(str(document), case.sources)
        ids = [citation.project_id for citation in cited]
        own = {"approval_basis"}
    elif phone := heard.first("phone"):
        plans = await case.sources.store.plans(Scope(phone_suffix=str(phone)), limit=50)
        ids = [plan.record.project_id for plan in plans if plan.record]
        own = {"contact_person", "contact_phone"}
    else:
        return None
    of_it = tuple(
        token
        for token in heard.part.tokens
        if token.kind not in {"document", "phone"}
        and not any(group in {"field", "soft"} and name in own for group, name in token.senses)
    )
    projects = tuple(dict.fromkeys(ids))
    inner = replace(
        heard,
        part=replace(heard.part, tokens=of_it),
        projects=projects,
        of_person=len(projects) > 1,
    )
    if not ids or not (inner.fields or "total" in inner.soft_fields or about_indicators(inner)):
        return None
    return await _first_of(OF_DESIGNATED, replace(case, heard=inner))


async def _first_of(rules: Sequence[Rule], case: Case) -> Query | None:
    for rule in rules:
        query = await rule.apply(case)
        if query is not None:
            return query
    return None


OVERVIEW = re.compile("概况|概述|简介|介绍|内容|情况|overview|description")


DOES = re.compile("[干做搞办用]")


def asks_overview(heard: Heard) -> bool:
    """「赵东松的项目概况」「他的项目是干什么的」; 「赵东松是干什么的」 asks for the project."""
    words = (*heard.part.words("field", "overview"), *heard.part.words("soft", "overview"))
    return any(
        OVERVIEW.search(word.text)
        or (DOES.search(word.text) and "项目" in heard.part.text[: word.start])
        for word in words
    )


async def project_itself(case: Case) -> Query | None:
    """「赵东松负责哪个项目」「王智莹负责啥」: the project, not something of it."""
    heard = case.heard
    other = (set(heard.fields) | set(heard.soft_fields)) - {"contact_person", "overview"}
    if asks_overview(heard):
        return None
    if leaves_out(heard):
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
    Rule("part of a document's number of a person's projects", part_of_a_document),
    Rule("a person's projects above or below an amount", conditioned),
    Rule("a person's projects beside their mean", beside_mean_amount),
    Rule("two projects of a person compared", two_of_a_person),
    Rule("ranking within a person's projects", ranked),
    Rule("count within a person's projects", counted),
    Rule("total of a person's projects", totalled),
    Rule("rows of a person's projects", rows_of_project),
    Rule("a person's projects", listed),
    Rule("fields of a person's projects", fields_of_project),
    Rule("passage of a person's projects", passage_of_project),
)


OF_DESIGNATED = (
    Rule("rows of a designated project", rows_of_project),
    Rule("total of designated projects", totalled),
    Rule("fields of a designated project", fields_of_project),
)


OF_UNIT = (
    Rule("total of a unit's projects", totalled),
    Rule("rows of a unit's projects", rows_of_project),
    Rule("fields of a unit's projects", fields_of_project),
    Rule("passage of a unit's projects", passage_of_project),
)


ONE_PROJECT_RULES = (
    Rule("a person's project", project_itself),
    Rule("share of a person's project", share_of_project),
    Rule("rows of a person's project", rows_of_project),
    Rule("fields of a person's project", fields_of_project),
    Rule("passage of a person's project", passage_of_project),
    Rule("a person's project alone", listed_of_one),
)
