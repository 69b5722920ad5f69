"""The ways to candidates in one segment: whole names, one slip, initials, parts, sounds."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA, LCSseq

from registry.index_codes import END, I64, U16, U64, codes, hashing, short
from registry.index_segment import PREFIX, Segment
from registry.index_text import WEAK_SHARE, Question
from registry.pinyin import initials_of
from registry.pinyin import sounds as table_of_sounds

# Names longer than this are found by their parts.
LONGEST_NAME = 64
# One slip is looked for by hash in texts of these lengths; shorter ones are found by parts anyway.
SHORTEST_SLIP = 5
# A name may begin or end with what is a word of questions elsewhere, so far.
MOST_HIDDEN = 3
# So many rows are read for the order of their characters; of more, the shortest names.
FIRST_READ = 16
MOST_READ = 512
MOST_HEARD = 1024
MOST_IN_WORDS = 64
# In short chunks one character at a time is taken by its sound.
LONGEST_SHORT = 7
# A longer name is as far off as this share of a gap for every character.
LENGTH_COST = 0.3
# What is only usually confused (sen and sheng) is this many gaps further off than the same sound.
CONFUSED_COST = 6
MOST_COUNTED = 48

_SHIFT = 0x4000  # lifts sound numbers over the line end


Hit = tuple[int, int, int]


@dataclass(slots=True)
class Typed:
    """A question's tokens as codes and running hashes, made once for all segments."""

    question: Question
    units: U16
    values: U64
    sums: U64

    @property
    def sounds(self) -> U16:
        """The sound classes of the tokens."""
        return codes().sound[self.units]

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
    constants = hashing()
    units = np.frombuffer(question.chars.encode("utf-16-le", "surrogatepass"), np.uint16)
    sums = np.zeros(len(units) + 1, np.uint64)
    values = constants.of_unit[units]
    (values * constants.power[: len(units)]).cumsum(out=sums[1:])
    return Typed(question, units, values, sums)


# -- whole names ----------------------------------------------------------------------------


def is_name(segment: Segment, text: Typed) -> list[int]:
    """Rows of the names that the text is, by its characters."""
    hits = segment.whole(short(text.sums[-1:]))
    chars = text.question.chars
    return [row for _, row in hits if segment.key(row) == chars]


def whole_names(segment: Segment, text: Typed) -> list[Hit]:
    """(first, after, row) of every name that stands whole in the text, by its sounds."""
    size = len(text.units)
    inverse = hashing().inverse
    sums = text.sums
    if size <= PREFIX:
        starts = [0]
        hashes = sums[-1:]
        firsts = [0]
    else:
        begin = (sums[PREFIX:] - sums[:-PREFIX]) * inverse[: size - PREFIX + 1]
        firsts = segment.begins(short(begin))
        if not firsts:
            return []
        pieces = [
            (sums[first + PREFIX : first + LONGEST_NAME + 1] - sums[first : first + 1])
            * inverse[first]
            for first in firsts
        ]
        hashes = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
        starts = np.cumsum([0, *map(len, pieces)]).tolist()
    heard = text.question.heard
    hits: list[Hit] = []
    for which, row in segment.whole(short(hashes)):
        piece = bisect_right(starts, which) - 1
        first = firsts[piece]
        after = first + PREFIX + which - starts[piece] if size > PREFIX else size
        if heard_key(segment.key(row)) == heard[first:after]:
            hits.append((first, after, row))
    return hits


def heard_key(key: str) -> str:
    """A name's key as sound classes."""
    return table_of_sounds().heard(key)


def may_hide_more(text: Typed) -> bool:
    """Whether the words of questions at its ends may yet be the name's own: 农家书屋资金."""
    first, after = text.extent
    return 0 < len(text.units) - (after - first) <= MOST_HIDDEN


def one_slip(segment: Segment, text: Typed, first: int, after: int) -> list[int]:
    """Rows of names that these tokens are, but for one too many or two changed places."""
    if not SHORTEST_SLIP <= after - first <= LONGEST_NAME:
        return []
    constants = hashing()
    sums = text.sums[first : after + 1]
    # One token left out: what stands behind it moves forward by one power.
    dropped = (sums[-1:] - sums[1:]) * constants.inverse[1]
    dropped += sums[:-1] - sums[0:1]
    number = text.values[first:after]
    power = constants.power[first:after]
    # Two tokens change places: each takes the other's power.
    swapped = (number[1:] - number[:-1]) * (power[:-1] - power[1:])
    swapped += sums[-1:] - sums[0:1]
    hashes = np.concatenate((dropped, swapped)) * constants.inverse[first]
    return list({row: None for _, row in segment.whole(short(hashes))})


