"""Values of a plan as facts with their places, and computed figures with their arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from bot.answer import (
    Answer,
    Block,
    Do,
    Fact,
    FactKind,
    Figure,
    Line,
    Outcome,
    Phrase,
    Piece,
    Source,
    Step,
    Working,
)
from bot.phrases import answer_phrases, label, line, phrase
from registry.amounts import exact_text, in_unit
from registry.plan import AMOUNT_FIELDS, Indicator, Plan, ValueState

FOLD_BEYOND = 90  # characters: about four lines of a phone
KINDS = {
    "contact_person": FactKind.PERSON,
    "contact_phone": FactKind.PHONE,
    "supervising_department": FactKind.UNIT,
    "implementing_unit": FactKind.UNIT,
    "overview": FactKind.TEXT,
    "approval_basis": FactKind.TEXT,
    "annual_objective": FactKind.TEXT,
    **dict.fromkeys(AMOUNT_FIELDS, FactKind.AMOUNT),
}


@dataclass(frozen=True)
class Result:
    """An answer, and what the conversation is to remember of it."""

    answer: Answer
    projects: tuple[int, ...] = ()
    listed: tuple[int, ...] = ()
    rows: tuple[tuple[int, int], ...] = ()
    indicator: tuple[int, int] | None = None
    person: str | None = None
    pending: bool = False


def id_of(plan: Plan) -> int:
    """The project's id; plans that answer questions come from the store."""
    return plan.record.project_id if plan.record else 0


def project_fact(plan: Plan) -> Fact:
    """The project's name as printed."""
    return Fact(plan.name, FactKind.PROJECT, plan.places.get("name"), id_of(plan), "name")


def project_names(plans: Iterable[Plan]) -> Line:
    """The names of several projects in a row."""
    pieces: list[Piece] = []
    for plan in plans:
        pieces += [Phrase("、"), project_fact(plan)]
    return tuple(pieces[1:])


def document_fact(plan: Plan, text: str) -> Fact:
    """A document that the plan rests on."""
    place = plan.places.get("approval_basis")
    return Fact(text, FactKind.DOCUMENT, place, id_of(plan), "approval_basis")


def amount_text(plan: Plan, field: str) -> str:
    """An amount with the unit it is printed in: 77.87万元."""
    value: Decimal | None = getattr(plan, field)
    return "" if value is None else exact_text(value) + (plan.amount_unit or "")


def amount_piece(
    plan: Plan, field: str, unit: str | None = None, places: int | None = None
) -> Fact | Figure:
    """An amount as printed, or brought to another unit or to so many decimals with that shown."""
    fact = field_fact(plan, field)
    yuan = plan.yuan(field)
    wanted = unit or plan.amount_unit
    if places is not None and yuan is not None and wanted:
        text, sign = rounded(in_unit(yuan, wanted), places)
        about = "" if sign == "=" else "约"
        return Figure(f"{about}{text}{wanted}", f"{fact.text} {sign} {text}{wanted}", (fact,))
    if unit is None or yuan is None or unit == plan.amount_unit:
        return fact
    text = money_text(yuan, unit)
    return Figure(text, f"{fact.text} = {text}", (fact,))


def money_text(yuan: Decimal, unit: str = "万元") -> str:
    """An exact amount in a unit."""
    return exact_text(in_unit(yuan, unit)) + unit


def label_of(plan: Plan, field: str) -> Phrase:
    """What answers call a field of this plan: a county's own funds are 县级资金."""
    own = {"县": "label.county_funds", "市": "label.city_funds"}.get((plan.region or "")[-1:])
    return phrase(own) if field == "district_funds" and own else label(field)


def field_fact(plan: Plan, field: str) -> Fact:
    """A given field as printed; amounts with their unit."""
    if field in AMOUNT_FIELDS:
        text = amount_text(plan, field)
    else:
        value = getattr(plan, field)
        text = exact_text(value) if isinstance(value, Decimal) else str(value)
    return Fact(
        text,
        KINDS.get(field, FactKind.OTHER),
        plan.places.get(field),
        id_of(plan),
        field,
        e164=plan.contact_phone_e164 if field == "contact_phone" else None,
    )


