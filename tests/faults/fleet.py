"""A bot of several processes behind a load balancer, its Telegram, and a ledger of what became of
every question."""

from __future__ import annotations

import asyncio
import itertools
import os
import socket
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout
from telegram_server import TOKEN, TelegramServer

ROOT = Path(__file__).parents[2]
SECRET = "a-long-random-word"
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
# How long what is taken away stays away. Longer by hand: FAULT_SECONDS=30 python -m pytest tests/faults
SECONDS = float(os.environ.get("FAULT_SECONDS", "3"))
# Questions whose answers cannot be mistaken for one another.
AMOUNTS = (
    ("巨灾险多少钱", "200万元"),
    ("打非多少钱", "77.87万元"),
    ("金融监管多少钱", "42.5万元"),
)


@dataclass
class Ledger:
    """What was sent, answered, lost and answered twice."""

    sent: int
    answered: int
    lost: int
    twice: int
    disordered: int
    seconds: float

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.twice or self.disordered)


@dataclass
class Fleet:
    """The processes, and Telegram, which brings an update again until somebody takes it."""

    server: TelegramServer
    folder: Path
    environment: dict[str, str]
    ports: list[int]
    processes: dict[int, Any] = field(default_factory=dict)
    expected: dict[int, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)
        self._turns = itertools.count()
        self.began = time.monotonic()

    async def start(self, place: int) -> None:
        """One process; back when it is ready."""
        port = self.ports[place]
        given = {
            **{k: v for k, v in os.environ.items() if not k.startswith("BOT_")},
            "BOT_TOKEN": TOKEN,
            "BOT_API_URL": self.server.url,
            "BOT_ACCESS": "open",
            "BOT_ADMINS": "1",
            "BOT_LOG_FORMAT": "json",
            "BOT_WEBHOOK_URL": "https://bot.example.org/hook",
            "BOT_WEBHOOK_SECRET": SECRET,
            "BOT_LISTEN": f"127.0.0.1:{port}",
            **self.environment,
        }
        log = os.open(self.folder / f"{place}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", cwd=ROOT, env=given, stdout=log, stderr=log
        )
        os.close(log)
        self.processes[place] = process
        await self.until_ready(place)

    async def until_ready(self, place: int, wanted: int = 200) -> None:
        """Wait for /readyz to say so."""
        async with asyncio.timeout(60), ClientSession() as http:
            while True:
                assert self.processes[place].returncode is None, self.log(place)[-2000:]
                try:
                    async with http.get(self.url(place, "/readyz")) as reply:
                        if reply.status == wanted:
                            return
                except ClientError:
                    pass
                await asyncio.sleep(0.05)

    async def kill(self, place: int) -> None:
        """kill -9."""
        self.processes[place].kill()
        await self.processes[place].wait()

    def url(self, place: int, path: str = "/hook") -> str:
        return f"http://127.0.0.1:{self.ports[place]}{path}"

    def log(self, place: int) -> str:
        return (self.folder / f"{place}.log").read_text(encoding="utf-8")

    def question(self, person: int, text: str, answer: str) -> dict[str, Any]:
        """An update, entered in the ledger."""
        self.expected.setdefault(person, []).append(answer)
        return self.update(person, text)

    def update(self, person: int, text: str) -> dict[str, Any]:
        """An update outside the ledger."""
        chat = {"id": person, "type": "private", "first_name": "张三"}
        self.server.chats[person] = chat
        sender = {"id": person, "is_bot": False, "first_name": "张三"}
        number = next(self._numbers)
        return {
            "update_id": number,
            "message": {
                "message_id": number, "date": 1, "chat": chat, "from": sender, "text": text,
            },
        }  # fmt: skip

    def questions(self, people: Iterable[int], each: int) -> list[list[dict[str, Any]]]:
        """For each person a conversation of so many questions."""
        return [
            [self.question(who, *AMOUNTS[n % len(AMOUNTS)]) for n in range(each)] for who in people
        ]

    async def deliver(
        self, http: ClientSession, update: dict[str, Any], again: float = 0.2
    ) -> None:
        """As Telegram does: to anybody, again and again until it is taken."""
        while True:
            place = next(self._turns) % len(self.ports)
            try:
                async with http.post(self.url(place), json=update, headers=HEADERS) as reply:
                    if reply.status == 200:
                        return
            except (ClientError, TimeoutError):
                pass
            await asyncio.sleep(again)

    async def converse(
        self, conversations: list[list[dict[str, Any]]], concurrency: int = 40, pause: float = 0.0
    ) -> None:
        """Everybody at once, each one question after another (Telegram keeps a chat's order)."""
        gate = asyncio.Semaphore(concurrency)

        async def one(http: ClientSession, conversation: list[dict[str, Any]]) -> None:
            for update in conversation:
                async with gate:
                    await self.deliver(http, update)
                await asyncio.sleep(pause)

        async with ClientSession(timeout=ClientTimeout(60)) as http:
            await asyncio.gather(*(one(http, conversation) for conversation in conversations))

    def ledger(self) -> Ledger:
        """What became of everything so far."""
        answers: dict[int, list[str]] = {}
        for call in self.server.of("sendMessage", "sendRichMessage"):
            answers.setdefault(call.chat_id, []).append(call.shown)
        lost = twice = disordered = answered = 0
        for person, wanted in self.expected.items():
            given = [first_amount(text) for text in answers.get(person, [])]
            answered += len(given)
            want, got = Counter(wanted), Counter(given)
            lost += (want - got).total()
            twice += (got - want).total()
            disordered += want == got and wanted != given
        sent = sum(len(wanted) for wanted in self.expected.values())
        return Ledger(sent, answered, lost, twice, disordered, time.monotonic() - self.began)

    async def settled(self) -> Ledger:
        """The ledger once nothing is owed; after half a minute, whatever is still owed."""
        for _ in range(300):
            if not self.ledger().lost:
                break
            await asyncio.sleep(0.1)
        return self.ledger()


def first_amount(text: str) -> str:
    """What the answer is about; the whole text where it is no amount."""
    for _, amount in AMOUNTS:
        if text.startswith(amount):
            return amount
    return text


@asynccontextmanager
async def a_fleet(folder: Path, size: int = 2, **environment: str) -> AsyncIterator[Fleet]:
    """Processes over one database, all ready."""
    server = TelegramServer()
    await server.start()
    fleet = Fleet(server, folder, environment, [free_port() for _ in range(size)])
    try:
        await asyncio.gather(*map(fleet.start, range(size)))
        fleet.began = time.monotonic()
        yield fleet
        assert server.violations == []
    finally:
        for process in fleet.processes.values():
            if process.returncode is None:
                process.kill()
                await process.wait()
        await server.stop()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def report(what: str, ledger: Ledger) -> None:
    """One line for whoever runs this by hand (pytest -s)."""
    print(
        f"\n{what}: sent {ledger.sent}, answered {ledger.answered}, lost {ledger.lost}, "
        f"twice {ledger.twice}, out of order {ledger.disordered}, {ledger.seconds:.1f} s"
    )
