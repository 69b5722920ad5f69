"""Which module may know which: the layers as data, held against the imports that the code has."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# In import order: a module may import those of its own layer and of the layers above it.
LAYERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("errors", ("registry", "registry.errors")),
    ("values", ("registry.text", "registry.plan", "registry.scope", "registry.amounts", "registry.sheet", "registry.findings", "registry.prose", "registry.fonts")),
    ("known forms", ("registry.phones", "registry.documents", "registry.pinyin", "registry.passages", "registry.brackets", "registry.labels")),
    ("readers", ("registry.readers", "registry.readers.*")),
    ("parser", ("registry.parser", "registry.parser_*", "registry.checks")),
    ("reading", ("registry.reading", "registry.reading_worker")),
    ("models", ("registry.models", "registry.migrate", "registry.migrations", "registry.migrations.*")),
    ("store", ("registry.store", "registry.store.*")),
    ("index", ("registry.index", "registry.index_*", "registry.name_keeping")),
    ("loading", ("registry.loading", "registry.imports", "registry.export", "registry.export_files", "registry.backup")),
    ("registry commands", ("registry.commands", "registry.commands.*", "registry.__main__")),
    ("answer", ("bot", "bot.answer", "bot.phrases")),
    ("question", ("bot.question", "bot.question.*", "bot.retrieval")),
    ("answering", ("bot.answering", "bot.answering.*")),
    ("conversation", ("bot.conversation",)),
    ("settings", ("bot.settings",)),
    ("opening", ("bot.opening",)),
    ("render", ("bot.render", "bot.render.*")),
    ("operations", ("bot.operations", "bot.operations.*", "bot.telegram", "bot.telegram.*")),
    ("app", ("bot.app", "bot.serving", "bot.preview", "bot.commands", "bot.__main__")),
)  # fmt: skip

# A library has one home, so that it can be replaced and its oddities stay put.
HOMES: dict[str, tuple[str, ...]] = {
    "sqlalchemy": ("registry.models", "registry.migrate", "registry.migrations.*", "registry.store.*"),
    "sqlmodel": ("registry.models",),
    "alembic": ("registry.migrate", "registry.migrations.*"),
    "aiogram": ("bot.telegram.*", "bot.operations.*", "bot.app", "bot.serving", "bot.__main__"),
    "aiohttp": ("bot.telegram.*", "bot.operations.*"),
    "redis": ("bot.operations.*",),
    "prometheus_client": ("bot.operations.*",),
    "structlog": ("bot.telegram.*", "bot.operations.*", "bot.serving"),
    "pydantic": ("bot.settings", "bot.telegram.webhook"),
    "pydantic_settings": ("bot.settings",),
    "typer": ("registry.commands.*", "registry.__main__"),
    "rich": ("registry.commands.*",),
    "rapidfuzz": ("registry.index_*", "registry.imports"),
    "numpy": ("registry.index", "registry.index_*"),
    "opencc": ("registry.text",),
    "pypinyin": ("registry.pinyin", "bot.question.*"),
    "phonenumbers": ("registry.phones",),
    "lxml": ("registry.readers.*",),
    "pypdfium2": ("registry.readers.*",),
    "xlrd": ("registry.readers.*",),
    "olefile": ("registry.readers.*",),
    "python_calamine": ("registry.export_files",),
    "xlsxwriter": ("registry.export_files", "bot.render.files"),
    "PIL": ("bot.render.*",),
    "uvloop": ("bot.__main__", "bot.serving"),
}  # fmt: skip

# Needed by some commands and some files only; the first answer must not wait for them.
HEAVY = (
    "PIL", "typer", "rich", "lxml", "alembic", "phonenumbers", "pypdfium2", "xlrd", "olefile", "xlsxwriter",
    "python_calamine", "aiogram", "aiohttp", "prometheus_client", "redis", "opencc", "pypinyin",
)  # fmt: skip
# Pairs that import one another, each the second inside a function.
KNOWN_CIRCLES = frozenset(
    {
        frozenset({"registry.reading", "registry.reading_worker"}),
    }
)


@dataclass(frozen=True)
class Import:
    """`module` imports `what`: at its head, or only when a function of it runs."""

    module: str
    what: str
    at_head: bool
    for_types: bool


@cache
def modules() -> dict[str, Path]:
    """Every module of the program by its dotted name."""
    found: dict[str, Path] = {}
    for package in ("bot", "registry"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[name.removesuffix(".__init__")] = path
    return found


@cache
def imports() -> tuple[Import, ...]:
    return tuple(
        found
        for name, path in modules().items()
        for found in imports_of(name, path.read_text("utf-8"))
    )


def imports_of(module: str, code: str) -> Iterator[Import]:
    waiting: list[tuple[ast.AST, bool, bool]] = [(ast.parse(code), True, False)]
    while waiting:
        node, at_head, for_types = waiting.pop()
        for what in named_by(node):
            yield Import(module, what, at_head, for_types)
        inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        types = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        waiting += [
            (child, at_head and not inside, for_types or types)
            for child in ast.iter_child_nodes(node)
        ]


def named_by(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        whole = [f"{node.module}.{alias.name}" for alias in node.names]
        inner = [name for name in whole if name in modules()]
        return inner if len(inner) == len(whole) else [node.module, *inner]
    return []


def layer_of(module: str) -> int | None:
    for place, (_, patterns) in enumerate(LAYERS):
        if any(fnmatch(module, pattern) for pattern in patterns):
            return place
    return None


def own(imported: Import) -> bool:
    return imported.what.partition(".")[0] in {"bot", "registry"}


@pytest.mark.parametrize("module", sorted(modules()))
def test_every_module_has_its_place_in_the_layers(module: str) -> None:
    assert layer_of(module) is not None


def test_no_module_imports_one_of_a_layer_below_it() -> None:
    wrong = []
    for found in imports():
        if own(found):
            here, there = layer_of(found.module), layer_of(found.what)
            if here is not None and there is not None and there > here:
                wrong.append(
                    f"{found.module} ({LAYERS[here][0]}) -> {found.what} ({LAYERS[there][0]})"
                )
    assert not wrong


def test_the_registry_never_imports_the_bot() -> None:
    assert not [
        found
        for found in imports()
        if found.module.startswith("registry") and found.what.partition(".")[0] == "bot"
    ]


def test_no_modules_import_one_another_in_a_circle() -> None:
    """Imports inside functions count: a circle is a circle, only later."""
    known: dict[str, set[str]] = {name: set() for name in modules()}
    for found in imports():
        pair = frozenset({found.module, found.what})
        if found.what in known and not found.for_types and pair not in KNOWN_CIRCLES:
            known[found.module].add(found.what)
    while free := [name for name, others in known.items() if not others & (known.keys() - {name})]:
        for name in free:
            del known[name]
    assert not known, "in circles, or leading into one: " + ", ".join(sorted(known))


@pytest.mark.parametrize("library", sorted(HOMES))
def test_a_library_stays_in_its_home(library: str) -> None:
    strays = {
        found.module
        for found in imports()
        if found.what.partition(".")[0] == library
        and not any(fnmatch(found.module, home) for home in HOMES[library])
    }
    assert not strays


def test_every_library_has_a_home() -> None:
    known = sys.stdlib_module_names | {"bot", "registry"} | HOMES.keys()
    strays = {
        (found.module, found.what)
        for found in imports()
        if found.what.partition(".")[0] not in known
    }
    assert not strays


def test_only_the_store_speaks_sql() -> None:
    speaking = {found.module for found in imports() if found.what.partition(".")[0] == "sqlalchemy"}
    assert speaking
    assert not [name for name in speaking if not name.startswith(("registry.store.", "registry.m"))]


# --- what a start loads ---------------------------------------------------------------------------

LOADED = (
    "import json, sys; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
)
FIRST_ANSWER = """
import asyncio, sys
from bot.conversation import Desk
from bot.render.text import render_text
from registry.index import NameIndex
from registry.store import Store

async def main() -> None:
    store = await Store.open(sys.argv[1])
    desk = Desk(store, NameIndex.build([entry async for entry in store.names()]))
    exchange = await desk.ask(sys.argv[2])
    assert render_text(exchange.answer).startswith("77.87"), exchange
    await store.close()

asyncio.run(main())
"""


def loaded_by(code: str, *arguments: str) -> set[str]:
    """The packages that a fresh interpreter holds after running the code."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{LOADED}", *arguments],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return set(json.loads(done.stdout))


def test_importing_the_conversation_loads_nothing_heavy() -> None:
    assert not loaded_by("import bot.conversation") & set(HEAVY)


async def test_the_first_answer_loads_nothing_heavy(seeded: str) -> None:
    """Plain Chinese: no pinyin, no readers; opencc alone is needed, to know it for simplified."""
    loaded = loaded_by(FIRST_ANSWER, seeded, "打非专项项目的总资金额")
    assert not loaded & set(HEAVY) - {"opencc"}
