"""Claims in Redis or Valkey: one round trip when an update comes, one when it is answered."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Any

from redis import ConnectionPool
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.operations.claims import (
    BURST,
    DONE_KEPT,
    LEASE,
    REFILL,
    SHORTEST_PAUSE,
    TOLD_FOR,
    Arrival,
)
from registry.errors import StoreUnavailable

# Keys of an update: `state` (h in hand, s sent, d done) and `lease`, alive as long as its process.
# KEYS: state, lease, queue, lane, rate, told.
# ARGV: update, prefix, lease ms, kept ms, burst, refill, told ms.
_BEGIN = """
local function begin(queue, lane, update, prefix, lease)
  while true do
    local first = redis.call('ZRANGE', queue, 0, 0)[1]
    if not first or first == update then break end
    if redis.call('EXISTS', prefix .. 'lease:' .. first) == 1 then return 0 end
    redis.call('ZREM', queue, first)
  end
  local holder = redis.call('GET', lane)
  if holder and holder ~= update
     and redis.call('EXISTS', prefix .. 'lease:' .. holder) == 1 then return 0 end
  redis.call('SET', lane, update, 'PX', 3600000)
  return 1
end
"""
ARRIVE = (
    _BEGIN
    + """
local state = redis.call('GET', KEYS[1])
if state == 'd' then return {0, 0} end
if state and redis.call('EXISTS', KEYS[2]) == 1 then return {1, 0} end
-- Its answer had arrived before its process was killed.
if state == 's' then return {0, 0} end
redis.call('SET', KEYS[1], 'h', 'PX', ARGV[4])
redis.call('SET', KEYS[2], '1', 'PX', ARGV[3])
redis.call('ZADD', KEYS[3], ARGV[1], ARGV[1])
redis.call('PEXPIRE', KEYS[3], 3600000)
local mine = begin(KEYS[3], KEYS[4], ARGV[1], ARGV[2], ARGV[3])
if KEYS[5] == '' then return {2, mine} end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local bucket = redis.call('HMGET', KEYS[5], 'left', 'at')
local left = tonumber(bucket[1]) or tonumber(ARGV[5])
local at = tonumber(bucket[2]) or now
left = math.min(tonumber(ARGV[5]), left + math.max(0, now - at) * ARGV[6] / 1000)
local code = 2
if left >= 1 then left = left - 1
elseif redis.call('SET', KEYS[6], '1', 'NX', 'PX', ARGV[7]) then code = 4
else code = 3 end
redis.call('HSET', KEYS[5], 'left', tostring(left), 'at', now)
redis.call('PEXPIRE', KEYS[5], 10000)
return {code, mine}
"""
)
BEGIN = _BEGIN + "return begin(KEYS[1], KEYS[2], ARGV[1], ARGV[2], ARGV[3])"
FINISH = """
redis.call('SET', KEYS[1], 'd', 'PX', ARGV[2])
redis.call('DEL', KEYS[2])
redis.call('ZREM', KEYS[3], ARGV[1])
if redis.call('GET', KEYS[4]) == ARGV[1] then redis.call('DEL', KEYS[4]) end
return 1
"""
# KEYS: the group's messages of the window. ARGV: budget, window ms, a name for this message.
SPEND = """
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
if redis.call('ZCARD', KEYS[1]) < tonumber(ARGV[1]) then
  redis.call('ZADD', KEYS[1], now, ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return 0
end
return redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2] + ARGV[2] - now
"""
KEPT_MS = int(DONE_KEPT * 1000)


@asynccontextmanager
async def ours() -> AsyncIterator[None]:
    """A Redis that does not answer is our own error, once, here."""
    try:
        yield
    except (RedisError, OSError, RuntimeError) as error:  # uvloop says the last of a lost socket
        raise StoreUnavailable(f"Redis 没有应答，请稍后再试（{type(error).__name__}）。") from error


class RedisClaims:
    """Claims, turns and measures of people in one Redis."""

    def __init__(self, redis: Redis, prefix: str = "plans:") -> None:
        self._redis, self._prefix = redis, prefix
        self._arrive = redis.register_script(ARRIVE)
        self._begin = redis.register_script(BEGIN)
        self._finish = redis.register_script(FINISH)
        self._spend = redis.register_script(SPEND)
        self._first: set[int] = set()

    def state_key(self, update_id: int) -> str:
        """Where an update's state stands."""
        return f"{self._prefix}update:{update_id}"

    async def arrive(self, update_id: int, chat: int, user: int | None) -> Arrival:
        """Claim, take the turn where the chat is free, and measure the sender, in one step."""
        prefix = self._prefix
        keys = [
            *self._keys(update_id, chat),
            f"{prefix}rate:{user}" if user is not None else "",
            f"{prefix}rate-told:{user}",
        ]
        limits = (BURST, REFILL, int(TOLD_FOR * 1000))
        given: list[int | float | str] = [update_id, prefix, int(LEASE * 1000), KEPT_MS, *limits]
        async with ours():
            code, mine = await self._arrive(keys=keys, args=given)
        if mine:
            self._first.add(update_id)
        return Arrival(int(code))

    async def may_begin(self, update_id: int, chat: int) -> bool:
        """Whether the turn is ours; mostly it was taken on arrival."""
        if update_id in self._first:
            self._first.discard(update_id)
            return True
        keys = self._keys(update_id, chat)[2:]
        async with ours():
            given: list[int | float | str] = [update_id, self._prefix, int(LEASE * 1000)]
            return bool(await self._begin(keys=keys, args=given))

    async def done(self, update_id: int, chat: int) -> None:
        """Answered; the lane is free."""
        self._first.discard(update_id)
        async with ours():
            await self._finish(keys=self._keys(update_id, chat), args=[update_id, KEPT_MS])

    async def renew(self, update_ids: Collection[int]) -> None:
        """One batch for all leases."""
        async with ours(), self._redis.pipeline(transaction=False) as batch:
            for update_id in update_ids:
                batch.set(f"{self._prefix}lease:{update_id}", "1", px=int(LEASE * 1000))
            await batch.execute()

    async def spend(self, chat: int, budget: int, window: float) -> float:
        """One step, by Redis' own clock."""
        key, name = f"{self._prefix}budget:{chat}", secrets.token_hex(8)
        async with ours():
            pause = await self._spend(keys=[key], args=[budget, int(window * 1000), name])
        return max(int(pause) / 1000, SHORTEST_PAUSE) if int(pause) else 0.0

    def _keys(self, update_id: int, chat: int) -> list[str]:
        prefix = self._prefix
        return [
            self.state_key(update_id),
            f"{prefix}lease:{update_id}",
            f"{prefix}queue:{chat}",
            f"{prefix}lane:{chat}",
        ]


