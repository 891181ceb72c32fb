"""What may become of a version of a quote, and until when it holds (C3); a table, pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from contracts.sales.quotes import QuoteStatus
from services.sales.quotes.errors import QuoteExpired, QuoteState


class Command(StrEnum):
    """What is done to a version of a quote; that it is over, the clock says."""

    PRICE = "price"
    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    PRESENT = "present"
    ACCEPT = "accept"
    LOSE = "lose"
    EXPIRE = "expire"
    SUPERSEDE = "supersede"


_DRAFT, _WAITING, _APPROVED = QuoteStatus.DRAFT, QuoteStatus.APPROVAL_PENDING, QuoteStatus.APPROVED
_PRESENTED, _ACCEPTED, _LOST = QuoteStatus.PRESENTED, QuoteStatus.ACCEPTED, QuoteStatus.LOST
_EXPIRED, _SUPERSEDED = QuoteStatus.EXPIRED, QuoteStatus.SUPERSEDED

MOVES: Mapping[tuple[QuoteStatus, Command], tuple[QuoteStatus, ...]] = {
    (_DRAFT, Command.PRICE): (_DRAFT,),
    (_DRAFT, Command.SUBMIT): (_APPROVED, _WAITING),
    (_WAITING, Command.APPROVE): (_APPROVED,),
    (_WAITING, Command.REJECT): (_DRAFT,),
    (_APPROVED, Command.PRESENT): (_PRESENTED,),
    (_PRESENTED, Command.ACCEPT): (_ACCEPTED,),
    (_DRAFT, Command.LOSE): (_LOST,),
    (_WAITING, Command.LOSE): (_LOST,),
    (_APPROVED, Command.LOSE): (_LOST,),
    (_PRESENTED, Command.LOSE): (_LOST,),
    (_APPROVED, Command.EXPIRE): (_EXPIRED,),
    (_PRESENTED, Command.EXPIRE): (_EXPIRED,),
    (_WAITING, Command.SUPERSEDE): (_SUPERSEDED,),
    (_APPROVED, Command.SUPERSEDE): (_SUPERSEDED,),
    (_PRESENTED, Command.SUPERSEDE): (_SUPERSEDED,),
    # over already: it stays what it was, beside the one that is offered now
    (_LOST, Command.SUPERSEDE): (_LOST,),
    (_EXPIRED, Command.SUPERSEDE): (_EXPIRED,),
}
"""From where a command leads whereto. What does not stand here is refused: what was accepted is an order."""

OPEN = (_APPROVED, _PRESENTED)
"""Where a version stands that ends with its last day."""


def target(command: Command, *, status: QuoteStatus, wanted: QuoteStatus | None = None) -> QuoteStatus:
    """Where the command leads from there; of several places the one that is `wanted`. Raises QuoteState if nowhere."""
    places = MOVES.get((status, command))
    if places is None:
        raise QuoteState(status=status, command=command)
    return places[0] if wanted is None else places[places.index(wanted)]


def last_day(approved_on: date, *, days: int) -> date:
    """The last day on which it can be accepted: so many after the one on which it might be offered."""
    return approved_on + timedelta(days=days)


def require_valid(valid_until: date | None, *, today: date) -> None:
    """Raise QuoteExpired if the last day is over, whether the clock has said so or not."""
    if valid_until is not None and valid_until < today:
        raise QuoteExpired(valid_until=valid_until.isoformat())
