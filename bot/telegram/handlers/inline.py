"""@bot words in any chat: the direct answer first, then the projects that the words may name."""

from __future__ import annotations

from typing import Any

from aiogram import Bot
from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
)

from bot.answer import Answer, Do, Outcome, Step
from bot.render.layout import cut
from bot.render.privacy import without_phones
from bot.render.text import render_text
from bot.render.words import say
from bot.telegram.access import Access
from bot.telegram.talk import Talk

PAGE = 10  # each result is a whole answer; ten are a screen
CACHE = 2  # seconds; the registry may change and people differ
TITLE, DESCRIPTION = 60, 120
OWN_CHATS = {"sender", "private"}  # where a phone is not shown to a group
ANSWERED = {Outcome.ANSWERED, Outcome.BLANK}


async def type_inline(query: InlineQuery, bot: Bot, talk: Talk, access: Access, index: Any) -> None:
    """Offer answers; an unlisted person gets one neutral result."""
    if not await access.may_ask(query.from_user, None):
        await _offer(bot, query, [neutral()], "")
        return
    hide = talk.settings.contacts_in_groups == "private" and query.chat_type not in OWN_CHATS
    text, start = query.query.strip(), _offset(query.offset)
    results, me = [], await bot.me()
    if start == 0 and text:
        exchange = await talk.desk.ask(text, None)
        if exchange.answer.outcome in ANSWERED:
            results.append(result_of("answer", exchange.answer, hide))
    matches = index.find(text, limit=start + PAGE + 1) if index is not None and text else []
    for match in matches[start : start + PAGE]:
        exchange = await talk.desk.press(Step("", Do.SHOW, match.project_id), None)
        result = result_of(f"p{match.project_id}", exchange.answer, hide, match.name)
        link = f"https://t.me/{me.username}?start=p{match.project_id}"
        open_it = InlineKeyboardButton(text=say("inline.open"), url=link)
        keys = InlineKeyboardMarkup(inline_keyboard=[[open_it]])
        results.append(result.model_copy(update={"reply_markup": keys}))
    if not text and start == 0:
        exchange = await talk.desk.press(Step("", Do.LIST), None)
        results.append(result_of("list", exchange.answer, hide))
    more = str(start + PAGE) if len(matches) > start + PAGE else ""
    await _offer(bot, query, results, more)


def result_of(key: str, answer: Answer, hide: bool, title: str = "") -> InlineQueryResultArticle:
    """An answer as whoever receives it in another chat sees it: plain text."""
    text = render_text(without_phones(answer) if hide else answer)
    first, _, rest = text.partition("\n")
    return InlineQueryResultArticle(
        id=key,
        title=cut(title or first, TITLE),
        description=cut((first if title else rest).replace("\n", " "), DESCRIPTION) or None,
        input_message_content=InputTextMessageContent(
            message_text=text, link_preview_options=LinkPreviewOptions(is_disabled=True)
        ),
    )


def neutral() -> InlineQueryResultArticle:
    """What an unlisted person gets; nothing of it is about the registry."""
    content = InputTextMessageContent(message_text=say("inline.closed_text"))
    return InlineQueryResultArticle(
        id="closed", title=say("inline.closed"), input_message_content=content
    )


async def _offer(
    bot: Bot, query: InlineQuery, results: list[InlineQueryResultArticle], more: str
) -> None:
    button = InlineQueryResultsButton(text=say("inline.help"), start_parameter="help")
    await bot.answer_inline_query(
        query.id,
        list(results),
        cache_time=CACHE,
        is_personal=True,
        next_offset=more,
        button=None if results else button,
    )


def _offset(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
