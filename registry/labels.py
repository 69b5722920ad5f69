"""Words printed on sheets, looked up: which field, which column, which sign. The words are data."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from registry.plan import AMOUNT_FIELDS, Comparison
from registry.text import ALIKE, INVISIBLE, normal, squeeze

# What a field is called on the screen: its label in the form of the user's own district.
LABELS: Mapping[str, str] = MappingProxyType(
    {
        "name": "项目名称",
        "title": "表名",
        "year": "年度",
        "region": "地区",
        "category": "项目类别",
        "table_number": "表号",
        "supervising_department": "主管部门",
        "implementing_unit": "实施单位",
        "budget_execution_weight": "预算执行率权重",
        "amount_unit": "金额单位",
        "total": "项目总资金额",
        "higher_level_grants": "上级补助",
        "district_funds": "区级资金",
        "other_funds": "其他资金",
        "overview": "项目概况",
        "approval_basis": "立项依据",
        "annual_objective": "当年绩效目标",
        "contact_person": "联系人",
        "contact_phone": "联系电话",
        "contact_phone_e164": "国际格式电话",
        "indicators": "绩效指标",
        "level1": "一级指标",
        "level2": "二级指标",
        "comparison": "指标性质",
        "target": "指标值",
        "target_value": "指标值",
        "unit_of_measure": "指标单位",
        "points": "分值",
        "core_mark": "是否核心",
        "actual": "实际完成值",
    }
)
LONGEST_LABEL = 24
# A label of two characters (其他, 单位) is as often a value: it counts only where no value is due.
WEAK_LENGTH = 2

ENUMERATION = re.compile(r"^(?:\(?[一二三四五六七八九十]+[)、.,]|\(?\d{1,2}[)、.,](?!\d))+")
# Half width is made before: what a label is compared by has no white space and no invisible
# characters, and one kind of bracket and quote.
OF_KEYS = ALIKE | dict.fromkeys(
    code for code in range(0x10000) if chr(code).isspace() or INVISIBLE.match(chr(code))
)
# Most cells are in this form already.
KEY = re.compile(r"[\u4e00-\u9fffa-z0-9%≥≤=/-]+|[0-9]+\.[0-9]+")
BRACKET = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
# A second unit in brackets behind the first: 万头(羽), 个村(社区).
SECOND_UNIT = re.compile(r"(?<=\w)\([\u4e00-\u9fff]{1,3}\)$")
PER = re.compile("[/·.*每]")
AMOUNT_WORD = re.compile("数|资金|拨款|金额|总额|投资|预算")
AMOUNT_UNIT = re.compile("亿元|万元|千元|元")
# 2024年指标值, 2024年度目标值: a label of the year 2024; 2024-2026年目标 is one of several years.
OF_A_YEAR = re.compile(r"(?<!\d)(20\d{2})年度?(?![-~至到\d])")
OF_YEARS = re.compile(r"20\d{2}年?度?[-~至到](?:20)?\d{2}(?!\d)年?度?")
SEVERAL_YEARS = "周期"
PART = re.compile(r"\{(\w+)\}")
GROUP = re.compile(r"\((?!\?)")
# 预算申请金额：万元
UNIT_AFTER = re.compile("^(.{2,}?)[:,](?:单位:?)?(?:亿元|万元|千元|元)$")
OTHER_PERIOD = re.compile("(?:目标|金额|资金|总额|预算|指标值?|投资|数|目标值)$")


@dataclass(frozen=True, slots=True)
class Label:
    """A recognised label: the field it names, its rank among that field's labels, a unit in it, and
    the year it is printed with (2024年预算数)."""

    field: str
    rank: int
    unit: str | None
    key: str
    year: int | None = None
    # Could be a value as well; so could a label of two characters.
    weak: bool = False

    @property
    def is_weak(self) -> bool:
        """Whether it counts only where no value is due."""
        return self.weak or len(self.key) <= WEAK_LENGTH


@cache
def _data() -> dict[str, Any]:
    text = files("registry").joinpath("data/labels.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def words(name: str) -> tuple[str, ...]:
    """A list of the `[words]` part of the data file."""
    return tuple(_data()["words"][name])


@lru_cache(maxsize=8192)
def label_key(text: str) -> str:
    """The form in which labels are compared: 「其中：财政 拨款：」 -> 财政拨款."""
    if KEY.fullmatch(text) is not None:
        return text
    flat = unicodedata.normalize("NFKC", text).translate(OF_KEYS).lower().strip(":*.,;")
    flat = ENUMERATION.sub("", flat)
    return flat.removeprefix("其中:").removeprefix("其中,").strip(":") or flat


def without_brackets(key: str) -> str:
    """A key without what stands in brackets: 项目资金(万元) -> 项目资金."""
    return BRACKET.sub("", key).strip(":") if "(" in key or "[" in key else key.strip(":")


def _without_filtered_words(key: str) -> str:
    # One county's site drops 绩效 and 指标 from every label.
    return key.replace("绩效", "").replace("指标", "")


@cache
def _fields() -> dict[str, tuple[str, int]]:
    table: dict[str, tuple[str, int]] = {}
    short: dict[str, tuple[str, int]] = {}
    for entry in _data()["field"]:
        meaning = (entry["name"], entry.get("rank", 5))
        for word in entry["words"]:
            table.setdefault(label_key(word), meaning)
            short.setdefault(_without_filtered_words(label_key(word)), meaning)
    for key, meaning in short.items():
        if len(key) > WEAK_LENGTH:
            table.setdefault(key, meaning)
    return table


@cache
def _endings() -> tuple[str, ...]:
    return tuple(_data()["elsewhere"]["endings"])


@cache
def _columns() -> dict[str, str]:
    table: dict[str, str] = {}
    short: dict[str, str] = {}
    for role, listed in _data()["columns"].items():
        for word in listed:
            table.setdefault(label_key(word), role)
            short.setdefault(_without_filtered_words(label_key(word)), role)
    for key, role in short.items():
        if key:
            table.setdefault(key, role)
    return table


@cache
def _forms(kind: str) -> tuple[re.Pattern[str], tuple[tuple[re.Pattern[str], Any], ...]]:
    """The forms that labels or columns are put together in, as one, and each with what it names."""
    parts = {
        name: "|".join(sorted((re.escape(label_key(word)) for word in listed), key=len)[::-1])
        for name, listed in _data()["parts"].items()
    }
    # What a group held is never asked for, and keeping it takes as long as the search.
    forms = [
        (
            PART.sub(lambda m: f"(?:{parts[m[1]]})", GROUP.sub("(?:", "|".join(entry["forms"]))),
            entry,
        )
        for entry in _data()[kind]
    ]
    every = re.compile("|".join(form for form, _ in forms))
    return every, tuple((re.compile(form), entry) for form, entry in forms)


def _composed(kind: str, key: str) -> Any | None:
    every, forms = _forms(kind)
    # Most texts fit none of the forms, numbers never do.
    if key.isascii() or every.fullmatch(key) is None:
        return None
    return next(entry for form, entry in forms if form.fullmatch(key))


def year_of(text: str) -> int | None:
    """The one year a label is printed with: 2024年度预算金额, 预算数（2024年）."""
    key = label_key(text)
    if "20" not in key or OF_YEARS.search(key):
        return None
    years = {int(year) for year in OF_A_YEAR.findall(key)}
    return years.pop() if len(years) == 1 else None


def _without_year(key: str) -> str:
    """A key with 年度 for the year it is printed with: 2024年预算数 -> 年度预算数; 2024年 stays."""
    if "20" not in key or OF_A_YEAR.fullmatch(key):
        return key
    return OF_A_YEAR.sub("年度", OF_YEARS.sub(SEVERAL_YEARS, key))


@cache
def _other_periods() -> re.Pattern[str]:
    listed = sorted(_data()["not_this_year"]["words"], key=len, reverse=True)
    return re.compile("|".join(listed))


@lru_cache(maxsize=8192)
def is_other_period(key: str) -> bool:
    """Whether the label speaks of another period than the plan's year (中期资金总额)."""
    return _other_periods().search(key) is not None


