"""Workshop visits: the repair orders settled, in the month they were (R7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from contracts.envelope import Received
from contracts.workshop.events import RepairSettled
from contracts.workshop.operations import PayType
from services.reporting.models import WorkshopVisit
from services.reporting.projections.keeping import fact, keep


def fold(session: Session, settled: Sequence[Received[RepairSettled]]) -> None:
    """Keep the workshop visits."""
    keep(session, WorkshopVisit, [_fact(event) for event in settled])


def _fact(event: Received[RepairSettled]) -> dict[str, Any]:
    internal_fen = event.payload.by_pay_type.get(PayType.INTERNAL, 0)
    return fact(WorkshopVisit, event, counts_at=event.payload.settled_at, internal_fen=internal_fen)
