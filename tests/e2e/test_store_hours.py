"""A manager says when his store is open, and nobody's visit is due while it is closed."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from chassis.process import clock
from simulator.client import ApiProblem
from tests.support.polling import eventually
from tests.support.system import System


@contextmanager
def closed(system: System, day: date) -> Iterator[None]:
    """Store HN, on one day."""
    manager, path = system.as_("general_manager"), "/stores/HN/calendar"
    manager.send("PATCH", path, {"own_days": [{"day": day.isoformat(), "hours": [], "why": "盘点"}]})
    try:
        yield
    finally:
        manager.send("PATCH", path, {"own_days": []})


def due_of(system: System, customer_id: str) -> datetime:
    visit: dict[str, Any] = eventually(lambda: system.visit(customer_id, "DELIVERY_D3"), within=5)
    return datetime.fromisoformat(visit["due_at"])


def seen_at_the_desk(system: System, customer_id: str) -> datetime:
    view = system.as_("receptionist").get(f"/customers/{customer_id}/360")
    return datetime.fromisoformat(view["glance"]["next_visit_at"])


def test_a_visit_that_would_fall_on_a_closed_day_is_due_on_the_next_open_one(system: System) -> None:
    before = system.deliver_a_car().customer_id
    planned = due_of(system, before)
    day = planned.date()

    with closed(system, day):
        eventually(lambda: due_of(system, before) != planned, within=5, what="the visit moved")
        moved = due_of(system, before)
        assert moved.date() == day + timedelta(days=1)
        eventually(lambda: seen_at_the_desk(system, before) == moved, within=5, what="the desk sees it")
        later = system.deliver_a_car().customer_id
        assert due_of(system, later).date() == day + timedelta(days=1)
        shown = system.as_("cr_agent").get("/stores/HN/calendar", since=day, until=day + timedelta(days=2))["days"]
        assert [(each["kind"], each["why"], bool(each["hours"])) for each in shown][:1] == [("own", "盘点", False)]
        assert shown[1]["hours"], "the store is open the day after"

    eventually(lambda: due_of(system, before) == planned, within=5, what="the visit moved back")
    eventually(lambda: due_of(system, later).date() == day, within=5, what="the other one too")


def test_a_closed_store_takes_nothing_new_and_finishes_what_is_open(system: System) -> None:
    store, car = f"X{secrets.token_hex(3).upper()}", system.deliver_a_car()
    system.boss.post("/stores", {"code": store, "name": "停业店", "dealer_code": "HT"})
    consultant, advisor = system.as_("consultant", store=store), system.as_("advisor", store=store)
    order = {"customer_id": car.customer_id, "store_id": store, "model": "GL8", "total_fen": 100}
    repair = {"customer_id": car.customer_id, "vehicle_id": car.vehicle_id, "store_id": store, "km": 100}
    repair |= {"complaint": "异响", "lines": [{"description": "检查", "amount_fen": 100}]}
    written, opened = consultant.post("/orders", order), advisor.post("/repair-orders", repair)
    today = clock.now().date().isoformat()
    system.boss.send("PATCH", f"/stores/{store}", {"closes_on": today})

    def refused(client: Any, path: str, body: dict[str, Any]) -> bool:
        try:
            client.post(path, body)
        except ApiProblem as problem:
            return (problem.status, problem.code) == (409, "STORE_CLOSED")
        return False

    eventually(lambda: refused(consultant, "/orders", order), within=5, what="no new order")
    eventually(lambda: refused(advisor, "/repair-orders", repair), within=5, what="no vehicle taken in")
    signed = {"contract_no": "C", "signer": "陈", "promised_date": today}
    assert consultant.post(f"/orders/{written['order_id']}/sign", signed)["status"] == "signed"
    promised = (clock.now() + timedelta(hours=2)).isoformat()
    agreed = {"promised_at": promised, "consent_by": "本人"}
    assert advisor.post(f"/repair-orders/{opened['ro_id']}/authorize", agreed)["stage"] == "authorized"
