"""Finds, inside one plan, the indicator, figure or clause that a question's words speak of.

Words are held against texts by their characters in pairs, weighted by rarity, by words that mean
the same (synonyms.toml) and by sound, so that 巡察场次 finds 日常巡查、排除场次.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise

from bot.question.lexicon import contraries, generic_words, synonym_groups
from bot.question.measures import counting_the_same
from registry.passages import SENTENCE_END, FigureInText, Span, clauses, figures, sentences
from registry.pinyin import confused, sounds, split_pinyin
from registry.plan import TEXT_FIELDS, Indicator, Plan
from registry.text import folded

# Chosen on the question corpus: below STRONG the text speaks of something else as often as not
# (打非的食堂费用 reaches .2 by 费用), above it, it does not.
STRONG = 0.5
WEAK = 0.25

UNKNOWN_WORD = 0.45  # weight of a pair that no sheet holds: noise as often as meaning
GENERIC = 0.3  # of a word that many passages share (费用, 工作)
WORD_WEIGHT = 1.0  # of a word that has synonyms
LONE = 0.2  # weight of a single character beside its pairs
UNTOLD = (UNKNOWN_WORD, LONE, LONE / 2)  # weights of what no sheet could bear out
FIRM = 0.35  # the least weight of pairs and words; below it only stray characters agree
MUCH = 1.8
BY_SOUND = 0.8
APART = 0.8  # both characters, in order, with up to three between (砖木 in 砖（石）木)
OF_WHOLE = 0.9  # in the words of what the figure is a part of
CONTRARY = 0.6
IN_CONTEXT = 0.5  # in the sentence around, not in the words themselves
BY_SYNONYM = 0.9


# Units of so many kinds of things that a price of one of them is not told by another: 每个 and 每处.
MANY_KINDS = frozenset("个家户处座次")

# Around a piece of the project's name inside the words looked for: it helps to choose (区打非办),
# and is no evidence, since the whole sheet speaks of it.
NAME_OPEN, NAME_CLOSE = "‹", "›"
NAMED = re.compile(f"{NAME_OPEN}([^{NAME_CLOSE}]*){NAME_CLOSE}")


@dataclass(frozen=True, slots=True)
class Feature:
    """A pair (or lone character) of the question: satisfied by itself, its sound or a synonym."""

    gram: str
    weight: float
    synonyms: frozenset[str] = frozenset()
    sound: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something a plan says: an indicator, a figure with its words, or a clause.

    `span` is its place in the field's text; `words` what is matched first, `context` the sentence.
    Of a figure's words those before their last comma or colon are the `heading`: they often hold for the
    figures that follow as well. `whole` are the words of what the figure is a part of: 柴油货车淘汰补贴
    for 中型货车80辆 in 柴油货车淘汰补贴240万元，其中中型货车80辆.
    """

    field: str
    ordinal: int
    words: str
    context: str = ""
    span: Span | None = None
    figure: FigureInText | None = None
    indicator: Indicator | None = None
    sound: str = ""
    heading: str = ""
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """How well a candidate answers to the words: `coverage` of their weight, 0-1. `own` are those
    of the `matched` that stand in the candidate's own words, not only around them."""

    candidate: Candidate
    coverage: float
    score: float
    firm: float = 0.0
    matched: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()


@lru_cache(maxsize=20_000)
def syllables(text: str) -> str:
    """Toneless pinyin, a space around every syllable; syllables usually confused fall together."""
    return " " + " ".join(confused(syllable) for syllable in sounds().read(text)) + " "


def grams(segment: str) -> list[str]:
    """The pairs of neighbouring characters of a segment; a lone character is its own."""
    segment = NAMED.sub(r"\1", segment)
    if len(segment) < 2:
        return [segment] if segment else []
    return [segment[i : i + 2] for i in range(len(segment) - 1)]