def state_line(plan: Plan, field: str) -> Line:
    """That a field is blank, or that the sheet has no such part."""
    key = "field.blank" if plan.state(field) is ValueState.BLANK else "field.absent"
    return line(key, project=project_fact(plan), label=label_of(plan, field))


def value_or_blank(plan: Plan, field: str, unit: str | None = None) -> Line:
    """A cell of a table: the value, or that it is not given."""
    if plan.state(field) is not ValueState.GIVEN:
        return line("field.not_given")
    if field in AMOUNT_FIELDS:
        return (amount_piece(plan, field, unit),)
    if field == "budget_execution_weight":
        return (field_fact(plan, field), Phrase("%"))
    return (field_fact(plan, field),)


def source_of(plan: Plan, field: str | None = None) -> Source:
    """Where a value of the plan stands."""
    sheet = " ".join(part for part in (plan.table_number, plan.name) if part)
    place = plan.places.get(field) if field else None
    record = plan.record
    return Source(
        record.document if record else "",
        sheet,
        place,
        record.loaded_at if record else None,
        id_of(plan),
        plan.year,
    )


def indicator_source(plan: Plan, indicator: Indicator) -> Source:
    """Where an indicator stands."""
    return replace(source_of(plan), place=indicator.places.get("name"))


# --- indicators -----------------------------------------------------------------------------------


def indicator_fact(plan: Plan, indicator: Indicator) -> Fact:
    """The indicator's name as printed, cut names included."""
    return Fact(
        indicator.name, FactKind.INDICATOR, indicator.places.get("name"), id_of(plan), "indicators"
    )


def target_text(indicator: Indicator) -> str:
    """Sign, value and unit: ≥200人次."""
    sign = indicator.comparison.value if indicator.comparison else ""
    if indicator.target is None:
        return ""
    if sign == "定性":
        sign = ""
    return f"{sign}{indicator.target}{indicator.unit_of_measure or ''}"


def target_fact(plan: Plan, indicator: Indicator) -> Fact:
    """The target as printed, with its sign and unit."""
    return Fact(
        target_text(indicator),
        FactKind.TARGET,
        indicator.places.get("target"),
        id_of(plan),
        "target",
    )


def points_fact(plan: Plan, indicator: Indicator) -> Fact:
    """The points as printed."""
    text = "" if indicator.points is None else exact_text(indicator.points)
    return Fact(text, FactKind.POINTS, indicator.places.get("points"), id_of(plan), "points")


def points_cell(plan: Plan, indicator: Indicator) -> Line:
    """15分, or nothing where no points are printed."""
    return () if indicator.points is None else (points_fact(plan, indicator), Phrase("分"))


def row_fact(plan: Plan, indicator: Indicator, field: str) -> Fact:
    """The sign, unit or core mark of an indicator as printed."""
    text = str(getattr(indicator, field))
    return Fact(text, FactKind.OTHER, indicator.places.get(field), id_of(plan), field)


def core_cell(plan: Plan, indicator: Indicator) -> Line:
    """The core mark as printed."""
    if indicator.core_mark:
        return (row_fact(plan, indicator, "core_mark"),)
    return line("indicator.unmarked") if indicator.core_mark == "" else ()


# --- figures --------------------------------------------------------------------------------------


def counted(number: int, operands: Iterable[Fact] = ()) -> Figure:
    """A count."""
    return Figure(str(number), None, tuple(operands))


def common_unit(plans: Sequence[Plan], wanted: str | None = None) -> str:
    """The unit several amounts are shown in: the one asked for, the one all share, else 万元."""
    units = {plan.amount_unit for plan in plans if plan.amount_unit}
    return wanted or (units.pop() if len(units) == 1 else "万元")


