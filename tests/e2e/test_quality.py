"""What a repair was is said, how long it takes is foreseen and compared, over HTTP (C8, C9)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chassis.process import clock
from simulator.client import ApiProblem
from tests.support.polling import eventually
from tests.support.system import System


def taken_in(system: System, *lines: dict[str, Any], car: Any = None) -> str:
    """The path of an order of a car that was sold here."""
    car, advisor = car or system.deliver_a_car(), system.as_("advisor")
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


def test_a_fault_that_comes_back_is_judged_by_another_and_paid_by_the_house(system: System) -> None:
    brakes = {"description": "前刹车片", "amount_fen": 30000, "job_class": "MINOR_REPAIR", "fault_group": "BRAKES"}
    car, advisor, manager = system.deliver_a_car(), system.as_("advisor"), system.as_("service_manager")
    technician, finance = system.as_("technician"), system.as_("finance")
    first = taken_in(system, brakes, car=car)
    promised = (clock.now() + timedelta(hours=9)).isoformat()
    advisor.post(f"{first}/authorize", {"promised_at": promised, "consent_by": "本人"})
    advisor.post(f"{first}/dispatch", {"technician_id": system.staff_id("technician"), "bay": "3"})
    technician.post(f"{first}/start")
    technician.post(f"{first}/finish")
    system.as_("inspector").post(f"{first}/inspect", {"verdict": "passed", "km_out": 5001})
    finance.post(f"{first}/settle")
    finance.post(
        f"{first}/payments", {"payer": "CUSTOMER", "channel": "cash", "amount_fen": 30000, "external_ref": first}
    )
    advisor.post(f"{first}/return", {})

    again = taken_in(system, {**brakes, "description": "刹车又响"}, car=car)
    ro_id = again.rpartition("/")[2]
    (one,) = advisor.get(f"/comebacks?ro_id={ro_id}")["items"]
    assert (one["state"], one["cause_ro_id"]) == ("suspected", first.rpartition("/")[2])
    assert one["technicians"] == [system.staff_id("technician")]
    mine = "SELECT open FROM task WHERE kind = 'COMEBACK_SUSPECTED' AND subject_id = %s"
    eventually(lambda: system.rows("followup", mine, one["comeback_id"]) == [(True,)])
    decide = f"/comebacks/{one['comeback_id']}/decide"
    with pytest.raises(ApiProblem) as refused:
        system.as_("inspector").post(decide, {"confirmed": False, "reason": "不是我的问题"})
    assert (refused.value.status, refused.value.code) == (409, "OWN_WORK_JUDGED")
    assert manager.post(decide, {"confirmed": True, "reason": "刹车片未装到位"})["state"] == "confirmed"
    order = advisor.get(again)
    assert (order["lines"][0]["pay_type"], order["customer_fen"]) == ("INTERNAL", 0)
    eventually(lambda: system.rows("followup", mine, one["comeback_id"]) == [(False,)])


def test_a_car_under_guarantee_that_stands_here_for_five_days_is_told_of_and_answered(system: System) -> None:
    car, advisor, manager = system.deliver_a_car(), system.as_("advisor"), system.as_("service_manager")
    gearbox = {"description": "变速器", "amount_fen": 0, "pay_type": "WARRANTY", "fault_group": "GEARBOX"}
    path = taken_in(system, gearbox, car=car)
    promised = (clock.now() + timedelta(days=9)).isoformat()
    advisor.post(f"{path}/authorize", {"promised_at": promised, "consent_by": "本人"})
    kept = "SELECT 1 FROM vehicle_guarantee WHERE vehicle_id = %s"
    eventually(lambda: system.rows("workshop", kept, car.vehicle_id))
    told = advisor.get(f"/vehicles/{car.vehicle_id}/counters")
    assert (told["rule"], told["runs_from"] is None) == ("2022", False)
    assert [(one["counter"], one["count"]) for one in told["counts"]] == [
        ("days", 1), ("repairs", 1), ("courtesy", 1),
    ]  # fmt: skip
    late = (clock.now() + timedelta(days=5, hours=1)).isoformat()
    system.crm("schedule", "run", "workshop.watched_guarantees", "--now", late, where="workshop")
    (one,) = (row for row in manager.get("/guarantees?size=100")["items"] if row["vehicle_id"] == car.vehicle_id)
    assert (one["counter"], one["level"], one["count"]) == ("courtesy", "reached", 6)
    mine = "SELECT open FROM task WHERE kind = 'GUARANTEE_LIMIT' AND subject_id = %s"
    eventually(lambda: system.rows("followup", mine, one["watch_id"]) == [(True,)])
    answer = f"/guarantees/{one['watch_id']}/answer"
    assert manager.post(answer, {"answer": "已提供备用车"})["answer"] == "已提供备用车"
    eventually(lambda: system.rows("followup", mine, one["watch_id"]) == [(False,)])
    with pytest.raises(ApiProblem) as refused:
        advisor.post(answer, {"answer": "已提供备用车"})
    assert refused.value.status == 403