def features(
    segments: Iterable[str],
    frequency: Mapping[str, int],
    *,
    by_sound: bool = False,
    beside: Iterable[str] = (),
) -> tuple[Feature, ...]:
    """The features of a question's words. `frequency`: in how many passages each pair stands;
    `beside`: words that only help to choose (最多, 每年)."""
    found: dict[str, Feature] = {}
    for segment in segments:
        for feature in _of_segment(segment, frequency, by_sound):
            old = found.get(feature.gram)
            if old is None or old.weight < feature.weight:
                found[feature.gram] = feature
    groups = synonym_groups()
    for word in beside:
        found.setdefault(word, Feature(word, LONE, groups.get(word, frozenset())))
    return tuple(found.values())


# Words typed in pinyin among Chinese ones (举报jiangli) are held against how the texts sound.
TYPED = re.compile("[a-z]{4,}")


def _of_segment(segment: str, frequency: Mapping[str, int], by_sound: bool) -> Iterator[Feature]:
    names = NAMED.findall(segment)
    segment = NAMED.sub(r"\1", segment)
    if names:
        yield from _beside_a_name(segment, names, frequency)
        segments = [piece for piece in re.split("|".join(map(re.escape, names)), segment) if piece]
        for piece in segments:
            if len(piece) > 1 or piece in synonym_groups():
                yield from _of_segment(piece, frequency, by_sound)
        return
    typed = TYPED.search(segment)
    spelled = split_pinyin(typed.group()) if typed else None
    if typed and spelled and len(spelled) > 1:
        for pair in pairwise(spelled):
            heard = " ".join(confused(syllable) for syllable in pair)
            yield Feature(heard, 1.0, sound=heard)
        for piece in (segment[: typed.start()], segment[typed.end() :]):
            yield from _of_segment(piece, frequency, by_sound)
        return
    if len(segment) == 2 and segment[0] == "每":
        of = segment[1]
        alike = counting_the_same().get(of, ()) if of not in MANY_KINDS else ()
        forms = {f"/{of}", f"一{of}", f"单{of}", f"每个{of}", f"{of}均"}
        yield Feature(segment, 1.0, frozenset(forms.union(f"每{unit}" for unit in alike)))
        return
    groups = synonym_groups()
    generic = generic_words()
    of_words = [False] * len(segment)
    inside = [False] * len(segment)  # whether the pair that begins here lies within a known word
    for start, word in _known_words(segment):
        weight = WORD_WEIGHT * (max(1, len(word) - 1) if len(word) > 1 else 0.8)
        if word in generic:
            weight = GENERIC
        yield Feature(word, weight, groups.get(word, frozenset()) - {word})
        of_words[start : start + len(word)] = [True] * len(word)
        inside[start : start + len(word) - 1] = [True] * (len(word) - 1)
    for start, gram in enumerate(grams(segment)):
        known = frequency.get(gram, 0) > 0
        if gram in generic or inside[start]:
            continue
        if len(gram) == 1:
            if not of_words[0]:
                yield Feature(gram, 0.7 if known else UNKNOWN_WORD)
            continue
        partly_word = of_words[start] or of_words[start + 1]
        if partly_word and not known:
            continue
        sound = syllables(gram).strip() if by_sound else ""
        yield Feature(gram, 1.0 if known else UNKNOWN_WORD, sound=sound)
    if len(segment) > 1:
        for place, char in enumerate(segment):
            if not of_words[place]:
                yield Feature(char, LONE if frequency.get(char, 1) else LONE / 2)


def _beside_a_name(
    segment: str, names: Iterable[str], frequency: Mapping[str, int]
) -> Iterator[Feature]:
    """The pairs that join a name to the words beside it (区打, 非办), and the name's own."""
    inside = {gram for name in names for gram in grams(name)}
    outside = re.split("|".join(map(re.escape, names)), segment)
    apart = {gram for piece in outside for gram in grams(piece)}
    for gram in grams(segment):
        if gram in inside:
            yield Feature(gram, LONE / 2)
        elif gram not in apart and frequency.get(gram, 0) > 0:
            yield Feature(gram, 1.0)


