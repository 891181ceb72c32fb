"""The ledger of what customers ask about their data, and how it is answered (PIPL 45 to 47, 50)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.store import policies
from chassis.store.rows import insert_all
from contracts.access import Scope
from contracts.customer.policies import RETENTION, Retention
from contracts.customer.privacy import (
    RecordRequest,
    RefuseRequest,
    RequestById,
    RequestDecided,
    RequestKind,
    RequestRecorded,
    RequestStatus,
)
from services.customer.privacy.errors import PrivacyRequestDecided, PrivacyRequestNotFound, PrivacyRequestOpen
from services.customer.privacy.models import PrivacyRequest
from services.customer.privacy.rules import answer_due
from services.customer.privacy.usecases.erasing import erase
from services.customer.record.usecases.editing import to_change

ERASES = frozenset({RequestKind.ERASURE, RequestKind.EXPIRED})

_requests: Any = PrivacyRequest.__table__
_OPEN = text("SELECT id FROM privacy_request WHERE customer_id = :customer_id AND kind = :kind AND status = 'open'")
_ONE = text("SELECT * FROM privacy_request WHERE id = :request_id FOR UPDATE")
_DECIDE = text(
    """
    UPDATE privacy_request SET status = :status, decided_at = :at, decided_by = :by, reason = :reason
     WHERE id = :request_id
    """
)


def retention(session: Session, *, at: datetime) -> Retention:
    """What holds at that moment."""
    return policies.resolve(session, RETENTION, store_id=policies.GROUP, at=at)


def record_request(session: Session, request: RecordRequest, *, scope: Scope, now: datetime) -> RequestRecorded:
    """Write down that he asked, and by when he is to be answered.

    Raises CustomerNotFound, CustomerMerged, CustomerErased; PrivacyRequestOpen if he waits for the same already.
    """
    customer = to_change(session, request.customer_id, expected_version=None)
    known = session.scalar(_OPEN, {"customer_id": customer.id, "kind": request.kind.value})
    if known is not None:
        raise PrivacyRequestOpen(request_id=str(known))
    row = opened(
        customer.id,
        request.kind.value,
        how=" ".join(request.how.split()),
        store_id=scope.stores[0] if scope.stores else customer.store_id,
        by=scope.staff_id,
        held=retention(session, at=now),
        now=now,
    )
    insert_all(session, _requests, [row])
    return RequestRecorded(row["id"], row["due_at"])


def opened(
    customer_id: UUID, kind: str, *, how: str, store_id: str, by: str, held: Retention, now: datetime
) -> dict[str, Any]:
    """The row of a request that begins now."""
    return {
        "id": uuids.uuid7(),
        "customer_id": customer_id,
        "kind": kind,
        "how": how,
        "status": RequestStatus.OPEN.value,
        "store_id": store_id,
        "received_at": now,
        "due_at": answer_due(held, received_at=now),
        "recorded_by": by,
    }


def refuse_request(session: Session, request: RefuseRequest, *, scope: Scope, now: datetime) -> RequestDecided:
    """Refuse it, with the reason. Raises PrivacyRequestNotFound, PrivacyRequestDecided."""
    row = _open(session, request.request_id)
    _decide(session, row, RequestStatus.REFUSED, by=scope.staff_id, at=now, reason=request.reason)
    return RequestDecided(row["id"], RequestStatus.REFUSED, row["customer_id"])


def carry_out_request(session: Session, request: RequestById, *, scope: Scope, now: datetime) -> RequestDecided:
    """It is answered; whoever asked to be forgotten, or was proposed to be, is.

    Raises PrivacyRequestNotFound, PrivacyRequestDecided, CustomerErased, ErasureBlocked.
    """
    row = _open(session, request.request_id)
    erased: list[UUID] = []
    if row["kind"] in ERASES:
        erased = erase(session, row["customer_id"], by=scope.staff_id, at=now)
    else:
        _decide(session, row, RequestStatus.CARRIED_OUT, by=scope.staff_id, at=now, reason=None)
    return RequestDecided(row["id"], RequestStatus.CARRIED_OUT, row["customer_id"], erased)


def _open(session: Session, request_id: UUID) -> dict[str, Any]:
    row = session.execute(_ONE, {"request_id": request_id}).mappings().one_or_none()
    if row is None:
        raise PrivacyRequestNotFound
    if row["status"] != RequestStatus.OPEN:
        raise PrivacyRequestDecided(status=row["status"])
    return dict(row)


def _decide(
    session: Session, row: dict[str, Any], status: RequestStatus, *, by: str, at: datetime, reason: str | None
) -> None:
    told = {"request_id": row["id"], "status": status.value, "at": at, "by": by, "reason": reason}
    session.execute(_DECIDE, told)
