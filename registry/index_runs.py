"""Which tokens of a question may be a name: runs between its words, wider ones, their cores."""

from __future__ import annotations

from collections.abc import Callable
from math import log

from registry.index_find import Typed
from registry.index_segment import Segment
from registry.index_text import YEAR, Question
from registry.index_words import name_words

# How rare a character can count: beyond this a name is not told better, only a typo punished more.
RAREST = 6.0
# A registry of six names does not know that 经费 is common: this many names of ordinary budgets,
# by the shares in the word file, stand behind every registry.
SUPPOSED_NAMES = 50
# So many lone words of questions on either side may be the name's own.
MOST_LONE = 2
# So many ways to leave out what stands beside a name are tried.
MOST_CORES = 4
# So many tokens tell enough without what stands beside them.
LONG = 8
# A name may begin or end with what is a word of questions elsewhere, so far.
MOST_HIDDEN = 3


class Weights(dict[str, float]):
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


class Runs:
    """The runs of a question's tokens, as the names of these segments make them likely."""

    def __init__(self, segments: list[Segment]) -> None:
        self._segments = segments
        self._weights = Weights(segments)

    @property
    def is_pair(self) -> Callable[[str], bool]:
        if len(self._segments) == 1:
            return self._segments[0].pair_set.__contains__
        sets = [segment.pair_set for segment in self._segments]
        return lambda pair: any(pair in some for some in sets)

    @property
    def are_many(self) -> bool:
        """Whether there are so many names that another place or bureau may have one like each."""
        return self._weights.names > 2 * SUPPOSED_NAMES

    def _readings(self, text: Typed) -> list[tuple[int, int]]:
        """The run of tokens that tells most; the same with words of questions beside it, which
        may be a name's own (发 of 民经发, 预算 of 木门预算); all of a short text."""
        question = text.question
        found = self._chunks(question)
        # A lone character tells little, and what stands beside another one may tell more.
        found = found[: 1 if not found or found[0][1] - found[0][0] > 1 else 2]
        for span in found[:]:
            wide = self._widened(question, span)
            if span[1] - span[0] < LONG and wide != span:
                found.append(wide)
        hiding = self._with_hidden(text)
        if hiding != text.extent and hiding not in found:
            found.append(hiding)
        return found

    def _with_hidden(self, text: Typed) -> tuple[int, int]:
        """The tokens that may be a name's with those words of questions at their ends that may yet
        be its own: 农家书屋资金."""
        question = text.question
        first, after = text.extent
        if not 0 < len(question.chars) - (after - first) <= MOST_HIDDEN:
            return first, after
        for begin, end in reversed(question.words):
            if begin < first:
                if end in question.breaks or not self._may_be_own(question, begin, end):
                    break
                first = begin
        for begin, end in question.words:
            if end > after:
                if begin in question.breaks or not self._may_be_own(question, begin, end):
                    break
                after = end
        return first, after

    def _may_be_own(self, question: Question, first: int, after: int) -> bool:
        if after > first + 1:
            return self.in_names(question, first, after)
        # 谁库移民 is 水库移民 mistyped.
        return question.words == [(first, after)] or question.chars[first] not in name_words().firm

    def _widened(self, question: Question, span: tuple[int, int]) -> tuple[int, int]:
        first, after = span
        begun = dict(question.words)
        ended = {end: begin for begin, end in question.words}
        for _ in range(MOST_LONE):
            if first not in question.breaks and self._may_be_named(
                question, ended.get(first), first
            ):
                first = ended[first]
            if after not in question.breaks and self._may_be_named(
                question, after, begun.get(after)
            ):
                after = begun[after]
        return first, after

    def _may_be_named(self, question: Question, first: int | None, after: int | None) -> bool:
        """Whether a word of questions is one of the characters or words that names have, too."""
        if first is None or after is None:
            return False
        if after > first + 1:
            return self.in_names(question, first, after)
        word = question.chars[first]
        return word not in name_words().firm and (first > 0 or word not in name_words().leading)

    def in_names(self, question: Question, first: int, after: int) -> bool:
        """Whether names may hold these characters side by side."""
        chars = question.chars
        return all(self.is_pair(chars[at : at + 2]) for at in range(first, after - 1))

    def _may_be_all_of_it(self, text: Typed) -> tuple[int, int]:
        """The tokens that may be one name mistyped: all of them where only words that names have,
        too, and stray characters seem to be words of questions."""
        question = text.question
        if all(self.in_names(question, first, after) for first, after in question.words):
            return 0, len(question.chars)
        return text.extent

    def _cores(self, question: Question, span: tuple[int, int]) -> list[tuple[int, int]]:
        """The span without what only may be the name's: words of questions at its ends (查 of
        查经济) and years, then small words; without what no name has beside the rest (归 of
        财政归)."""
        words = {at for first, after in question.words for at in range(first, after)}
        share = question.share
        found = [
            _trimmed(question, span, lambda at: at in words and share[at] < 1),
            _trimmed(question, span, lambda at: share[at] < 1),
        ]
        first, after = found[-1]
        chars = question.chars
        parted = [at for at in range(first + 1, after) if not self.is_pair(chars[at - 1 : at + 1])]
        if parted and after - first < LONG:
            pieces = [(first, parted[-1]), (parted[0], after), (parted[0], parted[-1])]
            pieces.sort(key=lambda piece: -self._weight_of(question, piece))
            found += pieces
        some = [core for core in dict.fromkeys(found) if core != span and core[1] - core[0] > 1]
        return some[:MOST_CORES]

    def _weight_of(self, question: Question, span: tuple[int, int]) -> float:
        return sum(question.share[at] * self._weights[question.chars[at]] for at in range(*span))

    def _chunks(self, question: Question) -> list[tuple[int, int]]:
        """Runs of tokens that may be names, those first that tell most."""
        if question.runs is None:
            question.runs = self._runs(question)
        return question.runs

    def _runs(self, question: Question) -> list[tuple[int, int]]:
        weight = self._weights.__getitem__
        share, breaks, chars = question.share, question.breaks, question.chars
        is_pair = self.is_pair
        found: list[tuple[float, int, int]] = []
        first = 0
        told = 0.0
        joined = 0
        for at in range(len(share) + 1):
            if at == len(share) or not share[at] or at in breaks:
                if at > first and told:
                    # What names join so tells more than what merely stands there.
                    found.append((told * (1 + joined / (at - first)), first, at))
                first, told, joined = at, 0.0, 0
                if at == len(share):
                    break
                if not share[at]:
                    first = at + 1
                    continue
            told += share[at] * weight(chars[at])
            if at > first and is_pair(chars[at - 1 : at + 1]):
                joined += 1
        found.sort(reverse=True)
        return [(first, after) for _, first, after in found]


def _trimmed(
    question: Question, span: tuple[int, int], is_left_out: Callable[[int], bool]
) -> tuple[int, int]:
    """The span without such tokens and years at its ends."""
    first, after = span
    while first < after and is_left_out(first):
        first += 1
    while after > first and is_left_out(after - 1):
        after -= 1
    for year in YEAR.finditer(question.chars, first, after):
        if year.start() == first:
            first = year.end()
        elif year.end() == after:
            after = year.start()
    return first, after
