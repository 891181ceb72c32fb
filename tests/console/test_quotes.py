"""A quote by keys: offered beyond the limits, approved by another, taken, its order amended; cars and payers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support import randoms
from tests.support.desk import Desk
from tests.support.polling import eventually
from tests.support.system import System

SitDown = Callable[..., Desk]


@pytest.fixture
def customer_id(system: System) -> str:
    """Somebody who wants a car."""
    person = {"name": "公孙龙", "mobile": randoms.mobile(), "store_id": "HN"}
    made: str = system.as_("receptionist").post("/customers", person)["customer_id"]
    return made


def test_a_quote_beyond_the_limits_becomes_an_order_that_is_amended_by_keys(
    system: System, customer_id: str, sit_down: SitDown
) -> None:
    desk = sit_down("consultant").open(f"customers/{customer_id}?tab=orders")
    desk.page.get_by_role("button", name="新建报价").wait_for()
    desk.press("c", "q")
    desk.page.wait_for_url("**/quotes/new")
    desk.see("公孙龙")  # for whom it is stands above the price
    desk.field("车型").fill("赛欧三厢")
    desk.field("第 1 项标价(元)").fill("200000")
    desk.page.get_by_role("button", name="增加项目").press("Enter")
    desk.field("第 2 项类别").select_option("gift")
    desk.field("第 2 项名称").fill("贴膜")
    desk.field("第 2 项标价(元)").fill("1500")
    desk.field("成交价(元)").fill("180000")
    desk.see("整单优惠 ¥20,000")
    desk.press("Control+Enter")
    desk.see("待审批")
    (quote,) = system.as_("consultant").get("/quotes", customer_id=customer_id)["items"]
    assert (quote["status"], quote["discount_fen"], quote["gift_fen"]) == ("approval_pending", 2_000_000, 150_000)

    manager = sit_down("sales_manager").open(f"quotes/{quote['quote_id']}")
    manager.page.get_by_role("button", name="批准").wait_for()
    manager.press("y")
    manager.page.get_by_role("button", name="已交客户").wait_for()

    desk.page.get_by_role("button", name="已交客户").wait_for()  # told while it stood open
    desk.press("Space")
    desk.page.get_by_role("button", name="客户接受").wait_for()
    desk.press("Space")
    desk.see("公孙龙 接受报价")
    desk.press("Control+Enter")
    desk.page.wait_for_url("**/orders/*")
    desk.page.get_by_role("link", name="第 1 版").wait_for()

    desk.page.get_by_role("button", name="变更价格").wait_for()
    desk.press("e")
    desk.page.wait_for_url("**/amend")
    desk.page.get_by_role("button", name="增加项目").press("Enter")
    desk.field("第 3 项名称").fill("脚垫")
    desk.field("第 3 项标价(元)").fill("1000")
    desk.field("成交价(元)").fill("181000")
    desk.field("原因").fill("加装脚垫")
    desk.press("Control+Enter")
    desk.see("价格变更待审批")
    (order,) = system.as_("consultant").get("/orders", customer_id=customer_id)["items"]
    manager.open(f"orders/{order['order_id']}")
    manager.page.get_by_role("button", name="批准变更").wait_for()
    manager.press("y")
    manager.page.locator("tfoot", has_text="¥181,000").wait_for()
    assert system.as_("consultant").get(f"/orders/{order['order_id']}")["total_fen"] == 18_100_000


def test_a_car_of_the_catalogue_is_quoted_at_its_list_price_and_lost_with_the_reason(
    system: System, customer_id: str, sit_down: SitDown
) -> None:
    model = randoms.code("M")
    manager = sit_down("sales_manager").open("car-definitions")
    manager.page.get_by_role("button", name="新增车型").wait_for()
    manager.press("a")
    manager.field("车型").fill(model)
    manager.page.get_by_label("配置").fill("2.0T")
    manager.page.get_by_label("颜色").fill("珍珠白")
    manager.press("Control+Enter")
    row = manager.page.get_by_role("row", name=f"{model} 2.0T")
    row.get_by_role("button").focus()
    manager.press("e")
    manager.field("指导价(元)").fill("150000")
    manager.press("Control+Enter")
    row.get_by_text("¥150,000").wait_for()

    desk = sit_down("consultant").open(f"customers/{customer_id}/quotes/new")
    desk.field("目录车型").select_option(label=f"{model} 2.0T 珍珠白")
    assert desk.field("车型").input_value() == f"{model} 2.0T"
    assert desk.field("第 1 项标价(元)").input_value() == "150000"
    desk.field("成交价(元)").fill("149000")
    desk.press("Control+Enter")
    desk.page.get_by_role("button", name="已交客户").wait_for()
    desk.press("x")
    desk.field("未成交原因").select_option("competitor")
    desk.field("说明").fill("买了传祺")
    desk.press("Control+Enter")
    desk.see("买了传祺")
    desk.open("quotes?status=lost")
    desk.see("公孙龙")


def test_the_bank_that_pays_a_part_stands_beside_the_buyer(system: System, customer_id: str, sit_down: SitDown) -> None:
    wanted = {"customer_id": customer_id, "store_id": "HN", "model": "GL8", "total_fen": 20_000_000}
    order = system.as_("consultant").post("/orders", wanted)
    desk = sit_down("consultant").open(f"orders/{order['order_id']}")
    desk.page.get_by_role("button", name="增加付款人").press("Enter")
    desk.field("付款人").select_option("lender")
    desk.page.get_by_label("单位名称").fill("平安银行")
    desk.field("金额(元)").fill("150000")
    desk.press("Control+Enter")
    desk.page.locator("[data-role=payer]", has_text="平安银行").get_by_text("¥150,000").wait_for()
    desk.page.locator("[data-role=buyer]", has_text="公孙龙").get_by_text("¥50,000").wait_for()
    assert offered_by_loan(desk), "a lender pays a share of it"
    desk.page.get_by_role("button", name="移除").press("Enter")
    desk.page.locator("[data-role=buyer]").get_by_text("¥200,000").wait_for()
    eventually(lambda: not offered_by_loan(desk), what="the contract to be offered without a loan")


def offered_by_loan(desk: Desk) -> bool:
    """Whether the contract, when it is asked for, is one by loan."""
    desk.page.get_by_role("button", name="签订合同").press("Enter")
    ticked = desk.page.get_by_label("按揭").is_checked()
    desk.press("Escape")
    return ticked
