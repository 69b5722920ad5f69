"""How Chinese characters sound: toneless syllables, the usual confusions, initials, typed pinyin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from string import ascii_lowercase

# A sound class is written as one character of the private use area, so that fast string
# comparison (rapidfuzz, regular expressions) works on sounds as it does on characters.
FIRST_SOUND = 0xE000
LONGEST_SYLLABLE = 6
LONE_LETTER = 1000

_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("f", "h"))
_FINALS = (("ang", "an"), ("eng", "en"), ("ing", "in"))


@lru_cache(maxsize=4096)
def confused(syllable: str) -> str:
    """The form in which usually confused syllables are the same: zheng and zen, nan and lang."""
    for heard, kept in _INITIALS:
        if syllable.startswith(heard) and len(syllable) > len(heard):
            syllable = kept + syllable[len(heard) :]
            break
    for heard, kept in _FINALS:
        if syllable.endswith(heard):
            syllable = syllable[: -len(heard)] + kept
            break
    return syllable.replace("v", "u")


@dataclass(frozen=True, slots=True)
class Sounds:
    """The table of readings. `syllable` is a character's reading when it stands alone, `pairs`
    the readings of two characters together where they differ from that. `classes` numbers the
    syllables with confusions put together, `exact` numbers every syllable."""

    syllable: dict[str, str]
    pairs: dict[str, tuple[str, str]]
    exact: dict[str, int]
    classes: dict[str, int]
    class_count: int

    def read(self, text: str) -> list[str]:
        """Each character's reading in its context; a character without one stands for itself."""
        read = [self.syllable.get(char, char) for char in text]
        pairs = self.pairs
        at = 0
        while at < len(text) - 1:
            together = pairs.get(text[at : at + 2])
            if together is not None:
                read[at], read[at + 1] = together
                at += 1
            at += 1
        return read

    def heard(self, text: str) -> str:
        """The text as sound classes, one character each; the length stays."""
        return text.translate(_heard_table())

    def heard_in_words(self, text: str) -> str:
        """The same with each character read in its context: 长 of 长寿 as chang."""
        heard = text.translate(_spelt_table())
        together = _together_heard()
        at = 0
        while at < len(text) - 1:
            sound = together.get(text[at : at + 2])
            if sound is not None:
                heard = heard[:at] + sound + heard[at + 2 :]
                at += 1
            at += 1
        return heard


@cache
def sounds() -> Sounds:
    """The table, read once, at the first name or question."""
    # Shipped as a file: loading pypinyin costs more than everything else a start has to do.
    text = files("registry").joinpath("data/readings.txt").read_text("utf-8")
    alone_part, pair_part = text.split("\n---\n")
    syllable: dict[str, str] = {}
    exact: dict[str, int] = {}
    for line in alone_part.splitlines():
        if line.startswith("#"):
            continue
        name, characters = line.split(" ")
        exact[name] = len(exact)
        syllable.update(dict.fromkeys(characters, name))
    pairs: dict[str, tuple[str, str]] = {}
    for line in pair_part.splitlines():
        pair, first, second = line.split(" ")
        pairs[pair] = (first, second)
    numbered = {name: at for at, name in enumerate(sorted({confused(name) for name in exact}))}
    classes = {name: numbered[confused(name)] for name in exact}
    return Sounds(syllable, pairs, exact, classes, len(numbered))


class _Heard(dict[int, int]):
    """What each character sounds like, filled when asked: few of them are met, and a table of all
    would not stay in the processor's cache."""

    def __missing__(self, code: int) -> int:
        table = sounds()
        name = table.syllable.get(chr(code))
        self[code] = heard = code if name is None else FIRST_SOUND + table.classes[name]
        return heard


@cache
def _heard_table() -> _Heard:
    return _Heard()


@cache
def _spelt_table() -> _Heard:
    """The same, and letters that are syllables (a, e) as these."""
    classes = sounds().classes
    return _Heard({ord(name): FIRST_SOUND + classes[name] for name in classes if len(name) == 1})


@cache
def _together_heard() -> dict[str, str]:
    """How two characters together sound where that is not as each sounds alone."""
    classes = sounds().classes
    return {
        pair: "".join(chr(FIRST_SOUND + classes[name]) for name in read)
        for pair, read in sounds().pairs.items()
    }


