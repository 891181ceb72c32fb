"""One record instead of four: two that are one customer are compared, merged, and parted again where that was wrong."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.desk import Desk
from tests.support.polling import eventually
from tests.support.system import Car, System

SitDown = Callable[..., Desk]


def twice(system: System, name: str) -> tuple[str, str]:
    """One customer whom two desks wrote down: the same name and birthday, two numbers."""
    made = []
    for role, employer in (("receptionist", "红彤物流"), ("advisor", "红彤汽运")):
        person = {
            "name": name,
            "mobile": f"136{secrets.randbelow(10**8):08d}",
            "store_id": "HN",
            "birth_date": "1980-02-03",
            "email": "one@example.com",
            "employer": employer,
            "force_new": True,
            "reason": "两个部门各建了一份",
        }
        made.append(str(system.as_(role).post("/customers", person)["customer_id"]))
    return made[0], made[1]


def pair_of(system: System, both: tuple[str, str]) -> dict[str, Any]:
    """The pair in the queue, once it is suspected."""

    def found() -> dict[str, Any] | None:
        items = system.as_("cr_agent").get("/duplicates", customer_id=both[0])["items"]
        return items[0] if items else None

    pair: dict[str, Any] = eventually(found, within=20, what="the two to be suspected")
    return pair


def lives_in(system: System, customer_id: str) -> str:
    told: str = system.as_("cr_agent").get(f"/customers/{customer_id}/360")["customer_id"]
    return told


@pytest.fixture
def both(system: System) -> tuple[str, str]:
    """Suspected to be one."""
    both = twice(system, "上官" + secrets.choice("婉云飞虹雪") + secrets.choice("儿清霞玉"))
    pair_of(system, both)
    return both


def test_two_records_become_one_and_two_again_by_keys(system: System, both: tuple[str, str], sit_down: SitDown) -> None:
    pair = pair_of(system, both)
    a, b = pair["a"]["customer_id"], pair["b"]["customer_id"]
    desk = sit_down("cr_agent").open(f"duplicates?customer_id={a}")
    desk.page.locator(f"[data-row='{a}~{b}']").wait_for()
    desk.press("j", "Enter")
    desk.see("工作单位")
    row = desk.page.get_by_role("row").filter(has_text="工作单位")
    assert "≠" in row.inner_text()
    row.get_by_role("radio").nth(1).check()
    keeps = desk.page.get_by_role("radio", name="保留")
    keeps.first.check()
    same = desk.page.get_by_role("button", name="是同一人,合并")
    eventually(same.is_enabled, what="the merge to be tried")
    desk.press("s")
    desk.field("理由").fill("同名同生日")
    desk.press("Control+Enter")
    desk.see("已合并")
    assert lives_in(system, b) == a
    chosen = system.as_("cr_agent").get(f"/customers/{a}/360")["employer"]
    assert chosen == {a: "红彤物流", b: "红彤汽运"}[b] or chosen == {a: "红彤汽运", b: "红彤物流"}[b]
    desk.press("z")
    desk.field("理由").fill("其实是两个人")
    desk.press("Control+Enter")
    eventually(lambda: lives_in(system, b) == b, what="the two to be there again")


def test_a_record_that_changed_since_it_was_looked_at_is_not_merged(
    system: System, both: tuple[str, str], sit_down: SitDown
) -> None:
    pair = pair_of(system, both)
    a, b = pair["a"]["customer_id"], pair["b"]["customer_id"]
    desk = sit_down("cr_agent").open(f"duplicates/{a}~{b}")
    desk.may_be_refused |= {412}
    same = desk.page.get_by_role("button", name="是同一人,合并")
    eventually(same.is_enabled, what="the merge to be tried")
    desk.press("s")
    desk.field("理由").fill("同名")
    system.as_("advisor").send("PATCH", f"/customers/{b}", {"employer": "别家"})
    desk.press("Control+Enter")
    desk.page.get_by_role("dialog").get_by_role("alert").wait_for()
    assert lives_in(system, b) == b


def test_two_who_are_not_one_are_said_so_and_leave_the_queue(
    system: System, both: tuple[str, str], sit_down: SitDown
) -> None:
    pair = pair_of(system, both)
    a, b = pair["a"]["customer_id"], pair["b"]["customer_id"]
    desk = sit_down("cr_agent").open(f"duplicates/{a}~{b}")
    desk.see("工作单位")
    desk.press("x")
    desk.field("理由").fill("双胞胎")
    desk.press("Control+Enter")
    eventually(
        lambda: not system.as_("cr_agent").get("/duplicates", customer_id=a)["items"],
        what="the pair to leave the queue",
    )


def test_a_record_that_holds_two_is_split_and_the_car_goes_along(system: System, sit_down: SitDown) -> None:
    car: Car = system.deliver_a_car(name="东方朔")
    eventually(lambda: system.view_with(car.customer_id, "vehicle_delivered"))
    desk = sit_down("cr_agent").open(f"customers/{car.customer_id}/split")
    desk.field("新客户姓名").fill("东方白")
    desk.page.get_by_label("GL8 …").check()
    desk.page.get_by_label("订单 GL8").check()
    desk.field("理由").fill("父子共用一份档案")
    desk.press("Control+Enter")
    desk.page.wait_for_url(lambda url: "/split" not in url and car.customer_id not in url)
    desk.see("东方白")
    new = desk.page.url.rpartition("/")[2]
    seen = eventually(lambda: system.view_with(new, "vehicle_delivered"), within=20, what="the order to go along")
    assert [each["vehicle_id"] for each in seen["vehicles"]] == [car.vehicle_id]
