"""The catalogue of cars that are sold: what each is called, in which colour, and its list price from a day on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from contracts.fields import Fen, StoreId, Version
from contracts.operation import command, query
from contracts.shapes import Between, Text


@dataclass(frozen=True, slots=True)
class DefineCar:
    """A car that can be ordered: model and trim are what it is called, `colour` empty is any."""

    model: Annotated[str, Text(1, 40, one_width=True)]
    trim: Annotated[str, Text(0, 39, one_width=True)] = ""
    colour: Annotated[str, Text(0, 40, one_width=True)] = ""
    model_year: Annotated[int, Between(1990, 2100)] | None = None


@dataclass(frozen=True, slots=True)
class WithdrawCar:
    """It is not offered any more; what was ordered as it stays as it is."""

    definition_id: UUID
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class SetListPrice:
    """What it costs by the list from a day on, today without one: in a store, or without one in the group.

    Null gives a store the group's price back.
    """

    definition_id: UUID
    list_fen: Annotated[int, Between(1, 10**12)] | None
    store_id: StoreId | None = None
    from_day: date | None = None


@dataclass(frozen=True, slots=True)
class ListCars:
    """What is offered, with the prices of a store, or of the group without one; also what is `withdrawn`."""

    store_id: StoreId | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class CarDefinition:
    """A car of the catalogue. `name` is what orders, quotes and vehicles call it: model and trim.

    `list_fen` holds since `list_since`; `next_fen` is the next one, from `next_from` on.
    """

    definition_id: UUID
    model: str
    trim: str
    name: str
    colour: str
    model_year: int | None
    withdrawn_at: datetime | None
    version: int
    list_fen: Fen | None = None
    list_since: date | None = None
    next_fen: Fen | None = None
    next_from: date | None = None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The cars, by name, colour and year."""

    items: list[CarDefinition]


CHOSEN = ("DEFINITION_UNKNOWN", "DEFINITION_DIFFERS")
"""What may be refused of a car that was chosen of the catalogue."""

define_car = command(
    "sales.define_car", DefineCar, CarDefinition, refuses=("CAR_DEFINED",), summary="Put a car into the catalogue"
)
withdraw_car = command(
    "sales.withdraw_car",
    WithdrawCar,
    CarDefinition,
    refuses=("DEFINITION_NOT_FOUND", "DEFINITION_WITHDRAWN"),
    summary="Offer a car no more",
)
set_list_price = command(
    "sales.set_list_price",
    SetListPrice,
    CarDefinition,
    refuses=("DEFINITION_NOT_FOUND", "DEFINITION_WITHDRAWN", "PRICE_IN_PAST", "PRICE_OF_GROUP"),
    summary="Say what a car costs by the list from a day on",
)
list_cars = query("sales.list_cars", ListCars, Catalogue, summary="The cars of the catalogue with their list prices")
