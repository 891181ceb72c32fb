"""A visit that has fallen due is somebody's task, until it is made, is made with another, or must not be made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, String, cast, exists, select
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
    """Let each of these visits, which the caller has locked, have its task open or not, as it stands now.

    Who is judged by one of those it stands for does not make it either (C12).
    """
    to_be_made = [visit for visit in visits if is_to_be_made(visit)]
    judged = judged_by(session, to_be_made)
    opened = [_opening(visit, not_for=sorted(judged[visit.id])) for visit in to_be_made]
    closed = [str(visit.id) for visit in visits if not is_to_be_made(visit)]
    tasks.stand(session, VISIT_DUE, opened=opened, closed=closed, at=at)


def is_to_be_made(visit: Visit) -> bool:
    """True if somebody must make it now, or does."""
    return visit.status in (VisitStatus.DUE, VisitStatus.IN_PROGRESS) and visit.made_with is None


def open_missing(session: Session, *, now: datetime) -> int:
    """Open the tasks of visits that fell due before there were tasks; returns how many."""
    has_one = exists().where(Task.kind == VISIT_DUE.code, Task.subject_id == cast(Visit.id, String))
    due = select(Visit).where(Visit.status == VisitStatus.DUE, Visit.made_with.is_(None), ~has_one)
    visits = session.scalars(
        due.order_by(Visit.due_at, Visit.id).limit(TOGETHER).with_for_update(skip_locked=True)
    ).all()
    follow(session, visits, at=now)
    return len(visits)


def judged_by(reader: Session | Connection, visits: Sequence[Any]) -> defaultdict[UUID, set[str]]:
    """Whom each of these visits judges, by itself or by those that it stands for."""
    found: defaultdict[UUID, set[str]] = defaultdict(set)
    if visits:
        stood_for = select(Visit.made_with, Visit.judged_staff_id).where(
            Visit.customer_id.in_({visit.customer_id for visit in visits}),
            Visit.made_with.in_([visit.id for visit in visits]),
        )
        own = [(visit.id, visit.judged_staff_id) for visit in visits]
        for visit_id, staff_id in [*own, *reader.execute(stood_for).all()]:
            if visit_id is not None and staff_id is not None:
                found[visit_id].add(staff_id)
    return found


def _opening(visit: Visit, *, not_for: Sequence[str]) -> Opening:
    said = said_of(visit.purpose)
    return Opening(
        subject_id=str(visit.id),
        store_id=visit.store_id,
        role=said.asked_by,
        staff_id=visit.asking_staff_id,
        not_for=tuple(not_for),
        customer_id=visit.customer_id,
        origin_customer_id=visit.origin_customer_id,
        document=(visit.trigger_type, str(visit.trigger_id)),
        due_at=visit.due_at,
        zh=said.zh,
        en=said.en,
    )
