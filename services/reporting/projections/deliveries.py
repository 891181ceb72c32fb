"""Deliveries: the cars handed over, in the month they were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from chassis.clock import LOCAL
from contracts.envelope import Received
from contracts.sales.events import VehicleDelivered
from services.reporting.models import Delivery
from services.reporting.projections.keeping import keep
from services.reporting.rules import month_of


def fold(session: Session, delivered: Sequence[Received[VehicleDelivered]]) -> None:
    """Keep the deliveries."""
    keep(session, Delivery, [_fact(event) for event in delivered])


def _fact(event: Received[VehicleDelivered]) -> dict[str, Any]:
    told = event.payload
    return {
        "order_id": told.order_id,
        "store_id": event.store_id,
        "vehicle_id": told.vehicle_id,
        "model": told.model,
        "consultant_id": told.consultant_id,
        "delivered_at": told.delivered_at,
        "month": month_of(told.delivered_at, zone=LOCAL),
        "total_fen": told.total_fen,
        "occurred_at": event.occurred_at,
        "source_version": event.subject.version,
    }
