"""Questions for a long time: memory and file descriptors of the bot's process.

    python tests/benchmarks/soak.py [--minutes 15] [--people 64] [--way polling|webhook]

Prints a line every tenth of the time and, at the end, the growth after warm-up (the first fifth);
exit status 1 where memory grew by five per cent or descriptors leaked.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path

from load import Telegram, a_bot, crowd

MOST_GROWTH = 0.05
MOST_DESCRIPTORS = 3  # a connection more or less is no leak


def memory_mb(pid: int) -> float:
    """What the process holds alone, so that shared libraries do not hide a growth."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ValueError(pid)


def descriptors(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


async def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=15)
    # Few people would soon ask more than one person may.
    parser.add_argument("--people", type=int, default=64)
    parser.add_argument("--way", choices=["polling", "webhook"], default="polling")
    options = parser.parse_args()
    telegram = Telegram(options.way)
    rows: list[tuple[float, int]] = []
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/registry.db"
        command = [sys.executable, "-m", "bot", "run"]
        async with a_bot(command, telegram, 1, DATABASE_URL=url) as [process]:
            for part in range(10):
                figures = await crowd(telegram, options.people, options.minutes * 6)
                rows.append((memory_mb(process.pid), descriptors(process.pid)))
                held, files = rows[-1]
                row = {"part": part, "mb": round(held, 1), "descriptors": files, **figures}
                print(json.dumps(row), flush=True)
    growth = rows[-1][0] / rows[1][0] - 1
    leaked = rows[-1][1] - rows[1][1]
    print(json.dumps({"growth": round(growth, 4), "more_descriptors": leaked}))
    return int(growth >= MOST_GROWTH or leaked > MOST_DESCRIPTORS)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
