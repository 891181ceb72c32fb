"""Facts at a glance by their table: what opens, replaces and closes, and what is made of what stands (R36).

What every table does is shown with events and rows of these tests; the house's own rows are shown below.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any, NamedTuple
from uuid import UUID

import pytest
import uuid_utils.compat as uuids
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from contracts.customer.merges import DocumentGiven, DocumentTo
from contracts.envelope import EVENTS, Received, event
from contracts.followup.events import (
    VisitMerged,
    VisitParted,
    VisitPlanned,
    VisitReleased,
    VisitRescheduled,
    VisitSuppressed,
)
from contracts.sales.events import OrderCancelled, OrderSigned, VehicleDelivered
from contracts.workshop.events import (
    RepairOrderKmCorrected,
    RepairOrderOpened,
    RepairSettled,
    SettlementVoided,
    VehicleReturned,
)
from services.customer.view.models import Glance
from services.customer.view.rules.glance import AT, DOCUMENT, FACTS, STORE, Fact, Listed, Newest, Number, Soonest, Total
from services.customer.view.usecases import folding, timeline
from services.customer.view.usecases.timeline import Told
from tests.integration.customer.conftest import NOW, Desk
from tests.integration.customer.joining import merge, split, undo
from tests.integration.customer.test_timeline import Inside, play
from tests.support.events import made, received, twice_shuffled
from tests.support.examples import examples

HOUR = timedelta(hours=1)

BEGUN, CHANGED, ENDED = "begun", "changed", "ended"


class Thing(NamedTuple):
    """Something that happened to a document, as the generator writes it: what, and what it tells."""

    what: str
    document: int
    worth: int
    due: int


class Planted(NamedTuple):
    """Events that no service tells."""

    begun: Any
    changed: Any
    ended: Any

    def of(self, customer: UUID, told: Sequence[Thing], *, things: Sequence[UUID]) -> list[Received[Any]]:
        """These happen one after the other, an hour apart; each is the next version of its document."""
        versions: dict[int, int] = {}
        heard = []
        for hour, one in enumerate(told):
            version = versions[one.document] = versions.get(one.document, 0) + 1
            more = {} if one.what == ENDED else {"worth_fen": one.worth, "due_at": _due(one)}
            told_of = made(getattr(self, one.what), customer_id=customer, **more, fee_fen=one.worth % 7)
            at, thing, store = NOW + hour * HOUR, things[one.document], "HN" if one.worth % 2 else "FT"
            heard.append(received(told_of, occurred_at=at, subject_id=thing, subject_version=version, store_id=store))
        return heard


def _due(one: Thing) -> datetime:
    return NOW + one.due * HOUR


@pytest.fixture
def planted() -> Iterator[Planted]:
    """A thing is begun, changed and ended; facts that are made of it; nothing of what the house tells."""

    @event(producer="sales", name="thing_begun", version=1, subject="thing")
    class Begun:
        customer_id: UUID
        worth_fen: int
        due_at: datetime
        fee_fen: int

    @event(producer="sales", name="thing_changed", version=1, subject="thing")
    class Changed:
        customer_id: UUID
        worth_fen: int
        due_at: datetime
        fee_fen: int

    @event(producer="sales", name="thing_ended", version=1, subject="thing")
    class Ended:
        customer_id: UUID
        fee_fen: int

    events = Planted(Begun, Changed, Ended)
    facts = (
        Fact(
            opens=(Begun,),
            replaces=(Changed,),
            closes=(Ended,),
            makes={
                "open_orders": Number(),
                "spent_fen": Total("worth_fen"),
                "sold_at": Newest(AT),
                "sold_store_id": Newest(STORE),
                "last_score": Newest("worth_fen"),
                "next_visit_at": Soonest("due_at", by="due_at"),
                "open_repair_orders": Listed({"it": DOCUMENT, "worth": "worth_fen", "since": AT}),
            },
        ),
        Fact(opens=(Ended,), makes={"service_visits": Number(), "spent_fen": Total("fee_fen")}),
        Fact(opens=(Begun, Ended), makes={"open_visits": Number(), "last_contact_at": Newest(AT)}),
    )
    with pytest.MonkeyPatch.context() as patch:
        for one in events:
            patch.setitem(timeline.TOLD, one, Told(tuple({"worth_fen", "due_at", "fee_fen"} & set(one.__slots__))))
        patch.setattr(folding, "FOLD", folding.statement(facts))
        yield events
    for one in events:
        del EVENTS[one.declaration.name, 1]


def expected(told: Sequence[Thing], things: Sequence[UUID]) -> dict[str, Any]:
    """The glance by the words of the table, reckoned document by document."""
    standing, ended, met = [], [], []
    for document, thing in enumerate(things):
        his = [(hour, one) for hour, one in enumerate(told) if one.document == document]
        deciding = [(hour, one) for hour, one in his if one.what != CHANGED]
        if not deciding:
            continue
        hour, last = deciding[-1]
        met.append(hour)
        if last.what == BEGUN:
            said = [one for _, one in his if one.what != ENDED][-1]
            standing.append((hour, str(thing), "HN" if last.worth % 2 else "FT", said))
        if endings := [one for _, one in his if one.what == ENDED]:
            ended.append(endings[-1])
    newest = max(standing, default=None)
    return {
        "open_orders": len(standing),
        "spent_fen": sum(said.worth for *_, said in standing) + sum(one.worth % 7 for one in ended),
        "sold_at": NOW + newest[0] * HOUR if newest else None,
        "sold_store_id": newest[2] if newest else None,
        "last_score": newest[3].worth if newest else None,
        "next_visit_at": min((_due(said) for *_, said in standing), default=None),
        "open_repair_orders": [(thing, str(said.worth)) for _, thing, _, said in sorted(standing)],
        "service_visits": len(ended),
        "open_visits": len(met),
        "last_contact_at": NOW + max(met) * HOUR if met else None,
    }


def kept(desk: Desk, customer: UUID) -> dict[str, Any]:
    """The glance as it is kept, of it what the planted rows make."""
    rows = desk.rows("SELECT * FROM glance WHERE customer_id = :id", id=customer)
    if not rows:
        return expected([], [])
    found = {name: rows[0][name] for name in expected([], [])}
    return found | {"open_repair_orders": [(one["it"], one["worth"]) for one in found["open_repair_orders"]]}


THINGS = st.builds(
    Thing, st.sampled_from((BEGUN, CHANGED, ENDED)), st.integers(0, 2), st.integers(1, 50), st.integers(0, 90)
)


class _Enough(Exception):
    """Seen; take it back."""


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.lists(THINGS, min_size=1, max_size=9), seed=st.integers(0, 2**32), batch=st.integers(1, 8))
def test_whatever_begins_changes_and_ends_shuffled_and_twice_gives_what_the_table_says(
    desk, planted, told, seed, batch
):
    customer, things = uuids.uuid7(), [uuids.uuid7() for _ in range(3)]
    events = planted.of(customer, told, things=things)
    with contextlib.suppress(_Enough), desk.transaction() as session:
        inside = Inside(desk.database, session)
        play(inside, twice_shuffled(events, seed=seed), batch=batch)
        assert kept(inside, customer) == expected(told, things)
        raise _Enough


ONE = [Thing(BEGUN, 0, 7, 10), Thing(CHANGED, 0, 9, 4), Thing(BEGUN, 1, 4, 30)]
OTHER = [Thing(BEGUN, 2, 5, 3), Thing(ENDED, 2, 6, 0), Thing(BEGUN, 2, 8, 2), Thing(BEGUN, 3, 20, 1)]


@pytest.mark.parametrize("seed", range(4))
def test_a_merge_shows_what_stands_of_both_and_its_undoing_each_his_own(desk, planted, seed):
    """Heard before, between and after; what was written for the survivor since goes where it is listed."""
    survivor, loser = desk.register().customer_id, desk.register().customer_id
    things = [uuids.uuid7() for _ in range(5)]
    his, the_other = planted.of(survivor, ONE, things=things), planted.of(loser, OTHER, things=things)
    since = planted.of(survivor, [Thing(BEGUN, 4, 100, 50)], things=things)
    events = twice_shuffled([*his, *the_other], seed=seed)
    play(desk, events[:5], batch=3)
    done = merge(desk, [loser], into=survivor)
    play(desk, events[5:], batch=3)
    play(desk, since)
    together = kept(desk, survivor)
    assert (together["open_orders"], together["spent_fen"]) == (5, 9 + 4 + 8 + 6 % 7 + 20 + 100)
    given_back = [DocumentTo("thing", things[4], loser)]
    undo(desk, done.merge_id, documents=given_back)
    play(desk, planted.of(survivor, [Thing(BEGUN, 4, 100, 50), Thing(CHANGED, 4, 60, 50)], things=things)[1:])
    assert kept(desk, survivor) == expected(ONE, things)
    theirs = kept(desk, loser)
    assert (theirs["open_orders"], theirs["spent_fen"]) == (3, 8 + 6 % 7 + 20 + 60)


@pytest.mark.parametrize("seed", range(4))
def test_after_a_split_each_document_counts_where_it_went_whenever_it_is_told(desk, planted, seed):
    customer, things = desk.register().customer_id, [uuids.uuid7() for _ in range(2)]
    events = planted.of(customer, ONE, things=things)
    play(desk, events[:1])
    second = split(desk, customer, "李雷", documents=[DocumentGiven("thing", things[0])])
    play(desk, twice_shuffled(events, seed=seed), batch=2)
    assert kept(desk, second) == expected(ONE[:2], things)
    assert kept(desk, customer)["open_repair_orders"] == [(str(things[1]), "4")]


def test_emptied_and_heard_again_the_glance_is_the_same(desk, planted):
    customer, things = uuids.uuid7(), [uuids.uuid7() for _ in range(4)]
    events = planted.of(customer, [*ONE, *OTHER], things=things)
    play(desk, events)
    before = desk.rows("SELECT * FROM glance WHERE customer_id = :id", id=customer)
    with desk.transaction() as session:
        for table in ("timeline_entry", "glance"):
            session.execute(text(f"DELETE FROM {table} WHERE customer_id = :id"), {"id": customer})
        ids = [one.id for one in events]
        session.execute(text("DELETE FROM inbox WHERE event_id = ANY(:ids)"), {"ids": ids})
    play(desk, list(reversed(events)), batch=4)
    assert desk.rows("SELECT * FROM glance WHERE customer_id = :id", id=customer) == before


@pytest.mark.parametrize("told", [(BEGUN, ENDED), (BEGUN, CHANGED)])
@pytest.mark.parametrize("backwards", [False, True])
def test_of_one_version_what_ends_or_replaces_holds(desk, planted, told, backwards):
    customer, things = uuids.uuid7(), [uuids.uuid7()]
    events = [planted.of(customer, [Thing(what, 0, worth, 9)], things=things)[0] for worth, what in enumerate(told, 5)]
    play(desk, list(reversed(events)) if backwards else events)
    seen = kept(desk, customer)
    assert (seen["open_orders"], seen["spent_fen"]) == ((0, 6) if ENDED in told else (1, 6))


# -- the house's own table ----------------------------------------------------------------------------------


def test_every_column_of_the_glance_is_made_and_only_sums_by_several_rows():
    made_by: dict[str, list[Any]] = {}
    for fact in FACTS:
        for column, how in fact.makes.items():
            made_by.setdefault(column, []).append(how)
    assert set(made_by) | {"customer_id"} == set(Glance.__table__.c.keys())
    assert all(isinstance(one, Number | Total) for hows in made_by.values() if len(hows) > 1 for one in hows)


def test_the_line_of_every_event_that_opens_or_replaces_holds_what_is_made_of_it():
    for fact in FACTS:
        for heard in (*fact.opens, *fact.replaces):
            lines = timeline.TOLD[heard]
            held = {*lines.shows, *(lines.more(made(heard)) if lines.more else ()), AT, STORE, DOCUMENT}
            for how in fact.makes.values():
                match how:
                    case Total(field) | Newest(field):
                        wanted = {field}
                    case Soonest(field, by):
                        wanted = {field, by}
                    case Listed(fields):
                        wanted = set(fields.values())
                    case Number():
                        wanted = set()
                assert wanted <= held, heard


def repair(customer: UUID, told: Sequence[tuple[int, Any]], *, ro: UUID | None = None) -> list[Received[Any]]:
    """What happens to a repair order, each with its version, a day apart."""
    subject = ro or uuids.uuid7()
    return [
        received(
            made(type(one), customer_id=customer, **_told(one)),
            occurred_at=NOW + version * 24 * HOUR,
            subject_id=subject,
            subject_version=version,
        )
        for version, one in told
    ]


def _told(payload: Any) -> dict[str, Any]:
    return {name: getattr(payload, name) for name in payload.__slots__ if name != "customer_id"}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_settlement_replaces_the_former_one_of_its_order(desk, order):
    """The second is lower; whichever is heard first, and however often."""
    customer = desk.register().customer_id
    events = [
        *repair(
            customer,
            [
                (7, made(RepairSettled, total_fen=900, by_pay_type={"CUSTOMER": 700, "WARRANTY": 200})),
                (9, made(RepairSettled, total_fen=600, by_pay_type={"CUSTOMER": 500, "WARRANTY": 100})),
            ],
        ),
        *repair(customer, [(7, made(RepairSettled, total_fen=40, by_pay_type={"CUSTOMER": 40}))]),
    ]
    play(desk, [events[place] for place in (*order, *order)])
    assert desk.view(customer).glance.spent_fen == 540


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_of_an_order_whose_settlement_was_voided_the_customer_has_spent_nothing_until_it_is_made_anew(desk, order):
    customer, subject = desk.register().customer_id, uuids.uuid7()
    events = repair(
        customer,
        [
            (7, made(RepairSettled, total_fen=900, by_pay_type={"CUSTOMER": 700, "WARRANTY": 200})),
            (8, made(SettlementVoided, total_fen=900)),
            (9, made(RepairSettled, total_fen=900, by_pay_type={"CUSTOMER": 300, "GOODWILL": 600})),
        ],
        ro=subject,
    )
    until_then = [events[place] for place in (*order, *order) if place != 2]
    play(desk, until_then)
    assert desk.view(customer).glance.spent_fen == 0
    play(desk, [events[place] for place in (*order, *order)])
    assert desk.view(customer).glance.spent_fen == 300


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_corrected_reading_replaces_what_its_order_told_and_is_no_newer_for_it(desk, order):
    customer, mistyped = desk.register().customer_id, uuids.uuid7()
    first, corrected = repair(
        customer,
        [(1, made(RepairOrderOpened, km=50_000)), (9, made(RepairOrderKmCorrected, km=5_000, told_km=50_000))],
        ro=mistyped,
    )
    play(desk, [first])
    assert desk.view(customer).glance.last_km == 50_000
    (later,) = repair(customer, [(3, made(VehicleReturned, km=5_300))])
    events = [first, corrected, later]
    play(desk, [events[place] for place in (*order, *order)])
    assert desk.view(customer).glance.last_km == 5_300
    play(
        desk, repair(customer, [(4, made(RepairOrderKmCorrected, km=5_200, told_km=5_300))], ro=UUID(later.subject.id))
    )
    assert desk.view(customer).glance.last_km == 5_200


@pytest.mark.parametrize("ends", [VehicleDelivered, OrderCancelled], ids=["delivered", "cancelled"])
def test_an_order_is_open_from_its_signature_to_its_end(desk, ends):
    customer, order = desk.register().customer_id, uuids.uuid7()
    signed = received(made(OrderSigned, customer_id=customer), subject_id=order, subject_version=2)
    told = made(ends, customer_id=customer, **({"vin": "LSGDC82C72E867257"} if ends is VehicleDelivered else {}))
    ended = received(told, subject_id=order, subject_version=6)
    for heard, open_orders in ((signed, 1), (ended, 0), (signed, 0)):
        play(desk, [heard])
        assert desk.view(customer).glance.open_orders == open_orders


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_visit_that_another_stands_for_alerts_nobody_until_it_is_made_by_itself(desk, order):
    customer, visit = desk.register().customer_id, uuids.uuid7()
    his: dict[str, Any] = {"customer_id": customer, "purpose": "SERVICE_D3"}
    told = [
        made(VisitPlanned, **his, due_at=NOW),
        made(VisitMerged, **his),
        made(VisitParted, **his, due_at=NOW - HOUR),
        made(VisitMerged, **his),
    ]
    events = [received(one, subject_id=visit, subject_version=version) for version, one in enumerate(told, 1)]

    def alerted() -> bool:
        return "OPEN_VISIT_DUE" in [alert.code for alert in desk.view(customer).alerts]

    play(desk, events[:1])
    assert alerted()
    play(desk, [events[place] for place in (*order, *order)])
    glance = desk.view(customer).glance
    assert (glance.open_visits, glance.next_visit_at, alerted()) == (1, NOW - HOUR, True)
    play(desk, events[3:])
    assert (desk.view(customer).glance.open_visits, alerted()) == (0, False)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_told_of_a_visit_goes_where_its_document_went_before_and_after(desk, seed):
    """Its suppression may be heard before its plan, the split between the two, and its release last of all."""
    customer, order, visit = desk.register().customer_id, uuids.uuid7(), uuids.uuid7()
    his: dict[str, Any] = {"customer_id": customer, "trigger_type": "order", "trigger_id": order}
    due: dict[str, Any] = {"purpose": "SURVEY", "due_at": NOW + 48 * HOUR}
    signed = received(made(OrderSigned, customer_id=customer), subject_id=order, subject_version=2)
    told = [
        made(VisitPlanned, **his, **due),
        made(VisitSuppressed, **his, **due),
        made(VisitReleased, **his, **due),
        made(VisitRescheduled, **his, **due | {"due_at": NOW + 72 * HOUR}),
    ]
    events = [received(one, subject_id=visit, subject_version=version) for version, one in enumerate(told, 1)]
    order_heard = twice_shuffled(events, seed=seed)
    play(desk, [signed, *order_heard[:seed]])
    second = split(desk, customer, "李雷", documents=[DocumentGiven("order", order)])
    play(desk, order_heard[seed:])
    lines = "SELECT customer_id FROM timeline_entry WHERE source_id = ANY(:ids)"
    found = {row["customer_id"] for row in desk.rows(lines, ids=[str(order), str(visit)])}
    assert found == {second}
    glance = desk.view(second).glance
    assert (glance.open_visits, glance.next_visit_at) == (1, NOW + 72 * HOUR)
    assert desk.view(customer).glance.open_visits == 0
