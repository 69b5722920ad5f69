"""What stands in a button: ids only, at most 64 bytes, readable by every later version."""

from __future__ import annotations

from dataclasses import dataclass

from bot.answer import Do, Step

LIMIT = 64  # bytes
STEP = "a"  # the first letter of a step's data; other letters below are the bot's own buttons
NO_LABEL = ""


class UnreadableButton(ValueError):
    """The data of a button that no version of this bot wrote."""


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed step. `owner` is set where only one person may press; `private`: for their eyes."""

    step: Step
    owner: int | None = None
    private: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """A button of the surface itself: a verb and its ids ("plain", "approve" 42)."""

    verb: str
    ids: tuple[str, ...] = ()


def pack(step: Step, owner: int | None = None, *, private: bool = False) -> str:
    """a:do:project:field:item:page:owner:private with empty parts for what is not set."""
    parts = [
        STEP,
        step.do.value,
        str(step.project_id or ""),
        step.field,
        str(step.item or ""),
        str(step.page or ""),
        str(owner or ""),
        "p" if private else "",
    ]
    data = ":".join(parts).rstrip(":")
    if len(data.encode()) > LIMIT:
        raise ValueError(f"button data of {len(data.encode())} bytes: {data}")
    return data


def pack_act(verb: str, *ids: object) -> str:
    """b:verb:id:id…"""
    data = ":".join(["b", verb, *(str(part) for part in ids)])
    if len(data.encode()) > LIMIT:
        raise ValueError(f"button data of {len(data.encode())} bytes: {data}")
    return data


def unpack(data: str) -> Press | Act:
    """What a button says; UnreadableButton where it was not ours."""
    if not data or len(data.encode()) > LIMIT:
        raise UnreadableButton(data)
    kind, *parts = data.split(":")
    if kind == "b" and parts and parts[0].isascii() and parts[0].isalpha():
        return Act(parts[0], tuple(parts[1:]))
    if kind != STEP or not parts or len(parts) > 7:
        raise UnreadableButton(data)
    do, project, field, item, page, owner, private = (parts + [""] * 7)[:7]
    if field and not (field.isascii() and field.replace("_", "a").isalnum()):
        raise UnreadableButton(data)
    try:
        step = Step(NO_LABEL, Do(do), _number(project), field, _number(item), _number(page))
        return Press(step, _number(owner) or None, private == "p")
    except ValueError as error:
        raise UnreadableButton(data) from error


def _number(text: str) -> int:
    if text and not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise ValueError(text)
    return int(text or 0)
