"""Rules for questions that name no project: found by what the sheets say, or asked back."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.question.analysis import HAN, Part, Token
from bot.question.conditions import holds_of
from bot.question.deadlines import deadline_of
from bot.question.evidence import evidence_in, projects_saying
from bot.question.heard import Heard
from bot.question.hearing import with_content
from bot.question.lexicon import synonym_groups
from bot.question.measures import asked_measure, counts_alike, priced
from bot.question.names import JOINS, in_order
from bot.question.project_rules import (
    GIVEN,
    MADE_UP_OF,
    OUTSIDER,
    VAGUE,
    clause_of_amount,
    fields_of_project,
    passage_of_project,
    payer_of_a_source,
    project_alone,
    rows_of_project,
    texts_beyond,
)
from bot.question.query import Holds, Kind, Query
from bot.question.rules import (
    DESCRIBED,
    SO_MANY_ASKED,
    Case,
    about_indicators,
    asks_a_row,
    aspects_of,
    base,
    content_is_meant,
    content_query,
    core_of,
    describes,
    everything,
    extreme_of,
    holds_together,
    in_full,
    names_rows,
    that_one,
    which_larger,
    yes_no,
)
from bot.question.sources import Sources
from bot.retrieval import NAMED, STRONG, Evidence, grams, says_all_of
from registry.plan import AMOUNT_FIELDS, FUNDING_SOURCES, TEXT_FIELDS
from registry.scope import Scope
from registry.store.grams import passages_of

# A project whose best evidence is this close to the best of all says the same thing.
TIE = 0.12
FEW = 4
NEAR = 0.4  # a passage so near is offered, as what it is, where nothing answers
# Where no project is named, words must say more to lead to one: 公园改造 is not 股份制改造, and
# 医保报销比例 nothing that a sheet knows.
ALONE = 0.5
FIRM_ALONE = 0.85
FIRM_ENOUGH = 1.9  # so much said leads to a project whatever else was said beside it
# What a project is asked for by words of its sheet (上市项目联系人), the sheet must say nearly whole:
# 食品安全抽检项目 is not the one whose sheet speaks of 食品安全.
TELLS_WHICH = 0.68
CLEAR = 0.8  # an indicator that covers so much is meant though a passage covers more
OF_PROJECTS = re.compile("的(?:项目|专项)(?:有|是|$|[，,。?？])")
THAT_SHEET = re.compile("[那这](?:张|个|份)表")  # 「上市那张表哪些算核心」
NEGATED = re.compile("没有|没考|不考|未考|没得|不含|没写|没提|不涉及|没设|无")


async def projects_by_content(case: Case) -> Query | None:
    """「哪个项目有知晓率指标」「谁的依据里有招商协议」: which projects say it."""
    heard = case.heard
    asks_which = (
        heard.which_project
        or "table_number" in heard.fields
        or (heard.asks("all", "number") and heard.asks("projects"))
        or (heard.part.has("soft", "contact_person") and about_indicators(heard))
        or (OF_PROJECTS.search(heard.part.text) and NEGATED.search(heard.part.text))
    )
    of_one = names_rows(heard) and THAT_SHEET.search(heard.part.text)
    if heard.projects or not heard.content or not asks_which or of_one:
        return None
    only: tuple[str, ...] = tuple(name for name in heard.fields if name in TEXT_FIELDS)
    if about_indicators(heard):
        only = ("indicators",)
    found = await projects_saying(case.sources, heard, only)
    if only and (not found or found[0][1].coverage < STRONG):
        found = await projects_saying(case.sources, heard)
        only = ()
    best = level_with_best(heard, found)
    if not best:
        return None
    best = [pair for pair in found if pair in best or says_all_of(pair[1], best[0][1])]
    in_rows = [pair for pair in best if pair[1].candidate.field == "indicators"]
    if not only and in_rows and in_rows[0][1].coverage >= best[0][1].coverage - TIE:
        best, only = in_rows, ("indicators",)
    lead = "count" if heard.asks("number") and not heard.asks("which_project") else None
    if NEGATED.search(re.sub("有没有|有没得|没有吗|有无", "", heard.part.text)):
        return base(
            heard,
            kind=Kind.FIND,
            projects=tuple(sorted(project for project, _ in best)),
            without=True,
        )
    return base(
        heard,
        kind=Kind.FIND,
        projects=tuple(sorted(project for project, _ in best)),
        content=heard.content,
        content_in=only,
        holds=holds_of(heard.part) or _exactly(heard, only),
        aspects=aspects_of(heard),
        fields=tuple(
            n
            for n in heard.fields
            if n in AMOUNT_FIELDS or n in {"contact_person", "contact_phone"}
        ),
        core=core_of(heard),
        lead=lead,
    )


def _exactly(heard: Heard, only: tuple[str, ...]) -> tuple[Holds, ...]:
    """「知晓率要求80%的是哪个项目」: the figure that the indicator is to have."""
    figures = [figure for figure in heard.figures if figure.unit and not figure.about]
    asked = only == ("indicators",) and len(figures) == 1 and heard.due is None
    return (Holds("=", figures[0]),) if asked else ()


def level_with_best(heard: Heard, found: list[tuple[int, Evidence]]) -> list[tuple[int, Evidence]]:
    """The projects with strong evidence, as good as the best's."""
    clear = [
        pair
        for pair in found
        if pair[1].coverage >= ALONE and pair[1].firm >= FIRM_ALONE and _all_touched(heard, pair[1])
    ]
    if not clear:
        return []
    best = clear[0][1].coverage
    level = [pair for pair in clear if pair[1].coverage >= best - TIE]
    # Where some say it in these very words (泄露), what is only like it (安全事件) is no answer.
    said = {gram for run in heard.content for gram in grams(run)}
    return [p for p in level if any(gram in p[1].candidate.words for gram in said)] or level


