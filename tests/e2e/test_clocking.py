"""Lines are given, clocked and done one by one, over HTTP; and a clock that nobody stopped is confirmed (C7)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chassis.process import clock
from simulator.client import ApiProblem
from tests.support.system import System


def test_lines_are_given_clocked_done_and_a_forgotten_clock_is_confirmed(system: System) -> None:
    car, advisor, technician = system.deliver_a_car(), system.as_("advisor"), system.as_("technician")
    manager, me = system.as_("service_manager"), system.staff_id("technician")
    asked = {"vehicle_id": car.vehicle_id, "customer_id": car.customer_id, "store_id": "HN", "km": 5000}
    lines = [{"description": name, "amount_fen": 10000, "hours": "0.5"} for name in ("换机油", "检查底盘")]
    order = advisor.post("/repair-orders", {**asked, "complaint": "保养", "lines": lines})
    path = f"/repair-orders/{order['ro_id']}"
    promised = (clock.now() + timedelta(hours=2)).isoformat()
    advisor.post(f"{path}/authorize", {"promised_at": promised, "consent_by": "本人"})

    for position in (1, 2):
        given = manager.post(f"{path}/lines/{position}/technicians", {"technicians": [me], "bay": "3"})
    assert (given["stage"], [line["technicians"] for line in given["lines"]]) == ("dispatched", [[me], [me]])

    technician.post(f"{path}/clock-on", {"position": 1})
    second = technician.post(f"{path}/clock-on", {"position": 2})
    work = [one for one in technician.get("/work")["items"] if one["ro_id"] == order["ro_id"]]
    assert [(one["position"], one["clocked_on"]) for one in work] == [(2, [me]), (1, [])]
    for position in (1, 2):
        technician.post(f"{path}/lines/{position}/done")
    with pytest.raises(ApiProblem) as refused:
        technician.post(f"{path}/clock-off")
    assert (refused.value.status, refused.value.code) == (409, "NOT_CLOCKED_ON")
    with pytest.raises(ApiProblem) as refused:
        technician.post(f"{path}/clock-on", {"position": 2})
    assert (refused.value.status, refused.value.code) == (409, "LINE_NOT_TO_DO")
    with pytest.raises(ApiProblem) as refused:
        manager.post(f"/clockings/{second['clocking_id']}/confirm", {"reason": "看看"})
    assert (refused.value.status, refused.value.code) == (409, "CLOCKING_NOT_FORGOTTEN")

    more = {"line": {"description": "换雨刮", "amount_fen": 0, "hours": "0.2"}}
    technician.post(f"{path}/lines", more)
    runs = technician.post(f"{path}/clock-on", {"position": 3})
    late = clock.now() + timedelta(days=7)
    system.crm("schedule", "run", "workshop.stopped_clocks", "--now", late.isoformat(), where="workshop")
    waiting = [one["clocking_id"] for one in manager.get("/clockings/forgotten")["items"]]
    assert runs["clocking_id"] in waiting
    confirm = f"/clockings/{runs['clocking_id']}/confirm"
    with pytest.raises(ApiProblem) as wrong:
        manager.post(confirm, {"reason": "早走", "ended_at": "2026-01-01T00:00:00+08:00"})
    assert (wrong.value.status, wrong.value.code) == (422, "CLOCKING_END_WRONG")
    manager.post(confirm, {"reason": "他马上走了", "ended_at": runs["began_at"]})
    assert runs["clocking_id"] not in [one["clocking_id"] for one in manager.get("/clockings/forgotten")["items"]]

    hours = advisor.get(f"{path}/clockings")["hours"]
    assert [(one["position"], one["unconfirmed"]) for one in hours] == [(1, False), (2, False), (3, False)]
    technician.post(f"{path}/finish")
    assert system.as_("inspector").post(f"{path}/inspect", {"verdict": "passed"})["worked_by"] == [me]
