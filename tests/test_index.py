"""Names are found however they are typed, and a name that is not there is never certain."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.index import NameIndex
from registry.index_blobs import OtherFormat
from registry.pinyin import sounds
from registry.text import folded

SIX = (
    "巨灾保险项目",
    "打非专项项目",
    "金融监管和维护项目",
    "产业扶持及金融招商",
    "经济证券化项目",
    "财政信息化建设经费",
)
PLACES = ["城东街道", "柳河镇", "石门乡", "高新区", "教体局", "卫健局", "第二小学", "敬老院"]
WORKS = [
    "危桥改造",
    "营养午餐",
    "两癌筛查",
    "河道清淤",
    "电梯更新",
    "农家书屋",
    "排涝泵站",
    "古树保护",
    "反诈宣传",
    "校车运营",
]
KINDS = ["项目", "经费", "工程", "专项资金", "补助"]


@pytest.fixture(scope="module")
def bureau() -> NameIndex:
    return NameIndex.build(enumerate(SIX, 1))


@pytest.fixture(scope="module")
def county_names() -> list[str]:
    chance = random.Random(3)
    names = {
        chance.choice(PLACES) + chance.choice(["", "2024年"]) + work + chance.choice(KINDS)
        for work in WORKS
        for _ in range(30)
    }
    return [*SIX, *sorted(names)]


@pytest.fixture(scope="module")
def county(county_names: list[str]) -> NameIndex:
    return NameIndex.build(enumerate(county_names))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("打非", "打非专项项目"),
        ("巨灾险", "巨灾保险项目"),
        ("剧灾", "巨灾保险项目"),
        ("打飞", "打非专项项目"),
        ("正券化", "经济证券化项目"),
        ("juzaibaoxian", "巨灾保险项目"),
        ("jzbx", "巨灾保险项目"),
        ("巨zai保险的电话", "巨灾保险项目"),
        ("ju zai bao xian", "巨灾保险项目"),
        ("打非谁负责，电话", "打非专项项目"),
        ("信息化", "财政信息化建设经费"),
        ("证券", "经济证券化项目"),
        ("保险", "巨灾保险项目"),
        ("經濟證券化項目聯繫電話", "经济证券化项目"),
        ("金融监管 总资金额", "金融监管和维护项目"),
        ("金融监管维护", "金融监管和维护项目"),
        ("金融盐管和维护项目", "金融监管和维护项目"),
        ("财政信息化项目概况", "财政信息化建设经费"),
        ("２０２４年打非的预算", "打非专项项目"),
        ("老师您好，可以帮我查一下经济证券化项目的立项依据吗，非常感谢", "经济证券化项目"),
    ],
)
def test_an_inexact_name_is_certain(bureau: NameIndex, text: str, name: str) -> None:
    link = bureau.link(text)
    assert (link.outcome, [match.name for match in link.matches]) == ("certain", [name])
    assert bureau.find(text)[0].name == name


@pytest.mark.parametrize(
    "text",
    [
        "扶贫项目多少钱",
        "教育经费",
        "财政局局长是谁",
        "养老保险",
        "证券公司",
        "渝北区巨灾保险项目",
        "打非专项二期项目",
        "财政",
        "金融项目",
        "项目",
        "哈哈哈",
        "😂😂👍",
        "",
        "，。？",
        "\0\ud800",
        "'; DROP TABLE project; --",
    ],
)
def test_a_name_not_there_is_not_certain(bureau: NameIndex, text: str) -> None:
    assert bureau.link(text).outcome != "certain"


@pytest.mark.parametrize("text", ["扶贫项目多少钱", "教育经费", "哈哈哈", "项目"])
def test_words_that_many_names_share_name_nothing(bureau: NameIndex, text: str) -> None:
    assert bureau.link(text).outcome == "unknown"


@pytest.mark.parametrize("text", ["金融项目", "金融"])
def test_a_tie_is_told_with_its_candidates(bureau: NameIndex, text: str) -> None:
    link = bureau.link(text)
    names = {match.name for match in link.matches}
    assert (link.outcome, names) == ("near", {"金融监管和维护项目", "产业扶持及金融招商"})


def test_the_span_can_be_cut_out_for_the_next_name(bureau: NameIndex) -> None:
    text = "打非和金融监管的预算各多少"
    first = bureau.link(text).matches[0]
    rest = text[: first.start] + "，" + text[first.end :]
    second = bureau.link(rest).matches[0]
    assert {first.name, second.name} == {"打非专项项目", "金融监管和维护项目"}
    assert text[first.start : first.end] in ("打非", "金融监管")


def test_spans_refer_to_the_text_as_given(bureau: NameIndex) -> None:
    text = "　請問 《經濟證券化項目》 電話😂"
    match = bureau.link(text).matches[0]
    assert text[match.start : match.end] == "經濟證券化項目"


def test_every_name_is_certain_by_itself(county: NameIndex, county_names: list[str]) -> None:
    for project_id, name in enumerate(county_names):
        link = county.link(f"请问{name}的联系人是谁")
        assert (link.outcome, link.matches[0].project_id) == ("certain", project_id), name


@pytest.mark.parametrize(
    "typed", ["changshouhu", "zengzhang", "chongfujianshe", "lvse", "lüse", "luse"]
)
def test_characters_are_read_as_their_words_are(typed: str) -> None:
    """长 is chang in 长寿 and zhang in 增长; ü is typed as v or u."""
    names = {
        "changshouhu": "长寿湖水质保护",
        "zengzhang": "外贸稳增长项目",
        "chongfujianshe": "重复建设清理",
    }
    index = NameIndex.build(enumerate([*SIX, *names.values(), "绿色工厂创建"]))
    assert index.find(typed)[0].name == names.get(typed, "绿色工厂创建")


def test_a_shortened_name_of_many_is_a_tie(county: NameIndex) -> None:
    link = county.link("危桥改造")
    assert link.outcome == "near"
    assert len(link.matches) > 1
    assert all("危桥改造" in match.name for match in link.matches)


@pytest.mark.parametrize("typed", ["weiqiaogaizao", "wqgz"])
def test_letters_that_say_many_names_are_a_tie(county: NameIndex, typed: str) -> None:
    assert county.link(typed).outcome == "near"


def test_another_place_or_lot_is_another_project(county_names: list[str]) -> None:
    names = [f"{name}A标段" if "经费" in name else name for name in county_names]
    county = NameIndex.build(enumerate(names))
    for name in names:
        for here, there in (("柳河镇", "桃河镇"), ("石门乡", "铁门乡"), ("A标段", "B标段")):
            if here in name:
                link = county.link(f"请问{name.replace(here, there)}的预算")
                assert link.outcome == "near", name


def test_of_names_within_each_other_the_longest_said_is_meant() -> None:
    index = NameIndex.build(enumerate(["危桥改造", "危桥改造项目", "柳河镇危桥改造项目"]))
    assert index.find("关于柳河镇危桥改造项目，联系人是谁")[0].name == "柳河镇危桥改造项目"
    assert index.find("关于石门乡的危桥改造项目，联系人是谁")[0].name == "危桥改造项目"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("人大代表问水质监测的依据，怎么答", "柳河镇水质在线监测经费"),
        ("审计来了，问水质监测依据", "柳河镇水质在线监测经费"),
        ("人大代表履职的依据", "人大代表履职经费"),
        ("请把水在监的立项依据发一下", "柳河镇水质在线监测经费"),
        ("审计整改", "审计整改督办经费"),
    ],
)
def test_who_asks_is_not_what_is_asked_for(county_names: list[str], text: str, name: str) -> None:
    names = ["柳河镇水质在线监测经费", "人大代表履职经费", "审计整改督办经费", "桥隧检测经费"]
    index = NameIndex.build(enumerate([*county_names, *names]))
    assert index.find(text)[0].name == name


def test_a_word_misheard_is_likelier_than_two_words_torn(county_names: list[str]) -> None:
    """供会 is 工会 with a wrong character, though one name holds both in 供销社会展."""
    unions = [f"{place}工会帮扶{number}号" for place in PLACES for number in range(500)]
    index = NameIndex.build(enumerate([*county_names, *unions, "教体局供销社会展补助"]))
    assert "工会" in index.find("供会")[0].name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("麻烦看下民经发的立项依据", "民营经济发展资金"),  # 发 is also said for send
        ("瞧务", "侨务对台工作"),  # 瞧 is also said for look
        ("名师工作室2024年预算多少", "城东名师工作室培育经费"),
        ("喂，合坝残疾人的电话", "合坝村2023-2025年公共残疾人两项补贴"),
        ("审计审计", "石柱县审计局审计业务资金"),
        ("wanzhounananqu", "万州南岸区"),
        ("那个土壤防治专项资金来源从哪来", "土壤防治专项"),
        ("谅石柱审计局就审计业务资金", "石柱县审计局审计业务资金"),
    ],
)
def test_words_of_questions_may_be_the_names_own(text: str, name: str) -> None:
    names = [
        "民营经济发展资金",
        "殡葬惠民经费",
        "侨务对台工作",
        "城东名师工作室培育经费",
        "2024年城东小流域治理",
        "合坝村2023-2025年公共残疾人两项补贴",
        "荷坝镇残疾人两项补贴",
        "石柱县审计局审计业务资金",
        "统计局审计业务资金",
        "万州南岸区",
        "土壤防治专项",
        "土壤防治专项资金",
    ]
    index = NameIndex.build(enumerate([*SIX, *names]))
    assert index.find(text)[0].name == name


def test_a_year_and_the_same_year_as_a_budget_year_are_two_names() -> None:
    index = NameIndex.build([*enumerate(SIX), (9, "2025年度花椒产业联农试点经费")])
    assert index.link("2025年花椒产业联农试点经费").outcome == "near"


def test_aliases_lead_to_their_project() -> None:
    index = NameIndex.build([*enumerate(SIX, 1), (2, "打击非法集资")])
    link = index.link("打击非法集资谁管")
    assert (link.outcome, link.matches[0].project_id) == ("certain", 2)


def test_two_names_of_one_project_are_no_tie() -> None:
    index = NameIndex.build([(1, "巨灾保险项目"), (1, "巨灾保险"), (2, "打非专项项目")])
    assert index.link("巨灾").outcome == "certain"


def test_changes_are_seen_at_once(county_names: list[str]) -> None:
    index = NameIndex.build(enumerate(county_names))
    index.add([(9001, "古桥夜景照明工程")])
    assert index.link("夜景照明").matches[0].project_id == 9001
    index.remove(9001, "古桥夜景照明工程")
    index.add([(9001, "老街灯光秀经费")])
    assert index.link("夜景照明").outcome == "unknown"
    assert index.link("灯光秀").matches[0].project_id == 9001
    index.remove(9001)
    assert index.link("灯光秀").outcome == "unknown"
    assert len(index) == len(county_names)
    assert dict(index.names()) == dict(enumerate(county_names))


def test_a_thousand_new_names_are_found_quickly(county_names: list[str]) -> None:
    index = NameIndex.build(enumerate(county_names))
    begun = time.perf_counter()
    for number in range(1000):
        index.add([(10_000 + number, f"第{number}批灯光秀经费")])
    assert index.find("第777批灯光秀经费")[0].project_id == 10_777
    assert time.perf_counter() - begun < 1


def test_a_stored_index_answers_like_the_built_one(county: NameIndex, tmp_path: Path) -> None:
    county.save(tmp_path / "names")
    again = (NameIndex.load(county.dump()), NameIndex.open(tmp_path / "names"))
    for text in ("打非", "城东危桥", "yingyangwucan", "教体局2024年反诈宣穿项目", "（C标段）"):
        assert [other.find(text) for other in again] == [county.find(text)] * 2
    again[1].remove(1)
    again[1].add([(9001, "灯光秀经费")])
    assert again[1].find("灯光秀")[0].project_id == 9001
    assert again[1].link("打非").outcome == "unknown"


def test_blobs_of_another_format_are_refused() -> None:
    with pytest.raises(OtherFormat):
        NameIndex.load([(b"head", b"[0, []]")])


def test_an_empty_registry_knows_nothing() -> None:
    index = NameIndex.build([])
    assert index.find("打非") == []
    assert index.link("打非").outcome == "unknown"
    index.add([(1, "打非专项项目")])
    assert index.link("打非").outcome == "certain"


def test_names_keep_their_own_spelling() -> None:
    index = NameIndex.build([(1, "5G＋智慧校园（一期）A標段")])
    assert index.find("5g智慧校园一期a标段")[0].name == "5G＋智慧校园（一期）A標段"


@pytest.mark.parametrize(
    "text", ["农村路资金（二期）", "四农村路资金（二期）", "农村路资金（二期）的分值"]
)
def test_of_names_alike_but_for_signs_the_one_typed_is_first(text: str) -> None:
    index = NameIndex.build([(1, "农村路资金二期"), (2, "农村路资金（二期）")])
    assert index.find(text)[0].project_id == 2
    assert index.find(text.replace("（", "").replace("）", ""))[0].project_id == 1


# -- properties -----------------------------------------------------------------------------

quickly = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
same_sound: dict[str, list[str]] = {}
for _char, _syllable in sounds().syllable.items():
    if _char.encode("gb2312", "ignore")[:1] < b"\xd8" and _char.encode("gb2312", "ignore"):
        same_sound.setdefault(_syllable, []).append(_char)


@quickly
@given(st.data())
def test_one_slip_still_finds_the_name(
    county: NameIndex, county_names: list[str], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(county_names))
    at = data.draw(st.integers(0, len(name) - 2))
    way = data.draw(st.sampled_from(["drop", "swap", "homophone"]))
    typed = name[:at] + name[at + 1 :]
    if way == "swap":
        typed = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    elif way == "homophone":
        others = same_sound.get(sounds().syllable.get(name[at], ""), [name[at]])
        typed = name[:at] + data.draw(st.sampled_from(others)) + name[at + 1 :]
    found = [match.name for match in county.find(typed)]
    # Where a slip makes two names equally near, either is right.
    distance = _slips(typed, name)
    nearer = [other for other in county_names if other != name and _slips(typed, other) <= distance]
    assert found[0] == name or found[0] in nearer


def _slips(typed: str, name: str) -> int:
    from rapidfuzz.distance import OSA

    return OSA.distance(typed, name)


@quickly
@given(st.data())
def test_a_name_without_a_generic_word_is_found(
    county: NameIndex, county_names: list[str], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(county_names))
    generic = [
        word for word in ("项目", "专项", "经费", "工程", "资金", "补助", "建设") if word in name
    ]
    if not generic:
        return
    typed = name.replace(data.draw(st.sampled_from(generic)), "", 1)
    others = [other for other in county_names if other != name and _holds(other, typed)]
    assert county.find(typed)[0].name in [name, *others]


def _holds(name: str, part: str) -> bool:
    rest = iter(name)
    return all(char in rest for char in part)


@quickly
@given(
    st.sampled_from([*PLACES, "桂湖镇", "河东新区", "水务局"]),
    st.sampled_from(["危桥改造", "扶贫开发", "养老服务", "蚕桑提质", "反诈演练", "两癌治疗"]),
    st.sampled_from(KINDS),
    st.sampled_from(["", "2023年", "2027年"]),
    st.sampled_from(["{}", "请问{}多少钱", "{}的联系人", "帮忙查下{}谁负责，谢谢"]),
)
def test_a_whole_name_not_there_is_never_certain(
    county: NameIndex,
    county_names: list[str],
    place: str,
    work: str,
    kind: str,
    year: str,
    sentence: str,
) -> None:
    name = place + year + work + kind
    if name not in county_names:
        link = county.link(sentence.format(name))
        assert link.outcome != "certain", link


@quickly
@given(
    st.text(max_size=60) | st.text(st.sampled_from("".join(SIX) + "zhangsei0-，的 "), max_size=600)
)
def test_no_text_raises_or_takes_a_second(county: NameIndex, text: str) -> None:
    begun = time.perf_counter()
    link = county.link(text)
    found = county.find(text)
    assert time.perf_counter() - begun < 1
    for match in (*link.matches, *found):
        assert 0 <= match.start < match.end <= len(text)
        assert 0 <= match.similarity <= 100


@quickly
@given(st.sampled_from(SIX), st.sampled_from(["", " ", "\n", "！"]))
def test_a_name_is_found_in_any_width(bureau: NameIndex, name: str, mark: str) -> None:
    typed = mark.join(name)
    assert bureau.find(typed)[0].name == name
    assert folded(bureau.find(typed)[0].name) == folded(name)
