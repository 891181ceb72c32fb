"""Calls and tasks: what others asked him stands before his number, a digit is his score, one key opens the next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from chassis.process import clock
from tests.support.desk import Desk
from tests.support.polling import eventually
from tests.support.system import System

SitDown = Callable[..., Desk]


def served(system: System, name: str) -> dict[str, Any]:
    """The visit of somebody whose car we serviced."""
    car = system.deliver_a_car(name=name)
    system.close_a_repair_order(customer_id=car.customer_id, vehicle_id=car.vehicle_id, fen=12000)
    visit: dict[str, Any] = eventually(
        lambda: system.visit(car.customer_id, "SERVICE_D3"), within=20, what="the visit to be planned"
    )
    eventually(lambda: system.view_with(car.customer_id, "visit_planned"))
    return visit


@pytest.fixture(scope="module")
def two(system: System) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two visits that follow each other in the list."""
    return served(system, "范仲淹"), served(system, "欧阳修")


def answered(system: System, visit: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = system.as_("cr_agent").get(f"/visits/{visit['visit_id']}")
    return told


def test_a_caller_reads_who_he_is_shows_his_number_scores_and_goes_to_the_next(
    system: System, two: tuple[dict[str, Any], dict[str, Any]], sit_down: SitDown
) -> None:
    desk = sit_down("cr_agent").open("visits?due=any")
    for visit in two:
        desk.page.locator(f"[data-row='{visit['visit_id']}']").wait_for()
    order = [each.get_attribute("data-row") for each in desk.page.locator("[data-row]").all()]
    first, second = sorted(two, key=lambda visit: order.index(visit["visit_id"]))
    while desk.page.evaluate("document.activeElement.dataset.row") != first["visit_id"]:
        desk.press("j")
    desk.press("Enter")
    desk.page.wait_for_url(f"**/visits/{first['visit_id']}")
    desk.see("最近往来")
    desk.see("交还车辆")
    assert "tel:" not in desk.page.content(), "the number comes after what must be known"
    before = desk.keys
    desk.press("v")
    desk.page.locator("a[href^='tel:']").wait_for()
    desk.press("Escape")
    desk.press("6")
    desk.see("请记录客户的原话")
    assert desk.page.get_by_role("button", name="完成并下一个").is_disabled()
    desk.press("0")
    desk.press("Control+Enter")
    desk.page.wait_for_url(lambda url: first["visit_id"] not in url)
    system.note(f"console: a call from the number to the next one takes {desk.keys - before} keys")
    assert (answered(system, first)["score"], answered(system, first)["status"]) == (10, "completed")
    followers = order[order.index(first["visit_id"]) + 1 :]
    assert desk.page.url.endswith(str(followers[0]))
    log = system.boss.get("/access-log", subject_id=first["customer_id"])["items"]
    assert [entry["reason"] for entry in log if entry["operation"] == "customer.reveal_contact"] == [
        f"回访:{'维修取车后回访'}"
    ]
    assert answered(system, second)["status"] != "completed"


def test_a_bad_score_is_kept_with_his_words(
    system: System, two: tuple[dict[str, Any], dict[str, Any]], sit_down: SitDown
) -> None:
    visit = two[1] if answered(system, two[0])["status"] == "completed" else two[0]
    desk = sit_down("cr_agent").open(f"visits/{visit['visit_id']}")
    desk.see("最近往来")
    desk.press("3")
    desk.field("客户原话").fill("等了两个小时")
    desk.press("Control+Enter")
    eventually(lambda: answered(system, visit)["status"] == "completed", what="the answer to be kept")
    assert (answered(system, visit)["score"], answered(system, visit)["remark"]) == (3, "等了两个小时")


def test_who_wants_no_calls_is_said_before_his_number_and_is_asked_another_way(
    system: System, sit_down: SitDown
) -> None:
    visit = served(system, "王安石")
    system.as_("advisor").send("PATCH", f"/customers/{visit['customer_id']}", {"preferences": {"do_not_call": True}})
    eventually(lambda: answered(system, visit)["status"] == "suppressed", what="the visit to be suppressed")
    desk = sit_down("cr_agent").open(f"visits/{visit['visit_id']}")
    desk.see("客户不接受电话回访")
    desk.see("可以改用:短信")
    assert "电话" not in desk.field("回访方式").inner_text()
    desk.press("9")
    desk.press("Control+Enter")
    eventually(lambda: answered(system, visit)["status"] == "completed", what="the answer to be kept")
    assert answered(system, visit)["channel"] == "sms"


def test_a_task_is_taken_and_handed_over_by_keys(system: System, sit_down: SitDown) -> None:
    visit = served(system, "苏东坡")
    colleague = system.hired("cr_agent")
    other = colleague.get("/me")["staff_id"]
    with system.living_at(clock.now() + timedelta(days=4)):
        desk = sit_down("cr_agent")
        me = system.staff_id("cr_agent")

        def task() -> dict[str, Any] | None:
            found = system.as_("cr_agent").get("/tasks/today", size=100)["items"]
            return next((each for each in found if each["subject_id"] == visit["visit_id"]), None)

        eventually(task, within=30, what="the visit to be somebody's task")
        desk.open("tasks")
        link = desk.page.get_by_role("row").filter(has_text="苏东坡").get_by_role("link")
        link.focus()
        desk.press("t")
        eventually(lambda: (task() or {}).get("staff_id") == me, what="the task to be mine")
        desk.page.get_by_role("button", name="转交/退回").wait_for()
        desk.press("u")
        desk.field("交给(可不填)").select_option(other)
        desk.field("原因").fill("休假")
        desk.press("Control+Enter")
        eventually(lambda: task() is None, what="the task to be off my list")
        found = colleague.get("/tasks/today", size=100)["items"]
        assert [each["hand_overs"][-1]["reason"] for each in found if each["subject_id"] == visit["visit_id"]] == [
            "休假"
        ]
        # what comes back to me is on my list as it stands open
        back = next(each for each in found if each["subject_id"] == visit["visit_id"])
        colleague.post(f"/tasks/{back['task_id']}/hand-over", {"to": me, "reason": "回来了"})
        desk.page.get_by_role("row").filter(has_text="苏东坡").filter(has_text="回来了").wait_for()


def test_tasks_that_are_marked_are_taken_and_handed_over_together(system: System, sit_down: SitDown) -> None:
    visits = [served(system, name)["visit_id"] for name in ("欧阳锋", "欧阳克")]
    agent, colleague = system.as_("cr_agent"), system.hired("cr_agent")
    other = colleague.get("/me")["staff_id"]

    def held(by: Any) -> dict[str, str | None]:
        found = by.get("/tasks/today", size=100)["items"]
        return {each["subject_id"]: each["staff_id"] for each in found if each["subject_id"] in visits}

    with system.living_at(clock.now() + timedelta(days=4)):
        eventually(lambda: len(held(agent)) == 2, within=30, what="both visits to be somebody's task")
        desk = sit_down("cr_agent").open("tasks")
        rows = [desk.page.get_by_role("row").filter(has_text=name) for name in ("欧阳锋", "欧阳克")]
        rows[0].get_by_role("link").focus()
        desk.press("x")
        rows[1].get_by_role("checkbox").check()
        desk.see("已选 2 条")
        bar = desk.page.locator(".many")
        bar.get_by_role("button", name="领取").click()
        desk.press("Control+Enter")
        bar.get_by_text("成功 2").wait_for()
        assert set(held(agent).values()) == {system.staff_id("cr_agent")}
        for row in rows:
            row.get_by_role("checkbox").check()
        bar.get_by_role("button", name="转交/退回").click()
        desk.field("交给").select_option(other)
        desk.field("原因").fill("休假")
        desk.press("Control+Enter")
        bar.get_by_text("成功 2").wait_for()
        eventually(lambda: list(held(colleague).values()) == [other] * 2, what="both to be the colleague's")
        assert held(agent) == {}


def test_a_call_is_begun_by_a_key_and_one_that_nobody_answers_goes_to_the_next(
    system: System, sit_down: SitDown
) -> None:
    visit = served(system, "辛弃疾")
    agent, other = system.as_("cr_agent"), system.hired("cr_agent")
    path = f"/visits/{visit['visit_id']}"
    with system.living_at(datetime.fromisoformat(visit["due_at"]) + timedelta(minutes=1)):
        eventually(lambda: agent.get(path)["status"] == "due", within=30, what="the visit to be due")
        desk = sit_down("cr_agent").open(f"visits/{visit['visit_id']}")
        desk.see("开始回访")
        desk.press("b")
        desk.see("正由您联系")
        assert other.get(f"{path}/context")["refused"] == "VISIT_LOCKED"
        desk.press("n")
        desk.page.wait_for_url(lambda url: visit["visit_id"] not in url)
        told = agent.get(path)
        assert (told["status"], told["locked_by"]) == ("planned", None)
        desk.open(f"visits/{visit['visit_id']}")
        desk.see("尚未到期")
        desk.see("未接通")
