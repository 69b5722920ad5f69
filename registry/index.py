"""Finds a project by an inexact name: a part, a typo, a homophone, pinyin, inside a whole sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import log
from typing import Literal

import numpy as np
from rapidfuzz.distance import OSA

from registry.index_build import build_segment
from registry.index_find import (
    Typed,
    by_initials,
    by_sounds,
    heard_key,
    one_slip,
    parts_in_order,
    typed,
    whole_names,
)
from registry.index_score import Fit, common_order, hold
from registry.index_segment import Segment
from registry.index_text import Question, take_apart
from registry.index_words import name_words

# How rare a character can count: beyond this a name is not told better, only a typo punished more.
RAREST = 6.0
# A registry of six names does not know that 经费 is common: this many names of ordinary budgets,
# by the shares in the word file, stand behind every registry.
SUPPOSED_NAMES = 50
FINALISTS = 8
SHORTEST_INITIALS = 2
MOST_CHUNKS = 3
# A token that weighs less than this is left out when names are counted by sounds.
COUNTED = 0.9
# A text within this share of edits of a name (one slip always) is that name mistyped.
SLIPS = 0.25

# Chosen by tests/benchmarks/names_thresholds.py: above, a question's content is explained well
# enough to answer at once (巨灾保险 yes, 教育经费 no), to offer candidates, or not at all.
CERTAIN_EXPLAINED = 0.8
CERTAIN_COVERED = 0.35
CERTAIN_SAID = 3.0
NEAR_EXPLAINED = 0.5
NEAR_SAID = 2.0
# Two candidates are as good as tied when they differ by less than this weight.
MARGIN = 2.0
# A name said whole but for one wrong character (金融盐管和维护项目) may explain less.
WHOLE_COVERED = 0.8
WHOLE_EXPLAINED = 0.7

# New names go to the newest segment until it has as many, so that adding stays quick.
SMALL_SEGMENT = 8192
MOST_SEGMENTS = 6


@dataclass(frozen=True, slots=True)
class Match:
    """A project whose name fits; `start` and `end` are the part of the text that named it."""

    project_id: int
    name: str
    similarity: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Link:
    """What a text names: one project for certain, several that it may be, or none here."""

    outcome: Literal["certain", "near", "unknown"]
    matches: tuple[Match, ...]


class _Weights(dict[str, float]):
    """What each character tells, by its rarity in the registry at hand; filled when asked."""

    def __init__(self, segments: list[Segment]) -> None:
        super().__init__()
        self.segments = segments
        self.names = sum(len(segment.ids) for segment in segments) + SUPPOSED_NAMES
        self.generic: dict[str, float] = {}
        for word, share in name_words().generic.items():
            for char in word:
                self.generic[char] = min(0.9, self.generic.get(char, 0.0) + share)

    def __missing__(self, char: str) -> float:
        code = min(ord(char), 0xFFFF)
        held = sum(int(segment.counts[code]) for segment in self.segments)
        held_at_all = max(1.0, held + SUPPOSED_NAMES * self.generic.get(char, 0.0))
        self[char] = weight = max(0.02, min(RAREST, log(self.names / held_at_all)))
        return weight


class NameIndex:
    """All names and aliases of the registry. One project may stand under several names."""

    def __init__(self, segments: Iterable[Segment] = ()) -> None:
        self._segments = list(segments)
        self._weights = _Weights(self._segments)

    @classmethod
    def build(cls, entries: Iterable[tuple[int, str]]) -> NameIndex:
        """An index of (project id, name) pairs."""
        index = cls()
        index.add(entries)
        return index

    def __len__(self) -> int:
        return sum(segment.living for segment in self._segments)

    def names(self) -> Iterator[tuple[int, str]]:
        """Every (project id, name) in the index."""
        for segment in self._segments:
            for row in segment.living_rows().tolist():
                yield int(segment.ids[row]), segment.name(row)

    # -- changing ---------------------------------------------------------------------------

    def add(self, entries: Iterable[tuple[int, str]]) -> None:
        """More names, found from now on."""
        ids: list[int] = []
        names: list[str] = []
        for project_id, name in entries:
            ids.append(project_id)
            names.append(name)
        if not ids:
            return
        segments = self._segments
        last = segments[-1] if segments else None
        if last is not None and len(last.ids) + len(ids) <= SMALL_SEGMENT:
            _take_over(segments.pop(), ids, names)
        segments.append(build_segment(np.array(ids, np.int64), names))
        if len(segments) > MOST_SEGMENTS:
            self._merge(segments[1:])
        self._weights = _Weights(segments)

    def remove(self, project_id: int, name: str | None = None) -> None:
        """Forgets a project, or one of its names."""
        for segment in self._segments:
            for row in segment.rows_of(project_id):
                if name is None or segment.name(row) == name:
                    segment.remove(row)

    def rename(self, project_id: int, old: str, new: str) -> None:
        """Replaces one of a project's names."""
        self.remove(project_id, old)
        self.add([(project_id, new)])

    def _merge(self, some: list[Segment]) -> None:
        ids: list[int] = []
        names: list[str] = []
        for segment in some:
            _take_over(segment, ids, names)
        kept = [segment for segment in self._segments if segment not in some]
        self._segments[:] = [*kept, build_segment(np.array(ids, np.int64), names)]

    # -- asking -----------------------------------------------------------------------------

    def find(self, text: str, limit: int = 5) -> list[Match]:
        """The names that fit best, best first."""
        question = take_apart(text, self._is_pair)
        return [self._match(question, fit) for fit in self._fits(question, limit)[:limit]]

    def link(self, text: str, limit: int = 5) -> Link:
        """Whether the text names a project: answer, ask, or say that it is not there."""
        question = take_apart(text, self._is_pair)
        fits = self._fits(question, max(limit, FINALISTS), thorough=True)
        if not fits:
            return Link("unknown", ())
        best = fits[0]
        if best.explained < NEAR_EXPLAINED or best.said < NEAR_SAID:
            return Link("unknown", tuple(self._match(question, fit) for fit in fits[:limit]))
        rivals = self._rivals(question, best, fits[1:])
        matches = tuple(self._match(question, fit) for fit in [best, *rivals][:limit])
        if not rivals and self._is_certain(question, best):
            return Link("certain", matches[:1])
        return Link("near", matches)

    # -- deciding ---------------------------------------------------------------------------

    def _is_certain(self, question: Question, fit: Fit) -> bool:
        if _is_whole(question, fit):
            return True
        whole = fit.covered >= WHOLE_COVERED and fit.matched > 3
        return (
            fit.explained >= (WHOLE_EXPLAINED if whole else CERTAIN_EXPLAINED)
            and fit.covered >= CERTAIN_COVERED
            and fit.said >= CERTAIN_SAID
            and fit.strange_run <= 1
            and not fit.foreign_digit
        )

    def _rivals(self, question: Question, best: Fit, others: list[Fit]) -> list[Fit]:
        """Names of other projects that explain the question nearly as well."""
        project = self._project(best)
        others = [fit for fit in others if self._project(fit) != project]
        if _is_whole(question, best):
            return [
                fit
                for fit in others
                if _is_whole(question, fit) and fit.first < best.after and best.first < fit.after
            ]
        # A name of which only a common word is left unsaid is not rivalled by one that says more.
        complete = best.unsaid < MARGIN
        return [
            fit
            for fit in others
            if fit.said - fit.strange > best.said - best.strange - MARGIN
            and not (complete and fit.unsaid > best.unsaid + MARGIN)
            # 经济 is written in one name and only heard in 及金融.
            and not (best.literal == best.matched and fit.literal + 2 <= best.literal)
            # What stands elsewhere in the text is another project, not another reading.
            and fit.first < best.after
            and best.first < fit.after
        ]

    def _project(self, fit: Fit) -> int:
        return int(self._segments[fit.segment].ids[fit.row])

    # -- candidates -------------------------------------------------------------------------

    def _is_pair(self, pair: str) -> bool:
        if len(pair) < 2 or max(pair) > "\uffff":
            return False
        code = ord(pair[0]) << 16 | ord(pair[1])
        return any(code in segment.pair_set for segment in self._segments)

    def _fits(self, question: Question, limit: int, thorough: bool = False) -> list[Fit]:
        if not question.chars:
            return []
        text = typed(question)
        whole: list[Fit] = []
        for number, segment in enumerate(self._segments):
            for first, after, row in whole_names(segment, text):
                pairs = [(at, at - first) for at in range(first, after)]
                whole.append(self._hold(question, pairs, number, row, segment.key(row)))
        if whole:
            whole.sort(key=lambda fit: (-fit.rank, -fit.literal, fit.row))
            if not whole[0].strange:
                return whole
        fits = {(fit.segment, fit.row): fit for fit in whole}
        complete = False
        for number, segment in enumerate(self._segments):
            for fit in self._slips(text, number, segment):
                fits.setdefault((number, fit.row), fit)
            for fit in self._initials(question, number, segment, limit):
                fits.setdefault((number, fit.row), fit)
            for fit in self._parts(text, number, segment, limit):
                fits.setdefault((number, fit.row), fit)
                complete = complete or not fit.strange
        if not complete or (thorough and len(fits) < limit):
            for number, segment in enumerate(self._segments):
                for fit in self._sounding(text, number, segment):
                    fits.setdefault((number, fit.row), fit)
        return _ordered(text, list(fits.values()))

    def _slips(self, text: Typed, number: int, segment: Segment) -> Iterator[Fit]:
        for row in one_slip(segment, text):
            key = segment.key(row)
            heard = heard_key(key)
            pairs = common_order(text.question.heard, heard)
            if len(pairs) >= len(key) - 1:
                yield self._hold(text.question, pairs, number, row, key)

    def _initials(
        self, question: Question, number: int, segment: Segment, limit: int
    ) -> Iterator[Fit]:
        for first, letters in question.letters:
            if len(letters) < SHORTEST_INITIALS:
                continue
            for row in by_initials(segment, letters, limit):
                key = segment.key(row)
                at = max(0, _initials_of(key).find(letters))
                size = min(len(letters), len(key) - at)
                pairs = [(first + step, at + step) for step in range(size)]
                yield self._hold(question, pairs, number, row, key)

    def _parts(self, text: Typed, number: int, segment: Segment, limit: int) -> Iterator[Fit]:
        question = text.question
        for first, after in _chunks(question)[:MOST_CHUNKS]:
            units = text.units[first:after].tolist()
            for part in parts_in_order(segment, units)[:limit]:
                pairs = []
                to = -1
                for at in range(first, after):
                    to = part.key.find(question.chars[at], to + 1)
                    pairs.append((at, to))
                yield self._hold(question, pairs, number, part.row, part.key)

    def _sounding(self, text: Typed, number: int, segment: Segment) -> Iterator[Fit]:
        question = text.question
        worth = [
            0 if not share else 1 if self._weights[char] < COUNTED or share < 1 else 2
            for char, share in zip(question.chars, question.share, strict=True)
        ]
        rows, keys = by_sounds(segment, text, worth, FINALISTS)
        for row, key in zip(rows.tolist(), keys, strict=True):
            pairs = common_order(question.content, heard_key(key))
            if pairs:
                yield self._hold(question, pairs, number, row, key)

    def _hold(
        self, question: Question, pairs: list[tuple[int, int]], segment: int, row: int, key: str
    ) -> Fit:
        fit = hold(question, pairs, row, key, self._weights.__getitem__)
        return replace(fit, segment=segment) if segment else fit

    def _match(self, question: Question, fit: Fit) -> Match:
        segment = self._segments[fit.segment]
        similarity = 100.0 * fit.explained * (0.75 + 0.25 * fit.covered)
        return Match(
            int(segment.ids[fit.row]),
            segment.name(fit.row),
            round(similarity, 1),
            question.start[fit.first],
            question.end[fit.after - 1],
        )


