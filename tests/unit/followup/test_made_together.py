"""Visits of one customer that ask the same at about the same time are made once (E8)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.followup.visits.rules import TOGETHER_WITHIN, Asking, made_together

NOON = datetime.fromisoformat("2026-11-02T12:00:00+08:00")
CUSTOMER = UUID(int=1000)


def asking(number: int, *, hours: float = 0, by: int = 0, purpose: str = "SERVICE_D3", stands: int = 0) -> Asking:
    return Asking(
        UUID(int=number),
        CUSTOMER,
        purpose,
        UUID(int=2000 + (by or number)),
        NOON + timedelta(hours=hours),
        UUID(int=stands) if stands else None,
    )


def ids(made: dict[UUID, UUID]) -> dict[int, int]:
    return {one.int: other.int for one, other in made.items()}


def test_the_first_stands_for_the_others_up_to_72_hours_after_it():
    assert ids(made_together([asking(1), asking(2, hours=72), asking(3, hours=72.1)])) == {2: 1}


def test_other_purposes_and_visits_of_one_record_are_asked_each():
    assert made_together([asking(1), asking(2, purpose="DELIVERY_D3")]) == {}
    assert made_together([asking(1, by=7), asking(2, by=7, hours=1)]) == {}


def test_who_stood_for_another_and_was_made_stands_for_it_still():
    assert ids(made_together([asking(1), asking(2, hours=1, stands=9)])) == {2: 9}


VISITS = st.lists(st.tuples(st.integers(0, 200), st.integers(1, 3)), min_size=1, max_size=12).map(
    lambda drawn: [asking(number + 1, hours=hours, by=by) for number, (hours, by) in enumerate(drawn)]
)


@given(visits=VISITS, chance=st.randoms())
def test_in_any_order_the_same_visits_are_left_out_and_each_has_one_that_is_made(visits, chance):
    made = made_together(visits)
    shuffled = list(visits)
    chance.shuffle(shuffled)
    assert made_together(shuffled) == made
    by_id = {one.id: one for one in visits}
    for one, other in made.items():
        assert other not in made
        assert by_id[one].planned_for != by_id[other].planned_for
        assert timedelta(0) <= by_id[one].due_at - by_id[other].due_at <= TOGETHER_WITHIN
