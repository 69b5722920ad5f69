"""Hears a part of a question: which projects, people, units it names, and which words are left."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.question.analysis import Part, Token, assemble, merged, regular_tokens
from bot.question.evidence import projects_of_unit, projects_saying, stated_in
from bot.question.heard import Heard
from bot.question.lexicon import synonym_groups
from bot.question.mending import (
    DOCUMENT_WORD,
    GLUE,
    borne_as_words,
    classes_as_words,
    conditions_as_words,
    held_by_sheets,
    levels_as_words,
    named_by_it,
    past_years_told,
    rejoined,
    repaired,
    results_as_words,
    shared_out,
    verbs_cut_free,
    years_as_words,
)
from bot.question.names import (
    CONNECTORS,
    LEAST_OF_A_NAME,
    MUCH_OF_A_NAME,
    Names,
    counting_no_name,
    heard_as_named,
    in_order,
    projects_named,
    spelt_as_named,
)
from bot.question.people import people_named, units_named
from bot.question.query import Asserted
from bot.question.sources import Sources
from bot.question.wording import beside_of, content_of
from bot.question.years import years_said
from bot.retrieval import NAMED, features, grams
from registry.plan import Plan
from registry.store.grams import passages_of

# Of the words beside a likely name, the share that its sheet must hold for the name to be meant.
BORNE_OUT = 0.5
# Enough of them beside a word of the name that no other sheet has, with nothing before it.
OF_ITS_OWN_WORD = 0.2
JUST_THAT = 0.75


# What is at least so long and was linked for certain is the whole name, not a word of it.
WHOLE_NAME = 6


async def hear(
    text: str,
    sources: Sources,
    context_projects: tuple[int, ...] = (),
    known: Names | None = None,
) -> Heard:
    """The part with its names, unless they are known, people, units and vocabulary recognised."""
    text = spelt_as_named(text, sources.index)
    tokens = counting_no_name(text, regular_tokens(text), sources.index)
    persons = await people_named(text, tokens, sources)
    tokens += persons
    units = await units_named(text, tokens, sources)
    tokens += [await _as_its_project(token, text, sources) for token in units]
    names = known or projects_named(text, tokens, sources.index, context_projects)
    found = names
    part = assemble(text, [*tokens, *names.certain, *names.likely])
    part = await repaired(part, [*tokens, *names.certain, *names.likely], sources)
    part = past_years_told(years_as_words(part))
    part = await verbs_cut_free(borne_as_words(shared_out(part)), sources)
    part = await held_by_sheets(await rejoined(part, sources), sources)
    part = await levels_as_words(named_by_it(conditions_as_words(part)), sources)
    part = await results_as_words(await classes_as_words(part, sources), sources)
    if names == Names() and (mended := await _misheard_name(part, sources)) != text:
        return await hear(mended, sources, context_projects)
    if _asks_which_project(part):
        part, names = _demoted(part, names)
    part, names = _titles_as_words(part, names)
    for token in (*names.certain, *names.likely):
        if await _said_of_another(token, sources):
            part, names = _as_words(token, part), Names()
    part, names = _but_for_the_second(part, names)
    for token in (*names.certain, *names.likely):
        if len(names.certain) + len(names.likely) == 1 and _only_touches(token, part):
            words = _as_words(token, part)
            if await _says_more(token, words, sources):
                part, names = words, Names()
    for token in (*names.certain, *names.likely):
        alone = len(names.certain) + len(names.likely) == 1
        if alone and len(token.text) < WHOLE_NAME:
            words = _as_words(token, part)
            if await _rows_of_others(token, words, sources):
                part, names = words, Names()
    certain = list(names.certain)
    for token in names.likely:
        if await _bears_out(token, part, sources):
            certain.append(token)
    near = names.near
    if not names.certain and names.likely and len(certain) == len(names.likely):
        near = ()
    several = near if _means_all(part, near) else ()
    kept = tuple(
        replace(t, kind="near") if t in names.likely and t not in certain else t
        for t in part.tokens
    )
    part = Part(part.text, kept, part.trace)
    heard = Heard(
        part,
        projects=several
        or tuple(
            dict.fromkeys(t.value for t in kept if t.kind == "project" and isinstance(t.value, int))
        ),
        near=() if several else near,
        persons=tuple(dict.fromkeys(str(token.value) for token in persons)),
        units=tuple(dict.fromkeys(str(t.value) for t in tokens if t.kind == "unit")),
        names=found,
        **await years_said(part, sources),
    )
    content = await _beyond_the_name(part, heard.projects, sources)
    if not content and len(heard.projects) == 1:
        content = await _heard_as_name(part.of("project"), sources)
    return await with_content(heard, content, sources)


SPEAKS_OF_PROJECTS = re.compile("项目|专项|张表|单位|部门")


async def _as_its_project(token: Token, text: str, sources: Sources) -> Token:
    """A unit that runs one project, which is called after it (图书馆 of 图书馆总分馆运行项目), is named for
    that project, where the words do not speak of projects."""
    if SPEAKS_OF_PROJECTS.search(text) or not await sources.few():
        return token
    projects = await projects_of_unit(sources, str(token.value))
    if len(projects) != 1 or token.text not in await sources.name(projects[0]):
        return token
    return replace(token, kind="project", value=projects[0])


# So many characters in a row that the sheet holds and the name does not are no slip in the name.
OF_ITS_OWN = 4


async def _heard_as_name(tokens: tuple[Token, ...], sources: Sources) -> tuple[str, ...]:
    """What was taken for a name that is nearly so (高企重新认定), and is said in the sheet of the
    project in these very words: 重新认定."""
    token = next((t for t in tokens if len(t.text) > OF_ITS_OWN), None)
    if len(tokens) != 1 or token is None or not isinstance(token.value, int):
        return ()
    name = await sources.name(token.value)
    plan = await sources.plan(token.value)
    said = "".join(text for _, _, text in passages_of(plan)) if plan else ""
    runs = (
        token.text[start:end]
        for start in range(len(token.text) - OF_ITS_OWN + 1)
        for end in range(len(token.text), start + OF_ITS_OWN - 1, -1)
    )
    own = next((run for run in runs if run in said and not in_order(run, name)), None)
    return () if own is None else (own,)


async def _misheard_name(part: Part, sources: Sources) -> str:
    """The text with a word of two or three characters that no sheet holds as the names have it."""
    text = part.text
    for token in part.of("rest"):
        if len(token.text) not in {2, 3} or await sources.frequency(grams(token.text)):
            continue
        meant = heard_as_named(token.text, sources.index)
        text = text.replace(token.text, meant) if meant else text
    return text


async def _beyond_the_name(
    part: Part, projects: tuple[int, ...], sources: Sources
) -> tuple[str, ...]:
    """The runs of words but for those that only say more of the name beside them: 农产品检测 of
    农产品质量安全检测经费, 法援 of 「来访接待和法援」 for 群众来访接待与法律援助经费."""
    content = content_of(part)
    more = [run for run in content if NAMED.search(run)] + _joined_to_the_name(part)
    if not projects or not more:
        return content
    if len(projects) > 1:
        more = [run for run in more if NAMED.search(run)]
    names = [await sources.name(project) for project in projects]
    return tuple(
        run
        for run in content
        if run not in more or not any(in_order(NAMED.sub(r"\1", run), name) for name in names)
    )


def _joined_to_the_name(part: Part) -> list[str]:
    """The words that 和 joins to a name."""
    spans = [(t.start, t.end) for t in part.of("project")]
    return [
        words.text
        for words in part.of("rest")
        for start, end in spans
        if CONNECTORS.fullmatch(part.text[end : words.start])
        or CONNECTORS.fullmatch(part.text[words.end : start])
    ]


SAID_TO_BE_TWO = re.compile("[两二2]个.{2,}(?:项目|专项|各|都)|都|各")
SAID_TO_BE_THREE = re.compile("[三3]个.{2,}(?:项目|专项|各|都)|都|各")


def _means_all(part: Part, near: tuple[int, ...]) -> bool:
    """「两个养老服务站项目预算各多少」: whether all that the words come near to are meant, as many as
    was said."""
    said = {2: SAID_TO_BE_TWO, 3: SAID_TO_BE_THREE}.get(len(near))
    return said is not None and said.search(part.text) is not None


async def with_content(heard: Heard, content: tuple[str, ...], sources: Sources) -> Heard:
    """The part with these words to look for."""
    beside = beside_of(heard.part)
    wanted = list(dict.fromkeys(gram for segment in content for gram in grams(segment)))
    frequency = await sources.frequency(wanted) if wanted else {}
    return replace(
        heard,
        content=content,
        beside=beside,
        frequency=frequency,
        wanted=features(content, frequency, beside=beside) if content else (),
    )


def _only_touches(token: Token, part: Part) -> bool:
    """Whether two characters of a name stand inside longer words (维护 in 系统维护经费) or only
    say what is done with something (软件要维护几个)."""
    if len(token.text) > LEAST_OF_A_NAME:
        return False
    return any(len(other.text) > 1 for other in part.of("rest"))


def _as_words(token: Token, part: Part) -> Part:
    """The part with a piece of a name taken as words to look for."""
    tokens = (t.as_rest() if t == token else t for t in part.tokens)
    return Part(part.text, tuple(merged(tokens)), part.trace)


A_FEW = 4


async def _said_of_another(token: Token, sources: Sources) -> bool:
    """Whether a few characters that a name holds apart (质保 in 非物质文化遗产保护, 保管费 in
    医保基金监管专项经费) stand side by side in some sheet, and not in that of the name."""
    if len(token.text) > A_FEW or not isinstance(token.value, int):
        return False
    name = await sources.name(token.value)
    pairs = grams(token.text)
    if any(pair in name for pair in pairs) or not await sources.few():
        return False
    # 质保 is a word of its own, which sheets have as 保修期.
    alike = sorted(synonym_groups().get(token.text, ()))
    frequency = await sources.frequency([*pairs, *(g for word in alike for g in grams(word))])
    if not all(map(frequency.get, pairs)):
        return any(all(map(frequency.get, grams(word))) for word in alike)
    plan = await sources.plan(token.value)
    return plan is not None and all(token.text not in text for _, _, text in passages_of(plan))


async def _says_more(token: Token, words: Part, sources: Sources) -> bool:
    """Whether another project's sheet speaks of the longer word better than the one named by a
    piece of it (系统维护 stands in the table of 信息化, 维护 in the name of another)."""
    heard = await with_content(Heard(words), content_of(words), sources)
    found = await projects_saying(sources, heard)
    own = next((e.coverage for project, e in found if project == token.value), 0.0)
    if not found or found[0][0] == token.value or found[0][1].coverage <= own + 0.15:
        return False
    return token.text in found[0][1].candidate.words


async def _rows_of_others(token: Token, words: Part, sources: Sources) -> bool:
    """Whether a piece of a name belongs to the name of a row that stands in other sheets as well
    as in the one named (老年人满意度)."""
    heard = await with_content(Heard(words), content_of(words), sources)
    run = next((said for said in heard.content if token.text in said and said != token.text), None)
    if run is None:
        return False
    found = await projects_saying(sources, heard, ("indicators",))
    whose = [project for project, evidence in found if run in evidence.candidate.words]
    return len(whose) > 1 and token.value in whose


WHICH_PROJECT = re.compile(
    r"(?:哪个|哪些|哪几个|哪一个|什么|啥|几个|哪几)(?:项目|专项)|哪张表|哪个表|项目(?:有|是)哪(?:些|几?个|几项)?(?:[呢啊呀吗？?，,。 ]|$)"
)


HELD_AGAINST = re.compile("比.{2,}?[多高大少低小]的?")  # 比巨灾多的项目有哪些


def _but_for_the_second(part: Part, names: Names) -> tuple[Part, Names]:
    """「公租房租赁补贴及运营维护」: what looks like a name behind 及 and words that name nothing here is
    the end of another's."""
    named = (*names.certain, *names.likely)
    if len(named) != 1:
        return part, names
    token = named[0]
    before = part.text[: token.start].removesuffix("及")
    strange = any(t.end == len(before) and len(t.text) >= MUCH_OF_A_NAME for t in part.of("rest"))
    if not strange or len(before) == token.start or not isinstance(token.value, int):
        return part, names
    kept = tuple(replace(t, kind="near") if t == token else t for t in part.tokens)
    return Part(part.text, kept, part.trace), Names(near=(token.value,))


