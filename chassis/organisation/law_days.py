"""The days on which the law lets people rest or work otherwise than the week says: holidays and 调休.

`law_days.json` beside it has them, taken from a kept library (`deploy/law_days.py`). Of a year that was not announced
yet it has the holidays that the law itself gives; nobody knows yet which weekends will be worked for them.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

import orjson


class _LawDays(NamedTuple):
    announced: frozenset[int]
    holidays: dict[date, str]
    makeup_days: frozenset[date]


def holiday(day: date) -> str | None:
    """The name of the holiday that a day is part of, `春节`; None on other days."""
    return _law_days().holidays.get(day)


def is_makeup_day(day: date) -> bool:
    """True for a Saturday or Sunday that is worked for a day of a holiday (调休)."""
    return day in _law_days().makeup_days


def is_announced(year: int) -> bool:
    """True if the State Council's notice for this year is known; before, its days are provisional."""
    return year in _law_days().announced


@cache
def _law_days() -> _LawDays:
    kept = orjson.loads(Path(__file__).with_suffix(".json").read_bytes())
    named: dict[date, str] = {}
    for first, last, name in kept["holidays"]:
        begins, ends = date.fromisoformat(first), date.fromisoformat(last)
        named |= {begins + timedelta(days=number): name for number in range((ends - begins).days + 1)}
    made_up = frozenset(date.fromisoformat(day) for day in kept["makeup_days"])
    return _LawDays(frozenset(kept["announced"]), named, made_up)
