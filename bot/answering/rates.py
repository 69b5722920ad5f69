"""What one gets or pays by a rate that the passage makes depend on a figure of the asker's own: 住2晚及以上的
50元/人, 高于0.3%的每超出0.1个百分点扣减1%."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from bot.answer import Block, Fact, Figure, Headline
from bot.answering.evidence import evidence_for, wants_number
from bot.answering.facts import Result, project_fact, working
from bot.answering.passages import figure_fact, of_one, passage_result, sentence_around, text_of
from bot.phrases import line
from bot.question.query import Asserted, Query
from bot.question.sources import Sources
from bot.retrieval import STRONG, Evidence
from registry.amounts import exact_text
from registry.passages import FigureInText, Span, figures, sentences
from registry.plan import Plan

NUMBER = r"\d+(?:\.\d+)?"
# 图像差错率高于0.3%的，每超出0.1个百分点扣减合同价款的1%; 亮灯率以98%为基准，每低1个百分点扣减2万元.
BEYOND = re.compile(
    rf"(?:(?:不?[高低]于|不少于|不?超过|不足)(?P<bound>{NUMBER})(?P<unit>%|分|天|人|次|个|户|小时)"
    rf"|以(?P<base>{NUMBER})(?P<of_base>%|分|天|人|次|个|户|小时)为(?:基准|标准|底线))"
    rf"[^。；]{{0,20}}?每(?:再)?(?P<way>超出|超过|超|高于|高|多|增加|低于|低|少|降低|下降|缺)(?P<step>{NUMBER})"
    rf"(?:个百分点|%|分|天|人|次|个|户|小时)[^。；\d]{{0,16}}?(?:扣|减|罚)[^。；\d]{{0,12}}(?P<rate>{NUMBER})"
    r"(?P<of>%|万元|元)"
)
ABOVE = frozenset(("超出", "超过", "超", "高于", "高", "多", "增加"))
# 「少巡一次」「超了2天」 say by how much, not where it came to.
BY_SO_MUCH = re.compile("(?:少|缺|差|漏|超|超出|超过|多|晚|迟|低|高)(?:了|[\u4e00-\u9fff])?$")
TAKEN_OFF = re.compile("[扣减罚]")


async def beyond_bound(plan: Plan, query: Query, sources: Sources) -> Result | None:
    """「差错率做到0.5%要扣合同款多少」: so many steps beyond the bound, each at what the passage says."""
    if len(query.premise) != 1 or query.yes_no or not TAKEN_OFF.search(query.said):
        return None
    stated = query.premise[0]
    for evidence, span in await _sentences(plan, query, sources):
        text = text_of(plan, evidence.candidate.field)
        rule = BEYOND.search(text, span.start, span.end)
        if rule is None or (rule["unit"] or rule["of_base"]) != stated.unit:
            continue
        bound = Decimal(rule["bound"] or rule["base"])
        step, rate = Decimal(rule["step"]), Decimal(rule["rate"])
        by = BY_SO_MUCH.search(query.said.partition(stated.said)[0]) is not None
        beyond = stated.value - bound if rule["way"] in ABOVE else bound - stated.value
        steps = (stated.value if by else beyond) / step
        if steps <= 0 or steps != steps.to_integral_value():
            return None
        result = f"{exact_text(steps * rate)}{rule['of']}"
        high, low = max(stated.value, bound), min(stated.value, bound)
        way = exact_text(stated.value) if by else f"({exact_text(high)} - {exact_text(low)})"
        arithmetic = f"{way} ÷ {exact_text(step)} × {exact_text(rate)}{rule['of']} = {result}"
        own = [f for f in figures(text) if f.start == rule.start("rate")]
        facts = tuple(figure_fact(plan, evidence.candidate.field, figure) for figure in own)
        return _worked_out(plan, evidence, result, arithmetic, facts)
    return None


async def by_condition(plan: Plan, query: Query, sources: Sources) -> Result | None:
    """「30个人的市外团住两晚能拿多少」: of the rates of one sentence that whose case was said, times as many."""
    if len(query.premise) != 2 or query.yes_no or query.aspects or not wants_number(query):
        return None
    for evidence, span in await _sentences(plan, query, sources):
        for count, case in (query.premise, query.premise[::-1]):
            rate = _rate_of(plan, evidence.candidate.field, span, count, case)
            if rate is None or rate.yuan is None:
                continue
            yuan = rate.yuan * count.value
            price = figure_fact(plan, evidence.candidate.field, rate)
            result = f"{exact_text(yuan)}元"
            each = f"{exact_text(rate.yuan)}元"
            arithmetic = f"{each} × {exact_text(count.value)}{count.unit} = {result}"
            if not _within(plan, evidence.candidate.field, span, yuan):
                return None
            return _worked_out(plan, evidence, result, arithmetic, (price,))
    return None


async def _sentences(plan: Plan, query: Query, sources: Sources) -> list[tuple[Evidence, Span]]:
    """The sentences that speak of the words, each once, best first."""
    found: dict[tuple[str, int], tuple[Evidence, Span]] = {}
    for evidence in await evidence_for(plan, query.content, query, sources):
        place = evidence.candidate.span
        if evidence.coverage < STRONG or place is None:
            continue
        field = evidence.candidate.field
        around = (s for s in sentences(text_of(plan, field)) if s.start <= place.start < s.end)
        for span in around:
            found.setdefault((field, span.start), (evidence, span))
    return list(found.values())


def _rate_of(
    plan: Plan, field: str, span: Span, count: Asserted, case: Asserted
) -> FigureInText | None:
    """The price of one of what is counted whose own case holds; none where the sentence states no case
    in that unit, or asks for more of what is counted."""
    text = text_of(plan, field)
    rates = [
        f
        for f in figures(text)
        if span.start <= f.start < span.end
        and f.yuan is not None
        and of_one(plan, field, f)
        and (
            f"/{count.unit}" in (f.unit or "") or f"每{count.unit}" in text[f.label.start : f.start]
        )
    ]
    if len(rates) < 2 or not count.unit or not case.unit:
        return None
    if any(least > count.value for least, _, _ in _cases(text, span, count.unit)):
        return None
    fit: list[tuple[Decimal, FigureInText]] = []
    for before, rate in zip([None, *rates], rates, strict=False):
        own = Span(before.end if before else span.start, rate.start)
        for least, more, _ in _cases(text, own, case.unit):
            if least == case.value or (more and least < case.value):
                fit.append((least, rate))
    return max(fit, key=lambda pair: pair[0])[1] if fit else None


def _cases(text: str, span: Span, unit: str) -> Iterator[tuple[Decimal, bool, int]]:
    """The figures in a unit that say from where on something holds: 住2晚及以上, 单团20人及以上."""
    like = re.compile(rf"(?<![/\d.])(?P<n>{NUMBER}){re.escape(unit)}(?P<more>及?以上)?")
    for match in like.finditer(text, span.start, span.end):
        yield Decimal(match["n"]), match["more"] is not None, match.start()


LIMIT = re.compile("(?:最高|不超过|上限|封顶)[^，。；]{0,4}$")


def _within(plan: Plan, field: str, span: Span, yuan: Decimal) -> bool:
    """Whether what it comes to stays within every limit of the sentence."""
    text = text_of(plan, field)
    return all(
        f.yuan is None or f.yuan >= yuan or not LIMIT.search(text[f.label.start : f.start])
        for f in figures(text)
        if span.start <= f.start < span.end
    )


def _worked_out(
    plan: Plan, evidence: Evidence, text: str, arithmetic: str, facts: tuple[Fact, ...]
) -> Result:
    figure = Figure(text, arithmetic, facts)
    blocks: list[Block] = [
        Headline(line("content.applied", figure=figure, project=project_fact(plan))),
        working(arithmetic, facts),
        sentence_around(plan, evidence),
    ]
    return passage_result(plan, blocks, evidence.candidate.field)
