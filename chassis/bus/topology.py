"""The topology: every exchange, queue, binding, user and right on the broker, in one table.

Applied by `crm topology apply` (`management.py`), compared by `crm topology diff`;
services declare nothing but their own reply queues, so a mistake in a service cannot break a queue.

An event goes `<producer>.events` (topic, key `<event>.v<n>.<store>`) → `<consumer>.inbox` (topic)
→ the queue of a store's pool if there is one, else, by the alternate exchange, the queue `<consumer>`.
An event that is declared but unheard goes to `crm.unheard`; what should not exist to `crm.unrouted`, with an alarm.
A confidential event comes out at `<producer>.confidential`, where nobody but us may bind, and rests in neither.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from chassis.process.settings import SERVICES
from contracts.customer import events as customer
from contracts.envelope import EVENTS, Event
from contracts.followup import events as followup
from contracts.gateway import events as gateway
from contracts.gateway.live import LIVE
from contracts.sales import events as sales
from contracts.sales import quote_events as quotes
from contracts.workshop import appointment_events as appointments
from contracts.workshop import events as workshop

UNROUTED = "crm.unrouted"
UNHEARD = "crm.unheard"
"""Events that are declared but that nobody hears yet: the newest thousand, for the curious; the log keeps them all."""
FORGOTTEN = "crm.forgotten"
"""Confidential events that nobody hears yet: nothing stays here, the log has them."""
REPLIES = "crm.replies"
LIVE_CHANGES = "gateway.live"
"""What screens that stand open are told of (`contracts/gateway/live.py`), to each process of the gateway by itself."""
PARTNER = "partner"
"""The broker user of systems outside that only listen (`docs/events.md`)."""

_RECORDS = (customer.CustomerMerged, customer.CustomerUnmerged, customer.CustomerSplit)
"""What everybody hears who keeps something of customers (E8)."""

_CUSTOMERS = (*_RECORDS, customer.CustomerErased)
"""The same for those who also keep words about them, which go with him (PIPL 47)."""

HEARS: dict[str, tuple[type[Event], ...]] = {
    "customer": (
        customer.CustomerRegistered,
        customer.CustomerUpdated,
        customer.DuplicateSuspected,
        customer.VehiclePartyChanged,
        customer.CustomerConsentChanged,
        *_RECORDS,
        quotes.QuotePresented,
        quotes.QuoteAccepted,
        quotes.QuoteLost,
        quotes.QuoteExpired,
        sales.OrderSigned,
        sales.OrderAmended,
        sales.PaymentConfirmed,
        sales.PaymentReversed,
        sales.RefundPaid,
        sales.VehicleAllocated,
        sales.VehicleReleased,
        sales.OrderCancelRequested,
        sales.OrderCancelWithdrawn,
        sales.OrderCancelled,
        sales.VehicleDelivered,
        sales.DeliveryStepChanged,
        sales.DeliveryAtRisk,
        sales.DeliveryRepromised,
        sales.PlateIssued,
        workshop.RepairOrderOpened,
        workshop.RepairOrderKmCorrected,
        workshop.OdometerRecorded,
        workshop.RepairAuthorized,
        workshop.RepairStageChanged,
        workshop.RepairReady,
        workshop.RepairSettled,
        workshop.SettlementVoided,
        workshop.RepairPaymentConfirmed,
        workshop.RepairPaymentReversed,
        workshop.VehicleReturned,
        workshop.RepairCancelled,
        workshop.PromiseRenewed,
        appointments.AppointmentBooked,
        appointments.AppointmentConfirmed,
        appointments.AppointmentRescheduled,
        appointments.VehicleArrived,
        appointments.AppointmentNoShow,
        appointments.AppointmentCancelled,
        followup.VisitPlanned,
        followup.VisitRescheduled,
        followup.VisitCompleted,
        followup.VisitUnreachable,
        followup.VisitRefused,
        followup.VisitSuppressed,
        followup.VisitReleased,
        followup.VisitMerged,
        followup.VisitParted,
        sales.OrdersRekeyed,
        workshop.RepairOrdersRekeyed,
        followup.VisitsRekeyed,
    ),
    "sales": (*_CUSTOMERS, gateway.StaffChanged, gateway.StoreChanged),
    "workshop": (*_CUSTOMERS, sales.VehicleDelivered, gateway.StaffChanged, gateway.StoreChanged),
    "followup": (
        *_CUSTOMERS,
        customer.CustomerConsentChanged,
        customer.CustomerPreferencesChanged,
        customer.DuplicateSuspected,
        customer.DuplicateDecided,
        sales.VehicleOffered,
        sales.VehicleOfferEnded,
        quotes.QuoteApprovalRequested,
        quotes.QuoteApproved,
        quotes.QuoteRejected,
        quotes.QuoteRevised,
        quotes.QuotePresented,
        quotes.QuoteAccepted,
        quotes.QuoteLost,
        quotes.QuoteExpired,
        sales.OrderApprovalRequested,
        sales.OrderApproved,
        sales.OrderRejected,
        sales.ReceiptUnapplied,
        sales.ReceiptSettled,
        sales.RefundRequested,
        sales.RefundApproved,
        sales.RefundRefused,
        sales.VehicleDelivered,
        sales.OrderCancelled,
        sales.DeliveryAtRisk,
        sales.DeliveryRepromised,
        workshop.VehicleReturned,
        workshop.PromiseAtRisk,
        workshop.RepairLinesChanged,
        workshop.PromiseRenewed,
        workshop.ClockingForgotten,
        workshop.ClockingConfirmed,
        workshop.ComebackSuspected,
        workshop.ComebackDetected,
        workshop.ComebackCleared,
        workshop.GuaranteeLimitNeared,
        workshop.LemonThresholdReached,
        workshop.CourtesyCarDue,
        workshop.GuaranteeAnswered,
        workshop.RepairAuthorized,
        workshop.RepairReady,
        workshop.RepairCancelled,
        followup.VisitCompleted,
        gateway.StaffChanged,
        gateway.StoreChanged,
    ),
    "reporting": (sales.VehicleDelivered, workshop.RepairSettled, followup.VisitCompleted),
    "gateway": (customer.ContactShown,),
}
"""Who hears what. A contract test holds this table against the `hears` rows of the services."""

CALLS: dict[str, tuple[str, ...]] = {
    "gateway": ("customer", "sales", "workshop", "followup", "reporting"),
    "customer": (),
    "sales": ("customer",),
    "workshop": ("customer", "sales"),
    "followup": ("customer",),
    "reporting": (),
}
"""Who may call whom."""

DELIVERY_LIMIT = 1_000_000
"""Never reached, and above RabbitMQ 4's own of twenty. The broker counts a delivery for everything that was in hand
when a link fell; a message that fells links is judged alone, by its consumer, and its neighbours are not convicted."""

QUORUM = {"x-queue-type": "quorum"}
SURE = {**QUORUM, "x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish"}
KEPT = {**QUORUM, "x-delivery-limit": DELIVERY_LIMIT}
"""For queues people look into: a look takes in hand and gives back, and RabbitMQ 4 drops what was seen twenty times."""


def events_exchange(producer: str) -> str:
    """Where a service's events come out; nameko's own name for it, so that stock nameko can subscribe."""
    return f"{producer}.events"


def confidential_exchange(producer: str) -> str:
    """Where a service's confidential events come out.

    An exchange of its own and no right by topics: a queue that was bound to everything before would hear on.
    """
    return f"{producer}.confidential"


def exchange_of(event: type[Event]) -> str:
    """Where an event comes out."""
    declared = event.declaration
    return confidential_exchange(declared.producer) if declared.confidential else events_exchange(declared.producer)


def routing_key(topic: str, store_id: str) -> str:
    """`<event>.v<n>.<store>`."""
    return f"{topic}.{store_id}"


def inbox_exchange(consumer: str) -> str:
    """Where everything a consumer hears comes together."""
    return f"{consumer}.inbox"


def work_queue(consumer: str) -> str:
    """The default queue of a consumer."""
    return consumer


def retry_exchange(consumer: str) -> str:
    """Chooses the waiting tier by the header `retry-after`."""
    return f"{consumer}.retry"


def retry_queue(consumer: str, delay: float) -> str:
    """Where failed messages wait; they come back to the inbox exchange with their own key."""
    return f"{consumer}.retry.{delay_name(delay)}"


def delay_name(delay: float) -> str:
    """`1s`, `30s`, `2m`, `1h`; tests use `200ms`."""
    if delay < 1:
        return f"{int(delay * 1000)}ms"
    for unit, size in (("h", 3600), ("m", 60)):
        if delay >= size and delay % size == 0:
            return f"{int(delay // size)}{unit}"
    return f"{delay:g}s"


def dead_queue(consumer: str) -> str:
    """Exchange and queue of messages that were given up."""
    return f"{consumer}.dead"


def calls_exchange(service: str) -> str:
    """Where calls to a service are published, keyed `<operation>.<store>`."""
    return f"{service}.calls"


def calls_queue(service: str) -> str:
    """The default queue of calls to a service."""
    return f"{service}.calls"


def reply_queue(user: str, unique: str) -> str:
    """A caller's own queue for answers."""
    return f"replies.{user}.{unique}"


