"""What sales does: from the order to the keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from chassis.bus.context import Ask
from chassis.customers import asking, links, rekeying
from chassis.customers.asking import Read
from chassis.organisation import staff, stores
from chassis.process.clock import LOCAL
from chassis.store import policies
from chassis.store.numbers import Per, next_number
from chassis.store.outbox import tell
from contracts.access import Scope
from contracts.customer.folder import completeness
from contracts.customer.operations import ById, WhichExist, which_exist
from contracts.fields import Done
from contracts.links import LinkMade
from contracts.picked import picked
from contracts.refusals import InvalidRequest, Refusal
from contracts.sales import events, operations, parties, progress
from contracts.sales.operations import OrderStatus
from contracts.sales.parties import PartyRole
from contracts.sales.policies import DEPOSIT_MIN, ORDER_IDENTITY, IdentityNeeded
from contracts.sales.prices import ApproveOrder, PriceOrder, RejectOrder, SubmitOrder
from contracts.sales.stock import Condition
from contracts.sayings import Saying
from services.sales import receivables, steps
from services.sales.catalogue.usecases import named
from services.sales.orders import rules
from services.sales.orders.errors import (
    ConsultantUnknown,
    IdentityIncomplete,
    OrderNotFound,
    PromiseInPast,
)
from services.sales.orders.models import ORDER_PROGRESS, Order
from services.sales.orders.shown import lines_shown, named_to, order_shown
from services.sales.parties.models import OrderParty
from services.sales.parties.rules import require_apart, require_clear
from services.sales.prices import usecases as prices
from services.sales.stock.errors import VehicleNotFound, VehicleTaken
from services.sales.stock.models import StockVehicle
from services.sales.stock.usecases import of_order, of_vin

MISSING = {"name": "姓名", "mobile": "手机", "id_no": "证件号", "organisation_no": "统一社会信用代码"}
"""What of a buyer may be missing, as a consultant reads it."""

CONSULTANT = "consultant"
"""The role of whom a deal is credited to."""

NEEDED: dict[str, Callable[[IdentityNeeded], bool]] = {
    "name": lambda asks: asks.named,
    "mobile": lambda asks: asks.reachable,
    "id_no": lambda asks: asks.numbered,
    "organisation_no": lambda asks: asks.numbered,
}
"""What of a buyer may be missing, as the customer service calls it, and whether a store asks for it."""

_DRAFT = select(Order.store_id, Order.consultant_id, Order.customer_id)
MET = text("SELECT 1 FROM sales_order WHERE customer_id = :id OR origin_customer_id = :id LIMIT 1")
"""Finds whether a customer has an order already, so that he is known."""


def require_registered(asked: operations.CreateOrder, *, read: Read, ask: Ask) -> None:
    """An order is written for a customer that is registered. Raises InvalidRequest that names the field."""
    asking.require_registered(asked, met={"customer_id": MET}, read=read, ask=ask)


def require_buyer(asked: operations.CreateOrder, *, read: Read, ask: Ask, now: datetime) -> None:
    """Whom an order is written for is registered, and known as far as the store asks if it is submitted at once (C4).

    Raises InvalidRequest that names the field, IdentityIncomplete.
    """
    require_registered(asked, read=read, ask=ask)
    if not asked.draft:
        require_known(asked.customer_id, store_id=asked.store_id, read=read, ask=ask, now=now)


def require_identity(asked: SubmitOrder, *, read: Read, ask: Ask, scope: Scope, now: datetime) -> None:
    """The buyer of a draft is known as far as its store asks (C4). Raises IdentityIncomplete.

    Of an order that is not there, or out of the caller's scope, nothing is asked: the command says so.
    """
    draft = read(lambda connection: connection.execute(_DRAFT.where(Order.id == asked.order_id)).one_or_none())
    if draft is not None and scope.admits(store_id=draft.store_id, owner_id=draft.consultant_id):
        require_known(draft.customer_id, store_id=draft.store_id, read=read, ask=ask, now=now)


def require_known(customer_id: UUID, *, store_id: str, read: Read, ask: Ask, now: datetime) -> None:
    """Of this buyer that much is known as the store asks (C4). Raises IdentityIncomplete."""

    def resolved(connection: Connection) -> IdentityNeeded:
        with Session(connection) as session:
            return policies.resolve(session, ORDER_IDENTITY, store_id=store_id, at=now)

    asks = read(resolved)
    if not any(needs(asks) for needs in NEEDED.values()):
        return
    try:
        missing = ask(completeness, ById(customer_id)).identity_missing
    except Refusal as refusal:
        if refusal.code not in completeness.refuses:
            raise
        missing = list(NEEDED)  # who was erased is known by nothing
    if lacks := [one for one in missing if NEEDED[one](asks)]:
        raise IdentityIncomplete(missing=", ".join(lacks), names="、".join(MISSING[one] for one in lacks))


def create_order(session: Session, asked: operations.CreateOrder, *, scope: Scope, now: datetime) -> operations.Order:
    """Write an order, one's own or a consultant's of the store.

    Raises ConsultantUnknown, StoreClosed, and what is refused of its car and price.
    """
    scope.require_store(asked.store_id)
    stores.require_open(session, asked.store_id, now=now)
    price = prices.agree(session, asked, car=named(session, asked, store_id=asked.store_id, now=now), now=now)
    beyond = prices.needs_approval(session, price.lines, store_id=asked.store_id, now=now)
    whose = {"consultant_id": credited(session, asked, scope=scope), "by": scope.staff_id}
    return _submitted(session, write(session, asked, price, beyond=beyond, **whose, now=now), now=now)


def write(
    session: Session,
    asked: operations.CreateOrder,
    price: prices.Price,
    *,
    beyond: bool,
    consultant_id: str,
    by: str,
    now: datetime,
) -> Order:
    """A new order of the store at this price, with its number, for whoever its customer lives on in."""
    number = next_number(session, "SO", store_id=asked.store_id, per=Per.MONTH, now=now)
    order = Order.write(asked, price, beyond=beyond, number=number, consultant_id=consultant_id, by=by, now=now)
    (owner,) = rekeying.owners(session, [rekeying.Told(asked.customer_id, "order", str(order.id))])
    order.customer_id, order.origin_customer_id = owner
    session.add(order)
    return order


class OfStore(Protocol):
    """What is written in a store and credited to somebody."""

    @property
    def store_id(self) -> str:
        """Where."""

    @property
    def consultant_id(self) -> str | None:
        """To whom; None: to who writes it."""


def credited(session: Session, asked: OfStore, *, scope: Scope) -> str:
    """Whose deal it is. Raises ConsultantUnknown."""
    who = asked.consultant_id or scope.staff_id
    if who != scope.staff_id and not (
        scope.admits(store_id=asked.store_id, owner_id=who)
        and staff.works(session, who, role=CONSULTANT, store_id=asked.store_id)
    ):
        raise ConsultantUnknown(field="consultant_id", consultant_id=who)
    return who


def price_order(session: Session, asked: PriceOrder, *, scope: Scope, now: datetime) -> operations.Order:
    """Say anew what a draft is for and at what price. Raises what is refused of its car and price."""
    order = order_to_change(session, asked.order_id, asked.expected_version, scope=scope)
    car = named(session, asked, store_id=order.store_id, now=now)
    order.reprice(prices.agree(session, asked, car=car, now=now), by=scope.staff_id, now=now)
    return order_shown(order)


def submit_order(session: Session, asked: SubmitOrder, *, scope: Scope, now: datetime) -> operations.Order:
    """The draft is what was agreed; beyond what the store may give, somebody else is asked."""
    order = order_to_change(session, asked.order_id, asked.expected_version, scope=scope)
    beyond = prices.needs_approval(session, lines_shown(order), store_id=order.store_id, now=now)
    order.submit(beyond=beyond, now=now)
    return _submitted(session, order, now=now)


def _submitted(session: Session, order: Order, *, now: datetime) -> operations.Order:
    if order.status is OrderStatus.APPROVAL_PENDING:
        requested = picked(events.OrderApprovalRequested, order, order_id=order.id, customer_id=order.written_for)
        tell(session, order, requested, now=now)
    return order_shown(order)


def approve_order(session: Session, asked: ApproveOrder, *, scope: Scope, now: datetime) -> operations.Order:
    """Give one's word for a price beyond the limits. Raises OwnPrice."""
    order = order_to_change(session, asked.order_id, asked.expected_version, scope=scope)
    order.approve(by=scope.staff_id, now=now)
    approved = picked(
        events.OrderApproved, order, order_id=order.id, customer_id=order.written_for, approved_by=scope.staff_id
    )
    tell(session, order, approved, now=now)
    return order_shown(order)


