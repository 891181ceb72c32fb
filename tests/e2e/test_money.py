"""Money over HTTP: a channel's notice told twice and too much, the task it makes, and a refund by two people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chassis.process import clock
from simulator.client import ApiProblem, Client
from tests.support import randoms
from tests.support.polling import eventually
from tests.support.system import System

SOON = 5.0


def signed(system: System, *, fen: int) -> tuple[str, str]:
    """A signed order: its identifier and number."""
    person = {"name": randoms.name(), "mobile": randoms.mobile(), "store_id": "HN"}
    customer_id = system.as_("receptionist").post("/customers", person)["customer_id"]
    order = {"customer_id": customer_id, "store_id": "HN", "model": randoms.code("M"), "total_fen": fen}
    made = system.as_("consultant").post("/orders", order)
    promised = (clock.now() + timedelta(days=30)).date().isoformat()
    contract = {"contract_no": "C", "signer": person["name"], "promised_date": promised}
    system.as_("consultant").post(f"/orders/{made['order_id']}/sign", contract)
    return made["order_id"], made["number"]


def task_of(client: Client, kind: str, subject_id: str) -> dict[str, Any] | None:
    mine = client.get("/tasks/today", kind=kind, size=100)["items"]
    return next((one for one in mine if one["subject_id"] == subject_id), None)


def test_money_that_comes_twice_is_told_to_finance_and_goes_back_by_two_people(system: System) -> None:
    order_id, number = signed(system, fen=1990)
    channel, finance, manager = system.as_("payment_channel"), system.as_("finance"), system.as_("sales_manager")

    def notice(reference: str) -> str:
        told = {"store_id": "HN", "channel": "alipay", "order_number": number, "amount": "19.90", "outcome": "paid"}
        taken = channel.post("/payment-notices", {**told, "external_ref": reference})
        assert taken["acknowledged"]
        return str(taken["result"])

    first, second = randoms.code("A"), randoms.code("A")
    assert [notice(first), notice(first.lower()), notice(second)] == ["applied", "repeated", "unapplied"]
    money = finance.get(f"/orders/{order_id}/payments")
    assert (money["paid_fen"], money["balance_fen"], money["unapplied_fen"]) == (1990, 0, 1990)
    payment_id = money["payments"][-1]["payment_id"]
    assert payment_id in [one["payment_id"] for one in finance.get("/receipts/unapplied", size=100)["items"]]
    # due by tomorrow: on the list of that day
    with system.living_at(clock.now() + timedelta(days=1)):
        assert eventually(lambda: task_of(finance, "RECEIPT_UNAPPLIED", payment_id), within=SOON)["store_id"] == "HN"

        asked = {"amount_fen": 1990, "reason": "重复付款"}
        refund_id = manager.post(f"/payments/{payment_id}/refunds", asked)["refund_id"]
        assert eventually(lambda: task_of(finance, "RECEIPT_UNAPPLIED", payment_id) is None, within=SOON)
        with pytest.raises(ApiProblem) as own:
            manager.post(f"/refunds/{refund_id}/approve")
        assert (own.value.status, own.value.code) == (403, "OWN_REFUND")
        system.as_("general_manager").post(f"/refunds/{refund_id}/approve")
        assert finance.post(f"/refunds/{refund_id}/pay", {"external_ref": randoms.code("R")})["state"] == "paid"
    again = finance.get(f"/orders/{order_id}/payments")
    assert (again["paid_fen"], again["unapplied_fen"], again["payments"][-1]["refunded_fen"]) == (1990, 0, 1990)


def test_what_somebody_types_above_the_balance_is_refused_with_the_field(system: System) -> None:
    order_id, _ = signed(system, fen=1990)
    with pytest.raises(ApiProblem) as refused:
        system.as_("finance").post(
            f"/orders/{order_id}/payments", {"amount_fen": 1991, "external_ref": randoms.code("P")}
        )
    assert (refused.value.status, refused.value.code) == (422, "OVERPAYMENT")
    assert refused.value.problem["details"]["field"] == "amount_fen"


def test_a_program_of_a_channel_tells_of_payments_and_may_do_nothing_else(system: System) -> None:
    order_id, _ = signed(system, fen=1990)
    for ask in (f"/orders/{order_id}", f"/orders/{order_id}/payments", "/receipts/unapplied", "/customers/lookup?q=1"):
        with pytest.raises(ApiProblem) as refused:
            system.as_("payment_channel").get(ask)
        assert refused.value.status == 403
    with pytest.raises(ApiProblem) as typed:
        system.as_("finance").post("/payment-notices", {})
    assert typed.value.status in (403, 422)


def test_what_was_booked_on_the_wrong_order_is_taken_back_and_booked_on_the_right_one_by_its_own_reference(
    system: System,
) -> None:
    (wrong, _), (right, _), finance = signed(system, fen=1990), signed(system, fen=1990), system.as_("finance")
    told = {"amount_fen": 290, "external_ref": randoms.code("P"), "kind": "deposit"}

    def book(order_id: str, **more: Any) -> dict[str, Any]:
        booked: dict[str, Any] = finance.post(f"/orders/{order_id}/payments", {**told, **more})
        return booked

    book(wrong)
    with pytest.raises(ApiProblem) as elsewhere:
        book(right)
    assert (elsewhere.value.status, elsewhere.value.code) == (409, "REFERENCE_USED")
    (mistaken,) = finance.get(f"/orders/{wrong}/payments")["payments"]
    finance.post(f"/payments/{mistaken['payment_id']}/reverse", {"reason": "录错订单"})
    assert book(right, confirmed=False)["paid_fen"] == 0
    with pytest.raises(ApiProblem) as otherwise:
        book(right, kind="balance")
    assert (otherwise.value.status, otherwise.value.code) == (409, "REFERENCE_DIFFERS")
    assert otherwise.value.problem["details"]["differs"] == "kind"
    assert book(right)["paid_fen"] == 290, "and told as come, what was awaited has come"
    (booked,) = finance.get(f"/orders/{right}/payments")["payments"]
    assert (booked["state"], booked["replaces_id"]) == ("confirmed", mistaken["payment_id"])