def _known_words(segment: str) -> Iterator[tuple[int, str]]:
    """The words of synonym groups in a segment, longest first from the left, without overlaps."""
    groups, generic = synonym_groups(), generic_words()
    place = 0
    while place < len(segment):
        for end in range(min(len(segment), place + 8), place, -1):
            if segment[place:end] in groups or segment[place:end] in generic:
                yield place, segment[place:end]
                place = end
                break
        else:
            place += 1


class Sheet:
    """A plan cut into candidates."""

    def __init__(self, plan: Plan) -> None:
        self.candidates = tuple(cut(plan))
        self.said = "\n".join(f"{c.words}\n{c.context}\n{c.whole}" for c in self.candidates)

    @cached_property
    def heard(self) -> list[str]:
        """What the words of each candidate sound like."""
        return [syllables(candidate.words) for candidate in self.candidates]


# The parts of one question, and many questions, look for the same words.
@lru_cache(maxsize=20_000)
def _shares(
    sheet: Sheet, gram: str, synonyms: frozenset[str], sound: str
) -> tuple[tuple[int, float], ...]:
    """(place, how well it says the feature) of the candidates that do."""
    said = sheet.said
    synonyms = frozenset(word for word in synonyms if word in said)
    half = len(gram) // 2
    apart = len(gram) in (2, 4) and gram[:half] in said and gram[half:] in said
    if not (apart or synonyms or sound or gram in said):
        return ()
    feature = Feature(gram, 1.0, synonyms, sound)
    heard = sheet.heard if sound else [""] * len(sheet.candidates)
    found = ((at, _share(feature, c, heard[at])) for at, c in enumerate(sheet.candidates))
    return tuple((at, share) for at, share in found if share > 0)


class Retriever:
    """Finds evidence in plans; keeps what it cut a plan into while the plan stays as it is."""

    KEPT = 500
    # One question looks for the same words again and again: to choose its kind, to compute, to quote.
    KEPT_FINDS = 100

    def __init__(self) -> None:
        self._sheets: dict[tuple[int, int], Sheet] = {}
        self._found: dict[tuple[object, ...], list[Evidence]] = {}

    def candidates(self, plan: Plan) -> tuple[Candidate, ...]:
        """Everything the plan says that can be asked for by its words."""
        return self._sheet(plan).candidates

    def _sheet(self, plan: Plan) -> Sheet:
        if plan.record is None:
            return Sheet(plan)
        key = (plan.record.plan_id, plan.record.version)
        if key not in self._sheets:
            if len(self._sheets) >= self.KEPT:
                self._sheets.pop(next(iter(self._sheets)))
            self._sheets[key] = Sheet(plan)
        return self._sheets[key]

    def find(
        self, plan: Plan, wanted: tuple[Feature, ...], fields: Collection[str] = ()
    ) -> list[Evidence]:
        """What the plan says about the words, best first; nothing that shares no word with them."""
        if plan.record is None:
            return _found_in(self._sheet(plan), wanted, fields)
        key = (plan.record.plan_id, plan.record.version, wanted, tuple(fields))
        if key not in self._found:
            if len(self._found) >= self.KEPT_FINDS:
                self._found.clear()
            self._found[key] = _found_in(self._sheet(plan), wanted, fields)
        return self._found[key]


