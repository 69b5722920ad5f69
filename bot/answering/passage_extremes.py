"""The largest or the smallest of several amounts that the passages of one plan state for a thing."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from bot.answering.evidence import LEVEL, evidence_for, wants_money
from bot.answering.passage_arithmetic import LIMIT
from bot.answering.passages import of_one, said_before, text_of
from bot.question.query import Query
from bot.question.sources import Sources
from bot.retrieval import STRONG, Evidence
from registry.passages import Span, figures, sentences
from registry.plan import Plan

HOW_MUCH_AT_MOST = re.compile("(?:最多|最高|封顶)[能可]?以?[补奖赔给拿领得]?(?:多少|好多|几)")


async def extreme_amounts(plan: Plan, query: Query, sources: Sources) -> list[Evidence]:
    """「奖补最高的是哪种情况」: of all amounts whose clauses hold the words, the one asked for, with
    those as large; none where the words lead to one amount alone, or to a limit (最多赔多少)."""
    found = await evidence_for(plan, query.content, query, sources)
    amounts = [e for e in found if e.candidate.figure and e.candidate.figure.yuan is not None]
    if not amounts or max(e.coverage for e in amounts) < STRONG:
        return []
    most = max(e.coverage for e in amounts)
    if not wants_money(query) and max(e.coverage for e in found) > most + LEVEL:
        return []  # 「护林员最大年龄」 is no amount
    if (limit := _limit_of_one(plan, amounts, query)) is not None:
        return [limit]
    limits = [e for e in amounts if e.coverage >= STRONG and _is_limit(plan, e)]
    if HOW_MUCH_AT_MOST.search(query.said) and len({_yuan(e) for e in limits}) == 1:
        return limits[:1]  # 「长寿湖一年最多补多少」: 封顶180万元, some clauses behind the name
    first = max(amounts, key=lambda evidence: evidence.score)
    words = {word for word in first.own if len(word) > 1 and word not in plan.name}
    said = [e for e in amounts if words and words <= e.own]
    same = [e for e in said if _is_awarded(plan, e)] or said
    if any(_is_limit(plan, e) for e in said):
        return []
    values = [_yuan(e) for e in same]
    if len(set(values)) < 2:
        return []
    wanted = min(values) if query.extreme == "min" else max(values)
    return [e for e in same if _yuan(e) == wanted]


MOST_ASKED = re.compile("最高|最多|上限|封顶|顶格")
LEAST_ASKED = re.compile("最低|最少|下限|保底|起步")
LEAST = re.compile("最低|不低于|不少于|下限|至少|保底")


async def stated_ends(plan: Plan, query: Query, sources: Sources) -> list[Evidence]:
    """「举报奖励最高多少」「最高多少最低多少」: the bounds that the sheet states right behind what was
    found (举报奖励资金8万元，每案最高10万元、最低200元), in the order they were asked for; none where
    one of them is not stated or what was found is a bound itself."""
    asked = sorted(
        (match.start(), bound)
        for pattern, bound in ((MOST_ASKED, LIMIT), (LEAST_ASKED, LEAST))
        if (match := pattern.search(query.said))
    )
    telling = any(len(run) > 1 for run in query.content)
    found = await evidence_for(plan, query.content, query, sources) if asked and telling else []
    own = found[0].candidate.figure if found and found[0].coverage >= STRONG else None
    if own is None:
        return []
    field = found[0].candidate.field
    text = text_of(plan, field)
    end = next(span.end for span in sentences(text) if span.end >= own.end)
    behind = [f for f in figures(text) if own.start <= f.start < end and f.yuan is not None]
    ends: list[Evidence] = []
    for _, bound in asked:
        fit = next((f for f in behind if bound.search(said_before(plan, field, f))), None)
        if fit is None or fit == own:
            return []
        own_words = Span(fit.label.start, fit.end)
        ends.append(
            replace(found[0], candidate=replace(found[0].candidate, figure=fit, span=own_words))
        )
    return ends


def _limit_of_one(plan: Plan, amounts: list[Evidence], query: Query) -> Evidence | None:
    """「一户改造最多能用多少」: the only limit of what was asked for one of (单户最高不超过12000元)."""
    one = next((run for run in query.content if len(run) == 2 and run[0] == "每"), None)
    if one is None or query.extreme != "max":
        return None
    fit = [e for e in amounts if one in e.own and _is_limit(plan, e)]
    return fit[0] if len({_yuan(e) for e in fit}) == 1 else None


def _yuan(evidence: Evidence) -> Decimal:
    figure = evidence.candidate.figure
    return figure.yuan if figure and figure.yuan is not None else Decimal(0)


AWARDED = re.compile("给予|一次性")


def _is_awarded(plan: Plan, evidence: Evidence) -> bool:
    """Whether a figure is what one gets, not what all of them do (孵化基地奖补60万元)."""
    figure, field = evidence.candidate.figure, evidence.candidate.field
    if figure is None:
        return False
    label = text_of(plan, field)[figure.label.start : figure.start]
    return of_one(plan, field, figure) or AWARDED.search(label) is not None


def _is_limit(plan: Plan, evidence: Evidence) -> bool:
    figure = evidence.candidate.figure
    return figure is not None and bool(
        LIMIT.search(said_before(plan, evidence.candidate.field, figure))
    )
