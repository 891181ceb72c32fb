"""Every step of an order where it does not begin is refused over HTTP with 409 and a code: out of the table (C4)."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from contracts.sales.operations import OrderStatus
from services.sales.orders.rules import MOVES, Command
from simulator.client import ApiProblem
from tests.support import randoms
from tests.support.polling import eventually
from tests.support.system import System

CALLS: dict[Command, tuple[str, str, dict[str, Any]]] = {
    Command.PRICE: ("consultant", "price", {"model": "GL8", "total_fen": 60}),
    Command.SUBMIT: ("consultant", "submit", {}),
    Command.APPROVE: ("sales_manager", "approve", {}),
    Command.REJECT: ("sales_manager", "reject", {"reason": "太低"}),
    Command.NAME_PARTIES: ("consultant", "parties", {}),
    Command.AMEND: ("consultant", "amendments", {"total_fen": 60, "reason": "改价"}),
    Command.SIGN: ("consultant", "sign", {"contract_no": "C", "signer": "王莽", "promised_date": "2098-01-01"}),
    Command.PAY: ("finance", "payments", {"amount_fen": 100}),
    Command.ALLOCATE: ("consultant", "allocate", {}),
    Command.DELIVER: ("consultant", "deliver", {"km": 9}),
    Command.CLOSE: ("sales_manager", "close", {}),
    Command.REQUEST_CANCEL: ("consultant", "cancel", {"fault": "buyer", "reason": "不买了"}),
    Command.CONFIRM_CANCEL: ("sales_manager", "cancel/confirm", {}),
    Command.WITHDRAW_CANCEL: ("consultant", "cancel/withdraw", {}),
}
"""How each is asked for; that an order is ready its steps say."""

_TO_SIGNED = (Command.SUBMIT, Command.APPROVE, Command.SIGN)
_TO_ALLOCATED = (*_TO_SIGNED, Command.PAY, Command.ALLOCATE)
WAYS: dict[OrderStatus, tuple[Command, ...]] = {
    OrderStatus.DRAFT: (),
    OrderStatus.APPROVAL_PENDING: (Command.SUBMIT,),
    OrderStatus.APPROVED: (Command.SUBMIT, Command.APPROVE),
    OrderStatus.SIGNED: _TO_SIGNED,
    OrderStatus.ALLOCATED: _TO_ALLOCATED,
    OrderStatus.DELIVERED: (*_TO_ALLOCATED, Command.DELIVER),
    OrderStatus.CLOSED: (*_TO_ALLOCATED, Command.DELIVER, Command.CLOSE),
    OrderStatus.CANCEL_PENDING: (*_TO_SIGNED, Command.REQUEST_CANCEL),
    OrderStatus.CANCELLED: (*_TO_ALLOCATED, Command.REQUEST_CANCEL, Command.CONFIRM_CANCEL),
}


class Orders:
    """Orders for one customer, each with a car in the yard, and a price that needs another's word."""

    def __init__(self, system: System) -> None:
        self._system = system
        person = {"name": "王莽", "mobile": randoms.mobile(), "store_id": "HN"}
        self.customer_id = system.as_("receptionist").post("/customers", person)["customer_id"]

    def at(self, status: OrderStatus) -> tuple[str, str]:
        """The path of an order that stands there, and its car."""
        vin = randoms.vin()
        self._system.as_("sales_manager").post("/stock-vehicles", {"vin": vin, "model": "GL8", "store_id": "HN"})
        wanted = {"customer_id": self.customer_id, "store_id": "HN", "model": "GL8", "total_fen": 100, "draft": True}
        wanted["lines"] = [{"kind": "car", "description": "GL8", "list_fen": 200}]
        path = f"/orders/{self._system.as_('consultant').post('/orders', wanted)['order_id']}"
        for command in WAYS[status]:
            self.do(command, path, vin)
        assert self._system.as_("consultant").get(path)["status"] == status
        return path, vin

    def do(self, command: Command, path: str, vin: str) -> dict[str, Any]:
        """One step, as its desk asks for it."""
        role, step, body = CALLS[command]
        more = {Command.PAY: {"external_ref": secrets.token_hex(8)}, Command.ALLOCATE: {"vin": vin}}.get(command, {})
        done: dict[str, Any] = self._system.as_(role).post(f"{path}/{step}", {**body, **more})
        return done


