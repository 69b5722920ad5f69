"""Performance plans invented for tests: forms as cells with spans, written in any format."""

from __future__ import annotations

import csv
import html
import io
from dataclasses import dataclass
from pathlib import Path

# A row is a list of cells; a cell is its text or (text, columns) or (text, columns, rows).
# A form is a list of lines (str) and tables (list of rows).
CellSpec = str | tuple[str, int] | tuple[str, int, int]
TableSpec = list[list[CellSpec]]
FormSpec = list["str | TableSpec"]


@dataclass(frozen=True)
class Box:
    text: str
    column: int
    width: int
    height: int


def boxes(table: TableSpec) -> list[list[Box]]:
    """Cells at their grid columns, as a browser would place them."""
    taken: dict[tuple[int, int], bool] = {}
    out = []
    for at, row in enumerate(table):
        line, column = [], 0
        for cell in row:
            text, width, height = (*((cell,) if isinstance(cell, str) else cell), 1, 1)[:3]
            while taken.get((at, column)):
                column += 1
            for r in range(at, at + height):
                for c in range(column, column + width):
                    taken[r, c] = True
            line.append(Box(text, column, width, height))
            column += width
        out.append(line)
    return out


def as_html(form: FormSpec) -> bytes:
    parts = ["<!DOCTYPE html><html><head><meta charset='utf-8'><title>表</title></head><body>"]
    for block in form:
        if isinstance(block, str):
            parts.append(f"<p>{html.escape(block)}</p>")
            continue
        parts.append("<table border='1'>")
        for row in boxes(block):
            cells = "".join(
                f"<td colspan='{b.width}' rowspan='{b.height}'>{html.escape(b.text).replace(chr(10), '<br/>')}</td>"
                for b in row
            )
            parts.append(f"<tr>{cells}</tr>")
        parts.append("</table>")
    return "\n".join([*parts, "</body></html>"]).encode()


def grid(table: TableSpec) -> list[list[str]]:
    """The table without merges: covered cells are empty, as a spreadsheet saves csv."""
    placed = boxes(table)
    width = max(b.column + b.width for row in placed for b in row)
    rows = []
    for row in placed:
        cells = [""] * width
        for box in row:
            cells[box.column] = box.text
        rows.append(cells)
    return rows


def as_csv(form: FormSpec, encoding: str = "utf-8-sig") -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    for block in form:
        if isinstance(block, str):
            writer.writerow([block])
        else:
            writer.writerows(grid(block))
    return out.getvalue().encode(encoding)


def as_text(form: FormSpec, separator: str = "\t", encoding: str = "utf-8") -> bytes:
    lines = []
    for block in form:
        if isinstance(block, str):
            lines += ["", block, ""]
        else:
            lines += [separator.join(cell.replace("\n", "") for cell in row) for row in grid(block)]
    return "\r\n".join(lines).encode(encoding)


def as_xlsx(forms: dict[str, FormSpec], path: Path, first_column: int = 0) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        for name, form in forms.items():
            sheet = book.add_worksheet(name)
            row = 0
            for block in form:
                if isinstance(block, str):
                    sheet.write_string(row, first_column, block)
                    row += 1
                    continue
                for line in boxes(block):
                    for box in line:
                        left = box.column + first_column
                        if box.width * box.height > 1:
                            sheet.merge_range(
                                row, left, row + box.height - 1, left + box.width - 1, box.text
                            )
                        elif box.text:
                            sheet.write_string(row, left, box.text)
                    row += 1


def as_docx(form: FormSpec, path: Path) -> None:
    import docx

    document = docx.Document()
    for block in form:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        placed = boxes(block)
        width = max(b.column + b.width for row in placed for b in row)
        table = document.add_table(len(placed), width, style="Table Grid")
        for at, row in enumerate(placed):
            for box in row:
                cell = table.cell(at, box.column)
                if box.width * box.height > 1:
                    cell = cell.merge(table.cell(at + box.height - 1, box.column + box.width - 1))
                cell.text = box.text
    document.save(path)


