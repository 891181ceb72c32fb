"""A customer's whole folder, for paper and as the copy he may ask for (R24, PIPL 45).

Of a record that was merged this is its survivor's. What a vehicle had before or after his time is somebody else's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, TextClause, text

from chassis.process.clock import LOCAL
from contracts.customer.dossier import (
    Dossier,
    DossierAsked,
    DossierFormat,
    EarlierRecord,
    Membership,
    MergeTold,
    PlateHeld,
    ReadingHeld,
    RequestTold,
)
from contracts.customer.folder import DocumentsAsked
from contracts.customer.merges import FieldChoice
from contracts.customer.operations import ById
from contracts.customer.views import VehicleShown, ViewAsked
from contracts.declared import fields_of
from contracts.picked import shaped
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
    SELECT c.id AS customer_id, {", ".join(f"c.{name}" for name in fields_of(EarlierRecord) if name != "customer_id")},
           {key_beside("c.id")}
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


def dossier(connection: Connection, asked: DossierAsked, *, now: datetime) -> Dossier:
    """His whole folder. Raises CustomerNotFound."""
    lines = PRINTED_LINES if asked.format is DossierFormat.PAGE else MOST_LINES
    customer = overview.customer_view(connection, ViewAsked(asked.customer_id, limit=lines), now=now)
    survivor = customer.customer_id
    consents = contents.consents(connection, ById(survivor))
    return Dossier(
        customer=replace(customer, vehicles=[_in_his_time(one) for one in customer.vehicles]),
        consents=consents.current,
        documents=contents.documents(connection, DocumentsAsked(survivor, removed=True)).items,
        relations=contents.relations(connection, ById(survivor)).items,
        printed_at=now.astimezone(LOCAL),
        consent_history=consents.history,
        earlier_records=[_earlier(row) for row in _rows(connection, _EARLIER, survivor)],
        plates=[shaped(PlateHeld, row._mapping) for row in _rows(connection, _PLATES, survivor)],
        odometer=[shaped(ReadingHeld, row._mapping) for row in _rows(connection, _READINGS, survivor, most=MOST_LINES)],
        changes=[queries.change_shown(row) for row in _rows(connection, _CHANGES, survivor, most=MOST_LINES)],
        merges=[_merge(row) for row in _rows(connection, _MERGES, survivor)],
        segments=[shaped(Membership, row._mapping) for row in _rows(connection, _SEGMENTS, survivor)],
        privacy_requests=[shaped(RequestTold, row._mapping) for row in _rows(connection, _REQUESTS, survivor)],
    )


def _rows(connection: Connection, query: TextClause, customer_id: UUID, **more: int) -> Sequence[Row[Any]]:
    return connection.execute(query, {"customer_id": customer_id, **more}).all()


def _earlier(row: Row[Any]) -> EarlierRecord:
    number = opened(row.customer_id, row.sealed_key, "id_number", row.id_number)
    return shaped(EarlierRecord, row._mapping, id_number=number)


def _merge(row: Row[Any]) -> MergeTold:
    chosen = [FieldChoice(field, UUID(taken_from)) for field, taken_from in row.field_choices.items()]
    return shaped(MergeTold, row._mapping, field_choices=chosen)


def _in_his_time(vehicle: VehicleShown) -> VehicleShown:
    """Without the plate that a vehicle has now if he has nothing to do with it any more."""
    return vehicle if vehicle.until is None else replace(vehicle, plate=None)
