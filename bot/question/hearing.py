"""Hears a part of a question: which projects, people, units it names, and which words are left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from bot.question.analysis import (
    HAN,
    Part,
    Token,
    assemble,
    merged,
    regular_tokens,
    vocabulary_tokens,
)
from bot.question.lexicon import generic_words, lexicon, spoken_words, synonym_groups
from bot.question.query import Asserted, Due, Holds
from bot.question.sources import Sources, sounds_of
from bot.retrieval import (
    NAME_CLOSE,
    NAME_OPEN,
    Evidence,
    Feature,
    features,
    grams,
)
from registry.errors import PlanNotFound
from registry.index import Match, NameIndex
from registry.pinyin import sounds
from registry.plan import Plan
from registry.scope import Scope

MOST_PROJECTS = 4  # named in one part of a question
NEAR_LOOKED_AT = 6
FEW_TO_READ = 30  # up to so many plans every one is held against the words
HARD_FIELDS = frozenset(
    {"contact_person", "contact_phone", "supervising_department", "implementing_unit"}
)
HAN_RUN = re.compile(f"[{HAN}]+")
LATIN_NAME = re.compile(r"[a-z]{5,20}")
# A project is named by at least this many characters that are not words of the vocabulary.
LEAST_OF_A_NAME = 2
# Of the words beside a likely name, the share that its sheet must hold for the name to be meant.
BORNE_OUT = 0.5
# What is at least so long and was linked for certain is the whole name, not a word of it.
WHOLE_NAME = 6
# A run of a name so long, that no other name holds, is meant whatever stands beside it.
LONG_PIECE = 5
# A near match so similar that it differs by its characters alone (达菲 for 打非).
SOUNDS_LIKE = 85.0


@dataclass(frozen=True)
class Heard:
    """A part of a question and everything in it that the registry knows."""

    part: Part
    projects: tuple[int, ...] = ()
    near: tuple[int, ...] = ()
    persons: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    content: tuple[str, ...] = ()
    wanted: tuple[Feature, ...] = ()
    beside: tuple[str, ...] = ()
    frequency: dict[str, int] = field(default_factory=dict, compare=False)
    of_person: bool = False  # the projects are those of the person named

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of a plan that were named outright, in order."""
        return self.part.said("field")

    @property
    def soft_fields(self) -> tuple[str, ...]:
        """Fields that may be meant where nothing else is."""
        return self.part.said("soft")

    def asks(self, *concepts: str) -> bool:
        """Whether one of these question words was said."""
        return self.part.has("ask", *concepts)

    @property
    def figures(self) -> tuple[Asserted, ...]:
        """The figures stated."""
        return tuple(
            token.value for token in self.part.of("figure") if isinstance(token.value, Asserted)
        )

    @property
    def due(self) -> Due | None:
        """The deadline stated."""
        return next((t.value for t in self.part.of("due") if isinstance(t.value, Due)), None)

    def first(self, kind: str) -> Any:
        """The value of the first token of a kind, or None."""
        return next((token.value for token in self.part.of(kind)), None)

    @property
    def which_project(self) -> bool:
        """Whether projects are asked for: 哪个项目, or a 哪些 that no other noun follows."""
        if not self.asks("which_project"):
            return False
        if re.search("项目|专项|表", self.part.text):
            return True
        for place, token in enumerate(self.part.tokens):
            if ("ask", "which_project") in token.senses:
                after = self.part.tokens[place + 1 : place + 2]
                if not after or after[0].kind != "rest" or after[0].start != token.end:
                    return True
        return False

    @property
    def rest(self) -> str:
        """The characters nothing explains."""
        return "".join(token.text for token in self.part.of("rest"))


