"""A manager says when his store is open, and nobody's visit is due while it is closed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

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
