"""Whatever happens to customers, in whatever order and however often it is heard: one view (R19)."""

from __future__ import annotations

import contextlib
import itertools
import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import uuid_utils.compat as uuids
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.store import inbox
from contracts import shapes
from contracts.customer import events as customer
from contracts.envelope import Received
from contracts.followup import events as followup
from contracts.sales import events as sales
from contracts.vehicle_identity import vehicle_id
from contracts.workshop import events as workshop
from services.customer.view.usecases import folding, timeline
from tests.integration.customer.conftest import NOW, Desk
from tests.support import randoms
from tests.support.databases import Databases
from tests.support.events import made, received
from tests.support.examples import examples

HOUR = timedelta(hours=1)
STORES = ("HN", "FT", "BA")


class Writing:
    """Writes a history: documents of a few customers, each told up to some step of its life."""

    def __init__(self, people: Sequence[UUID]) -> None:
        self.people = people
        self.events: list[Received[Any]] = []
        self.hours = 0

    def order(self, who: UUID, store: str, steps: int) -> None:
        order, vin = uuids.uuid7(), randoms.vin()
        his: dict[str, Any] = {"order_id": order, "customer_id": who}
        car: dict[str, Any] = {"vin": vin, "vehicle_id": vehicle_id(vin)}
        told = [
            made(sales.OrderSigned, **his, model="GL8", total_fen=900, consultant_id="s-1"),
            made(sales.PaymentConfirmed, **his, amount_fen=900, balance_fen=0),
            made(sales.VehicleAllocated, **his, **car),
            made(sales.VehicleDelivered, **his, **car, total_fen=900, consultant_id=f"s-{steps}", km=self.hours),
        ]
        self._tell(told[:steps], order, store, first=2)

    def repair(self, who: UUID, store: str, steps: int) -> None:
        ro = uuids.uuid7()
        his: dict[str, Any] = {"ro_id": ro, "customer_id": who}
        told = [
            made(workshop.RepairOrderOpened, **his, number=f"R{self.hours}", km=1000 + self.hours),
            made(workshop.RepairAuthorized, **his, amount_fen=500),
            made(workshop.RepairStageChanged, **his, from_stage="authorized", to_stage="dispatched"),
            made(workshop.RepairReady, **his),
            made(workshop.RepairSettled, **his, total_fen=700, by_pay_type={"CUSTOMER": 500, "WARRANTY": 200}),
            made(workshop.VehicleReturned, **his, number=f"R{self.hours}", km=1001 + self.hours),
        ]
        self._tell(told[:steps], ro, store)

    def visit(self, who: UUID, store: str, steps: int) -> None:
        visit = uuids.uuid7()
        his: dict[str, Any] = {"visit_id": visit, "customer_id": who, "purpose": "SERVICE_D3"}
        due: dict[str, Any] = {"due_at": NOW + self.hours * HOUR}
        told = [
            made(followup.VisitPlanned, **his, **due),
            made(followup.VisitSuppressed, **his, **due),
            made(followup.VisitReleased, **his, **due),
            made(followup.VisitRescheduled, **his, due_at=NOW + (self.hours - 30) * HOUR),
            made(followup.VisitCompleted, **his, score=1 + self.hours % 10),
        ]
        self._tell(told[:steps], visit, store)

    def record(self, who: UUID, store: str, steps: int) -> None:
        other = next((one for one in self.people if one != who), who)
        told = [
            made(customer.CustomerRegistered, customer_id=who, kind="person"),
            made(customer.CustomerUpdated, customer_id=who, version=2),
            made(customer.DuplicateSuspected, customer_id=who, other_id=other, score=62),
        ]
        self._tell(told[:steps], uuids.uuid7(), store)

    def _tell(self, told: list[Any], subject: UUID, store: str, *, first: int = 1) -> None:
        for version, payload in enumerate(told, start=first):
            self.hours += 1
            at = NOW + self.hours * HOUR
            self.events.append(
                received(payload, occurred_at=at, subject_id=subject, subject_version=version, store_id=store)
            )


HISTORY = st.lists(
    st.tuples(
        st.sampled_from(("order", "repair", "visit", "record")),
        st.integers(0, 1),
        st.sampled_from(STORES),
        st.integers(1, 6),
    ),
    min_size=1,
    max_size=7,
)


def written(history: list[tuple[str, int, str, int]]) -> tuple[list[UUID], list[Received[Any]]]:
    """Two customers, and what happens to them in its order."""
    writing = Writing([uuids.uuid7(), uuids.uuid7()])
    for what, whose, store, steps in history:
        getattr(writing, what)(writing.people[whose], store, steps)
    return list(writing.people), writing.events


def hear(session: Session, events: Sequence[Received[Any]]) -> None:
    """As the consumer does: those of one handler that come together, in one go, and none that was heard before."""
    for delivered, together in itertools.groupby(
        events, lambda event: isinstance(event.payload, sales.VehicleDelivered)
    ):
        chunk = {event.id: event for event in together}
        fresh = inbox.claim(session, {one: event.payload.declaration.topic for one, event in chunk.items()})
        if new := [event for one, event in chunk.items() if one in fresh]:
            handle = timeline.hand_over if delivered else timeline.tell
            handle(session, new)


