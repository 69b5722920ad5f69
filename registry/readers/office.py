"""LibreOffice as a last resort for formats of old: found if installed, run within limits."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

# Less than a file may take altogether, so that the file is refused for what it is.
SECONDS = 30
# It and all it starts are a group of processes. The group ends with the program, and when our end
# of the pipe closes: its time is up, or whoever reads the file was ended himself.
# 15 MB of Word 95 were converted within 800,000 kB.
GUARDED = (
    'ulimit -v 1000000; ("$@" </dev/null >/dev/null 2>&1; kill -9 0) & cat >/dev/null; kill -9 0'
)


@cache
def program() -> str | None:
    """Where LibreOffice is, if it is."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def convert(data: bytes, source: str, target: str) -> bytes | None:
    """The file in another format, or None where it cannot be done."""
    office = program()
    if office is None:
        return None
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
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
            guard = subprocess.Popen(  # noqa: S603
                ["/bin/sh", "-c", GUARDED, "sh", *command], stdin=subprocess.PIPE, process_group=0
            )
        except (OSError, ValueError):
            return None
        with guard:
            try:
                guard.wait(SECONDS)
            except subprocess.TimeoutExpired:
                return None
        result = Path(folder) / f"in.{target}"
        return result.read_bytes() if result.exists() else None
