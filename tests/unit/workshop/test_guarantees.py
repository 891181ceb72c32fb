"""What the law counts of a car's repairs: begun days by the calendar; day thirty-one and repair five (C9)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from chassis.process.clock import LOCAL
from contracts.workshop.guarantees import Count, Counter, CounterLevel
from contracts.workshop.jobs import FaultGroup
from services.workshop.guarantees.rules import Terms, Visit, counts, days_of, is_worse, law_of, level_of

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=LOCAL)
SOLD = date(2026, 1, 10)
TERMS = Terms(24, 50_000, 36, 60_000)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOMENT = timedelta(microseconds=1)


def visit(
    took: timedelta | None = 2 * HOUR,
    *,
    no: int = 1,
    ago: timedelta = 30 * DAY,
    group: FaultGroup = FaultGroup.GEARBOX,
    km: int | None = 10_000,
) -> Visit:
    since = NOW - ago
    return Visit(UUID(int=no), since, None if took is None else since + took, frozenset({group}), km)


def found(*visits: Visit, runs_from: date | None = SOLD) -> list[Count]:
    return counts(visits, runs_from=runs_from, terms=TERMS, now=NOW)


@pytest.mark.parametrize(
    ("took", "days"),
    [(timedelta(0), 1), (2 * HOUR, 1), (24 * HOUR, 1), (24 * HOUR + MOMENT, 2), (5 * DAY, 5), (5 * DAY + HOUR, 6)],
)
def test_a_repair_of_less_than_a_day_is_a_day_and_begun_days_are_whole(took: timedelta, days: int) -> None:
    assert days_of(visit(took), now=NOW) == days


def test_three_visits_of_two_hours_are_three_days_and_three_repairs() -> None:
    three = [visit(no=no, ago=timedelta(days=no)) for no in (1, 2, 3)]
    assert found(*three) == [
        Count(Counter.DAYS, CounterLevel.NONE, 3, 30),
        Count(Counter.REPAIRS, CounterLevel.NEAR, 3, 4, FaultGroup.GEARBOX),
    ]


@pytest.mark.parametrize(
    ("count", "limit", "level"),
    [
        (20, 30, "none"), (21, 30, "near"), (30, 30, "near"), (31, 30, "reached"),
        (2, 4, "none"), (3, 4, "near"), (4, 4, "near"), (5, 4, "reached"),
        (24, 35, "none"), (25, 35, "near"), (35, 35, "near"), (36, 35, "reached"),
        (3, 5, "none"), (4, 5, "near"), (5, 5, "near"), (6, 5, "reached"),
    ],
)  # fmt: skip
def test_the_day_and_the_repair_after_the_limit_fire(count: int, limit: int, level: str) -> None:
    assert level_of(count, limit=limit) is CounterLevel(level)


@pytest.mark.parametrize(
    ("runs_from", "rule"),
    [
        (date(2012, 1, 1), "2013"), (date(2021, 12, 31), "2013"), (date(2022, 1, 1), "2022"), (SOLD, "2022"),
        (None, "2022"),
    ],
)  # fmt: skip
def test_a_car_is_judged_by_the_rule_it_was_sold_under(runs_from: date | None, rule: str) -> None:
    assert law_of(runs_from).code == rule


@pytest.mark.parametrize(
    ("took", "level"),
    [(4 * DAY, "none"), (4 * DAY + MOMENT, "near"), (5 * DAY, "near"), (5 * DAY + MOMENT, "reached")],
    ids=["day 4", "day 5 begins", "day 5 ends", "day 6"],
)
def test_a_courtesy_car_is_warned_of_on_the_fifth_day_and_due_from_the_sixth(took: timedelta, level: str) -> None:
    *_, courtesy = found(visit(None, ago=took))
    assert (courtesy.counter, courtesy.level) == (Counter.COURTESY, CounterLevel(level))
    assert courtesy.ro_id == UUID(int=1)
    assert all(one.counter is not Counter.COURTESY for one in found(visit(took, ago=took))), "it is done"


@pytest.mark.parametrize(
    ("runs_from", "km", "counters"),
    [
        (NOW.date() - timedelta(days=700), 10_000, {"days", "repairs", "courtesy"}),
        (NOW.date() - timedelta(days=700), 50_001, {"courtesy"}),
        (NOW.date() - timedelta(days=700), 60_001, set()),
        (NOW.date() - timedelta(days=800), 10_000, {"courtesy"}),
        (NOW.date() - timedelta(days=1_200), 10_000, set()),
        (None, 10_000, {"days", "repairs", "courtesy"}),
        (NOW.date() - timedelta(days=700), None, {"days", "repairs", "courtesy"}),
    ],
    ids=["both run", "50 000 km", "60 000 km", "two years", "three years", "sold by others", "reading in doubt"],
)
def test_each_guarantee_ends_by_its_months_or_its_kilometres(
    runs_from: date | None, km: int | None, counters: set[str]
) -> None:
    assert {one.counter.value for one in found(visit(None, ago=DAY, km=km), runs_from=runs_from)} == counters


def test_of_a_car_that_others_sold_the_last_two_years_are_counted() -> None:
    assert found(visit(ago=timedelta(days=729)), runs_from=None) != []
    assert found(visit(ago=timedelta(days=740)), runs_from=None) == []


def test_each_level_is_told_once() -> None:
    order = [CounterLevel.NONE, CounterLevel.NEAR, CounterLevel.REACHED]
    assert [[is_worse(one, than=other) for other in order] for one in order] == [
        [False, False, False], [True, False, False], [True, True, False],
    ]  # fmt: skip
