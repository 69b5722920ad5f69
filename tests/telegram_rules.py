"""The documented limits of the Bot API, as checks that raise Refused with Telegram's own words."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

from tdjson import td_execute

INLINE = {
    "b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "mark", "sub", "sup",
    "tg-spoiler", "a", "tg-reference", "tg-emoji", "tg-time", "tg-math", "br",
}  # fmt: skip
BLOCK = {
    "h1", "h2", "h3", "h4", "h5", "h6", "p", "pre", "footer", "hr", "ul", "ol", "li", "blockquote",
    "cite", "aside", "table", "caption", "tr", "th", "td", "details", "summary",
    "tg-math-block", "tg-button-row", "tg-button",
}  # fmt: skip
VOID = {"br", "hr"}
ENTITIES = {
    "lt", "gt", "amp", "quot", "apos", "nbsp", "hellip", "mdash", "ndash",
    "lsquo", "rsquo", "ldquo", "rdquo",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "name"}, "table": {"bordered", "striped", "compact"},
    "td": {"colspan", "rowspan", "align", "valign"}, "th": {"colspan", "rowspan", "align", "valign"},
    "details": {"open"}, "ol": {"start", "type", "reversed"}, "li": {"value", "type"},
    "blockquote": {"collapsed"}, "code": {"class"}, "tg-time": {"unix", "format"},
}  # fmt: skip
COUNTED = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "footer", "hr", "tr", "li", "table",
           "blockquote", "details", "ul", "ol", "aside"}  # fmt: skip
ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query",
    "switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "copy_text", "pay",
    "callback_game", "disabled",
)  # fmt: skip

_quiet = False


class Refused(Exception):
    """400 with Telegram's description."""


def parsed(text: str, parse_mode: str | None) -> str:
    """The text as TDLib, Telegram's own library, leaves it."""
    global _quiet
    if not _quiet:
        td_execute(b'{"@type":"setLogVerbosityLevel","new_verbosity_level":0}')
        _quiet = True
    if not parse_mode:
        return text
    request = {
        "@type": "parseTextEntities",
        "text": text,
        "parse_mode": {"@type": f"textParseMode{'HTML' if parse_mode == 'HTML' else 'Markdown'}"},
    }
    answer = json.loads(td_execute(json.dumps(request).encode()))
    if answer["@type"] == "error":
        raise Refused(f"Bad Request: {answer['message']}")
    return str(answer["text"])


def units(text: str) -> int:
    """UTF-16 code units, which is how Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


def check_text(text: str | None, parse_mode: str | None, limit: int = 4096) -> str:
    """What is shown of a text within its limit."""
    if not text or not text.strip():
        raise Refused("Bad Request: message text is empty")
    if len(text.encode()) > 32_768:
        raise Refused("Bad Request: message is too long")
    shown = parsed(text, parse_mode)
    if not shown.strip():
        raise Refused("Bad Request: message text is empty")
    if units(shown) > limit:
        raise Refused("Bad Request: message is too long")
    return shown


def check_markup(markup: dict[str, Any] | None, *, private: bool) -> None:
    """Inline keyboards: rows, one action a button, 1-64 bytes of data, 1-256 characters to copy."""
    if markup is None:
        return
    rows = markup.get("inline_keyboard")
    if not isinstance(rows, list):
        raise Refused("Bad Request: only inline keyboards are expected here")
    if sum(len(row) for row in rows) > 100 or any(not 1 <= len(row) <= 8 for row in rows):
        raise Refused("Bad Request: reply markup is too long")
    for button in (button for row in rows for button in row):
        _check_button(button, private=private)


def _check_button(button: dict[str, Any], *, private: bool) -> None:
    if not button.get("text", "").strip():
        raise Refused("Bad Request: inline keyboard button text must be non-empty")
    actions = [name for name in ACTIONS if button.get(name) is not None]
    if len(actions) != 1:
        raise Refused(f"Bad Request: button must have exactly one action, has {actions}")
    if "callback_data" in actions and not 1 <= len(button["callback_data"].encode()) <= 64:
        raise Refused("Bad Request: BUTTON_DATA_INVALID")
    if "copy_text" in actions and not 1 <= len(button["copy_text"]["text"]) <= 256:
        raise Refused("Bad Request: BUTTON_COPY_TEXT_INVALID")
    if "url" in actions and not re.match(r"(https?|tg)://", button["url"]):
        raise Refused("Bad Request: BUTTON_URL_INVALID")
    if "web_app" in actions and not private:
        raise Refused("Bad Request: BUTTON_TYPE_INVALID")
    if button.get("style") not in {None, "danger", "success", "primary"}:
        raise Refused("Bad Request: button style is invalid")


class _Rich(HTMLParser):
    """Walks the HTML of a rich message."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []
        self.text: list[str] = []
        self.blocks = 0
        self.columns: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in INLINE | BLOCK:
            raise Refused(f'Bad Request: unsupported start tag "{tag}"')
        for name, _ in attrs:
            if name not in ATTRIBUTES.get(tag, set()):
                raise Refused(f'Bad Request: unsupported attribute "{name}" of "{tag}"')
        href = dict(attrs).get("href")
        if href is not None and not re.match(r"https?://|mailto:|tel:|tg://user\?id=|#", href):
            raise Refused(f"Bad Request: unsupported link {href}")
        if {"td", "th", "caption", "summary"} & set(self.open) and tag in BLOCK:
            raise Refused(f'Bad Request: block "{tag}" inside a cell')
        if set(self.open) & INLINE and tag in BLOCK:
            raise Refused(f'Bad Request: block "{tag}" inside inline text')
        if tag in {"td", "th"} and (not self.open or self.open[-1] != "tr"):
            raise Refused("Bad Request: a cell outside a row")
        if tag == "tr":
            self.columns.append(0)
        if tag in {"td", "th"}:
            self.columns[-1] += int(dict(attrs).get("colspan") or 1)
        self.blocks += tag in COUNTED
        if tag not in VOID:
            self.open.append(tag)
        if len(self.open) > 16:
            raise Refused("Bad Request: too many nested blocks")

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            raise Refused(f'Bad Request: unexpected end tag "{tag}"')

    def handle_data(self, data: str) -> None:
        if data.strip() and (not self.open or self.open[-1] in {"table", "tr", "ul", "ol"}):
            raise Refused(f"Bad Request: text outside a block: {data[:20]!r}")
        if "<" in data or re.search(r"&(?!#?\w+;)", data):
            raise Refused("Bad Request: unescaped character")
        self.text.append(data)

    def handle_entityref(self, name: str) -> None:
        if name not in ENTITIES:
            raise Refused(f"Bad Request: unsupported entity &{name};")
        self.text.append({"lt": "<", "gt": ">", "amp": "&"}.get(name, " "))

    def handle_charref(self, name: str) -> None:
        self.text.append(chr(int(name[1:], 16) if name[:1] in "xX" else int(name)))


def check_rich(rich: dict[str, Any]) -> str:
    """What is shown of a rich message within the documented tags, cells and limits."""
    given = [name for name in ("html", "markdown", "blocks") if rich.get(name)]
    if given != ["html"]:
        raise Refused(f"Bad Request: expected html only, got {given}")
    walker = _Rich()
    walker.feed(rich["html"])
    walker.close()
    if walker.open:
        raise Refused(f"Bad Request: unclosed {walker.open}")
    shown = "".join(walker.text)
    if not shown.strip() or len(shown) > 32_768:
        raise Refused("Bad Request: rich message length")
    if walker.blocks > 500 or any(columns > 20 for columns in walker.columns):
        raise Refused("Bad Request: rich message has too many blocks or columns")
    return shown
