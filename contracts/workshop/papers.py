"""A repair on paper: estimate, repair order, settlement sheet, certificate of completion (竣工出厂合格证)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from contracts.fields import Km, RepairFen, SheetFormat, StaffId, StoreId
from contracts.operation import command, query
from contracts.workshop.jobs import RepairCategory
from contracts.workshop.lines import Said
from contracts.workshop.operations import LineKind, LineState, PayType
from contracts.workshop.parties import RepairParty
from contracts.workshop.settlements import SettlementState


@dataclass(frozen=True, slots=True)
class RepairSheetAsked:
    """A repair order on paper, or its estimate."""

    ro_id: UUID
    format: SheetFormat = SheetFormat.PDF


@dataclass(frozen=True, slots=True)
class SettlementSheetAsked:
    """A settlement on paper."""

    settlement_id: UUID
    format: SheetFormat = SheetFormat.PDF


@dataclass(frozen=True, slots=True)
class CertifyRepair:
    """The vehicle passed its last inspection: of which category the repair is, and what the odometer shows now.

    Said otherwise, it is another certificate; the one before stays, and the new one counts. Said again it is the same.
    """

    ro_id: UUID
    category: RepairCategory
    km_out: Km


@dataclass(frozen=True, slots=True)
class LineTold:
    """A line of the work as it stands on paper."""

    position: int
    kind: LineKind
    state: LineState
    description: str
    hours: Decimal
    amount_fen: RepairFen
    pay_type: PayType


@dataclass(frozen=True, slots=True)
class ConsentTold:
    """What the customer said, to which lines of which version, up to how much; it counts for these and no others."""

    said: Said
    said_at: datetime
    said_by: str
    version: int
    lines: list[int]
    up_to_fen: RepairFen


@dataclass(frozen=True, slots=True)
class PayerTold:
    """What one payer bears of the work, with the tax contained in it."""

    payer: PayType
    amount_fen: RepairFen
    vat_fen: RepairFen


@dataclass(frozen=True, slots=True)
class RepairSheet:
    """What stands on a repair order's sheet, and on its estimate. `changed_at` is when this version of it came to be.

    `unanswered` are the places of the lines that the customer has neither agreed to nor declined; `parties` who brings
    the vehicle and who pays beside him.
    """

    ro_id: UUID
    number: str
    store_id: StoreId
    customer_id: UUID
    vehicle_id: UUID
    advisor_id: StaffId
    technician_id: StaffId | None
    km: int
    complaint: str
    opened_at: datetime
    promised_at: datetime | None
    lines: list[LineTold]
    payers: list[PayerTold]
    total_fen: RepairFen
    authorized_fen: RepairFen
    consents: list[ConsentTold]
    unanswered: list[int]
    parties: list[RepairParty]
    version: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class SettledTold:
    """What a payer bears of a line, with the tax in it."""

    position: int
    kind: LineKind
    description: str
    hours: Decimal
    amount_fen: RepairFen
    vat_fen: RepairFen


@dataclass(frozen=True, slots=True)
class SettlementSheet:
    """What stands on a settlement's sheet (机动车维修费用结算清单), as it was when the invoice was made.

    `km_out`, `category` and the guarantee are those of the certificate, if there was one by then. `parties` are who
    brought the vehicle, and who pays this settlement if that is another than the customer.
    """

    settlement_id: UUID
    number: str
    ro_id: UUID
    ro_number: str
    store_id: StoreId
    customer_id: UUID
    vehicle_id: UUID
    advisor_id: StaffId
    payer: PayType
    state: SettlementState
    opened_at: datetime
    ready_at: datetime | None
    made_at: datetime
    km_in: int
    km_out: int | None
    category: RepairCategory | None
    guarantee_km: int | None
    guarantee_days: int | None
    lines: list[SettledTold]
    amount_fen: RepairFen
    vat_fen: RepairFen
    paid_fen: RepairFen
    balance_fen: RepairFen
    parties: list[RepairParty]
    version: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class RepairCertificate:
    """A certificate of completion: who inspected what, and how long it is guaranteed, by the rule of its day.

    The guarantee ends with `guarantee_km` or `guarantee_days`, whichever is reached first, from the vehicle's return.
    """

    number: str
    ro_id: UUID
    ro_number: str
    store_id: StoreId
    customer_id: UUID
    vehicle_id: UUID
    inspector_id: StaffId | None
    issued_by: StaffId
    issued_at: datetime
    opened_at: datetime
    ready_at: datetime | None
    category: RepairCategory
    km_in: int
    km_out: int
    guarantee_km: int
    guarantee_days: int
    work: list[str]
    version: int
    changed_at: datetime


certify_repair = command(
    "workshop.certify_repair",
    CertifyRepair,
    RepairCertificate,
    refuses=("REPAIR_ORDER_NOT_FOUND", "NOT_INSPECTED", "KM_OUT_BELOW_IN"),
    summary="Issue the certificate of completion of a vehicle that passed quality control",
)
repair_certificate = query(
    "workshop.repair_certificate",
    RepairSheetAsked,
    RepairCertificate,
    refuses=("REPAIR_ORDER_NOT_FOUND", "NOT_CERTIFIED"),
    summary="The certificate of completion, to print and hand out",
)
estimate_sheet = query(
    "workshop.estimate_sheet",
    RepairSheetAsked,
    RepairSheet,
    refuses=("REPAIR_ORDER_NOT_FOUND",),
    summary="The estimate of a repair, to print and sign",
)
repair_sheet = query(
    "workshop.repair_sheet",
    RepairSheetAsked,
    RepairSheet,
    refuses=("REPAIR_ORDER_NOT_FOUND",),
    summary="A repair order, to print and sign",
)
settlement_sheet = query(
    "workshop.settlement_sheet",
    SettlementSheetAsked,
    SettlementSheet,
    refuses=("SETTLEMENT_NOT_FOUND",),
    summary="What a payer owes of a repair, to print and sign",
)
