"""Finds a project by an inexact name: a part, a typo, a homophone, pinyin, inside a whole sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import nlargest
from math import log
from typing import Literal

from rapidfuzz import process
from rapidfuzz.distance import LCSseq

from registry.index_score import Fit, common_order, hold
from registry.index_text import Question, name_key, take_apart
from registry.index_words import name_words
from registry.pinyin import initials_of, sounds

# How rare a character can count: beyond this a name is not told better, only a typo punished more.
RAREST = 6.0
# A registry of six names does not know that 经费 is common: this many names of ordinary budgets,
# by the shares in the word file, stand behind every registry.
SUPPOSED_NAMES = 50
FINALISTS = 24
SHORTEST_INITIALS = 2

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


class NameIndex:
    """All names and aliases of the registry. One project may stand under several names."""

    def __init__(self) -> None:
        self._entries: list[tuple[int, str] | None] = []
        self._keys: list[str] = []
        self._heard: list[str] = []
        self._exact: dict[str, list[int]] = {}
        self._holding: Counter[str] = Counter()
        self._pairs: Counter[str] = Counter()
        self._generic: dict[str, float] = {}
        for word, share in name_words().generic.items():
            for char in word:
                self._generic[char] = min(0.9, self._generic.get(char, 0.0) + share)

    @classmethod
    def build(cls, entries: Iterable[tuple[int, str]]) -> NameIndex:
        """An index of (project id, name) pairs."""
        index = cls()
        index.add(entries)
        return index

    def __len__(self) -> int:
        return sum(entry is not None for entry in self._entries)

    def add(self, entries: Iterable[tuple[int, str]]) -> None:
        """More names, found from now on."""
        for project_id, name in entries:
            key = name_key(name)
            row = len(self._entries)
            self._entries.append((project_id, name))
            self._keys.append(key)
            self._heard.append(sounds().heard(key))
            self._exact.setdefault(key, []).append(row)
            self._holding.update(set(key))
            self._pairs.update({key[at : at + 2] for at in range(len(key) - 1)})

    def remove(self, project_id: int, name: str | None = None) -> None:
        """Forgets a project, or one of its names."""
        for row, entry in enumerate(self._entries):
            if entry is None or entry[0] != project_id or name not in (None, entry[1]):
                continue
            key = self._keys[row]
            self._entries[row] = None
            self._keys[row] = self._heard[row] = ""
            self._exact[key].remove(row)
            self._holding.subtract(set(key))
            self._pairs.subtract({key[at : at + 2] for at in range(len(key) - 1)})

    def rename(self, project_id: int, old: str, new: str) -> None:
        """Replaces one of a project's names."""
        self.remove(project_id, old)
        self.add([(project_id, new)])

    def find(self, text: str, limit: int = 5) -> list[Match]:
        """The names that fit best, best first."""
        question = take_apart(text, self._is_pair)
        return [self._match(question, fit) for fit in self._fits(question)[:limit]]

    def link(self, text: str, limit: int = 5) -> Link:
        """Whether the text names a project: answer, ask, or say that it is not there."""
        question = take_apart(text, self._is_pair)
        fits = self._fits(question)
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
        if self._is_whole(question, fit):
            return True
        whole = fit.covered >= WHOLE_COVERED and fit.matched > 3
        return (
            fit.explained >= (WHOLE_EXPLAINED if whole else CERTAIN_EXPLAINED)
            and fit.covered >= CERTAIN_COVERED
            and fit.said >= CERTAIN_SAID
            and fit.strange_run <= 1
            and not fit.foreign_digit
        )

    def _is_whole(self, question: Question, fit: Fit) -> bool:
        return question.chars[fit.first : fit.after] == fit.name and not fit.strange

    def _rivals(self, question: Question, best: Fit, others: list[Fit]) -> list[Fit]:
        """Names of other projects that explain the question nearly as well."""
        project = self._project(best)
        if self._is_whole(question, best):
            return [
                fit
                for fit in others
                if self._is_whole(question, fit) and self._project(fit) != project
            ]
        # A name of which only a common word is left unsaid is not rivalled by one that says more.
        complete = best.unsaid < MARGIN
        return [
            fit
            for fit in others
            if fit.said - fit.strange > best.said - best.strange - MARGIN
            and self._project(fit) != project
            and not (complete and fit.unsaid > best.unsaid + MARGIN)
            # 经济 is written in one name and only heard in 及金融.
            and not (best.literal == best.matched and fit.literal + 2 <= best.literal)
            # What stands elsewhere in the text is another project, not another reading.
            and fit.first < best.after
            and best.first < fit.after
        ]

    def _project(self, fit: Fit) -> int:
        entry = self._entries[fit.row]
        return entry[0] if entry is not None else -1

    # -- candidates -------------------------------------------------------------------------

    def _is_pair(self, pair: str) -> bool:
        return self._pairs[pair] > 0

    def _weight(self, char: str) -> float:
        count = len(self._entries) + SUPPOSED_NAMES
        holding = self._holding[char] + SUPPOSED_NAMES * self._generic.get(char, 0.0)
        return min(RAREST, log(count / max(holding, 1.0)))

    def _fits(self, question: Question) -> list[Fit]:
        content = question.content
        scored = process.cdist([content], self._heard, scorer=LCSseq.similarity)[0]
        rows = nlargest(FINALISTS * 4, range(len(scored)), key=scored.__getitem__)
        fits: list[Fit] = []
        for row in rows:
            if not scored[row]:
                break
            key = self._keys[row]
            pairs = common_order(content, self._heard[row])
            fits.append(hold(question, pairs, row, key, self._weight))
        for first, letters in question.letters:
            if len(letters) < SHORTEST_INITIALS:
                continue
            for row, key in enumerate(self._keys):
                to = initials_of(key).find(letters)
                if to >= 0:
                    pairs = [(first + step, to + step) for step in range(len(letters))]
                    fits.append(hold(question, pairs, row, key, self._weight))
        fits.sort(key=lambda fit: (-fit.rank, len(fit.name), fit.row))
        return list({fit.row: fit for fit in reversed(fits)}.values())[::-1]

    def _match(self, question: Question, fit: Fit) -> Match:
        entry = self._entries[fit.row]
        assert entry is not None  # noqa: S101
        similarity = 100.0 * fit.explained * (0.75 + 0.25 * fit.covered)
        return Match(
            entry[0],
            entry[1],
            round(similarity, 1),
            question.start[fit.first],
            question.end[fit.after - 1],
        )

    def names(self) -> Iterator[tuple[int, str]]:
        """Every (project id, name) in the index."""
        return (entry for entry in self._entries if entry is not None)
