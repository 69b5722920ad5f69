"""From files to the store: read, checked, kept; and a report of what happened."""

from __future__ import annotations

import asyncio
import tomllib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from registry.errors import RegistryError, UnreadableFile
from registry.scope import Scope
from registry.store import Applied, Original, Store
from registry.text import folded, name_of

if TYPE_CHECKING:
    from registry.findings import Finding
    from registry.reading import Reading

SEEDS = "seeds"
LOADER = "载入命令"
ALIASES = Path(__file__).parent / "data" / "aliases.toml"
# Telegram hands bots files up to 20 MB; what comes from a disk may be larger, but not without end.
LARGEST_FILE = 200 * 2**20
# Kinds of documents whose plans are kept. A self-evaluation repeats last year's targets.
KEPT = frozenset({"target"})


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file. `message` says why nothing of it was kept, and what to do."""

    file: str
    kind: str
    message: str | None = None
    known: bool = False
    applied: Applied | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def failed(self) -> bool:
        """The file could not be read or kept."""
        return self.kind in {"unreadable", "failed"}


@dataclass
class LoadReport:
    """Sums over files; of the files themselves only those are remembered of which nothing was kept,
    of findings one example of each kind."""

    files: int = 0
    known: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    indicators: int = 0
    findings: Counter[str] = field(default_factory=Counter)
    examples: dict[str, Finding] = field(default_factory=dict)
    failed: list[FileReport] = field(default_factory=list)
    passed_over: list[FileReport] = field(default_factory=list)

    def add(self, report: FileReport) -> None:
        """Count one file in."""
        self.files += 1
        self.known += report.known
        if report.failed:
            self.failed.append(report)
        elif report.message is not None:
            self.passed_over.append(report)
        for finding in report.findings:
            self.findings[finding.code] += 1
            self.examples.setdefault(finding.code, finding)
        if report.applied is not None:
            self.new += len(report.applied.new)
            self.changed += len(report.applied.changed)
            self.unchanged += len(report.applied.unchanged)
            self.indicators += sum(len(p.plan.indicators) for p in report.applied.planned)


def seeds_folder() -> Path:
    """`seeds/` below the current folder, or beside the program."""
    here = Path(SEEDS)
    return here if here.is_dir() else Path(__file__).parent.parent / SEEDS


def files_in(paths: Iterable[Path]) -> list[Path]:
    """The files, and those in the folders, in the order of their names. Hidden ones and the lock
    files of office programs are passed over."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found.extend(
                file
                for file in sorted(path.rglob("*"))
                if file.is_file()
                and not file.name.startswith("~$")
                and not any(part.startswith(".") for part in file.relative_to(path).parts)
            )
        else:
            found.append(path)
    return found


async def load_files(
    store: Store,
    files: Sequence[Path],
    *,
    by: str = LOADER,
    again: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> AsyncIterator[FileReport]:
    """Load each file in a transaction of its own; one that fails leaves the others alone. A file
    whose very bytes were loaded before is passed over, unless `again`."""
    # Imported here: a registry that is full already never needs it.
    from registry.reading_worker import SafeReader

    with SafeReader() as reader:
        for file in files:
            yield await load_file(
                store, file, reader.read, by=by, again=again, on_progress=on_progress
            )


async def load_file(
    store: Store,
    file: Path,
    read: Callable[[Path, str | None], Reading],
    *,
    by: str = LOADER,
    again: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> FileReport:
    """Load one file, read by `read`."""
    name = name_of(file)
    try:
        body = await asyncio.to_thread(read_bytes, file)
        original = Original(name, body)
        if not again and await store.is_loaded(original.sha256):
            return FileReport(name, "target", known=True)
        reading = await asyncio.to_thread(read, file, None)
        if reading.kind not in KEPT:
            return FileReport(name, reading.kind, why_not_kept(reading), findings=reading.findings)
        applied = await store.save(
            reading.plans,
            original,
            by=by,
            findings=reading.findings,
            on_progress=on_progress,
        )
    except UnreadableFile as error:
        return FileReport(name, "unreadable", error.message)
    except RegistryError as error:
        return FileReport(name, "failed", f"{name}：{error.message}")
    await add_starting_aliases(store, [each.plan.name for each in applied.new])
    return FileReport(name, reading.kind, applied=applied, findings=reading.findings)


async def load_seeds(store: Store, folder: Path | None = None) -> LoadReport:
    """Load `seeds/` into a registry that is still empty; otherwise do nothing."""
    report = LoadReport()
    folder = folder or seeds_folder()
    if not folder.is_dir() or await store.version() or await store.count(Scope(all_years=True)):
        return report
    async for each in load_files(store, files_in([folder])):
        report.add(each)
    return report


async def add_starting_aliases(store: Store, names: Sequence[str]) -> None:
    """Give new projects the aliases that come with the program."""
    wanted = {folded(name) for name in names}
    found = [
        (alias, project_id)
        for alias, name in starting_aliases().items()
        if folded(name) in wanted
        for project_id in await store.find_projects(name)
    ]
    if found:
        await store.add_aliases(found, by="起始别名")


def starting_aliases() -> dict[str, str]:
    """What people say, and the exact name of the project they mean."""
    if not ALIASES.is_file():
        return {}
    raw = tomllib.loads(ALIASES.read_text(encoding="utf-8"))
    table = raw.get("aliases", raw)
    found: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, str):
            found[key] = value
        elif isinstance(value, list):
            found |= dict.fromkeys(value, key)
    return found


def read_bytes(file: Path) -> bytes:
    """The bytes of a file that is one and is not beyond all measure."""
    try:
        size = file.stat().st_size
        if not file.is_file():
            raise UnreadableFile(f"{file}：不是文件。请给出文件或文件夹的路径。")
        if size > LARGEST_FILE:
            limit = LARGEST_FILE // 2**20
            raise UnreadableFile(
                f"{name_of(file)}：{size // 2**20} MB，超过 {limit} MB 的上限，请拆分后再载入。"
            )
        return file.read_bytes()
    except FileNotFoundError as error:
        raise UnreadableFile(f"{file}：没有这个文件，请检查路径。") from error
    except OSError as error:
        raise UnreadableFile(f"{file}：无法打开（{error.strerror}），请检查权限。") from error


def why_not_kept(reading: Reading) -> str:
    """Why a document that could be read gives no plans."""
    if reading.message:
        return reading.message
    if reading.kind == "self-evaluation":
        return f"{reading.file}：这是绩效自评表，不是绩效目标表，未载入。"
    if reading.kind == "blank":
        return f"{reading.file}：表格是空的，没有项目，未载入。"
    return f"{reading.file}：没有找到绩效目标表，未载入。"
