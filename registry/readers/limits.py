"""How much of a file is read before it is refused; each bound with the case that chose it."""

from __future__ import annotations

from registry.errors import UnreadableFile

# Telegram hands bots files of at most 20 MB; the largest real workbook met has 3 MB.
MOST_BYTES = 20 * 1024 * 1024
# A member of a zip package unpacked: a sheet with a million styled empty cells takes about 40 MB.
MOST_UNPACKED = 64 * 1024 * 1024
# All members together; a bomb declares gigabytes.
MOST_UNPACKED_TOTAL = 256 * 1024 * 1024
# Tags of one XML member, at some microseconds each; 200,000 cells of a worksheet take 800,000.
MOST_TAGS = 2_000_000
# Pages of a PDF; the longest real bundle met has 60.
MOST_PAGES = 300
# Worksheets of one workbook; a workbook of a district's plans has a sheet for each, some hundreds.
MOST_SHEETS = 1_000
# Cells with text in one document; a bundle of 300 plans has about 30,000.
MOST_CELLS = 200_000
# Letters of one worksheet; one shared string may stand in every cell.
MOST_LETTERS = 20_000_000


def check_size(size: int, name: str) -> None:
    """Refuses a file too large to be a performance plan."""
    if size > MOST_BYTES:
        raise UnreadableFile(
            f"文件“{name}”有 {size // (1024 * 1024)} MB，超过 {MOST_BYTES // (1024 * 1024)} MB 的上限。"
            "请只保留绩效目标表所在的部分再发。"
        )
    if size == 0:
        raise UnreadableFile(f"文件“{name}”是空的（0 字节），请重新发送。")
