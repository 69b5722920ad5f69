"""`python -m bot run`: serves Telegram by long polling."""

from __future__ import annotations

from bot.app import bot_over, build_dispatcher, open_desk
from bot.render.words import say
from bot.settings import Settings
from bot.telegram.logs import configure_logs


async def serve(settings: Settings) -> int:
    """Serve until told to stop."""
    configure_logs(settings.log_level, settings.log_format)
    if settings.token is None:
        print(say("terminal.no_token"))
        return 2
    async with open_desk(settings) as (store, desk):
        bot = bot_over(settings)
        dispatcher = build_dispatcher(settings, bot, desk, store)
        await dispatcher.start_polling(bot)
    return 0
