"""check, import, undo, versions, history, correct, contact, alias, remove: keeping the registry."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from registry.commands.common import console, errors, fail, one_project, print_json, run, who
from registry.commands.reading import SEVERITIES
from registry.imports import LABELS, Preview, confirm, preview_file
from registry.loading import read_bytes
from registry.scope import FieldChange, HistoryEntry, Scope, StoredFinding, Version
from registry.store import Planned, Store
from registry.text import name_of

Reason = Annotated[str, typer.Option("--reason", "-r", help="理由")]
Year = Annotated[int | None, typer.Option(help="年度；不写则为最新年度")]
Name = Annotated[str, typer.Argument(help="项目名称（可以不全）或编号")]
VERSION_KINDS = {
    "load": "载入",
    "import": "导入",
    "correction": "更正",
    "contact": "更换联系人",
    "alias": "别名",
    "remove": "删除",
    "undo": "撤销",
    "restore": "恢复导出",
}
PARTS = {
    "name": "名称",
    "level1": "一级指标",
    "level2": "二级指标",
    "comparison": "性质",
    "target": "指标值",
    "target_value": "指标值（数）",
    "unit_of_measure": "单位",
    "points": "分值",
    "core_mark": "是否核心",
    "actual": "实际完成值",
}


def check(
    name: Annotated[str | None, typer.Argument(help="只看一个项目", show_default=False)] = None,
    output: Annotated[str, typer.Option("--format", help="text 或 json")] = "text",
    code: Annotated[str | None, typer.Option(help="只看一种问题")] = None,
) -> None:
    """列出各表的问题。有 error 级问题时退出码为 1。"""
    if output not in {"text", "json"}:
        fail("--format 只能是 text 或 json。", code=2)

    async def work(store: Store) -> list[StoredFinding]:
        scope = Scope(project_ids=(await one_project(store, name),)) if name else None
        return await store.findings(scope, code=code)

    found = run(work)
    if output == "json":
        print_json(found)
    else:
        for finding in found:
            where = finding.project or finding.document or ""
            console.print(f"{finding.severity:<8}", style=SEVERITIES[finding.severity], end="")
            console.print(f"{where}：{finding.sentence}", markup=False, soft_wrap=True, end="")
            console.print(f"  [{finding.code}{_at(finding)}]", style="dim", markup=False)
        console.print(f"共 {len(found)} 个问题。")
    if any(finding.severity == "error" for finding in found):
        raise typer.Exit(1)


def import_file(
    file: Annotated[Path, typer.Argument(help="要导入的文件")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="不询问，直接确认")] = False,
    renamed: Annotated[
        list[str] | None, typer.Option(help="改名：新名称=原项目编号，可写多次", show_default=False)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看预览，不导入")] = False,
) -> None:
    """导入一个文件：先预览新增、变化（旧→新）和问题，确认后一次写入，可用 undo 撤销。"""
    renames = dict(map(_renaming, renamed or ()))

    async def work(store: Store) -> None:
        preview = await preview_file(store, read_bytes(file), name_of(file), by=who())
        print_preview(preview)
        if preview.kind == "unreadable":
            raise typer.Exit(1)
        if preview.id is None or dry_run:
            return
        if not yes and not typer.confirm("确认导入？"):
            await store.drop_waiting(preview.id)
            console.print("已取消，没有任何改动。")
            return
        applied = await confirm(store, preview.id, by=who(), renames=renames)
        console.print(
            f"已导入，版本 {applied.version}：新增 {len(applied.new)}，变化 {len(applied.changed)}。"
        )

    run(work)


def print_preview(preview: Preview) -> None:
    """What confirming would do, on one line, then in full."""
    if preview.message is not None:
        errors.print(preview.message, markup=False, soft_wrap=True)
        return
    if preview.known:
        console.print(f"这个文件（{preview.file}）以前已经导入过。", markup=False)
    total = len({(p.project_id or p.key, p.plan.year) for p in preview.planned})
    console.print(
        f"{total} 个项目：新增 {len(preview.new)}，变化 {len(preview.changed)}"
        f"（{preview.fields_changed} 个字段，旧→新），未变 {len(preview.unchanged)}；"
        f"问题 {len(preview.findings)}"
    )
    for planned in preview.new:
        console.print(
            f"  + {planned.plan.name}（{planned.plan.year or '未写年度'}）",
            style="green",
            markup=False,
        )
    for planned in preview.changed:
        _print_changed(planned)
    for renaming in preview.renamings:
        console.print(
            f"  ? 「{renaming.new_name}」可能是「{renaming.old_name}」改名（相似度 {renaming.similarity:.0f}）；"
            f"若是，请加 --renamed {renaming.new_name}={renaming.project_id}",
            style="yellow",
            markup=False,
        )
    if preview.id is None:
        console.print("没有需要导入的变化。")


def undo(
    version: Annotated[int | None, typer.Argument(help="版本号；不写则撤销最近一次")] = None,
) -> None:
    """撤销一个版本。"""
    done = run(lambda store: store.undo(by=who(), version=version))
    console.print(f"{done.note}，成为版本 {done.number}。", markup=False)


def versions(
    limit: Annotated[int, typer.Option(help="最多几个")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """登记库的版本，最新的在前。"""
    found = run(lambda store: store.versions(limit))
    if as_json:
        print_json(found)
        return
    for version in found:
        console.print(version_line(version), markup=False)


def history(
    name: Name, as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False
) -> None:
    """一个项目在各版本、各年度的变化，最新的在前。"""

    async def work(store: Store) -> list[HistoryEntry]:
        return await store.history(await one_project(store, name))

    found = run(work)
    if as_json:
        print_json(found)
        return
    for entry in found:
        year = f"{entry.year}年 " if entry.year else ""
        what = "新增" if entry.old is None else "删除" if entry.new is None else ""
        if entry.old is not None or entry.new is not None:
            console.print(f"{version_line(entry.version)}  {year}{what}", markup=False)
        for each in entry.changes:
            console.print(f"    {change_line(each)}", markup=False, soft_wrap=True)


def correct(
    name: Name,
    field: Annotated[
        str, typer.Argument(help="字段，如 total、contact_phone、indicators.2.points")
    ],
    value: Annotated[str, typer.Argument(help="正确的值；空文字表示空白")],
    reason: Reason,
    year: Year = None,
) -> None:
    """更正一个字段；原值保留，回答中注明「更正」。"""

    async def work(store: Store) -> Version:
        project_id = await one_project(store, name)
        return await store.correct(project_id, field, value, by=who(), reason=reason, year=year)

    console.print(f"已更正，版本 {run(work).number}。")


def contact(
    person: Annotated[str, typer.Argument(help="原联系人")],
    new_person: Annotated[str, typer.Argument(help="新联系人")],
    reason: Reason,
    phone: Annotated[str | None, typer.Option(help="新联系电话；不写则不变")] = None,
) -> None:
    """把一位联系人名下的全部项目换给另一位。"""
    done = run(
        lambda store: store.change_contact(
            person, new_person=new_person, new_phone=phone, by=who(), reason=reason
        )
    )
    console.print(f"已更换，版本 {done.number}。")


def alias(
    name: Name,
    said: Annotated[str, typer.Argument(help="人们的叫法")],
    remove: Annotated[bool, typer.Option("--remove", help="删除这个叫法")] = False,
) -> None:
    """给项目加一个别名，或删除一个。"""

    async def work(store: Store) -> bool:
        project_id = await one_project(store, name)
        if remove:
            return await store.remove_alias(said, project_id, by=who())
        await store.add_alias(said, project_id, by=who())
        return True

    if not run(work):
        fail(f"这个项目没有别名「{said}」。")
    console.print("已删除。" if remove else "已添加。")


def remove_project(name: Name, reason: Reason) -> None:
    """把一个项目移出登记库（可撤销，历史保留）。"""

    async def work(store: Store) -> Version:
        return await store.remove(await one_project(store, name), by=who(), reason=reason)

    console.print(f"已移出，版本 {run(work).number}。")


def version_line(version: Version) -> str:
    """A version on one line."""
    at = version.at.astimezone().strftime("%Y-%m-%d %H:%M")
    kind = VERSION_KINDS.get(version.kind, version.kind)
    undone = f"（已被版本 {version.undone_by} 撤销）" if version.undone_by else ""
    return f"版本 {version.number}  {at}  {kind}  {version.by}  {version.note or ''}{undone}"


def change_line(change: FieldChange) -> str:
    """A change as old → new, shortened."""
    label = LABELS.get(change.field, change.field)
    if change.indicator is not None:
        label = f"指标「{change.indicator}」" + (f"的{PARTS[change.part]}" if change.part else "")
    return f"{label}：{_short(change.old)} → {_short(change.new)}"


def _print_changed(planned: Planned) -> None:
    console.print(
        f"  * {planned.plan.name}（{planned.plan.year or '未写年度'}）",
        style="yellow",
        markup=False,
    )
    for change in planned.changes:
        console.print(f"      {change_line(change)}", markup=False, soft_wrap=True)


def _renaming(text: str) -> tuple[str, int]:
    name, _, number = text.rpartition("=")
    if not name or not number.isdecimal():
        fail(f"--renamed 应形如 新名称=原项目编号，不是「{text}」。", code=2)
    return name, int(number)


def _short(value: str | None) -> str:
    if value is None:
        return "（无）"
    flat = " ".join(value.split())
    return (flat if len(flat) <= 80 else flat[:79] + "…") or "（空）"


def _at(finding: StoredFinding) -> str:
    place = finding.place
    if place is None:
        return ""
    parts = (("行", place.line), ("页", place.page), ("表", place.table), ("表内行", place.row))
    told = " ".join(f"{label}{number}" for label, number in parts if number is not None)
    return f" {place.file} {told}"
