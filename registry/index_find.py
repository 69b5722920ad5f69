"""The ways to candidates in one segment: whole names, one slip, initials, parts, sounds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import LCSseq

from registry.index_codes import END, I64, U16, U64, codes, hashing, short
from registry.index_segment import PREFIX, Segment
from registry.index_text import WEAK_SHARE, Question
from registry.pinyin import sounds as table_of_sounds

# Names longer than this are found by their parts.
LONGEST_NAME = 64
# One slip is looked for by hash in texts of these lengths; shorter ones are found by parts anyway.
SHORTEST_SLIP = 5
# So many rows are read for the order of their characters; of more, the shortest names.
MOST_READ = 512
MOST_HEARD = 4096
MOST_COUNTED = 48

_SHIFT = 0x4000  # lifts sound numbers over the line end


@dataclass(frozen=True, slots=True)
class Typed:
    """A question's tokens as codes and running hashes, made once for all segments."""

    question: Question
    units: U16
    sounds: U16
    sums: U64
    first: int
    after: int

    @property
    def size(self) -> int:
        return len(self.question.chars)


def typed(question: Question) -> Typed:
    """The question in the form that segments are asked in."""
    constants = hashing()
    units = np.frombuffer(question.chars.encode("utf-16-le", "surrogatepass"), np.uint16)
    sounds = codes().sound[units]
    sums = np.zeros(len(units) + 1, np.uint64)
    np.cumsum(constants.number[sounds] * constants.power[: len(units)], out=sums[1:])
    share = question.share
    first, after = 0, len(share)
    while first < after and not share[first]:
        first += 1
    while after > first and not share[after - 1]:
        after -= 1
    return Typed(question, units, sounds, sums, first, after)


# -- whole names ----------------------------------------------------------------------------


def whole_names(segment: Segment, text: Typed) -> list[tuple[int, int, int]]:
    """(first, after, row) of every name that stands whole in the text, by its sounds."""
    size = text.size
    if size <= PREFIX:
        starts, ends = np.array([0]), np.array([size])
    else:
        at = np.arange(size - PREFIX + 1)
        begin = (text.sums[PREFIX:] - text.sums[:-PREFIX]) * hashing().inverse[at]
        found = segment.begins(short(begin))
        if not found:
            return []
        spans = [
            (first, after)
            for first in found
            for after in range(first + PREFIX, min(size, first + LONGEST_NAME) + 1)
        ]
        starts, ends = np.array(spans).T
    hashes = (text.sums[ends] - text.sums[starts]) * hashing().inverse[starts]
    heard = text.question.heard
    hits: list[tuple[int, int, int]] = []
    for which, row in segment.whole(short(hashes)):
        first, after = int(starts[which]), int(ends[which])
        if heard_key(segment.key(row)) == heard[first:after]:
            hits.append((first, after, row))
    return hits


def heard_key(key: str) -> str:
    """A name's key as sound classes."""
    return table_of_sounds().heard(key)


def one_slip(segment: Segment, text: Typed) -> list[int]:
    """Rows of names that the text is, but for one character too many or two changed places."""
    rows: list[int] = []
    ranges = {(text.first, text.after), (0, text.size)}
    constants = hashing()
    for first, after in ranges:
        size = after - first
        if not SHORTEST_SLIP <= size <= LONGEST_NAME:
            continue
        sums = text.sums[first : after + 1]
        total = sums[-1:] - sums[0]
        # One token left out: what stands behind it moves forward by one power.
        dropped = (sums[:-1] - sums[0]) + (sums[-1] - sums[1:]) * constants.inverse[1]
        number = constants.number[text.sounds[first:after]]
        power = constants.power[first:after]
        one, two = number[:-1], number[1:]
        swapped = total + (two - one) * power[:-1] + (one - two) * power[1:]
        hashes = np.concatenate((dropped, swapped)) * constants.inverse[first]
        rows.extend(row for _, row in segment.whole(short(hashes)))
    return list(dict.fromkeys(rows))


# -- initials -------------------------------------------------------------------------------