def live_queue(unique: str) -> str:
    """A gateway process' own queue for live changes; it vanishes with its connection."""
    return f"live.gateway.{unique}"


@dataclass
class Topology:
    """The table in the form of RabbitMQ's definitions."""

    exchanges: list[dict[str, Any]] = field(default_factory=list)
    queues: list[dict[str, Any]] = field(default_factory=list)
    bindings: list[dict[str, Any]] = field(default_factory=list)

    def exchange(self, name: str, kind: str, **arguments: Any) -> None:
        """Add a durable exchange."""
        self.exchanges.append(
            {
                "name": name,
                "type": kind,
                "durable": True,
                "auto_delete": False,
                "internal": False,
                "arguments": arguments,
            }
        )

    def queue(self, name: str, arguments: dict[str, Any]) -> None:
        """Add a durable queue."""
        self.queues.append({"name": name, "durable": True, "auto_delete": False, "arguments": arguments})

    def bind(self, source: str, destination: str, key: str = "", *, to: str = "queue", **arguments: Any) -> None:
        """Bind a queue (or exchange) to an exchange."""
        self.bindings.append(
            {
                "source": source,
                "destination": destination,
                "destination_type": to,
                "routing_key": key,
                "arguments": arguments,
            }
        )


def table(retry_delays: tuple[float, ...]) -> Topology:
    """The whole topology. `retry_delays` are the waiting tiers in seconds."""
    made = Topology()
    made.exchange(UNROUTED, "fanout")
    made.queue(UNROUTED, KEPT)
    made.bind(UNROUTED, UNROUTED)
    made.exchange(REPLIES, "direct")
    made.exchange(UNHEARD, "fanout")
    made.queue(UNHEARD, {"x-queue-type": "classic", "x-max-length": 1000})
    made.bind(UNHEARD, UNHEARD)
    made.queue(FORGOTTEN, {"x-queue-type": "classic", "x-message-ttl": 0})
    for service in SERVICES:
        made.exchange(events_exchange(service), "topic", **{"alternate-exchange": UNROUTED})
    for exchange in sorted({exchange_of(event) for event in EVENTS.values() if event.declaration.confidential}):
        made.exchange(exchange, "topic")
    for service in SERVICES:
        if service != "gateway":
            _calls(made, service)
        if HEARS[service]:
            _inbox(made, service, retry_delays)
    made.exchange(LIVE_CHANGES, "fanout")
    for row in LIVE:
        declared = row.event.declaration
        made.bind(events_exchange(declared.producer), LIVE_CHANGES, routing_key(declared.topic, "*"), to="exchange")
    heard = {event for events in HEARS.values() for event in events}
    for unheard in (event for event in EVENTS.values() if event not in heard):
        key = routing_key(unheard.declaration.topic, "*")
        if unheard.declaration.confidential:
            made.bind(exchange_of(unheard), FORGOTTEN, key)
        else:
            made.bind(exchange_of(unheard), UNHEARD, key, to="exchange")
    return made


