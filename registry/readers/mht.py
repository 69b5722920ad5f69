"""mht: a web page archived in one file, as Word, Excel and browsers save it. The pages in it are read."""

from __future__ import annotations

import email

from registry.errors import UnreadableFile
from registry.readers.html import read_html
from registry.sheet import Document

# Excel keeps a page for each worksheet, a browser one for each frame, and all of them the pictures.
MOST_PAGES = 300
MOST_PARTS = 5000


def read_mht(data: bytes, name: str) -> Document:
    """The tables and lines of every page in the archive."""
    pages: list[bytes] = []
    if data.lower().count(b"content-type:") > MOST_PARTS:
        raise UnreadableFile(f"网页存档“{name}”的内容过多。请用 Word 打开后另存为 .docx 再发。")
    for part in email.message_from_bytes(data).walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            body = part.get_payload(decode=True)
            if isinstance(body, bytes) and body.strip():
                pages.append(body)
    if not pages or len(pages) > MOST_PAGES:
        raise UnreadableFile(
            f"网页存档“{name}”里没有可以读取的网页。请用 Word 或浏览器打开后另存为 .docx 或 .html 再发。"
        )
    document = Document(name, ())
    for page in pages:
        read = read_html(page, name)
        document.sheets += tuple(sheet for sheet in read.sheets if sheet.rows)
        document.findings += read.findings
    return document