async def hear(text: str, sources: Sources, context_projects: tuple[int, ...] = ()) -> Heard:
    """The part with its names, people, units and vocabulary recognised."""
    tokens = regular_tokens(text)
    persons = await _people(text, tokens, sources)
    tokens += persons
    tokens += await _units(text, tokens, sources)
    names = _projects(text, tokens, sources.index, context_projects)
    part = assemble(text, [*tokens, *names.certain, *names.likely])
    part = await _repaired(part, [*tokens, *names.certain, *names.likely], sources)
    part = _years_as_words(part)
    part = await _held_by_sheets(await _rejoined(part, sources), sources)
    if _asks_which_project(part):
        part, names = _demoted(part, names, sources)
    certain = list(names.certain)
    if len(certain) == 1 and _only_touches(certain[0], part):
        words = Part(part.text, tuple(merged(
            Token(t.start, t.end, t.text, "rest", t.text) if t == certain[0] else t for t in part.tokens
        )), part.trace)  # fmt: skip
        if await _says_more(certain[0], words, sources):
            part, certain, names = words, [], Names()
    for token in names.likely:
        if await _bears_out(token, part, sources):
            certain.append(token)
    near = names.near
    if not names.certain and names.likely and len(certain) == len(names.likely):
        near = ()
    kept = tuple(
        Token(
            t.start,
            t.end,
            t.text,
            "near" if t in names.likely and t not in certain else t.kind,
            t.value,
            t.senses,
        )
        for t in part.tokens
    )
    part = Part(part.text, kept, part.trace)
    heard = Heard(
        part,
        projects=tuple(
            dict.fromkeys(t.value for t in kept if t.kind == "project" and isinstance(t.value, int))
        ),
        near=near,
        persons=tuple(dict.fromkeys(str(token.value) for token in persons)),
        units=tuple(dict.fromkeys(str(t.value) for t in tokens if t.kind == "unit")),
    )
    return await with_content(heard, content_of(part), sources)


async def with_content(heard: Heard, content: tuple[str, ...], sources: Sources) -> Heard:
    """The part with these words to look for."""
    beside = _beside(heard.part)
    wanted = list(dict.fromkeys(gram for segment in content for gram in grams(segment)))
    frequency = await sources.frequency(wanted) if wanted else {}
    return replace(
        heard,
        content=content,
        beside=beside,
        frequency=frequency,
        wanted=features(content, frequency, beside=beside) if content else (),
    )


def _beside(part: Part) -> tuple[str, ...]:
    """Question words that also choose between passages: 最多, 总共, 每年."""
    groups = synonym_groups()
    return tuple(
        token.text
        for token in part.tokens
        if token.kind == "word"
        and token.text in groups
        and token.senses & {("ask", "max"), ("ask", "min"), ("ask", "sum"), ("ask", "each")}
    )


DOCUMENT_WORD = re.compile("方案|办法|条例|规定|意见|细则|批示|请示|协议|号文|纪要")


def _years_as_words(part: Part) -> Part:
    """「依据里2018年那个文」: beside a word for documents a year is part of what is looked for."""
    about_documents = (
        DOCUMENT_WORD.search(part.text) is not None
        or part.has("field", "approval_basis") or part.has("soft", "approval_basis") or part.of("number_part")
    )  # fmt: skip
    if not about_documents:
        return part
    kept = tuple(
        Token(t.start, t.end, t.text, "rest", str(t.value)) if t.kind == "year" else t
        for t in part.tokens
    )
    return Part(part.text, kept, part.trace)


def _only_touches(token: Token, part: Part) -> bool:
    """Whether two characters of a name stand inside a longer word (维护 in 系统维护经费)."""
    if len(token.text) > LEAST_OF_A_NAME:
        return False
    return any(other.kind == "rest" and len(other.text) > 1 and other.end == token.start for other in part.tokens)


async def _says_more(token: Token, words: Part, sources: Sources) -> bool:
    """Whether another project's sheet speaks of the longer word better than the one named by a
    piece of it (系统维护 stands in the table of 信息化, 维护 in the name of another)."""
    heard = await with_content(Heard(words), content_of(words), sources)
    found = await projects_saying(sources, heard)
    own = next((e.coverage for project, e in found if project == token.value), 0.0)
    return bool(found) and found[0][0] != token.value and found[0][1].coverage > own + 0.15


# Lone characters that only glue a sentence; others (上, 打, 出) may belong to the word beside them.
GLUE = frozenset("的地得了吗呢吧啊呀哈哦嘛么是在有要就都还也又请问我你您他它这那和与跟及或个把被将")


# What makes a measure of the word before it: 合格率, 满意度.
MEASURED_BY = frozenset("率度数额量比")


