"""Mends how a part was cut into words, by what the sheets loaded do and do not say."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

from bot.question.analysis import A_CLASS, FILLER, HAN_RUN, Part, Token, assemble, merged
from bot.question.lexicon import lexicon, spoken_words
from bot.question.measures import measures
from bot.question.sources import Sources
from bot.retrieval import grams
from registry.pinyin import sounds
from registry.plan import FUNDING_SOURCES
from registry.store.grams import passages_of

DOCUMENT_WORD = re.compile("方案|办法|条例|规定|意见|细则|批示|请示|协议|号文|纪要")


def years_as_words(part: Part) -> Part:
    """「依据里2018年那个文」: beside a word for documents a year is part of what is looked for."""
    about_documents = (
        DOCUMENT_WORD.search(part.text) is not None
        or part.has("field", "approval_basis") or part.has("soft", "approval_basis") or part.of("number_part")
    )  # fmt: skip
    if not about_documents:
        return part
    kept = tuple(
        Token(t.start, t.end, t.text, "rest", str(t.value)) if t.kind == "year" else t
        for t in part.tokens
    )
    return Part(part.text, kept, part.trace)


# 「前年领过的今年还能再报吗」: what has been, before what is asked; 「去年说的那个」: what was spoken of.
HAS_BEEN = re.compile(
    "[^，,。?？比多少几什啥哪谁]{0,14}?[过了][^。?？比几什啥哪谁]{0,16}?"
    "(?:今年|现在|如今|还(?:能|可|要|会|给|让)|能不能|可不可以|再(?![加减]))"
)
SPOKEN_OF = re.compile("(?:[就刚也]|的时候)?[说讲提问聊](?:过|好|到|起)?了?的")


def past_years_told(part: Part) -> Part:
    """「前年领过补助的人家，今年还能再报吗」: a year in which something has been, or was spoken of, is not the
    one that a question asks about."""
    kept = (
        replace(t, kind="word", senses=FILLER)
        if (t.kind == "year" or (t.means("year") and not t.means("year", "0")))
        and (HAS_BEEN.match(part.text, t.end) or SPOKEN_OF.match(part.text, t.end))
        else t
        for t in part.tokens
    )
    return Part(part.text, tuple(kept), part.trace)


# 「农户自己最多承担多大比例」: how much of it somebody bears.
BORNE_SHARE = re.compile("承担了?(?:多[大少高]|好多|几成|百分之[几多])(?!项目|任务|个)")


def borne_as_words(part: Part) -> Part:
    """「农户自己最多承担多大比例」: what somebody bears is looked for in what the sheet says; 承担 alone asks
    for the unit that runs a project."""
    if BORNE_SHARE.search(part.text) is None:
        return part
    tokens = (t.as_rest() if t.text == "承担" else t for t in part.tokens)
    return Part(part.text, tuple(merged(tokens)), part.trace)


# 「分哪几个服务团」「分成几批」: what is divided.
DIVIDED_INTO = re.compile("分(?:哪|成|几[个类批组步期档块次])")


def shared_out(part: Part) -> Part:
    """「打非经费街镇分多少」: of money, and before what something is divided into, 分 is what is done
    with it, not points."""
    money = part.has("soft", "total") and not part.has("ask", "indicators")
    kept = (
        replace(t, senses=FILLER)
        if t.text == "分"
        and t.means("ask", "points")
        and (money or DIVIDED_INTO.match(part.text, t.start))
        else t
        for t in part.tokens
    )
    return Part(part.text, tuple(kept), part.trace)


# Lone characters that only glue a sentence; others (上, 打, 出) may belong to the word beside them.
GLUE = frozenset("的得了吗呢吧啊呀哈哦嘛么是在有要就都还也又请问我你您他它这那和与跟及或把被将")


# What makes a measure of the word before it: 合格率, 满意度.
MEASURED_BY = frozenset("率度数额量比")


# 「完成进度这种指标」 asks for an indicator of that name.
OF_A_ROW = re.compile("(?:[这那的]|[这那]?[种类个项样])*的?指标")
EXAMINED = re.compile("考核?(?:了|的是)?[^，。]{0,4}$")


async def held_by_sheets(part: Part, sources: Sources) -> Part:
    """Facts that sheets of this kind do not state, where the sheets loaded do speak of them
    (校长陪餐), are words to look for like any other."""
    absent = part.words("absent")
    of_a_person = part.of("person") or part.has("field", "contact_person", "contact_phone")
    if not absent or of_a_person:
        return part
    joined = {token: _joined_to_words(part, token) for token in absent}
    wanted = [gram for t in absent for gram in (*grams(t.text), *joined[t])]
    frequency = await sources.frequency(wanted)
    held = {
        t
        for t in absent
        if OF_A_ROW.match(part.text, t.end)
        or EXAMINED.search(part.text[: t.start])
        or (
            all(frequency.get(gram) for gram in grams(t.text))
            and (not t.means("absent", "of_the_day") or any(map(frequency.get, joined[t])))
        )
    }
    tokens = (t.as_rest() if t in held else t for t in part.tokens)
    return Part(part.text, tuple(merged(tokens)), part.trace)


def _joined_to_words(part: Part, token: Token) -> list[str]:
    """The pairs of characters that join a word to those right beside it: 染天 of 重污染天气, which a
    sheet may hold, 天天 of 今天天气, which is small talk."""
    places = [
        place
        for other in part.of("rest", "project")
        for place in (other.end, other.start)
        if place in (token.start, token.end)
    ]
    return [part.text[place - 1 : place + 1] for place in places]


# What follows from something is asked for: 考核不合格会怎样, 低于80分怎么处理.
CONSEQUENCE = re.compile(
    "会(?:怎么?样|咋样)|(?:怎么|如何|咋)(?:处理|处罚|罚|扣|办|弄)|[什啥]么?后果|咋办"
)
MISSED = re.compile("[不未没](?:能|有)?(?:合格|达标|完成|达到|通过)")
TAKEN_OFF = re.compile("[扣罚]减?(?:多少|好多|几)(?!分)")
ASKED_OF_ROWS = ("indicators", "enough", "target", "points", "number", "blank", "except", "due")


def conditions_as_words(part: Part) -> Part:
    """「考核不合格会怎样」: the case that is put is looked for in what the sheet says, word by word."""
    asked = CONSEQUENCE.search(part.text)
    if part.has("compare_amount") or MISSED.search(part.text):
        asked = asked or TAKEN_OFF.search(part.text)  # 考核不到80分扣多少
    if asked is None:
        return part
    tokens = (
        t.as_rest()
        if t.end <= asked.start()
        and (
            t.kind == "figure"
            or t.means("yes_no")
            or t.means("compare_amount")
            or t.means("ask", *ASKED_OF_ROWS)
        )
        else t
        for t in part.tokens
    )
    return Part(part.text, tuple(merged(tokens)), part.trace)


def named_by_it(part: Part) -> Part:
    """「夜间噪声达标这个指标多少分」: 达标 behind other words, where a row is asked for by its name and no
    figure is held against it, belongs to that name."""
    if part.of("figure") or not part.has("ask", "points", "indicators") or part.has("yes_no"):
        return part
    ends = {t.end for t in part.of("rest")}
    tokens = (
        t.as_rest() if t.start in ends and len(t.text) == 2 and t.means("ask", "enough") else t
        for t in part.tokens
    )
    return Part(part.text, tuple(merged(tokens)), part.trace)


async def results_as_words(part: Part, sources: Sources) -> Part:
    """「初验合格后能付到多少」: a result right behind what the sheets join it to (初验合格付至70%) tells
    when, and holds nothing against a target."""
    ends = {t.end: t.text for t in part.of("rest")}
    results = {
        t: ends[t.start][-1] + t.text[0]
        for t in part.words("ask", "enough")
        if t.start in ends and len(t.text) == 2
    }
    if not results or part.of("figure") or part.has("yes_no"):
        return part
    frequency = await sources.frequency(list(results.values()))
    held = {t for t, joins in results.items() if frequency.get(joins)}
    tokens = (t.as_rest() if t in held else t for t in part.tokens)
    return Part(part.text, tuple(merged(tokens)), part.trace)


# 区级配套 and 上级补助 say whose money it is.
OF_FUNDS = re.compile("配套|补助|补贴|资金|财政|承担|安排|负担|经费|拨|出")


async def levels_as_words(part: Part, sources: Sources) -> Part:
    """「区级特派员每人多少」: 区级 right before a noun that the sheets have it before tells which, and
    is no source of funds."""
    tokens = list(part.tokens)
    compared = False
    for place, (token, after) in enumerate(pairwise(part.tokens)):
        of_level = _is_level(token)
        beside = of_level and _is_level(after) and after.start == token.end
        if beside and part.has("yes_no") and not OF_MONEY.search(part.text):
            # 「市级区级两个身份」: two levels side by side tell of what, and name no funds.
            tokens[place], tokens[place + 1] = token.as_rest(), after.as_rest()
            continue
        noun = after.kind in {"rest", "project", "near"} and after.start == token.end
        if not (of_level and noun) or OF_FUNDS.match(after.text):
            continue
        joined = grams(token.text[-2:] + after.text[:2])
        frequency = await sources.frequency(joined)
        level = token.text[-2:]
        known = all(frequency.get(pair, 0) for pair in joined)
        if known or await _stands_before(level, after.text[:2], sources):
            tokens[place] = token.as_rest()
            compared = compared or COMPARED.search(part.text) is not None
    if compared:
        tokens = [t.as_rest() if _is_level(t) and t.kind != "rest" else t for t in tokens]
    return Part(part.text, tuple(merged(tokens)), part.trace)


async def _stands_before(level: str, noun: str, sources: Sources) -> bool:
    """Whether some sheet has a level before a noun with a few words between (市级代表性传承人), or counts
    the noun by levels (传承人补助17.90万元，其中国家级1人，市级8人)."""
    near = re.compile(
        f"{level}[^，。；、]{{1,6}}{noun}|{noun}[^。]{{0,60}}{level}[^，。；、\\d]{{0,4}}\\d"
    )
    plans = await sources.all_if_at_most(FEW_READ)
    return any(near.search(text) for plan in plans for _, _, text in passages_of(plan))


FEW_READ = 30
COMPARED = re.compile("比[市区县省]级")  # 市级孵化基地比区级多奖多少
OF_MONEY = re.compile("资金|经费|预算|[钱出拨]")


def _is_level(token: Token) -> bool:
    return token.means("field", *FUNDING_SOURCES) and token.text.endswith("级")


async def classes_as_words(part: Part, sources: Sources) -> Part:
    """「三类公厕一年给多少」: a class that the sheets speak of tells which, and counts nothing."""
    said = [t for t in part.words("filler") if A_CLASS.fullmatch(t.text)]
    if not said:
        return part
    frequency = await sources.frequency([t.text for t in said])
    tokens = (t.as_rest() if t in said and frequency.get(t.text) else t for t in part.tokens)
    return Part(part.text, tuple(merged(tokens)), part.trace)


# Ends of the names of many indicators: 进出口总额.
TOTALS = frozenset({"总额", "总量", "总数", "金额", "总值"})


PAID_HOW_MUCH = re.compile("(?P<verb>[\u4e00-\u9fff])了?(?P<asked>多少|好多|几多)")


async def verbs_cut_free(part: Part, sources: Sources) -> Part:
    """「预拨多少」: the verb of 拨多少, where it is the end of a word of the sheets (预拨), is left to that
    word."""
    tokens = list(part.tokens)
    for place, token in enumerate(part.tokens):
        before, _ = _beside(part, place)
        asked = PAID_HOW_MUCH.fullmatch(token.text) if token.means("field", "total") else None
        if asked is None or before is None or before.kind != "rest":
            continue
        joined = before.text[-1] + asked["verb"]
        if (await sources.frequency([joined])).get(joined):
            at = token.start + asked.start("asked")
            words = part.text[before.start : at]
            tokens[place - 1] = Token(before.start, at, words, "rest", words)
            how_much = frozenset({("ask", "how_much")})
            tokens[place] = Token(at, token.end, asked["asked"], "word", None, how_much)
    return Part(part.text, tuple(tokens), part.trace)


async def rejoined(part: Part, sources: Sources) -> Part:
    """Lone filler characters that form a pair of the sheets with what is left beside them go back
    to it: 上 in 上市, 出 in 支出."""
    pairs = {place: _joins(part, place) for place in range(len(part.tokens))}
    longer = {place: joins for place in pairs if (joins := _of_a_longer_word(part, place))}
    wanted = [pair for found in pairs.values() for pair in found]
    wanted += [pair for found in longer.values() for side in found for pair in side]
    named = {place for place in pairs if _names_a_project(part, place)}
    glued = {place: pair for place in pairs if (pair := _of_a_lone_character(part, place))}
    wanted += glued.values()
    if not (wanted or named):
        return part
    frequency = await sources.frequency(wanted)
    held = {place for place, found in pairs.items() if any(map(frequency.get, found))}
    # A longer word of known ones that no sheet has together names something that is not here.
    strange = {
        place
        for place, (joins, known) in longer.items()
        if not any(map(frequency.get, joins)) and any(map(frequency.get, known))
    }
    # 参 alone is nothing: with 与 it is a word, and no two things are joined by it.
    completed = {place for place, pair in glued.items() if frequency.get(pair)}
    back = held | named | strange | completed
    tokens = (t.as_rest() if place in back else t for place, t in enumerate(part.tokens))
    return Part(part.text, tuple(merged(tokens)), part.trace)


def _beside(part: Part, place: int) -> tuple[Token | None, Token | None]:
    """The tokens that stand right before and right behind one."""
    token = part.tokens[place]
    before = part.tokens[place - 1] if place else None
    after = part.tokens[place + 1] if place + 1 < len(part.tokens) else None
    return (
        before if before and before.end == token.start else None,
        after if after and after.start == token.end else None,
    )


def _joins(part: Part, place: int) -> list[str]:
    """The pairs of characters by which a word may belong to what stands beside it."""
    token = part.tokens[place]
    before, after = _beside(part, place)
    if token.kind != "word":
        return []
    if len(token.text) == 2 and after and after.kind == "rest" and after.text[0] in MEASURED_BY:
        return [token.text[-1] + after.text[0]]
    if token.text in TOTALS and before and before.kind == "rest":
        return [before.text[-1] + token.text[0]]
    if not _may_belong_to_others(token):
        return []
    joined = [before.text[-1] + token.text] if before and _may_take(before) else []
    return joined + ([token.text + after.text[0]] if after and _may_take(after) else [])


JOINS_OR_LEADS = frozenset("与及在得有把被将和同为")


def _of_a_lone_character(part: Part, place: int) -> str:
    """The pair that a lone character left over and the one behind it form, where that would else join
    it to something: 参与 of 参与率."""
    token = part.tokens[place]
    before, _ = _beside(part, place)
    lone = before is not None and before.kind == "rest" and len(before.text) == 1
    if not lone or before is None or token.kind != "word" or token.text not in JOINS_OR_LEADS:
        return ""
    return before.text + token.text


def _may_belong_to_others(token: Token) -> bool:
    """Whether a word is a lone character that is no mere glue."""
    lone = token.kind == "word" and len(token.text) == 1 and token.text not in GLUE
    return lone and any(token.means(group) for group in ("filler", "soft", "ask"))


def _may_take(token: Token) -> bool:
    """Whether a lone character may belong to this: words left, or another lone character."""
    lone = token.kind == "word" and len(token.text) == 1 and token.text not in GLUE
    return token.kind == "rest" or lone


# What is asked for, and as often the middle of a longer word: 财政信息化.
NOUNS = frozenset({"信息", "资料"})


def _of_a_longer_word(part: Part, place: int) -> tuple[list[str], list[str]] | None:
    """信息 of 财政信息化建设: the pairs that would join it to both sides, and those of the sides."""
    token = part.tokens[place]
    before, after = _beside(part, place)
    if token.text not in NOUNS or before is None or after is None:
        return None
    if not before.kind == after.kind == "rest":
        return None
    joins = [before.text[-1] + token.text[0], token.text[-1] + after.text[0]]
    return joins, grams(before.text + after.text)


PROJECT = re.compile("项目|专项|资金|经费")


def _names_a_project(part: Part, place: int) -> bool:
    """「打假专项」: a lone filler and a lone character that nothing explains, right before 专项."""
    _, after = _beside(part, place)
    if after is None or after.kind != "rest" or len(after.text) != 1:
        return False
    return _may_belong_to_others(part.tokens[place]) and bool(PROJECT.match(part.text, after.end))


async def repaired(part: Part, known: Sequence[Token], sources: Sources) -> Part:
    """Field words typed with a wrong character of the same sound (联席人, 与算) are heard as meant,
    where no sheet holds what was typed."""
    left = [token.text for token in part.of("rest") if HAN_RUN.search(token.text)]
    windows = dict.fromkeys(
        run[start : start + size]
        for runs, sizes in ((left, (4, 3, 2)), (list(_typed_runs(part)), (2,)))
        for run in runs
        for size in sizes
        for start in range(len(run) - size + 1)
    )
    repairs = _by_sound(windows)
    if not repairs:
        return part
    wanted = (gram for said in repairs for gram in (*grams(said), *_across(part.text, said)))
    frequency = await sources.frequency(list(dict.fromkeys(wanted)))
    text = part.text
    trace = list(part.trace)
    for said, meant in repairs.items():
        if len(said) == 2 and _inside_a_run(left, said):
            continue  # 栽点花木 is not about 电话
        # 和信 is no 核心 before 访: 信访 is a word of the sheets.
        if len(said) == 2 and any(map(frequency.get, _across(text, said))):
            continue
        strange = [frequency.get(gram, 0) == 0 for gram in grams(said)]
        own = set(grams(said)) - set(grams(meant))
        mistyped = len(said) > 2 and any(strange) and not any(frequency.get(gram) for gram in own)
        if all(strange) or mistyped:
            text = text.replace(said, meant)
            trace.append(f"word by its sound: {said} -> {meant}")
    if text == part.text:
        return part
    mended = assemble(text, known)
    return Part(mended.text, mended.tokens, tuple(trace))


def _inside_a_run(runs: Iterable[str], said: str) -> bool:
    """Whether characters stand inside a run of words, with others before and behind them."""
    return any(run.find(said) > 0 and not run.endswith(said) for run in runs)


def _across(text: str, said: str) -> list[str]:
    """The pairs of characters that begin or end outside of what was said."""
    place = text.find(said)
    around = (text[max(0, place - 1) : place + 1], text[place + len(said) - 1 :][:2])
    return [pair for pair in around if place >= 0 and len(pair) == 2]


def _typed_runs(part: Part) -> Iterator[str]:
    """Runs that no word explains, with the lone characters beside them that only look like fillers:
    算 of 予算."""
    run: list[Token] = []
    for token in (*part.tokens, None):
        joins = token is not None and (
            token.kind == "rest" or (len(token.text) == 1 and ("filler", "filler") in token.senses)
        )
        if run and not (joins and token is not None and token.start == run[-1].end):
            if any(t.kind == "rest" and HAN_RUN.search(t.text) for t in run):
                yield part.text[run[0].start : run[-1].end]
            run = []
        if joins and token is not None:
            run.append(token)


# Of words of two characters only those printed on sheets are heard in others of the same sound:
# 县里 would be found in 保险理赔.
PRINTED = frozenset(
    (
        "预算",
        "电话",
        "依据",
        "指标",
        "目标",
        "概况",
        "分值",
        "核心",
        "资金",
        "权重",
        "经费",
        "单位",
        "总额",
        "金额",
    )
)


def _by_sound(windows: Collection[str]) -> dict[str, str]:
    words = spoken_words()
    senses = lexicon().senses
    found: dict[str, str] = {}
    for said in sorted(windows, key=len, reverse=True):
        if any(said in longer for longer in found) or said.removeprefix("一") in measures():
            continue  # 一具 is no 依据
        if len(said) == 4 and (near_word := _one_character_off(said)):
            found[said] = near_word
            continue
        meant = words.get("".join(sounds().read(said)))
        if meant and len(meant) == 2 and meant not in PRINTED:
            continue
        if (
            meant
            and meant != said
            and len(meant) == len(said)
            and any(group in {"field", "ask"} for group, _ in senses[meant])
        ):
            found[said] = meant
    return found


def _one_character_off(said: str) -> str | None:
    """The field word of four characters that differs in one (联系电活)."""
    blanked = _blanked_fields()
    return next(
        (
            blanked[key]
            for place in range(4)
            if (key := f"{said[:place]}＿{said[place + 1 :]}") in blanked
        ),
        None,
    )


@cache
def _blanked_fields() -> dict[str, str]:
    """The field words of four characters by each of their forms with one character left out."""
    words = [
        word
        for word, senses in lexicon().senses.items()
        if len(word) == 4 and any(group == "field" for group, _ in senses)
    ]
    return {f"{word[:place]}＿{word[place + 1 :]}": word for word in words for place in range(4)}
