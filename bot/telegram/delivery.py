"""What goes out, chat by chat: in order, within a group's budget, each answer once.

A chat has one queue. Whoever adds to an idle queue empties it; a chat that has to wait (429, a
group's twenty messages a minute) keeps only its own queue waiting. What waits in a group is
merged: a later edit of the same message replaces the earlier one, and answers of one topic leave
as one message, each under its question.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from aiogram import Bot
from aiogram.enums import ChatAction
from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNotFound,
)
from aiogram.methods import TelegramMethod
from aiogram.types import Message

from bot.operations.current import SENDING, UPDATE
from bot.telegram.patience import Sent
from bot.telegram.state import State

log = structlog.get_logger(__name__)

GROUP_BUDGET = 20  # sends and edits a minute; Telegram's limit for a bot in a group
GROUP_WINDOW = 60.0
ON_ITS_WAY = 2.0
RICH_REFUSED_FOR = 24 * 3600.0  # a server that refuses rich messages is asked again after a day
MERGED, MERGED_LENGTH = 6, 3800  # answers, and characters, that leave a busy group as one message
GONE_FOR = 365 * 24 * 3600.0
UNCHANGED = ("message is not modified",)
HARMLESS = (
    *UNCHANGED,
    "query is too old",
    "query id is invalid",
    "message to delete not found",
)
GONE = ("chat not found", "user is deactivated", "group chat was deactivated", "bot was kicked")
MUTE = ("not enough rights", "have no rights to send", "chat_write_forbidden")
LOST_TOPIC = ("message thread not found", "topic_closed", "topic_deleted")

Method = TelegramMethod[Any]
Build = Callable[[], Method]
Spend = Callable[[int, int, float], Awaitable[float]]


@dataclass(slots=True)
class Outgoing:
    """One message on its way. `forms` are tried in order when Telegram refuses the formatting.

    `edits` is the id of the message it replaces; `fallback` sends it anew where that is gone.
    `together` is its HTML inside a merged message, None where it must stay alone.
    """

    chat_id: int
    forms: Sequence[Build]
    is_group: bool = False
    rich_first: bool = False
    thread_id: int | None = None
    edits: int | None = None
    fallback: Sequence[Build] = ()
    together: str | None = None
    on_sent: list[Callable[[int, int], Awaitable[None]]] = field(default_factory=list)
    update: int | None = field(default_factory=UPDATE.get)


@dataclass(slots=True)
class _Lane:
    waiting: deque[Outgoing] = field(default_factory=deque)
    times: deque[float] = field(default_factory=deque)
    busy: bool = False
    emptied: asyncio.Event = field(default_factory=asyncio.Event)


class Outbox:
    """The queues of all chats."""

    def __init__(
        self,
        bot: Bot,
        state: State,
        *,
        spend: Spend | None = None,
        budget: int = GROUP_BUDGET,
        window: float = GROUP_WINDOW,
    ) -> None:
        self._bot = bot
        self._state = state
        self._spend = spend  # what all processes together may send
        self._budget = budget
        self._window = window
        self._lanes: dict[int, _Lane] = {}
        self._moved: dict[int, int] = {}
        self._draining: set[asyncio.Task[None]] = set()
        self._rich_refused = False

    @property
    def queued(self) -> int:
        """How many messages wait, in all chats."""
        return sum(len(lane.waiting) for lane in self._lanes.values())

    @property
    def busy(self) -> bool:
        """Whether anything is being sent or waits."""
        return any(lane.busy or lane.waiting for lane in self._lanes.values())

    async def show_busy(self, chat_id: int, thread_id: int | None = None) -> None:
        """What takes longer shows that something is coming; where it cannot, it comes all the same."""
        try:
            await self._bot.send_chat_action(
                chat_id, ChatAction.UPLOAD_DOCUMENT, message_thread_id=thread_id
            )
        except AiogramError as error:
            log.info("busy_not_shown", chat=chat_id, error=type(error).__name__)

    def add(self, outgoing: Outgoing) -> None:
        """Queue a message; `drain` sends it."""
        chat = self._moved.get(outgoing.chat_id, outgoing.chat_id)
        lane = self._lanes.setdefault(chat, _Lane())
        if outgoing.edits is not None:
            for waiting in [w for w in lane.waiting if w.edits == outgoing.edits]:
                lane.waiting.remove(waiting)
        lane.waiting.append(outgoing)

    async def drain(self, chat_id: int) -> None:
        """Send what waits for the chat; back when it is sent, by whomever."""
        chat = self._moved.get(chat_id, chat_id)
        lane = self._lanes.get(chat)
        if lane is None:
            return
        if lane.busy:
            await lane.emptied.wait()
            return
        lane.busy = True
        lane.emptied.clear()
        try:
            while lane.waiting:
                waited = await self._wait_for_budget(lane)
                await self._send_next(lane, merge=waited)
        finally:
            lane.busy = False
            lane.emptied.set()
            if not lane.waiting and not lane.times:
                self._lanes.pop(chat, None)

    def drain_later(self, chat_id: int) -> None:
        """`drain` in the background: the update is done, its chat has to wait."""
        task = asyncio.get_running_loop().create_task(self.drain(chat_id))
        self._draining.add(task)
        task.add_done_callback(self._draining.discard)

    async def close(self, grace: float = 10.0) -> None:
        """Give the queues `grace` seconds to empty."""
        for chat in list(self._lanes):
            self.drain_later(chat)
        if self._draining:
            await asyncio.wait(self._draining, timeout=grace)
        if self.queued:
            log.warning("unsent_at_stop", messages=self.queued)
        for task in self._draining:
            task.cancel()

    def moved(self, old: int, new: int) -> None:
        """A group became a supergroup: what waits for it goes to the new id."""
        self._moved[old] = new
        if (lane := self._lanes.pop(old, None)) is not None:
            kept = self._lanes.setdefault(new, lane)
            if kept is not lane:
                kept.waiting.extend(lane.waiting)

    def may_be_rich(self) -> bool:
        """Whether the server has not lately refused a rich message."""
        return not self._rich_refused

    async def recall(self) -> None:
        """Take up what an earlier run learned about the server."""
        self._rich_refused = await self._state.get("server", "rich-refused") is not None

    async def _wait_for_budget(self, lane: _Lane) -> bool:
        """Whether the group's minute was full; then what gathered meanwhile is merged."""
        if not lane.waiting or not lane.waiting[0].is_group:
            return False
        waited = False
        while (pause := await self._pause(lane)) > 0:
            waited = True
            await asyncio.sleep(pause)
        return waited

    async def _pause(self, lane: _Lane) -> float:
        now = time.monotonic()
        while lane.times and lane.times[0] <= now - self._window:
            lane.times.popleft()
        if len(lane.times) >= self._budget:
            return lane.times[0] + self._window - now
        if self._spend is None:
            return 0.0
        # Taken before the message is sent, so that its own way must not shorten the minute.
        return await self._spend(lane.waiting[0].chat_id, self._budget, self._window + ON_ITS_WAY)

    async def _send_next(self, lane: _Lane, *, merge: bool) -> None:
        outgoing = lane.waiting.popleft()
        if merge:
            outgoing = _merged(outgoing, lane.waiting)
        chat = self._moved.get(outgoing.chat_id, outgoing.chat_id)
        if await self._state.get("gone", str(chat)) is not None:
            return
        last = all(waiting.update != outgoing.update for waiting in lane.waiting)
        sending = SENDING.set(outgoing.update if last else None)
        try:
            sent = await self._send(outgoing)
        except Sent as accepted:
            await self._tell(outgoing, chat, accepted.result.get("message_id"))
        except (TelegramForbiddenError, TelegramBadRequest, TelegramNotFound) as error:
            await self._refused(chat, error)
        except AiogramError as error:
            # Two minutes of trouble are over: said in the log, the queue goes on.
            log.error("answer_not_delivered", chat=chat, error=type(error).__name__)
        else:
            if isinstance(sent, Message):
                await self._tell(outgoing, sent.chat.id, sent.message_id)
        finally:
            SENDING.reset(sending)
            if outgoing.is_group:
                lane.times.append(time.monotonic())

    async def _tell(self, outgoing: Outgoing, chat: int, message_id: Any) -> None:
        for tell in outgoing.on_sent if isinstance(message_id, int) else ():
            await tell(chat, message_id)

    async def _send(self, outgoing: Outgoing) -> object:
        forms = list(outgoing.forms)
        if outgoing.rich_first and self._rich_refused and len(forms) > 1:
            forms.pop(0)
        try:
            return await self._first_accepted(forms, outgoing.rich_first)
        except TelegramBadRequest as error:
            if not outgoing.fallback or _says(error, UNCHANGED):
                raise
            return await self._first_accepted(list(outgoing.fallback), outgoing.rich_first)

    async def _first_accepted(self, forms: list[Build], rich_first: bool) -> object:
        """The first form that Telegram takes; only a refusal of the form leads to the next."""
        for n, build in enumerate(forms):
            last = n == len(forms) - 1
            try:
                sent = await self._bot(build())
            except (TelegramBadRequest, TelegramNotFound) as error:
                if _says(error, LOST_TOPIC):
                    return await self._bot(_without_topic(build()))
                if last or _says(error, HARMLESS + GONE + MUTE):
                    raise
                log.warning("formatting_refused", form=n, error=error.message)
                continue
            if n and rich_first and not self._rich_refused:
                self._rich_refused = True
                await self._state.put("server", "rich-refused", {}, RICH_REFUSED_FOR)
            return sent
        raise AssertionError("a message has at least one form")

    async def _refused(self, chat: int, error: AiogramError) -> None:
        if _says(error, HARMLESS):
            return
        if isinstance(error, TelegramForbiddenError) or _says(error, GONE):
            await self._state.put("gone", str(chat), {}, GONE_FOR)
            log.info("chat_gone", chat=chat)
            return
        log.error("telegram_refused", chat=chat, error=str(error)[:300])


def _merged(first: Outgoing, waiting: deque[Outgoing]) -> Outgoing:
    """The first message and those behind it that can leave with it, as one."""
    parts, length = [first.together], len(first.together or "")
    while first.together and waiting and len(parts) < MERGED:
        following = waiting[0].together
        if following is None or waiting[0].thread_id != first.thread_id:
            break
        length += len(following) + 2
        if length > MERGED_LENGTH:
            break
        parts.append(following)
        waiting.popleft()
    if len(parts) == 1:
        return first
    html = "\n\n".join(part for part in parts if part)
    base = first.forms[-1]()  # the plainest form knows the chat, the topic and the question
    changes = {"text": html, "parse_mode": "HTML", "reply_markup": None}
    return replace(
        first, forms=[lambda: base.model_copy(update=changes)], rich_first=False, on_sent=[]
    )


def _says(error: AiogramError, phrases: Sequence[str]) -> bool:
    message = str(error).lower()
    return any(phrase in message for phrase in phrases)


def _without_topic(method: Method) -> Method:
    return method.model_copy(update={"message_thread_id": None})
