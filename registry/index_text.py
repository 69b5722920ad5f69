"""What of a typed text can be a name: its characters, sounds and letters, each with its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from registry.index_words import name_words
from registry.pinyin import sound_of, sounds, split_pinyin
from registry.text import simplified, width

# Longer texts are pasted notes; a name asked for stands near the beginning or the end.
LONGEST_TEXT = 400
NOTHING = "\0"

_TOKEN = re.compile("[a-z]+|[0-9]|[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_KEPT = re.compile("[^a-z0-9\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
# Characters that GB 2312 has and OpenCC changes all the same.
_CHANGED = re.compile("[乾菸薹拚捱摺吒後徵夥榘於袷麴醣麽]")
PLAIN = {c: c + 0x20 for c in range(ord("A"), ord("Z") + 1)}
PLAIN |= {0xFF10 + d: ord("0") + d for d in range(10)}
PLAIN |= {0xFF21 + d: ord("a") + d for d in range(26)}
PLAIN |= {0xFF41 + d: ord("a") + d for d in range(26)}


def is_plain(text: str) -> bool:
    """Whether the text can be folded character by character, without OpenCC and NFKC."""
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return not _CHANGED.search(text)


def fold_plain(text: str) -> str:
    """A plain text folded; its length stays."""
    return text.translate(PLAIN)


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


def name_key(name: str) -> str:
    """The part of a name that is compared: characters, letters and digits."""
    return _KEPT.sub("", fold(name)[0])


@dataclass(frozen=True, slots=True)
class Question:
    """A text taken apart into tokens: a character, a digit, a typed syllable, a letter.

    `chars` holds one character a token (a typed syllable as its sound class), `heard` the same in
    sound classes, `start` and `end` the place in the given text. `share` is what a token can weigh:
    0 in words of questions, 1 in what may be a name. `joined` is false where something that cannot
    be in a name (a space, a comma) stands before the token. `letters` are runs of Latin letters
    that are no pinyin: (first token, letters).
    """

    text: str
    chars: str
    heard: str
    start: list[int]
    end: list[int]
    share: list[float]
    joined: list[bool]
    letters: list[tuple[int, str]]

    @property
    def content(self) -> str:
        """The tokens that may be a name, as sounds; the others are blanked."""
        if min(self.share, default=1.0) > 0:
            return self.heard
        return "".join(
            sound if share > 0 else NOTHING
            for sound, share in zip(self.heard, self.share, strict=True)
        )


# A small word (和, 上, 会) that no name explains counts this much; so does a word of questions that
# stands against a name's character in the way names have it (管 in 燃气管道).
WEAK_SHARE = 0.3


def take_apart(text: str, is_pair: Callable[[str], bool]) -> Question:
    """The tokens of a text, words of questions weighed down.

    `is_pair` tells whether two characters stand together in any name of the registry.
    """
    folded, places = fold(text[:LONGEST_TEXT])
    tokens = _Tokens([], [], [], [], [], set())
    last = -1
    for token in _TOKEN.finditer(folded):
        here, after = token.span()
        run = token.group()
        if run.isascii() and run.isalpha():
            tokens.add_letters(run, here, here == last)
        else:
            tokens.add(run, here, after, here == last)
        last = after
    held = "".join(tokens.chars)
    share = _shares(held, tokens.blank, is_pair)
    start, end = tokens.start, tokens.end
    if places is not None:
        start = [places[at] for at in start]
        end = [places[at - 1] + 1 for at in end]
    heard = sounds().heard(held)
    return Question(text, held, heard, start, end, share, tokens.joined, tokens.letters)


@dataclass(slots=True)
class _Tokens:
    chars: list[str]
    start: list[int]
    end: list[int]
    joined: list[bool]
    letters: list[tuple[int, str]]
    blank: set[int]

    def add(self, char: str, start: int, end: int, joined: bool) -> None:
        self.chars.append(char)
        self.start.append(start)
        self.end.append(end)
        self.joined.append(joined)

    def add_letters(self, run: str, start: int, joined: bool) -> None:
        words = name_words()
        if run in words.english:
            self.blank.add(len(self.chars))
            self.add(NOTHING, start, start + len(run), False)
            return
        syllables = split_pinyin(run) if len(run) > 1 else None
        if syllables is None:
            self.letters.append((len(self.chars), run))
            pieces = list(run)
            typed = run
        else:
            pieces = syllables
            typed = "".join(map(sound_of, syllables))
            if typed in words.heard:
                self.blank.update(range(len(self.chars), len(self.chars) + len(pieces)))
        for piece, char in zip(pieces, typed, strict=True):
            self.add(char, start, start + len(piece), joined)
            start += len(piece)
            joined = True


def _shares(held: str, blank: set[int], is_pair: Callable[[str], bool]) -> list[float]:
    words = name_words()
    share = [1.0] * len(held)
    spans = [word.span() for word in words.question.finditer(held)]
    for first, after in spans:
        share[first:after] = [0.0] * (after - first)
    for first, after in spans:
        before = first > 0 and share[first - 1] == 1.0 and is_pair(held[first - 1 : first + 1])
        behind = after < len(held) and share[after] == 1.0 and is_pair(held[after - 1 : after + 1])
        if before or behind:
            share[first:after] = [WEAK_SHARE] * (after - first)
    for at, char in enumerate(held):
        if char in words.weak and share[at]:
            paired = is_pair(held[max(at - 1, 0) : at + 1]) or is_pair(held[at : at + 2])
            # 打非和金融监管 are two names, 监管和维护 is one.
            share[at] = 0.0 if char in words.joining and not paired else WEAK_SHARE
    for at in blank:
        share[at] = 0.0
    return share