@dataclass(slots=True)
class _Tally:
    """What a candidate has been found to say so far."""

    gained: float = 0.0
    firm: float = 0.0
    matched: list[str] = field(default_factory=list)
    own: list[str] = field(default_factory=list)

    def add(self, feature: Feature, share: float) -> None:
        gained = feature.weight * share
        self.gained += gained
        self.matched.append(feature.gram)
        if share > IN_CONTEXT:
            self.own.append(feature.gram)
        if len(feature.gram) > 1:
            self.firm += gained

    def evidence(self, candidate: Candidate, asked: Asked) -> Evidence:
        """What the candidate says, held against all that was asked for."""
        coverage = self.gained / asked.weight if asked.weight else 0.0
        if self.firm >= MUCH and asked.known and self.firm / asked.known >= 0.8:
            # All that sheets could know stands there, and it is much: the rest is talk around it.
            coverage = max(coverage, STRONG)
        if self.firm < FIRM:
            # Scattered characters and common words are no evidence by themselves.
            coverage *= 0.5
        if asked.is_denied_by(candidate.words):
            coverage *= CONTRARY
        # Of two that answer equally well the one with fewer other words is meant.
        score = coverage - 0.0008 * len(candidate.words)
        return Evidence(
            candidate, coverage, score, self.firm, frozenset(self.matched), frozenset(self.own)
        )


class Asked:
    """What the words of a question weigh, in all and without those that no sheet could know, and
    what says the contrary of one of them."""

    def __init__(self, wanted: tuple[Feature, ...]) -> None:
        weights = [feature.weight for feature in wanted]
        self.weight = sum(weights)
        self.known = sum(weight for weight in weights if weight not in UNTOLD)
        words = {feature.gram for feature in wanted if feature.gram in contraries()}
        self._contraries = [(word, contraries()[word] - words) for word in words]

    def is_denied_by(self, text: str) -> bool:
        """Whether a text speaks of 市级 where 区级 was asked for, and not of that as well."""
        return any(
            word not in text and any(other in text for other in others)
            for word, others in self._contraries
        )


def _found_in(sheet: Sheet, wanted: tuple[Feature, ...], fields: Collection[str]) -> list[Evidence]:
    tallies: dict[int, _Tally] = {}
    for feature in wanted:
        for place, share in _shares(sheet, feature.gram, feature.synonyms, feature.sound):
            if place not in tallies:
                tallies[place] = _Tally()
            tallies[place].add(feature, share)
    candidates = sheet.candidates
    asked = Asked(wanted)
    found = [
        tallies[place].evidence(candidates[place], asked)
        for place in sorted(tallies)
        if not fields or candidates[place].field in fields
    ]
    return sorted(found, key=lambda evidence: -evidence.score)


def cut(plan: Plan) -> Iterator[Candidate]:
    """A plan as candidates: its indicators, and the figures and clauses of its long texts."""
    for indicator in plan.indicators:
        context = folded((indicator.unit_of_measure or "") + (indicator.level2 or ""))
        yield Candidate(
            "indicators", indicator.ordinal, folded(indicator.name), context, indicator=indicator
        )
    for name in TEXT_FIELDS:
        text = getattr(plan, name)
        if text:
            yield from _cut_text(name, text)


def _cut_text(field: str, text: str) -> Iterator[Candidate]:
    whole = [(s, folded(text[s.start : s.end])) for s in sentences(text)]

    def around(place: int) -> str:
        return next((words for s, words in whole if s.start <= place < s.end), "")

    before: FigureInText | None = None
    of_whole, bracketed = "", False
    for number, figure in enumerate(figures(text), 1):
        between = text[before.end : figure.start] if before else ""
        ends = SENTENCE_END.search(between) is not None
        if ends or (bracketed and CLOSED.search(between)):
            of_whole, bracketed = "", False
        if before is not None and not ends and ("其中" in between or IN_BRACKET.fullmatch(between)):
            of_whole = folded(text[before.label.start : before.start])
            bracketed = "其中" not in between
        before = figure
        span = Span(figure.label.start, figure.tail.end)
        words = _own_words(text, figure) + (figure.unit or "") + text[figure.end : span.end]
        if figure.of_one is not None:
            words = text[figure.of_one.start : figure.of_one.end] + words
        comma = max(text.rfind(end, figure.label.start, figure.label.end) for end in "，：")
        heading = folded(text[figure.label.start : comma]) if comma >= 0 else ""
        yield Candidate(
            field, number, folded(words), around(figure.start), span, figure, heading=heading,
            whole=of_whole,
        )  # fmt: skip
    for number, span in enumerate(clauses(text), 1):
        yield Candidate(
            field, number, folded(text[span.start : span.end]), around(span.start), span
        )


