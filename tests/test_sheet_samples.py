"""Sample documents in many layouts and formats read as a careful reader reads them."""

from __future__ import annotations

import json
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pytest

from registry.reading import as_json, read_file

DATA = Path(__file__).parent / "data" / "sheets"
GOLD = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((DATA / "gold").iterdir())]
FIELDS = ("name", "department", "implementing_unit", "contact", "phone", "year", "annual_goal")
INDICATOR_FIELDS = ("level1", "level2", "name", "operator", "value", "unit", "score", "core")
MOST_FALSE_ALARMS = 1.0


def same(read: object, gold: object) -> bool:
    """Equal but for width, white space, separators of thousands and tags left in long texts."""

    def form(value: object) -> object:
        text = unicodedata.normalize("NFKC", str(value))
        text = re.sub(r"</?(?:p|ol|ul|li|br)\b[^>]*>|\s+", "", text)
        try:
            return Decimal(text.replace(",", "") if re.fullmatch(r"[\d,.]+", text) else text)
        except InvalidOperation:
            return text

    return form(read) == form(gold)


def agrees(read: dict[str, Any], gold: dict[str, Any], field: str) -> bool:
    accepted = [gold.get(field), *(gold.get("accept") or {}).get(field, [])]
    return any(same(read.get(field), value) for value in accepted)


@pytest.mark.parametrize("gold", GOLD, ids=[gold["file"] for gold in GOLD])
def test_sample_reads_as_its_gold_answer(gold: dict[str, Any]) -> None:
    read = as_json(read_file(DATA / "docs" / gold["file"]))
    assert read["kind"] == gold["kind"]
    assert [p["name"] for p in read["projects"]] == [p["name"] for p in gold["projects"]]
    for got, want in zip(read["projects"], gold["projects"], strict=True):
        wrong = [(f, got[f], want[f]) for f in FIELDS if not agrees(got, want, f)]
        assert not wrong
        assert same(got["budget"]["total_yuan"], want["budget"]["total_yuan"])
        assert len(got["indicators"]) == len(want["indicators"])
        for mine, theirs in zip(got["indicators"], want["indicators"], strict=True):
            assert [
                (f, mine[f], theirs[f]) for f in INDICATOR_FIELDS if not agrees(mine, theirs, f)
            ] == []


def test_warnings_stay_rarer_than_one_a_document() -> None:
    """Faults put into the samples on purpose (markup residue) are no false alarms."""
    alarms = 0
    for path in (DATA / "docs").iterdir():
        reading = read_file(path)
        alarms += sum(f.severity != "info" and f.code != "markup-residue" for f in reading.findings)
    assert alarms / len(GOLD) < MOST_FALSE_ALARMS
