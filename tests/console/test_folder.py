"""What stands in a customer's folder is told where he is: his cars and plates, his papers, what he allowed."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest

from tests.support import randoms
from tests.support.desk import Desk
from tests.support.polling import eventually
from tests.support.system import System

SitDown = Callable[..., Desk]


def somebody(system: System, name: str) -> str:
    person = {"name": name, "mobile": randoms.mobile(), "store_id": "HN"}
    made: str = system.as_("receptionist").post("/customers", person)["customer_id"]
    return made


@pytest.fixture
def customer_id(system: System) -> str:
    """Somebody of whom nothing but his number is known."""
    return somebody(system, "宇文泰")


def cars(system: System, customer_id: str) -> list[tuple[str, str | None, str]]:
    """VIN, plate and role of each car he has."""
    shown: list[dict[str, Any]] = system.as_("advisor").get(f"/customers/{customer_id}/360")["vehicles"]
    return [(each["vin"], each["plate"], each["role"]) for each in shown if not each["until"]]


def test_a_car_is_added_gets_its_plate_and_is_sold_on_to_somebody_else(
    system: System, customer_id: str, sit_down: SitDown
) -> None:
    vin, plate = randoms.vin(), f"粤B{secrets.choice('DEFGH')}{secrets.randbelow(10**4):04d}"
    desk = sit_down("receptionist").open(f"customers/{customer_id}?tab=vehicles")
    desk.page.get_by_role("button", name="登记车辆").wait_for()
    desk.press("a")
    desk.field("车架号").fill(vin[:-1] + ("0" if vin[-1] != "0" else "1"))
    desk.field("车型(可不填)").fill("凯越")
    desk.may_be_refused |= {422, 404}
    desk.press("Control+Enter")
    desk.page.locator("[name=vin][aria-invalid=true]").wait_for()
    desk.field("车架号").fill(vin)
    desk.press("Control+Enter")
    desk.page.locator("td", has_text=vin).wait_for()
    desk.page.get_by_role("button", name="换车牌").click()
    desk.field("车牌").fill(plate)
    desk.press("Control+Enter")
    eventually(lambda: cars(system, customer_id) == [(vin, plate, "owner")], what="the plate on his car")

    buyer = somebody(system, "独孤求")
    desk.open(f"customers/{buyer}?tab=vehicles")
    desk.page.get_by_role("button", name="过户到名下").click()
    desk.field("车架号").fill(randoms.vin())
    desk.press("Control+Enter")
    desk.see("没有登记过这辆车")
    desk.field("车架号").fill(vin)
    desk.press("Control+Enter")
    desk.page.locator("td", has_text=vin).wait_for()
    assert [car[0] for car in cars(system, buyer)] == [vin]
    assert cars(system, customer_id) == []


def test_a_paper_comes_into_his_bag_and_leaves_it_for_a_reason(
    system: System, customer_id: str, sit_down: SitDown
) -> None:
    desk = sit_down("sales_manager").open(f"customers/{customer_id}?tab=documents")
    desk.page.get_by_role("button", name="登记资料").wait_for()
    desk.press("a")
    desk.field("资料").select_option("invoice")
    desk.field("号码").fill("FP-4711")
    desk.field("存放").fill("A-12")
    desk.press("Control+Enter")
    desk.page.get_by_role("row").filter(has_text="FP-4711").filter(has_text="A-12").wait_for()
    desk.page.get_by_role("button", name="取出").click()
    desk.field("取出原因").fill("客户取走")
    desk.press("Control+Enter")
    desk.see("资料袋是空的")
    (kept,) = system.as_("advisor").get(f"/customers/{customer_id}/documents", removed="true")["items"]
    assert kept["removed_because"] == "客户取走"


def test_what_he_allows_and_takes_back_is_written_down(system: System, customer_id: str, sit_down: SitDown) -> None:
    desk = sit_down("receptionist").open(f"customers/{customer_id}?tab=consents")
    desk.page.get_by_role("button", name="登记授权").wait_for()
    desk.press("a")
    desk.field("用途").select_option("marketing")
    desk.field("客户的决定").select_option("yes")
    desk.field("告知书版本(可不填)").fill("2026-1")
    desk.press("Control+Enter")
    row = desk.page.get_by_role("row").filter(has_text="营销活动")
    row.get_by_text("同意", exact=True).first.wait_for()
    desk.press("a")
    desk.field("用途").select_option("marketing")
    desk.field("客户的决定").select_option("no")
    desk.press("Control+Enter")
    row.get_by_text("不同意").wait_for()
    told = system.as_("receptionist").get(f"/customers/{customer_id}/consents")
    assert [(each["purpose"], each["allowed"]) for each in told["current"]] == [("marketing", False)]


def test_who_belongs_to_him_is_looked_up_and_said_from_either_side(
    system: System, customer_id: str, sit_down: SitDown
) -> None:
    name = f"宇文{secrets.choice('邕赟阐觉')}{secrets.choice('一二三四五六七八九')}"
    son = somebody(system, name)
    mobile = system.as_("receptionist").get("/customers/lookup", q=name)["items"][0]["mobile"]
    desk = sit_down("receptionist").open(f"customers/{customer_id}?tab=relations")
    desk.see("没有登记关系人")
    desk.press("a")
    desk.press("Control+Enter")
    desk.see("请先找到对方")
    desk.field("对方").fill(name)
    desk.page.locator(f"#person-{son}").wait_for()
    desk.field("对方").press("Enter")
    desk.page.get_by_role("dialog").get_by_text(name).wait_for()
    desk.field("关系").select_option("theirs:parent_of")
    desk.field("关系").select_option("his:parent_of")
    desk.press("Control+Enter")
    desk.page.get_by_role("row").filter(has_text=name).get_by_text("本人是其父母").wait_for()
    (kept,) = system.as_("receptionist").get(f"/customers/{son}/relations")["items"]
    assert (kept["kind"], kept["reverse"], kept["other_id"]) == ("parent_of", True, customer_id)

    # the same once more is refused beside the form, and nothing is done twice
    desk.may_be_refused |= {409}
    desk.press("a")
    desk.field("对方").fill(mobile[-4:])
    desk.page.locator(f"#person-{son}").click()
    desk.field("关系").select_option("his:parent_of")
    desk.press("Control+Enter")
    desk.page.get_by_role("dialog").get_by_role("alert").first.wait_for()
    assert len(system.as_("receptionist").get(f"/customers/{customer_id}/relations")["items"]) == 1


def test_how_many_numbers_may_still_be_seen_stands_beside_the_one_that_is_shown(
    customer_id: str, sit_down: SitDown
) -> None:
    desk = sit_down("advisor", store="BA").open(f"customers/{customer_id}")
    desk.see("宇文泰")
    desk.press("v")
    desk.page.get_by_role("button", name="核对身份").click()
    told = desk.see("本小时还可查看").inner_text()
    left = int("".join(sign for sign in told.partition("本小时")[2] if sign.isdigit()))
    assert left > 0
