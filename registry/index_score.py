"""How well one name explains a question, and where in it the name stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log

from rapidfuzz.distance import LCSseq

from registry.index_text import NOTHING, WEAK_SHARE, Question

# A token explained by the same character is worth its whole weight; by the same sound (剧灾) or a
# usually confused one (正券 for 证券) a little less, so that the literal name wins.
HEARD_WORTH = 0.85
INITIAL_WORTH = 0.6
# Tokens of one name may be parted by this many others (巨灾的那个保险); further off it is another.
WIDEST_GAP = 3
# What a name says and the question does not counts this little: people shorten names.
UNSAID = 0.04
# A character of the name between those that were said: 档案馆…教师培训 is no 档教培.
GAP = 0.2
# People rather mistype a word than pick characters of two words that never stand together: 供会 is
# 工会 and not 供销社会展. A wrong character and one more left out between cost these logarithms; a
# longer name is also rarer among the short ones that are counted, so leaving out costs little here.
HEARD_ODDS = 4.0
GAP_ODDS = 0.2
# A character that only sounds the same costs this besides: 食品检 is nearer to 食频检 than 视频监.
HEARD_COST = 1.0
# 二期 is not 一期, 2023年 not 2024年: a number the name does not hold is never a typo.
NUMERALS = frozenset("0123456789一二三四五六七八九十")


@dataclass(slots=True)
class Fit:
    """A name held against a question.

    `said` is the weight of the question's tokens that the name explains, `unsaid` the weight of
    the name's characters that were not said, `strange` the weight of tokens around the match that
    the name does not explain, `strange_run` the longest run of them. `left` and `right`: how many
    of the strange tokens stand before and behind the match. `first`, `after`: the match's tokens.
    `share` is about what part of all names holds what was said so, `favour` what is added to the
    rank for that.
    """

    row: int
    name: str
    said: float
    unsaid: float
    strange: float
    strange_run: int
    literal: int
    matched: int
    first: int
    after: int
    foreign_digit: bool
    gaps: int = 0
    segment: int = 0
    share: float = 1.0
    favour: float = 0.0

    @property
    def likely(self) -> float:
        """How likely people mean this name by what they said, on a scale of logarithms."""
        heard = HEARD_ODDS * (self.matched - self.literal)
        return log(self.share) - GAP_ODDS * self.gaps - heard

    @property
    def rank(self) -> float:
        """What candidates are ordered by."""
        heard = HEARD_COST * (self.matched - self.literal)
        return (
            self.said - self.strange - UNSAID * self.unsaid - GAP * self.gaps - heard + self.favour
        )

    @property
    def explained(self) -> float:
        """Share of what was said, around the match, that the name explains (0-1)."""
        return self.said / (self.said + self.strange) if self.said else 0.0

    @property
    def covered(self) -> float:
        """Share of the name that was said (0-1)."""
        return self.said / (self.said + self.unsaid) if self.said else 0.0


Pairs = list[tuple[int, int]]


def common_order(content: str, heard: str) -> Pairs:
    """The (token, character of the name) pairs that sound the same, in the order of both."""
    pairs = [
        (block.a + step, block.b + step)
        for block in LCSseq.editops(content, heard).as_matching_blocks()
        for step in range(block.size)
    ]
    return _add_swapped(content, heard, pairs)


def hold(
    question: Question,
    pairs: Pairs,
    segment: int,
    row: int,
    name: str,
    weight: Callable[[str], float],
) -> Fit:
    """The name held against the question, given which of its characters each token says."""
    chars = question.chars
    worth: dict[int, float] = {}
    for at, to in pairs:
        said = chars[at]
        kind = 1.0 if said == name[to] else INITIAL_WORTH if said.isascii() else HEARD_WORTH
        worth[at] = weight(name[to]) * kind
    cluster = _heaviest(pairs, worth)
    first, after = cluster[0][0], cluster[-1][0] + 1
    said_at = {at for at, _ in cluster}
    said_to = {to for _, to in cluster}
    begin, stop = chunk_around(question, first, after)
    strange = 0.0
    run = longest = 0
    foreign_digit = False
    for at in range(begin, stop):
        share = question.share[at]
        if at in said_at or not share:
            run = 0
            continue
        strange += share * weight(chars[at])
        run += share > WEAK_SHARE
        longest = max(longest, run)
        foreign_digit = foreign_digit or chars[at] in NUMERALS
    return Fit(
        row=row,
        name=name,
        said=sum(worth[at] for at in said_at),
        unsaid=sum(weight(char) for to, char in enumerate(name) if to not in said_to),
        strange=strange,
        strange_run=longest,
        literal=sum(chars[at] == name[to] for at, to in cluster),
        matched=len(cluster),
        first=first,
        after=after,
        foreign_digit=foreign_digit,
        gaps=max(said_to) - min(said_to) + 1 - len(said_to),
        segment=segment,
    )


def _add_swapped(content: str, heard: str, pairs: Pairs) -> Pairs:
    """Two characters typed the wrong way round (巨险灾保): the common order holds only one of them."""
    said = {at for at, _ in pairs}
    told = {to for _, to in pairs}
    found = list(pairs)
    for at, to in pairs:
        for near_at, near_to in ((at - 1, to + 1), (at + 1, to - 1)):
            if (
                0 <= near_at < len(content)
                and 0 <= near_to < len(heard)
                and near_at not in said
                and near_to not in told
                and content[near_at] == heard[near_to] != NOTHING
            ):
                said.add(near_at)
                told.add(near_to)
                found.append((near_at, near_to))
    found.sort()
    return found


def _heaviest(pairs: Pairs, worth: dict[int, float]) -> Pairs:
    clusters: list[Pairs] = [[pairs[0]]]
    for pair in pairs[1:]:
        if pair[0] - clusters[-1][-1][0] > WIDEST_GAP:
            clusters.append([pair])
        else:
            clusters[-1].append(pair)
    return max(clusters, key=lambda cluster: sum(worth[at] for at, _ in cluster))


def chunk_around(
    question: Question, first: int, after: int, is_pair: Callable[[str], bool] | None = None
) -> tuple[int, int]:
    """The match with what hangs on to it: tokens before and behind that are no words of questions.

    With `is_pair` also over words of questions that names have, too, when more of a name follows:
    政府债券投入专项经费.
    """
    share, breaks, chars = question.share, question.breaks, question.chars
    size = len(share)
    while first > 0 and first not in breaks:
        if share[first - 1] > 0:
            first -= 1
        elif is_pair and first > 2 and share[first - 3] > 0 and is_pair(chars[first - 2 : first]):
            first -= 2
        else:
            break
    while after < size and after not in breaks:
        if share[after] > 0:
            after += 1
        elif (
            is_pair
            and after + 2 < size
            and share[after + 2] > 0
            and is_pair(chars[after : after + 2])
        ):
            after += 2
        else:
            break
    return first, after
