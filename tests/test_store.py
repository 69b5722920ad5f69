"""The store's questions, on a real SQLite file and on a real PostgreSQL."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal

import pytest
from plans import (
    FINANCE,
    OFFICE_SYSTEM,
    RIVER_DREDGING,
    SCHOOL_CANTEEN,
    THREE,
    WATER,
    save,
    without_record,
)

from registry.plan import Comparison, Indicator, Plan, ProjectCategory
from registry.scope import IndicatorWhere, Scope
from registry.store import Store
from registry.store.codec import FIELDS, INDICATOR_FIELDS
from registry.store.writing import unit_forms


@pytest.fixture
async def store(fresh_store: Store) -> Store:
    await save(fresh_store, *THREE)
    return fresh_store


async def names(store: Store, scope: Scope, **order: object) -> list[str]:
    return [plan.name for plan in await store.plans(scope, **order)]  # type: ignore[arg-type]


def test_every_field_of_a_plan_is_known_to_the_codec() -> None:
    beside = {"blank", "printed", "places"}
    assert {item.name for item in fields(Plan)} == {*FIELDS, *beside, "record"}
    assert {item.name for item in fields(Indicator)} == {"ordinal", *INDICATOR_FIELDS, *beside}


async def test_a_plan_comes_back_exactly_as_it_was_saved(store: Store) -> None:
    assert [without_record(plan) for plan in await store.plans(Scope())] == list(THREE)


async def test_a_plan_tells_its_version_and_document(store: Store) -> None:
    plan = await store.plan(1)
    assert plan is not None
    assert plan.record is not None
    assert (plan.record.project_id, plan.record.version, plan.record.document) == (1, 1, "a.txt")


async def test_saving_the_same_plans_again_changes_nothing(store: Store) -> None:
    again = await save(store, *THREE, file="copy.txt")
    assert again.version is None
    assert len(again.unchanged) == 3
    assert await store.count(Scope(all_years=True)) == 3


async def test_the_total_is_exact_and_tells_blank_from_absent(store: Store) -> None:
    total = await store.total(Scope())
    assert total.yuan == Decimal("10778701")
    grants = await store.total(Scope(), "higher_level_grants")
    assert (grants.given, grants.blank, grants.absent) == (1, 1, 1)
    assert grants.yuan == Decimal(10_000_000)


async def test_plans_are_told_apart_by_a_field_with_exact_sums(store: Store) -> None:
    for field in ("category", "implementing_unit", "contact_person"):
        groups = await store.groups(Scope(), field)
        plans = await store.plans(Scope(), limit=10)
        for group in groups:
            held = [plan for plan in plans if getattr(plan, field) == group.value]
            assert (group.plans, group.yuan) == (len(held), sum(p.yuan() or 0 for p in held))
        assert sum(group.plans for group in groups) == len(plans) == 3
        assert [group.plans for group in groups] == sorted((g.plans for g in groups), reverse=True)


async def test_an_amount_without_unit_is_not_in_the_sum(store: Store) -> None:
    await save(store, replace(SCHOOL_CANTEEN, name="无单位项目", amount_unit=None))
    total = await store.total(Scope())
    assert (total.given, total.unknown) == (3, 1)


async def test_amounts_are_compared_exactly_at_the_bound(store: Store) -> None:
    exactly = Decimal("778700")
    assert await names(store, Scope(yuan_at_least=exactly)) == ["学校食堂改造项目", "河道清淤项目"]
    assert await names(store, Scope(yuan_more_than=exactly)) == ["河道清淤项目"]
    assert await names(store, Scope(yuan_less_than=exactly)) == ["财政信息化建设经费"]
    assert await store.count(Scope(yuan_at_most=exactly)) == 2
    assert await store.count(Scope(yuan_more_than=Decimal(10) ** 30)) == 0


async def test_projects_are_ranked_by_amount_in_both_directions(store: Store) -> None:
    largest = await names(store, Scope(), order_by="total", descending=True, limit=1)
    assert largest == ["河道清淤项目"]
    assert await names(store, Scope(), order_by="total", limit=1) == ["财政信息化建设经费"]
    by_grants = await names(store, Scope(), order_by="higher_level_grants", descending=True)
    assert by_grants[0] == "河道清淤项目"


async def test_a_ranking_has_the_plans_without_the_amount_at_its_end(store: Store) -> None:
    for descending in (True, False):
        order = {"order_by": "district_funds", "descending": descending}
        whole = await names(store, Scope(), **order)
        assert whole[-1] == "河道清淤项目"
        assert await names(store, Scope(), **order, limit=10) == whole
        for offset in range(4):
            page = await names(store, Scope(), **order, limit=2, offset=offset)
            assert page == whole[offset : offset + 2]


async def test_plans_are_ranked_and_chosen_by_the_share_of_their_total(store: Store) -> None:
    for district, name in ((20, "少数项目"), (50, "多数项目")):
        plan = replace(SCHOOL_CANTEEN, name=name, district_funds=Decimal(district))
        await save(store, plan)
    shares = {}
    async for plan in store.each_plan(Scope(given_field="district_funds")):
        if plan.district_funds is not None and plan.total:
            shares[plan.name] = plan.district_funds / plan.total * 100
    scope = Scope(field="district_funds", given_field="district_funds")
    for descending in (True, False):
        ranked = await names(store, scope, order_by="share", descending=descending)
        assert [shares[name] for name in ranked] == sorted(shares.values(), reverse=descending)
    for sign, holds in (("≥", Decimal.__ge__), ("<", Decimal.__lt__), ("=", Decimal.__eq__)):
        bound = max(shares.values())
        chosen = await names(store, replace(scope, shares=((sign, bound),)))
        assert set(chosen) == {name for name, share in shares.items() if holds(share, bound)}


async def test_points_are_held_against_bounds_between_whole_ones(store: Store) -> None:
    async def of(what: str, *holding: tuple[str, str]) -> dict[str, Decimal]:
        bounds = [(comparison, Decimal(bound)) for comparison, bound in holding]
        ranked = await store.ranked_by_indicators(Scope(), what=what, holding=bounds)
        return {plan.name: value for plan, value in ranked}

    every = await of("points")
    assert every[SCHOOL_CANTEEN.name] == Decimal("42.5")
    for comparison, bound, fits in (
        ("≥", "42.5", True), (">", "42.5", False), ("<", "42.6", True), ("<", "42.5", False),
        ("≤", "42.5", True), ("=", "42.5", True), ("≥", "42.51", False),
    ):  # fmt: skip
        assert (SCHOOL_CANTEEN.name in await of("points", (comparison, bound))) is fits
    assert SCHOOL_CANTEEN.name in await of("count", (">", "1.5"), ("<", "2.5"))


async def test_a_unit_can_be_left_out(store: Store) -> None:
    assert await names(store, Scope(exclude_units=("区财政局",))) == ["河道清淤项目"]
    assert await store.count(Scope(exclude_units=("水利局",))) == 2


async def test_a_unit_is_meant_by_its_full_or_its_short_name(store: Store) -> None:
    for said in (WATER, "水利局", "长寿区水利局", "区水利局"):
        assert await names(store, Scope(unit=said)) == ["河道清淤项目"]
    assert await store.count(Scope(unit="教育局")) == 0
    assert await store.count(Scope(unit=FINANCE)) == 2


def test_the_place_before_a_unit_may_be_left_out() -> None:
    assert unit_forms("重庆市长寿区城市管理局") == [
        "重庆市长寿区城市管理局",
        "市长寿区城市管理局",
        "长寿区城市管理局",
        "区城市管理局",
        "城市管理局",
    ]
    assert "水务局" in unit_forms("[103]水务局")


async def test_units_are_found_in_the_pieces_of_a_sentence(store: Store) -> None:
    found = await store.find_units(["水利局有哪些", "水利局", "利局", "财政局"])
    assert {(unit.name, unit.form) for unit in found} == {(WATER, "水利局"), (FINANCE, "财政局")}


async def test_plans_are_chosen_by_kind_person_and_phone(store: Store) -> None:
    assert await names(store, Scope(category=ProjectCategory.GENERAL)) == ["财政信息化建设经费"]
    assert await names(store, Scope(contact_person="韩巨星")) == ["河道清淤项目"]
    for said in ("40252192", "2192", "023-40252192", "+862340252192"):
        assert await names(store, Scope(phone_suffix=said)) == ["河道清淤项目"]
    assert await names(store, Scope(phone_suffix="86252192")) == []  # 86 is of the number itself


async def test_people_come_with_their_phone_and_projects(store: Store) -> None:
    people = await store.people(Scope())
    assert [(p.name, p.phone, p.project_ids) for p in people] == [
        ("李冬霞", "40236567", (1, 3)),
        ("韩巨星", "023-40252192", (2,)),
    ]


async def test_people_are_found_by_name_and_by_sound(store: Store) -> None:
    assert await store.find_people(["冬霞", "李冬霞", "李冬"]) == ["李冬霞"]
    assert await store.find_people_by_sound(["li dong xia", "wang wu"]) == [
        ("li dong xia", "李冬霞")
    ]


async def test_a_cited_document_leads_to_its_projects(store: Store) -> None:
    found = await store.find_documents("渝府办发[2017]121")
    assert {citation.project_id for citation in found} == {1}
    assert found[0].title == "校园食品安全办法"


async def test_plans_are_chosen_by_what_they_state_and_lack(store: Store) -> None:
    assert "河道清淤项目" in await names(store, Scope(missing_field="approval_basis"))
    assert await names(store, Scope(given_field="approval_basis")) == ["学校食堂改造项目"]


async def test_indicators_are_chosen_by_what_they_state(store: Store) -> None:
    core = await store.indicators(Scope(), IndicatorWhere(core=True))
    assert [item.name for _, item in core] == ["食堂改造完成率"]
    fine = await store.indicators(Scope(), IndicatorWhere(points=Decimal("12.5")))
    assert [item.name for _, item in fine] == ["师生满意度"]
    met = await store.indicators(
        Scope(), IndicatorWhere(comparison=Comparison.AT_LEAST, target_values=(Decimal(95),))
    )
    assert [(plan.name, item.name) for plan, item in met] == [("学校食堂改造项目", "师生满意度")]


async def test_passages_are_found_by_shared_characters(store: Store) -> None:
    hits = await store.search(["内涝", "涝风", "风险", "没有"])
    assert (hits[0].project_id, hits[0].field, hits[0].matched) == (2, "overview", 3)
    assert hits[0].text == "对桃花河8公里河道清淤，防止内涝风险。"
    assert await store.search(["没有", "这词"]) == []
    only = await store.search(["改造"], fields=["indicators"])
    assert [hit.text for hit in only] == ["食堂改造完成率"]


async def test_pairs_of_characters_are_counted_by_passage(store: Store) -> None:
    frequency = await store.gram_frequency(["食堂", "河道", "没有"])
    assert frequency == {"食堂": 3, "河道": 2}


async def test_a_retired_passage_is_neither_counted_nor_found(store: Store) -> None:
    await save(store, replace(RIVER_DREDGING, overview="另作安排。"), file="b.txt")
    assert await store.search(["内涝"]) == []
    assert await store.gram_frequency(["内涝", "安排"]) == {"安排": 1}


async def test_without_a_year_the_newest_is_meant(store: Store) -> None:
    await save(store, replace(RIVER_DREDGING, year=2025, total=Decimal(5)), file="2025.txt")
    assert await names(store, Scope()) == ["河道清淤项目"]
    assert await store.count(Scope(year=2024)) == 3
    assert await store.count(Scope(all_years=True)) == 4
    assert await store.years() == [(2025, 1), (2024, 3)]
    newest = await store.plan(2)
    assert newest is not None
    assert newest.year == 2025
    assert (await store.plan(2, 2024)) is not None
    # The projects named: each one's newest.
    assert [plan.year for plan in await store.plans(Scope(project_ids=(1, 2)))] == [2024, 2025]


async def test_plans_without_a_year_count_with_the_newest(store: Store) -> None:
    await save(store, replace(OFFICE_SYSTEM, name="无年度项目", year=None), file="b.txt")
    assert await store.count(Scope()) == 4
    await save(store, replace(SCHOOL_CANTEEN, year=None), file="c.txt")
    assert await names(store, Scope()) == [*(plan.name for plan in THREE), "无年度项目"]


async def test_names_and_aliases_find_their_project(store: Store) -> None:
    await store.add_alias("食堂那个", 1, by="测试")
    assert await store.find_projects("学校食堂 改造项目") == [1]
    assert await store.find_projects("食堂那个") == [1]
    assert [name async for name in store.names()] == [(n, p.name) for n, p in enumerate(THREE, 1)]
    assert await store.aliases() == [("食堂那个", 1)]
    assert await store.remove_alias("食堂那个", 1, by="测试")
    assert await store.find_projects("食堂那个") == []


async def test_every_change_raises_the_version_and_names_what_it_touched(store: Store) -> None:
    assert await store.version() == 1
    await store.add_alias("清淤", 2, by="测试")
    assert await store.version() == 2
    changes = await store.name_changes(1)
    assert [(c.project_id, c.names) for c in changes] == [(2, ("河道清淤项目", "清淤"))]
    await store.remove(2, by="测试", reason="重复")
    assert [(c.project_id, c.names) for c in await store.name_changes(2)] == [(2, ())]


async def test_two_units_with_a_project_of_one_name_have_two_projects(store: Store) -> None:
    other = replace(SCHOOL_CANTEEN, supervising_department=WATER, implementing_unit=WATER)
    await save(store, other, file="b.txt")
    assert await store.find_projects("学校食堂改造项目") == [1, 4]


async def test_two_different_sheets_of_one_project_are_both_kept(fresh_store: Store) -> None:
    twice = (SCHOOL_CANTEEN, replace(SCHOOL_CANTEEN, total=Decimal(1)), SCHOOL_CANTEEN)
    await save(fresh_store, *twice)
    assert await fresh_store.count(Scope()) == 2
    again = await save(fresh_store, *twice, file="again.txt")
    assert again.version is None


async def test_a_quote_in_a_question_is_only_a_character(store: Store) -> None:
    for nasty in ("'; DROP TABLE plan; --", '" OR 1=1', "%", "_", "\\", "食堂' & !"):
        assert await store.count(Scope(unit=nasty)) == 0
        assert await store.find_people([nasty]) == []
        assert await store.search([nasty]) == []
    assert await store.count(Scope()) == 3
