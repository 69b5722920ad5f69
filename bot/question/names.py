"""Finds the projects that a question names: for certain, likely, or near to several."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.question.analysis import HAN_RUN, Token, normal, vocabulary_tokens
from bot.question.lexicon import lexicon, words_in
from bot.retrieval import syllables
from registry.index import Link, Match, NameIndex
from registry.index_words import name_words
from registry.pinyin import confused, initials_of, readings, split_pinyin

MOST_PROJECTS = 4  # named in one part of a question


NEAR_LOOKED_AT = 6


# A project is named by at least this many characters that are not words of the vocabulary.
LEAST_OF_A_NAME = 2


# A run of a name so long is not a word that happens to stand in it.
MUCH_OF_A_NAME = 4
# A run of a name so long, that no other name holds, is meant whatever stands beside it.
LONG_PIECE = 5
# Of what was said for certain, the share of characters that must sound like the name's.
MOSTLY = 0.7


# Of so long a piece, the share of characters that must be the name's, typing errors aside.
NEARLY = 0.7


# A near match so similar that it differs by its characters alone (达菲 for 打非).
SOUNDS_LIKE = 85.0


# 项目 and the like stand in most names and tell none.
GENERIC_OF_NAMES = frozenset("项目专经费资工作")


@dataclass(frozen=True)
class Names:
    """Projects named for certain, one that is likely, and candidates where it is neither."""

    certain: tuple[Token, ...] = ()
    likely: tuple[Token, ...] = ()
    near: tuple[int, ...] = ()

    def behind(self, said: int) -> Names:
        """The names, so many characters further behind."""
        return Names(_moved(self.certain, said), _moved(self.likely, said), self.near)


def _moved(tokens: tuple[Token, ...], said: int) -> tuple[Token, ...]:
    return tuple(replace(t, start=t.start + said, end=t.end + said) for t in tokens)


CONNECTORS = re.compile(r"相当于|和|跟|与|加|减去?|比|较|及|还是|或者?|、|\+|vs|对")


# 「比打非钱多但比证券化钱少」: what stands between names held against each other.
HELD_AGAINST = re.compile("[钱多少高低但]")
# 「贴息是欠薪的几倍」 holds one against the other too.
JOINS = re.compile(rf"(?:项目|专项)?(?:{CONNECTORS.pattern}|是)")


PARTICLES = frozenset("的了吗呢吧啊呀哈是谁")


# What a number was taken for may be part of a name: 两项 of 两项补贴, 120 of 120急救, 十条 of 水十条.
NUMBERING = frozenset({"word", "figure", "ordinal", "top", "bottom"})
BESIDE_A_NUMBER = 3


def counting_no_name(text: str, tokens: Iterable[Token], index: NameIndex) -> list[Token]:
    """The tokens but for numbers that a name holds together with the characters beside them."""
    return [t for t in tokens if t.kind not in NUMBERING or not runs_into_a_name(text, t, index)]


def runs_into_a_name(text: str, token: Token, index: NameIndex) -> bool:
    """Whether a name holds the token together with a character beside it."""
    said = text[max(0, token.start - BESIDE_A_NUMBER) : token.end + BESIDE_A_NUMBER]
    at = token.start - max(0, token.start - BESIDE_A_NUMBER)
    pieces = {
        said[start:end]
        for start in range(at + 1)
        for end in range(at + len(token.text), len(said) + 1)
        if end - start > max(len(token.text), LEAST_OF_A_NAME)
    }
    names = [normal(match.name) for match in _near_matches(index, said)]
    return any(piece in name for name in names for piece in pieces)


TYPED_SYLLABLES = re.compile("[a-z]{2,}")


def spelt_as_named(text: str, index: NameIndex) -> str:
    """「展会butie」 as 展会补贴: syllables typed among characters, where names have one such word."""

    def word(match: re.Match[str]) -> str:
        if match.group() in lexicon().senses:
            return match.group()
        pieces = split_pinyin(match.group()) or []
        before = text[match.start() - 1 : match.start()]
        beside = before + text[match.end() : match.end() + 1]
        if not HAN_RUN.search(beside):
            return match.group()
        if not pieces:
            behind = text[match.end() : match.end() + 2]
            return _by_initials(match.group(), behind, index) or match.group()
        if len(pieces) == 1:
            return _one_spelt(pieces[0], before, beside[len(before) :], index) or match.group()
        said = [frozenset({confused(piece)}) for piece in pieces]
        return _only_sounding(said, match.group(), index) or match.group()

    return TYPED_SYLLABLES.sub(word, text)


def _one_spelt(syllable: str, before: str, behind: str, index: NameIndex) -> str | None:
    """租 of 公zu房: the character that names have between these two."""
    if not (HAN_RUN.match(before) and HAN_RUN.match(behind)):
        return None
    said = [readings(before), frozenset({confused(syllable)}), readings(behind)]
    meant = _only_sounding(said, f"{before}{syllable}{behind}", index)
    return meant[1] if meant and (meant[0], meant[2]) == (before, behind) else None


def _by_initials(letters: str, behind: str, index: NameIndex) -> str | None:
    """巨灾 of jz保险: the characters with these initials that names have before what follows."""
    if len(HAN_RUN.findall(behind)) != 1 or len(behind) < 2:
        return None
    names = {normal(match.name) for match in index.find(behind, NEAR_LOOKED_AT)}
    found = {
        name[at - len(letters) : at]
        for name in names
        if (at := name.find(behind)) >= len(letters)
        and initials_of(name[at - len(letters) : at]) == letters
    }
    return found.pop() if len(found) == 1 else None


def heard_as_named(said: str, index: NameIndex) -> str | None:
    """殡葬 for 殡藏: the only words of names that sound so, of which a character is the same."""
    meant = _only_sounding([readings(char) for char in said], said, index)
    return meant if meant and any(map(str.__eq__, said, meant)) else None


def _only_sounding(said: Sequence[frozenset[str]], typed: str, index: NameIndex) -> str | None:
    found = {
        name[at : at + len(said)]
        for name in (normal(match.name) for match in _linked(index, typed).matches)
        for at in range(len(name) - len(said) + 1)
        if all(heard & readings(char) for heard, char in zip(said, name[at:], strict=False))
    }
    return found.pop() if len(found) == 1 else None


def projects_named(
    text: str, tokens: Sequence[Token], index: NameIndex, context_projects: tuple[int, ...]
) -> Names:
    """The projects that a part names: in the whole text first, then in what its question words
    leave, then between the words that join several names."""
    masked = masked_out(text, tokens)
    # A lone character (打, 管) is a piece of a name as often as a word of the question.
    said = [t for t in vocabulary_tokens(masked, ()) if len(t.text) > 1 or t.text in PARTICLES]
    bare = masked_out(masked, said)
    joined = HELD_AGAINST.sub("，", CONNECTORS.sub(lambda match: "，" * len(match.group()), bare))
    certain: list[Token] = []
    # Several names joined are looked at one by one first: 信息化比打非 is two names, not one.
    in_words = CONNECTORS.sub(lambda match: "，" * len(match.group()), masked)
    held = HELD_AGAINST.sub("，", in_words)
    one_by_one = tuple(
        chunk
        for seen in dict.fromkeys((joined, in_words, held))
        if seen != masked or seen == joined
        for chunk in _chunks(seen)
    )
    views = (*one_by_one, masked, bare) if joined != bare else (masked, bare, *one_by_one)
    for view in dict.fromkeys(views):
        certain.extend(_certain(text, view, index, certain))
        if len(certain) >= MOST_PROJECTS:
            break
    certain += _joined(text, (joined, in_words), index, certain)
    if certain:
        return Names(tuple(sorted(certain, key=lambda token: token.start)))
    looked_at = tuple(dict.fromkeys((masked, bare, *one_by_one)))
    near = _near(text, looked_at, index)
    told = {match.project_id for view in looked_at for match in _near_matches(index, view)}
    spoken_of = [near[project] for project in context_projects if project in near]
    tied = tuple(project for project in near if project in told)
    if len(near) > 1 and len(spoken_of) == 1:
        return Names(likely=tuple(spoken_of), near=tied)
    if len(near) == 1:
        (token,) = near.values()
        short = _short_for(text, joined, index)
        if short and short.value != token.value and _joins(text, token, short):
            return Names(certain=tuple(sorted((short, token), key=lambda named: named.start)))
        modified = token.start > 0 and HAN_RUN.match(bare[token.start - 1]) is not None
        if len(token.text) >= LONG_PIECE and not modified:
            return Names(certain=(token,))
        return Names(likely=(token,), near=tied)
    short = None if near else _short_for(text, bare, index)
    return Names(certain=(short,)) if short else Names(near=tied)


def _short_for(text: str, view: str, index: NameIndex) -> Token | None:
    """「治超电话」: two characters of one name in another order (超限超载治理), neither of which any
    other name near it holds."""
    for chunk in _chunks(view):
        said = chunk.strip("，")
        if len(said) != 2 or set(said) & GENERIC_OF_NAMES:
            continue
        near = index.find(chunk, NEAR_LOOKED_AT)
        held = [[match for match in near if char in match.name] for char in said]
        if all(len(matches) == 1 for matches in held) and held[0] == held[1]:
            start = chunk.index(said)
            return Token(start, start + 2, said, "project", held[0][0].project_id)
    return None


def _linked(index: NameIndex, view: str) -> Link:
    return index.link(view, NEAR_LOOKED_AT)


def _near_matches(index: NameIndex, view: str) -> Sequence[Match]:
    link = _linked(index, view)
    return link.matches if link.outcome != "unknown" else ()


def _near(text: str, views: Iterable[str], index: NameIndex) -> dict[int, Token]:
    """Projects whose name holds what was said, or sounds just like it; of several only those that
    fit as well as the best, so that one that fits better stands alone."""
    found: dict[int, tuple[tuple[int, int], Token]] = {}
    for view in views:
        link = _linked(index, view)
        # What was looked up in vain need not be looked up again; of a near one, more than the ties.
        known = link.matches if link.outcome == "unknown" else index.find(view, NEAR_LOOKED_AT)
        for match in known:
            said = text[match.start : match.end]
            held = longest_common(said, match.name)
            if match.similarity >= SOUNDS_LIKE and len(held) < LEAST_OF_A_NAME:
                held = said
            shared = shared_characters(said, match.name)
            mostly = len(said) >= 3 and shared >= 0.6 * len(said)
            # What only goes before or behind a piece of the name is no slip in it.
            beside = len(held) >= MUCH_OF_A_NAME and (said.startswith(held) or said.endswith(held))
            if len(said) > LONG_PIECE and shared >= NEARLY * len(said) and not beside:
                held = said  # mistyped here and there (产业扶植金融招伤)
            if len(held) < LEAST_OF_A_NAME and (in_order(said, match.name) or mostly):
                held = said
            telling = (
                shared_characters(held, held) if not match.name.startswith(held) else len(held)
            )
            if telling < LEAST_OF_A_NAME or is_vocabulary(held):
                continue
            start = text.find(held)
            if start < 0:
                continue
            start, end = _widened(text, start, start + len(held), match.name)
            start = _from_before(text, start, end, match.name)
            end = _further_on(text, start, end, match.name)
            token = Token(start, end, text[start:end], "project", match.project_id)
            fits = (len(held), shared)
            if match.project_id not in found or fits > found[match.project_id][0]:
                found[match.project_id] = (fits, token)
    best = max((fits for fits, _ in found.values()), default=None)
    return {project: token for project, (fits, token) in found.items() if fits == best}


def in_order(said: str, name: str) -> bool:
    """Whether all characters said stand in the name in their order (公卫 in 公共卫生)."""
    place = 0
    for char in said:
        place = name.find(char, place) + 1
        if place == 0:
            return False
    return True


def longest_common(said: str, name: str) -> str:
    """The longest run of characters that stands in both."""
    for size in range(len(said), 1, -1):
        for start in range(len(said) - size + 1):
            if said[start : start + size] in name:
                return said[start : start + size]
    return ""


def _joined(
    text: str, views: Iterable[str], index: NameIndex, certain: Sequence[Token]
) -> list[Token]:
    """「饮水和公路养护」「电商和展会差多少」: short pieces joined to each other or to a certain name,
    each of which can be only one project's."""
    pieces: dict[int, Token] = {}
    for chunk in (chunk for view in views for chunk in _chunks(masked_out(view, certain))):
        link = _linked(index, chunk)
        if link.outcome != "near" or len({match.project_id for match in link.matches}) > 1:
            continue
        match = link.matches[0]
        said = text[match.start : match.end]
        whole = len(said) >= LEAST_OF_A_NAME and said in match.name
        told = whole or shared_characters(said, match.name) >= LEAST_OF_A_NAME
        if told and said not in name_words().generic and len(chunk.strip("，")) - len(said) <= 1:
            token = Token(match.start, match.end, said, "project", match.project_id)
            pieces.setdefault(match.start, token)
    named = [*certain, *pieces.values()]
    return [
        piece
        for piece in pieces.values()
        if any(
            piece.value != other.value
            and (_joins(text, piece, other) or _beside_each_other(text, piece, other))
            for other in named
        )
    ]


