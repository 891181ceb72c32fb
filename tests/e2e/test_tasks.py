"""Tasks of today over HTTP: a visit falls due, is taken, handed over, made; and who left has none."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from simulator.client import ApiProblem, Client
from tests.support import randoms
from tests.support.polling import eventually
from tests.support.system import System

SOON = 5.0


def name_of(client: Client) -> str:
    return str(client.get("/me")["staff_id"])


def task_of(client: Client, subject_id: str, **asked: Any) -> dict[str, Any] | None:
    """Among today's tasks of whoever asks, however many there are."""
    page = 1
    while items := client.get("/tasks/today", size=100, page=page, **asked)["items"]:
        found: dict[str, Any] | None = next((one for one in items if one["subject_id"] == subject_id), None)
        if found:
            return found
        page += 1
    return None


def test_a_visit_that_is_due_is_the_selling_consultant_s_task_until_the_customer_answers(system: System) -> None:
    car = system.deliver_a_car()
    visit = eventually(lambda: system.visit(car.customer_id, "DELIVERY_D3"), within=SOON)
    seller, manager = system.as_("consultant"), system.as_("sales_manager")
    assert task_of(seller, visit["visit_id"]) is None

    with system.living_at(datetime.fromisoformat(visit["due_at"]) + timedelta(minutes=1)):
        task = eventually(lambda: task_of(seller, visit["visit_id"], expand="customer"), within=SOON)
        assert (task["kind"], task["overdue"], task["staff_id"]) == ("VISIT_DUE", False, name_of(seller))
        assert (task["customer_name"], task["customer_id"]) == ("陈晓明", car.customer_id)
        assert task["store_name"] == "华南店"
        assert (task["zh"], task["en"]) == ("交车后致谢回访", "Thanks after the delivery")
        assert seller.get(task["api"].removeprefix("/api/v1"))["visit_id"] == visit["visit_id"]

        colleague = system.hired("consultant")
        assert task_of(colleague, visit["visit_id"]) is None
        path, body = f"/tasks/{task['task_id']}/hand-over", {"to": name_of(colleague), "reason": "客户约了下午"}
        handed = eventually(lambda: _unless_unknown(manager, path, body), within=SOON)
        assert handed["hand_overs"][-1]["by_staff_id"] == name_of(manager)
        mine = task_of(colleague, visit["visit_id"])
        assert mine is not None
        assert mine["hand_overs"][-1]["reason"] == "客户约了下午"
        assert task_of(seller, visit["visit_id"]) is None
        assert task_of(manager, visit["visit_id"], of=name_of(colleague)) == mine

        before = colleague.get("/tasks/today")
        colleague.post(f"/visits/{visit['visit_id']}/complete", {"score": 9})
        after = colleague.get("/tasks/today")
        assert after["total"] == before["total"] - 1
        with pytest.raises(ApiProblem) as refused:
            manager.post(path, {"to": name_of(seller), "reason": "再问一次"})
        assert (refused.value.status, refused.value.code) == (409, "TASK_CLOSED")


def test_what_is_anybody_s_is_taken_by_one_and_is_anybody_s_again_when_he_leaves(system: System) -> None:
    car = system.deliver_a_car()
    visit = eventually(lambda: system.visit(car.customer_id, "DELIVERY_D7"), within=SOON)
    first, second = system.hired("cr_agent"), system.hired("cr_agent")

    with system.living_at(datetime.fromisoformat(visit["due_at"])):
        task = eventually(lambda: task_of(first, visit["visit_id"]), within=SOON)
        assert (task["staff_id"], task["role"], task["overdue"]) == (None, "cr_agent", False)
        assert task_of(second, visit["visit_id"]) == task
        assert task_of(system.as_("consultant"), visit["visit_id"]) is None, "he is judged by it"

        path = f"/tasks/{task['task_id']}"
        taken = first.post(f"{path}/take")
        assert taken["staff_id"] == name_of(first)
        assert task_of(second, visit["visit_id"]) is None
        with pytest.raises(ApiProblem) as refused:
            second.post(f"{path}/take")
        assert (refused.value.status, refused.value.code) == (409, "TASK_TAKEN")
        for to in (system.staff_id("technician"), system.staff_id("consultant")):
            eventually(partial(_refused_with, first, path, to, "TASK_NOT_FOR_COLLEAGUE"), within=SOON)
        assert _refused_with(first, path, "nobody", "COLLEAGUE_UNKNOWN")
        assert _refused_with(system.as_("cr_agent", store="FT"), path, name_of(second), "TASK_NOT_FOUND")

        system.boss.send("PATCH", f"/staff/{name_of(first)}", {"active": False})
        fallen = eventually(lambda: task_of(second, visit["visit_id"]), within=SOON)
        assert fallen["staff_id"] is None
        assert [one["how"] for one in fallen["hand_overs"]] == ["taken", "left"]


def test_a_merge_question_is_customer_relations_task_until_the_pair_is_decided(system: System) -> None:
    agent, decided = system.hired("cr_agent"), {"reason": "核对过身份证"}
    for decision in ("same", "not_same"):
        pair = suspects(system)
        subject = f"{pair['a']}/{pair['b']}"
        due_at = eventually(partial(due_of, system, subject), within=SOON)
        with system.living_at(due_at):
            found = task_of(agent, subject, kind="MERGE_QUESTION")
            assert found is not None
            assert found["role"] == "cr_agent"
            (shown,) = agent.get(found["api"].removeprefix("/api/v1"))["items"]
            assert {shown["a"]["customer_id"], shown["b"]["customer_id"]} == {pair["a"], pair["b"]}
            agent.post(f"/duplicates/{pair['a']}/{pair['b']}/decide", {"decision": decision, **decided})
            eventually(partial(is_done, agent, subject), within=SOON)


def suspects(system: System) -> dict[str, str]:
    """Two records with one number, whom a human must look at."""
    number, desk = randoms.mobile(), system.as_("receptionist")
    body = {"mobile": number, "store_id": "HN", "force_new": True, "reason": "家人"}
    one, other = (desk.post("/customers", {"name": name, **body})["customer_id"] for name in ("张伟", "刘芳"))
    return {"a": min(one, other), "b": max(one, other)}


def due_of(system: System, subject: str) -> datetime | None:
    """Until when the open task of this subject is to be done, though that is not today."""
    rows = system.rows("followup", "SELECT due_at FROM task WHERE open AND subject_id = %s", subject)
    return rows[0][0] if rows else None


def is_done(client: Client, subject: str) -> bool:
    return task_of(client, subject) is None


def _unless_unknown(client: Client, path: str, body: dict[str, Any]) -> Any:
    """Followup may not have heard yet of somebody who was hired a moment ago."""
    try:
        return client.post(path, body)
    except ApiProblem as problem:
        if problem.code != "COLLEAGUE_UNKNOWN":
            raise
        return None


def _refused_with(client: Client, path: str, to: str, code: str) -> bool:
    """Whether a hand-over to him is refused so; followup may not have heard of him yet."""
    with pytest.raises(ApiProblem) as refused:
        client.post(f"{path}/hand-over", {"to": to, "reason": "代班"})
    return refused.value.code == code
