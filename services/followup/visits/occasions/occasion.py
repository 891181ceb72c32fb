"""What an occasion for a visit is: something is heard, and some time later the customer is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chassis.process.clock import LOCAL
from chassis.store.policies import Policy
from contracts.customer.folder import Purpose
from contracts.envelope import Event
from services.followup.visits.errors import PolicyValue
from services.followup.visits.rules import BY_CALL, Way, visiting_time


def nobody(event: Any) -> None:
    """The visit judges no one, so anybody may make it."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """One row of C12's table of plans.

    The policy's only key is the unit, `days` or `hours`; its value lies between `least` and `most`.
    `judges` names the person the questions are about, who therefore may not ask them.
    `consent` is the purpose whose withdrawn consent stops the visit; None for what the contract with the customer
    asks for (R12, PIPL 13).
    """

    heard: type[Event]
    policy: Policy
    least: int
    most: int
    judges: Callable[[Any], str | None]
    consent: Purpose | None

    @property
    def purpose(self) -> str:
        """What the visit is called; the policy has the same name."""
        return self.policy.code

    def delay(self, value: Mapping[str, Any]) -> timedelta:
        """The time between what was heard and the visit. Raises PolicyValue for anything but one number in bounds."""
        (unit,) = self.policy.default
        number = value.get(unit)
        if set(value) != {unit} or type(number) is not int or not self.least <= number <= self.most:
            raise PolicyValue(policy=self.purpose, unit=unit, least=self.least, most=self.most)
        return timedelta(**{unit: number})

    def due_at(self, *, triggered_at: datetime, value: Mapping[str, Any], way: Way = BY_CALL) -> datetime:
        """When the visit is due: after the delay, at a time for asking this way, never later than `most` allows."""
        (unit,) = self.policy.default
        longest = timedelta(**{unit: self.most})
        wanted = triggered_at + self.delay(value)
        return visiting_time(wanted, latest=triggered_at + longest, zone=LOCAL, way=way)
