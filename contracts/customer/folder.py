"""What stands in a customer's folder beside his record: consents, documents, completeness."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from contracts.customer.operations import ById, Gender
from contracts.fields import IdNumber, MobileShown, Plate, Reason, StaffId, StoreId, Vin
from contracts.operation import command, query
from contracts.shapes import Between, Text

ID_CODES = ("ID_FORMAT", "DIGITS_LOST", "ID_CHECKSUM", "ID_DATE", "ID_REGION")
"""Why a resident ID cannot be taken (E2)."""

# -- consents (PIPL 13 to 17, 21 to 24) ------------------------------------------------------------------------


class Purpose(StrEnum):
    """What personal data is used for; each is consented to, and withdrawn, by itself."""

    SERVICE_CONTRACT = "service_contract"
    SALES = "sales"
    MARKETING = "marketing"
    SURVEY = "survey"
    PROFILING = "profiling"
    SENSITIVE_DATA = "sensitive_data"
    SHARE_MANUFACTURER = "share_manufacturer"
    SHARE_INSURER = "share_insurer"
    THIRD_PARTY = "third_party"


class ConsentChannel(StrEnum):
    """The way a consent is about; `any` is about all of them."""

    ANY = "any"
    CALL = "call"
    SMS = "sms"
    EMAIL = "email"
    LETTER = "letter"


class Basis(StrEnum):
    """What allows the use (PIPL 13)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LAW = "law"


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """The customer gave or withdrew his consent for one purpose; without `at`, just now.

    Giving names the version of the text he was shown (`text_version`, PIPL 17); withdrawing needs nothing but the
    purpose (PIPL 15). `evidence` says where the proof lies.
    """

    customer_id: UUID
    purpose: Purpose
    allowed: bool
    channel: ConsentChannel = ConsentChannel.ANY
    basis: Basis = Basis.CONSENT
    text_version: Annotated[str, Text(0, 40)] = ""
    evidence: Annotated[str, Text(0, 200)] = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConsentRecorded:
    """`current` is what holds now for the purpose and channel: a decision of an earlier day changes nothing."""

    consent_id: UUID
    current: bool


@dataclass(frozen=True, slots=True)
class ConsentShown:
    """One decision of the customer."""

    consent_id: UUID
    purpose: Purpose
    channel: ConsentChannel
    allowed: bool
    basis: Basis
    text_version: str
    evidence: str
    at: datetime
    recorded_at: datetime
    staff_id: StaffId
    department: str


@dataclass(frozen=True, slots=True)
class Consents:
    """`current` are the decisions that hold, one for each purpose and channel; `history` is all of them, newest first.

    A decision about all channels takes the place of earlier ones about a single channel.
    """

    customer_id: UUID
    current: list[ConsentShown]
    history: list[ConsentShown]


# -- documents (R24) -------------------------------------------------------------------------------------------


class DocumentType(StrEnum):
    """A paper of the customer's bag."""

    CONTRACT = "contract"
    ID_COPY = "id_copy"
    INVOICE = "invoice"
    REGISTRATION = "registration"
    INSURANCE_POLICY = "insurance_policy"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class AddDocument:
    """A paper is in the bag; `shelf` is where the bag stands in the store.

    The number of an ID copy is a resident ID (E2).
    """

    customer_id: UUID
    type: DocumentType
    number: Annotated[str, Text(1, 60, one_width=True)]
    store_id: StoreId
    shelf: Annotated[str, Text(1, 60, one_width=True)]
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class DocumentAdded:
    """Its identifier."""

    document_id: UUID


@dataclass(frozen=True, slots=True)
class DocumentsAsked:
    """A customer's papers; `removed` shows those that were taken out as well."""

    customer_id: UUID
    removed: bool = False


@dataclass(frozen=True, slots=True)
class DocumentShown:
    """One paper. The number of an ID copy is an ID number and is masked: it stands in `id_number`, not in `number`."""

    document_id: UUID
    type: DocumentType
    number: str
    id_number: IdNumber | None
    store_id: StoreId
    shelf: str
    issued_on: date | None
    added_at: datetime
    added_by: StaffId
    removed_at: datetime | None
    removed_by: StaffId | None
    removed_because: str


@dataclass(frozen=True, slots=True)
class Documents:
    """Papers, newest first."""

    items: list[DocumentShown]


@dataclass(frozen=True, slots=True)
class RemoveDocument:
    """The paper left the bag; the index keeps that it was there, and why it went."""

    customer_id: UUID
    document_id: UUID
    reason: Reason


