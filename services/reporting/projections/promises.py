"""Promises: whether what was first promised was kept, in the month it came true (R48)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from chassis.process.clock import LOCAL
from contracts.envelope import Received
from contracts.sales.events import VehicleDelivered
from services.reporting.models import Promise
from services.reporting.projections.keeping import fact, keep


def fold(session: Session, delivered: Sequence[Received[VehicleDelivered]]) -> None:
    """Keep what became of the promises of these orders, but of those that the customer himself wished to be moved."""
    keep(session, Promise, [_fact(event) for event in delivered if not event.payload.excused])


def _fact(event: Received[VehicleDelivered]) -> dict[str, Any]:
    """A promise is of a day, and kept until that day ends in the stores."""
    told = event.payload
    in_time = told.delivered_at.astimezone(LOCAL).date() <= told.first_promise
    document = {"document_type": event.subject.type, "document_id": told.order_id}
    return fact(Promise, event, counts_at=told.delivered_at, in_time=in_time, **document)
