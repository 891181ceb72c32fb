"""What sales does with its stock."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from chassis.organisation import stores
from chassis.store import turns
from contracts import vin as vins
from contracts.access import Scope
from contracts.sales import operations
from services.sales.stock.errors import VinInStock, VinInvalid
from services.sales.stock.models import StockVehicle
from services.sales.stock.shown import stock_shown


def receive_stock(
    session: Session, asked: operations.ReceiveStock, *, scope: Scope, now: datetime
) -> operations.StockVehicle:
    """Take a vehicle into the stock of a store. Raises StoreClosed, VinInvalid, VinInStock."""
    scope.require_store(asked.store_id)
    stores.require_open(session, asked.store_id, now=now)
    vin = readable_vin(asked.vin)
    turns.take(session, "vin", [vin])
    if session.get(StockVehicle, vin) is not None:
        raise VinInStock(vin=vin)
    vehicle = StockVehicle.receive(vin=vin, model=asked.model, store_id=asked.store_id, now=now)
    session.add(vehicle)
    return stock_shown(vehicle)


def readable_vin(typed: str) -> str:
    """A VIN as it is kept. Raises VinInvalid."""
    try:
        return vins.normalise(typed)
    except vins.NotAVin:
        raise VinInvalid(vin=typed) from None
