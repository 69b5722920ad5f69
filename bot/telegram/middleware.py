"""What every update passes: once, in its chat's order, within measure, and never a traceback."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import structlog
from aiogram import BaseMiddleware
from aiogram.types import CallbackQuery, Chat, Message, TelegramObject, Update, User

from bot.operations.claims import BURST, REFILL, Arrival
from bot.operations.journal import Notebook
from bot.operations.marks import Marks
from bot.operations.turns import Turns
from bot.render.words import say
from bot.telegram.access import CLAIM, Access
from bot.telegram.addressed import words_for
from bot.telegram.callbacks import pack_act
from bot.telegram.delivery import Outbox
from bot.telegram.errors import phrase_for
from bot.telegram.handlers.admission import claim, turn_away
from bot.telegram.state import State
from bot.telegram.talk import Talk, is_group, spot_of
from registry.errors import StoreUnavailable

log = structlog.get_logger(__name__)

SEEN_FOR = 48 * 3600.0  # Telegram keeps undelivered updates for a day
NUMBERS_KEPT = 2000  # one getUpdates brings at most a hundred; a webhook keeps a hundred waiting
JOURNAL_AFTER = 0.5  # seconds in hand; most updates are done long before
INBOX_KEPT = 24 * 3600.0
PEOPLE_KEPT = 5000

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class Lanes:
    """One after another within a chat, side by side across chats."""

    def __init__(self) -> None:
        self._locks: dict[int, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def turn(self, key: int) -> AsyncIterator[None]:
        """Wait for the turn; first come, first served."""
        lock, users = self._locks.get(key, (None, 0))
        lock = lock or asyncio.Lock()
        self._locks[key] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            _, users = self._locks[key]
            if users == 1:
                del self._locks[key]
            else:
                self._locks[key] = (lock, users - 1)


class Measure:
    """How much each person has sent lately."""

    def __init__(self, burst: float = BURST, refill: float = REFILL) -> None:
        self._burst, self._refill = burst, refill
        self._people: OrderedDict[int, tuple[float, float, bool]] = OrderedDict()

    def take(self, user_id: int) -> tuple[bool, bool]:
        """(within the measure, to be told now): told once until the measure is full again."""
        now = time.monotonic()
        left, at, told = self._people.pop(user_id, (self._burst, now, False))
        left = min(self._burst, left + (now - at) * self._refill)
        if len(self._people) >= PEOPLE_KEPT:
            self._people.popitem(last=False)
        if left >= 1:
            told = told and left < self._burst / 2
            self._people[user_id] = (left - 1, now, told)
            return True, False
        self._people[user_id] = (left, now, True)
        return False, not told


class InOtherHands(Exception):
    """Another process is at this update; Telegram should ask again later."""


class Reception(BaseMiddleware):
    """Outermost: drops duplicates, keeps order, limits floods, turns errors into words."""

    def __init__(
        self, state: State, outbox: Outbox, talk: Talk, turns: Turns | None = None
    ) -> None:
        self._state, self._outbox, self._talk = state, outbox, talk
        self._turns = turns  # with the other processes, where there are several
        self.marks: Marks | None = None  # which answers have arrived, noted as they did
        self._lanes = Lanes()
        self.measure = Measure()
        self.seen = 0  # updates taken in hand
        self.in_hand: dict[int, tuple[float, Update]] = {}
        self.notebook: Notebook | None = None  # where what is in hand is noted, beside SQLite
        self._journaled: dict[int, str] = {}
        self._batches: dict[str, set[int]] = {}
        self._latest: list[int] = []
        self._numbers: set[int] = set()

    @property
    def busy(self) -> int:
        """How many updates are not yet done with."""
        return len(self.in_hand)

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        assert isinstance(event, Update)  # noqa: S101  registered for updates only
        self.seen += 1
        key = event.update_id
        if key in self.in_hand:
            if self._talk.settings.webhook_url:
                # Not done yet: were this one accepted, a killed process would lose it.
                raise InOtherHands(key)
            return None
        if key in self._numbers:
            return None
        self.in_hand[key] = (time.monotonic(), event)
        try:
            if self._turns is not None:
                return await self._among_others(self._turns, handler, event, data)
            result = await self._in_turn(handler, event, data)
            await self._note(key)
            return result
        finally:
            del self.in_hand[key]
            if (batch := self._journaled.pop(key, None)) is not None:
                left = self._batches[batch]
                left.discard(key)
                if not left:
                    del self._batches[batch]
                    await self._state.drop("inbox", batch)

    async def _among_others(
        self, turns: Turns, handler: Handler, event: Update, data: dict[str, Any]
    ) -> Any:
        user, lane = asker_of(event)
        arrival = await turns.take(event.update_id, lane, user.id if user else None)
        if arrival is Arrival.ELSEWHERE:
            raise InOtherHands(event.update_id)
        if arrival is Arrival.DONE:
            return None
        async with turns.turn(event.update_id, lane):
            result = None
            if arrival is Arrival.CLAIMED:
                result = await self._handled(handler, event, data)
            else:
                self._tell_limit(event, arrival is Arrival.FLOOD_TELL)
            # Within the turn: what the next process sends in this chat comes after it.
            await self._outbox.drain(lane)
        return result

    async def _note(self, update_id: int) -> None:
        """Answered. All numbers are one small record, written with the rest."""
        self._numbers.add(update_id)
        self._latest.append(update_id)
        if len(self._latest) > NUMBERS_KEPT:
            for old in self._latest[: NUMBERS_KEPT // 2]:
                self._numbers.discard(old)
            del self._latest[: NUMBERS_KEPT // 2]
        await self._state.put("server", "updates", {"numbers": self._latest}, SEEN_FOR)

    async def recall(self) -> None:
        """Take up which updates an earlier run has answered."""
        record = await self._state.get("server", "updates") or {}
        self._latest[:] = record.get("numbers", ())
        self._numbers = set(self._latest)
        if self.marks is not None:
            self._numbers |= await self.marks.recent()

    async def journal(self) -> None:
        """Give signs of life to the other processes, or note what is in hand for longer than a
        moment: a killed process takes it up again."""
        while True:
            await asyncio.sleep(JOURNAL_AFTER)
            if self._turns is not None:
                await self._turns.renew()
            else:
                try:
                    await self.journal_now(time.monotonic() - JOURNAL_AFTER)
                except StoreUnavailable as error:
                    log.warning("updates_not_noted", error=str(error))

    async def journal_now(self, older_than: float | None = None) -> None:
        """Note what is in hand (since before that moment)."""
        if self.notebook is not None:
            self.notebook.note({key: update for key, (_, update) in self.in_hand.items()})
            return
        due = [
            update
            for key, (since, update) in self.in_hand.items()
            if key not in self._journaled and (older_than is None or since < older_than)
        ]
        if not due:
            return
        # Together in one record: most are done, and it is forgotten, a moment later.
        batch = str(due[0].update_id)
        self._batches[batch] = {update.update_id for update in due}
        self._journaled.update((update.update_id, batch) for update in due)
        raw = [update.model_dump_json(exclude_none=True, by_alias=True) for update in due]
        await self._state.put("inbox", batch, {"updates": raw}, INBOX_KEPT)
        if older_than is None:
            await self._state.flush()

    async def left_over(self) -> list[Update]:
        """What an earlier run had in hand when it was killed."""
        kept = self.notebook.left_over() if self.notebook is not None else []
        updates = [update for update in kept if update.update_id not in self._numbers]
        for key, record in await self._state.scan("inbox"):
            await self._state.drop("inbox", key)
            for raw in record.get("updates") or [record["update"]]:
                update = Update.model_validate_json(raw)
                if update.update_id not in self._numbers:  # or answered in the last moment
                    updates.append(update)
        return sorted(updates, key=lambda update: update.update_id)

    async def finish(self, grace: float = 20.0) -> None:
        """Wait until what is in hand is done."""
        until = time.monotonic() + grace
        while self.in_hand and time.monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.02)

        if self._turns is not None:
            await self._turns.close()

    async def _in_turn(self, handler: Handler, event: Update, data: dict[str, Any]) -> Any:
        user, lane = asker_of(event)
        async with self._lanes.turn(lane):
            within, tell = (True, False) if user is None else self.measure.take(user.id)
            result = None
            if within:
                result = await self._handled(handler, event, data)
            else:
                self._tell_limit(event, tell)
        await self._outbox.drain(lane)
        return result

    def _tell_limit(self, event: Update, tell: bool) -> None:
        if tell and event.message is not None and not is_group(event.message.chat):
            self._talk.say(spot_of(event.message), say("limit.told"))

    async def _handled(self, handler: Handler, event: Update, data: dict[str, Any]) -> Any:
        try:
            return await handler(event, data)
        except Exception as error:
            log.exception("update_failed", update=event.update_id, error=type(error).__name__)
            await self._excuse(event, error, data)
            return None

    async def _excuse(self, event: Update, error: Exception, data: dict[str, Any]) -> None:
        """Tell whoever waits; a group hears nothing it did not ask for."""
        phrase = phrase_for(error)
        bot = data["bot"]
        if event.callback_query is not None:
            try:
                await bot.answer_callback_query(event.callback_query.id, phrase, show_alert=True)
            except Exception:
                log.exception("excuse_failed", update=event.update_id)
        elif event.message is not None and words_for(event.message, await bot.me()) is not None:
            self._talk.say(spot_of(event.message), phrase)


class Gate(BaseMiddleware):
    """Lets through who may ask; tells the others, where they spoke to the bot, how to get in."""

    def __init__(self, access: Access, talk: Talk) -> None:
        self._access, self._talk = access, talk

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        assert isinstance(event, Update)  # noqa: S101  registered for updates only
        if event.message is not None:
            return await self._message(handler, event, event.message, data)
        if event.edited_message is not None:
            return await self._edited(handler, event, event.edited_message, data)
        if event.callback_query is not None:
            return await self._tap(handler, event, event.callback_query, data)
        return await handler(event, data)

    async def _message(
        self, handler: Handler, event: Update, message: Message, data: dict[str, Any]
    ) -> Any:
        user = message.from_user
        me = await data["bot"].me()
        words = words_for(message, me)
        data["words"] = None
        if words is None or user is None or not _is_a_person(message, user, me):
            return await handler(event, data)
        data["words"] = words
        spot = spot_of(message)
        if await self._talk.state.get("gone", str(message.chat.id)) is not None:
            await self._talk.state.drop("gone", str(message.chat.id))
        if words.command == "start" and words.text.startswith(CLAIM):
            await claim(spot, user, words.text, data["bot"], self._talk, self._access)
            return None
        if await self._access.may_ask(user, message.chat):
            return await handler(event, data)
        await turn_away(spot, user, self._talk, self._access)
        return None

    async def _edited(
        self, handler: Handler, event: Update, message: Message, data: dict[str, Any]
    ) -> Any:
        """Whoever may not ask was told so when they asked first."""
        user, me = message.from_user, await data["bot"].me()
        data["words"] = words_for(message, me)
        if data["words"] is None or user is None or not _is_a_person(message, user, me):
            return None
        if await self._access.may_ask(user, message.chat):
            return await handler(event, data)
        return None

    async def _tap(
        self, handler: Handler, event: Update, query: CallbackQuery, data: dict[str, Any]
    ) -> Any:
        chat = query.message.chat if query.message is not None else None
        asks_in = query.data == pack_act("request")
        if asks_in or await self._access.may_ask(query.from_user, chat):
            return await handler(event, data)
        await data["bot"].answer_callback_query(query.id, say("access.tap"), show_alert=True)
        return None


def _is_a_person(message: Message, user: User, me: User) -> bool:
    """Not another bot, nor our own inline answer coming back; a group's anonymous admin is one."""
    if message.via_bot is not None and message.via_bot.id == me.id:
        return False
    anonymous = message.sender_chat is not None and message.sender_chat.id == message.chat.id
    return not user.is_bot or anonymous


def people_of(update: Update) -> tuple[User | None, Chat | None]:
    """Who sent an update and where."""
    event = update.event
    user = getattr(event, "from_user", None) or getattr(event, "user", None)
    if isinstance(event, Message):
        return user, event.chat
    if (message := getattr(event, "message", None)) is not None:
        return user, message.chat
    return user, getattr(event, "chat", None)


def asker_of(update: Update) -> tuple[User | None, int]:
    """Who sent an update, and the chat whose order it keeps."""
    user, chat = people_of(update)
    return user, chat.id if chat else user.id if user else 0
