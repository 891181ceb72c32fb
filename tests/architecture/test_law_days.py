"""The law's days are those the library knows, and those of the notices."""

from __future__ import annotations

from datetime import date

import pytest

from chassis.organisation import law_days
from deploy.law_days import FILE, text


def test_the_file_is_what_the_library_knows() -> None:
    assert FILE.read_text("utf-8") == text(), "the library knows another year: make law-days, and read what changed"


@pytest.mark.parametrize(
    ("first", "last", "name", "worked"),
    [
        (date(2002, 2, 12), date(2002, 2, 18), "春节", (date(2002, 2, 9), date(2002, 2, 10))),
        (date(2006, 1, 1), date(2006, 1, 3), "元旦", (date(2005, 12, 31),)),
        (date(2019, 5, 1), date(2019, 5, 4), "劳动节", (date(2019, 4, 28), date(2019, 5, 5))),
        (date(2020, 1, 24), date(2020, 2, 2), "春节、春节延长假期", (date(2020, 1, 19),)),
        (date(2025, 5, 1), date(2025, 5, 5), "劳动节", (date(2025, 4, 27),)),
        (date(2026, 2, 15), date(2026, 2, 23), "春节", (date(2026, 2, 14), date(2026, 2, 28))),
        (date(2025, 10, 1), date(2025, 10, 8), "国庆节、中秋节", (date(2025, 9, 28), date(2025, 10, 11))),
    ],
)
def test_holidays_are_as_long_as_their_notices_say(
    first: date, last: date, name: str, worked: tuple[date, ...]
) -> None:
    days = [date.fromordinal(number) for number in range(first.toordinal() - 1, last.toordinal() + 2)]
    assert [law_days.holiday(day) for day in days] == [None, *[name] * (len(days) - 2), None]
    assert all(law_days.is_makeup_day(day) for day in worked)
    assert not any(law_days.is_makeup_day(day) for day in days[1:-1])


def test_a_year_that_was_not_announced_has_the_holidays_of_the_law_and_says_so() -> None:
    assert not law_days.is_announced(2090)
    assert law_days.holiday(date(2090, 10, 1)) == "国庆节"
    assert law_days.holiday(date(2090, 1, 30)) == "春节", "by the moon"
    assert all(law_days.is_announced(year) for year in range(2001, 2027))


def test_before_and_after_all_that_is_known_there_is_the_week() -> None:
    for day in (date(1900, 10, 1), date(2150, 10, 1)):
        assert law_days.holiday(day) is None
        assert not law_days.is_makeup_day(day)
        assert not law_days.is_announced(day.year)
