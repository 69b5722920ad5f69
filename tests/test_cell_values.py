"""What single cells say: targets with signs and units, contacts, codes, names."""

from __future__ import annotations

import pytest

from registry.parser_amounts import read_amount
from registry.parser_values import clean_text, parse_name, parse_target, split_contact, without_code
from registry.readers.numbers import SINCE_1904, shown_number


@pytest.mark.parametrize(
    ("cell", "sign", "value", "unit"),
    [
        ("≥100公里", "≥", "100", "公里"),
        ("≧ 30 个", "≥", "30", "个"),
        (">=95%", "≥", "95", "%"),
        ("<=475元/亩", "≤", "475", "元/亩"),
        ("=23万元/个", "=", "23", "万元/个"),
        ("2km", None, "2", "km"),
        ("100%", None, "100", "%"),
        ("95%以上", "≥", "95", "%"),
        ("95%（含）以上", "≥", "95", "%"),
        ("≥95%（含）", "≥", "95", "%"),
        ("达到95%以上", "≥", "95", "%"),
        ("达到100%", None, "100", "%"),
        ("完成46台", None, "46", "台"),
        ("选派省市县特派员64名", None, "64", "名"),
        ("稳定在68%以上", "≥", "68", "%"),
        ("控制在3%以内", "≤", "3", "%"),
        ("约60人", None, "约60人", None),
        ("完成2个村3公里", None, "完成2个村3公里", None),
        ("组织实施第2批", None, "组织实施第2批", None),
        ("80%左右", None, "80%左右", None),
        ("≥1000㎡", "≥", "1000", "m2"),
        ("≤35μg/m³", "≤", "35", "μg/m3"),
        ("≥80（%）", "≥", "80", "%"),
        ("不低于90%", "≥", "90", "%"),
        ("大于90%", ">", "90", "%"),
        ("小于等于5次", "≤", "5", "次"),
        ("10个工作日以内", "≤", "10", "个工作日"),
        ("１４００元/人·月", None, "1400", "元/人·月"),
        ("1次/月", None, "1", "次/月"),
        ("15年", None, "15", "年"),
        ("有效改善", "定性", "有效改善", None),
        ("不超预算", "定性", "不超预算", None),
        ("2024年1月1日至12月31日", None, "2024年1月1日至12月31日", None),
        ("每年12月底前", None, "每年12月底前", None),
        ("2019年3月—11月", None, "2019年3月—11月", None),
        ("≥12,000人", "≥", "12,000", "人"),
        ("1000元/人的补助按月足额发放到位", None, "1000元/人的补助按月足额发放到位", None),
    ],
)
def test_target_is_taken_apart(cell: str, sign: str | None, value: str, unit: str | None) -> None:
    target = parse_target(cell)
    assert (target.comparison, target.value, target.unit) == (sign, value, unit)


@pytest.mark.parametrize(
    ("cell", "person", "phone"),
    [
        ("舒红梅　08183319563", "舒红梅", "08183319563"),
        ("尹建国0818-\n8786832", "尹建国", "0818-8786832"),
        ("余子涵2665226", "余子涵", "2665226"),
        ("欧阳国梁 13883511830", "欧阳国梁", "13883511830"),
        ("张 伟、李大明(办公)0818-3355667", "张 伟、李大明", "0818-3355667"),
        ("王五139****8136", "王五", "139****8136"),
        ("李冬霞", "李冬霞", None),
        ("张 三", "张三", None),
    ],
)
def test_contact_is_split_into_person_and_number(cell: str, person: str, phone: str | None) -> None:
    assert split_contact(cell) == (person, phone)


@pytest.mark.parametrize(
    "cell",
    [
        "[103]水利局",
        "001001-水利局",
        "水利局 308001",
        "207101水利局",
        "水利局[103001]",
        "（103）水利局",
        "水利局",
    ],
)
def test_codes_are_cut_from_a_name(cell: str) -> None:
    assert without_code(cell) == "水利局"


def test_digits_that_belong_to_a_name_stay() -> None:
    assert without_code("110指挥中心") == "110指挥中心"


def test_star_and_unit_of_a_name_are_seen() -> None:
    named = parse_name("★更换老旧管网（公里）")
    assert (named.name, named.unit, named.starred) == ("更换老旧管网（公里）", "公里", True)
    assert parse_name("其中：补助（贫困户）").unit is None


@pytest.mark.parametrize(
    ("cell", "number", "unit"),
    [
        ("250万", "250", "万元"),
        ("￥1,234.50", "1234.50", None),
        ("854（400+454）", "854", None),
        ("2,132.7", "2132.7", None),
        ("1,23", None, None),
        ("约200", None, None),
        ("100 200", None, None),
    ],
)
def test_amount_cell_is_one_number_or_nothing(
    cell: str, number: str | None, unit: str | None
) -> None:
    found, found_unit = read_amount(cell)
    assert (None if found is None else str(found), found_unit) == (number, unit)


@pytest.mark.parametrize(
    ("stored", "code", "shown"),
    [
        ("0.95", "0%", "95%"),
        ("1056.9", "0.00", "1056.90"),
        ("28154000", "#,##0.00", "28,154,000.00"),
        ("0.30000000000000004", "General", "0.3"),
        ("45657", "yyyy年m月d日", "2024年12月31日"),
        ("12", '"≥"0"公里"', "≥12公里"),
        # Thousands, millions and 万 left out by the format.
        ("12000", "#,##0,", "12"),
        ("123450000", "0.00,,", "123.45"),
        ("1234500", r"0\.0000", "123.4500"),
        ("1234500", '0!.0,"万元"', "123.5万元"),
        ("1234500000", '#,##0.0,,"百万"', "1,234.5百万"),
        # Powers and fractions are told as the number that is stored.
        ("12", "0.00E+00", "12"),
        ("12.5", "# ?/?", "12.5"),
        # One section for what is above nothing, one for what is below, one for nothing.
        ("-1234.5", '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-1,234.50"),
        ("0", '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "0"),
        ("-5", "0.0;[Red]0.0", "-5.0"),
        ("-5", "0.0;(0.0)", "(5.0)"),
        ("150", '[>100]"超"0;0', "超150"),
        ("7", ";;;", ""),
        ("inf", "0", ""),
        ("13812345678", "000-0000-0000", "138-1234-5678"),
        ("12", "000000", "000012"),
        ("1.50", "0.##", "1.5"),
        ("12", 'General"个"', "12个"),
        ("1234", "[$¥-804]#,##0.00", "1,234.00"),
        ("1234", "[$€-2]0", "€1234"),
        ("45292", "yyyy", "2024"),
        ("0.354166666666667", "h:mm", "8:30"),
        ("12.3", "0" * 5000, "12.3"),
    ],
)
def test_workbook_numbers_are_read_as_shown(stored: str, code: str, shown: str) -> None:
    assert shown_number(stored, 0, code) == shown


def test_days_of_old_macs_are_counted_from_1904() -> None:
    assert shown_number("44195", 0, "yyyy年m月d日", SINCE_1904) == "2024年12月31日"


def test_markup_becomes_paragraphs() -> None:
    assert clean_text('<ol style="list-style-type: none"> <li>甲；</li><li>乙</li>') == "甲；\n乙"
    assert clean_text("≤5件且<10次") == "≤5件且<10次"
