"""Answers: what visited customers said, in the month they said it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from chassis.clock import LOCAL
from contracts.envelope import Received
from contracts.followup.events import VisitCompleted
from services.reporting.models import Answer
from services.reporting.projections.keeping import keep
from services.reporting.rules import month_of


def fold(session: Session, completed: Sequence[Received[VisitCompleted]]) -> None:
    """Keep the answers."""
    keep(session, Answer, [_fact(event) for event in completed])


def _fact(event: Received[VisitCompleted]) -> dict[str, Any]:
    told = event.payload
    return {
        "visit_id": told.visit_id,
        "purpose": told.purpose,
        "store_id": event.store_id,
        "score": told.score,
        "completed_at": told.completed_at,
        "month": month_of(told.completed_at, zone=LOCAL),
        "occurred_at": event.occurred_at,
        "source_version": event.subject.version,
    }
