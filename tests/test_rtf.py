"""rtf as Word writes it: bytes of a character on two lines, letters as second bytes, fallbacks."""

from __future__ import annotations

from registry.readers.rtf import read_rtf


def lines(body: bytes) -> list[str]:
    document = read_rtf(b"{\\rtf1\\ansi\\ansicpg936 " + body + b"\\par}", "a.rtf")
    return [row.cells[0].text for row in document.sheets[0].rows]


def test_character_split_over_two_lines_is_whole() -> None:
    assert lines(b"\\'cf\r\n\\'ee\\'c4\r\n\\'bf") == ["项目"]


def test_plain_letter_may_be_a_second_byte() -> None:
    assert lines(b"\\'81A") == [b"\x81A".decode("gb18030")]


def test_fallback_after_a_unicode_character_is_skipped() -> None:
    assert lines(b"\\uc2 \\u39033\\'cf\\'ee\\uc1 \\u30446?") == ["项目"]


def test_cells_of_a_row_are_merged_as_declared() -> None:
    body = (
        b"\\trowd\\clvmgf\\cellx1000\\clmgf\\cellx2000\\clmrg\\cellx3000\\intbl a\\cell b\\cell\\cell\\row"
        b"\\trowd\\clvmrg\\cellx1000\\cellx2000\\cellx3000\\intbl \\cell c\\cell d\\cell\\row\\pard "
    )
    document = read_rtf(b"{\\rtf1 " + body + b"}", "a.rtf")
    first, second = document.sheets[0].rows
    assert [(c.text, c.width, c.height) for c in first.cells] == [("a", 1, 2), ("b", 2, 1)]
    assert [c.text for c in second.cells] == ["c", "d"]
    assert [c.text for c in second.above] == ["a"]


def test_a_rare_character_in_two_halves_is_whole() -> None:
    assert lines(b"\\u-10123?\\u-8697?\\u26519?") == ["\U0002d607林"]
    assert lines(b"\\u-8697?a") == ["\ufffda"]


def test_the_bytes_of_a_picture_are_no_text() -> None:
    hidden = b"}{\\par 99999}"
    assert lines(b"a{\\pict\\bin%d " % len(hidden) + hidden + b"}b") == ["ab"]
