"""What happens in a dealer group, for the tests of followup."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis.process.clock import LOCAL
from chassis.store.database import Database
from contracts.access import Actor, Scope, matrix
from contracts.customer.operations import Channel
from contracts.envelope import Received
from contracts.followup import events
from contracts.sales.events import VehicleDelivered
from contracts.workshop.events import VehicleReturned
from services.customer.view.rules.glance import FACTS
from services.followup.visits.models import OPEN, Visit
from services.followup.visits.usecases import planning
from tests.support.events import deliver, made, received

AFTERNOON = datetime(2026, 11, 3, 15, 0, tzinfo=LOCAL)
LATER = datetime(2026, 11, 12, 10, 0, tzinfo=LOCAL)


def delivered(*, store_id: str = "HN", at: datetime = AFTERNOON, consultant_id: str = "li.na") -> Received[Any]:
    """A car was handed over."""
    car = made(VehicleDelivered, consultant_id=consultant_id, delivered_at=at)
    return received(car, subject_id=car.order_id, subject_version=5, store_id=store_id, occurred_at=at)


def returned(*, store_id: str = "HN", at: datetime = AFTERNOON) -> Received[Any]:
    """A vehicle was fetched from the workshop."""
    repair = made(VehicleReturned, returned_at=at)
    return received(repair, subject_id=repair.ro_id, subject_version=8, store_id=store_id, occurred_at=at)


def plan_all(database: Database, *heard: Received[Any]) -> list[Visit]:
    """Deliver the events, each once; all visits by due time."""
    deliver(database.transaction, planning.plan_visits, heard)
    return visits(database)


def visits(database: Database) -> list[Visit]:
    """All visits by due time."""
    with database.transaction() as session:
        return list(session.scalars(select(Visit).order_by(Visit.due_at, Visit.id)))


def fall_due(session: Session, *, now: datetime = LATER, reached_by: Collection[Channel] = tuple(Channel)) -> int:
    """A turn of the clock, with customers who can be reached by these channels."""
    customers = session.scalars(select(Visit.customer_id)).all()
    return planning.visits_due(session, now=now, known=dict.fromkeys(customers, reached_by))


def visit_of(database: Database, purpose: str, *, consultant_id: str = "li.na", store_id: str = "HN") -> Visit:
    """A planned visit of this purpose, among the others of its event."""
    service = purpose == "REPAIR_CHECK"
    event = returned(store_id=store_id) if service else delivered(store_id=store_id, consultant_id=consultant_id)
    found = plan_all(database, event)
    return next(visit for visit in found if visit.purpose == purpose and visit.trigger_id == UUID(event.subject.id))


def to_make(database: Database) -> set[UUID]:
    """The visits that somebody is to make."""
    return {visit.id for visit in visits(database) if visit.status in OPEN and visit.made_with is None}


def told_open(database: Database) -> set[UUID]:
    """The visits that are open by what was told of them, as every desk's glance reckons it."""
    fact = next(one for one in FACTS if events.VisitPlanned in one.opens)
    opens, closes = ([one.declaration.name for one in some] for some in (fact.opens, fact.closes))
    with database.reading() as connection:
        told = connection.execute(
            text(
                """
                SELECT DISTINCT ON (subject_id) CAST(subject_id AS uuid), event_type = ANY(:opens) AS opened
                  FROM outbox WHERE event_type = ANY(:opens) OR event_type = ANY(:closes)
                 ORDER BY subject_id, subject_version DESC, event_type = ANY(:opens)
                """
            ),
            {"opens": opens, "closes": closes},
        )
        return {visit_id for visit_id, opened in told if opened}


def scope(operation: str, role: str, *, stores: tuple[str, ...] = ("HN",), staff_id: str = "wang.fang") -> Scope:
    """What somebody with this role may do with an operation of followup."""
    return matrix().scope(f"followup.{operation}", Actor(staff_id, (role,), stores))
