"""A file of any office format -> what it says: kind, plans, findings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from registry.amounts import exact_text
from registry.errors import UnreadableFile
from registry.findings import Finding
from registry.phones import area_code_of, to_e164
from registry.plan import Comparison, Indicator, Plan
from registry.sheet import Document, Kind
from registry.text import name_of

BLANK = frozenset({"field-blank", "indicator-without-target"})
# Of a file without a plan, so many of the things left out are told.
MOST_TOLD = 3


@dataclass(frozen=True)
class Reading:
    """What was read from one file."""

    file: str
    kind: Kind
    plans: tuple[Plan, ...]
    findings: tuple[Finding, ...]
    message: str | None = None


def read_document(path: Path, name: str | None = None) -> Document:
    """The file's rows of cells; raises UnreadableFile."""
    from registry.readers.choice import read_bytes
    from registry.readers.limits import check_size

    name = name or name_of(path)
    try:
        check_size(path.stat().st_size, name)
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(
            f"文件“{name}”打不开（{error.strerror or error}）。请检查文件是否存在、是否有权限。"
        ) from error
    return read_bytes(data, name)


def read_file(path: Path, name: str | None = None, area_code: str | None = None) -> Reading:
    """What the file says; a file that cannot be read gives kind "unreadable" and a message.

    `area_code` completes telephone numbers printed without one, instead of the configured default.
    """
    name = name or name_of(path)
    try:
        document = read_document(path, name)
    except UnreadableFile as error:
        return Reading(name, "unreadable", (), (), error.message)
    return interpret(document, area_code)


def read_safely(path: Path, name: str | None = None) -> Reading:
    """The same in a process with limits, for files of strangers; see registry.reading_worker."""
    from registry.reading_worker import SafeReader

    with SafeReader() as reader:
        return reader.read(path, name)


def interpret(document: Document, area_code: str | None = None) -> Reading:
    """The plans of a document's rows, checked."""
    from registry.checks import check_plan, check_plans
    from registry.parser import parse_document

    parsed = parse_document(document)
    plans = tuple(_with_e164(plan, area_code) for plan in parsed.plans)
    if parsed.kind == "unreadable":
        # It may well be in what was left out.
        left = "".join(f.sentence for f in document.findings[:MOST_TOLD])
        none = (
            f"文件“{document.file}”里没有找到项目绩效目标表（没有“指标名称/三级指标”和“指标值”的表头）。"
            f"请确认发送的是绩效目标表；没有框线的表格请发原始的 Word 或 Excel。{left}"
        )
        return Reading(document.file, "unreadable", (), tuple(parsed.findings), none)
    findings = [*document.findings, *parsed.findings]
    for plan in plans:
        findings += check_plan(plan)
    findings += check_plans(plans)
    # What is said of a formula without a result is said instead of「没有填写」.
    findings = [f for f in findings if f.code not in BLANK or f.place not in document.uncomputed]
    message = f"“{document.file}”是一张空白表，没有填写项目。" if parsed.kind == "blank" else None
    return Reading(document.file, parsed.kind, plans, tuple(findings), message)


def _with_e164(plan: Plan, area_code: str | None) -> Plan:
    if plan.contact_phone is None:
        return plan
    code = area_code_of(plan.region, area_code)
    return replace(plan, contact_phone_e164=to_e164(plan.contact_phone, code))


def as_json(reading: Reading) -> dict[str, Any]:
    """One document in the shape in which readings are compared: plain values, null for not stated."""
    out: dict[str, Any] = {
        "file": reading.file,
        "kind": reading.kind,
        "projects": [_plan_json(plan) for plan in reading.plans],
    }
    if reading.message is not None:
        out["message"] = reading.message
    if reading.findings:
        out["findings"] = [
            {
                "code": f.code,
                "severity": f.severity,
                "sentence": f.sentence,
                "project": f.project,
                "field": f.field,
            }
            for f in reading.findings
        ]
    return out


def _plan_json(plan: Plan) -> dict[str, Any]:
    def amount(name: str) -> str | None:
        value = getattr(plan, name)
        return None if value is None else exact_text(value)

    yuan = plan.yuan("total")
    return {
        "name": plan.name or None,
        "year": plan.year,
        "region": plan.region,
        "department": plan.supervising_department,
        "implementing_unit": plan.implementing_unit,
        "budget": {
            "total": amount("total"),
            "unit": plan.amount_unit,
            "upper": amount("higher_level_grants"),
            "district": amount("district_funds"),
            "other": amount("other_funds"),
            "total_yuan": None if yuan is None else exact_text(yuan),
        },
        "execution_weight": amount("budget_execution_weight"),
        "overview": plan.overview,
        "basis": plan.approval_basis,
        "annual_goal": plan.annual_objective,
        "contact": plan.contact_person,
        "phone": plan.contact_phone,
        "indicators": [_indicator_json(indicator) for indicator in plan.indicators],
    }


def _indicator_json(indicator: Indicator) -> dict[str, Any]:
    comparison = indicator.comparison
    core = {"是": True, "否": False, "★": True, "√": True}.get(indicator.core_mark or "")
    return {
        "level1": indicator.level1,
        "level2": indicator.level2,
        "name": indicator.name,
        "operator": "qualitative" if comparison is Comparison.QUALITATIVE else comparison,
        "value": indicator.target,
        "unit": indicator.unit_of_measure,
        "score": None if indicator.points is None else exact_text(indicator.points),
        "core": core,
    }