# 「机房的PUE和政务云的可用率」: each with something of its own.
OF_ITS_OWN = re.compile(f"的[^的，]{{2,10}}?{JOINS.pattern}")


def _joins(text: str, one: Token, other: Token) -> bool:
    between = text[min(one.end, other.end) : max(one.start, other.start)]
    return JOINS.fullmatch(between) is not None


def _beside_each_other(text: str, one: Token, other: Token) -> bool:
    between = text[min(one.end, other.end) : max(one.start, other.start)]
    after = text[max(one.end, other.end) :]
    return OF_ITS_OWN.fullmatch(between) is not None and after.startswith("的")


def shared_characters(said: str, name: str) -> int:
    """How many characters of what was said stand in the name, or as many as said in pinyin."""
    if said.isascii():
        return len(said)
    return sum(char in name for char in said if char not in GENERIC_OF_NAMES)


def masked_out(text: str, tokens: Iterable[Token]) -> str:
    masked = list(text)
    for token in tokens:
        masked[token.start : token.end] = "，" * (token.end - token.start)
    return "".join(masked)


def _chunks(view: str) -> list[str]:
    """Each run of the view alone, the rest blanked, so that places stay as they are."""
    runs = [match.span() for match in re.finditer(r"[^，\s]{2,}", view)]
    if not runs or len(runs) > 6:
        return []
    return ["，" * start + view[start:end] + "，" * (len(view) - end) for start, end in runs]


