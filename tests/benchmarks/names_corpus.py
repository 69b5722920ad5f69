"""Invented but likely names of budget projects by the million, and the ways people mistype them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path

from registry.pinyin import sounds

HERE = Path(__file__).parent

PLACES = [
    "新津区",
    "双流区",
    "郫都区",
    "温江区",
    "龙泉驿区",
    "青白江区",
    "金堂县",
    "大邑县",
    "蒲江县",
    "彭州市",
    "邛崃市",
    "崇州市",
    "简阳市",
    "雨城区",
    "名山区",
    "荥经县",
    "汉源县",
    "石棉县",
    "天全县",
    "芦山县",
    "宝兴县",
    "东坡区",
    "彭山区",
    "仁寿县",
    "洪雅县",
    "丹棱县",
    "青神县",
    "乐至县",
    "安岳县",
    "雁江区",
    "船山区",
    "安居区",
    "射洪市",
    "蓬溪县",
    "大英县",
    "涪城区",
    "游仙区",
    "安州区",
    "江油市",
    "三台县",
    "盐亭县",
    "梓潼县",
    "北川县",
    "平武县",
    "旌阳区",
    "罗江区",
    "广汉市",
    "什邡市",
    "绵竹市",
    "中江县",
]
TOWN_FIRST = list("桂柳榆杏桃梨茶枫银锦清碧玉秀凌望朝迎承庆丰盛远鹤鹿燕雁麒")
TOWN_SECOND = list("林坡桥渡湾浦洲滩垭梁岭峰谷涧潭湖亭阁堡驿")
VILLAGE_FIRST = list("前后左右大小上下中外老新红绿甘甜响静方圆长短宽深")
VILLAGE_SECOND = list("院墙磨碾井池塘坎坳坪沱弯槽沟埂垭碑庙祠楼")
BUREAUS = [
    "经信局",
    "教体局",
    "科技局",
    "民宗局",
    "公安分局",
    "民政局",
    "司法局",
    "财政局",
    "人社局",
    "规自局",
    "住建局",
    "交通运输局",
    "水务局",
    "农业农村局",
    "商务局",
    "文体旅游局",
    "卫健局",
    "退役军人局",
    "应急局",
    "审计局",
    "国资金融局",
    "市场监管局",
    "统计局",
    "医保局",
    "信访局",
    "综合执法局",
    "行政审批局",
    "园林局",
    "机关事务中心",
    "融媒体中心",
    "疾控中心",
    "妇联",
    "残联",
    "科协",
    "文联",
    "工商联",
    "红十字会",
    "团委",
    "总工会",
    "党史研究室",
]
HOUSES = [
    "实验学校",
    "外国语学校",
    "职业高中",
    "城关小学",
    "机关幼儿园",
    "第二人民医院",
    "骨科医院",
    "社会福利院",
    "少年宫",
    "博物馆",
    "美术馆",
    "游泳馆",
    "客运站",
    "产业园",
    "孵化园",
    "物流港",
    "净水厂",
    "变电站",
    "农贸市场",
    "湿地公园",
]
SUBJECTS = [
    "智慧|校园|平台",
    "名师|工作室|培育",
    "课后|延时|服务",
    "营养|午餐|供给",
    "校车|运营|补助",
    "塑胶|操场|翻新",
    "中小学|心理|健康",
    "乡镇|卫生院|提升",
    "家庭|医生|签约",
    "血吸虫病|防治",
    "结核病|筛查",
    "两癌|筛查",
    "新生儿|疾病|筛查",
    "急救|站点|布局",
    "中医|馆|建设",
    "托育|机构|扶持",
    "长者|食堂|运营",
    "失能|老人|照护",
    "困境|儿童|关爱",
    "留守|妇女|帮扶",
    "殡仪|设施|更新",
    "社区|治理|创新",
    "网格员|队伍|建设",
    "志愿者|激励",
    "退役|军人|创业",
    "烈士|陵园|修缮",
    "国防|动员|演练",
    "平安|乡村|监控",
    "反诈|宣传",
    "禁赌|整治",
    "道路|交通|信号",
    "电动车|充电桩",
    "公交|站台|更新",
    "四好|农村路",
    "危桥|改造",
    "渡口|码头|整修",
    "桥隧|检测",
    "防洪|堤坝|加固",
    "小流域|治理",
    "河湖长制|巡查",
    "节水|灌溉|推广",
    "农村|供水|并网",
    "水质|在线|监测",
    "排涝|泵站|更新",
    "高效|种植|示范",
    "稻渔|综合|种养",
    "种业|振兴|攻关",
    "撂荒地|复耕",
    "农田|宜机化",
    "病死|畜禽|无害化",
    "兽医|实验室|能力",
    "蚕桑|产业|提质",
    "猕猴桃|基地|扩建",
    "茶叶|品牌|推介",
    "花椒|产业|联农",
    "冷链|物流|骨干",
    "农产品|追溯|体系",
    "益农|信息社",
    "电商|直播|培育",
    "夜间|经济|街区",
    "首店|引进|奖励",
    "外贸|企业|参展",
    "跨境|物流|补贴",
    "专精特新|企业|培育",
    "规上|企业|奖励",
    "工业|互联网|标杆",
    "绿色|工厂|创建",
    "闲置|厂房|盘活",
    "企业|技改|贴息",
    "科创|券|兑现",
    "高新|企业|认定",
    "知识|产权|质押",
    "院士|工作站",
    "青年|人才|驿站",
    "高校|毕业生|见习",
    "零工|市场|建设",
    "根治|欠薪|行动",
    "社保|稽核",
    "医保|基金|监管",
    "长护险|试点",
    "药品|集采|结余",
    "城镇|燃气|改造",
    "老旧|电梯|更新",
    "既有|住宅|加装",
    "海绵|城市|建设",
    "口袋|公园|建设",
    "行道树|修剪",
    "绿道|养护",
    "餐厨|垃圾|处置",
    "建筑|垃圾|消纳",
    "雨水|篦子|清掏",
    "窨井盖|整治",
    "夜景|照明|维护",
    "户外|广告|规范",
    "违建|拆除",
    "物业|纠纷|调处",
    "保租房|筹集",
    "人防|警报|维护",
    "地震|台站|运维",
    "气象|灾害|预报",
    "森林|消防|队伍",
    "秸秆|禁烧|巡查",
    "扬尘|在线|监管",
    "噪声|自动|监测",
    "土壤|详查",
    "排污口|溯源",
    "碳达峰|方案",
    "生物|多样性|调查",
    "古树|名木|保护",
    "湿地|修复",
    "石刻|文物|保护",
    "非遗|传承|扶持",
    "农家|书屋|更新",
    "广播|电视|惠民",
    "文化|站|免费",
    "全民|阅读|推广",
    "体育|公园|建设",
    "马拉松|赛事",
    "研学|线路|开发",
    "民宿|集群|扶持",
    "景区|厕所|提质",
    "智慧|旅游|导览",
    "数字|政务|一体化",
    "政务|大厅|窗口",
    "电子|印章|推广",
    "视频|会议|系统",
    "网络|安全|等保",
    "政府|网站|集约",
    "国产化|替代",
    "档案|库房|改造",
    "年鉴|编印",
    "保密|检查",
    "预算|一体化|运维",
    "国库|集中|支付",
    "政府|债券|咨询",
    "资产|清查|盘点",
    "会计|信息|质量",
    "票据|电子化",
    "内控|评价",
    "税费|精诚|共治",
    "审计|整改|督办",
    "投入|产出|调查",
    "劳动力|抽样|调查",
    "经济|形势|研判",
    "法律|顾问|服务",
    "行政|复议",
    "公证|惠民",
    "矫正|对象|管理",
    "戒毒|康复",
    "普法|阵地",
    "矛盾|纠纷|多元",
    "信访|积案|化解",
    "巡察|整改",
    "廉政|教育|基地",
    "党群|服务|中心",
    "两新|组织|党建",
    "干部|档案|审核",
    "老年|大学|办学",
    "统战|团结|联谊",
    "民族|团结|进步",
    "宗教|场所|安全",
    "侨胞|联络",
    "台胞|交流",
    "政协|提案|办理",
    "人大|代表|履职",
    "机关|食堂|补助",
    "公车|平台|运行",
    "办公|区|物业",
    "会务|接待",
    "史志|展陈",
]
BEFORE = [""] * 9 + [
    "全域",
    "重点",
    "片区",
    "边远",
    "老城",
    "新城",
    "山区",
    "沿河",
    "园区",
    "镇街",
    "村级",
    "基层",
]
BEHIND = [""] * 8 + [
    "提升",
    "试点",
    "二次供给",
    "样板",
    "扩面",
    "外包",
    "测评",
    "规划",
    "设计",
    "监理",
    "运维",
    "宣传",
    "抽检",
    "奖励",
]
KINDS = [
    "项目",
    "经费",
    "资金",
    "专项经费",
    "专项资金",
    "工程",
    "工作经费",
    "补助资金",
    "补助",
    "建设项目",
    "运行经费",
    "奖补资金",
    "服务采购",
    "改造工程",
    "保障经费",
    "试点经费",
    "配套资金",
    "以奖代补",
    "前期费",
    "购买服务",
    "债券资金",
    "尾款",
    "区级配套",
    "上级补助资金",
    "维护费",
    "设备购置",
    "课题费",
    "工程款",
    "活动经费",
    "管理经费",
]
PHASES = [""] * 12 + [
    "一期",
    "二期",
    "三期",
    "（一期）",
    "（二期）",
    "第一批",
    "第二批",
    "续建",
    "C标段",
    "D标段",
]
YEARS = [""] * 6 + [
    "2023年",
    "2024年",
    "2024年",
    "2025年",
    "2025年",
    "2026年",
    "2022年",
    "2024年度",
    "2025年度",
    "2024-2026年",
]


@dataclass(frozen=True, slots=True)
class Project:
    """A name and what it was put together from."""

    name: str
    place: str
    words: tuple[str, ...]
    kind: str


def _often_first(chance: random.Random, items: Sequence[str], slope: float) -> Callable[[], str]:
    weights = list(accumulate((at + 1) ** -slope for at in range(len(items))))
    return lambda: chance.choices(items, cum_weights=weights)[0]


def projects(count: int, seed: int = 1) -> list[Project]:
    """So many different projects; the first of a longer list are those of a shorter one."""
    chance = random.Random(seed)
    towns = [a + b + chance.choice("镇镇乡村")[:1] for a in TOWN_FIRST for b in TOWN_SECOND]
    villages = [a + b + "村" for a in VILLAGE_FIRST for b in VILLAGE_SECOND]
    chance.shuffle(towns)
    chance.shuffle(villages)
    place = _often_first(chance, PLACES, 0.6)
    town = _often_first(chance, towns, 0.5)
    village = _often_first(chance, villages, 0.3)
    bureau = _often_first(chance, BUREAUS, 0.5)
    house = _often_first(chance, HOUSES, 0.5)
    subject = _often_first(chance, SUBJECTS, 0.35)
    kind = _often_first(chance, KINDS, 0.6)
    where: list[Callable[[], str]] = [
        place,
        lambda: place() + bureau(),
        lambda: town() + (village() if chance.random() < 0.4 else ""),
        lambda: place() + town(),
        lambda: (place() if chance.random() < 0.5 else town()) + house(),
        lambda: "",
        bureau,
    ]
    seen: set[str] = set()
    found: list[Project] = []
    while len(found) < count:
        here = chance.choice(where)()
        year = chance.choice(YEARS)
        words = subject().split("|")
        before = chance.choice(BEFORE) if chance.random() < 0.35 else ""
        behind = chance.choice(BEHIND) if chance.random() < 0.4 else ""
        what = kind()
        phase = chance.choice(PHASES) if chance.random() < 0.3 else ""
        head = here + year if chance.random() < 0.7 else year + here
        name = head + before + "".join(words) + behind + what + phase
        if name not in seen:
            seen.add(name)
            found.append(Project(name, here, tuple(words), what))
    return found


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed, the row meant (-1: none), and the part of the name it is made of."""

    kind: str
    text: str
    row: int
    part: str = ""


