"""What the customer service can be asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from contracts.fields import Address, IdNumber, Mobile, ModelIfKnown, Plate, Reason, StaffId, StoreId, Version, Vin
from contracts.operation import command, query
from contracts.shapes import UNSAID, Between, Text

FIELD_CODES = (
    "NAME_INVALID", "MOBILE_INVALID", "VIN_INVALID", "PLATE_INVALID", "EMAIL_INVALID",
    "ID_FORMAT", "DIGITS_LOST", "ID_CHECKSUM", "ID_DATE", "ID_REGION", "BIRTH_DATE_INVALID",
    "COMPANY_ID_FORMAT", "COMPANY_ID_CHECKSUM",
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


class Occupation(StrEnum):
    """What a person does for a living (R26), in the thirteen classes of GB/T 2261.4-2003; no job is told by it."""

    CIVIL_SERVANT = "civil_servant"
    PROFESSIONAL = "professional"
    EMPLOYEE = "employee"
    MANAGER = "manager"
    WORKER = "worker"
    FARMER = "farmer"
    STUDENT = "student"
    SOLDIER = "soldier"
    FREELANCE = "freelance"
    SELF_EMPLOYED = "self_employed"
    UNEMPLOYED = "unemployed"
    RETIRED = "retired"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class VehicleGiven:
    """A vehicle as the desk types it, and what the customer is to it."""

    vin: Vin
    model: ModelIfKnown = ""
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
    occupation: Occupation | None = None
    vehicle: VehicleGiven | None = None
    force_new: bool = False
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """`created` is False when the record was there before; `evidence` is what it agrees in (E7).

    `warnings` are codes of what was taken with a doubt.
    `birth_date` and `gender` are what was read out of the request, of a card above all (R29).
    """

    customer_id: UUID
    created: bool
    vehicle_id: UUID | None = None
    warnings: list[str] = field(default_factory=list)
    birth_date: date | None = None
    gender: Gender | None = None
    evidence: list[str] = field(default_factory=list)


class Channel(StrEnum):
    """How a customer likes to be reached."""

    CALL = "call"
    SMS = "sms"
    EMAIL = "email"
    LETTER = "letter"


@dataclass(frozen=True, slots=True)
class Preferences:
    """How and when a customer wants to be reached (R12); hours are local, `from_hour` included, `to_hour` not.

    One hour alone limits one side, from a later to an earlier is over midnight, from one to the same any time.
    """

    channel: Channel | None = None
    from_hour: Annotated[int, Between(0, 23)] | None = None
    to_hour: Annotated[int, Between(1, 24)] | None = None
    do_not_call: bool = False


@dataclass(frozen=True, slots=True)
class UpdateCustomer:
    """Change what is given, leave the rest. A new `mobile` or `address` becomes the current one; the old ones are kept.

    `null` takes away a birth date, gender, e-mail, employer or occupation that was wrong; the first two follow from a
    card all the same.
    `expected_version` (If-Match) is what the caller looked at.
    """

    customer_id: UUID
    expected_version: Version | None = None
    name: Annotated[str, Text(1, 100)] | None = None
    mobile: Mobile | None = None
    more_phones: list[Mobile] = field(default_factory=list)
    id_no: IdNumber | None = None
    organisation_no: Annotated[str, Text(9, 30)] | None = None
    birth_date: date | None = UNSAID
    gender: Gender | None = UNSAID
    email: Annotated[str, Text(0, 120)] | None = UNSAID
    address: Address | None = None
    employer: Annotated[str, Text(0, 100)] | None = UNSAID
    occupation: Occupation | None = UNSAID
    tags: list[Annotated[str, Text(1, 40)]] | None = None
    preferences: Preferences | None = None


@dataclass(frozen=True, slots=True)
class EndPhone:
    """The number is not the customer's, or no longer: it stays in the record with its end, and finds nobody."""

    customer_id: UUID
    number: Mobile
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class Updated:
    """The version the record has now, and which fields changed."""

    customer_id: UUID
    version: int
    changed: list[str]


@dataclass(frozen=True, slots=True)
class ById:
    """One customer."""

    customer_id: UUID


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
class ReachedBy:
    """The channels by which a customer can be reached: those for which a number or address is known."""

    customer_id: UUID
    channels: list[Channel]


@dataclass(frozen=True, slots=True)
class WaysToReach:
    """Each of the customers that were asked for; whoever is not registered, or was erased, is reached by none."""

    items: list[ReachedBy] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class WhichExist:
    """Customers and vehicles by their identifiers; in the answer those that are registered, however merged."""

    customer_ids: list[UUID] = field(default_factory=list)
    vehicle_ids: list[UUID] = field(default_factory=list)


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
    refuses=(*FIELD_CODES, "CUSTOMER_NOT_FOUND", "CUSTOMER_MERGED", "CUSTOMER_ERASED", "POSSIBLE_DUPLICATE"),
    summary="Change a customer's record; every change is kept with who made it",
)
end_phone = command(
    "customer.end_phone",
    EndPhone,
    Updated,
    refuses=(
        "MOBILE_INVALID", "DIGITS_LOST", "PHONE_NOT_FOUND", "PHONE_IS_MAIN",
        "CUSTOMER_NOT_FOUND", "CUSTOMER_MERGED", "CUSTOMER_ERASED",
    ),
    summary="A wrong additional phone ends; it is kept, but finds and matches nobody any more",
)  # fmt: skip
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
    refuses=("CUSTOMER_NOT_FOUND", "CUSTOMER_ERASED"),
    summary="The full phone number, with a reason, into the access log",
)
names_of = query("customer.names_of", ByIds, NamesOf, summary="Names for a list of customers")
ways_to_reach = query(
    "customer.ways_to_reach",
    ByIds,
    WaysToReach,
    summary="By which channels these customers can be reached, for services that see to it; no number is told",
)
which_exist = query(
    "customer.which_exist",
    WhichExist,
    WhichExist,
    summary="Which of these customers and vehicles are registered; who was erased is not",
)
