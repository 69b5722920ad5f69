"""The package with Noto Sans CJK: pictures are drawn with it, letters of PDFs measured with it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

PACKAGE = "noto_cjk_sans_otc"


def packaged_fonts() -> tuple[Path, ...]:
    """The folders of the package; none where it is not installed."""
    spec = find_spec(PACKAGE)
    return tuple(map(Path, (spec.submodule_search_locations or ()) if spec else ()))
