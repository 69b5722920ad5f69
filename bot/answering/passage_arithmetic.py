"""Arithmetic over the figures that the passages of one plan state."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bot.answer import (
    Block,
    Fact,
    Figure,
    Headline,
    Paragraph,
    Phrase,
)
from bot.answering.contrasts import ONE_OF, contrasted
from bot.answering.evidence import (
    EACH_ASKED,
    GETS,
    LEVEL,
    alike,
    answers_kind,
    asks_of_one,
    evidence_for,
    wants_money,
    wants_number,
)
from bot.answering.facts import (
    Result,
    about,
    indicator_fact,
    indicator_source,
    money_text,
    project_fact,
    rounded,
    share_text,
    target_fact,
    working,
)
from bot.answering.indicators import PERCENT, points_gap, points_sum
from bot.answering.passages import (
    figure_fact,
    of_one,
    passage_result,
    said_before,
    sentence_around,
    text_of,
)
from bot.phrases import line
from bot.question.analysis import number
from bot.question.project_rules import amounts_in
from bot.question.query import Asserted, Query
from bot.question.sources import Sources
from bot.retrieval import NAME_CLOSE, NAME_OPEN, STRONG, WEAK, Evidence
from registry.amounts import exact_text, in_unit
from registry.passages import FigureInText, figures, sentences
from registry.plan import TEXT_FIELDS, YUAN_PER_UNIT, Indicator, Plan

HELD_AGAINST = re.compile("超额|超过|超了|超出|差|够|达标|达到|占")
CONVERTS = re.compile("折|换算|换成|化成")


async def applied(plan: Plan, query: Query, sources: Sources) -> Result | None:
    """「砖木房毁了5户，一共赔多少」「贡献500万，扶持多少」: the asker's own number times the price of one,
    or the share of it, that the sheet states."""
    if len(query.premise) != 1 or query.yes_no or query.aspects or not wants_number(query):
        return None
    stated = query.premise[0]
    each = EACH_ASKED.search(query.said)
    if CONVERTS.search(query.said):
        return None
    beyond = HELD_AGAINST.search(query.said) is not None
    if each is not None and each.group()[-1] == (stated.unit or "")[:1]:
        return None  # 「100万人每人几元」 divides
    found = await evidence_for(plan, query.content, query, sources)
    likely = _likely(found)
    if beyond or BEYOND_SAID.search(query.said):
        context = found[0].candidate.context if found else ""
        beside = [e for e in found if e.candidate.context == context and e.coverage >= WEAK]
        each_beyond = [e for e in (*likely, *beside) if _for_each_beyond(plan, e)]
        likely = each_beyond or ([] if beyond else likely)
    for evidence in likely:
        figure = evidence.candidate.figure
        if figure is None:
            continue
        if figure.unit in PERCENT and _for_each_beyond(plan, evidence):
            if not _price_of_one(plan, evidence, stated.unit or ""):
                return None
            return _share_beyond(plan, query, evidence, stated)
        if stated.is_money and figure.unit in {"%", "％"} and stated.value not in amounts_in(plan):
            yuan = stated.value * figure.value / 100
            arithmetic = f"{stated.said} × {exact_text(figure.value)}%"
        elif figure.yuan is not None and stated.unit and _price_of_one(plan, evidence, stated.unit):
            months = _months(plan, query, evidence)
            if months is None or _another_named(plan, found, evidence, stated.unit):
                return None
            if _several_prices(plan, alike(found), stated.unit):
                return None
            yuan = figure.yuan * stated.value * months
            price = figure_fact(plan, evidence.candidate.field, figure).text.split("/")[0]
            arithmetic = f"{price} × {exact_text(stated.value)}{stated.unit}"
            arithmetic += f" × {months}个月" if months > 1 else ""
        else:
            continue
        text = _money(yuan, query)
        arithmetic = f"{arithmetic} = {text}"
        facts: tuple[Fact, ...] = (figure_fact(plan, evidence.candidate.field, figure),)
        limit = _limit(plan, query, evidence, yuan)
        if limit is not None and limit.yuan is not None:
            capped = figure_fact(plan, evidence.candidate.field, limit)
            text, facts = _money(limit.yuan, query), (*facts, capped)
            arithmetic = f"{arithmetic} > {capped.text}"
        key = "applied" if limit is None else "capped"
        return _worked_out(plan, query, key, text, arithmetic, facts, evidence)
    return None


def _money(yuan: Decimal, query: Query) -> str:
    large = yuan >= 10_000 and yuan % 1000 == 0
    return money_text(yuan, query.in_unit or ("万元" if large else "元"))


# What one gets in a year of what is paid by the month: 纸质记账户一年下来能拿多少.
A_YEAR = re.compile("一年|每年|全年|整年|年度")
ONE_GETS = re.compile("[拿领得挣]|到手")
SO_MANY_MONTHS = re.compile(r"(?:按(?=\d+个月)|(?=\d+个月(?:计|算|测算|发)))(?P<n>\d+)个月")


async def a_year_of_it(plan: Plan, query: Query, sources: Sources) -> Result | None:
    """「纸质记账户一年下来能拿多少补贴」: the price of a month times the months that the sheet says, or
    else twelve, where what all of them come to is not asked for."""
    asks = A_YEAR.search(query.said) and not A_MONTH.search(query.said)
    one = ONE_GETS.search(query.said) or asks_of_one(query)
    if query.premise or query.yes_no or query.aspects or not (asks and one and wants_money(query)):
        return None
    found = await evidence_for(plan, query.content, query, sources)
    monthly = [e for e in found if _is_paid_monthly(plan, e)]
    level = [e for e in monthly if e.coverage >= max(STRONG, found[0].coverage - LEVEL)]
    # The price of the total that was found stands in the same clause: 补助22.08万元，按46人、每人每月400元.
    level = level or [e for e in monthly if _prices_it(plan, found[0], e)]
    if not level:
        return None
    best = level[0]
    figure, months = best.candidate.figure, _months_paid(plan, best)
    if figure is None or figure.yuan is None or months is None:
        return None
    if len({e.candidate.figure.yuan for e in level if e.candidate.figure}) > 1:
        return None
    text = _money(figure.yuan * months, query)
    price = figure_fact(plan, best.candidate.field, figure)
    arithmetic = f"{price.text.split('/')[0]} × {months}个月 = {text}"
    return _worked_out(plan, query, "applied", text, arithmetic, (price,), best)


def _prices_it(plan: Plan, whole: Evidence, price: Evidence) -> bool:
    """Whether a price stands behind a total, in its sentence, and is the next price there is."""
    total, one = whole.candidate.figure, price.candidate.figure
    if total is None or one is None or total.yuan is None or whole.coverage < STRONG:
        return False
    if whole.candidate.field != price.candidate.field or total.start > one.start:
        return False
    between = [
        f
        for f in figures(text_of(plan, price.candidate.field))
        if total.end <= f.start < one.start and f.yuan is not None
    ]
    return not between and whole.candidate.context == price.candidate.context


def _is_paid_monthly(plan: Plan, evidence: Evidence) -> bool:
    figure = evidence.candidate.figure
    if figure is None or figure.yuan is None:
        return False
    label = said_before(plan, evidence.candidate.field, figure) + (figure.unit or "")
    return A_MONTH.search(label) is not None and of_one(plan, evidence.candidate.field, figure)


def _months_paid(plan: Plan, price: Evidence) -> int | None:
    """The months of a year that a price is paid for: those of its sentence, or of the next where it
    says so of both (均按10个月计算); twelve where none are stated, None where some are told otherwise."""
    text, figure = text_of(plan, price.candidate.field), price.candidate.figure
    spans = sentences(text)
    at = next((n for n, s in enumerate(spans) if figure and s.start <= figure.start < s.end), 0)
    own = text[spans[at].start : spans[at].end]
    after = text[spans[at + 1].start : spans[at + 1].end] if at + 1 < len(spans) else ""
    said = SO_MANY_MONTHS.search(own) or re.search(f"均{SO_MANY_MONTHS.pattern}", after)
    if said is not None:
        return int(said["n"])
    return None if SOME_MONTHS.search(own) else 12


A_MONTH = re.compile("每月|月均|/月|每个月")
SOME_MONTHS = re.compile(r"\d+月(?:份)?(?:至|到|-|—)\d*|[\d一二三四五六七八九十两]个月")


def _months(plan: Plan, query: Query, evidence: Evidence) -> int | None:
    """How many times a price is due: twelve where it is one of a month and a year was asked for.
    None where the sheet and the question speak of different times."""
    figure = evidence.candidate.figure
    if figure is None:
        return None
    label = said_before(plan, evidence.candidate.field, figure)
    if not A_MONTH.search(label + (figure.unit or "")):
        return None if A_MONTH.search(query.said) and "年" in label else 1
    if A_YEAR.search(query.said):
        return _months_paid(plan, evidence)
    return 1 if re.search("一个?月|每个?月|月", query.said) else None


def _another_named(plan: Plan, found: Sequence[Evidence], price: Evidence, unit: str) -> bool:
    """Whether words of the question that the price lacks name another beside it: then which of the
    two is meant cannot be told (境内 one, 受理 the other)."""
    return any(
        other.candidate.context == price.candidate.context
        and other.candidate.figure is not None
        and other.candidate.figure.yuan is not None
        and other.candidate.figure != price.candidate.figure
        and _price_of_one(plan, other, unit)
        and len(_told(other, price)) >= max(1, len(_told(price, other)))
        for other in found
        if other.coverage >= WEAK
    )


def _several_prices(plan: Plan, level: Sequence[Evidence], unit: str) -> bool:
    """Whether the words fit several prices as well (三家企业奖补): which is meant cannot be told."""
    prices = {
        e.candidate.figure.yuan
        for e in level
        if e.candidate.figure is not None and _price_of_one(plan, e, unit)
    }
    return len(prices) > 1


def _told(one: Evidence, other: Evidence) -> set[str]:
    """The words of the question that only the one holds."""
    return {word for word in one.own - other.own if len(word) > 1}


LIMIT = re.compile("限额|上限|封顶|最高|不超过|至多")
OF_A_YEAR = re.compile("年|累计")


def _limit(plan: Plan, query: Query, price: Evidence, yuan: Decimal) -> FigureInText | None:
    """The limit beside a price (每次赔偿限额为500万元) that what it comes to goes beyond: that of a
    year where one was asked for, else that of one time."""
    field = price.candidate.field
    text, own = text_of(plan, field), price.candidate.figure
    inside = next(
        (s for s in sentences(text) if own is not None and s.start <= own.start < s.end), None
    )
    limits = [
        figure
        for figure in figures(text)
        if inside is not None
        and inside.start <= figure.start < inside.end
        and figure != own
        and figure.yuan is not None
        and LIMIT.search(said_before(plan, field, figure))
        and not re.search("每[人户家名亩头台座]", said_before(plan, field, figure))
    ]
    a_year = OF_A_YEAR.search(query.said) is not None
    fit = [f for f in limits if ("年" in said_before(plan, field, f)) is a_year] or limits
    over = [f for f in fit if f.yuan is not None and f.yuan < yuan]
    return min(over, key=lambda figure: figure.yuan or Decimal(0)) if over else None


def _worked_out(
    plan: Plan,
    query: Query,
    key: str,
    text: str,
    arithmetic: str,
    facts: tuple[Fact, ...],
    evidence: Evidence,
) -> Result:
    """A computed figure, its arithmetic, and the sentence that what it is computed from stands in."""
    head = line(
        f"content.{key}", figure=Figure(text, arithmetic, facts), project=project_fact(plan)
    )
    blocks: list[Block] = [
        Headline(head),
        working(arithmetic, facts),
        sentence_around(plan, evidence),
    ]
    return passage_result(plan, blocks, evidence.candidate.field)


def _likely(found: list[Evidence]) -> list[Evidence]:
    """The figures that may be the price: those that say as much as the best, and what stands in
    brackets beside them (15.88万元（400份，每份397元）)."""
    if not found or found[0].coverage < STRONG:
        return []
    best = alike(found)
    ends = [e.candidate.figure.end for e in best if e.candidate.figure is not None]
    inside = [
        e
        for e in found
        if e not in best
        and e.candidate.figure is not None
        and any(0 < e.candidate.figure.start - end < IN_BRACKETS for end in ends)
        and e.candidate.field == best[0].candidate.field
    ]
    return [*best, *inside]


IN_BRACKETS = 20  # characters after an amount within which its price is given
# To whom so much is awarded each: 对…的企业给予50万元奖补.
AWARDED = re.compile(
    "对[^，,]{2,}(?:企业|单位|个人|人员|家庭|学生|农户)[^，,]{0,12}[，,]?[^，,]{0,10}(?:给予|奖|补)"
)


def _price_of_one(plan: Plan, evidence: Evidence, unit: str) -> bool:
    """Whether the figure is what one such unit costs or gets: 元/户, 每份397元, 对…企业给予50万元."""
    figure = evidence.candidate.figure
    if figure is None:
        return False
    if f"/{unit}" in (figure.unit or ""):
        return True
    field = evidence.candidate.field
    of_each = f"每(?:{BEYOND})?[一1]?个?{unit.removeprefix('个')}"
    if re.search(of_each, said_before(plan, field, figure)):
        return True
    label = text_of(plan, field)[figure.label.start : figure.start]
    if label.endswith("单价"):
        return re.search(rf"\d{unit}", label) is not None
    return unit in "家个户人名" and AWARDED.search(label) is not None


# 每超1人每年奖励6000元, 每低1个百分点扣减2万元: what each beyond a bound gets or costs.
BEYOND = "超过?|多|少|低于?|高于?|新?增加?|减少?|降低?|提高?|逾期|延迟|迟"
BEYOND_SAID = re.compile("[低高少多超晚迟]了|逾期|延迟|延误|超")
EACH_BEYOND = re.compile(f"每(?:{BEYOND})")


def _share_beyond(plan: Plan, query: Query, evidence: Evidence, stated: Asserted) -> Result | None:
    """「在线率低了3个百分点扣多少」 where each costs a share: 每降低1个百分点扣减当季费用的2%."""
    figure = evidence.candidate.figure
    if figure is None:
        return None
    text = f"{exact_text(figure.value * stated.value)}%"
    fact = figure_fact(plan, evidence.candidate.field, figure)
    arithmetic = f"{fact.text} × {exact_text(stated.value)} = {text}"
    return _worked_out(plan, query, "applied", text, arithmetic, (fact,), evidence)


def _for_each_beyond(plan: Plan, evidence: Evidence) -> bool:
    figure = evidence.candidate.figure
    return figure is not None and bool(
        EACH_BEYOND.search(said_before(plan, evidence.candidate.field, figure))
    )


JOINED = re.compile("加上?|和|与|跟|、|减去?|比")


async def _rows_of_segments(
    plan: Plan, query: Query, segments: Sequence[str], sources: Sources
) -> list[Indicator]:
    """The indicator that each run of words names."""
    rows: dict[int, Indicator] = {}
    for segment in segments:
        found = await evidence_for(
            plan, (segment,), replace(query, content_in=("indicators",)), sources
        )
        for evidence in found:
            row = evidence.candidate.indicator
            if row is not None and evidence.coverage >= max(STRONG, found[0].coverage - LEVEL):
                rows.setdefault(row.ordinal, row)
    return list(rows.values())


FROM_TO = re.compile("从.+(?:到|至)|一路|全程|各档|几档")


OF_TOTAL = re.compile("\\d万|万元|钱|资金|经费|占(?:了|这|整)?个?(?:总|项目|全部|资金|预算)")


def _means_money(found: list[Evidence], money: Evidence) -> bool:
    """Whether an amount is what the words speak of, not cars or stations with an amount near by."""
    first = found[0]
    return first is money or (
        first.coverage <= money.coverage + LEVEL
        and first.candidate.indicator is None
        and (first.candidate.figure is None or first.candidate.figure.yuan is not None)
    )


NAME_MARKS = re.compile(f"[{NAME_OPEN}{NAME_CLOSE}]")
WITHIN = re.compile("(?P<where>.{2,14}?)(?:里面?|当中|中间)的?(?=.{2})")


def _only_figure(plan: Plan, found: list[Evidence], query: Query) -> Evidence | None:
    """The figure that the words name, where they name one: 奖补 alone names seven. A price of one
    (每座8万元) is meant only where the question speaks of one, or of a number of its own."""
    figures = [e for e in found if e.candidate.figure is not None and e.coverage >= STRONG]
    money = [e for e in figures if e.candidate.figure and e.candidate.figure.yuan is not None]
    near = max((e.coverage for e in money), default=0) - 2 * LEVEL
    whole = [
        e
        for e in money
        if e.coverage >= near and not _is_of_one(plan, e) and not _is_part_of(money[0], e)
    ]
    if query.premise or asks_of_one(query):
        whole = []
    elif query.operation == "share":
        money = whole
    figures = whole or money or figures
    if not figures:
        return None
    best = figures[0]
    level = [
        e for e in figures
        if e.coverage >= best.coverage - LEVEL and e.candidate.figure != best.candidate.figure
        and (e.candidate.figure is None or best.candidate.figure is None
             or e.candidate.figure.yuan is not None or best.candidate.figure.yuan is None)
    ]  # fmt: skip
    certain = LEFT_OUT.search(query.said) is None or not level
    return best if len(level) < 2 and certain else None


def _is_part_of(part: Evidence, whole: Evidence) -> bool:
    """Whether the words name one thing that a figure is made up of: 中型货车 of 货车淘汰补贴240万元."""
    return bool(part.candidate.whole) and len(_told(part, whole)) > len(_told(whole, part))


def _is_of_one(plan: Plan, evidence: Evidence) -> bool:
    figure = evidence.candidate.figure
    return figure is not None and of_one(plan, evidence.candidate.field, figure)


def _of_same_noun(
    plan: Plan, query: Query, first: Evidence, found: Sequence[Evidence], best: Evidence
) -> Evidence | None:
    """「育肥猪保费比能繁母猪少多少」: of the second too the figure that the same noun stands before;
    none where one is a price of one and the other a total."""

    def noun(evidence: Evidence) -> str:
        figure = evidence.candidate.figure
        return said_before(plan, evidence.candidate.field, figure)[-2:] if figure else ""

    if _is_of_one(plan, first) is _is_of_one(plan, best) and noun(first) == noun(best):
        return best
    same = [
        e
        for e in found
        if e.coverage >= STRONG
        and e.candidate.figure is not None
        and e.candidate.figure.yuan is not None
        and _is_of_one(plan, e)
        and noun(e) == noun(first)
    ]
    if _is_of_one(plan, first) and same and noun(first) in query.said:
        return same[0]
    return best if _is_of_one(plan, first) is _is_of_one(plan, best) else None


SO_MANY = re.compile(
    r"(?P<part>[前头后])?(?P<n>[两二三四五六七八九十]|\d)个?(?:步|档|级|类|项|笔|环节|阶段|部分)"
)


EVERY_STEP = re.compile("走完|走到|从头|一步步|一路|每一?步|各步|[全都]拿|拿[满全]|全部拿")


async def _all_steps(
    plan: Plan, query: Query, sources: Sources
) -> list[tuple[Evidence, FigureInText]]:
    """「境内上市四步全拿满」: every amount of the sentence that speaks of it, where they are as many
    as was said; 「前三步」 the first three of them; 「一步步走完」 all."""
    said, every = SO_MANY.search(query.said), EVERY_STEP.search(query.said)
    found = await evidence_for(plan, query.content, query, sources) if said or every else []
    best = next((e for e in found if e.candidate.figure is not None), None)
    if best is None or best.candidate.figure is None or best.coverage < STRONG:
        return []
    text, place = text_of(plan, best.candidate.field), best.candidate.figure.start
    amounts = [
        (best, figure)
        for span in sentences(text)
        if span.start <= place < span.end
        for figure in figures(text)
        if span.start <= figure.start < span.end and figure.yuan is not None
    ]
    if said is None:
        return [] if MADE_UP.search(best.candidate.context) else amounts
    count = int(number(said["n"]))
    if said["part"] and count <= len(amounts):
        return amounts[-count:] if said["part"] == "后" else amounts[:count]
    return amounts if len(amounts) == count else []


def _all_between(
    plan: Plan, found: list[tuple[Evidence, FigureInText]]
) -> list[tuple[Evidence, FigureInText]]:
    """「从受理到审核」: every amount that stands from the first named to the last."""
    field = found[0][0].candidate.field
    if any(evidence.candidate.field != field for evidence, _ in found):
        return found
    first = min(figure.start for _, figure in found)
    last = max(figure.start for _, figure in found)
    between = [
        figure
        for figure in figures(text_of(plan, field))
        if first <= figure.start <= last and figure.yuan is not None
    ]
    return [(found[0][0], figure) for figure in between]


ONE_STEP_AFTER_ANOTHER = re.compile("[先再调升转]")
MADE_UP = re.compile("补差|补足差额|补齐差额")


async def computed(plan: Plan, query: Query, sources: Sources) -> Result | None:
    """A sum, difference, ratio or share over figures that the parts of the question name."""
    found: list[tuple[Evidence, FigureInText]] = []
    segments = [
        part
        for segment in query.content
        for part in JOINED.split(segment)
        if len(part) > 1 and not (len(part) == 2 and part[0] == "每")
    ]
    if query.operation == "difference" and not LEFT_OUT.search(query.said):
        pair = await contrasted(plan, query, sources)
        if pair:
            return _between(plan, query, pair)
    if query.operation == "sum" and "points" in query.aspects:
        rows = await _rows_of_segments(plan, query, segments, sources)
        return points_sum(plan, rows, query) if len(rows) > 1 else None
    if query.operation == "difference" and "points" in query.aspects:
        each = [await _rows_of_segments(plan, query, [one], sources) for one in segments]
        clear = len(each) == 2 and all(each) and each[0][0] != each[1][0]
        return points_gap(plan, each[0][0], each[1][0]) if clear else None
    where = WITHIN.match(query.said)
    inside = [s for s in segments if where is None or NAME_MARKS.sub("", s) not in where["where"]]
    segments = inside if len(inside) > 1 else segments
    for segment in segments:
        found_of_it = await evidence_for(plan, (segment,), query, sources)
        best = _only_figure(plan, found_of_it, query)
        of_money = any(f.is_money for f in query.premise) or OF_TOTAL.search(query.said)
        means = of_money or best is None or _means_money(found_of_it, best)
        if query.operation in {"share", "each"} and not means:
            return None
        if found and best is not None:
            best = _of_same_noun(plan, query, found[0][0], found_of_it, best)
        if best is None or best.candidate.figure is None:
            continue
        place = (best.candidate.field, best.candidate.figure.start)
        if all((e.candidate.field, other.start) != place for e, other in found):
            found.append((best, best.candidate.figure))
    of_one_each = all(_is_of_one(plan, evidence) for evidence, _ in found)
    if query.operation == "difference" and ONE_OF.search(query.said) and not of_one_each:
        return None  # what all cost together tells nothing of one
    stepwise = query.operation == "sum" and ONE_STEP_AFTER_ANOTHER.search(query.said)
    if stepwise and any(MADE_UP.search(evidence.candidate.context) for evidence, _ in found):
        return None  # of the second step only what the first leaves is paid
    if query.operation == "sum" and FROM_TO.search(query.said) and len(found) > 1:
        found = _all_between(plan, found)
    if query.operation == "sum" and len(found) < 2 and len(segments) == 1:
        product = await _count_and_price(plan, query, segments[0], sources)
        if product is not None:
            return product
    if query.operation == "sum" and len(found) < 2:
        part = _part_in_full(plan, query, found[0]) if found else None
        if part is not None:
            return part
        found = await _all_steps(plan, query, sources)
    counts = [stated for stated in query.premise if not stated.is_money]
    if query.operation == "sum" and counts and any(_is_of_one(plan, e) for e, _ in found):
        return _so_many_of_each(plan, query, found, counts)
    if query.operation == "share" and len(segments) > 1 and len(found) > 1:
        if OF_WHOLE.search(query.said):
            return None
        return _share_of_another(plan, query, found)
    if query.operation == "share":
        return _share_of_total(plan, query, found[0][0]) if found else None
    if query.operation == "each":
        return _each(plan, query, found)
    if query.operation == "difference" and (
        REMAINS.search(query.said) if len(found) == 1 else _but_for(query, segments)
    ):
        return _remains(plan, query, found) if len(found) == len(segments) else None
    if len(found) < 2 or (LEFT_OUT.search(query.said) and len(found) < len(segments)):
        return None
    values = [figure.yuan if figure.yuan is not None else figure.value for _, figure in found]
    units = {figure.unit for _, figure in found}
    all_money = all(figure.yuan is not None for _, figure in found)
    if not all_money and len(units) > 1:
        return None
    if query.operation != "ratio" and not all(answers_kind(plan, e, query) for e, _ in found):
        return None
    if query.operation == "sum" and not _all_are_paid(plan, query, found):
        return None
    facts = tuple(figure_fact(plan, e.candidate.field, figure) for e, figure in found)
    unit = _shown_unit([figure for _, figure in found], query.in_unit)
    shown = [value / unit[1] for value in values]
    blocks = _operation_blocks(plan, query, shown, unit[0], facts)
    blocks += [sentence_around(plan, found[0][0])]
    if found[-1][0].candidate.context != found[0][0].candidate.context:
        blocks.append(sentence_around(plan, found[-1][0]))
    return passage_result(plan, blocks, found[0][0].candidate.field)


def _all_are_paid(plan: Plan, query: Query, found: Sequence[tuple[Evidence, FigureInText]]) -> bool:
    """Whether the sentences of all amounts speak of what is paid, where it is asked what one gets:
    what a journey costs is no part of 「一共能奖多少」."""
    asked = GETS.search(query.said)
    if asked is None:
        return True
    said = []
    for evidence, figure in found:
        text = text_of(plan, evidence.candidate.field)
        around = (span for span in sentences(text) if span.start <= figure.start < span.end)
        said += [text[span.start : span.end] for span in around]
    return all(asked.group()[0] in sentence for sentence in said)


def _between(plan: Plan, query: Query, pair: tuple[Evidence, ...]) -> Result:
    """「农村比城区多几分钟」: how far the two rows or figures lie apart."""
    figures = [e.candidate.figure for e in pair if e.candidate.figure is not None]
    rows = [e.candidate.indicator for e in pair if e.candidate.indicator is not None]
    if rows:
        facts = tuple(target_fact(plan, row) for row in rows)
        values = [row.target_value for row in rows if row.target_value is not None]
        unit = rows[0].unit_of_measure or ""
        blocks = _operation_blocks(
            plan, query, values, "个百分点" if unit in PERCENT else unit, facts
        )
        sources = [indicator_source(plan, row) for row in rows]
        blocks += [
            Paragraph((indicator_fact(plan, row), Phrase("："), fact))
            for row, fact in zip(rows, facts, strict=True)
        ]
        return about(plan, "content", blocks, sources=sources)
    facts = tuple(figure_fact(plan, pair[0].candidate.field, figure) for figure in figures)
    unit, factor = _shown_unit(figures, query.in_unit)
    values = [(f.value if f.yuan is None else f.yuan) / factor for f in figures]
    blocks = _operation_blocks(plan, query, values, unit, facts)
    blocks.append(sentence_around(plan, pair[0]))
    if pair[1].candidate.context != pair[0].candidate.context:
        blocks.append(sentence_around(plan, pair[1]))
    return passage_result(plan, blocks, pair[0].candidate.field)


def _shown_unit(figures: Sequence[FigureInText], wanted: str | None) -> tuple[str, Decimal]:
    """The unit a result is shown in, and how many 元 (or ones) it is."""
    if all(figure.yuan is not None for figure in figures):
        unit = wanted or (figures[0].unit or "元").split("/")[0]
        unit = {"万": "万元", "亿": "亿元"}.get(unit, unit)
        return unit, YUAN_PER_UNIT[unit]
    return (figures[0].unit or "").removeprefix("余"), Decimal(1)


def _operation_blocks(
    plan: Plan, query: Query, values: Sequence[Decimal], unit: str, facts: tuple[Fact, ...]
) -> list[Block]:
    project = project_fact(plan)
    texts = [exact_text(value) for value in values]
    if query.operation == "sum":
        result = sum(values, Decimal(0))
        arithmetic = f"{' + '.join(texts)} = {exact_text(result)}"
        key, text = "content.sum", exact_text(result) + unit
    elif query.operation == "difference":
        large, small = max(values[:2]), min(values[:2])
        result = large - small
        arithmetic = f"{exact_text(large)} - {exact_text(small)} = {exact_text(result)}"
        key, text = "content.difference", exact_text(result) + unit
    else:
        first, second = max(values[:2]), min(values[:2])
        if not second:
            return [Headline(line("content.not_said", project=project))]
        text, sign = rounded(first / second)
        arithmetic = f"{exact_text(first)} ÷ {exact_text(second)} {sign} {text}"
        key = "content.times" if "次" in query.said else "content.ratio"
    figure = Figure(text, arithmetic, facts)
    return [
        Headline(line(key, figure=figure, project=project)),
        working(arithmetic, facts),
    ]


LEFT_OUT = re.compile("除了|除去|除开|除掉|去掉|扣除|扣掉")


def _but_for(query: Query, segments: Sequence[str]) -> bool:
    """Whether all that is named is left out of the whole (除了疫苗和劳务还剩多少); of 「办公经费里除了
    培训费」 the first is what the second is taken from."""
    said = LEFT_OUT.search(query.said)
    if said is None:
        return re.search("之外|以外", query.said) is not None
    before = query.said[: said.start()]
    return not any(NAME_MARKS.sub("", segment) in before for segment in segments)


def _part_in_full(plan: Plan, query: Query, found: tuple[Evidence, FigureInText]) -> Result | None:
    """「中型货车那部分一共多少钱」: the price of one times how many there are (中型货车80辆、每辆1.5万元), where
    what they come to is not stated."""
    evidence, price = found
    field = evidence.candidate.field
    same = [f for f in figures(text_of(plan, field)) if f.label.start == price.label.start]
    of_it = said_before(plan, field, price)
    counts = [
        f for f in same if f.yuan is None and f.unit and re.search(f"每一?个?{f.unit}", of_it)
    ]
    stated = any(f.yuan is not None and not of_one(plan, field, f) for f in same)
    if price.yuan is None or stated or len(counts) != 1 or A_MONTH.search(of_it):
        return None
    text = _money(price.yuan * counts[0].value, query)
    facts = (figure_fact(plan, field, price), figure_fact(plan, field, counts[0]))
    arithmetic = f"{facts[0].text} × {facts[1].text} = {text}"
    return _worked_out(plan, query, "applied", text, arithmetic, facts, evidence)


PRICE_NEXT = re.compile("[、，,（(]?单价")
TOTAL_NEXT = re.compile("[、，,]?(?:共|合|小|总)?(?:计|需)")


async def _count_and_price(plan: Plan, query: Query, words: str, sources: Sources) -> Result | None:
    """「DR合计要花多少钱」: DR 5台、单价48.5万元, where what they come to is not stated."""
    found = await evidence_for(plan, (words,), query, sources)
    counts = [e for e in found if e.candidate.figure is not None and e.coverage >= STRONG]
    best = max(counts, key=lambda e: e.coverage, default=None)
    if best is None or best.candidate.figure is None or best.candidate.figure.yuan is not None:
        return None
    if sum(e.coverage > best.coverage - LEVEL for e in counts) > 1 or not wants_money(query):
        return None
    field, count = best.candidate.field, best.candidate.figure
    text = text_of(plan, field)
    after = [figure for figure in figures(text) if figure.start >= count.end][:2]
    if not after or not PRICE_NEXT.fullmatch(text[count.end : after[0].start].strip()):
        return None
    price = after[0]
    stated = len(after) > 1 and TOTAL_NEXT.fullmatch(text[price.end : after[1].start].strip())
    if price.yuan is None or stated:
        return None
    total = _money(price.yuan * count.value, query)
    facts = (figure_fact(plan, field, price), figure_fact(plan, field, count))
    arithmetic = f"{facts[0].text} × {facts[1].text} = {total}"
    return _worked_out(plan, query, "applied", total, arithmetic, facts, best)


OF_WHOLE = re.compile("占(?:了|到)?(?:整个|全部|项目|这个项目)?的?(?:总|全部|项目)")
REMAINS = re.compile("总(?:资金|预算|额|金额).{0,6}减|还剩|剩下|还有多少|扣掉|扣除|除了")


def _remains(
    plan: Plan, query: Query, found: Sequence[tuple[Evidence, FigureInText]]
) -> Result | None:
    """「打非总资金减去街镇经费还剩多少」「除了疫苗和劳务补助还剩多少」."""
    total = plan.yuan("total")
    parts = [part.yuan for _, part in found if part.yuan is not None]
    if total is None or len(parts) < len(found) or sum(parts) > total:
        return None
    unit = query.in_unit or plan.amount_unit or "元"
    text = money_text(total - sum(parts), unit)
    taken = " - ".join(money_text(part, unit) for part in parts)
    arithmetic = f"{money_text(total, unit)} - {taken} = {text}"
    facts = tuple(figure_fact(plan, e.candidate.field, part) for e, part in found)
    return _worked_out(plan, query, "remains", text, arithmetic, facts, found[0][0])


def _so_many_of_each(
    plan: Plan,
    query: Query,
    found: Sequence[tuple[Evidence, FigureInText]],
    counts: Sequence[Asserted],
) -> Result | None:
    """「生猪200头、家禽500羽一共补多少」: each price times its number, in the order they were said."""
    prices = [(e, figure) for e, figure in found if _is_of_one(plan, e) and figure.yuan is not None]
    named = [e.candidate.words for e, _ in prices]
    if not len(prices) == len(counts) == len(found) or len(set(named)) < len(named):
        return None
    parts = [(figure.yuan or 0) * n.value for (_, figure), n in zip(prices, counts, strict=True)]
    yuan = sum(parts, Decimal(0))
    facts = tuple(figure_fact(plan, e.candidate.field, figure) for e, figure in prices)
    products = [
        f"{fact.text.split('/')[0]} × {exact_text(n.value)}"
        for fact, n in zip(facts, counts, strict=True)
    ]
    text = _money(yuan, query)
    if _limit(plan, query, prices[0][0], yuan) is not None:
        return None
    return _worked_out(
        plan, query, "applied", text, f"{' + '.join(products)} = {text}", facts, prices[0][0]
    )


def _share_of_another(
    plan: Plan, query: Query, found: list[tuple[Evidence, FigureInText]]
) -> Result | None:
    """「培训费占打非办经费的百分之几」: one amount of the passages in per cent of another."""
    (evidence, part), (_, whole) = found[:2]
    if part.yuan is None or not whole.yuan:
        return None
    share, sign = share_text(part.yuan, whole.yuan, query.said)
    facts = tuple(figure_fact(plan, e.candidate.field, figure) for e, figure in found[:2])
    arithmetic = f"{facts[0].text} ÷ {facts[1].text} {sign} {share}"
    return _worked_out(plan, query, "share_of_another", share, arithmetic, facts, evidence)


def _share_of_total(plan: Plan, query: Query, evidence: Evidence) -> Result | None:
    """An amount of the passages in per cent of the project's total."""
    total, figure = plan.yuan("total"), evidence.candidate.figure
    if figure is None or figure.yuan is None or not total:
        return None
    if any(stated.is_money and stated.value != figure.yuan for stated in query.premise):
        return None  # 「赔付50万占多少」 asks for a share of the asker's own amount
    share, sign = share_text(figure.yuan, total, query.said)
    part = exact_text(in_unit(figure.yuan, plan.amount_unit or "元"))
    arithmetic = f"{part} ÷ {exact_text(plan.total or total)} {sign} {share}"
    facts = (figure_fact(plan, evidence.candidate.field, figure),)
    return _worked_out(plan, query, "share", share, arithmetic, facts, evidence)


