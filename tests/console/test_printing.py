"""What is printed of a page is what it says of the record: no menu, no buttons, and no number in full."""

from __future__ import annotations

from collections.abc import Callable

from tests.support import paper
from tests.support.desk import Desk
from tests.support.polling import eventually
from tests.support.system import System

SitDown = Callable[..., Desk]


def test_a_customer_and_a_repair_order_are_printed_without_what_is_of_the_screen(
    system: System, sit_down: SitDown
) -> None:
    car = system.deliver_a_car(name="百里打印")
    eventually(lambda: system.view_with(car.customer_id, "vehicle_delivered"))
    closed = system.close_a_repair_order(customer_id=car.customer_id, vehicle_id=car.vehicle_id, fen=12_345)
    desk = sit_down("advisor").open(f"customers/{car.customer_id}")
    desk.see("百里打印")
    printed = paper.text(desk.page.pdf(format="A4"))
    assert "百里打印" in printed and "138****" in printed
    assert "退出登录" not in printed and "维修看板" not in printed and "显示号码" not in printed
    desk.open(f"repair-orders/{closed['ro_id']}")
    desk.see("百里打印")
    desk.see(car.vin)
    printed = paper.text(desk.page.pdf(format="A4"))
    assert closed["number"] in printed and "¥123.45" in printed and car.vin in printed
    assert "维修看板" not in printed and "更正里程" not in printed


def test_a_number_that_is_shown_in_full_is_gone_before_the_page_is_printed(system: System, sit_down: SitDown) -> None:
    car = system.deliver_a_car(name="宗政打印")
    desk = sit_down("advisor").open(f"customers/{car.customer_id}")
    desk.see("宗政打印")
    desk.press("v")
    desk.page.get_by_role("button", name="通知取车").click()
    desk.page.locator("a[href^='tel:138']").wait_for()
    desk.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    desk.page.locator("a[href^='tel:138']").wait_for(state="detached")
    assert car.mobile not in paper.text(desk.page.pdf(format="A4"))
