"""Editing a record: what is given changes, the rest stays, and everything that was is kept (R20)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.process.clock import LOCAL
from chassis.store.outbox import record_all
from contracts import shapes
from contracts.access import Scope
from contracts.customer.operations import EndPhone, UpdateCustomer, Updated
from contracts.refusals import StaleVersion
from services.customer.record import sealing
from services.customer.record.errors import (
    CustomerErased,
    CustomerMerged,
    CustomerNotFound,
    PhoneIsMain,
    PhoneNotFound,
    PossibleDuplicate,
    refusal_of,
)
from services.customer.record.rules import phone, resident_id
from services.customer.record.rules import record as records
from services.customer.record.rules.given import Given
from services.customer.record.rules.names import Name
from services.customer.record.rules.record import ERASED, PLAIN, Record
from services.customer.record.sealing import key_beside, record_of
from services.customer.record.usecases.identifying import Found, known_to, lock
from services.customer.record.usecases.pairs import Suspicion, queue
from services.customer.record.usecases.reading import at_desk, read
from services.customer.record.usecases.records import Edit, update_records

_TO_CHANGE = text(
    f"SELECT c.*, {key_beside('c.id')} FROM customer c WHERE c.id = :customer_id FOR UPDATE OF c"  # noqa: S608
)
_KEY = text(f"SELECT {key_beside(':customer_id')}")
_IDENTIFYING = frozenset({"name", "mobile", "phones", "id18", "uscc", "organisation_code", "birth_date"})
"""Fields after whose change somebody else may turn out to be the same customer."""


def update_customer(session: Session, request: UpdateCustomer, *, scope: Scope, now: datetime) -> Updated:
    """Change a record. Customers are shared: any desk that knows better may say so, and stands in the history.

    Raises CustomerNotFound; CustomerMerged for one that lives on in another; StaleVersion; a field's refusal;
    PossibleDuplicate when the ID or organisation number is another customer's.
    """
    before = to_change(session, request.customer_id, expected_version=request.expected_version)
    given = _read(request, before, now=now)
    after, changes = before.changed(_values(request, before, given, department=scope.role, at=now), at=now)
    if not changes:
        return Updated(before.id, before.version, [])
    suspicions = []
    if _IDENTIFYING & {change.field for change in changes}:
        lock(session, [after.facts()])
        suspicions = _alike(session, after, at=now)
    edit = Edit(before, after, changes, "desk", scope.stores[0] if scope.stores else before.store_id)
    facts = update_records(session, [edit], origin_staff_id=scope.staff_id, department=scope.role)
    record_all(session, facts + queue(session, suspicions))
    return Updated(after.id, after.version, [change.field for change in changes])


def end_phone(session: Session, request: EndPhone, *, scope: Scope, now: datetime) -> Updated:
    """A number that is not the customer's ends; it stays in his record and history. One that has ended changes nothing.

    Raises PhoneNotFound, PhoneIsMain; MobileInvalid; CustomerNotFound; CustomerMerged; StaleVersion.
    """
    try:
        number = phone.read(request.number).number
    except phone.NotAPhone as error:
        raise refusal_of(error.code, field="number", typed=request.number) from None
    before = to_change(session, request.customer_id, expected_version=request.expected_version)
    if number not in {one["number"] for one in before.phones}:
        raise PhoneNotFound
    if number == before.mobile:
        raise PhoneIsMain
    after, changes = before.changed({"phones": before.without_phone(number, at=now)}, at=now)
    if not changes:
        return Updated(before.id, before.version, [])
    edit = Edit(before, after, changes, "desk", scope.stores[0] if scope.stores else before.store_id)
    record_all(session, update_records(session, [edit], origin_staff_id=scope.staff_id, department=scope.role))
    return Updated(after.id, after.version, ["phones"])


def to_change(session: Session, customer_id: UUID, *, expected_version: int | None) -> Record:
    """The record, locked. Raises CustomerNotFound, CustomerMerged, CustomerErased, StaleVersion."""
    row = session.execute(_TO_CHANGE, {"customer_id": customer_id}).mappings().one_or_none()
    if row is None:
        raise CustomerNotFound
    record = _record(session, row)
    if record.status == ERASED:
        raise CustomerErased
    if record.merged_into is not None:
        raise CustomerMerged(survivor_id=str(record.merged_into))
    if expected_version is not None and expected_version != record.version:
        raise StaleVersion(expected=expected_version, version=record.version)
    return record


def _record(session: Session, row: Any) -> Record:
    """The record; its key may be younger than the statement that waited for the row."""
    if row["sealed_key"] is None and sealing.any_in(row):
        row = {**row, "sealed_key": session.scalar(_KEY, {"customer_id": row["id"]})}
    return record_of(row)


def _alike(session: Session, after: Record, *, at: datetime) -> list[Suspicion]:
    """Who else may be this customer now. Raises PossibleDuplicate for the bearer of the same card."""
    facts = after.facts()
    known = known_to(session, [facts], at=at.astimezone(LOCAL).date())
    found = [one for one in known.alike(facts) if one.record.id != after.id]
    if bearers := [one for one in found if one.record.bears_card_of(facts)]:
        raise PossibleDuplicate(candidates=[_shown(one) for one in bearers])
    return [Suspicion(after.id, one.record.id, one.match, after.store_id, "desk", at) for one in found]


def _shown(found: Found) -> dict[str, object]:
    return {
        "customer_id": str(found.record.id),
        "points": found.match.points,
        "evidence": found.match.agreed,
    }


def _read(request: UpdateCustomer, before: Record, *, now: datetime) -> Given:
    name = request.name if request.name is not None else before.name + before.title
    return read(at_desk(request, name=name, kind=before.kind), now=now)


def _values(request: UpdateCustomer, before: Record, given: Given, *, department: str, at: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if request.name is not None:
        values["name"] = given.name.text
        values["title"] = given.name.title if isinstance(given.name, Name) else ""
    if given.phones:
        values["phones"] = _phones(before, given, replaced=request.mobile is not None, department=department, at=at)
    if request.mobile is not None:
        values["mobile"] = given.phones[0].number
    if request.address:
        values["addresses"] = _addresses(before, given.address, department=department, at=at)
    for asked, fields in _FIELDS.items():
        if (said := getattr(request, asked)) is not None and said is not shapes.UNSAID:
            values |= {field: getattr(given, field) for field in fields}
    values |= _emptied(request, id18=given.id18 or before.id18)
    if request.tags is not None:
        values["tags"] = sorted(set(request.tags))
    if request.preferences is not None:
        values["preferences"] = shapes.plain(request.preferences)
    return values


def _emptied(request: UpdateCustomer, *, id18: str | None) -> dict[str, Any]:
    """The fields that `null` takes away; what the customer's card says of him stays."""
    emptied: dict[str, Any] = {asked: None for asked in _MAY_BE_EMPTIED if getattr(request, asked) is None}
    if id18 is not None:
        of_card = {"birth_date": resident_id.birth_date(id18), "gender": resident_id.gender(id18)}
        emptied |= {field: value for field, value in of_card.items() if field in emptied}
    return emptied