@dataclass(frozen=True, slots=True)
class DocumentRemoved:
    """The paper that left."""

    document_id: UUID


# -- completeness (R17) ----------------------------------------------------------------------------------------


class Stage(StrEnum):
    """How far a customer has come with us; what we must know of him grows with it."""

    PROSPECT = "prospect"
    OWNER = "owner"
    SERVICED = "serviced"


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of what his stage requires is known: filled weight in hundredths of the total, and what is missing.

    `identity_missing` is what is missing of who he is, whatever his stage: name, mobile, card or credit code (C4).
    """

    customer_id: UUID
    stage: Stage
    score: int
    missing: list[str]
    identity_missing: list[str]


@dataclass(frozen=True, slots=True)
class IncompleteAsked:
    """Customers of whom something is missing, of the caller's stores; `after` is the `next` of the page before."""

    stage: Stage | None = None
    store_id: StoreId | None = None
    after: UUID | None = None
    size: Annotated[int, Between(1, 100)] = 50


@dataclass(frozen=True, slots=True)
class Incomplete:
    """One omission."""

    customer_id: UUID
    name: str
    store_id: StoreId
    stage: Stage
    score: int
    missing: list[str]


@dataclass(frozen=True, slots=True)
class Omissions:
    """A page, oldest record first; `next` is empty at the end, and a page may be short before it."""

    items: list[Incomplete]
    next: UUID | None


# -- prefill (R29) ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PrefillAsked:
    """What the desk holds in its hands: any of these."""

    vin: Vin | None = None
    id_no: IdNumber | None = None
    plate: Plate | None = None


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """Somebody who has a record already."""

    customer_id: UUID
    name: str
    mobile: MobileShown


@dataclass(frozen=True, slots=True)
class KnownCar:
    """A vehicle that has a record already, with its current plate and owner."""

    vehicle_id: UUID
    vin: str
    model: str
    colour: str
    plate: str | None
    owner: KnownCustomer | None


@dataclass(frozen=True, slots=True)
class Prefill:
    """What need not be typed: from the ID number, the VIN, and what is known already.

    `region` is the code on the card, `province` its name; `bearer` has a record with this ID number.
    """

    birth_date: date | None = None
    gender: Gender | None = None
    region: str | None = None
    province: str | None = None
    model_year: int | None = None
    vehicle: KnownCar | None = None
    bearer: KnownCustomer | None = None
    warnings: list[str] = field(default_factory=list)


record_consent = command(
    "customer.record_consent",
    RecordConsent,
    ConsentRecorded,
    refuses=("CUSTOMER_NOT_FOUND", "CUSTOMER_MERGED", "CUSTOMER_ERASED", "CONSENT_TEXT_REQUIRED", "MOMENT_AHEAD"),
    summary="The customer gave or withdrew his consent for one purpose",
)
consents = query(
    "customer.consents",
    ById,
    Consents,
    refuses=("CUSTOMER_NOT_FOUND",),
    summary="What the customer consented to, now and before",
)
add_document = command(
    "customer.add_document",
    AddDocument,
    DocumentAdded,
    refuses=(
        "CUSTOMER_NOT_FOUND",
        "CUSTOMER_MERGED",
        "CUSTOMER_ERASED",
        "MOMENT_AHEAD",
        *ID_CODES,
    ),
    summary="Put a paper into the index of a customer's folder",
)
documents = query(
    "customer.documents",
    DocumentsAsked,
    Documents,
    refuses=("CUSTOMER_NOT_FOUND",),
    summary="The papers in a customer's folder, and where they stand",
)
remove_document = command(
    "customer.remove_document",
    RemoveDocument,
    DocumentRemoved,
    refuses=("CUSTOMER_NOT_FOUND", "CUSTOMER_MERGED", "CUSTOMER_ERASED", "DOCUMENT_NOT_FOUND"),
    summary="Take a paper out of the folder; that it was there is kept",
)
completeness = query(
    "customer.completeness",
    ById,
    Completeness,
    refuses=("CUSTOMER_NOT_FOUND", "CUSTOMER_ERASED"),
    summary="How much of what we must know of a customer is known, and what is missing",
)
incomplete = query("customer.incomplete", IncompleteAsked, Omissions, summary="Customers of whom something is missing")
prefill = query(
    "customer.prefill",
    PrefillAsked,
    Prefill,
    refuses=("VIN_INVALID", "PLATE_INVALID", *ID_CODES),
    summary="What need not be typed: birth date, gender, model year, the known owner",
)
