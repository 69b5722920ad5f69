"""What every rule has in common: the case it looks at, and small questions about the words.

A rule is a name in plain words and a coroutine that yields a query where the words fit. The rules
are tried in the order that `understand` lists them; the first that yields one wins, and its name
stands in the trace."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import pairwise

from bot.question.analysis import DECIMALS, number
from bot.question.conditions import holds_of
from bot.question.context import Context
from bot.question.evidence import evidence_in
from bot.question.heard import Heard
from bot.question.lexicon import read_table
from bot.question.names import CONNECTORS
from bot.question.query import Asserted, Kind, Query
from bot.question.sources import Sources
from bot.retrieval import STRONG
from registry.plan import FUNDING_SOURCES

Yield = Awaitable[Query | None]


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
OWN_NUMBER = re.compile(
    "(?:分值|分数|权重分|单位|几分|多少分|好多分)(?:是|为|有)?(?:多少|几|好多)?"
)


DONE = re.compile("(?:做|完成|搞|实现|开展|引进|引入|办)了|只有|才有?|已经?有")


# 「知晓率测出来85%」「只涨了5.8个点咋样」: so much was reached, and it is not asked how much is wanted.
REACHED = re.compile(
    "测[出得]|测下来|实际|[只才就](?:有|是)?[\u4e00-\u9fff]{0,3}了?\\d|[涨断做完办引升降发出搞]了\\d|达到?了|做到"
)
SHORT_OF = re.compile("差\\s*\\d")
HOW_MUCH = re.compile("多少|好多|几")
BESIDE = re.compile("和|与|及|以及|还有|跟|、|加上?")  # joins two things asked for
# 「今年新建几座」: what is counted tells which row or figure is asked for.
SO_MANY_ASKED = re.compile(
    "(?:几|多少|好多)(?P<of>[个家户座人名次场条台辆套亩处所间件项张例棵株批篇部盏只头趟页本册期])"
    "(?!项目|指标|核心)"
)


# The standard of a payment is what a passage says of it, not the target of an indicator.
PAID_STANDARD = re.compile("[奖补赔罚助贴费偿付给][^，。]{0,2}标准")


def in_full(heard: Heard) -> bool:
    """Whether all that is said of something is asked for: 「怎么赔」「奖补标准」「有哪些奖励」."""
    text = heard.part.text
    if yes_no(heard) or heard.figures or heard.asks("how_much", "number", "indicators"):
        return False
    asks = heard.asks("manner", "list", "what", "people") or heard.part.has("group", "card")
    return asks or PAID_STANDARD.search(text) is not None


def _describes_only(heard: Heard) -> bool:
    """「合格站点补多少」: 合格 tells which, and nothing is held against a target."""
    words = heard.part.words("ask", "enough")
    beside = {t.start for t in heard.part.of("rest")}
    asks = HOW_MUCH.search(heard.part.text) and not yes_no(heard) and "差" not in heard.part.text
    return bool(asks) and all(len(t.text) == 2 and t.end in beside for t in words)


def aspects_of(heard: Heard) -> tuple[str, ...]:
    """Which sides of an indicator are asked for."""
    asked = [
        aspect for aspect in ("target", "points", "comparison", "enough") if heard.asks(aspect)
    ]
    if "target" in asked and PAID_STANDARD.search(heard.part.text):
        asked.remove("target")
    if "enough" in asked and (SHORT_OF.search(heard.part.text) or _describes_only(heard)):
        asked.remove("enough")
    if "enough" in asked and "points" in asked and not heard.figures and heard.asks("difference"):
        asked.remove("enough")  # 「两条分值差几分」
    if asked == ["target"] and heard.figures and yes_no(heard) and DONE.search(heard.part.text):
        asked = ["enough"]  # 做了6次，达到要求了吗
    wants = heard.asks("how_much", "number", "target", "points", "share") or yes_no(heard)
    if not asked and heard.figures and not wants and REACHED.search(_in_digits(heard)):
        asked = ["enough"]
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


def _in_digits(heard: Heard) -> str:
    """The text with each figure as one digit: 断了一次 is 断了1."""
    text = heard.part.text
    for token in reversed(heard.part.of("figure")):
        text = f"{text[: token.start]}1{text[token.end :]}"
    return text


def about_indicators(heard: Heard) -> bool:
    """Whether the words are those of an indicator table."""
    return bool(aspects_of(heard)) or heard.asks("indicators", "points_sum")


NOT_CORE = re.compile(
    r"(?<!是)(?:不|没|未)(?:是|算|属于|列为|标|列|标为|列入|打)[^，。]{0,2}核心|(?:除了|除去|除开|除|刨开|撇开|抛开|去掉|排除|不含|不算)核心|非核心"
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
    text = heard.part.text
    of_whole = re.search("占|比重|份额|千分|percent|share", text)
    return heard.asks("share") and bool(
        of_whole or ("几成" in text and not PAID_IN_PART.search(text))
    )


# 「验收后能拿几成」「先发几成」: so much of what is due is paid; what it is of, a passage says.
PAID_IN_PART = re.compile("[发付拨给兑退扣减拿补免领缴交报担](?:[到了出去给]|回来|下来)?几成")


# 「鹏诚那个项目」「上市奖补的项目」: the words before only tell which project.
DESCRIBED = re.compile(
    r"(?:那个|这个|的|那|这|该)(?:项目|专项|资金)|[那这]笔(?:资金|经费|钱|费用|款)|[那这]张表|项目的"
    r"|的(?:资金|经费|钱|款)(?=[^，,。]{0,4}(?:谁|哪位|哪个|找|联系|经办|负责|归))"
)


def describes(heard: Heard) -> bool:
    """Whether the content of a part only describes the project it asks about: all of it stands
    before 项目 (鹏诚那个扶持项目资金)."""
    rests = heard.part.of("rest")
    described = [match.end() for match in DESCRIBED.finditer(heard.part.text)]
    if described:
        return all(token.start < described[-1] for token in rests if len(token.text) > 1)
    place = max(heard.part.text.rfind("项目"), heard.part.text.rfind("专项"))
    return place >= 0 and bool(rests) and all(token.start < place for token in rests)


THAT_ONE = re.compile("[那这](?:一?个|一?块)(?!指标)")


def that_one(heard: Heard) -> bool:
    """「信访接待那个今年多少钱」: all that is left stands before 那个, which no noun follows: the words
    only tell which project."""
    rests = [token for token in heard.part.of("rest", "project", "near") if len(token.text) > 1]
    marks = [mark for mark in THAT_ONE.finditer(heard.part.text) if mark.start()]
    if not rests or not marks or yes_no(heard):
        return False
    return rests[-1].end == marks[-1].start()


NOT_OF_CATEGORY = re.compile("(?:不是|不属于|不算|并非)(?:重点|一般)")


def in_unit(heard: Heard) -> str | None:
    """The unit an amount is wanted in, where one was named."""
    units = heard.part.said("convert")
    return units[0] if units else None


# What only a row of the table has: 指标值; 「那条」 is a row, too.
PRINTED_IN_ROWS = re.compile("指标值|目标值|[那这]条(?!件)")


def asks_a_row(heard: Heard) -> bool:
    """Whether what is asked for stands in a row of the table, and in no passage."""
    return PRINTED_IN_ROWS.search(heard.part.text) is not None


def places_of(heard: Heard) -> int | None:
    """At how many decimals an amount is wanted, where that was said: 取个整, 保留两位小数."""
    said = DECIMALS.search(heard.part.text)
    if said is not None:
        return int(number(said["n"] or said["m"]))
    return 0 if heard.part.has("rounding", "whole") else None


def yes_no(heard: Heard) -> bool:
    """Whether something stated is to be confirmed."""
    return heard.part.has("yes_no")


def agrees(heard: Heard) -> bool:
    """「是的」「对」 and nothing else."""
    said = heard.part.text.strip(" ，,。.!！~")
    alone = said in read_table("words.toml")["alone"]["yes"]
    return alone or (heard.part.has("talk", "yes") and not heard.rest)


COUNTED = "(?:项目|专项|绩效表|表|指标|联系人)"
SO_MANY = r"(?P<n>\d{1,4}|[一二两三四五六七八九十]{1,3})[个张项位名条](?!月)"
SO_MANY_OF_THEM = (
    re.compile(rf"{SO_MANY}(?:重点|一般性?|核心|绩效|考核)*{COUNTED}(?![里中的])"),
    re.compile(rf"{COUNTED}[^，,。]{{0,4}}?(?:是|有|共|就)了?{SO_MANY}"),
)


def number_stated(heard: Heard) -> tuple[Asserted, ...]:
    """How many there are said to be, where that is to be confirmed (一共7个项目对吗)."""
    other = set(heard.fields) - {"contact_person", "table_number"}
    if not yes_no(heard) or other or any(figure.is_money for figure in heard.figures):
        return ()
    said = next((m for like in SO_MANY_OF_THEM if (m := like.search(heard.part.text))), None)
    return () if said is None else (Asserted(number(said["n"]), "个", said=said["n"]),)


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


def names_rows(heard: Heard) -> bool:
    """Whether rows of a table are asked for, not one that the words name."""
    return heard.asks("indicators", "core", "not_core", "points_sum") or any(
        "指标" in token.text for token in heard.part.of("ordinal")
    )


def base(heard: Heard, **more: object) -> Query:
    """A query with the scope that was named; its kind comes with `more`."""
    values: dict[str, object] = {
        "person": heard.persons[0] if heard.persons else None,
        "unit": heard.units[0] if heard.units else None,
        "category": category_of(heard),
        "year": heard.year,
        "in_unit": in_unit(heard),
        "places": places_of(heard),
        "yes_no": yes_no(heard),
        "beside": heard.beside,
        "said": heard.part.text,
    }
    values.update(more)
    if values.get("without"):
        values["left_out"] = left_out(heard)
        values["persons_too"] = _left_out_too(heard, "person", heard.persons)
        values["units_too"] = _left_out_too(heard, "unit", heard.units)
    return Query(**values)  # type: ignore[arg-type]


WHICH_LARGER = re.compile("(?:哪个|哪项|哪位|谁|哪边|哪家).{0,6}[多少大小高低](?!少)")


def which_larger(heard: Heard) -> bool:
    """「哪个钱多」「哪位管的资金大」."""
    return WHICH_LARGER.search(heard.part.text) is not None


def holds_together(heard: Heard) -> bool:
    """Whether those that were named are held against each other, or added up."""
    return heard.asks("difference", "ratio", "compare", "sum") or which_larger(heard)


# 以外 and 外 follow what they leave out; 除了 and 不含 stand before it. 去掉 and 不算 may do either.
AFTER_NAME = re.compile("外$")
BEFORE_NAME = re.compile("^除了?$|^不[含包]")
# What may stand between a name and the word that leaves it out: 把李冬霞的项目拿掉.
OF_A_NAME = re.compile(
    "(?:管|负责|名下)?(?:的?(?:几个|那些|所有|这些)?(?:项目|专项|部分)?)[都全给先也]?[，,]?"
)


NOT_THEIRS = re.compile("不是|不归|不由|非|(?<!管)不管|(?<!负责)不负责|没负责")


def _without_names(heard: Heard) -> str:
    """The text with the persons named left out: 非 of 阮知非 denies nothing."""
    text = heard.part.text
    for token in heard.part.of("person"):
        text = text.replace(token.text, "，")
    return text


def leaves_out(heard: Heard) -> bool:
    """Whether what was named is to be left out: the name stands right after 除了 or before 以外,
    or before 去掉 where nothing follows that could be left out (把打非去掉)."""
    if heard.persons and NOT_THEIRS.search(_without_names(heard)):
        return True
    if heard.units and re.search("(?<!是)不(?:是|归|由|属于)", heard.part.text):
        return True
    if NOT_OF_CATEGORY.search(heard.part.text) and not heard.projects and category_of(heard):
        return True
    words = heard.part.words("ask", "except")
    named = (*heard.part.of("project", "person", "unit"), *heard.part.words("category"))
    for word in words:
        follows = any(
            name.end <= word.start and OF_A_NAME.fullmatch(heard.part.text[name.end : word.start])
            for name in named
        )
        leads = any(0 <= name.start - word.end <= 1 for name in named)
        alone = all(rest.start != word.end for rest in heard.part.of("rest"))
        if AFTER_NAME.search(word.text):
            leads = False
        elif BEFORE_NAME.search(word.text) or leads or not alone:
            follows = False
        if leads or follows:
            return True
    return False


def left_out(heard: Heard) -> tuple[str, ...]:
    """Of several conditions that were named those that must not hold: 「人社局不归谭晓露管的」 are that
    office's projects and not that person's. None where all are left out."""
    places = [(t.kind, t) for t in heard.part.of("person", "unit")]
    places += [("category", t) for t in heard.part.words("category")]
    text = heard.part.text
    denied = {
        kind
        for kind, token in places
        if DENIED.search(text[: token.start]) or DENIED_AFTER.match(text[token.end :])
    }
    return tuple(sorted(denied)) if denied and denied < {kind for kind, _ in places} else ()


def _left_out_too(heard: Heard, kind: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names beside the first that are left out with it: 「除了住建委和农业农村委」, 「不归住建委也不归文旅委」."""
    text = heard.part.text
    for one, other in pairwise(heard.part.of(kind)):
        between = text[one.end : other.start]
        if not (ALSO_LEFT_OUT.fullmatch(between) or DENIED.search(between)):
            return ()
    return names[1:]


