"""The fonts that letters of PDFs without embedded fonts are measured with.

PDFium drops a text whose only letter has no shape in any font at hand (≤, 是 in a cell of its own), so
that what is read would depend on the fonts of the machine. The package with Noto Sans CJK that
pictures are drawn with has them everywhere.
"""

from __future__ import annotations

import ctypes
from pathlib import Path
from threading import Lock

from registry.fonts import packaged_fonts

SYSTEM = ("/usr/share/fonts", "/usr/local/share/fonts")
VERSION = 2  # of the settings that PDFium is started with

# PDFium reads the paths again whenever it looks for a font: they live as long as the process.
_kept: list[object] = []
_starting = Lock()


def use_own_fonts() -> None:
    """Starts PDFium anew with the package's folder before the system's, the first time it is called;
    every reader calls it before it opens a document, in whatever thread."""
    with _starting:
        if not _kept:
            _start(packaged_fonts())


def _start(packaged: tuple[Path, ...]) -> None:
    if not packaged:
        return
    from pypdfium2 import raw

    folders = [*packaged, *(folder for folder in map(Path, SYSTEM) if folder.is_dir())]
    pointer = ctypes.POINTER(ctypes.c_char)
    names = [ctypes.create_string_buffer(bytes(folder)) for folder in folders]
    paths = (pointer * (len(names) + 1))(*(ctypes.cast(name, pointer) for name in names))
    settings = raw.FPDF_LIBRARY_CONFIG(version=VERSION)
    settings.m_pUserFontPaths = ctypes.cast(paths, type(settings.m_pUserFontPaths))
    _kept.extend((names, paths, settings))
    raw.FPDF_DestroyLibrary()
    raw.FPDF_InitLibraryWithConfig(settings)
