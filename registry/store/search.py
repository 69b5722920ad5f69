"""Finding passages by the pairs of characters they share with a question."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import BindParameter, TextClause, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from registry import models
from registry.scope import PassageHit
from registry.store.engine import Database
from registry.store.grams import grams_of
from registry.text import folded

# Pairs that stand in more passages than this say little; they only order what the rarer ones found.
COMMON = 3000
# What one search may look at: about 3 ms on SQLite with 1.5 million passages.
BUDGET = 8000
MOST_GRAMS = 24
TOGETHER = (5, 3, 2, 1)


class SearchQueries(Database):
    """Full-text search over the passages of current plans."""

    async def gram_frequency(self, grams: Collection[str]) -> dict[str, int]:
        """In how many passages each pair of characters stands; those in none are left out."""
        async with self.reading() as connection:
            return await _frequency(connection, grams)

    async def search(
        self,
        grams: Sequence[str],
        *,
        limit: int = 50,
        fields: Collection[str] | None = None,
        project_ids: Collection[int] | None = None,
    ) -> list[PassageHit]:
        """The passages with the most of these pairs, the rarer ones looked for first."""
        async with self.reading() as connection:
            frequency = await _frequency(connection, grams)
            ordered = sorted(frequency, key=lambda gram: (frequency[gram], gram))
            queries = list(self._queries(ordered, frequency))
            if not queries:
                return []
            narrow = frequency[ordered[0]] <= COMMON or bool(fields or project_ids)
            each = COMMON if narrow else limit * 4
            ids = await self._candidates(connection, queries, limit, each, fields, project_ids)
            hits = await _hits(connection, ids, set(ordered))
        hits.sort(
            key=lambda hit: (-hit.matched, hit.project_id, hit.plan_id, hit.field, hit.ordinal)
        )
        return hits[:limit]

    def _queries(self, ordered: list[str], frequency: dict[str, int]) -> list[str]:
        """Full-text queries whose results together stay within the budget."""
        rare = [gram for gram in ordered if frequency[gram] <= COMMON][:MOST_GRAMS]
        chosen: list[str] = []
        spent = 0
        for gram in rare:
            spent += frequency[gram]
            if chosen and spent > BUDGET:
                break
            chosen.append(self._all_of([gram]))
        if chosen or not ordered:
            return chosen
        # Only common pairs: where the rarest of them stand together, the more the better.
        return [
            self._all_of(ordered[:together]) for together in TOGETHER if together <= len(ordered)
        ]

    def _all_of(self, grams: Sequence[str]) -> str:
        if self.dialect == "postgresql":
            return " & ".join(f"'{gram}'" for gram in grams)
        return " AND ".join(f'"{gram}"' for gram in grams)

    async def _candidates(
        self,
        connection: AsyncConnection,
        queries: list[str],
        limit: int,
        each: int,
        fields: Collection[str] | None,
        project_ids: Collection[int] | None,
    ) -> list[int]:
        statement = self._union(len(queries), fields, project_ids)
        values = {f"q{at}": query for at, query in enumerate(queries)}
        # More than asked for: the common pairs have yet to order them.
        sizes = {"each": each, "most": limit * 2}
        others = {"fields": list(fields or ()), "projects": list(project_ids or ())}
        chosen = {name: value for name, value in others.items() if value}
        rows = await connection.execute(statement, values | sizes | chosen)
        return [row[0] for row in rows]

    def _union(
        self, queries: int, fields: Collection[str] | None, project_ids: Collection[int] | None
    ) -> TextClause:
        match = (
            "grams @@ CAST(:q{} AS tsquery)"
            if self.dialect == "postgresql"
            else "passage_grams MATCH :q{}"
        )
        one = "SELECT rowid FROM (SELECT rowid FROM passage_grams WHERE {} LIMIT :each) AS f{}"
        found = " UNION ALL ".join(one.format(match.format(at), at) for at in range(queries))
        wanted: list[str] = []
        binds: list[BindParameter[Any]] = []
        if fields:
            wanted.append("passage.field IN :fields")
            binds.append(bindparam("fields", expanding=True))
        if project_ids:
            wanted.append("plan.project_id IN :projects")
            binds.append(bindparam("projects", expanding=True))
        where = f"WHERE {' AND '.join(wanted)}" if wanted else ""
        join = "JOIN passage ON passage.id = found.rowid " if wanted else ""
        join += "JOIN plan ON plan.id = passage.plan_id" if project_ids else ""
        # Nothing of a person's goes into this text: the words are bound.
        sentence = (
            f"SELECT found.rowid FROM ({found}) AS found {join} {where} "  # noqa: S608
            "GROUP BY found.rowid ORDER BY count(*) DESC, found.rowid LIMIT :most"
        )
        return text(sentence).bindparams(*binds)


async def _frequency(connection: AsyncConnection, grams: Collection[str]) -> dict[str, int]:
    table = models.gram
    query = select(table.c.gram, table.c.passages).where(table.c.gram.in_(sorted(set(grams))))
    rows = await connection.execute(query.where(table.c.passages > 0))
    return {row.gram: row.passages for row in rows}


async def _hits(
    connection: AsyncConnection, ids: Sequence[int], wanted: set[str]
) -> list[PassageHit]:
    passage, plan = models.passage, models.plan
    query = (
        select(plan.c.project_id, passage)
        .join(plan, plan.c.id == passage.c.plan_id)
        .where(passage.c.id.in_(ids))
    )
    return [
        PassageHit(
            row.project_id,
            row.plan_id,
            row.field,
            row.ordinal,
            row.text,
            _held_by(wanted, row.text),
        )
        for row in await connection.execute(query)
    ]


def _held_by(wanted: set[str], text: str) -> int:
    """How many of the pairs stand in the text; to cut it into all of its own takes far longer."""
    if any(len(gram) < 2 for gram in wanted):
        return len(wanted.intersection(grams_of(text)))
    text = folded(text)
    return sum(gram in text for gram in wanted)
