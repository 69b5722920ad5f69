"""Tables that a page break cuts: half a row at the foot of a page, merged cells that go on."""

from __future__ import annotations

from pathlib import Path

from registry.reading import read_file

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
