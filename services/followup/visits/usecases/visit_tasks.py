"""A visit that has fallen due is somebody's task, until it is made, is made with another, or must not be made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import String, cast, exists, select
from sqlalchemy.orm import Session

from contracts.followup.operations import VisitStatus
from services.followup.tasks import usecases as tasks
from services.followup.tasks.kinds.visit_due import VISIT_DUE
from services.followup.tasks.models import Task
from services.followup.tasks.rules import Opening
from services.followup.visits.models import Visit
from services.followup.visits.occasions import said_of

TOGETHER = 200
"""Visits that get their tasks in one transaction."""


def follow(session: Session, visits: Sequence[Visit], *, at: datetime) -> None:
    """Let each of these visits, which the caller has locked, have its task open or not, as it stands now."""
    opened = [_opening(visit) for visit in visits if is_to_be_made(visit)]
    closed = [str(visit.id) for visit in visits if not is_to_be_made(visit)]
    tasks.stand(session, VISIT_DUE, opened=opened, closed=closed, at=at)


def is_to_be_made(visit: Visit) -> bool:
    """True if somebody must make it now."""
    return visit.status is VisitStatus.DUE and visit.made_with is None


def open_missing(session: Session, *, now: datetime) -> int:
    """Open the tasks of visits that fell due before there were tasks; returns how many."""
    has_one = exists().where(Task.kind == VISIT_DUE.code, Task.subject_id == cast(Visit.id, String))
    due = select(Visit).where(Visit.status == VisitStatus.DUE, Visit.made_with.is_(None), ~has_one)
    visits = session.scalars(
        due.order_by(Visit.due_at, Visit.id).limit(TOGETHER).with_for_update(skip_locked=True)
    ).all()
    follow(session, visits, at=now)
    return len(visits)


def _opening(visit: Visit) -> Opening:
    said = said_of(visit.purpose)
    return Opening(
        subject_id=str(visit.id),
        store_id=visit.store_id,
        role=said.asked_by,
        staff_id=visit.asking_staff_id,
        not_for=visit.judged_staff_id,
        customer_id=visit.customer_id,
        origin_customer_id=visit.origin_customer_id,
        document=(visit.trigger_type, str(visit.trigger_id)),
        due_at=visit.due_at,
        zh=said.zh,
        en=said.en,
    )