def _beside_lone_rest(tokens: Sequence[Token], place: int) -> bool:
    """Whether a single character is left right beside (快 and 检 of 快检)."""
    here = tokens[place]
    beside = [tokens[other] for other in (place - 1, place + 1) if 0 <= other < len(tokens)]
    return any(
        other.kind == "rest" and len(other.text) == 1 and (other.end == here.start or here.end == other.start)
        for other in beside
    )


async def _held_by_sheets(part: Part, sources: Sources) -> Part:
    """Facts that sheets of this kind do not state, where the sheets loaded do speak of them
    (校长陪餐), are words to look for like any other."""
    absent = [t for t in part.tokens if any(group == "absent" for group, _ in t.senses)]
    of_a_person = part.of("person") or part.has("field", "contact_person", "contact_phone")
    if not absent or of_a_person:
        return part
    frequency = await sources.frequency([gram for token in absent for gram in grams(token.text)])
    held = {t for t in absent if all(frequency.get(gram, 0) for gram in grams(t.text))}
    tokens = (Token(t.start, t.end, t.text, "rest", t.text) if t in held else t for t in part.tokens)
    return Part(part.text, tuple(merged(tokens)), part.trace)


async def _rejoined(part: Part, sources: Sources) -> Part:
    """Lone filler characters that form a pair of the sheets with what is left beside them go back
    to it: 上 in 上市, 出 in 支出."""
    pairs: dict[int, list[str]] = {}
    for place, token in enumerate(part.tokens):
        after = part.tokens[place + 1] if place + 1 < len(part.tokens) else None
        if token.kind == "word" and len(token.text) == 2 and after and after.text[0] in MEASURED_BY:
            if after.start == token.end and after.kind == "rest":
                pairs.setdefault(place, []).append(token.text[-1] + after.text[0])
            continue
        if token.kind != "word" or len(token.text) != 1 or token.text in GLUE:
            continue
        if not any(group in {"filler", "soft", "ask"} for group, _ in token.senses):
            continue
        for other in (place - 1, place + 1):
            if 0 <= other < len(part.tokens) and part.tokens[other].kind in {"rest", "word"}:
                beside = part.tokens[other]
                if beside.kind == "word" and (len(beside.text) > 1 or beside.text in GLUE):
                    continue
                if beside.end == token.start:
                    pairs.setdefault(place, []).append(beside.text[-1] + token.text)
                elif token.end == beside.start:
                    pairs.setdefault(place, []).append(token.text + beside.text[0])
    if not pairs:
        return part
    frequency = await sources.frequency(
        [pair for found in pairs.values() for pair in found]
    )
    back = {
        place for place, found in pairs.items() if any(frequency.get(pair, 0) for pair in found)
    }
    tokens = [
        Token(t.start, t.end, t.text, "rest", t.text) if place in back else t
        for place, t in enumerate(part.tokens)
    ]
    return Part(part.text, tuple(merged(tokens)), part.trace)


WHICH_PROJECT = re.compile(
    r"(?:哪个|哪些|哪几个|哪一个|什么|啥|几个|哪几)(?:项目|专项)|哪张表|哪个表|项目(?:有|是)哪"
)


def _asks_which_project(part: Part) -> bool:
    """Whether the project itself is what is asked for, so that words like a name are no name."""
    compares = part.has("ask", "compare", "difference", "ratio", "same", "except", "also")
    return bool(WHICH_PROJECT.search(part.text)) and not compares


def _demoted(part: Part, names: Names, sources: Sources) -> tuple[Part, Names]:
    """Pieces of names become words to look for; only whole names stay names."""
    whole = {t for t in names.certain if len(t.text) >= WHOLE_NAME}
    kept = tuple(
        t if t.kind != "project" or t in whole else Token(t.start, t.end, t.text, "rest", t.text)
        for t in part.tokens
    )
    return Part(part.text, tuple(merged(kept)), part.trace), Names(certain=tuple(whole))


async def _bears_out(token: Token, part: Part, sources: Sources) -> bool:
    """Whether the sheet of a likely project speaks of the other words too (打非培训要多少人)."""
    for other in part.tokens:
        touches = other.end == token.start or other.start == token.end
        if touches and other.kind == "rest" and len(other.text) == 1 and other.text not in GLUE:
            return False  # 水灾保险 is not 灾保险
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
    for by_sound in (False, True):
        found = sources.retriever.find(plan, features(content, frequency, by_sound=by_sound))
        if found and found[0].coverage >= BORNE_OUT:
            return True
    return False