@cache
def _this_year() -> re.Pattern[str]:
    return re.compile("|".join(_data()["parts"]["年"]))


def is_this_year(key: str) -> bool:
    """Whether the label speaks of the plan's year (年度资金总额, 2025年目标)."""
    return not is_other_period(key) and _this_year().search(_without_year(key)) is not None


@lru_cache(maxsize=8192)
def is_period(text: str) -> bool:
    """Whether a cell holds a period and nothing else: 上年度, 本年度, 2025年."""
    key = without_brackets(_possible_key(text) or "")
    return key in words("periods") or OF_A_YEAR.fullmatch(key) is not None


@lru_cache(maxsize=8192)
def is_sum(text: str) -> bool:
    """Whether a cell holds the word for a sum and nothing else: 合计, 小计."""
    return _possible_key(text) in words("sums")


@cache
def _page_chrome() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words("page_chrome"))))


def is_page_chrome(text: str) -> bool:
    """Whether a line has words that only stand around the content of a page: 版权所有, 打印."""
    return _page_chrome().search(text.lower()) is not None


def _possible_key(text: str) -> str | None:
    """The key of a cell short enough to be a label."""
    if len(text) > 4 * LONGEST_LABEL:
        return None
    key = label_key(text)
    return key if 0 < len(key) <= LONGEST_LABEL else None