# -- initials -------------------------------------------------------------------------------


def by_initials(segment: Segment, letters: str, most: int) -> list[tuple[int, str, int]]:
    """(row, key, place) of names that hold these initials in a row, short names first."""
    rows = segment.with_initials([ord(letter) - 96 for letter in letters])
    rows = segment.shortest(rows, MOST_READ)
    found: list[tuple[int, str, int]] = []
    for row in rows.tolist():
        key = segment.key(row)
        place = initials_of(key).find(letters)
        if place >= 0:
            found.append((row, key, place))
            if len(found) == most:
                break
    return found


# -- parts ----------------------------------------------------------------------------------


@dataclass(slots=True)
class Part:
    """A name that holds all tokens of a chunk in their order, `gaps` characters between them;
    `places` is where, unless they stand there as they were said."""

    row: int
    key: str
    places: Sequence[int]
    gaps: int


def parts_in_order(segment: Segment, text: Typed, first: int, after: int, most: int) -> list[Part]:
    """Names that hold these tokens, side by side or else in this order; the most compact and
    shortest first."""
    chunk = text.question.chars[first:after]
    if any("\ue000" <= char < "\uf900" for char in chunk):
        return _heard_in_order(segment, text, first, after, most)
    units = set(text.units[first:after].tolist())
    for many in (FIRST_READ, MOST_READ):
        rows = segment.holding(units, (), many)
        keys = segment.keys(rows)
        # A chunk as it stands in the name is seen at once; in parts, character by character.
        found = [Part(int(rows[at]), key, (), 0) for at, key in enumerate(keys) if chunk in key]
        if not found:
            found = _by_gaps(rows, keys, keys, chunk)
        if found or len(rows) < many:
            break
    return found[:most]


def _heard_in_order(
    segment: Segment, text: Typed, first: int, after: int, most: int, one: int = -1
) -> list[Part]:
    """The same where typed syllables, and the character in place `one`, are taken by sound."""
    chars: set[int] = set()
    heard: set[int] = set()
    for at in range(first, after):
        unit = int(text.units[at])
        if at == one or 0xE000 <= unit < 0xF900:
            heard.add(int(codes().sound[unit]))
        else:
            chars.add(unit)
    found: list[Part] = []
    for many in (FIRST_READ, MOST_READ):
        rows = segment.holding(chars, heard, many)
        keys = segment.keys(rows)
        sounding = heard_key("\n".join(keys)).split("\n")
        chunk = text.question.heard[first:after]
        found = _by_gaps(rows, keys, sounding, chunk)
        if not found and one < 0:
            # Typed syllables are those of words: changshou is 长寿.
            in_words = table_of_sounds().heard_in_words
            found = _by_gaps(rows, keys, [in_words(key) for key in keys[:MOST_IN_WORDS]], chunk)
        if found or len(rows) < many:
            break
    if one >= 0 and found:
        read = table_of_sounds().syllable
        typed_syllable = read.get(text.question.chars[one])

        def cost(part: Part) -> float:
            # 农村生 is nearer to 农村胜 than 农村森 is.
            same = read.get(part.key[part.places[one - first]]) == typed_syllable
            return part.gaps + LENGTH_COST * len(part.key) + (0 if same else CONFUSED_COST)

        found.sort(key=cost)
    return found[:most]


def one_heard(segment: Segment, text: Typed, first: int, after: int, most: int) -> list[Part]:
    """Names that hold a short chunk in order but for one character that only sounds the same."""
    if not 2 <= after - first <= LONGEST_SHORT:
        return []
    found: list[Part] = []
    for one in range(first, after):
        found.extend(_heard_in_order(segment, text, first, after, most, one))
    found.sort(key=lambda part: part.gaps + LENGTH_COST * len(part.key))
    return list({part.row: part for part in reversed(found)}.values())[::-1]


def _by_gaps(rows: I64, keys: list[str], heard: list[str], chunk: str) -> list[Part]:
    found: list[Part] = []
    for at, some in enumerate(heard):
        places = _narrowest(chunk, some)
        if places:
            gaps = places[-1] - places[0] + 1 - len(chunk)
            found.append(Part(int(rows[at]), keys[at], places, gaps))
    found.sort(key=lambda part: part.gaps + LENGTH_COST * len(part.key))
    return found


def _narrowest(chunk: str, key: str) -> list[int]:
    """The places of the chunk's characters where they stand closest in their order."""
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


