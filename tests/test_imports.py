"""Files sent to the registry: preview, confirm, undo, corrections, history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from plans import OFFICE_SYSTEM, RIVER_DREDGING, SCHOOL_CANTEEN, THREE, WATER, save, without_record

from registry.errors import ImportNotFound, InvalidCorrection, NothingToUndo, PlanNotFound
from registry.imports import Preview, cancel, confirm, difference_csv, preview_file
from registry.plan import Plan
from registry.scope import FieldChange, Scope
from registry.store import Store

SEED = next((Path(__file__).parent.parent / "seeds").glob("*.txt"))


@pytest.fixture
async def store(fresh_store: Store) -> Store:
    await save(fresh_store, *THREE)
    return fresh_store


def reader_of(*plans: Plan) -> Callable[..., object]:
    """A file in our own test format: what it says is given, how it is read is tested elsewhere."""
    from registry.reading import Reading

    return lambda _file, name: Reading(name, "target", tuple(plans), ())


async def sent(store: Store, *plans: Plan, name: str = "新表.txt") -> Preview:
    body = repr(plans).encode()
    return await preview_file(store, body, name, by="张三", read=reader_of(*plans))  # type: ignore[arg-type]


async def total(store: Store, project_id: int) -> Decimal | None:
    plan = await store.plan(project_id)
    return plan.total if plan else None


async def test_the_seed_document_is_previewed_and_confirmed(fresh_store: Store) -> None:
    body = SEED.read_bytes()
    preview = await preview_file(fresh_store, body, SEED.name, by="张三")
    assert (len(preview.new), preview.known) == (6, False)
    assert await fresh_store.count(Scope()) == 0
    assert preview.id is not None
    applied = await confirm(fresh_store, preview.id, by="张三")
    assert applied.version == 1
    assert (await fresh_store.total(Scope())).yuan == Decimal("19087800")
    again = await preview_file(fresh_store, body, "改了名.txt", by="李四")
    assert (again.known, again.id, len(again.unchanged)) == (True, None, 6)


async def test_a_preview_tells_each_field_old_and_new(store: Store) -> None:
    changed = replace(RIVER_DREDGING, total=Decimal(1200), contact_person="王智莹")
    preview = await sent(store, SCHOOL_CANTEEN, changed, replace(OFFICE_SYSTEM, year=2025))
    assert (len(preview.new), len(preview.changed), len(preview.unchanged)) == (1, 1, 1)
    assert preview.fields_changed == 2
    assert preview.changed[0].changes == (
        FieldChange("total", "1000", "1200"),
        FieldChange("contact_person", "韩巨星", "王智莹"),
    )
    assert await total(store, 2) == 1000


async def test_the_difference_is_told_as_a_table(store: Store) -> None:
    changed = replace(RIVER_DREDGING, total=Decimal(1200), overview="=1+1")
    preview = await sent(store, changed, replace(OFFICE_SYSTEM, year=2025))
    lines = difference_csv(preview).decode("utf-8-sig").splitlines()
    assert lines[1] == "河道清淤项目,2024,变化,项目总资金额,,1000,1200"
    assert not any(cell.startswith("=") for line in lines for cell in line.split(","))
    assert lines[-1] == "财政信息化建设经费,2025,新增"


async def test_an_indicator_is_compared_by_its_name(store: Store) -> None:
    first, second = SCHOOL_CANTEEN.indicators
    swapped = (
        replace(second, ordinal=1, target="98", target_value=Decimal(98)),
        replace(first, ordinal=2),
    )
    preview = await sent(store, replace(SCHOOL_CANTEEN, indicators=swapped))
    assert preview.changed[0].changes == (
        FieldChange("indicators", "95", "98", "师生满意度", "target"),
        FieldChange("indicators", "95", "98", "师生满意度", "target_value"),
    )


async def test_confirming_is_one_version_and_undo_brings_the_old_one_back(store: Store) -> None:
    changed = replace(RIVER_DREDGING, total=Decimal(1200), overview="改为疏浚。")
    preview = await sent(store, changed, replace(SCHOOL_CANTEEN, name="新建停车场项目"))
    applied = await confirm(store, preview.id, by="张三")
    assert applied.version == 2
    assert await total(store, 2) == 1200
    assert await store.count(Scope()) == 4
    undone = await store.undo(by="张三")
    assert (undone.number, undone.kind) == (3, "undo")
    assert [without_record(plan) for plan in await store.plans(Scope())] == list(THREE)
    assert [hit.project_id for hit in await store.search(["内涝"])] == [2]
    assert await store.search(["疏浚"]) == []


async def test_an_undone_file_can_be_taken_in_again(store: Store) -> None:
    changed = replace(RIVER_DREDGING, total=Decimal(1200))
    await save(store, changed, file="b.txt")
    await store.undo(by="张三")
    again = await save(store, changed, file="b.txt")
    assert again.version == 4
    assert await total(store, 2) == 1200


async def test_an_undo_can_be_undone_by_its_number(store: Store) -> None:
    await save(store, replace(RIVER_DREDGING, total=Decimal(1200)), file="b.txt")
    undo = await store.undo(by="张三")
    await store.undo(by="张三", version=undo.number)
    assert await total(store, 2) == 1200


async def test_an_older_version_waits_for_the_undo_of_the_newer(store: Store) -> None:
    await save(store, replace(RIVER_DREDGING, total=Decimal(1200)), file="b.txt")
    await save(store, replace(RIVER_DREDGING, total=Decimal(1300)), file="c.txt")
    with pytest.raises(NothingToUndo, match="较新"):
        await store.undo(by="张三", version=2)
    assert await total(store, 2) == 1300
    await store.undo(by="张三")
    await store.undo(by="张三")
    assert await total(store, 2) == 1000
    with pytest.raises(ImportNotFound):
        await store.undo(by="张三", version=99)


async def test_a_preview_is_confirmed_once_only(store: Store) -> None:
    preview = await sent(store, replace(RIVER_DREDGING, total=Decimal(1200)))
    await confirm(store, preview.id, by="张三")
    with pytest.raises(ImportNotFound):
        await confirm(store, preview.id, by="张三")


async def test_a_dropped_preview_cannot_be_confirmed(store: Store) -> None:
    preview = await sent(store, replace(RIVER_DREDGING, total=Decimal(1200)))
    assert await cancel(store, preview.id)
    with pytest.raises(ImportNotFound):
        await confirm(store, preview.id, by="张三")


async def test_a_confirmed_rename_keeps_the_project_and_its_old_name(store: Store) -> None:
    renamed = replace(RIVER_DREDGING, name="河道清淤疏浚项目", year=2025)
    preview = await sent(store, renamed)
    guess = preview.renamings[0]
    assert (guess.new_name, guess.project_id, guess.old_name) == (
        "河道清淤疏浚项目",
        2,
        "河道清淤项目",
    )
    await confirm(store, preview.id, by="张三", renames={guess.new_name: guess.project_id})
    assert await store.name(2) == "河道清淤疏浚项目"
    assert await store.find_projects("河道清淤项目") == [2]
    assert [entry.year for entry in await store.history(2)] == [2025, 2024]


async def test_a_rename_within_a_year_is_a_change_that_can_be_undone(store: Store) -> None:
    renamed = replace(RIVER_DREDGING, name="河道清淤疏浚项目")
    preview = await sent(store, renamed)
    await confirm(store, preview.id, by="张三", renames={"河道清淤疏浚项目": 2})
    assert await store.count(Scope()) == 3
    await store.undo(by="张三")
    assert await store.name(2) == "河道清淤项目"
    assert await store.aliases() == []


async def test_without_the_steward_a_new_name_is_a_new_project(store: Store) -> None:
    preview = await sent(store, replace(RIVER_DREDGING, name="河道清淤疏浚项目"))
    await confirm(store, preview.id, by="张三")
    assert await store.count(Scope()) == 4


async def test_a_department_that_was_renamed_is_offered_as_the_same_project(store: Store) -> None:
    moved = replace(
        RIVER_DREDGING,
        supervising_department="重庆市长寿区水务局",
        implementing_unit="重庆市长寿区水务局",
    )
    preview = await sent(store, moved)
    assert preview.renamings[0].project_id == 2
    await confirm(store, preview.id, by="张三", renames={moved.name: 2})
    assert await store.count(Scope()) == 3
    assert await store.count(Scope(unit=WATER)) == 0


async def test_a_place_printed_in_full_or_not_makes_no_other_project(store: Store) -> None:
    longer = replace(
        RIVER_DREDGING,
        region="重庆市长寿区",
        supervising_department="长寿区水利局",
        implementing_unit="长寿区水利工程管理站",
    )
    await save(store, longer, file="b.txt")
    assert await store.find_projects(RIVER_DREDGING.name) == [2]
    other_district = replace(longer, region="重庆市涪陵区", supervising_department="涪陵区水利局")
    await save(store, replace(other_district, implementing_unit=None), file="c.txt")
    assert await store.find_projects(RIVER_DREDGING.name) == [2, 4]


async def test_a_corrected_name_leaves_the_old_one_as_an_alias(store: Store) -> None:
    await store.correct(2, "name", "桃花河清淤项目", by="张三", reason="名称不全")
    assert await store.name(2) == "桃花河清淤项目"
    assert await store.find_projects("河道清淤项目") == [2]


async def test_a_project_keeps_its_history_over_years(store: Store) -> None:
    await save(store, replace(RIVER_DREDGING, year=2025, total=Decimal(800)), file="2025.txt")
    await save(store, replace(RIVER_DREDGING, year=2025, total=Decimal(900)), file="2025b.txt")
    entries = await store.history(2)
    assert [(entry.version.number, entry.year) for entry in entries] == [
        (3, 2025),
        (2, 2025),
        (1, 2024),
    ]
    assert entries[0].changes == (FieldChange("total", "800", "900"),)
    assert entries[0].version.document == "2025b.txt"


async def test_a_corrected_field_holds_and_the_original_stays(store: Store) -> None:
    version = await store.correct(2, "total", "1000.5", by="张三", reason="表里漏了小数")
    assert version.kind == "correction"
    plan = await store.plan(2)
    assert plan is not None
    assert plan.record is not None
    assert (plan.total, plan.record.corrected) == (Decimal("1000.5"), frozenset({"total"}))
    correction = (await store.corrections(2))[0]
    assert (correction.original, correction.corrected, correction.reason, correction.by) == (
        "1000",
        "1000.5",
        "表里漏了小数",
        "张三",
    )
    assert (await store.total(Scope(project_ids=(2,)))).yuan == Decimal(10_005_000)
    await store.undo(by="张三")
    assert await total(store, 2) == 1000


async def test_a_correction_outlives_the_same_mistake_but_not_a_new_value(store: Store) -> None:
    await store.correct(2, "contact_phone", "40251111", by="张三", reason="换号")
    await save(store, replace(RIVER_DREDGING, total=Decimal(1100)), file="b.txt")
    plan = await store.plan(2)
    assert plan is not None
    assert (plan.total, plan.contact_phone, plan.contact_phone_e164) == (
        1100,
        "40251111",
        "+862340251111",
    )
    new_phone = replace(
        RIVER_DREDGING, contact_phone="40259999", contact_phone_e164="+862340259999"
    )
    await save(store, new_phone, file="c.txt")
    plan = await store.plan(2)
    assert plan is not None
    assert plan.contact_phone == "40259999"
    assert await store.corrections(2) == []


async def test_reading_the_same_sheet_again_leaves_a_correction_alone(store: Store) -> None:
    await store.correct(2, "total", "1001", by="张三", reason="核对")
    again = await save(store, *THREE, file="copy.txt")
    assert again.version is None
    assert await total(store, 2) == 1001


async def test_an_indicator_is_corrected_by_its_number(store: Store) -> None:
    await store.correct(1, "indicators.2.points", "20", by="张三", reason="笔误")
    plan = await store.plan(1)
    assert plan is not None
    assert plan.indicators[1].points == 20


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("total", "很多"),
        ("no_such_field", "1"),
        ("indicators.9.points", "1"),
        ("indicators.1.nothing", "1"),
        ("name", ""),
        ("amount_unit", "美元"),
        ("year", "去年"),
    ],
)
async def test_a_value_the_field_cannot_hold_is_refused(
    store: Store, field: str, value: str
) -> None:
    with pytest.raises(InvalidCorrection):
        await store.correct(1, field, value, by="张三", reason="试试")
    assert await store.version() == 1


async def test_a_correction_needs_a_reason_and_a_plan(store: Store) -> None:
    with pytest.raises(InvalidCorrection):
        await store.correct(1, "total", "1", by="张三", reason=" ")
    with pytest.raises(PlanNotFound):
        await store.correct(99, "total", "1", by="张三", reason="试试")


async def test_a_contact_person_changes_over_all_projects_at_once(store: Store) -> None:
    version = await store.change_contact(
        "李冬霞", new_person="赵东松", new_phone="40232915", by="张三", reason="岗位调整"
    )
    assert version.number == 2
    people = await store.people(Scope())
    assert [(p.name, p.phone, p.project_ids) for p in people] == [
        ("赵东松", "40232915", (1, 3)),
        ("韩巨星", "023-40252192", (2,)),
    ]
    assert await store.find_people(["李冬霞", "赵东松"]) == ["赵东松"]
    await store.undo(by="张三")
    assert await store.find_people(["李冬霞", "赵东松"]) == ["李冬霞"]
    with pytest.raises(PlanNotFound):
        await store.change_contact(
            "无此人", new_person="某", new_phone=None, by="张三", reason="试"
        )


async def test_who_was_told_a_value_hears_once_that_it_changed(store: Store) -> None:
    await store.remember_given("chat:7", 2, 2024, ["total", "contact_person"])
    await store.remember_given("chat:8", 1, None, ["total"])
    before = await store.version()
    await save(store, replace(RIVER_DREDGING, total=Decimal(1200)), file="b.txt")
    changes = await store.given_changes(before)
    assert [(c.who, c.project, c.field, c.old, c.new) for c in changes] == [
        ("chat:7", "河道清淤项目", "total", "1000", "1200")
    ]
    assert await store.given_changes(before) == []
    await store.remove(1, by="张三", reason="撤销项目")
    gone = await store.given_changes(before)
    assert [(c.who, c.old, c.new) for c in gone] == [("chat:8", "77.87", None)]


async def test_a_removed_project_is_gone_until_that_is_undone(store: Store) -> None:
    await store.remove(2, by="张三", reason="并入其他项目")
    assert await store.count(Scope()) == 2
    assert await store.find_projects("河道清淤项目") == []
    assert len(await store.history(2)) == 2
    await store.undo(by="张三")
    assert await store.count(Scope()) == 3
