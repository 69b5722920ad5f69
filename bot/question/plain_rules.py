"""Rules for talk, phone numbers, documents, years and facts that no sheet states."""

from __future__ import annotations

import re
from functools import cache

from bot.question.deadlines import DATE, DATE_ASKED, OCCASION
from bot.question.evidence import evidence_in, projects_of, projects_saying
from bot.question.heard import Heard
from bot.question.hearing import hear, with_content
from bot.question.lexicon import read_table
from bot.question.query import Kind, Query
from bot.question.rules import Case, agrees, base, content_query, documents_shared, yes_no
from bot.retrieval import STRONG


async def only_talk(case: Case) -> Query | None:
    heard = case.heard
    plain = not (
        heard.projects or heard.near or heard.persons or heard.units or heard.fields
        or heard.part.of("figure", "phone", "document", "ordinal", "due", "year")
        or heard.part.has("ask", "points", "core", "indicators", "sum", "max", "min", "which_project", "target")
    )  # fmt: skip
    if not plain:
        return None
    if agrees(heard) and case.context.pending is None:
        return base(heard, kind=Kind.THANKS)
    if heard.part.has("talk", "help") and not heard.content:
        return base(heard, kind=Kind.HELP)
    if heard.content and not heard.part.has("talk"):
        return None
    if heard.part.has("talk", "greeting") and len(heard.rest) <= 4:
        return base(heard, kind=Kind.GREETING)
    if heard.part.has("talk", "thanks") and len(heard.rest) <= 4:
        return base(heard, kind=Kind.THANKS)
    return None


@cache
def _demands() -> re.Pattern[str]:
    """「把打非的预算改成500万」「删除所有项目」: that something be changed, and nothing asked behind it."""
    words = read_table("words.toml")["demand"]
    change, remove = ("|".join(map(re.escape, words[name])) for name in ("change", "remove"))
    said_first = "(?:请|麻烦|帮我?|给我|现在|立即|马上|你|从现在起)*"
    asks = re.compile("多少|几|什么|啥|哪|谁|吗|告诉|[?？]").pattern
    return re.compile(
        rf"(?:(?:把|将|从现在起)[^，,。]+?(?:{change})|^{said_first}(?:{remove}))(?!.*(?:{asks}))"
    )


async def change_demanded(case: Case) -> Query | None:
    """A chat only asks: what is registered is changed by those who care for it."""
    heard = case.heard
    registered = (
        heard.projects or heard.persons or heard.fields or heard.soft_fields
        or heard.part.has("ask", "all", "projects", "indicators", "points", "target", "people")
    )  # fmt: skip
    if not registered or _demands().search(heard.part.text) is None:
        return None
    return base(heard, kind=Kind.READ_ONLY)


async def whose_phone(case: Case) -> Query | None:
    heard = case.heard
    phone = heard.first("phone")
    if phone is None:
        return None
    if heard.persons and yes_no(heard):
        projects = await projects_of(case.sources, heard.persons[0])
        return base(
            heard,
            kind=Kind.FIELDS,
            projects=projects[:1],
            fields=("contact_phone",),
            phone=str(phone),
        )
    if heard.projects and set(heard.fields) & {"contact_phone", "contact_person"}:
        return base(
            heard,
            kind=Kind.FIELDS,
            projects=heard.projects,
            fields=("contact_phone",),
            phone=str(phone) if yes_no(heard) else None,
        )
    return base(heard, kind=Kind.PHONE, phone=str(phone))


async def which_rests_on(case: Case) -> Query | None:
    heard = case.heard
    document = heard.first("document")
    if document is None:
        return None
    if heard.projects and yes_no(heard):
        return base(
            heard,
            kind=Kind.FIELDS,
            projects=heard.projects,
            fields=("approval_basis",),
            document=str(document),
        )
    return base(heard, kind=Kind.DOCUMENT, document=str(document), projects=heard.projects)


async def part_of_a_document(case: Case) -> Query | None:
    """「渝财规10号文」「2254号批示批的是啥项目」: a number without its year, words of a title."""
    heard = case.heard
    number = heard.first("number_part")
    if number is None or (heard.projects and not heard.asks("which_project")):
        return None
    found = await projects_saying(case.sources, heard, ("approval_basis", "overview"))
    good = [
        project
        for project, evidence in found
        if str(number) in evidence.candidate.words + evidence.candidate.context
        and (project in heard.projects or not heard.of_person)
    ]
    if not good:
        return base(heard, kind=Kind.UNKNOWN_PROJECT, document=str(number))
    return base(
        heard,
        kind=Kind.FIND,
        projects=tuple(good),
        content=heard.content,
        content_in=("approval_basis", "overview"),
    )


async def shared_documents(case: Case) -> Query | None:
    heard = case.heard
    basis = "approval_basis" in (*heard.fields, *heard.soft_fields)
    if not heard.asks("basis_shared") and not (basis and heard.asks("same")):
        return None
    return documents_shared(heard, heard.projects)


