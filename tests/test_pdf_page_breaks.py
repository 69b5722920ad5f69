"""Tables that a page break cuts: half a row at the foot of a page, merged cells that go on."""

from __future__ import annotations

from pathlib import Path

from registry.plan import Place
from registry.reading import interpret, read_file
from registry.sheet import Cell, Document, Row, Sheet

PAGES = Path(__file__).parent / "data" / "pagebreaks"


def test_row_cut_in_two_reads_as_one() -> None:
    (plan,) = read_file(PAGES / "row-cut-in-two.pdf").plans
    names = [indicator.name for indicator in plan.indicators]
    assert names.count("亩均投资") == 1
    (cost,) = [i for i in plan.indicators if i.name == "亩均投资"]
    assert (cost.comparison, cost.target, cost.unit_of_measure) == ("≤", "1500", "元/亩")
    assert len(plan.indicators) == 8


def test_rows_after_the_break_stay_with_their_project() -> None:
    plans = read_file(PAGES / "list-over-pages.pdf").plans
    assert [plan.name for plan in plans] == [
        "森林防火能力提升",
        "政务云平台租赁服务",
        "高标准农田建设",
        "义务教育阶段家庭经济困难学生生活补助",
    ]
    assert [len(plan.indicators) for plan in plans] == [6, 6, 8, 8]
    last = plans[-1].indicators
    assert last[2].name == "补助对象认定准确率"
    assert last[-1].name == "受助学生家长满意度"
    assert plans[-1].annual_objective is not None
    assert plans[-1].annual_objective.endswith("小学每生每年1000元，初中每生每年1250元。")


def test_row_cut_in_two_above_a_heading_printed_again() -> None:
    plans = read_file(PAGES / "heading-printed-again.pdf").plans
    names = [indicator.name for plan in plans for indicator in plan.indicators]
    assert "补助发放准确率" in names
    assert not {"补助发放", "准确率", "三级指标"} & set(names)


def test_row_cut_in_two_that_cannot_be_joined_makes_no_project() -> None:
    """The later page has other columns, so that nothing tells which cell goes on in which."""
    heading = [
        "项目名称",
        "预算数（元）",
        "一级指标",
        "二级指标",
        "三级指标",
        "指标性质",
        "指标值",
        "度量单位",
    ]
    goes = ["法律援助", "5,251,000.00", "产出指标", "数量指标"]
    pages = (
        [
            heading,
            [*goes, "办理案件", "≥", "244", "件"],
            ["法律援", *goes[1:], "接待群", "≥", "25", "人"],
        ],
        [heading, ["助", "00", "", "", "众", "", "", ""], [*goes, "受援人满意度", "≥", "90", "%"]],
    )
    rows = []
    for page, lines in enumerate(pages, 1):
        for line in lines:
            cells = (
                Cell(text, Place("plan.pdf", page=page, table=page), at)
                for at, text in enumerate(line)
            )
            rows.append(Row(tuple(cells), table=page))
    reading = interpret(Document("plan.pdf", (Sheet(None, tuple(rows)),)))
    (plan,) = reading.plans
    assert (plan.name, str(plan.total)) == ("法律援助", "5251000.00")
    assert [indicator.name for indicator in plan.indicators] == ["办理案件", "受援人满意度"]
    torn = [f.sentence for f in reading.findings if f.code == "row-torn"]
    assert len(torn) == 2
    assert "“法律援”" in torn[0]
