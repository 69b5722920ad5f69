"""What of a typed text can be a name: its characters, sounds and letters, each with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from registry.index_words import name_words
from registry.pinyin import heard_alone, respelt, sound_of, sounds, split_pinyin
from registry.text import is_plain, simplified, width

# Longer texts are pasted notes; a name asked for stands near the beginning or the end.
LONGEST_TEXT = 400
NOTHING = "\0"

_LATIN = re.compile("[a-z]")
_UNFOLDED = re.compile("[A-Z\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
# Between two tokens these part a name; brackets, dots and dashes do not.
_PARTING = re.compile("[\\s,，。;；:：?？!！、~～@#|]")
YEAR = re.compile("(?:19|20)[0-9]{2}年度?")
_TOKEN = re.compile("[a-z]+|[0-9]|[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_CHARACTERS = re.compile("[0-9\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_RUN = re.compile("[a-z0-9\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_KEPT = re.compile("[^a-z0-9\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
PLAIN = {c: c + 0x20 for c in range(ord("A"), ord("Z") + 1)}
PLAIN |= {0xFF10 + d: ord("0") + d for d in range(10)}
PLAIN |= {0xFF21 + d: ord("a") + d for d in range(26)}
PLAIN |= {0xFF41 + d: ord("a") + d for d in range(26)}


def fold_plain(text: str) -> str:
    """A plain text folded; its length stays."""
    return text.translate(PLAIN) if _UNFOLDED.search(text) else text


def fold(text: str) -> tuple[str, list[int] | None]:
    """The text simplified, half width and lower case, and where each character stood in it
    (None: where it stands now). Agrees with `registry.text.folded` on letters and characters."""
    if is_plain(text):
        return fold_plain(text), None
    plain = simplified(text)
    if plain != text and len(plain) == len(text) and is_plain(plain):
        return fold_plain(plain), None
    out: list[str] = []
    places: list[int] = []
    for place, char in enumerate(plain if len(plain) == len(text) else text):
        for wide in width(char).lower():
            for simple in simplified(wide):
                out.append(simple)
                places.append(place)
    return "".join(out), places


# A small word (和, 上, 会) that no name explains counts this much; so does a word of questions that
# stands against a name's character in the way names have it (管 in 燃气管道).
WEAK_SHARE = 0.3
SHORT = 6
_NO_TOKENS: frozenset[int] = frozenset()


@dataclass(slots=True)
class Question:
    """A text taken apart into tokens: a character, a digit, a typed syllable, a letter.

    `chars` holds one character a token (a typed syllable as its sound class), `heard` the same in
    sound classes, `start` and `end` the place in the given text. `breaks` are tokens before which
    something stands that cannot be in a name (a space, a comma). `letters` are runs of Latin
    letters that are no pinyin: (first token, letters). `share` is what a token can weigh: 0 in
    words of questions, 1 in what may be a name; `words` are the words of questions,
    `pieces` the tokens as typed, where there are syllables, `runs` what lies between the words.
    """

    text: str
    chars: str
    heard: str
    start: Sequence[int]
    end: Sequence[int]
    breaks: frozenset[int]
    letters: list[tuple[int, str]]
    blank: frozenset[int]
    share: list[float] = field(default_factory=list)
    words: list[tuple[int, int]] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    runs: list[tuple[int, int]] | None = None
    spans: list[tuple[int, int]] | None = None

    @property
    def tokens(self) -> tuple[object, ...]:
        """All that what a text may name depends on: the tokens without their places."""
        letters, pieces = tuple(self.letters), tuple(self.pieces)
        return self.chars, self.breaks, self.blank, letters, pieces

    @property
    def word_spans(self) -> list[tuple[int, int]]:
        """Where words of questions stand, be they a name's own or not."""
        if self.spans is None:
            self.spans = [word.span() for word in name_words().question.finditer(self.chars)]
        return self.spans

    @property
    def readings(self) -> list[str]:
        """What else the tokens may sound like where syllables were typed."""
        if not self.pieces:
            return []
        others = [self.heard, *map(self._respelt, respelt(self.pieces))]
        return list(dict.fromkeys(others[1:] + [a for h in others for a in heard_alone(h)]))

    def _respelt(self, pieces: list[str]) -> str:
        return "".join(map(_typed_sound, pieces))

    @property
    def content(self) -> str:
        """The tokens that may be a name, as sounds; the others are blanked."""
        if all(self.share):
            return self.heard
        return "".join(
            sound if share else NOTHING for sound, share in zip(self.heard, self.share, strict=True)
        )


def take_apart(text: str) -> Question:
    """The tokens of a text; what they can weigh is not known yet."""
    if len(text) <= LONGEST_TEXT and _CHARACTERS.fullmatch(text) and is_plain(text):
        start, end = range(len(text)), range(1, len(text) + 1)
        return Question(text, text, sounds().heard(text), start, end, _NO_TOKENS, [], _NO_TOKENS)
    folded, places = fold(text[:LONGEST_TEXT])
    if _LATIN.search(folded):
        question = _with_letters(text, folded)
    else:
        held = _KEPT.sub("", folded)
        at = [at for run in _RUN.finditer(folded) for at in range(*run.span())]
        heard = sounds().heard(held)
        breaks = _breaks(folded, at)
        question = Question(
            text, held, heard, at, [place + 1 for place in at], breaks, [], _NO_TOKENS
        )
    if places is not None:
        question.start = [places[at] for at in question.start]
        question.end = [places[at - 1] + 1 for at in question.end]
    return question


