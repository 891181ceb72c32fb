"""The commission's incident (R37): the advisor knows before the customer calls that his car will not be ready."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from chassis.process import clock
from chassis.process.clock import LOCAL
from simulator.client import Client
from tests.support.polling import eventually
from tests.support.system import System

SOON = 5.0


def next_tuesday() -> datetime:
    """At nine in the morning."""
    now = clock.now().astimezone(LOCAL)
    days = (1 - now.weekday()) % 7 or 7
    return (now + timedelta(days=days)).replace(hour=9, minute=0, second=0, microsecond=0)


def task_of(client: Client, ro_id: str) -> dict[str, Any] | None:
    """Among today's tasks of whoever asks."""
    items = client.get("/tasks/today", kind="PROMISE_AT_RISK", size=100)["items"]
    return next((one for one in items if one["subject_id"] == ro_id), None)


def test_waiting_for_parts_until_five_against_a_promise_of_four(system: System) -> None:
    car, nine = system.deliver_a_car(), next_tuesday()
    advisor, four, five = system.as_("advisor"), nine.replace(hour=16), nine.replace(hour=17)

    def opened() -> Any:
        """Once the workshop lives at that moment, too."""
        asked = {"vehicle_id": car.vehicle_id, "customer_id": car.customer_id, "store_id": "HN", "km": 5000}
        lines = [{"description": "更换大灯", "amount_fen": 30000, "hours": "1"}]
        order = advisor.post("/repair-orders", {**asked, "complaint": "大灯不亮", "lines": lines})
        return order if datetime.fromisoformat(order["opened_at"]) >= nine else None

    with system.living_at(nine):
        order = eventually(opened, within=SOON, what="the workshop to live at nine")
        ro_id, path = order["ro_id"], f"/repair-orders/{order['ro_id']}"
        advisor.post(f"{path}/authorize", {"promised_at": four.isoformat(), "consent_by": "本人"})
        advisor.post(f"{path}/dispatch", {"technician_id": system.staff_id("technician")})
        technician = system.as_("technician")
        technician.post(f"{path}/start")
        assert advisor.get(f"{path}/progress")["risk"] != "late"

        technician.post(f"{path}/wait", {"waiting_for": "parts", "expected_at": five.isoformat(), "note": "大灯总成"})
        pressed = time.monotonic()
        shown = advisor.get(f"{path}/progress")
        assert (shown["risk"], shown["reason"]) == ("late", "parts")
        assert datetime.fromisoformat(shown["eta"]) > four
        assert advisor.get("/board/progress")["items"][0]["risk"] == "late"
        task = eventually(lambda: task_of(advisor, ro_id), within=SOON, what="the advisor's task")
        system.note(f"promise at risk: the advisor's task {time.monotonic() - pressed:.1f} s after the press")
        assert task["staff_id"] == order["advisor_id"]
        assert datetime.fromisoformat(task["due_at"]) - nine < timedelta(minutes=16)
        assert "待料" in task["zh"]

        six = nine.replace(hour=18, minute=30)
        renewed = advisor.post(f"{path}/promise", {"promised_at": six.isoformat(), "reason": "配件五点到"})
        assert datetime.fromisoformat(renewed["first_promise"]) == four, "the first promise still counts"
        eventually(lambda: task_of(advisor, ro_id) is None, within=SOON, what="the task to be done")
