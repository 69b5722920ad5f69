"""The words around a name: which belong to questions, which are small, which many names hold."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from registry.pinyin import sounds

# A pattern tries words by groups of so many first characters.
TOGETHER = 48


@dataclass(frozen=True, slots=True)
class NameWords:
    """`question` finds the words of questions in folded text, longest first; `several` are those of
    several characters; `opening` finds who asks and that they do."""

    question: re.Pattern[str]
    several: frozenset[str]
    opening: re.Pattern[str]
    english: frozenset[str]
    weak: frozenset[str]
    joining: frozenset[str]
    firm: frozenset[str]
    leading: frozenset[str]
    generic: dict[str, float]
    heard: frozenset[str]


@cache
def name_words() -> NameWords:
    """The word file, read once."""
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    text = files("registry").joinpath("data/name_words.txt").read_text("utf-8")
    for line in text.splitlines():
        if line.startswith("["):
            current = sections.setdefault(line.strip("[] "), [])
        elif not line.startswith("#"):
            current.extend(line.split())
    words = set(sections["question"])
    chinese = {word for word in words if not word.isascii()}
    generic = sections["generic"]
    return NameWords(
        question=re.compile(_any_of(chinese)),
        opening=re.compile(_one_of(sections["askers"]) + _one_of(sections["asking"])),
        several=frozenset(word for word in chinese if len(word) > 1),
        english=frozenset(words - chinese),
        weak=frozenset(sections["weak"]) | frozenset(sections["joining"]),
        firm=frozenset(sections["firm"]),
        leading=frozenset(sections["leading"]),
        joining=frozenset(sections["joining"]),
        generic={w: float(s) for w, s in zip(generic[::2], generic[1::2], strict=True)},
        heard=frozenset(sounds().heard(word) for word in chinese if len(word) > 1),
    )


def _one_of(words: Iterable[str]) -> str:
    """A pattern of all the words as one tree: an alternation of hundreds would be tried one by one."""
    by_first: dict[str, set[str]] = {}
    optional = False
    for word in words:
        if word:
            by_first.setdefault(word[0], set()).add(word[1:])
        else:
            optional = True
    if not by_first:
        return ""
    single = [re.escape(c) for c, rest in by_first.items() if rest == {""}]
    branches = [re.escape(c) + _one_of(rest) for c, rest in by_first.items() if rest != {""}]
    if single:
        branches.append("[" + "".join(single) + "]")
    pattern = "(?:" + "|".join(sorted(branches)) + ")"
    return pattern + "?" if optional else pattern


def _any_of(words: Iterable[str]) -> str:
    """The same, of so many words that only those are tried that begin as the text does, or nearly."""
    by_first: dict[str, list[str]] = {}
    for word in words:
        by_first.setdefault(word[0], []).append(word)
    firsts = sorted(by_first)
    groups = []
    for at in range(0, len(firsts), TOGETHER):
        some = firsts[at : at + TOGETHER]
        held = (word for first in some for word in by_first[first])
        groups.append(f"(?=[{''.join(map(re.escape, some))}])" + _one_of(held))
    return f"(?=[{''.join(map(re.escape, firsts))}])(?:{'|'.join(groups)})"