@lru_cache(maxsize=8192)
def find_label(text: str) -> Label | None:
    """The label a cell holds, when it holds nothing else."""
    key = _possible_key(text)
    if key is None:
        return None
    bare = _without_year(without_brackets(key))
    for form in (key, bare):
        meaning = _fields().get(form)
        if meaning is not None:
            # 中期资金总额 is not listed, but 上年预算数 could be by mistake: the period wins.
            return Label(meaning[0], meaning[1], _unit_in(key), form, year_of(key))
    if bare.endswith(_endings()) and bare not in _endings():
        return Label("elsewhere", 5, None, bare)
    if is_other_period(bare) and (OTHER_PERIOD.search(bare) or _is_yearly(bare)):
        # 三年行动计划专项资金 may be a project's name.
        return Label("elsewhere", 5, _unit_in(key), bare, weak=not bare.endswith("目标"))
    entry = _composed("form", bare)
    if entry is not None:
        weak = entry.get("weak", False)
        return Label(entry["name"], entry.get("rank", 5), _unit_in(key), bare, year_of(key), weak)
    headed = UNIT_AFTER.match(bare) if bare.endswith("元") else None
    label = find_label(headed.group(1)) if headed is not None else None
    return replace(label, unit=_unit_in(key)) if label and label.field in AMOUNT_FIELDS else None


def _unit_in(key: str) -> str | None:
    unit = AMOUNT_UNIT.search(key)
    return unit.group() if unit is not None else None


def _is_yearly(key: str) -> bool:
    """Whether the label of another period would be one of the plan's in 年度: 上年安排, 年度安排."""
    entry = _composed("form", _other_periods().sub("年度", key))
    return entry is not None and entry["name"] in ("total", "annual_objective")


@lru_cache(maxsize=8192)
def find_column(text: str) -> str | None:
    """The column of the indicator table a header cell names."""
    key = _possible_key(text)
    if key is None:
        return None
    bare = _without_year(without_brackets(key))
    role = _columns().get(key) or _columns().get(bare)
    if role is None and bare not in _fields():
        entry = _composed("column_form", bare)
        role = entry["role"] if entry is not None else None
    if role in ("value", "actual") or (role is None and bare.endswith("值")):
        if is_other_period(bare) or is_other_period(key):
            return "value_elsewhere"
        if role is None and bare.startswith(("本年", "当年", "年度", "全年", "年初")):
            return "value"
    return role


def is_amount(label: Label) -> bool:
    """Whether the label names an amount, one of the plan's own or another."""
    return label.field in AMOUNT_FIELDS or (
        label.field == "elsewhere" and AMOUNT_WORD.search(label.key) is not None
    )


@cache
def _signs() -> dict[str, Comparison]:
    listed = _data()["signs"]
    return {
        label_key(word) or word: comparison
        for name, comparison in (
            ("at_least", Comparison.AT_LEAST),
            ("at_most", Comparison.AT_MOST),
            ("equal", Comparison.EQUAL),
            ("more_than", Comparison.MORE_THAN),
            ("less_than", Comparison.LESS_THAN),
        )
        for word in listed[name]
    }


