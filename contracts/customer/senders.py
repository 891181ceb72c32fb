"""What a service is told that sends messages or prints a call list: whom it reaches now, and where (R12, R62).

Numbers and addresses are asked for when they are used, and kept nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from contracts.customer.folder import Purpose
from contracts.customer.operations import Channel
from contracts.operation import command
from contracts.shapes import Many, Once, Text

MOST_AT_ONCE = 100
"""Customers of one question."""


class NotReached(StrEnum):
    """Why a customer is not to be reached this way, at this moment."""

    NOT_REGISTERED = "not_registered"
    ERASED = "erased"
    DO_NOT_CALL = "do_not_call"
    NO_CONSENT = "no_consent"
    NO_WAY = "no_way"


@dataclass(frozen=True, slots=True)
class ToReach:
    """Whom to reach by which channel, what for, and because of which document (a visit)."""

    customer_id: UUID
    channel: Channel
    purpose: Purpose
    document_type: Annotated[str, Text(1, 40)]
    document_id: Annotated[str, Text(1, 40)]


@dataclass(frozen=True, slots=True)
class RevealToSender:
    """Ask where to reach customers, just before it is done."""

    to_reach: Annotated[list[ToReach], Many(MOST_AT_ONCE)]


@dataclass(frozen=True, slots=True)
class WhereToReach:
    """The full number or address of one customer, or else why he is not to be reached; `title` is as in his record."""

    customer_id: UUID
    document_id: str
    refused: NotReached | None = None
    name: str | None = None
    title: str | None = None
    phone_or_address: str | None = None


@dataclass(frozen=True, slots=True)
class RevealedToSender:
    """One for each that was asked for, in that order; of merged records the survivor's."""

    items: Annotated[list[WhereToReach], Once()]


reveal_to_sender = command(
    "customer.reveal_to_sender",
    RevealToSender,
    RevealedToSender,
    summary="Full numbers and addresses for a service that reaches customers, each into the access log",
)
