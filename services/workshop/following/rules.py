"""What a customer is asked by his link, and whether his answer is to that; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from contracts.workshop.operations import LineState, PayType, Stage
from services.workshop.following.errors import OfferMoved
from services.workshop.repair_orders.rules import work
from services.workshop.repair_orders.rules.work import Written

BY_LINK = "link"
"""The channel of a word that was given by a link."""


class Described(Written, Protocol):
    """A line as it is kept, with its words."""

    @property
    def description(self) -> str:
        """What is done."""


class Offer(NamedTuple):
    """Work that waits for the customer's word, and what he would pay of it."""

    position: int
    description: str
    amount_fen: int


def asked_of(lines: Iterable[Described], *, stage: Stage) -> list[Offer]:
    """What the customer is asked by his link: more work, once he has agreed to any, with a promise, at the desk."""
    if stage in work.UNAGREED or stage not in work.OPEN_TO_WORK:
        return []
    return [
        Offer(line.position, line.description, max(0, work.totals([line])[PayType.CUSTOMER]))
        for line in lines
        if line.state is LineState.PROPOSED
    ]


def require_offer(offers: Sequence[Offer], *, version: int, shown: int) -> None:
    """Raise OfferMoved unless something is asked, and the order is the one that was shown."""
    if not offers or version != shown:
        raise OfferMoved