async def content_anywhere(case: Case) -> Query | None:
    """Something an indicator or passage of some project says, where no project is named."""
    heard = case.heard
    if heard.projects or not heard.content:
        return None
    before = case.context.projects[0] if len(case.context.projects) == 1 else None
    row = asks_a_row(heard)
    only = ("indicators",) if row or aspects_of(heard) or heard.asks("indicators") else ()
    found = await projects_saying(case.sources, heard, only)
    if only and (not found or found[0][1].coverage < (STRONG if row else CLEAR)):
        anywhere = await projects_saying(case.sources, heard)
        if anywhere and (not found or anywhere[0][1].coverage > found[0][1].coverage + TIE):
            found, only = anywhere, ()
    if before is not None:
        here = await evidence_in(case.sources, heard, before, only)
        best = found[0][1].coverage if found else 0.0
        if here and here[0].coverage >= STRONG and here[0].coverage >= best - TIE:
            return content_query(heard, (before,), only)
    best_of_all = level_with_best(heard, found)
    of_rows = bool(best_of_all) and best_of_all[0][1].candidate.indicator is not None
    if of_rows and not row and set(aspects_of(heard)) <= {"target"} and not heard.figures:
        goals = await _stated_in_goals(case, best_of_all)
        if goals:
            best_of_all, only = [*best_of_all, *goals], ()
    if in_full(heard):
        # Of what a passage says of it another sheet's word for nearly the same is no part.
        best_of_all = [pair for pair in best_of_all if pair[1].coverage == found[0][1].coverage]
    if not best_of_all:
        return None
    if await _only_a_near_name(case, best_of_all[0][1]):
        return None
    projects = tuple(project for project, _ in best_of_all)
    told = best_of_all[0][1]
    of_the_project = names_rows(heard) and (describes(heard) or that_one(heard))
    of_that_one = await _of_that_one(case, told, projects)
    if heard.units and holds_together(heard):
        # What is held against an office is another office, which is not there.
        return base(heard, kind=Kind.UNKNOWN_PROJECT, content=heard.content)
    if _says_something_else(heard, told) and not await _named_by_its_start(case, projects[0]):
        return base(
            heard, kind=Kind.UNKNOWN_PROJECT, content=heard.content, candidates=projects[:1]
        )
    if _asks_for_field(heard, told) or of_that_one or of_the_project:
        if heard.near and heard.asks("projects") and not set(projects) & set(heard.near):
            # 「财政监管项目」: the name says one, the sheets another.
            both = (*heard.near, *projects)[:6]
            return base(heard, kind=Kind.ASK_BACK, candidates=both, fields=heard.fields)
        if told.coverage < TELLS_WHICH or await _mentions_in_passing(case, projects):
            return base(
                heard, kind=Kind.UNKNOWN_PROJECT, content=heard.content, candidates=projects[:1]
            )
        if not of_the_project:
            return _field_by_content(heard, await _chiefly(case, projects))
    ordinal = heard.first("ordinal")
    if len(projects) == 1 and (of_the_project or (names_rows(heard) and ordinal)):
        return await rows_of_project(
            Case(replace(heard, projects=projects, content=()), case.context, case.sources)
        )
    if len(projects) > 2 and (counted := await _counted_so(case)):
        return content_query(heard, counted[:FEW], ("indicators",))
    if len(projects) > FEW:
        return base(heard, kind=Kind.ASK_BACK, candidates=projects[:6], content=heard.content)
    in_rows = [pair for pair in best_of_all if pair[1].candidate.field == "indicators"]
    if in_rows and len(projects) > 1:
        in_rows = await _rows_as_good(case, best_of_all) or in_rows
    if extreme_of(heard) and told.candidate.indicator is None:
        # 「最高奖补多少」: of the amounts that a passage states, not of rows.
        return content_query(heard, projects[:1], only)
    in_rows = await _rows_due_then(case, best_of_all) or _due_then(heard, in_rows) or in_rows
    stated = any(_is_goal(evidence) for _, evidence in best_of_all)
    if len(projects) > 1 and in_rows and not stated:
        projects = tuple(project for project, _ in in_rows)
        only = ("indicators",)
    return content_query(heard, projects, only)


