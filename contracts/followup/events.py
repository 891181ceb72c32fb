"""Events of the follow-up service."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.envelope import event


@event(producer="followup", name="visit_planned", version=1, subject="visit")
class VisitPlanned:
    """A visit (回访) was planned for a customer, because of the `trigger` document."""

    visit_id: UUID
    customer_id: UUID
    purpose: str
    due_at: datetime
    trigger_type: str
    trigger_id: UUID


@event(producer="followup", name="visit_completed", version=1, subject="visit")
class VisitCompleted:
    """The customer was reached and answered; `score` is 1 to 10."""

    visit_id: UUID
    customer_id: UUID
    purpose: str
    score: int
    completed_at: datetime
    trigger_type: str
    trigger_id: UUID
