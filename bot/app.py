"""The one place where the parts are joined."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from aiogram import BaseMiddleware, Bot, Dispatcher
from aiogram.client.session.base import BaseSession

from bot.operations.claims import StoreClaims
from bot.operations.requests import Numbered
from bot.operations.turns import Turns
from bot.render.fonts import font_file
from bot.settings import Settings
from bot.telegram.access import Access
from bot.telegram.audit import Audit
from bot.telegram.delivery import Outbox
from bot.telegram.digest import Digest
from bot.telegram.handlers.buttons import tap
from bot.telegram.handlers.guests import answer_guest
from bot.telegram.handlers.inline import type_inline
from bot.telegram.handlers.members import membership_changed
from bot.telegram.handlers.questions import hear, hear_edited
from bot.telegram.middleware import Gate, Reception
from bot.telegram.moving import move_chat
from bot.telegram.patience import Patience
from bot.telegram.state import KeyValue, State
from bot.telegram.talk import Desk, Surface, Talk

if TYPE_CHECKING:
    from bot.telegram.terminal import Terminal

# Small spaces that are looked into for every update are held whole in memory.
HELD = ("access", "taste", "gone", "server", "told", "request")


def build_dispatcher(
    settings: Settings,
    bot: Bot,
    desk: Desk,
    store: KeyValue | None = None,
    index: Any = None,
    *,
    surface: Surface = "telegram",
    exports: bool = True,
    turns: Turns | None = None,
    outermost: Sequence[BaseMiddleware] = (),
) -> Dispatcher:
    """A dispatcher with everything a handler asks for by name. What a terminal says is not kept."""
    kept_in = store if surface == "telegram" else None
    state = State(kept_in, shared=settings.several_processes)
    if state.shared and turns is None and store is not None:
        turns = Turns(StoreClaims(store))
    outbox = Outbox(bot, state, spend=turns.spend if turns is not None else None)
    access = Access(state, settings)
    talk = Talk(
        desk,
        state,
        outbox,
        settings,
        surface=surface,
        pictures=font_file() is not None,
        exports=exports and hasattr(store, "plan"),
    )
    reception = Reception(state, outbox, talk, turns)
    patience = Patience(lambda old, new: _moved(state, outbox, old, new))
    bot.session.middleware(patience)
    if surface == "telegram":
        talk.audit = Audit(state, settings.retention_days)
        talk.listeners.append(talk.audit.question)
    digest = Digest(state, talk, store)
    if hasattr(store, "remember_given") and surface == "telegram":
        talk.listeners.append(digest.note)
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
        digest=digest,
        started=time.time(),
    )
    for middleware in (Numbered(), *outermost, reception):
        dispatcher.update.outer_middleware(middleware)
    dispatcher.update.outer_middleware(Gate(access, talk))
    # Straight on the dispatcher: every layer of routers costs each update its walk.
    dispatcher.message.register(hear)
    dispatcher.edited_message.register(hear_edited)
    dispatcher.guest_message.register(answer_guest)
    dispatcher.callback_query.register(tap)
    dispatcher.inline_query.register(type_inline)
    dispatcher.my_chat_member.register(membership_changed)
    dispatcher.startup.register(_start)
    dispatcher.shutdown.register(_stop)
    return dispatcher


async def _start(
    state: State, outbox: Outbox, reception: Reception, dispatcher: Dispatcher
) -> None:
    await state.load(*HELD)
    await outbox.recall()
    await reception.recall()
    dispatcher["journal"] = asyncio.create_task(reception.journal())


async def _stop(
    state: State, outbox: Outbox, reception: Reception, digest: Digest, dispatcher: Dispatcher
) -> None:
    await reception.finish()
    await digest.write()
    await outbox.close()
    dispatcher["journal"].cancel()
    await state.close()


async def _moved(state: State, outbox: Outbox, old: int, new: int) -> None:
    await move_chat(state, old, new)
    outbox.moved(old, new)


def build_terminal(
    settings: Settings, desk: Desk, store: Any = None, *, exports: bool = False
) -> Terminal:
    """The same dispatcher with a terminal in Telegram's place; nothing is kept afterwards."""
    from bot.telegram.terminal import Terminal, TerminalSession

    session = TerminalSession()
    bot = Bot("1:terminal", session=session)
    whoever = settings.model_copy(update={"access": "open"})  # the shell has let them in already
    dispatcher = build_dispatcher(whoever, bot, desk, store, surface="text", exports=exports)
    return Terminal(dispatcher, bot, session)


def bot_over(settings: Settings, session: BaseSession | None = None) -> Bot:
    """The bot as Telegram's servers, or a server of one's own, will know it."""
    from aiogram.client.telegram import TelegramAPIServer

    from bot.telegram.session import Session

    if settings.token is None:
        raise ValueError("BOT_TOKEN")
    if session is None:
        api = TelegramAPIServer.from_base(settings.api_url)
        session = Session(proxy=settings.proxy, api=api)
    return Bot(settings.token.get_secret_value(), session=session)
