"""Puts plans into the tables and takes them out again, with everything derived from them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, bindparam, delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from registry import models
from registry.pinyin import sounds
from registry.plan import AMOUNT_FIELDS, Plan, ValueState
from registry.store.codec import BITS, encode_place, encode_plan, in_parts, year_key
from registry.store.grams import grams_of, passages_of
from registry.text import folded

if TYPE_CHECKING:
    from registry.findings import Finding

ROWS_AT_ONCE = 2000
# 重庆市, 长寿区, 恩施州 … at the head of a unit's name, with something left behind them.
PLACE_BEFORE = re.compile("^[^省市区县州旗盟]{2,7}?(?:自治)?([省市区县州旗盟])(?=.{2})")
CODE_BEFORE = re.compile(r"^[\[(]?\d+[\])]?[-_]?(?=\D)")

UPSERT_GRAM = text(
    "INSERT INTO gram (gram, passages) VALUES (:gram, :number) "
    "ON CONFLICT (gram) DO UPDATE SET passages = gram.passages + excluded.passages"
)
ADD_PERSON = text(
    "INSERT INTO person (name, sound) VALUES (:name, :sound) ON CONFLICT (name) DO NOTHING"
)
ADD_GRAMS = {
    "sqlite": text("INSERT INTO passage_grams (rowid, grams) VALUES (:id, :grams)"),
    "postgresql": text(
        "INSERT INTO passage_grams (rowid, grams) "
        "VALUES (:id, array_to_tsvector(string_to_array(CAST(:grams AS TEXT), ' ')))"
    ),
}
DROP_GRAMS = {
    # The index keeps no text, so it must be told what it had been given.
    "sqlite": text(
        "INSERT INTO passage_grams (passage_grams, rowid, grams) VALUES ('delete', :id, :grams)"
    ),
    "postgresql": text(
        "DELETE FROM passage_grams WHERE rowid = :id AND CAST(:grams AS TEXT) IS NOT NULL"
    ),
}


@dataclass(frozen=True, slots=True)
class NewPlan:
    """A plan to be kept, and the fingerprint of what its sheet says."""

    project_id: int
    plan: Plan
    source_hash: str
    document_id: int | None
    corrections: str | None = None
    findings: tuple[Finding, ...] = field(default=())


class Writer:
    """Writes within one transaction, which holds the only right to write: it may count ids itself."""

    def __init__(self, connection: AsyncConnection, version: int) -> None:
        self.connection = connection
        self.version = version
        self.dialect = connection.dialect.name

    async def next_id(self, table: Table) -> int:
        """The number after the largest one used."""
        largest = await self.connection.execute(select(func.max(table.c.id)))
        return (largest.scalar() or 0) + 1

    async def insert(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Rows in bearable portions."""
        for start in range(0, len(rows), ROWS_AT_ONCE):
            await self.connection.execute(table.insert(), rows[start : start + ROWS_AT_ONCE])

    async def run(self, statement: Any, rows: Sequence[Mapping[str, Any]]) -> None:
        """A statement for each row."""
        if rows:
            await self.connection.execute(statement, rows)

    async def add_plans(self, plans: Sequence[NewPlan]) -> list[int]:
        """Keep the plans as those that hold now; their numbers."""
        if not plans:
            return []
        first = await self.next_id(models.plan)
        ids = list(range(first, first + len(plans)))
        units = await self._unit_ids(plans)
        await self.insert(
            models.plan,
            [
                self._plan_row(plan_id, each, units)
                for plan_id, each in zip(ids, plans, strict=True)
            ],
        )
        await self.insert(
            models.plan_content,
            [
                {
                    "plan_id": plan_id,
                    "content": encode_plan(each.plan),
                    "corrections": each.corrections,
                }
                for plan_id, each in zip(ids, plans, strict=True)
            ],
        )
        people = sorted({p.plan.contact_person for p in plans if p.plan.contact_person})
        await self.run(ADD_PERSON, [{"name": name, "sound": sound_of(name)} for name in people])
        await self.add_findings(
            [
                (plan_id, each.document_id, finding)
                for plan_id, each in zip(ids, plans, strict=True)
                for finding in each.findings
            ]
        )
        await self._index([(plan_id, each.plan) for plan_id, each in zip(ids, plans, strict=True)])
        return ids

    async def add_findings(self, found: Sequence[tuple[int | None, int | None, Finding]]) -> None:
        """Keep findings with the plan and the document they belong to."""
        if not found:
            return
        first = await self.next_id(models.finding)
        await self.insert(
            models.finding,
            [
                {
                    "id": number,
                    "version": self.version,
                    "document_id": document_id,
                    "plan_id": plan_id,
                    "project": finding.project,
                    "code": finding.code,
                    "severity": finding.severity,
                    "sentence": finding.sentence,
                    "field": finding.field,
                    "place": json.dumps(encode_place(finding.place)) if finding.place else None,
                }
                for number, (plan_id, document_id, finding) in enumerate(found, first)
            ],
        )

    async def retire(self, plan_ids: Sequence[int]) -> None:
        """These plans hold no more; they stay for the history."""
        if not plan_ids:
            return
        plan = models.plan
        ending = update(plan).where(plan.c.id == bindparam("plan_id")).values(retired=self.version)
        await self.run(ending, [{"plan_id": plan_id} for plan_id in plan_ids])
        await self._unindex(plan_ids)

    async def revive(self, plans: Sequence[tuple[int, Plan]]) -> None:
        """These plans hold again."""
        if not plans:
            return
        plan = models.plan
        again = update(plan).where(plan.c.id == bindparam("plan_id")).values(retired=None)
        await self.run(again, [{"plan_id": plan_id} for plan_id, _ in plans])
        await self._index(plans)

    def _plan_row(self, plan_id: int, new: NewPlan, units: Mapping[str, int]) -> dict[str, Any]:
        plan = new.plan
        phone = re.sub(r"\D", "", plan.contact_phone_e164 or plan.contact_phone or "")
        return {
            "id": plan_id,
            "project_id": new.project_id,
            "year": year_key(plan.year),
            "version": self.version,
            "document_id": new.document_id,
            "source_hash": new.source_hash,
            "category": plan.category.value if plan.category else None,
            "region": plan.region,
            "supervising_id": units.get(plan.supervising_department or ""),
            "implementing_id": units.get(plan.implementing_unit or ""),
            "contact_person": plan.contact_person,
            "phone_reversed": phone[::-1] or None,
            **{name: in_parts(plan.yuan(name)) for name in AMOUNT_FIELDS},
            "blanks": _bits(plan, ValueState.BLANK),
            "givens": _bits(plan, ValueState.GIVEN),
        }

    async def _unit_ids(self, plans: Sequence[NewPlan]) -> dict[str, int]:
        """Every unit's number by its name; new ones are entered with the forms of their names."""
        units = [(each.plan.supervising_department, each.plan.implementing_unit) for each in plans]
        names = sorted({name for pair in units for name in pair if name})
        unit = models.unit
        known: dict[str, int] = {}
        for start in range(0, len(names), 500):
            query = select(unit.c.name, unit.c.id).where(
                unit.c.name.in_(names[start : start + 500])
            )
            known.update((name, number) for name, number in await self.connection.execute(query))
        missing = [name for name in names if name not in known]
        if missing:
            first = await self.next_id(unit)
            added = {name: number for number, name in enumerate(missing, first)}
            await self.insert(unit, [{"id": added[name], "name": name} for name in missing])
            forms = [
                {"form": form, "unit_id": added[name]}
                for name in missing
                for form in unit_forms(name)
            ]
            await self.insert(models.unit_form, forms)
            known |= added
        return known

    async def _index(self, plans: Sequence[tuple[int, Plan]]) -> None:
        await self.insert(models.indicator, list(_indicator_rows(plans)))
        await self.insert(models.citation, list(_citation_rows(plans)))
        passages = [
            {"plan_id": plan_id, "field": name, "ordinal": ordinal, "text": clause}
            for plan_id, plan in plans
            for name, ordinal, clause in passages_of(plan)
        ]
        first = await self.next_id(models.passage)
        rows: list[dict[str, Any]] = [
            row | {"id": number} for number, row in enumerate(passages, first)
        ]
        await self.insert(models.passage, rows)
        await self._count_grams(ADD_GRAMS, [(row["id"], row["text"]) for row in rows], 1)

    async def _unindex(self, plan_ids: Sequence[int]) -> None:
        passage = models.passage
        for start in range(0, len(plan_ids), 500):
            some = plan_ids[start : start + 500]
            query = select(passage.c.id, passage.c.text).where(passage.c.plan_id.in_(some))
            rows = [(row.id, row.text) for row in await self.connection.execute(query)]
            await self._count_grams(DROP_GRAMS, rows, -1)
            for table in (passage, models.indicator, models.citation):
                await self.connection.execute(delete(table).where(table.c.plan_id.in_(some)))

    async def _count_grams(
        self, statements: Mapping[str, Any], passages: Iterable[tuple[int, str]], by: int
    ) -> None:
        rows: list[dict[str, Any]] = []
        counted: Counter[str] = Counter()
        for passage_id, clause in passages:
            grams = grams_of(clause)
            counted.update(grams)
            rows.append({"id": passage_id, "grams": " ".join(grams)})
        for start in range(0, len(rows), ROWS_AT_ONCE):
            await self.run(statements[self.dialect], rows[start : start + ROWS_AT_ONCE])
        # In one order, for whoever looks at the same rows at the same time.
        deltas = [{"gram": gram, "number": by * counted[gram]} for gram in sorted(counted)]
        for start in range(0, len(deltas), ROWS_AT_ONCE):
            await self.run(UPSERT_GRAM, deltas[start : start + ROWS_AT_ONCE])