def _is_goal(evidence: Evidence) -> bool:
    """Whether evidence is a figure that the year's objective states."""
    return evidence.candidate.field == "annual_objective" and evidence.candidate.figure is not None


async def _stated_in_goals(
    case: Case, best: list[tuple[int, Evidence]]
) -> list[tuple[int, Evidence]]:
    """「陈案结案率要达到多少」: projects whose objective demands it in more of these words than the rows of
    others."""
    found = await projects_saying(case.sources, case.heard, ("annual_objective",))
    told = {project for project, _ in best}
    most = best[0][1]
    return [
        (project, evidence)
        for project, evidence in found
        if project not in told and _is_goal(evidence)
        and evidence.coverage >= most.coverage and evidence.own >= most.own
    ]  # fmt: skip


async def _rows_as_good(case: Case, best: list[tuple[int, Evidence]]) -> list[tuple[int, Evidence]]:
    """「培训要搞多少」: the rows of all projects that say as much as the best evidence of any does, though of
    some a passage says it as well."""
    named = {project for project, _ in best}
    found = await projects_saying(case.sources, case.heard, ("indicators",))
    least = best[0][1].coverage - TIE
    return [pair for pair in found if pair[0] in named and pair[1].coverage >= least]


async def _counted_so(case: Case) -> tuple[int, ...]:
    """「今年新建几座」: of many projects those with a row of the words that is counted in that unit."""
    counted = SO_MANY_ASKED.search(case.heard.part.text)
    if counted is None:
        return ()
    found = await projects_saying(case.sources, case.heard, ("indicators",))
    return tuple(
        project
        for project, evidence in level_with_best(case.heard, found)
        if (row := evidence.candidate.indicator) is not None
        and counted["of"] in (row.unit_of_measure or "")
    )


async def row_counted_so(case: Case) -> Query | None:
    """「要换好多盏灯」: where only one project's rows are counted so (盏), that of them whose name has
    most of the characters said."""
    heard = case.heard
    counted = SO_MANY_ASKED.search(heard.part.text)
    if heard.projects or heard.near or heard.units or counted is None:
        return None
    said = set(heard.part.text.replace(counted.group(), "")) - set(counted["of"])
    rows = {
        (plan.record.project_id, row.name): len(said & set(row.name))
        for plan in await case.sources.all_if_at_most(FEW_READ)
        if plan.record is not None
        for row in plan.indicators
        if row.unit_of_measure == counted["of"]
    }
    ranked = sorted(rows, key=lambda key: -rows[key])
    if len({project for project, _ in rows}) != 1 or rows[ranked[0]] < LEAST_SHARED:
        return None
    if len(ranked) > 1 and rows[ranked[1]] == rows[ranked[0]]:
        return None
    project, name = ranked[0]
    spoken = await with_content(heard, (name,), case.sources)
    return content_query(spoken, (project,), ("indicators",))


LEAST_SHARED = 2  # characters


THAN = re.compile("比(?![例赛率重])")


