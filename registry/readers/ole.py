"""OLE compound files (doc, xls, and office files under a password): which of them a file is."""

from __future__ import annotations

from registry.errors import UnreadableFile


def ole_kind(data: bytes, name: str) -> str:
    """doc, xls or ole; a password is refused here."""
    import olefile

    try:
        with olefile.OleFileIO(data) as ole:
            streams = {"/".join(parts).lower() for parts in ole.listdir()}
    except (OSError, ValueError, IndexError, TypeError, KeyError, AttributeError) as error:
        raise UnreadableFile(
            f"文件“{name}”已损坏或没有传完整。请用原来的软件打开后另存为 .docx 或 .xlsx 再发。"
        ) from error
    if "encryptedpackage" in streams:
        raise UnreadableFile(f"文件“{name}”有密码。请去掉密码后再发。")
    if "worddocument" in streams:
        return "doc"
    if "workbook" in streams or "book" in streams:
        return "xls"
    return "ole"