def _own_words(text: str, figure: FigureInText) -> str:
    """The words before a figure but for those of the others of its list."""
    places = range(figure.label.start, figure.start)
    others = {at for item in figure.of_others for at in range(item.start, item.end)}
    return "".join(text[at] for at in places if at not in others)


# 传习补助20万元（25人，每人每年8000元） tells more of what stands before the bracket.
IN_BRACKET, CLOSED = re.compile("[（(]"), re.compile("[）)]")

# Every word of the best in its own words, if not side by side: 安全责任事故 where 安全事故 is asked for.
ALL_SAID = 0.75


def says_all_of(evidence: Evidence, best: Evidence) -> bool:
    """Whether evidence holds in its own words every word that the best does."""
    words = {word for word in best.own if len(word) > 1}
    return evidence.coverage >= ALL_SAID and bool(words) and evidence.own >= words


def told_by(text: str, wanted: tuple[Feature, ...]) -> float:
    """The share of the words' weight, 0-1, that a text says in its own words."""
    candidate = Candidate("", 0, folded(text))
    tally = _Tally()
    for feature in wanted:
        if share := _share(feature, candidate, heard=""):
            tally.add(feature, share)
    return tally.evidence(candidate, Asked(wanted)).coverage


COMMON = 3  # figures of a text that share a word: it tells none of them from the others


def distinguished(found: list[Evidence], wanted: tuple[Feature, ...]) -> list[Evidence]:
    """The evidence with the figure first that a word of the question tells from its neighbours:
    of 土坯房, 砖木 and 钢混, each with its own 元/户 under one 房屋损毁赔偿, the one that was named."""
    best = found[0] if found else None
    if best is None or best.candidate.figure is None:
        return found
    figures = [e for e in found if e.candidate.figure and e.candidate.field == best.candidate.field]
    weights = {feature.gram: feature for feature in wanted}
    common = {
        gram
        for gram in best.own
        if sum(gram in e.own for e in figures) >= COMMON
        or _in_heading(weights.get(gram), best.candidate.heading)
    }
    for other in figures[1:]:
        if other.candidate.context != best.candidate.context:
            continue
        telling = {
            g for g in other.own - best.own if len(g) > 1 and weights[g].weight >= WORD_WEIGHT
        }
        if telling and best.own - other.own <= common and other.coverage >= WEAK:
            return [other, *(e for e in found if e is not other)]
    return found


def _in_heading(feature: Feature | None, heading: str) -> bool:
    if feature is None or not heading:
        return False
    return any(word in heading for word in (feature.gram, *feature.synonyms))


def _share(feature: Feature, candidate: Candidate, heard: str) -> float:
    """How well the candidate says the feature: in its own characters, or else in others."""
    words, gram, synonyms = candidate.words, feature.gram, feature.synonyms
    if gram in words:
        return 1.0
    for word in synonyms:
        if word in words:
            return BY_SYNONYM
    if len(gram) == 4 and gram[:2] in words and gram[2:] in words:
        return APART  # 安全责任事故
    if gram in candidate.whole:
        return OF_WHOLE
    if len(gram) == 2 and (_stand_near(gram, words) or _stand_near(gram, candidate.whole)):
        return APART
    if feature.sound and f" {feature.sound} " in heard:
        return BY_SOUND
    context = candidate.context
    if not context:
        return 0.0
    if gram in context:
        return IN_CONTEXT
    for word in synonyms:
        if word in context:
            return IN_CONTEXT * BY_SYNONYM
    return 0.0


def _stand_near(pair: str, text: str) -> bool:
    """Whether two characters stand in this order with up to three between."""
    first = text.find(pair[0])
    return first >= 0 and pair[1] in text[first + 1 : first + 5]
