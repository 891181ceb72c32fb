"""What the workshop does: from taking a vehicle in to handing it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, joinedload

from chassis import rekeying, turns
from chassis.outbox import record
from contracts.access import Reach, Scope
from contracts.odometer import Reading, judge
from contracts.workshop import events
from contracts.workshop.operations import JobLine, Stage, Verdict
from services.workshop import rules
from services.workshop.errors import RepairOrderNotFound
from services.workshop.models import NumberSeries, RepairOrder

_WITH_LINES = (joinedload(RepairOrder.lines),)


def open_repair_order(
    session: Session,
    *,
    vehicle_id: UUID,
    customer_id: UUID,
    store_id: str,
    km: int,
    complaint: str,
    work: Sequence[JobLine],
    scope: Scope,
    now: datetime,
) -> RepairOrder:
    """Take a vehicle in; the caller is its advisor. A reading that does not fit is taken, and marked.

    Raises LineAmount, DiscountTooLarge.
    """
    scope.require_store(store_id)
    rules.require_prices(work)
    before = readings(session, vehicle_id=vehicle_id)
    order = RepairOrder.open(
        number=next_number(session, store_id=store_id, now=now),
        store_id=store_id,
        vehicle_id=vehicle_id,
        customer_id=customer_id,
        advisor_id=scope.staff_id,
        km=km,
        complaint=complaint,
        work=work,
        now=now,
    )
    (owner,) = rekeying.owners(session, [rekeying.Told(customer_id, "repair_order", str(order.id))])
    order.customer_id, order.origin_customer_id = owner
    order.km_status = judge([*before, order.reading])[order.reading]
    session.add(order)
    opened = events.RepairOrderOpened(
        ro_id=order.id,
        number=order.number,
        vehicle_id=vehicle_id,
        customer_id=customer_id,
        advisor_id=order.advisor_id,
        km=km,
    )
    record(session, opened, subject_id=order.id, subject_version=order.version, store_id=store_id, occurred_at=now)
    return order


def correct_km(
    session: Session,
    *,
    ro_id: UUID,
    km: int,
    reason: str,
    expected_version: int | None,
    scope: Scope,
    now: datetime,
) -> RepairOrder:
    """The reading of the order was wrong: it and the vehicle's others are judged anew. The same one changes nothing."""
    vehicle_id = session.scalar(select(RepairOrder.vehicle_id).where(RepairOrder.id == ro_id))
    if vehicle_id is None:
        raise RepairOrderNotFound
    turns.take(session, "vehicle", [vehicle_id])
    others = select(RepairOrder).where(RepairOrder.vehicle_id == vehicle_id).order_by(RepairOrder.id)
    orders = session.scalars(others.with_for_update()).all()
    order = order_to_change(session, ro_id=ro_id, scope=scope, expected_version=expected_version)
    if km == order.km:
        return order
    corrected = events.RepairOrderKmCorrected(
        ro_id=order.id, vehicle_id=vehicle_id, customer_id=order.written_for, km=km, told_km=order.km
    )
    order.correct_km(km=km, reason=reason)
    judged = judge([one.reading for one in orders])
    for one in orders:
        one.km_status = judged[one.reading]
    record(
        session, corrected, subject_id=order.id, subject_version=order.version, store_id=order.store_id, occurred_at=now
    )
    return order


def authorize_repair(
    session: Session,
    *,
    ro_id: UUID,
    promised_at: datetime,
    consent_by: str,
    consent_channel: str,
    expected_version: int | None,
    scope: Scope,
    now: datetime,
) -> RepairOrder:
    """Record the customer's consent and the promise to him. Raises PromiseInPast, NothingToDo."""
    rules.require_promise_ahead(promised_at=promised_at, now=now)
    order = order_to_change(session, ro_id=ro_id, scope=scope, expected_version=expected_version)
    order.authorize(promised_at=promised_at, consent_by=consent_by, consent_channel=consent_channel, now=now)
    authorized = events.RepairAuthorized(
        ro_id=order.id, customer_id=order.written_for, amount_fen=order.authorized_fen, promised_at=promised_at
    )
    record(
        session,
        authorized,
        subject_id=order.id,
        subject_version=order.version,
        store_id=order.store_id,
        occurred_at=now,
    )
    return order


def dispatch_repair(
    session: Session,
    *,
    ro_id: UUID,
    technician_id: str,
    bay: str,
    expected_version: int | None,
    scope: Scope,
    now: datetime,
) -> RepairOrder:
    """Give the work to a technician, or to another one than before."""
    order = order_to_change(session, ro_id=ro_id, scope=scope, expected_version=expected_version)
    left = order.stage
    order.dispatch(technician_id=technician_id, bay=bay)
    _record_move(session, order, left=left, now=now)
    return order


def start_repair(
    session: Session, *, ro_id: UUID, expected_version: int | None, scope: Scope, now: datetime
) -> RepairOrder:
    """Begin the work, or the rework; the caller works. Raises WorkOfAnother."""
    order = order_to_work_on(session, ro_id=ro_id, scope=scope, expected_version=expected_version)
    left = order.stage
    order.start(by=scope.staff_id, anybodys=scope.reach is not Reach.OWN)
    _record_move(session, order, left=left, now=now)
    return order