def _free_runs(text: str, tokens: Iterable[Token]) -> list[tuple[int, str]]:
    """Runs of Han characters that no token covers, with their places."""
    covered = list(text)
    for token in tokens:
        covered[token.start : token.end] = " " * (token.end - token.start)
    return [(match.start(), match.group()) for match in HAN_RUN.finditer("".join(covered))]


def _pieces(runs: Iterable[tuple[int, str]], shortest: int, longest: int) -> dict[str, int]:
    """All pieces of the runs of a length, with the place of the first."""
    found: dict[str, int] = {}
    for place, run in runs:
        for start in range(len(run)):
            for end in range(start + shortest, min(len(run), start + longest) + 1):
                found.setdefault(run[start:end], place + start)
    return found


async def _people(text: str, tokens: Sequence[Token], sources: Sources) -> list[Token]:
    """Contact persons named: in full, by given name, or by the sound of the name."""
    pieces = _pieces(_free_runs(text, tokens), 2, 4)
    latin = {match.group(): match.start() for match in LATIN_NAME.finditer(text)}
    found = [
        Token(pieces[name], pieces[name] + len(name), name, "person", name)
        for name in await sources.find_people(list(pieces))
    ]
    if found:
        return found
    for said, name in await _people_by_sound(pieces, latin, sources):
        place = pieces.get(said, latin.get(said, 0))
        found.append(Token(place, place + len(said), said, "person", name))
    return found


async def _people_by_sound(
    pieces: dict[str, int], latin: dict[str, int], sources: Sources
) -> list[tuple[str, str]]:
    """(what was said, whose name it is) by the sound of the whole name, or a given name that only
    one person has. The second only where the people are few: given names repeat in large offices."""
    sounds = {sounds_of(piece): piece for piece in pieces if len(piece) >= 3}
    found = await sources.find_people_by_sound(list(sounds)) if sounds else []
    if found:
        return [(sounds[sound], name) for sound, name in found]
    if not latin and not any(len(piece) == 2 for piece in pieces):
        return []
    names = await sources.people()
    spelled = {sounds_of(name).replace(" ", ""): name for name in names}
    heard = [(said, spelled[said]) for said in latin if said in spelled]
    given = {
        piece: [name for name in names if len(name) == 3 and name.endswith(piece)]
        for piece in pieces
        if len(piece) == 2
    }
    return heard + [(said, whose[0]) for said, whose in given.items() if len(whose) == 1]


async def _units(text: str, tokens: Sequence[Token], sources: Sources) -> list[Token]:
    """Departments and units named in full or by their short form (财政局); the longest counts."""
    pieces = _pieces(_free_runs(text, tokens), 3, 24)
    found: list[Token] = []
    for unit in await sources.find_units(list(pieces)):
        for said in {unit.name, unit.form}:
            if said in pieces:
                found.append(Token(pieces[said], pieces[said] + len(said), said, "unit", unit.name))
    if not found:
        found = await _units_by_abbreviation(text, tokens, sources)
    found.sort(key=lambda token: token.start - token.end)
    kept: list[Token] = []
    for token in found:
        if not any(other.start < token.end and token.start < other.end for other in kept):
            kept.append(token)
    return kept


SHORT_UNIT = re.compile(f"[{HAN}]{{2,7}}(?:局|委|办|院|中心|所|站|队|社|馆|厅)")


async def _units_by_abbreviation(
    text: str, tokens: Sequence[Token], sources: Sources
) -> list[Token]:
    """「教体局」「卫健委」: characters of one unit's name in their order, where the units are few."""
    names = [unit.name for unit in await sources.units()]
    found: list[Token] = []
    for place, run in _free_runs(text, tokens) if names else ():
        for match in SHORT_UNIT.finditer(run):
            for start in range(match.end() - match.start() - 2):
                said = match.group()[start:]
                meant = [name for name in names if _abbreviates(said, name)]
                if len(meant) == 1:
                    at = place + match.start() + start
                    found.append(Token(at, at + len(said), said, "unit", meant[0]))
                    break
    return found


