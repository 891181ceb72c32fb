"""What the workshop service can be asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from contracts.fields import After, Done, Km, Page, Reason, RepairFen, Size, StaffId, StoreId, Version
from contracts.odometer import ReadingStatus, WhichReading
from contracts.operation import command, query
from contracts.shapes import Between, Many, Text
from contracts.workshop.jobs import FaultGroup, JobClass


class Stage(StrEnum):
    """Where a repair order stands (C7)."""

    OPENED = "opened"
    ESTIMATED = "estimated"
    AUTHORIZED = "authorized"
    DISPATCHED = "dispatched"
    IN_PROGRESS = "in_progress"
    WAITING_PARTS = "waiting_parts"
    WAITING_CUSTOMER = "waiting_customer"
    WAITING_INSURER = "waiting_insurer"
    QC = "qc"
    REWORK = "rework"
    WASHING = "washing"
    READY = "ready"
    SETTLED = "settled"
    RETURNED = "delivered"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class PayType(StrEnum):
    """Who pays a job line (C7)."""

    CUSTOMER = "CUSTOMER"
    WARRANTY = "WARRANTY"
    INTERNAL = "INTERNAL"
    INSURANCE = "INSURANCE"
    GOODWILL = "GOODWILL"


class LineKind(StrEnum):
    """What a job line is: work with its price, or what is taken off the payer's bill."""

    WORK = "WORK"
    DISCOUNT = "DISCOUNT"


class LineState(StrEnum):
    """How far a job line is (C7): nobody works on one before it was agreed to."""

    PROPOSED = "proposed"
    AUTHORIZED = "authorized"
    DECLINED = "declined"
    WORKING = "working"
    DONE = "done"
    PASSED = "qc_pass"


class Verdict(StrEnum):
    """What the inspector says: ready, ready once it is washed, or back to the technician."""

    PASSED = "passed"
    WASHING = "washing"
    REWORK = "rework"


@dataclass(frozen=True, slots=True)
class Share:
    """What another payer bears of a line: so many per cent of it, or a sum such as an insurer's deductible."""

    pay_type: PayType
    percent: Annotated[Decimal, Between(0, 100)] | None = None
    amount_fen: RepairFen | None = None


@dataclass(frozen=True, slots=True)
class JobLine:
    """One piece of work: `hours` standard hours, `amount_fen` its price; or a discount, 0 or less, for its payer.

    `pay_type` bears it, but for the `shares` of others, which are rounded down to a fen.
    Of work, not of a discount, `job_class` says what kind it is: how long it takes where nobody gave standard hours,
    and is guaranteed (C9); `fault_group` what of the vehicle it is about: whether a fault came back.
    """

    description: Annotated[str, Text(1, 200)]
    amount_fen: RepairFen
    hours: Annotated[Decimal, Between(0, 1000)] = Decimal(0)
    pay_type: PayType = PayType.CUSTOMER
    kind: LineKind = LineKind.WORK
    shares: Annotated[list[Share], Many(5)] = field(default_factory=list)
    job_class: JobClass | None = None
    fault_group: FaultGroup | None = None


@dataclass(frozen=True, slots=True)
class LineShown:
    """A job line on its order; `position` is its place there, and stays.

    It is whose the order is, at the order's bay, unless it has `technicians` or a `bay` of its own.
    """

    position: int
    state: LineState
    description: str
    amount_fen: RepairFen
    hours: Decimal
    pay_type: PayType
    kind: LineKind
    shares: list[Share]
    technicians: list[StaffId] = field(default_factory=list)
    bay: str = ""
    job_class: JobClass | None = None
    fault_group: FaultGroup | None = None


