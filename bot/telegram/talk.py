"""From a person's words to the answer on their screen: context in, desk, rendering, context out.

Context belongs to a person in a chat and topic, and to every message the bot sent: replying to an
older answer, or pressing one of its buttons, goes on from that answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any, Literal, Protocol

from aiogram.methods import EditMessageText, SendMessage, SendRichMessage
from aiogram.types import (
    Chat,
    EphemeralMessageParameters,
    InputRichMessage,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
    User,
)

from bot.answer import Answer, Do, Note, Step
from bot.render.html import render_html, visible_text
from bot.render.layout import has_table
from bot.render.privacy import without_phones
from bot.render.text import render_text
from bot.settings import Settings
from bot.telegram.callbacks import Press, pack, unpack
from bot.telegram.delivery import Build, Outbox, Outgoing
from bot.telegram.kept import Rendered
from bot.telegram.keyboards import Manner, keyboard
from bot.telegram.state import State

CONTEXT_KEPT = 24 * 3600.0  # a person's last answer
ASKED_KEPT = 48 * 3600.0  # Telegram lets a person edit a message for two days
SENT_KEPT = 30 * 24 * 3600.0  # what a message of ours was, for replies and buttons
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
Surface = Literal["telegram", "text"]


class Exchange(Protocol):
    """What the desk gives back."""

    @property
    def answer(self) -> Answer: ...

    @property
    def memory(self) -> dict[str, Any]: ...

    @property
    def trace(self) -> tuple[str, ...]: ...


class Desk(Protocol):
    """Whoever answers."""

    def ask(self, text: str, memory: dict[str, Any] | None) -> Coroutine[Any, Any, Exchange]:
        """Answer words."""

    def press(self, step: Step, memory: dict[str, Any] | None) -> Coroutine[Any, Any, Exchange]:
        """Answer a button."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an answer goes: the chat, its topic, the person, the message answered."""

    chat_id: int
    user_id: int
    is_group: bool = False
    thread_id: int | None = None
    reply_to: int | None = None
    edits: int | None = None
    ephemeral: int | None = None  # a question that only its sender saw: nor may others see more

    @property
    def context_key(self) -> str:
        """One context for each person, chat and topic."""
        return f"{self.chat_id}:{self.thread_id or 0}:{self.user_id}"


async def _nothing() -> None:
    """Nobody else has to know."""


def spot_of(message: Message, user: User | None = None) -> Spot:
    """Where an answer to that message goes."""
    asker = user or message.from_user
    return Spot(
        chat_id=message.chat.id,
        user_id=asker.id if asker else message.chat.id,
        is_group=is_group(message.chat),
        # Outside forums a thread id only says which replies belong together; sending to it fails.
        thread_id=message.message_thread_id if message.is_topic_message else None,
        reply_to=message.message_id or None,
        ephemeral=message.ephemeral_message_id,
    )


def is_group(chat: Chat) -> bool:
    """Whether several people read along."""
    return chat.type in {"group", "supergroup"}


Listener = Callable[[Spot, str, Exchange], Awaitable[None]]


