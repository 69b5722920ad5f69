"""What strangers can send to the address where the webhook listens."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession
from telegram_world import World, a_world

from bot.operations.metrics import Metrics
from bot.telegram.webhook import HEADER, LARGEST_UPDATE, Listener

SECRET = "a-long-random-word"


@pytest.fixture
async def address() -> AsyncIterator[tuple[str, World]]:
    async def ready() -> bool:
        return True

    async with a_world() as world:
        listener = Listener(ready)
        listener.take_updates("https://bot.example.org/hook", SECRET, world.bot, world.dispatcher)
        listener.show_metrics(Metrics().show)
        port = await listener.start("127.0.0.1", 0)
        yield f"http://127.0.0.1:{port}", world
        await listener.stop()


async def status(url: str, data: bytes, **headers: str) -> int:
    body = io.BytesIO(data)
    async with ClientSession() as http, http.post(url, data=body, headers=headers) as reply:
        return reply.status


async def test_forged_updates_are_turned_away_unread(address: tuple[str, World]) -> None:
    url, world = address
    update = json.dumps({"update_id": 1, "message": world.message(world.person(5), None, text="x")})
    for given in ("", "wrong", SECRET[:-1], SECRET + "x", SECRET.upper(), "é"):
        assert await status(f"{url}/hook", update.encode(), **{HEADER: given}) == 401
    assert await status(f"{url}/hook", b"x" * (LARGEST_UPDATE * 2)) == 401
    assert world.server.of("sendMessage") == []


async def test_oversize_and_broken_bodies_answer_nobody(address: tuple[str, World]) -> None:
    url, world = address
    right: dict[str, Any] = {HEADER: SECRET}
    assert await status(f"{url}/hook", b"x" * (LARGEST_UPDATE + 1), **right) == 413
    deep = b"[" * 100_000
    for body in (b"", b"null", b"[]", b"{}", b'{"update_id":"x"}', b"\xff\xfe", deep, b"1e999999"):
        assert await status(f"{url}/hook", body, **right) == 200
    assert world.server.of("sendMessage") == []


async def test_other_paths_and_methods_are_not_there(address: tuple[str, World]) -> None:
    url, _ = address
    right: dict[str, Any] = {HEADER: SECRET}
    for path in ("/", "/hook/", "/hook/../metrics", "/../../etc/passwd", "//hook"):
        assert await status(url + path, b"{}", **right) in (404, 405), path
    async with ClientSession() as http, http.get(f"{url}/hook") as reply:
        assert reply.status == 405


async def test_health_is_told_to_anybody_and_readiness_too(
    address: tuple[str, World],
) -> None:
    url, _ = address
    async with ClientSession() as http:
        for path, wanted in (("/healthz", 200), ("/readyz", 200), ("/metrics", 200)):
            async with http.get(url + path) as reply:
                assert reply.status == wanted, path


async def test_a_slow_sender_does_not_hold_up_the_others(address: tuple[str, World]) -> None:
    url, world = address
    host, _, port = url.removeprefix("http://").partition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n")
    await writer.drain()
    update = {"update_id": 9, "message": world.message(world.person(5), None, text="河道多少钱")}
    assert await status(f"{url}/hook", json.dumps(update).encode(), **{HEADER: SECRET}) == 200
    assert len(world.server.of("sendMessage")) == 1
    writer.close()