@dataclass(frozen=True, slots=True)
class OpenRepairOrder:
    """Take a vehicle in; the caller is its advisor.

    `appointment_id` is the one it comes for; without it that is found by the vehicle, or by its customer.
    """

    vehicle_id: UUID
    customer_id: UUID
    store_id: StoreId
    km: Km
    complaint: Annotated[str, Text(1, 500)]
    lines: list[JobLine] = field(default_factory=list)
    appointment_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class CheckRepairOrder:
    """What a repair order would hold whose customer and vehicle are not registered yet."""

    store_id: StoreId
    lines: list[JobLine] = field(default_factory=list)
    appointment_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class CorrectKm:
    """The reading of the order was wrong, that of taking the vehicle in or the one after; it should have been `km`."""

    ro_id: UUID
    km: Km
    reason: Reason
    reading: WhichReading = WhichReading.IN
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class AuthorizeRepair:
    """The customer's consent to all that is not declined: who gave it, how, up to how much, and the promise to him.

    The first one promises a time; a later one, for more work or a higher price, may promise another. Without
    `up_to_fen` he agrees to what he would pay now.
    """

    ro_id: UUID
    consent_by: Annotated[str, Text(1, 100)]
    promised_at: datetime | None = None
    consent_channel: Annotated[str, Text(1, 20)] = "signature"
    up_to_fen: RepairFen | None = None
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class DispatchRepair:
    """Give the work to a technician at a bay."""

    ro_id: UUID
    technician_id: StaffId
    bay: Annotated[str, Text(1, 20, one_width=True)] = ""
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class MoveRepair:
    """Move the order one stage on."""

    ro_id: UUID
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class ReturnVehicle:
    """Hand the vehicle back; `km_out` is what its odometer shows, if nobody read it at quality control."""

    ro_id: UUID
    km_out: Km | None = None
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class InspectRepair:
    """Quality control, by somebody who neither did the work nor was given it (C7).

    `km_out` is what the odometer shows now.
    """

    ro_id: UUID
    verdict: Verdict = Verdict.PASSED
    km_out: Km | None = None
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class RepairOrderById:
    """One repair order."""

    ro_id: UUID


@dataclass(frozen=True, slots=True)
class RepairOrder:
    """A repair order as shown.

    `total_fen` is of all lines that were not declined, `customer_fen` what of it the customer himself would pay, and
    `authorized_fen` up to how much he agreed.

    `km_status` says whether the reading fits the vehicle's others in the workshop; the customer service, which knows
    all of them, has the last word (`customer.vehicle`). `first_km` is what was read first, where it was corrected.
    `km_out` was read at `km_out_at`, with the work done, and is judged in the same way.
    `technician_id` has every line that has no technicians of its own. `worked_by` are all who were ever given its work,
    or began, ended or were clocked on it; none of them may inspect it (C7).
    It stands where it stands since `stage_since`. While it waits, `waiting_from` is where it stood before and
    `expected_at` when what it waits for should be there.
    """

    ro_id: UUID
    number: str
    store_id: StoreId
    vehicle_id: UUID
    customer_id: UUID
    advisor_id: StaffId
    stage: Stage
    stage_since: datetime
    km: int
    complaint: str
    lines: list[LineShown]
    total_fen: RepairFen
    customer_fen: RepairFen
    authorized_fen: RepairFen
    opened_at: datetime
    version: int
    km_status: ReadingStatus = ReadingStatus.OK
    first_km: int | None = None
    km_reason: str = ""
    km_out: int | None = None
    km_out_at: datetime | None = None
    km_out_status: ReadingStatus = ReadingStatus.OK
    technician_id: StaffId | None = None
    worked_by: list[StaffId] = field(default_factory=list)
    bay: str = ""
    promised_at: datetime | None = None
    first_promise: datetime | None = None
    promise_reason: str = ""
    ready_at: datetime | None = None
    settled_at: datetime | None = None
    returned_at: datetime | None = None
    closed_at: datetime | None = None
    waiting_from: Stage | None = None
    expected_at: datetime | None = None
    waiting_note: str = ""
    cancelled_at: datetime | None = None
    cancel_reason: str = ""


class RepairOrderSort(StrEnum):
    """By promise, the oldest first and none last; by when the vehicle was taken in, the longest here first or last."""

    PROMISE = "promised_at"
    LONGEST_HERE = "opened_at"
    NEWEST = "-opened_at"


