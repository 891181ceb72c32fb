"""A customer's whole folder, for paper and as the copy he may ask for (R24, PIPL 45).

Of a record that was merged this is its survivor's. What a vehicle had before or after his time is somebody else's.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from chassis.process.clock import LOCAL
from contracts.customer.dossier import DossierAsked, DossierFormat
from contracts.customer.folder import DocumentsAsked
from contracts.customer.operations import ById
from contracts.customer.views import ViewAsked
from services.customer.folder.queries import contents
from services.customer.record import queries
from services.customer.record.sealing import key_beside, opened
from services.customer.view.queries import overview

PRINTED_LINES = 500
"""Timeline entries that are printed, newest first; `customer.older` says that there are more."""

MOST_LINES = 20_000
"""Of anything in a copy: a taxi company's years are fewer."""

_MINE = "(SELECT id FROM customer WHERE id = :customer_id OR merged_into = :customer_id)"
_HELD = """
      FROM {table} held
     WHERE EXISTS (
           SELECT FROM vehicle_party p
            WHERE p.customer_id = :customer_id AND p.vehicle_id = held.vehicle_id
              AND p.since {began} AND (p.until IS NULL OR p.until > held.{at}))
"""
_EARLIER = text(
    f"""
    SELECT c.id AS customer_id, c.kind, c.name, c.title, c.gender, c.birth_date, c.id_number, c.uscc,
           c.organisation_code, c.mobile, c.phones, c.email, c.addresses, c.employer, c.preferences, c.tags, c.store_id,
           c.registered_at, c.updated_at, {key_beside("c.id")}
      FROM customer c WHERE c.merged_into = :customer_id ORDER BY c.registered_at, c.id
    """  # noqa: S608  # constants of this file and service, here and below
)
_PLATES = text(
    "SELECT held.vehicle_id, held.plate, held.kind, held.since, held.until"
    + _HELD.format(table="vehicle_plate", began="< coalesce(held.until, 'infinity')", at="since")
    + "ORDER BY held.vehicle_id, held.since, held.plate"
)
_READINGS = text(
    "SELECT held.vehicle_id, held.at, held.km, held.source_id"
    + _HELD.format(table="odometer", began="<= held.at", at="at")
    + "ORDER BY held.vehicle_id, held.at, held.source_id LIMIT :most"
)
_CHANGES = text(
    f"""
    SELECT h.customer_id, h.field, h.old, h.new, h.version, h.at, h.staff_id, h.department, h.origin,
           {key_beside("h.customer_id")}
      FROM change h WHERE h.customer_id IN {_MINE} ORDER BY h.at DESC, h.id DESC LIMIT :most
    """  # noqa: S608
)
_MERGES = text(
    f"""
    SELECT id AS merge_id, kind, survivor_id, loser_ids, field_choices, reason, store_id, requested_by, requested_at,
           undone_at, undone_by, undone_because
      FROM merge
     WHERE survivor_id IN {_MINE}
        OR loser_ids ?| ARRAY(SELECT id::text FROM {_MINE} mine)
     ORDER BY position DESC
    """  # noqa: S608
)
_SEGMENTS = text(
    f"""
    SELECT m.segment_id, s.name, m.entered_at, m.left_at FROM segment_member m JOIN segment s ON s.id = m.segment_id
     WHERE m.customer_id IN {_MINE} ORDER BY m.entered_at DESC, s.name, m.customer_id
    """  # noqa: S608
)
_REQUESTS = text(
    f"""
    SELECT id AS request_id, kind, how, status, store_id, received_at, due_at, recorded_by, decided_at, decided_by,
           reason
      FROM privacy_request WHERE customer_id IN {_MINE} ORDER BY received_at DESC, id DESC
    """  # noqa: S608
)


def dossier(connection: Connection, asked: DossierAsked, *, now: datetime) -> Any:
    """`dossier.Dossier`. Raises CustomerNotFound."""
    lines = PRINTED_LINES if asked.format is DossierFormat.PAGE else MOST_LINES
    customer = overview.customer_view(connection, ViewAsked(asked.customer_id, limit=lines), now=now)
    survivor = customer["customer_id"]
    consents = contents.consents(connection, ById(survivor))
    return {
        "customer": customer | {"vehicles": [_in_his_time(one) for one in customer["vehicles"]]},
        "consents": consents.current,
        "documents": contents.documents(connection, DocumentsAsked(survivor, removed=True)).items,
        "relations": contents.relations(connection, ById(survivor)).items,
        "printed_at": now.astimezone(LOCAL),
        "consent_history": consents.history,
        "earlier_records": [_earlier(row) for row in _rows(connection, _EARLIER, survivor)],
        "plates": _rows(connection, _PLATES, survivor),
        "odometer": _rows(connection, _READINGS, survivor, most=MOST_LINES),
        "changes": [
            queries.change_shown(row.pop("customer_id"), row)
            for row in _rows(connection, _CHANGES, survivor, most=MOST_LINES)
        ],
        "merges": [_merge(row) for row in _rows(connection, _MERGES, survivor)],
        "segments": _rows(connection, _SEGMENTS, survivor),
        "privacy_requests": _rows(connection, _REQUESTS, survivor),
    }


def _rows(connection: Connection, query: Any, customer_id: UUID, **more: int) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(query, {"customer_id": customer_id, **more}).mappings()]


def _earlier(row: dict[str, Any]) -> dict[str, Any]:
    sealed_key = row.pop("sealed_key")
    return row | {"id_number": opened(row["customer_id"], sealed_key, "id_number", row["id_number"])}


def _merge(row: dict[str, Any]) -> dict[str, Any]:
    chosen = [{"field": field, "customer_id": taken_from} for field, taken_from in row["field_choices"].items()]
    return row | {"field_choices": chosen}


def _in_his_time(vehicle: dict[str, Any]) -> dict[str, Any]:
    """Without the plate that a vehicle has now if he has nothing to do with it any more."""
    return vehicle if vehicle["until"] is None else vehicle | {"plate": None}
