"""Time and memory of loading a folder of sheets: python tests/benchmarks/loading.py [1000 5000 10000].

Writes that many plans, one a file, runs `python -m registry load` on them in a process of its own
and prints its rate and the most memory it ever had: the same for ten times the plans.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUREAUS = ("教育局", "水利局", "交通局", "体育局", "档案馆", "民政局", "卫生健康委员会")
WORKS = ("校舍维修", "河道治理", "公路养护", "场馆开放", "档案数字化", "困难救助", "疾病防控")
FORM = """长寿区{year}年重点专项绩效目标表
单位：万元
主管部门\t{bureau}\t\t实施单位\t{bureau}\t\t
项目名称\t第{number}片区{work}\t\t\t\t\t
预算执行率权重(%)：\t\t\t10\t\t\t
项目总资金额\t{amount}\t\t上级补助\t{amount}\t\t
\t\t\t区级资金\t\t\t
\t\t\t其他资金\t\t\t
项目概况\t{work}，覆盖{number}户。\t\t\t\t\t
立项依据\t《关于{work}的通知》（渝府办发〔{year}〕{number}号）\t\t\t\t\t
当年绩效目标\t完成{work}，群众满意。\t\t\t\t\t
绩效指标\t指标名称\t指标性质\t指标值\t指标单位\t分值(90分)\t是否核心
\t{work}数量\t≥\t{number}\t处\t40\t是
\t验收合格率\t=\t100\t%\t30\t否
\t群众满意度\t≥\t90\t%\t20\t否
联系人：张建国
联系电话：023-40{number:06}
"""


def write_sheets(folder: Path, count: int) -> None:
    """Files of one plan each."""
    for number in range(1, count + 1):
        kind = number % len(WORKS)
        text = FORM.format(
            year=2020 + number % 5,
            bureau=BUREAUS[kind],
            work=WORKS[kind],
            number=number,
            amount=number % 900 + 1,
        )
        (folder / f"{number:06}.txt").write_text(text, encoding="utf-8")


def load(count: int) -> tuple[float, float]:
    """Seconds that loading took, and the most megabytes it had."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "sheets"
        folder.mkdir()
        write_sheets(folder, count)
        address = f"sqlite:///{name}/registry.db"
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "registry", "load", str(folder)],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": address, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, status, used = os.wait4(process.pid, 0)
        if status != 0:
            raise SystemExit(f"load ended with status {status}")
        return time.perf_counter() - started, used.ru_maxrss / 1024


def main() -> None:
    counts = [int(a) for a in sys.argv[1:]] or [1000, 5000, 10_000]
    print(f"{'plans':>7}{'seconds':>9}{'plans/s':>9}{'peak MB':>9}")
    for count in counts:
        seconds, peak = load(count)
        print(f"{count:>7}{seconds:>9.1f}{count / seconds:>9.0f}{peak:>9.0f}", flush=True)


if __name__ == "__main__":
    main()
