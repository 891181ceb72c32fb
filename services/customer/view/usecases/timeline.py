"""The customer view as a projection: every event that concerns a customer becomes a line of his timeline.

A new kind of event is one row in `TOLD` and its name in `HEARS` (`chassis/bus/topology.py`).
What it means for the facts at a glance stands in `rules/glance.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.customers import rekeying
from chassis.store.outbox import Cause, to_record
from chassis.store.rows import Insert, as_json, insert_together
from contracts import shapes
from contracts.customer import events as customer
from contracts.customer.events import DocumentMoved
from contracts.envelope import Event, Received
from contracts.followup import events as followup
from contracts.gateway import events as gateway
from contracts.sales import events as sales
from contracts.sales import quote_events as quotes
from contracts.workshop import appointment_events as appointments
from contracts.workshop import events as workshop
from services.customer.vehicles.models import PARTY, Vehicle
from services.customer.vehicles.usecases import odometer
from services.customer.vehicles.usecases.dealings import dealings
from services.customer.vehicles.usecases.keeping import OWNER, Party, Seen, party_inserts, vehicle_writes
from services.customer.view.models import TimelineEntry
from services.customer.view.usecases.folding import fold, lock


@dataclass(frozen=True, slots=True)
class Told:
    """How an event is told.

    `shows` are the fields of its payload that the line holds, `more` what is made of others;
    `of` are the fields that say whose it is: each a customer, or several; `pace` is how it is heard
    (`chassis.bus.lanes`).
    No line holds a name or a phone, and what is money ends in `_fen`, by which it is masked for those who may not see
    prices (R23).
    """

    shows: tuple[str, ...] = ()
    more: Callable[[Any], dict[str, Any]] | None = None
    of: tuple[str, ...] = ("customer_id",)
    pace: float = 0.0


PACE = 0.05
"""Seconds a busy house may gather what the system decided, and what our own record shows already.

