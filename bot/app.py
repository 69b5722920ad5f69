"""The one place where the parts are joined."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from aiogram import Bot, Dispatcher, Router
from aiogram.client.session.base import BaseSession

from bot.settings import Settings
from bot.telegram.access import Access
from bot.telegram.audit import Audit
from bot.telegram.delivery import Outbox
from bot.telegram.handlers import buttons, inline, members, questions
from bot.telegram.middleware import Gate, Reception
from bot.telegram.moving import move_chat
from bot.telegram.patience import Patience
from bot.telegram.state import KeyValue, State
from bot.telegram.talk import Desk, Surface, Talk

# Small spaces that are looked into for every update are held whole in memory.
HELD = ("access", "taste", "gone", "server", "told", "request", "update")


def build_dispatcher(
    settings: Settings,
    bot: Bot,
    desk: Desk,
    store: KeyValue | None = None,
    index: Any = None,
    *,
    surface: Surface = "telegram",
) -> Dispatcher:
    """A dispatcher with everything a handler asks for by name."""
    state = State(store, shared=settings.several_processes)
    outbox = Outbox(bot, state)
    access = Access(state, settings)
    talk = Talk(desk, state, outbox, settings, surface=surface)
    reception = Reception(state, outbox, talk)
    patience = Patience(lambda old, new: _moved(state, outbox, old, new))
    bot.session.middleware(patience)
    if surface == "telegram":
        talk.listeners.append(Audit(state, settings.retention_days).question)
    dispatcher = Dispatcher(
        disable_fsm=True,
        settings=settings,
        state=state,
        outbox=outbox,
        access=access,
        talk=talk,
        store=store,
        index=index,
        reception=reception,
        patience=patience,
        started=time.time(),
    )
    dispatcher.update.outer_middleware(reception)
    dispatcher.update.outer_middleware(Gate(access, talk))
    for router in (members.router, questions.router, buttons.router, inline.router):
        dispatcher.include_router(_fresh(router))
    dispatcher.startup.register(_start)
    dispatcher.shutdown.register(_stop)
    return dispatcher


def _fresh(router: Router) -> Router:
    """A copy of a module's router: aiogram lets a router have one parent, a process many bots."""
    copy = Router(name=router.name)
    for name, observer in router.observers.items():
        copy.observers[name].handlers.extend(observer.handlers)
    return copy


async def _start(
    state: State, outbox: Outbox, reception: Reception, dispatcher: Dispatcher
) -> None:
    await state.load(*HELD)
    await outbox.recall()
    dispatcher["journal"] = asyncio.create_task(reception.journal())


async def _stop(state: State, outbox: Outbox, reception: Reception, dispatcher: Dispatcher) -> None:
    await reception.finish()
    await outbox.close()
    dispatcher["journal"].cancel()
    await state.close()


async def _moved(state: State, outbox: Outbox, old: int, new: int) -> None:
    await move_chat(state, old, new)
    outbox.moved(old, new)


def build_terminal(settings: Settings, desk: Desk) -> tuple[Dispatcher, Bot, Any]:
    """The same dispatcher with a terminal in Telegram's place; nothing is kept afterwards."""
    from bot.telegram.terminal import Terminal, TerminalSession

    session = TerminalSession()
    bot = Bot("1:terminal", session=session)
    whoever = settings.model_copy(update={"access": "open"})  # the shell has let them in already
    dispatcher = build_dispatcher(whoever, bot, desk, surface="text")
    return dispatcher, bot, Terminal(dispatcher, bot, session)


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
