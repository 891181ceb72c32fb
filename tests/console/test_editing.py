"""Two people change one record: neither overwrites the other without having seen it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.desk import Desk
from tests.support.system import System

SitDown = Callable[..., Desk]


@pytest.fixture
def customer_id(system: System) -> str:
    """Somebody of store HN."""
    person = {"name": "尉迟恭", "mobile": f"137{secrets.randbelow(10**8):08d}", "store_id": "HN"}
    made: str = system.as_("receptionist").post("/customers", person)["customer_id"]
    return made


def record(system: System, customer_id: str) -> dict[str, Any]:
    found: dict[str, Any] = system.as_("advisor").get(f"/customers/{customer_id}/360")
    return found


def test_both_values_stand_side_by_side_and_the_rest_of_both_is_kept(
    system: System, customer_id: str, sit_down: SitDown
) -> None:
    desk = sit_down("advisor").open(f"customers/{customer_id}")
    desk.may_be_refused.add(412)
    desk.see("尉迟恭")
    desk.press("e")
    desk.field("电子邮箱").fill("mine@example.com")
    desk.field("工作单位").fill("红彤物流")
    other = {"email": "theirs@example.com", "tags": ["车友会"]}
    system.as_("receptionist").send("PATCH", f"/customers/{customer_id}", other)
    desk.press("Control+Enter")
    desk.see("别人刚刚改过这份档案")
    choices = desk.page.get_by_role("dialog")
    assert choices.get_by_role("radio").count() == 2, "only the e-mail clashes"
    choices.get_by_label("mine@example.com").check()
    desk.page.get_by_role("button", name="按此保存").click()
    desk.page.get_by_role("dialog").wait_for(state="detached")
    desk.page.get_by_role("button", name="修改").wait_for()
    now = record(system, customer_id)
    assert (now["email"], now["employer"], now["tags"]) == ("mine@example.com", "红彤物流", ["车友会"])


def test_a_lost_answer_and_a_broken_service_behind_do_not_change_twice(
    system: System, customer_id: str, sit_down: SitDown
) -> None:
    desk = sit_down("advisor").open(f"customers/{customer_id}")
    desk.may_be_refused |= {503}
    desk.see("尉迟恭")
    desk.press("e")
    desk.field("工作单位").fill("红彤汽修")
    lost: list[str] = []

    def lose(route: Any) -> None:
        """The first answer is lost on its way: it was done, and nobody knows."""
        if not lost:
            lost.append(route.request.headers["idempotency-key"])
            route.fetch()
            route.fulfill(status=503, body="", headers={"Retry-After": "2"})
        else:
            lost.append(route.request.headers["idempotency-key"])
            route.continue_()

    desk.page.route(f"**/api/v1/customers/{customer_id}", lose)
    desk.press("Control+Enter")
    desk.page.get_by_role("button", name="修改").wait_for()
    assert len(lost) == 2
    assert lost[0] == lost[1], "the second try is the same command"
    changes = system.as_("cr_agent").get(f"/customers/{customer_id}/audit", field="employer")["items"]
    assert len(changes) == 1


def test_a_full_number_is_shown_for_a_reason_that_is_written_down_and_goes_away(
    system: System, customer_id: str, sit_down: SitDown
) -> None:
    desk = sit_down("advisor").open(f"customers/{customer_id}")
    desk.see("137****")
    desk.press("v")
    desk.see("会记入访问日志")
    desk.page.get_by_role("button", name="通知取车").click()
    number = desk.page.locator("a[href^='tel:137']")
    number.wait_for()
    assert number.inner_text().isdigit()
    desk.press("Escape")
    assert "tel:" not in desk.page.content()
    log = system.boss.get("/access-log", subject_id=customer_id)["items"]
    assert [(entry["staff_id"], entry["reason"]) for entry in log] == [(system.staff_id("advisor"), "通知取车")]