async def rows_compared(case: Case) -> Query | None:
    """「农户培训和直播电商培训，哪个人次多」: two rows of different projects, each named by words of its
    own and counted alike, held against each other."""
    heard = case.heard
    compares = heard.asks("compare", "difference") or which_larger(heard)
    runs = [
        said for run in heard.content for said in THAN.split(NAMED.sub(r"\1", run)) if len(said) > 1
    ]
    if not compares or len(runs) != 2 or heard.figures:
        return None
    rows: list[tuple[int, Evidence]] = []
    for run in runs:
        spoken = await with_content(heard, (run,), case.sources)
        found = await projects_saying(case.sources, spoken, ("indicators",))
        if not found or found[0][1].coverage < TELLS_WHICH:
            return None
        if len(found) > 1 and found[1][1].coverage >= found[0][1].coverage:
            return None
        rows.append(found[0])
    (one, first), (other, second) = rows
    units = {
        row.unit_of_measure
        for row in (first.candidate.indicator, second.candidate.indicator)
        if row is not None
    }
    if one == other or len(units) != 1:
        return None
    return base(
        heard,
        kind=Kind.CONTENT,
        projects=(one, other),
        pairs=((one, (runs[0],)), (other, (runs[1],))),
        content=tuple(runs),
        content_in=("indicators",),
        operation="difference" if heard.asks("difference") else "larger",
        person=None,
    )


CHOSEN_BY_NAME = ("contact_person", "contact_phone", "supervising_department", "implementing_unit")
JOINS_AMOUNTS = re.compile(f"(?:的?(?:总?资金|预算|钱|经费))?{JOINS.pattern}")


async def with_described(heard: Heard, sources: Sources) -> Heard:
    """「森林防火和路灯改造差多少」「健身场地和体校的核心指标」: with the project that words joined to a name
    tell, where projects are held against each other or their rows or people asked for."""
    of_projects = (
        holds_together(heard) or names_rows(heard) or set(heard.fields) & {*CHOSEN_BY_NAME}
    )
    names = heard.part.of("project")
    as_heard = heard
    if not names and len(heard.near) == 1 and holds_together(heard):
        # 「改厕和防疫，哪个上级给得多」: what is held against others is named, if not quite.
        names = heard.part.of("near")
        heard = replace(heard, projects=heard.near)
    if len(heard.projects) != 1 or len(names) != 1 or not heard.content or not of_projects:
        return as_heard
    for words in heard.part.of("rest"):
        first, second = sorted((names[0], words), key=lambda token: token.start)
        between = heard.part.text[first.end : second.start]
        if len(words.text) < 2 or not JOINS_AMOUNTS.fullmatch(between):
            continue
        project = await _told_beside(words.text, heard, sources)
        if project is None:
            continue
        named = Token(words.start, words.end, words.text, "project", project)
        tokens = tuple(named if token is words else token for token in heard.part.tokens)
        own = heard.projects[0]
        both = (project, own) if first is words else (own, project)
        content = tuple(run for run in heard.content if run != words.text)
        part = Part(heard.part.text, tokens, heard.part.trace)
        return await with_content(replace(heard, part=part, projects=both), content, sources)
    return as_heard


async def _told_beside(words: str, heard: Heard, sources: Sources) -> int | None:
    """The only project whose sheet speaks of the words, better than that of the project named."""
    spoken = await with_content(heard, (words,), sources)
    clear = level_with_best(spoken, await projects_saying(sources, spoken))
    if len(clear) != 1 or clear[0][1].coverage < TELLS_WHICH or clear[0][0] in heard.projects:
        return None
    own = await evidence_in(sources, spoken, heard.projects[0])
    return None if own and own[0].coverage >= clear[0][1].coverage - TIE else clear[0][0]


async def _only_a_near_name(case: Case, evidence: Evidence) -> bool:
    """Whether all that was found are words of the name that the question comes near to: 金融 of
    金融临管."""
    said = [word for word in evidence.matched if len(word) > 1]
    names = [await case.sources.name(project) for project in case.heard.near]
    return any(all(word in name for word in said) for name in names)


def _says_something_else(heard: Heard, evidence: Evidence) -> bool:
    """Whether the words begin with one that the evidence does not speak of, not even by its sound
    (公交 of 公交运营补贴, 失业 of 失业保险金): it tells this from what the rest would fit."""
    runs = [NAMED.sub(r"\1", run) for run in heard.content]
    told = [word for word in evidence.matched if len(word) > 1]
    begins = any(0 <= runs[0].find(word) < 2 for word in told)
    return not begins and [run for run in runs if len(run) > 2] == runs[:1]


async def _named_by_its_start(case: Case, project: int) -> bool:
    """Whether the words begin with a short form of the project's name: 特扶 of 特殊家庭扶助关怀."""
    start = NAMED.sub(r"\1", case.heard.content[0])[:2]
    return len(start) == 2 and in_order(start, await case.sources.name(project))


