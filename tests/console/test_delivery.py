"""A delivery at its desks by keys: steps done and held up, another promise, the checklist, the keys; and what its
customer sees of it on his phone.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chassis.process import clock
from contracts.sales.policies import FULL
from contracts.shapes import plain
from tests.support import randoms
from tests.support.desk import Desk
from tests.support.polling import eventually
from tests.support.system import System

SitDown = Callable[..., Desk]
STORE = "BA"
"""Of its own: the other tests' orders take the short steps."""


@pytest.fixture(scope="module")
def full(system: System) -> System:
    """The system, in which one store keeps all steps."""
    asked = {"code": "DELIVERY_STEPS", "value": plain(FULL), "store_id": STORE}
    system.as_("leader", store=STORE).post("/policies", asked)
    return system


def written(full: System, name: str) -> dict[str, Any]:
    """An order that was agreed on, and a car for it."""
    person = {"name": name, "mobile": f"137{secrets.randbelow(10**8):08d}", "store_id": STORE}
    customer = full.as_("receptionist", store=STORE).post("/customers", person)["customer_id"]
    wanted = {"customer_id": customer, "store_id": STORE, "model": "GL8", "total_fen": 200}
    order: dict[str, Any] = full.as_("consultant", store=STORE).post("/orders", wanted)
    return order


def paid_and_allocated(full: System, order: dict[str, Any]) -> None:
    path, vin = f"/orders/{order['order_id']}", randoms.vin()
    full.as_("finance", store=STORE).post(f"{path}/payments", {"amount_fen": 200, "external_ref": vin})
    full.as_("sales_manager", store=STORE).post("/stock-vehicles", {"vin": vin, "model": "GL8", "store_id": STORE})
    full.as_("consultant", store=STORE).post(f"{path}/allocate", {"vin": vin})


def state(full: System, order: dict[str, Any], code: str) -> str:
    delivery = full.as_("sales_manager", store=STORE).get(f"/orders/{order['order_id']}/delivery")
    return next(step["state"] for step in delivery["steps"] if step["code"] == code)


def becomes(full: System, order: dict[str, Any], code: str, wanted: str) -> None:
    eventually(lambda: state(full, order, code) == wanted, what=f"{code} to be {wanted}")


def done(full: System, order: dict[str, Any], *codes: str) -> None:
    """Other desks did their part."""
    insured = {"effective_from": clock.now().isoformat(), "insurer": "人保财险"}
    shows = {"INSURANCE": insured, "PLATE": {"plate": randoms.plate()}}
    for code in codes:
        path = f"/orders/{order['order_id']}/steps/{code}"
        full.as_("sales_manager", store=STORE).send("PATCH", path, {"act": "finish", **shows.get(code, {})})


def signs(full: System, order: dict[str, Any], consultant: Desk) -> None:
    consultant.open(f"orders/{order['order_id']}")
    consultant.page.get_by_role("button", name="签订合同").wait_for()
    consultant.press("Space")
    consultant.field("合同号").fill("HT-1")
    consultant.field("承诺交期").fill(f"{clock.now() + timedelta(days=40):%Y-%m-%d}")
    consultant.press("Control+Enter")
    consultant.see("交车步骤")
    paid_and_allocated(full, order)


def inspects(full: System, order: dict[str, Any], inspector: Desk) -> None:
    """He finds the car among those that wait for him, is held up, goes on, and ticks his item."""
    inspector.open("deliveries?step=PDI")
    inspector.see("南宫适")
    inspector.press("j", "Enter")
    pdi = inspector.page.locator("[data-step=PDI]")
    pdi.get_by_role("button", name="完成").wait_for()
    inspector.press("ArrowDown", "Tab", "Enter")
    inspector.field("处理").select_option("block")
    inspector.field("原因(可不填)").fill("缺胎压计")
    inspector.press("Control+Enter")
    pdi.get_by_text("缺胎压计").wait_for()
    becomes(full, order, "PDI", "blocked")
    pdi.get_by_role("button", name="其他").press("Enter")
    inspector.field("处理").select_option("resume")
    inspector.press("Control+Enter")
    becomes(full, order, "PDI", "in_progress")
    pdi.get_by_role("button", name="完成").wait_for()
    inspector.press("Control+Enter")
    inspector.field("凭证号(可不填)").fill("PDI-1")
    inspector.press("Control+Enter")
    becomes(full, order, "PDI", "done")
    item = inspector.page.locator("[data-item=PDI]")
    item.get_by_role("button", name="勾选").press("Enter")
    item.get_by_text("✓").wait_for()


def promises_anew(order: dict[str, Any], consultant: Desk) -> None:
    """Upon the order as it is now: a form that was opened a moment before a colleague's change came in is refused."""
    consultant.open(f"orders/{order['order_id']}")
    consultant.page.get_by_role("button", name="变更交期").wait_for()
    consultant.press("t")
    later = f"{clock.now() + timedelta(days=50):%Y-%m-%d}"
    consultant.field("承诺交期").fill(later)
    consultant.field("变更原因").select_option("FACTORY")
    consultant.field("说明").fill("到车延迟,客户已知悉")
    consultant.press("Control+Enter")
    consultant.see(f"改为 {later}")


