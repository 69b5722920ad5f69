"""Delivery: nothing lost, nothing twice, in order, others unaffected."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from telegram_server import Fault, TelegramServer
from telegram_world import a_world


@pytest.mark.parametrize("kind", ["429", "500", "502", "reset"])
@pytest.mark.parametrize("method", ["sendMessage", "editMessageText", "answerCallbackQuery"])
async def test_trouble_on_any_method_delays_but_neither_loses_nor_doubles(
    kind: str, method: str
) -> None:
    async with a_world() as world:
        zhang = world.person(5)
        fault = Fault(kind, method, times=2, retry_after=0 if kind == "429" else 1)
        fault.retry_after = 1
        fault.times = 1 if kind == "429" else 2
        world.server.faults.append(fault)
        [first] = await zhang.says("列表")
        [second] = await zhang.taps(first, "下一页")
    assert second.message_id == first.message_id
    assert len(world.server.of("sendMessage")) == 1


async def test_one_waiting_chat_does_not_hold_up_another() -> None:
    async with a_world() as world:
        zhang, li = world.person(5), world.person(6)
        world.server.faults.append(Fault("429", "sendMessage", chat_id=5, retry_after=1))
        await world.server.push(message=world.message(zhang, None, text="多少钱"))
        await world.server.push(message=world.message(li, None, text="多少钱"))
        await world.settled()
    chats = [call.chat_id for call in world.server.of("sendMessage")]
    assert chats == [6, 5]


async def test_a_chat_keeps_its_order_through_trouble() -> None:
    async with a_world() as world:
        zhang = world.person(5)
        world.server.faults.append(Fault("500", "sendMessage", times=2))
        for text in ("多少钱", "联系人", "合计"):
            await world.server.push(message=world.message(zhang, None, text=text))
        await world.settled()
    firsts = [call.shown.splitlines()[0] for call in world.server.of("sendMessage")]
    assert ["总资金额" in firsts[0], "联系人" in firsts[1], "合计" in firsts[2]] == [True] * 3


async def test_an_update_delivered_twice_is_answered_once() -> None:
    async with a_world() as world:
        message = world.message(world.person(5), None, text="多少钱")
        await world.server.push(77, message=message)
        await world.server.push(77, message=message)
        await world.settled()
    assert len(world.server.of("sendMessage")) == 1


async def test_refused_formatting_falls_back_to_plain_text_once() -> None:
    async with a_world() as world:
        world.server.faults += [Fault("400", "sendRichMessage"), Fault("400", "sendMessage")]
        replies = await world.person(5).says("指标")
    [reply] = replies
    assert "parse_mode" not in reply.params
    assert "• 清淤长度 · 目标 ≥8000米" in reply.shown


async def test_someone_who_blocked_the_bot_is_not_tried_again_until_they_speak() -> None:
    async with a_world() as world:
        zhang = world.person(5)
        world.server.blocked.add(5)
        await zhang.says("多少钱")
        world.dispatcher["talk"].say(_spot(5), "通知")
        await world.dispatcher["outbox"].drain(5)
        assert len([call for call in world.server.calls if call.status == 403]) == 1
        world.server.blocked.clear()
        [reply] = await zhang.says("多少钱")
    assert "77.87" in reply.shown


async def test_someone_who_floods_is_told_once() -> None:
    async with a_world() as world:
        zhang, li = world.person(5), world.person(6)
        measure = world.dispatcher["reception"].measure
        measure._burst, measure._refill = 3, 0.0
        for _ in range(8):
            await world.server.push(message=world.message(zhang, None, text="多少钱"))
        await world.settled()
        [other] = await li.says("多少钱")
    told = [call.shown for call in world.server.of("sendMessage", chat_id=5)]
    assert len(told) == 4
    assert "太快" in told[-1]
    assert "77.87" in other.shown


def _spot(chat: int) -> object:
    from bot.telegram.talk import Spot

    return Spot(chat, chat)


async def test_a_proxy_carries_everything() -> None:
    """An office network lets the bot out through a proxy only."""
    server, tunnels = TelegramServer(), []
    await server.start()
    host, port = server.url.removeprefix("http://").split(":")

    async def tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tunnels.append((await reader.readuntil(b"\r\n\r\n")).split()[0])
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        there, back = await asyncio.open_connection(host, int(port))
        await asyncio.gather(_pump(reader, back), _pump(there, writer))

    proxy = await asyncio.start_server(tunnel, "127.0.0.1", 0)
    at = proxy.sockets[0].getsockname()[1]
    async with a_world(server=server, BOT_PROXY=f"http://127.0.0.1:{at}") as world:
        [reply] = await world.person(5).says("多少钱")
    proxy.close()
    await server.stop()
    assert "77.87" in reply.shown
    assert set(tunnels) == {b"CONNECT"}


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await source.read(65536):
            sink.write(data)
    sink.close()
