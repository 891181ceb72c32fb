"""Whether promises hold: the clock looks, the advisor is told once a level, and promises another time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis.store.outbox import tell
from contracts.access import Scope
from contracts.picked import picked, shaped
from contracts.workshop import events, operations
from contracts.workshop.progress import RenewPromise
from services.workshop.repair_orders.models import PromiseWatch
from services.workshop.repair_orders.rules import moving, prediction
from services.workshop.repair_orders.shown import order_shown
from services.workshop.repair_orders.usecases.finding import order_to_change
from services.workshop.repair_orders.usecases.outlook import OpenOrder, outlook

LOOKED_AT_EVERY = timedelta(minutes=1)
"""An order that nobody touched is looked at so often: time passes for it, and for those before it."""

_TO_LOOK_AT = text(
    """
    SELECT o.id, o.store_id, o.version, o.promised_at
      FROM repair_order o LEFT JOIN promise_watch w ON w.order_id = o.id
     WHERE o.returned_at IS NULL AND o.cancelled_at IS NULL AND o.ready_at IS NULL AND o.promised_at IS NOT NULL
       AND (w.order_id IS NULL OR w.order_version <> o.version
            OR w.looked_at NOT BETWEEN CAST(:now AS timestamptz) - CAST(:every AS interval) AND :now)
     ORDER BY o.id LIMIT 500 FOR UPDATE OF o SKIP LOCKED
    """
)


def watch_promises(session: Session, *, now: datetime) -> int:
    """Tell the advisors of promises that are at risk or late, each level once for each promise; returns how many."""
    due = {row.id: row for row in session.execute(_TO_LOOK_AT, {"now": now, "every": LOOKED_AT_EVERY})}
    if not due:
        return 0
    stores = {row.store_id for row in due.values()}
    open_orders = {one.ro_id: one for one in outlook(session, stores, now=now)}
    known = select(PromiseWatch).where(PromiseWatch.order_id.in_(due))
    watches = {watch.order_id: watch for watch in session.scalars(known)}
    for order_id, row in due.items():
        watch = watches.get(order_id)
        if watch is None:
            watch = PromiseWatch.begin(order_id, store_id=row.store_id)
            session.add(watch)
        watch.look(version=row.version, promised_at=row.promised_at, now=now)
        _tell_if_worse(session, watch, open_orders[order_id], now=now)
    return len(due)


def _tell_if_worse(session: Session, watch: PromiseWatch, order: OpenOrder, *, now: datetime) -> None:
    predicted = order.predicted
    if not prediction.is_worse(predicted.risk, than=watch.told):
        return
    watch.tell(predicted.risk)
    at_risk = shaped(
        events.PromiseAtRisk,
        order.row._mapping,
        customer_id=order.row.origin_customer_id or order.row.customer_id,
        risk=predicted.risk,
        reason=predicted.reason,
        eta=predicted.eta,
    )
    tell(session, watch, at_risk, now=now)


def renew_promise(session: Session, asked: RenewPromise, *, scope: Scope, now: datetime) -> operations.RepairOrder:
    """Another time is promised, with the reason the customer was told. Raises PromiseInPast."""
    moving.require_promise_ahead(promised_at=asked.promised_at, now=now)
    order = order_to_change(session, asked.ro_id, asked.expected_version, scope=scope)
    told_before = order.promised_at
    order.renew_promise(promised_at=asked.promised_at, reason=asked.reason)
    renewed = picked(
        events.PromiseRenewed, order, ro_id=order.id, customer_id=order.written_for, told_before=told_before
    )
    tell(session, order, renewed, now=now)
    return order_shown(order)
