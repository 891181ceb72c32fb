"""What sales does with its catalogue: cars come and go, and get their prices; whoever sells names one of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.process.clock import LOCAL
from chassis.store import turns
from contracts.access import Scope
from contracts.refusals import InvalidRequest
from contracts.sales import catalogue
from contracts.sayings import Saying
from contracts.wording import key_of
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
    """Put a car into the catalogue, for all stores; it is called as others of its name are. Raises CarDefined."""
    typed = f"{asked.model} {asked.trim}".strip()
    turns.take(session, "car", [key_of(typed)])
    offered = _offered(_called(session, typed))
    car = CarDefinition.define(asked, name=offered[0].name if offered else typed, by=scope.staff_id, now=now)
    if any(one.is_same_as(car) for one in offered):
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
    """The car that is meant, with its list price in a store: one that is offered, or what is called by these words.

    Raises DefinitionUnknown, DefinitionDiffers.
    """
    if asked.definition_id is None:
        return by_words(session, asked.model, store_id=store_id, now=now)
    car = session.get(CarDefinition, asked.definition_id)
    if car is None or car.withdrawn_at is not None:
        raise DefinitionUnknown(field="definition_id")
    if car.name_key != key_of(asked.model):
        raise DefinitionDiffers(field="model", name=car.name)
    return Car(car.name, car.id, car.colour, _dearest(session, [car], store_id=store_id, now=now))


def by_words(session: Session, words: str, *, store_id: str, now: datetime) -> Car:
    """What is called so: a car of the catalogue, if there is one of this name, by its list price; or the words alone.

    Of several that are called so none is meant more than another, so the dearest price holds; who means another chooses
    it. Cars that are offered go before those that were withdrawn.
    """
    known = _called(session, words)
    cars = _offered(known) or known
    if not cars:
        return Car(words)
    return Car(cars[0].name, list_fen=_dearest(session, cars, store_id=store_id, now=now))


def _called(session: Session, words: str) -> Sequence[CarDefinition]:
    """The cars of this name, those of former times too, by when they came."""
    same = select(CarDefinition).where(CarDefinition.name_key == key_of(words))
    return session.scalars(same.order_by(CarDefinition.id)).all()


def _offered(cars: Sequence[CarDefinition]) -> list[CarDefinition]:
    return [car for car in cars if car.withdrawn_at is None]


def _dearest(session: Session, cars: Sequence[CarDefinition], *, store_id: str, now: datetime) -> int | None:
    """The highest list price of these cars in a store today; None while nobody has said one."""
    known = prices_of(session, [car.id for car in cars], store_id=store_id)
    today = now.astimezone(LOCAL).date()
    held = [holding(prices, store_id=store_id, on=today) for prices in known.values()]
    return max((price.list_fen for price in held if price is not None), default=None)


def _to_change(session: Session, definition_id: UUID) -> CarDefinition:
    car = session.get(CarDefinition, definition_id, with_for_update=True)
    if car is None:
        raise DefinitionNotFound
    return car


def _shown(session: Session, car: CarDefinition, *, now: datetime, store_id: str = GROUP) -> catalogue.CarDefinition:
    session.flush()
    prices = prices_of(session, [car.id], store_id=store_id)[car.id]
    return car_shown(car, prices, store_id=store_id, on=now.astimezone(LOCAL).date())