def _titles_as_words(part: Part, names: Names) -> tuple[Part, Names]:
    """「哪些项目的依据是水利工程维修养护管理办法」: a name that runs into a word for documents is part of a
    title, where it is asked which project rests on it."""
    rests = {token.start: token for token in part.of("rest")}
    titles = {
        token
        for token in names.certain
        if (after := rests.get(token.end)) and DOCUMENT_WORD.search(after.text)
    }
    if not titles or not (part.has("ask", "which_project") or WHICH_PROJECT.search(part.text)):
        return part, names
    kept = tuple(token.as_rest() if token in titles else token for token in part.tokens)
    certain = tuple(token for token in names.certain if token not in titles)
    return Part(part.text, tuple(merged(kept)), part.trace), replace(names, certain=certain)


def _asks_which_project(part: Part) -> bool:
    """Whether the project itself is what is asked for, so that words like a name are no name."""
    compares = part.has("ask", "compare", "difference", "ratio", "same", "except", "also")
    compares = compares or HELD_AGAINST.search(part.text) is not None
    return bool(WHICH_PROJECT.search(part.text)) and not compares


def _demoted(part: Part, names: Names) -> tuple[Part, Names]:
    """Pieces of names become words to look for; only whole names stay names."""
    whole = {t for t in names.certain if len(t.text) >= WHOLE_NAME}
    kept = tuple(t if t.kind != "project" or t in whole else t.as_rest() for t in part.tokens)
    return Part(part.text, tuple(merged(kept)), part.trace), Names(certain=tuple(whole))


