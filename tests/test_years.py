"""Sheets of several years: each figure is that of the year asked for, and years are held together."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from asking import OTHER, Loaded, desk_over, load_into, reply_to, say

THREE_YEARS = OTHER / "three-years.txt"
ASKED = {
    "补植多少钱": ["80万元"],
    "行道树补植去年多少钱": ["72.5万元", "2024年"],
    "行道树补植前年多少钱": ["60万元", "2023年"],
    "行道树补植今年多少钱": ["80万元"],
    "行道树补植2024年多少钱": ["72.5万元", "2024年"],
    "行道树补植去年补植株数是多少": ["≥450株", "2024年"],
    "行道树补植去年谁负责": ["严既白", "2024年"],
    "去年一共多少钱": ["103万元"],
    "今年一共多少钱": ["105万元"],
    "行道树补植今年比去年多多少": ["7.5万元", "2025年比2024年多", "80万元 − 72.5万元"],
    "公园长椅今年比去年少多少": ["5.5万元", "2025年比2024年少"],
    "行道树补植历年多少钱": ["60万元", "72.5万元", "80万元"],
    "2024年和2025年总资金各多少": ["103万元", "105万元"],
    "2023年到2025年行道树补植的资金": ["60万元", "72.5万元", "80万元"],
    "公园长椅前年多少钱": ["没有2023年的表", "2024、2025"],
    "公园长椅2019年多少钱": ["没有2019年的表"],
}


@pytest.mark.parametrize("today", [date(2025, 6, 1), date(2026, 2, 1)])
async def test_a_figure_is_of_the_year_asked_for(loaded: Loaded, today: date) -> None:
    """Until the new year's sheets are loaded, 今年 is the year of those at hand."""
    async with desk_over(await loaded(THREE_YEARS)) as desk:
        desk.sources.today = lambda: today
        for question, expected in ASKED.items():
            reply = await reply_to(desk, question)
            assert [text for text in expected if text not in reply] == [], reply


async def test_the_same_is_asked_of_another_year(loaded: Loaded) -> None:
    async with desk_over(await loaded(THREE_YEARS)) as desk:
        desk.sources.today = lambda: date(2025, 6, 1)
        turns = await say(
            desk, "行道树补植多少钱", "去年呢", "今年比去年多多少", "2023年呢", "那今年呢"
        )
    for turn, figure in zip(turns, ["80万", "72.5万", "7.5万", "60万", "80万"], strict=True):
        assert turn.reply.startswith(figure), turn


async def test_what_a_version_changed_can_be_asked(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'registry.db'}"
    await load_into(url, THREE_YEARS)
    corrected = tmp_path / "corrected.txt"
    text = THREE_YEARS.read_text("utf-8")
    corrected.write_text(
        text.replace("\t80\t", "\t88\t").replace("\t60\t\t\n", "\t68\t\t\n"), "utf-8"
    )
    await load_into(url, corrected)
    asked = {
        "行道树补植多少钱": "88万元",
        "行道树补植原来多少钱": "80万元——",
        "行道树补植上个版本是多少": "80万元 → 88万元",
        "行道树补植的联系人改过吗": "联系人没有改过",
        "公园长椅改过什么": "只有一个版本",
        "最近改了什么": "载入",
    }
    async with desk_over(url) as desk:
        for question, expected in asked.items():
            assert expected in await reply_to(desk, question), question
