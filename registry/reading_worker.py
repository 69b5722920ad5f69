"""The process in which files of strangers are read: limited in memory, ended when it takes too long."""

from __future__ import annotations

import json
import os
import pickle
import struct
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

from registry.errors import UnreadableFile
from registry.reading import Reading, read_file
from registry.text import name_of

# The heaviest good file measured (a bundle of 60 pages) takes 2 s and 150 MB; 200,000 cells take 300.
SECONDS = 40.0
MEMORY = 600 * 1024 * 1024
# For what the process starts itself: LibreOffice needs more.
MEMORY_OF_OTHERS = 1024 * 1024 * 1024
# Small files in these formats are read by code of ours over plain text; no process is needed.
PLAIN = frozenset({".txt", ".csv", ".tsv"})
MOST_PLAIN = 64 * 1024
LENGTH = struct.Struct("<Q")


class SafeReader:
    """Reads files one after another in a process of its own; a file that breaks it is refused."""

    def __init__(self, seconds: float = SECONDS, area_code: str | None = None) -> None:
        self.seconds = seconds
        self.area_code = area_code
        self._process: subprocess.Popen[bytes] | None = None
        # What the process leaves behind when it is ended goes with its folder.
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._lock = threading.Lock()

    def read(self, path: Path, name: str | None = None) -> Reading:
        """What the file says, within the limits; never raises for a bad file."""
        name = name or name_of(path)
        if path.suffix.lower() in PLAIN and path.is_file() and path.stat().st_size <= MOST_PLAIN:
            return read_file(path, name, self.area_code)
        with self._lock:
            return self._ask(path, name)

    def close(self) -> None:
        """Ends the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    # What was still to be written goes nowhere now.
                    with suppress(OSError):
                        stream.close()
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.cleanup()

    def __enter__(self) -> SafeReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, path: Path, name: str) -> Reading:
        process = self._process or self._start()
        self._process = process
        timer = threading.Timer(self.seconds, process.kill)
        timer.start()
        try:
            return self._exchange(process, path, name)
        except (EOFError, OSError, pickle.UnpicklingError, struct.error):
            late = not timer.is_alive()
            self.close()
            return Reading(name, "unreadable", (), (), _refusal(name, late, self.seconds))
        finally:
            timer.cancel()

    def _exchange(self, process: subprocess.Popen[bytes], path: Path, name: str) -> Reading:
        if process.stdin is None or process.stdout is None:
            raise EOFError
        question = json.dumps(
            {"path": str(path.absolute()), "name": name, "area_code": self.area_code}
        )
        process.stdin.write(question.encode() + b"\n")
        process.stdin.flush()
        length = LENGTH.unpack(_exactly(process.stdout, LENGTH.size))[0]
        # The bytes come from the process started below, running this very module.
        reading = pickle.loads(_exactly(process.stdout, length))  # noqa: S301
        if not isinstance(reading, Reading):
            raise EOFError
        return reading

    def _start(self) -> subprocess.Popen[bytes]:
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        root = str(Path(__file__).resolve().parent.parent)
        # Our own interpreter with a fixed program; paths travel as data.
        return subprocess.Popen(  # noqa: S603
            [
                sys.executable,
                "-c",
                f"import sys; sys.path.insert(0, {root!r}); from registry.reading_worker import serve; serve()",
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "TMPDIR": self._folder.name},
        )


def _exactly(stream: IO[bytes], count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data


def _refusal(name: str, late: bool, seconds: float) -> str:
    why = f"读取超过 {seconds:.0f} 秒" if late else "读取时占用的内存过大，或内容已损坏"
    return (
        f"文件“{name}”{why}，已停止读取。请只保留绩效目标表所在的部分，另存为 .docx 或 .xlsx 再发。"
    )


def serve() -> None:
    """The process's side: a path a line in, a pickled reading out."""
    _limit_memory()
    out = sys.stdout.buffer
    for line in sys.stdin.buffer:
        question = json.loads(line)
        path, name = Path(question["path"]), str(question["name"])
        try:
            answer = pickle.dumps(read_file(path, name, question["area_code"]))
        except (MemoryError, RecursionError):
            answer = pickle.dumps(
                Reading(name, "unreadable", (), (), _refusal(name, False, SECONDS))
            )
        except UnreadableFile as error:
            answer = pickle.dumps(Reading(name, "unreadable", (), (), error.message))
        out.write(LENGTH.pack(len(answer)) + answer)
        out.flush()


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:
        # Windows has no such limits; the clock still holds.
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY_OF_OTHERS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
