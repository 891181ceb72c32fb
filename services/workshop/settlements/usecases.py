"""The invoice of a repair order is made, voided and paid, and its vehicle handed back; under the order's lock."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.store import policies, turns
from chassis.store.numbers import Per, next_number
from chassis.store.outbox import tell
from contracts.access import Scope
from contracts.money import reference_key
from contracts.picked import picked
from contracts.workshop import events, operations
from contracts.workshop import settlements as contract
from contracts.workshop.operations import PayType
from contracts.workshop.policies import REPAIR_VAT
from contracts.workshop.settlements import PaidBy, RepairPaymentState, SettlementState
from services.workshop.certificates.models import newest_of
from services.workshop.comebacks import usecases as comebacks
from services.workshop.repair_orders.models import RepairOrder
from services.workshop.repair_orders.rules import moving, work
from services.workshop.repair_orders.usecases import clocks, odometer
from services.workshop.repair_orders.usecases.finding import order_to_change
from services.workshop.repair_orders.usecases.steps import came
from services.workshop.settlements import rules
from services.workshop.settlements.errors import NotSettled, RepairPaymentNotFound, RepairReferenceUsed
from services.workshop.settlements.models import RepairPayment, Settlement, standing
from services.workshop.settlements.shown import payment_shown, settlement_shown


@dataclass(frozen=True, slots=True)
class Moved:
    """Money of an order that came or was taken back, and what its payer then owes, if a settlement stands."""

    ro_id: UUID
    customer_id: UUID
    payment_id: UUID
    payer: PayType
    channel: PaidBy
    amount_fen: int
    balance_fen: int | None

    @classmethod
    def of(cls, order: RepairOrder, payment: RepairPayment, settlement: Settlement | None) -> Moved:
        """As it stands now."""
        balance_fen = None if settlement is None else settlement.balance_fen
        what = (payment.id, payment.payer, payment.channel, payment.amount_fen, balance_fen)
        return cls(order.id, order.written_for, *what)


def settle_repair(
    session: Session, asked: operations.MoveRepair, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """Make the invoice: a settlement for each payer, for what he bears, less what he has paid already.

    Raises ComebackUndecided while nobody said who pays a line that may be a comeback, NotAuthorized if the customer
    would pay more than he agreed to (R51).
    """
    order = order_to_change(session, asked.ro_id, asked.expected_version, scope=scope)
    comebacks.require_decided(session, order.id)
    order.settle(now=now)
    first = session.scalar(select(func.min(Settlement.made_at)).where(Settlement.order_id == order.id))
    percent = policies.resolve(session, REPAIR_VAT, store_id=order.store_id, at=now).percent
    paid, certificate = _paid(session, order), _certificate(session, order)
    for payer in rules.payers(order.lines, paid=paid):
        made = Settlement.make(
            order,
            payer,
            number=next_number(session, "ST", store_id=order.store_id, per=Per.DAY, now=now),
            percent=percent,
            paid_fen=paid[payer],
            certificate=certificate,
            by=scope.staff_id,
            now=now,
        )
        session.add(made)
    borne = work.totals(work.charged(order.lines))
    settled = picked(
        events.RepairSettled,
        order,
        ro_id=order.id,
        customer_id=order.written_for,
        settled_at=first or now,
        total_fen=sum(borne.values()),
        by_pay_type={pay_type.value: amount for pay_type, amount in borne.items()},
    )
    return came(session, order, settled, by=scope.staff_id, now=now)


def void_settlement(
    session: Session, asked: contract.VoidSettlement, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """The invoice was wrong: all of it is void, and the order ready again. What was paid stays with who paid it."""
    order = order_to_change(session, asked.ro_id, asked.expected_version, scope=scope)
    order.void_settlement(now=now)
    for one in _settlements(session, order):
        if one.state is not SettlementState.VOID:
            one.void(reason=asked.reason, by=scope.staff_id, now=now)
    total_fen = sum(work.totals(work.charged(order.lines)).values())
    voided = picked(events.SettlementVoided, order, ro_id=order.id, customer_id=order.written_for, total_fen=total_fen)
    return came(session, order, voided, by=scope.staff_id, now=now)


def take_repair_payment(
    session: Session, asked: contract.TakeRepairPayment, *, scope: Scope, now: datetime
) -> contract.RepairPayment:
    """Take what a payer paid; a reference again, for the same, is the same payment (R43).

    Raises NotSettled, RepairOverpayment, RepairReferenceUsed.
    """
    order = order_to_change(session, asked.ro_id, scope=scope)
    key = reference_key(asked.external_ref)
    turns.take(session, "repair_payment", [f"{asked.channel}/{key}"])
    of_reference = (RepairPayment.channel == asked.channel, RepairPayment.reference_key == key)
    known = session.scalars(select(RepairPayment).where(*of_reference)).one_or_none()
    if known is not None:
        if not known.is_as(asked):
            raise RepairReferenceUsed(external_ref=asked.external_ref, field="external_ref")
        return payment_shown(known)
    settlement = _standing(session, order, asked.payer)
    settlement.receive(asked.amount_fen, now=now)
    payment = RepairPayment.take(asked, store_id=order.store_id, by=scope.staff_id, now=now)
    session.add(payment)
    order.noted()
    tell(session, order, picked(events.RepairPaymentConfirmed, Moved.of(order, payment, settlement)), now=now)
    return payment_shown(payment)


def reverse_repair_payment(
    session: Session, asked: contract.ReverseRepairPayment, *, scope: Scope, now: datetime
) -> contract.RepairPayment:
    """A payment was taken back: its payer owes again what he had paid by it.

    Raises RepairPaymentNotFound, RepairPaymentState.
    """
    of_order = session.scalar(select(RepairPayment.order_id).where(RepairPayment.id == asked.payment_id))
    order = session.get(RepairOrder, of_order, with_for_update=True) if of_order is not None else None
    if order is None or not scope.admits(store_id=order.store_id, owner_id=order.advisor_id):
        raise RepairPaymentNotFound
    payment = session.get_one(RepairPayment, asked.payment_id)
    payment.reverse(reason=asked.reason, by=scope.staff_id, now=now)
    settlement = standing(_settlements(session, order), payment.payer)
    if settlement is not None:
        settlement.lose(payment.amount_fen, now=now)
    order.noted()
    tell(session, order, picked(events.RepairPaymentReversed, Moved.of(order, payment, settlement)), now=now)
    return payment_shown(payment)


def allow_unpaid(session: Session, asked: contract.AllowUnpaid, *, scope: Scope, now: datetime) -> contract.Settlement:
    """The vehicle may be handed back though its customer has not paid. Raises NotSettled, NothingOwed."""
    order = order_to_change(session, asked.ro_id, scope=scope)
    settlement = _standing(session, order, PayType.CUSTOMER)
    settlement.allow_unpaid(reason=asked.reason, by=scope.staff_id, now=now)
    order.noted()
    allowed = picked(
        events.UnpaidAllowed,
        order,
        ro_id=order.id,
        customer_id=order.written_for,
        balance_fen=settlement.balance_fen,
    )
    tell(session, order, allowed, now=now)
    return settlement_shown(settlement, order)


def return_vehicle(
    session: Session, asked: operations.ReturnVehicle, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """Hand the vehicle back; its odometer was read with the work done, now or before.

    Raises InvalidRequest, and CustomerUnpaid if its customer owes something, and nobody let it go unpaid. An order that
    was settled before there were settlements has none, and owes nothing that is known here.
    """
    odometer.take_turn(session, asked.ro_id, km=asked.km_out)
    order = order_to_change(session, asked.ro_id, asked.expected_version, scope=scope)
    order.give_back(now=now)
    his = standing(_settlements(session, order), PayType.CUSTOMER)
    if his is not None:
        his.require_paid_or_allowed()
    told = odometer.read_out(session, order, asked.km_out, now=now)
    km = moving.read_out(order.km_out)
    tell(session, order, *told, now=now)
    returned = picked(
        events.VehicleReturned,
        order,
        ro_id=order.id,
        customer_id=order.written_for,
        km=km,
        work=clocks.work_told(session, order),
    )
    return came(session, order, returned, by=scope.staff_id, now=now)


def _settlements(session: Session, order: RepairOrder) -> list[Settlement]:
    return list(session.scalars(select(Settlement).where(Settlement.order_id == order.id)))


def _standing(session: Session, order: RepairOrder, payer: PayType) -> Settlement:
    settlement = standing(_settlements(session, order), payer)
    if settlement is None:
        raise NotSettled
    return settlement


def _certificate(session: Session, order: RepairOrder) -> str | None:
    """The number of the order's certificate, if one was issued: the newest."""
    newest = session.scalar(newest_of(order.id))
    return None if newest is None else newest.number


def _paid(session: Session, order: RepairOrder) -> defaultdict[PayType, int]:
    """What came of each payer of an order and was not taken back; who never paid is not in it until he is asked for."""
    paid: defaultdict[PayType, int] = defaultdict(int)
    came_in = (RepairPayment.order_id == order.id, RepairPayment.state == RepairPaymentState.CONFIRMED)
    for payment in session.scalars(select(RepairPayment).where(*came_in)):
        paid[payment.payer] += payment.amount_fen
    return paid
