"""How long a question takes: with six projects, with many, at the start, and 500 turns in a row.

    python tests/benchmarks/questions.py [--projects 1000 100000] [--turns 500] [--skip-start]

Many projects are invented here (names, people, amounts, indicators that differ) and loaded through
the store as files are. Times are of Desk.ask and of rendering to text, on one core, without network.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1].resolve()))
sys.path.insert(0, str(Path(__file__).parents[2].resolve()))

from asking import CORPUS, SEEDS, conversations, desk_over, load_into, say
from plans import SCHOOL_CANTEEN, indicator

from bot.conversation import Desk
from bot.serving import look_for_garbage_less_often
from registry.plan import Plan, ProjectCategory
from registry.store import Original, Store

ROOT = Path(__file__).resolve().parents[2]
PLANS_A_FILE = 2000
STARTS = 3
PLACES = "青石白鹤红岩金竹双河清溪龙洞凤鸣石桥永兴太平新民高峰望江临溪云台松林柏树梅子桂花"
WHAT = ["道路养护", "老旧小区改造", "农村饮水", "校园安全", "文化惠民演出", "垃圾分类", "河道清淤", "就业培训", "森林防火", "图书采购", "公厕新建", "路灯更换", "疫病防控", "养老服务", "残疾人康复", "水库除险", "污水管网", "桥梁加固", "防汛物资", "食品抽检", "消防设施", "农机补贴", "蚕桑产业", "茶园提质"]  # fmt: skip
OF = ["项目", "工程", "专项", "经费", "补助", "专项资金"]
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红建文辉力东晨宇欣怡佳琪浩然子涵"
ROWS = (
    "完成数量", "覆盖人次", "验收合格率", "按期完工率", "群众满意度", "投诉处理率", "培训场次", "补助发放率",
)  # fmt: skip
FIRST = """
import asyncio, sys
from bot.conversation import Desk
from registry.index import NameIndex
from registry.store import Store
async def main():
    store = await Store.open(sys.argv[1])
    desk = Desk(store, NameIndex.build([entry async for entry in store.names()]))
    await desk.ask("打非专项项目多少钱")
    await store.close()
asyncio.run(main())
"""


def invented(number: int) -> Iterator[Plan]:
    """Plans as different from one another as a province's are."""
    dice = random.Random(number)
    for at in range(number):
        place = "".join(dice.sample(PLACES, 2))
        what, of = dice.choice(WHAT), dice.choice(OF)
        amount = Decimal(dice.randrange(100, 5_000_000)) / 100
        person = dice.choice(SURNAMES) + "".join(dice.sample(GIVEN, dice.choice((1, 2))))
        rows = tuple(
            indicator(place_of_row, f"{what}{row}", str(dice.randrange(1, 100)), points=Decimal(15))
            for place_of_row, row in enumerate(dice.sample(ROWS, 5), 1)
        )
        yield replace(
            SCHOOL_CANTEEN,
            name=f"{place}{'镇乡街道村'[at % 4]}{what}{of}{at if at % 3 == 0 else ''}",
            category=list(ProjectCategory)[at % 2],
            supervising_department=f"{place}县{what[:2]}局",
            implementing_unit=f"{place}县{what[:2]}中心",
            total=amount,
            district_funds=amount,
            overview=f"用于{place}{what}，涉及{dice.randrange(2, 90)}处，每处补助{dice.randrange(1, 50)}万元；受益{dice.randrange(100, 9000)}人。",
            approval_basis=f"《{place}县{what}管理办法》（{place}府办发〔20{dice.randrange(15, 24)}〕{dice.randrange(1, 300)}号）",
            annual_objective=f"完成{what}任务，群众满意度达到{dice.randrange(80, 99)}%以上。",
            contact_person=person,
            contact_phone=str(dice.randrange(40_000_000, 89_999_999)),
            contact_phone_e164=None,
            indicators=rows,
            printed={},
        )


def questions_about(plans: Sequence[Plan], number: int) -> list[str]:
    """Questions of every kind about invented projects, by parts of their names."""
    dice = random.Random(7)
    asked: list[str] = []
    for at in range(number):
        plan = dice.choice(plans)
        row = dice.choice(plan.indicators)
        asked.append(
            (
                f"{plan.name}多少钱",
                f"{plan.name[:-2]}的联系人和电话",
                f"请问{plan.name[2:]}有哪些核心指标",
                f"{plan.name}的{row.name}要达到多少",
                f"{plan.contact_person}负责哪些项目",
                f"{plan.contact_phone}是谁",
                f"{plan.approval_basis}是哪个项目的依据",
                "哪个项目钱最多",
                "预算前十名",
                "重点专项一共多少钱",
                f"超过{dice.randrange(100, 400)}万的项目有几个",
                f"{plan.name[:4]}和{dice.choice(plans).name[:6]}哪个多",
                f"{plan.name[2:6]}每处补助多少",
                "联系人是谁",
                f"{plan.supervising_department}的项目有哪些",
                "今天天气怎么样",
            )[at % 16]
        )
    return asked


