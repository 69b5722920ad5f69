"""Buttons under an answer: candidates, the next facts, pages, copies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aiogram.types import CopyTextButton, DisabledButton, InlineKeyboardButton, InlineKeyboardMarkup

from bot.answer import Answer, Do, Fact, FactKind, Figure, Headline, Outcome, Step
from bot.render.guard import lines_of
from bot.render.words import say
from bot.telegram.callbacks import pack, pack_act

STEPS = 4  # more is noise under a phone's answer
COPIES = 2
IN_ROW, ROW_LETTERS = 4, 14  # 资金 全部指标 联系人 年度目标 stand in one row
COPY_LIMIT = 256  # characters a copy button holds
WHOLE = {"card", "sheet", "indicators"}  # kinds of answer that show a whole project
LISTS = {"find", "list", "rank"}  # and those that show many
LABEL = 60  # characters; longer labels are cut by the phone in the middle
COPY_WORDS = {
    FactKind.AMOUNT: "button.copy_amount",
    FactKind.PHONE: "button.copy_phone",
    FactKind.DOCUMENT: "button.copy_document",
}

Rows = list[list[InlineKeyboardButton]]


@dataclass(frozen=True, slots=True)
class Manner:
    """How answers are shown at a place.

    `asker` restricts candidates to that person; `hide_phones` offers them by a private button;
    `is_rich` says that the message carries native tables, which not every phone can show.
    """

    asker: int | None = None
    hide_phones: bool = False
    is_rich: bool = False
    pictures: bool = False
    feedback: bool = False
    exports: bool = False


def keyboard(answer: Answer, manner: Manner) -> InlineKeyboardMarkup | None:
    """The buttons of an answer, or None where there are none."""
    rows: Rows = [[_choice(step, manner)] for step in answer.choices]
    rows += _packed(_steps(answer, manner))
    rows += _pages(answer)
    rows += _packed(
        [*_copies(answer, manner), *_exports(answer, manner), *_opinions(answer, manner)]
    )
    return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


def _opinions(answer: Answer, manner: Manner) -> Iterator[InlineKeyboardButton]:
    if manner.is_rich:
        yield _act("button.plain", "plain")
    if manner.feedback and answer.outcome is not Outcome.TALK and not answer.choices:
        yield _act("button.bad", "bad")


def _choice(step: Step, manner: Manner) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=_label(step), callback_data=pack(step, manner.asker))


def _steps(answer: Answer, manner: Manner) -> Iterator[InlineKeyboardButton]:
    shown = 0
    for step in answer.steps:
        if step.do is Do.MORE or shown == STEPS:
            continue
        if step.do is Do.PICTURE and not manner.pictures:
            continue
        shown += 1
        if step.do is Do.CONTACT and manner.hide_phones:
            yield InlineKeyboardButton(
                text=say("button.contact_private"), callback_data=pack(step, private=True)
            )
            continue
        yield InlineKeyboardButton(text=_label(step), callback_data=pack(step))
    offered = any(step.do is Do.CONTACT for step in answer.steps)
    if manner.hide_phones and not offered and answer.project_ids and _has_phone(answer):
        step = Step("", Do.CONTACT, answer.project_ids[0])
        yield InlineKeyboardButton(
            text=say("button.contact_private"), callback_data=pack(step, private=True)
        )


def _pages(answer: Answer) -> Rows:
    if answer.pages <= 1:
        return []
    more = next((step for step in answer.steps if step.do is Do.MORE), Step("", Do.MORE))
    ends = (("button.previous", answer.page - 1), ("button.next", answer.page + 1))
    row = [_page(key, page, more, answer) for key, page in ends]
    return [row]


def _page(key: str, page: int, more: Step, answer: Answer) -> InlineKeyboardButton:
    if not 0 <= page < answer.pages:
        return InlineKeyboardButton(text=say(key), disabled=DisabledButton())
    project = more.project_id or (answer.project_ids[0] if len(answer.project_ids) == 1 else 0)
    step = Step("", Do.MORE, project, more.field, more.item, page)
    return InlineKeyboardButton(text=say(key), callback_data=pack(step))


def _copies(answer: Answer, manner: Manner) -> Iterator[InlineKeyboardButton]:
    """The amount, phone and document number of the answer, where there is exactly one of each."""
    if (sentence := _sentence(answer)) and not (manner.hide_phones and _has_phone(answer)):
        yield InlineKeyboardButton(
            text=say("button.copy_sentence"), copy_text=CopyTextButton(text=sentence)
        )
    shown = 0
    for kind, key in COPY_WORDS.items():
        if kind is FactKind.PHONE and manner.hide_phones:
            continue
        texts = {fact.text.strip() for fact in _facts(answer, kind)}
        if len(texts) == 1 and shown < COPIES and 0 < len(text := texts.pop()) <= COPY_LIMIT:
            shown += 1
            yield InlineKeyboardButton(text=say(key), copy_text=CopyTextButton(text=text))


def _exports(answer: Answer, manner: Manner) -> Iterator[InlineKeyboardButton]:
    """The sheet as a picture and as a file, the list as a chart and as a file, the contact's card."""
    if not manner.exports or answer.outcome is not Outcome.ANSWERED:
        return
    project = answer.project_ids[0] if len(answer.project_ids) == 1 else 0
    if (answer.kind in WHOLE and project) or answer.kind in LISTS:
        project = project if answer.kind in WHOLE else 0
        if manner.pictures:
            yield _step_button("button.picture", Step("", Do.PICTURE, project))
            if answer.kind == "indicators":
                yield _step_button("button.chart", Step("", Do.PICTURE, project, item=1))
        yield _step_button("button.file", Step("", Do.FILE, project))
    if project and _has_phone(answer) and not manner.hide_phones:
        yield _act("button.card", "card", project)


