"""What an occasion for a visit is: something is heard, and some time later the customer is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from chassis.organisation.calendar import Calendar
from chassis.process.clock import LOCAL
from contracts.customer.folder import Purpose
from contracts.declared import fields_of
from contracts.envelope import Event
from contracts.policies import PolicyKind
from contracts.shapes import Between
from services.followup.visits.rules import BY_CALL, AtStore, Way, visiting_time


def nobody(event: Any) -> None:
    """The visit judges no one, so anybody may make it."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """One row of C12's table of plans.

    The value of its policy is how much later the visit is due: a shape whose fields are units of time, bounded.
    `judges` names the person the questions are about, who therefore may not ask them.
    `asked_by` is the role that makes the visit, `asks` names the person of it who should, if there is one.
    `consent` is the purpose whose withdrawn consent stops the visit; None for what the contract with the customer
    asks for (R12, PIPL 13).
    `asked_with` are the purposes of other occasions that may be asked in the same call, if they come due within 72
    hours and he is to be asked by the same channel (C12); it is enough that one of two names the other.
    """

    heard: type[Event]
    policy: PolicyKind[Any]
    asked_by: str
    judges: Callable[[Any], str | None]
    consent: Purpose | None
    asked_with: frozenset[str] = frozenset()
    asks: Callable[[Any], str | None] = nobody

    @property
    def purpose(self) -> str:
        """What the visit is called; the policy has the same name."""
        return self.policy.code

    @property
    def shortest(self) -> timedelta:
        """The earliest that the policy's bounds allow."""
        return timedelta(**{unit: span.low for unit, span in self._bounds().items()})

    @property
    def longest(self) -> timedelta:
        """The latest that the policy's bounds allow."""
        return timedelta(**{unit: span.high for unit, span in self._bounds().items()})

    def _bounds(self) -> dict[str, Between]:
        shape: type = self.policy.shape
        return {unit: one.mark(Between, Between(0, 0)) for unit, one in fields_of(shape).items()}

    def due_at(
        self, *, triggered_at: datetime, value: Any, way: Way = BY_CALL, store: Calendar | None = None
    ) -> datetime:
        """When the visit is due by the policy's value: at a time for asking this way, while the store is open.

        Never later than `longest`, never earlier than `shortest` because of the store. None is a store that nobody
        told of: every day is like any other there.
        """
        wanted = triggered_at + timedelta(**asdict(value))
        at_store = AtStore(store.openings, triggered_at + self.shortest) if store is not None else None
        return visiting_time(wanted, latest=triggered_at + self.longest, zone=LOCAL, way=way, store=at_store)
