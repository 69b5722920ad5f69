"""The ways to candidates in one segment: whole names, one slip, initials, parts, sounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import LCSseq

from registry.index_codes import I64, U16, codes, hash_of, hashes_less_a_third, thirds
from registry.index_postings import EMPTY
from registry.index_score import GAP_ODDS
from registry.index_segment import PREFIX, Segment
from registry.index_text import Question
from registry.index_words import name_words
from registry.pinyin import initials_alone, initials_of
from registry.pinyin import sounds as table_of_sounds

# Names longer than this are found by their parts.
LONGEST_NAME = 64
# One slip is looked for by hash in texts of these lengths; shorter ones are found by parts anyway.
SHORTEST_SLIP = 5
# In a shorter text one wrong character is as likely another part of a name: 公共服.
SHORTEST_WRONG = 8
# So many rows are read for the order of their characters; of more, the shortest names.
FIRST_READ = 16
MOST_READ = 512
MOST_IN_WORDS = 64
# In short chunks one character at a time is taken by its sound.
LONGEST_SHORT = 7
# A longer name is as far off as this share of a gap for every character.
LENGTH_COST = 0.3
# What is only usually confused (sen and sheng) is so much less likely than the same sound, and so
# much a longer name, in logarithms.
CONFUSED_COST = 3.0
LENGTH_ODDS = 0.05
# In a chunk so short a sound says too little.
FEW_HEARD = 3
# Of names that hold all characters said (审, 计) very few may hold them in order (审计审计).
MOST_IN_ORDER = 4096


Hit = tuple[int, int, int]


@dataclass(slots=True)
class Typed:
    """A question's tokens with their sounds, two bytes each."""

    question: Question
    heard: bytes

    @property
    def sounds(self) -> U16:
        """The sound classes of the tokens."""
        chars = self.question.chars.encode("utf-16-le", "surrogatepass")
        return codes().sound[np.frombuffer(chars, np.uint16)]

    @property
    def extent(self) -> tuple[int, int]:
        """The tokens from the first to the last that may be a name's."""
        share = self.question.share
        first, after = 0, len(share)
        while first < after and not share[first]:
            first += 1
        while after > first and not share[after - 1]:
            after -= 1
        return first, after


def typed(question: Question) -> Typed:
    """The question in the form that segments are asked in."""
    return Typed(question, _bytes_of(question.heard))


def _bytes_of(heard: str) -> bytes:
    return heard.encode("utf-16-le", "surrogatepass")


# -- whole names ----------------------------------------------------------------------------


def names_sounding(segment: Segment, text: Typed) -> list[tuple[int, str]]:
    """(row, key) of the names that the whole text is, by its sounds."""
    chars, heard = text.question.chars, text.question.heard
    found: list[tuple[int, str]] = []
    for row in segment.whole([hash_of(text.heard)]):
        key = segment.key(row)
        if key == chars or heard_key(key) == heard:
            found.append((row, key))
    if not found and text.question.pieces:
        for other in text.question.readings:
            for row in segment.whole([hash_of(_bytes_of(other))]):
                key = segment.key(row)
                if heard_key(key) == other:
                    found.append((row, key))
    return found


def names_inside(segment: Segment, text: Typed) -> list[Hit]:
    """(first, after, row) of every name that stands whole in the text, by its sounds."""
    heard = text.question.heard
    size = len(heard)
    begun, ended = segment.begun_with, segment.ended_with
    firsts = [at for at in range(size - PREFIX + 1) if heard[at : at + PREFIX] in begun]
    if not firsts:
        return []
    least = firsts[0] + PREFIX
    afters = [at for at in range(least, size + 1) if heard[at - PREFIX : at] in ended]
    hashes = [
        hash_of(text.heard[2 * first : 2 * after])
        for first in firsts
        for after in afters
        if PREFIX <= after - first <= LONGEST_NAME
    ]
    hits: list[Hit] = []
    for row in set(segment.whole(hashes)):
        name = heard_key(segment.key(row))
        first = heard.find(name)
        while first >= 0:
            hits.append((first, first + len(name), row))
            first = heard.find(name, first + 1)
    return hits


