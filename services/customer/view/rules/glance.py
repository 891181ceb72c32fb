"""What stands of all that happened to a customer, and which facts at a glance it makes (R36); a table, pure.

One row for each thing that may stand. A later event that ends or changes one is a name in its row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.envelope import Event
from contracts.followup import events as followup
from contracts.sales import events as sales
from contracts.sales import quote_events as quotes
from contracts.workshop import appointment_events as appointments
from contracts.workshop import events as workshop

AT, STORE, DOCUMENT = "at", "store_id", "id"
"""What of a standing thing is no field of its line: when it began, in which store, and the document it is of."""


@dataclass(frozen=True, slots=True)
class Number:
    """How many stand."""


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of a field, whole numbers, over those that stand; 0 where none does."""

    field: str


@dataclass(frozen=True, slots=True)
class Newest:
    """A field of the one that began last."""

    field: str


@dataclass(frozen=True, slots=True)
class Soonest:
    """A field of the one whose moment `by` comes first."""

    field: str
    by: str


@dataclass(frozen=True, slots=True)
class Listed:
    """All that stand, the oldest first: by their names in the list, the fields."""

    fields: Mapping[str, str]


Made = Number | Total | Newest | Soonest | Listed


@dataclass(frozen=True, slots=True)
class Fact:
    """A thing that may stand, at most one for each document, whatever order its events are heard in.

    It stands if the newest event of `opens` and `closes` is one of `opens`; of several the newest holds, so that a
    second settlement replaces the first. What an event of `replaces` tells goes before what was told before it; it
    opens nothing, and moves nothing in time. Which is newest says the version of the document; of one version what
    closes is. `makes` are the facts at a glance, by name; one that several rows make is the sum over all of them.
    """

    opens: tuple[type[Event], ...]
    makes: Mapping[str, Made]
    replaces: tuple[type[Event], ...] = ()
    closes: tuple[type[Event], ...] = ()


FACTS: tuple[Fact, ...] = (
    Fact(  # a contract
        opens=(sales.OrderSigned,),
        closes=(sales.VehicleDelivered, sales.OrderCancelled),
        makes={"open_orders": Number()},
    ),
    Fact(  # a car sold
        opens=(sales.VehicleDelivered,),
        makes={
            "sold_at": Newest(AT),
            "sold_store_id": Newest(STORE),
            "consultant_id": Newest("consultant_id"),
            "spent_fen": Total("total_fen"),
        },
    ),
    Fact(  # a vehicle in the workshop
        opens=(workshop.RepairOrderOpened,),
        closes=(workshop.VehicleReturned, workshop.RepairCancelled),
        makes={"open_repair_orders": Listed({"ro_id": DOCUMENT, "number": "number", "store_id": STORE, "since": AT})},
    ),
    Fact(  # a vehicle served
        opens=(workshop.VehicleReturned,),
        makes={"last_service_at": Newest(AT), "last_service_store_id": Newest(STORE), "service_visits": Number()},
    ),
    Fact(  # an invoice of the workshop
        opens=(workshop.RepairSettled,),
        closes=(workshop.SettlementVoided,),
        makes={"spent_fen": Total("customer_fen")},
    ),
    Fact(  # a visit to make
        opens=(followup.VisitPlanned, followup.VisitReleased, followup.VisitParted),
        replaces=(followup.VisitRescheduled,),
        closes=(
            followup.VisitSuppressed,
            followup.VisitMerged,
            followup.VisitCompleted,
            followup.VisitUnreachable,
            followup.VisitRefused,
        ),
        makes={
            "open_visits": Number(),
            "next_visit_at": Soonest("due_at", by="due_at"),
            "next_visit_purpose": Soonest("purpose", by="due_at"),
        },
    ),
    Fact(  # what he said
        opens=(followup.VisitCompleted,),
        makes={"last_score": Newest("score")},
    ),
    Fact(  # a reading of an odometer
        opens=(sales.VehicleDelivered, workshop.RepairOrderOpened, workshop.VehicleReturned),
        replaces=(workshop.RepairOrderKmCorrected,),
        makes={"last_km": Newest("km")},
    ),
    Fact(  # a word with him
        opens=(
            quotes.QuotePresented,
            quotes.QuoteLost,
            sales.OrderSigned,
            sales.OrderCancelRequested,
            sales.OrderCancelWithdrawn,
            sales.VehicleDelivered,
            appointments.AppointmentBooked,
            appointments.AppointmentConfirmed,
            workshop.RepairOrderOpened,
            workshop.VehicleReturned,
            followup.VisitCompleted,
            followup.VisitRefused,
        ),
        makes={"last_contact_at": Newest(AT)},
    ),
)
"""Everything that may stand. A new one is a row, and a column of `glance` with its field of the contract's `Glance`
where it makes something new."""
