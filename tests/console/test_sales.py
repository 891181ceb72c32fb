"""From the price to the keys: an order is written at its customer's, and each desk finds its own step under one key."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contracts.sales.policies import FULL
from contracts.shapes import plain
from tests.support import randoms
from tests.support.desk import Desk
from tests.support.polling import eventually
from tests.support.system import System

SitDown = Callable[..., Desk]


@pytest.fixture
def customer_id(system: System) -> str:
    """Somebody who wants a car."""
    person = {"name": "百里奚", "mobile": f"137{secrets.randbelow(10**8):08d}", "store_id": "HN"}
    made: str = system.as_("receptionist").post("/customers", person)["customer_id"]
    return made


def order_of(system: System, customer_id: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = system.as_("sales_manager").get("/orders", customer_id=customer_id)["items"]
    return found[0] if found else {"status": "none", "paid_fen": 0}


def reaches(system: System, customer_id: str, wanted: str) -> None:
    eventually(lambda: order_of(system, customer_id)["status"] == wanted, what=f"the order to be {wanted}")


def test_an_order_goes_from_the_price_to_the_keys_by_keys(system: System, customer_id: str, sit_down: SitDown) -> None:
    vin = randoms.vin()
    system.as_("sales_manager").post("/stock-vehicles", {"vin": vin, "model": "赛欧三厢", "store_id": "HN"})
    desk = sit_down("consultant").open(f"customers/{customer_id}?tab=orders")
    desk.page.get_by_role("button", name="新建订单").wait_for()
    desk.press("c", "l")
    desk.field("车型").fill("赛欧三厢")
    desk.field("成交价(元)").fill("98000.50")
    desk.press("Control+Enter")
    desk.page.wait_for_url("**/orders/*")
    desk.page.get_by_role("button", name="签订合同").wait_for()
    desk.press("Space")
    desk.field("合同号").fill("HT-2026-1")
    assert desk.field("签字人").input_value() == "百里奚"
    desk.press("Control+Enter")
    reaches(system, customer_id, "signed")
    order = order_of(system, customer_id)
    assert order["total_fen"] == 9_800_050

    finance = sit_down("finance").open(f"orders/{order['order_id']}")
    finance.page.get_by_role("button", name="收款").wait_for()
    finance.press("f")
    finance.field("金额(元)").fill("98000.50")
    finance.field("银行流水号").fill(secrets.token_hex(8))
    finance.press("Control+Enter")
    eventually(lambda: order_of(system, customer_id)["paid_fen"] == 9_800_050, what="the payment to be there")
    finance.page.locator("dd", has_text="¥0").wait_for()

    desk.page.reload()  # the payment made it another version
    desk.page.get_by_role("button", name="配车").wait_for()
    desk.press("Space")
    first = desk.field("库存车").locator("option", has_text=vin)
    first.wait_for(state="attached")
    desk.field("库存车").select_option(vin)
    desk.press("Control+Enter")
    desk.page.get_by_role("button", name="交车", disabled=False).wait_for()
    desk.press("Space")
    desk.see("交车后不能撤回")
    desk.press("Control+Enter")
    reaches(system, customer_id, "delivered")


def test_a_delivery_shows_what_holds_it_and_each_desk_does_its_own_step(system: System, sit_down: SitDown) -> None:
    leader = system.as_("leader", store="BA")
    leader.post("/policies", {"code": "DELIVERY_STEPS", "value": plain(FULL), "store_id": "BA"})
    person = {"name": "公冶长", "mobile": f"137{secrets.randbelow(10**8):08d}", "store_id": "BA"}
    customer = system.as_("receptionist", store="BA").post("/customers", person)["customer_id"]
    wanted = {"customer_id": customer, "store_id": "BA", "model": "GL8", "total_fen": 200}
    consultant, vin = system.as_("consultant", store="BA"), randoms.vin()
    path = f"/orders/{consultant.post('/orders', wanted)['order_id']}"
    consultant.post(f"{path}/sign", {"contract_no": "C", "signer": "公冶长", "promised_date": "2098-01-01"})
    system.as_("finance", store="BA").post(f"{path}/payments", {"amount_fen": 200, "external_ref": vin})
    system.as_("sales_manager", store="BA").post("/stock-vehicles", {"vin": vin, "model": "GL8", "store_id": "BA"})
    consultant.post(f"{path}/allocate", {"vin": vin})

    clerk = sit_down("insurance_clerk", store="BA").open("deliveries?step=INSURANCE")
    clerk.see("公冶长")
    clerk.press("j", "Enter")
    clerk.see("交车步骤")
    insurance = clerk.page.locator("[data-step=INSURANCE]")
    assert clerk.page.locator("[data-step=PDI]").get_by_role("button").count() == 0, "it is the inspector's"
    insurance.get_by_role("button", name="完成").click()
    clerk.field("保险公司").fill("人保财险")
    clerk.field("保险生效时间").fill("2026-01-01T00:00")
    clerk.page.get_by_label("凭证号").fill("PICC-1")
    clerk.press("Control+Enter")
    insurance.get_by_text("PICC-1").wait_for()

    desk = sit_down("consultant", store="BA").open(path.lstrip("/"))
    desk.see("等待")
    desk.page.get_by_role("button", name="变更交期").wait_for()
    desk.press("t")
    desk.field("承诺交期").fill("2098-02-01")
    desk.field("变更原因").select_option("CUSTOMER")
    desk.field("说明").fill("客户出差")
    desk.press("Control+Enter")
    desk.see("2098-01-01 改为 2098-02-01")
    assert desk.page.get_by_role("button", name="交车", exact=True).is_disabled(), "the keys wait for what is left"


def test_a_car_that_is_not_paid_is_not_handed_over_and_the_screen_says_what_it_waits_for(
    system: System, customer_id: str, sit_down: SitDown
) -> None:
    vin = randoms.vin()
    system.as_("sales_manager").post("/stock-vehicles", {"vin": vin, "model": "GL8", "store_id": "HN"})
    consultant = system.as_("consultant")
    wanted = {"customer_id": customer_id, "store_id": "HN", "model": "GL8", "total_fen": 200}
    path = f"/orders/{consultant.post('/orders', wanted)['order_id']}"
    consultant.post(f"{path}/sign", {"contract_no": "C", "signer": "百里奚", "promised_date": "2099-01-01"})
    system.as_("finance").post(f"{path}/payments", {"amount_fen": 100, "external_ref": secrets.token_hex(8)})
    consultant.post(f"{path}/allocate", {"vin": vin})
    desk = sit_down("consultant").open(path.lstrip("/"))
    waits = desk.page.get_by_title("还在等待:余款")
    waits.wait_for()
    assert waits.is_disabled()
    desk.press("Space")
    assert desk.page.get_by_role("dialog").count() == 0
    assert order_of(system, customer_id)["status"] == "allocated"


def test_the_order_comes_on_paper_and_a_link_is_shown_once(
    system: System, customer_id: str, sit_down: SitDown, tmp_path: Path
) -> None:
    wanted = {"customer_id": customer_id, "store_id": "HN", "model": "GL8", "total_fen": 100}
    order = system.as_("consultant").post("/orders", wanted)
    desk = sit_down("consultant").open(f"orders/{order['order_id']}")
    button = desk.page.get_by_role("button", name="打印订单")
    button.wait_for()
    with desk.page.expect_download() as coming:
        button.click()
    coming.value.save_as(tmp_path / "sheet.pdf")
    assert coming.value.suggested_filename == f"{order['number']}.pdf"
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF")
    desk.page.get_by_role("button", name="生成链接").click()
    link = desk.field("链接")
    link.wait_for()
    assert "/p/" in link.input_value()
    desk.page.get_by_role("button", name="撤销").click()
    desk.see("没有有效的链接")
    desk.page.reload()
    desk.see("没有有效的链接")
    assert desk.page.get_by_text("/p/").count() == 0
