"""Notices that grant money and state its targets in paragraphs, without a line for the name."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.reading import Reading, read_file

TITLE = "关于下达2023年委托审计资金的通知"
GRANT = "现安排你单位2023年委托审计资金40万元。请专款专用。"
TARGETS = """一、总体目标
完成审计任务。
二、绩效指标
1.数量指标：完成审计项目数≥19个；出具报告≥19份。
2.质量指标：审计报告差错率≤1%。
3.可持续影响指标：管理规范程度：进一步规范。
4.服务对象满意度指标：被审计单位满意度≥85%。
"""


def notice(tmp_path: Path, title: str, sentence: str, targets: str = TARGETS) -> Reading:
    path = tmp_path / "notice.txt"
    text = f"{title}\n平果市审计局：\n{sentence}\n{targets}平果市财政局\n2023年3月5日\n"
    path.write_text(text, encoding="utf-8")
    return read_file(path)


def test_notice_states_its_project_in_title_and_sentence(tmp_path: Path) -> None:
    (plan,) = notice(tmp_path, TITLE, GRANT).plans
    assert (plan.name, plan.year, str(plan.total), plan.amount_unit) == (
        "委托审计",
        2023,
        "40",
        "万元",
    )
    assert (plan.implementing_unit, plan.annual_objective) == ("平果市审计局", "完成审计任务。")
    assert [(i.level2, i.name, i.target) for i in plan.indicators] == [
        ("数量指标", "完成审计项目数", "19"),
        ("数量指标", "出具报告", "19"),
        ("质量指标", "审计报告差错率", "1"),
        ("可持续影响指标", "管理规范程度", "进一步规范"),
        ("服务对象满意度指标", "被审计单位满意度", "85"),
    ]


@pytest.mark.parametrize(
    ("title", "sentence", "name", "total"),
    [
        ("关于下达资金的通知", GRANT, "委托审计", "40"),
        (TITLE, "现下达你单位资金40万元，列入2023年预算支出科目。", "委托审计", "40"),
        (TITLE, "现将2023年委托审计资金40万元下达给你单位。", "委托审计", "40"),
        (TITLE, "现下达平果市审计局委托审计资金40万元。", "委托审计", "40"),
        (TITLE, "现将资金下达你单位，请按绩效目标执行。", "委托审计", None),
        (TITLE, "现下达2023年委托审计资金40万元，其中石桥乡15万元。", "委托审计", "40"),
        (TITLE, "现下达石桥乡2023年委托审计资金20万元、龙潭镇15万元。", "委托审计", None),
        (
            "关于拨付2023年“三支一扶”计划补助资金的函",
            "现拨付你单位2023年“三支一扶”计划补助资金40万元。",
            "“三支一扶”计划补助资金",
            "40",
        ),
    ],
)
def test_notices_in_other_words(
    tmp_path: Path, title: str, sentence: str, name: str, total: str | None
) -> None:
    (plan,) = notice(tmp_path, title, sentence).plans
    assert (plan.name, plan.total and str(plan.total)) == (name, total)


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        ("关于下达2023年水利发展资金的通知", GRANT),
        (TITLE, "现安排你单位2022年委托审计资金40万元。"),
        ("关于下达2023年部门预算的通知", "现安排你单位2023年项目支出预算40万元。"),
        ("关于下达资金的通知", GRANT + "安排你单位2023年内审培训经费5万元。"),
        ("关于下达资金的通知", "现安排你单位2023年委托审计资金4万元，安排内审培训经费5万元。"),
        ("通知", "现下达平果市审计局委托审计资金40万元。"),
        ("关于收回2023年委托审计资金的通知", "现收回你单位2023年委托审计资金10万元。"),
        ("关于下达2024年粮食生产目标任务的通知", "现将2024年粮食生产目标任务下达给你们。"),
        ("关于加强绩效目标管理的通知", "现就有关事项通知如下："),
    ],
)
def test_targets_of_a_project_that_is_not_told_are_reported_and_not_read(
    tmp_path: Path, title: str, sentence: str
) -> None:
    reading = notice(tmp_path, title, sentence)
    assert (reading.kind, reading.plans) == ("unreadable", ())
    assert [f.code for f in reading.findings] == ["project-untold"]


def test_targets_of_several_projects_are_not_put_together(tmp_path: Path) -> None:
    reading = notice(tmp_path, TITLE, GRANT, TARGETS + "附件2\n" + TARGETS)
    assert reading.plans == ()


@pytest.mark.parametrize(
    ("title", "sentence", "targets"),
    [
        (TITLE, GRANT, ""),
        (
            "关于报送2023年委托审计项目绩效目标的函",
            "现将绩效目标报送你局。",
            "附件：项目绩效目标表\n",
        ),
        (
            "关于开展绩效目标申报的通知",
            "现就有关事项通知如下：",
            "数量指标：反映预期提供的公共产品数量。\n质量指标：反映达到的标准。\n",
        ),
        (
            "关于2022年委托审计资金绩效自评情况的报告",
            "2022年安排我局委托审计资金40万元。",
            TARGETS,
        ),
    ],
)
def test_letters_without_targets_and_reports_give_nothing(
    tmp_path: Path, title: str, sentence: str, targets: str
) -> None:
    reading = notice(tmp_path, title, sentence, targets)
    assert (reading.kind, reading.plans, reading.findings) == ("unreadable", (), ())


def test_year_and_date_beside_a_unit_are_not_its_name(tmp_path: Path) -> None:
    table = "项目名称,河道清淤\n年度目标,畅通\n一级指标,二级指标,三级指标,指标值\n产出指标,数量指标,清淤,≥5公里\n"
    for line, department, year in (
        ("部门：松山区林业局　　　　　2023年　　　　　　单位：万元", "松山区林业局", 2023),
        ("部门：松山区林业局 2023年度 单位：万元", "松山区林业局", 2023),
        ("部门名称：松山区林业局（2023年）", "松山区林业局", 2023),
        ("部门：[103]松山区林业局　２０２３年", "松山区林业局", 2023),
        ("部门：松山区林业局,2023年,单位：万元", "松山区林业局", 2023),
        ("部门：松山区120急救中心（盖章）　2023年1月5日", "松山区120急救中心", None),
        ("部门：松山区林业局　　编制日期：2023-01-05", "松山区林业局", None),
        ("年度：2023　部门：松山区林业局　编制时间：2023年1月5日", "松山区林业局", 2023),
    ):
        path = tmp_path / "sheet.csv"
        path.write_text(f"项目支出绩效目标表\n{line}\n{table}", encoding="utf-8")
        (plan,) = read_file(path).plans
        assert (plan.supervising_department, plan.year) == (department, year), line
