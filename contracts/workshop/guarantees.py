"""The law's guarantee of a car (三包): how often and how long it was repaired, and when a courtesy car is due (C9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from contracts.fields import Page, Reason, Size, StaffId, StoreId
from contracts.operation import command, query
from contracts.workshop.jobs import FaultGroup


class Counter(StrEnum):
    """What is counted: days of repairs in all, repairs of one part, days of a repair that goes on (courtesy car)."""

    DAYS = "days"
    REPAIRS = "repairs"
    COURTESY = "courtesy"


class CounterLevel(StrEnum):
    """How far a counter is: it is nothing yet, from seven tenths of its limit on near, beyond the limit reached."""

    NONE = "none"
    NEAR = "near"
    REACHED = "reached"


@dataclass(frozen=True, slots=True)
class CountersAsked:
    """A vehicle."""

    vehicle_id: UUID


@dataclass(frozen=True, slots=True)
class Count:
    """A counter: `count` of `limit`, which is allowed; of repairs, of which part, of a courtesy car, of which order."""

    counter: Counter
    level: CounterLevel
    count: int
    limit: int
    fault_group: FaultGroup | None = None
    ro_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class VehicleCounters:
    """What the maker had to repair of a vehicle, within its guarantee, by the law that it was sold under (`rule`).

    `runs_from` is when its guarantee began; null of a car that others sold, whose last two years are counted then.
    """

    vehicle_id: UUID
    rule: str
    runs_from: date | None
    counts: list[Count]


@dataclass(frozen=True, slots=True)
class ListGuarantees:
    """Counters that are near their limit or beyond, of a store or of all within reach; those nobody answered yet."""

    store_id: StoreId | None = None
    answered: bool = False
    page: Page = 1
    size: Size = 50


@dataclass(frozen=True, slots=True)
class GuaranteeWatch:
    """A counter that was told of, with the order that brought it there; what was arranged is its `answer`."""

    watch_id: UUID
    store_id: StoreId
    vehicle_id: UUID
    customer_id: UUID
    ro_id: UUID
    ro_number: str
    counter: Counter
    fault_group: FaultGroup | None
    level: CounterLevel
    count: int
    limit: int
    rule: str
    told_at: datetime
    answered_by: StaffId | None
    answered_at: datetime | None
    answer: str
    version: int


@dataclass(frozen=True, slots=True)
class GuaranteeWatches:
    """A page of them, the last told first."""

    items: list[GuaranteeWatch]
    page: int
    size: int
    total: int


@dataclass(frozen=True, slots=True)
class AnswerGuarantee:
    """What was arranged: a courtesy car or its money, the maker asked, the customer called."""

    watch_id: UUID
    answer: Reason


vehicle_counters = query(
    "workshop.vehicle_counters",
    CountersAsked,
    VehicleCounters,
    summary="How often and how long a car was repaired under its guarantee, against the law's limits",
)
list_guarantees = query(
    "workshop.list_guarantees",
    ListGuarantees,
    GuaranteeWatches,
    summary="Vehicles whose counters are near the law's limits or beyond",
)
answer_guarantee = command(
    "workshop.answer_guarantee",
    AnswerGuarantee,
    GuaranteeWatch,
    refuses=("GUARANTEE_WATCH_NOT_FOUND",),
    summary="Say what was arranged for a vehicle whose counter is near its limit or beyond",
)
