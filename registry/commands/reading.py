"""load, list, show, find: files into the registry, and looking at what is there."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from registry.commands.common import (
    console,
    errors,
    one_project,
    print_json,
    run,
)
from registry.export import PLAN_COLUMNS
from registry.index import Match
from registry.loading import FileReport, LoadReport, files_in, load_files, seeds_folder
from registry.name_keeping import keep_after_loading, open_index
from registry.plan import AMOUNT_FIELDS, Plan, ValueState
from registry.scope import Scope
from registry.store import Store
from registry.store.codec import exact_text
from registry.store.diff import describe

SHOWN = (
    "title",
    "supervising_department",
    "implementing_unit",
    "category",
    "budget_execution_weight",
    "total",
    "higher_level_grants",
    "district_funds",
    "other_funds",
    "overview",
    "approval_basis",
    "annual_objective",
    "contact_person",
    "contact_phone",
)
KINDS = {
    "target": "绩效目标表",
    "self-evaluation": "绩效自评表",
    "blank": "空白表",
    "unreadable": "无法读取",
}
SEVERITIES = {"error": "red", "warning": "yellow", "info": "dim"}


def load(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="文件或文件夹；不写则载入 seeds/", show_default=False),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="已载入过的文件也重新读取")] = False,
) -> None:
    """载入绩效目标表，并报告结果。"""
    files = files_in(paths or [seeds_folder()])
    report = LoadReport()

    async def work(store: Store) -> None:
        columns = (
            TextColumn("载入"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("剩余"),
            TimeRemainingColumn(),
        )
        with Progress(
            *columns, console=errors, transient=True, disable=not errors.is_terminal
        ) as bar:
            whole = bar.add_task("files", total=len(files))
            inside = bar.add_task("plans", total=None, visible=False)

            def within_file(done: int, total: int) -> None:
                bar.update(inside, completed=done, total=total, visible=True)

            async for each in load_files(store, files, again=again, on_progress=within_file):
                report.add(each)
                bar.advance(whole)
        if report.new or report.changed:
            await keep_after_loading(store)

    run(work)
    print_report(report)
    if report.failed or not files:
        raise typer.Exit(1)


def print_report(report: LoadReport) -> None:
    """What a load did, the failures last, where they are seen."""
    console.print(
        f"文件 {report.files} 个（已载入过 {report.known} 个）："
        f"项目新增 {report.new}，变化 {report.changed}，未变 {report.unchanged}；"
        f"指标 {report.indicators} 条；问题 {report.findings.total()} 个。"
    )
    for code, number in report.findings.most_common():
        example = report.examples[code]
        style = SEVERITIES[example.severity]
        console.print(f"  {number:>4}  {code}  ", style=style, end="", markup=False)
        console.print(
            f"例如「{example.project or ''}」：{example.sentence}", markup=False, soft_wrap=True
        )
    for passed_over in report.passed_over:
        console.print(passed_over.message or "", style="dim", markup=False, soft_wrap=True)
    for failure in report.failed:
        _print_failure(failure)
    if not report.files:
        errors.print("没有可载入的文件。")


def _print_failure(failure: FileReport) -> None:
    errors.print(f"未载入 {failure.file}：", style="red", end="", markup=False)
    errors.print(failure.message or "", markup=False, soft_wrap=True)


def read(
    files: Annotated[list[Path], typer.Argument(help="文件或文件夹")],
    jsonl: Annotated[bool, typer.Option("--jsonl", help="每个文件一行 JSON")] = False,
) -> None:
    """读取文件并显示读到的内容，不入库。"""
    from registry.reading import as_json
    from registry.reading_worker import SafeReader

    found = files_in(files)
    if not found:
        errors.print("没有找到可以读取的文档。")
        raise typer.Exit(1)
    failed = False
    with SafeReader() as reader:
        for file in found:
            reading = reader.read(file)
            failed |= reading.kind == "unreadable"
            if jsonl:
                sys.stdout.write(json.dumps(as_json(reading), ensure_ascii=False) + "\n")
                continue
            console.print(f"{reading.file}：{KINDS[reading.kind]}", style="bold", markup=False)
            if reading.message:
                console.print(reading.message, markup=False, soft_wrap=True)
            for plan in reading.plans:
                _print_plan(plan)
            for finding in reading.findings:
                console.print(
                    f"  {finding.sentence}", style=SEVERITIES[finding.severity], markup=False
                )
    if failed and not jsonl:
        raise typer.Exit(1)


def list_projects(
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    year: Annotated[int | None, typer.Option(help="年度；不写则为最新年度")] = None,
) -> None:
    """列出已载入的项目。"""
    plans = run(lambda store: store.plans(Scope(year=year)))
    if as_json:
        print_json([_short(plan) for plan in plans])
        return
    table = Table("编号", "年度", "类别", "项目", "总资金额", "实施单位", "联系人", "指标")
    for plan in plans:
        table.add_row(
            str(plan.record.project_id if plan.record else ""),
            exact_text(plan.year) or "",
            exact_text(plan.category) or "",
            plan.name,
            amount(plan, "total"),
            plan.implementing_unit or "",
            plan.contact_person or "",
            str(len(plan.indicators)),
        )
    console.print(table)
    console.print(f"共 {len(plans)} 个项目。")


def show(
    name: Annotated[str, typer.Argument(help="项目名称（可以不全）或编号")],
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    year: Annotated[int | None, typer.Option(help="年度；不写则为最新年度")] = None,
) -> None:
    """一个项目的整张表。"""

    async def work(store: Store) -> Plan | None:
        return await store.plan(await one_project(store, name), year)

    plan = run(work)
    if plan is None:
        errors.print(f"「{name}」没有 {year} 年的绩效目标表。")
        raise typer.Exit(1)
    if as_json:
        print_json(plan)
        return
    _print_plan(plan)


def find(
    text: Annotated[str, typer.Argument(help="项目名称的一部分、错别字、拼音均可")],
    limit: Annotated[int, typer.Option(help="最多几个")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """按不准确的名称找项目，给出相似度。"""

    async def work(store: Store) -> tuple[str, Sequence[Match]]:
        index, _ = await open_index(store)
        return index.link(text).outcome, index.find(text, limit)

    outcome, matches = run(work)
    if as_json:
        found = [
            {"project_id": m.project_id, "name": m.name, "similarity": round(m.similarity, 1)}
            for m in matches
        ]
        print_json({"outcome": outcome, "matches": found})
        return
    for m in matches:
        console.print(f"{m.similarity:5.1f}  {m.project_id:>4}  {m.name}", markup=False)
    if not matches:
        console.print("没有相近的项目。")


def amount(plan: Plan, field: str) -> str:
    """An amount with its unit, or which of the other two states it is in."""
    state = plan.state(field)
    if state is ValueState.GIVEN:
        return f"{exact_text(getattr(plan, field))}{plan.amount_unit or '（未写单位）'}"
    return "（空）" if state is ValueState.BLANK else "—"


def _short(plan: Plan) -> dict[str, object]:
    return {
        "id": plan.record.project_id if plan.record else None,
        "name": plan.name,
        "year": plan.year,
        "category": plan.category,
        "total": plan.total,
        "amount_unit": plan.amount_unit,
        "supervising_department": plan.supervising_department,
        "implementing_unit": plan.implementing_unit,
        "contact_person": plan.contact_person,
        "contact_phone": plan.contact_phone,
        "indicators": len(plan.indicators),
    }


def _print_plan(plan: Plan) -> None:
    console.print(plan.name, style="bold", markup=False)
    corrected = plan.record.corrected if plan.record else frozenset()
    for field in SHOWN:
        if field in AMOUNT_FIELDS:
            value = amount(plan, field)
        elif plan.state(field) is ValueState.GIVEN:
            value = exact_text(getattr(plan, field)) or ""
        else:
            value = "（空）" if plan.state(field) is ValueState.BLANK else "—"
        mark = "（更正）" if field in corrected else ""
        console.print(f"{PLAN_COLUMNS[field]}：{value}{mark}", markup=False, soft_wrap=True)
    for indicator in plan.indicators:
        console.print(
            f"  {indicator.ordinal}. {indicator.name}  {describe(indicator)}", markup=False
        )
    if plan.record is not None:
        at = plan.record.loaded_at.astimezone().strftime("%Y-%m-%d %H:%M")
        line = f"来源：{plan.record.document}，版本 {plan.record.version}，{at} 载入"
        console.print(line, style="dim", markup=False)
