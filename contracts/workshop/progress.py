"""How far a repair is, when it will be ready, and whether the promise will hold (C8, R37)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contracts.fields import Reason, StaffId, StoreId, Version
from contracts.operation import command, query
from contracts.workshop.operations import MOVING, RepairOrder, RepairOrderById, Stage


class Risk(StrEnum):
    """Whether the promise will hold (C8): more than a quarter of an hour before it, around it, or after it."""

    NONE = "none"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    LATE = "late"


class RiskReason(StrEnum):
    """What an order's expected time hangs on."""

    PARTS = "parts"
    CUSTOMER = "customer"
    INSURER = "insurer"
    NOT_DISPATCHED = "not_dispatched"
    QUEUE = "queue"
    WORK = "work"
    OVERRUN = "overrun"
    INSPECTION = "inspection"
    WASHING = "washing"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an order is: where it stands since when, and when it is expected to be ready.

    `eta` is null where nobody knows: it waits, and nobody said until when. `reason` is what it hangs on.
    """

    ro_id: UUID
    store_id: StoreId
    stage: Stage
    stage_since: datetime
    technician_id: StaffId | None
    promised_at: datetime | None
    first_promise: datetime | None
    expected_at: datetime | None
    ready_at: datetime | None
    eta: datetime | None
    risk: Risk
    reason: RiskReason


@dataclass(frozen=True, slots=True)
class ProgressOfBoard:
    """Of which store, or of all within reach."""

    store_id: StoreId | None = None


@dataclass(frozen=True, slots=True)
class BoardProgress:
    """Every open order, the worst first, then by promise."""

    items: list[Progress]


@dataclass(frozen=True, slots=True)
class RenewPromise:
    """The customer was told of another time, and why. The first promise is kept, and counts."""

    ro_id: UUID
    promised_at: datetime
    reason: Reason
    expected_version: Version | None = None


progress = query(
    "workshop.progress",
    RepairOrderById,
    Progress,
    refuses=("REPAIR_ORDER_NOT_FOUND",),
    summary="How far one order is, when it will be ready, and whether its promise will hold",
)
board_progress = query(
    "workshop.board_progress", ProgressOfBoard, BoardProgress, summary="The same of every open order"
)
renew_promise = command(
    "workshop.renew_promise",
    RenewPromise,
    RepairOrder,
    refuses=(*MOVING, "PROMISE_IN_PAST"),
    summary="Promise another time, with the reason the customer was told",
)
