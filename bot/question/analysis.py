"""A question cut into tokens: names, people, figures, dates, vocabulary words, and what is left."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from itertools import groupby

from bot.question.lexicon import (
    SPOKEN_FILLERS,
    Word,
    in_chinese,
    lexicon,
    pinyin_to_words,
    read_table,
    spoken_after,
    spoken_words,
    synonym_groups,
    variants,
    words_in,
)
from bot.question.measures import priced
from bot.question.query import Asserted, Due
from registry.amounts import han_number
from registry.pinyin import split_pinyin
from registry.text import simplified, width

LONGEST_QUESTION = 2000
MARKS = str.maketrans(
    {
        "〔": "[",
        "〕": "]",
        "【": "[",
        "】": "]",
        "（": "(",
        "）": ")",
        **dict.fromkeys("“”‘’\"'「」『』", None),
    }
)
OF_SOMEBODY = re.compile("([A-Za-z])['\u2019]s\\b")
TAG = re.compile(r"<[^<>\u4e00-\u9fff]{1,120}>")
ADDRESS = re.compile(r"@\S+|^/\w+(?:@\w+)?")
HAN = "\u4e00-\u9fff"
HAN_RUN = re.compile(f"[{HAN}]+")
HAN_DIGIT = "零一二三四五六七八九"
HAN_DIGITS = re.compile(f"[{HAN_DIGIT}]{{7,}}")
# 「除打非外其余项目」 leaves out the same as 以外.
OUTSIDE = re.compile("(?<![以之除])外(?=[的，,]?(?:其余|其他|其它|剩))")
# 「断几回电」 is 断电几回.
APART = re.compile(rf"(?P<verb>[{HAN}])(?P<times>(?:几|多少|好多)[次回趟场遍])(?P<of>[{HAN}])")
# 「42万5」 is 42.5万.
SPOKEN_HALF = re.compile(r"(?<![\d.])(\d+)万([1-9])(?![\d.,万千百元%人次家户个])")
# 「77万8700」, 「七十七万八千七」, 「一亿二千万」 are one amount; 「十万一户」 is a price of one.
SMALL = "零〇一二两三四五六七八九十百千"
IN_PLACES = re.compile(
    rf"(?<![\d.])(?P<n>\d+)万(?P<rest>\d{{4}})(?!\d|[.,]\d|[万千百%])"
    rf"|(?P<words>[{SMALL}]+[万亿](?:[{SMALL}]*[十百千][{SMALL}万]*|[二三四五六七八九](?=元|块|$|[^{HAN}\d]|[的吗吧呢对]|是|够|行)))"
)
# 「涨了5.8个点」
POINTS_OF_PERCENT = re.compile(r"(\d)个点(?![子位心])")
LIST_NUMBER = re.compile(r"(?:(?<=[\s:：，,；;。])|^)\d{1,2}[.、)]\s*(?=[^\d\s])")
LATIN_RUN = re.compile(r"[a-z']{2,}")

NUMERAL = r"\d[\d,]*(?:\.\d+)?[十百千](?=[万亿])|\d[\d,]*(?:\.\d+)?|[零〇一二两三四五六七八九十百千]+(?:点[零一二三四五六七八九]+)?"
MEASURES = sorted(read_table("words.toml")["measure"]["words"], key=len, reverse=True)
# What is counted by the ten thousand: 3万吨 is no money, 「1000万项目」 is.
IN_TENS_OF_THOUSANDS = "人次|人|份|户|吨|公斤|亩|公里|件|名|株|棵|平方米|立方米|千瓦时|度|页|条|册|头|只|羽|尾|次(?!年)"
FIGURE = re.compile(
    rf"(?P<n>{NUMERAL})\s*(?P<more>来|多|余|(?<=[十百千])几)?\s*"
    rf"(?P<unit>个亿元?|亿元|亿|万元|万块钱?|个?万(?!{IN_TENS_OF_THOUSANDS})|千元|块钱|块|元|万(?:{IN_TENS_OF_THOUSANDS})|{'|'.join(map(re.escape, MEASURES))})?"
)
# 5A and A3 are grades and sizes, 2型 is a kind; 20w and 3k are numbers.
GRADE = re.compile(r"(?<![\da-z.])(?:\d[a-jl-vx-z]|[a-z]\d)(?![\da-z.])|(?<![\d.])\d{1,2}型(?!号)")
# 「一次都没中断」 is none at all.
NOT_ONE = re.compile(
    "(?:一|半)(?P<unit>次|件|起|例|个|家|场)(?=(?:[\u4e00-\u9fff]{0,6})?(?:都|也)(?:没|未|不))"
)
PERCENT = re.compile(r"百分之(?P<n>\d[\d.]*|[零一二两三四五六七八九十百点]+)")
# 一半, 三成: so many per cent; 「翻一倍」 is two times.
HALF = re.compile(
    "(?:(?<=[的占到足过达成算])|(?<=完成了))(?:一半|半数)(?![夜年天月路])|一半(?=以[上下]|是?多少)"
)
TENTHS = re.compile(
    "(?P<n>[一二两三四五六七八九]|\\d)成(?P<half>半|[一二三四五六七八九])?(?=[以的是左多不吗吧呢够，,。?？]|$)"
)
DOUBLED = re.compile("翻(?:一|1|个)?(?:倍|番)|加倍")
ORDINAL = re.compile(
    r"(?:第|#)\s*(?P<n>\d{1,3}|[一二两三四五六七八九十]{1,3})\s*(?P<of>个|项|条|名|位|大|行|张|号|家)?(?:指标|项目)?"
)
TOP = re.compile(
    r"(?:排(?:名|在)?)?(?:前|top\s*)(?P<n>\d{1,3}|[一二两三四五六七八九十]{1,3})\s*(?:名|个|位|大|项|的)?"
)
FROM_BELOW = re.compile(r"倒数第(?P<n>\d{1,2}|[一二两三四五六七八九十])(?:个|名|位|项)?")
BOTTOM = re.compile(r"(?:倒数|最后|后)(?P<n>\d{1,2}|[两二三四五六七八九十])(?:个|名|项)")
# 「2」 alone chooses; 「最多的三个」 are the first three.
WHOLE_NUMBER = re.compile(r"^\s*\d{1,2}\s*$")
TOP_OF_MOST = re.compile(
    r"(?:(?<=最[多大高少小低贵]的)|(?<=最便宜的))(?P<n>\d{1,2}|[两二三四五六七八九十])[个项名家]"
)
# 「三个最大的项目」 are the first three too.
SO_MANY_MOST = re.compile(
    r"(?P<n>\d{1,2}|[两二三四五六七八九十])(?:个|项|家)(?=最(?:多|大|高|少|小|低|贵|便宜))"
)
LAST = re.compile(r"(?:最后|倒数第?)(?:一|1)?(?:个|项|条|名)")
YEAR = re.compile(r"(?<!\d)(?P<n>20\d\d)\s*(?:年度|年)(?!\s*(?:底|末|初|前|\d))")
MONTH_END = re.compile(
    r"(?:(?P<year>20\d\d)\s*年?)?(?P<n>\d{1,2}|[一二三四五六七八九十]{1,3})\s*月(?:份)?(?:底|末|份)?\s*(?P<until>之前|以前|前)?"
)
YEAR_END = re.compile(r"(?:(?P<year>20\d\d)\s*年?|年)(?:底|末)\s*(?P<until>之前|以前|前)?")
# 三季度 is July to September, 三季度末 the end of September, 上半年 January to June.
PART_OF_YEAR = re.compile(
    r"(?:第?(?P<quarter>[一二三四1-4])季度|(?P<half>[上下]半年))(?:(?P<end>[末底])|(?P<until>之前|以前|前)"
    r"|(?=.{0,12}(?:指标|完成|考核|到期|节点|截止|到位)))"
)
PHONE = re.compile(
    r"(?<![\d.])(?!\d{4}\s*-\s*\d{4}\s*年)(?:\+?86[\s-]?)?(?:\(?0\d{2,3}\)?[\s-]?)?\d[\d\s-]{5,12}\d(?![\d.]|\s*(?:万|元|亿|块))"
)
TAIL = re.compile(
    r"^(?P<c>\d{4})(?=是谁|是哪|谁|这个号|打来|的号)|(?:尾号|尾数|末尾|末位|末[三四]位|最?后[三四]位|结尾|收尾)(?:是|为)?\s*(?P<a>\d{3,6})|(?<!\d)(?P<b>\d{3,6})\s*(?:的?尾[号数]|结尾|收尾|打尾)"
)
DOCUMENT = re.compile(
    rf"(?:请问|问一?下|查一?下|查询)?(?P<organ>(?:(?![是据按和与及由的])[{HAN}]){{2,10}})?\s*[\[(]?\s*(?P<year>20\d\d)\s*年?\s*[\])]?\s*第?\s*(?P<n>\d{{1,5}})\s*号"
)
PART_OF_NUMBER = re.compile(r"第?(?P<n>\d{1,5})\s*号(?:令|文件|文|批示)?")
COMPARISON_SIGN = re.compile(
    r"定性|≥|>=|≤|<=|>|<|=|大于等于|小于等于|大于号|小于号|等于号|等号|等于"
)
# Where what is stated ends, to be confirmed.
STATED_SO = "(?:$|[,，。?？对吗吧么嘛没是不])"
# The price of one: 每座多少钱, 多少钱一户, 一场补多少.
PER_UNIT = re.compile(
    rf"每(?P<a>{priced()})(?!次)|(?<![了过])一(?:个)?(?P<b>{priced()})(?=多少|好多|几|补|给(?![完清齐])|奖|赔|要|收|最|能|可以|比(?![例赛])|[多少差高低](?:多少|好多|几)|$|[,，。?？])|(?<=[钱少])一(?P<c>{priced()}|张|部|期)|(?P<d>[人户亩])均"
    r"|一(?P<e>辆|座|亩|户|场|台|套|头|只|盏|棵|床|公里|吨)(?![够算行了也就呢吗都,，。?？])(?=.{1,6}(?:补|给|奖|赔|要|收|拨|投|用多|花多|用好多|花好多))"
    rf"|一(?P<f>次|场|起|期)(?=[{HAN}]{{1,6}}最[多高大])"
    # 「一座是30万对吧」, 「30万一座没错吧」: the price of one is stated.
    rf"|一个?(?P<g>{priced()})(?=[^，,。?？\d]{{0,4}}?(?:{NUMERAL})个?(?:[亿万千百]+[元块]?|[元块])钱?{STATED_SO})"
    rf"|(?<=[万元块])一个?(?P<h>{priced()})(?![的性])"
)
# All there are, by their number: 六个项目, 六张表.
ALL_OF_THEM = re.compile(
    r"(?:^|(?<=[\s，,。全这那把将]))(?:[三四五六七八九]|十[一二三四五六七八九]?|\d{1,3})(?:个|张)(?:项目|专项|绩效表|表)"
)
# 老二 stands second.
PLACED = re.compile(r"排?老(?P<n>[二三四五])")
# 「哪两家所」 asks which they are; 哪三个 is heard as 哪.
WHICH_OF_SO_MANY = re.compile(
    r"哪(?:[两二三四五六七八九十]|\d{1,2})(?:[家名位所处座户辆条批]|个(?!项目|专项|指标))"
)
# 二类公厕, 甲级医院, 一等奖: of what kind or how good something is.
A_CLASS = re.compile(
    r"[一二三四五六甲乙丙丁a-d]类|\d[a-e]级?|[a-e一二三四五六甲乙丙丁]级|[一二三四]等(?!于)|[二三四五]星级?"
)
# 三个 before a noun counts what is named anyway.
COUNT_WORD = re.compile(
    r"(?<!哪)[一二两三四五六七八九十]{1,2}(?:个|项|条|张|位|类|种|笔)(?=[\u4e00-\u9fff])(?!月|人[挂管盯兜负])"
)
PLURAL_REFERENCE = re.compile(
    r"[这那](?:两|二|三|四|五|几)[个项条笔步档]|(?:两|三|四|五)个(?=加|合|一共|总|相|差|哪|谁|各|都|的)|两者|二者"
)


@dataclass(frozen=True, slots=True)
class Token:
    """What text[start:end] is. `kind`: project, near, person, unit, document, phone, figure, due,
    year, ordinal, top, sign, word, rest. `value` is what the kind carries."""

    start: int
    end: int
    text: str
    kind: str
    value: object = None
    senses: frozenset[tuple[str, str]] = frozenset()

    def means(self, group: str, *concepts: str) -> bool:
        """Whether the word is of the group (of these concepts)."""
        return any(
            sense[0] == group and (not concepts or sense[1] in concepts) for sense in self.senses
        )

    def as_rest(self) -> Token:
        """The same characters as words to look for."""
        return Token(self.start, self.end, self.text, "rest", self.text)


@dataclass(frozen=True)
class Part:
    """A part of a question: its text and its tokens, in order and without overlaps."""

    text: str
    tokens: tuple[Token, ...] = ()
    trace: tuple[str, ...] = field(default=(), compare=False)

    @cached_property
    def senses(self) -> frozenset[tuple[str, str]]:
        """Everything that the words mean."""
        return frozenset().union(*(token.senses for token in self.tokens))

    def of(self, *kinds: str) -> tuple[Token, ...]:
        """The tokens of these kinds."""
        return tuple(token for token in self.tokens if token.kind in kinds)

    def words(self, group: str, *concepts: str) -> tuple[Token, ...]:
        """The words of the group (of these concepts)."""
        return tuple(token for token in self.tokens if token.means(group, *concepts))

    def has(self, group: str, *concepts: str) -> bool:
        """Whether a word of the group (of these concepts) was said."""
        if concepts:
            return any((group, concept) in self.senses for concept in concepts)
        return any(sense[0] == group for sense in self.senses)

    def said(self, group: str) -> tuple[str, ...]:
        """The concepts of a group, in the order said, each once."""
        found = dict.fromkeys(
            concept
            for token in self.tokens
            for kind, concept in sorted(token.senses)
            if kind == group
        )
        return tuple(found)


def normal(raw: str) -> str:
    """The form a question is read in: half width, simplified, lower case, no tags, no emoji."""
    # Half a surrogate pair may come out of somebody's JSON; nothing can be written with it.
    raw = raw[:LONGEST_QUESTION].encode("utf-8", "ignore").decode("utf-8")
    text = OF_SOMEBODY.sub(r"\1 ", TAG.sub(" ", simplified(width(raw))))
    text = text.translate(MARKS).lower()
    text = re.sub(r"\s*\n\s*", "。", text.strip())
    text = ADDRESS.sub(" ", text.strip())
    text = LIST_NUMBER.sub("，", text)
    for said, meant in variants().items():
        text = text.replace(said, meant)
    text = HAN_DIGITS.sub(
        lambda match: "".join(str(HAN_DIGIT.index(c)) for c in match.group()), text
    )
    text = OUTSIDE.sub("以外", text)
    text = APART.sub(_closed, text)
    text = SPOKEN_HALF.sub(r"\1.\2万", text)
    text = IN_PLACES.sub(_in_digits, text)
    text = POINTS_OF_PERCENT.sub(r"\1个百分点", text)
    kept = "".join(
        " " if unicodedata.category(char) in {"So", "Sk", "Cs", "Co", "Cc", "Cn"} else char
        for char in text
    )
    return spoken(re.sub(r"\s+", " ", kept).strip())


def _closed(match: re.Match[str]) -> str:
    word = match["verb"] + match["of"]
    return f"{word}{match['times']}" if word in synonym_groups() else match.group()


def _in_digits(match: re.Match[str]) -> str:
    """An amount of several places in digits; of money where nothing else is counted by it."""
    value = (
        han_number(match["words"])
        if match["words"]
        else Decimal(match["n"]) * 10_000 + Decimal(match["rest"])
    )
    if value is None:
        return match.group()
    after = match.string[match.end() :].lstrip()
    counts = after.startswith((*MEASURES, "元", "块", "余", "多", "来"))
    return f"{value:f}" + ("" if counts else "元")


def spoken(text: str) -> str:
    """English words, and field and question words typed in pinyin or initials, in Chinese."""
    if not LATIN_RUN.search(text):
        return text
    text = in_chinese(text)
    table = read_table("words.toml")
    initials: dict[str, str] = {**table["initials"], **table["english_months"]}
    known = lexicon().senses
    text = SPACED.sub(lambda match: _closed_up(match.group(), known, initials), text)

    def words(match: re.Match[str]) -> str:
        run = match.group()
        if run in known:
            return run
        if run in initials or run in SPOKEN_FILLERS:
            return initials.get(run) or SPOKEN_FILLERS[run]
        before = match.string[match.start() - 1 : match.start()]
        if said := spoken_after().get((before, run)):
            return said
        pieces: list[str] = []
        position = 0
        for start, end, word in pinyin_to_words(run):
            between = run[position:start]
            pieces += [SPOKEN_FILLERS.get(between, between), word]
            position = end
        rest = run[position:]
        if pieces and len(pieces[0]) > 4 and pieces[0].endswith("de"):
            pieces[0] = f"{pieces[0].removesuffix('de')}的"
        return "".join([*pieces, SPOKEN_FILLERS.get(rest, rest) if pieces else rest])

    return LATIN_RUN.sub(words, text)


# Syllables typed one by one (li dongxia, ji ge) are one run; English words stay apart.
SPACED = re.compile(r"[a-z']+(?: [a-z']+)+")


def _closed_up(words: str, known: Mapping[str, object], initials: Mapping[str, str]) -> str:
    closed: list[str] = []
    for plain, pieces in groupby(words.split(" "), lambda p: p in known or p in initials):
        run = list(pieces)
        syllables = not plain and all(split_pinyin(piece) for piece in run)
        closed += ["".join(map(_a_word_apart, run))] if syllables else run
    return " ".join(closed)


def _a_word_apart(piece: str) -> str:
    """A word of several syllables typed between spaces is that word: dianhua of 「dianhua duoshao」."""
    if piece == "de":
        return SPOKEN_FILLERS[piece]
    return spoken_words().get(piece, piece) if len(split_pinyin(piece) or ()) > 1 else piece


TENS = {"十": 10, "百": 100, "千": 1000}  # 「2百万」


def number(text: str) -> Decimal:
    """1,234.5 or 四百二十."""
    if text[-1] in TENS and text[0].isdigit():
        return Decimal(text[:-1].replace(",", "")) * TENS[text[-1]]
    if text[0].isdigit():
        return Decimal(text.replace(",", ""))
    return han_number(text) or Decimal(0)


def _part_of_year(match: re.Match[str]) -> Due:
    """The months of a quarter or half of the year."""
    months = 3 if match["quarter"] else 6
    which = (
        int(number(match["quarter"])) if match["quarter"] else "上下".index(match["half"][0]) + 1
    )
    last = which * months
    since = None if match["end"] or match["until"] else last - months + 1
    return Due(last, None, bool(match["until"]), since)


# 「保留两位小数」 wants an amount at so many decimals.
DECIMALS = re.compile(
    "保留到?(?:小数点?后?)?(?P<n>[一二两三四1-4])位(?:小数)?|小数点?后(?P<m>[一二两三四1-4])位"
)
ROUNDED = frozenset({("rounding", "places")})
FILLER = frozenset({("filler", "filler")})
THEY = frozenset({("refer", "they")})
WHICH_THEY_ARE = frozenset({("ask", "what"), ("ask", "list")})
ALL_PROJECTS = frozenset({("ask", "all"), ("ask", "projects")})


MONEY_UNITS = {
    "个亿": 100_000_000, "个亿元": 100_000_000, "亿元": 100_000_000, "亿": 100_000_000,
    "万元": 10_000, "万块": 10_000, "万块钱": 10_000, "万": 10_000, "个万": 10_000,
    "千元": 1_000, "块钱": 1, "块": 1, "元": 1,
}  # fmt: skip


# 一个, 一下, 两项 are words of a sentence more often than figures, as 两块 are two parts.
OF_A_SENTENCE = frozenset("个项条年月天下批起期处份套页趟册度枚")


def _figure(match: re.Match[str]) -> Asserted | None:
    text = match.string
    before = text[: match.start()]
    digits, unit = match["n"], match["unit"]
    if not digits[0].isdigit():
        if unit is None or unit == "块" or (len(digits) == 1 and unit in OF_A_SENTENCE):
            return None
        if set(digits) <= set("百千"):
            asks = before.endswith(("几", "多少", "好多", "数"))
            if asks or unit not in MONEY_UNITS or unit == "元":
                return None  # 几百万 asks, 千元 is a unit
    elif unit is None and before[-1:].isalpha() and before[-1:].isascii():
        return None
    if unit == "个" and text[match.end() : match.end() + 1] == "人":
        unit = "人"  # 180个人
    value = number(digits)
    about = bool(match["more"])
    if unit in MONEY_UNITS:
        return Asserted(value * MONEY_UNITS[unit], "元", about, match.group())
    if unit is not None and unit.startswith("万"):
        return Asserted(value * 10_000, unit.removeprefix("万"), about, match.group())
    return Asserted(value, unit, about, match.group())


def _tenths(match: re.Match[str]) -> Asserted:
    half = match["half"]
    value = number(match["n"]) * 10 + (5 if half == "半" else number(half) if half else 0)
    return Asserted(value, "%", said=match.group())


def _counted(match: re.Match[str]) -> int:
    return int(number(match["n"]))


def _of_its_group(match: re.Match[str]) -> str:
    return match[match.lastgroup or 0]


def _phone(match: re.Match[str]) -> str | None:
    digits = re.sub(r"\D", "", match.group())
    return digits if len(digits) >= 7 else None


def _month_end(match: re.Match[str]) -> Due | None:
    month = _counted(match)
    year = int(match["year"]) if match["year"] else None
    return Due(month, year, bool(match["until"])) if 1 <= month <= 12 else None


def _year_end(match: re.Match[str]) -> Due:
    year = int(match["year"]) if match["year"] else None
    return Due(None if year else 12, year, bool(match["until"]))


# What patterns alone can tell, the surest first; what an earlier one took is left to it. A reader
# gives the value (of a word, what it means), or None where the pattern is not to be believed.
REGULAR: tuple[tuple[re.Pattern[str], str, Callable[[re.Match[str]], object]], ...] = (
    (DOCUMENT, "document", lambda m: f"{m['organ'] or ''}[{m['year']}]{m['n']}号"),
    (PART_OF_NUMBER, "number_part", lambda m: f"{m['n']}号"),
    (TAIL, "phone", _of_its_group),
    (PHONE, "phone", _phone),
    (YEAR, "year", lambda m: int(m["n"])),
    (MONTH_END, "due", _month_end),
    (PART_OF_YEAR, "due", _part_of_year),
    (YEAR_END, "due", _year_end),
    (FROM_BELOW, "ordinal", lambda m: -_counted(m)),
    (ORDINAL, "ordinal", lambda m: _counted(m) if m["of"] != "家" else None),
    (PLACED, "ordinal", _counted),
    (BOTTOM, "bottom", _counted),
    (LAST, "ordinal", lambda _: -1),
    (WHOLE_NUMBER, "ordinal", lambda m: int(m.group())),
    (TOP_OF_MOST, "top", _counted),
    (SO_MANY_MOST, "top", _counted),
    (TOP, "top", _counted),
    (DECIMALS, "word", lambda _: ROUNDED),
    (PLURAL_REFERENCE, "word", lambda _: THEY),
    (ALL_OF_THEM, "word", lambda _: ALL_PROJECTS),
    (WHICH_OF_SO_MANY, "word", lambda _: WHICH_THEY_ARE),
    (COUNT_WORD, "word", lambda _: FILLER),
    (PER_UNIT, "rest", lambda m: f"每{_of_its_group(m)}"),
    (GRADE, "rest", lambda m: m.group()),
    (NOT_ONE, "figure", lambda m: Asserted(Decimal(0), m["unit"], said=m.group())),
    (PERCENT, "figure", lambda m: Asserted(number(m["n"]), "%", said=m.group())),
    (HALF, "figure", lambda m: Asserted(Decimal(50), "%", said=m.group())),
    (TENTHS, "figure", _tenths),
    (DOUBLED, "figure", lambda m: Asserted(Decimal(2), "倍", said=m.group())),
    (FIGURE, "figure", _figure),
    (COMPARISON_SIGN, "sign", lambda m: m.group()),
)


def regular_tokens(text: str) -> list[Token]:
    """Tokens that a pattern alone can tell: documents, phones, figures, dates, ordinals, signs."""
    tokens: list[Token] = []
    taken = [False] * len(text)
    for pattern, kind, read in REGULAR:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(taken[start:end]) or (value := read(match)) is None:
                continue
            taken[start:end] = [True] * (end - start)
            if isinstance(value, frozenset):
                tokens.append(Token(start, end, match.group(), kind, senses=value))
            else:
                said = str(value) if kind == "rest" else match.group()
                tokens.append(Token(start, end, said, kind, value))
    return sorted(tokens, key=lambda token: token.start)


def vocabulary_tokens(text: str, taken: Iterable[Token]) -> list[Token]:
    """Vocabulary words that do not overlap what is taken; the earlier first, then the longer."""
    free = [True] * len(text)
    for token in taken:
        free[token.start : token.end] = [False] * (token.end - token.start)
    chosen: list[Token] = []
    for word in words_in(text):
        if all(free[word.start : word.end]):
            free[word.start : word.end] = [False] * (word.end - word.start)
            chosen.append(_word_token(word))
    return chosen


def _word_token(word: Word) -> Token:
    groups = {group for group, _ in word.senses}
    if groups == {"content"}:
        return Token(word.start, word.end, word.text, "rest", word.text)
    if groups == {"look_for"}:
        meant = next(concept for _, concept in word.senses)
        return Token(word.start, word.end, meant, "rest", meant)
    return Token(word.start, word.end, word.text, "word", None, word.senses)


RESIDUE = re.compile(rf"[{HAN}a-z0-9%.]+")


def rest_tokens(text: str, taken: Iterable[Token]) -> Iterator[Token]:
    """What no token explains: runs of characters, digits and letters."""
    covered = list(text)
    for token in taken:
        covered[token.start : token.end] = "\n" * (token.end - token.start)
    for match in RESIDUE.finditer("".join(covered)):
        yield Token(match.start(), match.end(), match.group(), "rest", match.group())


def assemble(text: str, tokens: Iterable[Token]) -> Part:
    """A part from its tokens, vocabulary and rest filled in."""
    taken = sorted(tokens, key=lambda token: token.start)
    taken += vocabulary_tokens(text, taken)
    taken.sort(key=lambda token: token.start)
    taken += rest_tokens(text, taken)
    return Part(text, tuple(_roughly(merged(sorted(taken, key=lambda token: token.start)))))


def _roughly(tokens: Iterable[Token]) -> Iterator[Token]:
    """The tokens, with 大概 and 左右 told to the figure they stand beside."""
    said = list(tokens)
    for place, token in enumerate(said):
        beside = (*said[max(0, place - 1) : place], *said[place + 1 : place + 2])
        if isinstance(token.value, Asserted) and any(
            other.means("compare_amount", "about") for other in beside
        ):
            token = replace(token, value=replace(token.value, about=True))
        yield token


def merged(tokens: Iterable[Token]) -> Iterator[Token]:
    """The tokens with neighbouring words to look for as one."""
    last: Token | None = None
    for token in tokens:
        if (
            last is not None
            and last.kind == token.kind == "rest"
            and last.end == token.start
            and "每" not in (last.text[0], token.text[0])
        ):
            text = last.text + token.text
            last = Token(last.start, token.end, text, "rest", text)
            continue
        if last is not None:
            yield last
        last = token
    if last is not None:
        yield last
