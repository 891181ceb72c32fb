"""Finance's desk and the manager's approvals: money that comes and goes, by keys, each by another person."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator

from contracts.sales.policies import FULL
from contracts.shapes import plain
from tests.support import randoms
from tests.support.desk import Desk
from tests.support.polling import eventually
from tests.support.system import System

SitDown = Callable[..., Desk]
STORE = "FT"
"""Of its own: its orders take all steps."""


def rows(desk: Desk, what: str) -> Locator:
    """The rows of a list that say this: other people's stand there too."""
    return desk.page.locator("tbody tr").filter(has_text=what)


def choose(desk: Desk, what: str) -> None:
    """Come to the first of them, as by `J`."""
    rows(desk, what).first.wait_for()
    rows(desk, what).first.locator("[data-row]").focus()


def has_gone(desk: Desk, what: str) -> None:
    """No row says it any more."""
    eventually(lambda: rows(desk, what).count() == 0, what=f"{what} to be in no row")


@pytest.fixture
def invoiced(system: System) -> dict[str, Any]:
    """An order with its deposit, car and invoice, that nobody has cancelled yet."""
    leader = system.as_("leader", store=STORE)
    leader.post("/policies", {"code": "DELIVERY_STEPS", "value": plain(FULL), "store_id": STORE})
    person = {"name": "澹台灭明", "mobile": f"137{secrets.randbelow(10**8):08d}", "store_id": STORE}
    customer = system.as_("receptionist", store=STORE).post("/customers", person)["customer_id"]
    vin, model = randoms.vin(), randoms.code("M")
    system.as_("sales_manager", store=STORE).post("/stock-vehicles", {"vin": vin, "model": model, "store_id": STORE})
    consultant, finance = system.as_("consultant", store=STORE), system.as_("finance", store=STORE)
    order: dict[str, Any] = consultant.post(
        "/orders", {"customer_id": customer, "store_id": STORE, "model": model, "total_fen": 2000}
    )
    path = f"/orders/{order['order_id']}"
    consultant.post(f"{path}/sign", {"contract_no": "C", "signer": "澹台灭明", "promised_date": "2098-01-01"})
    for kind, fen in (("deposit", 400), ("balance", 1600)):
        finance.post(f"{path}/payments", {"amount_fen": fen, "external_ref": secrets.token_hex(8), "kind": kind})
    consultant.post(f"{path}/allocate", {"vin": vin})
    finance.send("PATCH", f"{path}/steps/INVOICE", {"act": "finish", "evidence": "INV-1"})
    return order


def cancels(desk: Desk) -> None:
    """The consultant asks for it."""
    desk.page.get_by_role("button", name="申请取消").wait_for()
    desk.press("x")
    desk.field("责任方").select_option("neither")
    desk.field("原因").fill("客户调往外地")
    desk.press("Control+Enter")
    desk.see("待取消")


def confirms(desk: Desk, number: str) -> None:
    """The manager says yes to the cancellation of this order."""
    choose(desk, number)
    desk.page.get_by_role("button", name="确认取消").wait_for()
    desk.press("y")
    desk.see("取消后不能恢复")
    desk.press("Control+Enter")


def asks_back(desk: Desk, references: list[str]) -> None:
    """Finance asks for each payment of the order to go back."""
    for reference in references:
        desk.page.locator(f"[data-payment='{reference}']").get_by_role("button", name="申请退款").click()
        desk.field("原因").fill("取消订单")
        desk.press("Control+Enter")
        desk.page.get_by_role("dialog").wait_for(state="hidden")


def agrees(desk: Desk, number: str) -> None:
    """The manager says yes to everything of this order, one after the other."""
    for left in (2, 1):
        eventually(lambda n=left: rows(desk, number).count() == n, what=f"{left} to decide")  # type: ignore[misc]
        choose(desk, number)
        desk.page.get_by_role("button", name="批准").wait_for()
        desk.press("y")


def pays_out(desk: Desk, number: str) -> None:
    """Finance says that the money went."""
    for left in (2, 1):
        eventually(lambda n=left: rows(desk, number).count() == n, what=f"{left} to pay")  # type: ignore[misc]
        choose(desk, number)
        desk.press("f")
        desk.field("银行流水号").fill(secrets.token_hex(8))
        desk.press("Control+Enter")
        desk.page.get_by_role("dialog").wait_for(state="hidden")


