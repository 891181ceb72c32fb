"""Vehicles: the card of one, its plates over time, and who has what to do with it (E5, E7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated
from uuid import UUID

from contracts.customer.operations import VehicleRole
from contracts.fields import Km, ModelIfKnown, Plate, Vin
from contracts.odometer import ReadingStatus
from contracts.operation import command, query
from contracts.shapes import Text


@dataclass(frozen=True, slots=True)
class VehicleById:
    """One vehicle."""

    vehicle_id: UUID


@dataclass(frozen=True, slots=True)
class PlateShown:
    """A plate the vehicle had, or has while `until` is empty."""

    plate: str
    kind: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class PartyShown:
    """Who has, or had, what to do with the vehicle."""

    customer_id: UUID
    name: str
    role: VehicleRole
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Reading:
    """How far the vehicle had been driven at a moment; `source` is the kind of event that told it.

    `told_km` is what was told first, where it was corrected since.
    """

    at: datetime
    km: Km
    status: ReadingStatus
    source: str
    told_km: Km | None = None


@dataclass(frozen=True, slots=True)
class VehicleCard:
    """A vehicle: plates, parties and readings over time, the current ones first. `km` is the newest fitting reading."""

    vehicle_id: UUID
    vin: str
    model: str
    model_year: int | None
    colour: str
    registered_at: datetime
    km: Km | None
    plates: list[PlateShown]
    parties: list[PartyShown]
    odometer: list[Reading]


@dataclass(frozen=True, slots=True)
class VehiclesByIds:
    """Several vehicles."""

    vehicle_ids: list[UUID]


@dataclass(frozen=True, slots=True)
class VehicleKnownBy:
    """What a vehicle is known by at the desks, for lists of other services: `vin_tail` are the last 8 of its VIN.

    The whole VIN is for papers.
    """

    vehicle_id: UUID
    plate: str | None
    model: str
    vin_tail: str
    vin: str


@dataclass(frozen=True, slots=True)
class VehiclesOf:
    """Those vehicles that exist, with their current plates."""

    items: list[VehicleKnownBy] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AddVehicle:
    """A vehicle is the customer's in this role, since that moment; without one, now."""

    customer_id: UUID
    vin: Vin
    model: ModelIfKnown = ""
    plate: Plate | None = None
    colour: Annotated[str, Text(0, 40)] = ""
    role: VehicleRole = VehicleRole.OWNER
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class VehicleAdded:
    """The vehicle. `warnings` are codes of what was taken with a doubt."""

    vehicle_id: UUID
    customer_id: UUID
    role: VehicleRole
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ChangePlate:
    """The vehicle has another plate since then.

    A plate that is on another vehicle ends there: by itself when both have the same owner, else `carried_over` says so.
    """

    vehicle_id: UUID
    plate: Plate
    since: datetime | None = None
    carried_over: bool = False


@dataclass(frozen=True, slots=True)
class PlateChanged:
    """The current plate, the one before, and the vehicles it was taken from."""

    vehicle_id: UUID
    plate: str
    kind: str
    before: str | None
    taken_from: list[UUID]


@dataclass(frozen=True, slots=True)
class ChangeOwner:
    """The vehicle was sold on: the customer is its owner since then, the owner before no longer is."""

    vehicle_id: UUID
    customer_id: UUID
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class OwnerChanged:
    """The new owner and those he took it over from."""

    vehicle_id: UUID
    owner_id: UUID
    former: list[UUID]


@dataclass(frozen=True, slots=True)
class EndRole:
    """The customer no longer has this role towards the vehicle."""

    customer_id: UUID
    vehicle_id: UUID
    role: VehicleRole
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class RoleEnded:
    """The role that is over."""

    customer_id: UUID
    vehicle_id: UUID
    role: VehicleRole
    until: datetime


vehicle = query(
    "customer.vehicle",
    VehicleById,
    VehicleCard,
    refuses=("VEHICLE_NOT_FOUND",),
    summary="A vehicle with its plates, parties and odometer readings over time",
)
vehicles_of = query(
    "customer.vehicles_of", VehiclesByIds, VehiclesOf, summary="Plates, models and VIN tails for a list of vehicles"
)
add_vehicle = command(
    "customer.add_vehicle",
    AddVehicle,
    VehicleAdded,
    refuses=(
        "CUSTOMER_NOT_FOUND", "CUSTOMER_MERGED", "CUSTOMER_ERASED",
        "VIN_INVALID", "PLATE_INVALID", "VEHICLE_HAS_OWNER", "PLATE_ELSEWHERE",
        "PERIOD_INVALID", "MOMENT_AHEAD",
    ),
    summary="A vehicle of a customer, and what he is to it",
)  # fmt: skip
change_plate = command(
    "customer.change_plate",
    ChangePlate,
    PlateChanged,
    refuses=("VEHICLE_NOT_FOUND", "PLATE_INVALID", "PLATE_ELSEWHERE", "PERIOD_INVALID", "MOMENT_AHEAD"),
    summary="A vehicle's new plate; one carried over from another vehicle ends there",
)
change_owner = command(
    "customer.change_owner",
    ChangeOwner,
    OwnerChanged,
    refuses=(
        "VEHICLE_NOT_FOUND", "CUSTOMER_NOT_FOUND", "CUSTOMER_MERGED", "CUSTOMER_ERASED",
        "OWNER_ALREADY", "PERIOD_INVALID", "MOMENT_AHEAD",
    ),
    summary="A vehicle was sold on: the old owner's role ends, the new one's begins",
)  # fmt: skip
end_role = command(
    "customer.end_role",
    EndRole,
    RoleEnded,
    refuses=(
        "CUSTOMER_NOT_FOUND",
        "CUSTOMER_MERGED",
        "CUSTOMER_ERASED",
        "ROLE_NOT_FOUND",
        "PERIOD_INVALID",
        "MOMENT_AHEAD",
    ),
    summary="A customer no longer has a role towards a vehicle",
)