async def _names_another(token: Token, before: str, sources: Sources) -> bool:
    """Whether the words right before a piece of a name are none of those that stand before it in
    the name or anywhere in the sheet: 养老服务补贴 is not 公交运营补贴."""
    if not isinstance(token.value, int):
        return False
    name = await sources.name(token.value)
    place = name.find(token.text)
    if place == 0 or in_order(before, name):
        return False
    plan = await sources.plan(token.value)
    said = "".join(text for _, _, text in passages_of(plan)) if plan else ""
    # The words are known where cutting them into pairs, from either end, leaves only known pairs.
    cuts = (grams(before)[::2], grams(before)[::-2])
    return not any(all(gram in said for gram in cut) for cut in cuts)


NAMED_ON = re.compile("(?:及[\u4e00-\u9fff]{2,8}?)?(?:补助|补贴|改造|建设)?(?:项目|专项)")


async def _bears_out(token: Token, part: Part, sources: Sources) -> bool:
    """Whether the sheet of a likely project speaks of the other words too (打非培训要多少人)."""
    beside = [
        other for other in part.tokens
        if other.kind == "rest" and (other.end == token.start or other.start == token.end)
    ]  # fmt: skip
    lone = [other.text for other in beside if other.end == token.start and len(other.text) == 1]
    if any(char not in GLUE for char in lone):
        return False  # 水灾保险 is not 灾保险
    if len(token.text) >= MUCH_OF_A_NAME and not beside:
        return True
    before = next((other.text for other in beside if other.end == token.start), "")
    if len(before) > 1 and await _names_another(token, before, sources):
        return False
    others = Part(part.text, tuple(t for t in part.tokens if t != token), ())
    content = content_of(others)
    if not content:
        return True
    if not isinstance(token.value, int):
        return False
    plan = await sources.plan(token.value)
    if plan is None:
        return False
    wanted = list(dict.fromkeys(gram for segment in content for gram in grams(segment)))
    frequency = await sources.frequency(wanted)
    # 农村公路养护项目 is not the one whose name begins with 农村, unless its sheet speaks of just that.
    goes_on = any(o.start == token.end and NAMED_ON.match(part.text, o.end) for o in beside)
    for by_sound in (False, True):
        found = sources.retriever.find(plan, features(content, frequency, by_sound=by_sound))
        if found and found[0].coverage >= (JUST_THAT if goes_on else BORNE_OUT):
            return True
    if goes_on:
        return False
    if await _stated_there(part, plan, sources):
        return True
    if part.text[token.end : token.end + 1] in OFFICES:
        return False
    name = await sources.name(token.value)
    if len(token.text) < LEAST_OF_A_NAME or not await _no_other_says(token, sources):
        return False
    return name.startswith(token.text) or (
        not lone and not before and bool(found) and found[0].coverage >= OF_ITS_OWN_WORD
    )


async def _stated_there(part: Part, plan: Plan, sources: Sources) -> bool:
    """Whether the sheet states an amount of money that was said: 「打非办40.37万」 is of that project."""
    said = [t.value for t in part.of("figure") if isinstance(t.value, Asserted)]
    return any(figure.is_money and stated_in(sources, plan, figure.value) for figure in said)


OFFICES = frozenset("办局委")  # 打非办 is an office that a sheet speaks of, not the project


async def _no_other_says(token: Token, sources: Sources) -> bool:
    """Whether no other sheet says what was said: 打非 is that project, whatever is asked of it and is
    not there."""
    pairs = grams(token.text)
    hits = await sources.store.search(pairs, limit=50)
    return all(hit.project_id == token.value for hit in hits if hit.matched == len(pairs))