def _due_then(heard: Heard, rows: list[tuple[int, Evidence]]) -> list[tuple[int, Evidence]]:
    """The rows whose deadline is in the months that were said; of 「10月底前」 those due in that very
    month, where there are any."""
    due = heard.due
    if due is None or due.month is None:
        return []
    dated = [(pair, deadline_of(pair[1].candidate.words, None)) for pair in rows]
    then = [(pair, deadline.month) for pair, deadline in dated if deadline]
    just_then = [pair for pair, month in then if month == due.month]
    return just_then or [pair for pair, month in then if due.covers(month)]


async def _rows_due_then(
    case: Case, best: list[tuple[int, Evidence]]
) -> list[tuple[int, Evidence]]:
    """「投资完成率到12月底是多少」: of each project the row that is due then, where it says as much as the
    one that says most (9月底投资完成率)."""
    if case.heard.due is None or len(best) < 2:
        return []
    rows: list[tuple[int, Evidence]] = []
    for project, most in best:
        found = await evidence_in(case.sources, case.heard, project, ("indicators",))
        level = [(project, e) for e in found if e.coverage >= most.coverage - TIE]
        rows += _due_then(case.heard, level)[:1]
    return _due_then(case.heard, rows)


# Words for the amount of a project as a whole; 多少钱 may be any figure of a passage.
BUDGET = re.compile("预算|总|盘子")


def _is_an_amount(heard: Heard, best: Evidence) -> bool:
    """Whether the best evidence is an amount of its own (举报奖励资金4万元), which 预算 may mean."""
    figure = best.candidate.figure
    stated = figure is not None and figure.yuan is not None and best.coverage >= STRONG
    return stated and not heard.asks("projects")


def _all_touched(heard: Heard, evidence: Evidence) -> bool:
    """Whether no run of words is left that the evidence says nothing of (重庆到成都动车)."""
    if evidence.firm >= FIRM_ENOUGH:
        return True
    runs = [run for run in heard.content if len(run) > 2]
    strange = [run for run in runs if not any(heard.frequency.get(gram) for gram in grams(run))]
    return all(any(len(said) > 1 and said in run for said in evidence.matched) for run in strange)


def _asks_for_field(heard: Heard, best: Evidence) -> bool:
    """Whether a field of the project is wanted that the found words only lead to (上市项目联系人)."""
    certain = [name for name in heard.fields if name not in {*AMOUNT_FIELDS, *TEXT_FIELDS}]
    certain += texts_beyond(heard, best)
    if certain == ["year"] and best.coverage >= CLEAR:
        return False  # 专项行动方案管到哪一年: a year that a passage states
    budget = any(BUDGET.search(word.text) for word in heard.part.words("field", "total"))
    if budget and not _is_an_amount(heard, best):
        return True
    named = (heard.asks("projects") or describes(heard)) and bool(heard.fields or heard.soft_fields)
    stated = describes(heard) and any(figure.is_money for figure in heard.figures)
    return bool(certain) or named or stated or heard.part.has("group", "funding")


async def _of_that_one(case: Case, best: Evidence, projects: tuple[int, ...]) -> bool:
    """「信访接待那个今年多少钱」: whether something of the project is asked for; of what costs an amount of
    its own (举报奖励那个多少钱), that is meant."""
    heard = case.heard
    fields = {*heard.fields, *heard.soft_fields} - {"overview", "annual_objective"}
    if not that_one(heard) or not fields:
        return False
    if fields != {"total"}:
        return True
    if best.coverage < TELLS_WHICH or not await _returns_to(case, projects[0]):
        return False
    found = await evidence_in(case.sources, heard, projects[0])
    costs = [e for e in found if (f := e.candidate.figure) is not None and f.yuan is not None]
    return not any(evidence.coverage >= STRONG for evidence in costs)


AGAIN = 2  # times


async def _returns_to(case: Case, project: int) -> bool:
    """Whether the sheet speaks of the words more than once: its total is no price of what it mentions
    in a single row (疫苗 of 适龄儿童疫苗接种率)."""
    plan = await case.sources.plan(project)
    said = "".join(text for _, _, text in passages_of(plan)) if plan else ""
    pairs = (pair for run in case.heard.content for pair in grams(run) if len(pair) > 1)
    return any(said.count(pair) >= AGAIN for pair in pairs)


OFTEN = 3  # times


