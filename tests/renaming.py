"""A generated renaming of everything the user's document names: projects, people, phones, places,
document numbers, and the words its indicators and passages are about.

Words of the bot's own vocabulary stay, or nothing could be asked of them; everything else may be
called anything. New names are drawn from characters that neither the document nor the vocabulary
holds, so that no rule can know them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from typing import Any

from asking import SEEDS

from bot.question.lexicon import forms_of, read_table
from registry.text import simplified, width

# What the document speaks of. A word that the vocabulary holds too is left as it is.
SUBJECTS = (
    "巨灾", "打非", "保险", "财险", "证券化", "证券", "产业", "扶持", "招商", "金融", "监管", "信息化", "经济", "鹏诚", "平安",
    "土坯房", "砖石", "混凝土", "钢筋", "木结构", "非法集资", "集资", "刑事", "陈案", "结案", "恐怖", "化工", "爆炸", "见义勇为",
    "共保", "存贷款", "余额", "同比", "营商", "市场主体", "人口", "街镇", "执法", "信访", "维稳", "公交车", "电梯", "年历", "海报",
    "传单", "微信公众号", "报纸", "深交所", "上交所", "北交所", "证监会", "保荐", "律师", "会计", "创新层", "基础层", "股份转让", "极端",
    "群体性", "系统性", "区域性", "储备库", "软件", "长贡献", "GDP", "两江", "长寿", "渝府办发", "渝财规", "收文办字", "救灾", "救助",
    "辖区", "往年", "政策", "年底前", "协议", "请示", "印刷", "降低", "百姓", "刚性",
)  # fmt: skip
PEOPLE = ("李冬霞", "赵东松", "韩巨星", "王智莹")
PHONES = ("40236567", "40232915", "40252192", "40257077")
NUMBERS = ("121", "737", "107", "48", "69", "2254")
CHARACTERS = (
    "鲸鹿鹤雁狼豹莲桂梧桐槐榆柏樟枫菊荷葵蕉荔柚橙枣栗蝶蝉蚕鲤鲫鲈虾蟹珊瑚贝螺琴筝箫笛鼓钟磬砚墨宣绢绸缎麻棉桑茶瓷陶釉窑碗碟壶杯"
    "篮筐篓帆舵桨锚港湾岬岛礁滩沙丘谷峡瀑泉溪涧潭沼泽雾霜霰雹虹霞曦暮黛绯靛赭"
)


def vocabulary() -> set[str]:
    """Every word of the tables the bot understands by."""
    words = read_table("words.toml")
    held = {
        form
        for group in words.values()
        for listed in group.values()
        for alike in listed
        for word in ([alike] if isinstance(alike, str) else alike)
        for form in forms_of(word)
    }
    synonyms = read_table("synonyms.toml")
    return (
        held | {word for group in synonyms["groups"] for word in group} | set(synonyms["generic"])
    )


def new_names(seed: int) -> dict[str, str]:
    """What each word of the document is called under this renaming."""
    dice = random.Random(seed)
    known = vocabulary()
    used = set("".join(known) + document())
    free = [character for character in dict.fromkeys(CHARACTERS) if character not in used]

    def unused(names: Mapping[str, str], length: int) -> str:
        """So many of the free characters, in an order that no other name holds."""
        taken = "，".join(names.values())
        while (drawn := "".join(dice.sample(free, length))) in taken:
            pass
        return drawn

    names: dict[str, str] = {}
    for subject in SUBJECTS:
        if subject not in known and not any(subject in word for word in known):
            names[subject] = unused(names, len(subject))
    for person in PEOPLE:
        names[person] = dice.choice("欧阮鄢邬") + unused(names, len(person) - 1)
    for phone in PHONES:
        names[phone] = names[f"{phone[:4]}-{phone[4:]}"] = f"6{dice.randrange(10**6, 10**7)}"
    for number, new in zip(NUMBERS, dice.sample(range(310, 990), len(NUMBERS)), strict=True):
        names[f"{number}号"] = f"{new}号"
    return names


def renamed(text: str, names: Mapping[str, str]) -> str:
    """The text with everything called by its new name; whole numbers and tails of phones too."""
    for old in NUMBERS:
        if text == old:
            return names[f"{old}号"].rstrip("号")
    for phone in PHONES:
        text = re.sub(rf"(?<!\d){phone[-4:]}(?!\d)", names[phone][-4:], text)
    longest_first = sorted(names, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, longest_first)), lambda m: names[m.group()], text)


def renamed_turn(turn: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """A question and what is expected of its reply, renamed."""
    return {
        "q": renamed(simplified(width(turn["q"])), names),
        "all_of": [[renamed(text, names) for text in group] for group in turn["all_of"]],
        "none_of": [renamed(text, names) for text in turn["none_of"]],
    }


def document() -> str:
    """The user's document."""
    return "".join(path.read_text("utf-8") for path in SEEDS)
