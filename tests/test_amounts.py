"""Numbers and amounts as printed and as said."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.amounts import (
    exact_text,
    han_number,
    in_unit,
    parse_amount,
    plain_number,
)


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("1,234.5万元", "1234.5", "万元"),
        ("200", "200", None),
        ("2,132,700.00元", "2132700", "元"),
        ("0.5亿", "0.5", "亿元"),
        ("250万", "250", "万元"),
        ("３００万元", "300", "万元"),
        ("854万（400+295+159）", "854", "万元"),
        ("三百万", "300", "万元"),
        ("四百来万", "400", "万元"),
        ("两千五百万元", "2500", "万元"),
        ("一亿二千万", "12000", "万元"),
        ("五十多万块", "50", "万元"),
        ("95%", "95", None),
        ("三百万元以上", "300", "万元"),
        ("3百万", "300", "万元"),
        ("十万", "10", "万元"),
        ("八千元", "8000", "元"),
    ],
)
def test_amount_keeps_the_unit_it_was_said_in(text: str, number: str, unit: str | None) -> None:
    found = parse_amount(text)
    assert found is not None
    assert (found[0], found[1]) == (Decimal(number), unit)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("四百五", 450),
        ("一百零五", 105),
        ("二〇二四", 2024),
        ("三点五", "3.5"),
        ("十二", 12),
        ("两万三", 23000),
    ],
)
def test_han_numbers_are_read_as_spoken(text: str, number: int | str) -> None:
    assert han_number(text) == Decimal(number)


@given(st.decimals(min_value=0, max_value=10**12, places=4))
def test_exact_text_is_the_same_number_without_exponent(number: Decimal) -> None:
    text = exact_text(number)
    assert Decimal(text) == number
    assert "E" not in text
    assert plain_number(text) == number


def test_units_convert_exactly() -> None:
    assert in_unit(Decimal("778700"), "万元") == Decimal("77.87")
    assert exact_text(Decimal("2E+2")) == "200"