ALSO_LEFT_OUT = re.compile(f"(?:管|负责|名下)?的?(?:项目|专项)?(?:{CONNECTORS.pattern}|以及|还有)")
# What stands right before, or right after, a name that is left out.
DENIED = re.compile(
    "(?:除了?|除开|除去|刨开|撇开|抛开|扣除|去掉|剔除|排除|不[是归由算含计]|不属于|不包[括含]|非)$"
)
DENIED_AFTER = re.compile(
    "的?(?:项目|专项)?(?:以外|之外|除外|外|不算|不含|去掉|除开|刨开|扣掉|不管|不负责|没负责)"
)


async def content_is_meant(case: Case, least: float = STRONG, fields: tuple[str, ...] = ()) -> bool:
    """Whether the words left speak of something that a plan of the projects says in these fields."""
    heard = case.heard
    if not heard.content:
        return False
    for project in heard.projects:
        found = await evidence_in(case.sources, heard, project, fields)
        if found and found[0].coverage >= least:
            return True
    return False


def _funding_words(heard: Heard) -> tuple[str, ...]:
    """What the sources of funds were called (自筹, 上级): passages use the same words."""
    return tuple(word.text for word in heard.part.words("field", *FUNDING_SOURCES))


def extreme_of(heard: Heard) -> str | None:
    """Whether the largest of several is asked for, or the smallest."""
    ends = [end for end in ("max", "min") if heard.asks(end)]
    return ends[0] if len(ends) == 1 and not about_indicators(heard) else None


