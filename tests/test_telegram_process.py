"""`python -m bot run` as a process of its own: stopped, killed, by polling and by webhook."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from telegram_server import TOKEN, Fault, TelegramServer

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
SECRET = "a-long-random-word"


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    telegram = TelegramServer()
    await telegram.start()
    telegram.chats[5] = {"id": 5, "type": "private", "first_name": "张三"}
    yield telegram
    await telegram.stop()
    assert telegram.violations == []


@asynccontextmanager
async def a_bot(server: TelegramServer, folder: Path, **more: str) -> AsyncIterator[Any]:
    """The process; what it wrote is in log.txt."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("BOT_")},
        "BOT_TOKEN": TOKEN,
        "BOT_API_URL": server.url,
        "BOT_ACCESS": "open",
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder}/r.db",
        **more,
    }
    log = os.open(folder / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", cwd=ROOT, env=environment, stdout=log, stderr=log
    )
    os.close(log)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def message(text: str, number: int) -> dict[str, Any]:
    person = {"id": 5, "is_bot": False, "first_name": "张三"}
    chat = {"id": 5, "type": "private", "first_name": "张三"}
    return {"message_id": number, "date": 1, "chat": chat, "from": person, "text": text}


async def until(server: TelegramServer, *, sent: int = 0, tried: int = 0) -> None:
    """Wait until that many messages were accepted, or that many sends were tried."""
    async with asyncio.timeout(60):
        while len(server.of("sendMessage")) < sent or tries(server) < tried:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def tries(server: TelegramServer) -> int:
    return len([call for call in server.calls if call.method == "sendMessage"])


async def test_a_process_answers_stops_when_told_and_keeps_its_token_to_itself(
    server: TelegramServer, tmp_path: Path
) -> None:
    async with a_bot(server, tmp_path) as process:
        await server.push(message=message("巨灾险多少钱", 1))
        await until(server, sent=1)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 20) == 0
    log = (tmp_path / "log.txt").read_text(encoding="utf-8")
    assert server.of("sendMessage")[0].shown.startswith("200万元")
    assert TOKEN not in log
    assert "Traceback" not in log
    assert "https://t.me/plans_bot?start=claim_" in log


async def test_what_a_killed_process_had_not_answered_the_next_one_answers_once(
    server: TelegramServer, tmp_path: Path
) -> None:
    async with a_bot(server, tmp_path) as process:
        await server.push(message=message("巨灾险多少钱", 1))
        await until(server, sent=1)
        server.faults.append(Fault("500", "sendMessage", times=10**6))
        await server.push(message=message("打非多少钱", 2))
        await until(server, tried=5)  # taken from Telegram and noted, again and again refused
        process.kill()
        await process.wait()
    server.faults.clear()
    async with a_bot(server, tmp_path) as process:
        await until(server, sent=2)
        await server.push(message=message("金融监管多少钱", 3))
        await until(server, sent=3)
    firsts = [call.shown.partition("万元")[0] for call in server.of("sendMessage")]
    assert firsts == ["200", "77.87", "42.5"]


async def test_a_webhook_checks_its_secret_and_answers_once(
    server: TelegramServer, tmp_path: Path
) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    webhook = {
        "BOT_WEBHOOK_URL": f"{address}/hook",
        "BOT_WEBHOOK_SECRET": SECRET,
        "BOT_LISTEN": f"127.0.0.1:{port}",
    }
    update = {"update_id": 1, "message": message("巨灾险多少钱", 1)}
    right = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    async with a_bot(server, tmp_path, **webhook) as process, ClientSession() as http:
        await until_called(server, "setWebhook")

        async def post(body: Any, headers: dict[str, str]) -> int:
            data = io.BytesIO(json.dumps(body).encode())
            async with http.post(f"{address}/hook", data=data, headers=headers) as reply:
                return reply.status

        assert await post(update, {}) == 401
        assert await post(update, {"X-Telegram-Bot-Api-Secret-Token": "wrong"}) == 401
        assert await post({"update_id": 2, "pad": "x" * 2**21}, right) == 413
        assert await post("nonsense", right) == 200
        assert [await post(update, right), await post(update, right)] == [200, 200]
        async with http.get(f"{address}/readyz") as reply:
            assert reply.status == 200
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 30) == 0
    assert len(server.of("sendMessage")) == 1


async def until_called(server: TelegramServer, method: str) -> None:
    async with asyncio.timeout(60):
        while not server.of(method):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


async def test_a_poller_killed_under_load_repeats_next_to_nothing(
    server: TelegramServer, tmp_path: Path
) -> None:
    """What it had sent stood in no database yet; a note of each arrival outlives the kill."""
    people = range(100, 140)
    for person in people:
        server.chats[person] = {"id": person, "type": "private", "first_name": "张三"}

    async def ask(number: int) -> None:
        for person in people:
            asked = message("巨灾险多少钱", number) | {"chat": server.chats[person]}
            asked["from"] = {"id": person, "is_bot": False, "first_name": "张三"}
            await server.push(message=asked)

    kills = 0
    async with a_bot(server, tmp_path):
        await ask(1)
        await until(server, sent=len(people))
    for number in range(2, 5):
        async with a_bot(server, tmp_path) as process:
            await ask(number)
            await until(server, sent=len(people) * (number - 1) + len(people) // 2)
            process.kill()
            await process.wait()
            kills += 1
    async with a_bot(server, tmp_path):
        await until(server, sent=len(people) * 4)
        await asyncio.sleep(1)
    each = [len(server.of("sendMessage", chat_id=person)) for person in people]
    print(f"\npolling, killed {kills} times: twice {sum(each) - 4 * len(people)}")
    assert min(each) >= 4
    # Telegram's confirmations on their way to the process when it died: nobody can know of them.
    # A thousand a second are answered here, so some milliseconds are a few.
    assert sum(each) - 4 * len(people) <= 8 * kills
