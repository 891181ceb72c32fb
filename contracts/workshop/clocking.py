"""Who works on which line of a repair order, and since when: work given by line, and technicians' clocks (C7, C18).

`dispatch_repair`, `start_repair` and `finish_repair` (`operations.py`) are the short way: one technician, all lines.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from contracts.fields import Reason, StaffId, StoreId, Version
from contracts.operation import command, query
from contracts.shapes import Many, Text
from contracts.workshop.lines import LineNumber
from contracts.workshop.operations import MOVING, LineState, RepairOrder, RepairOrderById, Stage


@dataclass(frozen=True, slots=True)
class GiveLine:
    """Give one line to technicians of its own, at a bay of its own; with none it is whose the order is."""

    ro_id: UUID
    position: LineNumber
    technicians: Annotated[list[StaffId], Many(10)] = field(default_factory=list)
    bay: Annotated[str, Text(0, 20, one_width=True)] = ""
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class ClockOn:
    """The caller works on this line from now on, without `position` on the order as a whole.

    Whatever else he was clocked on he works on no more.
    """

    ro_id: UUID
    position: LineNumber | None = None


@dataclass(frozen=True, slots=True)
class ClockOff:
    """The caller works on this order no more, for now."""

    ro_id: UUID


@dataclass(frozen=True, slots=True)
class FinishLine:
    """The work of a line is done; nobody is clocked on it any more."""

    ro_id: UUID
    position: LineNumber


@dataclass(frozen=True, slots=True)
class ConfirmClocking:
    """When a clock that was forgotten really stopped; without `ended_at` when the store closed."""

    clocking_id: UUID
    reason: Reason
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Clocking:
    """Somebody worked on a line, or without `position` on the order as a whole, from `began_at` until `ended_at`.

    `worked_hours` is that time without the store's breaks, 0 while it runs. One that was `forgotten` was ended by the
    clock when the store closed, and counts in no figure until somebody confirmed it; `first_ended_at` is what he
    corrected.
    """

    clocking_id: UUID
    ro_id: UUID
    store_id: StoreId
    technician_id: StaffId
    position: int | None
    began_at: datetime
    ended_at: datetime | None
    worked_hours: Decimal
    forgotten: bool
    first_ended_at: datetime | None
    confirmed_at: datetime | None
    confirmed_by: StaffId | None
    reason: str


@dataclass(frozen=True, slots=True)
class HoursEstimate:
    """What a line is taken to take that nobody gave standard hours: half of the last such lines took as long at most.

    `lines` of them were looked at, of this store or (not `here`) of all stores together; with 0 nobody knows, and it is
    taken for one hour.
    """

    hours: Decimal
    lines: int
    here: bool


@dataclass(frozen=True, slots=True)
class LineHours:
    """Of a line, or without `position` of the order as a whole: its hours apart (C18).

    `standard_hours` is what the work should take, `sold_hours` what its payer is charged for, `clocked_hours` what was
    clocked and is certain; `unconfirmed` says that somebody forgot to stop his clock, and nobody said when he did.
    `estimate` is of work without standard hours that is not done.
    """

    position: int | None
    standard_hours: Decimal
    sold_hours: Decimal
    clocked_hours: Decimal
    unconfirmed: bool
    estimate: HoursEstimate | None = None


@dataclass(frozen=True, slots=True)
class Clockings:
    """Who worked on an order, the first first, and its hours by line."""

    store_id: StoreId
    items: list[Clocking]
    hours: list[LineHours]


@dataclass(frozen=True, slots=True)
class ListWork:
    """Work that technicians were given and that is not done; whoever reaches his own only is shown his."""

    store_id: StoreId | None = None
    technician_id: StaffId | None = None


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A line to be done, whose it is, and who is clocked on it since when."""

    ro_id: UUID
    number: str
    store_id: StoreId
    vehicle_id: UUID
    stage: Stage
    promised_at: datetime | None
    position: int
    description: str
    state: LineState
    hours: Decimal
    technicians: list[StaffId]
    bay: str
    clocked_on: list[StaffId]
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Work:
    """Lines to be done, the earliest promise first."""

    items: list[WorkItem]


@dataclass(frozen=True, slots=True)
class ForgottenOfStore:
    """Of which store, or of all within reach."""

    store_id: StoreId | None = None


@dataclass(frozen=True, slots=True)
class ForgottenClock:
    """A clock that was stopped when the store closed, and that nobody confirmed yet."""

    clocking_id: UUID
    ro_id: UUID
    number: str
    store_id: StoreId
    technician_id: StaffId
    position: int | None
    began_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class ForgottenClocks:
    """All of them, the oldest first."""

    items: list[ForgottenClock]


give_line = command(
    "workshop.give_line",
    GiveLine,
    RepairOrder,
    refuses=(*MOVING, "LINE_NOT_FOUND", "LINE_NOT_TO_DO", "TECHNICIAN_UNKNOWN", "BAY_UNKNOWN"),
    summary="Give one line of an order to technicians of its own",
)
clock_on = command(
    "workshop.clock_on",
    ClockOn,
    Clocking,
    refuses=(*MOVING, "LINE_NOT_FOUND", "LINE_NOT_TO_DO", "LINES_UNANSWERED", "WORK_OF_ANOTHER"),
    summary="Begin or go on to work on a line; the clock of whatever else one worked on stops",
)
clock_off = command(
    "workshop.clock_off",
    ClockOff,
    Clocking,
    refuses=("REPAIR_ORDER_NOT_FOUND", "NOT_CLOCKED_ON"),
    summary="Stop working on an order for now",
)
finish_line = command(
    "workshop.finish_line",
    FinishLine,
    RepairOrder,
    refuses=(*MOVING, "LINE_NOT_FOUND", "LINE_NOT_TO_DO", "WORK_OF_ANOTHER"),
    summary="The work of one line is done; the clocks on it stop",
)
confirm_clocking = command(
    "workshop.confirm_clocking",
    ConfirmClocking,
    Clocking,
    refuses=("CLOCKING_NOT_FOUND", "CLOCKING_NOT_FORGOTTEN", "CLOCKING_END_WRONG"),
    summary="Say when a clock that was forgotten really stopped; what it was closed at is kept",
)
clockings = query(
    "workshop.clockings",
    RepairOrderById,
    Clockings,
    refuses=("REPAIR_ORDER_NOT_FOUND",),
    summary="Who worked on an order and when; standard, sold and clocked hours by line",
)
list_work = query("workshop.list_work", ListWork, Work, summary="Lines that technicians have to do, and who is at them")
forgotten_clocks = query(
    "workshop.forgotten_clocks",
    ForgottenOfStore,
    ForgottenClocks,
    summary="Forgotten clocks that wait for confirmation",
)
