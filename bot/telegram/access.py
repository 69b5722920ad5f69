"""Who may do what, by numeric id. Without a record nobody may anything (unless the bot is open)."""

from __future__ import annotations

import hashlib
import secrets
import time
from enum import StrEnum
from typing import Any

from aiogram.types import Chat, User

from bot.settings import Settings
from bot.telegram.state import State

CLAIM_KEPT = 24 * 3600.0
REQUEST_KEPT = 7 * 24 * 3600.0  # a denied person may ask again after a week
CLAIM = "claim_"


class Role(StrEnum):
    """What a person may do; each role may also do what the ones before it may."""

    READER = "reader"
    STEWARD = "steward"
    ADMIN = "admin"


RANK = {Role.READER: 1, Role.STEWARD: 2, Role.ADMIN: 3}


class Access:
    """Roles of people and groups, kept in the state space `access`."""

    def __init__(self, state: State, settings: Settings) -> None:
        self._state = state
        self._admins = settings.admins
        self.is_open = settings.access == "open"

    async def role(self, user_id: int) -> Role | None:
        """The person's role."""
        if user_id in self._admins:
            return Role.ADMIN
        record = await self._state.get("access", f"u{user_id}")
        if record is not None and record.get("role") in RANK:
            return Role(record["role"])
        return Role.READER if self.is_open else None

    async def has(self, user_id: int, role: Role) -> bool:
        """Whether the person may do what that role may. Checked where the action happens."""
        own = await self.role(user_id)
        return own is not None and RANK[own] >= RANK[role]

    async def may_ask(self, user: User, chat: Chat | None) -> bool:
        """Whether a question is answered here: an approved person, or anyone in an approved group."""
        if self.is_open:
            return True
        if chat is not None and chat.type != "private":
            return await self.group_is_approved(chat.id) or await self.has(user.id, Role.ADMIN)
        return await self.role(user.id) is not None

    async def group_is_approved(self, chat_id: int) -> bool:
        """Whether the group may use the bot."""
        return self.is_open or await self._state.get("access", f"g{chat_id}") is not None

    async def grant(self, user_id: int, role: Role, by: int, name: str = "") -> None:
        """Give a person a role."""
        record = {"role": role.value, "by": by, "name": name, "at": int(time.time())}
        await self._state.put("access", f"u{user_id}", record)
        await self._state.drop("request", f"u{user_id}")

    async def revoke(self, user_id: int) -> None:
        """Take a person's role."""
        await self._state.drop("access", f"u{user_id}")

    async def approve_group(self, chat_id: int, by: int, title: str = "") -> None:
        """Let a group use the bot."""
        record = {"by": by, "title": title, "at": int(time.time())}
        await self._state.put("access", f"g{chat_id}", record)
        await self._state.drop("request", f"g{chat_id}")

    async def forget_group(self, chat_id: int) -> None:
        """The bot was removed: the group must be approved again."""
        await self._state.drop("access", f"g{chat_id}")

    async def admins(self) -> list[int]:
        """Every admin's id."""
        given = [
            int(key[1:])
            for key, record in await self._state.scan("access")
            if key.startswith("u") and record.get("role") == Role.ADMIN.value
        ]
        return sorted({*self._admins, *given})

    async def new_claim(self) -> str | None:
        """A one-time word that makes the first admin; None where there is one already."""
        if await self.admins():
            return None
        word = secrets.token_urlsafe(18)
        await self._state.put("claim", "first", {"hash": _hash(word)}, CLAIM_KEPT)
        return CLAIM + word

    async def claim(self, payload: str, user: User) -> bool:
        """Take the bot over with the word of `new_claim`; it works once."""
        record = await self._state.get("claim", "first")
        if record is None or not payload.startswith(CLAIM):
            return False
        if not secrets.compare_digest(record["hash"], _hash(payload.removeprefix(CLAIM))):
            return False
        await self._state.drop("claim", "first")
        if await self.admins():
            return False
        await self.grant(user.id, Role.ADMIN, user.id, user.full_name)
        return True

    async def open_request(self, key: str, record: dict[str, Any]) -> bool:
        """Note that somebody asks for access; False where they already did."""
        if await self._state.get("request", key) is not None:
            return False
        await self._state.put("request", key, record, REQUEST_KEPT)
        return True

    async def request(self, key: str) -> dict[str, Any] | None:
        """The open or denied request of a person (u42) or group (g-100)."""
        return await self._state.get("request", key)

    async def note_request(self, key: str, record: dict[str, Any]) -> None:
        """Change what is kept of a request."""
        await self._state.put("request", key, record, REQUEST_KEPT)


def _hash(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()
