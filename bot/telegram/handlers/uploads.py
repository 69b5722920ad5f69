"""A steward sends a file: what it would change is shown first, then confirmed, then can be undone."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog
from aiogram import Bot
from aiogram.enums import ChatAction
from aiogram.exceptions import AiogramError
from aiogram.methods import SendDocument
from aiogram.types import BufferedInputFile, CallbackQuery, Message

from bot.render.words import say
from bot.telegram.access import Access, Role
from bot.telegram.callbacks import Act
from bot.telegram.delivery import Outgoing
from bot.telegram.errors import phrase_for
from bot.telegram.keyboards import acts
from bot.telegram.talk import Spot, Talk, escaped
from registry.errors import RegistryError

if TYPE_CHECKING:
    from registry.imports import Preview

log = structlog.get_logger(__name__)

LARGEST = 20 * 2**20  # bytes; more getFile does not give
SHOWN = 8  # changes and projects listed before the rest is only counted
RENAMES_KEPT = 24 * 3600.0
TYPING_EVERY = 4.0  # seconds; the phone shows it for five


async def take_file(
    message: Message, spot: Spot, bot: Bot, talk: Talk, access: Access, store: Any
) -> None:
    """Read the file and say what it would change."""
    document = message.document
    if document is None or store is None or not hasattr(store, "compare"):
        return
    if not await access.has(spot.user_id, Role.STEWARD):
        talk.say(spot, say("upload.stewards_only"))
        return
    if (document.file_size or 0) > LARGEST:
        talk.say(spot, say("upload.too_large"))
        return
    busy = asyncio.create_task(_show_busy(bot, spot))
    try:
        preview = await _preview(document, spot, bot, store)
    finally:
        busy.cancel()
    if preview is None:
        talk.say(spot, say("upload.not_fetched"))
        return
    if preview.renamings:
        renames = {each.new_name: each.project_id for each in preview.renamings}
        await talk.state.put("renames", preview.id or "", renames, RENAMES_KEPT)
    _tell(preview, spot, talk)


async def _preview(document: Any, spot: Spot, bot: Bot, store: Any) -> Preview | None:
    from registry.imports import preview_file  # readers are heavy, uploads are rare

    try:
        body = await bot.download(document)
    except AiogramError:
        log.exception("upload_not_fetched")
        return None
    if body is None:
        return None
    name = document.file_name or say("upload.nameless")
    return await preview_file(store, body.read(), name, by=f"telegram:{spot.user_id}")


async def _show_busy(bot: Bot, spot: Spot) -> None:
    while True:
        try:
            await bot.send_chat_action(
                spot.chat_id, ChatAction.UPLOAD_DOCUMENT, message_thread_id=spot.thread_id
            )
        except AiogramError:
            return
        await asyncio.sleep(TYPING_EVERY)


def _tell(preview: Preview, spot: Spot, talk: Talk) -> None:
    name = escaped(preview.file)
    if preview.message is not None:
        talk.say(spot, say("upload.not_kept", file=name, reason=escaped(preview.message)))
        return
    if preview.id is None:
        talk.say(spot, say("upload.nothing_new", file=name))
        return
    rows = [
        [("button.confirm", "confirm", (preview.id,)), ("button.cancel", "cancel", (preview.id,))]
    ]
    if preview.renamings:
        rows.append([("button.as_renamed", "renamed", (preview.id,))])
    talk.say(spot, "\n".join([say("upload.preview", file=name, **_counts(preview)), *_lines(preview)]),
             acts(*rows))  # fmt: skip
    if preview.fields_changed > SHOWN:
        _send_difference(preview, spot, talk)


def _counts(preview: Any) -> dict[str, int]:
    return {
        "new": len(preview.new),
        "changed": len(preview.changed),
        "unchanged": len(preview.unchanged),
    }


def _lines(preview: Preview) -> list[str]:
    lines = [say("upload.new", name=escaped(each.plan.name)) for each in preview.new]
    for each in preview.changed:
        lines += [
            say(
                "upload.change",
                name=escaped(each.plan.name),
                what=escaped(_what(change)),
                old=escaped(_short(change.old)),
                new=escaped(_short(change.new)),
            )
            for change in each.changes
        ]
    lines += [
        say("upload.renamed", old=escaped(each.old_name), new=escaped(each.new_name))
        for each in preview.renamings
    ]
    findings = [f"• {escaped(finding.sentence)}" for finding in preview.findings]
    if findings:
        findings.insert(0, say("upload.findings", count=len(findings)))
    return _first(lines) + _first(findings)


def _what(change: Any) -> str:
    from registry.imports import LABELS

    label = LABELS.get(change.part or change.field, change.part or change.field)
    return f"{change.indicator}·{label}" if change.indicator else str(label)


def _short(value: str | None) -> str:
    text = value or say("upload.blank")
    return text if len(text) <= 40 else f"{text[:40]}…"


def _first(lines: list[str]) -> list[str]:
    if len(lines) <= SHOWN:
        return lines
    return [*lines[:SHOWN], say("upload.more", count=len(lines) - SHOWN)]


def _send_difference(preview: Preview, spot: Spot, talk: Talk) -> None:
    from registry.imports import difference_csv

    name = say("upload.difference")
    file = BufferedInputFile(difference_csv(preview), f"{name}.csv")

    def build() -> SendDocument:
        return SendDocument(chat_id=spot.chat_id, document=file, message_thread_id=spot.thread_id)

    talk.outbox.add(Outgoing(spot.chat_id, [build], is_group=spot.is_group))


async def settle(
    said: Act, query: CallbackQuery, spot: Spot, talk: Talk, access: Access, store: Any
) -> str:
    """A tap on 确认, 取消, 当作改名 or 撤销; what the steward is told."""
    if not await access.has(query.from_user.id, Role.STEWARD):
        return say("access.stewards_only")
    by = f"telegram:{query.from_user.id}"
    here = replace(spot, edits=query.message.message_id) if query.message else spot
    try:
        text, version = await _settled(said, by, talk, store)
    except RegistryError as error:
        return phrase_for(error)
    await talk.registry_changed()
    undo = acts([("button.undo", "undo", (version,))]) if version else None
    talk.say(here, text, undo)
    if talk.audit is not None:
        await talk.audit.note(spot, said.verb, "done", "")
    return ""


async def _settled(said: Act, by: str, talk: Talk, store: Any) -> tuple[str, int | None]:
    from registry import imports

    number = said.ids[0]
    if said.verb == "cancel":
        await imports.cancel(store, number)
        return say("upload.cancelled"), None
    if said.verb == "undo":
        version = await store.undo(by=by, version=int(number) if number.isdigit() else -1)
        return say("upload.undone", version=version.number), None
    renames = await talk.state.get("renames", number) if said.verb == "renamed" else None
    applied = await imports.confirm(store, number, by=by, renames=renames)
    return say("upload.done", version=applied.version or "", **_counts(applied)), applied.version
