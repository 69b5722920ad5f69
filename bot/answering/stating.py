"""The sentence that says which ones, where or when: 3个 does not tell which towns they are."""

from __future__ import annotations

import re

from bot.answering.evidence import features_of, said_after, says_when
from bot.answering.facts import Result
from bot.answering.passages import passage_result, quoted, text_of
from bot.question.deadlines import DATE, DATE_ASKED
from bot.question.query import Query
from bot.question.sources import Sources
from bot.retrieval import STRONG, WEAK, Evidence, told_by
from registry.passages import Span, sentences
from registry.plan import TEXT_FIELDS, Plan

DATE_SAID = re.compile(f"{DATE.pattern}|(?:20\\d\\d年)?\\d{{1,2}}月")
# What is asked for, and how a sentence that says it looks.
ASKED = (
    (DATE_ASKED, DATE_SAID),
    (re.compile("哪家(?:公司|单位|企业)?|什么公司|哪个(?:公司|单位|企业)"), re.compile("公司|集团|合作社|研究院|设计院")),
    (
        re.compile("(?:哪(?:几|[两二三四五六七八九十]|\\d)个?|在哪些?)(?:乡镇|镇|乡|街道|村|社区)"),
        re.compile("[\u4e00-\u9fff](?:镇|乡|街道|村|社区)[、和及][\u4e00-\u9fff]{1,5}(?:镇|乡|街道|村|社区)"),
    ),
    (
        re.compile("哪(?:几|[两二三四五六七八九十]|\\d)[个家项处座所条位](?:项目|指标|是)?"),
        re.compile("[\u4e00-\u9fff”》]{2}、[“《\u4e00-\u9fff][^，。；]*[、和及]"),
    ),
)  # fmt: skip
NEARLY = 0.2  # a sentence that says so much less of the words than the best still speaks of them


async def sentence_stating(
    plan: Plan, best: Evidence | None, query: Query, sources: Sources
) -> Result | None:
    """The sentence that names or dates what was asked about, where the best evidence does not."""
    said = next((like for asked, like in ASKED if asked.search(query.said)), None)
    if said is None or query.yes_no or query.aspects or query.premise or query.operation:
        return None
    if best is not None and (_says(plan, best, said) or says_when(plan, best.candidate, query)):
        return None
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
    then = said_after(query)
    happens = any(then[at : at + 2] in text for at in range(len(then) - 1))
    if share < (WEAK if happens else STRONG - NEARLY / 2):
        return None
    if not happens and best is not None and share < best.coverage - 2 * NEARLY:
        return None
    return passage_result(plan, [quoted(plan, field, span)], field)


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
