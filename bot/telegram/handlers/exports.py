"""Pictures, files and contact cards: what leaves as something else than text."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from aiogram.methods import SendContact, SendDocument, SendPhoto
from aiogram.types import BufferedInputFile

from bot.answer import Do, Step
from bot.render.fonts import font_file
from bot.render.layout import cut
from bot.render.words import say
from bot.telegram.delivery import Outgoing
from bot.telegram.talk import Spot, Talk, reply_parameters
from registry.amounts import exact_text
from registry.plan import Plan
from registry.scope import Scope

BARS = 20  # bars a phone can show
ROWS = 5000  # rows of a list's file
CAPTION = 1024
SHEET, CHART = 0, 1  # Step.item of a picture
XLSX, CSV = 0, 1  # Step.item of a file


async def send_picture(spot: Spot, step: Step, talk: Talk, store: Any) -> str:
    """The sheet, a chart of its points, or a chart of all budgets; why not, where it cannot be."""
    if font_file() is None:
        return say("picture.no_font")
    from bot.render.picture import TooTall

    await talk.outbox.show_busy(spot.chat_id, spot.thread_id)
    try:
        made = await _picture(step, store, hide_phone=_hides(spot, talk))
    except TooTall:
        return say("picture.too_tall")
    if made is None:
        return say("error.plan_not_found")
    data, caption = made
    await talk.noted(spot, "picture", step)
    photo = BufferedInputFile(data, "picture.png")

    def build() -> SendPhoto:
        return SendPhoto(
            chat_id=spot.chat_id,
            photo=photo,
            caption=cut(caption, CAPTION),
            parse_mode=None,
            message_thread_id=spot.thread_id,
            reply_parameters=reply_parameters(spot),
        )

    talk.outbox.add(Outgoing(spot.chat_id, [build], is_group=spot.is_group))
    return ""


def _hides(spot: Spot, talk: Talk) -> bool:
    return spot.is_group and talk.settings.contacts_in_groups == "private"


async def _picture(step: Step, store: Any, *, hide_phone: bool = False) -> tuple[bytes, str] | None:
    from bot.render.picture import Bar, draw_bars, draw_sheet

    if step.project_id:
        plan = await store.plan(step.project_id)
        if plan is None:
            return None
        plan = without_contact(plan) if hide_phone else plan
        source = source_of(plan)
        if step.item == CHART:
            bars = [
                Bar(each.name, say("picture.points", n=exact_text(each.points)), each.points)
                for each in plan.indicators
                if each.points is not None
            ]
            title = say("picture.points_of", name=plan.name)
            return await asyncio.to_thread(draw_bars, title, bars, source), _caption(title, bars)
        return await asyncio.to_thread(draw_sheet, plan, source), f"{plan.name}\n{source}"
    plans = await store.plans(Scope(), order_by="total", descending=True, limit=BARS)
    bars = [
        Bar(plan.name, f"{exact_text(plan.total)}{plan.amount_unit}", yuan)
        for plan in plans
        if plan.total is not None and (yuan := plan.yuan()) is not None
    ]
    title = say("picture.budgets")
    sources = "；".join(dict.fromkeys(source_of(plan) for plan in plans[:1]))
    return await asyncio.to_thread(draw_bars, title, bars, sources), _caption(title, bars)


async def send_file(spot: Spot, step: Step, talk: Talk, store: Any) -> str:
    """One project or all of them as .xlsx or .csv; why not, where it cannot be."""
    from bot.render.files import comma_separated, list_table, sheet_table, workbook

    if step.project_id:
        plan = await store.plan(step.project_id)
        plans = [plan] if plan is not None else []
    else:
        await talk.outbox.show_busy(spot.chat_id, spot.thread_id)
        plans = await store.plans(Scope(), limit=ROWS)
    if not plans:
        return say("error.plan_not_found")
    if _hides(spot, talk):
        plans = [without_contact(plan) for plan in plans]
    await talk.noted(spot, "file", step)
    rows = sheet_table(plans[0]) if step.project_id else list_table(plans)
    sources = list(dict.fromkeys(source_of(plan) for plan in plans))
    name = plans[0].name if step.project_id else say("file.list")
    if step.item == CSV:
        data, suffix = comma_separated(rows), "csv"
    else:
        data, suffix = await asyncio.to_thread(workbook, rows, sources), "xlsx"
    document = BufferedInputFile(data, f"{file_name(name)}.{suffix}")

    def build() -> SendDocument:
        return SendDocument(
            chat_id=spot.chat_id,
            document=document,
            caption=cut("\n".join([name, *sources[:1]]), CAPTION),
            parse_mode=None,
            message_thread_id=spot.thread_id,
            reply_parameters=reply_parameters(spot),
        )

    talk.outbox.add(Outgoing(spot.chat_id, [build], is_group=spot.is_group))
    return ""


async def send_card(spot: Spot, project_id: int, talk: Talk, store: Any) -> str:
    """The contact as a card that the phone can keep and call."""
    plan = await store.plan(project_id)
    if plan is None or not plan.contact_phone_e164 or _hides(spot, talk):
        return say("card.none")

    def build() -> SendContact:
        return SendContact(
            chat_id=spot.chat_id,
            phone_number=plan.contact_phone_e164,
            first_name=plan.contact_person or plan.name[:60],
            message_thread_id=spot.thread_id,
            reply_parameters=reply_parameters(spot),
        )

    talk.outbox.add(Outgoing(spot.chat_id, [build], is_group=spot.is_group))
    return ""


def wanted_export(text: str) -> tuple[Do, int, str] | None:
    """(what, which kind, the rest of the words) where the words ask for a picture or a file."""
    for key, do, item in (
        ("export.chart_words", Do.PICTURE, CHART),
        ("export.picture_words", Do.PICTURE, SHEET),
        ("export.csv_words", Do.FILE, CSV),
        ("export.file_words", Do.FILE, XLSX),
    ):
        pattern = say(key)
        if match := re.search(pattern, text, re.IGNORECASE):
            return do, item, (text[: match.start()] + text[match.end() :]).strip(" 的，,。")
    return None


def source_of(plan: Plan) -> str:
    """来源 of a plan, for captions and files."""
    record = plan.record
    if record is None:
        return ""
    loaded = say("render.loaded", date=f"{record.loaded_at:%Y-%m-%d}")
    return say("render.source", rows=" · ".join((record.document, plan.title or "", loaded)))


def without_contact(plan: Plan) -> Plan:
    """The plan without its phone."""
    return replace(plan, contact_phone=None, contact_phone_e164=None)


def file_name(name: str) -> str:
    """A name that every system takes for a file."""
    return re.sub(r'[\\/:*?"<>|\x00-\x1f.]+', "_", name)[:60].strip() or "file"


def _caption(title: str, bars: Sequence[Any]) -> str:
    return "\n".join([title, *(f"{bar.label}：{bar.shown}" for bar in bars)])
