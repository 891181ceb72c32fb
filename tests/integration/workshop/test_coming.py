"""Who had an appointment is joined to his repair order, or looked for when the store has closed (C6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.customers import erasing, rekeying
from contracts.customer.events import CustomerErased
from contracts.workshop import operations
from contracts.workshop.events import RepairOrdersRekeyed
from services.workshop.appointments.errors import (
    AppointmentNotFound,
    AppointmentStateWrong,
    TimeTaken,
)
from services.workshop.appointments.models import APPOINTMENTS
from services.workshop.appointments.usecases import joining
from services.workshop.repair_orders.models import REPAIR_ORDERS
from tests.integration.workshop.appointing import (
    EVENING,
    HOUR,
    TUESDAY,
    book,
    do,
    free_bays,
    in_the_evening,
    shown,
    take_in,
    told,
)
from tests.integration.workshop.people import NOW, OIL, Workshop
from tests.support.events import deliver, twice_shuffled
from tests.support.records import erased, merged, unmerged


def test_a_vehicle_that_is_taken_in_joins_the_appointment_of_that_day_and_has_its_bay(shop: Workshop) -> None:
    one, other = book(shop, bay="2"), book(shop, TUESDAY + timedelta(days=1))
    order = take_in(shop, vehicle_id=one.vehicle_id, now=TUESDAY - HOUR / 4)
    assert order.bay == "2"
    joined = shown(shop, one)
    assert (joined.state, joined.ro_id, joined.arrived_at) == ("converted", order.ro_id, TUESDAY - HOUR / 4)
    assert told(shop, one) == [("appointment_booked", 1), ("appointment_converted", 2)]
    assert take_in(shop, vehicle_id=other.vehicle_id).bay == "", "who has an appointment tomorrow came unbooked today"
    assert shown(shop, other).state == "booked"


def test_he_says_at_the_desk_that_he_is_here_and_when_that_was_stays(shop: Workshop) -> None:
    one = book(shop)
    came = do(shop, "arrive", one, now=TUESDAY - HOUR / 2)
    assert (came.state, came.arrived_at) == ("arrived", TUESDAY - HOUR / 2)
    take_in(shop, vehicle_id=one.vehicle_id)
    assert (shown(shop, one).state, shown(shop, one).arrived_at) == ("converted", TUESDAY - HOUR / 2)
    assert told(shop, one)[1:] == [("vehicle_arrived", 2), ("appointment_converted", 3)]


def test_without_a_vehicle_named_his_customer_is_who_comes_and_of_a_fleet_each_car_for_itself(shop: Workshop) -> None:
    firm = uuid4()
    unnamed, named = book(shop, customer_id=firm, vehicle_id=None), book(shop, customer_id=firm)
    order = take_in(shop, customer_id=firm)
    assert (shown(shop, unnamed).ro_id, shown(shop, named).state) == (order.ro_id, "booked")
    take_in(shop, customer_id=firm)
    assert shown(shop, named).state == "booked", "another car of the firm's is not the one that was booked"


def test_who_had_cancelled_and_comes_all_the_same_is_taken_in_unbooked(shop: Workshop) -> None:
    one = book(shop)
    do(shop, "cancel", one, reason="不来了")
    assert take_in(shop, vehicle_id=one.vehicle_id).bay == ""
    assert shown(shop, one).state == "cancelled"


def test_the_desk_says_itself_which_appointment_it_is(shop: Workshop) -> None:
    one = book(shop, TUESDAY + timedelta(days=1))
    order = take_in(shop, appointment_id=one.appointment_id)
    assert shown(shop, one).ro_id == order.ro_id
    with pytest.raises(AppointmentStateWrong):
        take_in(shop, appointment_id=one.appointment_id)
    with pytest.raises(AppointmentNotFound):
        take_in(shop, appointment_id=uuid4())


def test_what_an_arrival_would_be_refused_for_is_told_before_anybody_is_registered(shop: Workshop) -> None:
    one = book(shop)
    scope = shop.scope("check_repair_order", "advisor")

    def check(appointment_id: UUID) -> None:
        asked = operations.CheckRepairOrder(shop.store, [OIL], appointment_id)
        shop.database.read(lambda reading: joining.check_repair_order(reading, asked, scope=scope, now=NOW))

    check(one.appointment_id)
    with pytest.raises(AppointmentNotFound):
        check(uuid4())
    do(shop, "cancel", one, reason="不来了")
    with pytest.raises(AppointmentStateWrong):
        check(one.appointment_id)


def test_he_comes_to_another_store_than_he_had_booked(shop: Workshop, elsewhere: Any) -> None:
    one, other = book(shop), elsewhere()
    order = take_in(other, vehicle_id=one.vehicle_id)
    assert (shown(shop, one).ro_id, order.bay) == (order.ro_id, "")


def test_the_bay_is_free_as_soon_as_the_order_does_not_need_it(shop: Workshop) -> None:
    one = book(shop, minutes=180)
    ro_id = take_in(shop, vehicle_id=one.vehicle_id).ro_id
    free_bays(shop, now=TUESDAY + HOUR)
    with pytest.raises(TimeTaken):
        book(shop, TUESDAY + HOUR, bay="1", now=TUESDAY)
    shop.cancel(ro_id)
    free_bays(shop, now=TUESDAY + HOUR)
    assert book(shop, TUESDAY + HOUR, bay="1", now=TUESDAY).bay == "1"


# -- he does not come --------------------------------------------------------------------------------------------


def test_who_has_not_come_when_the_store_closes_is_a_no_show_once(shop: Workshop) -> None:
    late, last = book(shop), book(shop, TUESDAY.replace(hour=17, minute=0), minutes=30)
    in_the_evening(shop, now=EVENING - timedelta(seconds=1))
    assert shown(shop, late).state == "booked"
    for _ in range(2):
        in_the_evening(shop, now=EVENING)
    assert (shown(shop, late).state, shown(shop, late).bay_kept) == ("no_show", False)
    assert shown(shop, last).state == "booked", "he is not an hour late yet"
    in_the_evening(shop, now=EVENING + HOUR / 2)
    assert shown(shop, last).state == "no_show"
    assert told(shop, late) == [("appointment_booked", 1), ("appointment_no_show", 2)]


@pytest.mark.parametrize("by", ["vehicle", "customer"])
def test_who_was_taken_in_that_day_in_whatever_store_is_no_no_show(shop: Workshop, elsewhere: Any, by: str) -> None:
    """A busy desk opened the order for a car that was not named, or before he had booked."""
    other = elsewhere()
    before = take_in(other, now=TUESDAY - HOUR)
    one = book(shop, **{f"{by}_id": getattr(before, f"{by}_id")}, now=TUESDAY)
    in_the_evening(shop, now=EVENING)
    assert (shown(shop, one).state, shown(shop, one).ro_id) == ("converted", before.ro_id)
    assert shown(shop, one).arrived_at == TUESDAY - HOUR
    assert told(shop, one)[-1] == ("appointment_converted", 2)


def test_one_order_is_the_coming_of_one_appointment(shop: Workshop) -> None:
    customer = uuid4()
    first, second = book(shop, customer_id=customer), book(shop, customer_id=customer)
    take_in(shop, customer_id=customer)
    in_the_evening(shop, now=EVENING)
    assert sorted([shown(shop, first).state, shown(shop, second).state]) == ["converted", "no_show"]


def test_who_came_the_day_before_or_after_did_not_come(shop: Workshop) -> None:
    one = book(shop)
    take_in(shop, vehicle_id=one.vehicle_id, now=TUESDAY - timedelta(days=1))
    in_the_evening(shop, now=EVENING + timedelta(days=2))
    assert shown(shop, one).state == "no_show"


def test_a_no_show_is_taken_back_with_a_reason_or_given_another_time_or_taken_in(shop: Workshop) -> None:
    excused, moved, came = book(shop), book(shop), book(shop, TUESDAY + 3 * HOUR)
    in_the_evening(shop, now=EVENING)
    back = do(shop, "excuse", excused, reason="来过,未开单", now=EVENING)
    assert (back.state, back.arrived_at, back.reason) == ("arrived", TUESDAY, "来过,未开单")
    again = do(shop, "move", moved, starts_at=TUESDAY + timedelta(days=1), now=EVENING)
    assert (again.state, again.bay_kept) == ("booked", True)
    order = take_in(shop, vehicle_id=came.vehicle_id, now=EVENING)
    assert shown(shop, came).ro_id == order.ro_id
    assert [one for one, _ in told(shop, excused)][-1] == "vehicle_arrived"


# -- whose it is -------------------------------------------------------------------------------------------------


def hear(shop: Workshop, events: Any) -> None:
    """As the consumer does, one by one."""

    def handle(session: Any, some: Any) -> None:
        if isinstance(some[0].payload, CustomerErased):
            erasing.forget(session, some[0], holding=APPOINTMENTS)
        else:
            holdings = [REPAIR_ORDERS, APPOINTMENTS]
            rekeying.follow(session, some[0], holdings, acknowledge=RepairOrdersRekeyed)

    for event in events:
        deliver(shop.database.transaction, handle, [event])


@pytest.mark.parametrize("seed", range(4))
def test_appointments_follow_their_customers_in_whatever_order_that_is_heard(shop: Workshop, seed: int) -> None:
    stays, goes = uuid4(), uuid4()
    one = book(shop, customer_id=goes, vehicle_id=None)
    hear(shop, twice_shuffled([merged([goes], into=stays)], seed=seed))
    assert shown(shop, one).customer_id == stays
    assert book(shop, customer_id=goes).customer_id == stays
    order = take_in(shop, customer_id=stays)
    assert shown(shop, one).ro_id == order.ro_id
    hear(shop, twice_shuffled([merged([goes], into=stays), unmerged([goes], of=stays)], seed=seed))
    assert shown(shop, one).customer_id == goes


@pytest.mark.parametrize("seed", range(4))
def test_his_words_go_with_him_and_that_a_bay_was_kept_stays(shop: Workshop, seed: int) -> None:
    him = uuid4()
    one, other = book(shop, customer_id=him, work="孩子晕车"), book(shop)
    do(shop, "cancel", one, reason="住院")
    hear(shop, twice_shuffled([erased(him)], seed=seed))
    left = shown(shop, one)
    assert (left.work, left.reason, left.starts_at, left.state) == ("", "", TUESDAY, "cancelled")
    assert shown(shop, other).work == "保养"
