"""Records of one customer become one in every service, and part again, over the public API (E8, R22)."""

from __future__ import annotations

import json
import secrets

import pytest

from simulator.client import ApiProblem
from tests.support.kept import five_with_a_past, kept, reaches, settled
from tests.support.polling import eventually
from tests.support.system import System

TASKS = "SELECT customer_id::text, id FROM task WHERE customer_id::text = ANY(%s) ORDER BY id"


def test_five_records_with_orders_repair_orders_and_visits_become_one_and_are_what_they_were(system: System) -> None:
    cars = five_with_a_past(system)
    ids = [car.customer_id for car in cars]
    before = kept(system, ids)
    tasks_before = system.rows("followup", TASKS, ids)
    agent = system.as_("cr_agent")

    shown = agent.post("/merges/preview", {"loser_ids": ids})
    done = agent.post("/merges", {"loser_ids": ids, "reason": "同一人", "expected_versions": shown["versions"]})
    assert done["survivor_id"] == shown["survivor_id"]
    merged = reaches(system, done["merge_id"], "complete")
    settled(system)

    survivor = done["survivor_id"]
    losers = [one for one in ids if one != survivor]
    visits = [json.loads(row) for (row,) in before["followup.visit"]]
    tasks = [customer for customer, _ in tasks_before if customer in losers]  # a promise that was at risk has one
    moved = {
        "sales": 4,
        "workshop": 4,
        "followup": len([one for one in visits if one["customer_id"] in losers]) + len(tasks),
    }
    assert {one["service"]: one["rows"] for one in merged["services"]} == moved
    manager = system.as_("sales_manager")
    assert len(manager.get("/orders", customer_id=survivor)["items"]) == 5
    assert len(agent.get("/visits", customer_id=survivor)["items"]) == len({one["purpose"] for one in visits})
    view = agent.get(f"/customers/{survivor}/360")
    assert (view["glance"]["service_visits"], len(view["vehicles"])) == (5, 5)
    assert agent.get(f"/customers/{losers[0]}/360")["redirected_from"] == losers[0]
    with pytest.raises(ApiProblem) as refused:
        system.as_("receptionist").send("PATCH", f"/customers/{losers[0]}", {"email": "a@b.cn"})
    assert (refused.value.code, refused.value.problem["details"]["survivor_id"]) == ("CUSTOMER_MERGED", survivor)

    agent.post(f"/merges/{done['merge_id']}/undo", {"reason": "不是同一人"})
    reaches(system, done["merge_id"], "undone")
    settled(system)
    assert kept(system, ids) == before
    assert system.rows("followup", TASKS, ids) == tasks_before


def test_a_visit_that_another_stands_for_is_open_at_no_desk_until_the_records_part(system: System) -> None:
    """Both were served on one day; once they are one customer he is asked once, and no desk waits for another call."""
    one, other = (system.deliver_a_car(name=f"吴{secrets.choice('杰明')}{sign}") for sign in "甲乙")
    for car in (one, other):
        system.close_a_repair_order(customer_id=car.customer_id, vehicle_id=car.vehicle_id, fen=1000)
    settled(system)
    agent = system.as_("cr_agent")

    def open_visits(customer_id: str) -> tuple[int, list[str]]:
        """How many the glance counts, and the purposes of those on the worklist; without those of a sample."""
        settled(system)
        listed = agent.get("/visits", customer_id=customer_id)["items"]
        assert all(visit["purposes"] == [visit["purpose"]] for visit in listed)
        purposes = sorted(visit["purpose"] for visit in listed)
        drawn = purposes.count("DELIVERY_D30")
        opened = agent.get(f"/customers/{customer_id}/360")["glance"]["open_visits"]
        return opened - drawn, [purpose for purpose in purposes if purpose != "DELIVERY_D30"]

    three = ["DELIVERY_D3", "DELIVERY_D7", "SERVICE_D3"]
    done = agent.post("/merges", {"loser_ids": [other.customer_id], "survivor_id": one.customer_id, "reason": "同一人"})
    reaches(system, done["merge_id"], "complete")
    assert open_visits(one.customer_id) == (3, three)

    service = system.visit(one.customer_id, "SERVICE_D3")
    assert service is not None
    hidden = [
        str(visit_id)
        for (visit_id,) in system.rows(
            "followup", "SELECT id FROM visit WHERE made_with::text = %s", service["visit_id"]
        )
    ]
    (stood_for,) = hidden
    assert agent.get(f"/visits/{stood_for}")["made_with"] == service["visit_id"]
    with pytest.raises(ApiProblem) as refused:
        agent.post(f"/visits/{stood_for}/complete", {"score": 9})
    assert (refused.value.code, refused.value.problem["details"]) == (
        "VISIT_MADE_WITH", {"visit_id": service["visit_id"]},
    )  # fmt: skip
    agent.post(f"/visits/{service['visit_id']}/complete", {"score": 9})
    assert open_visits(one.customer_id) == (2, three[:2])

    agent.post(f"/merges/{done['merge_id']}/undo", {"reason": "不是同一人"})
    reaches(system, done["merge_id"], "undone")
    both = [open_visits(car.customer_id) for car in (one, other)]
    assert sorted(both) == [(2, three[:2]), (3, three)]


def test_what_is_written_for_a_loser_after_the_merge_lands_at_the_survivor(system: System) -> None:
    one, other = (system.deliver_a_car(name=f"周{secrets.choice('杰明')}{sign}") for sign in "甲乙")
    agent = system.as_("cr_agent")
    done = agent.post(
        "/merges",
        {"loser_ids": [other.customer_id], "survivor_id": one.customer_id, "reason": "同一人"},
    )
    reaches(system, done["merge_id"], "complete")
    system.close_a_repair_order(customer_id=other.customer_id, vehicle_id=other.vehicle_id, fen=1000)

    def told() -> bool:
        view = agent.get(f"/customers/{one.customer_id}/360")
        visits = agent.get("/visits", customer_id=one.customer_id)["items"]
        return bool(view["glance"]["service_visits"] == 1 and any(v["purpose"] == "SERVICE_D3" for v in visits))

    eventually(told, within=10, what="the survivor's view and visit")


def test_a_doubtful_pair_waits_for_a_human_and_a_search_can_be_asked_for(system: System) -> None:
    mobile = f"136{secrets.randbelow(10**8):08d}"
    desk, agent = system.as_("receptionist"), system.as_("cr_agent")
    one = desk.post("/customers", {"name": "赵敏", "mobile": mobile, "store_id": "HN"})["customer_id"]
    other = desk.post(
        "/customers", {"name": "孙权", "mobile": mobile, "store_id": "HN", "force_new": True, "reason": "夫妻"}
    )["customer_id"]
    page = agent.get("/duplicates", store_id="HN", size=100)["items"]
    (pair,) = [item for item in page if {item["a"]["customer_id"], item["b"]["customer_id"]} == {one, other}]
    assert "****" in pair["a"]["mobile"]
    decided = agent.post(
        f"/duplicates/{one}/{other}/decide",
        {"decision": "related", "relation": "spouse_of", "reason": "夫妻"},
    )
    assert decided["status"] == "related"
    scan = agent.post("/duplicates/scan", {"reason": "月度查重"})

    def through() -> bool:
        found = agent.get("/duplicates/scans")["items"]
        return any(item["scan_id"] == scan["scan_id"] and item["status"] == "complete" for item in found)

    eventually(through, within=60, what="the search to end")
