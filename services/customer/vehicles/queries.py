"""The card of a vehicle: its plates, parties and odometer over time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, text

from chassis.process.clock import LOCAL
from contracts import vin as vins
from contracts.customer.operations import VehicleRole
from contracts.customer.vehicles import (
    PartyShown,
    PlateShown,
    Reading,
    VehicleById,
    VehicleCard,
    VehicleKnownBy,
    VehiclesByIds,
    VehiclesOf,
)
from contracts.odometer import Reading as Told
from contracts.odometer import ReadingStatus
from contracts.picked import shaped
from services.customer.vehicles.errors import VehicleNotFound
from services.customer.vehicles.rules import judged

_VEHICLE = text("SELECT * FROM vehicle WHERE id = :vehicle_id")
_PLATES = text(
    """
    SELECT plate, kind, since, until FROM vehicle_plate WHERE vehicle_id = :vehicle_id
     ORDER BY until IS NOT NULL, since DESC, plate
    """
)
_PARTIES = text(
    """
    SELECT c.id AS customer_id, c.name, p.role, min(p.since) AS since,
           CASE WHEN bool_or(p.until IS NULL) THEN NULL ELSE max(p.until) END AS until
      FROM vehicle_party p
      JOIN customer told ON told.id = p.customer_id
      JOIN customer c ON c.id = coalesce(told.merged_into, told.id)
     WHERE p.vehicle_id = :vehicle_id GROUP BY c.id, c.name, p.role
     ORDER BY bool_or(p.until IS NULL) DESC, min(p.since) DESC, p.role, c.id
    """
)
_KNOWN_BY = text(
    """
    SELECT v.id AS vehicle_id, n.plate, v.model, right(v.vin, 8) AS vin_tail, v.vin
      FROM vehicle v LEFT JOIN vehicle_plate n ON n.vehicle_id = v.id AND n.until IS NULL
     WHERE v.id IN :ids ORDER BY v.id
    """
).bindparams(bindparam("ids", expanding=True))
_READINGS = text("SELECT at, source_id, km FROM odometer WHERE vehicle_id = :vehicle_id")


def vehicle(connection: Connection, asked: VehicleById, *, now: datetime) -> VehicleCard:
    """Everything we know of a vehicle. Raises VehicleNotFound."""
    wanted = {"vehicle_id": asked.vehicle_id}
    row = connection.execute(_VEHICLE, wanted).one_or_none()
    if row is None:
        raise VehicleNotFound
    odometer = _judged(connection.execute(_READINGS, wanted))
    return VehicleCard(
        vehicle_id=row.id,
        vin=row.vin,
        model=row.model,
        model_year=model_year(row.vin, today=now.astimezone(LOCAL).date()),
        colour=row.colour,
        registered_at=row.registered_at,
        km=next((one.km for one in odometer if one.status is ReadingStatus.OK), None),
        plates=[PlateShown(*one) for one in connection.execute(_PLATES, wanted)],
        parties=[
            PartyShown(one.customer_id, one.name, VehicleRole(one.role), one.since, one.until)
            for one in connection.execute(_PARTIES, wanted)
        ],
        odometer=odometer,
    )


def vehicles_of(connection: Connection, asked: VehiclesByIds) -> VehiclesOf:
    """What each is known by; a vehicle without a plate has none."""
    if not asked.vehicle_ids:
        return VehiclesOf([])
    rows = connection.execute(_KNOWN_BY, {"ids": asked.vehicle_ids})
    return VehiclesOf([shaped(VehicleKnownBy, row) for row in rows.mappings()])


def model_year(vin: str, *, today: date) -> int | None:
    """The model year in a VIN: the cars of the coming year are sold in this one (E4)."""
    return vins.model_year(vin, not_after=today.year + 1)


def _judged(rows: Iterable[Any]) -> list[Reading]:
    """The readings, newest first, each judged by those before it."""
    return [
        Reading(one.at, one.km, status, one.source_id.partition("/")[0], told_km)
        for one, status, told_km in reversed(judged([Told(row.at, row.source_id, row.km) for row in rows]))
    ]
