"""CLOCKING_FORGOTTEN: a clock still ran when the store closed; somebody says when it really stopped (C7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from contracts.envelope import Received
from contracts.workshop.clocking import confirm_clocking
from contracts.workshop.events import ClockingConfirmed, ClockingForgotten
from services.followup.tasks.kinds.kind import Kind
from services.followup.tasks.rules import Opening

WITHIN = timedelta(days=1)
"""By the next evening people still know when they went."""


def forgotten(event: Received[ClockingForgotten]) -> Opening:
    """Any service manager's of the store."""
    told = event.payload
    return Opening(
        subject_id=str(told.clocking_id),
        store_id=event.store_id,
        role="service_manager",
        customer_id=told.customer_id,
        document=("repair_order", str(told.ro_id)),
        due_at=event.occurred_at + WITHIN,
        zh=f"技师{told.technician_id}忘记停止计时:{told.began_at:%m-%d %H:%M} 起,"
        f"系统于 {told.ended_at:%H:%M} 停止,请确认",
        en=f"{told.technician_id} forgot to stop his clock: from {told.began_at:%m-%d %H:%M}, stopped for him at "
        f"{told.ended_at:%H:%M}; say when he did",
    )


def confirmed(event: Received[ClockingConfirmed]) -> Iterable[str]:
    """The clock, whenever it really stopped."""
    return [str(event.payload.clocking_id)]


CLOCKING_FORGOTTEN = Kind(
    code="CLOCKING_FORGOTTEN",
    zh="工时确认",
    en="Forgotten clock",
    done_by=confirm_clocking,
    console="/console/{store_id}/work",
    api="/api/v1/clockings/forgotten?store_id={store_id}",
    opens={ClockingForgotten: forgotten},
    closes={ClockingConfirmed: confirmed},
)
