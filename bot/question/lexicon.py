"""Knows the words people use: spots the vocabulary of words.toml in a question, also in pinyin."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate, pairwise, product
from pathlib import Path
from typing import Any

from registry.pinyin import sounds, split_pinyin

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Word:
    """A vocabulary word found at text[start:end]: it means every (group, concept) of `senses`."""

    start: int
    end: int
    text: str
    senses: frozenset[tuple[str, str]]


ALTERNATIVES = re.compile(r"\(([^()]*\|[^()]*)\)")


def forms_of(pattern: str) -> Iterator[str]:
    """The words that an entry stands for: (没|没有)标核心 is two."""
    pieces = ALTERNATIVES.split(pattern)
    choices = [piece.split("|") if place % 2 else [piece] for place, piece in enumerate(pieces)]
    return map("".join, product(*choices))


class Lexicon:
    """Words by surface form; a form may have several senses, which the rules choose between."""

    def __init__(self, tables: dict[str, dict[str, list[str]]]) -> None:
        self.senses: dict[str, frozenset[tuple[str, str]]] = {}
        collected: dict[str, set[tuple[str, str]]] = {}
        for group, concepts in tables.items():
            for concept, words in concepts.items():
                for word in (form for pattern in words for form in forms_of(pattern)):
                    collected.setdefault(word.lower(), set()).add((group, concept))
        self.senses = {word: frozenset(senses) for word, senses in collected.items()}
        self.first = {word[0] for word in self.senses}
        self.longest = max(map(len, self.senses))

    def with_content(self, words: Collection[str]) -> Lexicon:
        """The vocabulary with words that only passages hold."""
        for word in words:
            self.senses[word] = frozenset({("content", word)})
        self.first |= {word[0] for word in words}
        self.longest = max(map(len, self.senses))
        return self

    def spot(self, text: str) -> list[Word]:
        """Every vocabulary word of the text, overlapping ones too; the earlier first, then the
        longer."""
        found: list[Word] = []
        for start, char in enumerate(text):
            if char not in self.first:
                continue
            for end in range(min(len(text), start + self.longest), start, -1):
                piece = text[start:end]
                senses = self.senses.get(piece)
                if senses and not _inside_latin_word(text, start, end):
                    found.append(Word(start, end, piece, senses))
        return found


def _inside_latin_word(text: str, start: int, end: int) -> bool:
    """`who` must not be found in `whole`."""
    before = (
        start > 0 and text[start].isascii() and text[start].isalpha() and _latin(text[start - 1])
    )
    after = end < len(text) and _latin(text[end - 1]) and _latin(text[end])
    return before or after


def _latin(char: str) -> bool:
    return char.isascii() and char.isalpha()


@cache
def read_table(name: str) -> dict[str, Any]:
    """A data file beside this module."""
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


# Tables of words.toml that rules read for themselves.
NO_WORDS_HEARD = (
    "alone",
    "demand",
    "group_by",
    "measure",
    "pay",
    "titles",
    "initials",
    "english_months",
    "variants",
)


@cache
def lexicon() -> Lexicon:
    """The vocabulary of words.toml, and the words of synonyms.toml that it would cut to pieces
    (过会 is neither 过 nor 会)."""
    tables = read_table("words.toml")
    words = Lexicon(
        {group: concepts for group, concepts in tables.items() if group not in NO_WORDS_HEARD}
    )
    cut = [
        word
        for word in synonym_groups()
        if len(word) > 1 and word not in words.senses and not ASKS.search(word) and words.spot(word)
    ]
    return words.with_content(cut)


# A synonym that asks (赔多少) stays cut: its question word must be heard.
ASKS = re.compile("多少|几|什么|啥|哪|谁")


# Understanding one question looks through the same passages several times.
@lru_cache(maxsize=1024)
def words_in(text: str) -> tuple[Word, ...]:
    """What `Lexicon.spot` finds."""
    return tuple(lexicon().spot(text))


@cache
def synonym_groups() -> dict[str, frozenset[str]]:
    """Each word of synonyms.toml -> all words that may stand for it."""
    groups: dict[str, set[str]] = {}
    for group in read_table("synonyms.toml")["groups"]:
        for word in group:
            groups.setdefault(word, set()).update(group)
    return {word: frozenset(others) for word, others in groups.items()}


@cache
def contraries() -> dict[str, frozenset[str]]:
    """Each word of synonyms.toml that others of its kind are contrary to -> these others."""
    found: dict[str, set[str]] = {}
    for group in read_table("synonyms.toml")["contraries"]:
        for word in group:
            found.setdefault(word, set()).update(set(group) - {word})
    return {word: frozenset(others) for word, others in found.items()}


@cache
def spoken_words() -> dict[str, str]:
    """Toneless pinyin of the vocabulary's Chinese words -> the word, longest pinyin wins elsewhere.

    Fillers are left out but for those a pinyin question is full of: their syllables (shi, you, de)
    would break names apart.
    """
    tables = read_table("words.toml")
    spoken: dict[str, str] = {}
    for group in ("field", "ask", "group", "talk", "category", "soft"):
        for concept, words in tables[group].items():
            if concept == "card":
                continue  # 信息, 情况: pieces of names as often as not
            for word in (form for pattern in words for form in forms_of(pattern)):
                if all("\u4e00" <= char <= "\u9fff" for char in word):
                    spoken.setdefault("".join(sounds().read(word)), word)
    return spoken


@cache
def spoken_after() -> dict[tuple[str, str], str]:
    """A character and the syllable of the one that follows it in a vocabulary word -> that one:
    谁 of 找shui, 少 of 多shao."""
    return {
        (before, sounds().read(before + after)[1]): after
        for word in spoken_words().values()
        for before, after in pairwise(word)
    }


@cache
def variants() -> dict[str, str]:
    """Words of other Chinese-speaking places -> those of the sheets."""
    table: dict[str, str] = read_table("words.toml")["variants"]
    return table


@cache
def _english() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """One word of english.toml, also in the plural, and a run of them with the spaces that part
    it from Chinese words."""
    words = sorted(read_table("english.toml")["words"], key=len, reverse=True)
    one = rf"(?<![a-z])(?P<word>{'|'.join(map(re.escape, words))})(?:e?s)?(?![a-z])"
    other = one.replace("?P<word>", "?:")
    han = r"[\u4e00-\u9fff]"
    run = rf"(?:(?<={han}) )?{other}(?: (?:and )?{other})*(?: ?\((?P<gloss>{han}+)\)| (?={han}))?"
    return re.compile(one), re.compile(run)


def in_chinese(text: str) -> str:
    """English words as the sheets have them: catastrophe insurance is 巨灾保险. What stands in
    brackets behind them says it better: disaster insurance (巨灾)."""
    words = read_table("english.toml")["words"]
    one, run = _english()

    def said(match: re.Match[str]) -> str:
        if match["gloss"]:
            return match["gloss"]
        chinese = one.sub(lambda word: str(words[word["word"]]), match.group())
        return chinese.replace(" and ", "和").replace(" ", "")

    return run.sub(said, text)


@cache
def generic_words() -> frozenset[str]:
    """Words that many passages share."""
    return frozenset(read_table("synonyms.toml")["generic"])


SPOKEN_FILLERS = {
    "de": "的", "shi": "是", "you": "有", "ma": "吗", "ne": "呢", "he": "和", "qingwen": "请问",
    "xiangmu": "项目", "jintian": "", "jinnian": "今年", "chayixia": "查一下", "wo": "我",
    "yaochaxun": "查询", "qian": "钱", "bangwo": "帮我", "gen": "跟", "zhuanxiang": "专项",
}  # fmt: skip


def pinyin_to_words(run: str) -> list[tuple[int, int, str]]:
    """Vocabulary words written in pinyin inside a Latin run: (start, end, the Chinese word).

    Longest first from the right, so that a name in front keeps its syllables:
    `jianguandianhua` -> [(8, 15, 电话)].
    """
    spoken = spoken_words()
    # gongji is no 共计 in gongjiao: a word ends where a syllable does.
    syllables = split_pinyin(run) or list(run)
    borders = {0, *accumulate(map(len, syllables))}
    found: list[tuple[int, int, str]] = []
    end = after = len(run)
    while end > 0:
        for start in range(max(0, end - 24), end):
            piece = run[start:end]
            word = spoken.get(piece) if len(piece) > 3 else None
            if not {start, end} <= borders or (word is not None and len(word) == 1 and end < after):
                word = None  # neither is gong 共 in gongjiao, nor jian 减 in jiangli
            if word is not None:
                found.append((start, end, word))
                end = after = start
                break
        else:
            end -= 1
    return found[::-1]
