"""The workshop's day: a car goes from desk to desk by keys, and everybody sees where it is and what was promised."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chassis.process import clock
from tests.support.desk import Desk
from tests.support.polling import eventually
from tests.support.system import Car, System

SitDown = Callable[..., Desk]


@pytest.fixture(scope="module")
def car(system: System) -> Car:
    """Ours, and known to the desks."""
    car = system.deliver_a_car(name="司马光")
    eventually(lambda: system.view_with(car.customer_id, "vehicle_delivered"))
    return car


TAKEN_IN: dict[str, Any] = {
    "store_id": "HN",
    "km": 5000,
    "complaint": "异响",
    "lines": [{"description": "检查底盘", "amount_fen": 12000, "hours": "0.5"}],
}


def whose(car: Car) -> dict[str, str]:
    return {"vehicle_id": car.vehicle_id, "customer_id": car.customer_id}


@pytest.fixture
def order(system: System, car: Car) -> dict[str, Any]:
    """Taken in, and nothing done yet."""
    opened: dict[str, Any] = system.as_("advisor").post("/repair-orders", {**TAKEN_IN, **whose(car)})
    return opened


def authorized(system: System, order: dict[str, Any]) -> str:
    """His consent to it was given; returns the order's address."""
    path = f"/repair-orders/{order['ro_id']}"
    promised = (clock.now() + timedelta(hours=2)).isoformat()
    system.as_("advisor").post(f"{path}/authorize", {"promised_at": promised, "consent_by": "本人"})
    return path


def stage(system: System, order: dict[str, Any]) -> str:
    told: str = system.as_("advisor", store=order["store_id"]).get(f"/repair-orders/{order['ro_id']}")["stage"]
    return told


def reaches(system: System, order: dict[str, Any], wanted: str) -> None:
    eventually(lambda: stage(system, order) == wanted, what=f"the order to be {wanted}")


def came_to(desk: Desk, stage: str) -> str:
    """Who brought the order to a stage, and when, as its page tells it."""
    desk.page.get_by_text("工单进程").click()
    told = desk.page.locator("details li").filter(has_text=stage)
    told.wait_for()
    return told.inner_text()


def waits_for_money(advisor: Desk) -> None:
    """The keys wait for the customer's share."""
    button = advisor.page.get_by_role("button", name="交还车辆")
    button.wait_for()
    eventually(button.is_disabled, what="the keys to wait for the customer's share")


def gives_the_keys(advisor: Desk) -> None:
    """Once it is paid the vehicle leaves, with its odometer read."""
    eventually(advisor.page.get_by_role("button", name="交还车辆").is_enabled, what="the payment to be seen")
    advisor.press("Space")
    advisor.field("出厂里程(公里)").fill("5003")
    advisor.press("Control+Enter")


def takes_money(finance: Desk, order: dict[str, Any]) -> None:
    """What the customer owes is there to be taken, by keys."""
    finance.page.get_by_role("button", name="收款").wait_for()
    finance.press("f")
    assert finance.field("金额(元)").input_value() == "120"
    finance.field("流水号").fill(f"WX-{order['number']}")
    finance.press("Control+Enter")
    finance.see("已收清")


@pytest.mark.day
def test_a_car_goes_from_desk_to_desk_by_keys_alone(system: System, car: Car, sit_down: SitDown) -> None:
    """In a store where no other test takes cars in: a board shows a hundred."""
    taken_in = {**TAKEN_IN, "store_id": "FT", **whose(car)}
    order = system.as_("advisor", store="FT").post("/repair-orders", taken_in)
    technician_id = system.staff_id("technician", store="FT")
    place = f"repair-orders/{order['ro_id']}"
    advisor = sit_down("advisor", store="FT")
    asked: list[str] = []
    advisor.page.on("request", lambda request: asked.append(request.url))
    advisor.open("board")
    card = advisor.page.locator(f"[data-row='{order['ro_id']}']")
    card.wait_for()
    assert "GL8" in card.inner_text()
    assert not [url for url in asked if "/vehicles/" in url], "the list tells its cars itself"
    while not card.evaluate("card => card === document.activeElement"):
        advisor.press("ArrowDown")
    advisor.press("Space")
    advisor.see("承诺交车时间")
    assert advisor.field("确认人").input_value() == "司马光"
    advisor.press("Control+Enter")
    reaches(system, order, "authorized")
    advisor.see("未派工")
    advisor.page.get_by_role("button", name="派工 D").wait_for()
    advisor.press("d")
    advisor.field("技师").select_option(technician_id)
    advisor.press("Control+Enter")
    reaches(system, order, "dispatched")

    technician = sit_down("technician", store="FT").open(place)
    technician.page.get_by_role("button", name="开工").wait_for()
    technician.press("Space")
    technician.page.get_by_role("button", name="完工送检").wait_for()
    technician.press("Space")
    reaches(system, order, "qc")

    inspector = sit_down("inspector", store="FT").open(place)
    inspector.page.get_by_role("button", name="质检合格").wait_for()
    inspector.press("y")
    reaches(system, order, "ready")

    finance = sit_down("finance", store="FT").open(place)
    finance.page.get_by_role("button", name="结算").wait_for()
    finance.press("Space")
    finance.see("结算后不能再改金额")
    assert finance.focused() == "取消", "what cannot be taken back is not done by a stray Enter"
    finance.press("Control+Enter")
    reaches(system, order, "settled")

    advisor.open(place)
    waits_for_money(advisor)
    takes_money(finance, order)
    gives_the_keys(advisor)
    reaches(system, order, "delivered")
    assert technician_id in came_to(advisor, "施工中")
    system.note(f"console: the advisor's part of a repair order takes {advisor.keys} keys")


