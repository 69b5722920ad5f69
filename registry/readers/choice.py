"""Which reader a file needs: by its first bytes, held against its extension."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable
from os.path import splitext
from typing import TYPE_CHECKING, Any

from registry.errors import UnreadableFile
from registry.sheet import Document

if TYPE_CHECKING:
    from registry.readers.package import Package

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
KNOWN = ("docx", "xlsx", "xls", "doc", "pdf", "html", "mht", "odt", "rtf", "txt", "csv")
SAME = {
    "htm": "html",
    "xhtml": "html",
    "mhtml": "mht",
    "docm": "docx",
    "dotx": "docx",
    "xlsm": "xlsx",
    "tsv": "csv",
    "text": "txt",
    "md": "txt",
    "xltx": "xlsx",
    "log": "txt",
}
KINDS = {
    "docx": "Word 文档（.docx）", "xlsx": "Excel 工作簿（.xlsx）", "xls": "旧版 Excel（.xls）", "doc": "旧版 Word（.doc）",
    "pdf": "PDF", "html": "网页（.html）", "mht": "网页存档（.mht）", "odt": "OpenDocument（.odt）", "rtf": "RTF", "txt": "文本（.txt）", "csv": "CSV",
    "zip": "压缩包", "image": "图片", "program": "程序", "ole": "旧版 Office 文档",
}  # fmt: skip
# What the formats' libraries raise when a file's own numbers lie; each was met with a damaged file.
DAMAGED = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    struct.error,
    zlib.error,
    EOFError,
    OSError,
    RecursionError,
)
IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"RIFF")
HEADER = re.compile(rb"[a-z-]+:")
PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe")


def read_bytes(data: bytes, name: str) -> Document:
    """The rows of a file, by the reader its content asks for."""
    try:
        return _read_claimed(data, name)
    except DAMAGED as error:
        raise UnreadableFile(
            f"文件“{name}”已损坏或没有传完整，读不出来。请用原来的软件打开后另存为 .docx 或 .xlsx 再发。"
        ) from error


def _read_claimed(data: bytes, name: str) -> Document:
    claimed = _claimed(name)
    actual, source = _actual(data, name, claimed)
    if actual in ("zip", "image", "program", "ole"):
        _refuse(actual, name)
    if claimed is not None and claimed != actual and (claimed, actual) != ("mht", "html"):
        raise UnreadableFile(
            f"文件“{name}”的扩展名是 .{claimed}，内容却是{KINDS[actual]}。请用原来的软件打开后另存为 .docx 或 .xlsx 再发。"
        )
    return _read(actual, source, name)


def _claimed(name: str) -> str | None:
    extension = splitext(name)[1].lower().removeprefix(".")
    extension = SAME.get(extension, extension)
    if extension in KNOWN:
        return extension
    if extension in (
        "wps",
        "et",
        "pages",
        "numbers",
        "ods",
        "xlsb",
        "pptx",
        "ppt",
        "ofd",
        "zip",
        "rar",
        "7z",
        "exe",
    ):
        raise UnreadableFile(
            f"还不能读取 .{extension} 文件（“{name}”）。请另存为 .docx、.xlsx 或带文字的 PDF 再发。"
        )
    return None


def _actual(data: bytes, name: str, claimed: str | None) -> tuple[str, Any]:
    """The kind of a file, and what is read of it: a package as it was opened to tell its kind, the
    bytes of most others."""
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        from registry.readers.package import Package

        package = Package(data, name)
        return _package_kind(package), package
    if data.startswith(OLE):
        from registry.readers.ole import ole_kind, open_ole

        ole = open_ole(data, name)
        kind = ole_kind(ole, name)
        return kind, ole if kind == "doc" else data
    return _plain_kind(data[:1024], name, claimed), data


def _plain_kind(head: bytes, name: str, claimed: str | None) -> str:
    if b"%PDF-" in head:
        return "pdf"
    if head.lstrip().startswith(b"{\\rtf"):
        return "rtf"
    if head.startswith(IMAGES) and not (
        head.startswith((b"BM", b"RIFF")) and claimed in ("txt", "csv")
    ):
        return "image"
    if head.startswith(PROGRAMS) and claimed not in ("txt", "csv"):
        return "program"
    return _text_kind(head, name, claimed)


def _text_kind(head: bytes, name: str, claimed: str | None) -> str:
    flat = head.replace(b"\x00", b"").removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    looks_html = flat.startswith(
        (b"<!doctype html", b"<html", b"<head", b"<body", b"<table", b"<meta")
    ) or (flat.startswith((b"<?xml", b"<!--")) and b"<html" in flat)
    if looks_html:
        return "html"
    if claimed not in ("txt", "csv") and b"mime-version:" in flat and HEADER.match(flat):
        return "mht"
    if claimed in ("txt", "csv", "html"):
        return claimed
    if claimed in ("docx", "xlsx", "odt", "doc", "xls", "pdf", "rtf", "mht"):
        raise UnreadableFile(
            f"文件“{name}”不是有效的{KINDS[claimed]}（已损坏、没有传完整，或者改过扩展名）。请用原来的软件打开后另存再发。"
        )
    return "txt"


def _package_kind(package: Package) -> str:
    if any(member.startswith("word/") for member in package.names):
        return "docx"
    if any(member.startswith("xl/") for member in package.names):
        return "xlsx"
    if "mimetype" in package and b"opendocument.text" in package.read("mimetype"):
        return "odt"
    if "EncryptedPackage" in package:
        raise UnreadableFile(f"文件“{package.name}”有密码。请去掉密码后再发。")
    return "zip"


def _refuse(actual: str, name: str) -> None:
    advice = {
        "zip": "请解压后把里面的绩效目标表逐个发来。",
        "image": "图片里的文字无法读取，请发原始的 .docx、.xlsx 或带文字的 PDF。",
        "program": "这不是文档，已拒绝。请发送 Word、Excel 或 PDF 格式的绩效目标表。",
        "ole": "请用原来的软件打开后另存为 .docx 或 .xlsx 再发。",
    }[actual]
    raise UnreadableFile(f"文件“{name}”的内容是{KINDS[actual]}，不是绩效目标表。{advice}")


def _read(kind: str, source: Any, name: str) -> Document:
    # Each format's library is imported when the first file of that format comes.
    read: Callable[[Any, str], Document]
    if kind == "docx":
        from registry.readers.docx import read_docx as read
    elif kind == "xlsx":
        from registry.readers.xlsx import read_xlsx as read
    elif kind == "xls":
        from registry.readers.xls import read_xls as read
    elif kind == "doc":
        from registry.readers.doc import read_doc as read
    elif kind == "pdf":
        from registry.readers.pdf import read_pdf as read
    elif kind == "html":
        from registry.readers.html import read_html as read
    elif kind == "mht":
        from registry.readers.mht import read_mht as read
    elif kind == "odt":
        from registry.readers.odt import read_odt as read
    elif kind == "rtf":
        from registry.readers.rtf import read_rtf as read
    elif kind == "csv":
        from registry.readers.plaintext import read_csv as read
    else:
        from registry.readers.plaintext import read_txt as read
    return read(source, name)
