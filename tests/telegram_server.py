"""A small strict Bot API server on loopback: plays Telegram, refuses what Telegram refuses."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession, web
from telegram_rules import Refused, check_markup, check_rich, check_text

TOKEN = "123456789:AAF-test-token_of_the_loopback_server00"
ME = {
    "id": 123456789,
    "is_bot": True,
    "first_name": "绩效",
    "username": "plans_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": True,
}
EPHEMERAL_SECONDS = 15.0


@dataclass
class Fault:
    """The next `times` calls of the method go wrong. `after`: the call is carried out all the same."""

    kind: str  # "429", "500", "502", "reset"
    method: str = ""
    times: int = 1
    chat_id: int | None = None
    retry_after: int = 1
    after: bool = False


@dataclass
class Call:
    """A request that the bot made."""

    method: str
    params: dict[str, Any]
    at: float
    status: int = 200
    shown: str = ""
    message_id: int | None = None

    @property
    def chat_id(self) -> int:
        return int(self.params.get("chat_id", 0))

    @property
    def buttons(self) -> list[dict[str, Any]]:
        markup = self.params.get("reply_markup") or {}
        return [button for row in markup.get("inline_keyboard", []) for button in row]


@dataclass
class TelegramServer:
    """Chats, messages and updates of one bot."""

    chats: dict[int, dict[str, Any]] = field(default_factory=dict)
    messages: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    migrated: dict[int, int] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    members: dict[tuple[int, int], str] = field(default_factory=dict)
    rich: bool = True
    slow: float = 0.0  # seconds that every call but getUpdates takes
    me: dict[str, Any] = field(default_factory=lambda: dict(ME))
    lenient_budget: bool = False
    hidden: dict[int, tuple[float, int]] = field(default_factory=dict)
    webhook: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        self._updates: deque[dict[str, Any]] = deque()
        self._ids = itertools.count(1000)
        self._message_ids = itertools.count(100)
        self._news = asyncio.Condition()
        self._queries: dict[str, tuple[float, int, bool]] = {}
        self._guests: set[str] = set()
        self._runner: web.AppRunner | None = None
        self.url = ""
        self.sent_updates = 0

    # --- life -------------------------------------------------------------------------------

    async def start(self) -> None:
        app = web.Application(client_max_size=60 * 2**20)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/{path:.*}", self._file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        async with self._news:
            self._news.notify_all()
        if self._runner is not None:
            await self._runner.cleanup()

    # --- what happens in Telegram -----------------------------------------------------------

    def next_message_id(self) -> int:
        return next(self._message_ids)

    async def push(self, update_id: int | None = None, **event: Any) -> int:
        """An update for the bot; the same id again is a duplicate."""
        number = next(self._ids) if update_id is None else update_id
        self.sent_updates += 1
        update = {"update_id": number, **event}
        if self.webhook is not None:
            url, secret = self.webhook
            headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
            async with ClientSession() as http, http.post(url, json=update, headers=headers):
                return number
        async with self._news:
            self._updates.append(update)
            self._news.notify_all()
        return number

    def callback(self, user_id: int) -> str:
        """A new callback query id."""
        number = str(next(self._ids))
        self._queries[number] = (time.monotonic(), user_id, False)
        return number

    def guest_query(self) -> str:
        """A new guest query id; it takes one answer."""
        number = f"guest{next(self._ids)}"
        self._guests.add(number)
        return number

    def unanswered(self) -> list[str]:
        return [number for number, (_, _, answered) in self._queries.items() if not answered]

    def of(self, *methods: str, chat_id: int | None = None) -> list[Call]:
        """The accepted calls of these methods."""
        return [
            call
            for call in self.calls
            if call.status == 200
            and call.method in methods
            and (chat_id is None or call.chat_id == chat_id)
        ]

    # --- HTTP -------------------------------------------------------------------------------

    async def _file(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files[request.match_info["path"]])

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != TOKEN:
            return _refusal(401, "Unauthorized")
        params = await _params(request)
        if method == "getUpdates":
            return web.json_response({"ok": True, "result": await self._get_updates(params)})
        if self.slow:
            await asyncio.sleep(self.slow)
        fault = self._fault(method, params)
        if fault is not None and not fault.after:
            self.calls.append(Call(method, params, time.monotonic(), _status(fault)))
            return _broken(fault, request)
        call = Call(method, params, time.monotonic())
        self.calls.append(call)
        response = self._answer(call)
        if fault is not None:
            return _broken(fault, request)
        async with self._news:
            self._news.notify_all()
        return response

    def _answer(self, call: Call) -> web.Response:
        chat = call.params.get("chat_id")
        if chat is not None and int(chat) in self.migrated:
            call.status = 400
            new = self.migrated[int(chat)]
            return _refusal(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=new,
            )
        if chat is not None and int(chat) in self.blocked:
            call.status = 403
            return _refusal(403, "Forbidden: bot was blocked by the user")
        handler = getattr(self, f"_do_{call.method}", None)
        if handler is None:
            self.violations.append(f"unknown method {call.method}")
            call.status = 404
            return _refusal(404, "Not Found")
        try:
            result = handler(call)
        except Refused as refused:
            call.status = 400
            expected = ("not modified", "too old", "to be replied", "RICH")
            if not any(word in str(refused) for word in expected):
                self.violations.append(f"{call.method}: {refused}")
            return _refusal(400, str(refused))
        except FileNotFoundError:
            call.status = 404
            return _refusal(404, "Not Found")
        return web.json_response({"ok": True, "result": result})

    def _fault(self, method: str, params: dict[str, Any]) -> Fault | None:
        for fault in self.faults:
            if fault.method not in {"", method}:
                continue
            if fault.chat_id is not None and int(params.get("chat_id") or 0) != fault.chat_id:
                continue
            fault.times -= 1
            if fault.times <= 0:
                self.faults.remove(fault)
            return fault
        return None

    async def _get_updates(self, params: dict[str, Any]) -> list[dict[str, Any]]:
        offset = int(params.get("offset") or 0)
        while self._updates and self._updates[0]["update_id"] < offset:
            self._updates.popleft()
        async with self._news:
            if not self._updates:
                try:
                    async with asyncio.timeout(min(float(params.get("timeout") or 0), 1)):
                        await self._news.wait_for(lambda: bool(self._updates))
                except TimeoutError:
                    return []
        return list(itertools.islice(self._updates, int(params.get("limit") or 100)))

    # --- methods ----------------------------------------------------------------------------

    def _do_getMe(self, call: Call) -> Any:
        return self.me

    def _do_deleteWebhook(self, call: Call) -> Any:
        return True

    def _do_setWebhook(self, call: Call) -> Any:
        if not str(call.params.get("url", "")).startswith("http"):
            raise Refused("Bad Request: bad webhook")
        return True

    def _do_setMyCommands(self, call: Call) -> Any:
        commands = call.params["commands"]
        if len(commands) > 100:
            raise Refused("Bad Request: too many commands")
        for command in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
                raise Refused(f"Bad Request: BOT_COMMAND_INVALID {command['command']}")
            if not 1 <= len(command["description"]) <= 256:
                raise Refused("Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
        return True

    def _do_setMyDescription(self, call: Call) -> Any:
        return True

    def _do_setMyShortDescription(self, call: Call) -> Any:
        return True

    def _do_sendChatAction(self, call: Call) -> Any:
        self._chat(call)
        return True

    def _do_getChatMember(self, call: Call) -> Any:
        user = int(call.params["user_id"])
        status = self.members.get((call.chat_id, user), "member")
        person = {"id": user, "is_bot": False, "first_name": "x"}
        if status == "administrator":
            rights = dict.fromkeys(
                (
                    "can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages",
                    "can_manage_video_chats", "can_restrict_members", "can_promote_members",
                    "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories",
                    "can_delete_stories",
                ),
                False,
            )  # fmt: skip
            return {"status": status, "user": person, **rights}
        extra = {"is_anonymous": False} if status == "creator" else {}
        return {"status": status, "user": person, **extra}

    def _do_leaveChat(self, call: Call) -> Any:
        return True

    def _do_getFile(self, call: Call) -> Any:
        path = call.params["file_id"]
        return {"file_id": path, "file_unique_id": path, "file_path": path,
                "file_size": len(self.files[path])}  # fmt: skip

    def _do_sendMessage(self, call: Call) -> Any:
        self._sendable(call)
        call.shown = check_text(call.params.get("text"), call.params.get("parse_mode"))
        return self._new(call, text=call.shown)

    def _do_sendRichMessage(self, call: Call) -> Any:
        if not self.rich:
            raise FileNotFoundError
        self._sendable(call)
        call.shown = check_rich(call.params["rich_message"])
        return self._new(call, rich_message={"blocks": [{"type": "paragraph", "text": call.shown}]})

    def _do_sendPhoto(self, call: Call) -> Any:
        self._sendable(call)
        call.shown = self._caption(call)
        if not isinstance(call.params.get("photo"), bytes):
            raise Refused("Bad Request: there is no photo in the request")
        size = {"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}
        return self._new(call, photo=[size], caption=call.shown)

    def _do_sendDocument(self, call: Call) -> Any:
        self._sendable(call)
        call.shown = self._caption(call)
        if not isinstance(call.params.get("document"), bytes):
            raise Refused("Bad Request: there is no document in the request")
        return self._new(call, document={"file_id": "d", "file_unique_id": "d"}, caption=call.shown)

    def _do_sendContact(self, call: Call) -> Any:
        self._sendable(call)
        phone, name = call.params.get("phone_number"), call.params.get("first_name")
        if not phone or not name:
            raise Refused("Bad Request: contact is incomplete")
        call.shown = f"{name} {phone}"
        return self._new(call, contact={"phone_number": phone, "first_name": name})

    def _do_editMessageText(self, call: Call) -> Any:
        key = (self._chat(call)["id"], int(call.params["message_id"]))
        if key not in self.messages:
            raise Refused("Bad Request: message to edit not found")
        self._budget(call)
        rich = call.params.get("rich_message")
        if rich is not None:
            if not self.rich:
                raise Refused("Bad Request: RICH_MESSAGE_UNSUPPORTED")
            call.shown = check_rich(rich)
        else:
            call.shown = check_text(call.params.get("text"), call.params.get("parse_mode"))
        check_markup(call.params.get("reply_markup"), private=key[0] > 0)
        content = json.dumps([rich, call.params.get("text"), call.params.get("reply_markup")])
        message = self.messages[key]
        if message.get("_content") == content:
            raise Refused("Bad Request: message is not modified: content and markup are the same")
        message["_content"] = content
        message["reply_markup"] = call.params.get("reply_markup")
        call.message_id = key[1]
        return _public(message | {"text": call.shown})

    def _do_deleteMessage(self, call: Call) -> Any:
        return bool(self.messages.pop((call.chat_id, int(call.params["message_id"])), None))

    def _do_answerCallbackQuery(self, call: Call) -> Any:
        number = call.params.get("callback_query_id")
        at, user, _ = self._queries.get(number, (0.0, 0, False))
        if number not in self._queries or time.monotonic() - at > 30:
            raise Refused("Bad Request: query is too old and response timeout expired")
        if len(call.params.get("text") or "") > 200:
            raise Refused("Bad Request: MESSAGE_TOO_LONG")
        self._queries[number] = (at, user, True)
        call.shown = call.params.get("text") or ""
        return True

    def _do_answerInlineQuery(self, call: Call) -> Any:
        results = call.params.get("results") or []
        ids = [result["id"] for result in results]
        if len(results) > 50 or len(set(ids)) != len(ids):
            raise Refused("Bad Request: RESULTS_TOO_MUCH or RESULT_ID_DUPLICATE")
        if any(not 1 <= len(number.encode()) <= 64 for number in ids):
            raise Refused("Bad Request: RESULT_ID_INVALID")
        if len((call.params.get("next_offset") or "").encode()) > 64:
            raise Refused("Bad Request: NEXT_OFFSET_INVALID")
        for result in results:
            content = result["input_message_content"]
            check_text(content["message_text"], content.get("parse_mode"))
            check_markup(result.get("reply_markup"), private=False)
            if not result.get("title"):
                raise Refused("Bad Request: ARTICLE_TITLE_EMPTY")
        return True

    def _do_answerGuestQuery(self, call: Call) -> Any:
        if call.params.get("guest_query_id") not in self._guests:
            raise Refused("Bad Request: query is too old or already answered")
        self._guests.discard(call.params["guest_query_id"])
        result = call.params["result"]
        content = result["input_message_content"]
        call.shown = check_text(content["message_text"], content.get("parse_mode"))
        check_markup(result.get("reply_markup"), private=False)
        if not result.get("title") or not 1 <= len(result["id"].encode()) <= 64:
            raise Refused("Bad Request: RESULT_INVALID")
        return {"inline_message_id": f"inline-{call.params['guest_query_id']}"}

    # --- rules ------------------------------------------------------------------------------

    def _chat(self, call: Call) -> dict[str, Any]:
        if call.chat_id not in self.chats:
            raise Refused("Bad Request: chat not found")
        return self.chats[call.chat_id]

    def _caption(self, call: Call) -> str:
        caption = call.params.get("caption")
        return check_text(caption, call.params.get("parse_mode"), 1024) if caption else ""

    def _sendable(self, call: Call) -> None:
        chat = self._chat(call)
        check_markup(call.params.get("reply_markup"), private=chat["type"] == "private")
        topic = call.params.get("message_thread_id")
        if topic is not None and int(topic) not in chat.get("_topics", ()):
            raise Refused("Bad Request: message thread not found")
        reply = call.params.get("reply_parameters") or {}
        hidden = reply.get("ephemeral_message_id")
        if hidden is not None:
            given = call.params.get("ephemeral_message_parameters") or {}
            at, user = self.hidden.get(hidden, (0.0, 0))
            late = time.monotonic() - at > EPHEMERAL_SECONDS
            if late or given.get("receiver_user_id") != user:
                raise Refused("Bad Request: query is too old: EPHEMERAL_MESSAGE_EXPIRED")
            return
        target = (call.chat_id, int(reply.get("message_id") or 0))
        if reply and target not in self.messages and not reply.get("allow_sending_without_reply"):
            raise Refused("Bad Request: message to be replied not found")
        ephemeral = call.params.get("ephemeral_message_parameters")
        if ephemeral is not None:
            self._ephemeral(call, chat, ephemeral)
        else:
            self._budget(call)

    def _ephemeral(self, call: Call, chat: dict[str, Any], given: dict[str, Any]) -> None:
        if chat["type"] not in {"group", "supergroup"}:
            raise Refused("Bad Request: ephemeral messages are for groups")
        number = given.get("callback_query_id")
        if self.members.get((call.chat_id, self.me["id"])) == "administrator":
            return
        at, user, _ = self._queries.get(str(number), (0.0, 0, False))
        if user != given["receiver_user_id"] or time.monotonic() - at > EPHEMERAL_SECONDS:
            raise Refused("Bad Request: EPHEMERAL_QUERY_INVALID")

    def _budget(self, call: Call) -> None:
        """Twenty sends and edits a minute in a group; more is what gets a bot punished."""
        if call.chat_id > 0 or self.lenient_budget:
            return
        kinds = ("sendMessage", "sendRichMessage", "sendPhoto", "sendDocument", "editMessageText")
        recent = [
            made
            for made in self.of(*kinds, chat_id=call.chat_id)
            if made is not call and made.at > call.at - 60
            and not made.params.get("ephemeral_message_parameters")
        ]  # fmt: skip
        if len(recent) >= 20:
            self.violations.append(f"more than 20 messages a minute in {call.chat_id}")

    def _new(self, call: Call, **content: Any) -> dict[str, Any]:
        chat = self._chat(call)
        call.message_id = self.next_message_id()
        given = (call.params.get("rich_message"), call.params.get("text"))
        message = {
            "message_id": call.message_id,
            "date": int(time.time()),
            "chat": _public(chat),
            "from": self.me,
            "_content": json.dumps([*given, call.params.get("reply_markup")]),
            **content,
        }
        if call.params.get("reply_markup"):
            message["reply_markup"] = call.params["reply_markup"]
        if call.params.get("message_thread_id"):
            message["message_thread_id"] = int(call.params["message_thread_id"])
            message["is_topic_message"] = True
        if call.params.get("ephemeral_message_parameters") is None:
            self.messages[(chat["id"], call.message_id)] = message
        return _public(message)


async def _params(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        return dict(await request.json())
    raw = dict(await request.post())
    params: dict[str, Any] = {}
    uploads = {
        name: value.file.read() for name, value in raw.items() if isinstance(value, web.FileField)
    }
    for name, value in raw.items():
        if isinstance(value, web.FileField):
            params.setdefault("_filename", value.filename)
        elif isinstance(value, str) and value.startswith("attach://"):
            params[name] = uploads[value.removeprefix("attach://")]
        elif isinstance(value, str) and value[:1] in "{[" and name not in {"text", "caption"}:
            params[name] = json.loads(value)
        else:
            params[name] = value
    return params


def _public(value: dict[str, Any]) -> dict[str, Any]:
    return {key: part for key, part in value.items() if not key.startswith("_")}


def _status(fault: Fault) -> int:
    return int(fault.kind) if fault.kind.isdigit() else 0


def _refusal(status: int, description: str, **parameters: Any) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return web.json_response(body, status=status)


def _broken(fault: Fault, request: web.Request) -> web.StreamResponse:
    if fault.kind == "429":
        return _refusal(429, "Too Many Requests: retry later", retry_after=fault.retry_after)
    if fault.kind == "400":
        return _refusal(400, "Bad Request: can't parse entities")
    if fault.kind == "502":
        page = "<html><h1>502 Bad Gateway</h1></html>"
        return web.Response(status=502, text=page, content_type="text/html")
    if fault.kind == "reset":
        assert request.transport is not None
        request.transport.abort()
        return web.Response(status=500)
    return _refusal(500, "Internal Server Error")