@cache
def _typed_syllables() -> frozenset[str]:
    typed = {name for name in sounds().exact if any(v in name for v in "aeiouv")}
    return frozenset(typed | {name.replace("v", "u") for name in typed})


@cache
def _lengths() -> dict[str, list[int]]:
    """How long the syllables are that may begin with these two letters, the longest first."""
    found: dict[str, set[int]] = {}
    for name in _typed_syllables():
        begun = [name[:2]] if len(name) > 1 else [name, *map(name.__add__, ascii_lowercase)]
        for letters in begun:
            found.setdefault(letters, set()).add(len(name))
    return {letters: sorted(sizes, reverse=True) for letters, sizes in found.items()}


def readings(char: str) -> frozenset[str]:
    """Every reading of a character, alone or in a word, confusions put together: 藏 of 冷藏, 宝藏."""
    return _readings().get(char, frozenset())


@cache
def _readings() -> dict[str, frozenset[str]]:
    table = sounds()
    found = {char: {confused(reading)} for char, reading in table.syllable.items()}
    for pair, read in table.pairs.items():
        for char, reading in zip(pair, read, strict=True):
            found.setdefault(char, set()).add(confused(reading))
    return {char: frozenset(several) for char, several in found.items()}


def initials_of(text: str) -> str:
    """The first letter of every character's reading (巨灾保险 -> jzbx); others stay."""
    return "".join(reading[0] for reading in sounds().read(text))


def initials_alone(text: str) -> str:
    """The same with each character read as it is alone, which takes far less time."""
    return text.translate(_initial_table())


@cache
def _initial_table() -> dict[int, str]:
    return {ord(char): name[0] for char, name in sounds().syllable.items()}


def sound_of(syllable: str) -> str:
    """The sound class of a typed syllable, as one character."""
    classes = sounds().classes
    number = classes.get(syllable)
    if number is None and syllable[:1] in "ln":
        number = classes.get(syllable.replace("u", "v"))
    return chr(FIRST_SOUND + number) if number is not None else syllable[:1]


def respelt(syllables: list[str]) -> Iterator[list[str]]:
    """The same letters in as many other syllables: ban an as ba nan."""
    typed = _typed_syllables()
    for at in range(len(syllables) - 1):
        one, two = syllables[at], syllables[at + 1]
        for border in (len(one) - 1, len(one) + 1):
            first, second = (one + two)[:border], (one + two)[border:]
            if first in typed and second in typed:
                yield [*syllables[:at], first, second, *syllables[at + 2 :]]


def heard_alone(heard: str) -> Iterator[str]:
    """Sound classes as names are kept, character by character: chang shou (长寿) as zhang shou."""
    table = _together_alone()
    for at in range(len(heard) - 1):
        for alone in table.get(heard[at : at + 2], ()):
            yield heard[:at] + alone + heard[at + 2 :]


@cache
def _together_alone() -> dict[str, set[str]]:
    table = sounds()
    found: dict[str, set[str]] = {}
    for pair, together in _together_heard().items():
        alone = table.heard(pair)
        if alone != together:
            found.setdefault(together, set()).add(alone)
    return found


def split_pinyin(letters: str) -> list[str] | None:
    """Typed letters as full syllables (julingbaoxian), as few as possible; None when they are not.

    A single letter among many syllables stays a letter (fuwu B biaoduan); "jzbx" is initials.
    """
    typed, lengths = _typed_syllables(), _lengths()
    end = len(letters)
    # best[i]: what it costs to make up letters[i:], and the first piece's length.
    best: list[tuple[int, int]] = [(0, 0)] * (end + 1)
    for start in range(end - 1, -1, -1):
        choice = (best[start + 1][0] + LONE_LETTER, 1)
        for length in lengths.get(letters[start : start + 2], ()):
            if start + length <= end and letters[start : start + length] in typed:
                cost = best[start + length][0] + 1
                if cost < choice[0]:
                    choice = (cost, length)
        best[start] = choice
    lone, syllables = divmod(best[0][0], LONE_LETTER)
    if lone and syllables < 4 * lone:
        return None
    found: list[str] = []
    start = 0
    while start < end:
        found.append(letters[start : start + best[start][1]])
        start += best[start][1]
    return found
