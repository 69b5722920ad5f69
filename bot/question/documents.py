"""Where a document that a question names is cited in the sheets."""

from __future__ import annotations

from bot.question.lexicon import lexicon
from bot.question.names import in_order
from bot.question.sources import Sources
from registry.documents import cited_documents, number_key
from registry.plan import Plan
from registry.scope import Citation
from registry.store.grams import grams_of

MOST_HITS = 100  # passages that hold the digits of a number, looked at for the number itself
JOINING = frozenset("拿看查了的")  # lone characters that are no part of an office


async def citations(said: str, sources: Sources) -> list[Citation]:
    """Where a number such as 渝府办发[2017]121号 is cited. Words typed before the office are cut off;
    an office may be said in short (长府办[2015]48号) or not at all."""
    office, _, rest = number_key(said).partition("[")
    for start in range(max(len(office) - 1, 1)):
        cited = await sources.store.find_documents(f"{office[start:]}[{rest}")
        if cited:
            return cited
    return await _in_short(_without_talk(office), rest, sources)


def _without_talk(office: str) -> str:
    """An office without the words of the question before it: 哪些项目引了长府办."""
    words = [w for w in lexicon().spot(office) if len(w.text) > 1 or w.text in JOINING]
    return office[max((w.end for w in words), default=0) :]


async def _in_short(office: str, rest: str, sources: Sources) -> list[Citation]:
    """Where a document of that year and serial is cited, of an office that holds the characters."""
    year, _, serial = rest.partition("]")
    wanted = [*grams_of(year), *grams_of(f"{serial}号")]
    hits = await sources.store.search(wanted, limit=MOST_HITS)
    found: list[Citation] = []
    for project in dict.fromkeys(h.project_id for h in hits if h.matched == len(wanted)):
        plan = await sources.plan(project)
        if plan is not None:
            found += _cited_in(plan, office, rest)
    return found


def _cited_in(plan: Plan, office: str, rest: str) -> list[Citation]:
    if plan.record is None:
        return []
    cited = cited_documents(f"{plan.approval_basis or ''}\n{plan.overview or ''}")
    return [
        Citation(plan.record.project_id, plan.record.plan_id, d.key, d.title, d.number)
        for d in cited
        if d.key.partition("[")[2] == rest and in_order(office, d.key.partition("[")[0])
    ]
