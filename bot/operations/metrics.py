"""What is counted and timed while the bot runs, for Prometheus."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiogram import BaseMiddleware, Bot
from aiogram.client.session.middlewares.base import (
    BaseRequestMiddleware,
    NextRequestMiddlewareType,
)
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import TelegramObject, Update
from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.answer import Step

if TYPE_CHECKING:
    from bot.telegram.talk import Desk, Exchange

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
UNKNOWN, NEAR = {"unknown_project"}, {"which_project", "ask_back"}

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class Metrics:
    """All figures of one process. Their names begin with `plans_`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        own = self.registry
        self.questions = Counter(
            "plans_questions", "Questions answered", ("kind", "outcome"), registry=own
        )
        self.understood_in = Histogram(
            "plans_answer_seconds", "From words to answer", ("by",), registry=own, buckets=SECONDS
        )
        self.updates_in = Histogram(
            "plans_update_seconds",
            "From an update's arrival until its answer is with Telegram",
            ("type",),
            registry=own,
            buckets=SECONDS,
        )
        self.similarity = Counter(
            "plans_similarity", "How surely a name led to a project", ("outcome",), registry=own
        )
        self.telegram_in = Histogram(
            "plans_telegram_seconds",
            "Telegram's methods",
            ("method",),
            registry=own,
            buckets=SECONDS,
        )
        self.telegram_errors = Counter(
            "plans_telegram_errors", "Refused and failed calls", ("method", "error"), registry=own
        )
        self.failures = Counter(
            "plans_failures", "Questions that ended in an error", ("error",), registry=own
        )
        self.queues = Gauge("plans_queue_length", "What waits", ("queue",), registry=own)
        self.version = Gauge("plans_registry_version", "Version of the registry", registry=own)
        self.plans = Gauge("plans_registry_plans", "Plans of the newest year", registry=own)
        self.findings = Gauge(
            "plans_import_findings", "Findings in the data", ("code", "severity"), registry=own
        )
        self.started = Gauge(
            "plans_started_timestamp_seconds", "Start of the process", registry=own
        )
        self.started.set_to_current_time()

    def watch_queue(self, name: str, length: Callable[[], float]) -> None:
        """A queue whose length is asked for when the figures are."""
        self.queues.labels(name).set_function(length)

    def tell_registry(self, version: int, plans: int, findings: dict[tuple[str, str], int]) -> None:
        """What the registry now holds."""
        self.version.set(version)
        self.plans.set(plans)
        self.findings.clear()
        for (code, severity), number in findings.items():
            self.findings.labels(code, severity).set(number)

    async def show(self, _request: web.Request) -> web.Response:
        """The page that Prometheus reads."""
        return web.Response(
            body=generate_latest(self.registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )


class MeasuredDesk:
    """A desk whose answers are counted and timed."""

    def __init__(self, desk: Desk, metrics: Metrics) -> None:
        self._desk, self._metrics = desk, metrics

    async def ask(self, text: str, memory: dict[str, Any] | None) -> Exchange:
        """Answer words."""
        return await self._measured("words", self._desk.ask(text, memory))

    async def press(self, step: Step, memory: dict[str, Any] | None) -> Exchange:
        """Answer a button."""
        return await self._measured("button", self._desk.press(step, memory))

    async def _measured(self, by: str, asked: Awaitable[Exchange]) -> Exchange:
        began = time.perf_counter()
        try:
            exchange = await asked
        except Exception as error:
            self._metrics.failures.labels(type(error).__name__).inc()
            raise
        self._metrics.understood_in.labels(by).observe(time.perf_counter() - began)
        answer = exchange.answer
        self._metrics.questions.labels(answer.kind, answer.outcome.value).inc()
        for query in getattr(exchange, "queries", ()):
            if (outcome := similarity_of(query)) is not None:
                self._metrics.similarity.labels(outcome).inc()
        return exchange


def similarity_of(query: Any) -> str | None:
    """certain, near or unknown; None where no project was named."""
    kind = str(getattr(query.kind, "value", query.kind))
    if kind in UNKNOWN:
        return "unknown"
    if kind in NEAR or (query.candidates and not query.projects):
        return "near"
    return "certain" if query.projects else None


class Observed(BaseMiddleware):
    """Times every update."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        began = time.perf_counter()
        try:
            return await handler(event, data)
        finally:
            kind = event.event_type if isinstance(event, Update) else "other"
            self._metrics.updates_in.labels(kind).observe(time.perf_counter() - began)


class ObservedRequests(BaseRequestMiddleware):
    """Times Telegram's methods and counts what fails, every try of it."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        name = method.__api_method__
        began = time.perf_counter()
        try:
            return await make_request(bot, method)
        except Exception as error:
            self._metrics.telegram_errors.labels(name, type(error).__name__).inc()
            raise
        finally:
            if name != "getUpdates":  # it waits for news, not for Telegram
                self._metrics.telegram_in.labels(name).observe(time.perf_counter() - began)
