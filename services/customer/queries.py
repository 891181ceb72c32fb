"""What the customer service shows: who is this, and everything we know of him."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, TextClause, bindparam, text

from contracts.customer import operations
from services.customer.errors import CustomerNotFound
from services.customer.rules.asking import Ask, By, meanings

NEWEST = 50
"""Timeline entries of a view."""

CONSIDERED = 200
"""Customers looked at for an ambiguous search before the best are shown."""

_LAST = r"U&'\+10FFFF'"
"""The last character there is: everything that begins with a text lies between it and it followed by this.

Not LIKE: its signs would mean something, and its index is lost once a statement is prepared for good.
"""


def _begins(column: str, start: str = ":text") -> str:
    return f"{column} >= {start} AND {column} < {start} || {_LAST}"


_OF_CUSTOMER = "SELECT id FROM customer WHERE "
_OF_VEHICLE = "SELECT p.customer_id AS id FROM vehicle v JOIN vehicle_party p ON p.vehicle_id = v.id WHERE "
_FOUND = {
    By.MOBILE: _OF_CUSTOMER + "mobile = :text",
    By.MOBILE_TAIL: _OF_CUSTOMER + _begins("reverse(mobile)", "reverse(:text)"),
    By.NAME: _OF_CUSTOMER + _begins("name"),
    By.PINYIN: _OF_CUSTOMER + _begins("pinyin"),
    By.INITIALS: _OF_CUSTOMER + "initials = :text",
    By.PLATE: _OF_VEHICLE + _begins("v.plate"),
    By.VIN: _OF_VEHICLE + "v.vin = :text",
    By.VIN_TAIL: _OF_VEHICLE + _begins("reverse(v.vin)", "reverse(:text)"),
}

_SHOWN = """
    SELECT c.id, c.kind, c.name, c.mobile, c.source, c.registered_at, c.store_id, c.version,
           g.sold_at, g.sold_store_id, g.consultant_id, g.last_service_at, g.last_km, g.service_visits, g.open_visits,
           g.last_score, owned.vehicles
      FROM customer c
      LEFT JOIN glance g ON g.customer_id = c.id
      LEFT JOIN LATERAL (
           SELECT json_agg(json_build_object('vehicle_id', v.id, 'vin', v.vin, 'model', v.model, 'plate', v.plate,
                                             'role', p.role) ORDER BY p.since DESC, v.id) AS vehicles
             FROM vehicle_party p JOIN vehicle v ON v.id = p.vehicle_id WHERE p.customer_id = c.id) owned ON true
"""


def _search(found: str) -> TextClause:
    return text(
        _SHOWN + f" WHERE c.id IN ({found} LIMIT {CONSIDERED})"
        " ORDER BY (c.name = :text) DESC, (g.sold_at IS NOT NULL) DESC, g.last_service_at DESC NULLS LAST, c.id"
        " LIMIT :most"
    )


_SEARCHES = {by: _search(found) for by, found in _FOUND.items()}
_ONE = text(
    _SHOWN.replace("owned.vehicles", "owned.vehicles, told.timeline")  # noqa: S608  # constants of this file
    + """
      LEFT JOIN LATERAL (
           SELECT json_agg(line) AS timeline FROM (
                SELECT event_id, event_type AS type, occurred_at, store_id, source, source_id, summary
                  FROM timeline_entry t WHERE t.customer_id = c.id
                 ORDER BY occurred_at DESC, event_id DESC LIMIT :most) line) told ON true
     WHERE c.id = :customer_id
    """
)
"""One statement, so that the timeline and the facts at a glance are of the same moment."""

_NAMES = text("SELECT id AS customer_id, name FROM customer WHERE id IN :ids ORDER BY id").bindparams(
    bindparam("ids", expanding=True)
)
_CONTACT = text("SELECT id AS customer_id, name, mobile AS full_mobile FROM customer WHERE id = :customer_id")


def look_up(connection: Connection, *, typed: str, limit: int) -> dict[str, Any]:
    """`operations.Hits`: the customers the text may mean, surest first."""
    hits: dict[UUID, dict[str, Any]] = {}
    for ask in meanings(typed):
        if len(hits) < limit:
            for hit in _find(connection, ask, limit=limit):
                hits.setdefault(hit["customer_id"], hit)
    return {"items": list(hits.values())[:limit]}


def _find(connection: Connection, ask: Ask, *, limit: int) -> list[dict[str, Any]]:
    rows = connection.execute(_SEARCHES[ask.by], {"text": ask.text, "most": limit})
    return [
        {
            "customer_id": row.id,
            "kind": row.kind,
            "name": row.name,
            "mobile": row.mobile,
            "matched_by": ask.by,
            "vehicles": row.vehicles or [],
            "glance": _glance(row),
        }
        for row in rows
    ]


def customer_view(connection: Connection, *, customer_id: UUID) -> dict[str, Any]:
    """`operations.CustomerView`. Raises CustomerNotFound."""
    row = connection.execute(_ONE, {"customer_id": customer_id, "most": NEWEST}).one_or_none()
    if row is None:
        raise CustomerNotFound
    return {
        "customer_id": row.id,
        "kind": row.kind,
        "name": row.name,
        "mobile": row.mobile,
        "source": row.source,
        "registered_at": row.registered_at,
        "store_id": row.store_id,
        "version": row.version,
        "vehicles": row.vehicles or [],
        "glance": _glance(row),
        "timeline": row.timeline or [],
    }


def reveal_contact(connection: Connection, *, customer_id: UUID) -> operations.Contact:
    """The full phone number. Raises CustomerNotFound."""
    row = connection.execute(_CONTACT, {"customer_id": customer_id}).one_or_none()
    if row is None:
        raise CustomerNotFound
    return operations.Contact(row.customer_id, row.name, row.full_mobile)


def names_of(connection: Connection, *, customer_ids: list[UUID]) -> operations.NamesOf:
    """Names of the customers that exist."""
    if not customer_ids:
        return operations.NamesOf([])
    rows = connection.execute(_NAMES, {"ids": customer_ids})
    return operations.NamesOf([operations.NameOf(row.customer_id, row.name) for row in rows])


def _glance(row: Any) -> dict[str, Any]:
    return {
        "sold_by_us": row.sold_at is not None,
        "sold_at": row.sold_at,
        "sold_store_id": row.sold_store_id,
        "consultant_id": row.consultant_id,
        "last_service_at": row.last_service_at,
        "last_km": row.last_km,
        "service_visits": row.service_visits or 0,
        "open_visits": row.open_visits or 0,
        "last_score": row.last_score,
    }
