"""Every step of an order at every status: the next one goes on, all others are refused and change nothing."""

from collections.abc import Callable
from datetime import date, datetime
from itertools import product
from uuid import UUID

import pytest

from chassis.process.clock import LOCAL
from contracts.refusals import StaleVersion
from contracts.sales.operations import CreateOrder, OrderStatus, SignOrder
from contracts.vehicle_identity import vehicle_id
from services.sales.orders.errors import DepositMissing, ModelDiffers, OrderState
from services.sales.orders.models import NEXT, Order
from services.sales.stock.errors import VehicleTaken
from services.sales.stock.models import StockVehicle

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=LOCAL)
PROMISE = date(2026, 11, 30)
VIN = "LHGCR1659G8000019"
PRICE = 20_000_000

C4 = {("approved", "signed"), ("signed", "allocated"), ("allocated", "delivered")}

Step = Callable[[Order], None]


def vehicle(*, model: str = "雅阁 2.0L", order_id: UUID | None = None) -> StockVehicle:
    received = StockVehicle.receive(vin=VIN, model=model, store_id="HN", now=NOW)
    received.order_id = order_id
    return received


def sign(order: Order) -> None:
    order.sign(SignOrder(order.id, "C-1", "张伟", PROMISE), now=NOW)


def allocate(order: Order) -> None:
    order.allocate(vehicle(), now=NOW)


def deliver(order: Order) -> None:
    order.deliver(km=12, now=NOW)


STEPS: tuple[tuple[Step, OrderStatus], ...] = (
    (sign, OrderStatus.SIGNED),
    (allocate, OrderStatus.ALLOCATED),
    (deliver, OrderStatus.DELIVERED),
)
ALLOWED = [(status, step, to) for status, (step, to) in product(OrderStatus, STEPS) if NEXT.get(status) is to]
FORBIDDEN = [(status, step, to) for status, (step, to) in product(OrderStatus, STEPS) if NEXT.get(status) is not to]
PAYABLE = (OrderStatus.SIGNED, OrderStatus.ALLOCATED)


def order_at(status: OrderStatus, *, paid_fen: int = PRICE) -> Order:
    order = Order.write(
        CreateOrder(customer_id=UUID(int=2), store_id="HN", model="雅阁 2.0L", total_fen=PRICE),
        number="HN-SO-202611-0001",
        consultant_id="C1",
        now=NOW,
    )
    order.status, order.paid_fen = status, paid_fen
    return order


def test_the_table_is_that_of_the_rules() -> None:
    assert {(status.value, to.value) for status, to in NEXT.items()} == C4


@pytest.mark.parametrize(("status", "step", "to"), ALLOWED)
def test_the_next_step_moves_the_order_and_raises_its_version(status: OrderStatus, step: Step, to: OrderStatus) -> None:
    order = order_at(status)
    step(order)
    assert (order.status, order.version) == (to, 2)


@pytest.mark.parametrize(("status", "step", "to"), FORBIDDEN)
def test_a_step_out_of_turn_is_refused_and_changes_nothing(status: OrderStatus, step: Step, to: OrderStatus) -> None:
    order = order_at(status)
    before = {name: value for name, value in vars(order).items() if name != "_sa_instance_state"}
    with pytest.raises(OrderState) as refused:
        step(order)
    assert refused.value.details == {"status": status, "wanted": to}
    assert {name: value for name, value in vars(order).items() if name != "_sa_instance_state"} == before


@pytest.mark.parametrize("status", [status for status in OrderStatus if status not in PAYABLE])
def test_money_for_an_order_that_takes_none_is_refused(status: OrderStatus) -> None:
    order = order_at(status, paid_fen=0)
    with pytest.raises(OrderState):
        order.pay(amount_fen=1)
    assert (order.paid_fen, order.version) == (0, 1)


@pytest.mark.parametrize("status", PAYABLE)
def test_money_comes_in_once_an_order_is_signed_until_it_is_delivered(status: OrderStatus) -> None:
    order = order_at(status, paid_fen=0)
    order.pay(amount_fen=1)
    assert (order.paid_fen, order.version) == (1, 2)


def test_the_contract_keeps_its_promise_as_the_first_one() -> None:
    order = order_at(OrderStatus.APPROVED)
    sign(order)
    assert (order.promised_date, order.first_promise, order.signed_at) == (PROMISE, PROMISE, NOW)


def test_no_vehicle_is_set_aside_without_a_deposit() -> None:
    order = order_at(OrderStatus.SIGNED, paid_fen=0)
    with pytest.raises(DepositMissing):
        allocate(order)
    assert (order.status, order.version) == (OrderStatus.SIGNED, 1)


def test_a_deposit_of_one_fen_is_a_deposit() -> None:
    order = order_at(OrderStatus.SIGNED, paid_fen=1)
    stock = vehicle()
    order.allocate(stock, now=NOW)
    assert (order.vin, order.vehicle_id, stock.order_id) == (VIN, vehicle_id(VIN), order.id)


def test_another_model_than_the_ordered_one_is_refused() -> None:
    order = order_at(OrderStatus.SIGNED)
    stock = vehicle(model="飞度 1.5L")
    with pytest.raises(ModelDiffers) as refused:
        order.allocate(stock, now=NOW)
    assert refused.value.details == {"ordered": "雅阁 2.0L", "vehicle": "飞度 1.5L"}
    assert stock.order_id is None


def test_a_vehicle_of_another_order_stays_with_it() -> None:
    other = UUID(int=9)
    stock = vehicle(order_id=other)
    with pytest.raises(VehicleTaken):
        order_at(OrderStatus.SIGNED).allocate(stock, now=NOW)
    assert stock.order_id == other


@pytest.mark.parametrize(("expected", "stale"), [(None, False), (1, False), (2, True), (0, True)])
def test_only_the_version_the_caller_looked_at_may_be_changed(expected: int | None, stale: bool) -> None:
    order = order_at(OrderStatus.APPROVED)
    if not stale:
        order.require_version(expected)
        return
    with pytest.raises(StaleVersion) as refused:
        order.require_version(expected)
    assert refused.value.details == {"expected": expected, "version": 1}
