"""Backup and restore: one compressed file that any engine can take in, checked as it is read."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from registry.errors import RegistryError, UnreadableFile
from registry.store import Store
from registry.store.archive import line_of

FORMAT = "plan-registry-backup"
COMPRESSION = 6


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup holds."""

    file: Path
    rows: int
    version: int
    at: datetime


async def backup(store: Store, file: Path) -> BackupReport:
    """Write everything, history, originals and the bot's lists included, to one file. It appears
    under its name only when it is complete; the registry may be in use meanwhile."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(file.name + ".partial")
    now = datetime.now(UTC)
    version = await store.version()
    head = {"format": FORMAT, "schema": store.schema, "version": version, "at": now.isoformat()}
    rows, digest = 0, hashlib.sha256()
    try:
        with gzip.open(unfinished, "wb", compresslevel=COMPRESSION) as out:

            def put(line: str) -> None:
                raw = line.encode() + b"\n"
                digest.update(raw)
                out.write(raw)

            put(json.dumps(head))
            async for table, row in store.each_row():
                put(line_of(table, row))
                rows += 1
            out.write(json.dumps({"rows": rows, "sha256": digest.hexdigest()}).encode() + b"\n")
        with unfinished.open("rb") as written:
            os.fsync(written.fileno())
        unfinished.replace(file)
    except OSError as error:
        raise RegistryError(
            f"备份没有写成：{file}（{error.strerror}）。请检查磁盘空间和权限。"
        ) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return BackupReport(file, rows, version, now)


async def restore(store: Store, file: Path) -> BackupReport:
    """Take a backup into an empty registry. The whole file is checked before anything is written."""
    head, rows = check_backup(file)
    if head["schema"] != store.schema:
        raise RegistryError(
            f"{file.name} 的结构版本是 {head['schema']}，本程序是 {store.schema}：请用当时的程序恢复，再升级。"
        )
    if not await store.is_empty():
        raise RegistryError("目标数据库不是空的。请先换一个新的 DATABASE_URL，再恢复备份。")
    taken = await store.put_rows(_rows(file))
    if taken != rows:
        raise RegistryError(f"{file.name} 应有 {rows} 行，恢复了 {taken} 行：文件在读取时被改动。")
    return BackupReport(file, taken, int(head["version"]), datetime.fromisoformat(head["at"]))


def check_backup(file: Path) -> tuple[dict[str, Any], int]:
    """The head of a backup that is whole, and its number of rows; UnreadableFile where it is not."""
    digest, last, lines = hashlib.sha256(), b"", 0
    head: dict[str, Any] = {}
    for raw in _lines(file):
        if lines == 0:
            head = _head(file, raw)
        else:
            digest.update(last)
        last = raw
        lines += 1
    try:
        tail = json.loads(last)
        whole = tail["sha256"] == digest.hexdigest() and tail["rows"] == lines - 2
    except (ValueError, KeyError, TypeError):
        whole = False
    if not whole:
        raise UnreadableFile(f"{file.name}：备份不完整或被改动过，没有恢复任何内容。请换一份备份。")
    return head, int(tail["rows"])


def _head(file: Path, raw: bytes) -> dict[str, Any]:
    try:
        head: dict[str, Any] = json.loads(raw)
        if head["format"] == FORMAT and head["schema"] and head["at"]:
            return head
    except (ValueError, KeyError, TypeError):
        pass
    raise UnreadableFile(f"{file.name}：不是本程序的备份文件。")


def _rows(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    lines = _lines(file)
    next(lines)
    previous = next(lines)
    for raw in lines:
        table, row = json.loads(previous)
        yield table, row
        previous = raw


def _lines(file: Path) -> Iterator[bytes]:
    try:
        with gzip.open(file, "rb") as lines:
            yield from lines
    except FileNotFoundError as error:
        raise UnreadableFile(f"{file}：没有这个文件，请检查路径。") from error
    except (OSError, EOFError) as error:
        raise UnreadableFile(f"{file.name}：备份文件损坏或不完整，没有恢复任何内容。") from error