What sales and the workshop did is told at once.
"""


def _changed(updated: Any) -> dict[str, Any]:
    return {"changed": [one.field for one in updated.changed]}


def _own_share(settled: Any) -> dict[str, Any]:
    """What the customer pays himself of an invoice; older events do not tell it apart."""
    return {"customer_fen": settled.by_pay_type.get("CUSTOMER", 0) if settled.by_pay_type else settled.total_fen}


_BECAUSE = ("trigger_type", "trigger_id")
"""Of a visit, the document it is made because of: where that goes, all its lines go (E8)."""

TOLD: dict[type[Event], Told] = {
    customer.CustomerRegistered: Told(("kind", "source"), pace=PACE),
    customer.CustomerUpdated: Told((), more=_changed, pace=PACE),
    customer.DuplicateSuspected: Told(
        ("customer_id", "other_id", "score", "evidence"), of=("customer_id", "other_id"), pace=PACE
    ),
    customer.VehiclePartyChanged: Told(("vehicle_id", "role", "since", "until"), pace=PACE),
    customer.CustomerConsentChanged: Told(("purpose", "channel", "allowed", "basis"), pace=PACE),
    customer.CustomerMerged: Told(("survivor_id", "loser_ids", "rule", "score"), of=("survivor_id", "loser_ids")),
    customer.CustomerUnmerged: Told(("survivor_id", "restored_ids"), of=("survivor_id", "restored_ids")),
    customer.CustomerSplit: Told(("customer_id", "new_id"), of=("customer_id", "new_id")),
    quotes.QuotePresented: Told(("model", "valid_until", "total_fen")),
    quotes.QuoteAccepted: Told(("total_fen",)),
    quotes.QuoteLost: Told(("reason", "total_fen")),
    quotes.QuoteExpired: Told(("total_fen",), pace=PACE),
    sales.OrderSigned: Told(("model", "promised_date", "consultant_id", "total_fen")),
    sales.OrderAmended: Told(("before_fen", "total_fen", "balance_fen")),
    sales.PaymentConfirmed: Told(("amount_fen", "balance_fen")),
    sales.PaymentReversed: Told(("amount_fen", "balance_fen")),
    sales.RefundPaid: Told(("amount_fen", "balance_fen")),
    sales.VehicleAllocated: Told(("vin", "vehicle_id")),
    sales.VehicleReleased: Told(("vin", "vehicle_id")),
    sales.OrderCancelRequested: Told(("fault",)),
    sales.OrderCancelWithdrawn: Told(()),
    sales.OrderCancelled: Told(("fault", "total_fen", "paid_fen")),
    sales.VehicleDelivered: Told(("vin", "model", "consultant_id", "km", "first_promise", "total_fen")),
    sales.DeliveryStepChanged: Told(("code", "from_state", "to_state", "due_at")),
    sales.DeliveryAtRisk: Told(("level", "critical_step", "promised_date", "predicted_date"), pace=PACE),
    sales.DeliveryRepromised: Told(("promised_date", "first_promise", "reason")),
    sales.PlateIssued: Told(("vehicle_id", "vin", "plate")),
    workshop.RepairOrderOpened: Told(("number", "vehicle_id", "advisor_id", "km")),
    workshop.RepairOrderKmCorrected: Told(("vehicle_id", "km", "told_km")),
    workshop.RepairAuthorized: Told(("amount_fen", "promised_at")),
    workshop.RepairStageChanged: Told(("from_stage", "to_stage", "expected_at")),
    workshop.RepairReady: Told(("first_promise",)),
    workshop.RepairSettled: Told(("vehicle_id", "total_fen"), more=_own_share),
    workshop.SettlementVoided: Told(("total_fen",)),
    workshop.RepairPaymentConfirmed: Told(("payer", "amount_fen", "balance_fen")),
    workshop.RepairPaymentReversed: Told(("payer", "amount_fen", "balance_fen")),
    workshop.VehicleReturned: Told(("number", "vehicle_id", "km")),
    workshop.PromiseRenewed: Told(("promised_at", "first_promise")),
    workshop.RepairCancelled: Told(("vehicle_id", "from_stage")),
    appointments.AppointmentBooked: Told(("vehicle_id", "starts_at")),
    appointments.AppointmentConfirmed: Told(("starts_at",)),
    appointments.AppointmentRescheduled: Told(("starts_at", "told_before")),
    appointments.VehicleArrived: Told(("vehicle_id", "arrived_at")),
    appointments.AppointmentNoShow: Told(("starts_at",), pace=PACE),
    appointments.AppointmentCancelled: Told(("starts_at",)),
    followup.VisitPlanned: Told(("purpose", "due_at", "channel", *_BECAUSE), pace=PACE),
    followup.VisitRescheduled: Told(("purpose", "due_at", "channel", *_BECAUSE), pace=PACE),
    followup.VisitCompleted: Told(("purpose", "score", *_BECAUSE)),
    followup.VisitUnreachable: Told(("purpose", "because", *_BECAUSE)),
    followup.VisitRefused: Told(("purpose", *_BECAUSE)),
    followup.VisitSuppressed: Told(("purpose", "due_at", "reason", *_BECAUSE), pace=PACE),
    followup.VisitReleased: Told(("purpose", "due_at", "channel", *_BECAUSE), pace=PACE),
    followup.VisitMerged: Told(("purpose", "made_with", *_BECAUSE), pace=PACE),
    followup.VisitParted: Told(("purpose", "due_at", "channel", *_BECAUSE), pace=PACE),
}
"""Every event that concerns a customer. The service hears what stands here."""

MORE = (sales.VehicleDelivered, sales.PlateIssued)
"""Of these more follows than a line."""

PACES = {event: told.pace for event, told in TOLD.items() if event not in MORE}
"""How each of the others is heard."""

UNTOLD: dict[type[Event], str] = {
    customer.VehicleRegistered: "of a vehicle; its owner's line is the delivery",
    customer.VehiclePlateChanged: "of a vehicle; the view shows the plates themselves",
    customer.CustomerPreferencesChanged: "the same change is told as customer_updated",
    customer.DuplicateDecided: "merges and relations are told themselves; that two are two is nobody's history",
    customer.CustomerErased: "the timeline goes with the record",
    customer.CustomerProfiled: "derived of what customer_updated tells",
    customer.ContactShown: "the access log is its place; that he was reached is told by who reached him",
    customer.SegmentEntered: "our own judgement of what the timeline tells",
    customer.SegmentLeft: "our own judgement of what the timeline tells",
    customer.ImportAdvanced: "of a file; whom it registered or changed has a line of his own",
    followup.VisitFellDue: "visit_planned said when; that it has come is the house's task",
    followup.TaskHandedOver: "who of us does it is nobody's history",
    quotes.QuoteApprovalRequested: "the house's own affair, before he had the quote",
    quotes.QuoteApproved: "the house's own affair, before he had the quote",
    quotes.QuoteRejected: "the house's own affair, before he had the quote",
    quotes.QuoteRevised: "the house's own affair; his line is the quote he has",
    sales.OrderApprovalRequested: "the house's own affair, before anything was signed",
    sales.OrderApproved: "the house's own affair; his line is the signature",
    sales.OrderRejected: "the house's own affair, before anything was signed",
    sales.OrderPartiesChanged: "nothing happened to him; whose car it is he learns with the keys",
    sales.OrderClosed: "nothing happened to him; his line is the delivery",
    sales.OrderReceivableChanged: "what he paid, or was given back, is told itself",
    sales.ReceiptUnapplied: "finance's own question; what became of the money is told",
    sales.ReceiptSettled: "finance's own question; what became of the money is told",
    sales.RefundRequested: "not decided; that it was paid is told",
    sales.RefundApproved: "that it was paid is told",
    sales.RefundRefused: "nothing happened to him",
    sales.VehicleReceived: "of a vehicle that is nobody's yet",
    sales.CertificateMoved: "of a vehicle; when it has its plates is told",
    sales.VehicleOffered: "of our queue; that he has a car is told",
    sales.VehicleOfferEnded: "of our queue; that he has a car is told",
    sales.OrdersRekeyed: "another service's word that it has followed a merge",
    workshop.PromiseAtRisk: "our own forecast; the advisor has it as a task, and what he then promised is told",
    workshop.RepairLinesChanged: "the work changes often; what he agreed to, and what he pays, is told",
    workshop.OdometerRecorded: "of a vehicle; its card shows the readings",
    workshop.RepairWorkChanged: "who of us does it is nobody's history",
    workshop.TechnicianClockedOn: "who of us does it is nobody's history",
    workshop.TechnicianClockedOff: "who of us does it is nobody's history",
    workshop.ClockingForgotten: "the house's own affair",
    workshop.ClockingConfirmed: "the house's own affair",
    workshop.ComebackSuspected: "the house's own question",
    workshop.ComebackDetected: "the house's judgement of its own work; who pays is told by the invoice",
    workshop.ComebackCleared: "the house's judgement of its own work",
    workshop.GuaranteeLimitNeared: "the house's own count; nothing happened to him",
    workshop.LemonThresholdReached: "of a vehicle; what the house then offers him it says itself",
    workshop.CourtesyCarDue: "of a repair that goes on; what he was given the answer says",
    workshop.GuaranteeAnswered: "the house's own word; it names no customer",
    workshop.RepairPartiesChanged: "who brings his car and who pays is the desk's affair; what he pays is told",
    workshop.UnpaidAllowed: "the house's own word; what he owes is told by the invoice and his payments",
    appointments.AppointmentConverted: "the repair order it became is told",
    workshop.RepairOrdersRekeyed: "another service's word that it has followed a merge",
    followup.VisitsRekeyed: "another service's word that it has followed a merge",
    gateway.StoreChanged: "of the organisation",
    gateway.StaffChanged: "of the organisation",
}
"""Every other event, and why no customer's timeline tells of it."""

