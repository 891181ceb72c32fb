"""PROMISE_AT_RISK: a vehicle will hardly be ready as promised; its advisor calls before the customer does (C8, R37)."""

from __future__ import annotations

from typing import Any

from contracts.envelope import Received
from contracts.followup import policies
from contracts.workshop.events import (
    PromiseAtRisk,
    PromiseRenewed,
    RepairAuthorized,
    RepairCancelled,
    RepairReady,
    VehicleReturned,
)
from contracts.workshop.progress import Risk, RiskReason, renew_promise
from services.followup.tasks.kinds.kind import Kind
from services.followup.tasks.rules import Opening

_BECAUSE: dict[str, tuple[str, str]] = {
    RiskReason.PARTS: ("待料", "waits for parts"),
    RiskReason.CUSTOMER: ("待客户确认", "waits for the customer"),
    RiskReason.INSURER: ("待定损", "waits for the insurer"),
    RiskReason.NOT_DISPATCHED: ("尚未派工", "nobody was given the work"),
    RiskReason.QUEUE: ("前面还有其他车", "others come first"),
    RiskReason.WORK: ("施工未完", "the work takes so long"),
    RiskReason.OVERRUN: ("施工超时", "the work takes longer than planned"),
    RiskReason.INSPECTION: ("待质检", "is being inspected"),
    RiskReason.WASHING: ("洗车中", "is being washed"),
}
"""By what an order hangs on, how a task says it."""


def told(event: Received[PromiseAtRisk]) -> Opening:
    """The advisor's, due as the policy says."""
    fact = event.payload
    zh_because, en_because = _BECAUSE.get(fact.reason, ("", ""))
    promised = fact.promised_at
    zh_eta, en_eta = "未知", "unknown"
    if fact.eta is not None:
        zh_eta = en_eta = f"{fact.eta:%m-%d %H:%M}"
    late = fact.risk == Risk.LATE
    return Opening(
        subject_id=str(fact.ro_id),
        store_id=event.store_id,
        role="advisor",
        staff_id=fact.advisor_id,
        customer_id=fact.customer_id,
        document=("repair_order", str(fact.ro_id)),
        zh=f"{'不能' if late else '可能不能'}按时交车({zh_because}):承诺 {promised:%m-%d %H:%M},预计 {zh_eta}",
        en=f"{'Will' if late else 'May'} be late ({en_because}): promised {promised:%m-%d %H:%M}, expected {en_eta}",
    )


def settled(event: Received[Any]) -> list[str]:
    """The order's: another time was promised, or the vehicle is ready, or leaves."""
    return [event.subject.id]


PROMISE_AT_RISK = Kind(
    code="PROMISE_AT_RISK",
    zh="交车延迟",
    en="Late promise",
    done_by=renew_promise,
    console="/console/{store_id}/repair-orders/{subject_id}",
    api="/api/v1/repair-orders/{subject_id}",
    within=policies.PROMISE_AT_RISK,
    opens={PromiseAtRisk: told},
    closes=dict.fromkeys((PromiseRenewed, RepairAuthorized, RepairReady, RepairCancelled, VehicleReturned), settled),
)
