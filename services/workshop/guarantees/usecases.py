"""Counters of cars are watched by the clock, told of once a level, and answered by a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis.process.clock import LOCAL
from chassis.store.outbox import tell
from contracts.access import Scope
from contracts.envelope import Received
from contracts.picked import picked
from contracts.sales.events import VehicleDelivered
from contracts.workshop import events
from contracts.workshop import guarantees as contract
from contracts.workshop.guarantees import Count, Counter, CounterLevel
from services.workshop.guarantees import rules
from services.workshop.guarantees.errors import GuaranteeWatchNotFound
from services.workshop.guarantees.models import GuaranteeWatch
from services.workshop.guarantees.queries import counted, watch_shown

_KEEP = text(
    """
    INSERT INTO vehicle_guarantee (vehicle_id, runs_from) VALUES (:vehicle_id, :runs_from)
        ON CONFLICT (vehicle_id) DO UPDATE SET runs_from = least(vehicle_guarantee.runs_from, EXCLUDED.runs_from)
    """
)
_UNDER_GUARANTEE = text(
    """
    SELECT DISTINCT ON (o.vehicle_id) o.vehicle_id, o.id AS order_id, o.store_id,
           coalesce(o.origin_customer_id, o.customer_id) AS customer_id
      FROM repair_order o
     WHERE o.returned_at IS NULL AND o.cancelled_at IS NULL AND o.authorized_at IS NOT NULL
       AND EXISTS (SELECT FROM job_line l LEFT JOIN comeback c
                       ON c.order_id = l.order_id AND c.position = l.position AND c.state = 'confirmed'
                    WHERE l.order_id = o.id AND l.state NOT IN ('proposed', 'declined')
                      AND (l.pay_type = 'WARRANTY' OR l.shares @> '[{"pay_type": "WARRANTY"}]' OR c.id IS NOT NULL))
     ORDER BY o.vehicle_id, o.authorized_at DESC
    """
)
"""Cars that are here for a repair the maker bears, each with the order that was agreed to last."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a counter."""

    watch_id: UUID
    ro_id: UUID
    vehicle_id: UUID
    customer_id: UUID
    counter: str
    fault_group: str | None
    rule: str
    count: int
    limit: int

    @classmethod
    def of(cls, one: GuaranteeWatch, *, customer_id: UUID) -> Told:
        """Of a counter as it stands."""
        return picked(cls, one, watch_id=one.id, ro_id=one.order_id, customer_id=customer_id)


def keep(session: Session, event: Received[VehicleDelivered]) -> None:
    """A car's guarantee runs from the day it was handed over, or from another that was agreed."""
    told = event.payload
    runs_from: date = told.warranty_from or told.delivered_at.astimezone(LOCAL).date()
    session.execute(_KEEP, {"vehicle_id": told.vehicle_id, "runs_from": runs_from})


def watch(session: Session, *, now: datetime) -> int:
    """Tell of counters that came near their limit or beyond, each level once; returns of how many."""
    here = {row.vehicle_id: row for row in session.execute(_UNDER_GUARANTEE)}
    if not here:
        return 0
    found = counted(session, here.keys(), now=now)
    due = {
        _key(vehicle_id, count): (vehicle_id, count)
        for vehicle_id in here
        for count in found[vehicle_id].counts
        if count.level is not CounterLevel.NONE
    }
    known = session.scalars(select(GuaranteeWatch).where(GuaranteeWatch.key.in_(due)).with_for_update())
    watches = {one.key: one for one in known}
    told = 0
    for key, (vehicle_id, count) in due.items():
        one = watches.get(key) or GuaranteeWatch.of(key, vehicle_id=vehicle_id, count=count)
        if rules.is_worse(count.level, than=one.level):
            _tell(session, one, count, row=here[vehicle_id], rule=found[vehicle_id].rule, now=now)
            told += 1
    return told


def _key(vehicle_id: UUID, count: Count) -> str:
    if count.counter is Counter.COURTESY:
        return f"{count.counter}/{count.ro_id}"
    return f"{count.counter}/{vehicle_id}/{count.fault_group or ''}"


def _tell(session: Session, one: GuaranteeWatch, count: Count, *, row: Any, rule: str, now: datetime) -> None:
    one.tell(count, order_id=count.ro_id or row.order_id, store_id=row.store_id, rule=rule, now=now)
    session.add(one)
    told = Told.of(one, customer_id=row.customer_id)
    if count.level is CounterLevel.NEAR:
        tell(session, one, picked(events.GuaranteeLimitNeared, told), now=now)
    elif count.counter is Counter.COURTESY:
        tell(session, one, picked(events.CourtesyCarDue, told), now=now)
    else:
        tell(session, one, picked(events.LemonThresholdReached, told), now=now)


def answer_guarantee(
    session: Session, asked: contract.AnswerGuarantee, *, scope: Scope, now: datetime
) -> contract.GuaranteeWatch:
    """What was arranged for the car. Raises GuaranteeWatchNotFound."""
    one = session.get(GuaranteeWatch, asked.watch_id, with_for_update=True)
    if one is None or not scope.admits(store_id=one.store_id, owner_id=scope.staff_id):
        raise GuaranteeWatchNotFound
    one.respond(asked.answer, by=scope.staff_id, now=now)
    answered = picked(events.GuaranteeAnswered, one, watch_id=one.id, ro_id=one.order_id)
    tell(session, one, answered, now=now)
    session.flush()
    return watch_shown(session.connection(), one.id)
