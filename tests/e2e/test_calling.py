"""Who is called is called by one, and every department sees that he was (R39, C12), over HTTP with the test clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest

from simulator.client import ApiProblem
from tests.support.polling import eventually
from tests.support.system import System

SOON = 10.0
A_MINUTE = timedelta(minutes=1)


def test_the_service_sees_before_it_calls_that_sales_just_tried_and_waits_and_calls_then(system: System) -> None:
    car = system.deliver_a_car()
    system.close_a_repair_order(customer_id=car.customer_id, vehicle_id=car.vehicle_id, fen=1000)
    thanks = eventually(lambda: system.visit(car.customer_id, "DELIVERY_D3"), within=SOON)
    repair = eventually(lambda: system.visit(car.customer_id, "SERVICE_D3"), within=SOON)
    seller, agent, other = system.as_("consultant"), system.as_("cr_agent"), system.hired("cr_agent")
    sold, served = f"/visits/{thanks['visit_id']}", f"/visits/{repair['visit_id']}"
    latest = max(datetime.fromisoformat(visit["due_at"]) for visit in (thanks, repair))

    def is_due() -> bool:
        return all(agent.get(path)["status"] == "due" for path in (sold, served))

    with system.living_at(latest + A_MINUTE):
        eventually(is_due, within=SOON, what="both visits to be due")
        begun = seller.post(f"{sold}/attempts", {})
        assert (begun["status"], begun["locked_by"]) == ("in_progress", seller.get("/me")["staff_id"])
        with pytest.raises(ApiProblem) as locked:
            agent.post(f"{served}/attempts", {})
        assert (locked.value.status, locked.value.code) == (409, "VISIT_LOCKED")
        again = seller.post(f"{sold}/result", {"outcome": "not_reached"})
        assert (again["status"], again["locked_by"]) == ("planned", None)

        before = agent.get(f"{served}/context")
        assert (before["may_begin"], before["refused"], before["failed"]) == (False, "VISIT_TOO_SOON", 1)
        (tried,) = before["items"]
        assert (tried["purpose"], tried["outcome"]) == ("DELIVERY_D3", "not_reached")
        assert tried["by_staff_id"] == seller.get("/me")["staff_id"]
        with pytest.raises(ApiProblem) as soon:
            agent.post(f"{served}/attempts", {})
        assert (soon.value.status, soon.value.code) == (409, "VISIT_TOO_SOON")
        assert soon.value.problem["details"]["from_when"] == before["from_when"]

    with system.living_at(datetime.fromisoformat(again["due_at"]) + A_MINUTE):
        eventually(is_due, within=SOON, what="the visit of the sale to be due again")
        agent.post(f"{served}/attempts", {})
        with pytest.raises(ApiProblem) as taken:
            other.post(f"{served}/complete", {"score": 9})
        assert taken.value.code == "VISIT_LOCKED"
        assert agent.post(f"{served}/complete", {"score": 9, "remark": "修得很好"})["status"] == "completed"
        outcomes = [each["outcome"] for each in seller.get(f"{sold}/context")["items"]]
        assert outcomes == ["reached", "not_reached"]
        waits = seller.get(sold)
        assert waits["status"] == "planned", "he was reached today"
        with pytest.raises(ApiProblem) as capped:
            seller.post(f"{sold}/attempts", {})
        assert capped.value.code == "VISIT_NOT_DUE"

    with system.living_at(datetime.fromisoformat(waits["due_at"]) + A_MINUTE):
        eventually(lambda: seller.get(sold)["status"] == "due", within=SOON, what="the next day's visit to be due")
        seller.post(f"{sold}/attempts", {})
        assert seller.post(f"{sold}/result", {"outcome": "refused"})["status"] == "refused"
    eventually(lambda: system.view_with(car.customer_id, "visit_refused"), within=SOON)


def test_nobody_records_that_there_was_no_answer_to_a_call_that_nobody_made(system: System) -> None:
    car = system.deliver_a_car()
    visit = eventually(lambda: system.visit(car.customer_id, "DELIVERY_D7"), within=SOON)
    agent = system.as_("cr_agent")
    for path, body, code in (
        ("attempts", {}, "VISIT_NOT_DUE"),
        ("result", {"outcome": "not_reached"}, "VISIT_NOT_BEGUN"),
    ):
        with pytest.raises(ApiProblem) as refused:
            agent.post(f"/visits/{visit['visit_id']}/{path}", body)
        assert (refused.value.status, refused.value.code) == (409, code)
    with pytest.raises(ApiProblem) as unknown:
        agent.post(f"/visits/{visit['visit_id']}/result", {"outcome": "maybe"})
    assert unknown.value.status == 422


def test_the_desk_sees_whom_sales_reached_and_does_not_reach_him_a_third_time_in_seven_days(system: System) -> None:
    car = system.deliver_a_car()
    system.close_a_repair_order(customer_id=car.customer_id, vehicle_id=car.vehicle_id, fen=1000)
    made = ("SERVICE_D3", "cr_agent"), ("DELIVERY_D3", "consultant")
    agent = system.as_("cr_agent")
    reached = []

    def is_due(at: str) -> bool:
        return bool(agent.get(at)["status"] == "due")

    for purpose, role in made:
        visit = eventually(partial(system.visit, car.customer_id, purpose), within=SOON)
        path, caller = f"/visits/{visit['visit_id']}", system.as_(role)
        with system.living_at(datetime.fromisoformat(visit["due_at"]) + A_MINUTE):
            eventually(partial(is_due, path), within=SOON, what=f"{purpose} to be due")
            caller.post(f"{path}/attempts", {})
            assert caller.post(f"{path}/complete", {"score": 9})["status"] == "completed"
        reached.append(caller.get("/me")["staff_id"])

    survey = eventually(lambda: system.visit(car.customer_id, "DELIVERY_D7"), within=SOON)
    path = f"/visits/{survey['visit_id']}"
    with system.living_at(datetime.fromisoformat(survey["due_at"]) + A_MINUTE):
        eventually(lambda: agent.get(path)["due_at"] != survey["due_at"], within=SOON, what="the survey to wait")
        context = agent.get(f"{path}/context")
        seen = [(one["purpose"], one["outcome"], one["by_staff_id"]) for one in context["items"]]
        assert seen == [("DELIVERY_D3", "reached", reached[1]), ("SERVICE_D3", "reached", reached[0])]
        assert not context["may_begin"]
        with pytest.raises(ApiProblem) as refused:
            agent.post(f"{path}/attempts", {})
        assert (refused.value.status, refused.value.code) == (409, "VISIT_NOT_DUE")
        waits = datetime.fromisoformat(agent.get(path)["due_at"])
    first = datetime.fromisoformat(context["items"][-1]["at"])
    assert first + timedelta(days=7) <= waits < first + timedelta(days=8), "the first moment that has room"

    with system.living_at(waits + A_MINUTE):
        eventually(lambda: agent.get(path)["status"] == "due", within=SOON, what="the survey to have room")
        assert agent.post(f"{path}/attempts", {})["status"] == "in_progress"
