"""Answers: what visited customers said, in the month they said it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from contracts.envelope import Received
from contracts.followup.events import VisitCompleted
from services.reporting.models import Answer
from services.reporting.projections.keeping import fact, keep


def fold(session: Session, completed: Sequence[Received[VisitCompleted]]) -> None:
    """Keep the answers."""
    keep(session, Answer, [fact(Answer, event, counts_at=event.payload.completed_at) for event in completed])