def _step_button(key: str, step: Step) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=say(key), callback_data=pack(step))


def _has_phone(answer: Answer) -> bool:
    return bool(_facts(answer, FactKind.PHONE))


def _sentence(answer: Answer) -> str:
    """The answer in one sentence with its source, as it can stand in a letter; else nothing."""
    heads = [block for block in answer.blocks if isinstance(block, Headline)]
    titles = {source.sheet for source in answer.sources if source.sheet}
    if answer.outcome is not Outcome.ANSWERED or len(heads) != 1 or len(titles) != 1:
        return ""
    if not any(isinstance(piece, (Fact, Figure)) for piece in heads[0].line):
        return ""
    words_of = "".join(piece.text for piece in heads[0].line).strip(" 。")
    source = answer.sources[0]
    year = say("render.year", year=source.year) if source.year else ""
    text = say("render.sentence", words=words_of, year=year, sheet=source.sheet)
    return text if len(text) <= COPY_LIMIT else ""


def _facts(answer: Answer, kind: FactKind) -> list[Fact]:
    return [
        piece
        for block in answer.blocks
        for line in lines_of(block)
        for piece in line
        if isinstance(piece, Fact) and piece.kind is kind
    ]


def _act(key: str, verb: str, *ids: object) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=say(key), callback_data=pack_act(verb, *ids))


def acts(*rows: Iterable[tuple[str, str, tuple[object, ...]]]) -> InlineKeyboardMarkup:
    """A keyboard of the bot's own buttons: (phrase key, verb, ids) by row."""
    return InlineKeyboardMarkup(
        inline_keyboard=[[_act(key, verb, *ids) for key, verb, ids in row] for row in rows]
    )


def _label(step: Step) -> str:
    text = step.label.strip() or say("button.show")
    return text if len(text) <= LABEL else text[: LABEL - 1] + "…"


def _packed(buttons: Iterable[InlineKeyboardButton]) -> Rows:
    """As many short buttons a row as a phone of 360 px can show without cutting their labels."""
    rows: Rows = []
    for button in buttons:
        taken = sum(len(each.text) for each in rows[-1]) if rows else 0
        if rows and len(rows[-1]) < IN_ROW and taken + len(button.text) <= ROW_LETTERS:
            rows[-1].append(button)
        else:
            rows.append([button])
    return rows
