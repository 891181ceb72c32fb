"""COMEBACK_SUSPECTED: a repair may have failed; a manager says whether it did before the invoice is made (C9, R50)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from contracts.envelope import Received
from contracts.workshop.comebacks import decide_comeback
from contracts.workshop.events import ComebackCleared, ComebackDetected, ComebackSuspected
from contracts.workshop.jobs import FaultGroup
from services.followup.tasks.kinds.kind import Kind
from services.followup.tasks.rules import Opening

WITHIN = timedelta(hours=1)
"""The vehicle is here, and its customer is told who pays before the work is begun."""

AGAIN = 2
"""From the second time on the law wants more: another workshop at our cost, or evidence within three days."""


def suspected(event: Received[ComebackSuspected]) -> Opening:
    """Any service manager's of the store, but of none who did or inspected the first repair."""
    told = event.payload
    part = FaultGroup[told.fault_group]
    zh = f"疑似返修:{part.zh},第{told.times}次,请判定是否由本店承担"
    en = f"May be work of ours done again: {part.en}, for the {told.times}. time; say whether the house pays"
    if told.times >= AGAIN:
        zh += ";同一故障两次未修好,须安排其他修理厂,拒绝须3日内举证"
        en += "; twice not cured: arrange another workshop, or bring evidence within 3 days"
    return Opening(
        subject_id=str(told.comeback_id),
        store_id=event.store_id,
        role="service_manager",
        not_for=tuple(told.judged),
        customer_id=told.customer_id,
        document=("repair_order", str(told.ro_id)),
        due_at=event.occurred_at + WITHIN,
        zh=zh,
        en=en,
    )


def decided(event: Received[ComebackDetected | ComebackCleared]) -> Iterable[str]:
    """The comeback, whatever was said of it."""
    return [str(event.payload.comeback_id)]


COMEBACK_SUSPECTED = Kind(
    code="COMEBACK_SUSPECTED",
    zh="返修判定",
    en="Comeback to judge",
    done_by=decide_comeback,
    console="/console/{store_id}/comebacks",
    api="/api/v1/comebacks?store_id={store_id}&state=suspected",
    opens={ComebackSuspected: suspected},
    closes={ComebackDetected: decided, ComebackCleared: decided},
)
