"""export, take-in, backup, restore: the registry as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from registry.backup import backup as write_backup
from registry.backup import restore as take_backup
from registry.commands.common import console, run, who
from registry.export import export_registry, import_export


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
