"""Question sets with the replies expected of them, over the user's document and invented ones.

`must_pass` is a little below what a set reaches, `may_forbid` the most turns of it that say a
figure they must not say; both only ever move the good way.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from asking import CORPUS, OTHER, SEEDS, Loaded, Score, conversations, desk_over, score

from bot.question.query import Kind
from bot.render.text import render_text

SHOWN = 40


@dataclass(frozen=True)
class Set:
    """A file of conversations, the documents they are about, and what must be reached."""

    file: str
    must_pass: float
    may_forbid: int
    document: str = ""

    def __str__(self) -> str:
        return self.file


SETS = (
    Set("gold/sample", 100, 0),
    Set("gold/finance-1", 99, 0),
    Set("gold/finance-2", 98, 0),
    Set("gold/finance-3", 97.5, 1),
    Set("gold/finance-4", 97.5, 1),
    Set("gold/finance-5", 98, 1),
    Set("gold/finance-6", 98, 0),
    Set("gold/finance-7", 98.5, 0),
    Set("gold/finance-8", 97.5, 1),
    Set("gold/finance-9", 98.5, 0),
    # New, and not yet worked through.
    Set("gold/finance-10", 97.5, 1),
    Set("gold/finance-11", 97.5, 1),
    Set("gold/finance-12", 95, 0),
    Set("gold/farming-and-tourism", 92.5, 0, "farming-and-tourism.txt"),
    # Misunderstandings somebody met; each belongs here before it is put right.
    Set("gold/met", 95, 0),
    # What an auditor found answered wrongly.
    Set("gold/audit", 99, 0),
    Set("gold/water", 97, 1, "water-and-farming.txt"),
    Set("gold/schools", 93.5, 0, "schools-and-clinics.txt"),
    Set("gold/health-and-culture", 96, 0, "health-and-culture.txt"),
    Set("gold/roads-and-safety", 98.5, 0, "roads-and-safety.txt"),
    Set("gold/emergency-and-city", 96.5, 0, "emergency-and-city.txt"),
    Set("gold/civil-affairs-and-labour", 99, 0, "civil-affairs-and-labour.txt"),
    Set("gold/science-and-environment", 99, 0, "science-and-environment.txt"),
    Set("gold/law-and-transport", 97.5, 1, "law-and-transport.txt"),
    Set("gold/veterans-and-culture", 95, 0, "veterans-and-culture.txt"),
    Set("gold/housing-and-forestry", 97, 0, "housing-and-forestry.txt"),
    Set("gold/markets-and-welfare", 95, 3, "markets-and-welfare.txt"),
    Set("gold/sport-and-ecology", 95, 0, "sport-and-ecology.txt"),
    Set("gold/clinics-and-commerce", 97, 1, "clinics-and-commerce.txt"),
    Set("gold/statistics-and-petitions", 98, 0, "statistics-and-petitions.txt"),
    Set("gold/disability-and-city", 97.5, 1, "disability-and-city.txt"),
    Set("gold/culture-and-archives", 95, 0, "culture-and-archives.txt"),
    Set("gold/grain-and-fire", 96, 0, "grain-and-fire.txt"),
    Set("gold/justice-and-fishery", 92, 1, "justice-and-fishery.txt"),
)
# Nobody reads these while working on how questions are understood: they tell how it does on
# questions it was never fitted to. A failure here is answered by new questions of the same kind in
# gold/, never by a word or a rule that only these need.
HELD_BACK = (
    Set("held_back/finance-1", 94, 1),
    Set("held_back/finance-2", 93, 1),
    Set("held_back/finance-3", 96.5, 0),
    Set("held_back/finance-4", 98.5, 0),
    Set("held_back/schools-and-farming", 91.5, 1, "schools-and-farming.txt"),
)


async def scored(questions: Set, loaded: Loaded) -> Score:
    documents = [OTHER / questions.document] if questions.document else SEEDS
    async with desk_over(await loaded(*documents)) as desk:
        return await score(desk, conversations(CORPUS / f"{questions.file}.jsonl"))


def reached(result: Score, questions: Set, shown: int) -> None:
    heading, *rest = str(result).split("\n")
    if os.environ.get("SHOW_SCORES"):
        print(f"\n{questions.file}: {heading}")
    told = "\n".join([f"{questions.file}: {heading}", *rest][: shown * 6])
    assert not result.raised, "\n".join(map(str, result.raised))
    assert result.share >= questions.must_pass, told
    forbidden = "\n".join(map(str, result.forbidden[:shown]))
    assert len(result.forbidden) <= questions.may_forbid, f"{heading}\n{forbidden}"


@pytest.mark.parametrize("questions", SETS, ids=str)
async def test_questions_of_a_set_are_answered_as_expected(questions: Set, loaded: Loaded) -> None:
    reached(await scored(questions, loaded), questions, SHOWN)


@pytest.mark.parametrize("questions", HELD_BACK, ids=str)
async def test_questions_never_tuned_on_are_answered_nearly_as_well(
    questions: Set, loaded: Loaded
) -> None:
    """Its failures are counted and not shown, so that looking at them is a decision."""
    reached(await scored(questions, loaded), questions, 0)


@pytest.mark.parametrize("questions", [*SETS, *HELD_BACK], ids=str)
def test_every_conversation_has_its_own_number_and_something_expected(questions: Set) -> None:
    rows = conversations(CORPUS / f"{questions.file}.jsonl")
    assert len({row["id"] for row in rows}) == len(rows)
    assert all(turn["all_of"] or turn["none_of"] for row in rows for turn in row["turns"])


# Of the names of other offices' projects asked for, the share that may be taken for one of this
# office's: some sheets do speak of what another office has a project for (老年人健康体检).
MAY_BE_TAKEN = 7.0
TELLS_OF_A_PROJECT = {Kind.FIELDS, Kind.CARD, Kind.INDICATORS, Kind.SHEET}


@pytest.mark.parametrize("document", [None, *sorted(OTHER.iterdir())], ids=str)
async def test_projects_of_other_offices_are_not_there(
    document: Path | None, loaded: Loaded
) -> None:
    documents = [*SEEDS, *sorted(OTHER.iterdir())]
    here = document or SEEDS[0]
    strange: set[str] = set()
    own: set[str] = set()
    for each in documents:
        async with desk_over(await loaded(each)) as desk:
            names = {name async for _, name in desk.sources.store.names()}
        if each == here:
            own = names
        else:
            strange |= names
    taken: list[str] = []
    asked = 0
    async with desk_over(await loaded(here)) as desk:
        for name in sorted(strange - own):
            for question in (f"{name}多少钱", f"{name}的联系人是谁", f"{name}有哪些指标"):
                asked += 1
                exchange = await desk.ask(question)
                if any(query.kind in TELLS_OF_A_PROJECT for query in exchange.queries):
                    taken.append(f"{question}: {render_text(exchange.answer)[:80]}")
    assert asked > 50
    assert 100 * len(taken) / asked <= MAY_BE_TAKEN, "\n".join(taken)