def _abbreviates(said: str, name: str) -> bool:
    """Whether the characters stand in the name in order, each run of the name losing only its end."""
    ending = {"局": "局", "委": "委员会"}.get(said[-1], said[-1])
    if not name.endswith((ending, said[-1])):
        return False
    place = 0
    for char in said:
        place = name.find(char, place) + 1
        if place == 0:
            return False
    return True


@dataclass(frozen=True)
class Names:
    """Projects named for certain, one that is likely, and candidates where it is neither."""

    certain: tuple[Token, ...] = ()
    likely: tuple[Token, ...] = ()
    near: tuple[int, ...] = ()


CONNECTORS = re.compile(r"相当于|和|跟|与|加|比|及|还是|或者?|、|\+|vs|对")


JOINS = re.compile(rf"(?:项目|专项)?(?:{CONNECTORS.pattern})")


def _projects(
    text: str, tokens: Sequence[Token], index: NameIndex, context_projects: tuple[int, ...]
) -> Names:
    """The projects that a part names: in the whole text first, then in what its question words
    leave, then between the words that join several names."""
    masked = _masked(text, tokens)
    bare = _masked(masked, vocabulary_tokens(masked, ()))
    joined = CONNECTORS.sub(lambda match: "，" * len(match.group()), bare)
    certain: list[Token] = []
    # Several names joined are looked at one by one first: 信息化比打非 is two names, not one.
    in_words = CONNECTORS.sub(lambda match: "，" * len(match.group()), masked)
    one_by_one = (*_chunks(joined), *(_chunks(in_words) if in_words != masked else ()))
    views = (*one_by_one, masked, bare) if joined != bare else (masked, bare, *one_by_one)
    for view in dict.fromkeys(views):
        certain.extend(_certain(text, view, index, certain))
        if len(certain) >= MOST_PROJECTS:
            break
    if certain:
        for view in dict.fromkeys((joined, in_words)):
            certain += _beside_certain(text, view, index, certain)
        return Names(tuple(sorted(certain, key=lambda token: token.start)))
    looked_at = tuple(dict.fromkeys((masked, bare, *one_by_one)))
    near = _near(text, looked_at, index)
    told = {match.project_id for view in looked_at for match in _near_matches(index, view)}
    spoken_of = [near[project] for project in context_projects if project in near]
    tied = tuple(project for project in near if project in told)
    if len(near) > 1 and len(spoken_of) == 1:
        return Names(likely=tuple(spoken_of), near=tied)
    if len(near) == 1:
        (token,) = near.values()
        if len(token.text) >= LONG_PIECE:
            return Names(certain=(token,))
        return Names(likely=(token,), near=tied)
    return Names(near=tied)


def _near_matches(index: NameIndex, view: str) -> Sequence[Match]:
    link = index.link(view)
    return link.matches if link.outcome != "unknown" else ()


def _near(text: str, views: Iterable[str], index: NameIndex) -> dict[int, Token]:
    """Projects whose name holds what was said, or sounds just like it; of several only those that
    fit as well as the best, so that one that fits better stands alone."""
    found: dict[int, tuple[int, Token]] = {}
    for view in views:
        for match in index.find(view, NEAR_LOOKED_AT):
            said = text[match.start : match.end]
            held = longest_common(said, match.name)
            if match.similarity >= SOUNDS_LIKE and len(held) < LEAST_OF_A_NAME:
                held = said
            mostly = len(said) >= 3 and _shared(said, match.name) >= 0.6 * len(said)
            if len(held) < LEAST_OF_A_NAME and (_in_order(said, match.name) or mostly):
                held = said
            if _shared(held, held) < LEAST_OF_A_NAME or _is_vocabulary(held):
                continue
            start = text.find(held)
            if start < 0:
                continue
            token = Token(start, start + len(held), held, "project", match.project_id)
            if match.project_id not in found or len(held) > found[match.project_id][0]:
                found[match.project_id] = (len(held), token)
    longest = max((length for length, _ in found.values()), default=0)
    return {project: token for project, (length, token) in found.items() if length == longest}


def _in_order(said: str, name: str) -> bool:
    """Whether all characters said stand in the name in their order (公卫 in 公共卫生)."""
    place = 0
    for char in said:
        place = name.find(char, place) + 1
        if place == 0:
            return False
    return True


