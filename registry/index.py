"""Finds a project by an inexact name: a part, a typo, a homophone, pinyin, inside a whole sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from registry import index_blobs
from registry.index_build import build_segment
from registry.index_decide import is_certain, is_known, rivals
from registry.index_score import Fit
from registry.index_search import FINALISTS, Search
from registry.index_segment import Segment
from registry.index_text import Question, take_apart

# New names go to the newest segment until it has as many, so that adding stays quick.
SMALL_SEGMENT = 8192
MOST_SEGMENTS = 6
MOST_LINKS = 1024


class Match(NamedTuple):
    """A project whose name fits; `start` and `end` are the part of the text that named it."""

    project_id: int
    name: str
    similarity: float
    start: int
    end: int


class Link(NamedTuple):
    """What a text names: one project for certain, several that it may be, or none here."""

    outcome: Literal["certain", "near", "unknown"]
    matches: tuple[Match, ...]


# The outcome of linking a text, and the names that it lists.
Verdict = tuple[Literal["certain", "near", "unknown"], tuple[Fit, ...]]


class NameIndex:
    """All names and aliases of the registry. One project may stand under several names."""

    def __init__(self, segments: Iterable[Segment] = ()) -> None:
        self._segments = list(segments)
        self._search = Search(self._segments)
        # Names are built into a segment when the next question comes: an import adds one by one.
        self._pending: dict[int, list[str]] = {}
        self._links: dict[tuple[object, ...], Verdict] = {}

    @classmethod
    def build(cls, entries: Iterable[tuple[int, str]]) -> NameIndex:
        """An index of (project id, name) pairs."""
        index = cls()
        ids: list[int] = []
        names: list[str] = []
        for project_id, name in entries:
            ids.append(project_id)
            names.append(name)
        if ids:
            index._segments.append(build_segment(np.array(ids, np.int64), names))
            index._search = Search(index._segments)
        return index

    # -- kept ready -------------------------------------------------------------------------

    def dump(self) -> Iterator[tuple[bytes, bytes]]:
        """The whole index as (key, blob) rows for a database."""
        self._settle()
        return index_blobs.dump(self._segments)

    @classmethod
    def load(cls, rows: Iterable[tuple[bytes, bytes]]) -> NameIndex:
        """The index of dumped rows; raises `OtherFormat` where it must be built anew."""
        return cls(index_blobs.load(rows))

    def save(self, path: Path) -> None:
        """The whole index as one file."""
        self._settle()
        index_blobs.save(self._segments, path)

    @classmethod
    def open(cls, path: Path) -> NameIndex:
        """The index of a saved file, shared with other processes; raises `OtherFormat`."""
        return cls(index_blobs.map_file(path))

    def __len__(self) -> int:
        self._settle()
        return sum(segment.living for segment in self._segments)

    def names(self) -> Iterator[tuple[int, str]]:
        """Every (project id, name) in the index."""
        self._settle()
        for segment in self._segments:
            for row in segment.living_rows().tolist():
                yield int(segment.ids[row]), segment.name(row)

    # -- changing ---------------------------------------------------------------------------

    def add(self, entries: Iterable[tuple[int, str]]) -> None:
        """More names, found from now on."""
        pending = self._pending
        for project_id, name in entries:
            pending.setdefault(project_id, []).append(name)

    def remove(self, project_id: int, name: str | None = None) -> None:
        """Forgets a project, or one of its names."""
        self._links.clear()
        waiting = self._pending.pop(project_id, [])
        if name is not None and (kept := [other for other in waiting if other != name]):
            self._pending[project_id] = kept
        for segment in self._segments:
            for row in segment.rows_of(project_id):
                if name is None or segment.name(row) == name:
                    segment.remove(row)

    def _settle(self) -> None:
        """Builds what was added since the last question into a segment."""
        if not self._pending:
            return
        self._links.clear()
        ids: list[int] = []
        names: list[str] = []
        for project_id, some in self._pending.items():
            ids.extend([project_id] * len(some))
            names.extend(some)
        self._pending = {}
        segments = self._segments
        if segments and len(segments[-1].ids) + len(ids) <= SMALL_SEGMENT:
            _take_over(segments.pop(), ids, names)
        segments.append(build_segment(np.array(ids, np.int64), names))
        if len(segments) > MOST_SEGMENTS:
            self._merge(segments[1:])
        self._search = Search(segments)

    def _merge(self, some: list[Segment]) -> None:
        ids: list[int] = []
        names: list[str] = []
        for segment in some:
            _take_over(segment, ids, names)
        kept = [segment for segment in self._segments if segment not in some]
        self._segments[:] = [*kept, build_segment(np.array(ids, np.int64), names)]

    # -- asking -----------------------------------------------------------------------------

    def find(self, text: str, limit: int = 5) -> list[Match]:
        """The names that fit best, best first; those alone that stand in the text as they are."""
        self._settle()
        question = take_apart(text)
        fits = self._search.as_spelt(text, self._search.fits(question, limit))
        return [self._match(question, fit) for fit in fits[:limit]]

    def link(self, text: str, limit: int = 5) -> Link:
        """Whether the text names a project: answer, ask, or say that it is not there."""
        self._settle()
        question = take_apart(text)
        # Understanding one question asks for the same passages several times, in other places.
        key = (*question.tokens, limit)
        known = self._links.get(key)
        if known is None:
            if len(self._links) >= MOST_LINKS:
                self._links.clear()
            known = self._links[key] = self._link(question, limit)
        outcome, fits = known
        return Link(outcome, tuple(self._match(question, fit) for fit in fits))

    def _link(self, question: Question, limit: int) -> Verdict:
        fits = self._search.fits(question, max(limit, FINALISTS), thorough=True)
        if not fits:
            return "unknown", ()
        best = fits[0]
        if not is_known(question, best):
            return "unknown", tuple(fits[:limit])
        project = self._project(best)
        others = [fit for fit in fits[1:] if self._project(fit) != project]
        tied = rivals(question, best, others)
        if not tied and is_certain(question, best, others, self._search):
            return "certain", (best,)
        return "near", tuple([best, *tied][:limit])

    def _project(self, fit: Fit) -> int:
        return self._segments[fit.segment].project(fit.row)

    def _match(self, question: Question, fit: Fit) -> Match:
        segment = self._segments[fit.segment]
        similarity = 100.0 * fit.explained * (0.75 + 0.25 * fit.covered)
        return Match(
            segment.project(fit.row),
            segment.originals.get(fit.row) or fit.name,
            round(similarity, 1),
            question.start[fit.first],
            question.end[fit.after - 1],
        )


def _take_over(segment: Segment, ids: list[int], names: list[str]) -> None:
    rows = segment.living_rows().tolist()
    ids[:0] = [int(segment.ids[row]) for row in rows]
    names[:0] = [segment.name(row) for row in rows]
