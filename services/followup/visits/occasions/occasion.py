"""What an occasion for visits is: something is heard, and some time later a customer is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from chassis.organisation.calendar import Calendar
from chassis.process.clock import LOCAL
from contracts.customer.folder import Purpose
from contracts.declared import fields_of
from contracts.envelope import Event, Received
from contracts.policies import PolicyKind
from contracts.shapes import Between
from services.followup.visits.rules import BY_CALL, AtStore, Trigger, Way, visiting_time

UNITS = ("days", "hours", "minutes")
"""The fields of a policy's value that say how much later; what else it holds is for the occasion's own functions."""


def because_of(event: Received[Any], *, judges: str | None = None, asks: str | None = None) -> Trigger:
    """A visit because of what the event is about, counted from when it happened."""
    return Trigger(document=(event.subject.type, event.subject.id), at=event.occurred_at, judges=judges, asks=asks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One row of C12's table of plans.

    `triggers` are the events it hears, and what each gives rise to by the policy's value of that moment: pure, none or
    any number of visits.
    Of the policy's value the fields that are units of time, bounded, say how much later a visit is due.
    `asked_by` is the role that makes the visit.
    `consent` is the purpose whose withdrawn consent stops the visit; None for what the contract with the customer
    asks for (R12, PIPL 13).
    `asked_with` are the purposes of other occasions that may be asked in the same call, if they come due within 72
    hours and he is to be asked by the same channel (C12); it is enough that one of two names the other.
    """

    policy: PolicyKind[Any]
    asked_by: str
    consent: Purpose | None
    triggers: Mapping[type[Event], Callable[[Received[Any], Any], Iterable[Trigger]]]
    asked_with: frozenset[str] = frozenset()

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
        return {unit: one.mark(Between, Between(0, 0)) for unit, one in fields_of(shape).items() if unit in UNITS}

    def due_at(
        self, *, triggered_at: datetime, value: Any, way: Way = BY_CALL, store: Calendar | None = None
    ) -> datetime:
        """When the visit is due by the policy's value: at a time for asking this way, while the store is open.

        Never later than `longest`, never earlier than `shortest` because of the store. None is a store that nobody
        told of: every day is like any other there.
        """
        wanted = triggered_at + timedelta(**{unit: much for unit, much in asdict(value).items() if unit in UNITS})
        at_store = AtStore(store.openings, triggered_at + self.shortest) if store is not None else None
        return visiting_time(wanted, latest=triggered_at + self.longest, zone=LOCAL, way=way, store=at_store)
