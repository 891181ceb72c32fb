"""How far an order is, as its customer sees it: the links he is given, and what they open (R44)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from contracts.fields import Done, StoreId
from contracts.links import LINK_DAYS, LinkDays, LinkMade, Links, Token
from contracts.operation import command, query
from contracts.sales.operations import OrderById


class OrderStep(StrEnum):
    """What an order passes on its way to the keys, as a customer sees it."""

    SIGNED = "signed"
    DEPOSIT = "deposit"
    ALLOCATED = "allocated"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True)
class MakeOrderLink:
    """A link for the customer to see how far his order is, for so many days; `/p/<token>` is its page."""

    order_id: UUID
    days: LinkDays = LINK_DAYS


@dataclass(frozen=True, slots=True)
class OrderLinkById:
    """A link of an order."""

    order_id: UUID
    link_id: UUID


@dataclass(frozen=True, slots=True)
class OrderProgressAsked:
    """What the customer has: the token of his link."""

    token: Token


@dataclass(frozen=True, slots=True)
class StepTold:
    """A step of an order, and the day it was done, if it was."""

    step: OrderStep
    done_on: date | None


@dataclass(frozen=True, slots=True)
class OrderProgress:
    """How far an order is, for whoever has the link: it names no person, no VIN, no plate and no price.

    What a customer agrees to binds to the `version` that he was shown.
    """

    number: str
    store_id: StoreId
    model: str
    steps: list[StepTold]
    promised_date: date | None
    version: int
    link_ends_on: date
    cancelled_on: date | None = None


make_order_link = command(
    "sales.make_order_link",
    MakeOrderLink,
    LinkMade,
    refuses=("ORDER_NOT_FOUND", "LINKS_TOO_MANY"),
    summary="A link for the customer to see how far his order is",
)
revoke_order_link = command(
    "sales.revoke_order_link",
    OrderLinkById,
    Done,
    refuses=("ORDER_NOT_FOUND", "LINK_NOT_FOUND"),
    summary="End a customer's link",
)
order_links = query(
    "sales.order_links", OrderById, Links, refuses=("ORDER_NOT_FOUND",), summary="The open links of an order"
)
order_progress = query(
    "sales.order_progress",
    OrderProgressAsked,
    OrderProgress,
    refuses=("LINK_NOT_FOUND",),
    summary="How far an order is, for its customer",
    by_link=True,
)
