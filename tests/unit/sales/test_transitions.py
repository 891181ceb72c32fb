"""Every step of an order at every status: the next one goes on, all others are refused and change nothing."""

from collections.abc import Callable
from datetime import date, datetime
from itertools import product
from uuid import UUID

import pytest

from chassis.process.clock import LOCAL
from contracts.refusals import StaleVersion
from contracts.sales.lines import LineKind, PriceLine
from contracts.sales.operations import CreateOrder, Fault, OrderStatus, SignOrder
from contracts.sales.stock import ExpectStock
from contracts.vehicle_identity import vehicle_id
from services.sales.orders.errors import DepositMissing, ModelDiffers, OrderState
from services.sales.orders.models import Order
from services.sales.orders.rules import MOVES, Command
from services.sales.prices import rules
from services.sales.prices.usecases import Price
from services.sales.stock.errors import VehicleTaken
from services.sales.stock.models import StockVehicle

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=LOCAL)
PROMISE = date(2026, 11, 30)
VIN = "LHGCR1659G8000019"
PRICE = 20_000_000
LEAST = 500_000

AGREED = Price(
    "雅阁 2.0L",
    PRICE,
    0,
    0,
    [PriceLine(LineKind.CAR, "雅阁 2.0L", PRICE, 0, PRICE, rules.contained(PRICE, percent=13))],
)

C4 = {
    ("draft", "price", "draft"),
    ("draft", "submit", "approved"),
    ("draft", "submit", "approval_pending"),
    ("approval_pending", "approve", "approved"),
    ("approval_pending", "reject", "draft"),
    ("draft", "request_cancel", "cancelled"),
    ("approval_pending", "request_cancel", "cancelled"),
    ("draft", "name_parties", "draft"),
    ("approval_pending", "name_parties", "approval_pending"),
    ("approved", "name_parties", "approved"),
    ("signed", "name_parties", "signed"),
    ("allocated", "name_parties", "allocated"),
    ("ready", "name_parties", "ready"),
    ("approved", "amend", "approved"),
    ("signed", "amend", "signed"),
    ("allocated", "amend", "allocated"),
    ("ready", "amend", "ready"),
    ("approved", "sign", "signed"),
    ("signed", "pay", "signed"),
    ("signed", "allocate", "allocated"),
    ("allocated", "pay", "allocated"),
    ("allocated", "make_ready", "ready"),
    ("allocated", "deliver", "delivered"),
    ("ready", "pay", "ready"),
    ("ready", "deliver", "delivered"),
    ("delivered", "pay", "delivered"),
    ("closed", "pay", "closed"),
    ("delivered", "close", "closed"),
    ("approved", "request_cancel", "cancelled"),
    ("signed", "request_cancel", "cancel_pending"),
    ("allocated", "request_cancel", "cancel_pending"),
    ("ready", "request_cancel", "cancel_pending"),
    ("cancel_pending", "confirm_cancel", "cancelled"),
    ("cancel_pending", "withdraw_cancel", "previous"),
}
"""The rules' table, by hand."""

Step = Callable[[Order], None]


def vehicle(*, model: str = "雅阁 2.0L", order_id: UUID | None = None) -> StockVehicle:
    received = StockVehicle.expect(ExpectStock(model, "HN"), vin=VIN)
    received.arrive(vin=VIN, model=model, now=NOW)
    received.order_id = order_id
    return received


def sign(order: Order) -> None:
    order.sign(SignOrder(order.id, "C-1", "张伟", PROMISE), now=NOW)


def allocate(order: Order) -> None:
    order.allocate(vehicle(), deposit_fen=LEAST, now=NOW)


def deliver(order: Order) -> None:
    order.deliver(km=12, now=NOW)


STEPS: dict[Command, Step] = {
    Command.PRICE: lambda order: order.reprice(AGREED, by="C1", now=NOW),
    Command.SUBMIT: lambda order: order.submit(beyond=False, now=NOW),
    Command.APPROVE: lambda order: order.approve(by="M1", now=NOW),
    Command.REJECT: lambda order: order.reject(reason="太低", by="M1", now=NOW),
    Command.NAME_PARTIES: lambda order: order.name_parties([], now=NOW),
    Command.AMEND: lambda order: order.amend(AGREED, number=1, beyond=False, now=NOW),
    Command.SIGN: sign,
    Command.PAY: lambda order: order.pay(amount_fen=1, now=NOW),
    Command.ALLOCATE: allocate,
    Command.MAKE_READY: lambda order: order.make_ready(now=NOW),
    Command.DELIVER: deliver,
    Command.CLOSE: lambda order: order.close(now=NOW),
    Command.REQUEST_CANCEL: lambda order: order.request_cancel(fault=Fault.BUYER, reason="不买了", by="C1", now=NOW),
    Command.CONFIRM_CANCEL: lambda order: order.confirm_cancel(fault=None, by="M1", now=NOW),
    Command.WITHDRAW_CANCEL: lambda order: order.withdraw_cancel(now=NOW),
}
FORBIDDEN = [pair for pair in product(OrderStatus, Command) if pair not in MOVES]


def order_at(status: OrderStatus, *, paid_fen: int = PRICE) -> Order:
    order = Order.write(
        CreateOrder(customer_id=UUID(int=2), store_id="HN", model="雅阁 2.0L", total_fen=PRICE),
        AGREED,
        beyond=False,
        by="C1",
        number="HN-SO-202611-0001",
        consultant_id="C1",
        now=NOW,
    )
    order.status, order.paid_fen = status, paid_fen
    if status is OrderStatus.CANCEL_PENDING:
        order.status_before = OrderStatus.SIGNED
    return order


