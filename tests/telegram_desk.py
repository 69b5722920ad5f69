"""A desk of hand-made answers, one of every shape, for tests of how answers look and travel."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.answer import (
    Answer,
    Do,
    Fact,
    FactKind,
    Figure,
    Headline,
    Note,
    Outcome,
    Paragraph,
    Passage,
    Phrase,
    Source,
    Step,
    Table,
    Working,
)
from registry.plan import Place

PLACE = Place("plans.txt", line=12, table=1, row=5)
SOURCE = Source(
    "plans.txt", "重点专项绩效目标表", PLACE, datetime(2026, 11, 20, tzinfo=UTC), 1, 2024
)
DREDGING = Fact("河道清淤项目", FactKind.PROJECT, project_id=1)
CANTEEN = Fact("学校食堂项目", FactKind.PROJECT, project_id=2)
STEPS = (
    Step("联系人", Do.CONTACT, 1),
    Step("绩效指标", Do.INDICATORS, 1),
    Step("立项依据", Do.FIELD, 1, field="approval_basis"),
    Step("原表", Do.SHEET, 1),
)


def amount() -> Answer:
    """One figure."""
    line = (DREDGING, Phrase("总资金额："), Fact("77.87万元", FactKind.AMOUNT, PLACE, 1, "total"))
    return Answer(
        "field", Outcome.ANSWERED, (Headline(line),), (SOURCE,), steps=STEPS, project_ids=(1,)
    )


def contact() -> Answer:
    """A person and a phone."""
    line = (
        DREDGING,
        Phrase("联系人："),
        Fact("李冬霞", FactKind.PERSON),
        Phrase("，电话 "),
        Fact("023-40232915", FactKind.PHONE, PLACE, 1, "contact_phone", e164="+862340232915"),
    )
    return Answer(
        "contact", Outcome.ANSWERED, (Headline(line),), (SOURCE,), steps=STEPS[1:], project_ids=(1,)
    )


def indicators() -> Answer:
    """A table of four columns."""
    rows = tuple(
        (
            (Fact(name, FactKind.INDICATOR),),
            (Fact(target, FactKind.TARGET),),
            (Fact(points, FactKind.POINTS),),
            (Phrase(core),),
        )
        for name, target, points, core in (
            ("清淤长度", "≥8000米", "30", "是"),
            ("完工时间<10月底>", "≤12个月", "20", "否"),
            ("群众满意度 & 知晓率", "≥90%", "10", ""),
        )
    )
    head = Headline((DREDGING, Phrase("共有"), Figure("3个指标", None)))
    table = Table(("指标名称", "目标", "分值(90分)", "核心"), rows)
    return Answer(
        "indicators", Outcome.ANSWERED, (head, table), (SOURCE,), steps=STEPS, project_ids=(1,)
    )


def passage(length: int = 400) -> Answer:
    """A long quotation with what was asked marked."""
    text = (
        "按照《实施意见》（渝府办发〔2017〕121号）开展清淤。<b>不是标签</b> & 例外；"
        + "清淤工作。" * length
    )
    quote = Fact(text, FactKind.TEXT, PLACE, 1, "overview", marks=((3, 9), (10, 23)))
    return Answer(
        "field",
        Outcome.ANSWERED,
        (Headline((DREDGING, Phrase("的项目概况"))), Passage(quote, fold=True)),
        (SOURCE,),
        steps=STEPS,
        project_ids=(1,),
    )


def total() -> Answer:
    """A computed figure with its arithmetic."""
    operands = (Fact("77.87", FactKind.AMOUNT), Fact("200", FactKind.AMOUNT))
    figure = Figure("277.87万元", "77.87 + 200 = 277.87", operands)
    head = Headline((Phrase("总资金额合计："), figure))
    work = Working((Figure("77.87 + 200 = 277.87", None, operands), Phrase("（单位：万元）")))
    note = Note((Phrase("只算已载入的项目。"),))
    return Answer("total", Outcome.ANSWERED, (head, work, note), (SOURCE, SOURCE))


def choices() -> Answer:
    """A question asked back."""
    head = Headline((Phrase("您问的是哪一个项目？"),))
    steps = (
        Step("河道清淤项目 · 77.87万元", Do.CHOOSE, 1, field="total"),
        Step("学校食堂项目 · 200万元", Do.CHOOSE, 2, field="total"),
    )
    return Answer("which", Outcome.ASKED_BACK, (head,), choices=steps)


def listing(page: int = 0) -> Answer:
    """The list of projects, three pages."""
    names = (
        ("河道清淤项目", "77.87万元"),
        ("学校食堂项目", "200万元"),
        ("巨灾保险项目", "42.5万元"),
    )
    name, funding = names[page]
    row = ((Fact(name, FactKind.PROJECT),), (Fact(funding, FactKind.AMOUNT),))
    head = Headline((Phrase("已载入的项目"),))
    return Answer(
        "list",
        Outcome.ANSWERED,
        (head, Table(("项目", "总资金额"), (row,))),
        (SOURCE,),
        steps=(Step("更多", Do.MORE),),
        page=page,
        pages=len(names),
    )


def not_understood() -> Answer:
    """Nonsense."""
    return Answer("none", Outcome.NOT_UNDERSTOOD, (Paragraph((Phrase("没听懂，请写明项目。"),)),))


WORDS = {
    "多少钱": amount,
    "联系人": contact,
    "指标": indicators,
    "概况": passage,
    "合计": total,
    "哪个": choices,
    "列表": listing,
}
ALL = (amount, contact, indicators, passage, total, choices, listing, not_understood)


@dataclass(frozen=True)
class Exchange:
    """An answer and what to remember of it."""

    answer: Answer
    memory: dict[str, Any]
    trace: tuple[str, ...] = ()


@dataclass
class StubDesk:
    """Answers by the word in the question; remembers what was asked and of which memory."""

    asked: list[tuple[str, dict[str, Any] | None]] = field(default_factory=list)

    async def ask(self, text: str, memory: dict[str, Any] | None) -> Exchange:
        self.asked.append((text, memory))
        if "炸" in text:
            raise RuntimeError("a bug with 13800138000 in its words")
        if "之前" in text:
            before = (memory or {}).get("text", "没有")
            line = (Phrase("之前问的是："), Fact(before))
            return Exchange(Answer("talk", Outcome.TALK, (Headline(line),)), {"text": text})
        if "谎" in text:
            line = (Phrase("总资金额 999 万元"),)
            return Exchange(Answer("lie", Outcome.ANSWERED, (Headline(line),)), {"text": text})
        make = next((make for word, make in WORDS.items() if word in text), not_understood)
        return Exchange(make(), {"text": text})

    async def press(self, step: Step, memory: dict[str, Any] | None) -> Exchange:
        self.asked.append((step.do.name, memory))
        if step.do in {Do.MORE, Do.LIST}:
            return Exchange(listing(step.page), {"text": step.do.name})
        made = {Do.CONTACT: contact, Do.INDICATORS: indicators, Do.FIELD: passage}
        return Exchange(made.get(step.do, amount)(), {"text": step.do.name})