def test_a_step_upon_what_somebody_changed_meanwhile_is_refused_and_shows_what_is(
    system: System, order: dict[str, Any], sit_down: SitDown
) -> None:
    path = authorized(system, order)
    desk = sit_down("advisor").open(path.lstrip("/"))
    desk.may_be_refused.add(412)
    desk.page.get_by_role("button", name="派工 D").wait_for()
    desk.press("d")
    desk.field("技师").select_option(system.staff_id("technician"))
    system.as_("advisor").post(f"{path}/dispatch", {"technician_id": system.staff_id("technician"), "bay": "7"})
    desk.press("Control+Enter")
    desk.page.get_by_role("dialog").get_by_role("alert").wait_for()
    desk.press("Escape")
    desk.see("工位 7")


def test_whoever_worked_on_a_car_is_told_that_he_does_not_inspect_it(
    system: System, order: dict[str, Any], sit_down: SitDown
) -> None:
    path = authorized(system, order)
    system.as_("advisor").post(f"{path}/dispatch", {"technician_id": system.staff_id("technician")})
    manager = system.as_("service_manager")
    manager.post(f"{path}/start")
    manager.post(f"{path}/finish")
    desk = sit_down("service_manager").open(path.lstrip("/"))
    button = desk.page.get_by_role("button", name="质检合格")
    button.wait_for()
    assert button.is_disabled()
    desk.press("y")
    assert stage(system, order) == "qc"


def test_who_sees_no_prices_sees_no_room_for_them_either(
    system: System, order: dict[str, Any], sit_down: SitDown
) -> None:
    desk = sit_down("technician").open(f"repair-orders/{order['ro_id']}")
    desk.see("检查底盘")
    for told in ("¥", "金额", "合计"):
        assert told not in desk.page.locator("main").inner_text()
    desk.open("repair-orders")
    desk.page.locator(f"[data-row='{order['ro_id']}']").wait_for()
    assert "合计" not in desk.page.locator("thead").inner_text()
    advisor = sit_down("advisor").open(f"repair-orders/{order['ro_id']}")
    advisor.see("¥120")


def test_the_card_that_was_chosen_is_moved_on_wherever_the_mouse_rests(
    system: System, order: dict[str, Any], car: Car, sit_down: SitDown
) -> None:
    other = system.as_("advisor").post("/repair-orders", {**TAKEN_IN, **whose(car)})
    desk = sit_down("advisor").open("board")
    desk.page.locator(f"[data-row='{order['ro_id']}']").focus()
    desk.page.locator(f"[data-row='{other['ro_id']}']").hover()
    desk.page.get_by_role("button", name="委托确认").wait_for()
    desk.press("Space")
    desk.press("Control+Enter")
    reaches(system, order, "authorized")
    assert stage(system, other) == "opened"


