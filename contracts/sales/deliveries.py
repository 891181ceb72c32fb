"""What sales can be asked on the way from the contract to the keys: steps, promises, what is late (C5, R44–R48)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from contracts.fields import After, OwnerId, Page, Plate, Reason, Size, StaffId, StoreId, Version
from contracts.operation import command, query
from contracts.sales.operations import Order, OrderById
from contracts.sales.steps import (
    DeliveryRisk,
    DeliveryTerms,
    PaidPart,
    PlateStage,
    PromiseReason,
    StepAct,
    StepCode,
    StepState,
)
from contracts.shapes import Text

Evidence = Annotated[str, Text(0, 200)]
"""What shows that a step is done: the number of an invoice, a policy, a receipt."""


Insurer = Annotated[str, Text(0, 60, one_width=True)]
"""With which company a car is insured."""


@dataclass(frozen=True, slots=True)
class ChangeStep:
    """What is done to a step, by its owner or a manager.

    To hold it up, send it back or drop it takes a `reason`, and `expected_on` says when it will go on. An insurance is
    done with the moment it is `effective_from`, and ends a year later unless it is said until when; a registration with
    its `plate`.
    """

    order_id: UUID
    code: StepCode
    act: StepAct
    reason: Annotated[str, Text(0, 500)] = ""
    expected_on: date | None = None
    evidence: Evidence = ""
    effective_from: datetime | None = None
    plate: Plate | None = None
    expected_version: Version | None = None
    effective_until: datetime | None = None
    insurer: Insurer = ""


@dataclass(frozen=True, slots=True)
class NotePlateStage:
    """A stage of the registration is over, today or on an earlier day (R44); noted again, the later word holds."""

    order_id: UUID
    stage: PlateStage
    on: date | None = None


@dataclass(frozen=True, slots=True)
class RepromiseOrder:
    """The delivery is promised for another day, or for the same one again, and the customer knows (R48)."""

    order_id: UUID
    promised_date: date
    reason: PromiseReason
    remark: Reason
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class CheckHandover:
    """Somebody saw to an item of the checklist, by its code; with `done` false that is taken back (R46)."""

    order_id: UUID
    code: Annotated[str, Text(1, 20)]
    done: bool = True


@dataclass(frozen=True, slots=True)
class StageNoted:
    """A stage of a registration, and the day it was over."""

    stage: PlateStage
    on: date


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an order as shown. `planned_at` is what was first reckoned for it, `due_at` what is now.

    `counts_from` is the payment from which its time runs, if it runs from one: `due_at` moves with that, `planned_at`
    stays. `waits_for` are those to be done before it, `may` what the caller may do to it as it stands. `version` is for
    `If-Match`.
    """

    code: StepCode
    state: StepState
    role: str
    planned_at: datetime | None
    due_at: datetime | None
    is_late: bool
    done_at: datetime | None
    done_by: StaffId | None
    expected_on: date | None
    reason: str
    evidence: str
    effective_from: datetime | None
    effective_until: datetime | None
    insurer: str
    plate: str | None
    stages: list[StageNoted]
    counts_from: PaidPart | None
    waits_for: list[StepCode]
    may: list[StepAct]
    version: int


@dataclass(frozen=True, slots=True)
class PromiseMoved:
    """The delivery was promised for another day."""

    at: datetime
    by: StaffId
    from_day: date
    to_day: date
    reason: PromiseReason
    remark: str


@dataclass(frozen=True, slots=True)
class HandoverItem:
    """An item of the checklist, who saw to it, and when; nobody yet where that is empty (R46)."""

    code: str
    zh: str
    en: str
    done_at: datetime | None
    done_by: StaffId | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """An order with all that its delivery takes.

    `ready_on` is the day the keys can be given as far as is known, `days_left` how many days before the promised one;
    `holds` is the step that everything waits for. `is_ready`: the car stands ready. `provisional`: the holidays of a
    year concerned are not announced. `version` is the order's.
    """

    order: Order
    terms: DeliveryTerms
    risk: DeliveryRisk
    ready_on: date | None
    days_left: int
    holds: StepCode
    is_ready: bool
    provisional: bool
    steps: list[Step]
    checklist: list[HandoverItem]
    promises: list[PromiseMoved]
    version: int


class DeliverySort(StrEnum):
    """By the days left before the promise, those that will be broken first; or by the day promised."""

    RISK = "days_left"
    PROMISE = "promised_on"


@dataclass(frozen=True, slots=True)
class ListDeliveries:
    """Signed orders whose keys are not given yet; those where this step's turn has come."""

    store_id: StoreId | None = None
    risk: DeliveryRisk | None = None
    step: StepCode | None = None
    sort: DeliverySort = DeliverySort.RISK
    page: Page = 1
    size: Size = 50
    after: After | None = None


@dataclass(frozen=True, slots=True)
class OpenDelivery:
    """A delivery in the list."""

    order_id: UUID
    number: str
    store_id: StoreId
    customer_id: UUID
    consultant_id: OwnerId
    model: str
    vin: str | None
    promised_on: date
    first_promise: date
    ready_on: date | None
    days_left: int
    risk: DeliveryRisk
    holds: StepCode
    provisional: bool


@dataclass(frozen=True, slots=True)
class Deliveries:
    """A page of open deliveries."""

    items: list[OpenDelivery]
    page: int
    size: int
    total: int
    next: str | None


_OF_A_STEP = ("ORDER_NOT_FOUND", "STEP_NOT_FOUND", "STEPS_OVER", "STEP_NOT_YOURS", "STEP_BY_ORDER")

change_step = command(
    "sales.change_step",
    ChangeStep,
    Step,
    refuses=(
        *_OF_A_STEP,
        "STEP_STATE",
        "STEP_WAITS",
        "STEP_NOT_REDONE",
        "REASON_MISSING",
        "EVIDENCE_MISSING",
        "EXPECTED_IN_PAST",
        "PLATE_INVALID",
        "INSURANCE_ENDS_EARLY",
    ),
    summary="Do, hold up, send back or drop a step of a delivery",
)
note_plate_stage = command(
    "sales.note_plate_stage",
    NotePlateStage,
    Step,
    refuses=(*_OF_A_STEP, "STEP_STATE", "STAGE_AHEAD"),
    summary="A stage of the registration is over",
)
repromise_order = command(
    "sales.repromise_order",
    RepromiseOrder,
    Delivery,
    refuses=("ORDER_NOT_FOUND", "STEPS_OVER", "PROMISE_IN_PAST"),
    summary="Promise the delivery for another day",
)
check_handover = command(
    "sales.check_handover",
    CheckHandover,
    Delivery,
    refuses=("ORDER_NOT_FOUND", "STEPS_NONE", "STEPS_OVER", "CHECKLIST_UNKNOWN"),
    summary="See to an item of the checklist before the keys are given",
)
delivery = query(
    "sales.delivery", OrderById, Delivery, refuses=("ORDER_NOT_FOUND", "STEPS_NONE"), summary="An order with its steps"
)
list_deliveries = query(
    "sales.list_deliveries", ListDeliveries, Deliveries, summary="Open deliveries, those that will be late first"
)
