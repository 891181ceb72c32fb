"""What the law counts of a car's repairs (家用汽车产品修理更换退货责任规定; C9); pure.

A repair of less than a day is a day; time runs from agreeing to it until it is done, by the calendar and not by opening
hours, waiting for parts included.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from contracts.workshop.guarantees import Count, Counter, CounterLevel
from contracts.workshop.jobs import FaultGroup

DAY = timedelta(days=1)


class Law(NamedTuple):
    """A rule in force since a day: more days of repairs, or more repairs of one problem, and the car is taken back."""

    code: str
    since: date
    days: int
    repairs: int


LAWS = (Law("2013", date(2013, 10, 1), 35, 5), Law("2022", date(2022, 1, 1), 30, 4))
"""Both, the older first: which holds is decided by when the car was sold (Art. 24)."""

NEAR_PERCENT = 70
"""From so much of a limit on it is near."""

COURTESY_NEAR, COURTESY_LIMIT = 5, 5
"""A single repair of more than five days: warned on the fifth, due from the sixth on (Art. 21)."""


class Terms(NamedTuple):
    """How long a guarantee runs: 三包 (taken back) and 包修 (repaired), in months and kilometres."""

    months: int
    km: int
    repair_months: int
    repair_km: int


class Visit(NamedTuple):
    """A repair that the maker bears: agreed to at `since`, done at `until` (None: it goes on), about these parts.

    `km` is what the odometer showed; None where that is in doubt.
    """

    order_id: UUID
    since: datetime
    until: datetime | None
    groups: frozenset[FaultGroup]
    km: int | None


def law_of(runs_from: date | None) -> Law:
    """The rule a car was sold under; one that others sold is judged by the newest, which is the stricter."""
    in_force = [law for law in LAWS if runs_from is None or law.since <= runs_from]
    return in_force[-1] if in_force else LAWS[0]


def days_of(visit: Visit, *, now: datetime) -> int:
    """Its days, begun ones whole; of one that goes on, until now."""
    took = (visit.until or now) - visit.since
    return max(1, -(-took // DAY))


def counts(visits: Sequence[Visit], *, runs_from: date | None, terms: Terms, now: datetime) -> list[Count]:
    """Every counter of a car: days in all, repairs by part, the courtesy car of the repair that goes on."""
    law = law_of(runs_from)
    counted = [one for one in visits if _runs(one, runs_from, months=terms.months, km=terms.km, now=now)]
    days = sum(days_of(one, now=now) for one in counted)
    found = [_count(Counter.DAYS, days, law.days)] if counted else []
    repairs = Tally(group for one in counted for group in one.groups)
    for group, count in sorted(repairs.items(), key=lambda each: (-each[1], each[0])):
        found.append(_count(Counter.REPAIRS, count, law.repairs, fault_group=group))  # it reads so
    return found + _courtesy(visits, runs_from=runs_from, terms=terms, now=now)


def _courtesy(visits: Iterable[Visit], *, runs_from: date | None, terms: Terms, now: datetime) -> list[Count]:
    """Of repairs that go on within the guarantee of repairs, which is the longer one."""
    found = []
    for one in visits:
        if one.until is None and _runs(one, runs_from, months=terms.repair_months, km=terms.repair_km, now=now):
            days = days_of(one, now=now)
            near = CounterLevel.NEAR if days >= COURTESY_NEAR else CounterLevel.NONE
            level = CounterLevel.REACHED if days > COURTESY_LIMIT else near
            found.append(Count(Counter.COURTESY, level, days, COURTESY_LIMIT, ro_id=one.order_id))
    return found


def _count(counter: Counter, count: int, limit: int, *, fault_group: FaultGroup | None = None) -> Count:
    return Count(counter, level_of(count, limit=limit), count, limit, fault_group)


def level_of(count: int, *, limit: int) -> CounterLevel:
    """Beyond the limit it is reached, the thirty-first day and the fifth repair; near from seven tenths on."""
    if count > limit:
        return CounterLevel.REACHED
    return CounterLevel.NEAR if 100 * count >= NEAR_PERCENT * limit else CounterLevel.NONE


def _runs(visit: Visit, runs_from: date | None, *, months: int, km: int, now: datetime) -> bool:
    """True if the guarantee ran when the repair was agreed to; a reading in doubt ends none."""
    agreed = visit.since.astimezone(now.tzinfo).date()
    begins = _after(now.date(), -months) if runs_from is None else runs_from
    return begins <= agreed < _after(begins, months) + DAY and (visit.km is None or visit.km <= km)


def _after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day.day - 1), following - DAY)


def is_worse(level: CounterLevel, *, than: CounterLevel) -> bool:
    """True if this level was not told of yet."""
    order = (CounterLevel.NONE, CounterLevel.NEAR, CounterLevel.REACHED)
    return order.index(level) > order.index(than)
