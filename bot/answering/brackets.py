"""Answers from a scale: the step that holds the asker's own figure."""

from __future__ import annotations

from bot.answer import Block, Fact, FactKind, Headline, Line, Phrase
from bot.answering.evidence import features_of
from bot.answering.facts import Result, id_of, project_fact
from bot.answering.passages import figure_fact, passage_result, quoted, text_of
from bot.phrases import line
from bot.question.brackets import scale_for
from bot.question.query import Query
from bot.question.sources import Sources
from registry.passages import figures
from registry.plan import Plan


async def in_its_bracket(plan: Plan, query: Query, sources: Sources) -> Result | None:
    """「买辆15万的车能补多少」: the step of the scale that holds 15万元 (10万元至20万元的每辆补3000元)."""
    stated = query.premise[0] if len(query.premise) == 1 and not query.yes_no else None
    if stated is None:
        return None
    found = scale_for(plan, stated, await features_of(query.content, sources))
    if found is None:
        return None
    field, sentence, step = found
    text = text_of(plan, field)
    place, source = plan.places.get(field), id_of(plan)
    words = Fact(text[step.span.start : step.span.end], FactKind.TEXT, place, source, field)
    says = next((f for f in figures(text) if step.then <= f.start < step.span.end), None)
    head: Line = (words,)
    if says is not None:
        fact = figure_fact(plan, field, says)
        project = project_fact(plan)
        head = (*line("content.figure", figure=fact, project=project), Phrase("："), words)
    blocks: list[Block] = [Headline(head), quoted(plan, field, sentence)]
    return passage_result(plan, blocks, field)