def reject_order(session: Session, asked: RejectOrder, *, scope: Scope, now: datetime) -> operations.Order:
    """Refuse it, with the reason; its consultant writes another price. Raises OwnPrice."""
    order = order_to_change(session, asked.order_id, asked.expected_version, scope=scope)
    order.reject(reason=asked.reason, by=scope.staff_id, now=now)
    rejected = picked(
        events.OrderRejected, order, order_id=order.id, customer_id=order.written_for, rejected_by=scope.staff_id
    )
    tell(session, order, rejected, now=now)
    return order_shown(order)


def require_parties(asked: parties.NameParties, *, read: Read, ask: Ask) -> None:
    """Owners and payers with a record are registered. Raises InvalidRequest that names the field."""
    del read
    payers = [one.customer_id for one in asked.payers if one.customer_id is not None]
    named = [*payers, *([asked.owner_id] if asked.owner_id is not None else [])]
    if not named:
        return
    known = {*ask(which_exist, WhichExist(customer_ids=named)).customer_ids}
    wrong = {"owner_id": {asked.owner_id} - {None} - known, "payers": {*payers} - known}
    if any(wrong.values()):
        raise InvalidRequest(errors={name: [Saying.NOBODY()] for name, nobody in wrong.items() if nobody})


def name_parties(session: Session, asked: parties.NameParties, *, scope: Scope, now: datetime) -> operations.Order:
    """Say anew who owns the car and who pays. Raises PayerUnclear, PayerTwice, PayerIsBuyer, PayersBeyondPrice."""
    require_clear(asked.payers)
    order = order_to_change(session, asked.order_id, asked.expected_version, scope=scope)
    owner = [] if asked.owner_id is None else [OrderParty.owner(asked.owner_id)]
    everybody = [*owner, *map(OrderParty.payer, asked.payers)]
    by_record = [one for one in everybody if one.customer_id is not None]
    told = [rekeying.Told(one.customer_id, "order_party", str(one.id)) for one in by_record if one.customer_id]
    for one, whose in zip(by_record, rekeying.owners(session, told), strict=True):
        one.customer_id, one.origin_customer_id = whose
    require_apart([one for one in everybody if one.role is PartyRole.PAYER], buyer_id=order.customer_id)
    apart = [one for one in everybody if one.role is not PartyRole.OWNER or one.customer_id != order.customer_id]
    order.name_parties(apart, now=now)
    changed = picked(events.OrderPartiesChanged, order, order_id=order.id, customer_id=order.written_for)
    tell(session, order, changed, now=now)
    receivables.usecases.follow(session, order, now=now)
    return order_shown(order)


