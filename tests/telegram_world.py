"""People, chats and the real bot over the loopback server: tests read as conversations."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiogram import Dispatcher
from telegram_desk import StubDesk
from telegram_server import TOKEN, Call, TelegramServer

from bot.app import bot_over, build_dispatcher
from bot.serving import take_over
from bot.settings import Settings, read_settings

SAID = (
    "sendMessage",
    "sendRichMessage",
    "editMessageText",
    "sendPhoto",
    "sendDocument",
    "sendContact",
)


@dataclass
class Person:
    """Somebody with a phone."""

    world: World
    id: int
    name: str
    language: str = "zh-hans"

    @property
    def user(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "is_bot": False,
            "first_name": self.name,
            "language_code": self.language,
        }

    async def says(self, text: str, chat: int | None = None, **extra: Any) -> list[Call]:
        """Type it; what the bot then says in that chat."""
        message = self.world.message(self, chat, text=text, **extra)
        return await self.world.after(message["chat"]["id"], message=message)

    async def edits(self, old: dict[str, Any], text: str) -> list[Call]:
        """Word a message of theirs anew; what the bot then says or changes."""
        message = {**old, "text": text, "edit_date": int(time.time())}
        return await self.world.after(message["chat"]["id"], edited_message=message)

    async def summons(self, text: str, **extra: Any) -> list[Call]:
        """Mention the bot in a group that it is not in; how it answers there."""
        group = {"id": -777, "type": "supergroup", "title": "别处"}
        message = {
            "message_id": 1, "date": int(time.time()), "chat": group, "from": self.user,
            "text": text, "guest_query_id": self.world.server.guest_query(), **extra,
        }  # fmt: skip
        before = len(self.world.server.calls)
        await self.world.after(-777, guest_message=message)
        return [
            call
            for call in self.world.server.calls[before:]
            if call.method == "answerGuestQuery" and call.status == 200
        ]

    async def taps(self, call: Call, label: str) -> list[Call]:
        """Tap the button of that message whose label begins so."""
        button = next(button for button in call.buttons if button["text"].startswith(label))
        return await self.presses(call, button["callback_data"])

    async def presses(self, call: Call, data: str) -> list[Call]:
        """Send that callback data from under the message."""
        server = self.world.server
        message = server.messages[(call.chat_id, call.message_id or 0)]
        public = {key: part for key, part in message.items() if not key.startswith("_")}
        query = {
            "id": server.callback(self.id),
            "from": self.user,
            "chat_instance": "1",
            "message": public,
            "data": data,
        }
        return await self.world.after(call.chat_id, callback_query=query)

    async def types_inline(self, query: str, offset: str = "") -> dict[str, Any]:
        """@bot query in any chat; what is offered."""
        inline = {"id": "7", "from": self.user, "query": query, "offset": offset}
        await self.world.after(0, inline_query=inline)
        return self.world.server.of("answerInlineQuery")[-1].params


@dataclass
class World:
    """The server, the bot and the people."""

    server: TelegramServer
    dispatcher: Dispatcher
    bot: Any
    desk: Any

    def person(self, number: int, name: str = "张三", language: str = "zh-hans") -> Person:
        """Somebody who has opened the private chat."""
        self.server.chats[number] = {"id": number, "type": "private", "first_name": name}
        return Person(self, number, name, language)

    def group(self, number: int = -1001, topics: tuple[int, ...] = (), **extra: Any) -> int:
        """A supergroup with the bot in it."""
        self.server.chats[number] = {
            "id": number, "type": "supergroup", "title": "财政局", "is_forum": bool(topics),
            "_topics": topics, **extra,
        }  # fmt: skip
        return number

    def message(self, person: Person, chat: int | None, **content: Any) -> dict[str, Any]:
        """A message as Telegram would deliver it."""
        place = self.server.chats[chat or person.id]
        number = self.server.next_message_id()
        message = {
            "message_id": number,
            "date": int(time.time()),
            "chat": {key: part for key, part in place.items() if not key.startswith("_")},
            "from": person.user,
        }
        if (topic := content.pop("topic", None)) is not None:
            message |= {"message_thread_id": topic, "is_topic_message": True}
        if (replied := content.pop("reply_to", None)) is not None:
            old = self.server.messages[(place["id"], replied.message_id)]
            message["reply_to_message"] = {
                key: part for key, part in old.items() if not key.startswith("_")
            }
        text = content.get("text", "")
        if text.startswith("/"):
            end = len(text.split()[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": end}]
        message |= content
        self.server.messages[(place["id"], number)] = message
        return message

    async def after(self, chat: int, update_id: int | None = None, **event: Any) -> list[Call]:
        """Deliver an update, wait until the bot is done, return what it said in the chat."""
        before = len(self.server.calls)
        await self.server.push(update_id, **event)
        await self.settled()
        return [
            call
            for call in self.server.calls[before:]
            if call.status == 200 and call.method in SAID and chat in {0, call.chat_id}
        ]

    async def settled(self, seconds: float = 10) -> None:
        """Wait until every update is handled and nothing is queued."""
        async with asyncio.timeout(seconds):
            while not self._idle():  # noqa: ASYNC110  the bot is not told that it is watched
                await asyncio.sleep(0.002)

    def _idle(self) -> bool:
        reception, outbox = self.dispatcher["reception"], self.dispatcher["outbox"]
        return bool(
            reception.seen >= self.server.sent_updates and not reception.busy and not outbox.busy
        )


@asynccontextmanager
async def a_world(
    desk: Any = None,
    store: Any = None,
    server: TelegramServer | None = None,
    parts: Any = None,
    **environment: str,
) -> AsyncIterator[World]:
    """The real bot by long polling over the loopback server, open to all unless told otherwise."""
    own = server is None
    server = server or TelegramServer()
    if own:
        await server.start()
    given = {"BOT_TOKEN": TOKEN, "BOT_API_URL": server.url, "BOT_ACCESS": "open"} | environment
    settings: Settings = read_settings(given)
    desk = desk or StubDesk()
    bot = bot_over(settings)
    index = parts.index if parts is not None else None
    dispatcher = build_dispatcher(settings, bot, desk, store, index)
    if parts is not None:
        dispatcher["digest"].since = parts.version
        dispatcher["talk"].registry_changed = lambda: take_over(parts, dispatcher)
    dispatcher["patience"].pause = 0.01
    polling = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False))
    server.sent_updates = 0
    world = World(server, dispatcher, bot, desk)
    try:
        yield world
        assert server.violations == []
        assert server.unanswered() == []
    finally:
        while not dispatcher._running_lock.locked() and not polling.done():  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        await asyncio.sleep(0)
        await dispatcher.stop_polling() if not polling.done() else None
        await polling
        if own:
            await server.stop()