def _breaks(folded: str, start: Sequence[int]) -> frozenset[int]:
    found = []
    last = -1
    for token, at in enumerate(start):
        if at > last + 1 and last >= 0 and _PARTING.search(folded, last + 1, at):
            found.append(token)
        last = at
    return frozenset(found)


def _with_letters(text: str, folded: str) -> Question:
    """The tokens of a text with Latin letters: pinyin, initials, English, or a name's own."""
    words = name_words()
    chars: list[str] = []
    start: list[int] = []
    end: list[int] = []
    letters: list[tuple[int, str]] = []
    blank: set[int] = set()
    spelt: list[str] = []
    for token in _TOKEN.finditer(folded):
        here = token.start()
        run = token.group()
        pieces = [run]
        typed = run
        if run in words.english:
            blank.add(len(chars))
            typed = NOTHING
        elif len(run) > 1:
            syllables = split_pinyin(run)
            if syllables is None:
                letters.append((len(chars), run))
                pieces = list(run)
            else:
                pieces = syllables
                typed = "".join(map(_typed_sound, pieces))
                if typed in words.heard:
                    blank.update(range(len(chars), len(chars) + len(pieces)))
        spelt.extend(pieces)
        for piece, char in zip(pieces, typed, strict=True):
            chars.append(char)
            start.append(here)
            here += len(piece)
            end.append(here)
    held = "".join(chars)
    breaks = frozenset(
        at
        for at in range(1, len(held))
        if start[at] > end[at - 1]
        and _PARTING.search(folded, end[at - 1], start[at])
        # Syllables are typed apart, too: ju zai bao xian.
        and not (folded[end[at - 1]].isspace() and _are_letters(folded, end[at - 1] - 1, start[at]))
    )
    heard = sounds().heard(held)
    question = Question(text, held, heard, start, end, breaks, letters, frozenset(blank))
    if len(spelt) == len(held) and any(len(piece) > 1 for piece in spelt):
        question.pieces = spelt
    return question


def _typed_sound(piece: str) -> str:
    return sound_of(piece) if len(piece) > 1 or piece in "aeo" else sounds().heard(piece)


def _are_letters(folded: str, one: int, two: int) -> bool:
    return bool(_LATIN.match(folded, one) and _LATIN.match(folded, two))


def weigh(question: Question, is_pair: Callable[[str], bool], soft: bool = False) -> None:
    """Sets the shares: words of questions weigh nothing, unless names join them with what stands
    beside them (管 in 燃气管道). `is_pair` tells whether any name of the registry has two
    characters together. `soft` keeps those words that are names' words, too (预算绩效).
    """
    words = name_words()
    held = question.chars
    share = [1.0] * len(held)
    spans = question.word_spans
    asked = words.opening.match(held)
    # 企业要素 opens no question: names have 要素.
    if asked and not is_pair(held[asked.end() - 1 : asked.end() + 1]):
        spans = [asked.span(), *(span for span in spans if span[0] >= asked.end())]
    if len(held) <= SHORT and all(after - first == 1 for first, after in spans):
        # In a few characters without any other word of questions 管 and 才 are the name's own.
        spans = [
            (first, after)
            for first, after in spans
            if held[first] in words.firm
            or (first == 0 and held[0] in words.leading and not is_pair(held[:2]))
        ]
    question.words = spans
    question.runs = None
    for first, after in spans:
        share[first:after] = _NONE[: after - first]
    for first, after in spans:
        if soft and after - first > 1 and all(map(is_pair, _pairs(held[first:after]))):
            share[first:after] = [WEAK_SHARE] * (after - first)
            continue
        at = first
        while at < after and at and share[at - 1] and is_pair(held[at - 1 : at + 1]):
            share[at] = WEAK_SHARE
            at += 1
        at = after
        while first < at < len(held) and share[at] and is_pair(held[at - 1 : at + 1]):
            at -= 1
            share[at] = WEAK_SHARE
    for first, after in spans:
        # 更新 and 翻新 are no 更 and 翻; only words like 的 and 谁 part a name from what follows.
        if after - first == 1 and first > 0 and after < len(held):
            inside = share[first - 1] and share[after] and not {first, after} & question.breaks
            # Between lone characters 在 parts nothing, either: 水在监 of 水质在线监测.
            lone = not any(share[max(first - 2, 0) : first - 1] + share[after + 1 : after + 2])
            if inside and not share[first] and (lone or held[first] not in words.firm):
                share[first] = WEAK_SHARE
    for at, char in enumerate(held):
        if share[at] and char in words.weak:
            joins = char in words.joining and not (
                is_pair(held[max(at - 1, 0) : at + 1]) or is_pair(held[at : at + 2])
            )
            # 打非和金融监管 are two names, 监管和维护 is one.
            share[at] = 0.0 if joins else WEAK_SHARE
    for year in YEAR.finditer(held):
        # 2023年渝北区… is not 2024年渝北区…, but where no name has a year, it is only when.
        first, after = year.span()
        in_names = any(is_pair(digit + "年") for digit in "0123456789")
        share[first:after] = [1.0 if in_names else 0.0] * (after - first)
    for at in question.blank:
        share[at] = 0.0
    question.share = share


_NONE = [0.0] * LONGEST_TEXT


def _pairs(word: str) -> list[str]:
    return [word[at : at + 2] for at in range(len(word) - 1)]
