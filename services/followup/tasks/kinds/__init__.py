"""The kinds of tasks, one file each; a new one is a file and a row of this table."""

from __future__ import annotations

from collections.abc import Collection

from contracts.envelope import Event
from services.followup.tasks.kinds.clocking_forgotten import CLOCKING_FORGOTTEN
from services.followup.tasks.kinds.comeback_suspected import COMEBACK_SUSPECTED
from services.followup.tasks.kinds.delivery_at_risk import DELIVERY_AT_RISK
from services.followup.tasks.kinds.discount_beyond import DISCOUNT_BEYOND
from services.followup.tasks.kinds.guarantee_limit import GUARANTEE_LIMIT
from services.followup.tasks.kinds.kind import Kind
from services.followup.tasks.kinds.merge_question import MERGE_QUESTION
from services.followup.tasks.kinds.order_approval import ORDER_APPROVAL
from services.followup.tasks.kinds.promise_at_risk import PROMISE_AT_RISK
from services.followup.tasks.kinds.quote_approval import QUOTE_APPROVAL
from services.followup.tasks.kinds.quote_open import QUOTE_OPEN
from services.followup.tasks.kinds.receipt_unapplied import RECEIPT_UNAPPLIED
from services.followup.tasks.kinds.refund_asked import REFUND_ASKED
from services.followup.tasks.kinds.vehicle_offered import VEHICLE_OFFERED
from services.followup.tasks.kinds.visit_due import VISIT_DUE

KINDS: tuple[Kind, ...] = (
    VISIT_DUE,
    DELIVERY_AT_RISK,
    MERGE_QUESTION,
    ORDER_APPROVAL,
    QUOTE_APPROVAL,
    QUOTE_OPEN,
    VEHICLE_OFFERED,
    PROMISE_AT_RISK,
    CLOCKING_FORGOTTEN,
    DISCOUNT_BEYOND,
    COMEBACK_SUSPECTED,
    GUARANTEE_LIMIT,
    REFUND_ASKED,
    RECEIPT_UNAPPLIED,
)
"""Every kind, each code once. Only what stands below reads it: tests of tasks put their own in its place."""


def kind_of(code: str) -> Kind | None:
    """The kind of this code; None for one of former times, whose tasks are shown to nobody."""
    return next((kind for kind in KINDS if kind.code == code), None)


def codes() -> list[str]:
    """What the kinds are called."""
    return [kind.code for kind in KINDS]


def kinds_that_hear(event: type[Event]) -> list[Kind]:
    """The kinds of whose tasks an event says something."""
    return [kind for kind in KINDS if event in kind.heard]


def heard_beside(others: Collection[type[Event]]) -> tuple[type[Event], ...]:
    """What the kinds hear, but for these: another row of the service hears them, and names `usecases.keep` too."""
    return tuple(dict.fromkeys(event for kind in KINDS for event in kind.heard if event not in others))
