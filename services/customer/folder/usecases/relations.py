"""Who belongs to whom: households, employers, drivers, referrers (E7)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import text
from sqlalchemy.orm import Session

from contracts.access import Scope
from contracts.customer.operations import CustomerKind
from contracts.customer.relations import AddRelation, EndRelation, RelationAdded, RelationEnded, RelationKind
from services.customer.folder.errors import RelationExists, RelationImpossible, RelationNotFound
from services.customer.folder.models import Relation
from services.customer.record.errors import PeriodInvalid
from services.customer.record.rules.record import Record
from services.customer.record.usecases.editing import to_change
from services.customer.record.usecases.moments import happened_on

_FAMILY = frozenset({RelationKind.SPOUSE_OF, RelationKind.PARENT_OF})
_ONE_WAY = frozenset({RelationKind.PARENT_OF, RelationKind.EMPLOYEE_OF, RelationKind.REFERRER_OF})
"""What cannot hold in both directions."""

_LASTING = text(
    """
    SELECT id FROM relation
     WHERE kind = :kind AND until IS NULL
       AND customer_id IN (SELECT id FROM customer WHERE id = :customer_id OR merged_into = :customer_id)
       AND other_id IN (SELECT id FROM customer WHERE id = :other_id OR merged_into = :other_id)
     ORDER BY id LIMIT 1
    """
)
_IS_HIS = text(
    """
    SELECT EXISTS (SELECT FROM customer
                    WHERE id = ANY(CAST(:ends AS uuid[])) AND coalesce(merged_into, id) = :customer_id)
    """
)


def add_relation(session: Session, request: AddRelation, *, scope: Scope, now: datetime) -> RelationAdded:
    """Keep that two customers belong together; spouses are so to each other, whoever is named first.

    Raises CustomerNotFound, CustomerMerged, RelationImpossible, RelationExists, MomentAhead.
    """
    since = happened_on(request.since, now=now)
    if request.customer_id == request.other_id:
        raise RelationImpossible
    locked = {
        customer_id: to_change(session, customer_id, expected_version=None)
        for customer_id in sorted((request.customer_id, request.other_id))
    }
    one, other = locked[request.customer_id], locked[request.other_id]
    _require_possible(request.kind, one, other)
    ends = (one.id, other.id)
    if request.kind is RelationKind.SPOUSE_OF:
        ends = (min(ends), max(ends))
    known = _lasting(session, *ends, request.kind)
    if known is None and request.kind is RelationKind.SPOUSE_OF:
        known = _lasting(session, ends[1], ends[0], request.kind)
    if known is not None:
        raise RelationExists(relation_id=str(known))
    if request.kind in _ONE_WAY and _lasting(session, ends[1], ends[0], request.kind) is not None:
        raise RelationImpossible
    relation = Relation(
        id=uuids.uuid7(),
        customer_id=ends[0],
        other_id=ends[1],
        kind=request.kind,
        since=since,
        recorded_at=now,
        recorded_by=scope.staff_id,
    )
    session.add(relation)
    return RelationAdded(relation.id)


def end_relation(session: Session, request: EndRelation, *, scope: Scope, now: datetime) -> RelationEnded:
    """The relation is over. Raises CustomerNotFound, CustomerMerged, RelationNotFound, PeriodInvalid, MomentAhead."""
    until = happened_on(request.until, now=now)
    customer = to_change(session, request.customer_id, expected_version=None)
    relation = session.get(Relation, request.relation_id, with_for_update=True)
    if relation is None or relation.until is not None:
        raise RelationNotFound
    if not session.scalar(_IS_HIS, {"customer_id": customer.id, "ends": [relation.customer_id, relation.other_id]}):
        raise RelationNotFound
    if until < relation.since:
        raise PeriodInvalid(since=relation.since.isoformat())
    relation.until, relation.ended_by = until, scope.staff_id
    return RelationEnded(relation.id, until)


def _lasting(session: Session, customer_id: UUID, other_id: UUID, kind: RelationKind) -> UUID | None:
    """The relation of these two, or of records that live on in theirs."""
    told = {"customer_id": customer_id, "other_id": other_id, "kind": kind.value}
    found: UUID | None = session.scalar(_LASTING, told)
    return found


def _require_possible(kind: RelationKind, one: Record, other: Record) -> None:
    person, company = CustomerKind.PERSON, CustomerKind.COMPANY
    if kind in _FAMILY and (one.kind, other.kind) != (person, person):
        raise RelationImpossible
    if kind is RelationKind.EMPLOYEE_OF and (one.kind, other.kind) != (person, company):
        raise RelationImpossible
    if kind is RelationKind.DRIVER_OF and one.kind is not person:
        raise RelationImpossible
