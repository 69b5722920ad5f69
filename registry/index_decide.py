"""Whether the best candidate is what was meant: certain, near to others, or not there."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz.distance import OSA, Levenshtein

from registry.index_runs import Runs
from registry.index_score import NUMERALS, Fit, chunk_around
from registry.index_text import Question
from registry.pinyin import sounds

# Chosen by tests/benchmarks/names_thresholds.py, which prints what each value costs.
# A part of a name is certain when it is said without anything strange, covers so much of the name
# (证券 of 经济证券化 yes, 财政 of 财政信息化建设 no), weighs so much in all,
CERTAIN_COVERED = 0.35
CERTAIN_SAID = 3.0
# and no other project's name explains so much of it: where the registry is dense, a shortened
# name may well be that of a project that is not in it.
CROWDED = 0.6
# A whole name may be mistyped once, and once more for every so many of its characters.
CHARACTERS_A_SLIP = 5
# Below these nothing of the registry is meant.
NEAR_EXPLAINED = 0.5
NEAR_SAID = 2.0
# Two candidates are as good as tied when they differ by less than this weight.
MARGIN = 3.0
# What tells two names apart however small it is: 一期 and 二期, 2024年 and 2024年度, A标段 and B标段.
TELLING = NUMERALS | set("度期批标段abcdefghijklmnopqrstuvwxyz")
# People call by 项目 what is named 工程 or 经费, when they do not say the rest of the name either.
ANY_PROJECT = "项目"
NICKNAME_COVERED = 0.75
LONGEST_NICKNAME = 8


def is_known(question: Question, fit: Fit) -> bool:
    """Whether the fit is worth offering at all."""
    if fit.explained < NEAR_EXPLAINED or fit.said < NEAR_SAID:
        return False
    # Sounds strewn over a name are chance: 夜景照明 is not heard in 产业扶持及金融招商.
    meant = fit.literal + _typed_in_letters(question.chars[fit.first : fit.after])
    return fit.gaps <= fit.matched // 2 or meant * 2 >= fit.matched


def is_whole(question: Question, fit: Fit) -> bool:
    """The name as it is, and nothing strange beside it."""
    return not fit.strange and question.chars[fit.first : fit.after] == fit.name


def rivals(question: Question, best: Fit, others: Iterable[Fit]) -> list[Fit]:
    """Other names that explain the question nearly as well, in the same place of the text."""
    here = [fit for fit in others if fit.first < best.after and best.first < fit.after]
    if is_whole(question, best):
        return [fit for fit in here if is_whole(question, fit)]
    # A name of which only a common word is left unsaid is not rivalled by one that says more.
    complete = best.unsaid < MARGIN
    return [
        fit
        for fit in here
        if fit.said - fit.strange > best.said - best.strange - MARGIN
        and not (complete and fit.unsaid > best.unsaid + MARGIN)
        # 经济 is written in one name and only heard in 及金融.
        and not (best.literal == best.matched and fit.literal < min(fit.matched, best.literal - 1))
    ]


def is_certain(question: Question, best: Fit, others: list[Fit], names: Runs) -> bool:
    """Whether the best candidate may be answered for without asking; it has no rivals."""
    if is_whole(question, best):
        return True
    begin, stop = chunk_around(question, best.first, best.after, names.is_pair)
    if _leaves_out(question, best, names):
        return False
    if is_mistyped(question.chars[begin:stop], best.name, names):
        return True
    return _is_part(question, best, begin, stop) and not any(
        _as_meant(question, fit) > CROWDED * best.said
        and fit.first < best.after
        and best.first < fit.after
        for fit in others
    )


def is_mistyped(said: str, name: str, names: Runs) -> bool:
    """Whether what was said is this name with single characters wrong, missing, added or swapped,
    and none of them makes it look like another name."""
    most = max(1, len(name) // CHARACTERS_A_SLIP) if len(name) > 3 else 0
    if OSA.distance(said, name, score_cutoff=most) > most:
        return False
    last = -1
    heard = sounds().heard
    for step in Levenshtein.opcodes(said, name):
        if step.tag == "equal":
            continue
        wrong = said[step.src_start : step.src_end]
        meant = name[step.dest_start : step.dest_end]
        # One character for two is another word: 年鉴馆 for 年鉴编印.
        if len(wrong) > 1 or len(meant) > 1 or step.src_start == last:
            return False
        last = step.src_end
        if not TELLING.isdisjoint(wrong + meant):
            return False
        # What sounds otherwise is another word among many names: 西堰镇 is not 平堰镇.
        if wrong and meant and heard(wrong) != heard(meant) and names.are_many:
            return sorted(said) == sorted(name)
        # 品牌推广 for 品牌推介: names have 推广, so it is a word and not a slip.
        before = said[max(step.src_start - 1, 0) : step.src_end]
        after = said[step.src_start : step.src_end + 1]
        if wrong and wrong not in meant and (names.is_pair(before) or names.is_pair(after)):
            return said != name and sorted(said) == sorted(name)
    return True


def _is_like_another(said: str, name: str) -> bool:
    """Whether what was said may be another project's whole name: ended as this one, or begun so and
    long, but with less between."""
    begins, ends = said[:2] == name[:2], said[-2:] == name[-2:]
    heard = sounds().heard
    if heard(said) in heard(name):
        return begins and ends
    return ends or (begins and len(said) > LONGEST_NICKNAME)


def _leaves_out(question: Question, fit: Fit, names: Runs) -> bool:
    """Whether the name lacks a word that stands inside a long name said, or that other names have:
    考核 in 流浪救助考核专项资金."""
    return any(
        fit.first <= first < after <= fit.after
        and after > first + 1
        and question.chars[first:after] not in fit.name
        and (fit.matched > LONGEST_NICKNAME or names.in_names(question, first, after))
        for first, after in question.words
    )


def _as_meant(question: Question, fit: Fit) -> float:
    """What the fit explains by the characters said, or by letters that can only say sounds."""
    typed = _typed_in_letters(question.chars[fit.first : fit.after])
    return fit.said * min(fit.literal + typed, fit.matched) / fit.matched


def _is_part(question: Question, fit: Fit, begin: int, stop: int) -> bool:
    size = stop - begin
    said = question.chars[begin:stop]
    if fit.matched < size:
        named = begin == fit.first and fit.after + len(ANY_PROJECT) == stop
        nickname = fit.matched <= min(NICKNAME_COVERED * len(fit.name), LONGEST_NICKNAME)
        said_whole = fit.matched == fit.after - fit.first
        if not (said.endswith(ANY_PROJECT) and named and nickname and said_whole):
            return False
        size = fit.matched
    elif _is_like_another(said, fit.name) and (
        fit.unsaid > MARGIN or not TELLING.isdisjoint(set(fit.name) - set(said))
    ):
        return False
    typed = _typed_in_letters(said)
    return (
        fit.matched == size
        and fit.literal + typed >= fit.matched - (fit.gaps == 0)
        and fit.covered >= CERTAIN_COVERED
        and fit.said >= CERTAIN_SAID
    )


def _typed_in_letters(said: str) -> int:
    return sum("\ue000" <= char < "\uf900" or "a" <= char <= "z" for char in said)