def values(order: Order) -> dict[str, object]:
    return {name: value for name, value in vars(order).items() if name != "_sa_instance_state"}


def test_the_table_is_that_of_the_rules() -> None:
    told = {
        (status.value, command.value, to)
        for (status, command), places in MOVES.items()
        for to in [place.value for place in places] or ["previous"]
    }
    assert told == C4


@pytest.mark.parametrize(("status", "command"), MOVES)
def test_what_may_be_done_leads_where_the_table_says_and_is_the_next_version(
    status: OrderStatus, command: Command
) -> None:
    paid = command is Command.PAY
    order = order_at(status, paid_fen=PRICE - 1 if paid else PRICE)
    STEPS[command](order)
    (to, *_) = MOVES[status, command] or (OrderStatus.SIGNED,)
    assert (order.status, order.version) == (to, 2)


@pytest.mark.parametrize(("beyond", "to"), [(False, OrderStatus.APPROVED), (True, OrderStatus.APPROVAL_PENDING)])
def test_a_draft_is_approved_when_it_is_submitted_or_waits_for_another_s_word(beyond: bool, to: OrderStatus) -> None:
    order = order_at(OrderStatus.DRAFT)
    order.submit(beyond=beyond, now=NOW)
    assert (order.status, order.approved_at) == (to, None if beyond else NOW)


@pytest.mark.parametrize(("status", "command"), FORBIDDEN)
def test_what_may_not_be_done_is_refused_and_changes_nothing(status: OrderStatus, command: Command) -> None:
    order = order_at(status, paid_fen=0)
    before = values(order)
    with pytest.raises(OrderState) as refused:
        STEPS[command](order)
    assert refused.value.details == {"status": status, "command": command}
    assert values(order) == before


@pytest.mark.parametrize("status", [OrderStatus.SIGNED, OrderStatus.ALLOCATED, OrderStatus.READY])
def test_a_withdrawn_cancellation_leads_back_to_where_the_order_was(status: OrderStatus) -> None:
    order = order_at(status)
    STEPS[Command.REQUEST_CANCEL](order)
    assert (order.status, order.cancel_reason) == (OrderStatus.CANCEL_PENDING, "不买了")
    order.withdraw_cancel(now=NOW)
    assert (order.status, order.status_before, order.cancel_reason, order.cancel_fault) == (status, None, None, None)


def test_whoever_confirms_a_cancellation_may_know_better_whose_fault_it_was() -> None:
    for said, kept in ((None, Fault.BUYER), (Fault.SELLER, Fault.SELLER)):
        order = order_at(OrderStatus.SIGNED)
        STEPS[Command.REQUEST_CANCEL](order)
        order.confirm_cancel(fault=said, by="M1", now=NOW)
        assert (order.cancel_fault, order.cancelled_by, order.cancelled_at) == (kept, "M1", NOW)


def test_the_contract_keeps_its_promise_as_the_first_one() -> None:
    order = order_at(OrderStatus.APPROVED)
    sign(order)
    assert (order.promised_date, order.first_promise, order.signed_at) == (PROMISE, PROMISE, NOW)


@pytest.mark.parametrize(
    ("total_fen", "needed"),
    [
        (PRICE, LEAST),
        (2_500_000, LEAST),
        (2_499_999, 499_999),  # a deposit is at most a fifth of the price
        (200, 40),
        (4, 1),
    ],
)
def test_a_car_is_set_aside_for_the_store_s_deposit_or_the_most_that_law_lets_it_be(
    total_fen: int, needed: int
) -> None:
    for paid_fen in (needed - 1, needed):
        order = order_at(OrderStatus.SIGNED, paid_fen=paid_fen)
        order.total_fen = total_fen
        stock = vehicle()
        if paid_fen < needed:
            with pytest.raises(DepositMissing) as refused:
                order.allocate(stock, deposit_fen=LEAST, now=NOW)
            assert refused.value.details["needed_fen"] == needed
            assert (order.status, order.version, stock.order_id) == (OrderStatus.SIGNED, 1, None)
        else:
            order.allocate(stock, deposit_fen=LEAST, now=NOW)
            assert (order.vin, order.vehicle_id, stock.order_id) == (VIN, vehicle_id(VIN), order.id)


def test_without_a_least_deposit_a_fen_is_one() -> None:
    order = order_at(OrderStatus.SIGNED, paid_fen=0)
    with pytest.raises(DepositMissing):
        order.allocate(vehicle(), deposit_fen=0, now=NOW)


def test_another_model_than_the_ordered_one_is_refused() -> None:
    order = order_at(OrderStatus.SIGNED)
    stock = vehicle(model="飞度 1.5L")
    with pytest.raises(ModelDiffers) as refused:
        order.allocate(stock, deposit_fen=LEAST, now=NOW)
    assert refused.value.details == {"ordered": "雅阁 2.0L", "vehicle": "飞度 1.5L"}
    assert stock.order_id is None


def test_a_vehicle_of_another_order_stays_with_it() -> None:
    other = UUID(int=9)
    stock = vehicle(order_id=other)
    with pytest.raises(VehicleTaken):
        order_at(OrderStatus.SIGNED).allocate(stock, deposit_fen=LEAST, now=NOW)
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