# From one step to another: all that lies between is asked for (从签协议到过会能拿多少).
FROM_TO = re.compile("从.{2,}(?:到|至).{2,}(?:多少|几|好多)")


LEFT_OVER = re.compile("还剩|减去|扣掉|扣除|除了.{2,}还有多少")


def _of_its_name(heard: Heard) -> bool:
    """Whether the only word for a sum belongs to what is asked for: 累计 of 累计赔偿限额."""
    sums = heard.part.words("ask", "sum")
    after = {t.start for t in heard.part.of("rest")}
    ends = [OF_CAN.match(heard.part.text, t.end) for t in sums]
    own = all(t.text == "累计" for t in sums)
    return bool(sums) and own and all(end and end.end() in after for end in ends)


OF_CAN = re.compile("(?:最多|一般)?(?:可以|能够|能|可|会|要)?")


# An amount divided among many: 摊到每户, 人均.
DIVIDED = re.compile("摊|人均|户均|平均")


OTHERS = re.compile("其他|其它|其余|别的|剩下|剩余|还有|以外|之外")


def _means_the_others(heard: Heard) -> bool:
    """「除了引入企业其他指标多少分」: the rows but for those named."""
    return heard.asks("except") and OTHERS.search(heard.part.text) is not None


def content_query(heard: Heard, projects: tuple[int, ...], only: tuple[str, ...]) -> Query:
    """A question for something that indicators or passages of the projects say."""
    operation = (
        "ratio" if heard.asks("ratio") or (re.search("几次|几倍", heard.part.text) and re.search("够|顶|抵|合", heard.part.text))
        else "difference" if heard.asks("difference", "compare") or LEFT_OVER.search(heard.part.text)
        else "share" if shares(heard)
        else "sum" if (heard.asks("sum", "points_sum") and not _of_its_name(heard)) or FROM_TO.search(heard.part.text)
        else "each" if DIVIDED.search(heard.part.text) else None
    )  # fmt: skip
    return base(
        heard,
        kind=Kind.CONTENT,
        projects=projects,
        content=heard.content,
        content_in=only,
        in_full=in_full(heard),
        extreme=extreme_of(heard),
        beside=(*heard.beside, *_funding_words(heard)),
        aspects=aspects_of(heard),
        fields=tuple(name for name in (*heard.fields, *heard.soft_fields)),
        operation=operation,
        core=core_of(heard),
        without=about_indicators(heard) and _means_the_others(heard),
        premise=heard.figures,
        holds=holds_of(heard.part),
        person=None,
        due=heard.due,
    )


def documents_shared(heard: Heard, projects: tuple[int, ...]) -> Query:
    """The documents that these projects rest on together, or one with any other."""
    return base(
        heard,
        kind=Kind.COMPARE,
        projects=projects,
        fields=("approval_basis",),
        operation="shared",
    )
