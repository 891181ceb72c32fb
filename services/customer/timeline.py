"""The customer view as a projection: every event that concerns a customer becomes a line of his timeline.

A new kind of event is one row in `TOLD` (and one `@subscribe` line).
The glance is folded from the whole timeline of a customer, never counted up,
so that late, repeated and shuffled events give the same view.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.outbox import record_all
from chassis.rows import insert_all
from contracts import shapes
from contracts.envelope import Event, Received
from contracts.followup.events import VisitCompleted, VisitPlanned
from contracts.sales.events import OrderSigned, VehicleDelivered
from contracts.workshop.events import RepairOrderOpened, VehicleReturned
from services.customer.models import TimelineEntry, Vehicle
from services.customer.usecases.vehicles import OWNER, Party, Seen, add_parties, keep_vehicles

TOLD: dict[type[Event], tuple[str, ...]] = {
    OrderSigned: ("model", "promised_date"),
    VehicleDelivered: ("vin", "model", "consultant_id", "km"),
    RepairOrderOpened: ("number", "vehicle_id", "advisor_id", "km"),
    VehicleReturned: ("number", "vehicle_id", "km"),
    VisitPlanned: ("purpose", "due_at"),
    VisitCompleted: ("purpose", "score"),
}
"""Which fields of an event's payload the timeline shows."""

_LOCK = text(
    """
    SELECT pg_advisory_xact_lock(hashtextextended(customer::text, 1))
      FROM (SELECT customer FROM unnest(CAST(:customers AS uuid[])) AS customer ORDER BY customer) in_one_order
    """
)
"""Two transactions must not fold a customer without seeing each other's lines; in one order, so without deadlock."""

_entries: Any = TimelineEntry.__table__

_FOLD = text(
    """
    INSERT INTO glance (customer_id, sold_at, sold_store_id, consultant_id, last_service_at, last_km,
                        service_visits, open_visits, last_score)
    SELECT c.id, sold.occurred_at, sold.store_id, sold.summary->>'consultant_id', counted.last_service_at,
           driven.km, counted.service_visits, counted.open_visits, counted.last_score
      FROM unnest(CAST(:customers AS uuid[])) AS c(id)
      LEFT JOIN LATERAL (
           SELECT occurred_at, store_id, summary FROM timeline_entry t
            WHERE t.customer_id = c.id AND t.event_type = 'vehicle_delivered'
            ORDER BY occurred_at DESC, event_id DESC LIMIT 1) sold ON true
      LEFT JOIN LATERAL (
           SELECT (summary->>'km')::bigint AS km FROM timeline_entry t
            WHERE t.customer_id = c.id
              AND t.event_type IN ('vehicle_delivered', 'repair_order_opened', 'vehicle_returned')
            ORDER BY occurred_at DESC, event_id DESC LIMIT 1) driven ON true
      LEFT JOIN LATERAL (
           SELECT max(occurred_at) FILTER (WHERE event_type = 'vehicle_returned') AS last_service_at,
                  count(*) FILTER (WHERE event_type = 'vehicle_returned') AS service_visits,
                  count(DISTINCT source_id) FILTER (WHERE source_type = 'visit')
                    - count(DISTINCT source_id) FILTER (WHERE event_type = 'visit_completed') AS open_visits,
                  (array_agg((summary->>'score')::bigint ORDER BY occurred_at DESC, event_id DESC)
                    FILTER (WHERE event_type = 'visit_completed'))[1] AS last_score
             FROM timeline_entry t WHERE t.customer_id = c.id) counted ON true
    ON CONFLICT (customer_id) DO UPDATE SET
        sold_at = excluded.sold_at, sold_store_id = excluded.sold_store_id, consultant_id = excluded.consultant_id,
        last_service_at = excluded.last_service_at, last_km = excluded.last_km,
        service_visits = excluded.service_visits, open_visits = excluded.open_visits, last_score = excluded.last_score
    """
)


def tell(session: Session, received: Sequence[Received[Any]]) -> None:
    """Write the events into their customers' timelines and fold those customers' glances anew."""
    customers = sorted({event.payload.customer_id for event in received})
    session.execute(_LOCK, {"customers": customers})
    insert_all(session, _entries, [_entry(event) for event in received], on_conflict="DO NOTHING")
    session.execute(_FOLD, {"customers": customers})


def hand_over(session: Session, delivered: Sequence[Received[VehicleDelivered]]) -> None:
    """A delivery also makes the customer the owner of the vehicle."""
    seen, parties = [], []
    for event in delivered:
        fact = event.payload
        vehicle = Vehicle.register(vin=fact.vin, model=fact.model, now=fact.delivered_at)
        seen.append(Seen(vehicle, event.store_id, fact.delivered_at))
        parties.append(Party(vehicle.id, fact.customer_id, OWNER, fact.delivered_at))
    record_all(session, keep_vehicles(session, seen))
    add_parties(session, parties)
    tell(session, delivered)


def _entry(event: Received[Any]) -> dict[str, Any]:
    envelope = event.envelope
    payload = shapes.plain(event.payload)
    return {
        "event_id": envelope.event_id,
        "customer_id": event.payload.customer_id,
        "event_type": envelope.event_type,
        "source": envelope.producer,
        "source_type": envelope.subject.type,
        "source_id": envelope.subject.id,
        "source_version": envelope.subject.version,
        "store_id": envelope.store_id,
        "occurred_at": envelope.occurred_at,
        "summary": {name: payload[name] for name in TOLD[type(event.payload)]},
    }
