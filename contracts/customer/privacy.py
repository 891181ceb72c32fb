"""What customers ask about their data: a copy, a correction, to be forgotten (PIPL)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from contracts.fields import Page, Reason, Size, StaffId, StoreId
from contracts.operation import command, query
from contracts.shapes import Text


class Asked(StrEnum):
    """What a customer may ask: a copy of his data, a correction, their erasure (PIPL 45 to 47)."""

    COPY = "copy"
    CORRECTION = "correction"
    ERASURE = "erasure"


class RequestKind(StrEnum):
    """What a request is about; `expired` is proposed by the retention: nobody met the customer any more (PIPL 19)."""

    COPY = "copy"
    CORRECTION = "correction"
    ERASURE = "erasure"
    EXPIRED = "expired"


class RequestStatus(StrEnum):
    """How far a request is."""

    OPEN = "open"
    CARRIED_OUT = "carried_out"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RecordRequest:
    """A customer asked for this; `how` in the words of the desk: by which way, what exactly."""

    customer_id: UUID
    kind: Asked
    how: Annotated[str, Text(1, 500)]


@dataclass(frozen=True, slots=True)
class RequestRecorded:
    """By when it is to be answered (PIPL 50)."""

    request_id: UUID
    due_at: datetime


@dataclass(frozen=True, slots=True)
class ListRequests:
    """Requests, those due first first."""

    status: RequestStatus = RequestStatus.OPEN
    kind: RequestKind | None = None
    customer_id: UUID | None = None
    store_id: StoreId | None = None
    page: Page = 1
    size: Size = 20


@dataclass(frozen=True, slots=True)
class RequestShown:
    """One request; `name` is the customer's, empty once he was erased."""

    request_id: UUID
    customer_id: UUID
    name: str
    kind: RequestKind
    how: str
    status: RequestStatus
    store_id: StoreId
    received_at: datetime
    due_at: datetime
    overdue: bool
    recorded_by: str
    decided_at: datetime | None = None
    decided_by: StaffId | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Requests:
    """A page of requests."""

    items: list[RequestShown]
    page: int
    size: int
    total: int


@dataclass(frozen=True, slots=True)
class RefuseRequest:
    """The reason is told to the customer (PIPL 50)."""

    request_id: UUID
    reason: Reason


@dataclass(frozen=True, slots=True)
class RequestById:
    """One request."""

    request_id: UUID


@dataclass(frozen=True, slots=True)
class RequestDecided:
    """What became of it; `erased_ids` are the records that were emptied, his own and those that lived on in it."""

    request_id: UUID
    status: RequestStatus
    customer_id: UUID
    erased_ids: list[UUID] = field(default_factory=list)


record_privacy_request = command(
    "customer.record_privacy_request",
    RecordRequest,
    RequestRecorded,
    refuses=("CUSTOMER_NOT_FOUND", "CUSTOMER_MERGED", "CUSTOMER_ERASED", "PRIVACY_REQUEST_OPEN"),
    summary="A customer asks for a copy of his data, a correction, or to be forgotten",
)
list_privacy_requests = query(
    "customer.list_privacy_requests",
    ListRequests,
    Requests,
    summary="Privacy requests and when they are due; those overdue stand first",
)
refuse_privacy_request = command(
    "customer.refuse_privacy_request",
    RefuseRequest,
    RequestDecided,
    refuses=("PRIVACY_REQUEST_NOT_FOUND", "PRIVACY_REQUEST_DECIDED"),
    summary="Refuse a privacy request, with the reason",
)
carry_out_privacy_request = command(
    "customer.carry_out_privacy_request",
    RequestById,
    RequestDecided,
    refuses=("PRIVACY_REQUEST_NOT_FOUND", "PRIVACY_REQUEST_DECIDED", "CUSTOMER_ERASED", "ERASURE_BLOCKED"),
    summary="A privacy request is answered; if it asks for erasure, the customer is forgotten",
)