async def _mentions_in_passing(case: Case, projects: tuple[int, ...]) -> bool:
    """Whether the words are said as a project's name (公交专项), and its sheet speaks of them in
    passing only."""
    heard = case.heard
    if DESCRIBED.search(heard.part.text) or len(projects) != 1:
        return False
    named = [run for run in heard.content if re.search(f"{run}(?:项目|专项)", heard.part.text)]
    plan = await case.sources.plan(projects[0])
    if not named or plan is None:
        return False
    said = "".join(text for _, _, text in passages_of(plan))
    return all(min(map(said.count, grams(run))) < OFTEN for run in named)


CHIEFLY = 3  # times as often as any other sheet says it


async def _chiefly(case: Case, projects: tuple[int, ...]) -> tuple[int, ...]:
    """The project whose sheet is chiefly about the words (非法集资), where others only mention them;
    all of them where none is."""
    run = max(case.heard.content, key=len)
    texts = {
        project: " ".join(text for _, _, text in passages_of(plan))
        for project in projects
        if (plan := await case.sources.plan(project)) is not None
    }
    # What no sheet says whole (非法集资处置) is counted by its pairs.
    alike = [word for word in (run, *synonym_groups().get(run, ())) if len(word) > 1]
    words = [w for w in alike if any(w in text for text in texts.values())][:1] or grams(run)
    said = {project: sum(map(text.count, words)) for project, text in texts.items()}
    most, *others = sorted(said, key=lambda project: -said[project])
    clearly = bool(others) and said[most] >= CHIEFLY * max(1, said[others[0]])
    return (most,) if clearly else projects


def _field_by_content(heard: Heard, projects: tuple[int, ...]) -> Query:
    strange = [
        gram for run in heard.content for gram in grams(run) if not heard.frequency.get(gram)
    ]
    if describes(heard) and len(strange) >= 2:
        return base(heard, kind=Kind.UNKNOWN_PROJECT)  # 公园改造项目 is not one that 改造 stands in
    asks_contact = set(heard.fields) & {"contact_person", "contact_phone"}
    if asks_contact and not describes(heard) and any(OUTSIDER.search(run) for run in heard.content):
        return base(heard, kind=Kind.NOT_STATED)
    if len(projects) > 1:
        return base(heard, kind=Kind.ASK_BACK, candidates=projects[:6], fields=heard.fields)
    return base(
        heard,
        kind=Kind.FIELDS,
        projects=projects,
        fields=("total", *FUNDING_SOURCES)
        if heard.part.has("group", "funding")
        else heard.fields or heard.soft_fields or ("total",),
        premise=heard.figures if describes(heard) else (),
        person=None,
    )


async def near_names(case: Case) -> Query | None:
    heard = case.heard
    if heard.projects or not heard.near:
        return None
    if len(heard.near) == 1 and heard.content:
        inner = replace(case, heard=replace(heard, projects=heard.near))
        found = await evidence_in(case.sources, heard, heard.near[0])
        level = [e for e in found if e.coverage >= found[0].coverage - TIE]
        beyond = [e for e in level if not await _only_a_near_name(case, e)]
        if beyond and await content_is_meant(inner):
            return await passage_of_project(inner)
        if (counted := await _counted_of_near(case)) is not None:
            return counted
    asked = heard.fields or heard.soft_fields
    # Words that only choose between names are not looked for in the sheet of the one chosen.
    told = bool(asked) or (len(heard.near) > 1 and not await _beyond_near_names(case))
    return base(
        heard, kind=Kind.ASK_BACK, candidates=heard.near[:6], fields=asked,
        aspects=aspects_of(heard), core=core_of(heard), content=() if told else heard.content,
        of="indicators" if names_rows(heard) else "total",
    )  # fmt: skip


async def _counted_of_near(case: Case) -> Query | None:
    """「全区有多少盏路灯」: what the sheet of the only project whose name comes near counts so."""
    heard = case.heard
    asked = asked_measure().search(heard.part.text)
    said = tuple(token.text for token in heard.part.of("near"))
    if asked is None or asked["measure"] in VAGUE or len(said) != 1:
        return None
    spoken = await with_content(replace(heard, projects=heard.near), said, case.sources)
    found = await evidence_in(case.sources, spoken, heard.near[0])
    units = [e.candidate.figure.unit for e in found if e.candidate.figure and e.coverage >= STRONG]
    if not any(counts_alike(asked["measure"], unit) for unit in units):
        return None
    return content_query(spoken, heard.near, ())