def _calls(made: Topology, service: str) -> None:
    default = f"{calls_exchange(service)}.default"
    made.exchange(default, "fanout")
    made.exchange(calls_exchange(service), "topic", **{"alternate-exchange": default})
    made.queue(calls_queue(service), {"x-queue-type": "classic"})
    made.bind(default, calls_queue(service))


def _inbox(made: Topology, consumer: str, retry_delays: tuple[float, ...]) -> None:
    default, inbox, dead = f"{inbox_exchange(consumer)}.default", inbox_exchange(consumer), dead_queue(consumer)
    made.exchange(default, "fanout")
    made.exchange(inbox, "topic", **{"alternate-exchange": default})
    made.exchange(dead, "fanout")
    made.queue(dead, KEPT)
    made.bind(dead, dead)
    made.queue(work_queue(consumer), {**SURE, "x-dead-letter-exchange": dead, "x-delivery-limit": DELIVERY_LIMIT})
    made.bind(default, work_queue(consumer))
    made.exchange(retry_exchange(consumer), "headers")
    for delay in retry_delays:
        waiting = retry_queue(consumer, delay)
        made.queue(waiting, {**SURE, "x-dead-letter-exchange": inbox, "x-message-ttl": int(delay * 1000)})
        made.bind(retry_exchange(consumer), waiting, **{"x-match": "all", "retry-after": delay_name(delay)})
    for heard in HEARS[consumer]:
        made.bind(exchange_of(heard), inbox, routing_key(heard.declaration.topic, "*"), to="exchange")


def rights(user: str) -> dict[str, str]:
    """What a broker user may configure, write and read: its own, and the calls it may make."""
    if user == PARTNER:
        return {
            "configure": r"^(evt-|partner\.).*$",
            "write": r"^(evt-|partner\.).*$",
            "read": r"^(evt-.*|partner\..*|[a-z]+\.events)$",
        }
    replies = rf"replies\.{user}\..*"
    live = ""
    if user == "gateway":
        replies = rf"{replies}|live\.{user}\..*"
        live = r"|gateway\.live"
    may_call = "|".join(rf"{service}\.calls" for service in CALLS[user])
    own_exchanges = rf"{user}\.(events|confidential|retry|dead)|crm\.replies"
    write = "|".join(part for part in (own_exchanges, may_call, replies) if part)
    return {
        "configure": rf"^({replies})$",
        "write": rf"^({write})$",
        "read": rf"^({user}|{user}\.calls|{user}\.dead|crm\.replies|{replies}{live})$",
    }