def seen(session: Session, people: Sequence[UUID]) -> bytes:
    """Everything that is kept of these customers."""
    tables = {
        "timeline": "SELECT * FROM timeline_entry WHERE customer_id = ANY(:ids) ORDER BY customer_id, event_id",
        "glance": "SELECT * FROM glance WHERE customer_id = ANY(:ids) ORDER BY customer_id",
        "cars": "SELECT vehicle_id, customer_id, role, since FROM vehicle_party WHERE customer_id = ANY(:ids)"
        " ORDER BY vehicle_id",
    }
    found = {
        name: [dict(row) for row in session.execute(text(query), {"ids": list(people)}).mappings()]
        for name, query in tables.items()
    }
    return shapes.dump(found)


class _Enough(Exception):
    """Seen; take it back."""


@contextlib.contextmanager
def taken_back(desk: Desk) -> Iterator[Session]:
    """A transaction that leaves nothing behind."""
    with contextlib.suppress(_Enough), desk.transaction() as session:
        yield session
        raise _Enough


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORY, seed=st.integers(0, 2**32))
def test_any_history_shuffled_and_repeated_gives_the_view_of_the_straight_one(desk, history, seed):
    people, events = written(history)
    chance = random.Random(seed)
    heard = [*events, *chance.sample(events, chance.randrange(len(events) + 1))]
    chance.shuffle(heard)
    with taken_back(desk) as session:
        timeline_only = [event for event in events if not isinstance(event.payload, sales.VehicleDelivered)]
        hear(session, [one for one in events if one not in timeline_only])
        timeline.tell(session, timeline_only) if timeline_only else None
        straight = seen(session, people)
    with taken_back(desk) as session:
        hear(session, heard)
        assert seen(session, people) == straight


def test_a_customer_of_two_records_is_seen_as_one_whatever_came_when(databases: Databases):
    """The lines stay with the record they were told of; where it lives on is read."""
    desk = Desk(databases)
    stays, goes = desk.register().customer_id, desk.register().customer_id
    writing = Writing([stays, goes])
    writing.order(stays, "HN", 4)
    writing.repair(goes, "FT", 6)
    first, last = writing.events[:7], writing.events[7:]
    with desk.transaction() as session:
        hear(session, first)
        session.execute(
            text("UPDATE customer SET status = 'merged', merged_into = :stays WHERE id = :goes"),
            {"stays": stays, "goes": goes},
        )
        folding.fold(session, [stays, goes])
    with desk.transaction() as session:
        hear(session, last)
    view = desk.view(goes)
    assert (view.customer_id, view.redirected_from) == (stays, goes)
    assert {line.event_id for line in view.timeline} == {event.id for event in writing.events}
    glance = view.glance
    assert (glance.sold_store_id, glance.last_service_store_id, glance.spent_fen) == ("HN", "FT", 1400)
    assert desk.rows("SELECT open_repair_orders FROM glance WHERE customer_id = :id", id=stays) == [
        {"open_repair_orders": []}
    ]


def test_a_suppressed_visit_is_not_awaited_until_it_is_released(desk):
    who = desk.register().customer_id
    writing = Writing([who])
    writing.visit(who, "HN", 3)
    for heard, awaited in (((0,), 1), ((1,), 0), ((2,), 1)):
        with desk.transaction() as session:
            hear(session, [writing.events[number] for number in heard])
        assert desk.view(who).glance.open_visits == awaited


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_rescheduled_visit_is_awaited_at_the_time_told_last_be_it_earlier_or_later(desk, order):
    who, visit = desk.register().customer_id, uuids.uuid7()
    his: dict[str, Any] = {"visit_id": visit, "customer_id": who, "purpose": "SERVICE_D3"}
    told = [
        made(followup.VisitPlanned, **his, due_at=NOW + 48 * HOUR),
        made(followup.VisitRescheduled, **his, due_at=NOW + 72 * HOUR, channel="sms"),
        made(followup.VisitRescheduled, **his, due_at=NOW + 24 * HOUR, channel="call"),
    ]
    with desk.transaction() as session:
        for place in order:
            hear(session, [received(told[place], subject_id=visit, subject_version=place + 1)])
    seen_by_desk = desk.view(who)
    assert seen_by_desk.glance.next_visit_at == NOW + 24 * HOUR
    lines = [line for line in seen_by_desk.timeline if line.type == "visit_rescheduled"]
    assert {line.summary["channel"] for line in lines} == {"sms", "call"}


def test_an_event_from_before_it_named_a_customer_is_nobody_s_line(desk):
    old, new = received(made(sales.VehicleAllocated)), received(made(sales.VehicleAllocated, customer_id=uuids.uuid7()))
    with taken_back(desk) as session:
        hear(session, [old, new])
        told = session.scalars(
            text("SELECT event_id FROM timeline_entry WHERE event_id = ANY(:ids)"), {"ids": [old.id, new.id]}
        )
        assert told.all() == [new.id]