def test_a_cancellation_after_the_invoice_is_reversed_refunded_by_two_people_and_settled(
    system: System, invoiced: dict[str, Any], sit_down: SitDown
) -> None:
    number, path = invoiced["number"], f"orders/{invoiced['order_id']}"
    asked = system.as_("finance", store=STORE)

    def refunds() -> list[str]:
        return [one["state"] for one in asked.get(f"/{path}/payments")["refunds"]]

    cancels(sit_down("consultant", store=STORE).open(path))
    manager = sit_down("sales_manager", store=STORE).open("approvals")
    manager.may_be_refused |= {409}
    confirms(manager, number)
    manager.page.get_by_role("alert").filter(has_text="发票").first.wait_for()
    # the red-letter invoice first: whoever may take back a word says so
    back = {"act": "reopen", "reason": "红字发票 R-1"}
    system.as_("sales_manager", store=STORE).send("PATCH", f"/{path}/steps/INVOICE", back)
    confirms(manager.open("approvals"), number)
    eventually(lambda: asked.get(f"/{path}")["status"] == "cancelled", what="the order to be cancelled")

    finance = sit_down("finance", store=STORE).open("finance?tab=returns")
    choose(finance, number)
    assert "¥20" in rows(finance, number).inner_text()
    finance.press("Enter")
    finance.see("应退")
    asks_back(finance, [one["external_ref"] for one in asked.get(f"/{path}/payments")["payments"]])
    eventually(lambda: refunds() == ["requested"] * 2, what="both asked for")
    agrees(manager.open("approvals"), number)
    eventually(lambda: refunds() == ["approved"] * 2, what="both agreed to")
    pays_out(finance.open("finance?tab=refunds&waits=pay"), number)
    eventually(lambda: refunds() == ["paid"] * 2, what="both paid back")
    money = asked.get(f"/{path}/payments")
    assert (money["paid_fen"], [one["to_return_fen"] for one in money["receivables"]]) == (0, [0])


def test_finance_sees_what_is_due_uses_what_came_and_looks_into_what_contradicts(
    system: System, sit_down: SitDown
) -> None:
    person = {"name": "漆雕开", "mobile": f"137{secrets.randbelow(10**8):08d}", "store_id": "BA"}
    customer = system.as_("receptionist", store="BA").post("/customers", person)["customer_id"]
    wanted = {"customer_id": customer, "store_id": "BA", "model": randoms.code("M"), "total_fen": 2000}
    consultant, channel = system.as_("consultant", store="BA"), system.as_("payment_channel", store="BA")
    order = consultant.post("/orders", wanted)
    contract = {"contract_no": "C", "signer": "漆雕开", "promised_date": "2098-01-01"}
    consultant.post(f"/orders/{order['order_id']}/sign", contract)
    notice = {"store_id": "BA", "channel": "wechat", "outcome": "paid", "external_ref": secrets.token_hex(8)}
    channel.post("/payment-notices", {**notice, "order_number": "NOBODY-1", "amount": "7.00"})
    channel.post("/payment-notices", {**notice, "order_number": "NOBODY-1", "amount": "8.00"})

    desk = sit_down("finance", store="BA").open("finance")
    desk.see(order["number"])
    desk.press("2")
    choose(desk, notice["external_ref"])
    desk.page.get_by_role("button", name="用于订单").wait_for()
    desk.press("s")
    option = desk.field("单号").locator("option", has_text=order["number"])
    option.wait_for(state="attached")
    desk.field("单号").select_option(order["order_id"])
    desk.press("Control+Enter")
    has_gone(desk, notice["external_ref"])
    assert system.as_("finance", store="BA").get(f"/orders/{order['order_id']}")["paid_fen"] == 700
    desk.press("5")
    choose(desk, notice["external_ref"])
    desk.press("s")
    desk.field("说明").fill("以首次金额为准")
    desk.press("Control+Enter")
    has_gone(desk, notice["external_ref"])
