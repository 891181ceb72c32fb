"""What sales does with its stock."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.organisation import stores
from chassis.store import turns
from chassis.store.outbox import tell
from contracts import vin as vins
from contracts.access import Scope
from contracts.picked import picked
from contracts.sales import events
from contracts.sales import stock as operations
from contracts.sales.stock import Condition
from contracts.shapes import UNSAID
from services.sales.catalogue.usecases import named
from services.sales.stock.errors import SoldBefore, VehicleNotFound, VinInStock, VinInvalid
from services.sales.stock.models import StockVehicle
from services.sales.stock.shown import stock_shown


def expect_stock(
    session: Session, asked: operations.ExpectStock, *, scope: Scope, now: datetime
) -> operations.StockVehicle:
    """Announce a vehicle on its way. Raises StoreClosed, VinInvalid, VinInStock, SoldBefore, and of its definition."""
    scope.require_store(asked.store_id)
    stores.require_open(session, asked.store_id, now=now)
    vin = None if asked.vin is None else _new_to_us(session, asked.vin, condition=asked.condition)
    car = named(session, asked, store_id=asked.store_id, now=now)
    vehicle = StockVehicle.expect(asked, vin=vin, colour=car.colour)
    session.add(vehicle)
    return stock_shown(vehicle)


def change_expected(session: Session, asked: operations.ChangeExpected, *, scope: Scope) -> operations.StockVehicle:
    """Say when it comes, or which it is.

    Raises VehicleNotFound, VehicleHere, VinInvalid, VinInStock, SoldBefore, VinDiffers.
    """
    vehicle = vehicle_to_change(session, asked.stock_id, asked.expected_version, scope=scope)
    vehicle.require_expected()
    if asked.vin is not None:
        vehicle.identify(_new_to_us(session, asked.vin, condition=vehicle.condition, but=vehicle))
    if asked.eta is not UNSAID:
        vehicle.come_on(asked.eta)
    vehicle.version += 1
    return stock_shown(vehicle)


def receive_stock(
    session: Session, asked: operations.ReceiveStock, *, scope: Scope, now: datetime
) -> operations.StockVehicle:
    """Take a vehicle into the stock of a store: one on its way, or one that nobody announced.

    Raises StoreClosed, VinInvalid, VinInStock, SoldBefore, VehicleNotFound, VehicleHere, VinDiffers, SetAsideAs.
    """
    scope.require_store(asked.store_id)
    stores.require_open(session, asked.store_id, now=now)
    vehicle = _announced(session, asked, scope=scope)
    if asked.condition is not None:
        vehicle.condition = asked.condition
    vin = _new_to_us(session, asked.vin, condition=vehicle.condition, but=vehicle)
    car = named(session, asked, store_id=asked.store_id, now=now)
    vehicle.arrive(vin=vin, model=car.model, definition_id=car.definition_id, colour=car.colour, now=now)
    session.add(vehicle)
    tell(session, vehicle, picked(events.VehicleReceived, vehicle, stock_id=vehicle.id), now=now)
    return stock_shown(vehicle)


def _announced(session: Session, asked: operations.ReceiveStock, *, scope: Scope) -> StockVehicle:
    """The vehicle on its way to this store that has come, one version on; else a record of a new one."""
    if asked.stock_id is not None:
        known: StockVehicle | None = vehicle_to_change(session, asked.stock_id, scope=scope)
    else:
        known = of_vin(session, asked.vin)
    if known is not None and known.received_at is None and known.store_id == asked.store_id:
        known.version += 1
        return known
    if asked.stock_id is not None and known is not None:
        known.require_expected()
        raise VehicleNotFound(stock_id=asked.stock_id, field="stock_id")
    return StockVehicle.expect(operations.ExpectStock(asked.model, asked.store_id), vin=None)


def move_certificate(
    session: Session, asked: operations.MoveCertificate, *, scope: Scope, now: datetime
) -> operations.StockVehicle:
    """Say where its certificate is. Raises VehicleNotFound, CertificateState."""
    vehicle = vehicle_to_change(session, asked.stock_id, asked.expected_version, scope=scope)
    vehicle.move_certificate(asked.certificate, by=scope.staff_id, now=now)
    moved = picked(events.CertificateMoved, vehicle, stock_id=vehicle.id, moved_by=scope.staff_id)
    tell(session, vehicle, moved, now=now)
    return stock_shown(vehicle)


def vehicle_to_change(
    session: Session, stock_id: UUID, expected_version: int | None = None, *, scope: Scope
) -> StockVehicle:
    """The vehicle, locked, if it has not left a store of the caller's. Raises VehicleNotFound, StaleVersion."""
    vehicle = session.get(StockVehicle, stock_id, with_for_update=True)
    if vehicle is None or vehicle.gone_at is not None or not scope.admits(store_id=vehicle.store_id):
        raise VehicleNotFound(stock_id=stock_id)
    vehicle.require_version(expected_version)
    return vehicle


def of_vin(session: Session, typed: str) -> StockVehicle | None:
    """The vehicle of this VIN that has not left, locked, wherever it stands. Raises VinInvalid."""
    wanted = select(StockVehicle).where(StockVehicle.vin == readable_vin(typed), StockVehicle.gone_at.is_(None))
    return session.scalars(wanted.with_for_update()).one_or_none()


def of_order(session: Session, order_id: UUID) -> StockVehicle | None:
    """The vehicle that an order has, locked."""
    return session.scalars(
        select(StockVehicle).where(StockVehicle.order_id == order_id).with_for_update()
    ).one_or_none()


def readable_vin(typed: str) -> str:
    """A VIN as it is kept. Raises VinInvalid."""
    try:
        return vins.normalise(typed)
    except vins.NotAVin:
        raise VinInvalid(vin=typed, field="vin") from None


def _new_to_us(session: Session, typed: str, *, condition: Condition, but: StockVehicle | None = None) -> str:
    """The VIN, if no vehicle but this one has it, and none that left if it is to be new.

    Who asks has the VIN alone until his transaction ends. Raises VinInvalid, VinInStock, SoldBefore.
    """
    vin = readable_vin(typed)
    turns.take(session, "vin", [vin])
    with session.no_autoflush:
        known = session.scalars(select(StockVehicle).where(StockVehicle.vin == vin)).all()
    if any(one.gone_at is None and one is not but for one in known):
        raise VinInStock(vin=vin, field="vin")
    if condition is Condition.NEW and any(one.gone_at is not None for one in known):
        raise SoldBefore(vin=vin, field="condition")
    return vin