EACH = re.compile("每一?个?(?P<a>[人户家亩])|(?P<b>[人户亩])均|一个(?P<c>人)|(?P<d>人)头")


def _counted_in(plan: Plan, query: Query) -> list[Asserted]:
    """How many the sheet says there are of what an amount is divided among (辖区100万人), where it
    says so once."""
    each = EACH.search(query.said)
    if each is None:
        return []
    unit = each["a"] or each["b"] or each["c"] or each["d"]
    found = {
        figure.value * (10_000 if "万" in (figure.unit or "") else 1)
        for name in TEXT_FIELDS
        for figure in figures(text_of(plan, name))
        if figure.unit in {unit, f"万{unit}", f"余{unit}", f"余万{unit}"}
        and "每" not in said_before(plan, name, figure)
    }
    return [Asserted(value, unit) for value in found] if len(found) == 1 else []


def _each(plan: Plan, query: Query, found: list[tuple[Evidence, FigureInText]]) -> Result | None:
    """An amount divided among as many as the asker says."""
    counts = [stated for stated in query.premise if not stated.is_money and stated.unit]
    counts = counts or _counted_in(plan, query)
    if not counts or not counts[0].value:
        return None
    money = next(((e, f) for e, f in found if f.yuan is not None), None)
    if money is not None and _is_of_one(plan, money[0]):
        return None  # 人均经费标准为95元 is one's already
    yuan = money[1].yuan if money else None if query.content else plan.yuan("total")
    if yuan is None:
        return None
    text, sign = rounded(yuan / counts[0].value)
    arithmetic = (
        f"{exact_text(yuan)}元 ÷ {exact_text(counts[0].value)}{counts[0].unit} {sign} {text}元"
    )
    blocks: list[Block] = [
        Headline(
            line(
                "content.each",
                figure=Figure(f"{text}元", arithmetic),
                unit=Phrase(counts[0].unit or ""),
                project=project_fact(plan),
            )
        ),
        working(arithmetic),
    ]
    return passage_result(plan, blocks, money[0].candidate.field if money else "total")
