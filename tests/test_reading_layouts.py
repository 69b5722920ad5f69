"""Layouts known by their description only, written in every format: each reads the same."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading_forms import (
    CONTENTS,
    FORMS,
    ONE,
    CellSpec,
    FormSpec,
    TableSpec,
    as_csv,
    as_docx,
    as_html,
    as_text,
    as_xlsx,
)

from registry.plan import Comparison, Plan
from registry.reading import Reading, read_file

FORMATS = Path(__file__).parent / "data" / "formats"


def write_html(form: FormSpec, folder: Path) -> Path:
    path = folder / "plan.html"
    path.write_bytes(as_html(form))
    return path


def write_csv(form: FormSpec, folder: Path) -> Path:
    path = folder / "plan.csv"
    path.write_bytes(as_csv(form, "gb18030"))
    return path


def write_tabs(form: FormSpec, folder: Path) -> Path:
    path = folder / "plan.txt"
    path.write_bytes(as_text(form, "\t", "utf-16"))
    return path


def write_pipes(form: FormSpec, folder: Path) -> Path:
    path = folder / "pipes.txt"
    path.write_bytes(as_text(form, " | "))
    return path


def write_xlsx(form: FormSpec, folder: Path) -> Path:
    as_xlsx({"Sheet1": form}, folder / "plan.xlsx", first_column=1)
    return folder / "plan.xlsx"


def write_docx(form: FormSpec, folder: Path) -> Path:
    as_docx(form, folder / "plan.docx")
    return folder / "plan.docx"


WRITERS = [write_csv, write_tabs, write_pipes, write_xlsx, write_docx]


def gist(reading: Reading) -> list[object]:
    """What was read, without places and findings."""
    out: list[object] = [reading.kind]
    for plan in reading.plans:
        fields = (
            "name",
            "year",
            "supervising_department",
            "implementing_unit",
            "total",
            "amount_unit",
        )
        more = ("annual_objective", "contact_person", "contact_phone", "budget_execution_weight")
        out.append([getattr(plan, name) for name in fields + more])
        out += [
            (
                i.level1,
                i.level2,
                i.name,
                i.comparison,
                i.target,
                i.unit_of_measure,
                i.points,
                i.core_mark,
            )
            for i in plan.indicators
        ]
    return out


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("layout", FORMS)
def test_layout_reads_the_same_in_every_format(
    layout: str, write: Callable[[FormSpec, Path], Path], tmp_path: Path
) -> None:
    expected = gist(read_file(write_html(FORMS[layout], tmp_path)))
    assert gist(read_file(write(FORMS[layout], tmp_path))) == expected
    assert len(expected) > 1


@pytest.mark.parametrize("path", sorted(FORMATS.iterdir()), ids=lambda path: path.name)
def test_old_and_office_formats_read_the_same(path: Path, tmp_path: Path) -> None:
    expected = gist(read_file(write_html(FORMS[path.stem], tmp_path)))
    assert gist(read_file(path)) == expected


def plan_of(form: FormSpec, folder: Path) -> Plan:
    return read_file(write_html(form, folder)).plans[0]


def test_mid_term_half_beside_the_year_is_not_taken(tmp_path: Path) -> None:
    plan = plan_of(FORMS["B2"], tmp_path)
    assert (plan.total, plan.other_funds) == (Decimal(300), Decimal(20))
    assert plan.annual_objective == "完成4座水库加固，保障下游安全。"
    assert [i.target for i in plan.indicators] == ["4", "4", "100", "9000"]


def test_codes_are_cut_from_units(tmp_path: Path) -> None:
    plan = plan_of(FORMS["B2"], tmp_path)
    assert plan.supervising_department == "黄山县水利局"
    assert plan.implementing_unit == "黄山县水利工程站"
    assert plan.printed["supervising_department"] == "[103]黄山县水利局"


def test_yearly_column_wins_over_the_period(tmp_path: Path) -> None:
    assert [i.target for i in plan_of(FORMS["C"], tmp_path).indicators] == ["600", "98", "90"]
    assert plan_of(FORMS["C"], tmp_path).total == Decimal("120.5")
    period = plan_of(FORMS["J"], tmp_path)
    assert period.total == Decimal("310.25")
    assert [i.target for i in period.indicators] == ["120", "2024年12月底前", "3"]


def test_content_column_is_no_name_beside_a_name(tmp_path: Path) -> None:
    assert [i.name for i in plan_of(FORMS["D"], tmp_path).indicators] == [
        "改造面积",
        "亩均补助",
        "林地质量",
        "林农满意度",
    ]


def test_polarity_is_no_operator(tmp_path: Path) -> None:
    signs = [i.comparison for i in plan_of(FORMS["G"], tmp_path).indicators]
    assert signs == [Comparison.AT_LEAST, Comparison.AT_MOST, Comparison.QUALITATIVE]


def test_subtotal_row_of_a_department_is_no_project(tmp_path: Path) -> None:
    reading = read_file(write_html(FORMS["E"], tmp_path))
    assert [plan.name for plan in reading.plans] == ["校车运营补贴", "营养改善计划"]
    assert "project-without-indicators" in {f.code for f in reading.findings}


def test_letter_before_the_sheet_gives_nothing(tmp_path: Path) -> None:
    plan = plan_of(FORMS["letter"], tmp_path)
    assert (plan.contact_person, plan.contact_phone, plan.total) == (None, None, Decimal(500))


def test_second_level_name_and_declared_amount(tmp_path: Path) -> None:
    plan = plan_of(FORMS["P"], tmp_path)
    assert (plan.name, plan.total) == ("临时救助资金", Decimal(150))


def test_workbook_gives_a_plan_a_worksheet(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    as_xlsx({"目录": CONTENTS, "表1": ONE, "表2": FORMS["C"], "表3": FORMS["G"]}, path)
    reading = read_file(path)
    assert [plan.name for plan in reading.plans] == [
        "河道清淤",
        "老旧小区路灯更新",
        "乌兰牧骑下乡演出",
        "非遗传承保护",
    ]
    assert [plan.places["name"].sheet for plan in reading.plans] == ["表1", "表2", "表3", "表3"]


def test_qualitative_row_one_cell_short_is_shifted(tmp_path: Path) -> None:
    path = tmp_path / "short.txt"
    path.write_text(
        "项目支出绩效目标表\n项目名称 | 城乡公交 |  |  |  | \n"
        "绩效指标 | 指标名称 | 计量单位 | 指标性质 | 指标值 | 指标权重 | 是否核心指标\n"
        " | 补贴线路 | 条 | = | 21 | 50 | 是\n | 居住条件 | 定性 | 有效改善 | 40 | 否 | \n",
        encoding="utf-8",
    )
    last = read_file(path).plans[0].indicators[-1]
    assert (last.comparison, last.target, last.points) == (Comparison.QUALITATIVE, "有效改善", 40)
    assert (last.unit_of_measure, last.core_mark) == (None, "否")


COLUMNS = {
    "一级指标": ("产出指标", "效益指标"),
    "二级指标": ("数量指标", "社会效益指标"),
    "三级指标": ("清淤长度", "河道环境"),
    "指标性质": ("≥", "定性"),
    "指标值": ("12", "有效改善"),
    "计量单位": ("公里", ""),
    "分值": ("50", "40"),
    "是否核心": ("是", "否"),
}
VARIANTS = {
    "一级指标": ["一级指标", "一 级\n指标"],
    "二级指标": ["二级指标", "二级"],
    "三级指标": ["三级指标", "指标名称"],
    "指标性质": ["指标性质", "计算符号", "指标方向"],
    "指标值": ["指标值", "年度指标值", "目标值"],
    "计量单位": ["计量单位", "指标单位", "度量单位"],
    "分值": ["分值", "分值（90分）", "指标权重"],
    "是否核心": ["是否核心", "是否核心指标"],
}
HEAD: list[list[CellSpec]] = [
    [("项目名称", 2), ("河道清淤", 6)],
    [("主管部门", 2), ("水利局", 2), ("实施单位", 2), ("河道所", 2)],
    [("年度资金总额（万元）", 2), ("1,250.5", 6)],
    [("年度目标", 2), ("河道畅通。", 6)],
]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    columns=st.permutations(list(COLUMNS)),
    head=st.permutations(HEAD),
    choice=st.integers(0, 5),
    write=st.sampled_from([write_html, write_csv, write_tabs, write_pipes]),
)
def test_order_and_label_variants_do_not_matter(
    columns: list[str],
    head: list[list[CellSpec]],
    choice: int,
    write: Callable[[FormSpec, Path], Path],
    tmp_path: Path,
) -> None:
    header: list[CellSpec] = [VARIANTS[c][choice % len(VARIANTS[c])] for c in columns]
    rows: TableSpec = [*head, header, *[[COLUMNS[c][at] for c in columns] for at in (0, 1)]]
    reading = read_file(write(["项目绩效目标表", "（2024年度）", rows], tmp_path))
    assert gist(reading) == [
        "target",
        [
            "河道清淤",
            2024,
            "水利局",
            "河道所",
            Decimal("1250.5"),
            "万元",
            "河道畅通。",
            None,
            None,
            None,
        ],
        ("产出指标", "数量指标", "清淤长度", Comparison.AT_LEAST, "12", "公里", Decimal(50), "是"),
        (
            "效益指标",
            "社会效益指标",
            "河道环境",
            Comparison.QUALITATIVE,
            "有效改善",
            None,
            Decimal(40),
            "否",
        ),
    ]