async def year_not_loaded(case: Case) -> Query | None:
    heard = case.heard
    loaded = {known for known, _ in await case.sources.years()}
    missing = [year for year in heard.years if year not in loaded]
    if not missing or (None in loaded and len(loaded) == 1):
        return None
    return base(heard, kind=Kind.UNKNOWN_YEAR, year=missing[0], projects=heard.projects)


SURELY = 0.75


async def absent_fact(case: Case) -> Query | None:
    """「韩巨星的邮箱」「打非的开户行」: what sheets of this kind do not state."""
    heard = case.heard
    if _asks_for_its_head(heard):
        return base(heard, kind=Kind.NOT_STATED)
    if not heard.part.has("absent") or heard.due:
        return None
    if yes_no(heard) and heard.content and not heard.persons:
        # 「校长要不要陪餐」: what sheets state nothing of in general, one of them may speak of.
        found = await projects_saying(case.sources, heard)
        if found and found[0][1].coverage >= SURELY:
            return None
    return (
        await _stated_after_all(case)
        or await _paid_to_one(case)
        or base(heard, kind=Kind.NOT_STATED, projects=heard.projects)
    )


@cache
def _head_of_an_office() -> re.Pattern[str]:
    heads = "|".join(map(re.escape, read_table("words.toml")["titles"]["heads"]))
    return re.compile(f"(?:[局委办院所站队社馆厅联协会处校园]|中心)的?[正副]?(?:{heads})")


def _asks_for_its_head(heard: Heard) -> bool:
    """「住建委主任电话多少」: sheets name whom to ask of a project, not who is at the head of an office."""
    contact = heard.part.has("field", "contact_person", "contact_phone")
    asks = contact or heard.part.has("soft", "contact_person")
    named = _head_of_an_office().search(heard.part.text) is not None
    return asks and named and not heard.persons


@cache
def _pay() -> re.Pattern[str]:
    """「护林员的工资多少」 to its end."""
    words = "|".join(map(re.escape, read_table("words.toml")["pay"]["words"]))
    return re.compile(f"的?(?:{words})(?:是|有|拿|发|给)?(?:多少|好多|几多|几)?钱?[呢啊呀]?[?？]?$")


async def _paid_to_one(case: Case) -> Query | None:
    """「护林员工资多少」: no sheet states a salary, but some what each of them is paid."""
    heard = case.heard
    pay = _pay().search(heard.part.text)
    if pay is None or heard.persons or not heard.content:
        return None
    asked = heard.part.text[: pay.start()] + "每人补助多少钱"
    spoken = await hear(asked, case.sources, heard.projects)
    for project, evidence in (await projects_saying(case.sources, spoken))[:1]:
        found = await evidence_in(case.sources, spoken, project)
        paid = any(
            e.candidate.figure and e.candidate.figure.yuan and "每" in e.candidate.words
            for e in found
            if e.coverage >= STRONG
        )
        if paid and evidence.coverage >= STRONG:
            return content_query(spoken, (project,), ())
    return None


async def _stated_after_all(case: Case) -> Query | None:
    """「津贴几号前到账」: when it is due, where the sheet of the project states it."""
    heard = case.heard
    if len(heard.projects) != 1 or not DATE_ASKED.search(heard.part.text):
        return None
    said = [DATE_ASKED.sub("", token.text) for token in heard.part.words("absent")]
    spoken = await with_content(heard, (*heard.content, *filter(None, said)), case.sources)
    found = await evidence_in(case.sources, spoken, heard.projects[0])
    told = any(
        e.coverage >= STRONG
        and (DATE.search(e.candidate.words) or OCCASION.search(e.candidate.words))
        for e in found
    )
    return content_query(spoken, heard.projects, ()) if told else None


async def findings_asked(case: Case) -> Query | None:
    heard = case.heard
    if not heard.asks("finding") or heard.content:
        return None
    if heard.part.has("field", "contact_person", "contact_phone"):
        return None  # 档案数字化有问题打哪个电话
    of_all = heard.asks("which_project", "all", "number")
    before = () if of_all else case.context.projects
    return base(heard, kind=Kind.FINDINGS, projects=heard.projects or before)


async def history_asked(case: Case) -> Query | None:
    heard = case.heard
    if not heard.asks("history"):
        return None
    of_all = heard.asks("which_project", "all", "projects") or LATELY.search(heard.part.text)
    content = [run for run in heard.content if NO_CONTENT.sub("", run)]
    projects = heard.projects or (() if of_all or content else case.context.projects)
    if not projects and (not of_all or content):
        return None
    fields = tuple(dict.fromkeys((*heard.fields, *heard.soft_fields)))
    if not fields and heard.asks("how_much"):
        fields = ("total",)
    return base(heard, kind=Kind.HISTORY, projects=projects[:1], fields=fields)


# 「最近改了什么」 asks of the registry.
LATELY = re.compile("最近|近期|这次|上次|刚刚?|登记表")
NO_CONTENT = re.compile(f"{LATELY.pattern}|库里|表里|有|什么")