def sign_order(session: Session, asked: operations.SignOrder, *, scope: Scope, now: datetime) -> operations.Order:
    """Sign the contract. Raises PromiseInPast."""
    if asked.promised_date < now.astimezone(LOCAL).date():
        raise PromiseInPast
    order = order_to_change(session, asked.order_id, asked.expected_version, scope=scope)
    order.sign(asked, now=now)
    steps.usecases.begin(session, order, terms=asked.terms, by=scope.staff_id, now=now)
    receivables.usecases.follow(session, order, now=now)
    tell(session, order, picked(events.OrderSigned, order, order_id=order.id, customer_id=order.written_for), now=now)
    return order_shown(order)


def allocate_vehicle(
    session: Session, asked: operations.AllocateVehicle, *, scope: Scope, now: datetime
) -> operations.Order:
    """Set a stock vehicle aside for the order; of two orders at once one gets it (R47)."""
    order = order_to_change(session, asked.order_id, asked.expected_version, scope=scope)
    # where the order stands goes first: what it has already, or handed over, is no other order's
    rules.require(rules.Command.ALLOCATE, status=order.status)
    vehicle = of_vin(session, asked.vin)
    if vehicle is None or vehicle.store_id != order.store_id:
        raise VehicleNotFound(vin=asked.vin)
    _require_free(session, vehicle, scope=scope)
    asks = policies.resolve(session, DEPOSIT_MIN, store_id=order.store_id, at=order.signed_at or now)
    order.allocate(vehicle, deposit_fen=asks.deposit_fen, now=now)
    follow_steps(session, order, by=scope.staff_id, now=now)
    allocated = picked(events.VehicleAllocated, order, order_id=order.id, customer_id=order.written_for)
    tell(session, order, allocated, now=now)
    return order_shown(order)


