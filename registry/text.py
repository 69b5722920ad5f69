"""One normal form of Chinese text: width, script, brackets, white space, invisible characters."""

from __future__ import annotations

import os
import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe00-\ufe0f]+")
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")

# NFKC leaves these as they are; sheets and phones print them side by side.
ALIKE = str.maketrans(
    {
        "〔": "[", "〕": "]", "【": "[", "】": "]", "［": "[", "］": "]", "﹝": "[", "﹞": "]",
        "「": '"', "」": '"', "『": '"', "』": '"', "“": '"', "”": '"', "‘": "'", "’": "'",
        "〈": "<", "〉": ">", "。": ".", "、": ",", "—": "-", "–": "-", "−": "-", "‐": "-", "‑": "-",
        "≧": "≥", "⩾": "≥", "≦": "≤", "⩽": "≤", "═": "=", "·": "·", "•": "·",
    }
)  # fmt: skip


@cache
def _converter() -> OpenCC:
    # Imported when the first traditional text comes: most processes never meet one.
    from opencc import OpenCC

    return OpenCC("t2s")


def width(text: str) -> str:
    """NFKC without invisible characters; the length may change."""
    return INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


# Characters that GB 2312 has and OpenCC changes all the same.
CHANGED = re.compile("[乾菸薹拚捱摺吒後徵夥榘於袷麴醣麽藉沈]")


@cache
def _plain() -> re.Pattern[str]:
    every = "".join(map(chr, range(0x10000))).encode("gb2312", "ignore").decode("gb2312")
    return re.compile(f"[{re.escape(CHANGED.sub('', every))}]*")


def is_plain(text: str) -> bool:
    """Whether all of the text is in the simplified characters of GB 2312, which need no OpenCC."""
    # One table of bits: encoding the text would go through far more memory.
    return _plain().fullmatch(text) is not None


@lru_cache(maxsize=4096)
def simplified(text: str) -> str:
    """Traditional characters to simplified ones (聯繫電話 -> 联系电话)."""
    if is_plain(text) or is_plain("".join(HAN.findall(text))):
        return text
    converted: str = _converter().convert(text)
    return converted


def squeeze(text: str) -> str:
    """All white space removed."""
    return "".join(text.split())


@lru_cache(maxsize=8192)
def normal(text: str) -> str:
    """Half width, without white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def folded(text: str) -> str:
    """The form in which names and labels are compared: half width, simplified, lower case, one
    kind of bracket and quote, no white space. 「項目　总 资金額」 -> 项目总资金额."""
    return squeeze(simplified(width(text)).translate(ALIKE)).lower()


# What a terminal or a message would take for a command.
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


def name_of(path: Path) -> str:
    """A file's name as text. Names packed on a Chinese Windows are often not UTF-8."""
    name = path.name
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        name = os.fsencode(name).decode("gb18030", errors="replace")
    return CONTROL.sub("\ufffd", name)
