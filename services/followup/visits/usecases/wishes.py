"""What customers wish of being asked, out of customer's events, and the visits that follow it (R12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, exists, select, text
from sqlalchemy.orm import Session, aliased

from chassis.organisation import stores
from chassis.organisation.calendar import Calendar
from chassis.process.clock import LOCAL
from chassis.store import policies, turns
from chassis.store.outbox import Cause, Fact, record_all
from chassis.store.rows import insert_all
from contracts.customer.events import CustomerConsentChanged, CustomerPreferencesChanged
from contracts.customer.operations import Channel
from contracts.envelope import Event, Received
from contracts.followup import events
from contracts.followup.operations import VisitStatus
from contracts.picked import picked
from services.followup.visits.models import MOVABLE, OPEN, Visit, Wish
from services.followup.visits.occasions import occasion_of
from services.followup.visits.rules import ERASED, NOT_TO_BE_CALLED, AtStore, Way, visiting_time, way_to_ask
from services.followup.visits.usecases import visit_tasks

_wish: Any = Wish.__table__
_OF_CUSTOMERS = text(
    """
    SELECT owner.customer_id, w.about, w.channel, w.allowed, w.at, w.preferred, w.from_hour, w.to_hour,
           w.customer_id = owner.customer_id AS his_own
      FROM (SELECT customer_id, customer_id AS wished_by FROM unnest(CAST(:customers AS uuid[])) AS customer_id
             UNION SELECT survivor_id, customer_id FROM customer_alias
             WHERE survivor_id = ANY(CAST(:customers AS uuid[]))) owner
      JOIN wish w ON w.customer_id = owner.wished_by
     ORDER BY owner.customer_id, w.about, w.channel, w.customer_id
    """
)
_FORGET = text(
    """
    DELETE FROM wish w USING wish mark
     WHERE w.customer_id = ANY(CAST(:customers AS uuid[])) AND w.about <> mark.about
       AND mark.customer_id = w.customer_id AND mark.about = :erased
    """
)
_LIVE_ON = text(
    """
    SELECT customer_id, survivor_id FROM customer_alias
     WHERE customer_id = ANY(CAST(:customers AS uuid[])) AND survivor_id <> customer_id
    """
)

_made: Any = aliased(Visit)
_ANSWERED = exists().where(
    _made.id == Visit.made_with, _made.status == VisitStatus.COMPLETED, _made.customer_id == Visit.customer_id
)
"""A visit that another one stood for when that was made."""

_NEWER = """
    (customer_id, about, channel) DO UPDATE
       SET allowed = excluded.allowed, at = excluded.at, version = excluded.version,
           preferred = excluded.preferred, from_hour = excluded.from_hour, to_hour = excluded.to_hour
     WHERE (excluded.version, excluded.at) > (known.version, known.at)
        OR ((excluded.version, excluded.at) = (known.version, known.at) AND NOT excluded.allowed)