_MAY_BE_EMPTIED = ("birth_date", "gender", *PLAIN)
_FIELDS = {
    "id_no": ("id_number", "id18", "birth_date", "gender"),
    "organisation_no": ("uscc", "organisation_code"),
    "birth_date": ("birth_date",),
    "gender": ("gender",),
    **{name: (name,) for name in PLAIN},
}
"""Which fields of the record follow from a field of the request."""


def _phones(before: Record, given: Given, *, replaced: bool, department: str, at: datetime) -> list[Mapping[str, Any]]:
    """The numbers with the new ones; the one that was replaced is kept with its end."""
    numbers = {one.number for one in given.phones}
    kept = [
        {**one, "until": at.isoformat()}
        if replaced and one["number"] == before.mobile and one["number"] not in numbers
        else ({**one, "until": None} if one["number"] in numbers else one)
        for one in before.phones
    ]
    return kept + records.missing_phones(given.phones, before.phones, department=department, at=at)


def _addresses(before: Record, text: str, *, department: str, at: datetime) -> list[Mapping[str, Any]]:
    """The new address first; the one it replaces is kept with its end."""
    if before.addresses and before.addresses[0]["text"] == text:
        return list(before.addresses)
    ended = [{**one, "until": at.isoformat()} if one["until"] is None else one for one in before.addresses]
    return [records.address_entry(text, department=department, at=at), *ended]
