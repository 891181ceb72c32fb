"""Finance's part of a repair on the screen: what workshops are owed, a wrong invoice voided, and the papers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chassis.process import clock
from tests.support.desk import Desk
from tests.support.polling import eventually
from tests.support.system import System

SitDown = Callable[..., Desk]


@pytest.fixture
def settled(system: System) -> dict[str, Any]:
    """A repair order of which its customer owes 120 yuan, and the maker 300."""
    car = system.deliver_a_car(name="司马光")
    eventually(lambda: system.view_with(car.customer_id, "vehicle_delivered"))
    lines = [
        {"description": "检查底盘", "amount_fen": 12_000},
        {"description": "车窗异响", "amount_fen": 30_000, "pay_type": "WARRANTY"},
    ]
    asked = {"vehicle_id": car.vehicle_id, "customer_id": car.customer_id, "store_id": "HN", "km": 5000}
    order = system.as_("advisor").post("/repair-orders", {**asked, "complaint": "异响", "lines": lines})
    path = f"/repair-orders/{order['ro_id']}"
    promised = (clock.now() + timedelta(hours=2)).isoformat()
    system.as_("advisor").post(f"{path}/authorize", {"promised_at": promised, "consent_by": "本人"})
    system.as_("advisor").post(f"{path}/dispatch", {"technician_id": system.staff_id("technician")})
    for role, step in (("technician", "start"), ("technician", "finish"), ("inspector", "inspect")):
        system.as_(role).post(f"{path}/{step}")
    told: dict[str, Any] = system.as_("finance").post(f"{path}/settle")
    return told


def test_finance_finds_what_is_owed_prints_it_voids_it_and_takes_it(
    system: System, settled: dict[str, Any], sit_down: SitDown
) -> None:
    finance = sit_down("finance").open("repair-receivables")
    row = finance.page.get_by_role("row").filter(has_text=settled["number"]).filter(has_text="保修")
    row.wait_for()
    assert "司马光" in row.inner_text() and "¥300" in row.inner_text()
    finance.open(f"repair-orders/{settled['ro_id']}")
    sheets = finance.page.get_by_role("button", name="打印结算单")
    sheets.first.wait_for()
    with finance.page.expect_download() as coming:
        sheets.first.click()
    assert Path(coming.value.path()).read_bytes().startswith(b"%PDF")

    finance.page.get_by_role("button", name="作废结算").click()
    finance.field("作废原因").fill("付款方有误")
    finance.press("Control+Enter")
    finance.see("付款方有误")
    finance.page.get_by_role("button", name="结算 Space").wait_for()
    finance.press("Space")
    finance.press("Control+Enter")
    finance.page.get_by_role("button", name="收款").wait_for()
    finance.press("f")
    finance.field("流水号").fill(f"WX-{settled['number']}")
    finance.press("Control+Enter")
    finance.see("已收清")
    finance.see("已作废")
    money = system.as_("finance").get(f"/repair-orders/{settled['ro_id']}/money")
    assert [(one["payer"], one["state"]) for one in money["settlements"]] == [
        *(("CUSTOMER", "paid"), ("WARRANTY", "owed")), *(("CUSTOMER", "void"), ("WARRANTY", "void")),
    ]  # fmt: skip
