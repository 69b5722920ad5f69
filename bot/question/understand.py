"""Text -> queries: cuts a message into parts, hears each, and lets the rules name what it asks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from bot.question import computing_rules as computing
from bot.question import follow_up, open_rules, year_rules
from bot.question import plain_rules as plain
from bot.question import project_rules as of_project
from bot.question import registry_rules as of_registry
from bot.question.analysis import HAN, Token, normal
from bot.question.context import Context
from bot.question.evidence import evidence_in
from bot.question.grouping import asks_apart, grouped
from bot.question.heard import Heard
from bot.question.hearing import hear
from bot.question.measures import asked_measure
from bot.question.names import JOINS, Names
from bot.question.query import Kind, Query
from bot.question.rules import (
    BESIDE,
    HOW_MUCH,
    Case,
    Rule,
    about_indicators,
    aspects_of,
    content_is_meant,
    content_query,
    everything,
    holds_together,
    leaves_out,
    places_of,
)
from bot.question.sources import Sources
from bot.retrieval import STRONG

# A comma or full stop between digits belongs to a number; a bracketed title stays whole.
PART_END = re.compile(r"(?<!\d)[,，。.!！?？;；\n:：]+|[,，。!！?？;；\n:：]+(?!\d)")
CORRECTION = re.compile(
    r"^(?:哦|噢|啊|额|呃|嗯)?\s*(?:不是|不对|错了|搞错了|写错了|说错了|问错了|打错了|弄错了|no)(?:的|了|这个|那个)?[,，。.!！\s]*(?=\S)"
)
# 「不是产业扶持，是金融监管」: what stands between is what was not meant.
NOT_THAT = re.compile(r"^(?:我(?:说|问)的)?不是[^，,。是]{2,12}[，,]\s*(?=(?:我说的|我问的)?是)")
# 「不是核心的有哪些」 asks, and corrects nothing.
NEGATED_FIRST = re.compile("不是(?:核心|重点|一般|[他她]的)")
MEANT = re.compile(
    r"^(?:[,，。\s]*(?:我说的是|我问的是|我是说|我是问|我指的是|我要的是|我要问的是|我想问的是|应该是|是(?!的?[。！!]?$)|我说|i mean)\s*)"
)
# 「我是兽医站的，…」 tells who asks, and names no unit that is asked about.
INTRODUCTION = re.compile(
    r"^(?:[^，,。是]{0,6}[，,] *)?我们?(?:这边|这里)?是(?![说问想要指在])[^，,。?？!！\d]{2,10}?"
    r"的(?:[小老]?[\u4e00-\u9fff]{0,2}[，,。!！ ]+|[啊呀哈哦嘛呢哟]+[，,。!！ ]*)(?=.{4})"
)
MOST_HEARD = 20  # parts of a long message in which no word asks
LONG = 4  # parts; of a longer message only what asks something counts


FIRST = (
    Rule("talk", plain.only_talk),
    Rule("change demanded", plain.change_demanded),
    Rule("choice between candidates", follow_up.chosen),
    Rule("project of a document or phone", of_project.projects_designated),
    Rule("phone number", plain.whose_phone),
    Rule("document number", plain.which_rests_on),
    Rule("year that is not loaded", plain.year_not_loaded),
    Rule("same of another year", year_rules.other_year),
    Rule("years compared", year_rules.years_compared),
    Rule("amount in another unit", follow_up.in_other_unit),
    Rule("other source of funds", follow_up.other_source),
    Rule("next in a ranking", follow_up.next_in_ranking),
    Rule("share of that figure", follow_up.share_of_that),
    Rule("sum of what was asked", follow_up.sum_of_passages),
    Rule("number or sum of the same", follow_up.more_of_the_same),
    Rule("so many of something else", follow_up.in_the_same_measure),
    Rule("which they are", follow_up.those_counted),
    Rule("points of those rows", follow_up.points_of_those),
    Rule("other end of those rows", follow_up.other_end_of_rows),
    Rule("same of another month", follow_up.other_month),
    Rule("those but for some", follow_up.but_for_of_those),
    Rule("computed over those", follow_up.over_those),
    Rule("place in a list", follow_up.of_a_list),
    Rule("the other of several in a passage", follow_up.the_other_item),
    Rule("same of another level", follow_up.of_the_contrary),
    Rule("the other of two", follow_up.the_other_of_two),
    Rule("one of those", follow_up.one_of_those),
    Rule("same of another figure", follow_up.other_figure),
    Rule("documents shared with that project", follow_up.also_rests_on),
    Rule("largest of those", follow_up.extreme_of_those),
    Rule("same question again", follow_up.same_question),
    Rule("payer of that source", follow_up.payer_of_that),
    Rule("who does that", follow_up.who_does_it),
    Rule("same question, other words", follow_up.other_words),
    Rule("indicator spoken of", follow_up.same_indicator),
)

NAMED = (
    Rule("documents shared by projects", plain.shared_documents),
    Rule("faults in sheets", plain.findings_asked),
    Rule("history", plain.history_asked),
    Rule("payer of a source of funds", of_project.payer_of_a_source),
    Rule("table number to be confirmed", of_project.table_stated),
    Rule("figure within a scale", of_project.in_a_bracket),
    Rule("amount that the sheet does not hold", of_project.figure_not_in_sheet),
    Rule("fact that sheets do not state", plain.absent_fact),
    Rule("contact persons but for one", of_registry.people_listed),
    Rule("a person's projects but for some", of_project.persons_but_for),
    Rule("person as a premise", of_project.premise_of_person),
    Rule("people compared", computing.people_compared),
    Rule("projects of a person", of_project.projects_of_person),
    Rule("amounts beside their mean", computing.beside_mean_amount),
    Rule("amounts beside those of others", computing.beside_others),
    Rule("project beside all the others", computing.beside_all_others),
    Rule("several projects compared", computing.projects_compared),
    Rule("amount that a passage states", of_project.amount_in_its_passages),
    Rule("so many times an amount", of_project.amount_times),
    Rule("share of a project", computing.share_of_project),
    Rule("total but for some", computing.totalled),
    Rule("list but for some", of_registry.listed),
    Rule("largest part of an amount", of_project.largest_part),
    Rule("place in the ranking", computing.place_in_ranking),
    Rule("rows of two projects compared", open_rules.rows_compared),
    Rule("row of a deadline", of_project.row_of_a_deadline),
    Rule("rows of a project", of_project.rows_of_project),
    Rule("figure in another unit", of_project.figure_in_another_unit),
    Rule("price of so many", of_project.price_of_so_many),
    Rule("amount of a project for each", of_project.amount_for_each),
    Rule("fields of a project", of_project.fields_of_project),
    Rule("passage of a project", of_project.passage_of_project),
    Rule("so many of something of a project", of_project.counted_of_project),
    Rule("project alone", of_project.project_alone),
)

OPEN = (
    Rule("history", plain.history_asked),
    Rule("figure within a scale", of_project.in_a_bracket),
    Rule("near names alone", open_rules.near_names_alone),
    Rule("part of a document's number", plain.part_of_a_document),
    Rule("fact that sheets do not state", plain.absent_fact),
    Rule("table number", of_registry.by_table_number),
    Rule("characters that a sheet repeats", open_rules.named_by_two_characters),
    Rule("projects told apart by a field", grouped),
    Rule("receiver of an amount", open_rules.receiver_of_amount),
    Rule("unit or person not in the registry", open_rules.stranger),
    Rule("exact amount", computing.exactly_that_amount),
    Rule("project of that amount", open_rules.named_by_amount),
    Rule("one of a unit's projects", of_project.one_of_a_unit),
    Rule("units compared", computing.units_compared),
    Rule("people by their number of projects", of_registry.people_holding),
    Rule("contact persons", of_registry.people_listed),
    Rule("faults in sheets", plain.findings_asked),
    Rule("sheets without a value", of_registry.without_a_value),
    Rule("row of a deadline", of_project.row_of_a_deadline),
    Rule("deadline", of_registry.due_by),
    Rule("amount as a condition", computing.conditioned),
    Rule("amounts beside their mean", computing.beside_mean_amount),
    Rule("ranking", computing.ranked),
    Rule("projects by their number of rows", of_registry.so_many_rows),
    Rule("projects by their points", of_registry.so_many_points),
    Rule("rows by a property", of_registry.rows_with),
    Rule("count", of_registry.counted),
    Rule("total", computing.totalled),
    Rule("list", of_registry.listed),
    Rule("rows of two projects compared", open_rules.rows_compared),
    Rule("projects by what they say", open_rules.projects_by_content),
    Rule("something a sheet says", open_rules.content_anywhere),
    Rule("row counted in that measure", open_rules.row_counted_so),
    Rule("near names", open_rules.near_names),
)

LAST = (
    Rule("something of a unit's projects", of_project.projects_of_unit_asked),
    Rule("field without a project", open_rules.no_project_named),
    Rule("not in the registry", open_rules.not_there),
)


async def heard_in(text: str, context: Context, sources: Sources) -> list[Heard]:
    """The parts of a message that ask something, in order; none where there is nothing to read."""
    flat = corrected(INTRODUCTION.sub("", normal(text)), context)
    return await parts_of(flat, sources, context.projects) if flat else []


def corrected(text: str, context: Context) -> str:
    """「不是，我说的是打非」 without its first words, where there is a question it corrects."""
    if context.last is None or NEGATED_FIRST.match(text):
        return text
    rest = CORRECTION.sub("", NOT_THAT.sub("", text, count=1), count=1)
    rest = MEANT.sub("", rest, count=1)
    return rest or text


async def parts_of(text: str, sources: Sources, projects: tuple[int, ...] = ()) -> list[Heard]:
    """The parts of a message that can be asked by themselves, each heard."""
    pieces = [piece.strip() for piece in _split(text) if re.search(r"\w", piece)]
    if len(pieces) > LONG:
        asking = _asking(pieces)
        if not asking:
            heard = [await hear(piece, sources, projects) for piece in pieces[:MOST_HEARD]]
            asking = [
                part.part.text
                for part in heard
                if _has_hard_ask(part) and (part.content or _has_name(part))
            ] or pieces[-2:]
        pieces = asking
    if not pieces:
        pieces = [text]
    heard = [await hear(piece, sources, projects) for piece in pieces]
    joined = await _joined(heard, sources)
    apart = [each for part in joined for each in await _with_their_own(part, sources)]
    dated = [each for part in apart for each in await _of_each_deadline(part, sources)]
    return [each for part in dated for each in await _of_each_measure(part, sources)]


OWN_WORDS = re.compile("的(?:[^的，]{2,12}?)(?P<joins>和|与|跟|及|以及|还有|、)")


async def _with_their_own(heard: Heard, sources: Sources) -> list[Heard]:
    """「机房的PUE和政务云的可用率各要求多少」: projects each asked for words of its own, one by one."""
    names = heard.part.of("project")
    text = heard.part.text
    if len(names) < 2 or len(set(heard.projects)) < len(names) or holds_together(heard):
        return [heard]
    between = [OWN_WORDS.fullmatch(text[a.end : b.start]) for a, b in pairwise(names)]
    last = [t for t in heard.part.tokens if t.start > names[-1].end and _says_what(t)]
    if not all(between) or not last or text[names[-1].end] != "的":
        return [heard]
    cuts = [n.end + m.start("joins") for n, m in zip(names, between, strict=False) if m]
    asked = text[last[-1].end :]
    spans = zip(names, (*cuts, last[-1].end), strict=True)
    parts = [await hear(text[name.start : cut] + asked, sources) for name, cut in spans]
    own = [part.projects for part in parts] == [(name.value,) for name in names]
    return parts if own and all(part.content for part in parts) else [heard]


async def _of_each_deadline(heard: Heard, sources: Sources) -> list[Heard]:
    """「9月底和年底投资完成率各要多少」: the same asked of each deadline, one by one."""
    dues, text = heard.part.of("due"), heard.part.text
    joined = all(BESIDE.fullmatch(text[a.end : b.start]) for a, b in pairwise(dues))
    at_once = holds_together(heard) or heard.asks("sum", "points_sum")
    at_once = at_once or (bool(aspects_of(heard)) and not heard.part.of("rest"))
    if len(dues) > 1 and not holds_together(heard) and _asked_of_each(text, dues):
        # 「九月底要投百分之几年底要投百分之几」, said without a comma.
        ends = [*(due.start for due in dues[1:]), len(text)]
        spans = zip(dues, ends, strict=True)
        before = text[: dues[0].start]
        return [await hear(before + text[due.start : end], sources) for due, end in spans]
    if len(dues) < 2 or not joined or at_once:
        return [heard]
    before, after = text[: dues[0].start], EACH.sub("", text[dues[-1].end :], count=1)
    return [await hear(f"{before}{due.text}{after}", sources) for due in dues]


def _asked_of_each(text: str, dues: Sequence[Token]) -> bool:
    """Whether behind every deadline something is asked before the next."""
    ends = [*(due.start for due in dues[1:]), len(text)]
    return all(QUESTION.search(text[due.end : end]) for due, end in zip(dues, ends, strict=True))


async def _of_each_measure(heard: Heard, sources: Sources) -> list[Heard]:
    """「涉及多少栋多少户」: so many of one thing and of another, one by one."""
    text = heard.part.text
    asked = list(asked_measure().finditer(text))
    at_once = holds_together(heard) or heard.asks("sum") or about_indicators(heard)
    if len(asked) < 2 or at_once or len({match["measure"] for match in asked}) < len(asked):
        return [heard]
    between = [text[a.end() : b.start()] for a, b in pairwise(asked)]
    behind = text[asked[-1].end() :]
    if not all(map(ALSO_COUNTED.fullmatch, between)):
        return [heard]
    nouns = [*(ALSO_COUNTED.sub(r"\g<noun>", gap) for gap in between), behind]
    return [
        await hear(text[: asked[0].start()] + match.group() + noun, sources)
        for match, noun in zip(asked, nouns, strict=True)
    ]


# 「多少个小区、多少户」: the noun of what is counted first, and what joins the next to it.
ALSO_COUNTED = re.compile(f"(?P<noun>[{HAN}]{{0,3}}?)(?:{BESIDE.pattern}|[,，])?")
EACH = re.compile("分别|各自|各(?=[^，,]{0,4}(?:多少|好多|几|是|要))")


def _says_what(token: Token) -> bool:
    """Whether something of a sheet is named, not how it is asked for."""
    return token.kind == "rest" or (token.means("field") and not HOW_MUCH.search(token.text))


def _split(text: str) -> list[str]:
    titles = [match.span() for match in re.finditer("《[^》]*》", text)]
    pieces: list[str] = []
    start = 0
    for match in PART_END.finditer(text):
        if any(a < match.start() < b for a, b in titles):
            continue
        pieces.append(text[start : match.end()])
        start = match.end()
    pieces.append(text[start:])
    split: list[str] = []
    for piece in pieces:
        parts = piece.split("、")
        asking = len(parts) > 1 and all(QUESTION.search(part) for part in parts)
        for part in parts if asking else [piece]:
            for said in HAN_SPACE.split(part):
                split += ANOTHER.split(said)
    return split


# Words that open another question in the same breath.
ANOTHER = re.compile(
    r"(?<=.)(?:另外(?![一那]?[个家项处种位名座边])|顺便|再问一?下|还想问|还有(?![多几哪什啥谁]))(?=.)"
)
HAN_SPACE = re.compile(r"(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])")
QUESTION = re.compile(
    r"[?？]|多少|几|什么|啥|哪|谁|吗|怎么|如何|咋|是否|是不是|对不对|查一?下|问一?下|帮我|报一?下|发一?下|列一?下|告诉"
)


def _asking(pieces: Sequence[str]) -> list[str]:
    """Of a long message: the parts that ask, from the last such run on, with the one before; none
    where no part asks."""
    asking = [place for place, piece in enumerate(pieces) if QUESTION.search(piece)]
    if not asking:
        return []
    last = asking[-1]
    first = last
    while first - 1 in asking and last - first < 2:
        first -= 1
    return list(pieces[max(0, first - 1) : last + 1])


def _has_name(heard: Heard) -> bool:
    return bool(
        heard.projects
        or heard.persons
        or heard.units
        or heard.near
        or heard.part.of("phone", "document")
    )


def _has_ask(heard: Heard) -> bool:
    return bool(heard.soft_fields) or _has_hard_ask(heard)


def _has_hard_ask(heard: Heard) -> bool:
    return bool(
        heard.fields or heard.part.has("group") or heard.part.has("absent") or about_indicators(heard)
        or any(heard.asks(c) for c in ("sum", "average", "share", "max", "min", "difference", "ratio", "compare", "number", "how_much", "rank", "due", "which_project", "what", "list", "people", "finding", "history"))
        or any(len(word.text) > 1 for word in heard.part.words("ask", "own"))  # 管 alone ends 金融监管 too
    )  # fmt: skip


async def _joined(heard: list[Heard], sources: Sources) -> list[Heard]:
    """Parts that say too little alone are joined to their neighbour: a name to the question that
    follows it, 对吧 and 哪些 to what they follow."""
    kept: list[Heard] = []
    for part in heard:
        before = kept[-1] if kept else None
        if before is None:
            kept.append(part)
        elif _how_much_that_is(before, part):
            continue  # the answer tells it anyway
        elif (
            _open_ended(before)
            or _leans_back(part)
            or _judges(before, part)
            or _adds_up(before, part)
            or _by_how_much(before, part)
            or _places_in(before, part)
            or _of_that_number(before, part)
            or _names_only(before, part)
            or _of_each_group(before, part)
        ):
            glue = "" if before.part.text.endswith(("，", ",", "。")) else "，"
            joined = f"{before.part.text}{glue}{part.part.text}"
            kept[-1] = await hear(joined, sources, known=_names_of_both(before, part, glue))
        elif _says_something(part):
            if _says_something(before):
                kept.append(part)
            else:
                kept[-1] = part
    asking = [
        part for part in kept if _has_ask(part) or _has_name(part) or part.part.of("due", "ordinal")
    ]
    return asking or kept[:1]


def _names_of_both(before: Heard, part: Heard, glue: str) -> Names | None:
    """The names of two parts joined, where one of them names nothing."""
    if part.names == Names():
        return before.names
    if before.names == Names():
        return part.names.behind(len(before.part.text) + len(glue))
    return None


def _of_each_group(before: Heard, heard: Heard) -> bool:
    """「各部门几个项目，多少钱」: one more figure of those told apart just before."""
    alone = not (_has_name(heard) or heard.content or heard.figures or asks_apart(heard))
    asks = heard.asks("how_much", "number", "each") or bool({*heard.fields, *heard.soft_fields})
    return alone and asks and asks_apart(before) is not None


def _how_much_that_is(before: Heard, heard: Heard) -> bool:
    """「哪个指标分值最高，多少分」「谁管的项目最多，几个」: the value by which that is the most."""
    alone = not (_has_name(heard) or heard.content or heard.figures or heard.rest)
    asks = heard.asks("how_much", "number", "points") or bool(heard.fields)
    others = {*heard.fields, *heard.soft_fields} - {"total"}
    if not (alone and asks and before.asks("max", "min")) or others or heard.asks("max", "min"):
        return False
    computed = heard.asks("difference", "ratio", "sum", "share", "average", "each")
    if (
        computed
        or heard.asks("core", "indicators", "projects", "enough")
        or heard.part.has("refer")
    ):
        return False
    if heard.asks("points"):
        return before.asks("points")
    return "total" not in heard.fields or not about_indicators(before)


def _of_that_number(before: Heard, heard: Heard) -> bool:
    """「6567结尾那个座机，对应的有哪些项目」: what is asked of the number or document just said."""
    alone = not (_has_name(heard) or heard.content or heard.figures or heard.fields)
    return (
        alone and bool(before.part.of("phone", "document")) and heard.asks("own", "which_project")
    )


def _by_how_much(before: Heard, heard: Heard) -> bool:
    """「区里出的是不是比上头多，多多少」: the difference of what was just held against each other."""
    alone = not (_has_name(heard) or heard.content or heard.figures or heard.fields)
    return (
        alone and heard.asks("difference") and (holds_together(before) or "比" in before.part.text)
    )


def _places_in(before: Heard, heard: Heard) -> bool:
    """「按钱从多到少排，第二名是谁」: a place in the ranking that was just asked for."""
    ranks = before.asks("rank", "rank_up") and not _has_name(heard) and not heard.content
    return bool(ranks and heard.part.of("ordinal")) and not heard.fields


def _judges(before: Heard, heard: Heard) -> bool:
    """「现在才18家，行吗」: whether the figure just said is enough."""
    alone = not (_has_name(heard) or heard.fields or heard.content or heard.figures)
    return alone and heard.asks("enough") and bool(before.figures) and not before.asks("enough")


def _adds_up(before: Heard, heard: Heard) -> bool:
    """「四步走完全拿满，总共多少」: the sum of what was just spoken of to be added up."""
    alone = not (_has_name(heard) or heard.content or heard.figures or about_indicators(heard))
    spoken_of = bool(before.content) and before.asks("sum") and not before.asks("how_much")
    return alone and heard.asks("sum") and not everything(heard) and spoken_of


def _names_only(before: Heard, heard: Heard) -> bool:
    """「是否核心一栏填了是的，产业扶持有哪些」: the project of what was asked just before."""
    asked = _has_hard_ask(before) and not _has_name(before) and not before.content
    other = heard.fields or heard.soft_fields or heard.content or about_indicators(heard)
    return (
        asked and bool(heard.projects) and not other and heard.asks("list", "what", "which_project")
    )


def _says_something(heard: Heard) -> bool:
    return bool(
        _has_name(heard) or _has_ask(heard) or heard.content or heard.figures
        or heard.part.of("due", "ordinal", "year", "top", "sign", "number_part") or (heard.part.has("refer") and not heard.part.has("talk"))
    )  # fmt: skip


def _open_ended(heard: Heard) -> bool:
    """Whether a part names something and asks nothing of it yet."""
    if heard.asks("except") and (not _has_name(heard) or _set_aside(heard)):
        return True
    asks = _has_ask(heard) and not (heard.soft_fields and not _has_hard_ask(heard))
    names = (
        _has_name(heard) or heard.content or heard.part.has("category")
        or heard.part.of("due", "year", "ordinal", "number_part")
    )  # fmt: skip
    return bool(names) and not asks


def _set_aside(heard: Heard) -> bool:
    """「李冬霞的几个项目扣掉，总共多少」: what was named is left out, and nothing asked of it."""
    said = heard.part.text.rstrip("，,。 ")
    last = max(token.end for token in heard.part.words("ask", "except"))
    return last == len(said) and leaves_out(heard)


# 「从哪几块来，各多少」
EACH_ALONE = re.compile("[各分]别?(?:是|有|为)?(?:多少|几[个分]?)钱?")


def _leans_back(heard: Heard) -> bool:
    """Whether a part only goes on with the one before: 对吧, 哪些, 是同一个人不, 辖区100万人."""
    other = [name for name in heard.fields if name != "table_number"]
    if _has_name(heard) or other or about_indicators(heard):
        return False
    if heard.part.has("yes_no") and not heard.content:
        return True
    if heard.part.has("convert") and not heard.content and not heard.figures:
        return True
    if places_of(heard) is not None and not _has_hard_ask(heard):
        return True
    if EACH_ALONE.fullmatch(heard.part.text.strip("，,。?？ ")):
        return True
    lists = (
        (heard.asks("list", "which_project") or heard.fields)
        and not heard.content
        and not heard.asks("projects", "max", "min")
        and not heard.part.has("refer")
    )
    counts = bool(heard.figures) and not _has_hard_ask(heard)
    return lists or counts


async def query_of(heard: Heard, context: Context, sources: Sources) -> tuple[Query, list[str]]:
    """The query of one part, and the name of the rule that yielded it."""
    heard = await open_rules.with_described(follow_up.with_pronoun(heard, context), sources)
    case = Case(heard, context, sources)
    for rule in FIRST:
        query = await rule.apply(case)
        if query is not None:
            return query, [rule.name]
    stages: list[tuple[Heard, tuple[Rule, ...]]] = []
    if heard.projects or heard.persons:
        stages.append((heard, NAMED))
    referred = follow_up.with_reference(heard, context)
    if referred.projects and not heard.projects:
        rows = about_indicators(heard) and not heard.content and "项目" not in heard.part.text
        refers = heard.part.has("refer", "it", "they")
        if (
            refers
            and heard.content
            and not await content_is_meant(Case(referred, context, sources))
        ):
            refers = False
        if refers or (rows and not heard.asks("all", "except")):
            stages.append((referred, NAMED))
        stages.append((heard, OPEN))
        if not heard.content:
            stages.append((referred, NAMED))
    else:
        stages.append((heard, OPEN))
    stages.append((heard, LAST))
    for said, tried in stages:
        for rule in tried:
            query = await rule.apply(Case(said, context, sources))
            if query is not None:
                return query, [rule.name]
    return Query(Kind.NOT_UNDERSTOOD, said=heard.part.text), ["not understood"]


def for_each_named(heard: Heard) -> list[Heard]:
    """「赵东松和王智莹的电话」「民政局和人社局各有几个项目」: the same asked of each."""
    if heard.projects or holds_together(heard) or leaves_out(heard):
        return [heard]
    if len(heard.persons) > 1:
        return [replace(heard, persons=(person,)) for person in heard.persons]
    units = heard.part.of("unit")
    between = {heard.part.text[one.end : other.start] for one, other in pairwise(units)}
    if len(heard.units) > 1 and all(map(JOINS.fullmatch, between)):
        return [replace(heard, units=(unit,)) for unit in heard.units]
    return [heard]


async def with_fields_beside(query: Query, heard: Heard, sources: Sources) -> list[Query]:
    """「证券化的预算和核心指标」: the query, and the fields asked for beside rows of the same
    projects, in the order they were named."""
    if query.kind in {Kind.CONTENT, Kind.FIELDS}:
        return await _field_beside_words(query, heard, sources) or [query]
    if query.kind is not Kind.INDICATORS or not query.projects or query.ordinal is not None:
        return [query]
    named: dict[str, int] = {}
    rows = len(heard.part.text)
    for token in heard.part.tokens:
        for group, concept in sorted(token.senses):
            names_field = group == "field" or (group, concept) == ("soft", "total")
            if names_field and not HOW_MUCH.search(token.text):
                named.setdefault(concept, token.start)
            if group == "ask" and concept in {"indicators", "core", "not_core", "points"}:
                rows = min(rows, token.start)
    if rows < len(heard.part.text) and "绩效目标" not in heard.part.text:
        named.pop("annual_objective", None)
    if not named:
        return [query]
    beside = Query(Kind.FIELDS, projects=query.projects, fields=tuple(named), said=query.said)
    return [beside, query] if min(named.values()) < rows else [query, beside]


async def _field_beside_words(query: Query, heard: Heard, sources: Sources) -> list[Query]:
    """「消费券的总资金和核销率」: a field named outright that 和 joins to words that the sheet speaks of,
    and what is said of these, in the order they were named; none where the field is not so joined."""
    if len(query.projects) != 1 or query.operation is not None:
        return []
    for field in heard.part.words("field"):
        for words in heard.part.of("rest"):
            first, second = sorted((field, words), key=lambda token: token.start)
            between = heard.part.text[first.end : second.start].replace("的", "")
            if len(words.text) < 2 or HOW_MUCH.search(field.text) or not BESIDE.fullmatch(between):
                continue
            alone = replace(heard, projects=query.projects)
            found = await evidence_in(sources, alone, query.projects[0])
            if not found or found[0].coverage < STRONG:
                continue
            names = tuple(concept for group, concept in sorted(field.senses) if group == "field")
            asked = Query(Kind.FIELDS, projects=query.projects, fields=names, said=query.said)
            content = content_query(alone, query.projects, query.content_in)
            content = replace(content, fields=tuple(n for n in content.fields if n not in names))
            return [asked, content] if first is field else [content, asked]
    return []


EMPTY_TALK = frozenset({Kind.GREETING, Kind.THANKS, Kind.NOT_UNDERSTOOD})


def worth_answering(queries: Sequence[Query]) -> list[int]:
    """Which queries of a message are answered: not greetings and noise beside a real question."""
    places = range(len(queries))
    real = [place for place in places if queries[place].kind not in EMPTY_TALK]
    kept = real or list(places)[:1]
    known = [place for place in kept if queries[place].kind is not Kind.UNKNOWN_PROJECT]
    return known or kept[:1]
