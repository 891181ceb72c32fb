"""How far an order is, as its customer sees it: the links he is given, and what they open (R44)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from contracts.fields import Done, StoreId
from contracts.links import LINK_DAYS, LinkDays, LinkMade, Links, Token
from contracts.operation import command, query
from contracts.sales.deliveries import StageNoted
from contracts.sales.operations import OrderById
from contracts.sales.steps import DelayCause, PromiseReason, StepCode


class Standing(StrEnum):
    """Where a step stands, as its customer sees it: what is held up or sent back is under way for him."""

    DONE = "done"
    UNDER_WAY = "under_way"
    LATE = "late"
    TO_COME = "to_come"


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
    """A step of an order: the day it was done, or for which it is planned, as far as that is known.

    Of one that is late `cause` says in whose hands it lies; `stages` are those of a registration.
    """

    step: StepCode
    standing: Standing
    done_on: date | None
    planned_on: date | None
    cause: DelayCause | None
    stages: list[StageNoted]


@dataclass(frozen=True, slots=True)
class PromiseTold:
    """The day promised was moved, on which day and why."""

    on: date
    from_day: date
    to_day: date
    reason: PromiseReason


@dataclass(frozen=True, slots=True)
class OrderProgress:
    """How far an order is, for whoever has the link: it names no person, no VIN, no plate and no price.

    `expected_on` is the day the keys can be given where that is after the promised one, `cause` in whose hands the step
    lies that everything waits for then. What a customer agrees to binds to the `version` that he was shown.
    """

    number: str
    store_id: StoreId
    model: str
    steps: list[StepTold]
    promised_date: date | None
    version: int
    link_ends_on: date
    cancelled_on: date | None = None
    expected_on: date | None = None
    cause: DelayCause | None = None
    moved: list[PromiseTold] = field(default_factory=list)


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
