"""What sales does: from the order to the keys."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import rekeying, turns
from chassis.outbox import record
from contracts import vin as vins
from contracts.access import Scope
from contracts.sales import events
from contracts.sales.operations import PaymentKind
from services.sales.errors import (
    OrderNotFound,
    PromiseInPast,
    ReferenceUsed,
    VehicleNotFound,
    VinInStock,
    VinInvalid,
)
from services.sales.models import NumberSeries, Order, Payment, StockVehicle


def receive_stock(
    session: Session, *, vin: str, model: str, store_id: str, scope: Scope, now: datetime
) -> StockVehicle:
    """Take a vehicle into the stock of a store. Raises VinInvalid, VinInStock."""
    scope.require_store(store_id)
    known = _vin(vin)
    turns.take(session, "vin", [known])
    if session.get(StockVehicle, known) is not None:
        raise VinInStock(vin=known)
    vehicle = StockVehicle.receive(vin=known, model=model, store_id=store_id, now=now)
    session.add(vehicle)
    return vehicle


def create_order(
    session: Session, *, customer_id: UUID, store_id: str, model: str, total_fen: int, scope: Scope, now: datetime
) -> Order:
    """Write an order; the caller is its consultant."""
    scope.require_store(store_id)
    order = Order.write(
        number=next_number(session, store_id=store_id, now=now),
        store_id=store_id,
        customer_id=customer_id,
        consultant_id=scope.staff_id,
        model=model,
        total_fen=total_fen,
        now=now,
    )
    (owner,) = rekeying.owners(session, [rekeying.Told(customer_id, "order", str(order.id))])
    order.customer_id, order.origin_customer_id = owner
    session.add(order)
    return order


def sign_order(
    session: Session,
    *,
    order_id: UUID,
    contract_no: str,
    signer: str,
    promised_date: date,
    expected_version: int | None,
    scope: Scope,
    now: datetime,
) -> Order:
    """Sign the contract. Raises PromiseInPast."""
    if promised_date < now.date():
        raise PromiseInPast
    order = order_to_change(session, order_id=order_id, scope=scope, expected_version=expected_version)
    order.sign(contract_no=contract_no, signer=signer, promised_date=promised_date, now=now)
    signed = events.OrderSigned(
        order_id=order.id,
        customer_id=order.written_for,
        model=order.model,
        total_fen=order.total_fen,
        promised_date=promised_date,
        consultant_id=order.consultant_id,
    )
    record(
        session, signed, subject_id=order.id, subject_version=order.version, store_id=order.store_id, occurred_at=now
    )
    return order


def pay_order(
    session: Session,
    *,
    order_id: UUID,
    kind: PaymentKind,
    amount_fen: int,
    external_ref: str,
    scope: Scope,
    now: datetime,
) -> Order:
    """Record a payment; the same reference for the same order and amount is the same payment (R43)."""
    order = order_to_change(session, order_id=order_id, scope=scope)
    turns.take(session, "external_ref", [external_ref])
    known = session.scalars(select(Payment).where(Payment.external_ref == external_ref)).first()
    if known is not None:
        if (known.order_id, known.amount_fen) != (order_id, amount_fen):
            raise ReferenceUsed(external_ref=external_ref)
        return order
    order.pay(amount_fen=amount_fen)
    session.add(
        Payment.confirm(order_id=order.id, kind=kind, amount_fen=amount_fen, external_ref=external_ref, now=now)
    )
    confirmed = events.PaymentConfirmed(
        order_id=order.id,
        customer_id=order.written_for,
        amount_fen=amount_fen,
        external_ref=external_ref,
        balance_fen=order.total_fen - order.paid_fen,
    )
    record(
        session, confirmed, subject_id=order.id, subject_version=order.version, store_id=order.store_id, occurred_at=now
    )
    return order


def allocate_vehicle(
    session: Session, *, order_id: UUID, vin: str, expected_version: int | None, scope: Scope, now: datetime
) -> Order:
    """Set a stock vehicle aside for the order; of two orders at once one gets it (R47)."""
    order = order_to_change(session, order_id=order_id, scope=scope, expected_version=expected_version)
    vehicle = session.get(StockVehicle, _vin(vin), with_for_update=True)
    if vehicle is None or vehicle.store_id != order.store_id:
        raise VehicleNotFound(vin=vin)
    order.allocate(vehicle)
    allocated = events.VehicleAllocated(
        order_id=order.id, vehicle_id=vehicle.vehicle_id, vin=vehicle.vin, customer_id=order.written_for
    )
    record(
        session, allocated, subject_id=order.id, subject_version=order.version, store_id=order.store_id, occurred_at=now
    )
    return order


def deliver_order(
    session: Session, *, order_id: UUID, km: int, expected_version: int | None, scope: Scope, now: datetime
) -> Order:
    """Hand the car over."""
    order = order_to_change(session, order_id=order_id, scope=scope, expected_version=expected_version)
    order.deliver(km=km, now=now)
    assert order.vehicle_id is not None and order.vin is not None and order.first_promise is not None
    delivered = events.VehicleDelivered(
        order_id=order.id,
        vehicle_id=order.vehicle_id,
        vin=order.vin,
        model=order.model,
        customer_id=order.written_for,
        consultant_id=order.consultant_id,
        delivered_at=now,
        first_promise=order.first_promise,
        total_fen=order.total_fen,
        km=km,
    )
    record(
        session, delivered, subject_id=order.id, subject_version=order.version, store_id=order.store_id, occurred_at=now
    )
    return order


def order_to_change(session: Session, *, order_id: UUID, scope: Scope, expected_version: int | None = None) -> Order:
    """The order, locked, if it lies in the caller's scope. Raises OrderNotFound, StaleVersion."""
    order = session.get(Order, order_id, with_for_update=True)
    if order is None or not scope.admits(store_id=order.store_id, owner_id=order.consultant_id):
        raise OrderNotFound
    order.require_version(expected_version)
    return order


def next_number(session: Session, *, store_id: str, now: datetime) -> str:
    """The next order number of a store: `HN-SO-202611-0001`."""
    series = insert(NumberSeries).values(store_id=store_id, period=f"{now:%Y%m}", last=1)
    last = session.scalar(
        series.on_conflict_do_update(
            index_elements=[NumberSeries.store_id, NumberSeries.period], set_={"last": NumberSeries.last + 1}
        ).returning(NumberSeries.last)
    )
    return f"{store_id}-SO-{now:%Y%m}-{last:04d}"


def _vin(typed: str) -> str:
    try:
        return vins.normalise(typed)
    except vins.NotAVin:
        raise VinInvalid(vin=typed) from None
