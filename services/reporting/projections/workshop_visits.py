"""Workshop visits: the repair orders settled, in the month they were (R7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from chassis.clock import LOCAL
from contracts.envelope import Received
from contracts.workshop.events import RepairSettled
from contracts.workshop.operations import PayType
from services.reporting.models import WorkshopVisit
from services.reporting.projections.keeping import keep
from services.reporting.rules import month_of


def fold(session: Session, settled: Sequence[Received[RepairSettled]]) -> None:
    """Keep the workshop visits."""
    keep(session, WorkshopVisit, [_fact(event) for event in settled])


def _fact(event: Received[RepairSettled]) -> dict[str, Any]:
    told = event.payload
    return {
        "ro_id": told.ro_id,
        "store_id": event.store_id,
        "vehicle_id": told.vehicle_id,
        "settled_at": told.settled_at,
        "month": month_of(told.settled_at, zone=LOCAL),
        "total_fen": told.total_fen,
        "internal_fen": told.by_pay_type.get(PayType.INTERNAL, 0),
        "occurred_at": event.occurred_at,
        "source_version": event.subject.version,
    }
