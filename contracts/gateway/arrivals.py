"""Arrivals: who brings a car and the car itself are found or registered, and its repair order is opened, in one call.

The gateway makes it of what the customer service and the workshop do, with their rights, refusals and rules.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated
from uuid import UUID

from contracts.customer.operations import CustomerKind, Gender, Occupation, VehicleGiven, register_customer
from contracts.customer.vehicles import add_vehicle
from contracts.fields import Address, IdNumber, Km, Mobile, Reason, StoreId
from contracts.operation import command
from contracts.shapes import Text
from contracts.workshop.operations import JobLine, RepairOrder, check_repair_order, open_repair_order


@dataclass(frozen=True, slots=True)
class RecordArrival:
    """Take a car in whose repair order cannot be opened yet, because its customer or the car may not be registered.

    Who brings it is said by `name` and `mobile` and what else a registration takes, or, where the desk has chosen him,
    by `customer_id`. `vehicle` says what he is to the car, `appointment_id` which appointment he comes for. The caller
    is the advisor.
    """

    store_id: StoreId
    vehicle: VehicleGiven
    km: Km
    complaint: Annotated[str, Text(1, 500)]
    lines: list[JobLine] = field(default_factory=list)
    appointment_id: UUID | None = None
    customer_id: UUID | None = None
    name: Annotated[str, Text(1, 100)] | None = None
    mobile: Mobile | None = None
    kind: CustomerKind = CustomerKind.PERSON
    source: Annotated[str, Text(1, 40)] = "desk"
    more_phones: list[Mobile] = field(default_factory=list)
    id_no: IdNumber | None = None
    organisation_no: Annotated[str, Text(9, 30)] | None = None
    birth_date: date | None = None
    gender: Gender | None = None
    email: Annotated[str, Text(0, 120)] | None = None
    address: Address | None = None
    employer: Annotated[str, Text(0, 100)] | None = None
    occupation: Occupation | None = None
    force_new: bool = False
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """Whose the car is to us, and its repair order.

    `created` is False where the customer was registered before; `evidence` is what he agrees in (E7), empty for one
    whom the desk has chosen. `warnings` are codes of what was taken with a doubt.
    """

    customer_id: UUID
    created: bool
    vehicle_id: UUID
    repair_order: RepairOrder
    warnings: list[str]
    evidence: list[str]


record_arrival = command(
    "gateway.record_arrival",
    RecordArrival,
    Arrival,
    made_of=(check_repair_order, register_customer, add_vehicle, open_repair_order),
    summary="Take a car in whose customer or which itself may be new: both are found or registered, in one call",
)
