"""An order is cancelled: who asks for it and why, who confirms it, and what it can still be withdrawn from (C4)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from contracts.fields import Reason, Version
from contracts.operation import command
from contracts.sales.operations import Fault, Order


@dataclass(frozen=True, slots=True)
class RequestCancel:
    """An order is to be cancelled, because of whom and why. One that nobody signed is cancelled at once."""

    order_id: UUID
    fault: Fault
    reason: Reason
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class ConfirmCancel:
    """The cancellation is agreed to; the car is free again. `fault` where it was another's than was said first."""

    order_id: UUID
    fault: Fault | None = None
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class WithdrawCancel:
    """The order goes on where it was."""

    order_id: UUID
    expected_version: Version | None = None


request_cancel = command(
    "sales.request_cancel",
    RequestCancel,
    Order,
    refuses=("ORDER_NOT_FOUND", "ORDER_STATE"),
    summary="Ask for an order to be cancelled",
)
confirm_cancel = command(
    "sales.confirm_cancel",
    ConfirmCancel,
    Order,
    refuses=("ORDER_NOT_FOUND", "ORDER_STATE", "STEPS_TO_REVERSE"),
    summary="Cancel an order that somebody asked to cancel",
)
withdraw_cancel = command(
    "sales.withdraw_cancel",
    WithdrawCancel,
    Order,
    refuses=("ORDER_NOT_FOUND", "ORDER_STATE"),
    summary="Let an order go on that was to be cancelled",
)