def names_between(segment: Segment, text: Typed, firsts: list[int], afters: list[int]) -> list[Hit]:
    """(first, after, row) of every name that stands, as it is written, from one of these borders to
    another."""
    chars, heard = text.question.chars, text.question.heard
    begun, ended = segment.begun_with, segment.ended_with
    firsts = [at for at in firsts if heard[at : at + PREFIX] in begun]
    afters = [at for at in afters if heard[max(at - PREFIX, 0) : at] in ended]
    return [
        (first, after, row)
        for first in firsts
        for after in afters
        if PREFIX <= after - first <= LONGEST_NAME
        for row in segment.whole([hash_of(text.heard[2 * first : 2 * after])])
        if segment.key(row) == chars[first:after]
    ]


def borders(question: Question) -> tuple[list[int], list[int]]:
    """After what no name goes back, and before what none goes on: the ends of the text and its
    breaks, words of questions of several characters, and single ones (的) that are no name's own or
    have but such words on their other side."""
    size = len(question.chars)
    firsts, afters = [0, *question.breaks], [size, *question.breaks]
    firm = name_words().firm
    leading = 0
    behind: list[int] = []
    for first, after in question.word_spans:
        char = question.chars[first]
        # 年度 is the end of a year, which is a name's own.
        if char in firm or (after > first + 1 and char != "年"):
            firsts.append(after)
            behind.append(first)
        elif first == leading:
            firsts.append(after)
        if first == leading:
            leading = after
    trailing = size
    for first, after in reversed(question.word_spans):
        if after != trailing:
            break
        behind.append(first)
        trailing = first
    afters += dict.fromkeys(behind)
    return firsts, afters


def alone(question: Question, first: int, after: int) -> bool:
    """Whether so little stands before and behind these tokens, but for words of questions, that it
    is no other name."""
    before = [span for span in question.word_spans if span[1] <= first]
    behind = [span for span in question.word_spans if span[0] >= after]
    at = 0
    for begin, end in [*before, (first, after), *behind, (len(question.chars), 0)]:
        if begin - at >= PREFIX:
            return False
        at = end
    return True


def heard_key(key: str) -> str:
    """A name's key as sound classes."""
    return table_of_sounds().heard(key)


def one_slip(segment: Segment, text: Typed, first: int, after: int) -> list[int]:
    """Rows of names that these tokens are, but for one sound missing, too many or wrong, or two of
    one third that changed places; and few others. Two thirds of such a name are as they were.
    """
    size = after - first
    if not SHORTEST_SLIP <= size <= LONGEST_NAME:
        return []
    heard = text.question.heard
    # A third that is long enough to tell is not looked for where no name begins, or ends, so.
    begins = ends = True
    if size >= 3 * PREFIX + 3:
        begins = heard[first : first + PREFIX] in segment.begun_with
        ends = heard[after - PREFIX : after] in segment.ended_with
        if not (begins or ends):
            return []
    raw = text.heard[2 * first : 2 * after]
    which = slice(0, 3) if begins and ends else slice(0, 1) if begins else slice(1, 2)
    hashes: list[int] = []
    for length in range(size - 1, size + 2):
        hashes.extend(hashes_less_a_third(raw, length)[which])
    rows = dict.fromkeys(segment.of_parts(hashes))
    if size >= SHORTEST_WRONG:
        return list(rows)
    said = sorted(heard[first:after])
    return [
        row
        for row in rows
        if len(key := segment.key(row)) != size or sorted(heard_key(key)) == said
    ]


def swapped(segment: Segment, text: Typed, first: int, after: int) -> list[int]:
    """Rows of names that these tokens are, but for two sounds of different thirds that changed
    places."""
    raw = text.heard[2 * first : 2 * after]
    if not SHORTEST_SLIP <= after - first <= LONGEST_NAME:
        return []
    return segment.whole(
        hash_of(raw[: at - 2] + raw[at : at + 2] + raw[at - 2 : at] + raw[at + 2 :])
        for at in (2 * border for border in thirds(after - first))
    )


