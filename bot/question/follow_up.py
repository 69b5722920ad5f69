"""Completes a short question from the one before it (联系人呢, 那打非的呢, 第二个多少分)."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.question.analysis import A_CLASS
from bot.question.computing_rules import ALL_THE_OTHERS, MEASURED
from bot.question.context import Context
from bot.question.evidence import (
    evidence_in,
    projects_of,
    projects_of_unit,
    projects_saying,
)
from bot.question.heard import Heard
from bot.question.hearing import with_content
from bot.question.lexicon import contraries
from bot.question.measures import asked_measure, of_one_measure, priced
from bot.question.names import in_order
from bot.question.open_rules import level_with_best
from bot.question.project_rules import PAYER, figure_of_a_passage
from bot.question.query import Kind, Query
from bot.question.rules import (
    SO_MANY_ASKED,
    Case,
    about_indicators,
    agrees,
    aspects_of,
    base,
    category_of,
    content_query,
    documents_shared,
    everything,
    in_unit,
    leaves_out,
    shares,
)
from bot.retrieval import NAMED, STRONG, WEAK
from registry.plan import AMOUNT_FIELDS, FUNDING_SOURCES

# Kinds of question that can be asked again about another project.
REPEATABLE = frozenset(
    {
        Kind.FIELDS,
        Kind.INDICATORS,
        Kind.CONTENT,
        Kind.CARD,
        Kind.SHEET,
        Kind.DUE,
        Kind.FINDINGS,
        Kind.HISTORY,
        Kind.SHARE,
        Kind.COUNT,
        Kind.WHICH_PROJECT,
        Kind.ASK_BACK,
    }
)


def bare(heard: Heard) -> bool:
    """Whether nothing is asked: only names, references and particles."""
    return not (
        heard.fields or heard.soft_fields or (heard.content and not heard.projects and not heard.persons)
        or about_indicators(heard) or heard.part.has("group")
        or heard.asks("sum", "share", "max", "min", "difference", "ratio", "compare", "number", "how_much", "average", "rank", "due", "list", "all", "which_project", "own")
        or heard.figures
    )  # fmt: skip


async def chosen(case: Case) -> Query | None:
    """An answer to 「请问是哪个项目」 or 「您说的是这个项目吗」: a number, a name, or yes."""
    pending = case.context.pending
    heard = case.heard
    if pending is None or not (bare(heard) or (heard.part.of("ordinal") and not heard.fields)):
        return None
    ordinal = heard.first("ordinal")
    candidates = pending.candidates
    project = None
    if (
        isinstance(ordinal, int)
        and candidates
        and -len(candidates) <= ordinal - 1 < len(candidates)
    ):
        project = candidates[ordinal - 1 if ordinal > 0 else -1]
    elif heard.projects:
        project = heard.projects[0]
    elif agrees(heard) and candidates:
        if len(candidates) > 1:
            return pending  # which of them, is still not said
        project = candidates[0]
    elif heard.near and (both := [c for c in heard.near if c in candidates]):
        project = both[0]
    if project is None:
        return None
    return settled(pending, project)


def settled(pending: Query, project: int) -> Query:
    """The question that was asked back, about the project chosen."""
    if pending.content:
        return replace(pending, kind=Kind.CONTENT, projects=(project,), candidates=())
    if pending.core is not None or pending.aspects or pending.of == "indicators":
        return replace(
            pending, kind=Kind.INDICATORS, projects=(project,), candidates=(), of="total"
        )
    if pending.fields:
        return replace(pending, kind=Kind.FIELDS, projects=(project,), candidates=())
    return replace(pending, kind=Kind.CARD, projects=(project,), candidates=())


async def of_a_list(case: Case) -> Query | None:
    """「第三个多少钱」 after a list of projects; 「第一个多少分」 after a list of indicators."""
    heard, context = case.heard, case.context
    ordinal = heard.first("ordinal")
    if not isinstance(ordinal, int) or heard.projects or heard.persons or heard.content:
        return None
    rows_first = (
        heard.asks("indicators", "points", "target", "core", "enough") or not context.listed
    )
    if context.rows and rows_first:
        place = ordinal - 1 if ordinal > 0 else len(context.rows) + ordinal
        if 0 <= place < len(context.rows) and not heard.asks("max", "min"):
            project, row = context.rows[place]
            return base(
                heard, kind=Kind.INDICATORS, projects=(project,), ordinal=row, aspects=aspects_of(heard), premise=heard.figures,
            )  # fmt: skip
    if context.listed and not about_indicators(heard):
        place = ordinal - 1 if ordinal > 0 else len(context.listed) + ordinal
        several = _several_of(heard, context)
        if several is not None:
            return several
        if 0 <= place < len(context.listed):
            project = context.listed[place]
            fields = heard.fields or heard.soft_fields
            return base(
                heard, kind=Kind.FIELDS if fields else Kind.CARD, projects=(project,), fields=fields
            )
    return None


def _several_of(heard: Heard, context: Context) -> Query | None:
    """「第三个和第五个加起来」「前两个加起来」 of a list of projects."""
    places = [t.value for t in heard.part.of("ordinal") if isinstance(t.value, int)]
    if heard.projects or heard.persons or heard.content:
        return None
    listed = context.listed
    ends = heard.part.of("top", "bottom")
    if listed and ends and context.last is not None and context.last.kind is Kind.COMPARE:
        return base(heard, kind=Kind.NOT_UNDERSTOOD)  # of the list before, or of those added up?
    if isinstance(first := heard.first("top"), int) and first <= len(listed):
        places = list(range(1, first + 1))
    elif isinstance(last := heard.first("bottom"), int) and last <= len(listed):
        places = list(range(len(listed) - last + 1, len(listed) + 1))
    operation = (
        "sum" if heard.asks("sum")
        else "ratio" if heard.asks("ratio")
        else "difference" if heard.asks("difference", "compare") else None
    )  # fmt: skip
    if len(places) < 2 or operation is None or max(places) > len(listed) or min(places) < 1:
        return None
    projects = tuple(listed[place - 1] for place in places)
    return base(heard, kind=Kind.COMPARE, projects=projects, operation=operation)


THE_OTHER = re.compile("另外?(?:一|那)?[个项]|剩下(?:的|那|一)+个?")


THE_OTHER_ITEM = re.compile(
    "那?(?:另外?|剩下|还有|余下)的?[一那]?(?:个|家|项|处|种|类|位|名|座|所|支|款|边|队|部分)的?呢?[?？]?"
)


async def the_other_item(case: Case) -> Query | None:
    """「另外一家呢」 after a figure that a passage states of one of several: that of the others."""
    last = case.context.last
    if last is None or last.kind is not Kind.CONTENT or len(last.projects) != 1:
        return None
    if len(case.context.listed) == 2 or not THE_OTHER_ITEM.fullmatch(case.heard.part.text.strip()):
        return None
    return replace(last, lead="other", premise=(), yes_no=False, operation=None)


async def of_the_contrary(case: Case) -> Query | None:
    """「区级的呢」 after 「市级传承人有多少人」: all that was asked, of the other level or kind."""
    heard, last = case.heard, case.context.last
    said = OF_ANOTHER.fullmatch(heard.part.text.strip("，, "))
    if said is None or last is None or last.kind is not Kind.CONTENT:
        return None
    before = [
        word for word in contraries().get(said["word"], ()) if word in "，".join(last.content)
    ]
    if len(before) != 1:
        return None
    content = tuple(run.replace(before[0], said["word"]) for run in last.content)
    return replace(
        last, content=content, lead=None, page=0, said=last.said.replace(before[0], said["word"])
    )


OF_ANOTHER = re.compile(
    "(?:那|还有)?(?P<word>[\u4e00-\u9fff]{2,3}?)的?(?:呢|又?[是有]?(?:多少|几).{0,2})[?？]?"
)


async def the_other_of_two(case: Case) -> Query | None:
    """「另一个呢」 after a list of two projects and something of one of them."""
    heard, context, last = case.heard, case.context, case.context.last
    others = [project for project in context.listed if project not in context.projects]
    if len(context.listed) != 2 or len(others) != 1 or last is None or last.kind not in REPEATABLE:
        return None
    if heard.projects or heard.persons or heard.content or not THE_OTHER.search(heard.part.text):
        return None
    fields = heard.fields or heard.soft_fields
    if fields:
        return base(heard, kind=Kind.FIELDS, projects=(others[0],), fields=fields)
    return replace(last.about(others[0]), said=heard.part.text, person=None, page=0)


async def one_of_those(case: Case) -> Query | None:
    """「鹏诚那个的预算」 after a list of projects: the one whose sheet alone says it."""
    heard, context = case.heard, case.context
    if len(context.listed) < 2 or not heard.content or heard.projects or heard.persons:
        return None
    if not heard.part.has("refer", "it") or not (heard.fields or heard.soft_fields or bare(heard)):
        return None
    saying = [
        project
        for project in context.listed
        if (found := await evidence_in(case.sources, heard, project))
        and found[0].coverage >= STRONG
    ]
    if len(saying) != 1:
        return None
    fields = heard.fields or heard.soft_fields
    last = context.last
    if not fields and last is not None and last.kind in {Kind.FIELDS, Kind.INDICATORS}:
        return replace(last.about(saying[0]), said=heard.part.text, person=None, page=0)
    return base(
        heard, kind=Kind.FIELDS if fields else Kind.CARD, projects=(saying[0],), fields=fields
    )


async def other_figure(case: Case) -> Query | None:
    """「800万呢」 after a figure was held against what the sheet says: the same of another."""
    heard, last = case.heard, case.context.last
    if last is not None and last.kind is Kind.CONTENT and len(last.projects) == 1:
        said = await figure_of_a_passage(case, last.projects[0])
        if said and not (heard.content or heard.projects or heard.fields):
            return replace(last, content=(said,), said=heard.part.text)
    if last is None or not last.premise or len(heard.figures) != 1 or "呢" not in heard.part.text:
        return None
    if last.kind is not Kind.CONTENT or heard.content or heard.projects or heard.fields:
        return None
    stated = heard.figures[0]
    alike = [figure for figure in last.premise if figure.unit == stated.unit]
    if len(last.premise) > 1 and len(alike) == 1:
        # 「住2晚呢」 after 「20个人住一晚」: still of 20 people.
        premise = tuple(stated if figure is alike[0] else figure for figure in last.premise)
        return replace(last, premise=premise, said=last.said.replace(alike[0].said, stated.said))
    return replace(last, premise=heard.figures, said=last.said)


SO_MANY_OF_THEM = re.compile("(?:[这那]?[两二三]|[这那]几)(?:个?步|项|笔|块|档|部分|个)")


def bare_sum(heard: Heard) -> bool:
    """「加起来」「合计呢」 and nothing else."""
    if heard.asks("all", "projects") or heard.part.has("refer", "it"):
        return False
    return (
        not (heard.fields or heard.soft_fields or heard.content or heard.figures)
        and len(heard.rest) < 2
    )


async def sum_of_passages(case: Case) -> Query | None:
    """「这两步一共多少」 after two figures of passages of one project."""
    heard, context = case.heard, case.context
    if len(context.asked) < 2 or len(context.projects) != 1 or heard.projects or heard.persons:
        return None
    if not heard.asks("sum") or not (SO_MANY_OF_THEM.search(heard.part.text) or bare_sum(heard)):
        return None
    last = context.last
    if last is None or last.kind is not Kind.CONTENT:
        return None
    many = (
        3 if re.search("[三3]", heard.part.text) else len(context.asked) if bare_sum(heard) else 2
    )
    if len(context.asked) < many:
        return None
    words = tuple(segment for asked in context.asked[-many:] for segment in asked)
    return replace(last, content=words, operation="sum", premise=(), said=heard.part.text)


async def more_of_the_same(case: Case) -> Query | None:
    """「一共建几个」「那总共多少钱」 after 「每个补多少」: how many there are of what was spoken of, or what
    they come to, where its passage states a price of one."""
    heard, last = case.heard, case.context.last
    if last is None or last.kind is not Kind.CONTENT or len(last.projects) != 1:
        return None
    said = heard.part.text
    others = heard.projects or heard.persons or heard.figures or not set(heard.fields) <= {"total"}
    if others or any(len(run) > 1 for run in heard.content):
        return None
    if heard.asks("all", "projects", "indicators", "core", "points", "people", "share"):
        return None
    counted = SO_MANY_ASKED.search(said)
    summed = heard.asks("sum") and (
        "total" in (*heard.fields, *heard.soft_fields) or bare_sum(heard)
    )
    of_many = ASKED_OF_ONE.search(last.said) or asked_measure().search(last.said)
    if not (counted or (summed and of_many)):
        return None
    without_price = (OF_A_PRICE.sub("", run) for run in last.content)
    content = tuple(run for run in without_price if len(run) > 1) or last.content
    spoken = await with_content(heard, content, case.sources)
    found = await evidence_in(case.sources, spoken, last.projects[0])
    units = {
        "元" if figure.yuan is not None else figure.unit or ""
        for e in found
        if e.coverage >= STRONG and (figure := e.candidate.figure) is not None
    }
    known = counted["of"] in "".join(units) if counted else "元" in units
    if not known:
        return None
    return replace(
        last,
        content=content,
        operation=None if counted else "sum",
        fields=(), aspects=(), premise=(), yes_no=False, in_full=False, beside=heard.beside,
        said=said,
    )  # fmt: skip


# 每座 and 每张补 of the question before ask for a price.
OF_A_PRICE = re.compile("(?:每|一[场趟页本册次期套台辆盏座个名户亩]).*$|[补奖给赔]$")
# What was asked of one, or how many there are: then 「总共多少钱」 is what they come to.
ASKED_OF_ONE = re.compile(
    "每|单价|一[个户家座场条台辆亩处所件名]|(?:几|多少|好多)[个家户座人次场条台辆亩处所件名]"
)


SO_MUCH = re.compile("(?P<asks>多少|好多|几)(?![钱元块万亿])")


async def in_the_same_measure(case: Case) -> Query | None:
    """「馆里总共多少」 after 「现在扫了多少页」: so many pages of something else."""
    heard, last = case.heard, case.context.last
    if last is None or last.kind is not Kind.CONTENT or len(last.projects) != 1:
        return None
    before = asked_measure().search(last.said)
    asked = SO_MUCH.search(heard.part.text)
    if before is None or asked is None or asked_measure().search(heard.part.text):
        return None
    others = heard.projects or heard.persons or heard.content or heard.figures or heard.units
    if others or heard.fields or heard.soft_fields or not heard.rest or about_indicators(heard):
        return None
    text, place = heard.part.text, asked.end()
    said = f"{text[:place]}{before['measure']}{text[place:]}"
    return replace(content_query(heard, last.projects, ()), operation=None, said=said)


async def extreme_of_those(case: Case) -> Query | None:
    """「最小的那个多少钱」「哪个最多」 after a list of projects."""
    heard, context = case.heard, case.context
    extreme = "max" if heard.asks("max") else "min" if heard.asks("min") else None
    if extreme is None or len(context.listed) < 2:
        return None
    just_shown = set(context.projects) == set(context.listed) and heard.asks("which_project")
    of_them = just_shown and not re.search("项目|专项", heard.part.text)
    if not (of_them or heard.part.has("refer")):
        return None
    if heard.projects or heard.persons or heard.content or about_indicators(heard):
        return None
    asked = tuple(name for name in heard.fields if name not in AMOUNT_FIELDS)
    if asked and (project := await _by_amount(case, extreme)) is not None:
        return base(heard, kind=Kind.FIELDS, projects=(project,), fields=asked)
    return base(heard, kind=Kind.RANK, projects=context.listed, extreme=extreme, top=1, of="total")


async def _by_amount(case: Case, extreme: str) -> int | None:
    """「最贵的那个联系电话」: of the projects listed the one with the most money, or the least."""
    plans = [await case.sources.plan(project) for project in case.context.listed[:MOST_LISTED]]
    held = {plan.record.project_id: plan.yuan() for plan in plans if plan and plan.record}
    given = {project: yuan for project, yuan in held.items() if yuan is not None}
    choose = min if extreme == "min" else max
    return choose(given, key=lambda project: given[project]) if given else None


MOST_LISTED = 30


async def same_question(case: Case) -> Query | None:
    """「那打非的呢」「不是，我说的是证券化」: the last question about another project."""
    last = case.context.last
    heard = await _less_words_of_its_name(case)
    if last is not None and last.kind in REPEATABLE and not heard.projects and heard.content:
        return await _project_by_content(case, last)
    if (
        last is None
        or not bare(heard)
        or last.kind not in {*REPEATABLE, Kind.FIND, Kind.TOTAL, Kind.COMPARE}
    ):
        return None
    if heard.projects:
        if last.kind is Kind.CONTENT and heard.projects == last.projects and _of_its_name(heard):
            return None  # 「抗震改造呢」 of the project spoken of: what its sheet says of it
        goes_on = (
            heard.part.has("refer", "go_on", "correct")
            or case.context.pending is not None
            or not heard.rest
        )
        if not goes_on or last.kind not in REPEATABLE:
            return None
        again = replace(last.about(*heard.projects), said=heard.part.text, person=None, page=0)
        if again.kind in {Kind.WHICH_PROJECT, Kind.ASK_BACK}:
            return settled(again, heard.projects[0])
        if heard.content and again.kind is Kind.CONTENT:
            found = await evidence_in(case.sources, heard, heard.projects[0])
            if found and found[0].coverage >= STRONG and set(heard.rest):
                return replace(again, content=heard.content, said=_asked_as(heard, last))
        if again.kind is Kind.CARD:
            return None
        return again
    if len(heard.units) == 1 and last.kind in REPEATABLE:
        projects = await projects_of_unit(case.sources, heard.units[0])
        one = len(projects) == 1
        return replace(last.about(*projects), said=heard.part.text, person=None) if one else None
    if heard.persons and not last.person and last.kind in REPEATABLE:
        projects = await projects_of(case.sources, heard.persons[0])
        return (
            replace(last.about(*projects), person=heard.persons[0], said=heard.part.text)
            if projects
            else None
        )
    if heard.persons and last.person:
        return replace(
            last,
            person=heard.persons[0],
            projects=await projects_of(case.sources, heard.persons[0]) if last.projects else (),
        )
    if category_of(heard) and last.category:
        return replace(last, category=category_of(heard))
    return None


async def _less_words_of_its_name(case: Case) -> Heard:
    """「前期经费的呢」: the part without a word for money that ends the name it stands behind."""
    part, heard = case.heard.part, case.heard
    if len(heard.projects) != 1 or not part.has("refer", "go_on"):
        return heard
    name = await case.sources.name(heard.projects[0])
    ends = {token.end: token.text for token in part.of("project")}
    its_own = {
        word
        for word in part.words("soft")
        if in_order(ends.get(word.start, name) + word.text, name)
    }
    if not its_own:
        return heard
    return replace(
        heard, part=replace(part, tokens=tuple(t for t in part.tokens if t not in its_own))
    )


async def _project_by_content(case: Case, last: Query) -> Query | None:
    """「上市那个呢」: the project that alone speaks of 上市."""
    heard = case.heard
    asks = (
        heard.fields
        or heard.soft_fields
        or about_indicators(heard)
        or heard.asks("how_much", "number", "sum")
    )
    if (
        asks
        or heard.persons
        or last.kind is Kind.CONTENT
        or not heard.part.has("refer", "go_on", "it")
    ):
        return None
    best = level_with_best(heard, await projects_saying(case.sources, heard))
    if len(best) != 1 or best[0][0] in case.context.projects:
        return None
    return replace(last.about(best[0][0]), said=heard.part.text, person=None, page=0)


async def those_counted(case: Case) -> Query | None:
    """「都是啥」「哪几个」 after it was asked how many there are."""
    heard, last = case.heard, case.context.last
    if last is None or not (last.lead == "count" or last.kind is Kind.COUNT):
        return None
    others = heard.projects or heard.persons or heard.content or heard.figures
    if others or heard.fields or not heard.asks("list", "which_project"):
        return None
    if heard.asks("max", "min", "projects", "indicators", "core", "not_core", "points", "number"):
        return None
    if last.kind is not Kind.COUNT:
        return replace(last, lead=None, said=heard.part.text)
    if last.of not in COUNTED_ROWS:
        return None
    core = COUNTED_ROWS[last.of]
    return replace(last, kind=Kind.INDICATORS, core=core, of="total", said=heard.part.text)


COUNTED_ROWS = {"indicators": None, "core": True, "not_core": False}


async def points_of_those(case: Case) -> Query | None:
    """「这几个分值加起来多少」 after the core indicators."""
    heard, last = case.heard, case.context.last
    if last is None or last.kind is not Kind.INDICATORS or last.core is None:
        return None
    sums = heard.asks("points_sum") or (heard.asks("sum") and heard.asks("points"))
    whole = heard.asks("all", "projects", "indicators") or "项目" in heard.part.text
    share = heard.asks("share") and not whole
    if re.search("总分|满分|全部", heard.part.text) and not (heard.part.has("refer") or share):
        return None
    if not (sums or share) or heard.projects or heard.persons or heard.content:
        return None
    if whole and not heard.part.has("refer"):
        return None
    return replace(last, operation="sum", aspects=("points",), lead=None, said=heard.part.text)


async def other_end_of_rows(case: Case) -> Query | None:
    """「最低呢」 after the indicator with the most points."""
    heard, last = case.heard, case.context.last
    extreme = "max" if heard.asks("max") else "min" if heard.asks("min") else None
    if last is None or last.kind is not Kind.INDICATORS or not last.extreme or extreme is None:
        return None
    others = heard.projects or heard.persons or heard.content or heard.fields
    if others or heard.asks("projects", "which_project", "all") or len(heard.rest) > 1:
        return None
    return replace(last, extreme=extreme, said=heard.part.text)


async def other_month(case: Case) -> Query | None:
    """「12月底呢」 after what was due in September."""
    heard, last = case.heard, case.context.last
    if last is None or last.due is None or heard.due is None or heard.due.month is None:
        return None
    if last.kind is Kind.DUE and not (heard.projects or heard.persons or heard.content):
        return replace(last, due=heard.due, said=heard.part.text)
    if last.kind is not Kind.CONTENT or len(last.projects) != 1 or heard.figures:
        return None
    others = heard.projects or heard.persons or heard.fields or heard.asks("which_project", "list")
    if others or set(heard.content) - {word for word in heard.content if MONTH.search(word)}:
        return None
    again = tuple(MONTH.sub(f"{heard.due.month}月", word) for word in last.content)
    return replace(last, content=again, due=heard.due, said=heard.part.text)


MONTH = re.compile(r"\d{1,2}月")


async def but_for_of_those(case: Case) -> Query | None:
    """「除了产业扶持呢」 after the projects that a condition chose: the others of these."""
    heard, context = case.heard, case.context
    last = context.last
    if last is None or not heard.projects or heard.of_person or not heard.asks("except"):
        return None
    if not (last.holds or last.kind is Kind.COMPARE) or not leaves_out(heard):
        return None
    if heard.content or heard.asks("all", "projects"):
        return None
    if not set(heard.projects) < set(context.listed) or heard.fields or heard.persons:
        return None
    left = tuple(project for project in context.listed if project not in heard.projects)
    summed = last.kind is Kind.COMPARE and last.operation == "sum"
    if (summed or heard.asks("sum", "average")) and len(left) > 1:
        operation = "average" if heard.asks("average") else "sum"
        return base(heard, kind=Kind.COMPARE, projects=left, operation=operation)
    return base(heard, kind=Kind.FIND, projects=left, holds=last.holds)


async def also_rests_on(case: Case) -> Query | None:
    """「还有哪个项目也用了这个文件」 after the documents of a project."""
    heard, context = case.heard, case.context
    about_documents = "approval_basis" in (*heard.fields, *heard.soft_fields)
    if len(context.projects) != 1 or not about_documents or heard.projects:
        return None
    if not heard.asks("which_project") or not re.search("也|还有|别的|其他", heard.part.text):
        return None
    return documents_shared(heard, context.projects)


# What is done with a target; it names no indicator.
REACHED = {"完成", "实现", "达到"}


async def other_words(case: Case) -> Query | None:
    """「区打非办呢」「钢混的呢」 after a question for a passage: the same for other words."""
    heard, context = case.heard, case.context
    last = context.last
    if heard.due is not None and heard.part.of("project"):
        return None  # a row of that deadline is asked for by its project's own name
    if last is not None and last.kind is Kind.CONTENT and not heard.content:
        named = tuple(token.text for token in heard.part.of("project"))
        counts = asked_measure().search(heard.part.text) is not None
        named = () if counts or heard.projects != last.projects else named
        words = _other_senses(heard) or named or _lone_character(heard)
        heard = await with_content(heard, words, case.sources)
    if last is None or not heard.content or (heard.projects and heard.projects != context.projects):
        return None
    if heard.figures and set(heard.content) <= REACHED and context.indicator is not None:
        return None  # 完成1800万行不行: of the indicator spoken of
    if (
        last.kind is not Kind.CONTENT
        or len(context.projects) != 1
        or (heard.fields and not _only_amount(heard))
    ):
        return None
    if (other := await _of_another_class(case, last)) is not None:
        return other
    found = await evidence_in(case.sources, heard, context.projects[0])
    if not found or found[0].coverage < STRONG:
        if not all(map(of_one_measure().fullmatch, heard.content)):
            return None
        # 「一尾多少」: one of what was spoken of
        heard = await with_content(heard, (*last.content, *heard.content), case.sources)
    again = content_query(
        heard, context.projects, ("indicators",) if about_indicators(heard) else ()
    )
    return replace(
        again,
        fields=again.fields or last.fields,
        aspects=again.aspects or (last.aspects if "呢" in heard.part.text else ()),
        said=_asked_as(heard, last),
    )


WHO_DOES = re.compile(
    "(?:那|都|是)*(?:谁|哪家(?:公司|单位)?)(?:在|来|给|去)?(?P<does>[\u4e00-\u9fff]{1,3}?)的?[?？]?"
)
COMPANY = re.compile("公司|集团|事务所|合作社|研究院|设计院")


async def who_does_it(case: Case) -> Query | None:
    """「谁在运」 after a question for what a passage says: the company that its sentence names."""
    heard, last = case.heard, case.context.last
    said = WHO_DOES.fullmatch(heard.part.text)
    if last is None or last.kind is not Kind.CONTENT or len(last.projects) != 1 or said is None:
        return None
    if heard.fields or heard.asks("own") or heard.persons or heard.figures:
        return None
    if any(token.text != said["does"] for token in heard.part.of("project")):
        return None  # 运维 stands in some name as well
    spoken = await with_content(heard, last.content, case.sources)
    found = await evidence_in(case.sources, spoken, last.projects[0], ("overview",))
    if not any(e.coverage >= STRONG and COMPANY.search(e.candidate.context) for e in found):
        return None
    return replace(
        base(heard, kind=Kind.CONTENT, projects=last.projects, content=last.content),
        content_in=("overview",), said=f"哪家公司{said['does']}", person=None,
    )  # fmt: skip


async def payer_of_that(case: Case) -> Query | None:
    """「谁出的」 after 「其他资金有多少」: who pays that source of funds."""
    heard, last = case.heard, case.context.last
    if last is None or last.kind is not Kind.FIELDS or len(last.projects) != 1:
        return None
    if len(last.fields) != 1 or last.fields[0] not in FUNDING_SOURCES or heard.projects:
        return None
    if heard.content not in ((), PAID_BY) or heard.fields or not PAYER.search(heard.part.text):
        return None
    return base(
        heard, kind=Kind.FIELDS, projects=last.projects, fields=last.fields, lead="payer", person=None
    )  # fmt: skip


PAID_BY = ("承担",)  # what 谁掏 looks for


async def _of_another_class(case: Case, last: Query) -> Query | None:
    """「三类的呢」 after 「一类的管护费一年多少」: all that was asked, of the other class."""
    heard = case.heard
    said = heard.content[0] if len(heard.content) == 1 and heard.part.has("refer", "go_on") else ""
    before = [found for run in last.content for found in A_CLASS.findall(NAMED.sub(r"\1", run))]
    if not A_CLASS.fullmatch(said) or len(set(before)) != 1 or before[0][-1] != said[-1]:
        return None
    content = tuple(run.replace(before[0], said) for run in last.content)
    return replace(last, content=content, said=last.said.replace(before[0], said), page=0)


def _asked_as(heard: Heard, last: Query) -> str:
    """「那砖木的呢」 after 「土坯房赔多少」 asks for a figure as that did: 砖木赔多少."""
    asks = heard.asks("how_much", "number", "what", "which_project") or heard.part.has("yes_no")
    if asks or MEASURE_OF_ITS_OWN.search(heard.part.text):
        return heard.part.text
    if amount := AMOUNT_ASKED.search(last.said):
        each = OF_EACH.search(last.said[: amount.start()])
        return NAMED.sub(r"\1", heard.content[0]) + (each.group() if each else "") + amount.group()
    before = (NAMED.sub(r"\1", run) for run in last.content)
    about = next((run for run in before if len(run) > 1 and run in last.said), None)
    now = NAMED.sub(r"\1", heard.content[0])
    return last.said.replace(about, now, 1) if about else heard.part.text


def _of_its_name(heard: Heard) -> bool:
    """Whether the words that name the project are all that was said, and may be meant as such."""
    return "呢" in heard.part.text and not heard.fields and not heard.part.has("refer", "correct")


AMOUNT_ASKED = re.compile("[补奖赔给拨付发领拿得减免罚]{0,2}(?:多少|好多|几)(?:钱|元|块|万)?$")
OF_EACH = re.compile(rf"[每一](?:{priced()}|平方米|个|年)")
MEASURE_OF_ITS_OWN = re.compile(
    "价|每|均|率|比例|场次|人次|人数|次数|户数|期数"
)  # 「单价呢」 after how many were bought


def _other_senses(heard: Heard) -> tuple[str, ...]:
    """「合格的呢」 after 「优秀的补多少」: question words that a passage may hold as well."""
    if heard.figures or heard.part.of("ordinal"):
        return ()
    return tuple(word.text for word in heard.part.words("ask", "enough") if len(word.text) > 1)


LONE = re.compile("(?:那|要是|如果是|换成)*(?P<of>[\u4e00-\u9fff])的?呢[?？]?")


def _lone_character(heard: Heard) -> tuple[str, ...]:
    """「羊呢」 after 「猪扑杀一头补多少」: a word of one character, that nothing else explains."""
    said = LONE.fullmatch(heard.part.text.strip())
    alone = said is not None and [said["of"]] == [t.text for t in heard.part.of("rest")]
    return (said["of"],) if said and alone else ()


def _only_amount(heard: Heard) -> bool:
    return set(heard.fields) <= {"total", "annual_objective"}


async def same_indicator(case: Case) -> Query | None:
    """「多少分」「是核心不」「要是只搞了8场呢」 after an indicator."""
    heard = case.heard
    spoken_of = await _indicator_spoken_of(case)
    if spoken_of is None:
        return None
    if set(heard.content) - REACHED and not await _says_that_row(case):
        return None
    last = case.context.last
    gap = STILL_SHORT.search(heard.part.text) is not None and last is not None
    figures = heard.figures or (last.premise if gap and last is not None else ())
    aspects = ("enough",) if gap and figures else aspects_of(heard)
    if (
        heard.part.of("ordinal")
        or heard.fields
        or heard.asks("list", "which_project", "max", "min", "points_sum", "all", "projects")
        or (heard.asks("indicators") and not re.search("[这那]个?指标|该指标", heard.part.text))
    ):
        return None
    if (
        not aspects
        and not (figures and not figures[0].is_money)
        and not heard.asks("due", "how_much")
    ):
        return None
    if heard.asks("core") and heard.asks("number", "list"):
        return None
    project, row = spoken_of
    if not aspects and figures:
        aspects = ("enough",)
    return base(
        heard, kind=Kind.INDICATORS, projects=(project,), ordinal=row, aspects=aspects or ("target",), premise=figures, yes_no=bool(figures) or heard.part.has("yes_no"),
    )  # fmt: skip


STILL_SHORT = re.compile("差(?:几|多少|好多)")  # 「还差几家」 after how many there are


async def _indicator_spoken_of(case: Case) -> tuple[int, int] | None:
    """The indicator of the last answer; after a passage that of its project which alone is called
    so, where something is asked that only indicators have."""
    heard, context, last = case.heard, case.context, case.context.last
    if heard.projects or heard.persons:
        return None
    of_rows = heard.asks("points", "core", "not_core", "comparison")
    if context.indicator is not None or not of_rows or heard.content:
        return context.indicator
    if last is None or last.kind is not Kind.CONTENT or len(last.projects) != 1:
        return None
    spoken = await with_content(heard, last.content, case.sources)
    found = await evidence_in(case.sources, spoken, last.projects[0], ("indicators",))
    called_so = [e for e in found if e.coverage >= STRONG]
    if len(called_so) != 1:
        return None
    return last.projects[0], called_so[0].candidate.ordinal


async def _says_that_row(case: Case) -> bool:
    """「要是只涨了5.5呢」 after 存贷款余额同比增长: whether the words are best said of that indicator."""
    if case.context.indicator is None or not case.heard.figures:
        return False
    project, row = case.context.indicator
    found = await evidence_in(case.sources, case.heard, project, ("indicators",))
    own = next((e for e in found if e.candidate.ordinal == row), None)
    return own is not None and own.coverage >= max(WEAK, found[0].coverage)


async def in_other_unit(case: Case) -> Query | None:
    """「换成元」「是多少亿」."""
    heard, last = case.heard, case.context.last
    unit = in_unit(heard)
    if (
        unit is None
        or last is None
        or heard.projects
        or heard.content
        or heard.persons
        or everything(heard)
    ):
        return None
    if last.kind not in {
        Kind.FIELDS,
        Kind.TOTAL,
        Kind.COMPARE,
        Kind.AVERAGE,
        Kind.RANK,
        Kind.CONTENT,
        Kind.CARD,
    }:
        return None
    if heard.asks("which_project", "sum") and last.kind is not Kind.TOTAL:
        return None
    amounts = [name for name in last.fields if name in AMOUNT_FIELDS]
    if len(last.projects) == 1 and (plan := await case.sources.plan(last.projects[0])):
        amounts = [name for name in amounts if plan.yuan(name)]
    if last.kind is Kind.CARD or (last.kind is Kind.FIELDS and not amounts):
        return replace(last, kind=Kind.FIELDS, fields=("total",), in_unit=unit)
    return replace(last, in_unit=unit, said=heard.part.text)


OTHER_SOURCE = re.compile("(?:那|还有)?其[他它余](?:的|资金)?呢?[?？]?")


async def other_source(case: Case) -> Query | None:
    """「区级出多少，上级出多少，其他呢」: the third source of funds after another."""
    last = case.context.last
    if last is None or not OTHER_SOURCE.fullmatch(case.heard.part.text.strip("，, ")):
        return None
    if last.kind is not Kind.FIELDS or not set(last.fields) & set(FUNDING_SOURCES):
        return None
    return replace(last, fields=("other_funds",), pairs=(), said=case.heard.part.text)


async def share_of_that(case: Case) -> Query | None:
    """「占整个项目百分之几」 after a figure that a passage states."""
    heard, last = case.heard, case.context.last
    if last is None or not shares(heard):
        return None
    if heard.persons or heard.content or heard.part.has("category"):
        return None
    if last.kind is Kind.TOTAL and (last.category or last.person) and not heard.projects:
        return replace(last, kind=Kind.SHARE, said=heard.part.text)
    if last.kind is Kind.FIELDS and len(case.context.projects) == 1 and not heard.projects:
        named = (*heard.fields, *last.fields)
        source = next((name for name in named if name in FUNDING_SOURCES), "total")
        return base(heard, kind=Kind.SHARE, projects=case.context.projects, of=source)
    other = heard.projects and heard.projects != case.context.projects
    if last.kind is not Kind.CONTENT or other:
        return None
    return replace(last, operation="share", said=heard.part.text)


async def over_those(case: Case) -> Query | None:
    """「加起来呢」「哪个多」「多多少」 after several projects."""
    heard, context = case.heard, case.context
    if ALL_THE_OTHERS.search(heard.part.text):
        return None  # all of the registry, not those spoken of
    if not heard.projects and (chosen := _several_of(heard, context)) is not None:
        return chosen
    beside = heard.projects
    if (
        len(beside) == 1
        and context.projects
        and beside[0] != context.projects[-1]
        and not heard.content
    ):
        operation = (
            "ratio" if heard.asks("ratio") else "difference" if heard.asks("difference") else None
        )
        compares = "比" in heard.part.text or heard.asks("compare")
        if compares and not heard.fields and len(heard.rest) <= 1:
            both = (context.projects[-1], beside[0])
            return base(heard, kind=Kind.COMPARE, projects=both, operation=operation or "larger")
    if (
        heard.projects
        or heard.persons
        or heard.content
        or heard.part.has("category")
        or heard.units
    ):
        return None
    if (
        heard.asks("all", "which_project", "share")
        and not heard.part.has("refer", "they")
        and not heard.asks("compare")
    ):
        return None
    operation = (
        "ratio" if heard.asks("ratio") else "difference" if heard.asks("difference")
        else "larger" if heard.asks("compare") else "sum" if heard.asks("sum")
        else "average" if heard.asks("average") else None
    )  # fmt: skip
    own_total = (
        heard.asks("sum")
        and len(context.projects) == 1
        and not heard.asks("all", "projects", "indicators", "points", "number")
        and not MEASURED.search(heard.part.text)
    )
    if own_total and len(context.in_turn) > 1 and context.last is not None:
        # 「打非多少钱」「证券化呢」「加起来多少」
        of = context.last.fields[0]
        return base(heard, kind=Kind.COMPARE, projects=context.in_turn, operation="sum", of=of)
    if own_total and not heard.part.has("refer", "they"):
        return base(heard, kind=Kind.FIELDS, projects=context.projects, fields=("total",))
    they = heard.part.has("refer", "they")
    several = (
        _they(heard, context)
        if they
        else context.projects
        if len(context.projects) >= 2
        else context.recent[-2:]
    )
    if operation is None or len(several) < 2 or heard.asks("max", "min", "number", "projects"):
        return None
    if operation == "sum" and len(context.projects) < 2 and not they:
        return None
    of = "points" if heard.asks("points") else "indicators" if heard.asks("indicators") else ""
    of = of or _amount_told(context)
    return base(heard, kind=Kind.COMPARE, projects=several, operation=operation, of=of)


def _amount_told(context: Context) -> str:
    """The amount that the answer before told of each project: 「各自的上级补助」「合起来呢」."""
    last = context.last
    told = last.fields if last is not None and last.kind is Kind.FIELDS else ()
    return told[0] if len(told) == 1 and told[0] in AMOUNT_FIELDS else "total"


async def next_in_ranking(case: Case) -> Query | None:
    """「第二高呢」 after a ranking."""
    heard, last = case.heard, case.context.last
    ordinal = heard.first("ordinal")
    if (
        last is None
        or last.kind is not Kind.RANK
        or not isinstance(ordinal, int)
        or heard.projects
        or heard.fields
    ):
        return None
    return replace(last, ordinal=ordinal, top=None, said=heard.part.text)


def _they(heard: Heard, context: Context) -> tuple[int, ...]:
    """What 这两个, 三个 or 这几个 refer to: the projects of the last answer where they are as many,
    else those named last."""
    if re.search("几个|些", heard.part.text) and len(context.projects) > 1:
        return context.projects
    count = 3 if re.search("[三3]个", heard.part.text) else 2
    return context.projects if len(context.projects) == count else context.recent[-count:]


def with_reference(heard: Heard, context: Context) -> Heard:
    """The part with the projects that 它, 这两个, 他的 or plain silence refer to."""
    if heard.projects or (heard.units and not heard.fields):
        return heard
    of_two = [
        place for place, word in enumerate(("former", "latter")) if heard.part.has("refer", word)
    ]
    pair = context.projects if len(context.projects) == 2 else context.recent[-2:]
    if of_two and len(pair) == 2:
        return replace(heard, projects=tuple(pair[place] for place in of_two))
    refers = heard.part.has("refer", "it", "they", "person")
    if heard.part.has("refer", "they") and len(context.recent) >= 2:
        return replace(heard, projects=_they(heard, context))
    if heard.persons or not context.projects:
        return heard
    rows = (
        about_indicators(heard)
        and not heard.asks("projects", "all", "except")
        and "项目" not in heard.part.text
    )
    if refers or ((rows or not everything(heard)) and not heard.near):
        return replace(heard, projects=context.projects)
    return heard


def with_pronoun(heard: Heard, context: Context) -> Heard:
    """「他的项目总共多少钱」「管几个项目」「去掉巨灾呢」: of the person last named."""
    if heard.persons or not context.person:
        return heard
    last = context.last
    of_theirs = last is not None and last.person and last.kind in {Kind.FIND, Kind.TOTAL}
    if heard.projects:
        but_for = of_theirs and heard.asks("except")
        return replace(heard, persons=(context.person,)) if but_for else heard
    own = heard.asks("own") and OWN_FIRST.match(heard.part.text) is not None
    if heard.part.has("refer", "person") or own:
        return replace(heard, persons=(context.person,))
    return heard


# A question that begins so leaves out whose projects are asked for.
OWN_FIRST = re.compile(
    "(?:那|还|都|一共|总共)?(?:负责|管|名下|手上|手头)(?:着|了|的)?[^谁]*(?:几|多少|哪)"
)