_MOVE = text(
    """
    WITH moved AS (SELECT source_type, source_id, customer_id
                     FROM jsonb_populate_recordset(NULL::timeline_entry, CAST(:rows AS jsonb))),
         concerned AS (
         SELECT source_type, source_id, customer_id FROM moved
          UNION
         SELECT v.source_type, v.source_id, moved.customer_id
           FROM moved JOIN timeline_entry v
             ON v.summary->>'trigger_id' = moved.source_id AND v.summary->>'trigger_type' = moved.source_type)
    UPDATE timeline_entry t SET customer_id = concerned.customer_id
      FROM concerned WHERE t.source_type = concerned.source_type AND t.source_id = concerned.source_id
    """
)

_FORGET = text(
    """
    WITH lines AS (DELETE FROM timeline_entry WHERE customer_id = ANY(CAST(:customers AS uuid[])))
    DELETE FROM glance WHERE customer_id = ANY(CAST(:customers AS uuid[]))
    """
)
_entries: Any = TimelineEntry.__table__


def tell(session: Session, received: Sequence[Received[Any]], *, beside: Sequence[Insert] = ()) -> None:
    """Write the events into their customers' timelines, fold those customers' glances anew, keep the odometers.

    `beside` are other rows that follow from these events; they travel in the same statement.
    """
    lines = {(event.id, one): event for event in received for one in customers_of(event)}
    beside = [odometer.readings(received), dealings(received), *beside]
    if lines:
        _write(session, received, lines, beside)
    else:
        insert_together(session, beside)


