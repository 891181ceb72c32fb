"""What sales shows of the cars it sells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from chassis.process.clock import LOCAL
from contracts.access import Scope
from contracts.sales import catalogue
from services.sales.catalogue.models import CarDefinition, ListPrice
from services.sales.catalogue.rules import GROUP, Dated
from services.sales.catalogue.shown import car_shown

_car, _price = CarDefinition.__table__.c, ListPrice.__table__.c


def list_cars(connection: Connection, asked: catalogue.ListCars, *, scope: Scope, now: datetime) -> catalogue.Catalogue:
    """The cars that are offered, or all that ever were. Raises StoreNotAllowed for a foreign store."""
    if asked.store_id is not None:
        scope.require_store(asked.store_id)
    wanted = select(CarDefinition.__table__).order_by(_car.name, _car.colour, _car.model_year, _car.id)
    if not asked.withdrawn:
        wanted = wanted.where(_car.withdrawn_at.is_(None))
    cars = connection.execute(wanted).all()
    store_id = asked.store_id or GROUP
    prices = prices_of(connection, [car.id for car in cars], store_id=store_id)
    on = now.astimezone(LOCAL).date()
    return catalogue.Catalogue([car_shown(car, prices[car.id], store_id=store_id, on=on) for car in cars])


def prices_of(
    connection: Connection | Session, cars: Collection[UUID], *, store_id: str
) -> defaultdict[UUID, list[Dated]]:
    """Every price of these cars, of the group's and of the store's."""
    wanted = select(_price.definition_id, _price.store_id, _price.from_day, _price.list_fen).where(
        _price.definition_id.in_(cars), _price.store_id.in_([GROUP, store_id])
    )
    found: defaultdict[UUID, list[Dated]] = defaultdict(list)
    for row in connection.execute(wanted):
        found[row.definition_id].append(Dated(row.store_id, row.from_day, row.list_fen))
    return found
