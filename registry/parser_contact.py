"""Contact persons and their numbers, in one cell, two, or a line after the table."""

from __future__ import annotations

from collections.abc import Sequence

from registry.findings import finding
from registry.parser_head import PlanHead, is_hint_value, put_value
from registry.parser_rows import Found
from registry.parser_values import split_contact, tidy
from registry.phones import is_plausible

AFTER_PERSON = 3


def read_contact(before: Sequence[Found], after: Sequence[Found], out: PlanHead) -> None:
    people = [f for f in (*before, *after) if f.label.field in ("contact_person", "contact")]
    if not people:
        phones = [f for f in before if f.label.field == "contact_phone"]
        if phones and not phones[0].text.strip():
            out.blank.add("contact_phone")
            out.places["contact_phone"] = phones[0].place
        elif phones:
            _set_phone(phones[0], split_contact(phones[0].text)[1] or tidy(phones[0].text), out)
        return
    given = [f for f in people if f.text.strip() and not is_hint_value(f.text)]
    chosen = max(given, key=lambda f: f.label.rank) if given else people[0]
    person, phone = split_contact(chosen.text)
    put_value(out, "contact_person", person or "", chosen)
    if out.printed.get("contact_person") == chosen.text and tidy(chosen.text) == person:
        del out.printed["contact_person"]
    if phone is not None:
        _set_phone(chosen, phone, out)
        return
    _read_phone(chosen, before, after, out)


def _read_phone(
    chosen: Found, before: Sequence[Found], after: Sequence[Found], out: PlanHead
) -> None:
    listed = before if chosen in before else after
    phones = [
        f
        for f in listed
        if f.label.field == "contact_phone" and 0 <= f.row - chosen.row <= AFTER_PERSON
    ]
    if not phones:
        if chosen.label.field == "contact":
            out.blank.add("contact_phone")
            out.places["contact_phone"] = chosen.place
        return
    found = phones[0]
    number = split_contact(found.text)[1]
    _set_phone(found, number or tidy(found.text), out)


def _set_phone(found: Found, number: str, out: PlanHead) -> None:
    out.places["contact_phone"] = found.place
    if not number or is_hint_value(number):
        out.blank.add("contact_phone")
        return
    out.values["contact_phone"] = number
    if number != found.text:
        out.printed["contact_phone"] = found.text
    if not is_plausible(number):
        out.findings.append(
            finding("odd-phone", place=found.place, field="contact_phone", value=number)
        )
