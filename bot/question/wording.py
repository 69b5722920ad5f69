"""The words to look for in indicators and passages, out of the tokens of a part."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.question.analysis import Part, Token
from bot.question.heard import JOINING
from bot.question.lexicon import generic_words, synonym_groups
from bot.question.names import CONNECTORS
from bot.question.query import Due
from bot.retrieval import NAME_CLOSE, NAME_OPEN

# 「排水整治比改厕多几处」 holds two things against each other.
THAN = re.compile("(?:(?<=..)|^)比(?![例赛率重价])(?=..)")


def content_of(part: Part) -> tuple[str, ...]:
    """The words to look for in indicators and passages: runs of what is left, with the soft words
    and the parts of names that touch them (区打非办, 举报奖励资金)."""
    segments: list[str] = []
    run: list[Token] = []

    def close() -> None:
        if any(token.kind in {"rest", "number_part"} for token in run):
            words = "".join(_as_content(token) for token in run)
            held = THAN.split(words) if part.has("ask", "difference") else [words]
            segments.extend(filter(None, held))
        run.clear()

    for token in part.tokens:
        joins = token.kind in {"rest", "project", "near", "number_part", "due"} or _may_be_content(
            token
        )
        joins = joins and not (token.kind == "rest" and _only_joins(token.text))
        alone = _of_one(token) or bool(run and _of_one(run[-1]))
        if run and (not joins or alone or token.start != run[-1].end):
            close()
        if joins:
            run.append(token)
    close()
    segments = _each_month(part, segments)
    groups = synonym_groups()
    generic = generic_words()
    found = dict.fromkeys(s for s in segments if len(s) > 1 or s in groups)
    return tuple(found) if any(segment not in generic for segment in found) else ()


def _only_joins(said: str) -> bool:
    """Whether a word joins others or holds them against each other, and names nothing itself."""
    return said in JOINING or CONNECTORS.fullmatch(said) is not None


def _each_month(part: Part, segments: Sequence[str]) -> list[str]:
    """「9月到12月底投资完成率」: what is said of the last month is meant of those before it too."""
    months = [_as_content(token) for token in part.of("due")]
    found: list[str] = []
    for segment in segments:
        said = next((month for month in months if segment.startswith(month)), None)
        if said is not None and len(segment) > len(said) and len(months) > 1:
            found += [month + segment.removeprefix(said) for month in months]
        else:
            found.append(segment)
    return found


def _of_one(token: Token) -> bool:
    """Whether the token is a 每亩 or 每户: a price is asked of one."""
    return token.kind == "rest" and len(token.text) == 2 and token.text[0] == "每"


def _as_content(token: Token) -> str:
    if token.kind == "due" and isinstance(token.value, Due) and token.value.month:
        return f"{token.value.month}月底"
    return f"{NAME_OPEN}{token.text}{NAME_CLOSE}" if token.kind == "project" else token.text


def _may_be_content(token: Token) -> bool:
    soft = token.means("soft") and not token.means("ask")
    return soft and token.kind == "word" and len(token.text) > 1


def beside_of(part: Part) -> tuple[str, ...]:
    """Question words that also choose between passages: 最多, 总共, 每年."""
    groups = synonym_groups()
    return tuple(
        token.text
        for token in part.tokens
        if token.kind == "word"
        and token.text in groups
        and token.means("ask", "max", "min", "sum", "each")
    )
