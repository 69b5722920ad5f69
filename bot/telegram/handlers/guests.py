"""@bot words in a chat that the bot is not in (guest mode): one answer, there, for all to see."""

from __future__ import annotations

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import InlineQueryResultArticle, InputTextMessageContent, Message

from bot.render.words import say
from bot.telegram.access import Access
from bot.telegram.addressed import said_in, without_mention, words_for
from bot.telegram.handlers.inline import neutral, result_of
from bot.telegram.handlers.questions import LONGEST_QUESTION
from bot.telegram.talk import Spot, Talk

log = structlog.get_logger(__name__)


async def answer_guest(message: Message, bot: Bot, talk: Talk, access: Access) -> None:
    """Answer whoever is listed. Nothing is remembered of the chat: its id may be another one's."""
    user, query = message.from_user, message.guest_query_id
    if user is None or user.is_bot or query is None:
        return
    if await access.may_ask(user, None):
        result = await _answered(message, bot, talk)
    else:
        result = neutral()
    try:
        await bot.answer_guest_query(query, result)
    except TelegramBadRequest as error:
        log.info("guest_not_answered", error=error.message[:200])  # it came too late


async def _answered(message: Message, bot: Bot, talk: Talk) -> InlineQueryResultArticle:
    me = await bot.me()
    words = words_for(message, me)
    text = words.text if words is not None else without_mention(said_in(message), me)
    if not text and message.reply_to_message is not None:
        # "@bot" in reply to somebody's question passes that question on.
        text = without_mention(said_in(message.reply_to_message), me)
    if not text:
        return _said(say("guest.empty", bot=me.username or ""))
    if len(text) > LONGEST_QUESTION:
        return _said(say("ask.too_long"))
    exchange = await talk.desk.ask(text, None)
    if talk.audit is not None:
        user = message.from_user.id if message.from_user else 0
        await talk.audit.question(Spot(message.chat.id, user, is_group=True), text, exchange)
    return result_of("answer", exchange.answer, talk.settings.contacts_in_groups == "private")


def _said(text: str) -> InlineQueryResultArticle:
    content = InputTextMessageContent(message_text=text)
    return InlineQueryResultArticle(id="said", title=text, input_message_content=content)