# -- initials -------------------------------------------------------------------------------


def by_initials(segment: Segment, letters: str, most: int) -> list[tuple[int, str, int]]:
    """(row, key, place) of names that hold these initials in a row, short names first."""
    rows = segment.with_initials([ord(letter) - 96 for letter in letters])
    rows = segment.shortest(rows, MOST_READ)
    found: list[tuple[int, str, int]] = []
    for row in rows.tolist():
        key = segment.key(row)
        place = initials_alone(key).find(letters)
        if place < 0:
            place = initials_of(key).find(letters)
        if place >= 0:
            found.append((row, key, place))
            if len(found) == most:
                break
    return found


# -- parts ----------------------------------------------------------------------------------


@dataclass(slots=True)
class Part:
    """A name that holds all tokens of a chunk in their order, `gaps` characters between them.

    `told` is what it holds for them. `share` is about what part of all names holds that so.
    """

    row: int
    key: str
    told: str
    gaps: int
    share: float


def parts_in_order(segment: Segment, text: Typed, first: int, after: int, most: int) -> list[Part]:
    """Names that hold these tokens, side by side or else in this order; the most compact and
    shortest first."""
    chunk = text.question.chars[first:after]
    if any("\ue000" <= char < "\uf900" for char in chunk):
        found = _heard_in_order(segment, text, first, after)
        for heard in () if found else text.question.readings:
            found = _heard_in_order(segment, text, first, after, heard=heard)
            if found:
                break
        return found[:most]
    return _as_written(segment, chunk, most)[:most]


def _as_written(segment: Segment, chunk: str, most: int) -> list[Part]:
    for rows, seen in _in_turn(segment, set(map(ord, chunk)), (), MOST_IN_ORDER):
        keys = segment.keys(rows)
        # A chunk as it stands in the name is seen at once; in parts, character by character.
        there = [at for at, key in enumerate(keys) if chunk in key]
        share = len(there) / seen
        found = [Part(int(rows[at]), keys[at], chunk, 0, share) for at in there[:most]]
        if not found:
            found = _by_gaps(rows, keys, keys, chunk, seen)
        if found:
            return found
    return []


def _in_turn(
    segment: Segment, chars: Iterable[int], sounds: Iterable[int], most: int
) -> Iterator[tuple[I64, int]]:
    """Rows that hold these characters and sounds, few at first and then more, `most` in all, and
    among how many names they were looked for."""
    batches = segment.holding(chars, sounds)
    waiting = EMPTY
    before = 0
    for many in (FIRST_READ, MOST_READ, MOST_IN_ORDER):
        if many > most:
            break
        for more in batches:
            waiting = np.concatenate((waiting, more)) if len(waiting) else more
            if len(waiting) >= many - before:
                break
        rows, waiting = waiting[: many - before], waiting[many - before :]
        if not len(rows):
            break
        is_last = len(rows) < many - before
        yield rows, len(segment.ids) if is_last else int(rows[-1]) + 1
        if is_last:
            break
        before = many


def _heard_in_order(
    segment: Segment, text: Typed, first: int, after: int, one: int = -1, heard: str = ""
) -> list[Part]:
    """The same where typed syllables, and the character in place `one`, are taken by sound."""
    heard = heard or text.question.heard
    chars: set[int] = set()
    sounding: set[int] = set()
    for at in range(first, after):
        unit = ord(text.question.chars[at])
        if at == one or 0xE000 <= unit < 0xF900:
            sounding.add(int(codes().sound[ord(heard[at])]))
        else:
            chars.add(unit)
    chunk = heard[first:after]
    for rows, seen in _in_turn(segment, chars, sounding, MOST_READ):
        keys = segment.keys(rows)
        found = _by_gaps(rows, keys, segment.heard(rows), chunk, seen)
        if not found and one < 0:
            # Typed syllables are those of words: changshou is 长寿.
            in_words = table_of_sounds().heard_in_words
            some = [in_words(key) for key in keys[:MOST_IN_WORDS]]
            found = _by_gaps(rows, keys, some, chunk, len(segment.ids))
        if found:
            return found
    return []