@dataclass(frozen=True, slots=True)
class ListRepairOrders:
    """Repair orders of the caller's scope; without a stage the open ones: the board, oldest promise first (R37).

    Open is what was neither returned nor cancelled. Of a customer all of them are shown, newest first, unless a stage
    is asked for; what was returned or closed, last returned first; what was cancelled, newest first.
    """

    store_id: StoreId | None = None
    stage: Stage | None = None
    vehicle_id: UUID | None = None
    customer_id: UUID | None = None
    sort: RepairOrderSort | None = None
    page: Page = 1
    size: Size = 50
    after: After | None = None


@dataclass(frozen=True, slots=True)
class RepairOrders:
    """A page of repair orders."""

    items: list[RepairOrder]
    page: int
    size: int
    total: int
    next: str | None


MOVING = ("REPAIR_ORDER_NOT_FOUND", "STAGE_NOT_ALLOWED")
"""What any step of a repair order may be refused with."""

PRICES = ("LINE_AMOUNT", "SHARES_WRONG", "DISCOUNT_TOO_LARGE", "DISCOUNT_HAS_NO_CLASS")
"""What lines may be refused for."""
_OPENING = ("STORE_CLOSED", "APPOINTMENT_NOT_FOUND", "APPOINTMENT_STATE", *PRICES)

check_repair_order = query(
    "workshop.check_repair_order",
    CheckRepairOrder,
    Done,
    refuses=_OPENING,
    summary="Whether such a repair order would be opened, before anybody is registered for it",
)
open_repair_order = command(
    "workshop.open_repair_order",
    OpenRepairOrder,
    RepairOrder,
    refuses=_OPENING,
    summary="Take a vehicle in, whatever its odometer shows",
)
correct_km = command(
    "workshop.correct_km",
    CorrectKm,
    RepairOrder,
    refuses=("REPAIR_ORDER_NOT_FOUND", "KM_NOT_READ"),
    summary="Correct the reading of a repair order, at any stage",
)
authorize_repair = command(
    "workshop.authorize_repair",
    AuthorizeRepair,
    RepairOrder,
    refuses=(*MOVING, "PROMISE_IN_PAST", "NOTHING_TO_DO", "AMOUNT_BELOW_LINES"),
    summary="Record the customer's consent and the promise to him; later, to more work or a higher price",
)
dispatch_repair = command(
    "workshop.dispatch_repair",
    DispatchRepair,
    RepairOrder,
    refuses=(*MOVING, "TECHNICIAN_UNKNOWN", "BAY_UNKNOWN"),
    summary="Give the work to a technician, or to another",
)
start_repair = command(
    "workshop.start_repair",
    MoveRepair,
    RepairOrder,
    refuses=(*MOVING, "WORK_OF_ANOTHER"),
    summary="Begin the work: the technician it was given to, or a manager, who has then worked on it",
)
finish_repair = command(
    "workshop.finish_repair",
    MoveRepair,
    RepairOrder,
    refuses=(*MOVING, "WORK_OF_ANOTHER", "LINES_UNANSWERED", "LINES_NOT_BEGUN"),
    summary="Work done, over to quality control",
)
inspect_repair = command(
    "workshop.inspect_repair",
    InspectRepair,
    RepairOrder,
    refuses=(*MOVING, "INSPECTOR_DID_THE_WORK"),
    summary="Quality control: ready, to be washed first, or rework",
)
settle_repair = command(
    "workshop.settle_repair",
    MoveRepair,
    RepairOrder,
    refuses=(*MOVING, "NOT_AUTHORIZED", "DISCOUNT_TOO_LARGE", "COMEBACK_UNDECIDED"),
    summary="Make the invoice, a settlement for each payer",
)
return_vehicle = command(
    "workshop.return_vehicle",
    ReturnVehicle,
    RepairOrder,
    refuses=(*MOVING, "CUSTOMER_UNPAID"),
    summary="Hand the vehicle back, its customer's share paid or let go; a week later the order is closed",
)
get_repair_order = query(
    "workshop.get_repair_order",
    RepairOrderById,
    RepairOrder,
    refuses=("REPAIR_ORDER_NOT_FOUND",),
    summary="One repair order",
)
list_repair_orders = query(
    "workshop.list_repair_orders", ListRepairOrders, RepairOrders, summary="The board, or a list"
)
