"""The work on an open repair order: lines are added, changed and declined, and what the customer said to it (R51).

What a line is stands in `operations.py`, and so does the customer's consent (`authorize_repair`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from contracts.fields import RepairFen, StaffId, StoreId, Version
from contracts.operation import command, query
from contracts.shapes import Between, Many, Text
from contracts.workshop.jobs import FaultGroup, JobClass
from contracts.workshop.operations import (
    MOVING,
    PRICES,
    JobLine,
    PayType,
    RepairOrder,
    RepairOrderById,
    Share,
)

LineNumber = Annotated[int, Between(1, 1000)]
"""The place of a line on its order."""


class Said(StrEnum):
    """What the customer said to work: yes, or no."""

    AGREED = "agreed"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class AddLine:
    """More work on an open order, or a discount. What goes beyond what the customer agreed to waits for his word."""

    ro_id: UUID
    line: JobLine
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A line is another than it was; what is left out stays.

    Of begun work only the price changes, who bears it, and what kind of work it is said to be.

    Where the customer would pay more than he agreed to, the line waits for his word, or the invoice does.
    """

    ro_id: UUID
    position: LineNumber
    description: Annotated[str, Text(1, 200)] | None = None
    amount_fen: RepairFen | None = None
    hours: Annotated[Decimal, Between(0, 1000)] | None = None
    pay_type: PayType | None = None
    shares: Annotated[list[Share], Many(5)] | None = None
    job_class: JobClass | None = None
    fault_group: FaultGroup | None = None
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class DeclineLine:
    """The customer does not want this line, which was not begun: who said so, and how."""

    ro_id: UUID
    position: LineNumber
    declined_by: Annotated[str, Text(1, 100)]
    channel: Annotated[str, Text(1, 20)] = "signature"
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """What the customer said: `said_by` by `channel`, taken down by `staff_id`, to the order as it stood in `version`.

    `lines` are the places of the lines it was about; `up_to_fen` is how far he agreed to pay from then on.
    """

    said: Said
    at: datetime
    said_by: str
    channel: str
    staff_id: StaffId | None
    version: int
    lines: list[int]
    up_to_fen: RepairFen


@dataclass(frozen=True, slots=True)
class Consents:
    """Everything a customer said to an order, the first first."""

    store_id: StoreId
    items: list[Consent]


add_line = command(
    "workshop.add_line", AddLine, RepairOrder, refuses=(*MOVING, *PRICES), summary="Add work or a discount to an order"
)
change_line = command(
    "workshop.change_line",
    ChangeLine,
    RepairOrder,
    refuses=(*MOVING, *PRICES, "LINE_NOT_FOUND", "LINE_BEGUN"),
    summary="Change a line; of work that was begun its price, who bears it, and what kind of work it is",
)
decline_line = command(
    "workshop.decline_line",
    DeclineLine,
    RepairOrder,
    refuses=(*MOVING, "LINE_NOT_FOUND", "LINE_BEGUN", "DISCOUNT_TOO_LARGE"),
    summary="The customer does not want work that was not begun",
)
consents = query(
    "workshop.consents",
    RepairOrderById,
    Consents,
    refuses=("REPAIR_ORDER_NOT_FOUND",),
    summary="What the customer agreed to and declined, who said it, how and when",
)
