"""The sentence that says which ones, where or when: 3个 does not tell which towns they are."""

from __future__ import annotations

import re

from bot.answering.evidence import features_of, says_when
from bot.answering.facts import Result
from bot.answering.passages import passage_result, quoted, sentence_around, text_of
from bot.question.analysis import number
from bot.question.deadlines import DATE, DATE_ASKED, HOUR, HOUR_ASKED
from bot.question.query import Query
from bot.question.sources import Sources
from bot.retrieval import STRONG, WEAK, Evidence, told_by
from registry.passages import Span, clauses, figures, sentences
from registry.plan import TEXT_FIELDS, Plan

DATE_SAID = re.compile(f"{DATE.pattern}|(?:20\\d\\d年)?\\d{{1,2}}月")
# What is asked for, and how a sentence that says it looks.
ASKED = (
    (HOUR_ASKED, HOUR),
    (DATE_ASKED, DATE_SAID),
    (
        re.compile("谁(?:在|来|给|去)(?!管|抓|盯|跟|负责|联系|对接)|谁(?=[干做修建运搞]|施工|供应|提供)"),
        re.compile("(?:由|委托|聘请|向)[^，。；]{2,20}(?:公司|集团|合作社|研究院|设计院|事务所|中心|机构)"),
    ),
    (
        re.compile("哪(?:几|[两二三四五六七八九十]|\\d)?家(?!指标|交易所|银行|医院|学校)|什么公司|哪个(?:公司|单位|企业)"),
        re.compile("公司|集团|合作社|研究院|设计院|事务所"),
    ),
    (
        re.compile("(?:哪(?:几|[两二三四五六七八九十]|\\d)个?|在哪些?)(?:乡镇|镇|乡|街道|村|社区)"),
        re.compile(
            "[\u4e00-\u9fff](?:镇|乡|街道|村|社区)[^，。；]{0,12}[、和及][\u4e00-\u9fff]{1,5}(?:镇|乡|街道|村|社区)"
        ),
    ),
    (
        re.compile("哪(?:几|[两二三四五六七八九十]|\\d)[个家项处座所条位](?:项目|指标|是)?"),
        re.compile("[\u4e00-\u9fff”》]{2}、[“《\u4e00-\u9fff][^，。；]*[、和及]"),
    ),
)  # fmt: skip
WHEN = (HOUR, DATE_SAID)
SAID_OF_AN_ACT = (DATE_SAID, ASKED[2][1])  # of these what follows says what is done
NEARLY = 0.2  # a sentence that says so much less of the words than the best still speaks of them


async def sentence_stating(
    plan: Plan, best: Evidence | None, query: Query, sources: Sources
) -> Result | None:
    """The sentence that names or dates what was asked about, where the best evidence does not."""
    said = next((like for asked, like in ASKED if asked.search(query.said)), None)
    if said is None or query.yes_no or query.aspects or query.premise or query.operation:
        return None
    if best is not None and said in WHEN and says_when(plan, best.candidate, query):
        return None
    if best is not None and _says(plan, best, said):
        if best.candidate.span is None or said in WHEN:
            return None
        # 8个 is no answer to 「哪8个镇」; the sentence it stands in is.
        return passage_result(plan, [sentence_around(plan, best)], best.candidate.field)
    wanted = await features_of(query.content, sources)
    told = [
        (told_by(text[span.start : span.end], wanted), _shared(text[span.start : span.end], query), field, span)
        for field in TEXT_FIELDS
        if field != "approval_basis"
        for text in (text_of(plan, field),)
        for span in sentences(text)
        if said.search(text[span.start : span.end])
    ]  # fmt: skip
    if not told:
        return None
    share, _, field, span = max(told, key=lambda one: one[:2])
    text = text_of(plan, field)[span.start : span.end]
    asked = next(match for like, _ in ASKED if (match := like.search(query.said)))
    then = query.said[asked.end() :] if said in SAID_OF_AN_ACT else ""
    happens = any(word in text for word in _pairs(then))
    if share < (WEAK if happens else STRONG - NEARLY / 2):
        only = _only_clause(plan, then, said)
        return None if only is None else passage_result(plan, [quoted(plan, *only)], only[0])
    as_many = share >= STRONG and _as_many_as_said(query, text)
    if not (happens or as_many) and best is not None and share < best.coverage - 2 * NEARLY:
        return None
    return passage_result(plan, [quoted(plan, field, span)], field)


SO_MANY_OF_THEM = re.compile(r"哪(?P<n>[两二三四五六七八九十]|\d{1,2})[个家项处座所条位]")


def _as_many_as_said(query: Query, sentence: str) -> bool:
    """Whether a sentence counts as many as were asked for: 3个项目 for 「是哪三个项目」."""
    said = SO_MANY_OF_THEM.search(query.said)
    printed = {figure.value for figure in figures(sentence)}
    return said is not None and number(said["n"]) in printed


def _only_clause(plan: Plan, then: str, said: re.Pattern[str]) -> tuple[str, Span] | None:
    """The sentence of the only clause that states a date for what is to happen then (申报时间为9月1日至
    9月30日), whatever else was said of it."""
    found = [
        (field, span)
        for field in TEXT_FIELDS
        if field != "approval_basis"
        for text in (text_of(plan, field),)
        for span in sentences(text)
        for clause in clauses(text[span.start : span.end])
        for words in (text[span.start :][clause.start : clause.end],)
        if said.search(words) and any(word in words for word in _pairs(then))
    ]
    return found[0] if len(found) == 1 else None


def _pairs(then: str) -> list[str]:
    """What is to happen, by pairs of characters; 拨 alone is its own."""
    said = then.strip("的了呢啊?？")
    return [said] if len(said) == 1 else [then[at : at + 2] for at in range(len(then) - 1)]


def _says(plan: Plan, best: Evidence, said: re.Pattern[str]) -> bool:
    """Whether the sentence that evidence stands in says it."""
    span = best.candidate.span
    if span is None:
        return best.candidate.indicator is not None and bool(
            said.search(best.candidate.indicator.name)
        )
    text = text_of(plan, best.candidate.field)
    around = next((s for s in sentences(text) if s.start <= span.start < s.end), Span(0, 0))
    return said.search(text[around.start : around.end]) is not None


def _shared(sentence: str, query: Query) -> int:
    """How many pairs of the question's characters a sentence holds (申报, 截止)."""
    return sum(query.said[at : at + 2] in sentence for at in range(len(query.said) - 1))
