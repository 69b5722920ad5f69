"""What all commands share: the open store, the console, a plan looked up by its name, exit codes."""

from __future__ import annotations

import asyncio
import getpass
import json
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, NoReturn, TypeVar

import typer
from rich.console import Console

from registry.errors import RegistryError
from registry.index import Match
from registry.name_keeping import open_index
from registry.plan import Place
from registry.store import Store, default_url

T = TypeVar("T")
# A pipe or a file has no width; cutting names there would lose what was asked for.
PIPE_WIDTH = 160
console = Console(width=None if sys.stdout.isatty() else PIPE_WIDTH, highlight=False)
errors = Console(stderr=True, highlight=False)


def run(work: Callable[[Store], Awaitable[T]]) -> T:
    """Do the work with the store of `DATABASE_URL`; an error of ours is told on one line."""

    async def opened() -> T:
        store = await Store.open(os.environ.get("DATABASE_URL") or default_url())
        try:
            return await work(store)
        finally:
            await store.close()

    try:
        return asyncio.run(opened())
    except RegistryError as error:
        fail(error.message)
    except KeyboardInterrupt:
        fail("已中断；进行到一半的文件没有写入。", code=130)


def fail(message: str, code: int = 1) -> NoReturn:
    """Say why and stop."""
    errors.print(message, style="red", markup=False)
    raise typer.Exit(code)


def who() -> str:
    """Who works at this terminal, for the log of versions."""
    try:
        return f"命令行:{getpass.getuser()}"
    except (KeyError, OSError):
        return "命令行"


def print_json(value: Any) -> None:
    """One JSON value, dates and decimals as text."""
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, indent=2) + "\n")


def plain(value: Any) -> Any:
    """Dataclasses, places, decimals and dates as what JSON has."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Place):
        return value._asdict()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = [plain(item) for item in value]
        return sorted(items, key=str) if isinstance(value, set | frozenset) else items
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return value


async def one_project(store: Store, name: str) -> int:
    """The project meant, by number, exact name or an inexact one; several are told, not chosen."""
    if name.isdecimal() and await store.plan(int(name)) is not None:
        return int(name)
    exact = await store.find_projects(name)
    if len(exact) == 1:
        return exact[0]
    if exact:
        fail(f"有 {len(exact)} 个项目叫「{name}」，请用编号：" + "、".join(map(str, exact)))
    link = (await open_index(store))[0].link(name)
    if link.outcome == "certain":
        return link.matches[0].project_id
    if link.outcome == "near":
        fail(f"「{name}」可能是：\n" + "\n".join(map(_line, link.matches)))
    fail(f"登记库里没有「{name}」。python -m registry list 列出全部项目。")


def _line(match: Match) -> str:
    return f"  {match.project_id}  {match.name}"
