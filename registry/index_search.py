"""Gathers the names that a question may mean: quick ways first, slower ones where those fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import eq

from rapidfuzz.distance import OSA, Indel

from registry.index_find import (
    LONGEST_SHORT,
    Part,
    Typed,
    alone,
    borders,
    by_initials,
    heard_key,
    names_between,
    names_inside,
    names_sounding,
    one_heard,
    one_slip,
    parts_in_order,
    swapped,
    typed,
)
from registry.index_runs import Runs
from registry.index_score import HEARD_COST, HEARD_WORTH, INITIAL_WORTH, Fit, common_order, hold
from registry.index_segment import PREFIX, Segment
from registry.index_sounding import as_whole, by_sounds
from registry.index_text import Question, weigh
from registry.index_words import name_words
from registry.pinyin import sounds

FINALISTS = 8
# What so many names hold is taken as it is, however far apart.
LIKELY = -9.0
# What is written is taken as it is, unless names that hold it so are as unlikely as this.
DOUBTFUL = -7.5
# So many characters do not stand in a name in the same order by chance.
MOST_DOUBTED = 4
SHORTEST_INITIALS = 2
MOST_CHUNKS = 3
# A token that weighs less than this is left out when names are counted by sounds.
COUNTED = 0.9
# A text within this share of edits of a name (one slip always) is that name mistyped.
SLIPS = 0.37
MOST_SLIPS = 4
SHORT_SLIPS = 3
SHORTEST_MISTYPED = 6
FAR_APART = 2


# Segment, first token, the one after the last, row and key of a name inside a text.
NamedHit = tuple[int, int, int, int, str]


class Search(Runs):
    """Asks all segments of an index; made anew when they change."""

    def fits(self, question: Question, limit: int, thorough: bool = False) -> list[Fit]:
        """Candidates, best first. `thorough`: with rivals even where the best one is found early."""
        if not question.chars or not self._segments:
            return []
        text = typed(question)
        if thorough and self._hears_nothing(question):
            return []
        # Both ways find the same; the likelier one is tried first.
        asks = not thorough and self._reads_as_question(question)
        if asks and (only := self._only_name(text)):
            return only
        whole = [
            (number, row, key)
            for number, segment in enumerate(self._segments)
            for row, key in names_sounding(segment, text)
        ]
        if whole:
            found = self._all_of_it(question, whole, thorough)
            if found:
                return found
        if not thorough:
            if near := self._slipped(text):
                return near
            if not asks and (only := self._only_name(text)):
                return only
        weigh(question, self.is_pair)
        fits = self._inside(text, self._hits(text), thorough)
        if fits and not (fits[0].strange if thorough else fits[0].strange_run):
            return fits
        if thorough or text.extent != (0, len(question.chars)):
            for number, segment in enumerate(self._segments):
                fits.extend(self._slips(text, number, segment))
            if fits and not thorough and self._is_one_slip(text, fits):
                return _ordered(text, fits)
        return self._of_parts(text, fits, limit, thorough)

    def _hears_nothing(self, question: Question) -> bool:
        """Whether no name holds any sound of the text."""
        if question.letters or question.pieces:
            return False
        return all(segment.heard_at_all.isdisjoint(question.heard) for segment in self._segments)

    def as_spelt(self, text: str, fits: list[Fit]) -> list[Fit]:
        """Of names that differ only in signs (二期, （二期）) the one spelt as the text is, first."""
        if len(fits) < 2 or fits[0].name != fits[1].name:
            return fits
        alike = [fit for fit in fits if fit.name == fits[0].name]
        alike.sort(key=lambda fit: Indel.distance(text, self._segments[fit.segment].name(fit.row)))
        return alike + [fit for fit in fits if fit.name != fits[0].name]

    def _all_of_it(
        self, question: Question, whole: list[tuple[int, int, str]], thorough: bool
    ) -> list[Fit]:
        """The names that the whole text is: as it is written, or else as it sounds."""
        size = len(question.chars)
        same = [found for found in whole if found[2] == question.chars]
        if not same and thorough:
            return []
        fits = [
            self._said(question, number, row, key, 0, size) for number, row, key in same or whole
        ]
        fits.sort(key=_rank, reverse=True)
        return fits

    def _slipped(self, text: Typed) -> list[Fit]:
        """The names that the whole text is, but for one slip."""
        question = text.question
        size = len(question.chars)
        if question.letters:
            return []
        found: list[tuple[int, int, str]] = []
        for way in (one_slip, swapped):
            found = [
                (number, row, key)
                for number, segment in enumerate(self._segments)
                for row in way(segment, text, 0, size)
                if OSA.distance(question.chars, key := segment.key(row), score_cutoff=1) <= 1
            ]
            if found:
                break
        if len(found) > 1:
            found.sort(key=lambda hit: self._away(question, hit[2]))
        # The slip makes one token strange, whatever each of them may weigh.
        return [
            Fit(
                row, key, size - 1.0, 0.0, 1.0, 1, same, same, 0, size, False, 0, number
            )
            for number, row, key in found
            for same in [min(size, len(key)) - (size == len(key))]
        ]  # fmt: skip

    def _away(self, question: Question, key: str) -> tuple[int, float]:
        """How far a name with one slip is from the text, and how little it tells."""
        # 查打非专项项目 holds the name, and so does 督查打非专项项目 hold the text.
        away = Indel.distance(question.chars, key) - (key in question.chars)
        return away, -sum(map(self._weights.__getitem__, key))

    def _of_parts(self, text: Typed, fits: list[Fit], limit: int, thorough: bool) -> list[Fit]:
        """Parts of names, as they are written and then as they sound, until one will do."""
        known = len(fits)
        complete = self._add_parts(text, fits, limit)
        if complete and not known and not thorough:
            if self._is_doubtful(text, fits):
                self._add_one_heard(text, fits, limit)
            if self._is_left_over(text, fits):
                self._add_mistyped(text, fits, limit)
                return _ordered(text, fits)
            if self._with_hidden(text) != text.extent:
                return _ordered(text, fits)
            fits.sort(key=_rank, reverse=True)
            return fits
        if not complete:
            # Words of questions that are words of names, too: 预算绩效.
            before = self._chunks(text.question)
            weigh(text.question, self.is_pair, soft=True)
            if self._chunks(text.question) != before:
                complete = self._add_parts(text, fits, limit)
        if not complete or self._is_doubtful(text, fits):
            complete = self._add_one_heard(text, fits, limit) or complete
        for way in (self._add_mistyped, self._add_sounding):
            if not complete or (thorough and len(fits) < limit):
                complete = way(text, fits, limit) or complete
        best: dict[tuple[int, int], Fit] = {}
        for fit in sorted(fits, key=_rank):
            best[fit.segment, fit.row] = fit
        return _ordered(text, list(best.values()))

    def _add_one_heard(self, text: Typed, fits: list[Fit], limit: int) -> bool:
        """Names that hold the chunk but for one character that only sounds so; those likelier
        meant than what is written go before it."""
        known = [fit for fit in fits if fit.literal == fit.matched]
        some: list[Fit] = []
        for number, segment in enumerate(self._segments):
            for span in self._readings(text):
                some.extend(self._parts(text, number, segment, span, limit, one_heard))
        best = max(known or some, key=_rank, default=None)
        if best is not None and best.gaps and not best.strange:
            for fit in some:
                if fit.matched == best.matched:
                    fit.favour = best.rank - fit.rank + fit.likely - best.likely
        fits.extend(some)
        return any(fit.gaps <= fit.matched for fit in some)

    def _is_doubtful(self, text: Typed, fits: list[Fit]) -> bool:
        """Whether what is written may be mistyped: few names hold it, and far apart, or something
        of a short text is left over."""
        best = max(fits, key=_rank)
        if best.literal < best.matched or best.matched > MOST_DOUBTED:
            return False
        question = text.question
        curt = question.chars[0] in name_words().leading
        first, after = self._with_hidden(text)
        curt = first == 0 and curt
        hides = (first, after) != text.extent and best.matched < after - first - curt
        if best.strange or hides:
            return len(question.chars) - curt <= LONGEST_SHORT
        return best.gaps > 0 and best.likely < DOUBTFUL

    def _add_mistyped(self, text: Typed, fits: list[Fit], limit: int) -> bool:
        known = len(fits)
        for number, segment in enumerate(self._segments):
            fits.extend(self._mistyped(text, number, segment))
        return len(fits) > known

    def _add_sounding(self, text: Typed, fits: list[Fit], limit: int) -> bool:
        for number, segment in enumerate(self._segments):
            fits.extend(self._sounding(text, number, segment))
        return True

    def _said(
        self, question: Question, number: int, row: int, key: str, first: int, after: int
    ) -> Fit:
        """A name that stands whole in the text, nothing strange beside it."""
        said = sum(map(self._weights.__getitem__, key))
        size = after - first
        same = size
        if question.chars[first:after] != key:
            same = sum(map(eq, question.chars[first:after], key))
        said *= 1 - (1 - HEARD_WORTH) * (size - same) / size
        return Fit(row, key, said, 0.0, 0.0, 0, same, size, first, after, False, 0, number)

    def _hits(self, text: Typed) -> list[NamedHit]:
        return [
            (number, first, after, row, segment.key(row))
            for number, segment in enumerate(self._segments)
            for first, after, row in names_inside(segment, text)
        ]

    def _reads_as_question(self, question: Question) -> bool:
        """Whether the text begins or ends with words of questions, and as no name does."""
        words, chars, heard = name_words(), question.chars, question.heard
        opening = words.question.match(chars)
        if opening and (opening.end() > 1 or chars[0] in words.firm):
            return not any(heard[:PREFIX] in segment.begun_with for segment in self._segments)
        if any(heard[-PREFIX:] in segment.ended_with for segment in self._segments):
            return False
        return any(chars[-size:] in words.several for size in (2, 3, 4)) or chars[-1] in words.firm

    def _only_name(self, text: Typed) -> list[Fit]:
        """The name that stands between words of questions, where nothing else can be one: nothing
        can fit better, and what each character of the rest may weigh need not be found out."""
        question = text.question
        if question.blank:
            return []
        firsts, afters = borders(question)
        hits = [
            (after - first, number, first, after, row)
            for number, segment in enumerate(self._segments)
            for first, after, row in names_between(segment, text, firsts, afters)
        ]
        if not hits:
            return []
        # 补助资金 ends a name before 的, but 补助 does before 资金来源.
        _, _, first, after, _ = max(hits)
        if not alone(question, first, after):
            return []
        return [
            self._said(question, hit[1], hit[4], question.chars[first:after], first, after)
            for hit in hits
            if hit[2:4] == (first, after)
        ]

    def _inside(self, text: Typed, hits: list[NamedHit], thorough: bool) -> list[Fit]:
        """The names that stand whole in the text, those first beside which nothing is strange."""
        if not hits:
            return []
        question = text.question
        fits: list[Fit] = []
        others: list[NamedHit] = []
        # 资金来源 follows a name, 资金 may be its own.
        begun = {
            first for first, after in question.words if not self.in_names(question, first, after)
        }
        for hit in hits:
            number, first, after, row, key = hit
            if _stands_alone(question, first, after) or (
                after in begun and _stands_alone(question, first, len(question.chars))
            ):
                fits.append(self._said(question, number, row, key, first, after))
            else:
                others.append(hit)
        if not fits or thorough:
            for number, first, after, row, key in others:
                pairs = [(at, at - first) for at in range(first, after)]
                fits.append(self._hold(question, pairs, number, row, key))
        # Of 土壤防治专项资金来源 the name is 土壤防治专项, and 资金来源 what is asked of it.
        inside = {at for first, after in question.words for at in range(first + 1, after)}
        fits.sort(
            key=lambda fit: (
                fit.strange > 0, fit.after in inside, -fit.rank, -fit.literal, fit.row
            )
        )  # fmt: skip
        return fits

    def _slips(self, text: Typed, number: int, segment: Segment) -> Iterator[Fit]:
        extent = text.extent
        said = set(text.question.heard)
        for row in [*one_slip(segment, text, *extent), *swapped(segment, text, *extent)]:
            key = segment.key(row)
            heard = heard_key(key)
            if len(set(heard) - said) > 1:
                continue  # another name that shares two of its thirds
            pairs = common_order(text.question.heard, heard)
            if len(pairs) >= len(key) - 1:
                yield self._hold(text.question, pairs, number, row, key)

    def _is_one_slip(self, text: Typed, fits: list[Fit]) -> bool:
        first, after = text.extent
        said = text.question.chars[first:after]
        return any(OSA.distance(said, fit.name, score_cutoff=1) <= 1 for fit in fits)

    def _add_parts(self, text: Typed, fits: list[Fit], limit: int) -> bool:
        """Adds names that hold parts of the text; whether they hold the part that tells most."""
        question = text.question
        tells_most = self._readings(text)
        chunks = [*reversed(tells_most), *self._chunks(question)[1:]]
        complete = False
        for number, segment in enumerate(self._segments):
            for fit in self._initials(question, number, segment, limit):
                fits.append(fit)
                complete = True
            for place, span in enumerate(chunks[: MOST_CHUNKS + len(tells_most) - 1]):
                if span[1] - span[0] < 2 and place:
                    continue
                if not segment.knows(question.chars[span[0] : span[1]], min(2, span[1] - span[0])):
                    continue
                some = self._parts(text, number, segment, span, limit)
                for core in () if some else self._cores(question, span):
                    some = self._parts(text, number, segment, core, limit)
                    for fit in some:
                        fit.strange = self._weight_of(question, span) - self._weight_of(
                            question, core
                        )
                    if some:
                        break
                fits.extend(some)
                if span in tells_most and span[1] - span[0] > 1:
                    complete = complete or any(
                        fit.gaps <= fit.matched + 1 or fit.likely > LIKELY for fit in some
                    )
        return complete

    def _initials(
        self, question: Question, number: int, segment: Segment, limit: int
    ) -> Iterator[Fit]:
        weight = self._weights.__getitem__
        for first, letters in question.letters:
            size = len(letters)
            if size < SHORTEST_INITIALS:
                continue
            alone = _stands_alone(question, first, first + size)
            for row, key, place in by_initials(segment, letters, limit):
                if not alone:
                    pairs = [(first + step, place + step) for step in range(size)]
                    yield self._hold(question, pairs, number, row, key)
                    continue
                told = sum(map(weight, key[place : place + size]))
                unsaid = max(0.0, sum(map(weight, key)) - told)
                yield Fit(
                    row, key, told * INITIAL_WORTH, unsaid, 0.0, 0, 0, size, first, first + size,
                    False, 0, number,
                )  # fmt: skip

    def _parts(
        self,
        text: Typed,
        number: int,
        segment: Segment,
        span: tuple[int, int],
        limit: int,
        search: Callable[[Segment, Typed, int, int, int], list[Part]] = parts_in_order,
    ) -> list[Fit]:
        first, after = span
        parts = search(segment, text, first, after, limit)
        if not parts:
            return []
        weight = self._weights.__getitem__
        chars = text.question.chars[first:after]
        size = after - first
        meant = sum(map(weight, chars))
        read = sounds().syllable
        fits: list[Fit] = []
        for part in parts:
            told = part.told
            same = size if told == chars else sum(map(eq, told, chars))
            known = meant if same == size else sum(map(weight, told))
            unsaid = max(0.0, sum(map(weight, part.key)) - known)
            # What a wrong character would have told is not known: all candidates count the same.
            said = known if same == 0 else meant
            said *= 1 - (1 - HEARD_WORTH) * (size - same) / size
            if same < size:
                said -= HEARD_COST * sum(
                    read.get(a) != read.get(b) for a, b in zip(told, chars, strict=True)
                )
            fits.append(
                Fit(
                    part.row, part.key, said, unsaid, 0.0, 0, same, size, first, after, False,
                    part.gaps, number, part.share,
                )
            )  # fmt: skip
        return fits

    def _is_left_over(self, text: Typed, fits: list[Fit]) -> bool:
        """Whether so much of a long text stays unexplained that it may rather be a mistyped name."""
        first, after = self._may_be_all_of_it(text)
        size = len(text.question.chars)
        best = max(fits, key=_rank)
        if size < SHORTEST_MISTYPED or after - first < size or text.question.letters:
            return False
        return best.matched < size or best.gaps >= FAR_APART

    def _mistyped(self, text: Typed, number: int, segment: Segment) -> Iterator[Fit]:
        first, after = span = self._may_be_all_of_it(text)
        slips = _slips(after - first)
        for row in as_whole(segment, text, slips, FINALISTS, span):
            key = segment.key(row)
            pairs = common_order(text.question.heard, heard_key(key))
            if pairs:
                yield self._hold(text.question, pairs, number, row, key)

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
        return hold(question, pairs, segment, row, key, self._weights.__getitem__)


def _stands_alone(question: Question, first: int, after: int) -> bool:
    share, breaks = question.share, question.breaks
    before = not first or not share[first - 1] or first in breaks
    return before and (after == len(share) or not share[after] or after in breaks)


def _slips(size: int) -> int:
    """How many characters may be wrong in a whole name of this length."""
    return max(SHORT_SLIPS if size >= 6 else 1, min(MOST_SLIPS, int(size * SLIPS)))


def _rank(fit: Fit) -> float:
    return fit.rank


def _ordered(text: Typed, fits: list[Fit]) -> list[Fit]:
    """Best first. A text that is a whole name mistyped is held against whole names."""
    first, after = text.extent
    whole = text.question.chars
    said = whole[first:after]
    slips = _slips(len(said))
    near: list[tuple[int, int, float, Fit]] = []
    rest: list[Fit] = []
    for fit in fits:
        edits = OSA.distance(said, fit.name, score_cutoff=slips) if len(said) > 3 else slips + 1
        if edits and len(said) < len(whole) <= len(fit.name) + slips:
            # A name's own last word may be one of questions, too: 专项资金.
            edits = min(edits, OSA.distance(whole, fit.name, score_cutoff=slips))
        if edits <= slips:
            near.append((edits, Indel.distance(whole, fit.name), -fit.rank, fit))
        else:
            rest.append(fit)
    near.sort(key=lambda found: found[:3])
    rest.sort(key=lambda fit: -fit.rank)
    return [fit for *_, fit in near] + rest
