"""Documents that an approval basis cites: titles in 《》 and numbers such as 渝府办发〔2017〕121号."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

OPEN = "[〔［\\[(（【﹝{]"
CLOSE = "[〕］\\])）】﹞}]"
# The letters of an office, a year in any bracket, a running number: 渝府办发〔2017〕121号.
NUMBER = re.compile(
    rf"(?P<office>[\u4e00-\u9fff]{{1,14}}?)\s*{OPEN}\s*(?P<year>(?:19|20)\d{{2}})\s*{CLOSE}\s*"
    r"(?:第\s*)?(?P<serial>\d{1,5})\s*号"
)
# Orders of a minister or a council have no year: 中华人民共和国国务院令第737号.
ORDER = re.compile(r"(?P<office>[\u4e00-\u9fff]{2,20}令)\s*(?:第\s*)?(?P<serial>\d{1,5})\s*号")
TITLE = re.compile(r"《((?:[^《》]|《[^《》]*》)+)》")
NEAR = 4
# 共和国 holds 和, which otherwise joins two offices; the stand-in is as long.
REPUBLIC = "共\ue000国"


@dataclass(frozen=True, slots=True)
class CitedDocument:
    """A document as cited: its title, its number as printed, and the key to look it up by."""

    title: str | None
    number: str | None
    key: str


def number_key(number: str) -> str:
    """One form for all ways of writing a document's number: 渝府办发[2017]121."""
    flat = re.sub(r"\s+", "", unicodedata.normalize("NFKC", number))
    flat = re.sub(rf"{OPEN}((?:19|20)\d{{2}})年?{CLOSE}", r"[\1]", flat)
    flat = re.sub(r"第(?=\d)", "", flat)
    return flat.removesuffix("号").lower()


def title_key(title: str) -> str:
    """A title without quotation marks and white space, for documents without a number."""
    flat = re.sub(r"\s+", "", unicodedata.normalize("NFKC", title))
    return "《" + re.sub("[《》〈〉<>\"'“”‘’]", "", flat).lower() + "》"


def cited_documents(text: str) -> tuple[CitedDocument, ...]:
    """Every document cited, in order of appearance; a number belongs to the title just before it."""
    numbers = _numbers(text)
    cited: list[tuple[int, CitedDocument]] = []
    used: set[int] = set()
    titles = list(TITLE.finditer(text))
    for at, title in enumerate(titles):
        end = titles[at + 1].start() if at + 1 < len(titles) else len(text)
        number = _number_after(text, title.end(), end, numbers)
        if number is not None:
            used.add(number[0])
        name = title.group(1).strip()
        key = number_key(number[2]) if number else title_key(name)
        cited.append((title.start(), CitedDocument(name, number[2] if number else None, key)))
    for start, _, printed in numbers:
        if start not in used and not any(t.start() < start < t.end() for t in titles):
            cited.append((start, CitedDocument(None, printed, number_key(printed))))
    return tuple(document for _, document in sorted(cited, key=lambda pair: pair[0]))


def _numbers(text: str) -> list[tuple[int, int, str]]:
    found = []
    for match in [*NUMBER.finditer(text), *ORDER.finditer(text)]:
        office = _office(match.group("office"))
        start = match.start() + match.group("office").rindex(office)
        found.append((start, match.end(), text[start : match.end()]))
    return sorted(found)


def _office(letters: str) -> str:
    # A number in running text drags the words before it along: 根据渝财规〔2022〕10号.
    letters = letters.replace("共和国", REPUBLIC)
    for word in (
        "根据",
        "按照",
        "依据",
        "关于",
        "印发",
        "文件",
        "通知",
        "以及",
        "和",
        "与",
        "及",
        "按",
        "的",
    ):
        _, found, tail = letters.rpartition(word)
        if found and len(tail) >= 2:
            letters = tail
    return letters.replace(REPUBLIC, "共和国")


def _number_after(
    text: str, start: int, end: int, numbers: list[tuple[int, int, str]]
) -> tuple[int, int, str] | None:
    for number in numbers:
        between = text[start : number[0]].strip("（(的之,， ")
        if start <= number[0] < end and len(between) <= NEAR and not re.search("[；;。]", between):
            return number
    return None
