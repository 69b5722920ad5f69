"""Writes registry/data/readings.txt: how Chinese characters sound, taken from pypinyin once.

The registry reads a million names and every question's first character without importing
pypinyin, whose dictionaries take longer to load than the rest of the program.

    python tests/benchmarks/names_readings.py
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from pypinyin import Style, lazy_pinyin, pinyin
from pypinyin.phrases_dict import phrases_dict

OUT = Path(__file__).parents[2] / "registry" / "data" / "readings.txt"
HEAD = """\
# Toneless readings (ü is v). A line of one syllable: characters that read so when alone.
# After the line "---": two characters that stand together, and their readings where at least one
# of them is not the one it has alone.
"""


def characters() -> dict[str, str]:
    alone: dict[str, str] = {}
    for code in range(0x4E00, 0x9FFF):
        char = chr(code)
        syllable = lazy_pinyin(char)[0].replace("ü", "v").replace("ê", "e")
        if syllable != char and syllable.isascii() and syllable.isalpha():
            alone[char] = syllable
    return alone


def pairs(alone: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Words of two characters read otherwise than their characters alone; and those that keep
    their second character from being read with the next one (增长 in 增长项目)."""
    known = set(alone.values())
    found: dict[str, tuple[str, str]] = {}
    for phrase in phrases_dict:
        if len(phrase) == 2 and all(char in alone for char in phrase):
            read = [s[0].replace("ü", "v") for s in pinyin(phrase, style=Style.NORMAL)]
            if len(read) == 2 and known.issuperset(read):
                found[phrase] = (read[0], read[1])
    odd = {p: r for p, r in found.items() if r != (alone[p[0]], alone[p[1]])}
    firsts = {pair[0] for pair in odd}
    keeping = {pair: read for pair, read in found.items() if pair[1] in firsts}
    return odd | keeping


def main() -> None:
    alone = characters()
    lines: dict[str, list[str]] = defaultdict(list)
    for char, syllable in alone.items():
        lines[syllable].append(char)
    odd = pairs(alone)
    with OUT.open("w", encoding="utf-8") as file:
        file.write(HEAD)
        for syllable in sorted(lines):
            file.write(f"{syllable} {''.join(lines[syllable])}\n")
        file.write("---\n")
        for pair in sorted(odd):
            file.write(f"{pair} {' '.join(odd[pair])}\n")
    print(OUT, len(alone), "characters", len(lines), "syllables", len(odd), "pairs")


if __name__ == "__main__":
    main()