def sound_of(name: str) -> str:
    """A person's name as toneless pinyin, spaced: 李冬霞 -> li dong xia."""
    return " ".join(sounds().read(name))


def unit_forms(name: str) -> list[str]:
    """What a unit may be called. 重庆市长寿区财政局 -> itself, 长寿区财政局, 区财政局, 财政局."""
    form = folded(name)
    forms = [form]
    without_code = CODE_BEFORE.sub("", form)
    forms.append(without_code)
    rest = without_code
    while match := PLACE_BEFORE.match(rest):
        forms.append(match.group(1) + rest[match.end() :])
        rest = rest[match.end() :]
        forms.append(rest)
    return list(dict.fromkeys(forms))


def _bits(plan: Plan, wanted: ValueState) -> int:
    return sum(bit for name, bit in BITS.items() if plan.state(name) is wanted)


def _indicator_rows(plans: Iterable[tuple[int, Plan]]) -> Iterable[dict[str, Any]]:
    for plan_id, plan in plans:
        for each in plan.indicators:
            yield {
                "plan_id": plan_id,
                "ordinal": each.ordinal,
                "name_key": folded(each.name),
                "comparison": each.comparison.value if each.comparison else None,
                "target": each.target,
                "target_value": None if each.target_value is None else float(each.target_value),
                "unit_of_measure": each.unit_of_measure,
                "points": in_parts(each.points),
                "is_core": each.is_core,
            }


def _citation_rows(plans: Iterable[tuple[int, Plan]]) -> Iterable[dict[str, Any]]:
    # Imported here: a registry that is only read needs none of it.
    from registry.documents import cited_documents

    for plan_id, plan in plans:
        cited = [
            document
            for value in (plan.approval_basis, plan.overview)
            if value
            for document in cited_documents(value)
        ]
        for ordinal, document in enumerate(cited, 1):
            yield {
                "plan_id": plan_id,
                "ordinal": ordinal,
                "key": document.key,
                "title": document.title,
                "number": document.number,
            }
