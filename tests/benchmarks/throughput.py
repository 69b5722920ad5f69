"""Answers a second of the real bot against a bare aiogram echo bot, through the same local server.

    python tests/benchmarks/throughput.py [--messages 2000] [--people 64] [--ways polling webhook]

Both bots are processes of their own and run in turn. The server hands out the same questions of
many people and counts the messages that come back; it neither parses nor checks them, so that it
is not what is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, web

TOKEN = "123456789:AAF-benchmark-token_of_loopback_000"
SECRET = "benchmark"
ROOT = Path(__file__).resolve().parents[2]
ME = {"id": 123456789, "is_bot": True, "first_name": "b", "username": "plans_bot"}
ECHO = """
import asyncio, os
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message

api = TelegramAPIServer.from_base(os.environ["BOT_API_URL"])
bot = Bot(os.environ["BOT_TOKEN"], session=AiohttpSession(api=api))
dispatcher = Dispatcher()

@dispatcher.message()
async def echo(message: Message) -> None:
    await message.answer(message.text)

if os.environ.get("BOT_LISTEN"):
    from aiogram.webhook.aiohttp_server import SimpleRequestHandler
    from aiohttp import web
    app = web.Application()
    SimpleRequestHandler(dispatcher, bot, secret_token="benchmark").register(app, path="/hook")
    host, port = os.environ["BOT_LISTEN"].split(":")
    web.run_app(app, host=host, port=int(port), print=None, access_log=None)
else:
    asyncio.run(dispatcher.start_polling(bot))
"""
QUESTIONS = (
    "巨灾保险项目总资金额是多少",
    "打非专项的联系人和电话",
    "金融监管项目的立项依据",
    "产业扶持及金融招商有哪些核心指标",
    "哪些项目超过一百万",
    "六个项目一共多少钱",
)


class Server:
    """Just enough of the Bot API."""

    def __init__(self, messages: int, people: int) -> None:
        self.updates = [self._update(n, people) for n in range(messages)]
        self.at = 0
        self.sent = 0
        self.started = self.finished = self.cpu = 0.0
        self.done = asyncio.Event()
        self.go = asyncio.Event()

    def _update(self, n: int, people: int) -> dict[str, Any]:
        person = 1000 + n % people
        return {
            "update_id": n + 1,
            "message": {
                "message_id": n + 1,
                "date": 1,
                "chat": {"id": person, "type": "private", "first_name": "x"},
                "from": {"id": person, "is_bot": False, "first_name": "x"},
                "text": QUESTIONS[n // people % len(QUESTIONS)],
            },
        }

    async def serve(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        form = await request.post()
        if method == "getMe":
            return _ok(ME)
        if method == "getUpdates":
            return _ok(await self._get_updates(int(str(form.get("offset") or 0))))
        if method not in {"sendMessage", "sendRichMessage"}:
            return _ok(True)
        self.sent += 1
        if self.sent == len(self.updates):
            self.finished = time.perf_counter()
            self.done.set()
        chat = {"id": int(str(form["chat_id"])), "type": "private"}
        text = str(form.get("text", "x"))
        return _ok({"message_id": 10**6 + self.sent, "date": 1, "chat": chat, "text": text})

    async def _get_updates(self, offset: int) -> list[dict[str, Any]]:
        try:
            await asyncio.wait_for(self.go.wait(), 1)
        except TimeoutError:
            return []
        start = max(offset - 1, 0)
        if start >= len(self.updates):
            await asyncio.sleep(0.2)
        return self.updates[start : start + 100]


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


async def measure(command: list[str], way: str, messages: int, people: int) -> tuple[float, float]:
    """Answers a second, and milliseconds of processor time for each."""
    server = Server(messages, people)
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", server.serve)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "BOT_TOKEN": TOKEN,
            "BOT_API_URL": url,
            "BOT_ACCESS": "open",
            "BOT_LOG_LEVEL": "warning",
            "DATABASE_URL": f"sqlite+aiosqlite:///{folder}/registry.db",
        }
        if way == "webhook":
            environment |= {
                "BOT_LISTEN": "127.0.0.1:18080",
                "BOT_WEBHOOK_URL": "http://127.0.0.1:18080/hook",
                "BOT_WEBHOOK_SECRET": SECRET,
            }
        process = await asyncio.create_subprocess_exec(*command, env=environment, cwd=ROOT)
        try:
            rate = await _rate(server, way, people, process.pid)
            return rate, (_cpu(process.pid) - server.cpu) / messages * 1000
        finally:
            process.terminate()
            await process.wait()
            await runner.cleanup()


def _cpu(pid: int) -> float:
    """Seconds of processor time that the process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _rate(server: Server, way: str, people: int, pid: int) -> float:
    if way == "webhook":
        await _until_listening()
        server.cpu = _cpu(pid)
        server.started = time.perf_counter()
        await asyncio.gather(_post(server, people), server.done.wait())
    else:
        await asyncio.sleep(12)  # the bot has opened its registry and is polling
        server.cpu = _cpu(pid)
        server.started = time.perf_counter()
        server.go.set()
        await asyncio.wait_for(server.done.wait(), 300)
    return len(server.updates) / (server.finished - server.started)


async def _until_listening() -> None:
    for _ in range(600):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", 18080)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise TimeoutError("the bot does not listen")


async def _post(server: Server, people: int) -> None:
    waiting = iter(server.updates)
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}

    async def work(http: ClientSession) -> None:
        for update in waiting:
            async with http.post(
                "http://127.0.0.1:18080/hook", json=update, headers=headers
            ) as reply:
                assert reply.status == 200, reply.status

    async with ClientSession() as http:
        await asyncio.gather(*(work(http) for _ in range(min(people, 40))))


async def main() -> None:
    """Print one line for each way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--people", type=int, default=64)
    parser.add_argument("--ways", nargs="+", default=["polling", "webhook"])
    options = parser.parse_args()
    for way in options.ways:
        echo, echo_cpu = await measure(
            [sys.executable, "-c", ECHO], way, options.messages, options.people
        )
        real, real_cpu = await measure(
            [sys.executable, "-m", "bot", "run"], way, options.messages, options.people
        )
        row = {
            "way": way,
            "echo_per_second": round(echo),
            "bot_per_second": round(real),
            "ratio": round(real / echo, 2),
            "echo_cpu_ms": round(echo_cpu, 2),
            "bot_cpu_ms": round(real_cpu, 2),
        }
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
