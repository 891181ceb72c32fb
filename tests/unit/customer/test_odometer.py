"""Whether an odometer reading fits those before it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.process.clock import LOCAL
from contracts.odometer import MOST_KM, MOST_KM_A_DAY, Reading, ReadingStatus, judge
from services.customer.vehicles.rules import CORRECTION, judged

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


@pytest.mark.parametrize(
    ("km", "expected"), [(MOST_KM, "OK"), (MOST_KM + 1, "IMPLAUSIBLE"), (3_000_000, "IMPLAUSIBLE")]
)
def test_a_first_reading_that_no_car_has_is_no_measure_for_the_next(km: int, expected: str) -> None:
    assert verdicts(at(0, km), at(1, 52_000)) == [expected, "LOWER" if expected == "OK" else "OK"]


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


def told(source: str, document: int, days: float, km: int) -> Reading:
    return Reading(START + timedelta(days=days), f"{source}/{document}", km)


MISTYPED = [
    told("repair_order_opened", 1, 0, 520_000),
    told("vehicle_returned", 1, 1, 520_000),
    told("repair_order_opened", 2, 30, 52_900),
    told(CORRECTION, 1, 31, 5_200),
    told(CORRECTION, 1, 32, 52_000),
]


def test_a_corrected_reading_stands_as_it_was_corrected_last_and_the_others_are_judged_by_it() -> None:
    shown = [(one.reading.km, one.status.value, one.told_km) for one in judged(MISTYPED)]
    assert shown == [(52_000, "OK", 520_000), (52_000, "OK", 520_000), (52_900, "OK", None)]
    assert [one.status.value for one in judged(MISTYPED[:3])] == ["OK", "OK", "LOWER"]


def test_a_correction_without_what_it_corrects_waits_for_it() -> None:
    assert judged(MISTYPED[3:]) == []
    assert [one.reading.km for one in judged(MISTYPED[1:2] + MISTYPED[3:])] == [52_000]


def test_a_correction_is_of_its_own_document_alone() -> None:
    other = told("vehicle_delivered", 7, 5, 52_000)
    assert [one.told_km for one in judged([*MISTYPED, other])] == [520_000, 520_000, None, None]


@given(st.randoms())
def test_the_order_in_which_corrections_become_known_does_not_matter(chance) -> None:
    shuffled = [*MISTYPED]
    chance.shuffle(shuffled)
    assert judged(shuffled) == judged(MISTYPED)
