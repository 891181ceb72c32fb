"""Deliveries: the cars handed over, in the month they were."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from contracts.envelope import Received
from contracts.sales.events import VehicleDelivered
from services.reporting.models import Delivery
from services.reporting.projections.keeping import fact, keep


def fold(session: Session, delivered: Sequence[Received[VehicleDelivered]]) -> None:
    """Keep the deliveries."""
    keep(session, Delivery, [fact(Delivery, event, counts_at=event.payload.delivered_at) for event in delivered])
