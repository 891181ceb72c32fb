"""Everything we keep of one customer: to print for his folder, and as the copy he may ask for (R24, PIPL 45).

What the data map (docs/data-map.toml) says we keep stands in it, or the map says why not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from contracts.customer.folder import ConsentShown, DocumentShown
from contracts.customer.merges import FieldChoice
from contracts.customer.operations import ChangeShown, CustomerKind, Gender, Occupation, Preferences
from contracts.customer.privacy import RequestKind, RequestStatus
from contracts.customer.relations import RelationShown
from contracts.customer.views import AddressShown, CustomerView, PhoneShown
from contracts.fields import IdNumber, Km, MobileShown, Reason, StaffId, StoreId
from contracts.operation import query


class DossierFormat(StrEnum):
    """A page to print, data for another system, or a workbook for the customer to take along."""

    PAGE = "page"
    JSON = "json"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class DossierAsked:
    """A customer's whole folder; who asked goes into the access log (R62)."""

    customer_id: UUID
    reason: Reason = "打印客户档案"
    format: DossierFormat = DossierFormat.PAGE


@dataclass(frozen=True, slots=True)
class EarlierRecord:
    """A record of his that lives on in this one, as it was when they became one."""

    customer_id: UUID
    kind: CustomerKind
    name: str
    title: str
    gender: Gender | None
    birth_date: date | None
    id_number: IdNumber | None
    uscc: str | None
    organisation_code: str | None
    mobile: MobileShown
    phones: list[PhoneShown]
    email: str | None
    addresses: list[AddressShown]
    employer: str | None
    occupation: Occupation | None
    preferences: Preferences
    tags: list[str]
    store_id: StoreId
    registered_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class PlateHeld:
    """A plate that a vehicle had in his time."""

    vehicle_id: UUID
    plate: str
    kind: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class ReadingHeld:
    """How far a vehicle had been driven in his time; `source_id` is what told it."""

    vehicle_id: UUID
    at: datetime
    km: Km
    source_id: str


@dataclass(frozen=True, slots=True)
class MergeTold:
    """Records of his that were made one, or one that was made two (`kind` split), and whether that was undone."""

    merge_id: UUID
    kind: str
    survivor_id: UUID
    loser_ids: list[UUID]
    field_choices: list[FieldChoice]
    reason: str
    store_id: StoreId
    requested_by: StaffId
    requested_at: datetime
    undone_at: datetime | None
    undone_by: StaffId | None
    undone_because: str | None


@dataclass(frozen=True, slots=True)
class Membership:
    """A segment he is in, or was."""

    segment_id: UUID
    name: str
    entered_at: datetime
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class RequestTold:
    """What he asked about his data, or the retention proposed, and what became of it (PIPL 50)."""

    request_id: UUID
    kind: RequestKind
    how: str
    status: RequestStatus
    store_id: StoreId
    received_at: datetime
    due_at: datetime
    recorded_by: StaffId
    decided_at: datetime | None
    decided_by: StaffId | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Dossier:
    """All parts: the profile with vehicles and timeline, consents that hold and all there were, every document.

    The page has the newest 500 lines of the timeline, the other forms have it whole (`customer.older` is empty then).
    """

    customer: CustomerView
    consents: list[ConsentShown]
    documents: list[DocumentShown]
    relations: list[RelationShown]
    printed_at: datetime
    consent_history: list[ConsentShown]
    earlier_records: list[EarlierRecord]
    plates: list[PlateHeld]
    odometer: list[ReadingHeld]
    changes: list[ChangeShown]
    merges: list[MergeTold]
    segments: list[Membership]
    privacy_requests: list[RequestTold]


dossier = query(
    "customer.dossier",
    DossierAsked,
    Dossier,
    refuses=("CUSTOMER_NOT_FOUND",),
    summary="A customer's whole folder as a page to print, as data or as a workbook, into the access log",
)