def _require_free(session: Session, vehicle: StockVehicle, *, scope: Scope) -> None:
    """Raise VehicleTaken if an order has it; it is named to whoever may see it."""
    if vehicle.order_id is not None:
        raise VehicleTaken(vin=vehicle.vin, **named_to(scope, session.get_one(Order, vehicle.order_id)))


def deliver_order(session: Session, asked: operations.DeliverOrder, *, scope: Scope, now: datetime) -> operations.Order:
    """Hand the car over; it leaves the stock.

    Raises VehicleNotHere, StepsIncomplete, ChecklistIncomplete, InsuranceNotBegun.
    """
    order = order_to_change(session, asked.order_id, asked.expected_version, scope=scope)
    order.deliver(km=asked.km, now=now)
    steps.usecases.check(session, order, asked.checklist, by=scope.staff_id, now=now)
    steps.usecases.require_handover(session, order, now=now)
    steps.usecases.follow(session, order, by=scope.staff_id, now=now)
    vehicle = of_order(session, order.id)
    if vehicle is not None:
        vehicle.leave(now=now)
    later = steps.usecases.for_later(session, order.id)
    delivered = picked(
        events.VehicleDelivered,
        order,
        order_id=order.id,
        customer_id=order.written_for,
        excused=steps.usecases.is_excused(session, order.id),
        by_loan=later.by_loan,
        insurer=later.insurer,
        insured_from=later.insured_from,
        insured_until=later.insured_until,
        warranty_from=_guaranteed_from(vehicle, now=now),
    )
    tell(session, order, delivered, now=now)
    return order_shown(order)


def _guaranteed_from(vehicle: StockVehicle | None, *, now: datetime) -> date | None:
    """A new car's guarantee (三包) runs from the day its customer has it, where its invoice is of another (C9)."""
    is_new = vehicle is not None and vehicle.condition is Condition.NEW
    return now.astimezone(LOCAL).date() if is_new else None


def close_order(session: Session, asked: operations.CloseOrder, *, scope: Scope, now: datetime) -> operations.Order:
    """Nothing more is to be done for a delivered order. Raises StepsIncomplete, NotSettled."""
    order = order_to_change(session, asked.order_id, asked.expected_version, scope=scope)
    order.close(now=now)
    steps.usecases.require_done(session, order.id)
    receivables.usecases.require_settled(session, order)
    tell(session, order, picked(events.OrderClosed, order, order_id=order.id, customer_id=order.written_for), now=now)
    return order_shown(order)


def make_order_link(session: Session, asked: progress.MakeOrderLink, *, scope: Scope, now: datetime) -> LinkMade:
    """A link by which the customer sees how far his order is. Raises OrderNotFound, LinksTooMany."""
    order = order_to_change(session, asked.order_id, scope=scope)
    about = {"document_id": order.id, "customer_id": order.customer_id}
    return links.make(session, ORDER_PROGRESS, **about, days=asked.days, by=scope.staff_id, now=now)


def revoke_order_link(session: Session, asked: progress.OrderLinkById, *, scope: Scope, now: datetime) -> Done:
    """End a link at once; ended already, it stays ended. Raises OrderNotFound, LinkNotFound."""
    order = order_to_change(session, asked.order_id, scope=scope)
    which = {"document_id": order.id, "link_id": asked.link_id}
    links.revoke(session, ORDER_PROGRESS, **which, by=scope.staff_id, now=now)
    return Done()


def follow_steps(session: Session, order: Order, *, by: str, now: datetime) -> None:
    """Let its steps, and what is owed for it, follow what just happened to it (C4, C5, C19).

    With the last of its steps the car stands ready.
    """
    steps.usecases.follow(session, order, by=by, now=now)
    if order.status is OrderStatus.ALLOCATED and steps.usecases.is_ready(session, order.id):
        order.make_ready(now=now)
    receivables.usecases.follow(session, order, now=now)


def order_to_change(session: Session, order_id: UUID, expected_version: int | None = None, *, scope: Scope) -> Order:
    """The order, locked, if it lies in the caller's scope. Raises OrderNotFound, StaleVersion."""
    order = session.get(Order, order_id, with_for_update=True)
    if order is None or not scope.admits(store_id=order.store_id, owner_id=order.consultant_id):
        raise OrderNotFound
    order.require_version(expected_version)
    return order