class SentMarks:
    """Notes in Redis that an answer has arrived, without waiting for Redis.

    They go over a plain socket that gives no replies: what it took is delivered though the process
    is killed, and it takes it in the very call. A connection of the event loop would write it one
    or two turns later, after whatever else is due (6 ms under load, seen in a measurement).
    """

    def __init__(self, url: str, claims: RedisClaims) -> None:
        self._claims = claims
        self._pool = ConnectionPool.from_url(url, socket_timeout=1, socket_connect_timeout=3)
        self._connection: Any = None
        self._opening: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect, away from the event loop."""
        async with ours():
            self._connection = await asyncio.to_thread(self._connect)

    async def arrived(self, update_id: int) -> None:
        """Telegram has the answer to that update."""
        connection = self._connection
        if connection is None:
            return
        note = ("SET", self._claims.state_key(update_id), "s", "PX", str(KEPT_MS))
        try:
            connection.send_packed_command(connection.pack_command(*note), check_health=False)
        except (RedisError, OSError):
            # Without the note a killed process may answer twice; the answer itself goes out.
            self._connection = None
            self._opening = asyncio.get_running_loop().create_task(self._open_again())

    async def recent(self) -> set[int]:
        """Nothing: the claims know it."""
        return set()

    async def close(self) -> None:
        """Give the connection back."""
        if self._opening is not None:
            self._opening.cancel()
        if self._connection is not None:
            self._connection.disconnect()
            self._connection = None

    def _connect(self) -> Any:
        connection: Any = self._pool.make_connection()
        connection.connect()
        connection.send_command("CLIENT", "REPLY", "OFF")
        return connection

    async def _open_again(self) -> None:
        while self._connection is None:
            try:
                await self.open()
            except StoreUnavailable:
                await asyncio.sleep(0.5)


async def connect(url: str) -> Redis:
    """A client that gives up after a few seconds and tries a lost connection once more."""
    redis = Redis.from_url(url, socket_timeout=5, socket_connect_timeout=3, decode_responses=True)
    async with ours():
        await redis.ping()
    return redis
