"""How fast documents are read, next to the bare library that opens each format.

    python tests/benchmarks/reading.py [FOLDER ...]     (default: the documents of the tests)

Prints, per format: the median time of the bare library, of our whole reading (open, parse, check),
and their ratio. A bare library hands over what it can: cells for docx, xlsx, xls, html and odt,
the text for pdf and txt, and for doc, of which no library reads the text, the undecoded stream.
Every process reads each document once, in an order of its own, and is timed when it has read half
of them: it knows the words that all documents share, and has never seen the one it reads.
Run by hand; figures depend on the machine.
"""

from __future__ import annotations

import multiprocessing
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2].resolve()))

from registry.reading import read_file

DATA = Path(__file__).parent.parent / "data"
ROUNDS = 10


def open_docx(path: Path) -> object:
    import docx

    return [[c.text for c in row.cells] for t in docx.Document(str(path)).tables for row in t.rows]


def open_xlsx(path: Path) -> object:
    import openpyxl

    return [list(sheet.values) for sheet in openpyxl.load_workbook(path)]


def open_xls(path: Path) -> object:
    import xlrd

    return xlrd.open_workbook(path, formatting_info=True)


def open_pdf(path: Path) -> object:
    import pdfplumber

    with pdfplumber.open(path) as pdf:
        return [page.extract_text() for page in pdf.pages]


def open_html(path: Path) -> object:
    from lxml import html

    page = html.document_fromstring(path.read_bytes())
    return [[cell.text_content() for cell in row] for row in page.iter("tr")]


def open_ole(path: Path) -> object:
    import olefile

    with olefile.OleFileIO(path) as ole:
        return ole.openstream("WordDocument").read()


def open_package(path: Path) -> object:
    import zipfile

    from lxml import etree

    with zipfile.ZipFile(path) as package:
        root = etree.fromstring(package.read("content.xml"))
    return [["".join(cell.itertext()) for cell in row] for row in root.iter("{*}table-row")]


def open_text(path: Path) -> object:
    from charset_normalizer import from_bytes

    return str(from_bytes(path.read_bytes()).best())


BARE: dict[str, tuple[str, Callable[[Path], object]]] = {
    "docx": ("python-docx", open_docx),
    "xlsx": ("openpyxl", open_xlsx),
    "xls": ("xlrd", open_xls),
    "pdf": ("pdfplumber", open_pdf),
    "html": ("lxml.html", open_html),
    "doc": ("olefile (bytes)", open_ole),
    "odt": ("zip + lxml", open_package),
    "txt": ("charset-normalizer", open_text),
    "csv": ("charset-normalizer", open_text),
}


def open_bare(path: Path) -> None:
    if path.suffix[1:] in BARE:
        BARE[path.suffix[1:]][1](path)


def read_all(work: Callable[[Path], object], paths: list[Path]) -> list[tuple[str, float]]:
    """The ending and the time of each document of the later half."""
    times = []
    for path in paths:
        started = time.perf_counter()
        work(path)
        times.append((path.suffix[1:], (time.perf_counter() - started) * 1000))
    return times[len(paths) // 2 :]


def medians(work: Callable[[Path], object], paths: list[Path]) -> dict[str, float]:
    """The median time of each format, in milliseconds."""
    orders = [(work, random.Random(turn).sample(paths, len(paths))) for turn in range(ROUNDS)]
    with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1) as pool:
        timed = [each for times in pool.starmap(read_all, orders, chunksize=1) for each in times]
    return {
        ending: statistics.median(ms for other, ms in timed if other == ending)
        for ending in {ending for ending, _ in timed}
    }


def main() -> None:
    folders = [Path(a) for a in sys.argv[1:]] or [DATA / "sheets" / "docs", DATA / "formats"]
    paths = [path for folder in folders for path in sorted(folder.iterdir())]
    ours, bare = medians(read_file, paths), medians(open_bare, paths)
    print(
        f"{'format':7}{'files':>6}  {'bare library':20}{'bare ms':>9}{'ours ms':>9}{'ratio':>7}{'docs/s':>8}"
    )
    for ending, ms in sorted(ours.items()):
        files = sum(path.suffix[1:] == ending for path in paths)
        name = BARE[ending][0] if ending in BARE else "-"
        least = bare[ending] if ending in BARE else float("nan")
        print(
            f"{ending:7}{files:6}  {name:20}{least:9.2f}{ms:9.2f}{ms / least:7.2f}{1000 / ms:8.0f}"
        )


if __name__ == "__main__":
    main()
