"""What goes over the wire, whether aiogram's session or ours puts it there."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.methods import (
    AnswerInlineQuery,
    EditMessageText,
    GetMe,
    SendMessage,
    SendRichMessage,
    TelegramMethod,
)
from aiogram.types import (
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputRichMessage,
    InputTextMessageContent,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram_server import TOKEN

from bot.telegram.session import Session

KEYS = InlineKeyboardMarkup(
    inline_keyboard=[
        [
            InlineKeyboardButton(text="联系人", callback_data="a:1"),
            InlineKeyboardButton(text="复制", copy_text=CopyTextButton(text="1+1=2&amp;3%")),
        ],
        [InlineKeyboardButton(text="打开", url="https://t.me/x?start=p1", style="primary")],
    ]
)
REQUESTS: tuple[TelegramMethod[Any], ...] = (
    GetMe(),
    SendMessage(
        chat_id=-1001,
        message_thread_id=7,
        text="200万元 & <b>1+1</b>\n100%\N{PARTY POPPER}",
        parse_mode="HTML",
        disable_notification=True,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        reply_parameters=ReplyParameters(message_id=5, allow_sending_without_reply=True),
        reply_markup=KEYS,
    ),
    SendRichMessage(chat_id=5, rich_message=InputRichMessage(html="<p>表</p>"), reply_markup=KEYS),
    EditMessageText(chat_id=5, message_id=9, text="新", reply_markup=None),
    AnswerInlineQuery(
        inline_query_id="7",
        results=[
            InlineQueryResultArticle(
                id="1",
                title="项目",
                input_message_content=InputTextMessageContent(message_text="答"),
            )
        ],
        cache_time=2,
        is_personal=True,
    ),
)


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    async with Bot(TOKEN) as made:
        yield made


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda it: type(it).__name__)
async def test_a_request_says_what_aiogram_would_have_said(bot: Bot, request_: Any) -> None:
    ours, theirs = (_fields(session, bot, request_) for session in (Session(), AiohttpSession()))
    assert ours == theirs


async def test_a_reply_with_more_or_less_than_expected_is_still_a_sent_message(bot: Bot) -> None:
    reply = '{"ok": true, "result": {"message_id": 9, "chat": {"id": -5}, "new": {"a": []}}}'
    sent = Session().check_response(bot, REQUESTS[1], 200, reply).result
    assert (sent.message_id, sent.chat.id) == (9, -5)


def _fields(session: AiohttpSession, bot: Bot, request: Any) -> dict[str, Any]:
    body = session.build_form_data(bot, request)()._value
    fields = parse_qs(bytes(body).decode(), strict_parsing=bool(body))
    return {name: _read(value) for name, [value] in fields.items()}


def _read(value: str) -> Any:
    return json.loads(value) if value[:1] in "{[" else value
