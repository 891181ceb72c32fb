"""Events of the follow-up service."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.envelope import event


@event(producer="followup", name="visit_planned", version=1, subject="visit")
class VisitPlanned:
    """A visit (回访) was planned for a customer, because of the `trigger` document; older ones tell no `channel`."""

    visit_id: UUID
    customer_id: UUID
    purpose: str
    due_at: datetime
    trigger_type: str
    trigger_id: UUID
    channel: str | None = None


@event(producer="followup", name="visit_rescheduled", version=1, subject="visit")
class VisitRescheduled:
    """An open visit is due at another time, or by another channel.

    The customer prefers it so (R12), or a policy was changed (C12).
    """

    visit_id: UUID
    customer_id: UUID
    purpose: str
    due_at: datetime
    trigger_type: str
    trigger_id: UUID
    channel: str


@event(producer="followup", name="visit_completed", version=1, subject="visit")
class VisitCompleted:
    """The customer was reached and answered; `score` is 1 to 10.

    `triggered_at` is when that happened because of which he was asked; older ones do not tell it.
    """

    visit_id: UUID
    customer_id: UUID
    purpose: str
    score: int
    completed_at: datetime
    trigger_type: str
    trigger_id: UUID
    triggered_at: datetime | None = None


@event(producer="followup", name="visit_unreachable", version=1, subject="visit")
class VisitUnreachable:
    """Nobody is called for this visit any more: `because` is attempts (five got no answer) or wrong_number (C12)."""

    visit_id: UUID
    customer_id: UUID
    purpose: str
    because: str
    trigger_type: str
    trigger_id: UUID


@event(producer="followup", name="visit_refused", version=1, subject="visit")
class VisitRefused:
    """The customer was reached and did not want to answer (C12)."""

    visit_id: UUID
    customer_id: UUID
    purpose: str
    trigger_type: str
    trigger_id: UUID


@event(producer="followup", name="visit_suppressed", version=1, subject="visit")
class VisitSuppressed:
    """The customer is not to be called for this visit; older ones tell no `trigger`.

    `reason` is `do_not_call` or `consent_withdrawn` (R12), or `customer_erased` (PIPL 47).
    """

    visit_id: UUID
    customer_id: UUID
    purpose: str
    due_at: datetime
    reason: str
    trigger_type: str | None = None
    trigger_id: UUID | None = None


@event(producer="followup", name="visit_released", version=1, subject="visit")
class VisitReleased:
    """A suppressed visit may be made again; older ones tell no `channel`, and are calls, and no `trigger`."""

    visit_id: UUID
    customer_id: UUID
    purpose: str
    due_at: datetime
    channel: str | None = None
    trigger_type: str | None = None
    trigger_id: UUID | None = None


@event(producer="followup", name="visit_merged", version=1, subject="visit")
class VisitMerged:
    """An open visit is not made by itself: `made_with` is the visit in whose call it is asked too (E8, C12)."""

    visit_id: UUID
    customer_id: UUID
    purpose: str
    made_with: UUID
    trigger_type: str
    trigger_id: UUID


@event(producer="followup", name="visit_parted", version=1, subject="visit")
class VisitParted:
    """A visit that another one stood for is made by itself again.

    Records were parted, or that one is due at another time, by another channel or for nobody, or was answered for
    its own purpose alone.
    """

    visit_id: UUID
    customer_id: UUID
    purpose: str
    due_at: datetime
    trigger_type: str
    trigger_id: UUID
    channel: str


@event(producer="followup", name="visit_fell_due", version=1, subject="visit")
class VisitFellDue:
    """A planned visit's time has come: somebody is to make it now."""

    visit_id: UUID
    customer_id: UUID
    purpose: str
    due_at: datetime
    trigger_type: str
    trigger_id: UUID
    channel: str


@event(producer="followup", name="task_handed_over", version=1, subject="task")
class TaskHandedOver:
    """A task came from whoever had it to somebody else; where there is nobody, it is anybody's of the role (R13).

    `how` is taken, handed_over, given_back, or left: who had it does it no more. Why is not told.
    """

    task_id: UUID
    kind: str
    customer_id: UUID
    role: str
    how: str
    from_staff_id: str | None = None
    to_staff_id: str | None = None


@event(producer="followup", name="visits_rekeyed", version=1, subject="rekeying")
class VisitsRekeyed:
    """Visits follow a change of customers' records (E8): `kind` is merged, unmerged or split, `rows` how many moved."""

    change_id: UUID
    kind: str
    part: int
    rows: int
