"""Which list price holds on a day, and which is the next; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

GROUP = ""
"""The store of a price that holds for the group."""


@dataclass(frozen=True, slots=True)
class Car:
    """What is sold, by its words; of the catalogue with its colour and list price, if it was chosen there."""

    model: str
    definition_id: UUID | None = None
    colour: str = ""
    list_fen: int | None = None


class Dated(NamedTuple):
    """A list price from a day on, in a store or the group; without a sum the group's holds again."""

    store_id: str
    from_day: date
    list_fen: int | None


class Holding(NamedTuple):
    """A price, and the first day it holds."""

    list_fen: int
    from_day: date


def holding(prices: Iterable[Dated], *, store_id: str, on: date) -> Holding | None:
    """What a car costs by the list on a day: as its store says, else as the group does; None: nobody has said it."""
    begun = sorted((one for one in prices if one.from_day <= on), key=lambda one: one.from_day)
    for place in dict.fromkeys((store_id, GROUP)):
        newest = next((one for one in reversed(begun) if one.store_id == place), None)
        if newest is not None and newest.list_fen is not None:
            return Holding(newest.list_fen, newest.from_day)
    return None


def following(prices: Iterable[Dated], *, store_id: str, on: date) -> Holding | None:
    """The price that follows the one of a day, and from when on; None if that goes on for all we know."""
    known = list(prices)
    before = holding(known, store_id=store_id, on=on)
    for day in sorted({one.from_day for one in known if one.from_day > on}):
        then = holding(known, store_id=store_id, on=day)
        if then is not None and (before is None or then.list_fen != before.list_fen):
            return Holding(then.list_fen, day)
    return None
