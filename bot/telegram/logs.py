"""Structured logs in which neither a token nor a phone number can stand."""

from __future__ import annotations

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

DIGIT = re.compile(r"\d")
TOKEN = re.compile(r"\d{5,20}:[A-Za-z0-9_-]{20,}")
PHONE = re.compile(
    r"(?<![\d.-])(?:\+?86[- ]?)?(?:1[3-9]\d{9}|0\d{2,3}[- ]?\d{7,8}|[2-8]\d{7})(?![\d.])"
)
# Numbers of Telegram and of ours that look like phones and are wanted in the log.
IDS = {"update", "chat", "user", "message_id", "project", "group", "port", "attempt", "pid"}


def redacted(text: str) -> str:
    """The text without tokens and phone numbers."""
    if not DIGIT.search(text):
        return text
    return PHONE.sub("<phone>", TOKEN.sub("<token>", text))


def _redact(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = redacted(value)
        elif isinstance(value, (list, tuple, dict)) or (
            isinstance(value, int) and not isinstance(value, bool) and key not in IDS
        ):
            event[key] = redacted(str(value))
    return event


def configure_logs(level: str = "info", form: str = "console") -> None:
    """One form for our own lines and for those of the libraries."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    last: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _redact, last],
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("aiogram.event", "aiohttp.access", "aiosqlite"):
        # A line for every update costs a tenth of the throughput and tells nothing.
        logging.getLogger(noisy).setLevel(logging.WARNING)
