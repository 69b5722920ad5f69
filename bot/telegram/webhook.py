"""The HTTP side of the bot: Telegram's webhook, and the questions an operator's tools ask."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import structlog
from aiogram import Bot, Dispatcher
from aiogram.types import Update
from aiohttp import web
from pydantic import ValidationError

from bot.telegram.middleware import InOtherHands
from registry.errors import StoreUnavailable

log = structlog.get_logger(__name__)

LARGEST_UPDATE = 2**20  # bytes; Telegram's own are a few kilobytes
HEADER = "X-Telegram-Bot-Api-Secret-Token"

Ready = Callable[[], Awaitable[bool]]


class Listener:
    """Serves on one address until told to stop."""

    def __init__(self, ready: Ready) -> None:
        self._ready = ready
        self._stopping = False
        self.app = web.Application(client_max_size=LARGEST_UPDATE)
        self.app.router.add_get("/healthz", self._healthz)
        self.app.router.add_get("/readyz", self._readyz)
        self._runner: web.AppRunner | None = None

    def take_updates(self, url: str, secret: str, bot: Bot, dispatcher: Dispatcher) -> None:
        """Serve the path of the public address."""

        async def receive(request: web.Request) -> web.Response:
            # Compared first, in constant time: a forger learns nothing and costs nothing.
            given = request.headers.get(HEADER, "").encode()
            if not secrets.compare_digest(given, secret.encode()):
                return web.Response(status=401)
            if self._stopping:
                # Telegram, or the load balancer, brings it to a process that stays.
                return web.Response(status=503)
            try:
                body = await request.read()
                update = Update.model_validate_json(body, context={"bot": bot})
            except web.HTTPRequestEntityTooLarge:
                return web.Response(status=413)
            except ValidationError:
                # Asking for it again would bring the same; it is told in the log instead.
                log.warning("unreadable_update", bytes=request.content_length)
                return web.Response(status=200)
            try:
                # Answered only when done: what a killed process had in hand comes again.
                await dispatcher.feed_update(bot, update)
            except InOtherHands:
                return web.Response(status=503)
            except StoreUnavailable as error:
                # Not even claimed: it comes again, and finds the database back.
                log.warning("update_not_taken", error=type(error).__name__)
                return web.Response(status=503)
            return web.Response(status=200)

        self.app.router.add_post(urlsplit(url).path or "/", receive)

    async def start(self, host: str, port: int) -> int:
        """Listen; the port, which is a free one where 0 was asked for."""
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=25)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        return int(self._runner.addresses[0][1])

    def show_metrics(self, page: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> None:
        """Serve the figures of operation."""
        self.app.router.add_get("/metrics", page)

    def stop_being_ready(self) -> None:
        """First of all: the load balancer sends no more."""
        self._stopping = True

    async def stop(self) -> None:
        """Finish what is in hand and close."""
        self._stopping = True
        if self._runner is not None:
            await self._runner.cleanup()

    async def _healthz(self, _request: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def _readyz(self, _request: web.Request) -> web.Response:
        if self._stopping or not await self._ready():
            return web.Response(status=503, text="not ready")
        return web.Response(text="ready")