@pytest.fixture(scope="module")
def orders(system: System) -> Orders:
    return Orders(system)


@pytest.mark.parametrize("status", WAYS)
def test_what_may_not_be_done_is_refused_with_a_code_and_changes_nothing(
    system: System, orders: Orders, status: OrderStatus
) -> None:
    path, vin = orders.at(status)
    before = system.as_("consultant").get(path)
    forbidden = [command for command in CALLS if (status, command) not in MOVES]
    assert forbidden
    for command in forbidden:
        with pytest.raises(ApiProblem) as refused:
            orders.do(command, path, vin)
        assert (command, refused.value.status, refused.value.code) == (command, 409, "ORDER_STATE")
    assert system.as_("consultant").get(path) == before


def test_the_customer_s_view_knows_of_a_cancelled_order_as_of_none_that_is_open(system: System, orders: Orders) -> None:
    car = system.deliver_a_car(name="班固")
    wanted = {"customer_id": car.customer_id, "store_id": "HN", "model": "GL8", "total_fen": 100}
    path = f"/orders/{system.as_('consultant').post('/orders', wanted)['order_id']}"
    for command in (Command.SIGN, Command.REQUEST_CANCEL, Command.CONFIRM_CANCEL):
        orders.do(command, path, car.vin)
    view = eventually(lambda: system.view_with(car.customer_id, "order_cancelled"), what="the line of the cancellation")
    assert view["glance"]["open_orders"] == 0


def test_an_amendment_waits_for_another_s_word_over_http_too(system: System, orders: Orders) -> None:
    path, _ = orders.at(OrderStatus.SIGNED)
    lower = {"total_fen": 50, "reason": "老客户", "lines": [{"kind": "car", "description": "GL8", "list_fen": 200}]}
    assert system.as_("consultant").post(f"{path}/amendments", lower)["total_fen"] == 100
    with pytest.raises(ApiProblem) as refused:
        system.as_("consultant").post(f"{path}/amendments/approve", {})
    assert refused.value.status == 403
    approved = system.as_("sales_manager").post(f"{path}/amendments/approve", {})
    assert (approved["total_fen"], approved["price_waits"]) == (50, False)
    price = system.as_("consultant").get(f"{path}/price")
    assert [line["amount_fen"] for line in price["lines"]] == [50]
    assert [(one["number"], one["status"], one["total_fen"]) for one in price["amendments"]] == [(1, "stands", 50)]


def test_a_manager_writes_for_a_consultant_of_his_store_and_for_nobody_else(system: System, orders: Orders) -> None:
    manager, his = system.as_("sales_manager"), system.staff_id("consultant")
    wanted = {"customer_id": orders.customer_id, "store_id": "HN", "model": "GL8", "total_fen": 100}

    def written() -> dict[str, Any] | None:
        try:
            made: dict[str, Any] = manager.post("/orders", {**wanted, "consultant_id": his})
        except ApiProblem as problem:
            if problem.code != "CONSULTANT_UNKNOWN":
                raise
            return None
        return made

    order = eventually(written, what="sales to have heard who works here")
    assert system.as_("consultant").get(f"/orders/{order['order_id']}")["consultant_id"] == his
    with pytest.raises(ApiProblem) as refused:
        manager.post("/orders", {**wanted, "consultant_id": system.staff_id("finance")})
    assert (refused.value.status, refused.value.code) == (422, "CONSULTANT_UNKNOWN")
