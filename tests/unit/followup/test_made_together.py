"""Visits of one customer that are made in one call, and those that are not (E8, C12)."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import combinations
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contracts.customer.operations import Channel
from services.followup.visits.rules import TOGETHER_WITHIN, Asking, made_together

NOON = datetime.fromisoformat("2026-11-02T12:00:00+08:00")
CUSTOMER = UUID(int=1000)
WITH = {"FIXED": frozenset({"THANKS", "HOW"}), "THANKS": frozenset({"FIXED"}), "HOW": frozenset({"FIXED"})}
"""Thanks, and how it was, may each be asked with whether it was fixed; not with one another."""


def asking(
    number: int,
    *,
    hours: float = 0,
    by: int = 0,
    purpose: str = "SERVICE_D3",
    channel: Channel = Channel.CALL,
    stands: int = 0,
) -> Asking:
    return Asking(
        UUID(int=number),
        CUSTOMER,
        purpose,
        UUID(int=2000 + (by or number)),
        NOON + timedelta(hours=hours),
        channel,
        WITH.get(purpose, frozenset()),
        UUID(int=stands) if stands else None,
    )


def ids(made: dict[UUID, UUID]) -> dict[int, int]:
    return {one.int: other.int for one, other in made.items()}


def test_the_first_stands_for_the_others_up_to_72_hours_after_it():
    assert ids(made_together([asking(1), asking(2, hours=72), asking(3, hours=72.1)])) == {2: 1}


def test_other_purposes_and_visits_of_one_record_are_asked_each():
    assert made_together([asking(1), asking(2, purpose="DELIVERY_D3")]) == {}
    assert made_together([asking(1, by=7), asking(2, by=7, hours=1)]) == {}


def test_purposes_that_may_be_asked_together_are_of_one_record_too():
    assert ids(made_together([asking(1, by=7, purpose="FIXED"), asking(2, by=7, purpose="THANKS", hours=72)])) == {2: 1}
    assert made_together([asking(1, by=7, purpose="FIXED"), asking(2, by=7, purpose="THANKS", hours=72.1)]) == {}


def test_another_channel_is_another_call():
    by_sms = asking(2, purpose="THANKS", channel=Channel.SMS)
    assert made_together([asking(1, purpose="FIXED"), by_sms]) == {}
    assert ids(made_together([asking(1, purpose="FIXED", channel=Channel.SMS), by_sms])) == {2: 1}


def test_what_is_asked_already_is_not_asked_by_another_channel_once_more():
    assert ids(made_together([asking(1), asking(2, channel=Channel.SMS)])) == {2: 1}


def test_all_that_is_asked_in_one_call_may_be_asked_together():
    """The one that may not, and two of one purpose of one record, are a call of their own."""
    fixed, thanks, how = (asking(one, purpose=purpose) for one, purpose in enumerate(WITH, 1))
    assert ids(made_together([fixed, thanks, how])) == {2: 1}
    assert ids(made_together([asking(1), asking(2, by=7), asking(3, by=7)])) == {2: 1}


def test_there_are_no_chains():
    """The third is near the second, which is asked with the first."""
    visits = [asking(1, purpose="FIXED"), asking(2, purpose="THANKS", hours=50), asking(3, hours=100, purpose="FIXED")]
    assert ids(made_together(visits)) == {2: 1}


def test_who_stood_for_another_and_was_made_stands_for_it_still():
    assert ids(made_together([asking(1), asking(2, hours=1, stands=9)])) == {2: 9}


VISITS = st.lists(
    st.tuples(
        st.integers(0, 200), st.integers(1, 3), st.sampled_from(sorted(WITH)), st.sampled_from(list(Channel)[:2])
    ),
    min_size=1,
    max_size=12,
).map(
    lambda drawn: [
        asking(number, hours=hours, by=by, purpose=purpose, channel=channel)
        for number, (hours, by, purpose, channel) in enumerate(drawn, 1)
    ]
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
        assert timedelta(0) <= by_id[one].due_at - by_id[other].due_at <= TOGETHER_WITHIN
    for call in ([one for one in visits if made.get(one.id, one.id) == first] for first in by_id):
        for one, other in combinations(call, 2):
            if one.purpose == other.purpose:
                assert one.planned_for != other.planned_for
            else:
                assert other.purpose in one.asked_with and one.channel is other.channel
