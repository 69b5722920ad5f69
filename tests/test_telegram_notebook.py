"""What a killed process had in hand, as the next one finds it."""

from __future__ import annotations

from pathlib import Path

from aiogram.types import Update

from bot.operations.journal import Notebook
from bot.operations.marks import PLACES


def update(number: int) -> Update:
    chat = {"id": 5, "type": "private", "first_name": "张三"}
    message = {"message_id": number, "date": 1, "chat": chat, "text": "打非多少钱"}
    return Update.model_validate({"update_id": number, "message": message})


def in_hand(*numbers: int) -> dict[int, Update]:
    return {number: update(number) for number in numbers}


def found(file: Path) -> list[int]:
    return [update.update_id for update in Notebook(file).left_over()]


def test_what_is_in_hand_is_there_after_a_kill_and_what_is_done_with_is_not(tmp_path: Path) -> None:
    notebook = Notebook(tmp_path / "n")
    notebook.note(in_hand(1, 2))
    notebook.note(in_hand(2, 3))
    assert {2, 3} <= set(found(tmp_path / "n"))
    assert Notebook(tmp_path / "n").left_over()[1] == update(2)
    notebook.note({})
    assert found(tmp_path / "n") == []


def test_what_was_left_over_stays_until_it_is_in_hand_again(tmp_path: Path) -> None:
    Notebook(tmp_path / "n").note(in_hand(1, 2))
    following = Notebook(tmp_path / "n")
    following.note({})
    assert found(tmp_path / "n") == [1, 2]
    following.note(in_hand(1, 2, 3))
    assert found(tmp_path / "n") == [1, 2, 3]


def test_a_line_cut_by_the_kill_is_passed_over(tmp_path: Path) -> None:
    Notebook(tmp_path / "n").note(in_hand(1, 2))
    content = (tmp_path / "n").read_bytes()
    (tmp_path / "n").write_bytes(content[:-20])
    assert found(tmp_path / "n") == [1]


def test_no_more_is_kept_of_what_is_answered_than_there_are_marks(tmp_path: Path) -> None:
    notebook = Notebook(tmp_path / "n")
    for number in range(1, 3 * PLACES):
        notebook.note(in_hand(0, number))
    kept = found(tmp_path / "n")
    assert kept[0] == 0
    assert 3 * PLACES - 1 in kept
    assert len(kept) <= PLACES // 2 + 2
