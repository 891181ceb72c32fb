"""How many searches by a number one person makes in a day (R62)."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta

import pytest

from chassis.process.clock import LOCAL
from contracts.gateway.policies import SearchRation
from gateway.errors import SearchLimit
from gateway.search_ration import By, Day, Search, day_of, require

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=LOCAL)
RATION = SearchRation()
NOBODY: frozenset[str] = frozenset()


def search(by: By, number: str, *customers: str) -> Search:
    return Search(by, number, frozenset(customers))


def ask(day: Day, asked: Search, *, now: datetime = NOON) -> int:
    """0 if it is answered, else the seconds to wait."""
    what = f"{asked.by}{asked.typed}".encode()
    if day.knows(what, asked):
        return 0
    try:
        require(day, asked, ration=RATION, now=now)
    except SearchLimit as refusal:
        return int(str(refusal.details["retry_after"]))
    day.note(what, asked, now=now)
    return 0


def test_a_reception_s_day_is_answered_and_a_thousand_people_s_is_not() -> None:
    day = Day(day_of(NOON))
    waits = [ask(day, search(By.TAIL, f"{number:04d}", f"customer {number}")) for number in range(1000)]
    assert [wait > 0 for wait in waits] == [False] * 300 + [True] * 700
    assert waits[-1] == 12 * 3600, "until midnight"


def test_the_same_asking_costs_once_found_or_not() -> None:
    day = Day(day_of(NOON))
    for _ in range(500):
        assert ask(day, search(By.TAIL, "5678", "he")) == 0
        assert ask(day, search(By.CARD, "4403", *NOBODY)) == 0
    assert (len(day.given), len(day.missed[By.CARD])) == (1, 1)


def test_who_is_new_behind_the_same_number_is_given_anew() -> None:
    day = Day(day_of(NOON))
    ask(day, search(By.TAIL, "5678", "he"))
    assert not day.knows(b"mobile_tail5678", search(By.TAIL, "5678", "he", "she"))
    ask(day, search(By.TAIL, "5678", "he", "she"))
    assert day.knows(b"mobile_tail5678", search(By.TAIL, "5678", "he"))


def test_what_another_process_gave_costs_nothing_here() -> None:
    day = Day(day_of(NOON), given={b"mobile_tail5678": None})
    assert day.knows(b"mobile_tail5678", search(By.TAIL, "5678", "he"))
    assert not day.knows(b"mobile_tail5678", search(By.TAIL, "5678", "she"))


@pytest.mark.parametrize(("by", "hour"), [(By.CARD, 10), (By.PHONE, 30)])
def test_whole_numbers_that_nobody_has_run_out_within_the_hour(by: By, hour: int) -> None:
    day = Day(day_of(NOON))
    for number in range(hour):
        assert ask(day, search(by, str(number)), now=NOON + timedelta(minutes=number)) == 0
    late = NOON + timedelta(minutes=45)
    assert ask(day, search(by, "the next"), now=late) == 15 * 60, "until the first is an hour old"
    assert ask(day, search(by, "the next"), now=NOON + timedelta(hours=1)) == 0


@pytest.mark.parametrize("by", [By.CARD, By.PHONE])
def test_a_refusal_does_not_tell_whether_somebody_has_the_number(by: By) -> None:
    day = Day(day_of(NOON))
    for number in range(30):
        ask(day, search(by, str(number)))
    assert ask(day, search(by, "miss")) == ask(day, search(by, "hit", "he")) > 0
    assert ask(day, search(By.TAIL, "5678", "he")) == 0, "the desk goes on by the last four"


def test_a_day_s_patience_does_not_help_either() -> None:
    day = Day(day_of(NOON))
    begun = NOON.replace(hour=0)
    waits = [
        ask(day, search(By.CARD, f"{hour}-{number}"), now=begun + timedelta(hours=hour, minutes=number))
        for hour in range(0, 20, 2)
        for number in range(10)
    ]
    assert sum(wait == 0 for wait in waits) == 40


def test_the_last_hour_of_yesterday_counts_in_the_first_of_today() -> None:
    midnight = NOON.replace(hour=0)
    day = Day(day_of(midnight))
    day.missed[By.CARD] = {bytes([number]): midnight - timedelta(minutes=5) for number in range(10)}
    assert ask(day, search(By.CARD, "next"), now=midnight) == 55 * 60
    assert ask(day, search(By.CARD, "next"), now=midnight + timedelta(minutes=55)) == 0


def test_a_ration_of_nothing_gives_nothing() -> None:
    day = Day(day_of(NOON))
    for by in (By.PHONE, By.CARD):
        with pytest.raises(SearchLimit):
            require(day, search(by, "1"), ration=SearchRation(*(0 for _ in fields(SearchRation))), now=NOON)


@pytest.mark.parametrize(("before", "many", "hours"), [(0, 30, 0), (0, 31, 1), (20, 10, 0), (20, 11, 1), (29, 2, 1)])
def test_many_in_one_go_are_as_many_as_one_after_the_other(before: int, many: int, hours: int) -> None:
    day, wait = Day(day_of(NOON)), 0
    for number in range(before):
        assert ask(day, search(By.PHONE, str(number), *NOBODY)) == 0
    try:
        require(day, search(By.PHONE, "", *NOBODY), ration=RATION, now=NOON, many=many)
    except SearchLimit as refusal:
        wait = int(str(refusal.details["retry_after"]))
    assert wait == hours * 3600


def test_many_wait_until_enough_of_the_hour_is_over() -> None:
    day = Day(day_of(NOON))
    for minute in range(20):
        ask(day, search(By.PHONE, str(minute), *NOBODY), now=NOON + timedelta(minutes=minute))
    with pytest.raises(SearchLimit) as refusal:
        now = NOON + timedelta(minutes=20)
        require(day, search(By.PHONE, "", *NOBODY), ration=RATION, now=now, many=15)
    assert refusal.value.details["retry_after"] == 44 * 60, "the first five are older than an hour then"