async def _beyond_near_names(case: Case) -> str:
    """The characters left that stand in none of the names the question comes near to."""
    named = [await case.sources.name(project) for project in case.heard.near]
    return "".join(char for char in case.heard.rest if char not in "".join(named))


# 「改造一户平均多少钱」 asks for the price of one.
AVERAGE_OF_ONE = re.compile(rf"[一每]个?(?:{priced()})平均|平均[一每]个?(?:{priced()})")


async def near_names_alone(case: Case) -> Query | None:
    """「金融那个项目多少钱」: nothing but words that several names share."""
    heard = case.heard
    if heard.asks("which_project", "all", "number") and heard.asks("projects", "which_project"):
        return None
    if AVERAGE_OF_ONE.search(heard.part.text):
        return None
    left = await _beyond_near_names(case)
    if len(heard.near) > 1 and heard.asks("sum", "average") and len(left) < 2:
        return base(
            heard,
            kind=Kind.COMPARE,
            projects=heard.near,
            operation="average" if heard.asks("average") else "sum",
        )
    if left or len(heard.near) < 2 or (about_indicators(heard) and heard.content):
        return None
    return _as_before(case) or await near_names(case)


def _as_before(case: Case) -> Query | None:
    """「补贴的呢」 after another project's telephone: whose, for it is asked of this one too."""
    heard, last = case.heard, case.context.last
    if last is None or last.kind not in ASKED_AGAIN or not heard.part.has("refer", "go_on"):
        return None
    if heard.fields or heard.soft_fields or about_indicators(heard):
        return None
    return replace(
        last.about(), kind=Kind.ASK_BACK, candidates=heard.near[:6], person=None, lead=None,
        said=heard.part.text,
    )  # fmt: skip


ASKED_AGAIN = frozenset({Kind.FIELDS, Kind.INDICATORS, Kind.CONTENT, Kind.ASK_BACK})


OFFICE = re.compile("(?:局|委|委员会|厅|办公室|街道|镇|乡|中学|小学|学校|医院|集团|站|所|中心)$")
BUREAU = re.compile("(?:局|委|委员会|厅)$")


async def named_by_amount(case: Case) -> Query | None:
    """「这42.5万最后给了哪个单位」: the only project of that amount."""
    heard = case.heard
    money = [figure for figure in heard.figures if figure.is_money and not figure.about]
    if heard.projects or heard.persons or len(money) != 1 or holds_of(heard.part):
        return None
    apart = MADE_UP_OF.search(heard.part.text) is not None
    said = heard.content or heard.fields or heard.soft_fields or apart
    if everything(heard) or not said:
        return None
    yuan = money[0].value
    for field in AMOUNT_FIELDS:
        if field != "total" and (stated := await clause_of_amount(case)) is not None:
            return stated
        scope = Scope(field=field, yuan_at_least=yuan, yuan_at_most=yuan)
        plans = await case.sources.store.plans(scope, limit=2)
        if len(plans) == 1 and plans[0].record is not None:
            project = plans[0].record.project_id
            saying = level_with_best(heard, await projects_saying(case.sources, heard))
            others = saying and project not in {other for other, _ in saying}
            if others and heard.content != (GIVEN,):
                return None  # 境外上市给1000万吗: the words are another's
            found = replace(heard, projects=(project,))
            inner = Case(found, case.context, case.sources)
            query = (
                await payer_of_a_source(inner)
                or await fields_of_project(inner)
                or await passage_of_project(inner)
            )
            return None if query is None else replace(query, premise=())
    return await clause_of_amount(case)


GIVEN_TO = re.compile("[拨付补转是](?:付)?给|给了|拨了")


async def receiver_of_amount(case: Case) -> Query | None:
    """「42.5万是拨给银监局涪陵分局的对不对」: who gets the amount, the sheet says, also where it was not the
    one named."""
    heard = case.heard
    if not (yes_no(heard) and GIVEN_TO.search(heard.part.text) and heard.part.of("rest")):
        return None
    return await named_by_amount(
        replace(case, heard=await with_content(heard, (GIVEN,), case.sources))
    )