def title_lines(title: str, year: str = "（2024年度）") -> list[str]:
    return [title, year]


B2: FormSpec = [
    "项目支出绩效目标申报表",
    "（2024年度）",
    [
        [("项目名称", 2), ("小型水库除险加固", 6)],
        [
            ("主管部门及代码", 2),
            ("[103]黄山县水利局", 2),
            ("实施单位", 2),
            ("黄山县水利工程站 308001", 2),
        ],
        [("项目属性", 2), ("延续项目", 2), ("项目期", 2), ("2023-2025年", 2)],
        [("项目资金\n（万元）", 2, 3), "中期资金总额：", ("900", 2), ("年度资金总额：", 2), "300"],
        ["其中：财政拨款", ("900", 2), ("其中：财政拨款", 2), "280"],
        ["其他资金", ("0", 2), ("其他资金", 2), "20"],
        [("总\n体\n目\n标", 1, 2), ("中期目标（2023年—2025年）", 4), ("年度目标", 3)],
        [("三年完成12座水库加固。", 4), ("完成4座水库加固，保障下游安全。", 3)],
        [
            ("绩\n效\n指\n标", 1, 5),
            "一级指标",
            "二级指标",
            "三级指标",
            "指标值",
            "二级指标",
            "三级指标",
            "指标值",
        ],
        [
            ("产\n出\n指\n标", 1, 3),
            ("数量指标", 1, 2),
            "加固水库",
            "≥12座",
            ("数量指标", 1, 2),
            "加固水库",
            "≥4座",
        ],
        ["新建管理房", "≥12间", "新建管理房", "≥4间"],
        ["质量指标", "验收合格率", "=100%", "质量指标", "验收合格率", "=100%"],
        [
            "效益指标",
            "社会效益\n指标",
            "受益人口",
            "≥30000人",
            "社会效益\n指标",
            "受益人口",
            "≥9000人",
        ],
    ],
]
C: FormSpec = [
    "绩效项目指标表",
    "单位：万元",
    [
        ["项目名称", ("老旧小区路灯更新", 2), "项目主管部门", ("青山区城市管理局", 2)],
        ["项目执行单位", ("青山区路灯管理所", 2), "项目负责人", ("邹红梅", 2)],
        ["资金总额", ("460", 2), "当年资金总额", ("120.5", 2)],
        ["年度绩效目标", ("更新路灯600盏，亮灯率达到98%以上。", 5)],
        ["一级指标", "二级指标", "指标内容", "指标值（长期）", ("指标值（年度）", 2)],
        [("产出指标", 1, 2), "数量指标", "更新路灯", "2400盏", ("≥600盏", 2)],
        ["质量指标", "亮灯率", "99%", ("≥98%", 2)],
        ["满意度指标", "服务对象满意度指标", "居民满意度", "95%", ("90%以上", 2)],
    ],
]
D: FormSpec = [
    "项目支出绩效目标表",
    "填报单位：安仁县林业局",
    [
        [("专项名称", 2), ("油茶低产林改造", 5)],
        [("主管部门", 2), ("安仁县林业局", 2), ("实施单位", 2), "安仁县油茶办"],
        [("资金总额（万元）", 2), ("85.6", 2), ("年度本级预算金额（万元）", 2), "85.6"],
        [("年度绩效目标", 2), ("改造低产林1200亩。", 5)],
        [("绩效指标", 1, 5), "一级指标", "二级指标", "三级指标", "指标内容", "指标值", "绩效标准"],
        [("产出指标", 1, 2), "数量指标", "改造面积", "考核改造面积完成情况", "1200亩", "计划标准"],
        ["成本指标", "亩均补助", "考核补助标准执行情况", "≤700元/亩", "历史标准"],
        ["效益指标", "生态效益指标", "林地质量", "考核林地质量提升情况", "有效提升", "计划标准"],
        ["满意度指标", "满意度指标", "林农满意度", "考核林农满意情况", "≥90%", "历史标准"],
    ],
    "填表人：邓志强　　联系电话：0735-5221830　　填报日期：2024年1月5日",
]
E: FormSpec = [
    "2024年项目支出绩效目标表",
    "部门：安仁县教育局　　　　单位：万元",
    [
        [
            "单位(专项)名称",
            "资金总额",
            "年度绩效目标",
            "一级指标",
            "二级指标",
            "三级指标",
            "指标值",
            "指标值内容",
            "评（扣）分标准",
            "度量单位",
            "指标值类型",
            "备注",
        ],
        ["安仁县教育局", "650", "", "", "", "", "", "", "", "", "", ""],
        [
            ("校车运营补贴", 1, 2),
            ("450", 1, 2),
            ("保障校车安全运营。", 1, 2),
            "产出指标",
            "数量指标",
            "补贴校车",
            "32",
            "补贴校车数量",
            "每少1辆扣1分",
            "辆",
            "≥",
            "",
        ],
        [
            "效益指标",
            "社会效益指标",
            "家长接送负担",
            "有所减轻",
            "家长接送负担",
            "按评价结果计分",
            "",
            "定性",
            "",
        ],
        [
            ("营养改善计划", 1, 2),
            ("200", 1, 2),
            ("改善学生营养状况。", 1, 2),
            "产出指标",
            "数量指标",
            "受益学生",
            "5600",
            "受益学生人数",
            "按比例计分",
            "人",
            "≥",
            "",
        ],
        [
            "产出指标",
            "成本指标",
            "补助标准",
            "5",
            "每生每天标准",
            "超标准不得分",
            "元/生·天",
            "=",
            "",
        ],
    ],
]
G: FormSpec = [
    "项目支出绩效目标表",
    "（2024年度）",
    "部门：405-正蓝旗文化和旅游局　　　　单位：元",
    [
        [
            "单位名称",
            "项目名称",
            "预算数",
            "绩效目标",
            "一级指标",
            "二级指标",
            "三级指标",
            "指标性质",
            "指标方向",
            "目标值",
            "计量单位",
            "分值",
        ],
        [
            ("405001-正蓝旗文化馆", 1, 3),
            ("乌兰牧骑下乡演出", 1, 3),
            ("1,250,000.00", 1, 3),
            ("丰富牧区文化生活。", 1, 3),
            ("产出指标", 1, 2),
            "数量指标",
            "下乡演出",
            "正向",
            "大于等于",
            "60",
            "场次",
            "30",
        ],
        ["成本指标", "演出成本", "反向", "小于等于", "125", "万元", "30"],
        ["效益指标", "社会效益指标", "文化氛围", "定性", "", "明显提升", "", "30"],
        [
            ("405001-正蓝旗文化馆", 1, 2),
            ("非遗传承保护", 1, 2),
            ("380,500.50", 1, 2),
            ("非遗项目得到保护。", 1, 2),
            "产出指标",
            "数量指标",
            "保护非遗项目",
            "正向",
            "大于等于",
            "12",
            "项",
            "50",
        ],
        ["产出指标", "质量指标", "资料归档率", "正向", "等于", "100", "%", "40"],
    ],
]
H: FormSpec = [
    "转移支付区域绩效目标表",
    "（2024年度）",
    [
        [("专项（项目）名称", 2), ("农田建设补助资金", 4)],
        [("中央主管部门", 2), "农业农村部", ("省级财政部门", 1), ("甘肃省财政厅", 2)],
        [("省级主管部门", 2), "甘肃省农业农村厅", "地方主管部门", ("陇西县农业农村局", 2)],
        [("资金情况\n（万元）", 2, 3), ("年度金额：", 2), ("2400", 2)],
        [("其中：中央补助", 2), ("2000", 2)],
        [("地方资金", 2), ("400", 2)],
        [("年\n度\n目\n标", 1), ("建成高标准农田1.5万亩。", 5)],
        [("绩\n效\n指\n标", 1, 4), "一级指标", "二级指标", ("三级指标", 2), "指标值"],
        [("产出指标", 1, 2), "数量指标", ("新建高标准农田（万亩）", 2), "≥1.5"],
        ["质量指标", ("工程质量验收合格率（%）", 2), "100"],
        ["效益指标", "经济效益指标", ("粮食综合生产能力", 2), "明显提升"],
    ],
]
J: FormSpec = [
    "项目支出绩效目标申报表",
    "（2024年度）",
    [
        [("项目名称", 2), ("智慧排水监测", 4)],
        [("主管部门", 2), "仁化县水务局", "用款单位", ("仁化县排水中心", 2)],
        [("资金情况（万元）", 2, 2), "总金额", ("860", 3)],
        ["当年度金额", ("310.25", 3)],
        [("总体目标", 2, 2), ("实施周期总体目标", 2), ("当年度总体目标", 2)],
        [("三年建成全域排水监测网。", 2), ("建成监测点120个。", 2)],
        [("绩效指标", 1, 4), "一级指标", "二级指标", "三级指标", "实施周期指标值", "当年度指标值"],
        [("产出指标", 1, 2), "数量指标", "新建监测点", "≥360个", "≥120个"],
        ["时效指标", "完工时间", "2026年12月底前", "2024年12月底前"],
        ["效益指标", "社会效益指标", "内涝处置时间", "≤2小时", "≤3小时"],
    ],
]
K: FormSpec = [
    "项目支出绩效目标表",
    "207101天津市滨海新区城市管理委员会　　　　单位：万元",
    [
        [("项目名称", 2), ("道路清扫保洁", 5)],
        [("预算规模及资金用途", 2, 2), "预算数", "1560", "其中：财政资金", "1560", "其他资金 0"],
        [("用于道路清扫保洁作业服务费。", 5)],
        [("绩效目标", 2), ("1.道路清扫保洁率达到98%。", 5)],
        [("绩效指标", 1, 4), "一级指标", "二级指标", "三级指标", ("绩效指标描述", 2), "指标值"],
        [("产出指标", 1, 2), "数量指标", "清扫面积", ("清扫道路面积", 2), "≥320万平方米"],
        ["质量指标", "保洁率", ("道路保洁合格率", 2), "≥98%"],
        ["满意度指标", "服务对象满意度指标", "市民满意度", ("市民满意情况", 2), "≥90%"],
    ],
    "207101天津市滨海新区城市管理委员会",
    [
        [("项目名称", 2), ("公厕运行维护", 5)],
        [("预算规模及资金用途", 2, 2), "预算数", "240", "其中：财政资金", "240", "其他资金"],
        [("用于公厕运行维护。", 5)],
        [("绩效目标", 2), ("1.公厕正常开放。", 5)],
        [("绩效指标", 1, 3), "一级指标", "二级指标", "三级指标", ("绩效指标描述", 2), "指标值"],
        ["产出指标", "数量指标", "维护公厕", ("维护公厕数量", 2), "≥68座"],
        ["效益指标", "社会效益指标", "如厕环境", ("如厕环境改善情况", 2), "明显改善"],
    ],
]
P: FormSpec = [
    "2024年部门预算项目绩效目标申报表",
    [
        ["一级项目名称", ("社会救助", 2), "二级项目名称", ("临时救助资金", 2)],
        ["主管部门", ("陇西县民政局", 2), "项目单位", ("陇西县社会救助站", 2)],
        ["项目总投资（万元）", ("600", 2), "预算申报数（万元）", ("150", 2)],
        ["年度绩效目标", ("救助困难群众800人次。", 5)],
        [("绩效指标", 1, 4), "一级指标", "二级指标", ("三级指标", 2), "指标目标值"],
        [("产出指标", 1, 2), "数量指标", ("救助人次", 2), "≥800人次"],
        ["时效指标", ("资金发放时限", 2), "10个工作日以内"],
        ["满意度指标", "服务对象满意度指标", ("救助对象满意度", 2), "不低于90%"],
    ],
]
T: FormSpec = [
    "项目支出目标申报表",
    "（2024年度）",
    [
        [("项目名称", 2), ("公共自行车运营", 3)],
        [("主管部门", 2), "临沂市城市管理局", "实施单位", "临沂市公共自行车中心"],
        [("资金情况（万元）", 2, 3), "资金总额：", ("275", 2)],
        ["财政拨款：", ("275", 2)],
        ["其他资金：", ("0", 2)],
        [("年度目标", 2), ("保障公共自行车正常运营。", 3)],
        ["一级", "二级", "三级", "年度数值", "备注"],
        [("产出", 1, 2), "数量", "投放自行车", "≥5200辆", ""],
        ["质量", "车辆完好率", "≥95%", ""],
        ["满意度", "服务对象满意度", "市民满意度", "≥90%", ""],
    ],
]
LETTER: FormSpec = [
    "关于下达2024年农村厕所革命资金的通知",
    "各乡镇人民政府：",
    "现将2024年农村厕所革命资金500万元下达给你们，请专款专用，具体金额见附件1，绩效目标见附件2。",
    "联系人：王大海，联系电话：023-40001111",
    "附件1",
    [["乡镇", "金额（万元）"], ["双龙镇", "200"], ["石堰镇", "300"], ["合计", "500"]],
    "附件2",
    "项目支出绩效目标表",
    "（2024年度）",
    [
        [("项目名称", 2), ("农村厕所革命", 3)],
        [("主管部门及代码", 2), "001001-长寿区农业农村委员会", "实施单位", "有关乡镇人民政府"],
        [("项目资金（万元）", 2, 2), ("年度资金总额：", 2), "500"],
        [("其中：财政拨款", 2), "500"],
        [("年度目标", 2), ("改造户厕2500户。", 3)],
        [("绩效指标", 1, 3), "一级指标", "二级指标", "三级指标", "指标值"],
        ["产出指标", "数量指标", "改造户厕", "≥2500户"],
        ["满意度指标", "服务对象满意度指标", "农户满意度", "≥90%"],
    ],
]
SEED_ROWS: TableSpec = [
    ["主管部门", ("重庆市长寿区水利局", 2), "实施单位", ("长寿区河道管理所", 3)],
    ["项目名称", ("河道清淤", 6)],
    [("预算执行率权重(%)：", 3), ("10", 4)],
    [("项目总资金额", 1, 3), ("96.5", 2, 3), "上级补助", ("30", 3)],
    ["区级资金", ("66.5", 3)],
    ["其他资金", ("", 3)],
    ["项目概况", ("清淤河道12公里。", 6)],
    ["立项依据", ("《河道管理条例》", 6)],
    ["当年绩效目标", ("河道畅通。", 6)],
    [("绩效指标", 1, 3), "指标名称", "指标性质", "指标值", "指标单位", "分值(90分)", "是否核心"],
    ["清淤长度", "≥", "12", "公里", "50", "是"],
    ["河道畅通", "定性", "有效改善", "", "40", "/"],
]
SECOND_ROWS: TableSpec = [
    [
        ("绿化养护", 6)
        if cell == ("河道清淤", 6)
        else ("44", 2, 3)
        if cell == ("96.5", 2, 3)
        else cell
        for cell in row
    ]
    for row in SEED_ROWS
]
UNTITLED: FormSpec = [
    "表十一",
    "长寿区2024年重点专项绩效目标表",
    "单位：万元",
    SEED_ROWS,
    "联系人：覃波",
    "联系电话：40112233",
    SECOND_ROWS,
    "联系人：龙小燕",
    "联系电话：40445566",
]
CONTENTS: FormSpec = [
    "目录",
    [["序号", "表名"], ["1", "河道清淤绩效目标表"], ["2", "绿化养护绩效目标表"]],
    "填报说明：1.各表按项目填报。",
]
ONE: FormSpec = [
    "长寿区2024年重点专项绩效目标表",
    "单位：万元",
    SEED_ROWS,
    "联系人：覃波　　联系电话：40112233",
]
FORMS: dict[str, FormSpec] = {
    "B2": B2, "C": C, "D": D, "E": E, "G": G, "H": H, "J": J, "K": K, "P": P, "T": T,
    "letter": LETTER, "untitled": UNTITLED, "seed": ONE,
}  # fmt: skip
