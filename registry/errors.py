"""Every exception the registry raises on purpose.

RegistryError
├── UnreadableFile        a file no reader can open: broken, encrypted, disguised, too large, a scan
├── PlanNotFound          no plan answers to that id, name or year
├── ImportNotFound        no import, version or preview has that number
├── NothingToUndo         the newest version is not one that can be taken back
├── InvalidCorrection     a corrected value that the field cannot hold
└── StoreUnavailable      the database does not answer
"""

from __future__ import annotations


class RegistryError(Exception):
    """Root of the tree; `message` names what, where, what was expected and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UnreadableFile(RegistryError):
    """A file that cannot be read; the message says what to do with it."""


class PlanNotFound(RegistryError):
    """No plan in the registry answers to what was asked."""


class ImportNotFound(RegistryError):
    """No import has that number, or its preview is gone."""


class NothingToUndo(RegistryError):
    """There is no version that can be taken back."""


class InvalidCorrection(RegistryError):
    """The field cannot hold the corrected value."""


class StoreUnavailable(RegistryError):
    """The database did not answer; the operation may be tried again."""
