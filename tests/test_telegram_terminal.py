"""The terminal runs the same handlers as Telegram."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from telegram_desk import StubDesk

from bot.app import build_terminal
from bot.commands import read_conversations
from bot.settings import read_settings

ROOT = Path(__file__).parent.parent


@pytest.fixture
def terminal() -> Any:
    return build_terminal(read_settings({}), StubDesk())


async def test_a_question_prints_the_figure_first_and_the_source_last(terminal: Any) -> None:
    [shown] = await terminal.say("河道多少钱", 1)
    lines = shown.text.splitlines()
    assert lines[0] == "河道清淤项目总资金额：77.87万元"
    assert lines[-1] == "来源：plans.txt · 重点专项绩效目标表（第1个表第5行） · 2026-11-20 载入"


async def test_a_group_conversation_is_addressed_to_the_bot(terminal: Any) -> None:
    [shown] = await terminal.say("河道多少钱", 7, group=True)
    assert "77.87万元" in shown.text


async def test_candidates_are_lines_and_other_buttons_are_not(terminal: Any) -> None:
    [asked_back] = await terminal.say("哪个", 1)
    assert "- 河道清淤项目 · 77.87万元" in asked_back.text.splitlines()
    [answered] = await terminal.say("多少钱", 1)
    assert "立项依据" not in answered.text


async def test_choosing_a_candidate_answers(terminal: Any) -> None:
    [asked_back] = await terminal.say("哪个", 1)
    [shown] = await terminal.tap(asked_back, asked_back.buttons[0], 1)
    assert "77.87万元" in shown.text


async def test_conversations_do_not_share_their_context(terminal: Any) -> None:
    await terminal.say("多少钱", 1)
    [same] = await terminal.say("之前问了什么", 1)
    [other] = await terminal.say("之前问了什么", 2)
    assert "多少钱" in same.text
    assert "没有" in other.text


def test_answers_that_nobody_reads_on_end_quietly(tmp_path: Path) -> None:
    """As in `python -m bot ask … | head -1`, when head has gone."""
    database = f"sqlite+aiosqlite:///{tmp_path / 'registry.db'}"
    asking = subprocess.Popen(
        [sys.executable, "-m", "bot", "ask", "河道多少钱"],
        cwd=ROOT, env={**os.environ, "DATABASE_URL": database, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert asking.stdout is not None
    asking.stdout.close()
    assert "Traceback" not in asking.communicate(timeout=60)[1]
    assert asking.returncode == 0


def test_a_broken_line_of_conversations_is_named(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps({"id": "a", "turns": [{"q": "?"}]}) + "\n{}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 2"):
        list(read_conversations(source))
