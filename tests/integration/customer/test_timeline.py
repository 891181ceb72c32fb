"""The customer view is the same, to the byte, in whatever order and however often its events come."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import uuid_utils.compat as uuids
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.process.clock import LOCAL
from contracts import shapes
from contracts.customer import views
from contracts.envelope import Received
from contracts.followup.events import VisitCompleted, VisitPlanned
from contracts.sales.events import OrderSigned, VehicleDelivered
from contracts.sales.quote_events import QuoteExpired, QuoteLost, QuotePresented
from contracts.vehicle_identity import vehicle_id
from contracts.workshop.events import RepairOrderOpened, VehicleReturned
from services.customer.view.usecases import timeline
from tests.integration.customer.conftest import NOW, Desk
from tests.support import randoms
from tests.support.databases import Databases
from tests.support.events import deliver, made, received, twice_shuffled
from tests.support.examples import examples

DAY = timedelta(days=1)


def test_every_event_there_is_is_told_or_it_is_said_why_not():
    import chassis.bus.topology  # noqa: F401  # declares them all
    from contracts.envelope import EVENTS

    ours = {event for event in EVENTS.values() if event.__module__.startswith("contracts.")}
    assert set(timeline.TOLD) | set(timeline.UNTOLD) == ours
    assert set(timeline.TOLD).isdisjoint(timeline.UNTOLD)


def test_the_lines_hold_what_the_events_declare():
    from dataclasses import fields

    for event, told in timeline.TOLD.items():
        assert {*told.shows, *told.of} <= {one.name for one in fields(event)}, event


def handler(event: Received[Any]) -> Any:
    return timeline.hand_over if isinstance(event.payload, VehicleDelivered) else timeline.tell


def play(desk: Desk, events: list[Received[Any]], *, batch: int = 1) -> None:
    """Deliver as the consumer does: of one handler per transaction, at most `batch` together."""
    waiting = list(events)
    while waiting:
        handle = handler(waiting[0])
        chunk: list[Received[Any]] = []
        while waiting and handler(waiting[0]) is handle and len(chunk) < batch:
            chunk.append(waiting.pop(0))
        deliver(desk.transaction, handle, chunk, batch=batch)


def life(customer: UUID) -> list[Received[Any]]:
    """Eight things that happen to a customer and his car."""
    vin = randoms.vin()
    order, ro, visit, unmet, standing = (uuids.uuid7() for _ in range(5))
    car = vehicle_id(vin)

    def at(days: float, payload: Any, *, subject: UUID, version: int, store: str = "HN") -> Received[Any]:
        return received(
            payload, occurred_at=NOW + days * DAY, subject_id=subject, subject_version=version, store_id=store
        )

    return [
        at(
            0,
            made(OrderSigned, order_id=order, customer_id=customer, model="GL8", consultant_id="s-7", total_fen=900),
            subject=order,
            version=2,
        ),
        at(
            5,
            made(
                VehicleDelivered,
                order_id=order,
                customer_id=customer,
                vin=vin,
                vehicle_id=car,
                model="GL8",
                consultant_id="s-7",
                km=12,
                total_fen=900,
                delivered_at=NOW + 5 * DAY,
            ),
            subject=order,
            version=6,
        ),
        at(
            5.1,
            made(VisitPlanned, visit_id=visit, customer_id=customer, purpose="DELIVERY_D3"),
            subject=visit,
            version=1,
        ),
        at(
            5.1,
            made(VisitPlanned, visit_id=unmet, customer_id=customer, purpose="DELIVERY_D7"),
            subject=unmet,
            version=1,
        ),
        at(8, made(VisitCompleted, visit_id=visit, customer_id=customer, score=9), subject=visit, version=2),
        at(
            90,
            made(RepairOrderOpened, ro_id=ro, customer_id=customer, vehicle_id=car, number="R1", km=5000),
            subject=ro,
            version=1,
            store="FT",
        ),
        at(
            91,
            made(VehicleReturned, ro_id=ro, customer_id=customer, vehicle_id=car, number="R1", km=5002),
            subject=ro,
            version=8,
            store="FT",
        ),
        at(
            200,
            made(RepairOrderOpened, ro_id=standing, customer_id=customer, vehicle_id=car, number="R2", km=9000),
            subject=standing,
            version=1,
        ),
    ]


def state(desk: Desk, customer: UUID) -> bytes:
    """Timeline, glance and parties of a customer, to the byte."""
    tables = {
        "timeline": "SELECT * FROM timeline_entry WHERE customer_id = :id ORDER BY event_id",
        "glance": "SELECT * FROM glance WHERE customer_id = :id",
        "cars": "SELECT vehicle_id, role, since FROM vehicle_party WHERE customer_id = :id ORDER BY vehicle_id",
    }
    return shapes.dump({name: desk.rows(query, id=customer) for name, query in tables.items()})


def test_a_customer_s_life_is_told_and_seen_at_a_glance(desk):
    customer = desk.register().customer_id
    play(desk, life(customer))
    view = desk.view(customer)
    assert shapes.load(views.CustomerView, shapes.plain(view)) == view
    assert [entry.type for entry in view.timeline] == [
        "repair_order_opened",
        "vehicle_returned",
        "repair_order_opened",
        "visit_completed",
        "visit_planned",
        "visit_planned",
        "vehicle_delivered",
        "order_signed",
    ]
    assert view.glance == views.Glance(
        sold_by_us=True,
        formal=True,
        sold_at=NOW + 5 * DAY,
        sold_store_id="HN",
        consultant_id="s-7",
        last_service_at=NOW + 91 * DAY,
        last_km=9000,
        service_visits=1,
        open_visits=1,
        last_score=9,
        last_service_store_id="FT",
        last_contact_at=NOW + 200 * DAY,
        next_visit_at=NOW,
        next_visit_purpose="DELIVERY_D7",
        open_repair_orders=[
            views.OpenRepairOrder(
                view.glance.open_repair_orders[0].ro_id, store_id="HN", since=NOW + 200 * DAY, number="R2"
            )
        ],
        spent_fen=900,
    )
    assert [vehicle.role for vehicle in view.vehicles] == ["owner"]
    assert view.timeline[-1].summary == {
        "model": "GL8",
        "promised_date": "2026-11-02",
        "consultant_id": "s-7",
        "total_fen": 900,
    }


@pytest.mark.parametrize("seed", range(3))
def test_whoever_was_given_a_quote_or_said_no_to_it_was_spoken_to_that_day(desk, seed):
    customer, quote = desk.register().customer_id, uuids.uuid7()

    def told(event: Any, version: int) -> Received[Any]:
        payload = made(event, customer_id=customer)
        at = NOW + version * DAY
        return received(payload, subject_id=quote, subject_version=version, occurred_at=at)

    history = [told(QuotePresented, 1), told(QuoteLost, 2), told(QuoteExpired, 3)]
    play(desk, twice_shuffled(history[::2], seed=seed))
    assert desk.view(customer).glance.last_contact_at == NOW + DAY
    play(desk, twice_shuffled(history[:2], seed=seed))
    view = desk.view(customer)
    assert view.glance.last_contact_at == NOW + 2 * DAY, "that it ended by itself is no word with him"
    assert [entry.type for entry in view.timeline] == ["quote_expired", "quote_lost", "quote_presented"]


class _Enough(Exception):
    """Seen; take it back."""


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(16)), batch=st.integers(1, 8))
def test_any_order_and_every_event_twice_give_the_same_view(desk, told_straight, order, batch):
    """One transaction that is taken back, with a savepoint for each of the consumer's: 500 orders in seconds."""
    customer, events, straight = told_straight

    with contextlib.suppress(_Enough), desk.transaction() as session:
        inside = Inside(desk.database, session)
        _forget(inside, customer, events)
        play(inside, [events[number // 2] for number in order], batch=batch)
        session.flush()
        assert state(inside, customer) == straight
        raise _Enough


@dataclass(frozen=True)
class Inside(Desk):
    """The same desk, inside of one transaction."""

    session: Session

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A savepoint of the transaction."""
        with self.session.begin_nested():
            yield self.session

    def rows(self, query: str, **values: Any) -> list[dict[str, Any]]:
        """Rows as the transaction sees them."""
        return [dict(row._mapping) for row in self.session.execute(text(query), values)]


@pytest.fixture(scope="module")
def told_straight(databases: Databases) -> tuple[UUID, list[Received[Any]], bytes]:
    """A customer, his life, and his view after it came in order, one by one."""
    desk, customer = Desk(databases), uuids.uuid7()
    events = life(customer)
    play(desk, events)
    return customer, events, state(desk, customer)


def _forget(desk: Desk, customer: UUID, events: list[Received[Any]]) -> None:
    with desk.transaction() as session:
        for statement in (
            "DELETE FROM timeline_entry WHERE customer_id = :id",
            "DELETE FROM glance WHERE customer_id = :id",
            "DELETE FROM vehicle_party WHERE customer_id = :id",
        ):
            session.execute(text(statement), {"id": customer})
        ids = [event.id for event in events]
        session.execute(text("DELETE FROM inbox WHERE event_id = ANY(:ids)"), {"ids": ids})


@pytest.mark.parametrize("seed", range(5))
def test_the_same_fact_told_twice_under_two_identities_is_one_line(desk, seed):
    """A producer restored from a backup may tell a fact again with a new event id."""
    customer = uuids.uuid7()
    events = life(customer)
    again = [
        received(
            event.payload,
            occurred_at=event.occurred_at,
            subject_id=event.subject.id,
            subject_version=event.subject.version,
            store_id=event.store_id,
        )
        for event in events
    ]
    play(desk, twice_shuffled([*events, *again], seed=seed))
    lines = desk.rows("SELECT event_id FROM timeline_entry WHERE customer_id = :id", id=customer)
    assert len(lines) == len(events)


def test_two_customers_in_one_batch_each_keep_their_own(desk):
    one, two = uuids.uuid7(), uuids.uuid7()
    events = [event for pair in zip(life(one), life(two), strict=True) for event in pair]
    play(desk, events, batch=100)
    alone = uuids.uuid7()
    play(desk, life(alone))
    for customer in (one, two):
        (glance,) = desk.rows("SELECT * FROM glance WHERE customer_id = :id", id=customer)
        (other,) = desk.rows("SELECT * FROM glance WHERE customer_id = :id", id=alone)
        assert len(glance["open_repair_orders"]) == len(other["open_repair_orders"]) == 1
        his_own = {"customer_id": None, "open_repair_orders": None}
        assert glance | his_own == other | his_own


def test_transactions_at_once_for_one_customer_miss_nothing(databases: Databases):
    from concurrent.futures import ThreadPoolExecutor

    desk = Desk(databases)
    customers = [uuids.uuid7() for _ in range(6)]
    lives = [life(customer) for customer in customers]
    straight = []
    for customer, events in zip(customers, lives, strict=True):
        play(desk, events)
        straight.append(state(desk, customer))
        _forget(desk, customer, events)
    everything = twice_shuffled([event for events in lives for event in events], seed=3)
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(play, desk, everything[start::8]) for start in range(8)]:
            done.result()
    assert [state(desk, customer) for customer in customers] == straight


def test_a_delivery_to_somebody_we_do_not_know_waits_for_him(desk):
    """sales may hear of him before we do; his record comes later and everything is there."""
    customer = uuids.uuid7()
    play(desk, life(customer))
    assert len(desk.rows("SELECT 1 FROM timeline_entry WHERE customer_id = :id", id=customer)) == 8


def test_of_several_deliveries_in_one_transaction_each_is_the_cause_of_its_own_vehicle(desk):
    deliveries = {
        vehicle_id(vin): received(made(VehicleDelivered, vin=vin, customer_id=uuids.uuid7()))
        for vin in (randoms.vin(), randoms.vin(), randoms.vin())
    }
    play(desk, list(deliveries.values()), batch=10)
    asked = "SELECT envelope FROM outbox WHERE event_type = 'vehicle_registered' AND subject_id = :id"
    for vehicle, event in deliveries.items():
        (row,) = desk.rows(asked, id=str(vehicle))
        assert row["envelope"]["causation_id"] == str(event.id)
        assert row["envelope"]["correlation_id"] == event.envelope.correlation_id


def test_the_summary_holds_no_name_and_no_phone(desk):
    fields = {name for told in timeline.TOLD.values() for name in told.shows}
    assert fields.isdisjoint({"name", "mobile", "phone", "customer_name", "address"})


def test_a_view_shows_the_newest_fifty(desk):
    customer = desk.register().customer_id
    events = [
        received(
            made(RepairOrderOpened, customer_id=customer, ro_id=uuids.uuid7(), number=f"R{number}"),
            occurred_at=datetime(2026, 1, 1, tzinfo=LOCAL) + number * DAY,
            subject_id=uuids.uuid7(),
        )
        for number in range(60)
    ]
    play(desk, twice_shuffled(events), batch=20)
    shown = [entry.summary["number"] for entry in desk.view(customer).timeline]
    assert shown == [f"R{number}" for number in range(59, 9, -1)]
