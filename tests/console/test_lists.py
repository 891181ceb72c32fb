"""A list is narrowed, sorted, and kept as a view under a name of one's own; a car comes into the yard by keys."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from tests.support import randoms
from tests.support.desk import Desk
from tests.support.polling import eventually
from tests.support.system import System

SitDown = Callable[..., Desk]
STOCK = "sales.list_stock"
A_PAGE = 50


def a_vin() -> str:
    return randoms.vin()


def views(system: System, of: str) -> dict[str, Any]:
    """The sales manager's views of a list, by their names."""
    kept = system.as_("sales_manager").get("/me/views")["items"]
    return {view["name"]: view["asked"] for one in kept if one["of"] == of for view in one["views"]}


def test_a_car_comes_into_the_yard_and_the_list_that_shows_it_is_kept_under_a_name(
    system: System, sit_down: SitDown
) -> None:
    model, vin, later = f"君威{secrets.token_hex(3)}", a_vin(), a_vin()
    desk = sit_down("sales_manager").open("stock")
    desk.page.get_by_role("button", name="车辆入库").wait_for()
    desk.press("c", "v")
    desk.field("车架号").fill(vin[:-1] + ("0" if vin[-1] != "0" else "1"))
    desk.field("车型").last.fill(model)
    desk.may_be_refused |= {422}
    desk.press("Control+Enter")
    desk.see("车架号无效")
    desk.field("车架号").fill(vin)
    desk.press("Control+Enter")
    desk.page.locator("tr", has_text=vin).wait_for()
    system.as_("sales_manager").post("/stock-vehicles", {"vin": later, "model": model, "store_id": "HN"})

    desk.field("车型").fill(model)
    desk.press("Enter")
    desk.page.wait_for_url("**model=**")
    desk.page.get_by_role("button", name="入库时间").click()
    rows = desk.page.locator("tbody tr")
    rows.nth(0).filter(has_text=later).wait_for()
    rows.nth(1).filter(has_text=vin).wait_for()
    desk.press("Control+s")
    desk.field("视图名称").fill("新到的君威")
    desk.press("Control+Enter")
    view = desk.page.get_by_role("link", name="新到的君威")
    view.wait_for()
    assert view.get_attribute("aria-current") == "true"
    assert views(system, STOCK) == {"新到的君威": {"status": "available", "model": model, "sort": "-received_at"}}

    desk.open("stock")
    desk.page.get_by_role("link", name="新到的君威").wait_for()
    desk.press("1")
    desk.page.wait_for_url("**sort=-received_at**")
    rows.nth(0).filter(has_text=later).wait_for()
    assert rows.count() == 2
    desk.page.get_by_role("button", name="视图改名").click()
    desk.field("视图名称").fill("君威")
    desk.press("Control+Enter")
    eventually(lambda: list(views(system, STOCK)) == ["君威"], what="the view to have its other name")
    desk.page.get_by_role("button", name="删除视图").click()
    desk.see("删除视图“君威”?")
    desk.press("Control+Enter")
    desk.page.get_by_role("navigation", name="我的视图").wait_for(state="detached")
    assert views(system, STOCK) == {}


def test_a_view_is_opened_from_the_box_wherever_somebody_is(system: System, sit_down: SitDown) -> None:
    view = {"name": "月底要交的", "asked": {"status": "signed", "sort": "promised_date"}}
    system.as_("sales_manager").send("PUT", "/me/views", {"of": "sales.list_orders", "views": [view]})
    desk = sit_down("sales_manager").open("stock")
    desk.page.get_by_role("button", name="车辆入库").wait_for()
    desk.press("Control+k")
    desk.type(">月底")
    desk.page.get_by_role("option", name="月底要交的").wait_for()
    desk.press("Enter")
    desk.page.wait_for_url("**/orders?**")
    assert desk.page.get_by_role("link", name="月底要交的").get_attribute("aria-current") == "true"
    desk.press("Control+k")
    assert desk.page.get_by_role("option", name="新建客户").count() == 1


def test_the_record_that_was_left_is_the_first_thing_the_box_offers(system: System, sit_down: SitDown) -> None:
    person = {"name": "屈突通", "mobile": randoms.mobile(), "store_id": "HN"}
    customer_id = system.as_("receptionist").post("/customers", person)["customer_id"]
    desk = sit_down("advisor").open(f"customers/{customer_id}")
    desk.see("屈突通")
    desk.press("g", "b")
    desk.page.wait_for_url("**/board")
    desk.press("Control+k", "Enter")
    desk.page.wait_for_url(f"**/customers/{customer_id}")
    assert "屈突通" not in desk.page.evaluate("JSON.stringify({...sessionStorage, ...localStorage})")


