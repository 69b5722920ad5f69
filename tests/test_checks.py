"""Rules on plans: each says what is wrong, and says nothing where nothing is."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from registry.checks import RULES, check_plan, check_plans, rules_data
from registry.findings import sentences
from registry.plan import Comparison, Indicator, Plan
from registry.prose import limits_in, wrong_sums


@pytest.fixture
def dredging() -> Plan:
    """A plan without fault."""
    return Plan(
        name="河道清淤",
        year=2024,
        amount_unit="万元",
        total=Decimal("96.5"),
        higher_level_grants=Decimal(30),
        district_funds=Decimal("66.5"),
        blank=frozenset({"other_funds"}),
        budget_execution_weight=Decimal(10),
        indicators=(
            Indicator(ordinal=1, name="清淤长度", comparison=Comparison.AT_LEAST, target="12", target_value=Decimal(12), unit_of_measure="公里", points=Decimal(50), core_mark="是"),
            Indicator(ordinal=2, name="验收合格率", comparison=Comparison.EQUAL, target="100", target_value=Decimal(100), unit_of_measure="%", points=Decimal(40), core_mark=""),
        ),
    )  # fmt: skip


def codes(plan: Plan) -> set[str]:
    return {f.code for f in check_plan(plan)}


def changed(plan: Plan, number: int, **values: object) -> Plan:
    indicators = list(plan.indicators)
    indicators[number] = replace(indicators[number], **values)  # type: ignore[arg-type]
    return replace(plan, indicators=tuple(indicators))


def test_plan_without_fault_has_no_findings(dredging: Plan) -> None:
    assert check_plan(dredging) == ()


def test_points_and_weight_make_a_hundred(dredging: Plan) -> None:
    (found,) = check_plan(changed(dredging, 0, points=Decimal(45)))
    assert found.sentence == "分值合计 85 分加预算执行率权重 10，等于 95，不是 100。"


def test_parts_are_held_against_the_total(dredging: Plan) -> None:
    assert codes(replace(dredging, total=Decimal(100))) == {"parts-do-not-add-up"}


def test_parts_of_a_form_without_them_are_no_fault(dredging: Plan) -> None:
    assert codes(replace(dredging, total=Decimal(100), blank=frozenset())) == set()


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"core_mark": "否"}, "no-core-indicator"),
        ({"unit_of_measure": "次数"}, "unusual-unit"),
        ({"name": "2017年底前非法集资陈案累"}, "name-truncated"),
        ({"name": "2017年底前清淤长度"}, "stale-year"),
        ({"name": "验收合格率", "comparison": Comparison.AT_LEAST, "target_value": Decimal(100), "unit_of_measure": "%"}, "sign-senseless"),
        ({"comparison": Comparison.LESS_THAN, "target_value": Decimal(1), "unit_of_measure": "次"}, "sign-senseless"),
        ({"name": "任务完成率", "target_value": Decimal(290), "unit_of_measure": "%"}, "rate-over-hundred"),
        ({"name": "验收合格率"}, "duplicate-indicator"),
    ],
)  # fmt: skip
def test_faulty_indicator_is_reported(dredging: Plan, values: dict[str, object], code: str) -> None:
    assert code in codes(changed(dredging, 0, **values))


def test_growth_may_pass_a_hundred_percent(dredging: Plan) -> None:
    grown = changed(dredging, 0, name="税收增长率", target_value=Decimal(120), unit_of_measure="%")
    assert codes(grown) == set()


def test_blank_required_field_is_named(dredging: Plan) -> None:
    plan = replace(dredging, blank=dredging.blank | {"approval_basis"})
    (found,) = check_plan(plan)
    assert (found.code, found.field, found.sentence) == (
        "field-blank",
        "approval_basis",
        "“立项依据”没有填写。",
    )


def test_absurd_total_is_reported(dredging: Plan) -> None:
    plan = replace(
        dredging,
        total=Decimal(10) ** 9,
        higher_level_grants=None,
        district_funds=None,
        blank=frozenset(),
    )
    assert codes(plan) == {"amount-improbable"}


def test_same_plan_twice_is_reported(dredging: Plan) -> None:
    assert {f.code for f in check_plans([dredging, dredging])} == {"duplicate-plan"}


def test_spelled_out_sums_are_recomputed() -> None:
    right = "工作经费40.37万元（其中日常运行及宣传经费21.37万元（印刷20万份），租赁5万元，培训费2万元，奖励4万元，办案8万元）"
    assert list(wrong_sums(right)) == []
    (wrong,) = wrong_sums(right.replace("40.37", "41.37"))
    assert (wrong.stated, wrong.computed) == (Decimal("41.37"), Decimal("40.37"))
    assert list(wrong_sums("合计25万元（5*5万元）")) == []
    assert len(list(wrong_sums("合计26万元（5*5万元）"))) == 1


def test_bounds_in_a_goal_are_found() -> None:
    limits = list(limits_in("刑事案件≤5件；结案率≥50%；新引入不低于20家。"))
    assert [(x.number, x.text) for x in limits] == [(5, "≤5件"), (50, "≥50%"), (20, "不低于20家")]


def test_every_rule_has_a_reason_and_a_sentence() -> None:
    for code in RULES:
        assert rules_data()[code]["reason"]
        assert code in sentences()
    assert set(rules_data()) - set(RULES) == {"duplicate-plan", "points-differ-elsewhere"}
