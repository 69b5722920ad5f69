"""The one place where an exception becomes words for a person: a table from class to phrase."""

from __future__ import annotations

from aiogram.exceptions import AiogramError

from bot.render.guard import UnsupportedNumber
from bot.render.words import say
from bot.telegram.callbacks import UnreadableButton
from registry.errors import (
    ImportNotFound,
    InvalidCorrection,
    NothingToUndo,
    PlanNotFound,
    RegistryError,
    StoreUnavailable,
    UnreadableFile,
)

# Looked up by the class and then by its parents, nearest first.
PHRASES: dict[type[BaseException], str] = {
    UnreadableFile: "error.unreadable_file",
    PlanNotFound: "error.plan_not_found",
    ImportNotFound: "error.import_not_found",
    NothingToUndo: "error.nothing_to_undo",
    InvalidCorrection: "error.invalid_correction",
    StoreUnavailable: "error.store_unavailable",
    RegistryError: "error.registry",
    UnsupportedNumber: "error.unsupported_number",
    UnreadableButton: "error.unreadable_button",
    AiogramError: "error.telegram",
    TimeoutError: "error.store_unavailable",
    Exception: "error.unexpected",
}


def phrase_for(error: BaseException) -> str:
    """What a person reads when this went wrong; never the exception's own English words."""
    for cls in type(error).__mro__:
        if cls in PHRASES:
            return say(PHRASES[cls])
    return say("error.unexpected")
