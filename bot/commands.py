"""The commands of `python -m bot`, each over the same dispatcher."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.app import build_terminal
from bot.opening import opened
from bot.render.words import say
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.telegram.terminal import Shown, Terminal

LETTERS = "abcdefghijklmnopqrstuvwxyz"


async def run(options: argparse.Namespace, settings: Settings) -> int:
    """One of the commands by its name."""
    if options.command == "run":
        from bot.serving import serve

        return await serve(settings)
    if options.command == "preview":
        from bot.preview import draw

        return await draw(settings, options.question, options.out)
    if options.command == "chat":
        return await chat(settings)
    if options.file is not None:
        return await ask_file(settings, options.file, options.out)
    question = " ".join(options.question).strip()
    if not question:
        print(say("terminal.no_question"), file=sys.stderr)
        return 2
    return await ask(settings, question, options.trace)


async def ask(settings: Settings, question: str, trace: bool) -> int:
    """One question, one answer."""
    async with opened(settings) as parts:
        terminal = build_terminal(settings, parts.desk)
        for shown in await terminal.say(question, 1):
            print(shown.text)
        if trace:
            exchange = await parts.desk.ask(question, None)
            for rule in exchange.trace:
                print(f"  {rule}", file=sys.stderr)
    return 0


async def ask_file(settings: Settings, source: Path, target: Path | None) -> int:
    """Conversations from a file, a fresh chat for each line."""
    try:
        conversations = list(read_conversations(source))
    except (OSError, ValueError) as error:
        print(f"{source}: {error}", file=sys.stderr)
        return 2
    async with opened(settings) as parts:
        terminal = build_terminal(settings, parts.desk)
        rows = [
            await _replies(terminal, conversation, number)
            for number, conversation in enumerate(conversations, 1)
        ]
    write_rows(rows, target)
    return 0


async def _replies(terminal: Terminal, conversation: dict[str, Any], number: int) -> dict[str, Any]:
    group = conversation.get("chat") == "group"
    replies = [
        "\n".join(shown.text for shown in await terminal.say(turn["q"], number, group=group))
        for turn in conversation["turns"]
    ]
    return {"id": conversation["id"], "replies": replies}


def read_conversations(source: Path) -> Iterator[dict[str, Any]]:
    """The objects of the file; ValueError names the line that is none."""
    with source.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                is_whole = isinstance(row["id"], str) and all(
                    isinstance(turn["q"], str) for turn in row["turns"]
                )
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"line {number}: expected id and turns, got {error!r}") from error
            if not is_whole:
                raise ValueError(f"line {number}: id and q must be texts")
            yield row


def write_rows(rows: Iterable[dict[str, Any]], target: Path | None) -> None:
    """One JSON object a line, to the file or to the terminal."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    if target is None:
        sys.stdout.write(text)
    else:
        target.write_text(text, encoding="utf-8")


async def chat(settings: Settings) -> int:
    """A conversation in the terminal; a letter chooses a button."""
    async with opened(settings) as parts:
        terminal = build_terminal(settings, parts.desk, parts.store, exports=True)
        print(say("terminal.greeting"))
        buttons: list[tuple[Shown, Any]] = []
        while True:
            line = await _read_line()
            if line is None or line.strip().lower() in {"exit", "quit", "退出"}:
                return 0
            if not line.strip():
                continue
            buttons = await _turn(terminal, line.strip(), buttons)


async def _turn(
    terminal: Terminal, line: str, buttons: list[tuple[Shown, Any]]
) -> list[tuple[Shown, Any]]:
    chosen = LETTERS.find(line.lower()) if len(line) == 1 else -1
    if 0 <= chosen < len(buttons):
        shown, button = buttons[chosen]
        replies = await terminal.tap(shown, button, 1)
    else:
        replies = await terminal.say(line, 1)
    offered: list[tuple[Shown, Any]] = []
    for shown in replies:
        print(f"\n{shown.text}")
        offered += [(shown, button) for button in shown.buttons]
    offered = offered[: len(LETTERS)]
    if offered:
        labels = zip(LETTERS, offered, strict=False)
        print("  ".join(f"[{letter}] {button.text}" for letter, (_, button) in labels))
    print()
    return offered


async def _read_line() -> str | None:
    if sys.stdin.isatty():
        import readline  # noqa: F401  gives input() its history and editing
    try:
        return await asyncio.to_thread(input, "> " if sys.stdin.isatty() else "")
    except EOFError:
        return None