"""


TRIED_WITHIN = timedelta(days=10)
"""How long a store may be closed before one who did not answer is tried again while it is."""


class Plan(NamedTuple):
    """How and when a visit is to be made."""

    way: Way
    due_at: datetime


def keep(session: Session, received: Sequence[Received[Any]]) -> dict[UUID, Received[Any]]:
    """Keep what the customers wish, the newest of each thing, and follow it; in whatever order it is heard.

    Returns the customers whose visits changed, each with what was heard.
    """
    newest: dict[tuple[UUID, str, str], dict[str, Any]] = {}
    heard: dict[UUID, Received[Any]] = {}
    for event in sorted(received, key=lambda event: event.occurred_at):
        row = _row(event)
        key = (row["customer_id"], row["about"], row["channel"])
        if key not in newest or _age(row) > _age(newest[key]):
            newest[key] = row
        heard[row["customer_id"]] = event
    lock(session, heard)
    insert_all(session, _wish, [newest[key] for key in sorted(newest)], on_conflict=_NEWER)
    forget(session, heard)
    for told_of, survivor in session.execute(_LIVE_ON, {"customers": list(heard)}).all():
        told = heard.pop(told_of)
        heard[survivor] = max(told, heard.get(survivor, told), key=lambda event: event.occurred_at)
    return follow(session, heard)


def lock(session: Session, customers: Collection[UUID]) -> None:
    """Planning a visit and hearing a wish of one customer wait for each other, so that neither misses the other."""
    turns.take(session, "wishes", customers)


def forget(session: Session, customers: Collection[UUID]) -> None:
    """Of those of these who were erased nothing stays but the mark."""
    session.execute(_FORGET, {"customers": list(customers), "erased": ERASED})


def follow(session: Session, heard: Mapping[UUID, Received[Any]]) -> dict[UUID, Received[Any]]:
    """Let the visits of these customers be as they wish; by customer, the newest event that was heard of it.

    Open visits are suppressed, released, and made at another time or by another channel; one that has fallen due
    keeps its time, and one that was answered with another is over. Called after everything that may change it: a wish,
    a merge of records. Returns the customers whose visits changed, each with what was heard.
    """
    lock(session, heard)
    visits = session.scalars(
        select(Visit)
        # also of those without a wish: their visits may follow one of a record that is their own again (E8)
        .where(Visit.customer_id.in_(heard), Visit.status.in_((*OPEN, VisitStatus.SUPPRESSED)), ~_ANSWERED)
        .order_by(Visit.due_at, Visit.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    facts, changed = [], {}
    had_tasks = [visit for visit in visits if visit_tasks.is_to_be_made(visit)]
    for visit, plan in zip(visits, plans(session, visits), strict=True):
        before, because = visit.version, heard[visit.customer_id]
        if (told := _follow(visit, plan)) is not None:
            facts.append(fact(visit, told, at=because.occurred_at, cause=Cause.of(because)))
        if visit.version != before:
            changed[visit.customer_id] = because
    record_all(session, facts)
    if had_tasks:
        visit_tasks.follow(session, had_tasks, at=max(event.occurred_at for event in heard.values()))
    return changed


def plans(session: Session, visits: Sequence[Visit]) -> list[Plan]:
    """How and when each of these visits is to be made: by its customer's wishes, store, and the policy of its trigger.

    They are locked before, so that nobody plans them by other ones meanwhile.
    """
    if not visits:
        return []
    wished = of_customers(session, [visit.customer_id for visit in visits])
    calendars = stores.calendars(session, {visit.store_id for visit in visits})
    occasions = [occasion_of(visit.purpose) for visit in visits]
    values = iter(
        policies.resolve_all(
            session,
            [
                policies.Asked(occasion.policy, visit.store_id, visit.triggered_at)
                for visit, occasion in zip(visits, occasions, strict=True)
                if occasion is not None
            ],
        )
    )
    made = []
    for visit, occasion in zip(visits, occasions, strict=True):
        way = way_to_ask(wished[visit.customer_id], purpose=occasion.consent if occasion else None)
        if occasion is None:  # a purpose of former times
            made.append(Plan(way, visit.due_at))
        else:
            store = calendars.get(visit.store_id)
            due_at = occasion.due_at(triggered_at=visit.triggered_at, value=next(values), way=way, store=store)
            made.append(Plan(way, max(due_at, _again_at(visit, way=way, store=store) or due_at)))
    return made


def _again_at(visit: Visit, *, way: Way, store: Calendar | None) -> datetime | None:
    """When one that nobody answered is due again: at the first hour for asking from when he may be tried on (C12)."""
    if visit.not_before is None:
        return None
    at_store = AtStore(store.openings, visit.not_before) if store is not None else None
    latest = visit.not_before + TRIED_WITHIN
    return visiting_time(visit.not_before, latest=latest, zone=LOCAL, way=way, store=at_store)


def of_planned(session: Session, customers: Collection[UUID]) -> dict[UUID, list[Any]]:
    """The wishes of customers whose visits are about to be planned; until the transaction ends, they do not change."""
    lock(session, customers)
    return of_customers(session, customers)


def of_customers(reader: Session | Connection, customers: Collection[UUID]) -> dict[UUID, list[Any]]:
    """The wishes of each of these customers, and of those whose records live on in theirs (E8).

    Of being called at all his own word goes before that of the others.
    """
    found: dict[UUID, list[Any]] = defaultdict(list)
    if customers:
        for row in reader.execute(_OF_CUSTOMERS, {"customers": sorted(set(customers))}):
            found[row.customer_id].append(row)
    return defaultdict(list, {customer: _his_own_first(said) for customer, said in found.items()})


def _his_own_first(said: list[Any]) -> list[Any]:
    about_calls = [wish for wish in said if wish.about == NOT_TO_BE_CALLED]
    if not any(wish.his_own for wish in about_calls):
        return said
    return [wish for wish in said if wish.his_own or wish.about != NOT_TO_BE_CALLED]


def _follow(visit: Visit, plan: Plan) -> Event | None:
    """The visit as it has to be; what there is to tell of it, if anything."""
    way, due_at = plan
    if way.because is not None and visit.status is VisitStatus.SUPPRESSED:
        visit.suppressed_because = way.because
        visit.reschedule(due_at=due_at, channel=way.channel)
        return None
    if way.because is not None:
        visit.suppress(because=way.because, due_at=due_at)
        return suppressed(visit)
    if visit.status is VisitStatus.SUPPRESSED:
        visit.release(due_at=due_at, channel=way.channel)
        return picked(events.VisitReleased, visit, visit_id=visit.id, customer_id=visit.planned_for)
    if visit.reschedule(due_at=due_at if visit.status in MOVABLE else visit.due_at, channel=way.channel):
        return rescheduled(visit)
    return None


def suppressed(visit: Visit) -> events.VisitSuppressed:
    """That nobody is to ask the customer, and why."""
    return picked(
        events.VisitSuppressed,
        visit,
        visit_id=visit.id,
        customer_id=visit.planned_for,
        reason=visit.suppressed_because or "",
    )


def rescheduled(visit: Visit) -> events.VisitRescheduled:
    """That the visit is made at another time or by another channel."""
    return picked(events.VisitRescheduled, visit, visit_id=visit.id, customer_id=visit.planned_for)


def fact(visit: Visit, told: Event, *, at: datetime, cause: Cause | None = None) -> Fact:
    """What is told of the visit as it is now."""
    return Fact(
        event=told,
        subject_id=visit.id,
        subject_version=visit.version,
        store_id=visit.store_id,
        occurred_at=at,
        cause=cause,
    )


def _row(event: Received[CustomerConsentChanged | CustomerPreferencesChanged]) -> dict[str, Any]:
    told = event.payload
    if isinstance(told, CustomerPreferencesChanged):
        return {
            "customer_id": told.customer_id,
            "about": NOT_TO_BE_CALLED,
            "channel": Channel.CALL.value,
            "allowed": not told.do_not_call,
            "at": event.occurred_at,
            "version": told.version,
            "preferred": told.channel,
            "from_hour": told.from_hour,
            "to_hour": told.to_hour,
        }
    return {
        "customer_id": told.customer_id,
        "about": told.purpose,
        "channel": told.channel,
        "allowed": told.allowed,
        "at": told.at,
        "version": 0,
        "preferred": None,
        "from_hour": None,
        "to_hour": None,
    }


def _age(row: Mapping[str, Any]) -> tuple[int, datetime, bool]:
    """What tells the newer of two wishes about one thing."""
    return row["version"], row["at"], not row["allowed"]
