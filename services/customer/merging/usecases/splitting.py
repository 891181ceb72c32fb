"""Splitting: one record holds two customers, who shared a phone; the second gets a record of his own (E8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.customers import rekeying
from chassis.process import metrics
from chassis.store.outbox import Fact, record_all
from chassis.store.rows import insert_together
from contracts.access import Scope
from contracts.customer import events
from contracts.customer.events import DocumentMoved
from contracts.customer.merges import Split, SplitCustomer
from services.customer.merging.errors import FactNotHis
from services.customer.merging.usecases import joining
from services.customer.merging.usecases.joining import HOLDINGS, HUMAN, By, as_fact, parts_of
from services.customer.merging.usecases.undoing import moves, versioned
from services.customer.record.rules import phone
from services.customer.record.rules.gender import Gender
from services.customer.record.rules.given import Given, Typed
from services.customer.record.rules.names import Name
from services.customer.record.rules.record import Record, new_record
from services.customer.record.usecases import pairs, profiles
from services.customer.record.usecases.editing import to_change
from services.customer.record.usecases.identifying import lock
from services.customer.record.usecases.reading import read
from services.customer.record.usecases.records import Edit, inserts_of, update_records
from services.customer.record.usecases.subject_keys import keys_of
from services.customer.vehicles.models import PARTY
from services.customer.view.usecases import timeline

_HIS_VEHICLES = text(
    """
    SELECT vehicle_id, first_customer_id FROM vehicle_party
     WHERE customer_id = :customer_id AND vehicle_id = ANY(CAST(:vehicles AS uuid[]))
    """
)
_HIS_RECORDS = text("SELECT id FROM customer WHERE id = :customer_id OR merged_into = :customer_id")


class Parted(NamedTuple):
    """What the first one keeps, and what the second one gets."""

    first: Record
    second: Record


def split(session: Session, request: SplitCustomer, *, scope: Scope, now: datetime) -> Split:
    """Split it by the word of a human. Raises what `split_customer` raises."""
    by = By(scope.staff_id, scope.role, scope.stores[0] if scope.stores else "", now)
    split_id, second = split_customer(session, request, by=by)
    return Split(split_id, request.customer_id, second.id)


def split_customer(session: Session, request: SplitCustomer, *, by: By) -> tuple[UUID, Record]:
    """A new record with what is listed; the identifier of the change, and the new record.

    Raises CustomerNotFound, CustomerMerged, StaleVersion; NAME_INVALID; FactNotHis, DocumentNotHis.
    """
    before = to_change(session, request.customer_id, expected_version=request.expected_version)
    given = _named(request, before, by=by)
    first, second = _parted(before, request, given, by=by)
    lock(session, [first.facts(), second.facts()])
    whose = list(session.scalars(_HIS_RECORDS, {"customer_id": before.id}))
    asked = [(one.document_type, str(one.document_id), second.id) for one in request.documents]
    given_away = moves(session, asked, whose=whose, to=[second.id])
    documents = [one for one in given_away if one.document_type != PARTY]
    parties = _parties(session, request, before, second, given_away)
    store = by.store_id or before.store_id
    changed, changes = before.changed(
        {name: getattr(first, name) for name in ("mobile", "phones", "addresses", *_OF_CARD)}, at=by.at
    )
    edits = [Edit(before, changed, changes, "split", store)] if changes else []
    facts = update_records(session, edits, origin_staff_id=by.staff_id, department=by.department)
    profiled, its_profile = profiles.begun([second])
    insert_together(session, [*inserts_of([second]), profiled])
    rekeying.apply(session, rekeying.Change((), documents + parties), HOLDINGS)
    pairs.told_apart(session, [(before.id, second.id)], by=by.staff_id, store_id=store, at=by.at, reason=request.reason)
    split_id = uuids.uuid7()
    told = parts_of(
        [],
        documents,
        lambda lives_on, documents, part, parts: events.CustomerSplit(
            change_id=split_id,
            customer_id=before.id,
            new_id=second.id,
            lives_on=lives_on,
            documents=documents,
            part=part,
            parts=parts,
        ),
    )
    row = {"kind": "split", "survivor_id": before.id, "loser_ids": [second.id]}
    keys = keys_of(session, (before, second))
    snapshot = {"before": [keys.row(before)], "after": keys.row(changed), "new": keys.row(second), "collapsed": []}
    asked_for = joining.Asked(loser_ids=[second.id], reason=request.reason, rule=HUMAN)
    joining.keep(
        session, row, asked=asked_for, by=by, store=store, merge_id=split_id, parts=len(told), snapshot=snapshot
    )
    record_all(
        session,
        [
            _registered(second, store, by),
            *its_profile,
            *facts,
            *(as_fact(one, split_id, store=store, at=by.at) for one in told),
        ],
    )
    timeline.move(session, documents, whose=before.id)
    joining.fold(session, [before.id, second.id])
    metrics.SPLITS.inc()
    return split_id, second


_OF_CARD = ("id_number", "id18", "uscc", "organisation_code", "birth_date", "gender")


def _named(request: SplitCustomer, before: Record, *, by: By) -> Given:
    typed = Typed(
        name=request.name,
        kind=before.kind,
        id_number=(before.id_number or "") if request.card else "",
        organisation_number=(before.uscc or before.organisation_code or "") if request.card else "",
        gender=Gender(before.gender) if request.card and before.gender else None,
    )
    return read(typed, now=by.at)


def _parted(before: Record, request: SplitCustomer, given: Given, *, by: By) -> Parted:
    """Who has what; entries go over with their provenance. Raises FactNotHis."""
    moved = {_number(one) for one in request.phones}
    both = {_number(one) for one in request.shared_phones}
    numbers = {one["number"] for one in before.phones}
    if not moved | both <= numbers or moved & both:
        raise FactNotHis(field="phones")
    addresses = {" ".join(one.split()) for one in request.addresses}
    if not addresses <= {one["text"] for one in before.addresses}:
        raise FactNotHis(field="addresses")
    if request.card and before.id18 is None and before.uscc is None and before.organisation_code is None:
        raise FactNotHis(field="card")
    kept = [_shared(one, both) for one in before.phones if one["number"] not in moved]
    taken = [_shared(one, both) for one in before.phones if one["number"] in moved | both]
    first = replace(
        before,
        phones=kept,
        addresses=[one for one in before.addresses if one["text"] not in addresses],
        mobile=before.mobile if before.mobile not in moved else _first(kept),
        **(dict.fromkeys(_OF_CARD) if request.card else {}),  # type: ignore[arg-type]  # each of them may be unknown
    )
    fresh = new_record(
        given,
        customer_id=uuids.uuid7(),
        department=by.department,
        source="split",
        store_id=before.store_id,
        forced_reason=request.reason,
        at=by.at,
    )
    second = replace(
        fresh,
        title=given.name.title if isinstance(given.name, Name) else "",
        phones=taken,
        mobile=_first(taken),
        addresses=[one for one in before.addresses if one["text"] in addresses],
    )
    return Parted(first, second)


def _parties(
    session: Session, request: SplitCustomer, before: Record, second: Record, given_away: Sequence[DocumentMoved]
) -> list[DocumentMoved]:
    """The roles towards the vehicles that go over. Raises FactNotHis."""
    wanted = {(one.document_type, one.document_id): one.customer_id for one in given_away if one.document_type == PARTY}
    if request.vehicle_ids:
        rows = session.execute(_HIS_VEHICLES, {"customer_id": before.id, "vehicles": request.vehicle_ids}).all()
        if {row.vehicle_id for row in rows} != set(request.vehicle_ids):
            raise FactNotHis(field="vehicle_ids")
        wanted |= {(PARTY, f"{row.vehicle_id}:{row.first_customer_id}"): second.id for row in rows}
    return versioned(session, wanted) if wanted else []


def _number(typed: str) -> str:
    try:
        return phone.read(typed).number
    except phone.NotAPhone:
        raise FactNotHis(field="phones") from None


def _shared(one: Mapping[str, Any], both: set[str]) -> dict[str, Any]:
    return {**one, "shared": one["shared"] or one["number"] in both}


def _first(phones: Sequence[Mapping[str, Any]]) -> str:
    """The first number that holds, a mobile before others."""
    holding = [one for one in phones if one["until"] is None]
    strong = [one for one in holding if phone.PhoneKind(one["kind"]) in phone.STRONG]
    return next((one["number"] for one in (*strong, *holding)), "")


def _registered(record: Record, store: str, by: By) -> Fact:
    registered = events.CustomerRegistered(customer_id=record.id, kind=record.kind, source=record.source)
    return Fact(event=registered, subject_id=record.id, subject_version=1, store_id=store, occurred_at=by.at)