def rounded(number: Decimal, places: int = 2) -> tuple[str, str]:
    """A quotient at so many decimals, and the sign before it: = or, where it had to be rounded, ≈."""
    short = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return exact_text(short), "=" if short == number else "≈"


def share_text(part: Decimal, whole: Decimal, said: str) -> tuple[str, str]:
    """A share in per cent (in thousandths where so asked), and the sign before it."""
    per, mark = (1000, "‰") if "千分" in said else (100, "%")
    text, sign = rounded(part / whole * per)
    return text + mark, sign


def working(arithmetic: str, operands: Iterable[Fact] = ()) -> Working:
    """The arithmetic of a figure as a line of its own."""
    return Working((Figure(arithmetic, arithmetic, tuple(operands)),))


def summed(plans: Iterable[Plan], field: str, text: str, unit: str) -> Figure:
    """The sum `text` of an amount field, with its arithmetic where it has two addends or more."""
    given = [(plan, yuan) for plan in plans if (yuan := plan.yuan(field)) is not None]
    addends = [in_unit(yuan, unit) for _, yuan in given]
    arithmetic = f"{signed_sum(addends)} = {text}" if len(addends) > 1 else None
    return Figure(text, arithmetic, tuple(field_fact(plan, field) for plan, _ in given))


def signed_sum(numbers: Sequence[Decimal]) -> str:
    """200 + 77.87 + 42.5."""
    return " + ".join(exact_text(number) for number in numbers)


# --- answers --------------------------------------------------------------------------------------


def answer(
    kind: str,
    blocks: Sequence[Block],
    *,
    outcome: Outcome = Outcome.ANSWERED,
    sources: Sequence[Source] = (),
    choices: Sequence[Step] = (),
    steps: Sequence[Step] = (),
    projects: Sequence[int] = (),
    page: int = 0,
    pages: int = 1,
) -> Answer:
    """An answer; sources of the same sheet are named once."""
    seen: dict[tuple[str, str, int | None], Source] = {}
    for source in sources:
        key = (source.document, source.sheet, source.year)
        if key in seen and seen[key].place != source.place:
            seen[key] = replace(source, place=None)
        seen.setdefault(key, source)
    return Answer(
        kind, outcome, tuple(blocks), tuple(seen.values()), tuple(choices), tuple(steps)[:4],
        tuple(projects), page, pages,
    )  # fmt: skip


def about(
    plan: Plan,
    kind: str,
    blocks: Sequence[Block],
    *,
    outcome: Outcome = Outcome.ANSWERED,
    sources: Sequence[Source] | None = None,
    given: Sequence[str] = (),
    rows: tuple[tuple[int, int], ...] = (),
    indicator: tuple[int, int] | None = None,
) -> Result:
    """An answer about one project, its sheet as the source; steps to all but what is `given`."""
    project = id_of(plan)
    return Result(
        answer(
            kind,
            blocks,
            outcome=outcome,
            sources=(source_of(plan),) if sources is None else sources,
            steps=steps_for(plan, *given),
            projects=(project,),
        ),
        projects=(project,),
        rows=rows,
        indicator=indicator,
    )


# What can be asked of a project next: the phrase of its button, the value it needs, what it does.
OFFERED = (
    ("total", "total", Do.FIELD),
    ("indicators", "indicators", Do.INDICATORS),
    ("contact", "contact_person", Do.CONTACT),
    ("objective", "annual_objective", Do.FIELD),
    ("overview", "overview", Do.FIELD),
    ("basis", "approval_basis", Do.FIELD),
)


def steps_for(plan: Plan, *but: str) -> tuple[Step, ...]:
    """The next facts of a project that can really be answered, less those just given."""
    words = answer_phrases()
    steps = [
        Step(words[f"button.{button}"], do, id_of(plan), field if do is Do.FIELD else "")
        for button, field, do in OFFERED
        if getattr(plan, field) not in (None, ()) and not {button, field} & set(but)
    ]
    return tuple(steps[:4])
