"""People who ask, wait for their answer and ask again: latency and answers a second of the bot,
next to a bare aiogram echo bot in the same run.

    python tests/benchmarks/load.py [--people 64] [--seconds 60] [--projects 6 100000]
                                    [--way polling|webhook] [--processes 1] [--database FOLDER]

Both bots are processes of their own, run in turn, over the same loopback server, which neither
parses nor checks what it is sent, so that it is not what is measured. With 100000 projects a
registry is made first (a few minutes); kept in --database it is made once.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, web

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)]

from throughput import ECHO, ME, QUESTIONS, SECRET, TOKEN  # noqa: E402

HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
PORT = 18180


@dataclass
class Telegram:
    """Just enough of the Bot API, and people who wait for its messages."""

    way: str
    ports: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._updates: deque[dict[str, Any]] = deque()
        self._news = asyncio.Event()
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._ids = itertools.count(1)
        self.http: ClientSession | None = None
        self.extra = 0  # answers nobody waited for

    async def serve(self, request: web.Request) -> web.Response:
        form = await request.post()
        match request.match_info["method"]:
            case "getMe":
                return _ok(ME)
            case "getUpdates":
                return _ok(await self._get_updates(int(str(form.get("offset") or 0))))
            case "sendMessage" | "sendRichMessage":
                chat = int(str(form["chat_id"]))
                waiting = self._waiting.pop(chat, None)
                if waiting is None:
                    self.extra += 1
                elif not waiting.done():
                    waiting.set_result(None)
                place = {"id": chat, "type": "private"}
                sent = {"message_id": 10**6 + next(self._ids), "date": 1, "chat": place}
                return _ok({**sent, "text": "x"})
        return _ok(True)

    async def _get_updates(self, offset: int) -> list[dict[str, Any]]:
        while self._updates and self._updates[0]["update_id"] < offset:
            self._updates.popleft()
        if not self._updates:
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), 1)
        return list(itertools.islice(self._updates, 100))

    async def ask(self, person: int, text: str) -> float:
        """Seconds until the answer."""
        number = next(self._ids)
        who = {"id": person, "first_name": "x"}
        update = {
            "update_id": number,
            "message": {
                "message_id": number,
                "date": 1,
                "chat": {**who, "type": "private"},
                "from": {**who, "is_bot": False},
                "text": text,
            },
        }
        answered = self._waiting[person] = asyncio.get_running_loop().create_future()
        began = time.perf_counter()
        if self.way == "webhook":
            assert self.http is not None
            port = self.ports[number % len(self.ports)]
            url = f"http://127.0.0.1:{port}/hook"
            async with self.http.post(url, json=update, headers=HEADERS) as reply:
                assert reply.status == 200, reply.status
        else:
            self._updates.append(update)
            self._news.set()
        await asyncio.wait_for(answered, 60)
        return time.perf_counter() - began


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


@contextlib.asynccontextmanager
async def a_bot(
    command: list[str], telegram: Telegram, processes: int, **more: str
) -> AsyncIterator[list[Any]]:
    """The bot's processes, and the server they know."""
    app = web.Application()
    app.router.add_route("*", "/bot{token}/{method}", telegram.serve)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    telegram.http = ClientSession()
    running = []
    try:
        for place in range(processes):
            given = {
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "BOT_TOKEN": TOKEN,
                "BOT_API_URL": f"http://127.0.0.1:{runner.addresses[0][1]}",
                "BOT_ACCESS": "open",
                "BOT_ADMINS": "1",
                "BOT_LOG_LEVEL": "warning",
                **more,
            }
            if telegram.way == "webhook":
                telegram.ports.append(PORT + place)
                given |= {
                    "BOT_LISTEN": f"127.0.0.1:{PORT + place}",
                    "BOT_WEBHOOK_URL": "https://bot.example.org/hook",
                    "BOT_WEBHOOK_SECRET": SECRET,
                }
            running.append(await asyncio.create_subprocess_exec(*command, env=given, cwd=ROOT))
        for port in telegram.ports:
            await _until_listening(port)
        await telegram.ask(999, QUESTIONS[0])
        yield running
    finally:
        for process in running:
            process.terminate()
            await process.wait()
        await telegram.http.close()
        await runner.cleanup()


async def _until_listening(port: int) -> None:
    for _ in range(1200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise TimeoutError("the bot does not listen")


async def crowd(telegram: Telegram, people: int, seconds: float) -> dict[str, float]:
    """Everybody asks, waits, and asks again."""
    times: list[float] = []
    until = time.perf_counter() + seconds

    async def one(person: int) -> None:
        for n in itertools.count(person):
            if time.perf_counter() > until:
                return
            times.append(await telegram.ask(1000 + person, QUESTIONS[n % len(QUESTIONS)]))

    began = time.perf_counter()
    await asyncio.gather(*(one(person) for person in range(people)))
    taken = time.perf_counter() - began
    cuts = statistics.quantiles(times, n=100)
    return {
        "answers": len(times),
        "a_second": round(len(times) / taken),
        "p50_ms": round(cuts[49] * 1000, 1),
        "p99_ms": round(cuts[98] * 1000, 1),
        "unasked": telegram.extra,
    }


async def registry_of(projects: int, folder: Path) -> str:
    """The address of a registry with so many projects; the user's own six where that is enough."""
    url = f"sqlite+aiosqlite:///{folder}/registry-{projects}.db"
    if projects > 6 and not (folder / f"registry-{projects}.db").exists():
        from plans import many_plans

        from registry.loading import load_seeds
        from registry.store import Original, Store

        store = await Store.open(url)
        await load_seeds(store)
        plans = many_plans(projects)
        for start in range(0, projects, 5000):
            original = Original(f"{start}.txt", str(start).encode())
            await store.save(plans[start : start + 5000], original, by="benchmark")
        await store.close()
    return url


async def main() -> None:
    """Print a line for each bot."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--projects", type=int, nargs="+", default=[6])
    parser.add_argument("--way", choices=["polling", "webhook"], default="polling")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--database", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.database or Path(temporary)
        echo = [sys.executable, "-c", ECHO]
        async with a_bot(echo, telegram := Telegram(options.way), 1):
            bare = await crowd(telegram, options.people, options.seconds)
        print(json.dumps({"bot": "echo", **bare}), flush=True)
        for projects in options.projects:
            url = await registry_of(projects, folder)
            command = [sys.executable, "-m", "bot", "run"]
            telegram = Telegram(options.way)
            async with a_bot(command, telegram, options.processes, DATABASE_URL=url):
                await crowd(telegram, options.people, min(3.0, options.seconds))  # warm
                real = await crowd(telegram, options.people, options.seconds)
            ratio = round(real["a_second"] / bare["a_second"], 2)
            row = {"bot": "plans", "projects": projects, **real, "of_echo": ratio}
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
