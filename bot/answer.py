"""What an answer is made of: fixed phrases, facts with their places, and shown arithmetic.

Nothing else may carry a digit. `bot.render.guard` holds every outgoing text against the facts and
figures of its answer, so a number that is in neither can never leave the program.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from registry.plan import Place


class FactKind(StrEnum):
    """What a fact is, for the surfaces that can do something with it (copy, call, link)."""

    AMOUNT = "amount"
    PERSON = "person"
    PHONE = "phone"
    DOCUMENT = "document"
    PROJECT = "project"
    UNIT = "unit"
    INDICATOR = "indicator"
    TARGET = "target"
    POINTS = "points"
    TEXT = "text"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Fixed words of the bot (bot/phrases); holds no digit."""

    text: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A value of the registry as the sheet prints it. `marks` are (start, end) of what was asked.

    `e164` is set on phones only.
    """

    text: str
    kind: FactKind = FactKind.OTHER
    place: Place | None = None
    project_id: int | None = None
    field: str | None = None
    marks: tuple[tuple[int, int], ...] = ()
    e164: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A computed value. Its arithmetic stands in the answer's `Working` block or is `text` itself.

    `operands` are the facts it was computed from; `arithmetic` is how ("200 + 77.87 = 277.87"), or
    None for a count, whose operands are what was counted.
    """

    text: str
    arithmetic: str | None = None
    operands: tuple[Fact, ...] = ()


Piece = Phrase | Fact | Figure
Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Headline:
    """The first line: the figure with its unit and project. It is what a push notification shows."""

    line: Line


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of its own."""

    line: Line


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under column headings (at most five). `lead` is the column a narrow screen shows first.

    Surfaces without tables print one line a row.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    caption: Line = ()
    lead: int = 0


@dataclass(frozen=True, slots=True)
class Passage:
    """Words quoted from a sheet, with the asked part marked; long ones are folded where possible."""

    quote: Fact
    title: Line = ()
    fold: bool = False


@dataclass(frozen=True, slots=True)
class Working:
    """The arithmetic behind a figure, and its scope."""

    line: Line


@dataclass(frozen=True, slots=True)
class Note:
    """A side remark: what was left out, a correction of a premise, a finding."""

    line: Line


Block = Headline | Paragraph | Table | Passage | Working | Note


@dataclass(frozen=True, slots=True)
class Source:
    """Where the answer stands: printed last. `sheet` is the table as a person would name it."""

    document: str
    sheet: str
    place: Place | None
    loaded_at: datetime | None
    project_id: int | None = None
    year: int | None = None


class Do(StrEnum):
    """What a button does. Stable: the values stand in buttons of messages sent long ago."""

    SHOW = "s"  # the project's card
    FIELD = "f"  # one field of a project (`field`)
    INDICATORS = "i"  # its indicators
    CORE = "c"  # its core indicators
    INDICATOR = "n"  # one indicator (`item` = ordinal)
    CONTACT = "p"  # contact and phone
    SHEET = "w"  # the whole sheet
    CHOOSE = "o"  # a candidate of a pending question; shows the card where the question is gone
    LIST = "l"  # the list of projects, `page` counts from 0
    MORE = "m"  # the next page of the answer before, `page` counts from 0
    PICTURE = "g"  # the sheet or the chart as a picture
    FILE = "x"  # the sheet or the list as a file


@dataclass(frozen=True, slots=True)
class Step:
    """A button: what it says, and what it does by id. Everything but `label` survives a restart."""

    label: str
    do: Do
    project_id: int = 0
    field: str = ""
    item: int = 0
    page: int = 0


class Outcome(StrEnum):
    """How the question ended; counted, and what the collection of misses goes by."""

    ANSWERED = "answered"
    BLANK = "blank"  # left blank in the sheet, or no such part
    ASKED_BACK = "asked_back"
    NOT_IN_REGISTRY = "not_in_registry"
    NOT_UNDERSTOOD = "not_understood"
    TALK = "talk"  # greeting, thanks, help


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer for every surface.

    `kind` is the kind of question answered ("field", "indicators", "total", ...). `choices` are the
    candidates of a question asked back, each with a telling fact in its label; `steps` the next
    facts that can really be answered (at most four). `pages` > 1: `page` of `pages` is shown.
    """

    kind: str
    outcome: Outcome
    blocks: tuple[Block, ...]
    sources: tuple[Source, ...] = ()
    choices: tuple[Step, ...] = ()
    steps: tuple[Step, ...] = ()
    project_ids: tuple[int, ...] = ()
    page: int = 0
    pages: int = 1
