"""`python -m bot run`: serves Telegram by long polling."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress

import structlog
from aiogram import Bot, Dispatcher

from bot.app import bot_over, build_dispatcher
from bot.opening import opened
from bot.render.words import say
from bot.settings import Settings
from bot.telegram.access import Access
from bot.telegram.logs import configure_logs
from bot.telegram.menus import offer_menus

log = structlog.get_logger(__name__)


async def serve(settings: Settings) -> int:
    """Serve until told to stop."""
    configure_logs(settings.log_level, settings.log_format)
    if settings.token is None:
        print(say("terminal.no_token"), file=sys.stderr)
        return 2
    async with opened(settings) as parts:
        bot = bot_over(settings)
        dispatcher = build_dispatcher(settings, bot, parts.desk, parts.store, parts.index)
        dispatcher.startup.register(introduce)
        watching = asyncio.create_task(parts.watch())
        try:
            await dispatcher.start_polling(bot)
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
    return 0


async def introduce(bot: Bot, access: Access, dispatcher: Dispatcher) -> None:
    """Menus, and the claim link where there is no admin yet."""
    me = await bot.me()
    admins = await access.admins()
    await offer_menus(bot, admins)
    log.info("serving", bot=me.username, admins=len(admins), access=access.is_open)
    if not me.can_read_all_group_messages:
        log.info("privacy_mode", reads="commands, replies and mentions only")
    if not admins and (claim := await access.new_claim()) is not None:
        print(say("terminal.claim", link=f"https://t.me/{me.username}?start={claim}"), flush=True)
