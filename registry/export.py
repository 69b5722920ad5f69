"""The whole registry as one xlsx, csv or JSON file, and back in without loss."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from registry.errors import RegistryError, UnreadableFile
from registry.export_files import read_tables, write_tables
from registry.labels import LABELS
from registry.scope import Scope
from registry.store import Store
from registry.store.codec import FIELDS, INDICATOR_FIELDS, decode_plan
from registry.store.exchange import DocumentInfo, Exported

FORMATS = (".json", ".xlsx", ".zip")
FORMAT = "plan-registry"
MOST_JSON = 2**31
# Sheets and columns as a person reads them; the same words are read back.
PLANS, INDICATORS, FINDINGS, ALIASES = "项目", "指标", "问题", "别名"
PLAN_COLUMNS: Mapping[str, str] = {
    **{name: LABELS[name] for name in FIELDS if name != "indicators"},
    "title": "标题",
    "category": "类别",
}
INDICATOR_COLUMNS: Mapping[str, str] = {
    **{name: LABELS[name] for name in INDICATOR_FIELDS},
    "name": "指标名称",
    "target_value": "指标值（数）",
}
SIDE_COLUMNS: Mapping[str, str] = {"blank": "空白项", "printed": "原样", "places": "位置"}
FINDING_COLUMNS: Mapping[str, str] = {
    "code": "代码",
    "severity": "程度",
    "sentence": "说明",
    "field": "字段",
    "place": "位置",
}
PLAN_HEAD = (
    "编号",
    "项目编号",
    *PLAN_COLUMNS.values(),
    *SIDE_COLUMNS.values(),
    "文件",
    "来源",
    "更正",
    "原文指纹",
)
INDICATOR_HEAD = ("表编号", "序号", *INDICATOR_COLUMNS.values(), *SIDE_COLUMNS.values())
FINDING_HEAD = ("表编号", *FINDING_COLUMNS.values())
ALIAS_HEAD = ("别名", "项目编号")
Row = list[str | None]


@dataclass(frozen=True, slots=True)
class ExportReport:
    """How much went out or came in."""

    file: Path
    plans: int
    aliases: int
    version: int | None = None


async def export_registry(store: Store, file: Path) -> ExportReport:
    """Write every current plan of all years with indicators, findings, corrections and aliases.
    The ending chooses: .json, .xlsx, or .zip with csv tables inside."""
    ending = _known_ending(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    aliases = await store.aliases()
    try:
        if ending == ".json":
            plans = await _write_json(store, file, aliases)
        else:
            plans = await _write_tables(store, file, aliases)
    except OSError as error:
        raise RegistryError(
            f"没有写成 {file}（{error.strerror}）。请检查磁盘空间和权限。"
        ) from error
    return ExportReport(file, plans, len(aliases))


async def import_export(
    store: Store, file: Path, *, by: str, on_progress: Callable[[int, int], None] | None = None
) -> ExportReport:
    """Take in what `export_registry` wrote, as one version. What is there already stays as it is;
    what differs is changed to what the file says."""
    ending = _known_ending(file)
    try:
        entries, aliases = _read_json(file) if ending == ".json" else _read_tables(file)
    except FileNotFoundError as error:
        raise UnreadableFile(f"{file}：没有这个文件，请检查路径。") from error
    except (ValueError, KeyError, TypeError, IndexError, OSError, ArithmeticError) as error:
        raise UnreadableFile(
            f"{file.name}：不是完整的登记库导出文件（{type(error).__name__}）。未载入任何内容。"
        ) from error
    version = await store.take_in(entries, aliases, by=by, note=file.name, on_progress=on_progress)
    return ExportReport(file, len(entries), len(aliases), version)


def _known_ending(file: Path) -> str:
    ending = file.suffix.lower()
    if ending not in FORMATS:
        raise RegistryError(
            f"{file.name}：导出格式由扩展名决定，可用 {'、'.join(FORMATS)}（zip 内为 csv）。"
        )
    return ending


async def _entries(store: Store) -> AsyncIterator[tuple[int, Exported]]:
    number = 0
    async for each in store.each_exported(Scope(all_years=True)):
        number += 1
        yield number, each


# --- JSON -------------------------------------------------------------------------------------


async def _write_json(store: Store, file: Path, aliases: Iterable[tuple[str, int]]) -> int:
    """One plan a line inside of the one JSON value, so that it can be looked at and compared."""
    number = 0
    with file.open("w", encoding="utf-8") as out:
        out.write(f'{{"format":"{FORMAT}","plans":[')
        async for number, each in _entries(store):
            out.write("\n" if number == 1 else ",\n")
            out.write(_dump(_to_json(each)))
        listed = [{"alias": alias, "project_id": project_id} for alias, project_id in aliases]
        out.write('\n],"aliases":' + _dump(listed) + "}\n")
    return number


def _read_json(file: Path) -> tuple[list[Exported], list[tuple[str, int]]]:
    if file.stat().st_size > MOST_JSON:
        raise ValueError("too large")
    raw = json.loads(file.read_text(encoding="utf-8"))
    if raw["format"] != FORMAT:
        raise ValueError("another format")
    aliases = [(str(each["alias"]), int(each["project_id"])) for each in raw["aliases"]]
    return [_from_json(each) for each in raw["plans"]], aliases


def _to_json(each: Exported) -> dict[str, Any]:
    document = each.document
    return {
        "project_id": each.project_id,
        "plan": json.loads(each.content),
        "source_hash": each.source_hash,
        "corrections": json.loads(each.corrections) if each.corrections else None,
        "document": _document_json(document) if document else None,
        "findings": each.findings,
    }


def _document_json(document: DocumentInfo) -> dict[str, Any]:
    return {
        "name": document.name,
        "sha256": document.sha256,
        "size": document.size,
        "at": document.at.isoformat(),
        "by": document.by,
    }


def _from_json(raw: dict[str, Any]) -> Exported:
    document = raw["document"]
    content = _dump(raw["plan"])
    decode_plan(content)
    return Exported(
        int(raw["project_id"]),
        content,
        str(raw["source_hash"]),
        _dump(raw["corrections"]) if raw["corrections"] else None,
        _document(document) if document else None,
        tuple(raw["findings"]),
    )


def _document(raw: dict[str, Any]) -> DocumentInfo:
    at = datetime.fromisoformat(raw["at"])
    return DocumentInfo(str(raw["name"]), str(raw["sha256"]), int(raw["size"]), at, str(raw["by"]))


# --- tables -----------------------------------------------------------------------------------


async def _write_tables(store: Store, file: Path, aliases: Iterable[tuple[str, int]]) -> int:
    number = 0
    with write_tables(
        file,
        {PLANS: PLAN_HEAD, INDICATORS: INDICATOR_HEAD, FINDINGS: FINDING_HEAD, ALIASES: ALIAS_HEAD},
    ) as add:
        async for number, each in _entries(store):
            raw = _to_json(each)
            add(PLANS, _plan_row(number, raw))
            for indicator in raw["plan"]["indicators"]:
                values = _cells(indicator, INDICATOR_FIELDS)
                add(INDICATORS, [str(number), str(indicator["ordinal"]), *values])
            for finding in raw["findings"]:
                add(FINDINGS, [str(number), *(_cell(finding[key]) for key in FINDING_COLUMNS)])
        for alias, project_id in aliases:
            add(ALIASES, [alias, str(project_id)])
    return number


def _plan_row(number: int, raw: dict[str, Any]) -> Row:
    plan = raw["plan"]
    return [
        str(number),
        str(raw["project_id"]),
        *_cells(plan, PLAN_COLUMNS),
        plan.get("file"),
        _dump(raw["document"]) if raw["document"] else None,
        _dump(raw["corrections"]) if raw["corrections"] else None,
        raw["source_hash"],
    ]


def _cells(raw: Mapping[str, Any], fields: Iterable[str]) -> Row:
    values = [_cell(raw.get(field)) for field in fields]
    return values + [_dump(raw[side]) if side in raw else None for side in SIDE_COLUMNS]


def _cell(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return _dump(value)


def _read_tables(file: Path) -> tuple[list[Exported], list[tuple[str, int]]]:
    tables = read_tables(file)
    indicators = _by_plan(_dicts(tables[INDICATORS], INDICATOR_HEAD))
    findings = _by_plan(_dicts(tables[FINDINGS], FINDING_HEAD))
    entries: list[Exported] = []
    for row in _dicts(tables[PLANS], PLAN_HEAD):
        number = str(row["编号"])
        plan = _plan_json(row)
        plan["indicators"] = [_indicator_json(each) for each in indicators.get(number, ())]
        raw = {
            "project_id": row["项目编号"],
            "plan": plan,
            "source_hash": row["原文指纹"],
            "corrections": _loaded(row["更正"]),
            "document": _loaded(row["来源"]),
            "findings": [_finding_json(each) for each in findings.get(number, ())],
        }
        entries.append(_from_json(raw))
    aliases = [
        (str(row["别名"]), int(str(row["项目编号"]))) for row in _dicts(tables[ALIASES], ALIAS_HEAD)
    ]
    return entries, aliases


def _plan_json(row: Mapping[str, str | None]) -> dict[str, Any]:
    plan = _values(row, PLAN_COLUMNS)
    if "year" in plan:
        plan["year"] = int(plan["year"])
    if row["文件"] is not None:
        plan["file"] = row["文件"]
    return plan


def _indicator_json(row: Mapping[str, str | None]) -> dict[str, Any]:
    return _values(row, INDICATOR_COLUMNS) | {"ordinal": int(str(row["序号"]))}


def _finding_json(row: Mapping[str, str | None]) -> dict[str, Any]:
    finding: dict[str, Any] = {key: row[label] for key, label in FINDING_COLUMNS.items()}
    return finding | {"place": _loaded(finding["place"])}


def _values(row: Mapping[str, str | None], columns: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        field: row[label] for field, label in columns.items() if row[label] is not None
    }
    return found | {
        side: _loaded(row[label]) for side, label in SIDE_COLUMNS.items() if row[label] is not None
    }


def _by_plan(rows: Iterable[dict[str, str | None]]) -> dict[str, list[dict[str, str | None]]]:
    found: dict[str, list[dict[str, str | None]]] = {}
    for row in rows:
        found.setdefault(str(row["表编号"]), []).append(row)
    return found


def _dicts(rows: Iterable[Row], head: tuple[str, ...]) -> Iterator[dict[str, str | None]]:
    """Rows by their headings, which must all be there, in whatever order."""
    lines = iter(rows)
    found = next(lines)
    missing = set(head) - set(found)
    if missing:
        raise KeyError(f"columns missing: {sorted(missing)}")
    for line in lines:
        padded = [*line, *[None] * (len(found) - len(line))]
        if any(value is not None for value in padded):
            yield {str(name): value for name, value in zip(found, padded, strict=False)}


def _loaded(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
