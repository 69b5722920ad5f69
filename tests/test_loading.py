"""Files and folders into the registry, from the command line as a person types it."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from registry.loading import LoadReport, files_in, load_files, load_seeds
from registry.scope import Scope
from registry.store import Store

ROOT = Path(__file__).parent.parent
SEED = next((ROOT / "seeds").glob("*.txt"))


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'data' / 'registry.db'}"


def command(database: str, *words: str, code: int = 0) -> str:
    """Run `python -m registry …` for real; what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "registry", *words],
        cwd=ROOT,
        env={"DATABASE_URL": database, "PATH": "", "LANG": "C.UTF-8", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


async def loaded(store: Store, *paths: Path) -> LoadReport:
    report = LoadReport()
    async for each in load_files(store, files_in(paths)):
        report.add(each)
    return report


async def test_the_seed_document_gives_six_projects_and_32_indicators(fresh_store: Store) -> None:
    report = await load_seeds(fresh_store)
    assert (report.new, report.indicators, report.failed) == (6, 32, [])
    assert (await fresh_store.total(Scope())).yuan == Decimal("19087800")
    plan = await fresh_store.plan(2)
    assert plan is not None
    assert plan.places["contact_phone"].line == 50


async def test_seeds_are_loaded_into_an_empty_registry_only(fresh_store: Store) -> None:
    await load_seeds(fresh_store)
    assert (await load_seeds(fresh_store)).files == 0


async def test_a_file_is_loaded_once_whatever_its_name(fresh_store: Store, tmp_path: Path) -> None:
    await load_seeds(fresh_store)
    (tmp_path / "副本.txt").write_bytes(SEED.read_bytes())
    report = await loaded(fresh_store, tmp_path / "副本.txt")
    assert (report.files, report.known, report.new) == (1, 1, 0)
    assert await fresh_store.version() == 1


async def test_a_changed_sheet_is_a_new_version_and_the_old_one_stays(
    fresh_store: Store, tmp_path: Path
) -> None:
    await load_seeds(fresh_store)
    new = tmp_path / "新.txt"
    new.write_text(SEED.read_text("utf-8").replace("42.5", "43.5"), "utf-8")
    report = await loaded(fresh_store, new)
    assert (report.changed, report.unchanged) == (1, 5)
    history = await fresh_store.history(3)
    assert [entry.new.total for entry in history if entry.new] == [Decimal("43.5"), Decimal("42.5")]


async def test_bad_files_are_told_and_good_ones_are_loaded(
    fresh_store: Store, tmp_path: Path
) -> None:
    folder = tmp_path / "收到的表"
    folder.mkdir()
    (folder / "a坏.docx").write_bytes(b"PK\x03\x04 not a document")
    (folder / "b好.txt").write_bytes(SEED.read_bytes())
    (folder / "c空.xlsx").write_bytes(b"")
    (folder / ".hidden").write_bytes(b"x")
    report = await loaded(fresh_store, folder)
    assert [failure.file for failure in report.failed] == ["a坏.docx", "c空.xlsx"]
    assert all(failure.message for failure in report.failed)
    assert report.new == 6


def test_loading_from_the_command_line_tells_what_happened(database: str, tmp_path: Path) -> None:
    told = command(database, "load")
    assert "项目新增 6" in told
    assert "指标 32 条" in told
    assert "已载入过 1 个" in command(database, "load")
    bad = tmp_path / "坏.pdf"
    bad.write_bytes(b"%PDF-1.4 broken")
    assert "坏.pdf" in command(database, "load", str(bad), code=1)
    assert "没有这个文件" in command(database, "load", str(tmp_path / "没有.txt"), code=1)


def test_projects_are_listed_shown_and_found(database: str) -> None:
    command(database, "load")
    listed = json.loads(command(database, "list", "--json"))
    assert [project["total"] for project in listed] == [
        "200",
        "77.87",
        "42.5",
        "1000",
        "425",
        "163.41",
    ]
    assert "赵东松" in command(database, "show", "打非")
    found = json.loads(command(database, "find", "巨灾险", "--json"))
    assert (found["outcome"], found["matches"][0]["name"]) == ("certain", "巨灾保险项目")
    assert "没有「扶贫项目」" in command(database, "show", "扶贫项目", code=1)


def test_the_registry_is_cared_for_from_the_command_line(database: str, tmp_path: Path) -> None:
    command(database, "load")
    new = tmp_path / "新.txt"
    new.write_text(SEED.read_text("utf-8").replace("韩巨星", "王小明"), "utf-8")
    preview = command(database, "import", str(new), "--dry-run")
    assert "变化 1（1 个字段" in preview
    assert "联系人：韩巨星 → 王小明" in preview
    assert "版本 2" in command(database, "import", str(new), "--yes")
    assert "以前已经导入过" in command(database, "import", str(new), "--yes")
    assert "王小明" in command(database, "history", "证券化")
    assert "版本 3" in command(database, "undo")
    assert "韩巨星" in command(database, "show", "证券化")
    command(database, "correct", "证券化", "total", "426", "--reason", "核对")
    assert "426万元（更正）" in command(database, "show", "证券化")
    command(database, "contact", "李冬霞", "周明", "--phone", "40230000", "--reason", "轮岗")
    assert command(database, "list").count("周明") == 3
    command(database, "correct", "证券化", "total", "很多", "--reason", "试", code=1)


def test_findings_are_printed_as_json(database: str) -> None:
    command(database, "load")
    findings = json.loads(command(database, "check", "--format", "json"))
    residue = [finding for finding in findings if finding["code"] == "markup-residue"]
    assert {finding["project"] for finding in residue} >= {"打非专项项目"}
    assert all(finding["place"]["line"] for finding in residue)


def test_a_backup_and_an_export_come_back_from_the_command_line(
    database: str, tmp_path: Path
) -> None:
    command(database, "load")
    command(database, "backup", str(tmp_path / "b.gz"))
    command(database, "export", str(tmp_path / "e.xlsx"))
    for words in (("restore", "b.gz"), ("take-in", "e.xlsx")):
        other = f"sqlite:///{tmp_path / words[0]}.db"
        command(other, words[0], str(tmp_path / words[1]))
        assert len(json.loads(command(other, "list", "--json"))) == 6


def test_reading_without_storing_prints_a_line_a_document(database: str, tmp_path: Path) -> None:
    lines = command(database, "read", str(SEED), "--jsonl").splitlines()
    assert [len(json.loads(line)["projects"]) for line in lines] == [6]
    assert not (tmp_path / "data").exists()


def test_reading_a_folder_without_documents_says_so(database: str, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    assert "没有找到" in command(database, "read", str(tmp_path / "none"), code=1)
