"""Telephone numbers in E.164."""

from __future__ import annotations

import pytest

from registry.phones import digits, to_e164


@pytest.mark.parametrize(
    ("printed", "area", "expected"),
    [
        ("40236567", "023", "+862340236567"),
        ("023-40232915", "023", "+862340232915"),
        ("02340257077", "023", "+862340257077"),
        ("（023）40257077", "0818", "+862340257077"),
        ("0818-8786832", "023", "+868188786832"),
        ("2665226", "0932", "+869322665226"),
        ("13883511830", "023", "+8613883511830"),
        ("+86 138 8351 1830", "023", "+8613883511830"),
        ("139****8136", "023", None),
        ("12345", "023", None),
        ("4023656", "023", None),
        ("+44 20 7946 0958", "023", "+442079460958"),
    ],
)
def test_number_is_brought_to_e164(printed: str, area: str, expected: str | None) -> None:
    assert to_e164(printed, area) == expected


def test_digits_of_full_width_numbers() -> None:
    assert digits("０２３－４０２３") == "0234023"
