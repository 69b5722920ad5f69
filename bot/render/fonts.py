"""Finds a font with Chinese in it: a package that carries Noto Sans CJK, or the system's."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from registry.fonts import packaged_fonts

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

PLACES = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
)
SIMPLIFIED = 2  # the collection's order: JP, KR, SC, TC, HK


@cache
def font_file() -> Path | None:
    """The collection's file, or None: then no pictures are offered."""
    packaged = (folder / "NotoSansCJK-Regular.ttc" for folder in packaged_fonts())
    files = [*packaged, *map(Path, PLACES)]
    return next((file for file in files if file.is_file()), None)


@cache
def font(size: int) -> FreeTypeFont:
    """The font in that size."""
    from PIL import ImageFont

    file = font_file()
    if file is None:
        raise FileNotFoundError("no font with Chinese characters")
    return ImageFont.truetype(str(file), size, index=SIMPLIFIED)
