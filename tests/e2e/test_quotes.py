"""A quote over HTTP: a step where it does not begin is refused, and the first price leads to the keys (C3)."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from contracts.sales.quotes import QuoteStatus
from services.sales.quotes.rules import MOVES, Command
from simulator.client import ApiProblem
from tests.support import randoms
from tests.support.polling import eventually
from tests.support.system import System

LINES = [{"kind": "car", "description": "GL8", "list_fen": 200}]
CALLS: dict[Command, tuple[str, str, dict[str, Any]]] = {
    Command.SUBMIT: ("consultant", "submit", {}),
    Command.APPROVE: ("sales_manager", "approve", {}),
    Command.REJECT: ("sales_manager", "reject", {"reason": "太低"}),
    Command.PRESENT: ("consultant", "present", {}),
    Command.ACCEPT: ("consultant", "accept", {}),
    Command.LOSE: ("consultant", "lose", {"reason": "price", "remark": "别家便宜"}),
}
"""How each is asked for; a new version is asked for in the same way wherever the quote stands, the clock ends it."""

_TO_PRESENTED = (Command.SUBMIT, Command.APPROVE, Command.PRESENT)
WAYS: dict[QuoteStatus, tuple[Command, ...]] = {
    QuoteStatus.DRAFT: (),
    QuoteStatus.APPROVAL_PENDING: (Command.SUBMIT,),
    QuoteStatus.APPROVED: (Command.SUBMIT, Command.APPROVE),
    QuoteStatus.PRESENTED: _TO_PRESENTED,
    QuoteStatus.ACCEPTED: (*_TO_PRESENTED, Command.ACCEPT),
    QuoteStatus.LOST: (Command.LOSE,),
}


@pytest.fixture(scope="module")
def customer_id(system: System) -> str:
    person = {"name": "范蠡", "mobile": randoms.mobile(), "store_id": "HN"}
    made: str = system.as_("receptionist").post("/customers", person)["customer_id"]
    return made


def do(system: System, command: Command, path: str) -> dict[str, Any]:
    """One step, as its desk asks for it."""
    role, step, body = CALLS[command]
    done: dict[str, Any] = system.as_(role).post(f"{path}/{step}", body)
    return done


def quote_at(system: System, customer_id: str, status: QuoteStatus) -> str:
    """The path of a quote that stands there."""
    wanted = {"customer_id": customer_id, "store_id": "HN", "model": "GL8", "total_fen": 100, "lines": LINES}
    path = f"/quotes/{system.as_('consultant').post('/quotes', {**wanted, 'draft': True})['quote_id']}"
    for command in WAYS[status]:
        do(system, command, path)
    assert shown(system, path)["versions"][0]["status"] == status
    return path


def shown(system: System, path: str) -> dict[str, Any]:
    found: dict[str, Any] = system.as_("consultant").get(path)
    return found


@pytest.mark.parametrize("status", WAYS)
def test_what_may_not_be_done_is_refused_with_a_code_and_changes_nothing(
    system: System, customer_id: str, status: QuoteStatus
) -> None:
    path = quote_at(system, customer_id, status)
    before = shown(system, path)
    forbidden = [command for command in CALLS if (status, command) not in MOVES]
    assert forbidden
    for command in forbidden:
        with pytest.raises(ApiProblem) as refused:
            do(system, command, path)
        assert (command, refused.value.status, refused.value.code) == (command, 409, "QUOTE_STATE")
    assert shown(system, path) == before


def test_who_wrote_a_quote_does_not_approve_it_whatever_else_he_is(system: System, customer_id: str) -> None:
    both = system.hired("consultant", "sales_manager")
    wanted = {"customer_id": customer_id, "store_id": "HN", "model": "GL8", "total_fen": 100, "lines": LINES}
    path = f"/quotes/{both.post('/quotes', wanted)['quote_id']}"
    with pytest.raises(ApiProblem) as refused:
        both.post(f"{path}/approve", {})
    assert (refused.value.status, refused.value.code) == (403, "OWN_PRICE")


def test_a_quote_that_waits_is_a_manager_s_task_and_one_that_was_given_its_consultant_s(
    system: System, customer_id: str
) -> None:
    path = quote_at(system, customer_id, QuoteStatus.APPROVAL_PENDING)

    def tasks(role: str, kind: str) -> list[Any]:
        items = system.as_(role).get("/tasks/today", size=100)["items"]
        return [one for one in items if one["kind"] == kind and one["subject_id"] == path.split("/")[-1]]

    eventually(lambda: tasks("sales_manager", "QUOTE_APPROVAL"), what="the manager's task")
    do(system, Command.APPROVE, path)
    eventually(lambda: not tasks("sales_manager", "QUOTE_APPROVAL"), what="it to be gone")
    do(system, Command.PRESENT, path)
    row = "SELECT due_at, staff_id FROM task WHERE kind = 'QUOTE_OPEN' AND subject_id = %s AND open"
    eventually(lambda: system.rows("followup", row, path.split("/")[-1]), what="the consultant's task")
    do(system, Command.ACCEPT, path)
    eventually(lambda: not system.rows("followup", row, path.split("/")[-1]), what="it to be gone")


def test_from_a_car_of_the_catalogue_over_the_quote_to_the_keys_in_another_s_name(
    system: System, customer_id: str
) -> None:
    consultant, model = system.as_("consultant"), randoms.code("M")
    car = system.as_("sales_planner").post("/car-definitions", {"model": model, "trim": "2.0T", "colour": "珍珠白"})
    prices = f"/car-definitions/{car['definition_id']}/prices"
    system.as_("sales_manager").post(prices, {"list_fen": 20_000_000, "store_id": "HN"})
    (listed,) = [
        one
        for one in consultant.get("/car-definitions", store_id="HN")["items"]
        if one["definition_id"] == car["definition_id"]
    ]
    assert (listed["name"], listed["list_fen"]) == (f"{model} 2.0T", 20_000_000)
    named = {"model": listed["name"], "definition_id": car["definition_id"]}
    wanted = {"customer_id": customer_id, "store_id": "HN", "total_fen": 19_900_000, **named}
    quote = consultant.post("/quotes", wanted)
    assert (quote["status"], quote["discount_fen"], quote["colour"]) == ("approved", 100_000, "珍珠白")
    path = f"/quotes/{quote['quote_id']}"
    again = {**named, "total_fen": 19_900_000, "lines": []}
    assert consultant.post(f"{path}/versions", again)["quote_version"] == 2
    consultant.post(f"{path}/present", {})
    assert [one["status"] for one in shown(system, path)["versions"]] == ["presented", "superseded"]
    order = consultant.post(f"{path}/accept", {})
    assert (order["quote_id"], order["quote_version"], order["total_fen"]) == (quote["quote_id"], 2, 19_900_000)

    son = system.as_("receptionist").post(
        "/customers", {"name": "范小明", "mobile": randoms.mobile(), "store_id": "HN"}
    )["customer_id"]
    orders = f"/orders/{order['order_id']}"
    bank = {"kind": "lender", "firm": "平安银行", "amount_fen": 10_000_000}
    consultant.post(f"{orders}/parties", {"owner_id": son, "payers": [bank]})
    parties = consultant.get(f"{orders}/parties", expand="customer")["items"]
    assert [(one["role"], one["amount_fen"], one.get("customer_name"), one["firm"]) for one in parties] == [
        ("buyer", 9_900_000, "范蠡", None),
        ("owner", None, "范小明", None),
        ("payer", 10_000_000, None, "平安银行"),
    ]
    with pytest.raises(ApiProblem) as refused:
        consultant.post(f"{orders}/parties", {"owner_id": "0193a0f2-6c11-7c3a-9d52-0b6f1b2c9a99"})
    assert (refused.value.status, refused.value.code) == (422, "INVALID_REQUEST")

    vin = randoms.vin()
    arrived = {"vin": vin, "store_id": "HN", **named}
    stock = system.as_("sales_manager").post("/stock-vehicles", arrived)
    assert stock["colour"] == "珍珠白"
    consultant.post(f"{orders}/sign", {"contract_no": "C", "signer": "范蠡", "promised_date": "2098-01-01"})
    paid = {"amount_fen": 19_900_000, "external_ref": secrets.token_hex(8)}
    system.as_("finance").post(f"{orders}/payments", paid)
    consultant.post(f"{orders}/allocate", {"vin": vin})
    consultant.post(f"{orders}/deliver", {"km": 9})

    def owners() -> Any:
        try:
            card = system.as_("advisor").get(f"/vehicles/{stock['vehicle_id']}")
        except ApiProblem as problem:  # the record knows the car by what it hears of the delivery
            if problem.code != "VEHICLE_NOT_FOUND":
                raise
            return []
        return [one["name"] for one in card["parties"] if one["role"] == "owner"]

    eventually(lambda: owners() == ["范小明"], what="the car to be his whose name it is registered in")
    eventually(lambda: system.view_with(customer_id, "quote_accepted"), what="the line of the quote")
