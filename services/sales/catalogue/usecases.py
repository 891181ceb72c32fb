"""What sales does with its catalogue: cars come and go, and get their prices; whoever sells names one of them."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.process.clock import LOCAL
from chassis.store import turns
from contracts.access import Scope
from contracts.refusals import InvalidRequest
from contracts.sales import catalogue
from contracts.sayings import Saying
from services.sales.catalogue.errors import (
    CarDefined,
    DefinitionDiffers,
    DefinitionNotFound,
    DefinitionUnknown,
    PriceInPast,
    PriceOfGroup,
)
from services.sales.catalogue.models import CarDefinition, ListPrice
from services.sales.catalogue.queries import prices_of
from services.sales.catalogue.rules import GROUP, Car, holding
from services.sales.catalogue.shown import car_shown


class Naming(Protocol):
    """Whatever says which car it is about."""

    @property
    def model(self) -> str:
        """Its words."""

    @property
    def definition_id(self) -> UUID | None:
        """Which of the catalogue, if it was chosen there."""


def define_car(session: Session, asked: catalogue.DefineCar, *, scope: Scope, now: datetime) -> catalogue.CarDefinition:
    """Put a car into the catalogue, for all stores. Raises CarDefined."""
    car = CarDefinition.define(asked, by=scope.staff_id, now=now)
    turns.take(session, "car", [car.name])
    same = select(CarDefinition.id).where(
        CarDefinition.name == car.name,
        CarDefinition.colour == car.colour,
        func.coalesce(CarDefinition.model_year, 0) == (car.model_year or 0),
        CarDefinition.withdrawn_at.is_(None),
    )
    if session.scalar(same) is not None:
        raise CarDefined(name=f"{car.name} {car.colour}".strip())
    session.add(car)
    return _shown(session, car, now=now)


def withdraw_car(session: Session, asked: catalogue.WithdrawCar, *, now: datetime) -> catalogue.CarDefinition:
    """Offer it no more. Raises DefinitionNotFound, DefinitionWithdrawn."""
    car = _to_change(session, asked.definition_id)
    car.require_version(asked.expected_version)
    car.withdraw(now=now)
    return _shown(session, car, now=now)


def set_list_price(
    session: Session, asked: catalogue.SetListPrice, *, scope: Scope, now: datetime
) -> catalogue.CarDefinition:
    """Say what it costs from a day on; said again of the same day, it is the new one.

    Raises DefinitionNotFound, DefinitionWithdrawn, PriceInPast, PriceOfGroup.
    """
    if scope.narrow(asked.store_id) is not None and asked.store_id is None:
        raise PriceOfGroup(field="store_id")
    if asked.store_id is None and asked.list_fen is None:
        raise InvalidRequest(errors={"list_fen": [Saying.GROUP_NULL()]})
    today = now.astimezone(LOCAL).date()
    from_day = asked.from_day or today
    if from_day < today:
        raise PriceInPast(field="from_day")
    car = _to_change(session, asked.definition_id)
    car.require_offered()
    key = {"definition_id": car.id, "store_id": asked.store_id or GROUP, "from_day": from_day}
    price = session.get(ListPrice, key) or ListPrice(**key)
    price.list_fen, price.set_by, price.set_at = asked.list_fen, scope.staff_id, now
    session.add(price)
    car.version += 1
    return _shown(session, car, store_id=asked.store_id or GROUP, now=now)


def named(session: Session, asked: Naming, *, store_id: str, now: datetime) -> Car:
    """The car that is meant: one that is offered, with its list price in a store, or the words alone.

    Raises DefinitionUnknown, DefinitionDiffers.
    """
    if asked.definition_id is None:
        return Car(asked.model)
    car = session.get(CarDefinition, asked.definition_id)
    if car is None or car.withdrawn_at is not None:
        raise DefinitionUnknown(field="definition_id")
    if car.name != asked.model:
        raise DefinitionDiffers(field="model", name=car.name)
    prices = prices_of(session, [car.id], store_id=store_id)[car.id]
    price = holding(prices, store_id=store_id, on=now.astimezone(LOCAL).date())
    return Car(car.name, car.id, car.colour, price and price.list_fen)


def _to_change(session: Session, definition_id: UUID) -> CarDefinition:
    car = session.get(CarDefinition, definition_id, with_for_update=True)
    if car is None:
        raise DefinitionNotFound
    return car


def _shown(session: Session, car: CarDefinition, *, now: datetime, store_id: str = GROUP) -> catalogue.CarDefinition:
    session.flush()
    prices = prices_of(session, [car.id], store_id=store_id)[car.id]
    return car_shown(car, prices, store_id=store_id, on=now.astimezone(LOCAL).date())