def _certain(text: str, view: str, index: NameIndex, known: Sequence[Token]) -> Iterator[Token]:
    """Names in the view that are certain, one after the other, none overlapping what is known."""
    seen = list(known)
    for _ in range(MOST_PROJECTS):
        view = masked_out(view, seen)
        link = _linked(index, view)
        if link.outcome != "certain":
            return
        match = link.matches[0]
        start, end = match.start, match.end
        # A name may hold a word that joins others (产业扶持及金融招商): as much of it as was said.
        whole = longest_common(text, match.name)
        if len(whole) > end - start and text.find(whole) <= start < text.find(whole) + len(whole):
            start, end = text.find(whole), text.find(whole) + len(whole)
        said = text[start:end]
        if not _sounds_like(said, match.name):
            seen.append(Token(start, end, said, "project", match.project_id))
            continue
        start, end = _widened(text, start, end, match.name)
        end = _before_a_field(text, start, _further_on(text, start, end, match.name))
        said = text[start:end]
        token = Token(start, end, said, "project", match.project_id)
        seen.append(token)
        if len(said) < LEAST_OF_A_NAME or is_vocabulary(said):
            continue
        if all(t.value != match.project_id for t in known):
            yield token


def _widened(text: str, start: int, end: int, name: str) -> tuple[int, int]:
    """The span with the mistyped characters that carry the name on: 产业服持 for 产业扶持."""
    place = name.find(text[start:end])
    if place < 0:
        return start, end
    words = _of_words(text)
    ends = [(1, end, place + end - start), (-1, start - 1, place - 1)]
    for step, at, of_name in ends:
        while 0 <= at < len(text) and 0 <= of_name < len(name):
            beyond, next_of_name = at + step, of_name + step
            inside = 0 <= beyond < len(text) and 0 <= next_of_name < len(name)
            right_again = inside and text[beyond] == name[next_of_name]
            alike = syllables(text[at]) == syllables(name[of_name])
            # 但 is a word, and a slip in 创业但保贷款.
            if text[at] != name[of_name] and at in words and not (alike and right_again):
                break
            # One wrong character may stand before one that is right again.
            if not alike and not (right_again and HAN_RUN.match(text[at])):
                break
            at += step
            of_name += step
        start, end = (start, at) if step > 0 else (at + 1, end)
    return start, end


