"""What a repair was is said, how long it takes is foreseen and compared, over HTTP (C8, C9)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chassis.process import clock
from simulator.client import ApiProblem
from tests.support.system import System


def taken_in(system: System, *lines: dict[str, Any]) -> str:
    """The path of an order of a car that was sold here."""
    car, advisor = system.deliver_a_car(), system.as_("advisor")
    asked = {"vehicle_id": car.vehicle_id, "customer_id": car.customer_id, "store_id": "HN", "km": 5000}
    order = advisor.post("/repair-orders", {**asked, "complaint": "保养", "lines": list(lines)})
    return f"/repair-orders/{order['ro_id']}"


def test_kinds_of_work_are_chosen_their_time_is_estimated_and_predictions_are_compared(system: System) -> None:
    advisor, technician, manager = system.as_("advisor"), system.as_("technician"), system.as_("service_manager")
    path = taken_in(system, {"description": "常规保养", "amount_fen": 30000, "job_class": "FIRST_MAINTENANCE"})
    with pytest.raises(ApiProblem) as refused:
        advisor.post(f"{path}/lines", {"line": {"description": "换油", "amount_fen": 1, "job_class": "机油"}})
    assert (refused.value.status, refused.value.code) == (422, "INVALID_REQUEST")
    off = {"description": "优惠", "amount_fen": -1, "kind": "DISCOUNT", "fault_group": "ENGINE"}
    with pytest.raises(ApiProblem) as refused:
        advisor.post(f"{path}/lines", {"line": off})
    assert (refused.value.status, refused.value.code) == (422, "DISCOUNT_HAS_NO_CLASS")
    (hours,) = advisor.get(f"{path}/clockings")["hours"]
    assert set(hours["estimate"]) == {"hours", "lines", "here"}

    promised = (clock.now() + timedelta(hours=9)).isoformat()
    advisor.post(f"{path}/authorize", {"promised_at": promised, "consent_by": "本人"})
    advisor.post(f"{path}/dispatch", {"technician_id": system.staff_id("technician"), "bay": "3"})
    system.crm("schedule", "run", "workshop.foreseen_orders", where="workshop")
    technician.post(f"{path}/start")
    technician.post(f"{path}/finish")
    system.as_("inspector").post(f"{path}/inspect", {"verdict": "passed"})
    system.crm("schedule", "run", "workshop.judged_forecasts", where="workshop")
    told = manager.get("/board/forecasts?days=30")
    (service,) = (one for one in told["items"] if one["job_class"] == "FIRST_MAINTENANCE")
    assert service["orders"] >= 1
    assert told["all"]["orders"] >= service["orders"]
    with pytest.raises(ApiProblem) as refused:
        advisor.get("/board/forecasts")
    assert refused.value.status == 403
