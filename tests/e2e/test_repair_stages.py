"""A repair order over HTTP: every step at every stage, as the table of C7 says; refused is 409 and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chassis.process import clock
from contracts.workshop.operations import Stage
from services.workshop.repair_orders.rules.moving import CLOSED_AFTER, WAITING, Step, allows
from services.workshop.repair_orders.rules.work import OPEN_TO_MONEY
from simulator.client import ApiProblem
from tests.support.polling import eventually
from tests.support.system import Car, System

Say = Callable[[System], dict[str, Any]]
DOES: dict[tuple[Step, Stage], tuple[str, str, Say]] = {
    (Step.ESTIMATE, Stage.ESTIMATED): ("advisor", "estimate", lambda _: {}),
    (Step.AUTHORIZE, Stage.AUTHORIZED): (
        "advisor",
        "authorize",
        lambda _: {"promised_at": (clock.now() + timedelta(hours=2)).isoformat(), "consent_by": "本人"},
    ),
    (Step.DISPATCH, Stage.DISPATCHED): (
        "advisor",
        "dispatch",
        lambda system: {"technician_id": system.staff_id("technician")},
    ),
    (Step.RECALL, Stage.AUTHORIZED): ("advisor", "recall", lambda _: {}),
    (Step.START, Stage.IN_PROGRESS): ("technician", "start", lambda _: {}),
    (Step.WAIT, Stage.WAITING_PARTS): ("service_manager", "wait", lambda _: {"waiting_for": "parts"}),
    (Step.WAIT, Stage.WAITING_CUSTOMER): ("service_manager", "wait", lambda _: {"waiting_for": "customer"}),
    (Step.WAIT, Stage.WAITING_INSURER): ("service_manager", "wait", lambda _: {"waiting_for": "insurer"}),
    (Step.RESUME, Stage.IN_PROGRESS): ("service_manager", "resume", lambda _: {}),
    (Step.FINISH, Stage.QC): ("technician", "finish", lambda _: {}),
    (Step.INSPECT, Stage.WASHING): ("inspector", "inspect", lambda _: {"verdict": "washing"}),
    (Step.INSPECT, Stage.REWORK): ("inspector", "inspect", lambda _: {"verdict": "rework"}),
    (Step.WASH, Stage.READY): ("technician", "washed", lambda _: {}),
    (Step.SETTLE, Stage.SETTLED): ("finance", "settle", lambda _: {}),
    (Step.VOID, Stage.READY): ("finance", "void-settlement", lambda _: {"reason": "付款方有误"}),
    (Step.GIVE_BACK, Stage.RETURNED): ("advisor", "return", lambda _: {"km_out": 5003}),
    (Step.CANCEL, Stage.CANCELLED): ("advisor", "cancel", lambda _: {"reason": "不修了", "refusal_by": "本人"}),
}
"""By step and where it leads, who does it, where, and what he says."""
TO_WORK = [
    (Step.AUTHORIZE, Stage.AUTHORIZED),
    (Step.DISPATCH, Stage.DISPATCHED),
    (Step.START, Stage.IN_PROGRESS),
]
TO_BACK = [
    *TO_WORK,
    (Step.FINISH, Stage.QC),
    (Step.INSPECT, Stage.WASHING),
    (Step.WASH, Stage.READY),
    (Step.SETTLE, Stage.SETTLED),
    (Step.GIVE_BACK, Stage.RETURNED),
]
WAYS: dict[Stage, list[tuple[Step, Stage]]] = {
    Stage.OPENED: [],
    Stage.ESTIMATED: [(Step.ESTIMATE, Stage.ESTIMATED)],
    **{to: TO_BACK[:place] for place, (_, to) in enumerate(TO_BACK, start=1)},
    **{to: [*TO_WORK, (Step.WAIT, to)] for to in WAITING.values()},
    Stage.REWORK: [*TO_BACK[:4], (Step.INSPECT, Stage.REWORK)],
    Stage.CANCELLED: [(Step.CANCEL, Stage.CANCELLED)],
}
"""How an order comes to a stage; `closed` it is by the clock."""


@pytest.fixture(scope="module")
def car(system: System) -> Car:
    return system.deliver_a_car()


def do(system: System, path: str, step: Step, to: Stage) -> dict[str, Any]:
    role, name, say = DOES[step, to]
    done: dict[str, Any] = system.as_(role).post(f"{path}/{name}", say(system))
    return done


def brought(system: System, car: Car, stage: Stage) -> str:
    """The address of an order that stands there."""
    lines = [{"description": "检查底盘", "amount_fen": 12000, "hours": "0.5", "pay_type": "WARRANTY"}]
    asked = {"vehicle_id": car.vehicle_id, "customer_id": car.customer_id, "store_id": "HN", "km": 5000}
    order = system.as_("advisor").post("/repair-orders", {**asked, "complaint": "异响", "lines": lines})
    path = f"/repair-orders/{order['ro_id']}"
    for step, to in WAYS[stage]:
        do(system, path, step, to)
    return path


@pytest.mark.parametrize("stage", WAYS)
def test_what_is_out_of_turn_is_refused_at_every_stage(system: System, car: Car, stage: Stage) -> None:
    path = brought(system, car, stage)
    before = system.as_("advisor").get(path)
    assert before["stage"] == stage
    refused = {}
    for step, to in DOES:
        more = step is Step.AUTHORIZE and stage in OPEN_TO_MONEY
        if not allows(step, stage=stage, to=to) and not more:
            with pytest.raises(ApiProblem) as problem:
                do(system, path, step, to)
            refused[step, to] = (problem.value.status, problem.value.code)
    assert set(refused.values()) == {(409, "STAGE_NOT_ALLOWED")}, refused
    assert system.as_("advisor").get(path) == before


def test_the_desk_reads_how_an_order_came_to_its_stage(system: System, car: Car) -> None:
    path = brought(system, car, Stage.WAITING_PARTS)
    do(system, path, Step.RESUME, Stage.IN_PROGRESS)
    log = system.as_("technician").get(f"{path}/history")["items"]
    assert [one["stage"] for one in log] == [
        *("opened", "authorized", "dispatched", "in_progress", "waiting_parts", "in_progress"),
    ]
    assert log[3]["staff_id"] == system.staff_id("technician")


def test_a_cancelled_order_is_open_at_no_desk(system: System, car: Car) -> None:
    path = brought(system, car, Stage.CANCELLED)
    ro_id = path.rpartition("/")[2]
    desk = system.as_("receptionist")

    def told() -> Any:
        view = desk.get(f"/customers/{car.customer_id}/360")
        lines = [one["type"] for one in view["timeline"] if one["source_id"] == ro_id]
        return view if "repair_cancelled" in lines else None

    assert ro_id not in {one["ro_id"] for one in eventually(told)["glance"]["open_repair_orders"]}
    assert ro_id not in {one["ro_id"] for one in system.as_("advisor").get("/board", size=100)["items"]}
    with pytest.raises(ApiProblem) as refused:
        system.as_("technician").post(f"{path}/cancel", {"reason": "不修了"})
    assert refused.value.status == 403


def test_an_order_is_closed_by_the_clock_a_week_after_the_return(system: System, car: Car) -> None:
    path = brought(system, car, Stage.RETURNED)
    late = clock.now() + CLOSED_AFTER + timedelta(minutes=1)
    system.crm("schedule", "run", "workshop.returned_orders", "--now", late.isoformat(), where="workshop")
    assert system.as_("advisor").get(path)["stage"] == "closed"
