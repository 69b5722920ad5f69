"""Telephone numbers: as printed, and in E.164."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
# Two-digit area codes are Beijing's 010 and 020-029; all others have three digits after the 0.
LANDLINE = re.compile(r"(?:\+?86)?0?(10|2\d|[3-9]\d{2})(\d{7,8})")
LOCAL = re.compile(r"[2-8]\d{6,7}")
# Cities with two-digit codes have had eight-digit numbers for decades.
LARGE_CITY = re.compile(r"0?(?:10|2\d)")
SEPARATORS = re.compile(r"[\s\-—–－()（）]")
MASKED = re.compile(r"[\d*]{7,12}")


@cache
def _data() -> Mapping[str, Any]:
    text = files("registry").joinpath("data/phones.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def area_code_of(region: str | None, default: str | None = None) -> str:
    """The area code for numbers printed without one in a region's plans."""
    regions: Mapping[str, str] = _data()["regions"]
    return regions.get(region or "", default or str(_data()["default"]))


def digits(text: str) -> str:
    """The digits of a printed number."""
    return re.sub(r"\D", "", unicodedata.normalize("NFKC", text))


def _flat(printed: str) -> str:
    return SEPARATORS.sub("", unicodedata.normalize("NFKC", printed))


def to_e164(printed: str, area_code: str | None = None) -> str | None:
    """The number for a telephone, +862340236567; None where it is no possible number."""
    flat = _flat(printed)
    code = area_code or area_code_of(None)
    if MOBILE.fullmatch(flat):
        return "+86" + flat[-11:]
    if LOCAL.fullmatch(flat):
        if len(flat) == 7 and LARGE_CITY.fullmatch(code):
            return None
        return "+86" + code.lstrip("0") + flat
    landline = LANDLINE.fullmatch(flat)
    if landline is not None and flat.startswith(("0", "+86", "86")):
        return "+86" + landline.group(1) + landline.group(2)
    return _foreign(flat)


def is_mobile(printed: str) -> bool:
    """Whether a number is one of a mobile phone: eleven digits that begin with 1."""
    return MOBILE.fullmatch(_flat(printed)) is not None


def is_plausible(printed: str) -> bool:
    """Whether the text looks like a whole number, be its area known or not."""
    flat = _flat(printed)
    return bool(
        LOCAL.fullmatch(flat) or to_e164(printed) or (MASKED.fullmatch(flat) and "*" in flat)
    )


def _foreign(flat: str) -> str | None:
    # Numbers of other countries are rare enough to pay the library's import only then.
    if not flat.startswith(("+", "00")):
        return None
    import phonenumbers

    try:
        number = phonenumbers.parse("+" + flat.lstrip("+0"), None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
