"""Finance in the running system: a loan by its letter, the keys before the bank pays, a deposit given back twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chassis.process import clock
from simulator.client import ApiProblem
from tests.e2e.test_money import signed
from tests.support import randoms
from tests.support.polling import eventually
from tests.support.system import System

SOON = 5.0


def paid(system: System, path: str, fen: int, **more: Any) -> dict[str, Any]:
    asked = {"amount_fen": fen, "external_ref": randoms.code("P"), **more}
    answer: dict[str, Any] = system.as_("finance").post(f"{path}/payments", asked)
    return answer


def of_order(items: list[dict[str, Any]], order_id: str) -> list[dict[str, Any]]:
    return [one for one in items if one["order_id"] == order_id]


def test_a_car_is_handed_over_by_a_lender_s_letter_and_closed_when_it_has_paid(system: System) -> None:
    order_id, _ = signed(system, fen=1990)
    path, vin = f"/orders/{order_id}", randoms.vin()
    clerk = system.as_("loan_clerk")
    until = (clock.now() + timedelta(days=20)).date().isoformat()
    letter = {"lender": "平安银行", "letter_no": "PA-1", "amount_fen": 1500, "valid_until": until}
    with pytest.raises(ApiProblem) as beyond:
        clerk.post(f"{path}/loan-letter", {**letter, "amount_fen": 1991})
    assert (beyond.value.status, beyond.value.code) == (422, "LOAN_BEYOND_PRICE")
    assert clerk.post(f"{path}/loan-letter", letter)["amount_fen"] == 1500
    paid(system, path, 490, kind="deposit")
    model = system.as_("consultant").get(path)["model"]
    system.as_("sales_manager").post("/stock-vehicles", {"vin": vin, "model": model, "store_id": "HN"})
    system.as_("consultant").post(f"{path}/allocate", {"vin": vin})
    assert system.as_("consultant").post(f"{path}/deliver", {"km": 9})["status"] == "delivered"

    due = of_order(system.as_("finance").get("/receivables", payer="lender", size=100)["items"], order_id)
    assert [(one["payer_name"], one["balance_fen"], one["due_on"]) for one in due] == [("平安银行", 1500, until)]
    with pytest.raises(ApiProblem) as open_:
        system.as_("sales_manager").post(f"{path}/close", {})
    assert (open_.value.status, open_.value.code) == (409, "NOT_SETTLED")
    assert paid(system, path, 1500, kind="loan", channel="lender")["balance_fen"] == 0
    assert system.as_("sales_manager").post(f"{path}/close", {})["status"] == "closed"


def test_a_deposit_goes_back_doubled_when_the_seller_is_at_fault(system: System) -> None:
    order_id, number = signed(system, fen=1990)
    path, finance = f"/orders/{order_id}", system.as_("finance")
    paid(system, path, 300, kind="deposit")
    system.as_("consultant").post(f"{path}/cancel", {"fault": "seller", "reason": "厂家停产"})
    waits = of_order(system.as_("sales_manager").get("/approvals")["items"], order_id)
    assert [(one["kind"], one["number"], one["is_exception"]) for one in waits] == [("cancellation", number, True)]
    system.as_("sales_manager").post(f"{path}/cancel/confirm", {})
    (owed,) = of_order(finance.get("/receivables/returns", size=100)["items"], order_id)
    assert (owed["to_return_fen"], owed["compensation_fen"]) == (600, 300)

    payment_id = finance.get(f"{path}/payments")["payments"][0]["payment_id"]
    asked = [
        finance.post(f"/payments/{payment_id}/refunds", {"amount_fen": 300, "reason": "取消订单"}),
        finance.post(f"{path}/compensation", {"reason": "厂家停产"}),
    ]
    for refund in asked:
        system.as_("general_manager").post(f"/refunds/{refund['refund_id']}/approve")
        finance.post(f"/refunds/{refund['refund_id']}/pay", {"external_ref": randoms.code("R")})
    assert of_order(finance.get("/receivables/returns", size=100)["items"], order_id) == []
    with pytest.raises(ApiProblem) as again:
        finance.post(f"{path}/compensation", {"reason": "厂家停产"})
    assert (again.value.status, again.value.code) == (409, "NO_COMPENSATION")


def test_a_contradiction_is_looked_into_and_closed_with_a_note(system: System) -> None:
    _, number = signed(system, fen=1990)
    notice = {"store_id": "HN", "channel": "wechat", "outcome": "paid", "order_number": number}
    notice["external_ref"] = randoms.code("W")
    told = [system.as_("payment_channel").post("/payment-notices", {**notice, "amount": yuan}) for yuan in ("1", "2")]
    assert [one["result"] for one in told] == ["applied", "contradicts"]
    finance = system.as_("finance")

    def open_() -> list[dict[str, Any]]:
        found = finance.get("/payment-notices", size=100)["items"]
        return [one for one in found if one["order_number"] == number]

    (shown,) = open_()
    assert (shown["amount_fen"], shown["known_fen"], shown["known_number"]) == (200, 100, number)
    finance.post(f"/payment-notices/{shown['notice_id']}/close", {"note": "渠道补发,金额以首次为准"})
    assert open_() == []


def test_an_order_s_receivable_is_told_to_whoever_listens(system: System) -> None:
    order_id, _ = signed(system, fen=1990)
    paid(system, f"/orders/{order_id}", 290)
    wanted = (
        "SELECT envelope->'payload'->'payers'->0->>'balance_fen' FROM outbox"
        " WHERE subject_id = %s AND event_type = 'order_receivable_changed' ORDER BY position"
    )
    told = eventually(lambda: system.rows("sales", wanted, order_id), within=SOON)
    assert [row[0] for row in told] == ["1990", "1700"]
