"""Orders that are cancelled: whose fault it was, what becomes of the car, and what is told of it (C4, R47)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from contracts.refusals import OperationNotAllowed
from contracts.sales.operations import Fault, OrderStatus
from contracts.sales.stock import StockStatus
from services.sales.orders.errors import OrderNotFound, OrderState
from tests.integration.sales.people import DEPOSIT, NOW, PRICE, Showroom

LATER = NOW + timedelta(hours=3)


@pytest.fixture
def allocated(showroom: Showroom) -> UUID:
    """An order that has a car."""
    order_id = showroom.signed(paid_fen=DEPOSIT)
    showroom.allocate(order_id, showroom.receive())
    return order_id


def test_a_cancelled_order_lets_its_car_go_in_the_same_moment_and_the_next_one_has_it(
    showroom: Showroom, allocated: UUID
) -> None:
    """The vehicle of a cancelled order stays "reserved" for years elsewhere."""
    arrived = showroom.shown(allocated).vin
    assert arrived is not None
    showroom.cancel(allocated)
    assert showroom.shown(allocated).vin == arrived
    cancelled = showroom.confirm(allocated, fault=Fault.SELLER, now=LATER)
    assert cancelled == showroom.shown(allocated)
    assert (cancelled.status, cancelled.vin, cancelled.vehicle_id) == (OrderStatus.CANCELLED, None, None)
    assert (cancelled.cancel_fault, cancelled.cancelled_at) == (Fault.SELLER, LATER)
    another = showroom.signed(paid_fen=DEPOSIT)
    assert showroom.allocate(another, arrived).vin == arrived


def test_what_happened_is_told_by_name(showroom: Showroom, allocated: UUID) -> None:
    car = showroom.shown(allocated)
    showroom.cancel(allocated)
    showroom.confirm(allocated)
    assert showroom.recorded(allocated)[3:] == [
        ("order_cancel_requested", 5),
        ("vehicle_released", 6),
        ("order_cancelled", 6),
    ]
    whose = {"order_id": str(allocated), "customer_id": str(car.customer_id), "consultant_id": "C1"}
    assert showroom.payloads(allocated)[3:] == [
        {**whose, "fault": "buyer"},
        {**whose, "vehicle_id": str(car.vehicle_id), "vin": car.vin},
        {**whose, "fault": "buyer", "total_fen": PRICE, "paid_fen": DEPOSIT},
    ]


def test_without_a_car_there_is_none_to_let_go(showroom: Showroom) -> None:
    order_id = showroom.signed()
    showroom.cancel(order_id, fault=Fault.NEITHER)
    showroom.confirm(order_id)
    assert [name for name, _ in showroom.recorded(order_id)[1:]] == ["order_cancel_requested", "order_cancelled"]


def test_an_order_that_nobody_signed_is_cancelled_at_once(showroom: Showroom) -> None:
    order_id = showroom.write()
    gone = showroom.cancel(order_id, now=LATER)
    assert (gone.status, gone.cancelled_at) == (OrderStatus.CANCELLED, LATER)
    assert showroom.recorded(order_id) == [("order_cancelled", 2)]


def test_a_withdrawn_cancellation_leaves_the_order_with_its_car_where_it_was(
    showroom: Showroom, allocated: UUID
) -> None:
    before = showroom.shown(allocated)
    showroom.cancel(allocated)
    with pytest.raises(OrderState):
        showroom.pay(allocated, 1)
    back = showroom.do("withdraw_cancel", "consultant", order_id=allocated)
    assert back == showroom.shown(allocated)
    assert (back.status, back.vin, back.cancel_reason) == (OrderStatus.ALLOCATED, before.vin, None)
    assert showroom.recorded(allocated)[-1] == ("order_cancel_withdrawn", 6)
    showroom.pay(allocated, PRICE - DEPOSIT)
    assert showroom.deliver(allocated).status is OrderStatus.DELIVERED


def test_a_delivered_order_is_closed_and_never_cancelled(showroom: Showroom) -> None:
    order_id = showroom.signed(paid_fen=PRICE)
    showroom.allocate(order_id, showroom.receive())
    showroom.deliver(order_id)
    for _ in range(2):
        with pytest.raises(OrderState):
            showroom.cancel(order_id)
        if showroom.shown(order_id).closed_at is None:
            closed = showroom.do("close_order", "sales_manager", order_id=order_id, now=LATER)
            assert (closed.status, closed.closed_at) == (OrderStatus.CLOSED, LATER)
    assert showroom.recorded(order_id)[-1] == ("order_closed", 6)


def test_the_manager_confirms_and_the_consultant_does_not(showroom: Showroom, allocated: UUID) -> None:
    showroom.cancel(allocated)
    with pytest.raises(OperationNotAllowed):
        showroom.confirm(allocated, role="consultant")
    with pytest.raises(OrderNotFound):
        showroom.of("ELSEWHERE").confirm(allocated)
    assert showroom.shown(allocated).status is OrderStatus.CANCEL_PENDING


def test_the_database_lets_no_cancelled_order_keep_a_car(showroom: Showroom, allocated: UUID) -> None:
    with pytest.raises(Exception, match="sales_order_cancelled_has_no_vehicle"), showroom.database.transaction() as s:
        s.execute(text("UPDATE sales_order SET status = 'cancelled' WHERE id = :id"), {"id": allocated})


def test_the_sheet_says_since_when_it_is_cancelled_and_the_customer_sees_the_day(
    showroom: Showroom, allocated: UUID
) -> None:
    token = showroom.link(allocated).token
    showroom.cancel(allocated, now=LATER)
    assert (showroom.sheet(allocated).changed_at, showroom.progress(token).cancelled_on) == (LATER, None)
    showroom.confirm(allocated, now=LATER + timedelta(days=1))
    assert showroom.sheet(allocated).changed_at == LATER + timedelta(days=1)
    assert showroom.progress(token).cancelled_on == (LATER + timedelta(days=1)).date()


def test_a_car_of_a_closed_order_waits_for_nobody(showroom: Showroom) -> None:
    order_id = showroom.signed(paid_fen=PRICE)
    showroom.allocate(order_id, showroom.receive())
    assert showroom.yard(status=StockStatus.ALLOCATED) != []
    showroom.deliver(order_id)
    assert showroom.yard(status=StockStatus.ALLOCATED) == []
    showroom.do("close_order", "sales_manager", order_id=order_id)
    assert showroom.yard(status=StockStatus.ALLOCATED) == []
