"""Consents: one decision for one purpose, never changed; withdrawing takes less than giving (PIPL 13 to 17)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.store.outbox import Fact, record_all
from chassis.store.rows import insert_all
from contracts.access import Scope
from contracts.customer import events
from contracts.customer.folder import Basis, ConsentRecorded, RecordConsent
from services.customer.folder.errors import ConsentTextRequired
from services.customer.folder.models import Consent
from services.customer.folder.rules.consents import in_force, to_restrict
from services.customer.record.usecases.editing import to_change
from services.customer.record.usecases.moments import happened_at

_consents: Any = Consent.__table__


def record_consent(session: Session, request: RecordConsent, *, scope: Scope, now: datetime) -> ConsentRecorded:
    """Keep what the customer decided. The latest decision holds, whatever order they are recorded in.

    Raises CustomerNotFound, CustomerMerged; ConsentTextRequired for a consent that names no text; MomentAhead.
    """
    at = happened_at(request.at, now=now)
    if request.allowed and request.basis is Basis.CONSENT and not request.text_version:
        raise ConsentTextRequired
    customer = to_change(session, request.customer_id, expected_version=None)
    row = _row(
        customer.id,
        request.purpose,
        request.channel,
        allowed=request.allowed,
        basis=request.basis,
        text_version=request.text_version,
        evidence=request.evidence,
        at=at,
        recorded_at=now,
        staff_id=scope.staff_id,
        department=scope.role,
    )
    record_all(session, _write(session, [row], store_id=scope.stores[0] if scope.stores else customer.store_id))
    held = in_force(decisions(session, customer.id))
    return ConsentRecorded(row["id"], current=any(one.id == row["id"] for one in held))


def restrict_after_merge(
    session: Session, survivor_id: UUID, *, merge_id: UUID, staff_id: str, department: str, store_id: str, at: datetime
) -> list[Fact]:
    """Let the most restrictive of the merged records' consents hold for the survivor (E8); the facts to record of it.

    Called once the losers' consents are the survivor's, each with its origin. What one record forbade and a later word
    of another allows is withdrawn as of the merge; the customer may give it again.
    """
    records: dict[UUID, list[Any]] = defaultdict(list)
    for one in decisions(session, survivor_id):
        records[one.origin_customer_id or survivor_id].append(one)
    withdrawn = [
        _row(
            survivor_id,
            purpose,
            channel,
            allowed=False,
            basis=Basis.CONSENT,
            text_version="",
            evidence=f"merge {merge_id}",
            at=at,
            recorded_at=at,
            staff_id=staff_id,
            department=department,
        )
        for purpose, channel in to_restrict(list(records.values()))
    ]
    return _write(session, withdrawn, store_id=store_id)


def _row(customer_id: UUID, purpose: str, channel: str, **said: Any) -> dict[str, Any]:
    return {"id": uuids.uuid7(), "customer_id": customer_id, "purpose": purpose, "channel": channel, **said}


def _write(session: Session, rows: Sequence[dict[str, Any]], *, store_id: str) -> list[Fact]:
    if rows:
        insert_all(session, _consents, rows)
    return [_changed(row, store_id=store_id) for row in rows]


def _changed(row: dict[str, Any], *, store_id: str) -> Fact:
    changed = events.CustomerConsentChanged(
        consent_id=row["id"],
        customer_id=row["customer_id"],
        purpose=row["purpose"],
        channel=row["channel"],
        allowed=row["allowed"],
        basis=row["basis"],
        at=row["at"],
    )
    return Fact(event=changed, subject_id=row["id"], subject_version=1, store_id=store_id, occurred_at=row["at"])


def decisions(session: Session, customer_id: UUID) -> Sequence[Any]:
    """Every decision of a customer."""
    return session.execute(select(_consents).where(_consents.c.customer_id == customer_id)).all()
