"""LibreOffice as a last resort for formats of old: found if installed, run with a time limit."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

SECONDS = 60


@cache
def program() -> str | None:
    """Where LibreOffice is, if it is."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def convert(data: bytes, source: str, target: str) -> bytes | None:
    """The file in another format, or None where it cannot be done."""
    office = program()
    if office is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"in.{source}"
        path.write_bytes(data)
        command = [
            office,
            "--headless",
            "--norestore",
            f"-env:UserInstallation=file://{folder}/profile",
            "--convert-to",
            target,
            "--outdir",
            folder,
            str(path),
        ]
        try:
            # The command is ours and the file's name is fixed; nothing of the sender's reaches a shell.
            subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
        except (subprocess.TimeoutExpired, OSError):
            return None
        result = Path(folder) / f"in.{target}"
        return result.read_bytes() if result.exists() else None
