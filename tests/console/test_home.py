"""What comes first: whoever leads reads what is late and what waits for a word, and a digit opens the list of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chassis.process import clock
from tests.support import randoms
from tests.support.desk import Desk
from tests.support.polling import eventually
from tests.support.system import System

SitDown = Callable[..., Desk]
STORE = "FT"
"""Where nobody else's orders wait."""


@pytest.fixture(scope="module")
def waiting(system: System) -> dict[str, Any]:
    """An order whose price needs another's word."""
    person = {"name": "房玄龄", "mobile": randoms.mobile(), "id_no": randoms.resident_id(), "store_id": STORE}
    customer_id = system.as_("receptionist", store=STORE).post("/customers", person)["customer_id"]
    wanted = {"customer_id": customer_id, "store_id": STORE, "model": "GL8", "total_fen": 100, "draft": True}
    wanted["lines"] = [{"kind": "car", "description": "GL8", "list_fen": 200}]
    consultant = system.as_("consultant", store=STORE)
    order: dict[str, Any] = consultant.post("/orders", wanted)
    submitted: dict[str, Any] = consultant.post(f"/orders/{order['order_id']}/submit")
    return submitted


def row(desk: Desk, name: str) -> str:
    """The digit of what stands first under that name, once it is there."""
    found = desk.page.get_by_role("region", name="先看这些").get_by_role("link").filter(has_text=name)
    found.wait_for()
    return found.locator("kbd").inner_text()


@pytest.mark.day
def test_a_leader_begins_with_what_waits_for_a_word_and_opens_it_by_its_digit(
    system: System, waiting: dict[str, Any], sit_down: SitDown
) -> None:
    desk = sit_down("leader", store=STORE)
    desk.page.goto(f"{desk.base_url}/console/")
    desk.page.wait_for_url("**/console/all")
    desk.press(row(desk, "等待价格审批的订单"))
    desk.page.wait_for_url("**/all/orders?status=approval_pending")
    desk.page.locator(f"[data-row='{waiting['order_id']}']").wait_for()


def test_whoever_decides_is_told_once_and_finds_it_where_he_decides(
    system: System, waiting: dict[str, Any], sit_down: SitDown
) -> None:
    manager = system.as_("sales_manager", store=STORE)

    def kind() -> dict[str, Any] | None:
        counts = manager.get("/tasks/today")["counts"]
        return next((each for each in counts if each["kind"] == "ORDER_APPROVAL"), None)

    said = eventually(kind, within=20, what="the price to be somebody's task")["zh"]
    desk = sit_down("sales_manager", store=STORE)
    desk.page.goto(f"{desk.base_url}/console/")
    desk.page.wait_for_url(f"**/console/{STORE}")
    digit = row(desk, "等待您决定的价格、取消和退款")
    first = desk.page.get_by_role("region", name="先看这些")
    assert first.get_by_text("等待价格审批的订单").count() == first.get_by_text(said).count() == 0
    assert desk.page.get_by_role("navigation").get_by_role("link", name="今日待办").inner_text().split()[1].isdigit()
    desk.press(digit)
    desk.page.wait_for_url("**/approvals")
    desk.see("房玄龄")


def test_a_car_that_is_late_stands_before_what_waits_and_the_first_has_the_focus(
    system: System, waiting: dict[str, Any], sit_down: SitDown
) -> None:
    advisor = system.as_("advisor", store=STORE)
    vehicle = {"vin": randoms.vin(), "model": "GL8", "role": "owner"}
    arrival = {"store_id": STORE, "name": "杜如晦", "mobile": randoms.mobile(), "vehicle": vehicle, "km": 5000}
    work = {"description": "保养", "amount_fen": 100, "hours": "1"}
    ro_id = advisor.post("/arrivals", {**arrival, "complaint": "保养", "lines": [work]})["repair_order"]["ro_id"]
    soon = (clock.now() + timedelta(minutes=10)).isoformat()
    advisor.post(f"/repair-orders/{ro_id}/authorize", {"promised_at": soon, "consent_by": "本人"})
    late = lambda: [one for one in advisor.get("/board/progress")["items"] if one["risk"] == "late"]  # noqa: E731
    eventually(late, what="the car to be late")
    desk = sit_down("leader", store=STORE)
    desk.store = "all"
    desk.open()
    digit = row(desk, "晚于承诺的维修车")
    assert int(digit) < int(row(desk, "等待价格审批的订单"))
    first = "document.activeElement.closest('ol')?.querySelector('a') === document.activeElement"
    eventually(lambda: desk.page.evaluate(first), what="the first to have the focus")
    desk.press(digit)
    desk.page.wait_for_url("**/board?view=risk")
    desk.page.locator(f"[data-row='{ro_id}']").wait_for()
    desk.open("repair-orders")
    listed = desk.page.locator("tr", has=desk.page.locator(f"[data-row='{ro_id}']"))
    listed.filter(has_text="■").wait_for()