@cache
def templates() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Sentences around a name: those tuned on, and those held back."""
    lines = (HERE / "names_sentences.txt").read_text("utf-8").splitlines()
    lines = [line for line in lines if "{}" in line]
    return tuple(lines[::2]), tuple(lines[1::2])


@cache
def _same_sound() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for char, syllable in sounds().syllable.items():
        try:
            first = char.encode("gb2312")[0]
        except UnicodeEncodeError:
            continue
        if first < 0xD8:  # the 3755 characters of everyday use
            found.setdefault(syllable, []).append(char)
    return found


@cache
def _everyday() -> str:
    return "".join(char for some in _same_sound().values() for char in some)


def homophone(chance: random.Random, text: str) -> str:
    """One character replaced by another of the same sound."""
    read = sounds().syllable
    places = [
        at
        for at, c in enumerate(text)
        if len(set(_same_sound().get(read.get(c, ""), ())) - {c}) > 0
    ]
    if not places:
        return text
    at = chance.choice(places)
    others = [c for c in _same_sound()[read[text[at]]] if c != text[at]]
    return text[:at] + chance.choice(others) + text[at + 1 :]


def slip(chance: random.Random, text: str, kind: str = "") -> str:
    """One character dropped, added, replaced, or two changed places."""
    kind = kind or chance.choice(["delete", "insert", "replace", "swap"])
    at = chance.randrange(len(text) - 1)
    if kind == "delete":
        return text[:at] + text[at + 1 :]
    if kind == "insert":
        return text[:at] + chance.choice(_everyday()) + text[at:]
    if kind == "replace":
        return text[:at] + chance.choice(_everyday()) + text[at + 1 :]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def abbreviation(chance: random.Random, project: Project) -> str:
    """How people shorten a name: two words, a word and an end, first characters, place and word."""
    words = project.words
    if len(words) == 1:
        return words[0][:4]
    way = chance.random()
    if way < 0.4:
        return "".join(words[:2])[:6]
    if way < 0.6:
        return words[0] + words[-1][-1]
    if way < 0.72:
        return words[0][0] + words[1]
    if way < 0.86:
        return "".join(word[0] for word in words)
    place = re.sub("(镇|乡|村|区|县|市|局)$", "", project.place)[-2:]
    return (place + words[0])[:6]


def latin(text: str) -> list[str]:
    """The text's readings, other characters as they are."""
    return [reading.lower() for reading in sounds().read(text)]


