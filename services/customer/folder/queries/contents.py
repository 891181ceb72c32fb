"""What stands in a customer's folder beside his record: consents, documents, relations.

Of a record that was merged this is its survivor's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select, text

from contracts.customer import folder
from contracts.customer.folder import DocumentType
from contracts.customer.operations import ById
from contracts.customer.relations import Referrer, RelationKind, Relations, RelationShown
from contracts.picked import shaped
from services.customer.folder.models import Consent
from services.customer.folder.rules.consents import in_force
from services.customer.record.errors import CustomerNotFound
from services.customer.record.sealing import NUMBER, key_beside, opened

_consent: Any = Consent.__table__

_SURVIVOR = text("SELECT coalesce(merged_into, id) FROM customer WHERE id = :customer_id")
_DOCUMENTS = text(
    f"""
    SELECT d.*, {key_beside("coalesce(d.origin_customer_id, d.customer_id)")} FROM document d
     WHERE d.customer_id = :customer_id AND (:removed OR d.removed_at IS NULL)
     ORDER BY d.added_at DESC, d.id DESC
    """  # noqa: S608  # a constant of this service
)
"""A number is sealed for whom the paper was put into the bag, whoever he lives on in."""
_RELATIONS = text(
    """
    WITH mine AS (SELECT id FROM customer WHERE id = :customer_id OR merged_into = :customer_id),
    seen AS (
         SELECT r.*, r.other_id AS other_end, false AS reverse FROM relation r JOIN mine ON r.customer_id = mine.id
         UNION ALL
         SELECT r.*, r.customer_id, true FROM relation r JOIN mine ON r.other_id = mine.id)
    SELECT seen.id AS relation_id, seen.kind, seen.since, seen.until, seen.reverse, other.id AS other_id, other.name
      FROM seen
      JOIN customer named ON named.id = seen.other_end
      JOIN customer other ON other.id = coalesce(named.merged_into, named.id)
     WHERE other.id <> :customer_id
     ORDER BY seen.until IS NOT NULL, seen.since, seen.id
    """
)


def survivor_of(connection: Connection, customer_id: UUID) -> UUID:
    """The customer, or whom his record lives on in. Raises CustomerNotFound."""
    found: UUID | None = connection.scalar(_SURVIVOR, {"customer_id": customer_id})
    if found is None:
        raise CustomerNotFound
    return found


def consents(connection: Connection, asked: ById) -> folder.Consents:
    """What holds and all there was. Raises CustomerNotFound."""
    customer = survivor_of(connection, asked.customer_id)
    decided: Sequence[Any] = connection.execute(
        select(_consent).where(_consent.c.customer_id == customer).order_by(_consent.c.at.desc(), _consent.c.id.desc())
    ).all()
    return folder.Consents(
        customer_id=customer,
        current=[_consent_shown(row) for row in in_force(decided)],
        history=[_consent_shown(row) for row in decided],
    )


def documents(connection: Connection, asked: folder.DocumentsAsked) -> folder.Documents:
    """The papers in the bag. Raises CustomerNotFound."""
    customer = survivor_of(connection, asked.customer_id)
    rows = connection.execute(_DOCUMENTS, {"customer_id": customer, "removed": asked.removed})
    return folder.Documents([_document_shown(row) for row in rows])


def relations(connection: Connection, asked: ById) -> Relations:
    """Who belongs to him, in both directions. Raises CustomerNotFound."""
    customer = survivor_of(connection, asked.customer_id)
    rows = connection.execute(_RELATIONS, {"customer_id": customer}).mappings()
    items = [shaped(RelationShown, row) for row in rows]
    referred = (one for one in items if one.kind is RelationKind.REFERRER_OF and one.reverse and one.until is None)
    referrer = next(referred, None)
    return Relations(customer, items, Referrer(referrer.other_id, referrer.name) if referrer else None)


def _consent_shown(row: Row[Any]) -> folder.ConsentShown:
    return shaped(folder.ConsentShown, row._mapping, consent_id=row.id)


def _document_shown(row: Row[Any]) -> folder.DocumentShown:
    is_id = row.type == DocumentType.ID_COPY
    number = opened(row.origin_customer_id or row.customer_id, row.sealed_key, NUMBER, row.number) or ""
    return shaped(
        folder.DocumentShown,
        row._mapping,
        document_id=row.id,
        number="" if is_id else number,
        id_number=(number or None) if is_id else None,
    )
