"""Finds a font with Chinese in it: a package that carries Noto Sans CJK, or the system's."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

PACKAGE = "noto_cjk_sans_otc"
PLACES = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
)
SIMPLIFIED = 2  # the collection's order: JP, KR, SC, TC, HK


@cache
def font_file() -> Path | None:
    """The collection's file, or None: then no pictures are offered."""
    spec = find_spec(PACKAGE)
    places = [Path(folder) for folder in (spec.submodule_search_locations or ())] if spec else []
    files = [*(place / "NotoSansCJK-Regular.ttc" for place in places), *map(Path, PLACES)]
    return next((file for file in files if file.is_file()), None)


@cache
def font(size: int) -> FreeTypeFont:
    """The font in that size."""
    from PIL import ImageFont

    file = font_file()
    if file is None:
        raise FileNotFoundError("no font with Chinese characters")
    return ImageFont.truetype(str(file), size, index=SIMPLIFIED)
