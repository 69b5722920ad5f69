"""Cuts the long texts of a plan into clauses, and tells which figure belongs to which words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

SENTENCE_END = re.compile(r"[。；;！？!?\n]+")
# A comma between digits belongs to the number; brackets open and close clauses of their own.
CLAUSE_END = re.compile(r"[，。；！？!?\n;]+|,(?!\d{3})")
OPENING = "（(〔["
CLOSING = "）)〕]"

NUMBER = r"(?<![\d.])\d+(?:,\d{3})*(?:\.\d+)?"
UNIT = (
    r"亿元|万元|千元|元|亿|万人次|万人|万份|万(?:平方米|立方米|千瓦时|公斤|[亩吨户条只头羽台辆套公株棵册盏件次尾个例页])|万|%|％|‰|余?个(?:工作日|月|小时|季度|星期|百分点)|余?份|余?家次|余?家|余?个|余?次|余?场次|余?场|余?台次|余?人次|余?人"
    r"|余?名|余?户次|余?户|余?件|余?条|余?项|余?台|余?套|余?处|余?座|余?所|余?亩|余?公里|余?平方米|余?立方米|余?公顷|余?米|余?吨|余?小时|余?分钟|余?工作日|余?盏|余?辆|余?只|余?头|余?羽|余?幅|余?棵|余?株|余?批次|余?千瓦时|余?天|余?日|余?年"
    r"|余?样次|余?例|余?张|余?期|余?页|余?路|余?支|余?班次|余?趟|余?班|余?册|余?枚|余?片|余?具|余?架|余?顶|余?艘|余?尾|余?箱|余?本|余?间|余?组(?!织)|余?栋|余?幢|余?部(?![门分级署委令长件])|余?口(?!径)|余?层(?![级面次])|余?公斤|周岁|岁|℃|摄氏度"
    r"|余万份|余万人次|余万人|余万"
)
# 6000元/公里安排: of what follows only what counts, or what ends there.
PER = (
    r"(?:[/／每]\s*(?:人次|人[月天年]|班次|场次|批次|台次|户次|家次|样次|车次|平方米|立方米|公里|公顷|小时|工作日"
    r"|千瓦时|个月|季度|学期|[\u4e00-\u9fff]{1,3}(?![\u4e00-\u9fff])|[\u4e00-\u9fff]))?"
)
FIGURE = re.compile(
    rf"(?P<sign>[≥≤＞＜><=＝]?)\s*(?P<number>{NUMBER})\s*(?P<unit>{UNIT})?(?P<per>{PER})"
)
# Years, document numbers and list numbers are not figures of an answer.
NOT_A_FIGURE = re.compile(
    r"\d{4}\s*年|\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?|\d+(?:[:：]\d+)+|[〔\[（(]\s*\d{4}\s*[〕\]）)]\s*\d+\s*号|第?\d+号|\d{4}-\d{4}年?|(?:19|20)\d\d\s*[—–~～至]+\s*(?:19|20)\d\d\s*年|(?:^|(?<=[；;。：:\s]))\s*\d{1,2}\s*[.、．](?!\d)"
    r"|(?:^|(?<=[，,；;。：:\s]))[（(]\s*\d{1,2}\s*[）)]"
    r"|\d[A-Za-z]+(?=级)|\d{1,2}(?=型)"
    r"|每(?:超过?|多|少|低于?|高于?|新?增加?|减少?|降低?|提高?|逾期|延迟|迟)1(?![\d.,%％万亿元千百])"
)

# The words between two figures that leave the second with the words of the first: 计88万元, 投资420万元,
# 预计26家.
SUM_OF_BEFORE = re.compile(
    "(?:测算[，,])?(?:共|总|合|小)?计|共|合计为|共需|需|投资|(?:全年|今年)(?:共|需|约)?|(?:全年|今年)?(?:预计|计划|约)"
)
EACH = re.compile("每[^，,。；;、每]*$")
NEXT_OF_LIST = re.compile("[、：:]")
# 冷藏存放（3天以内）360元, 疑难纠纷（10人以上）每件800元: what stands in brackets only tells more of it.
AFTER_BRACKET = re.compile("[^（(，,。；;、]*[）)](?:每[\u4e00-\u9fff]{1,2})?$")
PRICE_OF_BEFORE = re.compile("[，,、](?:按?每(?![次年月季周天日])|[户人亩台所]均)[^，,。；;、]*$")
# What one of something costs: 水稻每亩 of 水稻每亩保额1000元、保费20元 holds for both.
OF_ONE = re.compile(r"[\u4e00-\u9fff]{0,14}每一?[\u4e00-\u9fff]")
MONEY = {
    "亿元": 100_000_000,
    "亿": 100_000_000,
    "万元": 10_000,
    "万": 10_000,
    "千元": 1_000,
    "元": 1,
}


@dataclass(frozen=True, slots=True)
class Span:
    """text[start:end] of the passage it was cut from."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FigureInText:
    """A figure of a passage: its own span, the words it belongs to, and its value.

    `label` reaches from the end of the clause of the figure before (or the start of the sentence or
    bracket) to this figure: 土坯房每年 for 5000元/户; `tail` is what follows it in its clause.
    `value` is the number as printed in `unit`; `of_one` are words of the figure before that hold for
    this one too (水稻每亩 for 保费20元); `of_others` are words of the label that belong to the other
    figures of a list in the same order (棉被 for 10年 in 棉被、帐篷储存年限分别为8年和10年).
    """

    start: int
    end: int
    label: Span
    tail: Span
    value: Decimal
    unit: str | None
    of_one: Span | None = None
    of_others: tuple[Span, ...] = ()

    @property
    def yuan(self) -> Decimal | None:
        """The value in 元 where it is money."""
        factor = MONEY.get((self.unit or "").split("/")[0].removeprefix("余"))
        return None if factor is None else self.value * factor


