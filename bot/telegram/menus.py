"""The commands that Telegram offers, by place, role and language."""

from __future__ import annotations

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
    BotCommandScopeUnion,
)

from bot.render.words import say
from bot.telegram.access import Role

log = structlog.get_logger(__name__)

EVERYONE = ("q", "list", "help")
PRIVATE = (*EVERYONE, "settings", "me", "why")
GROUP = ("q", "lx", "list", "help", "why")
GROUP_ADMIN = (*GROUP, "settings")
STEWARD = (*PRIVATE, "misses")
ADMIN = (*STEWARD, "people", "status")
BY_ROLE = {Role.READER: PRIVATE, Role.STEWARD: STEWARD, Role.ADMIN: ADMIN}
OWN_EYES = {"lx"}  # the command itself is seen by its sender alone
LANGUAGES = (None, "en")  # Chinese is what everyone gets; English where Telegram is English


async def offer_all_menus(bot: Bot, admins: list[int]) -> None:
    """The menus of every kind of place, and those of the admins."""
    menus: list[tuple[BotCommandScopeUnion, tuple[str, ...]]] = [
        (BotCommandScopeDefault(), EVERYONE),
        (BotCommandScopeAllPrivateChats(), PRIVATE),
        (BotCommandScopeAllGroupChats(), GROUP),
        (BotCommandScopeAllChatAdministrators(), GROUP_ADMIN),
    ]
    for scope, names in menus:
        await _offer(bot, scope, names)
    await offer_menus(bot, admins, Role.ADMIN)


async def offer_menus(bot: Bot, people: list[int], role: Role) -> None:
    """What people of that role can do, in their private chats."""
    for person in people:
        await _offer(bot, BotCommandScopeChat(chat_id=person), BY_ROLE[role])


async def _offer(bot: Bot, scope: BotCommandScopeUnion, names: tuple[str, ...]) -> None:
    """A bot without menus still works, so trouble is only logged."""
    for language in LANGUAGES:
        try:
            await bot.set_my_commands(_commands(names, language), scope, language)
        except AiogramError as error:
            log.warning("menu_not_set", scope=scope.type, error=type(error).__name__)


def _commands(names: tuple[str, ...], language: str | None) -> list[BotCommand]:
    tongue = "command_en" if language == "en" else "command"
    return [
        BotCommand(
            command=name,
            description=say(f"{tongue}.{name}"),
            is_ephemeral=True if name in OWN_EYES else None,
        )
        for name in names
    ]
