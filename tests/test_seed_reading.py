"""The user's own document reads whole: six plans, their blanks, their raw cells, their faults."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from registry.plan import Comparison, Plan, ProjectCategory, ValueState
from registry.reading import Reading, read_file

SEED = Path(__file__).parent.parent / "seeds" / "000_ba3dd06106aafdcb.txt"


@pytest.fixture(scope="module")
def seed() -> Reading:
    return read_file(SEED)


@pytest.fixture(scope="module")
def plans(seed: Reading) -> dict[str, Plan]:
    return {plan.name: plan for plan in seed.plans}


def test_all_six_plans_and_their_indicators(seed: Reading) -> None:
    assert seed.kind == "target"
    assert [(plan.name, plan.total, len(plan.indicators)) for plan in seed.plans] == [
        ("巨灾保险项目", Decimal("200"), 6),
        ("打非专项项目", Decimal("77.87"), 5),
        ("金融监管和维护项目", Decimal("42.5"), 6),
        ("产业扶持及金融招商", Decimal("1000"), 5),
        ("经济证券化项目", Decimal("425"), 7),
        ("财政信息化建设经费", Decimal("163.41"), 3),
    ]


def test_amounts_add_up_as_printed(seed: Reading) -> None:
    assert sum(plan.yuan() or 0 for plan in seed.plans) == Decimal("19087800")
    for plan in seed.plans:
        assert plan.district_funds == plan.total
        assert plan.budget_execution_weight == 10
        assert sum(i.points or 0 for i in plan.indicators) == 90


def test_titles_say_region_year_and_category(plans: dict[str, Plan]) -> None:
    assert {plan.region for plan in plans.values()} == {"长寿区"}
    assert {plan.year for plan in plans.values()} == {2024}
    general = plans["财政信息化建设经费"]
    assert general.category is ProjectCategory.GENERAL
    assert general.table_number == "表十二"
    assert plans["经济证券化项目"].category is ProjectCategory.PRIORITY_SPECIAL
    assert plans["经济证券化项目"].table_number == "表十一"


def test_blank_is_told_from_absent(plans: dict[str, Plan]) -> None:
    general = plans["财政信息化建设经费"]
    assert general.state("higher_level_grants") is ValueState.BLANK
    assert general.state("approval_basis") is ValueState.ABSENT
    assert plans["巨灾保险项目"].state("approval_basis") is ValueState.GIVEN


def test_four_printed_core_marks_are_kept(plans: dict[str, Plan]) -> None:
    marks = {i.core_mark for plan in plans.values() for i in plan.indicators}
    assert marks == {"是", "否", "/", ""}
    crackdown = plans["打非专项项目"]
    assert [i.is_core for i in crackdown.indicators] == [True, True, True, False, False]


def test_markup_is_cleaned_and_the_raw_cell_kept(plans: dict[str, Plan]) -> None:
    crackdown = plans["打非专项项目"]
    assert crackdown.overview is not None
    assert crackdown.overview.startswith("深入贯彻")
    assert crackdown.approval_basis is not None
    assert "<" not in crackdown.approval_basis
    assert crackdown.printed["approval_basis"].startswith('<ol style="list-style-type: none">')


def test_every_value_knows_its_line(plans: dict[str, Plan]) -> None:
    plan = plans["巨灾保险项目"]
    lines = SEED.read_text(encoding="utf-8").splitlines()
    assert "巨灾保险项目" in lines[(plan.places["name"].line or 0) - 1]
    assert lines[(plan.places["contact_phone"].line or 0) - 1] == "联系电话：40236567"
    first = plan.indicators[0]
    assert "提供风险保障金额" in lines[(first.places["name"].line or 0) - 1]
    assert first.places["target"].column == 4


def test_phones_are_kept_and_normalised(plans: dict[str, Plan]) -> None:
    assert plans["打非专项项目"].contact_phone == "023-40232915"
    assert plans["打非专项项目"].contact_phone_e164 == "+862340232915"
    assert plans["财政信息化建设经费"].contact_phone_e164 == "+862340257077"
    assert plans["巨灾保险项目"].contact_phone_e164 == "+862340236567"


def test_signs_and_targets_of_every_kind(plans: dict[str, Plan]) -> None:
    general = plans["财政信息化建设经费"].indicators
    assert [i.comparison for i in general] == [
        Comparison.EQUAL,
        Comparison.LESS_THAN,
        Comparison.LESS_THAN,
    ]
    growth = plans["金融监管和维护项目"].indicators[2]
    assert (growth.target, growth.target_value, growth.unit_of_measure) == ("6", Decimal(6), "%")


@pytest.mark.parametrize(
    ("code", "project"),
    [
        ("name-truncated", "金融监管和维护项目"),
        ("stale-year", "金融监管和维护项目"),
        ("unusual-unit", "经济证券化项目"),
        ("markup-residue", "打非专项项目"),
        ("objective-without-indicator", "打非专项项目"),
        ("points-differ-elsewhere", "金融监管和维护项目"),
        ("sign-senseless", "财政信息化建设经费"),
    ],
)
def test_known_faults_are_found(seed: Reading, code: str, project: str) -> None:
    assert project in {f.project for f in seed.findings if f.code == code}


def test_sums_in_the_prose_are_right_and_not_reported(seed: Reading) -> None:
    assert not [f for f in seed.findings if f.code == "prose-sum-wrong"]
