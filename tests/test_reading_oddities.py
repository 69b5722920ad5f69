"""Forms laid out in uncommon ways, each as the few lines that show it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from email.encoders import encode_base64
from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from reading_forms import ONE, as_docx

from registry.reading import Reading, read_file

HEAD = "项目支出绩效目标表\n（2024年度）\n项目名称,,送戏下乡,,\n主管部门,,县文化和旅游局,实施单位,县文化馆\n"
TABLE = "一级指标,二级指标,三级指标,,指标值\n产出指标,数量指标,演出场次,,≥96场\n,质量指标,合格率,,=100%\n"


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], Reading]:
    def reading(text: str) -> Reading:
        path = tmp_path / "plan.csv"
        path.write_text(text, encoding="utf-8")
        return read_file(path)

    return reading


def test_headings_of_amounts_without_merges(read: Callable[[str], Reading]) -> None:
    money = "项目资金,,总金额（万元）,,当年度金额（万元）\n,,150,,48\n"
    (plan,) = read(HEAD + money + TABLE).plans
    assert (plan.total, plan.amount_unit) == (Decimal("48"), "万元")


def test_headings_of_amounts_with_one_in_other_words(read: Callable[[str], Reading]) -> None:
    money = "资金（万元）,,项目总投资,其中：以前年度已安排,预算申报数\n,,150,102,48\n"
    (plan,) = read(HEAD + money + TABLE).plans
    assert (plan.total, plan.amount_unit) == (Decimal("48"), "万元")


def test_unit_in_a_heading_of_money_in_other_words(read: Callable[[str], Reading]) -> None:
    money = "资金金额(万元),,年度资金总额：,,500\n"
    (plan,) = read(HEAD + money + TABLE).plans
    assert plan.yuan("total") == Decimal("5000000")


def test_second_header_row_without_merges(read: Callable[[str], Reading]) -> None:
    table = (
        "绩效指标,一级指标,二级指标,指标内容,指标值,\n,,,,（长期）,（年度）\n"
        ",产出指标,数量指标,演出场次,≥300场,≥96场\n"
    )
    (plan,) = read(HEAD + "年度资金总额（万元）,,48,,\n" + table).plans
    assert [(i.name, i.target) for i in plan.indicators] == [("演出场次", "96")]


def test_absurd_amount_is_reported_and_an_impossible_one_not_read(
    read: Callable[[str], Reading],
) -> None:
    absurd = read(HEAD + "年度资金总额（万元）,,999999999,,\n" + TABLE)
    assert "amount-absurd" in {finding.code for finding in absurd.findings}
    impossible = read(HEAD + f"年度资金总额（万元）,,{'9' * 300},,\n" + TABLE)
    assert impossible.plans[0].total is None
    assert "amount-unreadable" in {finding.code for finding in impossible.findings}


def test_line_for_signatures_over_the_table_is_no_indicator(tmp_path: Path) -> None:
    cells = (
        "<tr><td colspan=5>单位负责人：　　填报日期：2024年1月20日</td></tr>"
        "<tr><td colspan=5>本表一式三份</td></tr>"
    )
    rows = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in line.split(",")) + "</tr>"
        for line in (HEAD + "年度资金总额（万元）,,48,,\n" + TABLE).splitlines()[2:]
    )
    path = tmp_path / "plan.html"
    path.write_text(f"<p>项目支出绩效目标表</p><table>{rows}{cells}</table>", encoding="utf-8")
    (plan,) = read_file(path).plans
    assert [indicator.name for indicator in plan.indicators] == ["演出场次", "合格率"]


def test_total_of_a_table_of_costs(read: Callable[[str], Reading]) -> None:
    money = "预算成本构成（万元）,,成本构成,金额,\n,,设备购置费,30,\n,,服务费,18,\n,,合计,48,\n"
    (plan,) = read(HEAD + money + TABLE).plans
    assert plan.yuan("total") == Decimal("480000")


def test_amount_asked_for_beside_last_years(read: Callable[[str], Reading]) -> None:
    money = "上年度安排资金（万元）,,30,本年度项目资金申请（万元）,48\n"
    (plan,) = read(HEAD + money + TABLE).plans
    assert plan.yuan("total") == Decimal("480000")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("演出场次", "≥196个村（社区）"),
        ("演出场次", "≥196（个村（社区））"),
        ("演出场次（个村（社区））", "≥196"),
    ],
)
def test_unit_with_a_second_one_in_brackets(
    read: Callable[[str], Reading], name: str, value: str
) -> None:
    table = TABLE.replace("演出场次", name).replace("≥96场", value)
    (plan,) = read(HEAD + table).plans
    first = plan.indicators[0]
    unit = (first.unit_of_measure or "").replace("（", "(").replace("）", ")")
    assert (first.name, first.target, unit) == ("演出场次", "196", "个村(社区)")


def test_third_level_under_a_heading_of_its_own_words(read: Callable[[str], Reading]) -> None:
    table = "一级指标,二级指标,末级,指标内容,2024年指标值\n产出指标,数量指标,演出场次,反映演出情况,≥96场\n"
    (plan,) = read(HEAD + table).plans
    assert [(i.name, i.target) for i in plan.indicators] == [("演出场次", "96")]


def test_line_for_an_opinion_is_no_indicator(read: Callable[[str], Reading]) -> None:
    (plan,) = read(HEAD + TABLE + "单位分管领导审核意见,,同意申报（盖章）,,\n").plans
    assert [indicator.name for indicator in plan.indicators] == ["演出场次", "合格率"]


@pytest.mark.parametrize("value", ["低于或等于5天", "不得多于5天", "控制在5天以内"])
def test_upper_limits_in_words(read: Callable[[str], Reading], value: str) -> None:
    (plan,) = read(HEAD + TABLE.replace("≥96场", value)).plans
    first = plan.indicators[0]
    assert (first.comparison, first.target, first.unit_of_measure) == ("≤", "5", "天")


def test_what_a_workbook_hides_is_not_read_but_reported(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    for line in (HEAD + TABLE).splitlines():
        sheet.append([cell or None for cell in line.split(",")])
    sheet.append(["", "数量指标", "去年的指标", "", "≥80场"])
    sheet.row_dimensions[sheet.max_row].hidden = True
    sheet.cell(3, 8, "校验码")
    sheet.column_dimensions["H"].hidden = True
    book.save(tmp_path / "plan.xlsx")
    reading = read_file(tmp_path / "plan.xlsx")
    (plan,) = reading.plans
    assert [indicator.name for indicator in plan.indicators] == ["演出场次", "合格率"]
    assert "hidden-cells" in {finding.code for finding in reading.findings}


def workbook(text: str, path: Path, column: int = 1) -> Workbook:
    """The lines in the first worksheet, from a column on; saved there, and given to be changed."""
    book = Workbook()
    # What begins with = would be a formula.
    for at, line in enumerate(text.replace(",=", ",").splitlines(), 1):
        for to, cell in enumerate(line.split(","), column):
            book.worksheets[0].cell(at, to, cell or None)
    book.save(path)
    return book


def told(reading: Reading, code: str) -> str:
    (sentence,) = [f.sentence for f in reading.findings if f.code == code]
    return sentence


def test_dates_counted_from_1904(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    book = workbook(HEAD + TABLE + "产出指标,时效指标,完成时间,,\n", path)
    book.epoch = CALENDAR_MAC_1904
    book.worksheets[0].cell(8, 5, datetime(2024, 12, 31)).number_format = "yyyy年m月d日"
    book.save(path)
    assert read_file(path).plans[0].indicators[-1].target == "2024年12月31日"


def test_formulas_without_a_result_are_told(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    text = HEAD + "年度资金总额（万元）,,,,\n" + TABLE
    sheet = (book := workbook(text, path)).worksheets[0]
    sheet.title = "送戏"
    sheet["B5"], sheet["E7"], sheet["E8"] = "=20+28", "=90+6", "#DIV/0!"
    book.save(path)
    reading = read_file(path)
    assert "“送戏”的 B5、E7 是公式" in told(reading, "formula-without-result")
    assert "E8 的公式没有算出结果（显示为 #DIV/0!）" in told(reading, "formula-failed")
    assert not [f for f in reading.findings if "没有填" in f.sentence]
    (plan,) = reading.plans
    assert (plan.total, [i.target for i in plan.indicators]) == (None, [None, None])


def test_a_formula_that_gives_no_text_is_a_blank_cell(tmp_path: Path) -> None:
    whole, path = tmp_path / "whole.xlsx", tmp_path / "plan.xlsx"
    book = workbook(HEAD + TABLE, whole)
    book.worksheets[0]["C8"] = '=IF(A1="","",A1)'
    book.save(whole)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w") as new:
        for member in old.namelist():
            # So a spreadsheet program keeps a result that is a text of no length.
            new.writestr(member, old.read(member).replace(b'r="C8"', b'r="C8" t="str"'))
    reading = read_file(path)
    assert "formula-without-result" not in {f.code for f in reading.findings}


def test_a_table_far_to_the_right_is_told(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    book = workbook(HEAD + TABLE, path)
    book.worksheets[0]["EA3"] = "项目名称"
    book.save(path)
    reading = read_file(path)
    assert [plan.name for plan in reading.plans] == ["送戏下乡"]
    assert "EA 列及其右边的内容没有读取" in told(reading, "columns-not-read")
    book = workbook(HEAD + TABLE, path, 141)
    book.worksheets[0]["A1"] = "注：由系统导出"
    book.save(path)
    assert "EK 列及其右边的内容没有读取" in (read_file(path).message or "")


def test_a_worksheet_that_is_not_in_the_file_is_told(tmp_path: Path) -> None:
    path, cut = tmp_path / "plan.xlsx", tmp_path / "cut.xlsx"
    book = workbook(HEAD + TABLE, path)
    book.create_sheet("项目二")
    book.save(path)
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(cut, "w") as less:
        for member in whole.namelist():
            if "sheet2" not in member:
                less.writestr(member, whole.read(member))
    reading = read_file(cut)
    assert [plan.name for plan in reading.plans] == ["送戏下乡"]
    assert "“项目二”的内容不在文件里" in told(reading, "lost-sheet")


def test_what_a_page_hides_is_not_read(tmp_path: Path) -> None:
    rows = [line.split(",") for line in (HEAD + TABLE).splitlines()]
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    body = body.replace("演出场次", '演出场次<span style="display: none">草稿</span>')
    body += (
        '<tr style="display:none"><td></td><td>数量指标</td><td>模板</td><td></td><td>1</td></tr>'
    )
    path = tmp_path / "plan.html"
    path.write_text(f"<meta charset=utf-8><table>{body}</table>", encoding="utf-8")
    (plan,) = read_file(path).plans
    assert [indicator.name for indicator in plan.indicators] == ["演出场次", "合格率"]


def test_label_broken_inside_its_cell(read: Callable[[str], Reading]) -> None:
    head = HEAD.replace("项目名称,,送戏下乡,,", '"项目\n名称：送戏下乡",,,,')
    (plan,) = read(head + TABLE).plans
    assert plan.name == "送戏下乡"


def test_table_goes_on_after_a_line_that_says_so(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    tail = "续表\n,可持续影响指标,长效机制,,持续完善\n"
    path.write_text((HEAD + TABLE + tail).replace(",", "\t"), encoding="utf-8")
    (plan,) = read_file(path).plans
    assert [indicator.name for indicator in plan.indicators] == ["演出场次", "合格率", "长效机制"]


def test_row_left_out_of_a_merge_too_short(tmp_path: Path) -> None:
    """The block's label spans one row too few: the last row begins in the label's own column."""
    rows = [
        "<td rowspan=2>绩效指标</td><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>指标值</td>",
        "<td>产出指标</td><td>数量指标</td><td>演出场次</td><td>≥96场</td>",
        "<td>满意度指标</td><td>服务对象满意度指标</td><td>观众满意度</td><td>≥ 95%</td><td></td>",
    ]
    table = "".join(f"<tr>{row}</tr>" for row in rows)
    head = "<p>项目支出绩效目标表</p><table><tr><td>项目名称</td><td colspan=4>送戏下乡</td></tr>"
    path = tmp_path / "plan.html"
    path.write_text(f"<meta charset=utf-8>{head}{table}</table>", encoding="utf-8")
    (plan,) = read_file(path).plans
    assert [(i.name, i.target) for i in plan.indicators] == [
        ("演出场次", "96"),
        ("观众满意度", "95"),
    ]


def test_rows_that_could_not_be_read_are_reported(tmp_path: Path) -> None:
    rows = [
        "<td>一级指标</td><td>二级指标</td><td>三级指标</td><td>指标值</td>",
        "<td>产出指标</td><td>数量指标</td><td>演出场次</td><td>≥96场</td>",
        "<td>满意度指标</td><td>≥ 95%</td><td>观众满意度</td>",
    ]
    table = "".join(f"<tr>{row}</tr>" for row in rows)
    head = "<p>项目支出绩效目标表</p><table><tr><td>项目名称</td><td colspan=3>送戏下乡</td></tr>"
    path = tmp_path / "plan.html"
    path.write_text(f"<meta charset=utf-8>{head}{table}</table>", encoding="utf-8")
    reading = read_file(path)
    (sentence,) = [f.sentence for f in reading.findings if f.code == "unread-cell"]
    assert "满意度指标｜≥ 95%｜观众满意度" in sentence


def test_rows_that_go_on_below_a_table_as_lines_are_reported(tmp_path: Path) -> None:
    rows = [line.split(",") for line in (HEAD + TABLE).splitlines()]
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    line = "<p>产出指标\u3000\u3000时效指标\u3000\u3000完工时间\u3000\u30005月底前</p>"
    path = tmp_path / "plan.html"
    path.write_text(f"<meta charset=utf-8><table>{body}</table>{line}", encoding="utf-8")
    reading = read_file(path)
    assert any("完工时间" in f.sentence for f in reading.findings if f.code == "unread-cell")


def test_two_units_for_one_target_are_reported(read: Callable[[str], Reading]) -> None:
    table = "指标名称,指标性质,指标值,指标单位,\n清淤长度,≥,10亩,公里,\n合格率,≥,95%,百分比,\n"
    reading = read(HEAD + table)
    (sentence,) = [f.sentence for f in reading.findings if f.code == "unit-conflict"]
    assert "清淤长度" in sentence
    assert "10亩 | 公里" in sentence


def test_levels_are_not_read_as_names(read: Callable[[str], Reading]) -> None:
    """Names stand under a heading nobody foresaw: its neighbour must not stand in for it."""
    levels = ("数量指标", "质量指标", "时效指标", "成本指标")
    rows = "".join(f"产出指标,{level},演出{level[0]},,≥9场\n" for level in levels)
    (plan,) = read(HEAD + "一级指标,二级指标,末级,,指标值\n" + rows).plans
    assert [i.name for i in plan.indicators] == ["演出数", "演出质", "演出时", "演出成"]
    reading = read(HEAD + "一级指标,二级指标,,,指标值\n" + rows)
    assert [plan.indicators for plan in reading.plans] == [()]
    assert any("数量指标" in f.sentence for f in reading.findings if f.code == "unread-cell")


def test_projects_under_a_heading_of_its_own_words(read: Callable[[str], Reading]) -> None:
    text = (
        "部门预算项目支出绩效目标表\n单位名称,所报事宜,预算数（元）,年度目标,一级指标,二级指标,三级指标,指标值\n"
        "101-县文化馆,送戏下乡,480000,丰富生活,产出指标,数量指标,演出场次,≥96场\n"
        "101-县图书馆,总分馆建设,920000,通借通还,产出指标,数量指标,建设分馆,=12个\n"
    )
    assert [plan.name for plan in read(text).plans] == ["送戏下乡", "总分馆建设"]


def test_amounts_of_other_years_are_not_this_years(read: Callable[[str], Reading]) -> None:
    """Two columns of years, neither the plan's: no total rather than another year's."""
    rows = "资金来源,,{},{},\n资金总额（万元）,,612.8,766,\n"
    for years, total in ((("2023年度", "2024年度"), "766"), (("2024年", "2023年"), "612.8")):
        (plan,) = read(HEAD + rows.format(*years) + TABLE).plans
        assert str(plan.total) == total
    (plan,) = read(HEAD + rows.format("2022年度", "2023年度") + TABLE).plans
    assert plan.total is None
    reading = read(HEAD + rows.format("本年度", "当年") + TABLE)
    assert reading.plans[0].total is None
    assert any(f.code == "amount-ambiguous" for f in reading.findings)


def test_a_row_number_is_no_name_of_an_indicator(read: Callable[[str], Reading]) -> None:
    reading = read(HEAD + TABLE + ",,1,,含送书下乡\n,,（2）,,≥3场\n")
    (plan,) = reading.plans
    assert [indicator.name for indicator in plan.indicators] == ["演出场次", "合格率"]
    assert "1｜含送书下乡；（2）｜≥3场" in told(reading, "unread-cell")


def test_contact_above_a_table_of_notes(read: Callable[[str], Reading]) -> None:
    notes = "联系人：周明　联系电话：40230001\n附：指标说明\n,指标名称,指标值,说明,\n,甲,1,无,\n"
    (plan,) = read(HEAD + TABLE + notes).plans
    assert (plan.contact_person, plan.contact_phone) == ("周明", "40230001")


def test_a_page_nested_too_deep_is_told(tmp_path: Path) -> None:
    rows = [line.split(",") for line in (HEAD + TABLE).splitlines()]
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    path = tmp_path / "plan.html"
    for depth in (230, 3000):
        deep = "<div>" * depth + "<table><tr><td>项目二</td></tr></table>" + "</div>" * depth
        path.write_text(f"<meta charset=utf-8><table>{body}</table>{deep}", encoding="utf-8")
        reading = read_file(path)
        assert [plan.name for plan in reading.plans] == ["送戏下乡"]
        assert "套得太深" in told(reading, "nested-too-deep")


def archive(*parts: MIMEBase) -> bytes:
    """A page archived as Word does it, its parts one after another."""
    whole = MIMEMultipart("related")
    for part in parts:
        whole.attach(part)
    return whole.as_bytes()


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-16"])
@pytest.mark.parametrize("name", ["plan.mht", "plan.mhtml"])
def test_archived_page_is_read(name: str, encoding: str, tmp_path: Path) -> None:
    rows = [line.split(",") for line in (HEAD + TABLE).splitlines()]
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    page = MIMEBase("text", "html")
    page.set_payload(f"<html><body><table>{body}</table></body></html>".encode(encoding))
    encode_base64(page)
    (tmp_path / name).write_bytes(archive(page, MIMEImage(b"GIF89a", "gif")))
    assert [plan.name for plan in read_file(tmp_path / name).plans] == ["送戏下乡"]


def test_archive_without_a_page_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.mht"
    path.write_bytes(archive(MIMEImage(b"GIF89a", "gif")))
    assert "另存为 .docx" in (read_file(path).message or "")


@pytest.fixture
def word(tmp_path: Path) -> Callable[..., Reading]:
    """A Word document with pieces of its XML replaced, read."""

    def reading(*changes: tuple[str, str]) -> Reading:
        as_docx(ONE, tmp_path / "plan.docx")
        path = tmp_path / "changed.docx"
        with zipfile.ZipFile(tmp_path / "plan.docx") as old, zipfile.ZipFile(path, "w") as new:
            for member in old.namelist():
                data = old.read(member).decode("utf-8", "surrogateescape")
                for before, after in changes if member == "word/document.xml" else ():
                    assert before in data
                    data = data.replace(before, after, 1)
                new.writestr(member, data.encode("utf-8", "surrogateescape"))
        return read_file(path)

    return reading


TOTAL = "<w:r><w:t>96.5</w:t></w:r>"


def test_what_is_struck_out_is_not_read(word: Callable[..., Reading]) -> None:
    struck = "<w:r><w:rPr><w:strike/></w:rPr><w:t>999</w:t></w:r>"
    reading = word((TOTAL, struck + TOTAL))
    assert str(reading.plans[0].total) == "96.5"
    assert "删除线" in told(reading, "struck-out")
    shown = struck.replace("<w:strike/>", '<w:strike w:val="0"/>')
    assert str(word((TOTAL, shown)).plans[0].total) == "999"


def test_a_small_figure_above_a_figure_is_no_digit_of_it(word: Callable[..., Reading]) -> None:
    small = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>{}</w:t></w:r>'
    reading = word((TOTAL, TOTAL + small.format("1")))
    assert reading.plans[0].total is None
    assert "96.5^1" in told(reading, "amount-unreadable")
    assert word(("清淤长度", "清淤长度（m</w:t></w:r>" + small.format("2") + "<w:r><w:t>）")).plans


def test_what_a_control_asks_for_is_no_value(word: Callable[..., Reading]) -> None:
    asked = (
        "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>"
        "<w:r><w:t>单击此处输入文字。</w:t></w:r></w:sdtContent></w:sdt>"
    )
    assert word((TOTAL, asked)).plans[0].total is None


def test_text_box_in_a_cell_is_read(word: Callable[..., Reading]) -> None:
    box = f"<w:r><w:pict><w:txbxContent><w:p>{TOTAL}</w:p></w:txbxContent></w:pict></w:r>"
    assert str(word((TOTAL, box)).plans[0].total) == "96.5"


def test_rows_deleted_with_tracking_are_not_read(word: Callable[..., Reading]) -> None:
    texts = ("", "种植水草", "≥", "5", "亩", "10", "否")
    cells = "".join(f"<w:tc><w:p><w:r><w:t>{t}</w:t></w:r></w:p></w:tc>" for t in texts)
    kept = word(("</w:tbl>", f"<w:tr>{cells}</w:tr></w:tbl>"))
    assert "种植水草" in [row.name for row in kept.plans[0].indicators]
    mark = '<w:trPr><w:del w:id="1" w:author="甲"/></w:trPr>'
    left = word(("</w:tbl>", f"<w:tr>{mark}{cells}</w:tr></w:tbl>"))
    assert "种植水草" not in [row.name for row in left.plans[0].indicators]


def test_a_document_within_a_document_is_told(word: Callable[..., Reading]) -> None:
    reading = word(("<w:body>", "<w:body><w:altChunk/>"))
    assert "嵌着的另一份文档" in told(reading, "document-within")


def test_lines_of_old_macs(read: Callable[[str], Reading], tmp_path: Path) -> None:
    path = tmp_path / "mac.csv"
    path.write_bytes((HEAD + TABLE).replace("\n", "\r").encode())
    assert [plan.name for plan in read_file(path).plans] == ["送戏下乡"]


def test_figures_struck_out_or_raised_on_a_page(tmp_path: Path) -> None:
    text = HEAD + "年度资金总额（万元）,48,,,\n" + TABLE
    rows = [line.split(",") for line in text.splitlines()]
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    path = tmp_path / "plan.html"
    for printed, total in (("<del>9</del>48", "48"), ("48<sup>1</sup>", "None")):
        page = f"<meta charset=utf-8><table>{body.replace('48', printed)}</table>"
        path.write_text(page, encoding="utf-8")
        assert str(read_file(path).plans[0].total) == total


def test_a_raised_figure_in_a_workbook_is_no_digit(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    book = workbook(HEAD + "年度资金总额（万元）,48,,,\n" + TABLE, path)
    book.worksheets[0]["B5"] = CellRichText(
        "48", TextBlock(InlineFont(vertAlign="superscript"), "1")
    )
    book.save(path)
    reading = read_file(path)
    assert reading.plans[0].total is None
    assert "48^1" in told(reading, "amount-unreadable")