def _from_before(text: str, start: int, end: int, name: str) -> int:
    """Where a piece begins with the characters right before it that the name has further before: 公
    of 公车平台 for 公务用车平台."""
    words = _of_words(text)
    while start and start - 1 not in words and in_order(text[start - 1 : end], name):
        start -= 1
    return start


def _further_on(text: str, start: int, end: int, name: str) -> int:
    """Where a piece ends with the characters right behind it that the name has further on: 医保 of
    居民医保 for 城乡居民基本医疗保险补助. One alone may stand there by chance."""
    words = _of_words(text)
    after = end
    while after < len(text) and after not in words and in_order(text[start : after + 1], name):
        after += 1
    return after if after - end >= LEAST_OF_A_NAME else end


@lru_cache(maxsize=64)
def _of_words(text: str) -> frozenset[int]:
    """The places of characters that are of words of the vocabulary."""
    tokens = vocabulary_tokens(text, ())
    words = (token for token in tokens if token.kind != "rest")
    return frozenset(at for word in words for at in range(word.start, word.end))


def _before_a_field(text: str, start: int, end: int) -> int:
    """Where a name ends that runs into the word for what is asked of it: 补贴资金 of
    「残疾人两项补贴总资金额」 ends before 总资金额."""
    fields = (word for word in vocabulary_tokens(text, ()) if word.means("field"))
    return next((w.start for w in fields if start < w.start < end < w.end), end)


def _sounds_like(said: str, name: str) -> bool:
    """Whether nearly all characters said sound like ones of the name: 财政监 is not 财政信息化."""
    if not HAN_RUN.fullmatch(said):
        return True
    heard = syllables(name).split()
    telling = [char for char in said if char not in GENERIC_OF_NAMES] or list(said)
    same = sum(syllables(char).strip() in heard for char in telling)
    return same >= MOSTLY * len(telling)


def is_vocabulary(said: str) -> bool:
    """Whether words of the vocabulary leave less than a name of what was said."""
    free = len(said)
    place = 0
    for word in words_in(said):
        of_passages = all(group == "content" for group, _ in word.senses)
        if word.start >= place and not of_passages:
            free -= word.end - word.start
            place = word.end
    return free <= 0
