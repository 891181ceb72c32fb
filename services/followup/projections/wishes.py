"""What customers wish of being called, out of customer's events, and the visits that follow it (R12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from chassis.outbox import Fact, record_all
from chassis.rows import insert_all
from contracts.customer.events import CustomerConsentChanged, CustomerPreferencesChanged
from contracts.customer.operations import Channel
from contracts.envelope import Received
from contracts.followup import events
from contracts.followup.operations import SuppressedBecause, VisitStatus
from services.followup.models import OPEN, Visit, Wish
from services.followup.occasions import consent_for
from services.followup.rules import NOT_TO_BE_CALLED, suppressed_because

_wish: Any = Wish.__table__
_LOCK = text(
    """
    SELECT pg_advisory_xact_lock(hashtextextended(customer::text, 3))
      FROM (SELECT customer FROM unnest(CAST(:customers AS uuid[])) AS customer ORDER BY customer) in_one_order
    """
)
"""Planning a visit and hearing a wish of the same customer wait for each other, so that neither misses the other."""

_OF_CUSTOMERS = text(
    """
    SELECT owner.customer_id, w.about, w.channel, w.allowed, w.at, w.customer_id = owner.customer_id AS his_own
      FROM (SELECT customer_id, customer_id AS wished_by FROM unnest(CAST(:customers AS uuid[])) AS customer_id
             UNION SELECT survivor_id, customer_id FROM customer_alias
             WHERE survivor_id = ANY(CAST(:customers AS uuid[]))) owner
      JOIN wish w ON w.customer_id = owner.wished_by
     ORDER BY owner.customer_id, w.about, w.channel, w.customer_id
    """
)
_LIVE_ON = text(
    """
    SELECT customer_id, survivor_id FROM customer_alias
     WHERE customer_id = ANY(CAST(:customers AS uuid[])) AND survivor_id <> customer_id
    """
)

_NEVER = datetime.min.replace(tzinfo=UTC)

_NEWER = """
    (customer_id, about, channel) DO UPDATE SET allowed = excluded.allowed, at = excluded.at, version = excluded.version
     WHERE (excluded.version, excluded.at) > (known.version, known.at)
        OR ((excluded.version, excluded.at) = (known.version, known.at) AND NOT excluded.allowed)
"""


def keep(session: Session, received: Sequence[Received[Any]]) -> None:
    """Keep what the customers wish, the newest of each thing, and follow it; in whatever order it is heard."""
    newest: dict[tuple[UUID, str, str], dict[str, Any]] = {}
    heard: dict[UUID, datetime] = {}
    for event in sorted(received, key=lambda event: event.occurred_at):
        row = _row(event)
        key = (row["customer_id"], row["about"], row["channel"])
        if key not in newest or _age(row) > _age(newest[key]):
            newest[key] = row
        heard[row["customer_id"]] = event.occurred_at
    session.execute(_LOCK, {"customers": sorted(heard)})
    insert_all(session, _wish, [newest[key] for key in sorted(newest)], on_conflict=_NEWER)
    for told_of, survivor in session.execute(_LIVE_ON, {"customers": list(heard)}).all():
        heard[survivor] = max(heard.pop(told_of), heard.get(survivor, _NEVER))
    follow(session, heard)


def follow(session: Session, moments: Mapping[UUID, datetime]) -> None:
    """Suppress or release the open visits of these customers, as they wish; by customer, when what was heard happened.

    Called after everything that may change it: a wish, a planned visit, a merge of records.
    """
    session.execute(_LOCK, {"customers": sorted(moments)})
    _suppress_or_release(session, moments)


def follow_planned(session: Session, moments: Mapping[UUID, datetime]) -> None:
    """As `follow`, after visits were planned: who never wished anything has nothing to follow."""
    session.execute(_LOCK, {"customers": sorted(moments)})
    if wished := of_customers(session, moments):
        _suppress_or_release(session, {customer: moments[customer] for customer in wished})


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


def _suppress_or_release(session: Session, moments: Mapping[UUID, datetime]) -> None:
    wished = of_customers(session, moments)
    suppressed = Visit.status == VisitStatus.SUPPRESSED
    visits = session.scalars(
        select(Visit)
        # suppressed ones also of those without a wish: they may have come back from a merged record (E8)
        .where((Visit.customer_id.in_(moments) & suppressed) | (Visit.customer_id.in_(wished) & Visit.status.in_(OPEN)))
        .order_by(Visit.due_at, Visit.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    facts = []
    for visit in visits:
        because = suppressed_because(wished[visit.customer_id], purpose=consent_for(visit.purpose))
        if (told := _move(visit, because)) is not None:
            facts.append(_fact(visit, told, at=moments[visit.customer_id]))
    record_all(session, facts)


def _move(visit: Visit, because: SuppressedBecause | None) -> events.VisitSuppressed | events.VisitReleased | None:
    """The visit as it has to be; what there is to tell of it, if anything."""
    told: dict[str, Any] = {
        "visit_id": visit.id,
        "customer_id": visit.planned_for,
        "purpose": visit.purpose,
        "due_at": visit.due_at,
    }
    if because is None and visit.status is VisitStatus.SUPPRESSED:
        visit.release()
        return events.VisitReleased(**told)
    if because is not None and visit.status is not VisitStatus.SUPPRESSED:
        visit.suppress(because=because)
        return events.VisitSuppressed(**told, reason=because)
    if because is not None:
        visit.suppressed_because = because
    return None


def _fact(visit: Visit, told: Any, *, at: datetime) -> Fact:
    return Fact(event=told, subject_id=visit.id, subject_version=visit.version, store_id=visit.store_id, occurred_at=at)


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
        }
    return {
        "customer_id": told.customer_id,
        "about": told.purpose,
        "channel": told.channel,
        "allowed": told.allowed,
        "at": told.at,
        "version": 0,
    }


def _age(row: Mapping[str, Any]) -> tuple[int, datetime, bool]:
    """What tells the newer of two wishes about one thing."""
    return row["version"], row["at"], not row["allowed"]
