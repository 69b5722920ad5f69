"""Words on sheets: found whatever their width and spaces, and complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import registry
from registry.findings import sentences
from registry.labels import find_column, find_label, find_sign, is_known_unit, label_key
from registry.plan import AMOUNT_FIELDS, TEXT_FIELDS, Comparison


@pytest.mark.parametrize(
    ("printed", "field"),
    [
        ("项目 总资金额", "total"),
        ("其中：上级补助：", "higher_level_grants"),
        ("总\n体\n目\n标", "annual_objective"),
        ("预算执行率权重(%)：", "budget_execution_weight"),
        ("主管部门（单位）名称", "supervising_department"),
        ("单位（专项）名称", "name"),
        ("本年度申请财政预算资金（万元）", "total"),
        ("中期资金总额：", "elsewhere"),
        ("实施周期总体目标", "elsewhere"),
        ("编制单位", "implementing_unit"),
        # Listed nowhere: put together from words.
        ("2025年度项目安排资金（万元）", "total"),
        ("专项经费总规模", "total"),
        ("上年度预算经费总额", "elsewhere"),
        ("2024-2026年资金总额", "elsewhere"),
        ("申报项目全称", "name"),
        ("区级行业主管部门名称", "supervising_department"),
        ("省级行业主管部门", "elsewhere"),
        ("项目具体承办单位", "implementing_unit"),
        ("项目绩效年度目标", "annual_objective"),
        ("专项经办人及手机号码", "contact"),
        ("经办人手机号码", "contact_phone"),
    ],
)
def test_label_is_known_as_printed(printed: str, field: str) -> None:
    label = find_label(printed)
    assert label is not None
    assert label.field == field


@pytest.mark.parametrize(
    "text",
    [
        "",
        "河道清淤",
        "12",
        "≥100公里",
        "用于改善农村人居环境。" * 9,
        "延续项目",
        "区农业农村局",
        "2025年",
        "完成年度目标",
    ],
)
def test_values_are_no_labels(text: str) -> None:
    assert find_label(text) is None


@pytest.mark.parametrize(
    ("printed", "role"),
    [("指标值（长期）", "value_elsewhere"), ("指标值（年度）", "value"), ("分值 (90分)", "points"), ("三级", "name"), ("年度数值", "value"), ("指标方向性", "sign"),
     ("2025年预期目标值", "value"), ("指标比较关系", "sign"), ("计划完成值", "value"), ("2025年实际完成情况", "actual")],
)  # fmt: skip
def test_column_is_known_as_printed(printed: str, role: str) -> None:
    assert find_column(printed) == role


@pytest.mark.parametrize("text", ["专项资金", "申报项目", "承办", "乡村振兴目标"])
def test_what_is_a_value_as_often_is_a_label_only_where_none_is_due(text: str) -> None:
    label = find_label(text)
    assert label is not None
    assert label.is_weak


def test_unit_printed_in_a_label_is_kept() -> None:
    label = find_label("项目资金\n（万元）")
    assert label is not None
    assert label.unit == "万元"


@pytest.mark.parametrize("sign", ["≥", "≧", ">=", "大于等于", "不低于", "＞＝"])
def test_signs_are_one_however_written(sign: str) -> None:
    assert find_sign(sign) is Comparison.AT_LEAST


def test_polarity_is_not_a_sign() -> None:
    assert find_sign("正向") is None
    assert find_sign("定性") is Comparison.QUALITATIVE


def test_compound_units_are_known_by_their_parts() -> None:
    assert is_known_unit("元/人·月")
    assert is_known_unit("万元/个·年")
    assert not is_known_unit("次数")


def test_every_field_of_a_plan_has_a_label() -> None:
    from registry.labels import _fields

    named = {field for field, _ in _fields().values()}
    wanted = {*AMOUNT_FIELDS, *TEXT_FIELDS, "name", "supervising_department", "implementing_unit", "contact_person", "contact_phone", "budget_execution_weight"}  # fmt: skip
    assert wanted <= named


def test_every_finding_code_has_a_sentence_and_is_used() -> None:
    root = Path(registry.__file__).parent
    code = "\n".join(path.read_text(encoding="utf-8") for path in root.rglob("*.py"))
    used = set(re.findall(r'finding\(\s*"([a-z-]+)"', code))
    assert used == set(sentences())


def test_enumeration_before_a_label_does_not_matter() -> None:
    assert label_key("一、项目名称：") == "项目名称"
    assert label_key("（2）项目名称") == "项目名称"
