"""OLE compound files (doc, xls, and office files under a password): which of them a file is."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from registry.errors import UnreadableFile

if TYPE_CHECKING:
    from olefile import OleFileIO


def open_ole(data: bytes, name: str) -> OleFileIO:
    """The compound file in memory; there is nothing to close."""
    import olefile

    try:
        return olefile.OleFileIO(io.BytesIO(data))
    except (OSError, ValueError, IndexError, TypeError, KeyError, AttributeError) as error:
        raise UnreadableFile(
            f"文件“{name}”已损坏或没有传完整。请用原来的软件打开后另存为 .docx 或 .xlsx 再发。"
        ) from error


def ole_kind(ole: OleFileIO, name: str) -> str:
    """doc, xls or ole; a password is refused here."""
    streams = {"/".join(parts).lower() for parts in ole.listdir()}
    if "encryptedpackage" in streams:
        raise UnreadableFile(f"文件“{name}”有密码。请去掉密码后再发。")
    if "worddocument" in streams:
        return "doc"
    if "workbook" in streams or "book" in streams:
        return "xls"
    return "ole"