def by_initials(segment: Segment, letters: str, most: int) -> list[int]:
    """Rows of names that hold these initials in a row, short names first."""
    rows = segment.with_initials([ord(letter) - 96 for letter in letters])
    found: list[int] = segment.shortest(rows, most).tolist()
    return found


# -- parts ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """A name that holds all tokens of a chunk in their order, `gaps` characters between them."""

    row: int
    key: str
    gaps: int


def parts_in_order(segment: Segment, units: Sequence[int]) -> list[Part]:
    """Names that hold these characters in their order, the most compact and shortest first."""
    rows = segment.with_chars(sorted(set(units)))
    if not len(rows):
        return []
    rows = segment.shortest(rows, MOST_READ)
    keys = segment.keys(rows)
    pattern = re.compile("[^\n]*?".join(map(re.escape, map(chr, units))))
    found: list[Part] = []
    for row, key in zip(rows.tolist(), keys, strict=True):
        match = pattern.search(key)
        if match is not None:
            found.append(Part(row, key, match.end() - match.start() - len(units)))
    found.sort(key=lambda part: (part.gaps + 0.3 * len(part.key), part.row))
    return found


# -- sounds ---------------------------------------------------------------------------------


def by_sounds(
    segment: Segment, text: Typed, worth: Sequence[int], most: int
) -> tuple[I64, list[str]]:
    """Rows of names that hold the most of the text's sounds, and their keys; best orders first."""
    wanted: dict[int, int] = {}
    for sound, value in zip(text.sounds.tolist(), worth, strict=True):
        if value and sound:
            wanted[sound] = max(value, wanted.get(sound, 0))
    rows = segment.by_sounds(list(wanted.items()), MOST_COUNTED)
    if len(rows) > MOST_READ:
        rows = _in_sounding_order(segment, text, worth, rows)
    keys = segment.keys(rows)
    if len(rows) > most:
        content = text.question.content
        heard = heard_key("\n".join(keys)).split("\n")
        common = process.cdist([content], heard, scorer=LCSseq.similarity)[0]
        lengths = segment.lengths(rows)
        best = np.lexsort((lengths, -common.astype(np.int64)))[:most]
        rows, keys = rows[best], [keys[at] for at in best.tolist()]
    return rows, keys


def _in_sounding_order(segment: Segment, text: Typed, worth: Sequence[int], rows: I64) -> I64:
    """Of very many rows, those that have the sounds in the order said, as people would shorten.

    Of the characters that sound so, those that most names have in that order win: 斤管 is 金管.
    """
    if len(rows) > MOST_HEARD:
        rows = rows[:: len(rows) // MOST_HEARD + 1]
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
        for place in range(text.size)
        if worth[place] and text.sounds[place] and text.question.share[place] > WEAK_SHARE
    ]
    said = [chr(_SHIFT + int(text.sounds[place])) for place in kept]
    if not said:
        return segment.shortest(rows, MOST_READ)
    pattern = re.compile("(" + ")[^\n]{0,6}?(".join(map(re.escape, said)) + ")")
    literal = [text.question.chars[place] for place in kept]
    votes: Counter[str] = Counter()
    seen: dict[str, list[tuple[int, int]]] = {}
    plain = units.tobytes().decode("utf-16-le")
    for match in pattern.finditer(heard):
        told = "".join(plain[match.start(group)] for group in range(1, len(said) + 1))
        gaps = match.end() - match.start() - len(said)
        same = sum(a == b for a, b in zip(told, literal, strict=True))
        votes[told] += 4.0**same / (1 + gaps)  # type: ignore[assignment]
        seen.setdefault(told, []).append((gaps, match.start()))
    if not votes:
        return segment.shortest(rows, MOST_READ)
    chosen: list[int] = []
    for told, _ in votes.most_common(4):
        seen[told].sort()
        chosen.extend(start for _, start in seen[told][:MOST_COUNTED])
    which = ends.searchsorted(np.array(chosen), "right")
    return rows[np.array(list(dict.fromkeys(which.tolist())))]
