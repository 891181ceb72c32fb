"""A test system's clock is one for all its processes, scheduled work included (A0, point 22)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from chassis.process import clock
from chassis.process.settings import SERVICES
from simulator.client import ApiProblem
from tests.support.polling import eventually
from tests.support.system import System

FOLLOWED_WITHIN = 1.0


def goes_by(system: System, service: str, moment: datetime | None) -> bool:
    return system.rows(service, "SELECT moment FROM test_clock") == [(moment,)]


def the_visit(system: System, customer_id: str) -> dict[str, Any]:
    found: dict[str, Any] = eventually(lambda: system.visit(customer_id, "DELIVERY_D3"), within=5)
    return found


def test_a_visit_falls_due_after_the_clock_was_moved(system: System) -> None:
    car = system.deliver_a_car()
    planned = the_visit(system, car.customer_id)
    assert planned["status"] == "planned"
    due_at = datetime.fromisoformat(planned["due_at"])

    with system.living_at(due_at - timedelta(minutes=1)):
        assert "0 done" in system.crm("schedule", "run", "followup.visits_due", where="followup")
        assert the_visit(system, car.customer_id)["status"] == "planned"
    with system.living_at(due_at + timedelta(minutes=1)):
        eventually(
            lambda: the_visit(system, car.customer_id)["status"] == "due",
            within=FOLLOWED_WITHIN + 1,
            what="the visit due",
        )


def test_every_service_goes_by_it_and_so_does_one_that_starts_again(system: System) -> None:
    moment = clock.now() + timedelta(days=400)
    with system.living_at(moment):
        for service in SERVICES:
            assert goes_by(system, service, moment)
        system.kill("followup")
        car = system.deliver_a_car(at=moment)
        assert datetime.fromisoformat(car.order["delivered_at"]) == moment
        told = "SELECT occurred_at, recorded_at FROM outbox WHERE subject_id = %s AND event_type = 'vehicle_delivered'"
        ((occurred, recorded),) = system.rows("sales", told, car.order["order_id"])
        assert occurred == moment
        assert abs(recorded - clock.now()) < timedelta(minutes=1), "the log keeps the real time"
        assert datetime.fromisoformat(the_visit(system, car.customer_id)["due_at"]) > moment
        assert system.as_("advisor").get("/me")["staff_id"], "sessions keep the real time"
    for service in SERVICES:
        eventually(partial(goes_by, system, service, None), within=5)


def test_a_service_that_was_away_follows_as_soon_as_it_is_back(system: System) -> None:
    moment = clock.now() + timedelta(days=2)
    with system.frozen("sales"):
        system.boss.post("/admin/clock", {"now": moment.isoformat()})
        assert goes_by(system, "customer", moment)
    try:
        eventually(partial(goes_by, system, "sales", moment), within=10)
    finally:
        system.boss.post("/admin/clock", {"now": None})


def test_scheduled_work_is_listed_and_done_at_the_command(system: System) -> None:
    listed = system.crm("schedule", "list").splitlines()
    assert any(line.startswith("followup.visits_due") and line.endswith("every 30 s") for line in listed)
    assert {line.partition(".")[0] for line in listed} == set(SERVICES) - {"reporting"}
    with pytest.raises(AssertionError, match="is none of"):
        system.crm("schedule", "run", "followup.nothing")


def test_only_an_administrator_sets_it(system: System) -> None:
    with pytest.raises(ApiProblem) as refused:
        system.as_("leader").post("/admin/clock", {"now": None})
    assert refused.value.status == 403