async def named_by_two_characters(case: Case) -> Query | None:
    """「非集那个项目」「处非项目」: two characters that stand close together, in this order, again and
    again in one project's sheet (非法集资), where no sheet holds them side by side."""
    heard = case.heard
    described = SHORT_FOR.search(heard.part.text)
    if heard.projects or not described or not await case.sources.few():
        return None
    said = described.group("said")
    if (await case.sources.frequency([said])).get(said):
        return None
    apart = re.compile(f"{said[0]}.{{1,2}}{said[1]}")
    often: dict[int, int] = {}
    for plan in await case.sources.all_if_at_most(FEW_READ):
        if plan.record is not None:
            often[plan.record.project_id] = sum(
                len(apart.findall(text)) for _, _, text in passages_of(plan)
            )
    ranked = sorted(often.items(), key=lambda pair: -pair[1])
    if not ranked or ranked[0][1] < 2 or (len(ranked) > 1 and ranked[0][1] < 2 * ranked[1][1]):
        return None
    content = tuple(segment for segment in heard.content if said not in segment)
    found = replace(heard, projects=(ranked[0][0],), content=content)
    inner = Case(found, case.context, case.sources)
    return await fields_of_project(inner) or await project_alone(inner)


FEW_READ = 200
SHORT_FOR = re.compile(f"(?:^|[^{HAN}])(?P<said>[{HAN}]{{2}})(?:那个|这个|的)?(?:项目|专项)")


async def stranger(case: Case) -> Query | None:
    """「教育局的项目有哪些」「王建国负责什么」: a unit or person that no sheet names."""
    heard = case.heard
    if heard.projects or heard.persons or heard.units or heard.part.of("phone", "document"):
        return None
    asks = (
        heard.asks("own", "projects", "which_project", "how_much", "number", "list")
        or heard.fields
        or heard.soft_fields
    )
    for token in heard.part.of("rest"):
        said = token.text
        unknown = [gram for gram in grams(said) if not heard.frequency.get(gram)]
        if not asks and not OFFICE.search(said):
            continue
        strange = unknown and unknown[-1] == grams(said)[-1]
        unheard = BUREAU.search(said) is not None and await _unheard(case, said)
        office = OFFICE.search(said) and len(said) >= 3 and (strange or unheard)
        if office and not await _said_all(case):
            return base(heard, kind=Kind.UNKNOWN_PROJECT)
        beside_person = heard.asks("own") or set(heard.fields) & {"contact_person", "contact_phone"}
        if (
            beside_person
            and 2 <= len(said) <= 3
            and len(unknown) == len(grams(said))
            and not heard.near
            and not level_with_best(heard, await projects_saying(case.sources, heard))
        ):
            return base(heard, kind=Kind.UNKNOWN_PROJECT)
    return None


KNOWN_ALL = 0.9


async def _said_all(case: Case) -> bool:
    """Whether some sheet speaks of all the words, if by others: 券商律所会所."""
    found = await projects_saying(case.sources, case.heard) if case.heard.content else []
    return bool(found) and found[0][1].coverage >= KNOWN_ALL


async def _unheard(case: Case, office: str) -> bool:
    """Whether no sheet speaks of an office of this name: 民政局 is not in 人民政府 and 财政局."""
    found = await projects_saying(case.sources, case.heard)
    return not any(
        office in evidence.candidate.words or office in evidence.candidate.context
        for _, evidence in found
    )


async def no_project_named(case: Case) -> Query | None:
    """「联系人是谁」: a field, but of which project?"""
    heard = case.heard
    if heard.projects or (heard.content and len(heard.rest) >= 2):
        return None
    fields = heard.fields or heard.soft_fields
    if not (fields or about_indicators(heard) or heard.part.has("group", "funding")):
        return None
    if everything(heard) and not fields:
        return None
    if fields == ("year",):
        return base(heard, kind=Kind.LOADED)
    whole = any(
        word.text.startswith(("总", "total")) for word in heard.part.words("field", "total")
    )
    if whole and fields == ("total",):
        return base(heard, kind=Kind.TOTAL)
    return base(
        heard, kind=Kind.WHICH_PROJECT, fields=fields, aspects=aspects_of(heard),
        core=core_of(heard),
    )  # fmt: skip


async def not_there(case: Case) -> Query | None:
    """Something was named or asked for, and the registry does not have it."""
    heard = case.heard
    speaks = (
        heard.fields or heard.soft_fields or about_indicators(heard) or heard.asks("own", "projects", "which_project", "how_much", "number")
        or heard.units or heard.figures
    )  # fmt: skip
    if heard.projects:
        return None
    found = await projects_saying(case.sources, heard) if heard.content else []
    near = found[0][0] if found and found[0][1].coverage >= NEAR and not heard.units else None
    if not speaks and near is None:
        return None
    return base(
        heard,
        kind=Kind.UNKNOWN_PROJECT,
        content=heard.content,
        fields=heard.fields,
        candidates=() if near is None else (near,),
    )
