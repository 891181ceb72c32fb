"""The index of a customer's paper bag: what is in it, where it stands, what was taken out and why (R24)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import uuid_utils.compat as uuids
from sqlalchemy.orm import Session

from chassis.process.clock import LOCAL
from chassis.store.rows import insert_all
from contracts.access import Scope
from contracts.customer.folder import AddDocument, DocumentAdded, DocumentRemoved, DocumentType, RemoveDocument
from services.customer.folder.errors import DocumentNotFound
from services.customer.folder.models import Document
from services.customer.record.errors import refusal_of
from services.customer.record.rules import resident_id
from services.customer.record.sealing import NUMBER
from services.customer.record.usecases.editing import to_change
from services.customer.record.usecases.moments import happened_on
from services.customer.record.usecases.subject_keys import key_of

_documents: Any = Document.__table__


def add_document(session: Session, request: AddDocument, *, scope: Scope, now: datetime) -> DocumentAdded:
    """Put a paper into the index.

    Raises StoreNotAllowed, CustomerNotFound, CustomerMerged; MomentAhead for a paper of tomorrow; a refusal of the ID
    number for a copy of an ID card that cannot be (E2).
    """
    scope.require_store(request.store_id)
    if request.issued_on is not None:
        happened_on(request.issued_on, now=now)
    number = " ".join(request.number.split())
    if request.type is DocumentType.ID_COPY:
        number = _id_number(number, now=now)
    customer = to_change(session, request.customer_id, expected_version=None)
    document_id = uuids.uuid7()
    row = {
        "id": document_id,
        "customer_id": customer.id,
        "type": request.type,
        "number": key_of(session, customer.id).seal(NUMBER, number) if number else "",
        "store_id": request.store_id,
        "shelf": " ".join(request.shelf.split()),
        "issued_on": request.issued_on,
        "added_at": now,
        "added_by": scope.staff_id,
        "removed_because": "",
    }
    insert_all(session, _documents, [row])
    return DocumentAdded(document_id)


def remove_document(session: Session, request: RemoveDocument, *, scope: Scope, now: datetime) -> DocumentRemoved:
    """The paper left the bag. Raises CustomerNotFound, CustomerMerged; DocumentNotFound also in another store."""
    customer = to_change(session, request.customer_id, expected_version=None)
    document = session.get(Document, request.document_id, with_for_update=True)
    if document is None or document.customer_id != customer.id or document.removed_at is not None:
        raise DocumentNotFound
    if not scope.admits(store_id=document.store_id):
        raise DocumentNotFound
    document.removed_at, document.removed_by, document.removed_because = now, scope.staff_id, request.reason
    return DocumentRemoved(document.id)


def _id_number(typed: str, *, now: datetime) -> str:
    try:
        return resident_id.read(typed, today=now.astimezone(LOCAL).date()).number
    except resident_id.NotAResidentId as error:
        raise refusal_of(error.code, field="number", typed=typed) from None