def one_heard(segment: Segment, text: Typed, first: int, after: int, most: int) -> list[Part]:
    """Names that hold a short chunk in order but for one character that only sounds the same."""
    chunk = text.question.chars[first:after]
    # Typed syllables have been looked for as they sound already.
    if not 2 <= len(chunk) <= LONGEST_SHORT or any("\ue000" <= char < "\uf900" for char in chunk):
        return []
    found: list[tuple[float, Part]] = []
    read = table_of_sounds().syllable
    for one, said in enumerate(chunk):
        parts = _heard_in_order(segment, text, first, after, first + one)
        alike = Counter(part.told for part in parts)
        for part in parts:
            part.share *= alike[part.told] / len(parts)
        if not parts or len(chunk) <= FEW_HEARD:
            # Most names that hold 乡 and the sound of 城 hold 程; names that have 城乡 are asked for.
            for char in _sounding_there(segment, chunk, one):
                parts += _as_written(segment, chunk[:one] + char + chunk[one + 1 :], most)
        for part in parts:
            told = part.told[one]
            if told == said:
                continue
            # 农村生 is nearer to 农村胜 than 农村森 is.
            cost = 0.0 if read.get(told) == read.get(said) else CONFUSED_COST
            cost += GAP_ODDS * part.gaps - log(part.share)
            found.append((cost + LENGTH_ODDS * len(part.key), part))
    found.sort(key=_first)
    return list({part.row: part for _, part in reversed(found)}.values())[::-1][:most]


def _sounding_there(segment: Segment, chunk: str, one: int) -> list[str]:
    """The characters that sound like the one in that place and stand beside its neighbour in names."""
    is_pair = segment.pair_set.__contains__
    before, behind = chunk[one - 1 : one], chunk[one + 1 : one + 2]
    return [
        char
        for char in segment.sounding_like(chunk[one])
        if (before and is_pair(before + char)) or (behind and is_pair(char + behind))
    ]


def _first(found: tuple[float, Part]) -> float:
    return found[0]


def _by_gaps(rows: I64, keys: list[str], heard: list[str], chunk: str, seen: int) -> list[Part]:
    found: list[Part] = []
    few: Sequence[int] = range(len(heard))
    if len(heard) > FIRST_READ:
        common = process.cdist([chunk], heard, scorer=LCSseq.similarity, score_cutoff=len(chunk))
        few = common[0].nonzero()[0].tolist()
    for at in few:
        places = _narrowest(chunk, heard[at])
        if places:
            key = keys[at]
            told = "".join([key[place] for place in places])
            found.append(Part(int(rows[at]), key, told, _gaps(places), 1.0))
    found.sort(key=lambda part: part.gaps + LENGTH_COST * len(part.key))
    for part in found:
        part.share = len(found) / seen
    return found


def _gaps(places: list[int]) -> int:
    """How many characters stand between those said; between two words there may be any number:
    合坝残疾人 of 合坝村2023-2025年公共残疾人两项补贴."""
    gaps = places[-1] - places[0] + 1 - len(places)
    if not gaps or len(places) < 4:
        return gaps
    starts = [0, *(at for at in range(1, len(places)) if places[at] - places[at - 1] > 1)]
    sizes = [after - first for first, after in pairwise([*starts, len(places)])]
    return 0 if min(sizes) > 1 else gaps


def _narrowest(chunk: str, key: str) -> list[int]:
    """The places of the chunk's characters where they stand closest in their order."""
    start = key.find(chunk)
    if start >= 0:
        return list(range(start, start + len(chunk)))
    best: list[int] = []
    start = key.find(chunk[0])
    while start >= 0:
        at = start
        places = [start]
        for char in chunk[1:]:
            at = key.find(char, at + 1)
            if at < 0:
                return best
            places.append(at)
        if not best or at - start < best[-1] - best[0]:
            best = places
        start = key.find(chunk[0], start + 1)
    return best