def queries(rows: Sequence[Project], targets: Sequence[int], held: bool, seed: int) -> list[Query]:
    """Every class of noise for each target row."""
    chance = random.Random(seed)
    sentences = templates()[held]
    found: list[Query] = []
    for row in targets:
        name, project = rows[row].name, rows[row]
        short = abbreviation(chance, project)
        found.append(Query("exact", name, row))
        found.append(Query("abbreviation", short, row, short))
        for kind in ("delete", "insert", "swap"):
            found.append(Query(kind, slip(chance, name, kind), row))
        found.append(Query("homophone", homophone(chance, name), row))
        part = "".join(project.words)
        found.append(Query("pinyin", "".join(latin(part)), row, part))
        letters = "".join(reading[0] for reading in latin(part + project.kind))
        if len(letters) >= 4 and part + project.kind in name and not set(letters) <= set("aeo"):
            found.append(Query("initials", letters, row, letters))
        found.append(Query("sentence-name", chance.choice(sentences).format(name), row))
        short = abbreviation(chance, project)
        found.append(Query("sentence-part", chance.choice(sentences).format(short), row, short))
        short = abbreviation(chance, project)
        found.append(Query("part-homophone", homophone(chance, short), row, short))
        found.append(Query("three-slips", slip(chance, slip(chance, slip(chance, name))), row))
    return found


def absent(
    rows: Sequence[Project], held_out: Sequence[Project], count: int, held: bool, seed: int
) -> Iterator[Query]:
    """Questions for projects that are not in the registry."""
    chance = random.Random(seed)
    sentences = templates()[held]
    names = {project.name for project in rows}
    other_words = [subject.split("|") for subject in SUBJECTS]
    made = 0
    while made < count:
        way = chance.choice(["held-out", "other-word", "other-place", "other-year"])
        project = chance.choice(held_out if way == "held-out" else rows)
        name = project.name
        if way == "other-word":
            word = chance.choice(project.words)
            instead = chance.choice(chance.choice(other_words))
            name = name.replace(word, instead)
        elif way == "other-place" and project.place:
            name = name.replace(project.place, chance.choice(PLACES))
        elif way == "other-year":
            name = re.sub(r"20(\d\d)", lambda y: f"20{(int(y[1]) + 3) % 30:02}", name)
        if name in names:
            continue
        made += 1
        text = chance.choice(sentences).format(name) if chance.random() < 0.5 else name
        yield Query(f"absent {way}", text, -1, name)
