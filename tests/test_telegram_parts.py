"""The small parts of the surfaces, each against the promise it makes."""

from __future__ import annotations

import inspect
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram_desk import amount, indicators, passage
from telegram_rules import check_rich, check_text

import bot
import registry.errors
from bot.answer import Answer, Do, Fact, Headline, Outcome, Passage, Phrase, Step
from bot.render.files import comma_separated, list_table, workbook
from bot.render.fonts import font
from bot.render.guard import UnsupportedNumber, hold
from bot.render.html import render_html
from bot.render.picture import draw_sheet
from bot.render.rich import render_rich
from bot.render.text import render_text
from bot.render.words import keys, say
from bot.settings import FaultySettings, read_settings
from bot.telegram.callbacks import Press, UnreadableButton, pack, unpack
from bot.telegram.errors import PHRASES, phrase_for
from bot.telegram.logs import redacted
from registry.plan import Indicator, Plan

FIELDS = ("", "total", "higher_level_grants", "supervising_department", "budget_execution_weight")
PLAN = Plan(
    name="=河道清淤项目",
    title="某区2024年重点专项绩效目标表",
    amount_unit="万元",
    total=Decimal("77.87"),
    contact_person="李冬霞",
    contact_phone="02340232915",
    overview="清淤。" * 300,
    indicators=(Indicator(ordinal=1, name="清淤长度", target="8000", points=Decimal(30)),),
)


@given(
    st.sampled_from(list(Do)),
    st.integers(0, 10**12),
    st.sampled_from(FIELDS),
    st.integers(0, 9999),
    st.integers(0, 9999),
    st.none() | st.integers(1, 10**11),
)
def test_every_step_fits_a_button_and_comes_back(
    do: Do, project: int, field: str, item: int, page: int, owner: int | None
) -> None:
    step = Step("", do, project, field, item, page)
    assert unpack(pack(step, owner)) == Press(step, owner)


@given(st.text(max_size=80))
def test_no_button_data_makes_unpacking_fail_otherwise(data: str) -> None:
    try:
        unpack(data)
    except UnreadableButton:
        return


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=6000), st.booleans())
def test_whatever_a_sheet_says_is_accepted_by_telegram(text: str, fold: bool) -> None:
    if not text.strip() or any("\ud800" <= char <= "\udfff" for char in text):
        return
    head = Headline((Phrase("概况"),))
    block = Passage(Fact(text), title=(Phrase("项目概况"),), fold=fold)
    answer = Answer("field", Outcome.ANSWERED, (head, block))
    if "\x00" not in text:
        check_text(render_html(answer), "HTML")
    check_text(render_text(answer), None)
    if (rich := render_rich(answer)) is not None:
        check_rich({"html": rich})


def test_a_number_is_held_whole() -> None:
    for text in ("77.87", "共 77.87 万元", "2026-11-20"):
        assert hold(amount(), text) == text
    for text in ("77.8", "7.87", "77.877", "78", "1778.7"):
        with pytest.raises(UnsupportedNumber):
            hold(amount(), text)


def test_a_cut_never_goes_through_a_number() -> None:
    text = "清淤长度八千米" * 3 + "1908.78"
    answer = replace(passage(), blocks=(Headline((Fact(text * 300),)),))
    assert len(render_text(answer)) <= 4096


def test_every_error_has_a_phrase_of_its_own_language() -> None:
    for _, cls in inspect.getmembers(registry.errors, inspect.isclass):
        if cls.__module__ == "registry.errors":
            assert cls in PHRASES
    assert phrase_for(RuntimeError("secret")) == say("error.unexpected")


def test_every_phrase_is_used_and_every_used_phrase_is_there() -> None:
    code = "\n".join(path.read_text("utf-8") for path in Path(bot.__file__).parent.rglob("*.py"))
    used = set(re.findall(r'"((?:[a-z_]+)\.[a-z_0-9]+)"', code))
    families = {"place", "picture", "command", "command_en", "role", "file"}
    unused = {key for key in keys() if key not in used and key.split(".")[0] not in families}
    assert unused == set()
    missing = set(re.findall(r'say\(\s*"([a-z_.]+)"', code)) - keys()
    assert missing == set()


def test_no_fixed_phrase_holds_a_digit() -> None:
    assert [key for key in keys() if re.search(r"\d", say(key))] == []


def test_all_faulty_settings_are_named_at_once(tmp_path: Path) -> None:
    given = {"BOT_TOKEN": "x", "BOT_ADMINS": "a", "BOT_LISTEN": "9", "BOT_ACCESS": "some"}
    with pytest.raises(FaultySettings) as faults:
        read_settings(given)
    for name in given:
        assert name in str(faults.value)
    assert "not a bot token" in str(faults.value)


def test_secrets_come_from_files_too(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("123456789:AAF-test-token_of_the_loopback_server00\n")
    settings_read = read_settings({"BOT_TOKEN_FILE": str(file)})
    assert settings_read.token is not None
    assert "AAF" not in repr(settings_read)


def test_logs_hold_neither_tokens_nor_phones() -> None:
    said = redacted(
        "123456789:AAF-test-token_of_the_loopback_server00 023-40232915 13812345678 77.87"
    )
    assert said == "<token> <phone> <phone> 77.87"


def test_a_spreadsheet_gets_no_formula_and_keeps_phones() -> None:
    text = comma_separated(list_table([PLAN])).decode("utf-8-sig")
    assert "\t=河道清淤项目" in text
    assert "\t02340232915" in text
    assert b"<f>" not in workbook(list_table([PLAN]), ["来源"])


def test_a_sheet_as_a_picture_lacks_no_glyph() -> None:
    words = "≥≤＝〔2017〕《》“”①★√—％℃㎡" + (PLAN.title or "") + PLAN.name
    empty, *drawn = (bytes(font(24).getmask(char)) for char in ("\U0010fffd", *set(words)))
    assert empty not in drawn
    assert draw_sheet(PLAN, "来源：plans.txt")[:4] == b"\x89PNG"


def test_indicators_are_a_table_of_short_columns() -> None:
    html = render_rich(indicators()) or ""
    assert html.count("<tr>") == 4
