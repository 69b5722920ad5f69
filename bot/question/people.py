"""Finds the contact persons and units that a question names, also by sound and abbreviation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from bot.question.analysis import HAN, HAN_RUN, Token
from bot.question.lexicon import read_table
from bot.question.names import in_order, runs_into_a_name
from bot.question.sources import Sources, sounds_of
from registry.store.writing import unit_forms

LATIN_NAME = re.compile(r"[a-z]{5,20}")
HALF_LATIN_NAME = re.compile(rf"[{HAN}][a-z]{{2,14}}")  # 李dongxia


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


async def people_named(text: str, tokens: Sequence[Token], sources: Sources) -> list[Token]:
    """Contact persons named: in full, by given name, or by the sound of the name."""
    pieces = _pieces(_free_runs(text, tokens), 2, 4)
    latin = {match.group(): match.start() for match in LATIN_NAME.finditer(text)}
    latin |= {match.group(): match.start() for match in HALF_LATIN_NAME.finditer(text)}
    found = [
        Token(pieces[name], pieces[name] + len(name), name, "person", name)
        for name in await sources.find_people(list(pieces))
    ]
    if found:
        return found
    if (titled := await _by_surname(text, tokens, sources)) is not None:
        return [titled]
    for said, name in await _people_by_sound(pieces, latin, sources):
        place = pieces.get(said, latin.get(said, 0))
        found.append(Token(place, place + len(said), said, "person", name))
    return found


@cache
def _titled() -> re.Pattern[str]:
    """「阮老师」「李姐的项目」: a surname with a title; a short one where the name ends there."""
    titles = read_table("words.toml")["titles"]
    long, short = ("|".join(map(re.escape, titles[name])) for name in ("long", "short"))
    ends = "(?=$|[,，。?？ 的管手名那这电联负])"
    return re.compile(rf"(?P<surname>[{HAN}])(?:{long}|(?:{short}){ends})")


async def _by_surname(text: str, tokens: Sequence[Token], sources: Sources) -> Token | None:
    """The only contact person with the surname that stands before a title."""
    for place, run in _free_runs(text, tokens):
        for match in _titled().finditer(text, place, place + len(run)):
            names = [name for name in await sources.people() if name.startswith(match["surname"])]
            if len(names) == 1:
                return Token(match.start(), match.end(), match.group(), "person", names[0])
    return None


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
    sounding = [(said, sounds_of(said[:1]).strip() + said[1:]) for said in latin]
    heard = [(said, spelled[sound]) for said, sound in sounding if sound in spelled]
    given = {
        piece: [name for name in names if len(name) == 3 and name.endswith(piece)]
        for piece in pieces
        if len(piece) == 2
    }
    return heard + [(said, whose[0]) for said, whose in given.items() if len(whose) == 1]


async def units_named(text: str, tokens: Sequence[Token], sources: Sources) -> list[Token]:
    """Departments and units named in full or by their short form (财政局); the longest counts."""
    pieces = _pieces(_free_runs(text, tokens), 3, 24)
    found: list[Token] = []
    for unit in await sources.find_units(list(pieces)):
        for said in {unit.name, unit.form}:
            if said in pieces:
                found.append(Token(pieces[said], pieces[said] + len(said), said, "unit", unit.name))
    short = await _units_by_abbreviation(text, [*tokens, *found], sources)
    # 消防队 is no unit in 专职消防队员经费.
    found += [token for token in short if not runs_into_a_name(text, token, sources.index)]
    found.sort(key=lambda token: token.start - token.end)
    kept: list[Token] = []
    for token in found:
        if not any(other.start < token.end and token.start < other.end for other in kept):
            kept.append(token)
    return kept


# 云残联发 is the sign of a document.
UNIT_END = re.compile("局|委|办|院|中心|所|站|队|社|馆|厅|[联协](?!发)")
LONGEST_SHORT_UNIT = 9
ENDS = {"委": "委员会", "办": "办公室", "联": "联合会", "协": "协会"}
# 「公安那两个项目」「交通口的项目」: a bureau without its ending, where its projects are spoken of.
BARE_UNIT = re.compile(
    f"(?P<said>[{HAN}]{{2,3}}?)(?:(?:口子?|系统|部门|条线)的?|[那这][两二三四五六七八九十几]个)(?:项目|专项)"
)


async def _units_by_abbreviation(
    text: str, tokens: Sequence[Token], sources: Sources
) -> list[Token]:
    """「教体局」「卫健委」: characters of one unit's name in their order, where the units are few."""
    names = [unit.name for unit in await sources.units()]
    found: list[Token] = []
    for place, run in _free_runs(text, tokens) if names else ():
        after = 0
        for end in (match.end() for match in UNIT_END.finditer(run)):
            least = 2 if run[end - 1] in "联协委" else 3  # 残联, 农委, 教体局
            for start in range(max(after, end - LONGEST_SHORT_UNIT), end - least + 1):
                said = run[start:end]
                meant = [name for name in names if _abbreviates(said, name)]
                if len(meant) == 1:
                    found.append(Token(place + start, place + end, said, "unit", meant[0]))
                    after = end
                    break
        bare = BARE_UNIT.match(run + text[place + len(run) :])
        if bare and len(bare["said"]) <= len(run):
            meant = [
                name for name in names if any(_abbreviates(bare["said"] + e, name) for e in "局委")
            ]
            if len(meant) == 1:
                found.append(Token(place, place + bare.end("said"), bare["said"], "unit", meant[0]))
    return found


def _abbreviates(said: str, name: str) -> bool:
    """Whether the characters stand in the name in order, each run of the name losing only its end."""
    ending = ENDS.get(said[-1], said[-1])
    if said.endswith("委") and len(said) == 2 and not unit_forms(name)[-1].startswith(said[0]):
        return False  # 村委 is not 农业农村委员会
    return name.endswith((ending, said[-1])) and in_order(said, name)