def _cut(text: str, ends: re.Pattern[str]) -> list[Span]:
    spans: list[Span] = []
    start = 0
    for match in ends.finditer(text):
        if text[start : match.start()].strip():
            spans.append(Span(start, match.start()))
        start = match.end()
    if text[start:].strip():
        spans.append(Span(start, len(text)))
    return spans


def sentences(text: str) -> list[Span]:
    """The sentences of a passage, cut at 。；！？ and line ends."""
    return _cut(text, SENTENCE_END)


def clauses(text: str) -> list[Span]:
    """The clauses of a passage, cut at commas too; a bracket that holds a comma is cut open."""
    spans: list[Span] = []
    for span in _cut(text, CLAUSE_END):
        spans.extend(_open_brackets(text, span))
    return spans


def _open_brackets(text: str, span: Span) -> list[Span]:
    """A clause that opens a bracket it does not close is cut there (…21.37万元（印刷宣传单)."""
    depth: list[int] = []
    cuts: list[int] = []
    for position in range(span.start, span.end):
        if text[position] in OPENING:
            depth.append(position)
        elif text[position] in CLOSING:
            if depth:
                depth.pop()
            else:
                cuts.append(position)
    cuts.extend(depth)
    pieces: list[Span] = []
    start = span.start
    for cut in sorted(cuts):
        if text[start:cut].strip():
            pieces.append(Span(start, cut))
        start = cut + 1
    if text[start : span.end].strip():
        pieces.append(Span(start, span.end))
    return pieces


def figures(text: str) -> list[FigureInText]:
    """Every figure of a passage with the words it belongs to."""
    return list(_figures(text))


@lru_cache(maxsize=256)
def _figures(text: str) -> tuple[FigureInText, ...]:
    # Answering one question looks at the figures of the same few passages many times.
    skipped = [match.span() for match in NOT_A_FIGURE.finditer(text)]
    found: list[FigureInText] = []
    pieces = clauses(text)
    breaks = {match.end() for match in SENTENCE_END.finditer(text)}
    label_start = 0
    after_figure = False
    for clause in pieces:
        if after_figure or any(label_start < stop <= clause.start for stop in breaks):
            label_start = clause.start
        if _opens_bracket(text, label_start, clause.start):
            label_start = clause.start
        after_figure = False
        for match in FIGURE.finditer(text, clause.start, clause.end):
            if any(a < match.end("number") and match.start("number") < b for a, b in skipped):
                continue
            start = match.start("sign") if match["sign"] else match.start("number")
            if found and _words_of_before(text, found[-1], label_start, start):
                # 「小型水库每座8万元，计88万元」: the sum has the words of what it sums.
                label_start = (found[-1].of_one or found[-1].label).start
            elif (inside := _in_the_bracket_before(text, found, start)) is not None:
                label_start = inside.label.start
            unit = (match["unit"] or "") + (match["per"] or "")
            end = match.end()
            if not unit and (counted := COUNTED.match(text, end)) and _prices(text, counted[0]):
                unit, end = counted[0], counted.end()
            found.append(
                FigureInText(
                    start,
                    end,
                    Span(label_start, start),
                    Span(end, _end_of_tail(text, end, clause.end)),
                    Decimal(match["number"].replace(",", "")),
                    unit or None,
                    _of_one(text, found[-1], start) if found and after_figure else None,
                )
            )
            label_start = end
            after_figure = True
    return tuple(_in_turn(text, found))


