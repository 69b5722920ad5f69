"""Files that were read and wait to be confirmed; they outlive a restart, not a week."""

from __future__ import annotations

import json
import secrets
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from registry import models
from registry.plan import Plan
from registry.store.changes import Original
from registry.store.codec import decode_place, decode_plan, encode_place, encode_plan
from registry.store.engine import Database

if TYPE_CHECKING:
    from registry.findings import Finding

KEPT_DAYS = 7
# Ten characters leave room for much else in the 64 bytes of a button.
ID_BYTES = 7


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that was read: who sent it, against which version it was shown, what it holds."""

    id: str
    by: str
    version: int
    original: Original
    plans: tuple[Plan, ...]
    findings: tuple[Finding, ...]


class Previews(Database):
    """Keeping readings until they are confirmed."""

    async def keep_waiting(
        self,
        original: Original,
        plans: tuple[Plan, ...],
        findings: tuple[Finding, ...],
        *,
        by: str,
        version: int,
    ) -> str:
        """Keep a reading; its id for the confirmation."""
        preview_id = secrets.token_urlsafe(ID_BYTES)
        now = datetime.now(UTC)
        table = models.preview
        row = {
            "id": preview_id,
            "at": now,
            "by": by,
            "name": original.name,
            "sha256": original.sha256,
            "version": version,
            "reading": _dump(plans, findings),
            "body": zlib.compress(original.body),
        }
        async with self.state(write=True) as connection:
            old = table.c.at < now - timedelta(days=KEPT_DAYS)
            await connection.execute(delete(table).where(old))
            await connection.execute(table.insert().values(**row))
        return preview_id

    async def waiting(self, preview_id: str) -> Waiting | None:
        """The reading kept under that id, unless confirmed, dropped or too old."""
        table = models.preview
        async with self.state() as connection:
            found = await connection.execute(select(table).where(table.c.id == preview_id))
            row = found.first()
        if row is None:
            return None
        plans, findings = _load(row.reading, row.name)
        original = Original(row.name, zlib.decompress(row.body))
        return Waiting(row.id, row.by, row.version, original, plans, findings)

    async def drop_waiting(self, preview_id: str) -> bool:
        """Forget a reading; whether it was there."""
        query = delete(models.preview).where(models.preview.c.id == preview_id)
        async with self.state(write=True) as connection:
            return (await connection.execute(query)).rowcount > 0


def _dump(plans: tuple[Plan, ...], findings: tuple[Finding, ...]) -> str:
    raw = {
        "plans": [encode_plan(plan) for plan in plans],
        "findings": [
            [
                each.code,
                each.sentence,
                each.severity,
                encode_place(each.place) if each.place else None,
                each.field,
                each.project,
            ]
            for each in findings
        ],
    }
    return json.dumps(raw, ensure_ascii=False, separators=(",", ":"))


def _load(reading: str, file: str) -> tuple[tuple[Plan, ...], tuple[Finding, ...]]:
    from registry.findings import Finding

    raw: dict[str, Any] = json.loads(reading)
    findings = (
        Finding(code, sentence, severity, decode_place(at, file) if at else None, field, project)
        for code, sentence, severity, at, field, project in raw["findings"]
    )
    return tuple(decode_plan(plan) for plan in raw["plans"]), tuple(findings)
