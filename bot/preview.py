"""`python -m bot preview`: answers as a phone would show them, 360 px wide, as one HTML page."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from bot.render.html import render_html
from bot.render.layout import has_table
from bot.render.rich import render_rich
from bot.render.words import say

if TYPE_CHECKING:
    from bot.answer import Answer
    from bot.settings import Settings

PAGE = """<!doctype html><meta charset="utf-8"><title>preview</title>
<style>
body {{ margin: 0; background: #d6e2ee; font: 15px/1.38 "Noto Sans CJK SC", sans-serif; }}
.phone {{ width: 360px; padding: 8px; box-sizing: border-box; }}
.asked, .said {{ border-radius: 12px; padding: 7px 10px; margin: 6px 0; overflow-wrap: anywhere; }}
.asked {{ background: #e3fbcf; margin-left: 60px; }}
.said {{ background: #fff; margin-right: 24px; white-space: pre-wrap; }}
.rich {{ white-space: normal; margin-right: 0; overflow-x: auto; }}
.rich p {{ margin: 4px 0; }}
table {{ border-collapse: collapse; font-size: 13px; }}
td, th {{ border: 1px solid #b8c4cf; padding: 3px 5px; text-align: left; }}
tr:nth-child(even) {{ background: #f3f6f9; }}
blockquote {{ margin: 4px 0; padding-left: 8px; border-left: 3px solid #5288c1; }}
blockquote[expandable] {{ max-height: 5.6em; overflow: hidden; }}
footer, i {{ color: #667; font-size: 13px; }}
.keys {{ display: flex; gap: 4px; margin-bottom: 4px; }}
.keys span {{ flex: 1; background: #7d9bb8; color: #fff; border-radius: 8px; text-align: center;
  padding: 6px 4px; font-size: 13px; }}
.keys .off {{ opacity: .45; }}
</style><div class="phone">{rows}</div>"""


async def draw(settings: Settings, questions: Sequence[str], target: Path) -> int:
    """Answer the questions and write the page."""
    from bot.opening import opened

    async with opened(settings) as parts:
        rows = [bubble(text, (await parts.desk.ask(text)).answer) for text in questions]
    await asyncio.to_thread(target.write_text, PAGE.format(rows="\n".join(rows)), "utf-8")
    print(say("terminal.saved", path=target))
    return 0


def bubble(question: str, answer: Answer) -> str:
    """A question and its answer with the buttons."""
    rich = render_rich(answer) if has_table(answer) else None
    kind = "said rich" if rich else "said"
    body = rich or render_html(answer)
    return f'<div class="asked">{escape(question)}</div><div class="{kind}">{body}</div>' + _keys(
        answer, bool(rich)
    )


def _keys(answer: Answer, is_rich: bool) -> str:
    from bot.telegram.keyboards import Manner, keyboard

    manner = Manner(is_rich=is_rich, pictures=True, feedback=True, exports=True)
    markup = keyboard(answer, manner)
    rows = []
    for row in markup.inline_keyboard if markup else ():
        keys = (_key(key.text, off=key.disabled is not None) for key in row)
        rows.append(f'<div class="keys">{"".join(keys)}</div>')
    return "".join(rows)


def _key(text: str, *, off: bool) -> str:
    state = "off" if off else "on"
    return f'<span class="{state}">{escape(text)}</span>'
