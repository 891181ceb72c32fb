"""Journeys through the workshop in the browser: what one presses, another sees, the customer among them."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chassis.process import clock
from tests.support import randoms
from tests.support.desk import Desk
from tests.support.polling import eventually
from tests.support.system import Car, System

SitDown = Callable[..., Desk]


@pytest.fixture(scope="module")
def car(system: System) -> Car:
    """Ours, and known to the desks."""
    car = system.deliver_a_car(name="诸葛瑾")
    eventually(lambda: system.view_with(car.customer_id, "vehicle_delivered"))
    return car


@pytest.fixture
def path(system: System, car: Car) -> str:
    """The address of an order that its customer agreed to, given to the technician; promised in two hours."""
    advisor = system.as_("advisor")
    asked = {
        "vehicle_id": car.vehicle_id,
        "customer_id": car.customer_id,
        "store_id": "HN",
        "km": 5000,
        "complaint": "异响",
        "lines": [{"description": "检查底盘", "amount_fen": 12_000, "hours": "0.5"}],
    }
    path = f"/repair-orders/{advisor.post('/repair-orders', asked)['ro_id']}"
    promised = (clock.now() + timedelta(hours=2)).isoformat()
    advisor.post(f"{path}/authorize", {"promised_at": promised, "consent_by": "本人"})
    advisor.post(f"{path}/dispatch", {"technician_id": system.staff_id("technician")})
    return path


def shown(system: System, path: str) -> dict[str, Any]:
    told: dict[str, Any] = system.as_("advisor").get(path)
    return told


def reaches(system: System, path: str, stage: str) -> None:
    eventually(lambda: shown(system, path)["stage"] == stage, what=f"the order to be {stage}")


def clicks(desk: Desk, name: str) -> None:
    """Press the button once the page lets one."""
    button = desk.page.get_by_role("button", name=name).first
    button.wait_for()
    eventually(button.is_enabled, what=f"{name} to be possible")
    button.click()


def test_a_technician_clocks_on_and_off_and_ends_his_line_on_the_page_of_his_work(
    system: System, path: str, sit_down: SitDown
) -> None:
    desk = sit_down("technician").open("work")
    line = desk.page.locator(f"[data-row='{path.rpartition('/')[2]}:1']")
    line.get_by_text("未开始").wait_for()
    line.get_by_role("button", name="开始").click()
    line.get_by_role("button", name="停止").wait_for()
    reaches(system, path, "in_progress")
    line.get_by_role("button", name="停止").click()
    line.get_by_role("button", name="继续").click()
    line.get_by_role("button", name="完工").click()
    line.wait_for(state="detached")
    clockings = system.as_("service_manager").get(f"{path}/clockings")["items"]
    assert len(clockings) == 2
    assert all(one["ended_at"] for one in clockings), clockings


def test_the_slip_of_a_promise_is_seen_by_a_screen_that_nobody_touched(
    system: System, path: str, sit_down: SitDown
) -> None:
    system.as_("technician").post(f"{path}/start")
    advisor = sit_down("advisor").open("board")
    card = advisor.page.locator(f"[data-row='{path.rpartition('/')[2]}']")
    card.get_by_text("正常").wait_for()
    technician = sit_down("technician").open(path.lstrip("/"))
    technician.page.get_by_role("button", name="完工送检").wait_for()
    technician.press("w")
    technician.field("等待什么").select_option("parts")
    beyond = (clock.now() + timedelta(hours=5)).astimezone(clock.LOCAL)
    technician.field("预计时间(可不填)").fill(beyond.strftime("%Y-%m-%dT%H:%M"))
    technician.press("Control+Enter")
    card.get_by_text("■").wait_for()
    assert "待料" in card.inner_text()
    assert "正常" not in card.inner_text()


def test_the_customer_says_yes_on_his_own_page_and_the_desk_sees_it_come(
    system: System, path: str, sit_down: SitDown
) -> None:
    system.as_("technician").post(f"{path}/start")
    system.as_("advisor").post(
        f"{path}/lines", {"line": {"description": "更换球头", "amount_fen": 45_050, "hours": "1"}}
    )
    token = system.as_("advisor").post(f"{path}/links", {})["token"]
    advisor = sit_down("advisor").open(path.lstrip("/"))
    advisor.see("待确认")
    customer = sit_down(width=390, height=844)
    customer.page.goto(f"{customer.base_url}/r/{token}")
    customer.see("更换球头")
    customer.page.get_by_label("您的姓名").fill("诸葛瑾")
    customer.page.get_by_role("button", name="同意施工").click()
    customer.see("您已同意")
    advisor.page.get_by_role("row").filter(has_text="更换球头").get_by_text("施工中").wait_for()
    assert shown(system, path)["authorized_fen"] == 57_050


def taken_in(system: System, advisor: Desk) -> dict[str, Any]:
    """The order of a car and a man nobody knows, who stand at the gate."""
    vin = randoms.vin()
    advisor.open("reception")
    advisor.field("车牌").fill("夏侯渊")
    advisor.press("Enter")
    advisor.see("没有找到")
    advisor.press("Enter")
    advisor.field("电话").fill(f"139{secrets.randbelow(10**8):08d}")
    advisor.field("车架号").fill(vin)
    advisor.field("车型").fill("赛欧")
    advisor.press("Control+Enter")
    eventually(lambda: advisor.focused() == "km", what="the kilometres to have the focus")
    advisor.type("30200")
    advisor.field("客户描述").fill("首保")
    advisor.press("Control+Enter")
    advisor.see("已开单 HN-RO-")
    (customer,) = system.as_("advisor").get("/customers/lookup", q=vin)["items"]
    (vehicle,) = customer["vehicles"]
    order: dict[str, Any]
    (order,) = system.as_("advisor").get("/repair-orders", vehicle_id=vehicle["vehicle_id"])["items"]
    return order


def test_a_car_nobody_knows_goes_from_the_gate_to_the_key_handed_back(system: System, sit_down: SitDown) -> None:
    advisor = sit_down("advisor")
    order = taken_in(system, advisor)
    path = f"/repair-orders/{order['ro_id']}"
    advisor.open(path.lstrip("/"))
    clicks(advisor, "增加项目")
    advisor.field("项目").fill("更换机油")
    advisor.field("金额(元)").fill("300")
    advisor.press("Control+Enter")
    advisor.see("更换机油")
    clicks(advisor, "委托确认")
    advisor.press("Control+Enter")
    reaches(system, path, "authorized")
    clicks(advisor, "派工")
    advisor.field("技师").select_option(system.staff_id("technician"))
    advisor.press("Control+Enter")
    reaches(system, path, "dispatched")
    technician = sit_down("technician").open(path.lstrip("/"))
    clicks(technician, "开工")
    clicks(technician, "完工送检")
    reaches(system, path, "qc")
    clicks(sit_down("inspector").open(path.lstrip("/")), "质检合格")
    reaches(system, path, "ready")
    finance = sit_down("finance").open(path.lstrip("/"))
    clicks(finance, "结算")
    finance.see("结算后不能再改金额")
    finance.press("Control+Enter")
    reaches(system, path, "settled")
    clicks(finance, "收款")
    finance.field("流水号").fill(f"WX-{order['number']}")
    finance.press("Control+Enter")
    finance.see("已收清")
    clicks(advisor, "交还车辆")
    advisor.field("出厂里程(公里)").fill("30203")
    advisor.press("Control+Enter")
    reaches(system, path, "delivered")
