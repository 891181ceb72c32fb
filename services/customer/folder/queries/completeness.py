"""How much of what we must know of our customers is known, and where something is missing (R17)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from contracts.access import Scope
from contracts.customer.folder import Completeness, Incomplete, IncompleteAsked, Omissions
from contracts.customer.operations import ById
from services.customer.folder.rules import completeness as rules
from services.customer.folder.rules.completeness import Known
from services.customer.record.errors import CustomerErased, CustomerNotFound
from services.customer.record.rules.record import ERASED, Record

AT_ONCE = 200
LOOKED_AT = 1000
"""Records a page of omissions looks at, so many at once; one on which few are found is short, and says where the next
begins.
"""

_START = UUID(int=0)

_KNOWN = """
    SELECT c.*, g.sold_at, g.service_visits, his.owns, his.plated,
           EXISTS (SELECT FROM consent WHERE consent.customer_id = c.id) AS consented
      FROM customer c
      LEFT JOIN glance g ON g.customer_id = c.id
      LEFT JOIN LATERAL (
           SELECT true AS owns, bool_or(n.plate IS NOT NULL) AS plated
             FROM vehicle_party p
             LEFT JOIN vehicle_plate n
               ON n.vehicle_id = p.vehicle_id AND n.until IS NULL AND n.kind <> 'TEMPORARY'
            WHERE p.customer_id = c.id AND p.role = 'owner' AND p.until IS NULL
           HAVING count(*) > 0) his ON true
"""
_ONE = text(
    f"""{_KNOWN}
     WHERE c.id = (SELECT coalesce(asked.merged_into, asked.id) FROM customer asked WHERE asked.id = :customer_id)
    """  # noqa: S608  # constants of this file
)
_MANY = text(
    f"""{_KNOWN}
     WHERE c.status = 'active' AND c.id > :after
       AND (CAST(:stores AS text[]) IS NULL OR c.store_id = ANY(CAST(:stores AS text[])))
     ORDER BY c.id LIMIT :most
    """
)


def completeness(connection: Connection, asked: ById) -> Completeness:
    """Of a record that was merged, its survivor's. Raises CustomerNotFound, CustomerErased."""
    row = connection.execute(_ONE, {"customer_id": asked.customer_id}).mappings().one_or_none()
    if row is None:
        raise CustomerNotFound
    if row["status"] == ERASED:
        raise CustomerErased
    known = _known(row)
    score, missing = rules.completeness(known)
    return Completeness(known.record.id, rules.stage_of(known), score, missing, rules.identity_missing(known))


def incomplete(connection: Connection, asked: IncompleteAsked, *, scope: Scope) -> Omissions:
    """Records of the caller's stores of which something is missing. Raises StoreNotAllowed for a foreign store."""
    stores = scope.narrow(asked.store_id)
    found: list[Incomplete] = []
    after, looked = asked.after or _START, 0
    while looked < LOOKED_AT:
        rows = connection.execute(
            _MANY, {"after": after, "stores": list(stores) if stores is not None else None, "most": AT_ONCE}
        ).mappings()
        some = [_known(row) for row in rows]
        for known in some:
            after = known.record.id
            if asked.stage in (None, rules.stage_of(known)) and (omission := _omission(known)) is not None:
                found.append(omission)
                if len(found) == asked.size:
                    return Omissions(found, after)
        if len(some) < AT_ONCE:
            return Omissions(found, None)
        looked += len(some)
    return Omissions(found, after)


def _omission(known: Known) -> Incomplete | None:
    score, missing = rules.completeness(known)
    if not missing:
        return None
    record = known.record
    return Incomplete(record.id, record.name, record.store_id, rules.stage_of(known), score, missing)


def _known(row: Any) -> Known:
    return Known(
        record=Record.of(row),  # a number is there or not: it stays sealed
        owns=bool(row["owns"]),
        plated=bool(row["plated"]),
        sold=row["sold_at"] is not None,
        service_visits=row["service_visits"] or 0,
        consented=row["consented"],
    )
