"""Bays of the workshop, as data: what a store books vehicles to and gives work at (工位)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from contracts.fields import StoreId
from contracts.operation import command, query
from contracts.shapes import Text

BayCode = Annotated[str, Text(1, 20, one_width=True)]
"""What a bay is called in its store, as a repair order and a line name it."""


class BayKind(StrEnum):
    """What work a bay is for; each kind has a capacity of its own."""

    GENERAL = "general"
    BODY = "body"
    PAINT = "paint"


@dataclass(frozen=True, slots=True)
class PutBay:
    """A bay of a store, by its code; one that is not `active` is booked no more, and what is booked there stays."""

    store_id: StoreId
    code: BayCode
    kind: BayKind = BayKind.GENERAL
    active: bool = True


@dataclass(frozen=True, slots=True)
class Bay:
    """A bay. It is open when its store is."""

    store_id: StoreId
    code: str
    kind: BayKind
    active: bool


@dataclass(frozen=True, slots=True)
class ListBays:
    """The bays of a store, or of all within the caller's reach."""

    store_id: StoreId | None = None


@dataclass(frozen=True, slots=True)
class Bays:
    """Bays by store and code, those that are not used any more among them."""

    items: list[Bay]


put_bay = command("workshop.put_bay", PutBay, Bay, refuses=("STORE_CLOSED",), summary="Add a bay, or use it no more")
list_bays = query("workshop.list_bays", ListBays, Bays, summary="The bays of a store")
