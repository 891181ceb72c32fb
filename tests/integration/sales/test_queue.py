"""The queue against PostgreSQL: a car that comes is kept for whoever waited longest, and nobody jumps it (R47)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest

from chassis.store import tables
from contracts.refusals import Refusal
from contracts.sales import allocation as queue
from contracts.sales.allocation import ListWaiting
from contracts.sales.stock import Condition, StockStatus
from services.sales import allocation
from services.sales.allocation.errors import VehicleOffered
from services.sales.stock.errors import VehicleTaken
from tests.integration.sales.people import DEPOSIT, MODEL, NOW, Showroom
from tests.support.randoms import vin

ARRIVAL = NOW + timedelta(hours=1)
DAY = timedelta(hours=24)


def waiting(showroom: Showroom, *, role: str = "sales_planner", **asked: Any) -> list[queue.WaitingOrder]:
    scope, wanted = showroom.scope("list_waiting", role), ListWaiting(**asked)
    return showroom.database.read(lambda on: allocation.queries.list_waiting(on, wanted, scope=scope)).items


def line(showroom: Showroom) -> list[tuple[UUID, str | None]]:
    """Who waits, in the order of the queue, and which car is kept for him."""
    return [(one.order_id, one.vin) for one in waiting(showroom)]


def three(showroom: Showroom) -> list[UUID]:
    """Orders whose deposits came one after the other, the last written first."""
    orders = [showroom.signed() for _ in range(3)][::-1]
    for minutes, order_id in enumerate(orders):
        showroom.pay(order_id, DEPOSIT, now=NOW + timedelta(minutes=minutes))
    return orders


def pass_on(showroom: Showroom, *, now: Any) -> int:
    return showroom.database.run(lambda session: allocation.usecases.pass_on(session, now=now))


def told(showroom: Showroom, order_id: UUID) -> list[tuple[str, str | None]]:
    """What was told of offers to an order."""
    log = tables.outbox.c
    wanted = tables.outbox.select().where(log.subject_type == "vehicle_offer", log.store_id == showroom.store)
    rows = showroom.database.read(lambda on: list(on.execute(wanted.order_by(log.position))))
    return [
        (row.event_type, row.envelope["payload"].get("how"))
        for row in rows
        if row.envelope["payload"]["order_id"] == str(order_id)
    ]


def cancel(showroom: Showroom, order_id: UUID) -> None:
    showroom.cancel(order_id, now=ARRIVAL)
    showroom.confirm(order_id, now=ARRIVAL)


def test_a_car_that_arrives_while_three_wait_is_kept_for_the_first_before_anybody_can_have_it(
    showroom: Showroom,
) -> None:
    """7.5: the order is the time of deposit."""
    first, second, third = three(showroom)
    arrived = showroom.receive(now=ARRIVAL)
    assert line(showroom) == [(first, arrived), (second, None), (third, None)]
    assert {one.until for one in waiting(showroom)} == {ARRIVAL + DAY, None}
    for other in (second, third):
        with pytest.raises(VehicleOffered) as refused:
            showroom.allocate(other, arrived, now=ARRIVAL)
        assert refused.value.details["number"] == showroom.shown(first).number
        assert refused.value.details["until"] == "2026-11-24 10:30"
    showroom.allocate(first, arrived, now=ARRIVAL)
    assert line(showroom) == [(second, None), (third, None)]
    assert told(showroom, first) == [("vehicle_offered", None), ("vehicle_offer_ended", "taken")]


def test_who_the_first_is_stays_hidden_from_who_may_not_see_him(showroom: Showroom) -> None:
    showroom.signed(paid_fen=DEPOSIT)
    colleague = showroom.served_by("C2")
    his = colleague.signed(paid_fen=DEPOSIT)
    arrived = showroom.receive(now=ARRIVAL)
    with pytest.raises(VehicleOffered) as refused:
        colleague.allocate(his, arrived, now=ARRIVAL)
    assert set(refused.value.details) == {"vin", "named", "until"}


def test_what_is_not_taken_in_time_goes_to_the_next_and_at_last_to_anybody(showroom: Showroom) -> None:
    first, second, third = three(showroom)
    arrived = showroom.receive(now=ARRIVAL)
    pass_on(showroom, now=ARRIVAL + DAY - timedelta(seconds=1))
    assert line(showroom)[0] == (first, arrived)
    for place, nth in enumerate((second, third), start=1):
        assert pass_on(showroom, now=ARRIVAL + place * DAY) >= 2, "one ends, one begins"
        assert dict(line(showroom))[nth] == arrived
    assert pass_on(showroom, now=ARRIVAL + 3 * DAY) >= 1
    assert [kept for _, kept in line(showroom)] == [None, None, None]
    assert pass_on(showroom, now=ARRIVAL + 3 * DAY) == 0, "what is done is not done again"
    assert told(showroom, second) == [("vehicle_offered", None), ("vehicle_offer_ended", "lapsed")]
    showroom.allocate(second, arrived, now=ARRIVAL + 4 * DAY)


def test_an_offer_that_is_over_holds_nobody_up_though_the_clock_is_late(showroom: Showroom) -> None:
    first, second, _ = three(showroom)
    arrived = showroom.receive(now=ARRIVAL)
    showroom.allocate(second, arrived, now=ARRIVAL + DAY)
    assert told(showroom, first) == [("vehicle_offered", None), ("vehicle_offer_ended", "lapsed")]
    assert told(showroom, second) == [("vehicle_offered", None), ("vehicle_offer_ended", "taken")]


def test_a_head_that_has_cancelled_or_has_a_car_is_skipped_in_the_same_run(showroom: Showroom) -> None:
    """7.4: never stop at an unfit head."""
    gone, has, fits = three(showroom)
    cancel(showroom, gone)
    showroom.do("expect_stock", "sales_planner", model=MODEL, store_id=showroom.store, vin=(other := vin()))
    showroom.allocate(has, other)
    arrived = showroom.receive(now=ARRIVAL)
    assert line(showroom) == [(fits, arrived)]


def test_whoever_cancels_while_a_car_is_kept_for_him_leaves_it_to_the_next(showroom: Showroom) -> None:
    first, second, third = three(showroom)
    arrived = showroom.receive(now=ARRIVAL)
    cancel(showroom, first)
    pass_on(showroom, now=ARRIVAL)
    assert line(showroom) == [(second, arrived), (third, None)]
    assert told(showroom, first)[-1] == ("vehicle_offer_ended", "not_needed")


def test_a_car_that_an_order_lets_go_is_offered_to_the_next_before_anybody_else_has_it(showroom: Showroom) -> None:
    arrived, holder = showroom.receive(), showroom.signed(paid_fen=DEPOSIT)
    showroom.allocate(holder, arrived)
    first, second, _ = three(showroom)
    cancel(showroom, holder)
    with pytest.raises(VehicleOffered):
        showroom.allocate(second, arrived, now=ARRIVAL)
    showroom.allocate(first, arrived, now=ARRIVAL)


def test_a_used_car_of_the_model_is_kept_for_nobody(showroom: Showroom) -> None:
    three(showroom)
    request = {"vin": vin(), "model": MODEL, "store_id": showroom.store, "condition": Condition.USED}
    showroom.do("receive_stock", "sales_manager", now=ARRIVAL, **request)
    assert {kept for _, kept in line(showroom)} == {None}


def test_the_queue_is_one_store_s_and_one_model_s(showroom: Showroom, elsewhere: Callable[[], Showroom]) -> None:
    three(showroom)
    elsewhere().receive(now=ARRIVAL)
    showroom.receive(model="飞度", now=ARRIVAL)
    assert {kept for _, kept in line(showroom)} == {None}
    assert waiting(showroom, model="飞度") == []
    assert len(waiting(showroom, model=MODEL)) == 3


def test_small_letters_are_no_other_model_for_who_waits_takes_or_looks(showroom: Showroom) -> None:
    small = MODEL.lower()
    assert small != MODEL
    waits = showroom.signed(paid_fen=DEPOSIT)
    came = showroom.receive(model=small, now=ARRIVAL)
    assert line(showroom) == [(waits, came)]
    assert [one.order_id for one in waiting(showroom, model=small)] == [waits]
    assert [one.vin for one in showroom.yard(model=MODEL)] == [came]
    assert showroom.allocate(waits, came, now=ARRIVAL).vin == came


def test_of_twenty_who_want_the_car_that_came_the_first_in_the_queue_has_it(showroom: Showroom) -> None:
    orders = [showroom.signed(paid_fen=DEPOSIT) for _ in range(20)]
    arrived = showroom.receive(now=ARRIVAL)
    together = Barrier(len(orders))

    def allocate(order_id: UUID) -> type[Refusal] | None:
        together.wait(30)
        try:
            showroom.allocate(order_id, arrived, now=ARRIVAL)
        except (VehicleOffered, VehicleTaken) as refusal:
            return type(refusal)
        return None

    with ThreadPoolExecutor(len(orders)) as desks:
        outcomes = list(desks.map(allocate, orders))
    assert [order_id for order_id, refused in zip(orders, outcomes, strict=True) if refused is None] == [min(orders)]
    assert [one.order_id for one in showroom.yard(status=StockStatus.ALLOCATED)] == [min(orders)]


def test_cars_that_arrive_at_once_go_to_one_each(showroom: Showroom) -> None:
    orders = three(showroom)
    with ThreadPoolExecutor(3) as desks:
        arrived = set(desks.map(lambda _: showroom.receive(now=ARRIVAL), range(3)))
    assert [order_id for order_id, _ in line(showroom)] == orders
    assert {kept for _, kept in line(showroom)} == arrived


def test_whoever_paid_less_than_the_deposit_does_not_wait_yet(showroom: Showroom) -> None:
    little, enough = showroom.signed(), showroom.signed()
    showroom.pay(little, 1)
    showroom.pay(enough, DEPOSIT, now=NOW + timedelta(minutes=1))
    arrived = showroom.receive(now=ARRIVAL)
    assert dict(line(showroom)) == {little: None, enough: arrived}
