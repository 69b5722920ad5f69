"""Which update the running task is answering, for the queues and notes that outlive the call."""

from __future__ import annotations

from contextvars import ContextVar

# Set while an update is handled: what is queued then belongs to it.
UPDATE: ContextVar[int | None] = ContextVar("update", default=None)
# Set while the last message that an update leads to is on its way.
SENDING: ContextVar[int | None] = ContextVar("sending", default=None)
