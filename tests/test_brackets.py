"""Which step of a scale that a passage states holds a figure, at its bounds above all."""

from __future__ import annotations

from decimal import Decimal

import pytest

from registry.brackets import scales

CARS = "按成交价分三档：5万元（含）至10万元的每辆补2000元，10万元（含）至20万元的每辆补3000元，20万元及以上的每辆补5000元"
MARKS = "得分90分（含）以上的全额拨付，80分（含）至90分的拨付95%，60分（含）至80分的拨付85%，60分以下的不予拨付"
AGES = "标准为80—89周岁每人每月50元，90—99周岁每人每月100元，100周岁及以上每人每月300元"


@pytest.mark.parametrize(
    ("text", "value", "says"),
    [
        (CARS, 150_000, "补3000元"),
        (CARS, 100_000, "补3000元"),
        (CARS, 200_000, "补5000元"),
        (CARS, 49_999, None),
        (MARKS, 90, "全额拨付"),
        (MARKS, 60, "拨付85%"),
        (MARKS, 59, "不予拨付"),
        (AGES, 89, "50元"),
        (AGES, 90, "100元"),
        (AGES, 100, "300元"),
        ("10万元至20万元的补1万元，20万元至30万元的补2万元", 200_000, None),
    ],
)
def test_the_step_that_holds_a_figure(text: str, value: int, says: str | None) -> None:
    """A bound that two steps share belongs to the one that says 含 or 及; to neither where none does."""
    [(_, steps)] = scales(text)
    holding = [text[s.span.start : s.span.end] for s in steps if s.holds(Decimal(value))]
    assert [says in words for words in holding] == ([True] if says else [])


def test_figures_that_are_no_scale() -> None:
    assert not list(scales("每次赔偿限额为500万元，每年累计赔偿限额为2000万元"))
    assert not list(scales("工期为3月至5月，10万元及以下的个人贷款免除反担保"))
