"""A plan in JSON and back: nothing lost, nothing rounded, for any plan there can be."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from registry.plan import Comparison, Indicator, Place, Plan, ProjectCategory, ValueState
from registry.store.codec import (
    FIELDS,
    INDICATOR_FIELDS,
    decode_plan,
    encode_plan,
    fingerprint,
    from_parts,
    in_parts,
)
from registry.store.diff import differences

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
NUMBER = st.decimals(
    allow_nan=False, allow_infinity=False, places=None, min_value=-(10**15), max_value=10**15
)
COUNT = st.none() | st.integers(1, 9999)
PLACE = st.builds(
    Place,
    file=st.sampled_from(["a.txt", "b.xlsx"]),
    line=COUNT,
    page=COUNT,
    sheet=st.none() | TEXT,
    table=COUNT,
    row=COUNT,
    column=COUNT,
)


def sidecar(names: tuple[str, ...]) -> dict[str, st.SearchStrategy[object]]:
    name = st.sampled_from(names)
    return {
        "blank": st.frozensets(name, max_size=3),
        "printed": st.dictionaries(name, TEXT, max_size=2),
        "places": st.dictionaries(name, PLACE, max_size=3),
    }


INDICATOR = st.builds(
    Indicator,
    ordinal=st.integers(1, 50),
    name=TEXT,
    comparison=st.none() | st.sampled_from(Comparison),
    target=st.none() | TEXT,
    target_value=st.none() | NUMBER,
    points=st.none() | NUMBER,
    core_mark=st.none() | st.sampled_from(["", "是", "否", "/"]),
    **sidecar(INDICATOR_FIELDS),
)
PLAN = st.builds(
    Plan,
    name=TEXT,
    year=st.none() | st.integers(1990, 2100),
    category=st.none() | st.sampled_from(ProjectCategory),
    amount_unit=st.none() | st.sampled_from(["元", "千元", "万元", "亿元"]),
    total=st.none() | NUMBER,
    overview=st.none() | TEXT,
    contact_phone=st.none() | TEXT,
    indicators=st.lists(INDICATOR, max_size=3).map(tuple),
    **sidecar(FIELDS),
)


@given(PLAN)
def test_any_plan_comes_back_from_json(plan: Plan) -> None:
    assert decode_plan(encode_plan(plan)) == plan


@given(PLAN)
def test_where_a_value_stands_does_not_change_what_a_plan_says(plan: Plan) -> None:
    elsewhere = replace(plan, places={"name": Place("other.pdf", page=3)}, printed={"name": "x"})
    assert fingerprint(elsewhere) == fingerprint(plan)
    assert differences(plan, elsewhere) == ()


@given(PLAN, PLAN)
def test_plans_that_say_something_else_differ(one: Plan, other: Plan) -> None:
    if fingerprint(one) == fingerprint(other):
        assert differences(one, other) == ()


@given(st.decimals(min_value=-(10**13), max_value=10**13, places=4))
def test_amounts_are_kept_exactly_to_a_ten_thousandth(yuan: Decimal) -> None:
    parts = in_parts(yuan)
    assert parts is not None
    assert from_parts(parts) == yuan


def test_what_cannot_be_kept_exactly_is_not_rounded() -> None:
    assert in_parts(Decimal("0.00001")) is None
    assert in_parts(Decimal(10) ** 30) is None
    assert in_parts(Decimal("NaN")) is None


@given(PLAN)
def test_a_value_is_in_one_of_three_states(plan: Plan) -> None:
    assert all(plan.state(field) in ValueState for field in FIELDS)
