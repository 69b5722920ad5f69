"""python -m bot chat | ask | run | preview."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the number is the exit status."""
    options = _parser().parse_args(arguments)
    from bot.settings import FaultySettings, read_settings

    try:
        settings = read_settings()
    except FaultySettings as faults:
        print(faults, file=sys.stderr)
        return 2
    if options.command is None:
        options.command = "run" if settings.token else "chat"
    from bot import commands

    try:
        with asyncio.Runner(
            loop_factory=_fast_loop() if options.command == "run" else None
        ) as loop:
            return loop.run(commands.run(options, settings))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read the answers has read enough (… | head): what is left goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where it is installed: a third less time for each update."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def _parser() -> argparse.ArgumentParser:
    # argparse, not typer: the answer to one question must not wait for a fourth library to load.
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    commands = parser.add_subparsers(
        dest="command", help="without one: run where BOT_TOKEN is set, else chat"
    )
    commands.add_parser("chat", help="talk to the bot in this terminal")
    ask = commands.add_parser("ask", help="one question, one answer")
    ask.add_argument("question", nargs="*", help="the question; several words are joined")
    ask.add_argument("--trace", action="store_true", help="also print how it was understood")
    ask.add_argument("--file", type=Path, help="conversations, one JSON object a line")
    ask.add_argument("--out", type=Path, help="where the replies go (default: the terminal)")
    commands.add_parser("run", help="serve Telegram")
    preview = commands.add_parser("preview", help="draw answers as a phone would show them")
    preview.add_argument("question", nargs="+")
    preview.add_argument("--out", type=Path, default=Path("preview.html"))
    return parser


if __name__ == "__main__":
    sys.exit(main())
