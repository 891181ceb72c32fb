"""Who in the queue is offered which vehicle: the order of deposit, who does not fit is skipped (R47; 7.4, 7.5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from chassis.process.clock import LOCAL
from contracts.sales.allocation import OfferEnd
from services.sales.allocation.rules import Free, Kept, Waiting, arrange

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=LOCAL)
LATER = NOW + timedelta(hours=24)
CAR, CAR2 = UUID(int=101), UUID(int=102)
A, B, C = UUID(int=1), UUID(int=2), UUID(int=3)


def at(hours: int) -> datetime:
    return NOW + timedelta(hours=hours)


def offered(free: list[Free], waiting: list[Waiting], **more: set[tuple[UUID, UUID]]) -> list[tuple[UUID, UUID]]:
    return arrange(free, waiting, [], had=more.get("had", set()), now=NOW).offered


def test_a_car_that_comes_is_offered_to_whoever_paid_his_deposit_first() -> None:
    waiting = [Waiting(at(-2), A), Waiting(at(-3), B), Waiting(at(-1), C)]
    assert offered([Free(NOW, CAR)], waiting) == [(CAR, B)]
    assert offered([Free(NOW, CAR), Free(NOW, CAR2)], waiting) == [(CAR, B), (CAR2, A)]


def test_deposits_of_one_moment_are_in_the_order_of_their_orders() -> None:
    assert offered([Free(NOW, CAR)], [Waiting(at(-1), C), Waiting(at(-1), B)]) == [(CAR, B)]


def test_whoever_found_a_car_in_the_yard_chooses_for_himself() -> None:
    assert offered([Free(at(-5), CAR)], [Waiting(at(-1), A)]) == []
    assert offered([Free(NOW, CAR)], [Waiting(NOW, A)]) == [], "of one moment the car was there"


def test_whoever_found_none_left_waits_behind_those_who_found_one() -> None:
    free, waiting = [Free(at(-5), CAR), Free(NOW, CAR2)], [Waiting(at(-2), A), Waiting(at(-1), B)]
    assert offered(free, waiting) == [(CAR2, B)]


def test_whoever_let_a_car_pass_is_not_offered_it_again_but_the_next_one() -> None:
    waiting = [Waiting(at(-2), A), Waiting(at(-1), B)]
    assert offered([Free(NOW, CAR)], waiting, had={(CAR, A)}) == [(CAR, B)]
    assert offered([Free(NOW, CAR)], waiting, had={(CAR, A), (CAR, B)}) == []
    assert offered([Free(NOW, CAR2)], waiting, had={(CAR, A)}) == [(CAR2, A)]


def test_an_offer_stands_until_its_moment_and_not_at_it() -> None:
    kept = Kept(CAR, A, until=LATER)
    free, waiting = [Free(NOW, CAR)], [Waiting(at(-2), A), Waiting(at(-1), B)]
    before = arrange(free, waiting, [kept], had=set(), now=LATER - timedelta(microseconds=1))
    assert (before.ended, before.offered) == ([], [])
    on_time = arrange(free, waiting, [kept], had=set(), now=LATER)
    assert (on_time.ended, on_time.offered) == ([(kept, OfferEnd.LAPSED)], [(CAR, B)])


def test_an_unfit_head_is_skipped_in_the_same_run() -> None:
    """7.4: cancelled, or with another car: he does not wait any more, and the next is offered at once."""
    kept = Kept(CAR, A, until=LATER)
    told = arrange([Free(NOW, CAR)], [Waiting(at(-1), B)], [kept], had=set(), now=NOW)
    assert (told.ended, told.offered) == ([(kept, OfferEnd.NOT_NEEDED)], [(CAR, B)])


def test_an_offer_ends_as_taken_when_its_order_took_the_car() -> None:
    kept = Kept(CAR, A, until=LATER, taken_by=A)
    told = arrange([], [Waiting(at(-1), B)], [kept], had=set(), now=LATER)
    assert (told.ended, told.offered) == ([(kept, OfferEnd.TAKEN)], [])


moments = st.integers(-6, 0).map(at)
frees = st.lists(st.tuples(moments, st.integers(101, 106)), unique_by=lambda one: one[1])
waits = st.lists(st.tuples(moments, st.integers(1, 6)), unique_by=lambda one: one[1])
pairs = st.sets(
    st.tuples(st.integers(101, 106).map(lambda n: UUID(int=n)), st.integers(1, 6).map(lambda n: UUID(int=n)))
)


@given(frees, waits, pairs, st.randoms())
def test_whatever_the_order_they_are_read_in_each_car_goes_to_one_and_nobody_is_passed_over(
    cars: list[tuple[datetime, int]], people: list[tuple[datetime, int]], had: set[tuple[UUID, UUID]], chance
) -> None:
    free = [Free(since, UUID(int=which)) for since, which in cars]
    waiting = [Waiting(since, UUID(int=which)) for since, which in people]
    told = offered(free, waiting, had=had)
    chance.shuffle(free)
    chance.shuffle(waiting)
    assert offered(free, waiting, had=had) == told
    assert len({car for car, _ in told}) == len({order for _, order in told}) == len(told)
    assert not set(told) & had
    since, came = {one.order_id: one.since for one in waiting}, {one.stock_id: one.free_since for one in free}
    got = dict(told)
    assert all(since[order] < came[car] for car, order in told)
    again = arrange(free, waiting, [Kept(car, order, LATER) for car, order in told], had=had, now=NOW)
    assert again.ended == [], "what was offered stays"
    assert set(again.offered).isdisjoint(got.items())
