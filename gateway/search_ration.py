"""How many searches by a number one person makes in a day: pure, judged from what he was given and what he missed.

A number that answers mask is found out by asking for one whole number after the other: what is rationed hardest
is a whole number that nobody has.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from operator import attrgetter

from chassis.process import clock
from contracts.gateway.policies import SearchRation
from gateway.errors import SearchLimit

HOUR = timedelta(hours=1)


class By(StrEnum):
    """The numbers that are rationed, as `matched_by` calls them."""

    TAIL = "mobile_tail"
    PHONE = "mobile"
    CARD = "id_number"
    PHONE_FILED = "mobile_filed"
    CARD_FILED = "id_number_filed"


_MISSES: Mapping[By, Callable[[SearchRation], tuple[int, int]]] = {
    By.PHONE: attrgetter("phone_misses_an_hour", "phone_misses_a_day"),
    By.CARD: attrgetter("card_misses_an_hour", "card_misses_a_day"),
    By.CARD_FILED: attrgetter("cards_filed_an_hour", "cards_filed_a_day"),
}
"""Of what misses there are so many an hour and a day. `cards_filed` are those that nobody has and that he writes into
records: daily work, and a way to guess."""


@dataclass(frozen=True, slots=True)
class Search:
    """A search by a number as it was typed, and whom it gives."""

    by: By
    typed: str
    customers: frozenset[str]


@dataclass(slots=True)
class Day:
    """What one person was given today by which asking, and the whole numbers he asked for that nobody has.

    `given` holds None where another process answered: whom it gave is not known here, and was written down there.
    """

    of: date
    given: dict[bytes, frozenset[str] | None] = field(default_factory=dict)
    missed: dict[By, dict[bytes, datetime]] = field(default_factory=lambda: {by: {} for by in _MISSES})

    def knows(self, what: bytes, search: Search) -> bool:
        """True if the same was asked today and gave no less: it costs nothing, and is written down already."""
        if what not in self.given:
            return not search.customers and any(what in missed for missed in self.missed.values())
        if self.given[what] is None:
            self.given[what] = search.customers
        before = self.given[what] or frozenset()
        return search.customers <= before

    def counts(self, search: Search) -> bool:
        """True if it is remembered at all: a phone that nobody has, and that was filed, is a new customer's."""
        return bool(search.customers) or search.by in self.missed

    def note(self, what: bytes, search: Search, *, now: datetime) -> None:
        """Remember what was answered."""
        if search.customers:
            self.given[what] = (self.given.get(what) or frozenset()) | search.customers
        elif search.by in self.missed:
            self.missed[search.by][what] = now

    def take_back(self, what: bytes, search: Search) -> None:
        """Forget a miss that was noted before it was known."""
        self.missed.get(search.by, {}).pop(what, None)


def require(day: Day, search: Search, *, ration: SearchRation, now: datetime, many: int = 1) -> None:
    """Raise SearchLimit if he may not ask this, or so many of its kind in one go.

    After too many misses a whole number that somebody has is refused as well, or the refusals would tell the misses.
    """
    if search.by in _MISSES:
        (most, most_a_day), moments = _MISSES[search.by](ration), sorted(day.missed[search.by].values())
        lately = [at for at in moments if at > now - HOUR]
        if len(lately) + many > most:
            raise _limit(until=(lately[many - most - 1] if many <= most else now) + HOUR, now=now)
        if sum(day_of(at) == day.of for at in moments) + many > most_a_day:
            raise _limit(until=_midnight(now), now=now)
    if search.customers and len(day.given) >= ration.given_a_day:
        raise _limit(until=_midnight(now), now=now)


def day_of(now: datetime) -> date:
    """The stores' day."""
    return now.astimezone(clock.LOCAL).date()


def _midnight(now: datetime) -> datetime:
    return datetime.combine(day_of(now) + timedelta(days=1), datetime.min.time(), clock.LOCAL)


def _limit(*, until: datetime, now: datetime) -> SearchLimit:
    return SearchLimit(retry_after=max(1, math.ceil((until - now).total_seconds())))
