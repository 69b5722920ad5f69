"""Files made to harm are refused in bounded time and memory, each with a sentence on what to do."""

from __future__ import annotations

import io
import json
import os
import random
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from reading_forms import ONE, as_docx, as_html, as_text, as_xlsx

from registry.errors import UnreadableFile
from registry.readers.choice import read_bytes
from registry.readers.office import program
from registry.reading import Reading, as_json, interpret, read_file, read_safely
from registry.reading_worker import SafeReader

DATA = Path(__file__).parent / "data"
ROOT = Path(__file__).parents[1]
ODD = DATA / "oddities"
SEED = min((Path(__file__).parents[1] / "seeds").iterdir())
QUICK = 10.0


@pytest.fixture
def docx(tmp_path: Path) -> bytes:
    as_docx(ONE, tmp_path / "good.docx")
    return (tmp_path / "good.docx").read_bytes()


@pytest.fixture
def xlsx(tmp_path: Path) -> bytes:
    as_xlsx({"Sheet1": ONE}, tmp_path / "good.xlsx")
    return (tmp_path / "good.xlsx").read_bytes()


def repacked(data: bytes, change: Callable[[str, bytes], bytes], **extra: bytes) -> bytes:
    """A zip package with members changed or added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for member in old.infolist():
            new.writestr(member.filename, change(member.filename, old.read(member)))
        for name, body in extra.items():
            new.writestr(name, body)
    return out.getvalue()


def read(data: bytes, name: str, folder: Path) -> Reading:
    path = folder / name
    path.write_bytes(data)
    started = time.perf_counter()
    reading = read_safely(path)
    assert time.perf_counter() - started < QUICK
    return reading


def refused(reading: Reading, word: str) -> None:
    assert (reading.kind, reading.plans) == ("unreadable", ())
    assert reading.message is not None
    assert word in reading.message
    assert "请" in reading.message or "已拒绝" in reading.message


@pytest.mark.parametrize("name", ["password.docx", "password.xlsx", "password.pdf"])
def test_password_is_named_as_the_reason(name: str) -> None:
    refused(read_safely(DATA / "hostile" / name), "有密码")


@pytest.mark.parametrize("share", [0.05, 0.5, 0.98])
@pytest.mark.parametrize("ending", ["docx", "xlsx", "doc", "xls", "odt", "rtf", "pdf"])
def test_truncated_file_is_refused(
    ending: str, share: float, tmp_path: Path, docx: bytes, xlsx: bytes
) -> None:
    made = {"docx": docx, "xlsx": xlsx}
    data = made.get(ending) or (DATA / "formats" / f"seed.{ending}").read_bytes()
    reading = read_file_of(data[: int(len(data) * share)], f"cut.{ending}", tmp_path)
    assert reading.kind == "unreadable"
    assert reading.message


def read_file_of(data: bytes, name: str, folder: Path) -> Reading:
    (folder / name).write_bytes(data)
    return read_file(folder / name)


def test_web_page_cut_inside_its_table_is_refused(tmp_path: Path) -> None:
    page = as_html(ONE)
    refused(
        read_file_of(page[: page.index("清淤长度".encode())], "cut.html", tmp_path), "没有传完整"
    )


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.docx", "seed.pdf"),
        ("a.pdf", "seed.odt"),
        ("a.xls", "seed.doc"),
        ("a.doc", "seed.rtf"),
        ("a.txt", "seed.xls"),
    ],
)
def test_disguised_file_is_refused(name: str, source: str, tmp_path: Path) -> None:
    refused(read_file_of((DATA / "formats" / source).read_bytes(), name, tmp_path), "另存为")


@pytest.mark.parametrize(
    "name", ["a.docx", "a.xlsx", "a.pdf", "a.doc", "a.xls", "a.odt", "a.rtf", "a.txt", "a.csv"]
)
def test_noise_and_emptiness_are_refused(name: str, tmp_path: Path) -> None:
    noise = random.Random(7).randbytes(5000)
    assert read_file_of(noise, name, tmp_path).kind == "unreadable"
    refused(read_file_of(b"", name, tmp_path), "空的")


def test_zip_bombs_are_refused(docx: bytes, tmp_path: Path) -> None:
    beside = repacked(docx, lambda _, data: data, **{"word/media/a.bin": bytes(300 * 1024 * 1024)})
    refused(read(beside, "beside.docx", tmp_path), "过大")
    text = b"<w:p><w:r><w:t>" + b"A" * (90 * 1024 * 1024) + b"</w:t></w:r></w:p></w:body>"
    inside = repacked(
        docx,
        lambda name, data: (
            data.replace(b"</w:body>", text) if name == "word/document.xml" else data
        ),
    )
    refused(read(inside, "inside.docx", tmp_path), "过大")


def test_xml_entities_are_refused(docx: bytes, tmp_path: Path) -> None:
    bomb = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'

    def change(name: str, data: bytes) -> bytes:
        return data.replace(b"?>", b"?>" + bomb, 1) if name == "word/document.xml" else data

    refused(read(repacked(docx, change), "entities.docx", tmp_path), "实体")


def test_million_styled_empty_cells_hide_nothing(xlsx: bytes, tmp_path: Path) -> None:
    cells = "".join(f'<c r="{column}{{0}}" s="1"/>' for column in "ABCDEFGHIJ")
    rows = "".join(
        f'<row r="{row}">{cells.format(row)}</row>' for row in range(100, 100_100)
    ).encode()

    def change(name: str, data: bytes) -> bytes:
        return data.replace(b"</sheetData>", rows + b"</sheetData>") if "sheet1" in name else data

    reading = read(repacked(xlsx, change), "million.xlsx", tmp_path)
    assert [plan.name for plan in reading.plans] == ["河道清淤"]


def test_too_much_text_is_refused(tmp_path: Path) -> None:
    refused(read("没有表格的文字。\n".encode() * 1_700_000, "long.txt", tmp_path), "上限")
    refused(read(b"x,y,z,1,2,3\n" * 200_000, "wide.csv", tmp_path), "过多")


def test_thousands_of_pages_are_refused(tmp_path: Path) -> None:
    import pypdfium2

    pdf = pypdfium2.PdfDocument.new()
    for _ in range(5000):
        pdf.new_page(595, 842)
    pdf.save(tmp_path / "pages.pdf")
    refused(read_safely(tmp_path / "pages.pdf"), "5000 页")


def test_scan_without_text_is_refused(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("L", (600, 800), 200).save(tmp_path / "scan.pdf")
    refused(read_file(tmp_path / "scan.pdf"), "扫描件")


def test_deep_nesting_does_not_break_the_reader(docx: bytes, tmp_path: Path) -> None:
    page = b"<html><body>" + b"<div>" * 50_000 + "项目".encode()
    assert read(page, "deep.html", tmp_path).kind == "unreadable"
    refused(read(b"{\\rtf1" + b"{" * 50_000, "deep.rtf", tmp_path), "嵌套过深")
    deep = b"<w:sdt><w:sdtContent>" * 50_000

    def change(name: str, data: bytes) -> bytes:
        return (
            data.replace(b"</w:body>", deep + b"</w:body>") if name == "word/document.xml" else data
        )

    assert read(repacked(docx, change), "deep.docx", tmp_path).kind == "unreadable"


def test_control_characters_are_dropped_and_reported(tmp_path: Path) -> None:
    text = as_text(ONE).decode().replace("河道清淤", "河\x01道\x08清淤")
    reading = read_file_of(text.encode(), "control.txt", tmp_path)
    assert reading.plans[0].name == "河道清淤"
    assert "control-characters" in {f.code for f in reading.findings}


def test_scripts_and_absurd_spans_are_harmless(tmp_path: Path) -> None:
    page = as_html(ONE).replace(b"</body>", b"<script>alert(1)</script></body>")
    page = page.replace(b"colspan='6'", b"colspan='999999999'")
    assert read(page, "script.html", tmp_path).plans[0].name == "河道清淤"


def test_path_names_in_a_package_write_nothing(docx: bytes, tmp_path: Path) -> None:
    data = repacked(docx, lambda _, body: body, **{"../../evil.txt": b"x"})
    assert read(data, "paths.docx", tmp_path).kind == "target"
    assert not list(tmp_path.parent.glob("evil.txt"))


def test_reader_survives_a_file_that_ends_its_process(tmp_path: Path, docx: bytes) -> None:
    """A limit of no time at all ends the process during the first file; the next is read again."""
    good = tmp_path / "good.docx"
    with SafeReader(seconds=0.001) as reader:
        refused(reader.read(good), "停止读取")
        reader.seconds = QUICK
        assert reader.read(good).plans[0].name == "河道清淤"


def test_damaged_bytes_never_raise_anything_else() -> None:
    chance = random.Random(11)
    files = sorted((DATA / "formats").iterdir())
    for _ in range(150):
        path = chance.choice(files)
        data = bytearray(path.read_bytes())
        for _ in range(chance.choice([1, 5, 60])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        with suppress(UnreadableFile):
            interpret(read_bytes(bytes(data), path.name))


def test_millions_of_empty_paragraphs_are_refused(docx: bytes, tmp_path: Path) -> None:
    full = repacked(
        docx, lambda n, b: b.replace(b"</w:body>", b"<w:p/>" * 2_500_000 + b"</w:body>")
    )
    refused(read(full, "paragraphs.docx", tmp_path), "过多")


def test_merges_reaching_everywhere_are_refused(tmp_path: Path) -> None:
    row = "<tr>" + "<td rowspan=60000 colspan=60000>x</td>" * 300 + "</tr>"
    page = f"<table>{row}{'<tr><td>y</td></tr>' * 3000}</table></body>"
    refused(read(page.encode(), "merges.html", tmp_path), "合并单元格")


def test_cell_of_spaces_takes_no_time(tmp_path: Path) -> None:
    name = "路灯" + " " * 1_000_000 + "改造"
    text = f"项目支出绩效目标表\n项目名称,{name}\n三级指标,指标值\n灯,≥2盏\n"
    reading = read(text.encode(), "spaces.csv", tmp_path)
    assert [plan.name for plan in reading.plans] == ["路灯 改造"]


@pytest.mark.parametrize("unit", ["2024", "1万元（其中", "（", "《", "≥"])
def test_long_runs_in_the_prose_take_no_time(unit: str, tmp_path: Path) -> None:
    """The checks of sums and limits look at every figure; a run of digits is none."""
    text = SEED.read_text("utf-8").replace("风险保障", "风险保障" + unit * (40_000 // len(unit)), 1)
    reading = read(text.encode(), "a.txt", tmp_path)
    assert reading.kind == "target"


@pytest.mark.parametrize("name", ["rare.doc", "rare.pdf"])
def test_rare_characters_are_whole_and_move_nothing(name: str, tmp_path: Path) -> None:
    """Office formats count in halves of UTF-16; 𬭛 is two of them."""
    reading = read((ODD / name).read_bytes(), name, tmp_path)
    (plan,) = reading.plans
    assert plan.supervising_department == "云溪区𬭛水务局"
    assert [row.name for row in plan.indicators] == ["改造积水点数量", "周边居民满意度"]
    json.dumps(as_json(reading), ensure_ascii=False).encode()


def test_cells_without_a_reference_count_as_places(tmp_path: Path) -> None:
    reading = read((ODD / "places_counted.xlsx").read_bytes(), "a.xlsx", tmp_path)
    names = [row.name for row in reading.plans[0].indicators]
    assert names == ["改造积水点数量", "验收合格率", "返修率", "周边居民满意度"]


def test_a_file_name_that_is_no_utf8_is_told_as_text(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + "项目\x1b[31m.txt".encode("gb18030")))
    path.write_bytes(SEED.read_bytes())
    reading = read_safely(path)
    assert reading.file == "项目\ufffd[31m.txt"
    assert reading.plans


def test_tag_of_countless_attributes_is_refused(tmp_path: Path) -> None:
    many = " ".join(f"a{number}='<x>'" for number in range(300_000))
    started = time.perf_counter()
    refused(read(f"<html><body><p {many}>x</p></body>".encode(), "a.html", tmp_path), "属性")
    assert time.perf_counter() - started < QUICK / 3


def test_workbook_of_countless_worksheets_is_refused(xlsx: bytes, tmp_path: Path) -> None:
    sheets = b'<sheet name="s" sheetId="1" r:id="rId1"/>' * 200_000

    def change(name: str, data: bytes) -> bytes:
        return data.replace(b"</sheets>", sheets + b"</sheets>") if "workbook.xml" in name else data

    refused(read(repacked(xlsx, change), "a.xlsx", tmp_path), "200001 个工作表")


def test_pages_that_unfold_without_end_take_little_memory(tmp_path: Path) -> None:
    """Every form draws the next ten times. Read from a process of its own, for what the greatest of its
    children took is asked of the system."""
    forms = [pdf_stream(number, f"/X {number + 1} 0 R") for number in range(5, 16)]
    path = tmp_path / "forms.pdf"
    path.write_bytes(
        b"%PDF-1.5\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
        b"/Resources<</XObject<</X 5 0 R>>>>>>endobj\n"
        b"4 0 obj<</Length 6>>stream\n/X Do \nendstream endobj\n"
        + b"".join(forms)
        + pdf_stream(16, "")
        + b"trailer<</Root 1 0 R>>\n%%EOF"
    )
    code = (
        "import resource, sys; from pathlib import Path; from registry.reading import read_safely\n"
        "print(read_safely(Path(sys.argv[1])).message)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    command = [sys.executable, "-c", code, str(path)]
    told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    message, kilobytes = told.splitlines()
    assert "内存过大" in message
    assert int(kilobytes) < 700_000


def pdf_stream(number: int, inner: str) -> bytes:
    drawn = "/X Do " * 10 if inner else "0 0 m 9 9 l S"
    head = f"{number} 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length {len(drawn)}"
    head += f"/Resources<</XObject<<{inner}>>>>>>stream\n{drawn}\nendstream endobj\n"
    return head.encode()


@pytest.mark.skipif(program() is None, reason="LibreOffice is not installed")
def test_libreoffice_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    work = (
        "from registry.readers.office import convert; convert(b'a\\n' * 8_000_000, 'txt', 'docx')"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    process = subprocess.Popen([sys.executable, "-c", work], cwd=SEED.parents[1], env=environment)
    started = time.monotonic() + 30
    while len(running(tmp_path)) < 2 and time.monotonic() < started:
        time.sleep(0.05)
    assert len(running(tmp_path)) > 1
    process.kill()
    process.wait()
    gone = time.monotonic() + 5
    while running(tmp_path) and time.monotonic() < gone:
        time.sleep(0.05)
    assert running(tmp_path) == []


def running(folder: Path) -> list[str]:
    """The processes with the folder in their command line."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if os.fsencode(folder) in path.read_bytes():
                found.append(path.parent.name)
    return found


def test_one_long_text_in_every_cell_is_refused(xlsx: bytes, tmp_path: Path) -> None:
    cells = b"".join(
        b'<row r="%d">' % row + b'<c t="s"><v>0</v></c>' * 50 + b"</row>"
        for row in range(100, 3000)
    )
    text = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>%s</t></si></sst>'

    def change(name: str, data: bytes) -> bytes:
        if "sharedStrings" in name:
            return (text % ("字" * 30_000)).encode()
        return data.replace(b"</sheetData>", cells + b"</sheetData>") if "sheet1" in name else data

    refused(read(repacked(xlsx, change), "a.xlsx", tmp_path), "过多")
