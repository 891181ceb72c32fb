"""Which visits of a customer are made in one call, and what is told of it (E8, C12).

Each visit follows its own document (`rekeying.Holding`); which one stands for which is found anew from all that are
open, so that a merge, its undoing and a split need no case of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from chassis.store import turns
from chassis.store.outbox import Cause, record_all
from contracts.envelope import Event, Received
from contracts.followup import events
from contracts.followup.operations import VisitStatus
from contracts.picked import picked
from services.followup.visits.models import OPEN, Visit
from services.followup.visits.occasions import asked_with
from services.followup.visits.rules import Asking, made_together
from services.followup.visits.usecases import visit_tasks, wishes

MADE_NOW = (VisitStatus.DUE, VisitStatus.IN_PROGRESS)
"""Where a visit is somebody's task."""


class Because(NamedTuple):
    """Why visits are arranged anew: when it happened, and the event; without one it is the call being worked on."""

    at: datetime
    cause: Cause | None = None

    @classmethod
    def of(cls, event: Received[Any]) -> Because:
        """Something that was heard."""
        return cls(event.occurred_at, Cause.of(event))


def arrange(session: Session, customers: Mapping[UUID, Because]) -> None:
    """Let one of a customer's open visits stand for those that are made in one call with it; tell what is new of it.

    Called after everything that may change it: visits planned, answered, suppressed, released, moved, rekeyed. One that
    was made goes on standing for those of its purpose; one that is suppressed leaves the others as they are. Which
    are somebody's task, and whose it cannot be, follows.
    """
    if not customers:
        return
    turns.take(session, "visits_together", customers)
    visits = session.scalars(
        select(Visit)
        .where(Visit.customer_id.in_(customers), or_(Visit.status.in_(OPEN), Visit.made_with.is_not(None)))
        .order_by(Visit.customer_id, Visit.due_at, Visit.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    answered = _answered(session, visits)
    asking = [visit for visit in visits if visit.status in OPEN or visit.id in answered]
    stands = made_together([_asking(visit, stands=answered.get(visit.id)) for visit in asking])
    facts, changed = [], set()
    for visit in visits:
        if visit.make_with(stands.get(visit.id)):
            because = customers[visit.customer_id]
            changed.add(visit.customer_id)
            if (told := _told(visit)) is not None:
                facts.append(wishes.fact(visit, told, at=because.at, cause=because.cause))
    record_all(session, facts)
    due = [visit for visit in visits if visit.status in MADE_NOW and visit.customer_id in changed]
    visit_tasks.follow(session, due, at=max(because.at for because in customers.values()))


def _answered(session: Session, visits: Sequence[Visit]) -> dict[UUID, UUID]:
    """Which of these were answered with another, and with which: it stood for them when it was made (E8).

    Read once the visits are locked: who was just being asked has answered by now.
    """
    stood = {visit.made_with for visit in visits if visit.made_with} - {visit.id for visit in visits}
    if not stood:
        return {}
    made = session.execute(
        select(Visit.id, Visit.customer_id, Visit.purpose).where(
            Visit.id.in_(stood), Visit.status == VisitStatus.COMPLETED
        )
    )
    same = {(one.id, one.customer_id, one.purpose) for one in made}
    return {
        visit.id: visit.made_with
        for visit in visits
        if visit.made_with and (visit.made_with, visit.customer_id, visit.purpose) in same
    }


def _asking(visit: Visit, *, stands: UUID | None) -> Asking:
    return picked(Asking, visit, stands=stands, asked_with=asked_with(visit.purpose))


def _told(visit: Visit) -> Event | None:
    """What there is to tell of a visit that is made with another one than before, or by itself.

    One that is suppressed was told so.
    """
    if visit.made_with is not None:
        return picked(events.VisitMerged, visit, visit_id=visit.id, customer_id=visit.planned_for)
    if visit.status in OPEN:
        return picked(events.VisitParted, visit, visit_id=visit.id, customer_id=visit.planned_for)
    return None
