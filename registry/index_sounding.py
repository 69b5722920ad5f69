"""Names that sound most like a question: a whole name mistyped, or what shares its sounds."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA, LCSseq

from registry.index_codes import END, I64, codes
from registry.index_find import LONGEST_NAME, MOST_READ, SHORTEST_SLIP, Typed
from registry.index_segment import Segment
from registry.index_text import WEAK_SHARE
from registry.pinyin import sounds as table_of_sounds

MOST_HEARD = 1024
MOST_COUNTED = 48
MOST_NEAR = 1024
_SHIFT = 0x4000  # lifts sound numbers over the line end


def as_whole(
    segment: Segment, text: Typed, slips: int, most: int, span: tuple[int, int]
) -> list[int]:
    """Rows of names as long as these tokens that are nearest to them, several characters wrong."""
    first, after = span
    size = after - first
    if not SHORTEST_SLIP <= size <= LONGEST_NAME:
        return []
    sounds = {sound for sound in text.sounds[first:after].tolist() if sound}
    begin, stop = segment.of_length(size - slips, size + slips)
    wanted = [(sound, 1) for sound in sounds]
    # Each slip takes away one sound at most.
    least = max(1, len(wanted) - slips)
    rows = segment.by_sounds(wanted, MOST_COUNTED, slice(begin, stop), 1 + slips, least)
    rows = rows[:MOST_NEAR]
    if not len(rows):
        return []
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
    if len(rows) > most:
        content, heard = text.question.content, segment.heard(rows)
        common = process.cdist([content], heard, scorer=LCSseq.similarity)[0]
        rows = rows[np.lexsort((segment.lengths(rows), -common.astype(np.int64)))[:most]]
    return rows, segment.keys(rows)


def _in_sounding_order(segment: Segment, text: Typed, worth: Sequence[int], rows: I64) -> I64:
    """Of very many rows, those that have the sounds in the order said, as people would shorten.

    Of the characters that sound so, those that most names have in that order win: 斤管 is 金管.
    """
    if len(rows) > MOST_HEARD:
        rows = segment.shortest(rows, MOST_HEARD)
    units = segment.units(rows)
    ends = segment.lengths(rows).cumsum()
    lifted = codes().sound[units] + np.uint16(_SHIFT)
    lifted[units == END] = END
    heard = lifted.tobytes().decode("utf-16-le")
    kept = [
        place
        for place in range(len(text.question.chars))
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
        (start, after), *places = match.regs
        told = "".join([plain[at] for at, _ in places])
        gaps = after - start - len(said)
        votes[told] = votes.get(told, 0.0) + 1.0 / (1 + gaps)
        seen.setdefault(told, []).append((gaps, start))
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
