"""`python -m deploy.law_days`: the law's holidays and make-up days, for `chassis/organisation/law_days.json`.

Taken from `holidays`, which follows the State Council's notices. Done anew when the library knows another year, which
is some weeks before that year begins; a test says when it is time (docs/decisions/0025).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta
from pathlib import Path

import holidays
import orjson

FILE = Path(__file__).resolve().parents[1] / "chassis" / "organisation" / "law_days.json"
FIRST, LAST = 2001, 2099
"""Before the first no notice moved a day; after the last nothing of ours lies."""

DAY = timedelta(days=1)
_REMARK = re.compile(r"（.*?）")
_MOVED = "休息日"
"""What the library calls a day off that was changed for a working weekend."""
_EVE, _FESTIVAL = "农历除夕", "春节"


def text() -> str:
    """The file: which years were announced, each holiday from its first day to its last, and the make-up days."""
    known = holidays.country_holidays("CN", years=range(FIRST - 1, LAST + 2), language="zh_CN")
    makeup = sorted(day for day in known.weekend_workdays if FIRST <= day.year <= LAST)
    announced = sorted({day.year for day in makeup})
    lines = [
        '{"announced": ' + _json(announced) + ",",
        '"holidays": [\n' + ",\n".join(_json(block) for block in _blocks(known, announced)) + "],",
        '"makeup_days": [\n' + ",\n".join(_json(day) for day in makeup) + "]}",
    ]
    return "\n".join(lines) + "\n"


def _blocks(known: holidays.HolidayBase, announced: Collection[int]) -> Iterator[tuple[date, date, str]]:
    """First day, last day and name of each run of days off that has a holiday in it.

    Weekends within it and at its ends are part of it, as notices count them: 春节, 15 to 23 February. Of a year that
    was not announced nobody knows them.
    """

    def off(day: date) -> bool:
        weekend = day.weekday() > 4 and day.year in announced and day not in known.weekend_workdays
        return day in known or weekend

    day = date(FIRST, 1, 1)
    while day.year <= LAST:
        if day in known:
            first, last = _end(day, -DAY, off), _end(day, DAY, off)
            yield first, last, _name(known, first, last)
            day = last
        day += DAY


def _end(day: date, step: timedelta, off: Callable[[date], bool]) -> date:
    while off(day + step):
        day += step
    return day


def _name(known: holidays.HolidayBase, first: date, last: date) -> str:
    """The names of the holidays in the run, each once: 国庆节、中秋节."""
    days = (first + DAY * number for number in range((last - first).days + 1))
    said = [_REMARK.sub("", name) for day in days if day in known for name in known[day].split("; ")]
    names = [name for name in dict.fromkeys(said) if name != _MOVED]
    if _FESTIVAL in names:
        names = [name for name in names if name != _EVE]
    return "、".join(names)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
