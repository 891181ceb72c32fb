"""A price that stands is changed by an amendment: a document of its own, with its reason and who agreed to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from contracts.fields import Reason, Version
from contracts.operation import command
from contracts.sales.lines import PRICED, Lines, Total
from contracts.sales.operations import Order


@dataclass(frozen=True, slots=True)
class AmendOrder:
    """Another price for an order that was approved, and why; beyond the limits it waits for another's word.

    Without `lines` it is for what the order is for already, at the same list prices.
    """

    order_id: UUID
    total_fen: Total
    reason: Reason
    lines: Lines = field(default_factory=list)
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class ApproveAmendment:
    """The amendment that waits may stand."""

    order_id: UUID
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class RejectAmendment:
    """It may not; the price stays as it was."""

    order_id: UUID
    reason: Reason
    expected_version: Version | None = None


amend_order = command(
    "sales.amend_order",
    AmendOrder,
    Order,
    refuses=(
        "ORDER_NOT_FOUND",
        "ORDER_STATE",
        "AMENDMENT_WAITS",
        "PAID_MORE",
        "PAYERS_BEYOND_PRICE",
        *PRICED,
    ),
    summary="Change a price that stands, by an amendment",
)
approve_amendment = command(
    "sales.approve_amendment",
    ApproveAmendment,
    Order,
    refuses=("ORDER_NOT_FOUND", "ORDER_STATE", "NO_AMENDMENT", "OWN_PRICE", "PAID_MORE", "PAYERS_BEYOND_PRICE"),
    summary="Approve an amendment beyond the limits",
)
reject_amendment = command(
    "sales.reject_amendment",
    RejectAmendment,
    Order,
    refuses=("ORDER_NOT_FOUND", "ORDER_STATE", "NO_AMENDMENT", "OWN_PRICE"),
    summary="Refuse an amendment beyond the limits",
)
