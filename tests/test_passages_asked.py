"""What is asked about the prose of sheets: days, classes, lengths, prices, who pays and who does it."""

from __future__ import annotations

import pytest
from asking import OTHER, Loaded, desk_over, say

# A conversation, its turns apart by |, and what its last reply must say and must not.
DATES = {
    "disability-and-city": (
        ("创业补贴几号截止申报", "9月30日", "6个月——"),
        ("就业扶持资金最晚哪天拨付到位", "11月15日", "6个月——"),
        ("公厕几点开门", "6:00—22:00", "24小时——"),
    ),
    "veterans-and-culture": (
        ("传习补助最晚哪天发", "12月10日", ""),
        ("景区奖补申报材料最迟什么时候交", "11月15日", ""),
        ("烈士陵园什么时候完工", "9月20日", "120天——"),
    ),
    "law-and-transport": (("公交首末班车几点到几点", "6:00至21:30", ""),),
    "statistics-and-petitions": (("以案定补啥时候申报", "10日前申报", "800件——"),),
}
CLASSES = {
    "veterans-and-culture": (
        ("甲级民宿奖多少|丙级的呢", "5万元——", "20万元——"),
        ("5A级景区奖多少|3A级呢", "50万元——", "500万元——"),
        ("3A级景区奖多少", "50万元——", "500万元——"),
        ("甲级旅游民宿奖励10万对吧", "不对，20万元——", ""),
    ),
    "disability-and-city": (
        ("公厕一类的管护费一年多少|二类的呢", "2.6万元——", "45座——"),
        ("三类公厕有几座", "23座——", "86座——"),
        ("二类公厕一年给2.6万对吗", "2.6万元——", "不对"),
    ),
    "housing-and-forestry": (
        ("C级危房每户补多少|D级的呢", "3.5万元——", "7500元——"),
        ("C级危房每户补助3.5万对吗", "不对，7500元——", ""),
    ),
}
COUNTED = {
    "culture-and-archives": (
        ("数字化现在扫了多少页了", "400万页——", "158.4万元"),
        ("数字化现在扫了多少页了|馆里总共多少", "860万页——", "158.4万元"),
        ("景区那边直通车一趟补多少", "600元——", "640万元"),
        ("景区那边直通车一趟补多少|全年跑多少趟", "1000班", "640万元"),
        ("景区那边直通车一趟补多少|全年跑多少趟|那这块一共多少钱", "60万元——", "640万元"),
        ("全民阅读活动一场多少钱|搞几场", "36场——", "186.5万元"),
        ("图书馆买多少本书", "17000册——", "186.5万元"),
        ("库房温度要求多少度", "14℃至24℃", "98%——"),
        ("档案扫描一页多少钱", "0.62元/页——", "72%"),
        ("白蚁防治一处多少钱", "1.5万元——", "9万元——"),
        ("档案数字化，几个人干", "没有写", "158.4万元"),
    ),
    "veterans-and-culture": (
        ("图书馆车下乡多少趟", "120次——", "84.9万元"),
        ("优抚一共管多少人", "3864人——", "4286.35万元"),
    ),
}
IN_OTHER_UNITS = {
    "culture-and-archives": (
        ("图书馆52万人次是多少个人次，写全", "520000人次——", ""),
        ("数字化要扫220万页，折成多少亿页", "0.022亿页——", "158.4万元"),
        ("2.5万人次是哪个项目的什么指标", "惠及观众人次", ""),
        ("文物项目资金大概多少万，取个整", "约212万元——", ""),
        ("文物项目资金大概多少万，取个整", "212.35万元 ≈ 212万元", ""),
    ),
    "veterans-and-culture": (
        ("优抚总资金约多少亿，保留两位小数", "约0.43亿元——", ""),
        ("25000人次是哪个项目的什么指标", "门诊救助人次", ""),
    ),
    "disability-and-city": (("年节电62万千瓦时是多少度", "620000度——", ""),),
}
LENGTHS = {
    "veterans-and-culture": (("烈士陵园修缮工期是90天吗", "不对，120天", ""),),
    "science-and-environment": (("消费券有效期是30天吗", "不对，15日", ""),),
    "housing-and-forestry": (("土地整治工期是12个月吗", "不对，10个月", ""),),
    "law-and-transport": (("专职调解员是按10个月测算的吗", "不对，12个月", ""),),
    "disability-and-city": (("儿童康复按10个月算吗", "10个月——", "不对"),),
}
PRICES = {
    "veterans-and-culture": (
        ("带病回乡退役军人一年下来能拿多少", "945元 × 12个月 = 11340元", ""),
        ("白鹭湖门票多少钱一张", "没有写", "200万元——"),
    ),
    "law-and-transport": (
        ("专职调解员一年能拿多少误工补助", "400元 × 12个月 = 4800元", "22.08万元——"),
        ("在线率低了3个百分点扣多少", "2% × 3 = 6%", "95%——"),
    ),
    "disability-and-city": (
        ("亮灯率低了2个百分点扣多少维护费", "4万元——", "98%——"),
        ("督导员一年多少钱", "288万元——", "1600元——"),
        ("督导员一年能拿多少钱", "1600元 × 12个月", "288万元——"),
        ("残疾人自己开店创业能补多少", "8000元——", "20名——"),
    ),
    "markets-and-welfare": (("用人单位多安置3个残疾人一年奖多少", "1.8万元——", "186万元——"),),
}
PARTS = {
    "culture-and-archives": (
        ("修缮工程质保金留多少，质保几年", "3%——", "48.6万"),
        ("修缮工程质保金留多少，质保几年", "质保期2年", "48.6万"),
        ("图书馆今年要达成啥", "15分钟阅读圈", "项目概况"),
        ("市级区级两个身份都有的传承人能拿两份吗", "就高原则不重复享受", "20万元——"),
    ),
}
WHO = {
    "culture-and-archives": (
        ("龚维舟负责什么|他那个其他资金多少|谁出的", "长寿湖旅游开发集团自筹", ""),
        ("那6.25万的其他资金是哪来的，档案修复那个", "社会捐赠", ""),
    ),
    "law-and-transport": (
        ("反诈的其他资金12万是谁出的", "三家运营商", "800元——"),
        ("点位迁改费谁付", "由提出单位承担", ""),
        ("农村公路大中修是哪两家公司干的", "路捷养护", ""),
        ("农村公路大中修在哪三个镇", "双桥乡", ""),
    ),
    "veterans-and-culture": (
        ("烈士纪念设施其他资金谁捐的", "区慈善会", ""),
        ("烈士陵园谁在修", "江州宏岳", ""),
        ("非遗数字化是哪三个项目", "麻柳豆豉", "=3个——"),
    ),
    "statistics-and-petitions": (
        ("探头电费谁掏", "由所在镇街自行承担", ""),
        ("终验合格付到多少", "97%——", ""),
        ("数据编码和抽查多少钱|谁在做", "西南普查", "罗秋月"),
        ("人口抽样的其他资金有多少|谁出的", "青岩镇自筹", ""),
    ),
    "housing-and-forestry": (("桂花园和三八路是哪家公司修的", "宏筑建设集团", ""),),
}
ASKED = [
    (document, *turn)
    for kind in (DATES, CLASSES, COUNTED, IN_OTHER_UNITS, LENGTHS, PRICES, PARTS, WHO)
    for document, turns in kind.items()
    for turn in turns
]


@pytest.mark.parametrize("document", sorted({document for document, *_ in ASKED}))
async def test_what_a_passage_says_is_the_answer(loaded: Loaded, document: str) -> None:
    told: list[str] = []
    async with desk_over(await loaded(OTHER / f"{document}.txt")) as desk:
        for _, questions, must, never in (turn for turn in ASKED if turn[0] == document):
            reply = (await say(desk, *questions.split("|")))[-1].reply
            if must not in reply or (never and never in reply):
                told.append(f"{questions}: {reply}")
    assert not told, "\n\n".join(told)
