"""export, take-in, backup, restore: the registry as a file."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated, Any

import typer

from registry.backup import backup as write_backup
from registry.backup import restore as take_backup
from registry.commands.common import console, run, who
from registry.export import export_registry, import_export
from registry.store import Store

AUDITED = ("at", "user", "chat", "kind", "outcome", "text")


def export(
    file: Annotated[Path, typer.Argument(help="目标文件：.xlsx、.json，或 .zip（内为 csv）")],
) -> None:
    """导出全部项目、指标、问题、更正和别名。"""
    report = run(lambda store: export_registry(store, file))
    console.print(
        f"已导出 {report.plans} 张表、{report.aliases} 个别名到 {report.file}。", markup=False
    )


def take_in(
    file: Annotated[Path, typer.Argument(help="export 写出的文件")],
) -> None:
    """把导出的文件载回登记库，与原来一致的不动。"""
    report = run(lambda store: import_export(store, file, by=who()))
    done = f"版本 {report.version}" if report.version else "没有变化"
    console.print(f"已读 {report.plans} 张表、{report.aliases} 个别名：{done}。")


def audit(
    file: Annotated[
        Path | None, typer.Argument(help="导出到这个 .csv 文件；不写则只说有多少条")
    ] = None,
    purge: Annotated[bool, typer.Option("--purge", help="导出之后清除")] = False,
) -> None:
    """机器人的使用记录（谁、何时、问了什么、结果），不含电话号码。"""
    rows = run(lambda store: audit_rows(store, purge=purge))
    if file is not None:
        with file.open("w", encoding="utf-8-sig", newline="") as target:
            writer = csv.DictWriter(target, AUDITED, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)
    done = "，已清除" if purge else ""
    console.print(f"使用记录 {len(rows)} 条{done}。", markup=False)


async def audit_rows(store: Store, *, purge: bool = False) -> list[dict[str, Any]]:
    """The rows of the bot's audit, the oldest first; texts that a spreadsheet would run are quoted."""
    rows: list[dict[str, Any]] = []
    for key, record in await store.kv_scan("audit"):
        for row in record.get("rows", ()):
            text = str(row.get("text", ""))
            rows.append({**row, "text": f"'{text}" if text[:1] in "=+-@\t" and text else text})
        if purge:
            await store.kv_delete("audit", key)
    return sorted(rows, key=lambda row: int(row.get("at", 0)))


def backup(
    file: Annotated[Path, typer.Argument(help="备份文件，如 backup-2024-05-01.gz")],
) -> None:
    """备份整个数据库（含历史、原始文件、权限名单），使用中也可备份。"""
    report = run(lambda store: write_backup(store, file))
    console.print(
        f"已备份版本 {report.version}，{report.rows} 行，到 {report.file}。", markup=False
    )


def restore(
    file: Annotated[Path, typer.Argument(help="备份文件")],
) -> None:
    """把备份恢复到一个空的数据库（由 DATABASE_URL 指定，SQLite 和 PostgreSQL 均可）。"""
    report = run(lambda store: take_backup(store, file))
    at = report.at.astimezone().strftime("%Y-%m-%d %H:%M")
    console.print(f"已恢复 {at} 的备份：版本 {report.version}，{report.rows} 行。")
