"""The years that a question names: 2024年, 去年."""

from __future__ import annotations

from typing import TypedDict

from bot.question.analysis import Part
from bot.question.sources import Sources


class Said(TypedDict):
    """The years said, in order, and the one that a question is about."""

    years: tuple[int, ...]
    year: int | None


async def years_said(part: Part, sources: Sources) -> Said:
    """The years that a part names.

    今年 is the year of today where its sheets are loaded, else the newest loaded: until the new
    sheets come an office speaks of those at hand. 去年 is the year before that one.
    """
    found: list[tuple[int, int]] = [
        (t.start, t.value) for t in part.of("year") if isinstance(t.value, int)
    ]
    relative = part.words("year")
    if not (found or relative):
        return Said(years=(), year=None)
    loaded = [year for year, _ in await sources.years() if year is not None]
    today = sources.today().year
    now = today if today in loaded or not loaded else max(loaded)
    for token in relative:
        for group, offset in token.senses:
            if group == "year":
                found.append((token.start, now + int(offset)))
    years = tuple(dict.fromkeys(year for _, year in sorted(found)))
    # Sheets that state no year count as the newest: 今年 must not leave them out.
    of_now = not part.of("year") and loaded and years == (max(loaded),)
    if not loaded and not part.of("year") and years == (now,):
        return Said(years=(), year=None)
    return Said(years=years, year=None if of_now else years[0])