# -- sounds ---------------------------------------------------------------------------------


def as_whole(segment: Segment, text: Typed, slips: int, most: int) -> list[int]:
    """Rows of names as long as the text that are nearest to it, several characters wrong."""
    first, after = text.extent
    size = after - first
    if not SHORTEST_SLIP <= size <= LONGEST_NAME:
        return []
    sounds = {sound for sound in text.sounds[first:after].tolist() if sound}
    begin, stop = segment.of_length(size - slips, size + slips)
    wanted = [(sound, 1) for sound in sounds]
    rows = segment.by_sounds(wanted, MOST_COUNTED, slice(begin, stop), 1 + slips)
    rows = rows[: 4 * MOST_COUNTED]
    said = text.question.chars[first:after]
    away = process.cdist([said], segment.keys(rows), scorer=OSA.distance, score_cutoff=slips)[0]
    near = (away <= slips).nonzero()[0]
    found: list[int] = rows[near[away[near].argsort(kind="stable")][:most]].tolist()
    return found


def by_sounds(
    segment: Segment, text: Typed, worth: Sequence[int], most: int
) -> tuple[I64, list[str]]:
    """Rows of names that hold the most of the text's sounds, and their keys; best orders first."""
    wanted: dict[int, int] = {}
    for sound, value in zip(text.sounds.tolist(), worth, strict=True):
        if value and sound:
            wanted[sound] = max(value, wanted.get(sound, 0))
    rows = segment.by_sounds(list(wanted.items()), MOST_COUNTED, slice(0, None), 4)
    if len(rows) > MOST_READ:
        rows = _in_sounding_order(segment, text, worth, rows)
    keys = segment.keys(rows)
    if len(rows) > most:
        content = text.question.content
        heard = heard_key("\n".join(keys)).split("\n")
        common = process.cdist([content], heard, scorer=LCSseq.similarity)[0]
        best = np.lexsort((segment.lengths(rows), -common.astype(np.int64)))[:most]
        rows, keys = rows[best], [keys[at] for at in best.tolist()]
    return rows, keys


def _in_sounding_order(segment: Segment, text: Typed, worth: Sequence[int], rows: I64) -> I64:
    """Of very many rows, those that have the sounds in the order said, as people would shorten.

    Of the characters that sound so, those that most names have in that order win: 斤管 is 金管.
    """
    if len(rows) > MOST_HEARD:
        rows = segment.shortest(rows, MOST_HEARD)
    starts = segment.offsets[rows].astype(np.int64)
    lengths = segment.lengths(rows)
    ends = lengths.cumsum()
    at = np.arange(int(ends[-1])) + (starts - ends + lengths).repeat(lengths)
    units = segment.text[at]
    lifted = codes().sound[units] + np.uint16(_SHIFT)
    lifted[units == END] = END
    heard = lifted.tobytes().decode("utf-16-le")
    kept = [
        place
        for place in range(len(text.units))
        if worth[place] and text.sounds[place] and text.question.share[place] > WEAK_SHARE
    ]
    said = [chr(_SHIFT + int(text.sounds[place])) for place in kept]
    if not said:
        return segment.shortest(rows, MOST_READ)
    pattern = re.compile("(" + ")[^\n]{0,6}?(".join(map(re.escape, said)) + ")")
    literal = [text.question.chars[place] for place in kept]
    votes: dict[str, float] = {}
    seen: dict[str, list[tuple[int, int]]] = {}
    plain = units.tobytes().decode("utf-16-le")
    for match in pattern.finditer(heard):
        told = "".join(plain[match.start(group)] for group in range(1, len(said) + 1))
        gaps = match.end() - match.start() - len(said)
        votes[told] = votes.get(told, 0.0) + 1.0 / (1 + gaps)
        seen.setdefault(told, []).append((gaps, match.start()))
    if not votes:
        return segment.shortest(rows, MOST_READ)
    chosen: list[int] = []
    read = table_of_sounds().syllable
    for told in votes:
        for a, b in zip(told, literal, strict=True):
            votes[told] *= 4.0 if a == b else 1.0 if read.get(a) == read.get(b) else 0.15
    for told in sorted(votes, key=votes.__getitem__, reverse=True)[:4]:
        seen[told].sort()
        chosen.extend(start for _, start in seen[told][:MOST_COUNTED])
    which = ends.searchsorted(np.array(chosen), "right")
    ordered: I64 = rows[np.array(list(dict.fromkeys(which.tolist())))]
    return ordered
