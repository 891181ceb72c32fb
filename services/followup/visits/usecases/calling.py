"""Making a visit: who may call whom now, and what becomes of an attempt that gets no answer (C12)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from chassis.process.clock import LOCAL
from chassis.store import turns
from chassis.store.outbox import tell
from contracts.access import Scope
from contracts.followup import events, operations
from contracts.followup.operations import Outcome, Unanswered, VisitStatus
from contracts.picked import picked
from contracts.refusals import Refusal
from services.followup.visits.errors import (
    JudgedPersonAsks,
    VisitCapped,
    VisitClosed,
    VisitLocked,
    VisitMadeWith,
    VisitNotDue,
    VisitOutOfHours,
    VisitSuppressed,
    VisitTooSoon,
)
from services.followup.visits.models import NEXT, Attempt, Visit
from services.followup.visits.occasions import consent_for
from services.followup.visits.rules import MOST_ATTEMPTS, next_attempt, visiting_time, way_to_ask
from services.followup.visits.shown import visit_shown
from services.followup.visits.usecases import caps, planning, together, visit_tasks, wishes
from services.followup.visits.usecases.together import Because

REMEMBERED = timedelta(days=30)
"""How long an attempt that got no answer counts, if he was not reached since."""

LAPSING = 200
"""Visits that are given back in one transaction."""


def begin_visit(session: Session, asked: operations.BeginVisit, *, scope: Scope, now: datetime) -> operations.Visit:
    """The caller makes this visit now. Of all who reach for a customer in one moment, for whatever visit, one does.

    Raises VisitNotFound, StaleVersion, and what stands in the way (`hindrance`).
    """
    visit = planning.visit_to_change(session, asked.visit_id, asked.expected_version, scope=scope)
    turns.take(session, "calling", [visit.customer_id])
    hindered = hindrance(session, visit, staff_id=scope.staff_id, now=now)
    if hindered is not None:
        raise hindered
    visit.begin(by=scope.staff_id, now=now)
    return visit_shown(visit)


def record_unanswered(
    session: Session, asked: operations.RecordUnanswered, *, scope: Scope, now: datetime
) -> operations.Visit:
    """The caller got no answer: the visit is made again later, or ends.

    He is tried again after four hours, then on the next day; the fifth attempt in a row, whatever for, is the last, and
    the first at a number that is not his. Raises VisitNotFound, VisitClosed, VisitNotBegun, VisitLocked.
    """
    visit = planning.visit_to_change(session, asked.visit_id, None, scope=scope)
    visit.require_begun(by=scope.staff_id)
    session.add(Attempt.of(visit, outcome=Outcome(asked.outcome), by=scope.staff_id, at=now))
    session.flush()
    failed = failed_attempts(session, visit.customer_id, now=now)
    again = next_attempt(failed, zone=LOCAL)
    if asked.outcome is Unanswered.REFUSED:
        visit.refuse()
        tell(
            session,
            visit,
            picked(events.VisitRefused, visit, visit_id=visit.id, customer_id=visit.planned_for),
            now=now,
        )
    elif asked.outcome is Unanswered.WRONG_NUMBER or len(failed) >= MOST_ATTEMPTS or again is None:
        visit.give_up()
        because = "wrong_number" if asked.outcome is Unanswered.WRONG_NUMBER else "attempts"
        told = picked(events.VisitUnreachable, visit, visit_id=visit.id, customer_id=visit.planned_for, because=because)
        tell(session, visit, told, now=now)
    else:
        visit.put_off(not_before=again)
        (plan,) = wishes.plans(session, [visit])
        visit.reschedule(due_at=plan.due_at, channel=visit.channel)
        tell(session, visit, wishes.rescheduled(visit), now=now)
    visit_tasks.follow(session, [visit], at=now)
    together.arrange(session, {visit.customer_id: Because(now)})
    caps.put_off(session, [visit.customer_id], now=now)
    return visit_shown(visit)


def visits_left(session: Session, *, now: datetime) -> int:
    """Let visits that were begun, and whose caller let his time pass, be anybody's again; returns how many."""
    left = select(Visit).where(Visit.status == VisitStatus.IN_PROGRESS, Visit.locked_until <= now)
    visits = session.scalars(left.order_by(Visit.id).limit(LAPSING).with_for_update(skip_locked=True)).all()
    for visit in visits:
        visit.lapse()
    return len(visits)


def hindrance(reader: Session | Connection, visit: Any, *, staff_id: str, now: datetime) -> Refusal | None:
    """Why this person may not begin the visit (or its row) now; None if he may.

    It must be due, and made by itself; what it asks does not judge him; nobody calls its customer now; that one was not
    just tried in vain, nor reached too often; and it is an hour at which he is called, or written to (C12).
    """
    if not NEXT[visit.status]:
        return VisitClosed(status=visit.status)
    if visit.made_with is not None:
        return VisitMadeWith(visit_id=str(visit.made_with))
    if visit.status is VisitStatus.SUPPRESSED:
        return VisitSuppressed(because=visit.suppressed_because)
    if visit.status is VisitStatus.PLANNED:
        return VisitNotDue(from_when=visit.due_at.isoformat())
    if staff_id in visit_tasks.judged_by(reader, [visit])[visit.id]:
        return JudgedPersonAsks()
    calling = _who_calls(reader, visit.customer_id, but=staff_id, now=now)
    if calling is not None:
        return VisitLocked(staff_id=calling.locked_by, from_when=calling.locked_until.isoformat())
    again = next_attempt(failed_attempts(reader, visit.customer_id, now=now), zone=LOCAL)
    if again is not None and now < again:
        return VisitTooSoon(from_when=again.isoformat())
    free = caps.rooms(reader, [visit.customer_id], now=now).get(visit.customer_id)
    if free is not None:
        return VisitCapped(from_when=free.isoformat())
    wished = wishes.of_customers(reader, [visit.customer_id])[visit.customer_id]
    way = way_to_ask(wished, purpose=consent_for(visit.purpose))._replace(channel=visit.channel)
    opens = visiting_time(now, latest=now + timedelta(days=2), zone=LOCAL, way=way)
    return VisitOutOfHours(from_when=opens.isoformat()) if opens > now else None


def failed_attempts(reader: Session | Connection, customer_id: UUID, *, now: datetime) -> Sequence[datetime]:
    """When a customer was tried in vain since he was last reached, whatever for, by any department and store."""
    tried = (
        select(Attempt.at, Attempt.outcome)
        .join(Visit, Visit.id == Attempt.visit_id)
        .where(Visit.customer_id == customer_id, Attempt.at > now - REMEMBERED)
        .order_by(Attempt.at.desc(), Attempt.id.desc())
    )
    failed: list[datetime] = []
    for at, outcome in reader.execute(tried):
        if outcome in (Outcome.REACHED, Outcome.REFUSED):
            break
        failed.append(at)
    return failed


def _who_calls(reader: Session | Connection, customer_id: UUID, *, but: str, now: datetime) -> Any:
    """Who else has begun a visit of this customer, and until when it is his."""
    calling = select(Visit.locked_by, Visit.locked_until).where(
        Visit.customer_id == customer_id,
        Visit.status == VisitStatus.IN_PROGRESS,
        Visit.locked_by != but,
        Visit.locked_until > now,
    )
    return reader.execute(calling.limit(1)).one_or_none()
