"""Stock against PostgreSQL: what is to come, what is here, whose it is, and what comes back (R47; field list 7)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest

from chassis.store import tables
from contracts.refusals import StaleVersion, StoreNotAllowed
from contracts.sales import stock as in_stock
from contracts.sales.stock import Certificate, Condition, ReceiveStock, StockSort, StockStatus
from services.sales import stock
from services.sales.orders.models import Order
from services.sales.stock.errors import (
    CertificateState,
    SoldBefore,
    VehicleHere,
    VehicleNotFound,
    VehicleNotHere,
    VehicleTaken,
    VinDiffers,
    VinInStock,
    VinInvalid,
)
from services.sales.stock.usecases import of_order
from tests.integration.sales.people import DEPOSIT, MODEL, NOW, PRICE, Showroom
from tests.support.polling import eventually
from tests.support.randoms import vin

SOON = date(2026, 12, 3)


def vins(vehicles: list[in_stock.StockVehicle]) -> list[str | None]:
    return [vehicle.vin for vehicle in vehicles]


# -- on its way


def test_two_incoming_cars_without_vin_are_two(showroom: Showroom) -> None:
    """7.3: an empty VIN is no value."""
    first, second = showroom.expect(eta=SOON), showroom.expect()
    assert first.stock_id != second.stock_id
    assert (first.vin, first.vehicle_id, first.status) == (None, None, StockStatus.INCOMING)
    coming = showroom.yard(status=StockStatus.INCOMING, sort=StockSort.ETA)
    assert [(one.stock_id, one.eta) for one in coming] == [(first.stock_id, SOON), (second.stock_id, None)]
    assert showroom.yard() == [], "what is on its way is not to be had"


def test_what_becomes_known_of_a_car_on_its_way_is_kept(showroom: Showroom) -> None:
    coming, known = showroom.expect(eta=SOON), vin()
    later = SOON + timedelta(days=4)
    changed = showroom.do("change_expected", "sales_planner", stock_id=coming.stock_id, eta=later, vin=known.lower())
    assert (changed.eta, changed.vin, changed.version) == (later, known, 2)
    unsure = showroom.do("change_expected", "sales_planner", stock_id=coming.stock_id, eta=None)
    assert (unsure.eta, unsure.vin) == (None, known)
    with pytest.raises(VinDiffers):
        showroom.do("change_expected", "sales_planner", stock_id=coming.stock_id, vin=vin())
    with pytest.raises(StaleVersion):
        showroom.do("change_expected", "sales_planner", stock_id=coming.stock_id, eta=SOON, expected_version=1)


def test_a_car_that_was_announced_arrives_as_the_same_record(showroom: Showroom) -> None:
    named, unnamed = showroom.expect(vin=vin()), showroom.expect()
    by_vin = showroom.receive(named.vin)
    which = vin()
    by_record = showroom.do(
        "receive_stock", "sales_planner", vin=which, model=MODEL, store_id=showroom.store, stock_id=unnamed.stock_id
    )
    assert (by_vin, by_record.stock_id) == (named.vin, unnamed.stock_id)
    assert {one.stock_id for one in showroom.yard()} == {named.stock_id, unnamed.stock_id}
    assert showroom.yard(status=StockStatus.INCOMING) == []


def test_what_arrived_is_neither_changed_as_incoming_nor_received_again(showroom: Showroom) -> None:
    coming = showroom.expect(vin=vin())
    showroom.receive(coming.vin)
    with pytest.raises(VehicleHere):
        showroom.do("change_expected", "sales_planner", stock_id=coming.stock_id, eta=SOON)
    with pytest.raises(VinInStock):
        showroom.receive(coming.vin)
    with pytest.raises(VehicleHere):
        showroom.do(
            "receive_stock",
            "sales_planner",
            vin=coming.vin,
            model=MODEL,
            store_id=showroom.store,
            stock_id=coming.stock_id,
        )


def test_a_vin_on_its_way_to_one_store_is_announced_and_received_in_no_other(
    showroom: Showroom, elsewhere: Callable[[], Showroom]
) -> None:
    coming, other = showroom.expect(vin=vin()), elsewhere()
    with pytest.raises(VinInStock):
        other.expect(vin=coming.vin)
    with pytest.raises(VinInStock):
        other.receive(coming.vin)
    with pytest.raises(VehicleNotFound):
        other.do("change_expected", "sales_planner", stock_id=coming.stock_id, eta=SOON)
    with pytest.raises(VinInvalid):
        showroom.expect(vin="LSGSJ52U02Y00000")
    with pytest.raises(StoreNotAllowed):
        showroom.of("OTHER").do("expect_stock", "sales_planner", model=MODEL, store_id=showroom.store)


def test_what_is_wrong_with_a_vin_is_said_of_its_field(showroom: Showroom) -> None:
    coming, here = showroom.expect(vin=vin()), showroom.receive()
    wrong = (
        (VinInvalid, lambda: showroom.expect(vin="LSGSJ52U02Y00000")),
        (VinInvalid, lambda: showroom.receive("LSGSJ52U02Y00000")),
        (VinInStock, lambda: showroom.receive(here)),
        (VinDiffers, lambda: showroom.do("change_expected", "sales_planner", stock_id=coming.stock_id, vin=vin())),
    )
    for refusal, try_it in wrong:
        with pytest.raises(refusal) as refused:
            try_it()
        assert refused.value.details["field"] == "vin"


def test_one_vin_announced_at_two_desks_at_once_is_one_car(showroom: Showroom) -> None:
    arriving = vin()
    with ThreadPoolExecutor(1) as other_desk, showroom.database.transaction() as session:
        showroom.within(session, "receive_stock", "sales_manager", ReceiveStock(arriving, MODEL, showroom.store))
        session.flush()
        late = other_desk.submit(showroom.expect, vin=arriving)
        eventually(showroom.somebody_waits)
        session.commit()
        with pytest.raises(VinInStock):
            late.result(timeout=10)


def test_a_car_on_its_way_is_set_aside_and_handed_over_only_when_it_is_here(showroom: Showroom) -> None:
    coming, order_id = showroom.expect(vin=vin()), showroom.signed(paid_fen=PRICE)
    showroom.allocate(order_id, str(coming.vin))
    with pytest.raises(VehicleNotHere):
        showroom.deliver(order_id)
    assert showroom.recorded(order_id)[-1] == ("vehicle_allocated", 4)
    showroom.receive(coming.vin)
    showroom.deliver(order_id)
    assert vins(showroom.yard(status=StockStatus.GONE)) == [coming.vin]


# -- in the yard


def test_the_yard_shows_what_is_to_be_had_and_what_waits_for_its_customer(showroom: Showroom) -> None:
    first, second = showroom.receive(), showroom.receive(model="飞度", now=NOW + timedelta(minutes=1))
    gone = showroom.receive()
    taken, delivered = showroom.signed(paid_fen=PRICE), showroom.signed(paid_fen=PRICE)
    showroom.allocate(delivered, gone)
    showroom.deliver(delivered)
    assert vins(showroom.yard()) == [first, second]
    assert vins(showroom.yard(model="飞度")) == [second]
    showroom.allocate(taken, first)
    shown = {status: vins(showroom.yard(status=status)) for status in StockStatus}
    assert shown == {
        StockStatus.INCOMING: [],
        StockStatus.AVAILABLE: [second],
        StockStatus.ALLOCATED: [first],
        StockStatus.GONE: [gone],
    }
    assert {one.status for one in showroom.yard(status=StockStatus.GONE)} == {StockStatus.GONE}
    with pytest.raises(StoreNotAllowed):
        showroom.yard(store_id="elsewhere")


def test_of_twenty_orders_at_once_one_gets_the_car_and_the_rest_are_told_so(showroom: Showroom) -> None:
    arrived = showroom.receive()
    orders = [showroom.signed(paid_fen=DEPOSIT) for _ in range(20)]
    together = Barrier(len(orders))

    def allocate(order_id: UUID) -> str:
        together.wait(30)
        try:
            showroom.allocate(order_id, arrived)
        except VehicleTaken as refusal:
            return str(refusal.details["vin"])
        return "mine"

    with ThreadPoolExecutor(len(orders)) as desks:
        outcomes = list(desks.map(allocate, orders))
    assert sorted(outcomes) == sorted([arrived] * 19 + ["mine"])
    assert [showroom.shown(order_id).vin for order_id in orders].count(arrived) == 1


def test_the_refusal_names_the_order_that_has_the_car_as_far_as_the_caller_may_see(showroom: Showroom) -> None:
    """7.2: not "not in this warehouse"."""
    arrived, holder, wanting = showroom.receive(), showroom.signed(paid_fen=DEPOSIT), showroom.signed(paid_fen=DEPOSIT)
    showroom.allocate(holder, arrived)
    number = showroom.shown(holder).number
    with pytest.raises(VehicleTaken) as told:
        showroom.allocate(wanting, arrived)
    assert (told.value.details["number"], told.value.details["order_id"]) == (number, holder)
    assert number in told.value.wire()["zh"]
    colleague = showroom.served_by("C2")
    his = colleague.signed(paid_fen=DEPOSIT)
    with pytest.raises(VehicleTaken) as hidden:
        colleague.allocate(his, arrived)
    assert hidden.value.details == {"vin": arrived, "named": ""}
    assert number not in str(hidden.value.wire())


# -- what comes back


def test_a_car_that_was_let_go_is_had_by_another_order(showroom: Showroom) -> None:
    """7.1: nothing is reserved for who does not want it any more."""
    arrived, first, second = showroom.receive(), showroom.signed(paid_fen=DEPOSIT), showroom.signed(paid_fen=DEPOSIT)
    showroom.allocate(first, arrived)
    showroom.cancel(first)
    showroom.confirm(first)
    assert vins(showroom.yard()) == [arrived]
    assert showroom.allocate(second, arrived).vin == arrived


def test_a_car_bought_back_is_a_new_record_of_the_same_vin_and_never_new(showroom: Showroom) -> None:
    """7.1 and C4: uniqueness is among those that have not left."""
    arrived, order_id = showroom.receive(), showroom.signed(paid_fen=PRICE)
    showroom.allocate(order_id, arrived)
    showroom.deliver(order_id)
    with pytest.raises(SoldBefore):
        showroom.receive(arrived)
    with pytest.raises(SoldBefore):
        showroom.expect(vin=arrived)
    back = showroom.do(
        "receive_stock",
        "sales_manager",
        vin=arrived,
        model=MODEL,
        store_id=showroom.store,
        condition=Condition.USED,
    )
    (left,) = showroom.yard(status=StockStatus.GONE)
    assert (left.order_id, left.vin, back.vin) == (order_id, arrived, arrived)
    assert left.stock_id != back.stock_id
    assert showroom.yard() == [back]
    with pytest.raises(VinInStock):
        showroom.do(
            "receive_stock",
            "sales_manager",
            vin=arrived,
            model=MODEL,
            store_id=showroom.store,
            condition=Condition.USED,
        )
    again = showroom.signed(paid_fen=PRICE)
    showroom.allocate(again, arrived)
    showroom.deliver(again)
    assert [one.order_id for one in showroom.yard(status=StockStatus.GONE)] == [order_id, again]


def test_a_registered_car_that_was_let_go_does_not_stand_there_as_new(showroom: Showroom) -> None:
    """7.7."""
    arrived, order_id = showroom.receive(), showroom.signed(paid_fen=DEPOSIT)
    showroom.allocate(order_id, arrived)

    def let_go(session: Any) -> None:
        vehicle, order = of_order(session, order_id), session.get_one(Order, order_id)
        assert vehicle is not None
        vehicle.release(registered=True, now=NOW)
        order.vin, order.vehicle_id = None, None

    showroom.database.run(let_go)
    assert [(one.vin, one.condition) for one in showroom.yard()] == [(arrived, Condition.USED)]


def test_whether_a_car_was_ever_in_stock_is_known_after_it_left_and_not_before_it_came(showroom: Showroom) -> None:
    coming, arrived, order_id = showroom.expect(vin=vin()), showroom.receive(), showroom.signed(paid_fen=PRICE)
    showroom.allocate(order_id, arrived)
    showroom.deliver(order_id)
    showroom.do(
        "receive_stock", "sales_manager", vin=arrived, model=MODEL, store_id=showroom.store, condition=Condition.USED
    )
    sold = showroom.shown(order_id).vehicle_id
    assert sold is not None
    assert coming.vehicle_id is not None
    asked = in_stock.StockVehicles([coming.vehicle_id, sold])
    known = showroom.database.read(lambda reading: stock.queries.which_in_stock(reading, asked))
    assert known.vehicle_ids == [sold]


# -- its certificate


def test_a_car_s_certificate_says_where_it_is_who_said_so_and_when(showroom: Showroom) -> None:
    """7.6: the commonest honest reason why plates wait."""
    showroom.receive()
    (here,) = showroom.yard()
    assert (here.certificate, here.certificate_by) == (Certificate.WITH_US, None)
    for to in (Certificate.PLEDGED, Certificate.REQUESTED, Certificate.RELEASED):
        moved = showroom.do("move_certificate", "finance", stock_id=here.stock_id, certificate=to)
        assert (moved.certificate, moved.certificate_by, moved.certificate_at) == (to, "finance", NOW)
    with pytest.raises(CertificateState):
        showroom.do("move_certificate", "finance", stock_id=here.stock_id, certificate=Certificate.WITH_US)
    told = showroom.database.read(
        lambda reading: [
            (row.event_type, row.envelope["payload"].get("certificate"))
            for row in reading.execute(
                tables.outbox.select()
                .where(tables.outbox.c.subject_id == str(here.stock_id))
                .order_by(tables.outbox.c.position)
            )
        ]
    )
    assert told == [
        ("vehicle_received", None),
        ("certificate_moved", "pledged"),
        ("certificate_moved", "requested"),
        ("certificate_moved", "released"),
    ]


def test_the_certificate_of_another_store_s_car_or_of_one_that_left_is_nobody_s_here(
    showroom: Showroom, elsewhere: Callable[[], Showroom]
) -> None:
    arrived, order_id = showroom.receive(), showroom.signed(paid_fen=PRICE)
    (here,) = showroom.yard()
    pledge: dict[str, Any] = {"stock_id": here.stock_id, "certificate": Certificate.PLEDGED}
    with pytest.raises(VehicleNotFound):
        elsewhere().do("move_certificate", "finance", **pledge)
    showroom.allocate(order_id, arrived)
    showroom.deliver(order_id)
    with pytest.raises(VehicleNotFound):
        showroom.do("move_certificate", "finance", **pledge)