def longest_common(said: str, name: str) -> str:
    """The longest run of characters that stands in both."""
    for size in range(len(said), 1, -1):
        for start in range(len(said) - size + 1):
            if said[start : start + size] in name:
                return said[start : start + size]
    return ""


def _beside_certain(
    text: str, view: str, index: NameIndex, certain: Sequence[Token]
) -> list[Token]:
    """「饮水和公路养护」: a short name joined to a certain one, where it can be only one."""
    found: list[Token] = []
    for chunk in _chunks(_masked(view, certain)):
        link = index.link(chunk)
        ids = {match.project_id for match in link.matches}
        if link.outcome == "near" and len(ids) == 1:
            match = link.matches[0]
            said = text[match.start : match.end]
            run = chunk.strip("，")
            joins = any(
                JOINS.fullmatch(text[min(t.end, match.end) : max(t.start, match.start)] or " ")
                for t in certain
            )
            if joins and len(run) - len(said) <= 1 and _shared(said, match.name) >= LEAST_OF_A_NAME:
                found.append(Token(match.start, match.end, said, "project", match.project_id))
    return found


def _shared(said: str, name: str) -> int:
    """How many characters of what was said stand in the name, or as many as said in pinyin."""
    if said.isascii():
        return len(said)
    return sum(char in name for char in said if char not in GENERIC_OF_NAMES)


# 项目 and the like stand in most names and tell none.
GENERIC_OF_NAMES = frozenset("项目专经费资工作")


def _masked(text: str, tokens: Iterable[Token]) -> str:
    masked = list(text)
    for token in tokens:
        masked[token.start : token.end] = "，" * (token.end - token.start)
    return "".join(masked)


def _chunks(view: str) -> list[str]:
    """Each run of the view alone, the rest blanked, so that places stay as they are."""
    runs = [match.span() for match in re.finditer(r"[^，\s]{2,}", view)]
    if not runs or len(runs) > 6:
        return []
    return ["，" * start + view[start:end] + "，" * (len(view) - end) for start, end in runs]


def _certain(text: str, view: str, index: NameIndex, known: Sequence[Token]) -> Iterator[Token]:
    """Names in the view that are certain, one after the other, none overlapping what is known."""
    seen = list(known)
    for _ in range(MOST_PROJECTS):
        view = _masked(view, seen)
        link = index.link(view)
        if link.outcome != "certain":
            return
        match = link.matches[0]
        said = text[match.start : match.end]
        token = Token(match.start, match.end, said, "project", match.project_id)
        seen.append(token)
        if len(said) < LEAST_OF_A_NAME or _is_vocabulary(said):
            continue
        if all(t.value != match.project_id for t in known):
            yield token


def _is_vocabulary(said: str) -> bool:
    """Whether words of the vocabulary leave less than a name of what was said."""
    free = len(said)
    place = 0
    for word in sorted(lexicon().spot(said), key=lambda word: (word.start, -word.end)):
        if word.start >= place:
            free -= word.end - word.start
            place = word.end
    return free <= 0


PER = re.compile("(?:一|每)(?:个)?(?P<of>座|户|亩|人|次|公里|家|名|套|台|个)")


def content_of(part: Part) -> tuple[str, ...]:
    """The words to look for in indicators and passages: runs of what is left, with the soft words
    and the parts of names that touch them (区打非办, 举报奖励资金)."""
    segments: list[str] = []
    run: list[Token] = []

    def close() -> None:
        if any(token.kind in {"rest", "number_part"} for token in run):
            segments.append("".join(_as_content(token) for token in run))
        run.clear()

    for token in part.tokens:
        joins = token.kind in {"rest", "project", "near", "number_part", "due"} or _may_be_content(
            token
        )
        joins = joins and not (token.kind == "rest" and CONNECTORS.fullmatch(token.text))
        alone = _of_one(token) or bool(run and _of_one(run[-1]))
        if run and (not joins or alone or token.start != run[-1].end):
            close()
        if joins:
            run.append(token)
    close()
    groups = synonym_groups()
    generic = generic_words()
    found = dict.fromkeys(s for s in segments if len(s) > 1 or s in groups)
    return tuple(found) if any(segment not in generic for segment in found) else ()


