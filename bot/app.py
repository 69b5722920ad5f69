"""The one place where the parts are joined."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.client.session.base import BaseSession

from bot.settings import Settings
from bot.telegram.delivery import Outbox
from bot.telegram.handlers import buttons, questions
from bot.telegram.middleware import Reception
from bot.telegram.state import KeyValue, State
from bot.telegram.talk import Desk, Surface, Talk


def build_dispatcher(
    settings: Settings,
    bot: Bot,
    desk: Desk,
    store: KeyValue | None = None,
    *,
    surface: Surface = "telegram",
) -> Dispatcher:
    """A dispatcher with everything a handler asks for by name."""
    state = State(store, shared=bool(settings.webhook_url))
    outbox = Outbox(bot, state)
    talk = Talk(desk, state, outbox, settings, surface=surface)
    parts: dict[str, Any] = {
        "settings": settings,
        "state": state,
        "outbox": outbox,
        "talk": talk,
        "store": store,
    }
    dispatcher = Dispatcher(disable_fsm=True, **parts)
    dispatcher.update.outer_middleware(Reception(state, outbox, talk))
    for router in (questions.router, buttons.router):
        router._parent_router = None  # a test builds several dispatchers in one process
        dispatcher.include_router(router)
    return dispatcher


def build_terminal(settings: Settings, desk: Desk) -> tuple[Dispatcher, Bot, Any]:
    """The same dispatcher with a terminal in Telegram's place; nothing is kept afterwards."""
    from bot.telegram.terminal import Terminal, TerminalSession

    session = TerminalSession()
    bot = Bot("1:terminal", session=session)
    dispatcher = build_dispatcher(settings, bot, desk, surface="text")
    return dispatcher, bot, Terminal(dispatcher, bot, session)


@asynccontextmanager
async def open_desk(settings: Settings) -> AsyncIterator[tuple[KeyValue, Desk]]:
    """The store of the settings and the desk over it."""
    raise NotImplementedError
    yield


def bot_over(settings: Settings, session: BaseSession | None = None) -> Bot:
    """The bot as Telegram's servers, or a server of one's own, will know it."""
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer

    if settings.token is None:
        raise ValueError("BOT_TOKEN")
    if session is None:
        api = TelegramAPIServer.from_base(settings.api_url)
        session = AiohttpSession(proxy=settings.proxy, api=api)
    return Bot(settings.token.get_secret_value(), session=session)
