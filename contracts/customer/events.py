"""Events of the customer service."""

from __future__ import annotations

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
