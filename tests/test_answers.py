"""What every answer keeps to: no digit of its own, the figure first, shown arithmetic that is right,
blank told from absent, the source last."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal

import pytest
from asking import (
    SEEDS,
    Asked,
    answer_of,
    bare,
    one_of_each_kind,
    plain_questions,
    reply_to,
    say,
)

from bot.answer import (
    Answer,
    Fact,
    FactKind,
    Figure,
    Headline,
    Outcome,
    Phrase,
    Piece,
    Table,
)
from bot.conversation import Desk
from bot.question.query import Kind
from bot.render.guard import NUMBER, UnsupportedNumber, hold, lines_of
from bot.render.html import render_html, visible_text
from bot.render.rich import render_rich
from bot.render.text import render_text

CONVERSATIONS = one_of_each_kind()
PLAIN = plain_questions()


def pieces(answer: Answer) -> Iterator[Piece]:
    for block in answer.blocks:
        for line in lines_of(block):
            yield from line


# --- digits ---------------------------------------------------------------------------------------


async def test_no_renderer_lets_a_number_out_that_its_answer_does_not_hold(
    answered: list[Asked],
) -> None:
    for asked in answered:
        answer = answer_of(asked)
        hold(answer, render_text(answer))
        hold(answer, visible_text(render_html(answer)))
        hold(answer, visible_text(render_rich(answer) or ""))


async def test_the_guard_stops_a_number_from_nowhere(desk: Desk) -> None:
    answer = answer_of((await say(desk, "打非多少钱"))[0])
    for strange in ("77.88万元", "7787", "77", "87"):
        with pytest.raises(UnsupportedNumber):
            hold(answer, render_text(answer) + strange)


async def test_fixed_phrases_hold_no_digit(answered: list[Asked]) -> None:
    for asked in answered:
        told = [p.text for p in pieces(answer_of(asked)) if isinstance(p, Phrase)]
        assert not [text for text in told if NUMBER.search(text)], str(asked)


async def test_every_number_of_a_fact_stands_in_the_document(answered: list[Asked]) -> None:
    """A fact is printed in a sheet; a computed number must come as a figure instead."""
    printed = set(NUMBER.findall("".join(path.read_text("utf-8") for path in SEEDS)))
    for asked in answered:
        for piece in pieces(answer_of(asked)):
            if isinstance(piece, Fact) and piece.kind not in {FactKind.OTHER, FactKind.PHONE}:
                assert set(NUMBER.findall(piece.text)) <= printed, f"{piece.text}\n{asked}"


async def test_every_fact_of_a_value_says_where_it_stands(answered: list[Asked]) -> None:
    kinds = {FactKind.AMOUNT, FactKind.PERSON, FactKind.PHONE, FactKind.TEXT, FactKind.TARGET}
    for asked in answered:
        for piece in pieces(answer_of(asked)):
            if isinstance(piece, Fact) and piece.kind in kinds and piece.field and piece.text:
                assert piece.place is not None, f"{piece}\n{asked}"


# --- arithmetic -----------------------------------------------------------------------------------

EQUATION = re.compile(r"^(?P<left>.+?)\s*(?P<sign>[=≈<>≥≤])\s*(?P<right>[^=≈]+?)(?:（.*）)?$")
TERM = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[^\d+\-×÷\s]*)")
SCALE = {
    "元": Decimal(1),
    "千元": Decimal(1000),
    "万元": Decimal(10_000),
    "亿元": Decimal(100_000_000),
    "%": Decimal("0.01"),
}
OPERATIONS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "×": lambda a, b: a * b,
    "÷": lambda a, b: a / b,
}


def value_of(side: str, scaled: bool) -> Decimal:
    """A side of an equation; × and ÷ before + and -, as it would be read."""
    tokens = re.findall(r"\d+(?:\.\d+)?[^\d+\-×÷\s]*|[+\-×÷]", side)
    terms = [tokens[0], *tokens[2::2]]
    numbers = [number_of(term, scaled) for term in terms]
    signs = list(tokens[1::2])
    for wanted in ("×÷", "+-"):
        place = 0
        while place < len(signs):
            if signs[place] in wanted:
                sign = signs.pop(place)
                first, second = numbers[place], numbers.pop(place + 1)
                numbers[place] = OPERATIONS[sign](first, second)
            else:
                place += 1
    (result,) = numbers
    return result


def number_of(term: str, scaled: bool) -> Decimal:
    match = TERM.fullmatch(term)
    assert match, term
    unit = match["unit"].partition("/")[0]  # 10万元/人
    return Decimal(match["number"]) * (SCALE.get(unit, Decimal(1)) if scaled else Decimal(1))


def holds(equation: str) -> bool:
    """Whether shown arithmetic is right: with units on both sides in those units, else as written.
    A rounded result is right when it is the nearest of its decimals."""
    match = EQUATION.match(equation)
    assert match, equation
    left_text, sign, right_text = match["left"], match["sign"], match["right"]
    units = [unit for unit in SCALE if unit in left_text]
    scaled = bool(units) and any(unit in right_text for unit in SCALE)
    if right_text.endswith("%") and not left_text.endswith("%"):
        left = value_of(left_text, bool(units)) * 100
        right = value_of(right_text.removesuffix("%"), False)
    else:
        left, right = value_of(left_text, scaled), value_of(right_text, scaled)
    if sign == "≈":
        shown = right_text.strip().rstrip("%倍次万亿元人分个户/")
        places = Decimal(1).scaleb(-len(shown.partition(".")[2]))
        money = TERM.fullmatch(right_text.strip())
        unit = SCALE.get(money["unit"], Decimal(1)) if money and scaled else Decimal(1)
        if right_text.endswith("%"):
            unit = Decimal(1)
        return abs(left - right) <= places * unit / 2
    return {
        "=": left == right,
        "<": left < right,
        ">": left > right,
        "≥": left >= right,
        "≤": left <= right,
    }[sign]


@pytest.mark.parametrize(
    ("equation", "right"),
    [
        ("200 + 77.87 = 277.87万元", True),
        ("200 + 77.87 = 277.88万元", False),
        ("1000万元 = 0.1亿元", True),
        ("1000万元 = 1亿元", False),
        ("1908.78万元 ÷ 6 = 318.13万元", True),
        ("77.87万元 ÷ 1908.78万元 ≈ 4.08%", True),
        ("77.87万元 ÷ 1908.78万元 ≈ 4.07%", False),
        ("9场次 < 10场次（指标值≥10场次）", True),
        ("0.02 + 0.1 = 0.12亿元", True),
        ("77.87万元 = 778700元", True),
        ("2000000元 ÷ 1000000人 = 2元", True),
    ],
)
def test_equations_are_read_as_a_person_reads_them(equation: str, right: bool) -> None:
    assert holds(equation) is right


async def test_all_arithmetic_that_is_shown_is_right(desk: Desk) -> None:
    shown: dict[str, str] = {}
    for question in dict.fromkeys([*PLAIN, *(turns[-1] for turns in CONVERSATIONS)]):
        answer = answer_of((await say(desk, question))[0])
        for piece in pieces(answer):
            if isinstance(piece, Figure) and piece.arithmetic:
                shown.setdefault(piece.arithmetic, question)
    assert len(shown) >= 40
    wrong = {question: equation for equation, question in shown.items() if not holds(equation)}
    assert not wrong


async def test_the_result_of_shown_arithmetic_is_the_figure_told(answered: list[Asked]) -> None:
    for asked in answered:
        for piece in pieces(answer_of(asked)):
            if isinstance(piece, Figure) and piece.arithmetic and piece.arithmetic != piece.text:
                match = EQUATION.match(piece.arithmetic)
                assert match, piece.arithmetic
                told, result = NUMBER.findall(piece.text), NUMBER.findall(match["right"])
                assert not told or told[0] in result or told[0] in match["left"], str(asked)


async def test_every_computed_figure_shows_how_it_came_to_be(answered: list[Asked]) -> None:
    computed = {Kind.AVERAGE, Kind.SHARE, Kind.COMPARE}
    for asked in answered:
        assert asked.exchange is not None
        query, answer = asked.exchange.queries[0], asked.exchange.answer
        if query.kind in computed and answer.outcome is Outcome.ANSWERED:
            figures = [p for p in pieces(answer) if isinstance(p, Figure)]
            if figures and query.operation != "shared":
                assert any(f.arithmetic for f in figures), str(asked)


async def test_a_total_is_the_sum_a_decimal_gives(desk: Desk) -> None:
    plans = [await desk.sources.plan(project) for project in range(1, 7)]
    total = sum((plan.total for plan in plans if plan and plan.total is not None), Decimal(0))
    assert f"{total}万元" in (await reply_to(desk, "一共多少钱")).splitlines()[0]
    share = (Decimal("77.87") / total * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert f"{share}%" in (await reply_to(desk, "打非占全部的百分之几")).splitlines()[0]


# --- what stands where ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("打非多少钱", "77.87万元"),
        ("打非多少元", "778700元"),
        ("一共多少钱", "1908.78万元"),
        ("重点专项一共多少钱", "1745.37万元"),
        ("产业扶持比证券化多多少", "575万元"),
        ("哪个项目钱最多", "1000万元"),
        ("巨灾保险知晓率要达到多少", "≥90%"),
        ("巨灾保险知晓率的分值", "10分"),
        ("证券化核心指标总分多少", "60分"),
        ("打非有几个核心指标", "3个"),
        ("信息化的预算执行率权重", "10%"),
        ("证券化的联系电话", "40252192"),
    ],
)
async def test_the_figure_comes_first(question: str, figure: str, desk: Desk) -> None:
    assert (await reply_to(desk, question)).startswith(figure)


async def test_a_wrong_premise_is_corrected_with_the_right_figure(desk: Desk) -> None:
    reply = await reply_to(desk, "打非是1000万吗")
    first = reply.splitlines()[0]
    assert first.startswith("不对")
    assert "77.87万元" in first
    assert "1000" not in reply


async def test_blank_is_told_from_a_part_that_the_sheet_has_not(desk: Desk) -> None:
    assert "空白" in await reply_to(desk, "打非的上级补助多少")
    assert "没有「项目概况」这一部分" in await reply_to(desk, "财政信息化的项目概况")


async def test_blank_is_not_zero(desk: Desk) -> None:
    for question in ("打非的上级补助多少", "巨灾保险其他资金多少", "证券化的上级资金是不是0"):
        reply = await reply_to(desk, question)
        assert not re.search(r"(?<![\d.])0(?:\.0+)?(?:万|元)", bare(reply)), reply


async def test_a_total_names_what_was_left_out_because_it_is_blank(desk: Desk) -> None:
    reply = await reply_to(desk, "上级补助一共多少")
    assert "没有填写" in reply
    assert not re.search(r"(?<![\d.])0万元", reply)


async def test_the_faults_of_a_sheet_are_told_before_what_is_only_worth_a_look(desk: Desk) -> None:
    of_one = await reply_to(desk, "打非的表有什么问题")
    assert of_one.index("网页标记") < of_one.index("“≤5件”在指标表中没有对应的指标")
    of_all = await reply_to(desk, "哪些表有问题")
    assert "财政信息化建设经费：指标“重大信息安全事故”" in of_all
    assert of_all.index("宜写“=0”") < of_all.index("在指标表中没有对应的指标")


async def test_an_answer_from_sheets_ends_with_its_source(answered: list[Asked]) -> None:
    for asked in answered:
        answer = answer_of(asked)
        if answer.sources:
            assert asked.reply.splitlines()[-1].startswith("来源："), str(asked)
        if answer.outcome is Outcome.ANSWERED and any(
            isinstance(piece, Fact)
            and piece.kind in {FactKind.AMOUNT, FactKind.PHONE, FactKind.TEXT}
            for piece in pieces(answer)
        ):
            assert answer.sources, str(asked)


async def test_a_headline_stands_first_and_tables_keep_to_their_columns(
    answered: list[Asked],
) -> None:
    for asked in answered:
        blocks = answer_of(asked).blocks
        assert blocks, str(asked)
        assert sum(isinstance(block, Headline) for block in blocks[1:]) == 0 or isinstance(
            blocks[0], Headline
        )
        for block in blocks:
            if isinstance(block, Table):
                assert len(block.columns) <= 5, str(asked)
                assert all(len(row) == len(block.columns) for row in block.rows), str(asked)