def test_at_the_end_of_a_page_the_next_row_is_on_the_next_one(system: System, sit_down: SitDown) -> None:
    model, manager = f"君越{secrets.token_hex(3)}", system.as_("sales_manager")
    for _ in range(A_PAGE + 1):
        manager.post("/stock-vehicles", {"vin": a_vin(), "model": model, "store_id": "HN"})
    desk = sit_down("sales_manager").open(f"stock?model={model}")
    rows = desk.page.locator("[data-row]")
    rows.nth(A_PAGE - 1).wait_for()
    first = rows.first.get_attribute("data-row")
    rows.nth(A_PAGE - 1).focus()
    desk.press("j")
    desk.page.wait_for_url("**page=2**")
    eventually(lambda: rows.count() == 1, what="the second page")
    last = rows.first.get_attribute("data-row")
    focused = "document.activeElement.dataset.row"
    eventually(lambda: desk.page.evaluate(focused) == last, what="its first row to have the focus")
    desk.press("k")
    eventually(lambda: rows.count() == A_PAGE, what="the first page again")
    eventually(lambda: desk.page.evaluate(focused) not in (None, first, last), what="its last row to have the focus")


def test_a_consultant_s_orders_are_those_that_something_is_still_to_be_done_for(
    system: System, sit_down: SitDown
) -> None:
    car = system.deliver_a_car(name="长孙无忌")
    consultant = system.as_("consultant")
    wanted = {"customer_id": car.customer_id, "store_id": "HN", "model": "GL8", "total_fen": 100}
    written = consultant.post("/orders", wanted)["order_id"]
    desk = sit_down("consultant").open("orders")
    here, over = (desk.page.locator(f"[data-row='{one}']") for one in (written, car.order["order_id"]))
    here.wait_for()
    assert over.count() == 0
    standing = desk.page.get_by_label("进展").first
    standing.select_option("over")
    over.wait_for()
    assert here.count() == 0
    desk.open("orders?status=delivered")
    over.wait_for()
    assert standing.input_value() == "any", "a status says itself whether it is over"


def test_a_car_on_its_way_is_announced_and_comes_and_its_certificate_goes_to_the_bank(
    system: System, sit_down: SitDown
) -> None:
    model, vin = f"微蓝{secrets.token_hex(3)}", a_vin()
    desk = sit_down("sales_manager").open("stock")
    desk.page.get_by_role("button", name="登记在途车").click()
    desk.field("车型").last.fill(model)
    desk.field("预计到店(可不填)").fill("2099-03-04")
    desk.press("Control+Enter")
    desk.page.get_by_role("dialog").wait_for(state="detached")
    desk.open(f"stock?status=incoming&model={model}")
    desk.page.locator("tr", has_text=model).filter(has_text="2099-03-04").wait_for()
    desk.page.get_by_role("button", name="到店入库").click()
    desk.field("车架号").fill(vin)
    desk.press("Control+Enter")
    desk.see("没有符合条件的库存车")
    finance = sit_down("finance").open(f"stock?model={model}")
    finance.page.locator("tr", has_text=vin).wait_for()
    sorted_by = finance.page.locator("th[aria-sort]")
    told_by = [each.inner_text().split() for each in sorted_by.all()]
    assert told_by == [["入库时间", "▲"]], "as the server sorts unless asked otherwise"
    finance.page.get_by_role("button", name="登记合格证").click()
    finance.field("合格证").select_option("pledged")
    finance.press("Control+Enter")
    finance.page.locator("tr", has_text=vin).filter(has_text="质押在银行").wait_for()
    told = system.as_("sales_manager").get("/stock-vehicles", model=model)["items"]
    assert [(car["vin"], car["certificate"]) for car in told] == [(vin, "pledged")]


def test_a_view_of_calls_is_of_the_day_on_which_it_is_opened_also_on_a_telephone(
    system: System, sit_down: SitDown
) -> None:
    view = {"name": "超期的电话", "asked": {"due": "overdue", "channel": "call"}}
    system.as_("sales_manager").send("PUT", "/me/views", {"of": "followup.worklist", "views": [view]})
    desk = sit_down("sales_manager", width=390, height=844).open("visits")
    with desk.page.expect_request(lambda asked: "due=overdue" in asked.url and "channel=call" in asked.url):
        desk.page.get_by_role("link", name="超期的电话").click()
    due = desk.page.get_by_label("到期").first
    assert due.input_value() == "overdue"
    desk.page.get_by_role("link", name="默认").click()
    desk.page.wait_for_url("**/visits")
    assert due.input_value() == "today"
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_rows_stand_as_close_as_somebody_likes_on_his_machine(system: System, sit_down: SitDown) -> None:
    desk = sit_down("service_manager").open("roles?role=technician")  # of one role: a line each
    row = desk.page.locator("tbody tr").first
    row.wait_for()
    height = lambda: round(row.evaluate("row => row.getBoundingClientRect().height"))  # noqa: E731
    usual = height()
    choose = desk.page.get_by_role("button", name="行距")
    desk.page.locator("summary", has_text="service_manager").click()
    choose.click()
    eventually(lambda: height() > usual, what="wider rows")
    desk.page.reload()
    row.wait_for()
    assert height() > usual, "he likes it tomorrow too"
    desk.page.locator("summary", has_text="service_manager").click()
    choose.click()
    eventually(lambda: height() < usual, what="closer rows")
