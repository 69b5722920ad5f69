"""Plans to try the registry with: named ones, and as many as wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from registry.plan import Comparison, Indicator, Place, Plan, ProjectCategory
from registry.store import Applied, Original, Store

FINANCE = "重庆市长寿区财政局"
WATER = "重庆市长寿区水利局"


def indicator(ordinal: int, name: str, target: str, **others: object) -> Indicator:
    """An indicator as the seed sheets have them."""
    values: dict[str, object] = {
        "comparison": Comparison.AT_LEAST,
        "target": target,
        "target_value": Decimal(target),
        "unit_of_measure": "%",
        "points": Decimal(30),
        "core_mark": "",
        "places": {"name": Place("a.txt", line=ordinal + 10, table=1, row=ordinal, column=2)},
    }
    return Indicator(ordinal=ordinal, name=name, **(values | others))  # type: ignore[arg-type]


SCHOOL_CANTEEN = Plan(
    name="学校食堂改造项目",
    title="长寿区2024年重点专项绩效目标表",
    year=2024,
    region="长寿区",
    category=ProjectCategory.PRIORITY_SPECIAL,
    supervising_department=FINANCE,
    implementing_unit=FINANCE,
    budget_execution_weight=Decimal(10),
    amount_unit="万元",
    total=Decimal("77.87"),
    district_funds=Decimal("77.87"),
    overview="按照《校园食品安全办法》（渝府办发〔2017〕121号）改造食堂12个。每年惠及学生8000人；改善就餐环境。",
    approval_basis="《校园食品安全办法》（渝府办发〔2017〕121号）",
    annual_objective="全年食堂改造完成率100%，师生满意度明显提高。",
    contact_person="李冬霞",
    contact_phone="40236567",
    contact_phone_e164="+862340236567",
    indicators=(
        indicator(1, "食堂改造完成率", "100", core_mark="是"),
        indicator(2, "师生满意度", "95", points=Decimal("12.5")),
    ),
    blank=frozenset({"other_funds", "higher_level_grants"}),
    printed={"overview": "<p>按照《校园食品安全办法》…</p>"},
    places={"name": Place("a.txt", line=8, table=1, row=2, column=2)},
)
RIVER_DREDGING = replace(
    SCHOOL_CANTEEN,
    name="河道清淤项目",
    supervising_department=WATER,
    implementing_unit="重庆市长寿区水利工程管理站",
    total=Decimal(1000),
    district_funds=None,
    higher_level_grants=Decimal(1000),
    overview="对桃花河8公里河道清淤，防止内涝风险。",
    approval_basis=None,
    annual_objective="河道行洪能力提高。",
    contact_person="韩巨星",
    contact_phone="023-40252192",
    contact_phone_e164="+862340252192",
    indicators=(indicator(1, "清淤长度", "8", unit_of_measure="公里", points=Decimal(40)),),
    blank=frozenset({"district_funds", "other_funds", "approval_basis"}),
    printed={},
)
OFFICE_SYSTEM = replace(
    SCHOOL_CANTEEN,
    name="财政信息化建设经费",
    category=ProjectCategory.GENERAL,
    total=Decimal("0.0001"),
    district_funds=Decimal("0.0001"),
    overview=None,
    approval_basis=None,
    annual_objective=None,
    indicators=(),
    blank=frozenset(),
    printed={},
)
THREE = (SCHOOL_CANTEEN, RIVER_DREDGING, OFFICE_SYSTEM)


def without_record(plan: Plan | None) -> Plan:
    """What the sheet says, to hold against what was put in."""
    assert plan is not None
    return replace(plan, record=None)


async def save(store: Store, *plans: Plan, file: str = "a.txt", by: str = "测试") -> Applied:
    """Take plans in as if they had been read from a file of that name."""
    body = repr(plans).encode()
    return await store.save(plans, Original(file, body), by=by, kind="import")


def many_plans(number: int, year: int = 2024, units: int = 200) -> Sequence[Plan]:
    """Plans that differ in name, amount, unit and person, as a district's do."""
    return [
        replace(
            SCHOOL_CANTEEN,
            name=f"第{at}号{PURPOSES[at % len(PURPOSES)]}项目",
            year=year,
            supervising_department=f"重庆市长寿区第{at % units}管理局",
            implementing_unit=f"重庆市长寿区第{at % units}管理局",
            category=list(ProjectCategory)[at % 2],
            total=Decimal(at % 9973) / 100,
            district_funds=Decimal(at % 9973) / 100,
            contact_person=f"{SURNAMES[at % len(SURNAMES)]}{GIVEN[at % 89 % len(GIVEN)]}{GIVEN[at % 97 % len(GIVEN)]}",
            contact_phone=str(40_000_000 + at),
            contact_phone_e164=f"+8623{40_000_000 + at}",
            overview=f"{PURPOSES[at % len(PURPOSES)]}，涉及第{at}片区{at % 37}处。{CLAUSES[at % len(CLAUSES)]}",
        )
        for at in range(number)
    ]


PURPOSES = (
    "道路养护",
    "老旧小区改造",
    "农村饮水",
    "校园安全",
    "文化惠民",
    "垃圾分类",
    "河湖治理",
    "就业培训",
)
CLAUSES = ("持续改善人居环境。", "提升公共服务水平；减少安全隐患。", "保障群众基本需求，巩固成果。")
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红建文辉力东"
