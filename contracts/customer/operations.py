"""What the customer service can be asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from contracts.fields import (
    Address,
    IdNumber,
    Km,
    Mobile,
    MobileShown,
    Plate,
    PriceFen,
    Reason,
    StaffId,
    StoreId,
    Version,
    Vin,
)
from contracts.operation import command, query
from contracts.shapes import Between, Text

FIELD_CODES = (
    "NAME_INVALID", "MOBILE_INVALID", "VIN_INVALID", "PLATE_INVALID", "EMAIL_INVALID",
    "ID_FORMAT", "ID_CHECKSUM", "ID_DATE", "ID_REGION", "COMPANY_ID_FORMAT", "COMPANY_ID_CHECKSUM",
)  # fmt: skip
"""Why a field of a customer cannot be taken (E1 to E6)."""


class CustomerKind(StrEnum):
    """A natural person or an organisation."""

    PERSON = "person"
    COMPANY = "company"


class VehicleRole(StrEnum):
    """What a customer is to a vehicle; the bringer (送修人) is not made its owner."""

    OWNER = "owner"
    USER = "user"
    BRINGER = "bringer"
    PAYER = "payer"
    BUYER = "buyer"
    INSURED = "insured"


class Gender(StrEnum):
    """As on the identity card."""

    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True, slots=True)
class VehicleGiven:
    """A vehicle as the desk types it, and what the customer is to it."""

    vin: Vin
    model: Annotated[str, Text(1, 80)] = ""
    plate: Plate | None = None
    colour: Annotated[str, Text(0, 40)] = ""
    role: VehicleRole = VehicleRole.OWNER


@dataclass(frozen=True, slots=True)
class RegisterCustomer:
    """Search or create: what is surely the same customer gives the record that is there (R21, E7).

    Birth date and gender follow from `id_no` (R29); `organisation_no` is a credit code or organisation code.
    """

    name: Annotated[str, Text(1, 100)]
    mobile: Mobile
    store_id: StoreId
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
    vehicle: VehicleGiven | None = None
    force_new: bool = False
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """`created` is False when the record was there before. `warnings` are codes of what was taken with a doubt."""

    customer_id: UUID
    created: bool
    vehicle_id: UUID | None = None
    warnings: list[str] = field(default_factory=list)


class Channel(StrEnum):
    """How a customer likes to be reached."""

    CALL = "call"
    SMS = "sms"
    EMAIL = "email"
    LETTER = "letter"


@dataclass(frozen=True, slots=True)
class Preferences:
    """How and when a customer wants to be reached (R12); hours are local, `from_hour` included."""

    channel: Channel | None = None
    from_hour: Annotated[int, Between(0, 23)] | None = None
    to_hour: Annotated[int, Between(1, 24)] | None = None
    do_not_call: bool = False


@dataclass(frozen=True, slots=True)
class UpdateCustomer:
    """Change what is given, leave the rest. A new `mobile` or `address` becomes the current one; the old ones are kept.

    `expected_version` (If-Match) is what the caller looked at.
    """

    customer_id: UUID
    expected_version: Version | None = None
    name: Annotated[str, Text(1, 100)] | None = None
    mobile: Mobile | None = None
    more_phones: list[Mobile] = field(default_factory=list)
    id_no: IdNumber | None = None
    organisation_no: Annotated[str, Text(9, 30)] | None = None
    birth_date: date | None = None
    gender: Gender | None = None
    email: Annotated[str, Text(0, 120)] | None = None
    address: Address | None = None
    employer: Annotated[str, Text(0, 100)] | None = None
    tags: list[Annotated[str, Text(1, 40)]] | None = None
    preferences: Preferences | None = None


@dataclass(frozen=True, slots=True)
class Updated:
    """The version the record has now, and which fields changed."""

    customer_id: UUID
    version: int
    changed: list[str]


@dataclass(frozen=True, slots=True)
class LookUp:
    """One box for everything: phone (whole or last four), plate, VIN (whole or tail), name, pinyin, initials (R36)."""

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
    spent_fen: PriceFen = 0


@dataclass(frozen=True, slots=True)
class Alert:
    """What a desk must not overlook when the customer stands before it; `code` is stable."""

    code: str
    zh: str
    en: str


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


@dataclass(frozen=True, slots=True)
class CustomerView:
    """Profile, vehicles, facts at a glance and the timeline, newest first (R19).

    Of a record that was merged this is its survivor's, and `redirected_from` is what was asked for.
    `older` is there when the timeline goes on: ask again with it as `before`.
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
    preferences: Preferences = field(default_factory=Preferences)
    tags: list[str] = field(default_factory=list)
    updated_at: datetime | None = None
    redirected_from: UUID | None = None
    alerts: list[Alert] = field(default_factory=list)
    older: str | None = None


@dataclass(frozen=True, slots=True)
class HistoryAsked:
    """What was changed in a customer's record; `field` narrows it to one field."""

    customer_id: UUID
    field: Annotated[str, Text(1, 40)] | None = None
    limit: Annotated[int, Between(1, 200)] = 50


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """One field of one version: old and new value, who changed it, for which department, and by what way."""

    field: str
    old: dict[str, Any] | None
    new: dict[str, Any] | None
    version: int
    at: datetime
    staff_id: StaffId
    department: str
    origin: str


@dataclass(frozen=True, slots=True)
class History:
    """Changes, newest first."""

    items: list[ChangeShown]


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
    refuses=(*FIELD_CODES, "POSSIBLE_DUPLICATE", "REASON_REQUIRED"),
    summary="Register a person or company, with a vehicle, in one call; answers with the record if there is one",
)
update_customer = command(
    "customer.update_customer",
    UpdateCustomer,
    Updated,
    refuses=(*FIELD_CODES, "CUSTOMER_NOT_FOUND", "CUSTOMER_MERGED", "POSSIBLE_DUPLICATE"),
    summary="Change a customer's record; every change is kept with who made it",
)
look_up = query("customer.look_up", LookUp, Hits, summary="Who is this? One box for phone, plate, VIN, name and pinyin")
customer_view = query(
    "customer.customer_view",
    ViewAsked,
    CustomerView,
    refuses=("CUSTOMER_NOT_FOUND",),
    summary="Everything we know of a customer",
)
history = query(
    "customer.history",
    HistoryAsked,
    History,
    refuses=("CUSTOMER_NOT_FOUND",),
    summary="What was changed in a customer's record, by whom and for which department",
)
reveal_contact = query(
    "customer.reveal_contact",
    RevealContact,
    Contact,
    refuses=("CUSTOMER_NOT_FOUND",),
    summary="The full phone number, with a reason, into the access log",
)
names_of = query("customer.names_of", ByIds, NamesOf, summary="Names for a list of customers")
