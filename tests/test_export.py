"""Everything goes out and comes back the same: exports, backups, and from one engine to the other."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plans import OFFICE_SYSTEM, RIVER_DREDGING, SCHOOL_CANTEEN, THREE, save

from registry.backup import backup, restore
from registry.errors import RegistryError, UnreadableFile
from registry.export import INDICATOR_COLUMNS, PLAN_COLUMNS, export_registry, import_export
from registry.export_files import guarded, read_tables, unguarded, write_tables
from registry.plan import Indicator, Plan
from registry.scope import Scope
from registry.store import Store

ENDINGS = (".json", ".xlsx", ".zip")
NASTY = replace(
    SCHOOL_CANTEEN,
    name='=HYPERLINK("http://x","点我")项目',
    overview="+1\n换行、\t制表\x01控制，_x0041_ 逃逸；" + "很长的概况。" * 9000,
    approval_basis="¤¤7",
    annual_objective=" 前后有空格 ",
    contact_phone="-40236567",
    total=Decimal("-0.50"),
    year=None,
)


@pytest.fixture
async def store(fresh_store: Store) -> Store:
    """Three plans, two years of one, a correction, an alias, and one plan full of traps."""
    await save(fresh_store, *THREE)
    await save(fresh_store, replace(RIVER_DREDGING, year=2025, total=Decimal(5)), file="2025.txt")
    await save(fresh_store, NASTY, file="怪.txt")
    await fresh_store.correct(1, "total", "78", by="张三", reason="核对")
    await fresh_store.add_alias("食堂", 1, by="张三")
    return fresh_store


@pytest.fixture
async def other(tmp_path: Path) -> AsyncIterator[Store]:
    """Another, empty registry."""
    store = await Store.open(f"sqlite:///{tmp_path / 'other.db'}")
    yield store
    await store.close()


async def everything(store: Store) -> list[object]:
    """What answers are made of, without the numbers and times of the taking in."""
    plans: list[Plan] = await store.plans(Scope(all_years=True))
    return [
        *(
            (replace(p, record=None), p.record and (p.record.document, p.record.corrected))
            for p in plans
        ),
        await store.aliases(),
        await store.corrections(1),
        [name async for name in store.names()],
    ]


def test_the_tables_have_a_column_for_every_field() -> None:
    kept_beside = {"blank", "places", "printed"}
    of_plan = {field.name for field in fields(Plan)} - kept_beside - {"record", "indicators"}
    of_indicator = {field.name for field in fields(Indicator)} - kept_beside - {"ordinal"}
    for columns, wanted in ((PLAN_COLUMNS, of_plan), (INDICATOR_COLUMNS, of_indicator)):
        assert set(columns) == wanted
        assert len(set(columns.values())) == len(columns), "two columns of the same heading"


@pytest.mark.parametrize("ending", ENDINGS)
async def test_an_export_comes_back_without_loss(
    store: Store, other: Store, tmp_path: Path, ending: str
) -> None:
    file = tmp_path / f"导出{ending}"
    report = await export_registry(store, file)
    assert (report.plans, report.aliases) == (5, 1)
    await import_export(other, file, by="张三")
    assert await everything(other) == await everything(store)
    again = tmp_path / f"再导出{ending}"
    await export_registry(other, again)
    if ending == ".json":
        assert again.read_bytes() == file.read_bytes()
    else:
        assert read_tables(again) == read_tables(file)


async def test_importing_what_is_there_changes_nothing(store: Store, tmp_path: Path) -> None:
    await export_registry(store, tmp_path / "a.json")
    before = await store.version()
    report = await import_export(store, tmp_path / "a.json", by="张三")
    assert report.version is None
    assert await store.version() == before


async def test_an_export_that_was_edited_changes_just_that(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    await export_registry(store, file)
    file.write_text(file.read_text("utf-8").replace('"total":"5"', '"total":"6"'), "utf-8")
    await import_export(store, file, by="张三")
    plan = await store.plan(2, 2025)
    assert plan is not None
    assert plan.total == 6
    assert await store.count(Scope(all_years=True)) == 5


async def test_a_renamed_project_stays_one_project(
    store: Store, other: Store, tmp_path: Path
) -> None:
    renamed = replace(RIVER_DREDGING, name="河道疏浚项目", year=2026)
    await store.save([renamed], _file("r.txt"), by="张三", renames={"河道疏浚项目": 2})
    await export_registry(store, tmp_path / "a.xlsx")
    await import_export(other, tmp_path / "a.xlsx", by="张三")
    assert await other.find_projects("河道清淤项目") == await other.find_projects("河道疏浚项目")


@pytest.mark.parametrize("ending", ENDINGS)
async def test_a_broken_export_is_refused_whole(
    fresh_store: Store, tmp_path: Path, ending: str
) -> None:
    file = tmp_path / f"a{ending}"
    await save(fresh_store, *THREE)
    await export_registry(fresh_store, file)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    before = await fresh_store.version()
    with pytest.raises(UnreadableFile):
        await import_export(fresh_store, file, by="张三")
    assert await fresh_store.version() == before


@given(
    st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4)
)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_text_survives_a_workbook_and_csv(tmp_path: Path, cells: list[str | None]) -> None:
    assert [unguarded(guarded(cell)) for cell in cells] == cells
    for ending in (".xlsx", ".zip"):
        file = tmp_path / f"cells{ending}"
        with write_tables(file, {"表": ("头",)}) as add:
            add("表", ["|", *cells, "|"])
        assert read_tables(file)["表"][1] == ["|", *cells, "|"]


def test_no_cell_of_an_export_is_a_formula() -> None:
    for text in ("=1+1", "+1", "-1", "@x", "\t=1"):
        assert str(guarded(text))[0] not in "=+-@\t"


async def test_a_backup_restores_history_and_all(
    store: Store, other: Store, tmp_path: Path
) -> None:
    await store.kv_set("access", "person:7", {"role": "steward"})
    file = tmp_path / "备份.gz"
    report = await backup(store, file)
    assert report.version == await store.version()
    await restore(other, file)
    assert await everything(other) == await everything(store)
    assert await other.history(1) == await store.history(1)
    assert await other.kv_get("access", "person:7") == {"role": "steward"}
    assert await other.search(["内涝"]) == await store.search(["内涝"])
    assert await other.version() == await store.version()
    await other.undo(by="张三", version=4)
    plan = await other.plan(1)
    assert plan is not None
    assert plan.total == SCHOOL_CANTEEN.total


async def test_a_backup_goes_into_either_engine(
    tmp_path: Path, fresh_store: Store, other: Store
) -> None:
    await save(other, *THREE)
    await backup(other, tmp_path / "a.gz")
    await restore(fresh_store, tmp_path / "a.gz")
    assert await everything(fresh_store) == await everything(other)
    await save(fresh_store, replace(OFFICE_SYSTEM, total=Decimal(3)), file="b.txt")
    assert await fresh_store.version() == 2


async def test_a_damaged_backup_restores_nothing(
    store: Store, other: Store, tmp_path: Path
) -> None:
    file = tmp_path / "a.gz"
    await backup(store, file)
    whole = file.read_bytes()
    lines = gzip.decompress(whole).splitlines(keepends=True)
    damaged = {
        "short": whole[: len(whole) // 2],
        "line missing": gzip.compress(b"".join([*lines[:5], *lines[6:]])),
        "changed": gzip.compress(b"".join(lines).replace("李冬霞".encode(), "王冬霞".encode())),
        "no end": gzip.compress(b"".join(lines[:-1])),
        "foreign": b"PK\x03\x04 something else",
        "empty": b"",
        "other json": gzip.compress(json.dumps({"a": 1}).encode()),
    }
    for name, raw in damaged.items():
        (tmp_path / name).write_bytes(raw)
        with pytest.raises(UnreadableFile):
            await restore(other, tmp_path / name)
    assert await other.is_empty()


async def test_a_backup_is_not_restored_over_a_registry(store: Store, tmp_path: Path) -> None:
    await backup(store, tmp_path / "a.gz")
    with pytest.raises(RegistryError, match="不是空的"):
        await restore(store, tmp_path / "a.gz")


def _file(name: str) -> object:
    from registry.store import Original

    return Original(name, name.encode())
