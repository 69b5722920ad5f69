"""Telephone numbers: as printed, and in E.164."""

from __future__ import annotations

import re
import unicodedata

DEFAULT_AREA_CODE = "023"

MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
# Two-digit area codes are Beijing's 010 and 020-029; all others have three digits after the 0.
LANDLINE = re.compile(r"(?:\+?86)?0?(10|2\d|[3-9]\d{2})(\d{7,8})")


def digits(text: str) -> str:
    """The digits of a printed number."""
    return re.sub(r"\D", "", unicodedata.normalize("NFKC", text))


def to_e164(printed: str, area_code: str = DEFAULT_AREA_CODE) -> str | None:
    """The number for a telephone, +862340236567; None where it is no possible number."""
    flat = re.sub(r"[\s\-—－()（）]", "", unicodedata.normalize("NFKC", printed))
    if MOBILE.fullmatch(flat):
        return "+86" + flat[-11:]
    if re.fullmatch(r"[2-8]\d{6,7}", flat):
        return "+86" + area_code.lstrip("0") + flat
    landline = LANDLINE.fullmatch(flat)
    if landline is not None and flat.startswith(("0", "+86", "86")):
        return "+86" + landline.group(1) + landline.group(2)
    if not re.fullmatch(r"\+?\d{5,15}", flat):
        return None
    return _foreign(flat)


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
