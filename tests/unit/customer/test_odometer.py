"""Whether an odometer reading fits those before it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import LOCAL
from contracts.customer.vehicles import ReadingStatus
from services.customer.rules.odometer import MOST_KM_A_DAY, Reading, judge

START = datetime(2026, 11, 2, 9, 0, tzinfo=LOCAL)


def at(days: float, km: int) -> Reading:
    return Reading(START + timedelta(days=days), f"{days}/{km}", km)


def verdicts(*readings: Reading) -> list[ReadingStatus]:
    judged = judge(readings)
    return [judged[one] for one in readings]


@pytest.mark.parametrize(
    ("days", "km", "expected"),
    [
        (10, 10_000 - 1, "OK"),
        (10, 10_000, "OK"),
        (10, 10_000 + 1, "IMPLAUSIBLE"),
        (0.1, MOST_KM_A_DAY, "OK"),
        (0.1, MOST_KM_A_DAY + 1, "IMPLAUSIBLE"),
        (10, 0, "OK"),
    ],
)
def test_nobody_drives_more_than_a_thousand_kilometres_a_day(days: float, km: int, expected: str) -> None:
    assert verdicts(at(0, 500), at(days, 500 + km)) == ["OK", expected]


@pytest.mark.parametrize(("km", "expected"), [(499, "LOWER"), (500, "OK"), (501, "OK")])
def test_an_odometer_does_not_run_backwards(km: int, expected: str) -> None:
    assert verdicts(at(0, 500), at(1, km)) == ["OK", expected]


def test_what_does_not_fit_is_no_measure_for_the_next() -> None:
    found = verdicts(at(0, 100), at(1, 90_000), at(2, 200), at(3, 50), at(4, 250))
    assert found == ["OK", "IMPLAUSIBLE", "OK", "LOWER", "OK"]


def test_no_reading_is_judged_if_there_is_none() -> None:
    assert judge([]) == {}


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30_000)), max_size=12), st.randoms())
def test_the_order_of_arrival_does_not_matter_and_the_fitting_ones_never_fall(told, chance) -> None:
    readings = [at(days, km) for days, km in told]
    judged = judge(readings)
    chance.shuffle(readings)
    assert judge(readings) == judged
    fitting = [one.km for one in sorted(judged) if judged[one] is ReadingStatus.OK]
    assert fitting == sorted(fitting)
