"""What may become of an order, and when (C4); a table, pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from contracts.sales.operations import MOST_DEPOSIT_PERCENT, OrderStatus
from services.sales.orders.errors import OrderState


class Command(StrEnum):
    """What is done to an order; of `ready` its steps are the judge, of everything else somebody."""

    PRICE = "price"
    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    NAME_PARTIES = "name_parties"
    AMEND = "amend"
    SIGN = "sign"
    PAY = "pay"
    ALLOCATE = "allocate"
    MAKE_READY = "make_ready"
    DELIVER = "deliver"
    CLOSE = "close"
    REQUEST_CANCEL = "request_cancel"
    CONFIRM_CANCEL = "confirm_cancel"
    WITHDRAW_CANCEL = "withdraw_cancel"


PREVIOUS: Final = ()
"""Back to where it was before somebody asked for its cancellation."""

_DRAFT, _WAITING = OrderStatus.DRAFT, OrderStatus.APPROVAL_PENDING
_APPROVED, _SIGNED, _ALLOCATED = OrderStatus.APPROVED, OrderStatus.SIGNED, OrderStatus.ALLOCATED
_READY, _DELIVERED, _CLOSED = OrderStatus.READY, OrderStatus.DELIVERED, OrderStatus.CLOSED
_CANCELLING, _CANCELLED = OrderStatus.CANCEL_PENDING, OrderStatus.CANCELLED

MOVES: Mapping[tuple[OrderStatus, Command], tuple[OrderStatus, ...]] = {
    (_DRAFT, Command.PRICE): (_DRAFT,),
    (_DRAFT, Command.SUBMIT): (_APPROVED, _WAITING),
    (_DRAFT, Command.NAME_PARTIES): (_DRAFT,),
    (_WAITING, Command.NAME_PARTIES): (_WAITING,),
    (_WAITING, Command.APPROVE): (_APPROVED,),
    (_WAITING, Command.REJECT): (_DRAFT,),
    (_APPROVED, Command.SIGN): (_SIGNED,),
    (_APPROVED, Command.AMEND): (_APPROVED,),
    (_APPROVED, Command.NAME_PARTIES): (_APPROVED,),
    (_SIGNED, Command.AMEND): (_SIGNED,),
    (_SIGNED, Command.NAME_PARTIES): (_SIGNED,),
    (_SIGNED, Command.PAY): (_SIGNED,),
    (_SIGNED, Command.ALLOCATE): (_ALLOCATED,),
    (_ALLOCATED, Command.AMEND): (_ALLOCATED,),
    (_ALLOCATED, Command.NAME_PARTIES): (_ALLOCATED,),
    (_ALLOCATED, Command.PAY): (_ALLOCATED,),
    (_ALLOCATED, Command.MAKE_READY): (_READY,),
    (_ALLOCATED, Command.DELIVER): (_DELIVERED,),
    (_READY, Command.AMEND): (_READY,),
    (_READY, Command.NAME_PARTIES): (_READY,),
    (_READY, Command.PAY): (_READY,),
    (_READY, Command.DELIVER): (_DELIVERED,),
    # what its lender owes comes after the keys, and so does what was taken back after them
    (_DELIVERED, Command.PAY): (_DELIVERED,),
    (_CLOSED, Command.PAY): (_CLOSED,),
    (_DELIVERED, Command.CLOSE): (_CLOSED,),
    # nothing was signed, so nobody need confirm it
    (_DRAFT, Command.REQUEST_CANCEL): (_CANCELLED,),
    (_WAITING, Command.REQUEST_CANCEL): (_CANCELLED,),
    (_APPROVED, Command.REQUEST_CANCEL): (_CANCELLED,),
    (_SIGNED, Command.REQUEST_CANCEL): (_CANCELLING,),
    (_ALLOCATED, Command.REQUEST_CANCEL): (_CANCELLING,),
    (_READY, Command.REQUEST_CANCEL): (_CANCELLING,),
    (_CANCELLING, Command.CONFIRM_CANCEL): (_CANCELLED,),
    (_CANCELLING, Command.WITHDRAW_CANCEL): PREVIOUS,
}
"""From where a command leads whereto. What does not stand here is refused: a delivered order is never cancelled."""


def deposit_needed(*, total_fen: int, least_fen: int) -> int:
    """What must be paid before a car is set aside: something, the store's least, but never more than the law's most."""
    return max(1, min(least_fen, total_fen * MOST_DEPOSIT_PERCENT // 100))


def may(command: Command, *, status: OrderStatus) -> bool:
    """Whether this may be done to an order that stands so."""
    return (status, command) in MOVES


def require(command: Command, *, status: OrderStatus) -> None:
    """Raise OrderState unless this may be done to an order that stands so."""
    if not may(command, status=status):
        raise OrderState(status=status, command=command)


def target(
    command: Command, *, status: OrderStatus, previous: OrderStatus | None = None, wanted: OrderStatus | None = None
) -> OrderStatus:
    """Where the command leads from there; of several places the one that is `wanted`. Raises OrderState if nowhere."""
    require(command, status=status)
    places = MOVES[status, command] or (OrderStatus(str(previous)),)
    return places[0] if wanted is None else places[places.index(wanted)]