def finish_repair(
    session: Session, *, ro_id: UUID, expected_version: int | None, scope: Scope, now: datetime
) -> RepairOrder:
    """Work done, over to quality control; the caller worked. Raises WorkOfAnother."""
    order = order_to_work_on(session, ro_id=ro_id, scope=scope, expected_version=expected_version)
    left = order.stage
    order.finish(by=scope.staff_id, anybodys=scope.reach is not Reach.OWN)
    _record_move(session, order, left=left, now=now)
    return order


def inspect_repair(
    session: Session, *, ro_id: UUID, verdict: Verdict, expected_version: int | None, scope: Scope, now: datetime
) -> RepairOrder:
    """Quality control; the caller is the inspector. Raises InspectorDidTheWork."""
    order = order_to_change(session, ro_id=ro_id, scope=scope, expected_version=expected_version)
    left = order.stage
    order.inspect(verdict=verdict, inspector_id=scope.staff_id, now=now)
    if verdict is Verdict.REWORK:
        _record_move(session, order, left=left, now=now)
        return order
    assert order.first_promise is not None
    ready = events.RepairReady(
        ro_id=order.id, customer_id=order.written_for, ready_at=now, first_promise=order.first_promise
    )
    record(session, ready, subject_id=order.id, subject_version=order.version, store_id=order.store_id, occurred_at=now)
    return order


def settle_repair(
    session: Session, *, ro_id: UUID, expected_version: int | None, scope: Scope, now: datetime
) -> RepairOrder:
    """Make the invoice. Raises NotAuthorized if the customer would pay more than he agreed to (R51)."""
    order = order_to_change(session, ro_id=ro_id, scope=scope, expected_version=expected_version)
    order.settle(now=now)
    borne = rules.totals(order.lines)
    settled = events.RepairSettled(
        ro_id=order.id,
        vehicle_id=order.vehicle_id,
        customer_id=order.written_for,
        total_fen=sum(borne.values()),
        settled_at=now,
        by_pay_type={pay_type.value: amount for pay_type, amount in borne.items()},
    )
    record(
        session, settled, subject_id=order.id, subject_version=order.version, store_id=order.store_id, occurred_at=now
    )
    return order


def return_vehicle(
    session: Session, *, ro_id: UUID, expected_version: int | None, scope: Scope, now: datetime
) -> RepairOrder:
    """Hand the vehicle back: the order is closed."""
    order = order_to_change(session, ro_id=ro_id, scope=scope, expected_version=expected_version)
    order.give_back(now=now)
    returned = events.VehicleReturned(
        ro_id=order.id,
        number=order.number,
        vehicle_id=order.vehicle_id,
        customer_id=order.written_for,
        km=order.km,
        returned_at=now,
    )
    record(
        session, returned, subject_id=order.id, subject_version=order.version, store_id=order.store_id, occurred_at=now
    )
    return order


def order_to_change(session: Session, *, ro_id: UUID, scope: Scope, expected_version: int | None = None) -> RepairOrder:
    """The order, locked, if it lies in the caller's scope. Raises RepairOrderNotFound, StaleVersion."""
    order = _locked(session, ro_id)
    if order is None or not scope.admits(store_id=order.store_id, owner_id=order.advisor_id):
        raise RepairOrderNotFound
    order.require_version(expected_version)
    return order


def order_to_work_on(session: Session, *, ro_id: UUID, scope: Scope, expected_version: int | None) -> RepairOrder:
    """As `order_to_change`, for those who do the work: their store's orders are there, though not all are theirs."""
    order = _locked(session, ro_id)
    if order is None or not scope.admits(store_id=order.store_id, owner_id=scope.staff_id):
        raise RepairOrderNotFound
    order.require_version(expected_version)
    return order


def _locked(session: Session, ro_id: UUID) -> RepairOrder | None:
    return session.get(RepairOrder, ro_id, options=_WITH_LINES, with_for_update={"of": RepairOrder})


def readings(session: Session, *, vehicle_id: UUID) -> list[Reading]:
    """The vehicle's odometer readings in any store; of two advisors at once the second one waits for the first."""
    turns.take(session, "vehicle", [vehicle_id])
    told = select(RepairOrder.opened_at, RepairOrder.id, RepairOrder.km).where(RepairOrder.vehicle_id == vehicle_id)
    return [Reading(row.opened_at, str(row.id), row.km) for row in session.execute(told)]


def next_number(session: Session, *, store_id: str, now: datetime) -> str:
    """The next repair order number of a store: `HN-RO-20261123-0001`."""
    series = insert(NumberSeries).values(store_id=store_id, period=f"{now:%Y%m%d}", last=1)
    last = session.scalar(
        series.on_conflict_do_update(
            index_elements=[NumberSeries.store_id, NumberSeries.period], set_={"last": NumberSeries.last + 1}
        ).returning(NumberSeries.last)
    )
    return f"{store_id}-RO-{now:%Y%m%d}-{last:04d}"


def _record_move(session: Session, order: RepairOrder, *, left: Stage, now: datetime) -> None:
    """The board's event, for the changes of stage that have no event of their own."""
    changed = events.RepairStageChanged(
        ro_id=order.id, customer_id=order.written_for, from_stage=left, to_stage=order.stage
    )
    record(
        session, changed, subject_id=order.id, subject_version=order.version, store_id=order.store_id, occurred_at=now
    )