def test_the_board_is_narrowed_to_what_is_late_and_to_what_is_mine_by_digits(
    system: System, order: dict[str, Any], car: Car, sit_down: SitDown
) -> None:
    colleague = system.hired("advisor")
    hers = colleague.post("/repair-orders", {**TAKEN_IN, **whose(car)})
    soon = clock.now().astimezone(clock.LOCAL) + timedelta(minutes=20)
    tonight = soon.replace(hour=23, minute=59, second=59) - timedelta(days=soon.hour == 0)
    promise = {"promised_at": min(soon, tonight).isoformat(), "consent_by": "本人"}
    colleague.post(f"/repair-orders/{hers['ro_id']}/authorize", promise)
    desk = sit_down("advisor").open("board")
    mine, late = (desk.page.locator(f"[data-row='{one['ro_id']}']") for one in (order, hers))
    mine.wait_for()
    assert late.count() == 0, "an advisor begins with his own"
    desk.press("1")
    late.wait_for()
    desk.press("2")
    late.wait_for(state="detached")
    mine.wait_for()
    desk.press("3")
    mine.wait_for(state="detached")
    late.wait_for()
    assert desk.page.url.endswith("view=risk")
    desk.press("4")
    late.wait_for()
    desk.press("m")
    late.wait_for(state="detached")
    desk.press("m")
    late.wait_for()


def test_cars_that_were_given_back_are_found_by_their_stage(system: System, car: Car, sit_down: SitDown) -> None:
    returned = system.close_a_repair_order(customer_id=car.customer_id, vehicle_id=car.vehicle_id, fen=100)
    desk = sit_down("receptionist").open()
    desk.page.get_by_role("link", name="维修工单").first.wait_for()
    desk.press("g", "w")
    desk.page.wait_for_url("**/repair-orders")
    desk.see("条")
    row = desk.page.locator(f"[data-row='{returned['ro_id']}']")
    assert row.count() == 0, "it is not here any more"
    desk.press("f")
    assert desk.focused().startswith("在厂"), "the filter has the focus"
    desk.page.get_by_label("状态").first.select_option("delivered")
    row.wait_for()


def test_a_car_waits_for_parts_more_work_is_found_and_the_customer_agrees_all_by_keys(
    system: System, order: dict[str, Any], sit_down: SitDown
) -> None:
    path = authorized(system, order)
    system.as_("advisor").post(f"{path}/dispatch", {"technician_id": system.staff_id("technician")})
    technician = sit_down("technician").open(path.lstrip("/"))
    technician.page.get_by_role("button", name="开工").wait_for()
    technician.press("Space")
    reaches(system, order, "in_progress")
    technician.page.get_by_role("button", name="完工送检").wait_for()
    technician.press("w")
    technician.field("等待什么").select_option("parts")
    late = (clock.now() + timedelta(hours=5)).astimezone(clock.LOCAL)
    technician.field("预计时间(可不填)").fill(late.strftime("%Y-%m-%dT%H:%M"))
    technician.field("说明(可不填)").fill("等大灯总成")
    technician.press("Control+Enter")
    reaches(system, order, "waiting_parts")

    advisor = sit_down("advisor").open("board")
    card = advisor.page.get_by_role("region", name="等待中").locator(f"[data-row='{order['ro_id']}']")
    card.wait_for()
    assert "等大灯总成" in card.inner_text()
    advisor.see("待料")
    advisor.open(path.lstrip("/"))
    advisor.page.get_by_role("button", name="更新承诺").wait_for()
    advisor.press("p")
    advisor.field("告知客户的原因").fill("配件晚到")
    advisor.press("Control+Enter")
    advisor.see("配件晚到")
    advisor.page.get_by_role("button", name="恢复施工").wait_for()
    advisor.press("Space")
    reaches(system, order, "in_progress")

    advisor.page.get_by_role("button", name="改派").wait_for()
    advisor.press("a")
    advisor.field("项目").fill("左前大灯")
    advisor.field("金额(元)").fill("1200")
    advisor.press("Control+Enter")
    advisor.see("左前大灯")
    advisor.see("待确认")
    advisor.page.get_by_role("button", name="追加确认").wait_for()
    advisor.press("o")
    advisor.field("确认方式").select_option("call")
    advisor.press("Control+Enter")
    advisor.see("司马光 同意(电话)")
    assert system.as_("advisor").get(path)["authorized_fen"] == 132000
    technician.page.get_by_role("row").filter(has_text="左前大灯").get_by_text("施工中").wait_for()
    technician.press("Space")
    reaches(system, order, "qc")
    system.note(f"console: parts, another promise and more work cost the advisor {advisor.keys} keys")


def test_an_order_whose_work_was_not_begun_is_cancelled_for_a_reason(
    system: System, order: dict[str, Any], sit_down: SitDown
) -> None:
    desk = sit_down("advisor").open(f"repair-orders/{order['ro_id']}")
    desk.page.get_by_role("button", name="取消工单").click()
    desk.field("取消原因").fill("改天再来")
    desk.press("Control+Enter")
    reaches(system, order, "cancelled")
    desk.see("改天再来")
