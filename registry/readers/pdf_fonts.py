"""The fonts that letters of PDFs without embedded fonts are measured with.

PDFium drops a text whose only letter has no shape in any font at hand (≤, 是 in a cell of its own), so
that what is read would depend on the fonts of the machine. The package with Noto Sans CJK that
pictures are drawn with has them everywhere.
"""

from __future__ import annotations

import ctypes
from functools import cache
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "noto_cjk_sans_otc"
SYSTEM = ("/usr/share/fonts", "/usr/local/share/fonts")
VERSION = 2  # of the settings that PDFium is started with

# PDFium reads the paths again whenever it looks for a font: they live as long as the process.
_kept: list[object] = []


@cache
def use_own_fonts() -> None:
    """Starts PDFium anew with the package's folder before the system's; once, with no document open."""
    from pypdfium2 import raw

    spec = find_spec(PACKAGE)
    if spec is None:
        return
    folders = [*(spec.submodule_search_locations or ()), *filter(_is_folder, SYSTEM)]
    pointer = ctypes.POINTER(ctypes.c_char)
    names = [ctypes.create_string_buffer(folder.encode()) for folder in folders]
    paths = (pointer * (len(names) + 1))(*(ctypes.cast(name, pointer) for name in names))
    settings = raw.FPDF_LIBRARY_CONFIG(version=VERSION)
    settings.m_pUserFontPaths = ctypes.cast(paths, type(settings.m_pUserFontPaths))
    _kept.extend((names, paths, settings))
    raw.FPDF_DestroyLibrary()
    raw.FPDF_InitLibraryWithConfig(settings)


def _is_folder(path: str) -> bool:
    return Path(path).is_dir()
