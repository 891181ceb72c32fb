"""Segments: a predicate is saved, everybody is judged once, and then whoever something happened to (R18).

What happens to a customer leaves a note in `segment_due` (`folding.FOLD`); a turn every two seconds judges those.
A new segment, and one whose predicate moves with time, is swept: everybody, in the order of identifiers, bit by bit.
Judging is one statement per segment, the same for both, and only the scheduled turn judges, so nobody is in its way.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.store.outbox import Fact, record_all
from contracts.access import Scope
from contracts.customer import events
from contracts.customer import segments as contract
from contracts.refusals import InvalidRequest
from services.customer.segments import rules
from services.customer.segments.errors import SegmentExists
from services.customer.segments.models import Segment
from services.customer.segments.queries import condition
from services.customer.segments.shown import segment_shown

TOGETHER = 2_000
"""Customers judged in one transaction."""

EVERY = timedelta(hours=1)
"""How often a segment that moves with time is swept."""

SETTLING = timedelta(seconds=1)
"""A new segment is swept after it: what was being told when it was saved left no note."""

_START = UUID(int=0)

_JUDGE = """
    WITH judged AS (
         SELECT c.id, c.store_id, c.status = 'active' AND coalesce({fits}, false) AS fits
           FROM customer c LEFT JOIN glance g ON g.customer_id = c.id WHERE c.id = ANY(:customers)),
    entered AS (
         INSERT INTO segment_member AS known (segment_id, customer_id, version, entered_at)
         SELECT :segment_id, id, 1, :now FROM judged WHERE fits ORDER BY id
         ON CONFLICT (segment_id, customer_id) DO UPDATE
            SET version = known.version + 1, entered_at = excluded.entered_at, left_at = NULL
          WHERE known.left_at IS NOT NULL
         RETURNING customer_id, version),
    gone AS (
         UPDATE segment_member known SET version = known.version + 1, left_at = :now
           FROM judged
          WHERE known.segment_id = :segment_id AND known.customer_id = judged.id AND known.left_at IS NULL
            AND NOT judged.fits
         RETURNING known.customer_id, known.version)
    SELECT moved.customer_id, moved.version, moved.fits, judged.store_id
      FROM (SELECT customer_id, version, true AS fits FROM entered
             UNION ALL SELECT customer_id, version, false FROM gone) moved
      JOIN judged ON judged.id = moved.customer_id ORDER BY moved.customer_id
"""
_TAKE_DUE = text(
    """
    DELETE FROM segment_due WHERE customer_id IN (
           SELECT customer_id FROM segment_due ORDER BY customer_id LIMIT :most FOR UPDATE SKIP LOCKED)
    RETURNING customer_id
    """
)
_NEXT = text("SELECT id FROM customer WHERE id > :after ORDER BY id LIMIT :most")


def create_segment(
    session: Session, request: contract.CreateSegment, *, scope: Scope, now: datetime
) -> contract.Segment:
    """Save a segment, still empty; the next turns find its members.

    Raises InvalidRequest with the place in the predicate, FactNotAllowed, SegmentExists.
    """
    try:
        predicate = rules.read(request.predicate)
    except rules.NotAPredicate as error:
        raise InvalidRequest(errors={error.place: [error.why]}) from None
    rules.require_sight(predicate, roles=(scope.role,))
    made = insert(Segment).values(
        id=uuids.uuid7(),
        name=request.name.strip(),
        predicate=request.predicate,
        moves_with_time=rules.moves_with_time(predicate),
        created_by=scope.staff_id,
        created_at=now,
        sweep_at=now + SETTLING,
    )
    segment = session.scalars(made.on_conflict_do_nothing().returning(Segment)).one_or_none()
    if segment is None:
        raise SegmentExists(name=request.name.strip())
    return segment_shown(segment, members=0)


def judge_segments(session: Session, *, now: datetime) -> int:
    """One turn: whoever something happened to, then a bit of the segment whose sweep waits longest; how many judged."""
    segments = session.scalars(select(Segment).order_by(Segment.id)).all()
    if not segments:
        return 0
    due = session.scalars(_TAKE_DUE, {"most": TOGETHER}).all()
    if due:
        for segment in segments:
            _judge(session, segment, due, now=now)
    waiting = [one for one in segments if one.sweep_at is not None and one.sweep_at <= now]
    if not waiting:
        return len(due)
    return len(due) + _sweep(session, min(waiting, key=lambda one: (one.sweep_at, one.id)), now=now)


def _sweep(session: Session, segment: Segment, *, now: datetime) -> int:
    """Judge the next ones in the order of identifiers; at the end, say when to begin again."""
    asked = {"after": segment.swept_until or _START, "most": TOGETHER}
    customers = session.scalars(_NEXT, asked).all()
    if customers:
        _judge(session, segment, customers, now=now)
    if len(customers) == TOGETHER:
        segment.swept_until = customers[-1]
    else:
        segment.swept_until, segment.complete_at = None, now
        segment.sweep_at = now + EVERY if segment.moves_with_time else None
    return len(customers)


def _judge(session: Session, segment: Segment, customers: Sequence[UUID], *, now: datetime) -> None:
    judging = condition(rules.read(segment.predicate))
    statement = text(_JUDGE.format(fits=judging.sql))
    asked = {"segment_id": segment.id, "customers": list(customers), "now": now}
    moved = session.execute(statement, judging.values | asked).all()
    record_all(session, [_fact(segment, row, now=now) for row in moved])


def _fact(segment: Segment, row: Any, *, now: datetime) -> Fact:
    event = events.SegmentEntered if row.fits else events.SegmentLeft
    return Fact(
        event=event(segment_id=segment.id, customer_id=row.customer_id),
        subject_id=f"{segment.id}/{row.customer_id}",
        subject_version=row.version,
        store_id=row.store_id,
        occurred_at=now,
    )
