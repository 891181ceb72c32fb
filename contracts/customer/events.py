"""Events of the customer service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.envelope import event


@event(producer="customer", name="customer_registered", version=1, subject="customer")
class CustomerRegistered:
    """A person or company got a record. `kind` is `person` or `company`."""

    customer_id: UUID
    kind: str
    source: str


@event(producer="customer", name="vehicle_registered", version=1, subject="vehicle")
class VehicleRegistered:
    """A vehicle got a record; its id is derived from its VIN, the same in every service."""

    vehicle_id: UUID
    vin: str
    model: str


@dataclass(frozen=True, slots=True)
class FieldChanged:
    """A field of a record; the hashes tell whether two consumers mean the same value, not the value."""

    field: str
    old_hash: str
    new_hash: str


@event(producer="customer", name="customer_updated", version=1, subject="customer")
class CustomerUpdated:
    """A record was changed; who wants the new values asks for them."""

    customer_id: UUID
    version: int
    changed: list[FieldChanged]


@event(producer="customer", name="duplicate_suspected", version=1, subject="customer_pair")
class DuplicateSuspected:
    """Two records may be one customer; `score` are the points of their evidence (E7)."""

    customer_id: UUID
    other_id: UUID
    score: int
    evidence: list[str]


@event(producer="customer", name="vehicle_plate_changed", version=1, subject="vehicle_plate")
class VehiclePlateChanged:
    """A vehicle has another plate since then."""

    vehicle_id: UUID
    old: str
    new: str
    kind: str
    since: datetime


@event(producer="customer", name="vehicle_party_changed", version=1, subject="vehicle_party")
class VehiclePartyChanged:
    """A customer got, or lost, a role towards a vehicle; `until` is empty while it lasts."""

    vehicle_id: UUID
    customer_id: UUID
    role: str
    since: datetime
    until: datetime | None = None