@cache
def _words_for_signs() -> tuple[dict[str, Comparison], int]:
    """Every word of a sign's column that says how to compare, and the length of the longest."""
    qualitative = dict.fromkeys(_data()["signs"]["qualitative"], Comparison.QUALITATIVE)
    signs = _signs() | qualitative
    return signs, max(map(len, signs))


@cache
def _leading() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, _signs()), key=len, reverse=True)))


@lru_cache(maxsize=4096)
def find_sign(text: str) -> Comparison | None:
    """The comparison a cell of a sign column holds; None for 正向, 定量 and whatever is no sign."""
    signs, longest = _words_for_signs()
    key = normal(text)
    return signs.get(key.translate(ALIKE)) if len(key) <= longest else None


def leading_sign(text: str) -> tuple[Comparison | None, str]:
    """The sign a value begins with and the rest: "≥100公里" -> (AT_LEAST, "100公里")."""
    sign = _leading().match(text)
    return (None, text) if sign is None else (_signs()[sign.group()], text[sign.end() :])


def trailing_sign(text: str) -> tuple[Comparison | None, str]:
    """The sign a value ends with and the rest: "95%以上" -> (AT_LEAST, "95%")."""
    for endings, comparison in _trailing():
        if text.endswith(endings):
            word = next(word for word in endings if text.endswith(word))
            return comparison, text[: -len(word)]
    return None, text


def after_what_is_done(text: str) -> str:
    """A figure with its unit from behind words for what is done: 完成46台 -> 46台, 选派省市县特派员64名 ->
    64名; the text itself where it does not begin so."""
    done = _done().match(text)
    return text if done is None else text[done.end() :]


@cache
def _done() -> re.Pattern[str]:
    listed = sorted(_data()["signs"]["done_before"], key=len, reverse=True)
    # 第2批, 每月2次, 约60人, 较上年5%: these words make another thing of the figure.
    between = "(?:(?![第每约近较比超按前])[\u4e00-\u9fff]){0,10}?"
    return re.compile(rf"(?:{'|'.join(map(re.escape, listed))}){between}(?=\d)")


@cache
def _trailing() -> tuple[tuple[tuple[str, ...], Comparison], ...]:
    listed = _data()["signs"]
    return (
        (tuple(listed["at_least_after"]), Comparison.AT_LEAST),
        (tuple(listed["at_most_after"]), Comparison.AT_MOST),
    )


def is_polarity(text: str) -> bool:
    """正向, 反向, 定量: stand in sign columns and say nothing about the comparison."""
    return label_key(text) in _data()["signs"]["polarity"]


@cache
def _hints() -> re.Pattern[str]:
    return re.compile("|".join(words("hints")))


@lru_cache(maxsize=8192)
def is_hint(text: str) -> bool:
    """Whether a cell only shows what to fill in: （填写项目全称）, 指标1：, ……"""
    key = normal(text)
    return not key or _hints().match(key) is not None


@cache
def _units() -> tuple[frozenset[str], frozenset[str], frozenset[str], tuple[str, ...]]:
    text = files("registry").joinpath("data/units.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)

    def flat(listed: list[str]) -> frozenset[str]:
        return frozenset(unicodedata.normalize("NFKC", word).lower() for word in listed)

    return flat(data["units"]), flat(data["odd"]), flat(data["per"]), tuple(data["multiples"])


@lru_cache(maxsize=4096)
def is_known_unit(text: str) -> bool:
    """Whether the text is a unit of measure: 公里, 万头次, 元/人·月, 万元/户."""
    per = _units()[2]
    flat = SECOND_UNIT.sub("", normal(text).lower())
    if _is_single_unit(flat):
        return True
    first, *others = PER.split(flat)
    return (
        bool(others)
        and _is_single_unit(first)
        and all(part in per or _is_single_unit(part) for part in others)
    )


def _is_single_unit(flat: str) -> bool:
    """A listed unit, or a multiple of one: 万亩次 is 万 and 亩次."""
    units, _, _, multiples = _units()
    if flat in units or not flat.startswith(multiples):
        return flat in units
    return any(
        flat.startswith(multiple) and flat.removeprefix(multiple) in units for multiple in multiples
    )


def is_odd_unit(text: str) -> bool:
    """A quantity's name where a unit should stand: 次数 for 次."""
    return squeeze(text) in _units()[1]
