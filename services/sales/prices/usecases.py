"""A price as it is agreed in a store at a moment, by the policies of then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.store import policies
from contracts.sales.lines import LineAsked, PriceLine
from contracts.sales.policies import PRICE_LIMITS, VAT_RATES
from services.sales.catalogue.rules import Car
from services.sales.prices import rules


class Asked(Protocol):
    """Whatever names a price: a quote, an order, a change of either."""

    @property
    def total_fen(self) -> int:
        """What was agreed."""

    @property
    def lines(self) -> Sequence[LineAsked]:
        """What it is made of; empty, the car is all of it."""


@dataclass(frozen=True, slots=True)
class Price:
    """A price with its lines, for which car, and what it gives away."""

    model: str
    total_fen: int
    discount_fen: int
    gift_fen: int
    lines: list[PriceLine]
    definition_id: UUID | None = None
    colour: str = ""


def agree(session: Session, asked: Asked, *, car: Car, now: datetime) -> Price:
    """The price that was asked for a car, with the tax of this moment.

    Raises OneCar, ListPriceDiffers, DiscountBeyondLines, LinesDiffer.
    """
    rates = policies.resolve(session, VAT_RATES, store_id=policies.GROUP, at=now)
    about: dict[str, Any] = {"model": car.model, "listed_fen": car.list_fen}
    lines = rules.agreed(asked.lines, **about, total_fen=asked.total_fen, rates=rates)
    gave = rules.given(lines)
    return Price(car.model, asked.total_fen, gave.discount_fen, gave.gift_fen, lines, car.definition_id, car.colour)


def needs_approval(session: Session, lines: Sequence[PriceLine], *, store_id: str, now: datetime) -> bool:
    """True if the price is beyond what the store may give without somebody else's word."""
    limits = policies.resolve(session, PRICE_LIMITS, store_id=store_id, at=now)
    return rules.is_beyond(rules.given(lines), limits=limits)
