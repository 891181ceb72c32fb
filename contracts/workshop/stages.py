"""What a repair order can be asked beside the straight way through the workshop: waiting, washing, cancelling; its log.

The stages themselves and the straight way stand in `operations.py`; which may follow which, in the workshop's table.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from contracts.fields import Reason, StaffId, Version
from contracts.operation import command, query
from contracts.shapes import Text
from contracts.workshop.operations import MOVING, MoveRepair, RepairOrder, RepairOrderById, Stage


class WaitingFor(StrEnum):
    """What a repair order may wait for (C7): parts, the customer's word, the insurer's assessment."""

    PARTS = "parts"
    CUSTOMER = "customer"
    INSURER = "insurer"


@dataclass(frozen=True, slots=True)
class WaitRepair:
    """The work cannot go on; `expected_at` is when what is waited for should be there. Asked again: expected anew."""

    ro_id: UUID
    waiting_for: WaitingFor
    expected_at: datetime | None = None
    note: Annotated[str, Text(0, 200)] = ""
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class CancelRepair:
    """Nothing more is done to the vehicle. `refusal_by` signed that he refuses it, where the order waits (C7)."""

    ro_id: UUID
    reason: Reason
    refusal_by: Annotated[str, Text(1, 100)] | None = None
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class StageEntry:
    """An order came to a stage, by whom (nobody: by the clock); what it then waited for was `expected_at`."""

    stage: Stage
    at: datetime
    staff_id: StaffId | None
    expected_at: datetime | None


@dataclass(frozen=True, slots=True)
class RepairHistory:
    """Every stage an order came to, the first one first."""

    items: list[StageEntry]


estimate_repair = command(
    "workshop.estimate_repair",
    MoveRepair,
    RepairOrder,
    refuses=(*MOVING, "NOTHING_TO_DO"),
    summary="The work known so far is the estimate that the customer or his insurer is asked about",
)
wait_repair = command(
    "workshop.wait_repair",
    WaitRepair,
    RepairOrder,
    refuses=(*MOVING, "WORK_OF_ANOTHER", "EXPECTED_IN_PAST"),
    summary="Let the order wait for parts, the customer or the insurer; or say anew until when",
)
resume_repair = command(
    "workshop.resume_repair",
    MoveRepair,
    RepairOrder,
    refuses=(*MOVING, "WORK_OF_ANOTHER"),
    summary="What was waited for is there: the order stands again where it stood before",
)
recall_repair = command(
    "workshop.recall_repair",
    MoveRepair,
    RepairOrder,
    refuses=MOVING,
    summary="Take work that was not begun back from its technician, and give it to nobody yet",
)
wash_repair = command(
    "workshop.wash_repair", MoveRepair, RepairOrder, refuses=MOVING, summary="The vehicle is washed: it may be fetched"
)
cancel_repair = command(
    "workshop.cancel_repair",
    CancelRepair,
    RepairOrder,
    refuses=(*MOVING, "REFUSAL_NOT_SIGNED"),
    summary="Cancel an order whose work was not begun, or that waits; then with the customer's signed refusal",
)
repair_history = query(
    "workshop.repair_history",
    RepairOrderById,
    RepairHistory,
    refuses=("REPAIR_ORDER_NOT_FOUND",),
    summary="Every stage a repair order came to, when and by whom",
)
