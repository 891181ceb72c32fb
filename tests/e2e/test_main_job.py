"""The main job, over the public API: a car is delivered, a repair order is closed, and everybody knows."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest

from chassis.process import clock
from simulator.client import ApiProblem
from tests.support.polling import eventually
from tests.support.system import System

SOON = 5.0
"""Seconds that acceptance allows between a fact and its effects in other services (A0)."""


def test_a_delivery_reaches_the_customer_view_the_visit_plan_and_the_months_figures(system: System) -> None:
    month = f"{clock.now():%Y-%m}"
    before = system.as_("leader").get("/reports/month", month=month, store_id="HN")["total"]["figures"]

    car = system.deliver_a_car()

    view = eventually(lambda: system.view_with(car.customer_id, "vehicle_delivered"), within=SOON)
    assert view["glance"]["sold_by_us"] is True
    assert view["glance"]["sold_store_id"] == "HN"
    assert view["glance"]["consultant_id"] == system.staff_id("consultant")
    assert [(vehicle["vin"], vehicle["role"]) for vehicle in view["vehicles"]] == [(car.vin, "owner")]
    delivered_at = datetime.fromisoformat(car.order["delivered_at"])
    for purpose, days in (("DELIVERY_D3", 3), ("DELIVERY_D7", 7)):
        visit = eventually(partial(system.visit, car.customer_id, purpose), within=SOON)
        due = datetime.fromisoformat(visit["due_at"])
        assert delivered_at + timedelta(days=days - 1) < due < delivered_at + timedelta(days=days + 2)

    def counted() -> bool:
        total = system.as_("leader").get("/reports/month", month=month, store_id="HN")["total"]["figures"]
        kept = total["delivery_on_time"]  # of the same event, by another projection
        return bool(total["deliveries"] == before["deliveries"] + 1 and kept is not None and float(kept) > 0)

    eventually(counted, within=SOON)


def test_a_closed_repair_order_reaches_everybody_and_its_visit_comes_back_with_a_score(system: System) -> None:
    car = system.deliver_a_car()
    month = f"{clock.now():%Y-%m}"
    before = system.as_("leader").get("/reports/month", month=month)["total"]["figures"]

    order = system.close_a_repair_order(customer_id=car.customer_id, vehicle_id=car.vehicle_id, fen=38_000)

    view = eventually(lambda: system.view_with(car.customer_id, "vehicle_returned"), within=SOON)
    assert view["glance"]["service_visits"] == 1
    assert view["glance"]["last_service_at"] == order["returned_at"]
    visit = eventually(lambda: system.visit(car.customer_id, "SERVICE_D3"), within=SOON)
    agent = system.as_("cr_agent")
    agent.post(f"/visits/{visit['visit_id']}/complete", {"score": 8, "remark": "很满意"})
    view = eventually(lambda: system.view_with(car.customer_id, "visit_completed"), within=SOON)
    assert view["glance"]["last_score"] == 8
    left = agent.get("/visits", customer_id=car.customer_id)["items"]
    assert visit["visit_id"] not in {one["visit_id"] for one in left}
    assert view["glance"]["open_visits"] == len(left)

    def counted() -> bool:
        total = system.as_("leader").get("/reports/month", month=month)["total"]["figures"]
        return bool(
            total["service_visits"] == before["service_visits"] + 1
            and total["service_revenue"] == before["service_revenue"] + 38_000
            and total["answers"] == before["answers"] + 1
        )

    eventually(counted, within=SOON)


def test_two_customers_of_one_rule_are_asked_as_each_prefers_and_never_as_he_forbade(system: System) -> None:
    """R12, R27: the wish moves what was planned, the view says so, and an attempt by call is refused."""
    desk = system.as_("receptionist")
    writes, calls = system.deliver_a_car(), system.deliver_a_car()
    for car in (writes, calls):
        eventually(partial(system.visits, car.customer_id, count=2), within=SOON)

    wish = {"channel": "sms", "from_hour": 18, "to_hour": 20, "do_not_call": True}
    desk.send("PATCH", f"/customers/{writes.customer_id}", {"preferences": wish})

    agent = system.as_("cr_agent")
    written = eventually(lambda: agent.get("/visits", customer_id=writes.customer_id, channel="sms")["items"] or None)
    assert {"DELIVERY_D3", "DELIVERY_D7"} <= {one["purpose"] for one in written}
    assert {one["status"] for one in written} == {"planned"}
    assert {datetime.fromisoformat(one["due_at"]).astimezone(clock.LOCAL).hour for one in written} <= {18, 19}
    assert {one["channel"] for one in agent.get("/visits", customer_id=calls.customer_id)["items"]} == {"call"}

    def seen() -> bool:
        glance = desk.get(f"/customers/{writes.customer_id}/360")["glance"]
        return bool(glance["next_visit_at"] == written[0]["due_at"])

    eventually(seen, within=SOON, what="the view tells the new time")

    path = f"/visits/{written[1]['visit_id']}/complete"
    with pytest.raises(ApiProblem) as refused:
        agent.post(path, {"score": 9, "channel": "call"})
    assert (refused.value.status, refused.value.code) == (409, "CHANNEL_FORBIDDEN")
    assert agent.post(path, {"score": 9})["channel"] == "sms"


def test_the_commissions_incident_the_customer_says_only_his_name_in_another_store(system: System) -> None:
    """R36: sold in one store, and the service desk of another knows who he is."""
    car = system.deliver_a_car(name="诸葛红兵")

    def recognised(q: str) -> bool:
        hits = system.as_("advisor", store="FT").get("/customers/lookup", q=q)["items"]
        return any(hit["customer_id"] == car.customer_id and hit["glance"]["sold_by_us"] for hit in hits)

    for q in ("诸葛红兵", "zhugehongbing", "ZGHB", car.mobile[-4:], car.vin[-6:], car.vin, car.mobile):
        eventually(partial(recognised, q), within=SOON, what=f"found by {q}")


def test_the_same_order_delivered_twice_with_one_key_is_one_delivery(system: System) -> None:
    car = system.deliver_a_car(key="deliver-once")
    again = system.as_("consultant").post(f"/orders/{car.order['order_id']}/deliver", {"km": 12}, key="deliver-once")

    assert again == car.order
    eventually(lambda: system.visits(car.customer_id, count=2), within=SOON)
    assert system.rows(
        "sales",
        "SELECT count(*) FROM outbox WHERE event_type = 'vehicle_delivered' AND subject_id = %s",
        car.order["order_id"],
    ) == [(1,)]


def test_one_command_rebuilds_the_reports_from_the_event_logs(system: System) -> None:
    car = system.deliver_a_car()
    system.close_a_repair_order(customer_id=car.customer_id, vehicle_id=car.vehicle_id, fen=1000)
    eventually(system.caught_up, within=SOON)
    month = f"{clock.now():%Y-%m}"
    before = system.as_("leader").get("/reports/month", month=month)

    system.crm("events", "rebuild", "reporting")

    eventually(
        lambda: system.as_("leader").get("/reports/month", month=month) == before,
        within=20,
        what="the same figures as before",
    )


def test_a_rebuilt_customer_view_is_the_same_and_plans_nothing_again(system: System) -> None:
    car = system.deliver_a_car()
    eventually(lambda: system.view_with(car.customer_id, "visit_planned"), within=SOON)
    eventually(system.caught_up, within=SOON)
    before = system.as_("receptionist").get(f"/customers/{car.customer_id}/360")
    visits = system.rows("followup", "SELECT count(*) FROM visit")

    system.crm("events", "rebuild", "customer")
    system.crm("events", "replay", "--consumer", "followup")

    eventually(
        lambda: system.as_("receptionist").get(f"/customers/{car.customer_id}/360") == before,
        within=20,
        what="the same view as before",
    )
    assert system.rows("followup", "SELECT count(*) FROM visit") == visits