def _write(
    session: Session,
    received: Sequence[Received[Any]],
    lines: dict[tuple[UUID, UUID], Received[Any]],
    beside: Sequence[Insert],
) -> None:
    customers = sorted({one for _, one in lines})
    locked = lock(session, customers)
    given = rekeying.given_documents(session, [_document(event) for event in received])
    if given:
        lines = {(event.id, given.get(_document(event), one)): event for (_, one), event in lines.items()}
        customers = sorted({*customers, *(one for _, one in lines)})
        locked |= lock(session, customers)
    entries = Insert(_entries, [_entry(event, one) for (_, one), event in lines.items()], "DO NOTHING")
    insert_together(session, [entries, *beside])
    fold(session, customers, locked=locked)


def hand_over(session: Session, delivered: Sequence[Received[sales.VehicleDelivered]]) -> None:
    """A delivery also makes somebody the owner of the vehicle: who was named as that, else the customer."""
    seen, parties = [], []
    for event in delivered:
        fact = event.payload
        vehicle = Vehicle.register(vin=fact.vin, model=fact.model, now=fact.delivered_at)
        seen.append(Seen(vehicle, event.store_id, fact.delivered_at, cause=Cause.of(event)))
        parties.append(Party(vehicle.id, fact.owner_id or fact.customer_id, OWNER, fact.delivered_at))
    facts, plates = vehicle_writes(session, seen)
    told = [rekeying.Told(one.customer_id, PARTY, f"{one.vehicle_id}:{one.customer_id}") for one in parties]
    parties = [
        one._replace(customer_id=owner.customer_id, origin_customer_id=owner.origin_id)
        for one, owner in zip(parties, rekeying.owners(session, told), strict=True)
    ]
    tell(session, delivered, beside=[*plates, *party_inserts(parties), to_record(session, facts)])


def forget(session: Session, customers: Sequence[UUID]) -> None:
    """Nothing is told of these any more; the caller holds their lock."""
    session.execute(_FORGET, {"customers": list(customers)})


def move(session: Session, documents: Sequence[DocumentMoved], *, whose: UUID) -> None:
    """Let the lines of these documents, visits made because of them included, go over to their new customers (E8)."""
    concerned = sorted({whose, *(one.customer_id for one in documents)})
    locked = lock(session, concerned)
    rows = [
        {"source_type": one.document_type, "source_id": one.document_id, "customer_id": one.customer_id}
        for one in documents
    ]
    if rows:
        session.execute(_MOVE, {"rows": as_json(rows)})
    fold(session, concerned, locked=locked)


def _document(event: Received[Any]) -> tuple[str, str]:
    """The document an event belongs to: a visit to the one it is made because of, anything else to itself."""
    trigger = getattr(event.payload, "trigger_id", None)
    if trigger is not None:
        return event.payload.trigger_type, str(trigger)
    return event.subject.type, event.subject.id


def customers_of(event: Received[Any]) -> Iterator[UUID]:
    """Whose timeline tells of it; of events from before they named a customer, nobody's."""
    for name in TOLD[type(event.payload)].of:
        value = getattr(event.payload, name)
        if isinstance(value, UUID):
            yield value
        elif value is not None:
            yield from value


def _entry(event: Received[Any], customer_id: UUID) -> dict[str, Any]:
    envelope, told = event.envelope, TOLD[type(event.payload)]
    payload = shapes.plain(event.payload)
    return {
        "event_id": envelope.event_id,
        "customer_id": customer_id,
        "event_type": envelope.event_type,
        "source": envelope.producer,
        "source_type": envelope.subject.type,
        "source_id": envelope.subject.id,
        "source_version": envelope.subject.version,
        "store_id": envelope.store_id,
        "occurred_at": envelope.occurred_at,
        "summary": {name: payload[name] for name in told.shows} | (told.more(event.payload) if told.more else {}),
    }
