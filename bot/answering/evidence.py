"""Which words of a plan answer to a question's: ordered by the kind of value that is asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.question.evidence import all_known
from bot.question.query import Query
from bot.question.sources import Sources
from bot.retrieval import Evidence, distinguished, features, grams
from registry.plan import Plan

# Candidates within this of the best say the same thing as far as the words go.
LEVEL = 0.06
MOST_ALIKE = 5
MONEY_UNITS = ("亿元", "亿", "万元", "万", "千元", "元")
FIGURE_FIRST = 0.12  # a figure of the kind asked for outweighs this much coverage
ROW_FIRST = 0.05
MEASURE_ASKED = re.compile(
    "(?:多少|几|好多)(?P<measure>人|家|次|场|件|个|户|份|台|名|亩|公里|所|座|套|批|亿|万)"
)


async def evidence_for(
    plan: Plan, segments: Sequence[str], query: Query, sources: Sources
) -> list[Evidence]:
    """What the plan says about the segments, best first, by sound too where characters find little."""
    wanted = [gram for segment in segments for gram in grams(segment)]
    frequency = await sources.frequency(list(dict.fromkeys(wanted)))
    looked_for = features(segments, frequency)
    found = sources.retriever.find(plan, looked_for, query.content_in)
    if (not found or found[0].coverage < 0.75) and not all_known(segments, frequency):
        looked_for = features(segments, frequency, by_sound=True)
        found = sources.retriever.find(plan, looked_for, query.content_in)
    return distinguished(_by_kind(found, query), looked_for)


def _by_kind(found: list[Evidence], query: Query) -> list[Evidence]:
    """The evidence ordered anew by the kind of value asked for."""
    money = wants_money(query)
    number = wants_number(query)
    rows = bool(query.aspects)
    measure = MEASURE_ASKED.search(query.said)
    percent = re.search("比例|百分|几成|率|[几个]点", query.said) is not None
    stated = next((f.unit for f in query.premise if f.unit and not f.is_money), None)
    enumerates = not number and re.search("什么|啥|哪些|哪几", query.said) is not None

    def weight(evidence: Evidence) -> float:
        score = evidence.score
        candidate = evidence.candidate
        if candidate.indicator is not None:
            unit = candidate.indicator.unit_of_measure or ""
            score += ROW_FIRST if rows or not money or unit in MONEY_UNITS else -ROW_FIRST
            if number and not money:
                score += FIGURE_FIRST + ROW_FIRST
            if measure and measure["measure"] in unit:
                score += FIGURE_FIRST
        elif candidate.figure is not None:
            is_money = candidate.figure.yuan is not None
            if (money and is_money) or (number and not money and not is_money):
                score += FIGURE_FIRST * (2 if money else 1)
            elif not (money or number):
                score -= FIGURE_FIRST / 2
            if candidate.figure.unit is None or (measure and not money and is_money):
                score -= FIGURE_FIRST
            elif number and not money and is_money:
                score += ROW_FIRST  # 「培训费多少」 may well be asked for an amount
            if percent and candidate.figure.unit in {"%", "％"}:
                score += FIGURE_FIRST
            if stated is not None and stated in (candidate.figure.unit or ""):
                score += 2 * FIGURE_FIRST
            if measure and measure["measure"] in (candidate.figure.unit or ""):
                score += FIGURE_FIRST
            elif measure and measure["measure"] not in "万亿":
                score -= 2 * FIGURE_FIRST  # 多少人 is not answered by 12类
        elif number and candidate.figure is None:
            score -= ROW_FIRST
            if money and candidate.field == "approval_basis":
                score -= FIGURE_FIRST
        elif enumerates and candidate.field != "indicators":
            # 「保些什么」 is answered by what lists, not by a figure's few words.
            score += ROW_FIRST + 0.03 * min(candidate.context.count(","), 4)
        return score

    return sorted(found, key=lambda evidence: -weight(evidence))


MONEY_ASKED = re.compile(
    "(?:多少|好多|几).{0,2}(?:钱|奖|补|经费|资金|费|款)"
    "|(?:奖|补|赔|给|拨|扣|付|费|款|资金|金)(?:[一每全]年|一共|总共|是|要|有)*(?:多少|好多|几)"
    "|(?:领|拿|得|兑)(?:到|了|得到)?(?:多少|好多|几多?)(?![分个家次项条])"
)


def wants_money(query: Query) -> bool:
    """Whether an amount of money is asked for."""
    return (
        MONEY_ASKED.search(query.said) is not None
        or "total" in query.fields
        or query.in_unit is not None
        or any(f.is_money for f in query.premise)
    )


def wants_number(query: Query) -> bool:
    """Whether any number is asked for."""
    said = query.said
    return any(word in said for word in ("多少", "几", "好多", "比例", "率", "百分")) or bool(
        query.premise
    )


def alike(found: list[Evidence]) -> list[Evidence]:
    best = found[0]
    kind = (best.candidate.indicator is None, best.candidate.figure is None)
    return [
        evidence
        for evidence in found
        if evidence.coverage >= best.coverage - LEVEL
        and (evidence.candidate.indicator is None, evidence.candidate.figure is None) == kind
        and evidence.matched >= best.matched
        and evidence.own >= best.own
    ][:MOST_ALIKE]


def said_of_one(evidence: Evidence, unit: str) -> bool:
    """Whether the figure is said of one such unit: 元/户, 每人."""
    figure = evidence.candidate.figure
    words = evidence.candidate.words
    return bool(figure and f"/{unit}" in (figure.unit or "")) or f"每{unit}" in words


def is_price_of_one(evidence: Evidence) -> bool:
    """Whether a figure is a price of one, which no sum may add (每座8万元, 5000元/户)."""
    figure = evidence.candidate.figure
    if figure is None:
        return False
    text = evidence.candidate.words
    return (
        "/" in (figure.unit or "")
        or re.search("每.{0,2}$", text.split(figure.unit or "元")[0]) is not None
    )


def only_of_its_kind(found: list[Evidence], query: Query) -> Evidence | None:
    """The only figure that is said of one (元/人, 每亩), where the question asks for one of it; the
    only share, where it asks for one."""
    if re.search("比例|百分", query.said):
        shares = {
            (e.candidate.field, e.candidate.figure.start): e
            for e in found
            if e.candidate.figure is not None and e.candidate.figure.unit in {"%", "％"}
        }
        return next(iter(shares.values())) if len(shares) == 1 else None
    of = next(
        (segment[1] for segment in query.content if len(segment) == 2 and segment[0] == "每"), None
    )
    if of is None:
        return None
    fits = [
        e for e in found
        if e.candidate.figure is not None and e.candidate.figure.yuan is not None
        and (said_of_one(e, of) or f"{of}均" in e.candidate.words)
    ]  # fmt: skip
    return fits[0] if len(fits) == 1 else None
