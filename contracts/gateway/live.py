"""Live changes: which events the screens that stand open are told of, and what they are told (`GET /stream`).

A row says which queries may answer otherwise after an event; it is told to whoever may ask one of them about it.
What is told holds no value: a screen that shows the thing asks again, with its own rights.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.customer import duplicates, folder, imports, merges, views
from contracts.customer import events as customer
from contracts.envelope import Event
from contracts.fields import Nothing
from contracts.followup import events as followup
from contracts.followup import operations as visits
from contracts.followup import tasks
from contracts.operation import Operation, query
from contracts.sales import allocation, deliveries, finance, payments, quotes, receivables, stock
from contracts.sales import events as sales
from contracts.sales import operations as orders
from contracts.sales import quote_events as quoted
from contracts.workshop import appointment_events as booked
from contracts.workshop import appointments, clocking, comebacks, guarantees, parties, progress, settlements
from contracts.workshop import events as workshop
from contracts.workshop import operations as repairs


@dataclass(frozen=True, slots=True)
class LiveChange:
    """Something was changed, by whomever: what shows it is to be asked again."""

    type: str
    subject_type: str
    subject_id: str
    version: int
    store_id: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class StreamPosition:
    """Where the stream stands now. Who asks this, then reads, then follows from here misses nothing in between."""

    last_event_id: str


follow_changes = query(
    "gateway.follow_changes", Nothing, StreamPosition, summary="Follow what changes, as server-sent events"
)


@dataclass(frozen=True, slots=True)
class Live:
    """An event that screens are told of.

    `touches` are the queries that show its subject, and may answer otherwise after it: it is told within the reach of
    any of them. One that shows something else by a wider right has no place here, for the subject's id is told.
    `owner` names the field of its payload that says whose it is, for reaches that end at that, or several of them;
    without one those hear nothing. `role` names the field that says whose it is where one of these is empty:
    whoever has that role in the store.
    `about` are other things that it changed: the kind of each, and the field that names it, or several of that kind.
    Of each of them it is told as of its subject.
    """

    event: type[Event]
    touches: tuple[Operation[Any, Any], ...]
    owner: str | tuple[str, ...] = ""
    role: str = ""
    about: tuple[tuple[str, str], ...] = ()

    @property
    def owners(self) -> tuple[str, ...]:
        """The fields that say whose it is."""
        named = (self.owner,) if isinstance(self.owner, str) else self.owner
        return tuple(filter(None, named))


_BOARD = (repairs.list_repair_orders, repairs.get_repair_order)
_CLOCKS = (clocking.clockings, clocking.list_work)
_COMEBACKS = (comebacks.list_comebacks, repairs.get_repair_order, tasks.tasks_today)
_GUARANTEES = (guarantees.list_guarantees, guarantees.vehicle_counters, tasks.tasks_today)
_FORGOTTEN = (*_CLOCKS, clocking.forgotten_clocks, tasks.tasks_today)
_REPAIR_MONEY = (*_BOARD, settlements.repair_money, settlements.list_repair_receivables)
_APPOINTMENTS = (appointments.list_appointments,)
_STOCK = (stock.list_stock,)
_MONEY = (payments.list_receipts, payments.order_money, tasks.tasks_today)
_REFUNDS = (finance.list_refunds, finance.list_approvals, payments.order_money, tasks.tasks_today)
_OF_AN_ORDER = (("order", "order_id"),)
_QUEUE = (allocation.list_waiting, tasks.tasks_today)
_PROMISES = (*_BOARD, progress.board_progress, tasks.tasks_today)
_QUOTES = (quotes.list_quotes, quotes.get_quote)
_TO_OFFER = (*_QUOTES, finance.list_approvals)
_ORDERS = (orders.list_orders, orders.get_order)
_DELIVERIES = (deliveries.list_deliveries, deliveries.delivery)
_OWED = (*_ORDERS, receivables.list_receivables, receivables.list_returns, payments.order_money)
_TO_DECIDE = (*_ORDERS, *_DELIVERIES, finance.list_approvals)
_VISITS = (visits.worklist, visits.get_visit, visits.visit_context, tasks.tasks_today)
_PAIRS = (duplicates.list_duplicates, tasks.tasks_today)
_RECORD = (views.customer_view,)
_MERGE = (views.customer_view, merges.merge_state)
_IMPORTS = (imports.list_imports, imports.get_import)

LIVE: tuple[Live, ...] = (
    Live(workshop.RepairOrderOpened, _BOARD),
    Live(workshop.RepairOrderKmCorrected, _BOARD),
    Live(workshop.RepairAuthorized, _BOARD),
    Live(workshop.RepairLinesChanged, _BOARD),
    Live(workshop.RepairPartiesChanged, (*_BOARD, parties.repair_parties)),
    Live(workshop.RepairStageChanged, _BOARD),
    Live(workshop.RepairWorkChanged, (*_BOARD, *_CLOCKS)),
    Live(workshop.TechnicianClockedOn, _CLOCKS, about=(("repair_order", "ro_id"),)),
    Live(workshop.TechnicianClockedOff, _CLOCKS, about=(("repair_order", "ro_id"),)),
    Live(workshop.ClockingForgotten, _FORGOTTEN, about=(("repair_order", "ro_id"),)),
    Live(workshop.ClockingConfirmed, _FORGOTTEN, about=(("repair_order", "ro_id"),)),
    Live(workshop.PromiseAtRisk, _PROMISES),
    Live(workshop.PromiseRenewed, _PROMISES),
    Live(workshop.ComebackSuspected, _COMEBACKS, about=(("repair_order", "ro_id"),)),
    Live(workshop.ComebackDetected, _COMEBACKS, about=(("repair_order", "ro_id"),)),
    Live(workshop.ComebackCleared, _COMEBACKS, about=(("repair_order", "ro_id"),)),
    Live(workshop.GuaranteeLimitNeared, _GUARANTEES, about=(("repair_order", "ro_id"),)),
    Live(workshop.LemonThresholdReached, _GUARANTEES, about=(("repair_order", "ro_id"),)),
    Live(workshop.CourtesyCarDue, _GUARANTEES, about=(("repair_order", "ro_id"),)),
    Live(workshop.GuaranteeAnswered, _GUARANTEES),
    Live(workshop.RepairReady, _BOARD),
    Live(workshop.RepairSettled, _REPAIR_MONEY),
    Live(workshop.SettlementVoided, _REPAIR_MONEY),
    Live(workshop.RepairPaymentConfirmed, _REPAIR_MONEY),
    Live(workshop.RepairPaymentReversed, _REPAIR_MONEY),
    Live(workshop.UnpaidAllowed, _REPAIR_MONEY),
    Live(workshop.VehicleReturned, _BOARD),
    Live(workshop.RepairCancelled, _BOARD),
    Live(booked.AppointmentBooked, _APPOINTMENTS),
    Live(booked.AppointmentConfirmed, _APPOINTMENTS),
    Live(booked.AppointmentRescheduled, _APPOINTMENTS),
    Live(booked.VehicleArrived, _APPOINTMENTS),
    Live(booked.AppointmentConverted, _APPOINTMENTS),
    Live(booked.AppointmentNoShow, _APPOINTMENTS),
    Live(booked.AppointmentCancelled, _APPOINTMENTS),
    Live(quoted.QuoteApprovalRequested, _TO_OFFER, owner="consultant_id"),
    Live(quoted.QuoteApproved, _TO_OFFER, owner="consultant_id"),
    Live(quoted.QuoteRejected, _TO_OFFER, owner="consultant_id"),
    Live(quoted.QuoteRevised, _TO_OFFER, owner="consultant_id"),
    Live(quoted.QuotePresented, _QUOTES, owner="consultant_id"),
    Live(quoted.QuoteAccepted, _QUOTES, owner="consultant_id"),
    Live(quoted.QuoteLost, _TO_OFFER, owner="consultant_id"),
    Live(quoted.QuoteExpired, _QUOTES, owner="consultant_id"),
    Live(sales.OrderApprovalRequested, _TO_DECIDE, owner="consultant_id"),
    Live(sales.OrderApproved, _TO_DECIDE, owner="consultant_id"),
    Live(sales.OrderRejected, _TO_DECIDE, owner="consultant_id"),
    Live(sales.OrderPartiesChanged, _ORDERS, owner="consultant_id"),
    Live(sales.OrderSigned, (*_ORDERS, *_DELIVERIES), owner="consultant_id"),
    Live(sales.OrderAmended, _TO_DECIDE, owner="consultant_id"),
    Live(sales.PaymentConfirmed, (*_ORDERS, *_DELIVERIES), owner="consultant_id"),
    Live(sales.VehicleAllocated, (*_ORDERS, *_DELIVERIES), owner="consultant_id"),
    Live(sales.VehicleReleased, (*_ORDERS, *_DELIVERIES), owner="consultant_id"),
    Live(sales.OrderCancelRequested, _TO_DECIDE, owner="consultant_id"),
    Live(sales.OrderCancelWithdrawn, _TO_DECIDE, owner="consultant_id"),
    Live(sales.OrderCancelled, _TO_DECIDE, owner="consultant_id"),
    Live(sales.VehicleDelivered, (*_ORDERS, *_DELIVERIES), owner="consultant_id"),
    Live(sales.OrderClosed, (*_ORDERS, *_DELIVERIES), owner="consultant_id"),
    Live(sales.PaymentReversed, (*_ORDERS, *_DELIVERIES), owner="consultant_id"),
    Live(sales.RefundPaid, (*_ORDERS, *_DELIVERIES, finance.list_refunds), owner="consultant_id"),
    Live(sales.ReceiptUnapplied, _MONEY, about=_OF_AN_ORDER),
    Live(sales.ReceiptSettled, _MONEY, about=_OF_AN_ORDER),
    Live(sales.RefundRequested, _REFUNDS, about=_OF_AN_ORDER),
    Live(sales.RefundApproved, _REFUNDS, about=_OF_AN_ORDER),
    Live(sales.RefundRefused, _REFUNDS, about=_OF_AN_ORDER),
    Live(sales.OrderReceivableChanged, _OWED, owner="consultant_id"),
    Live(sales.VehicleReceived, _STOCK),
    Live(sales.CertificateMoved, _STOCK),
    Live(sales.VehicleOffered, _QUEUE),
    Live(sales.VehicleOfferEnded, _QUEUE),
    Live(sales.DeliveryStepChanged, (*_ORDERS, *_DELIVERIES), owner="consultant_id"),
    Live(sales.DeliveryAtRisk, (*_ORDERS, *_DELIVERIES), owner="consultant_id"),
    Live(sales.DeliveryRepromised, (*_ORDERS, *_DELIVERIES), owner="consultant_id"),
    Live(followup.VisitPlanned, _VISITS),
    Live(followup.VisitRescheduled, _VISITS),
    Live(followup.VisitCompleted, _VISITS),
    Live(followup.VisitUnreachable, _VISITS),
    Live(followup.VisitRefused, _VISITS),
    Live(followup.VisitSuppressed, _VISITS),
    Live(followup.VisitReleased, _VISITS),
    Live(followup.VisitMerged, _VISITS),
    Live(followup.VisitParted, _VISITS),
    Live(followup.VisitFellDue, _VISITS),
    Live(followup.TaskHandedOver, (tasks.tasks_today,), owner=("from_staff_id", "to_staff_id"), role="role"),
    Live(customer.DuplicateSuspected, _PAIRS),
    Live(customer.DuplicateDecided, _PAIRS),
    Live(customer.CustomerUpdated, _RECORD),
    Live(customer.CustomerPreferencesChanged, _RECORD),
    Live(customer.CustomerErased, _RECORD),
    Live(customer.CustomerConsentChanged, (views.customer_view, folder.consents), about=(("customer", "customer_id"),)),
    Live(customer.CustomerMerged, _MERGE, about=(("customer", "survivor_id"), ("customer", "loser_ids"))),
    Live(customer.CustomerUnmerged, _MERGE, about=(("customer", "survivor_id"), ("customer", "restored_ids"))),
    Live(customer.CustomerSplit, _MERGE, about=(("customer", "customer_id"), ("customer", "new_id"))),
    Live(customer.ImportAdvanced, _IMPORTS),
)
