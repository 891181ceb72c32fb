"""What a desk need not type: out of an ID number, a VIN or a plate, and what is known already (R29)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, text

from chassis.process.clock import LOCAL
from contracts import plate
from contracts import vin as vins
from contracts.customer.folder import KnownCar, KnownCustomer, Prefill, PrefillAsked
from contracts.customer.operations import Gender
from contracts.refusals import InvalidRequest
from contracts.sayings import Saying
from services.customer.record.errors import refusal_of
from services.customer.record.rules import resident_id
from services.customer.record.rules.provinces import province_of
from services.customer.record.sealing import masters
from services.customer.vehicles.queries import model_year

_CAR = """
    SELECT v.id, v.vin, v.model, v.colour, n.plate, owner.id AS owner_id, owner.name, owner.mobile
      FROM vehicle v
      LEFT JOIN vehicle_plate n ON n.vehicle_id = v.id AND n.until IS NULL
      LEFT JOIN LATERAL (
           SELECT c.id, c.name, c.mobile
             FROM vehicle_party p JOIN customer told ON told.id = p.customer_id
             JOIN customer c ON c.id = coalesce(told.merged_into, told.id)
            WHERE p.vehicle_id = v.id AND p.role = 'owner' AND p.until IS NULL
            ORDER BY p.since DESC, c.id LIMIT 1) owner ON true
"""
_BY_VIN = text(f"{_CAR} WHERE v.vin = :key")
_BY_PLATE = text(f"{_CAR} WHERE n.plate = :key ORDER BY n.since DESC, v.id LIMIT 1")
_BEARER = text(
    """
    SELECT c.id, c.name, c.mobile FROM search_key k JOIN customer c ON c.id = k.customer_id
     WHERE k.kind = 'id18' AND k.key = :key
    """
)


def prefill(connection: Connection, asked: PrefillAsked, *, now: datetime) -> Prefill:
    """What follows from what the desk holds in its hands.

    Raises InvalidRequest when it holds nothing; VinInvalid, PlateInvalid, or a refusal of the ID number.
    """
    if asked.vin is None and asked.id_no is None and asked.plate is None:
        raise InvalidRequest(errors={"_": [Saying.ONE_OF_THREE()]})
    today = now.astimezone(LOCAL).date()
    vin = _vin(asked.vin) if asked.vin is not None else None
    shown = _plate(asked.plate) if asked.plate is not None else None
    card = _id_card(asked.id_no, today=today) if asked.id_no is not None else None
    car = _car(connection, vin, shown)
    of_car = vin or (car.vin if car else None)
    doubt = vins.warning(vin) if vin else None
    return Prefill(
        birth_date=card.birth_date if card else None,
        gender=Gender(card.gender) if card else None,
        region=card.region if card else None,
        province=province_of(card.region) if card else None,
        model_year=model_year(of_car, today=today) if of_car else None,
        vehicle=car,
        bearer=_bearer(connection, card.number_18) if card else None,
        warnings=[*(card.warnings if card else ()), *((doubt,) if doubt else ())],
    )


def _car(connection: Connection, vin: str | None, shown: plate.Plate | None) -> KnownCar | None:
    """By VIN, which is sure; else by plate, if it is one that tells a vehicle."""
    row: Any = None
    if vin is not None:
        row = connection.execute(_BY_VIN, {"key": vin}).one_or_none()
    elif shown is not None and shown.identifies:
        row = connection.execute(_BY_PLATE, {"key": shown.number}).one_or_none()
    if row is None:
        return None
    owner = KnownCustomer(row.owner_id, row.name, row.mobile) if row.owner_id is not None else None
    return KnownCar(row.id, row.vin, row.model, row.colour, row.plate, owner)


def _bearer(connection: Connection, number_18: str) -> KnownCustomer | None:
    row = connection.execute(_BEARER, {"key": masters().hash_of(number_18)}).one_or_none()
    return KnownCustomer(row.id, row.name, row.mobile) if row is not None else None


def _vin(typed: str) -> str:
    try:
        return vins.normalise(typed)
    except vins.NotAVin:
        raise refusal_of("VIN_INVALID", field="vin", typed=typed) from None


def _plate(typed: str) -> plate.Plate:
    try:
        return plate.read(typed)
    except plate.NotAPlate as error:
        raise refusal_of(error.code, field="plate", typed=typed) from None


def _id_card(typed: str, *, today: date) -> resident_id.ResidentId:
    try:
        return resident_id.read(typed, today=today)
    except resident_id.NotAResidentId as error:
        raise refusal_of(error.code, field="id_no", typed=typed) from None
