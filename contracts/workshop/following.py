"""How far a repair is, as its customer sees it by his link, and his word on more work (R51; point 21)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from contracts.fields import Done, Fen, StoreId, Version
from contracts.links import LINK_DAYS, LinkDays, LinkMade, Links, Token
from contracts.operation import command, query
from contracts.shapes import Text
from contracts.workshop.lines import Said
from contracts.workshop.operations import RepairOrderById, Stage


class RepairStep(StrEnum):
    """What a repair passes from the gate to the gate, as a customer sees it."""

    TAKEN_IN = "taken_in"
    AGREED = "agreed"
    IN_WORK = "in_work"
    READY = "ready"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class MakeRepairLink:
    """A link for the customer to see how far his repair is, and to answer, so many days; `/r/<token>` is its page."""

    ro_id: UUID
    days: LinkDays = LINK_DAYS


@dataclass(frozen=True, slots=True)
class RepairLinkById:
    """A link of a repair order."""

    ro_id: UUID
    link_id: UUID


@dataclass(frozen=True, slots=True)
class RepairFollowedAsked:
    """What the customer has: the token of his link."""

    token: Token


@dataclass(frozen=True, slots=True)
class AnswerByLink:
    """The customer's word on all work that waits for it: yes or no, by whom, to the `version` that he was shown.

    Sent once more it is the same word. Where the order has another version by now, he is shown that first.
    """

    token: Token
    version: Version
    said: Said
    said_by: Annotated[str, Text(1, 100)]


@dataclass(frozen=True, slots=True)
class RepairStepTold:
    """A step of a repair, and when it was done, if it was."""

    step: RepairStep
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class WorkAsked:
    """Work that waits for the customer's word, and what he would pay of it."""

    position: int
    description: str
    amount_fen: Fen


@dataclass(frozen=True, slots=True)
class RepairFollowed:
    """How far a repair is, for whoever has the link: it names no person, no VIN, no plate.

    It tells no price but of the work it asks about: that of each line, and what he would pay in all (`pays_fen`); both
    are empty where nothing is asked. `expected_at` is when the vehicle will be ready as far as can be foreseen.
    `answered` is what was said last by a link, `price_open` that his advisor has yet to settle the price with him: a
    discount was for work that he does not want. His word binds to the `version` that he was shown.
    """

    number: str
    store_id: StoreId
    stage: Stage
    steps: list[RepairStepTold]
    promised_at: datetime | None
    expected_at: datetime | None
    asks: list[WorkAsked]
    pays_fen: Fen | None
    answered: Said | None
    version: int
    link_ends_on: date
    price_open: bool = False


make_repair_link = command(
    "workshop.make_repair_link",
    MakeRepairLink,
    LinkMade,
    refuses=("REPAIR_ORDER_NOT_FOUND", "LINKS_TOO_MANY"),
    summary="A link for the customer to see how far his repair is, and to answer",
)
revoke_repair_link = command(
    "workshop.revoke_repair_link",
    RepairLinkById,
    Done,
    refuses=("REPAIR_ORDER_NOT_FOUND", "LINK_NOT_FOUND"),
    summary="End a customer's link",
)
repair_links = query(
    "workshop.repair_links",
    RepairOrderById,
    Links,
    refuses=("REPAIR_ORDER_NOT_FOUND",),
    summary="The open links of a repair order",
)
repair_followed = query(
    "workshop.repair_followed",
    RepairFollowedAsked,
    RepairFollowed,
    refuses=("LINK_NOT_FOUND",),
    summary="How far a repair is, for its customer, and what he is asked",
    by_link=True,
)
answer_by_link = command(
    "workshop.answer_by_link",
    AnswerByLink,
    RepairFollowed,
    refuses=("LINK_NOT_FOUND", "OFFER_MOVED"),
    summary="The customer's word on more work, once, to the version he was shown",
    by_link=True,
)