def told(what: str, times: Sequence[float]) -> None:
    """On a shared machine the processor's time is the steadier figure; both are printed."""
    ordered = sorted(times)
    p50, p99 = ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    print(
        f"{what:<44} {len(times):>6} questions   p50 {p50 * 1e3:7.1f} ms   "
        f"p99 {p99 * 1e3:7.1f} ms   worst {ordered[-1] * 1e3:7.1f} ms   all {sum(times):6.2f} s",
        flush=True,
    )


async def timed(desk: Desk, asked: Sequence[str]) -> tuple[list[float], list[float]]:
    """The seconds each question took by the clock and of the processor, after one that loads what
    the first one loads; what is loaded then is kept out of the way as the program does."""
    await say(desk, "打非和 juzai 的聯繫人")
    look_for_garbage_less_often()
    times: list[float] = []
    busy: list[float] = []
    for question in asked:
        start, worked = time.perf_counter(), time.process_time()
        await say(desk, question)
        times.append(time.perf_counter() - start)
        busy.append(time.process_time() - worked)
    return times, busy


async def with_six(url: str, turns: int) -> None:
    asked = [
        turn["q"]
        for path in sorted((CORPUS / "gold").glob("finance-*.jsonl"))
        for row in conversations(path)
        for turn in row["turns"]
    ]
    async with desk_over(url) as desk:
        times, busy = await timed(desk, asked)
    told("six projects, by the clock", times)
    told("six projects, of the processor", busy)
    print(
        f"{turns} turns in a row: {sum(times[:turns]):.2f} s by the clock, {sum(busy[:turns]):.2f} s "
        "of the processor (render included)",
        flush=True,
    )


async def with_many(folder: Path, number: int, turns: int) -> None:
    url = f"sqlite+aiosqlite:///{folder / f'{number}.db'}"
    plans = list(invented(number))
    store = await Store.open(url)
    start = time.perf_counter()
    for first in range(0, number, PLANS_A_FILE):
        part = plans[first : first + PLANS_A_FILE]
        file = f"{first}.txt"
        await store.save(part, Original(file, file.encode()), by="benchmark", kind="import")
    print(f"{number} projects loaded in {time.perf_counter() - start:.1f} s", flush=True)
    await store.close()
    start = time.perf_counter()
    async with desk_over(url) as desk:
        print(f"opened with its index in {time.perf_counter() - start:.2f} s", flush=True)
        asked = questions_about(plans, turns)
        times, busy = await timed(desk, asked)
        told(f"{number} projects, by the clock", times)
        told(f"{number} projects, of the processor", busy)
        slowest = sorted(zip(times, asked, strict=True), reverse=True)[:8]
        for seconds, question in slowest:
            print(f"    {seconds * 1e3:7.1f} ms  {question[:70]}")


def started(code: str, *arguments: str) -> float:
    """The best of some runs of a fresh interpreter, seconds."""
    best = 60.0
    for _ in range(STARTS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code, *arguments], check=True, cwd=ROOT)
        best = min(best, time.perf_counter() - start)
    return best


def start_up(url: str) -> None:
    bare = started("import aiogram, sqlmodel")
    ours = started(FIRST, url)
    whole = started("import aiogram, bot.app" + FIRST, url)
    print(f"import aiogram, sqlmodel                     {bare:.2f} s")
    print(f"start to first answer                        {ours:.2f} s   {ours / bare:.2f} times")
    print(f"start to first answer, dispatcher imported   {whole:.2f} s   {whole / bare:.2f} times")


async def measured(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite+aiosqlite:///{folder / 'six.db'}"
        await load_into(url, *SEEDS)
        if not options.skip_start:
            start_up(url)
        await with_six(url, options.turns)
        for number in options.projects:
            await with_many(folder, number, options.turns)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--projects", type=int, nargs="*", default=[1000])
    parser.add_argument("--turns", type=int, default=500)
    parser.add_argument("--skip-start", action="store_true")
    asyncio.run(measured(parser.parse_args()))


if __name__ == "__main__":
    main()
