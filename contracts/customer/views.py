"""What a desk sees of customers: who this is, and everything that we know of him (R19, R23, R36)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from contracts.customer.operations import CustomerKind, Gender, Occupation, Preferences
from contracts.fields import Address, IdNumber, Km, Mobile, MobileShown, SpentFen, StaffId, StoreId
from contracts.operation import query
from contracts.shapes import Between, Text


@dataclass(frozen=True, slots=True)
class LookUp:
    """One box for everything (R36): name, pinyin, initials, phone, card, VIN, plate.

    Phones are found by exactly their last four digits or whole, cards whole, VINs whole or by their last 6 to 8,
    plates from four signs on.
    """

    q: Annotated[str, Text(1, 60)]
    limit: Annotated[int, Between(1, 50)] = 20


@dataclass(frozen=True, slots=True)
class VehicleShown:
    """A vehicle of a customer with its current plate; `role` is what he is to it (owner, user, …), and for how long."""

    vehicle_id: UUID
    vin: str
    model: str
    plate: str | None
    role: str = "owner"
    colour: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class OpenRepairOrder:
    """A vehicle of the customer that is in a workshop right now."""

    ro_id: UUID
    store_id: StoreId
    since: datetime
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Glance:
    """What every desk must know at once (R36).

    `formal` says that he owns a vehicle which we sold or served, to whomever (R25).
    `spent_fen` is what he paid us for cars and repairs, in fen; `next_visit_at` when we are to call him next.
    """

    sold_by_us: bool = False
    sold_at: datetime | None = None
    sold_store_id: StoreId | None = None
    consultant_id: StaffId | None = None
    last_service_at: datetime | None = None
    last_km: Km | None = None
    service_visits: int = 0
    open_visits: int = 0
    last_score: int | None = None
    last_service_store_id: StoreId | None = None
    last_contact_at: datetime | None = None
    next_visit_at: datetime | None = None
    next_visit_purpose: str | None = None
    open_orders: int = 0
    open_repair_orders: list[OpenRepairOrder] = field(default_factory=list)
    spent_fen: SpentFen = 0
    formal: bool = False


@dataclass(frozen=True, slots=True)
class Alert:
    """What a desk must not overlook when the customer stands before it; `code` is stable, `store_id` where it is."""

    code: str
    zh: str
    en: str
    store_id: StoreId | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One customer found; `matched_by` says by what."""

    customer_id: UUID
    kind: CustomerKind
    name: str
    mobile: MobileShown
    matched_by: str
    vehicles: list[VehicleShown]
    glance: Glance
    title: str = ""
    alerts: list[Alert] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found, best first. `searched_by` says by what was searched; `hint` what can be, if this fits nothing."""

    items: list[Hit]
    hint: Alert | None = None
    searched_by: list[str] = field(default_factory=list)


@dataclass(frozen=True)  # without slots: orjson writes it four times as fast, and an answer holds up to 200
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
class PhoneShown:
    """A number of a customer, since when and from which department we know it; `shared` by a household or company."""

    number: Mobile
    kind: str
    shared: bool
    since: datetime
    until: datetime | None
    department: str
    extension: str = ""


@dataclass(frozen=True, slots=True)
class AddressShown:
    """An address of a customer."""

    text: Address
    kind: str
    since: datetime
    until: datetime | None
    department: str


@dataclass(frozen=True, slots=True)
class ViewAsked:
    """A customer, and which of his timeline: `types` are events, parted by commas, `store` where it happened.

    `before` is a moment, or what an earlier answer gave as `older`.
    """

    customer_id: UUID
    types: Annotated[str, Text(0, 500)] | None = None
    store: StoreId | None = None
    before: Annotated[str, Text(1, 80)] | None = None
    limit: Annotated[int, Between(1, 200)] = 50


class RecordStatus(StrEnum):
    """Whether there is somebody behind the record."""

    ACTIVE = "active"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class CustomerView:
    """Profile, vehicles, facts at a glance and the timeline, newest first (R19).

    Of a record that was merged this is its survivor's, and `redirected_from` is what was asked for.
    `older` is there when the timeline goes on: ask again with it as `before`.
    Of a customer who was forgotten (`status` erased, PIPL 47) nothing is left but that, his kind, store and dates.
    """

    customer_id: UUID
    kind: CustomerKind
    name: str
    mobile: MobileShown
    source: str
    registered_at: datetime
    store_id: StoreId
    version: int
    vehicles: list[VehicleShown]
    glance: Glance
    timeline: list[TimelineEntry]
    title: str = ""
    gender: Gender | None = None
    birth_date: date | None = None
    id_number: IdNumber | None = None
    uscc: str | None = None
    organisation_code: str | None = None
    phones: list[PhoneShown] = field(default_factory=list)
    email: str | None = None
    addresses: list[AddressShown] = field(default_factory=list)
    employer: str | None = None
    occupation: Occupation | None = None
    preferences: Preferences = field(default_factory=Preferences)
    tags: list[str] = field(default_factory=list)
    updated_at: datetime | None = None
    redirected_from: UUID | None = None
    alerts: list[Alert] = field(default_factory=list)
    older: str | None = None
    status: RecordStatus = RecordStatus.ACTIVE


look_up = query("customer.look_up", LookUp, Hits, summary="Who is this? One box for phone, plate, VIN, name and pinyin")


customer_view = query(
    "customer.customer_view",
    ViewAsked,
    CustomerView,
    refuses=("CUSTOMER_NOT_FOUND",),
    summary="Everything we know of a customer",
)