def gives_the_keys(full: System, order: dict[str, Any], consultant: Desk) -> None:
    """What the inspector saw to is ticked already; the rest is ticked with the keys."""
    consultant.page.locator(".button.main", has_text="交车").wait_for()
    consultant.press("Control+Enter")
    consultant.see("交车后不能撤回")
    dialog = consultant.page.get_by_role("dialog")
    assert dialog.get_by_label("交车前检查单").is_checked()
    assert not dialog.get_by_label("合影").is_checked()
    for item in ("随车资料", "随车工具", "使用讲解", "客户签字", "合影"):
        dialog.get_by_label(item).focus()
        consultant.press("Space")
    consultant.press("Control+Enter")
    asking = full.as_("consultant", store=STORE)
    path = f"/orders/{order['order_id']}"
    eventually(lambda: asking.get(path)["status"] == "delivered", what="the keys to be given")
    consultant.page.locator("[data-item=PHOTO]").get_by_text("✓").wait_for()


def test_a_car_goes_from_the_contract_to_the_keys_by_keys(full: System, sit_down: SitDown) -> None:
    order = written(full, "南宫适")
    consultant = sit_down("consultant", store=STORE)
    signs(full, order, consultant)
    inspects(full, order, sit_down("inspector", store=STORE))
    promises_anew(order, consultant)
    done(full, order, "CERTIFICATE", "INVOICE", "INSURANCE", "PURCHASE_TAX", "PLATE")

    clerk = sit_down("delivery_clerk", store=STORE).open(f"orders/{order['order_id']}")
    clerk.page.locator("[data-step=CLEAN]").get_by_role("button", name="完成").wait_for()
    clerk.press("Space")
    clerk.page.get_by_role("dialog").wait_for()
    clerk.press("Control+Enter")
    becomes(full, order, "CLEAN", "done")

    consultant.page.locator("[data-step=APPOINT]").get_by_role("button", name="完成").wait_for()
    consultant.press("Control+Enter")
    consultant.page.get_by_role("dialog").wait_for()
    consultant.press("Control+Enter")
    becomes(full, order, "APPOINT", "done")
    gives_the_keys(full, order, consultant)
    full.note(f"console: the consultant's part from the contract to the keys takes {consultant.keys} keys")


def test_what_is_missing_on_the_checklist_is_said_and_stays_to_be_ticked(full: System, sit_down: SitDown) -> None:
    order = written(full, "公西赤")
    path = f"/orders/{order['order_id']}"
    contract = {"contract_no": "C", "signer": "公西赤", "promised_date": "2098-01-01"}
    full.as_("consultant", store=STORE).post(f"{path}/sign", contract)
    paid_and_allocated(full, order)
    done(full, order, "CERTIFICATE", "INVOICE", "INSURANCE", "PURCHASE_TAX", "PLATE", "PDI", "CLEAN", "APPOINT")
    manager = sit_down("sales_manager", store=STORE).open(path.lstrip("/"))
    manager.may_be_refused |= {422}
    tools = manager.page.locator("[data-item=TOOLS]")
    tools.get_by_role("button", name="勾选").click()
    tools.get_by_role("button", name="撤回").click()
    tools.get_by_role("button", name="勾选").wait_for()
    manager.page.locator(".button.main", has_text="交车").wait_for()
    manager.press("Space")
    dialog = manager.page.get_by_role("dialog")
    dialog.get_by_label("随车资料").check()
    manager.press("Control+Enter")
    manager.see("交车清单未完成:交车前检查单、随车工具、使用讲解、客户签字、合影")
    manager.press("Escape")


def test_the_customer_sees_on_his_phone_how_far_his_car_is(full: System, sit_down: SitDown) -> None:
    order = written(full, "漆雕开")
    path = f"/orders/{order['order_id']}"
    promised = clock.now() + timedelta(days=1)
    contract = {"contract_no": "C", "signer": "漆雕开", "promised_date": f"{promised:%Y-%m-%d}"}
    consultant = full.as_("consultant", store=STORE)
    consultant.post(f"{path}/sign", contract)
    paid_and_allocated(full, order)
    done(full, order, "INVOICE")
    manager = full.as_("sales_manager", store=STORE)
    held = {"act": "block", "reason": "质押在银行,找王经理", "expected_on": "2098-01-01"}
    manager.send("PATCH", f"{path}/steps/CERTIFICATE", held)
    full.as_("plate_clerk", store=STORE).post(f"{path}/plate-stages", {"stage": "documents"})
    token = consultant.post(f"{path}/links", {})["token"]
    phone = sit_down(width=390, height=844)
    phone.page.goto(f"{full.base_url}/p/{token}")
    phone.see("订单进度")
    phone.see("等待车辆合格证")
    for name, said in (("签订合同", f"{clock.now():%Y-%m-%d}"), ("缴纳购置税", "预计"), ("上牌", "资料齐全")):
        assert said in phone.page.locator("li", has_text=name).inner_text()
    assert "王经理" not in phone.page.locator("body").inner_text()
    assert phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
