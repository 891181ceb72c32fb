"""A car comes in: three entries for one we know, and not many more for one we do not; keys are counted."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import pytest

from chassis.process import clock
from tests.support import randoms
from tests.support.desk import Desk
from tests.support.polling import eventually
from tests.support.system import Car, System

SitDown = Callable[..., Desk]
KNOWN_KEYS, UNKNOWN_KEYS = 30, 70
PLATE = "粤B7M2C9"


@pytest.fixture(scope="module")
def car(system: System) -> Car:
    """Ours, with a plate."""
    car = system.deliver_a_car(name="令狐庆")
    eventually(lambda: system.view_with(car.customer_id, "vehicle_delivered"))
    system.as_("receptionist").post(f"/vehicles/{car.vehicle_id}/plates", {"plate": PLATE})
    return car


def opened(system: System, vehicle_id: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = system.as_("advisor").get("/repair-orders", vehicle_id=vehicle_id)["items"]
    return found


@pytest.mark.day
def test_a_car_we_know_is_in_with_its_plate_its_kilometres_and_what_he_says(
    system: System, car: Car, sit_down: SitDown
) -> None:
    desk = sit_down("advisor").open("reception")
    desk.field("车牌").wait_for()
    desk.type(PLATE)
    desk.press("Enter")
    desk.see("令狐庆")
    eventually(lambda: desk.focused() == "km", what="the kilometres to have the focus")
    desk.type("9800")
    desk.press("Enter")
    desk.type("右前异响")
    desk.press("Enter", "Enter")
    desk.see("已开单 HN-RO-")
    assert desk.keys <= KNOWN_KEYS, f"{desk.keys} keys"
    system.note(f"console: a known car is taken in with {desk.keys} keys (at most {KNOWN_KEYS})")
    (order,) = opened(system, car.vehicle_id)
    assert (order["km"], order["complaint"], order["customer_id"]) == (9800, "右前异响", car.customer_id)


@pytest.mark.day
def test_a_car_nobody_knows_is_registered_and_taken_in_on_the_same_page(system: System, sit_down: SitDown) -> None:
    vin = randoms.vin()
    desk = sit_down("advisor").open("reception")
    desk.field("车牌").wait_for()
    desk.type("欧阳锋")
    desk.press("Enter")
    desk.see("没有找到")
    desk.press("Enter")
    eventually(lambda: desk.focused() == "mobile", what="the phone to have the focus")
    desk.type(f"139{secrets.randbelow(10**8):08d}")
    desk.press("Enter")
    desk.type(vin)
    desk.press("Enter")
    desk.type("赛欧")
    desk.press("Enter", "Enter")
    eventually(lambda: desk.focused() == "km", what="the kilometres to have the focus")
    desk.type("30200")
    desk.press("Enter")
    desk.type("首保")
    desk.press("Enter", "Enter")
    desk.see("已开单 HN-RO-")
    assert desk.keys <= UNKNOWN_KEYS, f"{desk.keys} keys"
    system.note(f"console: an unknown car is taken in with {desk.keys} keys (at most {UNKNOWN_KEYS})")
    sent = [path for path in ("arrivals", "customers", "repair-orders") if f"POST /api/v1/{path}" in desk.sent]
    assert sent == ["arrivals"], "it is one call, that goes on where it broke"
    found = system.as_("advisor").get("/customers/lookup", q=vin)["items"]
    assert [(one["name"], [each["vin"] for each in one["vehicles"]]) for one in found] == [("欧阳锋", [vin])]


def test_what_was_wrong_stands_at_its_field_and_nothing_is_lost(sit_down: SitDown) -> None:
    desk = sit_down("advisor").open("reception")
    desk.may_be_refused.add(422)
    desk.field("车牌").fill("司徒甲")
    desk.press("Enter")
    desk.see("没有找到")
    desk.press("Enter")
    desk.field("电话").fill("12345678901")
    desk.field("车架号").fill("LSGDC82C02S716214")
    desk.field("车型").fill("GL8")
    desk.field("里程").fill("100")
    desk.field("客户描述").fill("保养")
    desk.press("Control+Enter")
    desk.page.locator("[name=mobile][aria-invalid=true]").wait_for()
    assert desk.focused() == "mobile"
    assert desk.field("客户描述").input_value() == "保养"


def test_whoever_may_not_open_repair_orders_registers_and_is_told_who_goes_on(
    system: System, car: Car, sit_down: SitDown
) -> None:
    desk = sit_down("receptionist").open("reception")
    desk.field("车牌").fill(PLATE)
    desk.press("Enter")
    desk.see("请服务顾问接车")
    assert desk.page.get_by_role("button", name="开单").count() == 0


def test_who_comes_for_his_car_is_read_at_the_desk_and_no_list_is_there_that_is_always_empty(
    system: System, car: Car, sit_down: SitDown
) -> None:
    brought = system.as_("advisor").post(
        "/repair-orders",
        {
            "vehicle_id": car.vehicle_id,
            "customer_id": car.customer_id,
            "store_id": "HN",
            "km": 9000,
            "complaint": "保养",
            "lines": [{"description": "保养", "amount_fen": 100, "hours": "0.5"}],
        },
    )
    path = f"/repair-orders/{brought['ro_id']}"
    desk = sit_down("receptionist").open("reception")
    desk.see("车牌")
    row = desk.page.get_by_role("region", name="今天来取的车").get_by_role("row").filter(has_text=PLATE)
    assert row.count() == 0, "nothing was promised for today"
    tonight = clock.now().astimezone(clock.LOCAL).replace(hour=23, minute=59, second=59)
    advisor, technician = system.as_("advisor"), system.as_("technician")
    advisor.post(f"{path}/authorize", {"promised_at": tonight.isoformat(), "consent_by": "本人"})
    row.filter(has_text="已委托").wait_for()
    advisor.post(f"{path}/dispatch", {"technician_id": system.staff_id("technician")})
    technician.post(f"{path}/start")
    technician.post(f"{path}/finish")
    system.as_("inspector").post(f"{path}/inspect", {"verdict": "passed"})
    row.filter(has_text="待交").wait_for()
    assert desk.page.get_by_role("link", name="今日待办").count() == 0
    desk.field("车牌").fill(PLATE)
    desk.press("Enter")
    desk.page.get_by_role("link", name=brought["number"]).click()
    desk.page.wait_for_url(f"**{path}")


def test_of_two_cars_one_is_chosen_before_anything_is_sent(system: System, sit_down: SitDown) -> None:
    car = system.deliver_a_car(name="公孙两车")
    second = randoms.vin()
    his_second = {"vin": second, "model": "凯越", "role": "owner"}
    system.as_("receptionist").post(f"/customers/{car.customer_id}/vehicles", his_second)
    desk = sit_down("advisor").open("reception")
    desk.field("车牌").fill(car.mobile[-4:])
    desk.press("Enter")
    desk.see("公孙两车")
    eventually(lambda: desk.focused() == "car", what="the cars to have the focus")
    desk.field("里程").fill("8000")
    desk.field("客户描述").fill("刹车失灵")
    before = len(desk.asked)
    desk.press("Control+Enter")
    eventually(lambda: desk.focused() == "car", what="the car that is missing to have the focus")
    assert desk.field("客户描述").input_value() == "刹车失灵"
    assert not [one for one in desk.asked[before:] if one.endswith("/repair-orders")]

    desk.press("Space", "Control+Enter")
    desk.see("已开单 HN-RO-")
    found = system.as_("advisor").get("/repair-orders", customer_id=car.customer_id)["items"]
    assert [one["complaint"] for one in found] == ["刹车失灵"]


def test_kilometres_that_nobody_typed_are_asked_for(system: System, car: Car, sit_down: SitDown) -> None:
    desk = sit_down("advisor").open("reception")
    desk.field("车牌").fill(PLATE)
    desk.press("Enter")
    desk.see("令狐庆")
    desk.field("客户描述").fill("没有里程")
    desk.press("Control+Enter")
    eventually(lambda: desk.focused() == "km", what="the kilometres to have the focus")
    assert "没有里程" not in [one["complaint"] for one in opened(system, car.vehicle_id)]


def test_whoever_has_the_phone_of_one_of_ours_is_he_or_is_registered_for_a_reason(
    system: System, sit_down: SitDown
) -> None:
    husband = system.deliver_a_car(name="慕容三")
    desk = sit_down("advisor").open("reception")
    desk.may_be_refused.add(409)
    desk.field("车牌").fill("上官六六")
    desk.press("Enter")
    desk.see("没有找到")
    desk.press("Enter")
    desk.field("电话").fill(husband.mobile)
    vin = randoms.vin()
    desk.field("车架号").fill(vin)
    desk.field("车型").fill("赛欧")
    desk.field("里程").fill("100")
    desk.field("客户描述").fill("保养")
    desk.press("Control+Enter")
    desk.see("慕容三")
    desk.keep_picture()
    desk.page.locator("[name=notThem]").fill("夫妻共用电话")
    desk.press("Control+Enter")
    desk.see("已开单 HN-RO-")
    (one,) = system.as_("advisor").get("/customers/lookup", q=vin)["items"]
    assert one["name"] == "上官六六"