# 「棉被2000床，每床128元」: what the text prices one by one counts it, however rare a measure.
COUNTED = re.compile("[\u4e00-\u9fff](?![\u4e00-\u9fff])")


def _prices(text: str, measure: str) -> bool:
    return f"每{measure}" in text


IN_TURN = re.compile("分别")
JOINS = re.compile("[、和与及]|以及")


def _in_turn(text: str, found: list[FigureInText]) -> list[FigureInText]:
    """The figures, those behind a 分别 each with its own words of the list before it."""
    for said in IN_TURN.finditer(text):
        first = next((n for n, f in enumerate(found) if f.start >= said.end()), len(found))
        after = first + 1
        while after < len(found) and JOINS.fullmatch(
            text[found[after - 1].end : found[after].start]
        ):
            after += 1
        row = found[first:after]
        if len(row) < 2 or said.start() < row[0].label.start:
            continue
        items = _items(text, row[0].label.start, said.start(), len(row))
        for place, figure in enumerate(row) if items else ():
            others = tuple(item for other, item in enumerate(items) if other != place)
            label = Span(row[0].label.start, figure.start)
            found[first + place] = replace(figure, label=label, of_others=others)
    return found


def _items(text: str, start: int, end: int, number: int) -> list[Span]:
    """The items of the list of so many between two places: 棉被 and 帐篷 of 棉被、帐篷储存年限. What stands
    before the first and behind the last is told from them by the length of the shortest."""
    for clause in _cut(text[start:end], CLAUSE_END)[::-1]:
        cuts = list(JOINS.finditer(text, start + clause.start, start + clause.end))
        if len(cuts) != number - 1:
            continue
        edges = [start + clause.start, *(at for c in cuts for at in c.span()), start + clause.end]
        pieces = [Span(*edges[at : at + 2]) for at in range(0, len(edges), 2)]
        size = min(piece.end - piece.start for piece in pieces)
        head, tail = pieces[0], pieces[-1]
        if size:
            return [
                Span(head.end - size, head.end),
                *pieces[1:-1],
                Span(tail.start, tail.start + size),
            ]
    return []


def _words_of_before(text: str, before: FigureInText, label_start: int, start: int) -> bool:
    """Whether a figure has no words but those of the one before: its sum, or what follows at once
    (训练场1处40万元), or the price of one of them (户厕440户，每户补助1800元)."""
    label = text[label_start:start].strip("，,、 ")
    between = text[before.end : start].strip()
    return (
        SUM_OF_BEFORE.fullmatch(label) is not None
        or not between
        or (not label and _is_price(text, before))
        or PRICE_OF_BEFORE.match(between) is not None
    )


def _is_price(text: str, figure: FigureInText) -> bool:
    """Whether a figure is said of each: 每尾0.35元, 77万元 is what they come to."""
    return (
        figure.yuan is not None and EACH.search(text, figure.label.start, figure.start) is not None
    )


def _in_the_bracket_before(
    text: str, found: Sequence[FigureInText], start: int
) -> FigureInText | None:
    """The first figure in the bracket that ends right before this one, where words stand before the
    bracket."""
    if not found or AFTER_BRACKET.match(text[found[-1].end : start].strip()) is None:
        return None
    for figure in reversed(found):
        label = text[figure.label.start : figure.start]
        place = max(label.find(mark) for mark in OPENING)
        if place >= 0 or any(mark in label for mark in CLOSING):
            return figure if label[: max(place, 0)].strip("，,、 ") else None
    return None


def _of_one(text: str, before: FigureInText, start: int) -> Span | None:
    """The words of a price that the next in its list shares, where that has none of its own."""
    if text[before.end : before.end + 1] != "、" or "每" in text[before.end : start]:
        return None
    if before.of_one is not None:
        return before.of_one
    said = OF_ONE.search(text, before.label.start, before.start)
    return Span(*said.span()) if said else None


def _end_of_tail(text: str, start: int, end: int) -> int:
    """Where what is said after a figure ends: the next of a list (县道32.5公里、乡道61.2公里) is
    another matter."""
    stop = NEXT_OF_LIST.search(text, start, end)
    return stop.start() if stop and any(c.isdigit() for c in text[stop.start() : end]) else end


def _opens_bracket(text: str, start: int, end: int) -> bool:
    """Whether a bracket was opened or closed between two places: its inside is another matter."""
    return any(char in OPENING + CLOSING for char in text[start:end][-2:])