def _of_one(token: Token) -> bool:
    """Whether the token is a 每亩 or 每户: a price is asked of one."""
    return token.kind == "rest" and len(token.text) == 2 and token.text[0] == "每"


def _as_content(token: Token) -> str:
    if token.kind == "due" and isinstance(token.value, Due) and token.value.month:
        return f"{token.value.month}月底"
    return f"{NAME_OPEN}{token.text}{NAME_CLOSE}" if token.kind == "project" else token.text


def _may_be_content(token: Token) -> bool:
    groups = {group for group, _ in token.senses}
    return (
        token.kind == "word" and len(token.text) > 1 and ("soft" in groups and not groups & {"ask"})
    )


async def _repaired(part: Part, known: Sequence[Token], sources: Sources) -> Part:
    """Field words typed with a wrong character of the same sound (联席人, 与算) are heard as meant,
    where no sheet holds what was typed."""
    rests = [token for token in part.tokens if token.kind == "rest" and HAN_RUN.search(token.text)]
    windows: dict[str, int] = {}
    for token in rests:
        for size in (4, 3, 2):
            for start in range(len(token.text) - size + 1):
                windows.setdefault(token.text[start : start + size], token.start + start)
    if not windows:
        return part
    repairs = _by_sound(windows)
    if not repairs:
        return part
    frequency = await sources.frequency(
        list(dict.fromkeys(gram for said in repairs for gram in grams(said)))
    )
    text = part.text
    trace = list(part.trace)
    for said, meant in repairs.items():
        strange = [frequency.get(gram, 0) == 0 for gram in grams(said)]
        if all(strange) or (len(said) == 4 and any(strange)):
            text = text.replace(said, meant)
            trace.append(f"word by its sound: {said} -> {meant}")
    if text == part.text:
        return part
    mended = assemble(text, known)
    return Part(mended.text, mended.tokens, tuple(trace))


# Of words of two characters only those printed on sheets are heard in others of the same sound:
# 县里 would be found in 保险理赔.
PRINTED = frozenset(
    ("预算", "电话", "依据", "指标", "目标", "概况", "分值", "核心", "资金", "权重", "经费", "单位", "总额", "金额")
)


def _by_sound(windows: dict[str, int]) -> dict[str, str]:
    words = spoken_words()
    senses = lexicon().senses
    found: dict[str, str] = {}
    for said in sorted(windows, key=len, reverse=True):
        if any(said in longer for longer in found):
            continue
        if len(said) == 4 and (near_word := _one_character_off(said)):
            found[said] = near_word
            continue
        meant = words.get("".join(sounds().read(said)))
        if meant and len(meant) == 2 and meant not in PRINTED:
            continue
        if (
            meant
            and meant != said
            and len(meant) == len(said)
            and any(group in {"field", "ask"} for group, _ in senses[meant])
        ):
            found[said] = meant
    return found


def _one_character_off(said: str) -> str | None:
    """The field word of four characters that differs in one (联系电活)."""
    blanked = _blanked_fields()
    return next(
        (blanked[key] for place in range(4) if (key := f"{said[:place]}＿{said[place + 1 :]}") in blanked),
        None,
    )


@cache
def _blanked_fields() -> dict[str, str]:
    """The field words of four characters by each of their forms with one character left out."""
    words = [
        word
        for word, senses in lexicon().senses.items()
        if len(word) == 4 and any(group == "field" for group, _ in senses)
    ]
    return {f"{word[:place]}＿{word[place + 1 :]}": word for word in words for place in range(4)}


async def plan_of(sources: Sources, project_id: int, year: int | None = None) -> Plan:
    """The project's plan; PlanNotFound where there is none."""
    plan = await sources.plan(project_id, year)
    if plan is None:
        raise PlanNotFound(f"project {project_id} has no plan for {year or 'any year'}")
    return plan


async def evidence_in(
    sources: Sources, heard: Heard, project_id: int, fields: Sequence[str] = ()
) -> list[Evidence]:
    """What one project's plan says about the words of the question, best first."""
    plan = await sources.plan(project_id)
    if plan is None or not heard.wanted:
        return []
    found = sources.retriever.find(plan, heard.wanted, fields)
    if found and found[0].coverage >= 0.75:
        return found
    by_sound = features(heard.content, heard.frequency, by_sound=True, beside=heard.beside)
    return sources.retriever.find(plan, by_sound, fields)


