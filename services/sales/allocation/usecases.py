"""What sales does so that each vehicle finds its order: who waited longest is asked first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis.process.clock import LOCAL
from chassis.store import policies, turns
from chassis.store.outbox import record
from contracts.access import Scope
from contracts.envelope import Event
from contracts.sales import events, operations
from contracts.sales import stock as in_stock
from contracts.sales.allocation import OfferEnd
from contracts.sales.policies import DEPOSIT_MIN, OFFER_HOURS
from contracts.sales.stock import Condition, StockStatus
from services.sales import orders, stock
from services.sales.allocation.errors import VehicleOffered
from services.sales.allocation.models import VehicleOffer
from services.sales.allocation.queries import SINCE, WAITS
from services.sales.allocation.rules import Free, Kept, Waiting, arrange
from services.sales.orders.models import Order
from services.sales.orders.rules import deposit_needed
from services.sales.stock.models import StockVehicle
from services.sales.stock.queries import STANDS, of_model
from services.sales.stock.usecases import readable_vin

_WAITING = text(
    f"""
    SELECT o.id, since.at, o.total_fen, o.paid_fen, o.signed_at FROM sales_order o CROSS JOIN LATERAL ({SINCE}) since
     WHERE o.store_id = :store_id AND lower(o.model) = lower(:model) AND {WAITS}
    """  # noqa: S608  # constants of ours
)
_DUE = text(
    f"""
    SELECT v.store_id, v.model FROM vehicle_offer kept JOIN stock_vehicle v ON v.id = kept.stock_id
      LEFT JOIN sales_order o ON o.id = kept.order_id AND {WAITS}
     WHERE kept.ended_at IS NULL AND (kept.until <= :now OR o.id IS NULL)
     UNION
    SELECT v.store_id, v.model FROM stock_vehicle v
     WHERE v.gone_at IS NULL AND v.order_id IS NULL AND v.received_at IS NOT NULL
       AND EXISTS (SELECT FROM sales_order o WHERE o.store_id = v.store_id
                      AND lower(o.model) = lower(v.model) AND {WAITS})
     ORDER BY store_id, model
    """  # noqa: S608  # constants of ours
)


def receive_stock(
    session: Session, asked: in_stock.ReceiveStock, *, scope: Scope, now: datetime
) -> in_stock.StockVehicle:
    """Take a vehicle into stock; if somebody waits for it, it is kept for him before anybody else can have it.

    Raises what `stock.usecases.receive_stock` does.
    """
    _turn(session, asked.store_id, asked.model)
    received = stock.usecases.receive_stock(session, asked, scope=scope, now=now)
    offer_next(session, asked.store_id, asked.model, now=now)
    return received


def allocate_vehicle(
    session: Session, asked: operations.AllocateVehicle, *, scope: Scope, now: datetime
) -> operations.Order:
    """Set a vehicle aside for the order, if it is not kept for one that has waited longer.

    Raises VehicleOffered, and what `orders.usecases.allocate_vehicle` does.
    """
    here = select(StockVehicle.store_id, StockVehicle.model).where(
        StockVehicle.vin == readable_vin(asked.vin), StockVehicle.gone_at.is_(None)
    )
    place = session.execute(here).one_or_none()
    if place is not None:
        offer_next(session, *place, now=now)
    allocated = orders.usecases.allocate_vehicle(session, asked, scope=scope, now=now)
    if place is not None:
        _require_not_kept(session, allocated, scope=scope)
        offer_next(session, *place, now=now)
    return allocated


def _require_not_kept(session: Session, allocated: operations.Order, *, scope: Scope) -> None:
    """Raise VehicleOffered if the vehicle that the order just took is kept for another."""
    kept = session.execute(
        select(VehicleOffer, Order)
        .join(StockVehicle, StockVehicle.id == VehicleOffer.stock_id)
        .join(Order, Order.id == VehicleOffer.order_id)
        .where(StockVehicle.order_id == allocated.order_id, VehicleOffer.ended_at.is_(None))
    ).one_or_none()
    if kept is not None and kept.Order.id != allocated.order_id:
        until = f"{kept.VehicleOffer.until.astimezone(LOCAL):%Y-%m-%d %H:%M}"
        raise VehicleOffered(vin=allocated.vin, until=until, **orders.shown.named_to(scope, kept.Order))


def pass_on(session: Session, *, now: datetime) -> int:
    """Vehicles that are kept too long, or for who needs none, go to the next; those let go are offered.

    Stores and models are taken one after the other; of a group they are some hundred.
    """
    places = session.execute(_DUE, {"now": now}).all()
    return sum(offer_next(session, place.store_id, place.model, now=now) for place in places)


def offer_next(session: Session, store_id: str, model: str, *, now: datetime) -> int:
    """End and make the offers of one model in one store, as `rules.arrange` says; how many.

    Until the transaction ends nobody else does so.
    """
    _turn(session, store_id, model)
    free = _free(session, store_id, model)
    offers = {offer.stock_id: (offer, taken_by) for offer, taken_by in _open_offers(session, store_id, model)}
    told = arrange(
        [Free(since, one.id) for one in free if (since := one.free_since or one.received_at)],
        _waiting(session, store_id, model, now=now),
        [Kept(offer.stock_id, offer.order_id, offer.until, taken_by) for offer, taken_by in offers.values()],
        had=_had(session, free),
        now=now,
    )
    for kept, how in told.ended:
        offer, _ = offers[kept.stock_id]
        offer.end(how, now=now)
        _tell(session, offer, partial(events.VehicleOfferEnded, how=how), version=2, now=now)
    session.flush()
    hours = policies.resolve(session, OFFER_HOURS, store_id=store_id, at=now).hours if told.offered else 0
    for stock_id, order_id in told.offered:
        until = now + timedelta(hours=hours)
        offer = VehicleOffer.make(stock_id=stock_id, order_id=order_id, until=until, now=now)
        session.add(offer)
        _tell(session, offer, partial(events.VehicleOffered, until=until), version=1, now=now)
    return len(told.ended) + len(told.offered)


def _turn(session: Session, store_id: str, model: str) -> None:
    turns.take(session, "queue", [f"{store_id}/{model.lower()}"])


def _waiting(session: Session, store_id: str, model: str, *, now: datetime) -> list[Waiting]:
    """Who has no vehicle and could take one: his deposit is there, as the store asked for when he signed."""
    rows = session.execute(_WAITING, {"store_id": store_id, "model": model}).all()
    asked = [policies.Asked(DEPOSIT_MIN, store_id, row.signed_at or now) for row in rows]
    return [
        Waiting(row.at, row.id)
        for row, asks in zip(rows, policies.resolve_all(session, asked), strict=True)
        if row.paid_fen >= deposit_needed(total_fen=row.total_fen, least_fen=asks.deposit_fen)
    ]


def _free(session: Session, store_id: str, model: str) -> Sequence[StockVehicle]:
    wanted = select(StockVehicle).where(
        StockVehicle.store_id == store_id,
        of_model(model),
        StockVehicle.condition == Condition.NEW,
        STANDS[StockStatus.AVAILABLE],
    )
    # who ordered a car waits for a new one; a used one is chosen by hand
    return session.scalars(wanted.order_by(StockVehicle.id).with_for_update()).all()


def _open_offers(session: Session, store_id: str, model: str) -> list[tuple[VehicleOffer, UUID | None]]:
    wanted = select(VehicleOffer, StockVehicle.order_id).join(StockVehicle, StockVehicle.id == VehicleOffer.stock_id)
    of_these = (StockVehicle.store_id == store_id, of_model(model), VehicleOffer.ended_at.is_(None))
    return [(row.VehicleOffer, row.order_id) for row in session.execute(wanted.where(*of_these))]


def _had(session: Session, free: Sequence[StockVehicle]) -> set[tuple[UUID, UUID]]:
    """Which of these vehicles were offered to whom already, in vain."""
    wanted = select(VehicleOffer.stock_id, VehicleOffer.order_id).where(
        VehicleOffer.stock_id.in_([one.id for one in free]), VehicleOffer.how == OfferEnd.LAPSED
    )
    return {(row.stock_id, row.order_id) for row in session.execute(wanted)} if free else set()


def _tell(session: Session, offer: VehicleOffer, told: Callable[..., Event], *, version: int, now: datetime) -> None:
    order, vehicle = session.get_one(Order, offer.order_id), session.get_one(StockVehicle, offer.stock_id)
    about = {"stock_id": vehicle.id, "vehicle_id": vehicle.vehicle_id, "vin": vehicle.vin, "model": vehicle.model}
    whose = {"order_id": order.id, "customer_id": order.written_for, "consultant_id": order.consultant_id}
    record(
        session,
        told(**about, **whose),
        subject_id=offer.id,
        subject_version=version,
        store_id=order.store_id,
        occurred_at=now,
    )