def _take_over(segment: Segment, ids: list[int], names: list[str]) -> None:
    rows = segment.living_rows().tolist()
    ids[:0] = [int(segment.ids[row]) for row in rows]
    names[:0] = [segment.name(row) for row in rows]


def _is_whole(question: Question, fit: Fit) -> bool:
    return not fit.strange and question.chars[fit.first : fit.after] == fit.name


def _initials_of(key: str) -> str:
    from registry.pinyin import initials_of

    return initials_of(key)


def _chunks(question: Question) -> list[tuple[int, int]]:
    """Runs of tokens that may be names, the longest first."""
    found: list[tuple[int, int]] = []
    first = -1
    for at, share in enumerate(question.share):
        if share and (first < 0 or not question.joined[at]):
            if first >= 0:
                found.append((first, at))
            first = at
        elif not share and first >= 0:
            found.append((first, at))
            first = -1
    if first >= 0:
        found.append((first, len(question.share)))
    found.sort(key=lambda span: span[0] - span[1])
    return found


def _ordered(text: Typed, fits: list[Fit]) -> list[Fit]:
    """Best first. A text that is a whole name mistyped is held against whole names."""
    question = text.question
    said = question.chars[text.first : text.after]
    edits = {id(fit): OSA.distance(said, fit.name) for fit in fits}
    slips = max(1, int(len(said) * SLIPS))
    near = [fit for fit in fits if edits[id(fit)] <= slips and len(said) >= 4]
    near.sort(key=lambda fit: (edits[id(fit)], -fit.rank, fit.row))
    rest = [fit for fit in fits if not any(fit is other for other in near)]
    rest.sort(key=lambda fit: (-fit.rank, len(fit.name), fit.row))
    return near + rest
