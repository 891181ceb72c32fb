"""How often a customer is reached by all departments together, and the visits that wait for room (C12, F2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from chassis.process.clock import LOCAL
from chassis.store import policies
from chassis.store.outbox import tell
from contracts.followup.operations import Outcome, VisitStatus
from contracts.followup.policies import CONTACT_CAPS
from services.followup.visits.models import Attempt, Visit
from services.followup.visits.rules import room_from
from services.followup.visits.usecases import together, visit_tasks, wishes
from services.followup.visits.usecases.together import Because

COUNTED = timedelta(days=30)
"""The longest of the spans in which contacts are counted."""


def rooms(reader: Session | Connection, customers: Collection[UUID], *, now: datetime) -> dict[UUID, datetime]:
    """From when on each of these customers may be reached again; one who may be now is not named.

    By whom and for what he was reached is the same; an attempt in vain is no contact.
    """
    reached = (
        select(Visit.customer_id, Attempt.at)
        .join(Visit, Visit.id == Attempt.visit_id)
        .where(
            Visit.customer_id.in_(customers),
            Attempt.outcome.in_((Outcome.REACHED, Outcome.REFUSED)),
            Attempt.at > now - COUNTED,
        )
    )
    contacts: defaultdict[UUID, list[datetime]] = defaultdict(list)
    for customer_id, at in reader.execute(reached):
        contacts[customer_id].append(at)
    if not contacts:
        return {}
    caps = asdict(policies.resolve(reader, CONTACT_CAPS, store_id=policies.GROUP, at=now))
    free = {one: room_from(his, **caps, now=now, zone=LOCAL) for one, his in contacts.items()}
    return {one: at for one, at in free.items() if at > now}


def put_off(session: Session, customers: Collection[UUID], *, now: datetime) -> None:
    """Visits that are due wait until there is room for their customers: on nobody's list, due again by the clock."""
    free = rooms(session, customers, now=now)
    if not free:
        return
    waiting = select(Visit).where(Visit.customer_id.in_(free), Visit.status == VisitStatus.DUE)
    visits = session.scalars(waiting.order_by(Visit.id).with_for_update()).all()
    for visit in visits:
        visit.put_off(not_before=free[visit.customer_id])
    for visit, plan in zip(visits, wishes.plans(session, visits), strict=True):
        visit.reschedule(due_at=plan.due_at, channel=visit.channel)
        tell(session, visit, wishes.rescheduled(visit), now=now)
    visit_tasks.follow(session, visits, at=now)
    together.arrange(session, {visit.customer_id: Because(now) for visit in visits})
