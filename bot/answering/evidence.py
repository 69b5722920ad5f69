"""Which words of a plan answer to a question's: ordered by the kind of value that is asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.answering.indicators import PERCENT
from bot.answering.passages import of_one, said_before, text_of
from bot.question.analysis import A_CLASS
from bot.question.deadlines import (
    DATE,
    DATE_ASKED,
    TIME_ASKED,
    TIME_UNIT,
    WEEKDAY,
    WEEKDAY_ASKED,
    deadline_of,
)
from bot.question.evidence import all_known
from bot.question.measures import counts_alike, priced, seldom_counted
from bot.question.mending import CONSEQUENCE
from bot.question.query import Query
from bot.question.sources import Sources
from bot.retrieval import (
    CONTRARY,
    NAMED,
    STRONG,
    Candidate,
    Evidence,
    Feature,
    distinguished,
    features,
    grams,
    told_by,
)
from registry.passages import Span, figures, sentences
from registry.plan import FUNDING_SOURCES, TEXT_FIELDS, Plan

# Candidates within this of the best say the same thing as far as the words go.
LEVEL = 0.06
MOST_ALIKE = 5
MONEY_UNITS = ("亿元", "亿", "万元", "万", "千元", "元")
NEARLY, SURELY = 0.4, 0.75
FIGURE_FIRST = 0.12  # a figure of the kind asked for outweighs this much coverage
ROW_FIRST = 0.05
# 「分几次给」 asks how it is paid, 「分几期」 for a number.
SO_MUCH = "(?:(?<!分)(?:多少|几|好多)|(?<=分)(?:多少|几|好多)(?=[期批]))"
MEASURE_ASKED = re.compile(
    f"{SO_MUCH}(?P<measure>人|家|次|场|件|个|户|份|台|名|亩|公里|所|座|套|批|亿|万|页|趟|度|册|枚"
    f"|{seldom_counted()})"
)

WHO_ASKED = re.compile("谁(?!的)|哪家|哪个(?:公司|单位|机构|医院|企业)")
EACH_ASKED = re.compile(
    rf"每个(?!项目)|每一?个?(?:{priced()}|期|批|届)|单价|[人户亩]均"
    rf"|(?<=[钱少])一(?!共|年|月)(?:{priced()}|张|部|期)"
    rf"|一个?(?:{priced()})(?!平均)[\u4e00-\u9fff]{{0,4}}?(?=多少|好多|几|补|给|奖|要)"
    "|[一每]个?学[期年]"
    # 「看护员一个月多少钱」: what one of them gets.
    "|[人员者师工生](?:[一每]个?)(?:年(?=[补发拿领挣给]|多少$|好多$)|月|天|次|期)(?!.*(?:一共|总共|合计|加起来))"
    "|一个(?!项目|季|年|月|星期|最)[\u4e00-\u9fff]{1,6}?(?=[补给奖要发花]?(?:多少|好多|几))"
)


def asks_of_one(query: Query) -> bool:
    """Whether a price of one is asked for: 每座多少钱, 一处多少钱."""
    each = any(len(run) == 2 and run[0] == "每" for run in query.content)
    return each or EACH_ASKED.search(query.said) is not None


async def evidence_for(
    plan: Plan, segments: Sequence[str], query: Query, sources: Sources
) -> list[Evidence]:
    """What the plan says about the segments, best first, by sound too where characters find little."""
    frequency = await _frequency(segments, sources)
    looked_for = features(segments, frequency)
    found = sources.retriever.find(plan, looked_for, query.content_in)
    if (not found or found[0].coverage < 0.75) and not all_known(segments, frequency):
        looked_for = features(segments, frequency, by_sound=True)
        found = sources.retriever.find(plan, looked_for, query.content_in)
    classes = _classes_in("，".join(NAMED.sub(r"\1", segment) for segment in segments))
    found = _by_kind(plan, _of_another_class_last(found, classes), query)
    found = _amount_first(plan, found, query, classes)
    if found and asks_of_one(query) and _price_of_it(plan, found[0]):
        best = found[0]
        said = _priced(plan, best.candidate)
        if best.coverage >= NEARLY and any(w in said for w in best.matched if len(w) > 1):
            # What the price is one of stands before it, and is said with it.
            found = [replace(best, coverage=max(best.coverage, SURELY)), *found[1:]]
        return found
    return distinguished(found, looked_for)


async def _frequency(segments: Sequence[str], sources: Sources) -> dict[str, int]:
    wanted = [gram for segment in segments for gram in grams(segment)]
    return await sources.frequency(list(dict.fromkeys(wanted)))


async def features_of(segments: Sequence[str], sources: Sources) -> tuple[Feature, ...]:
    """The features of words to look for."""
    return features(segments, await _frequency(segments, sources))


# Sentences that say nearly as much as the one that says most speak of the thing as well.
AS_MUCH = 0.2


async def sentences_about(plan: Plan, query: Query, sources: Sources) -> tuple[str, list[Span]]:
    """The field whose sentences say most of what the question names, and those of them that do; none
    where no sentence says enough."""
    wanted = await features_of(query.content, sources)
    told = {
        (field, span): told_by(text_of(plan, field)[span.start : span.end], wanted)
        for field in query.content_in or TEXT_FIELDS
        if field in TEXT_FIELDS
        for span in sentences(text_of(plan, field))
    }
    most = max(told.values(), default=0.0)
    if most < STRONG:
        return "", []
    best = next(field for (field, _), share in told.items() if share == most)
    near = [s for (field, s), share in told.items() if field == best and share >= most - AS_MUCH]
    return best, near


def _by_kind(plan: Plan, found: list[Evidence], query: Query) -> list[Evidence]:
    """The evidence ordered anew by the kind of value asked for."""
    money = wants_money(query)
    number = wants_number(query)
    rows = bool(query.aspects)
    measure = MEASURE_ASKED.search(query.said)
    percent = re.search("比例|百分|几成|率|[几个]点", query.said) is not None
    stated = next((f.unit for f in query.premise if f.unit and not f.is_money), None)
    each = asks_of_one(query)
    enumerates = not number and re.search("什么|啥|哪些|哪几", query.said) is not None
    when = asks_when(query)
    after = said_after(query)
    who = WHO_ASKED.search(query.said) is not None
    follows = CONSEQUENCE.search(query.said) is not None
    length = LENGTH_ASKED.search(query.said)
    how_often = HOW_OFTEN.search(query.said) is not None
    how = HOW_ASKED.search(query.said) is not None and "approval_basis" not in query.fields

    def weight(evidence: Evidence) -> float:
        score = evidence.score
        candidate = evidence.candidate
        if how and candidate.field == "approval_basis":
            score -= 2 * FIGURE_FIRST  # the name of a document tells how nothing is done
        if when and evidence.coverage >= STRONG and says_when(plan, candidate, query):
            score += 3 * FIGURE_FIRST
            if any(word in after for word in evidence.own if len(word) > 1):
                score += FIGURE_FIRST
        if how_often and OFTEN.search(candidate.words):
            score += 3 * FIGURE_FIRST
        if when and after[:1] in candidate.words and HAN.match(after):
            score += FIGURE_FIRST  # 始建于 of 「哪年建的」
        if candidate.indicator is not None:
            unit = candidate.indicator.unit_of_measure or ""
            score += ROW_FIRST if rows or not money or unit in MONEY_UNITS else -ROW_FIRST
            if who or (each and unit not in MONEY_UNITS and not rows):
                score -= 2 * FIGURE_FIRST  # a row has no name in it, and no price of one
            if follows:
                score -= 3 * FIGURE_FIRST  # nor what happens where it is missed
            if number and not money:
                score += FIGURE_FIRST + ROW_FIRST
            if measure:
                score += FIGURE_FIRST * _in_measure(measure["measure"], unit)
        elif candidate.figure is not None:
            is_money = candidate.figure.yuan is not None
            if (money and is_money) or (number and not money and not is_money):
                score += FIGURE_FIRST * (2 if money else 1)
            elif not (money or number):
                score -= FIGURE_FIRST / 2
            if candidate.figure.unit is None or (measure and not money and is_money):
                score -= FIGURE_FIRST
            elif number and not money and is_money:
                score += ROW_FIRST  # 「培训费多少」 may well be asked for an amount
            if _is_of_that_very_name(plan, candidate, query):
                score += ROW_FIRST
            if _is_taken_off(plan, candidate, query):
                score -= 4 * FIGURE_FIRST
            if percent and candidate.figure.unit in {"%", "％"}:
                score += FIGURE_FIRST
            if stated is not None and stated in (candidate.figure.unit or ""):
                score += 2 * FIGURE_FIRST
            fits = _in_measure(measure["measure"], candidate.figure.unit) if measure else 0
            if fits:
                score += FIGURE_FIRST * fits
            elif measure and measure["measure"] not in "万亿":
                score -= 2 * FIGURE_FIRST  # 多少人 is not answered by 12类
            if any(word in query.said and word in candidate.words for word in AVERAGES):
                score += FIGURE_FIRST
            if length and length["measure"] in (candidate.figure.unit or ""):
                score += FIGURE_FIRST
            if STANDARD in query.said and is_money and STANDARD in candidate.words:
                score += FIGURE_FIRST  # 人均经费标准 rather than any other 每人
            if each and is_money and _price_of_it(plan, evidence):
                # 「每户补多少」 is no total
                score += (3 if evidence.coverage >= STRONG else 2) * FIGURE_FIRST
            elif each and is_money and _is_a_total(plan, candidate):
                score -= 2 * FIGURE_FIRST
        elif number and candidate.figure is None:
            score -= ROW_FIRST
            if money and candidate.field == "approval_basis":
                score -= FIGURE_FIRST
        elif enumerates and candidate.field != "indicators":
            # 「保些什么」 is answered by what lists, not by a figure's few words.
            score += ROW_FIRST + 0.03 * min(candidate.context.count(","), 4)
            if LISTED.search(candidate.words):
                score += 2 * FIGURE_FIRST
        return score

    return sorted(found, key=lambda evidence: -weight(evidence))


LONG_NAME = 4


def _is_of_that_very_name(plan: Plan, candidate: Candidate, query: Query) -> bool:
    """Whether a long word of the question ends in the sheet where it was said to end: 中国质量奖的奖励, not
    中国质量奖提名奖的."""
    figure = candidate.figure
    if figure is None:
        return False
    label = text_of(plan, candidate.field)[figure.label.start : figure.start]
    said = [NAMED.sub(r"\1", run) for run in query.content]
    # 「中国质量奖奖多少」: what is done stands behind the name.
    names = [name for run in said for name in (run, run[:-1]) if len(name) >= LONG_NAME]
    return any(f"{name}的" in label or label.endswith(name) for name in names)


DEDUCTED = re.compile("每[^，,。；;、]{0,6}[扣罚][减款]?[^，,。；;、]{0,8}$")
DEDUCTION_ASKED = re.compile("[扣罚减]|处理|后果")


def _is_taken_off(plan: Plan, candidate: Candidate, query: Query) -> bool:
    """Whether a figure is what is taken off (每少1次扣50元), where that was not asked for."""
    figure = candidate.figure
    if figure is None or DEDUCTION_ASKED.search(query.said):
        return False
    before = text_of(plan, candidate.field)[: figure.start]
    return DEDUCTED.search(before) is not None


def _in_measure(measure: str, unit: str | None) -> float:
    """How well a unit is what is asked for: 1 where it is that, less where it counts the same things."""
    if measure in (unit or ""):
        return 1
    return 0.4 if counts_alike(measure, unit) else 0


def _classes_in(text: str) -> set[str]:
    """The classes and grades a text speaks of: 甲级, 二类, 5a."""
    return {re.sub(r"(?<=\d[a-e])级", "", found) for found in A_CLASS.findall(text)}


def _of_another_class_last(found: list[Evidence], classes: set[str]) -> list[Evidence]:
    """The evidence with what speaks only of another class, 5A级 where 3A级 was said, as less."""
    if not classes:
        return found

    def contrary(words: str) -> bool:
        same = {p for p in _classes_in(words) if any(p[-1] == s[-1] for s in classes)}
        return bool(same) and not same & classes and "至" not in words

    return [
        replace(e, coverage=e.coverage * CONTRARY, score=e.score * CONTRARY)
        if contrary(e.candidate.words)
        else e
        for e in found
    ]


def _amount_first(
    plan: Plan, found: list[Evidence], query: Query, classes: set[str]
) -> list[Evidence]:
    """「残疾人开店创业能补多少」: before what states no amount the one that holds as many of the words,
    but for those of the project's own name, of which the whole sheet speaks; of a class (丙级民宿) the
    one that stands beside it (甲级旅游民宿20万元，乙级10万元，丙级5万元)."""
    best = found[0] if found else None
    if best is None or not MONEY_ASKED.search(query.said) or COUNT_ASKED.search(query.said):
        return found

    def telling(evidence: Evidence) -> set[str]:
        return {word for word in evidence.own if len(word) > 1 and word not in plan.name}

    money = [
        e
        for e in found
        if is_money(e) and e.coverage >= STRONG and not _is_taken_off(plan, e.candidate, query)
    ]
    beside = [e for e in money if classes and _classes_in(e.candidate.words) == classes]
    if not beside and is_money(best):
        beside = [e for e in money if telling(e) > telling(best)][:1]
    elif not beside:
        beside = [e for e in money if telling(e) >= telling(best)][:1]
    if not beside:
        return found
    first = min(beside, key=lambda e: len(e.candidate.words))
    return [first, *(e for e in found if e is not first)]


def is_money(evidence: Evidence) -> bool:
    row, figure = evidence.candidate.indicator, evidence.candidate.figure
    if row is not None:
        return (row.unit_of_measure or "") in MONEY_UNITS
    return figure is not None and (figure.yuan is not None or figure.unit in SHARES)


LENGTH_ASKED = re.compile(
    "(?:几|多少|好多)个?(?P<measure>年(?![级度])|月|天|小时|分钟|季度|工作日|周)"
)
HOW_ASKED = re.compile("怎么|如何|咋|怎样|啷个")
HOW_OFTEN = re.compile("(?:多久|多长时间|几天|几个月|几年).{0,6}一?[次回趟遍]")
OFTEN = re.compile("每(?:[周月季年天日旬]|星期|个月|半年).*[次回趟遍]")
HAN = re.compile("[\u4e00-\u9fff]")
STANDARD = "标准"
AVERAGES = ("人均", "户均", "亩均")  # said so, they are looked for so before 每人
LISTED = re.compile(",[^,]+,|,[^,]+等")  # 盲人按摩,电商客服,手工编织等职业技能培训
CLAUSE_OUTSIDE = re.compile("[^，,；;。：:（(]*$")


def _price_of_it(plan: Plan, evidence: Evidence) -> bool:
    """Whether a figure is a price of one of what the question names: in its own words, or in those
    before the bracket it stands in (劳务补助28.8万元（24名，每人每月1000元）)."""
    candidate = evidence.candidate
    if candidate.figure is None or not of_one(plan, candidate.field, candidate.figure):
        return False
    words = [word for word in evidence.matched if len(word) > 1 and word[0] != "每"]
    words = words or [form for word in evidence.matched for form in _forms(word)]
    before = text_of(plan, candidate.field)[: candidate.figure.start]
    bracket = max(before.rfind("（"), before.rfind("("))
    inside = bracket >= 0 and not any(close in before[bracket:] for close in "）)")
    outside = CLAUSE_OUTSIDE.search(before[:bracket]) if inside else None
    said = f"{candidate.words}\n{outside.group() if outside else ''}\n{_priced(plan, candidate)}"
    return any(word in said for word in words)


PRICE_OF = re.compile("每(?:一|个)?(?P<of>[\u4e00-\u9fff]{1,2})")


def _priced(plan: Plan, candidate: Candidate) -> str:
    """The words of what a price is one of, where it follows so many of these, and these what they
    come to: 计划扫描 of 「计划扫描220万页，中标单价0.62元/页」, 推广活动 of 「推广活动21.6万元，计划开展36场，
    每场6000元」."""
    price = candidate.figure
    text = text_of(plan, candidate.field)
    if price is None:
        return ""
    before = [f for f in figures(text) if f.end <= price.start][-2:]
    each = PRICE_OF.search(said_before(plan, candidate.field, price))
    of = (price.unit or "").partition("/")[2] or (each["of"][:1] if each else "")
    if not of or not before or not counts_alike(of, before[-1].unit):
        return ""
    first = next(s.start for s in sentences(text) if s.start <= price.start < s.end)
    words = [f for f in before if f.start >= first and (f is before[-1] or f.yuan is not None)]
    return "\n".join(text[f.label.start : f.start] + text[f.tail.start : f.tail.end] for f in words)


def _is_a_total(plan: Plan, candidate: Candidate) -> bool:
    """Whether a figure is what many come to: neither a price of one nor what each of them pays."""
    figure = candidate.figure
    if figure is None or of_one(plan, candidate.field, figure):
        return False
    return "各" not in said_before(plan, candidate.field, figure)


def _forms(word: str) -> tuple[str, ...]:
    """A word and, of 每人, how sheets say it as well: 人均."""
    return (word, f"{word[1]}均") if len(word) == 2 and word[0] == "每" else (word,)


YEAR_ASKED = re.compile("哪一?年(?![度底末])")
A_YEAR = re.compile(r"年间|年代|(?<!\d)\d{4}年(?!度)")


def asks_when(query: Query) -> bool:
    """Whether a date or a length of time is asked for: 几号前, 多久之内."""
    asked = (DATE_ASKED, TIME_ASKED, YEAR_ASKED, WEEKDAY_ASKED)
    return any(one.search(query.said) for one in asked)


def said_after(query: Query) -> str:
    """What is to happen then: 办结 of 「几天内要办结」."""
    asked = DATE_ASKED.search(query.said) or TIME_ASKED.search(query.said)
    return query.said[asked.end() :] if asked else ""


def says_when(plan: Plan, candidate: Candidate, query: Query) -> bool:
    """Whether a row, figure or clause states a date (每月15日前, 5月31日) or, where that is asked for,
    a length of time (90日内)."""
    if WEEKDAY_ASKED.search(query.said):
        whole = candidate.indicator is None and candidate.figure is None
        return whole and WEEKDAY.search(candidate.words) is not None
    if candidate.indicator is not None:
        unit = candidate.indicator.unit_of_measure or ""
        return bool(TIME_UNIT.search(unit) or deadline_of(candidate.indicator.name, None))
    if candidate.figure is None:
        # The years of documents are those they were issued in.
        of_year = A_YEAR if candidate.field != "approval_basis" else DATE
        dates = ((DATE_ASKED, DATE), (YEAR_ASKED, of_year))
        return any(a.search(query.said) and d.search(candidate.words) for a, d in dates)
    if not TIME_UNIT.search(candidate.figure.unit or ""):
        return False
    text = text_of(plan, candidate.field)
    if text[: candidate.figure.start].endswith("月") and candidate.figure.unit == "日":
        return True
    if DATE_ON.search(query.said):
        return False
    within = LIMIT_OF_TIME.match(text, candidate.figure.end)
    return TIME_ASKED.search(query.said) is not None or within is not None


# 几号 wants a day of the month; 什么时候办结 may be answered by 15日内, and by no 满6个月.
DATE_ON = re.compile("几月|几号|几日")
LIMIT_OF_TIME = re.compile("[之以]?[内前后]")
MONEY_ASKED = re.compile(
    "(?:多少|好多|几).{0,2}(?:钱|奖|补|经费|资金|费|款)"
    "|(?:奖励?|补[助贴偿]?|赔[偿付]?|[减免]|[资救]助|给|拨|扣|付|费|款|资金|金)"
    "(?:[一每全]年|一共|总共|是|要|有|[，,])*(?:多少|好多|几)(?![人家户次例个件])"
    "|[员工师][一每]个?[年月](?:多少|好多)$"
    "|(?:领|拿|得|兑)(?:到|了|得到)?(?:多少|好多|几多?)(?![分个家次项条])"
)


# 「补助先发几成」 is answered by a share, and by no amount.
TENTHS_ASKED = re.compile("几成|百分之(?:几|多少|好多)|(?:多[大少高]|几)的?比例|好?多少?个点")
SHARE_ASKED = re.compile("比例|百分|成|率|占|[几个]点")


def wants_money(query: Query) -> bool:
    """Whether an amount of money is asked for."""
    return (
        MONEY_ASKED.search(query.said) is not None
        or ("total" in query.fields and not TENTHS_ASKED.search(query.said))
        or (bool(set(FUNDING_SOURCES) & set(query.fields)) and not SHARE_ASKED.search(query.said))
        or query.in_unit is not None
        or any(f.is_money for f in query.premise)
    )


def wants_number(query: Query) -> bool:
    """Whether any number is asked for."""
    said = query.said
    return any(word in said for word in ("多少", "几", "好多", "比例", "率", "百分")) or bool(
        query.premise
    )


SUM_ASKED = re.compile(
    "(?:多少|好多|几多|几)(?:个?钱|元|块|万元)|花(?:多少|好多|几多)|(?:多少|好多)费用"
)
COUNT_ASKED = re.compile(
    f"{SO_MUCH}个?(?P<measure>人|家|次|场|件|户|份|台|名|亩|公里|所|座|套|批|天|小时|分钟|吨|盏|辆|头|幅|条|类|处"
    f"|页|趟|度|册|枚|株|棵|千瓦时|立方米|岁|{seldom_counted()})"
)
SO_MANY = re.compile("(?:几|多少|好多)个(?!点|百分|百分点)")  # 请了几个教练
TIMES = {"年": "年", "季": "季", "月": "月", "周": "[周星]", "天": "[天日]"}


# 三家运营商各承担4万元; 对成功上市的企业一次性给予800万元
EACH_OF_THEM = re.compile("各[^，,。；;、]{0,4}$|(?:给予|一次性)[^，,。；;、]{0,6}$")


def answers_kind(plan: Plan, evidence: Evidence, query: Query) -> bool:
    """Whether a figure or row is of the kind that was asked for: money for 多少钱, 公里 for 多少公里,
    and what is due a week only where a week was asked about."""
    candidate = evidence.candidate
    if asks_when(query) and (candidate.figure or candidate.indicator):
        return says_when(plan, candidate, query)
    if candidate.figure is not None:
        unit = candidate.figure.unit or ""
        is_money = candidate.figure.yuan is not None
        before = said_before(plan, candidate.field, candidate.figure)
        if _other_time(before, query.said) or (
            before.endswith("各") and not re.search("[各每]", query.said)
        ):
            return False
        each = of_one(plan, candidate.field, candidate.figure) or EACH_OF_THEM.search(before)
        if is_money and asks_of_one(query) and not each:
            return False  # 「每座多少钱」 is not what all of them cost
        if is_money and (GROWS.search(query.said) or TENTHS_ASKED.search(query.said)):
            return False
        if _is_a_case(plan, candidate, query):
            return False
        if unit in PERCENT and query.operation == "sum" and MONEY_ASKED.search(query.said):
            return False  # 「扫描费一共多少」 is not the 30% paid first
    elif candidate.indicator is not None:
        if _other_month(candidate.indicator.name, query):
            return False
        unit = candidate.indicator.unit_of_measure or ""
        is_money = unit in MONEY_UNITS
    else:
        return True
    if asks_of_one(query) and not is_money and any(f.is_money for f in query.premise):
        return False  # 「培训一场是不是2万」 is held against no number of them
    if unit in PERCENT and SO_MANY.search(query.said):
        return False
    asked, sum_asked = COUNT_ASKED.search(query.said), SUM_ASKED.search(query.said)
    price = asks_of_one(query) and query.said.rstrip("?？").endswith("多少")
    if (sum_asked or price or PAID_ASKED.search(query.said)) and not asked:
        return is_money or (unit in SHARES and not asks_of_one(query))
    if asked is None or sum_asked:
        return True
    if not unit:
        return candidate.figure is None  # a bare 100 counts nothing in 期
    measure = asked["measure"]
    return not is_money and counts_alike(measure, unit)


SHARES = PERCENT | {"‰", "倍"}
# What is paid, fined or taken off is money, or a share of it.
PAID_ASKED = re.compile(
    "(?:奖|补|赔|罚|补[助贴偿]|奖励|赔[偿付]|经费|费用|单价|租金)(?:[每一]\\w)?(?:是|要|为|有)?(?:多少|好多|几)"
    "(?![人家户次例个件分])"
)
# 「突破500万元的企业」「超过5分钟出车的」 say in which case something is paid.
CASE_BEFORE = re.compile("(?:突破|超过|达到|不足|低于|高于|满|超出|不满)(?:了|到)?$")
CASE_AFTER = re.compile("[^，。；,;]{0,8}的")
# What is set aside for all is not what one gets: 安排260万元, 计360万元.
SET_ASIDE = re.compile("(?:安排|共计|合计|共需|计)$")
ALL_ASKED = re.compile("总|共|合计|安排|全[部年]|需要?|花|预算")
GETS = re.compile("[奖补赔罚](?:多少|好多|几)")


def _is_a_case(plan: Plan, candidate: Candidate, query: Query) -> bool:
    """Whether a figure is the case that a passage puts, or one that the question states itself, or
    what all get where it was asked what one does."""
    figure = candidate.figure
    if figure is None or query.yes_no:
        return False
    if _is_stated(plan, candidate, query):
        return True
    if PAID_ASKED.search(query.said) is None:
        return False
    text = text_of(plan, candidate.field)
    before, after = text[: figure.start], text[figure.end :]
    case = CASE_BEFORE.search(before) is not None and CASE_AFTER.match(after) is not None
    one_gets = GETS.search(query.said) is not None and not ALL_ASKED.search(query.said)
    return case or (one_gets and SET_ASIDE.search(before) is not None)


def _is_stated(plan: Plan, candidate: Candidate, query: Query) -> bool:
    """Whether the question states this very figure, and asks for another."""
    figure = candidate.figure
    if figure is None or not figure.unit or not wants_number(query):
        return False
    printed = text_of(plan, candidate.field)[figure.start : figure.end].strip()
    same = any(f.is_money and f.value == figure.yuan for f in query.premise)
    return printed in query.said or same


def what_follows(plan: Plan, found: Sequence[Evidence], query: Query) -> Evidence | None:
    """What is paid, or taken off, in the case that the question states a figure of: 10万元 of
    「首次突破1000万元的奖励10万元」."""
    if PAID_ASKED.search(query.said) is None:
        return None
    case = next((e.candidate for e in found if _is_stated(plan, e.candidate, query)), None)
    if case is None or case.figure is None:
        return None
    at = case.figure.end
    end = next(s.end for s in sentences(text_of(plan, case.field)) if s.end >= at)
    behind = [
        (e.candidate.figure.start, e)
        for e in found
        if e.candidate.field == case.field
        and e.candidate.figure is not None
        and at <= e.candidate.figure.start < end
    ]
    follows = min(behind, key=lambda pair: pair[0], default=None)
    return follows[1] if follows and answers_kind(plan, follows[1], query) else None


GROWS = re.compile("(?:增长|增速|上升|下降|提高|降低|提升)(?:了|率)?(?:多少|几|好多)(?!.*[钱元])")
MONTH_SAID = re.compile("[\\d一二三四五六七八九十]月")


def _other_month(name: str, query: Query) -> bool:
    """Whether an indicator is due in another month than the one asked about."""
    deadline = deadline_of(name, None)
    if query.due is None or query.due.until or deadline is None:
        return False
    if len(MONTH_SAID.findall(query.said)) > 1:
        return False  # 「9月底和12月底分别多少」
    return not query.due.covers(deadline.month)


def _other_time(before: str, said: str) -> bool:
    """Whether a figure is one of a week where the question speaks of a year."""
    of_figure = {t for t, word in TIMES.items() if re.search(f"每{word}", before)}
    asked = {t for t, word in TIMES.items() if re.search(f"(?:每|一个?|全|整){word}", said)}
    return bool(of_figure and asked) and not of_figure & asked


def alike(found: list[Evidence]) -> list[Evidence]:
    best = found[0]
    kind = (best.candidate.indicator is None, best.candidate.figure is None)
    return [
        evidence
        for evidence in found
        if evidence.coverage >= best.coverage - LEVEL
        and (evidence.candidate.indicator is None, evidence.candidate.figure is None) == kind
        and evidence.matched >= best.matched
        and evidence.own >= best.own
    ][:MOST_ALIKE]


def said_of_one(evidence: Evidence, unit: str) -> bool:
    """Whether the figure is said of one such unit: 元/户, 每人."""
    figure = evidence.candidate.figure
    words = evidence.candidate.words
    return bool(figure and f"/{unit}" in (figure.unit or "")) or f"每{unit}" in words


def only_of_its_kind(found: list[Evidence], query: Query) -> Evidence | None:
    """The only figure that is said of one (元/人, 每亩), where the question asks for one of it; the
    only share, where it asks for one."""
    if re.search("比例|百分", query.said):
        shares = {
            (e.candidate.field, e.candidate.figure.start): e
            for e in found
            if e.candidate.figure is not None and e.candidate.figure.unit in {"%", "％"}
        }
        return next(iter(shares.values())) if len(shares) == 1 else None
    of = next(
        (segment[1] for segment in query.content if len(segment) == 2 and segment[0] == "每"), None
    )
    if of is None:
        return None
    fits = [
        e for e in found
        if e.candidate.figure is not None and e.candidate.figure.yuan is not None
        and (said_of_one(e, of) or f"{of}均" in e.candidate.words)
    ]  # fmt: skip
    return fits[0] if len(fits) == 1 else None