async def projects_saying(
    sources: Sources, heard: Heard, fields: Sequence[str] = (), most: int = 12
) -> list[tuple[int, Evidence]]:
    """The projects whose plans say something about the words, best first."""
    wanted = [gram for segment in heard.content for gram in grams(segment)]
    looked_for = list(dict.fromkeys([*wanted, *_synonym_grams(heard.wanted)]))
    if not looked_for:
        return []
    hits = await sources.store.search(looked_for, limit=200, fields=list(fields) or None)
    order: dict[int, int] = {}
    for hit in hits:
        order[hit.project_id] = max(order.get(hit.project_id, 0), hit.matched)
    best: list[tuple[int, Evidence]] = []
    if len(order) < FEW_TO_READ and await sources.count() <= FEW_TO_READ:
        # Few enough to hold the words against every sheet: 非集 finds 非法集资 by no pair of its own.
        for plan in await sources.store.plans(Scope(), limit=FEW_TO_READ):
            if plan.record is not None:
                order.setdefault(plan.record.project_id, 0)
        most = FEW_TO_READ
    for project_id in sorted(order, key=lambda key: -order[key])[:most]:
        found = await evidence_in(sources, heard, project_id, fields)
        if found:
            best.append((project_id, found[0]))
    return sorted(best, key=lambda pair: -pair[1].score)


def _synonym_grams(wanted: Iterable[Feature]) -> list[str]:
    return [
        gram
        for feature in wanted
        for word in feature.synonyms
        for gram in grams(word)
        if len(word) > 1
    ]


async def projects_of(sources: Sources, person: str) -> tuple[int, ...]:
    """The projects a person is the contact of, in the order of the sheets."""
    plans = await sources.store.plans(Scope(contact_person=person), limit=50)
    return tuple(plan.record.project_id for plan in plans if plan.record)


def holds_of(part: Part) -> tuple[Holds, ...]:
    """The figures that are said as a condition: 超过三百万, 100万以下, 100万到300万之间."""
    figures = [token for token in part.tokens if token.kind == "figure"]
    found: list[Holds] = []
    for token in figures:
        figure = token.value
        if isinstance(figure, Asserted):
            comparison = _comparison_beside(part, token)
            if comparison:
                found.append(Holds(comparison, figure))
    if not found and len(figures) == 2:
        between = part.text[figures[0].end : figures[1].start].strip()
        first, second = (token.value for token in figures)
        if (
            between in {"到", "至", "-", "~", "和", "与", "—", "跟"}
            and isinstance(first, Asserted)
            and isinstance(second, Asserted)
        ):
            if first.unit is None and second.is_money:
                first = Asserted(
                    first.value * (second.value / _said_number(second)), "元", said=first.said
                )
            return (Holds("≥", first), Holds("≤", second))
    return tuple(found)


def _said_number(figure: Asserted) -> Any:
    from registry.amounts import parse_amount

    parsed = parse_amount(figure.said)
    return parsed[0] if parsed and parsed[0] else figure.value


BEFORE = {"more_than": ">", "at_least": "≥", "less_than": "<", "at_most": "≤"}
AFTER = {"after_more": "≥", "after_less": "≤", "after_at_most": "≤"}
EXCLUSIVE = re.compile(r"不含|不包括|不算|不包含")


def _comparison_beside(part: Part, token: Token) -> str | None:
    for word in part.tokens:
        concepts = {concept for group, concept in word.senses if group == "compare_amount"}
        gap_before = part.text[word.end : token.start]
        gap_after = part.text[token.end : word.start]
        for concept in concepts & set(AFTER):
            if word.start >= token.end and len(gap_after) <= 1:
                comparison = AFTER[concept]
                if EXCLUSIVE.search(part.text[word.end : word.end + 4]):
                    return comparison.replace("≥", ">").replace("≤", "<")
                return comparison
        for concept in concepts & set(BEFORE):
            if word.end <= token.start and len(gap_before) <= 2:
                return BEFORE[concept]
    return None