class Talk:
    """Answers at a spot. One for the whole process."""

    def __init__(
        self,
        desk: Desk,
        state: State,
        outbox: Outbox,
        settings: Settings,
        *,
        surface: Surface = "telegram",
        pictures: bool = False,
        exports: bool = False,
    ) -> None:
        self.desk = desk
        self.state = state
        self.outbox = outbox
        self.settings = settings
        self.surface = surface
        self.pictures = pictures
        self.exports = exports
        self.listeners: list[Listener] = []
        self.rendered = Rendered()
        self.audit: Any = None
        self.registry_changed: Callable[[], Awaitable[object]] = _nothing

    async def ask(self, spot: Spot, text: str, replied_to: int | None = None) -> None:
        """Answer a person's words."""
        before = await self._memory(spot, replied_to)
        exchange = await self.desk.ask(text, before)
        await self.show(spot, exchange, asked=text, before=before)
        for tell in self.listeners:
            await tell(spot, text, exchange)

    async def ask_again(self, spot: Spot, text: str) -> None:
        """A question was edited: its answer changes in place, as if it had been asked like this.

        What was not answered stays so; and Telegram also calls a message edited that only got a
        preview of a link.
        """
        await self.outbox.drain(spot.chat_id)  # its answer may still be on its way
        asked = await self.state.get("asked", f"{spot.chat_id}:{spot.reply_to}")
        if asked is None:
            return
        record = await self.state.get("sent", f"{spot.chat_id}:{asked['answer']}")
        if record is None or record["asked"] == text:
            return
        before = record["before"]
        exchange = await self.desk.ask(text, before)
        there = replace(spot, edits=asked["answer"])
        await self.show(there, exchange, asked=text, before=before)
        for tell in self.listeners:
            await tell(there, text, exchange)

    async def noted(self, spot: Spot, what: str, step: Step) -> None:
        """An export, for the audit."""
        if self.audit is not None:
            await self.audit.note(spot, what, "sent", pack(step))

    async def replay(self, spot: Spot, message_id: int) -> bool:
        """Show the answer of that message once more; False where it is no longer known."""
        record = await self.state.get("sent", f"{spot.chat_id}:{message_id}")
        if record is None:
            return False
        before = record.get("before")
        said = unpack(record["step"]) if record.get("step") else None
        if isinstance(said, Press):
            exchange = await self.desk.press(said.step, before)
        elif record.get("asked"):
            exchange = await self.desk.ask(record["asked"], before)
        else:
            return False
        await self.show(spot, exchange, asked=record["asked"], step=record["step"], before=before)
        return True

    async def press(self, spot: Spot, step: Step, message_id: int | None) -> None:
        """Answer a button under the message of that id."""
        before = await self._memory(spot, message_id)
        if step.do is Do.MORE and before is None:
            step = replace(step, do=Do.LIST)
        exchange = await self.desk.press(step, before)
        await self.show(spot, exchange, step=pack(step), before=before)

    async def show(
        self,
        spot: Spot,
        exchange: Exchange,
        *,
        asked: str = "",
        step: str = "",
        before: dict[str, Any] | None = None,
    ) -> None:
        """Queue the answer and remember the context it leaves."""
        outgoing = await self._outgoing(spot, exchange.answer)
        record = {
            "memory": exchange.memory,
            "before": before,  # to show the same answer in another form
            "asked": asked,
            "step": step,
            "trace": list(exchange.trace),
        }
        await self.state.put("context", spot.context_key, record, CONTEXT_KEPT)

        async def remember(chat_id: int, message_id: int) -> None:
            about: list[tuple[str, str, dict[str, Any], float | None]] = [
                ("sent", f"{chat_id}:{message_id}", record, SENT_KEPT)
            ]
            if asked and spot.reply_to is not None:
                answer = {"answer": message_id}
                about.append(("asked", f"{chat_id}:{spot.reply_to}", answer, ASKED_KEPT))
            await self.state.put_all(about)

        outgoing.on_sent.append(remember)
        mergeable = spot.is_group and spot.edits is None and spot.ephemeral is None
        if mergeable and not exchange.answer.choices and asked:
            outgoing.together = (
                outgoing.together and f"<u>{escaped(asked)}</u>\n{outgoing.together}"
            )
        else:
            outgoing.together = None
        self.outbox.add(outgoing)

    def say(self, spot: Spot, html: str, markup: Any = None) -> None:
        """Queue fixed words of the bot, which are no answer."""
        text = visible_text(html) if self.surface == "text" else html
        mode = None if self.surface == "text" else "HTML"

        def build() -> Any:
            return self._message(spot, text, mode, markup)

        self.outbox.add(
            Outgoing(spot.chat_id, [build], is_group=spot.is_group, thread_id=spot.thread_id)
        )

    async def manner(self, spot: Spot, answer: Answer) -> Manner:
        """How answers are shown here."""
        taste = await self.taste(spot)
        may_be_rich = (
            self.surface != "text" and self.settings.rich and self.outbox.may_be_rich()
        ) and taste.get("rich") is not False
        return Manner(
            asker=spot.user_id if spot.is_group else None,
            hide_phones=self._hides_phones(spot),
            is_rich=may_be_rich and has_table(answer) and spot.ephemeral is None,
            pictures=self.pictures,
            feedback=self.surface != "text",
            exports=self.exports,
        )

    def _hides_phones(self, spot: Spot) -> bool:
        everyone_sees = spot.is_group and spot.ephemeral is None
        return everyone_sees and self.settings.contacts_in_groups == "private"

    async def _outgoing(self, spot: Spot, answer: Answer) -> Outgoing:
        manner = await self.manner(spot, answer)
        shown = without_phones(answer) if manner.hide_phones else answer
        if (await self.taste(spot)).get("brief"):
            shown = shortened(shown)
        # Hidden phones still get their button: the keyboard sees the whole answer.
        keys = answer if shown is answer else replace(answer, choices=shown.choices)
        edit = self._forms(spot, shown, keys, manner)
        anew: Sequence[Build] = ()
        if spot.edits:
            anew = self._forms(replace(spot, edits=None), shown, keys, manner)
        elif spot.ephemeral is not None:
            # After fifteen seconds Telegram takes no hidden reply any more.
            anew = self._forms(Spot(spot.user_id, spot.user_id), answer, answer, manner)
        return Outgoing(
            chat_id=spot.chat_id,
            together=self._html(shown) if spot.is_group else None,
            forms=edit,
            is_group=spot.is_group,
            rich_first=manner.is_rich,
            thread_id=spot.thread_id,
            edits=spot.edits,
            fallback=anew,
        )

    def _forms(self, spot: Spot, answer: Answer, keys: Answer, manner: Manner) -> Sequence[Build]:
        made, plainly = self.rendered, replace(manner, is_rich=False)
        plain_keys = made.get(keys, str(plainly), lambda: keyboard(keys, plainly))
        if self.surface == "text":
            return [lambda: self._message(spot, render_text(answer, limit=None), None, plain_keys)]
        # Held by the guard before anything is queued.
        html = self._html(answer)
        forms: list[Build] = [
            lambda: self._message(spot, html, "HTML", plain_keys),
            lambda: self._message(spot, render_text(answer, choices=False), None, plain_keys),
        ]
        if manner.is_rich:
            from bot.render.rich import render_rich  # only answers with tables need it

            rich = made.get(answer, "rich", lambda: render_rich(answer))
            rich_keys = made.get(keys, str(manner), lambda: keyboard(keys, manner))
            if rich is not None:
                forms.insert(0, lambda: self._rich(spot, rich, rich_keys))
        return forms

    def _html(self, answer: Answer) -> str:
        html: str = self.rendered.get(answer, "html", lambda: render_html(answer))
        return html

    def _message(self, spot: Spot, text: str, mode: str | None, markup: Any) -> Any:
        if spot.edits is not None:
            return EditMessageText(
                chat_id=spot.chat_id,
                message_id=spot.edits,
                text=text,
                parse_mode=mode,
                link_preview_options=NO_PREVIEW,
                reply_markup=markup,
            )
        if spot.ephemeral is not None:
            return SendMessage(
                chat_id=spot.chat_id,
                text=text,
                parse_mode=mode,
                link_preview_options=NO_PREVIEW,
                reply_parameters=ReplyParameters(ephemeral_message_id=spot.ephemeral),
                ephemeral_message_parameters=EphemeralMessageParameters(
                    receiver_user_id=spot.user_id
                ),
            )
        return SendMessage(
            chat_id=spot.chat_id,
            message_thread_id=spot.thread_id,
            text=text,
            parse_mode=mode,
            link_preview_options=NO_PREVIEW,
            reply_parameters=reply_parameters(spot),
            reply_markup=markup,
        )

    def _rich(self, spot: Spot, html: str, markup: Any) -> Any:
        rich = InputRichMessage(html=html, skip_entity_detection=True)
        if spot.edits is not None:
            return EditMessageText(
                chat_id=spot.chat_id, message_id=spot.edits, rich_message=rich, reply_markup=markup
            )
        return SendRichMessage(
            chat_id=spot.chat_id,
            message_thread_id=spot.thread_id,
            rich_message=rich,
            reply_parameters=reply_parameters(spot),
            reply_markup=markup,
        )

    async def record(self, spot: Spot, message_id: int | None) -> dict[str, Any] | None:
        """What is known of our message of that id, or else of the person's last answer here."""
        if message_id is not None:
            sent = await self.state.get("sent", f"{spot.chat_id}:{message_id}")
            if sent is not None:
                return sent
        return await self.state.get("context", spot.context_key)

    async def _memory(self, spot: Spot, message_id: int | None) -> dict[str, Any] | None:
        record = await self.record(spot, message_id)
        memory: dict[str, Any] | None = record["memory"] if record is not None else None
        taste = await self.taste(spot)
        if taste.get("year"):
            memory = {**(memory or {}), "default_year": taste["year"]}
        return memory

    async def taste(self, spot: Spot) -> dict[str, Any]:
        """The settings of the group, or of the person in private."""
        key = str(spot.chat_id if spot.is_group else spot.user_id)
        return await self.state.get("taste", key) or {}


def shortened(answer: Answer) -> Answer:
    """Without side remarks; the arithmetic of a figure stays."""
    blocks = tuple(block for block in answer.blocks if not isinstance(block, Note))
    return replace(answer, blocks=blocks or answer.blocks)


def escaped(text: str) -> str:
    """Somebody's words, safe within HTML."""
    return escape(text, quote=False)


def reply_parameters(spot: Spot) -> ReplyParameters | None:
    """In a group an answer hangs on its question; in private the two stand together anyway."""
    if not spot.is_group or spot.reply_to is None:
        return None
    return ReplyParameters(message_id=spot.reply_to, allow_sending_without_reply=True)
