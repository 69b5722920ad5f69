"""How a passage is shown: the sentence quoted, its figure as printed, the words it belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.answer import (
    Block,
    Fact,
    FactKind,
    Passage,
    Phrase,
)
from bot.answering.facts import (
    Result,
    about,
    id_of,
    project_fact,
    source_of,
)
from bot.phrases import label, line
from bot.question.deadlines import DATE
from bot.retrieval import Evidence
from registry.passages import FigureInText, Span, sentences
from registry.plan import Plan


def text_of(plan: Plan, field: str) -> str:
    """A long text of the plan."""
    value: str | None = getattr(plan, field)
    return value or ""


PIECE = re.compile("[，,；;：:（(）)。]")
PER_ONE = re.compile(
    "每(?:一|个)?(?![年月季周天日])[\u4e00-\u9fff]|[人户亩]均|单价|单[户人座例件台]"
)


def said_before(plan: Plan, field: str, figure: FigureInText) -> str:
    """The words of its own clause that a figure follows: 水稻每亩保额 for 1000元."""
    text = text_of(plan, field)
    shared = figure.of_one
    return (text[shared.start : shared.end] if shared else "") + PIECE.split(
        text[figure.label.start : figure.start]
    )[-1]


TIMES = re.compile(r"\d\s*[*×xX]\s*$")  # 5*5万元
SUM_OF_PRICES = re.compile(r"每.*\d[\d.]*[亿万千]?元[共合]?计$")  # 按每公里60万元计510万元


def of_one(plan: Plan, field: str, figure: FigureInText) -> bool:
    """Whether a figure is a price of one, which no sum may add (每座8万元, 5000元/户); 计88万元 is not."""
    before = said_before(plan, field, figure)
    is_sum = SUM_OF_PRICES.search(before) is not None
    factor = TIMES.search(text_of(plan, field)[: figure.start]) is not None
    return (
        "/" in (figure.unit or "") or factor or (PER_ONE.search(before) is not None and not is_sum)
    )


def figure_fact(plan: Plan, field: str, figure: FigureInText) -> Fact:
    """A figure of a passage as printed, with its unit."""
    text = text_of(plan, field)[figure.start : figure.end].strip()
    kind = FactKind.AMOUNT if figure.yuan is not None else FactKind.OTHER
    return Fact(text, kind, plan.places.get(field), id_of(plan), field)


def sentence_around(plan: Plan, evidence: Evidence) -> Passage:
    """The sentence that says it, with the words that were asked for marked."""
    candidate = evidence.candidate
    field = candidate.field
    text = text_of(plan, field)
    start, end = 0, len(text)
    if candidate.span is not None:
        for span in sentences(text):
            if span.start <= candidate.span.start < span.end:
                start, end = span.start, span.end
                break
        mark = (candidate.span.start - start, min(candidate.span.end, end) - start)
    else:
        mark = (0, 0)
    quote = text[start:end]
    lead = len(quote) - len(quote.lstrip())
    marks = ((max(mark[0] - lead, 0), mark[1] - lead),) if mark[1] > mark[0] else ()
    return quoted(plan, field, Span(start, end), marks)


def quoted(plan: Plan, field: str, span: Span, marks: Sequence[tuple[int, int]] = ()) -> Passage:
    """Words of a long text as the sheet has them; `marks` count from their first character."""
    quote = text_of(plan, field)[span.start : span.end].strip()
    kept = tuple((start, min(end, len(quote))) for start, end in marks)
    fact = Fact(quote, FactKind.TEXT, plan.places.get(field), id_of(plan), field, kept)
    return Passage(
        fact,
        line("content.says", project=project_fact(plan), label=label(field)),
        fold=len(quote) > 160,
    )


def runs_of(spans: Sequence[Span]) -> list[Span]:
    """Spans with those that follow each other joined."""
    runs: list[Span] = []
    for span in spans:
        if runs and span.start - runs[-1].end <= 1:
            runs[-1] = Span(runs[-1].start, span.end)
        else:
            runs.append(span)
    return runs


MOST_DATED = 3


def dated_passages(plan: Plan) -> list[Block]:
    """The sentences of the overview that state a date, where they are few, as what comes nearest."""
    text = text_of(plan, "overview")
    spans = [span for span in sentences(text) if DATE.search(text[span.start : span.end])]
    if not 0 < len(spans) <= MOST_DATED:
        return []
    title = line("content.nearest", project=project_fact(plan))
    return [replace(quoted(plan, "overview", span), title=title) for span in runs_of(spans)]


LIST_NUMBER = re.compile(r"^(?:[（(]\d{1,2}[）)]|\d{1,2}[.．](?!\d))")


def clause_of(plan: Plan, evidence: Evidence) -> tuple[Phrase | Fact, ...]:
    """The words a figure belongs to, as the sheet has them."""
    candidate = evidence.candidate
    if candidate.span is None or candidate.figure is None:
        return ()
    text = text_of(plan, candidate.field)[candidate.span.start : candidate.span.end]
    text = (
        LIST_NUMBER.sub("", text.strip("，,、 "))
        .strip("，,、（( ")
        .lstrip("）)、")
        .removeprefix("的")
    )
    return (
        Phrase("："),
        Fact(text, FactKind.TEXT, plan.places.get(candidate.field), id_of(plan), candidate.field),
    )


def passage_result(plan: Plan, blocks: Sequence[Block], field: str) -> Result:
    return about(plan, "content", blocks, sources=[source_of(plan, field)], given=(field,))
