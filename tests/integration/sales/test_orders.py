"""Orders, payments and stock against PostgreSQL: what changes, and exactly which events tell of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.process.clock import LOCAL
from chassis.store.numbers import Per, next_number
from contracts.refusals import Refusal, StaleVersion, StoreNotAllowed
from contracts.sales import operations
from contracts.sales.operations import OrderStatus, SignOrder
from contracts.sales.stock import ReceiveStock
from contracts.vehicle_identity import vehicle_id
from services.sales.orders.errors import (
    BalanceOpen,
    DepositMissing,
    OrderNotFound,
    PromiseInPast,
)
from services.sales.stock.errors import VehicleNotFound, VehicleTaken, VinInStock, VinInvalid
from tests.integration.sales.people import DEPOSIT, MODEL, NOW, PRICE, PROMISE, Showroom
from tests.support.polling import eventually
from tests.support.randoms import code, vin

SIGNED = ("order_signed", 2)


# -- from the order to the keys


def test_a_sale_records_exactly_these_events(showroom: Showroom) -> None:
    order_id, arrived = showroom.write(), showroom.receive()
    assert showroom.recorded(order_id) == []
    showroom.sign(order_id)
    showroom.pay(order_id, DEPOSIT)
    showroom.allocate(order_id, arrived)
    showroom.pay(order_id, PRICE - DEPOSIT)
    showroom.deliver(order_id)
    assert showroom.recorded(order_id) == [
        SIGNED,
        ("payment_confirmed", 3),
        ("vehicle_allocated", 4),
        ("payment_confirmed", 5),
        ("vehicle_delivered", 6),
    ]
    assert showroom.shown(order_id).status is OrderStatus.DELIVERED


def test_every_step_leaves_the_order_as_the_query_then_shows_it(showroom: Showroom) -> None:
    order_id, arrived = showroom.write(), showroom.receive()
    assert showroom.sign(order_id) == showroom.shown(order_id)
    assert showroom.pay(order_id, DEPOSIT) == operations.Balance(order_id, PRICE, DEPOSIT, PRICE - DEPOSIT)
    assert showroom.shown(order_id).paid_fen == DEPOSIT
    assert showroom.allocate(order_id, arrived) == showroom.shown(order_id)
    showroom.pay(order_id, PRICE - DEPOSIT)
    assert showroom.deliver(order_id) == showroom.shown(order_id)


def test_the_events_carry_what_others_need_to_act(showroom: Showroom) -> None:
    order_id, arrived = showroom.signed(), showroom.receive()
    showroom.pay(order_id, DEPOSIT, reference=(deposit := code("P")))
    showroom.allocate(order_id, arrived)
    showroom.pay(order_id, PRICE - DEPOSIT)
    showroom.deliver(order_id)
    order = showroom.shown(order_id)
    signed, paid, allocated, balance, delivered = showroom.payloads(order_id)
    whose = {"order_id": str(order_id), "customer_id": str(order.customer_id)}
    vehicle = {"vehicle_id": str(vehicle_id(arrived)), "vin": arrived}
    assert signed == {
        **whose,
        "model": MODEL,
        "total_fen": PRICE,
        "promised_date": PROMISE.isoformat(),
        "consultant_id": "C1",
    }
    (first, _) = showroom.money(order_id).payments
    assert paid == {
        **whose,
        "payment_id": str(first.payment_id),
        "kind": "balance",
        "channel": "transfer",
        "amount_fen": DEPOSIT,
        "external_ref": deposit,
        "balance_fen": PRICE - DEPOSIT,
        "consultant_id": "C1",
    }
    assert allocated == {**whose, **vehicle, "consultant_id": "C1"}
    assert balance["balance_fen"] == 0
    assert delivered == {
        **whose,
        **vehicle,
        "model": MODEL,
        "consultant_id": "C1",
        "delivered_at": (NOW + timedelta(days=7)).isoformat(),
        "first_promise": PROMISE.isoformat(),
        "total_fen": PRICE,
        "km": 12,
        "excused": False,
        "owner_id": None,
        "insurer": None,
        "insured_from": None,
        "insured_until": None,
        "by_loan": False,
        "warranty_from": (NOW + timedelta(days=7)).date().isoformat(),
    }


def test_work_undone_leaves_neither_a_change_nor_an_event(showroom: Showroom) -> None:
    order_id = showroom.write()
    before = showroom.shown(order_id)

    def sign_and_fail() -> None:
        with showroom.database.transaction() as session:
            showroom.within(session, "sign_order", "consultant", SignOrder(order_id, "HT-1", "张伟", PROMISE))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        sign_and_fail()
    assert showroom.shown(order_id) == before
    assert showroom.recorded(order_id) == []


def test_an_order_undone_leaves_no_gap_in_the_numbers(showroom: Showroom) -> None:
    """A defect of a peer: numbers were COUNT(*) + 1."""

    def write_and_fail() -> None:
        with showroom.database.transaction() as session:
            next_number(session, "SO", store_id=showroom.store, per=Per.MONTH, now=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert showroom.shown(showroom.write()).number == f"{showroom.store}-SO-202611-0001"


@pytest.mark.parametrize("zone", [LOCAL, UTC], ids=["the store's", "Greenwich's"])
def test_half_an_hour_into_the_new_year_a_document_is_the_new_year_s_in_whatever_zone_the_moment_is_told(
    showroom: Showroom, zone: tzinfo
) -> None:
    """9.1."""
    begun = datetime(2027, 1, 1, 0, 30, tzinfo=LOCAL).astimezone(zone)
    order = showroom.shown(showroom.write(now=begun)).number
    assert (order, showroom.quote(now=begun).number) == (
        f"{showroom.store}-SO-202701-0001",
        f"{showroom.store}-QU-202701-0001",
    )


def test_numbers_run_by_store_and_month(showroom: Showroom, elsewhere: Callable[[], Showroom]) -> None:
    other = elsewhere()
    numbers = [
        showroom.shown(showroom.write()).number,
        showroom.shown(showroom.write()).number,
        other.shown(other.write()).number,
        showroom.shown(showroom.write(now=NOW + timedelta(days=8))).number,
    ]
    assert numbers == [
        f"{showroom.store}-SO-202611-0001",
        f"{showroom.store}-SO-202611-0002",
        f"{other.store}-SO-202611-0001",
        f"{showroom.store}-SO-202612-0001",
    ]


def test_orders_written_at_once_get_numbers_of_their_own(showroom: Showroom) -> None:
    """9.2; a defect of a peer: numbers were COUNT(*) + 1."""
    with ThreadPoolExecutor(8) as desks:
        written = list(desks.map(lambda _: showroom.write(), range(16)))
    numbers = sorted(showroom.shown(order_id).number for order_id in written)
    assert numbers == [f"{showroom.store}-SO-202611-{number:04d}" for number in range(1, 17)]


def test_a_delivery_may_be_promised_for_today_but_not_for_yesterday(showroom: Showroom) -> None:
    order_id = showroom.write()
    with pytest.raises(PromiseInPast):
        showroom.sign(order_id, promised=NOW.date() - timedelta(days=1))
    showroom.sign(order_id, promised=NOW.date())
    assert (showroom.shown(order_id).promised_date, showroom.shown(order_id).first_promise) == (
        NOW.date(),
        NOW.date(),
    )


def test_a_car_with_money_owed_stays_in_the_yard(showroom: Showroom) -> None:
    order_id = showroom.signed(paid_fen=PRICE - 1)
    showroom.allocate(order_id, showroom.receive())
    with pytest.raises(BalanceOpen):
        showroom.deliver(order_id)
    assert showroom.recorded(order_id)[-1] == ("vehicle_allocated", 4)


# -- stock


def test_of_several_orders_at_once_one_gets_the_vehicle(showroom: Showroom) -> None:
    arrived = showroom.receive()
    orders = [showroom.signed(paid_fen=DEPOSIT) for _ in range(4)]
    together = threading.Barrier(len(orders))

    def allocate(order_id: UUID) -> type[Refusal] | None:
        together.wait(10)
        try:
            showroom.allocate(order_id, arrived)
        except VehicleTaken as refusal:
            return type(refusal)
        return None

    with ThreadPoolExecutor(len(orders)) as desks:
        outcomes = dict(zip(orders, desks.map(allocate, orders), strict=True))
    winners = [order_id for order_id, outcome in outcomes.items() if outcome is None]
    assert len(winners) == 1
    assert list(outcomes.values()).count(VehicleTaken) == 3
    for order_id in orders:
        told = [SIGNED, ("payment_confirmed", 3)] + [("vehicle_allocated", 4)] * (order_id in winners)
        assert showroom.recorded(order_id) == told
        assert showroom.shown(order_id).vin == (arrived if order_id in winners else None)


def test_no_vehicle_is_set_aside_without_a_deposit(showroom: Showroom) -> None:
    order_id = showroom.signed()
    with pytest.raises(DepositMissing):
        showroom.allocate(order_id, showroom.receive())


def test_a_vehicle_of_another_stores_stock_is_not_there(showroom: Showroom, elsewhere: Callable[[], Showroom]) -> None:
    order_id, far = showroom.signed(paid_fen=DEPOSIT), elsewhere().receive()
    with pytest.raises(VehicleNotFound):
        showroom.allocate(order_id, far)
    with pytest.raises(VehicleNotFound):
        showroom.allocate(order_id, vin())


def test_a_vehicle_is_taken_into_stock_once(showroom: Showroom, elsewhere: Callable[[], Showroom]) -> None:
    arrived = showroom.receive()
    with pytest.raises(VinInStock):
        elsewhere().receive(arrived.lower())


def test_a_vehicle_received_at_two_desks_at_once_is_in_stock_once(showroom: Showroom) -> None:
    arriving = vin()
    with ThreadPoolExecutor(1) as other_desk, showroom.database.transaction() as session:
        showroom.within(session, "receive_stock", "sales_manager", ReceiveStock(arriving, MODEL, showroom.store))
        session.flush()
        late = other_desk.submit(showroom.receive, arriving)
        eventually(showroom.somebody_waits)
        session.commit()
        with pytest.raises(VinInStock):
            late.result(timeout=10)


def test_what_is_no_vin_is_neither_received_nor_allocated(showroom: Showroom) -> None:
    with pytest.raises(VinInvalid):
        showroom.receive("LSGSJ52U02Y00000")
    with pytest.raises(VinInvalid):
        showroom.allocate(showroom.signed(paid_fen=DEPOSIT), "LSGSJ52U02Y00000")


# -- who may touch what


def test_the_version_the_caller_looked_at_must_be_the_newest(showroom: Showroom) -> None:
    order_id = showroom.write()
    showroom.sign(order_id, version=1)
    with pytest.raises(StaleVersion) as refused:
        showroom.allocate(order_id, showroom.receive(), version=1)
    assert refused.value.details == {"expected": 1, "version": 2}


STEPS: dict[str, Callable[[Showroom, UUID], object]] = {
    "sign": lambda showroom, order_id: showroom.sign(order_id),
    "pay": lambda showroom, order_id: showroom.pay(order_id),
    "allocate": lambda showroom, order_id: showroom.allocate(order_id, vin()),
    "deliver": lambda showroom, order_id: showroom.deliver(order_id),
    "look at": lambda showroom, order_id: showroom.shown(order_id),
}


@pytest.mark.parametrize("step", STEPS)
def test_an_order_of_another_store_is_not_there(
    showroom: Showroom, elsewhere: Callable[[], Showroom], step: str
) -> None:
    order_id = showroom.write()
    with pytest.raises(OrderNotFound):
        STEPS[step](elsewhere(), order_id)


@pytest.mark.parametrize("step", STEPS)
def test_an_order_that_does_not_exist_is_not_there(showroom: Showroom, step: str) -> None:
    with pytest.raises(OrderNotFound):
        STEPS[step](showroom, uuid4())


@pytest.mark.parametrize("step", ["sign", "allocate", "deliver", "look at"])
def test_an_order_of_another_consultant_is_not_there(showroom: Showroom, step: str) -> None:
    order_id = showroom.write()
    with pytest.raises(OrderNotFound):
        STEPS[step](showroom.served_by("C2"), order_id)


def test_the_sales_manager_may_sign_for_any_consultant_of_his_store(showroom: Showroom) -> None:
    order_id = showroom.write()
    showroom.sign(order_id, role="sales_manager")
    assert showroom.shown(order_id, role="finance").consultant_id == "C1"


def test_nobody_writes_an_order_or_takes_stock_for_another_store(showroom: Showroom) -> None:
    with pytest.raises(StoreNotAllowed):
        showroom.do("create_order", "consultant", customer_id=uuid4(), store_id="OTHER", model=MODEL, total_fen=PRICE)
    with pytest.raises(StoreNotAllowed):
        showroom.do("receive_stock", "sales_manager", vin=vin(), store_id="OTHER", model=MODEL)


def test_a_list_refuses_another_store(showroom: Showroom, elsewhere: Callable[[], Showroom]) -> None:
    with pytest.raises(StoreNotAllowed):
        showroom.page(store_id=elsewhere().store)


# -- lists


def listed(showroom: Showroom, **asked: Any) -> list[UUID]:
    return [order.order_id for order in showroom.page(**asked).items]


def test_a_consultant_lists_his_own_orders_and_the_manager_all_of_the_store(
    showroom: Showroom, elsewhere: Callable[[], Showroom]
) -> None:
    colleague = showroom.served_by("C2")
    mine, his, _far = showroom.write(), colleague.write(), elsewhere().write()
    assert listed(showroom) == [mine]
    assert listed(colleague) == [his]
    assert set(listed(showroom, role="sales_manager")) == {mine, his}


def test_the_groups_leader_lists_every_store(showroom: Showroom, elsewhere: Callable[[], Showroom]) -> None:
    customer, other = uuid4(), elsewhere()
    both = {showroom.write(customer=customer), other.write(customer=customer)}
    assert set(listed(showroom, role="leader", customer_id=customer)) == both
    assert len(listed(showroom, role="leader", store_id=other.store)) == 1


def test_a_list_can_be_of_one_status_or_one_customer(showroom: Showroom) -> None:
    customer = uuid4()
    written, signed = showroom.write(customer=customer), showroom.signed()
    assert listed(showroom, status=OrderStatus.SIGNED) == [signed]
    assert listed(showroom, status=OrderStatus.DELIVERED) == []
    assert listed(showroom, customer_id=customer) == [written]


def test_pages_cover_a_list_once_newest_first(showroom: Showroom) -> None:
    written = [showroom.write(now=NOW + timedelta(minutes=minute)) for minute in range(5)]
    pages = [showroom.page(page=page, size=2) for page in (1, 2, 3, 4)]
    assert [len(page.items) for page in pages] == [2, 2, 1, 0]
    assert [order.order_id for page in pages for order in page.items] == written[::-1]
    assert {(page.total, page.size) for page in pages} == {(5, 2)}


def test_orders_of_the_same_moment_keep_their_order_from_page_to_page(showroom: Showroom) -> None:
    written = {showroom.write() for _ in range(5)}
    paged = [order.order_id for page in (1, 2, 3) for order in showroom.page(page=page, size=2).items]
    assert len(paged) == 5
    assert set(paged) == written
