"""What the customer service can be asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from contracts.fields import Km, Mobile, Plate, Reason, StaffId, StoreId, Vin
from contracts.operation import command, query
from contracts.shapes import Between, Text


class CustomerKind(StrEnum):
    """A natural person or an organisation."""

    PERSON = "person"
    COMPANY = "company"


@dataclass(frozen=True, slots=True)
class VehicleGiven:
    """A vehicle as the desk types it."""

    vin: Vin
    model: Annotated[str, Text(1, 80)] = ""
    plate: Plate | None = None


@dataclass(frozen=True, slots=True)
class RegisterCustomer:
    """Search or create: the same mobile and name give the record that is there (R21)."""

    name: Annotated[str, Text(1, 100)]
    mobile: Mobile
    store_id: StoreId
    kind: CustomerKind = CustomerKind.PERSON
    source: Annotated[str, Text(1, 40)] = "desk"
    vehicle: VehicleGiven | None = None
    force_new: bool = False
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """`created` is False when the record was there before."""

    customer_id: UUID
    created: bool
    vehicle_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class LookUp:
    """One box for everything: phone (whole or last four), plate, VIN (whole or tail), name, pinyin, initials (R36)."""

    q: Annotated[str, Text(1, 60)]
    limit: Annotated[int, Between(1, 50)] = 20


@dataclass(frozen=True, slots=True)
class VehicleShown:
    """A vehicle of a customer; `role` is his role towards it (owner, user, …)."""

    vehicle_id: UUID
    vin: str
    model: str
    plate: str | None
    role: str = "owner"


@dataclass(frozen=True, slots=True)
class Glance:
    """What every desk must know at once (R36)."""

    sold_by_us: bool = False
    sold_at: datetime | None = None
    sold_store_id: StoreId | None = None
    consultant_id: StaffId | None = None
    last_service_at: datetime | None = None
    last_km: Km | None = None
    service_visits: int = 0
    open_visits: int = 0
    last_score: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One customer found; `matched_by` says by what."""

    customer_id: UUID
    kind: CustomerKind
    name: str
    mobile: Mobile
    matched_by: str
    vehicles: list[VehicleShown]
    glance: Glance


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found, best first."""

    items: list[Hit]


@dataclass(frozen=True, slots=True)
class ById:
    """One customer."""

    customer_id: UUID


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened to the customer, whatever department it came from."""

    event_id: UUID
    type: str
    occurred_at: datetime
    store_id: StoreId
    source: str
    source_id: str
    summary: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CustomerView:
    """Profile, vehicles, facts at a glance and the timeline, newest first (R19)."""

    customer_id: UUID
    kind: CustomerKind
    name: str
    mobile: Mobile
    source: str
    registered_at: datetime
    store_id: StoreId
    version: int
    vehicles: list[VehicleShown]
    glance: Glance
    timeline: list[TimelineEntry]


@dataclass(frozen=True, slots=True)
class RevealContact:
    """Ask for the full phone number; who asked and why goes into the access log (R62)."""

    customer_id: UUID
    reason: Reason


@dataclass(frozen=True, slots=True)
class Contact:
    """The full phone number."""

    customer_id: UUID
    name: str
    full_mobile: str


@dataclass(frozen=True, slots=True)
class ByIds:
    """Several customers."""

    customer_ids: list[UUID]


@dataclass(frozen=True, slots=True)
class NameOf:
    """A customer's name, for lists of other services."""

    customer_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class NamesOf:
    """Names of those customers that exist."""

    items: list[NameOf] = field(default_factory=list)


register_customer = command(
    "customer.register_customer",
    RegisterCustomer,
    Registered,
    refuses=("MOBILE_INVALID", "VIN_INVALID", "PLATE_INVALID", "POSSIBLE_DUPLICATE", "REASON_REQUIRED"),
    summary="Register a person or company, with a vehicle, in one call; answers with the record if there is one",
)
look_up = query("customer.look_up", LookUp, Hits, summary="Who is this? One box for phone, plate, VIN, name and pinyin")
customer_view = query(
    "customer.customer_view",
    ById,
    CustomerView,
    refuses=("CUSTOMER_NOT_FOUND",),
    summary="Everything we know of a customer",
)
reveal_contact = query(
    "customer.reveal_contact",
    RevealContact,
    Contact,
    refuses=("CUSTOMER_NOT_FOUND",),
    summary="The full phone number, with a reason, into the access log",
)
names_of = query("customer.names_of", ByIds, NamesOf, summary="Names for a list of customers")
