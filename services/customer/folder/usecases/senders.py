"""Full numbers and addresses for a service that reaches customers: judged, given and told of in one transaction (R62).

What cannot be told of is not given. Whoever withdraws his consent, is erased or merged at the same moment is waited
for, so that nothing is given after it was recorded that it must not be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis.store.outbox import Fact, record_all
from contracts.access import Scope
from contracts.customer.events import ContactShown
from contracts.customer.operations import Channel
from contracts.customer.senders import NotReached, RevealedToSender, RevealToSender, ToReach, WhereToReach
from contracts.picked import picked
from services.customer.folder.models import Consent
from services.customer.folder.rules.consents import may_reach
from services.customer.record.rules.reaching import ways_of
from services.customer.record.rules.record import ERASED

_consents: Any = Consent.__table__

_THEIRS = text(
    """
    SELECT asked.id AS asked_id, c.id, c.name, c.title, c.mobile, c.phones, c.email, c.addresses, c.preferences,
           c.status, c.store_id
      FROM customer asked JOIN customer c ON c.id = coalesce(asked.merged_into, asked.id)
     WHERE asked.id = ANY(:ids)
    """
)
_HOLD = text("SELECT FROM customer WHERE id = ANY(:ids) ORDER BY id FOR SHARE")


def reveal_to_sender(session: Session, asked: RevealToSender, *, scope: Scope, now: datetime) -> RevealedToSender:
    """Where each is reached by the channel that was asked for, or why he is not to be; what is given is told."""
    records = _held(session, {one.customer_id for one in asked.to_reach})
    decided = _decided(session, {record.id for record in records.values()})
    items, facts = [], []
    for one in asked.to_reach:
        record: Any = records.get(one.customer_id)
        found = _judged(one, record, decided)
        if isinstance(found, NotReached):
            items.append(WhereToReach(one.customer_id, one.document_id, refused=found))
            continue
        items.append(WhereToReach(one.customer_id, one.document_id, None, record.name, record.title, found))
        facts.append(_shown(one, record, sender=scope.staff_id, at=now))
    record_all(session, facts)
    return RevealedToSender(items)


def _held(session: Session, customer_ids: Iterable[UUID]) -> dict[UUID, Any]:
    """The records in which these customers live, by whom was asked for; nobody changes them until the end."""
    asked = sorted(customer_ids)
    held: set[UUID] = set()
    while True:
        found = session.execute(_THEIRS, {"ids": asked}).all()
        ids = {one for row in found for one in (row.asked_id, row.id)}
        if ids <= held:
            return {row.asked_id: row for row in found}
        session.execute(_HOLD, {"ids": sorted(ids)})
        held = ids


def _decided(session: Session, customer_ids: Iterable[UUID]) -> dict[UUID, Sequence[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in session.execute(select(_consents).where(_consents.c.customer_id.in_(customer_ids))):
        found[row.customer_id].append(row)
    return dict(found)


def _judged(one: ToReach, record: Any, decided: dict[UUID, Sequence[Any]]) -> str | NotReached:
    """Where he is reached, or why not."""
    if record is None:
        return NotReached.NOT_REGISTERED
    if record.status == ERASED:
        return NotReached.ERASED
    if one.channel is Channel.CALL and record.preferences.get("do_not_call"):
        return NotReached.DO_NOT_CALL
    if not may_reach(decided.get(record.id, ()), one.purpose, one.channel):
        return NotReached.NO_CONSENT
    ways = ways_of(mobile=record.mobile, phones=record.phones, email=record.email, addresses=record.addresses)
    return ways.get(one.channel, NotReached.NO_WAY)


def _shown(one: ToReach, record: Any, *, sender: str, at: datetime) -> Fact:
    shown_id = uuids.uuid7()
    return Fact(
        event=picked(ContactShown, one, shown_id=shown_id, customer_id=record.id, sender=sender),
        subject_id=shown_id,
        subject_version=1,
        store_id=record.store_id,
        occurred_at=at,
    )
