"""When the steps of a delivery are due, when all of it will be done, and what holds it (C5); no clock is read.

Days are working days: the store's, or those of banks, insurers and the vehicle office. The day on which a step's turn
comes never counts, and half a day ends in the middle of the next one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from chassis.organisation import law_days
from chassis.organisation.calendar import Calendar
from chassis.process.clock import LOCAL
from contracts.gateway.calendars import OpeningHours, Span
from contracts.sales.steps import DeliveryRisk, DeliveryTerms, PaidPart, StepCode, StepState
from services.sales.steps.rules.graph import PAID_BY, STEPS, before, leads_to

_HOURS = [Span("09:00", "17:00")]
OFFICE = Calendar.of(
    OpeningHours(
        monday=_HOURS,
        tuesday=_HOURS,
        wednesday=_HOURS,
        thursday=_HOURS,
        friday=_HOURS,
        saturday=[],
        sunday=[],
        holidays=[],
        makeup_days=_HOURS,
    )
)
"""Banks, insurers, tax and vehicle office: no weekends, no holidays, but the weekends worked for them (调休)."""

NONE_LEFT = -10_000
"""Days of reserve of an order that nothing can be reckoned for: its store, or the year's calendar, ends before it."""

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """A step as it stands.

    `since` is when it was last sent back, so that its time begins again; `expected_on` the day for which what it waits
    for was announced: a car on its way, a bank's answer; `counts_from` the payment from which its time runs.
    """

    state: StepState
    half_days: int
    done_at: datetime | None = None
    since: datetime | None = None
    expected_on: date | None = None
    counts_from: PaidPart | None = None


@dataclass(frozen=True, slots=True)
class Deal:
    """What of an order its steps depend on. `half_paid_at` is when half of the price was there."""

    terms: DeliveryTerms
    signed_at: datetime
    half_paid_at: datetime | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What follows for an order at a moment.

    `due` is when each step that is not done should be, None where no calendar reaches, `turns` those that wait for
    nothing; `ready_on` is the day on which the keys can be given, `holds` the step that everything waits for. `until`
    is the moment after which, if nothing was done, all is to be reckoned anew. `provisional`: a year is concerned of
    which the holidays are not announced.
    """

    due: Mapping[StepCode, datetime | None]
    turns: Collection[StepCode]
    ready_on: date | None
    holds: StepCode
    until: datetime | None
    provisional: bool

    def look_at(self, now: datetime) -> datetime | None:
        """After which moment it is reckoned anew; while a calendar may still come, within a day."""
        if not self.provisional:
            return self.until
        tomorrow = now + timedelta(days=1)
        return tomorrow if self.until is None else min(self.until, tomorrow)


def working_end(start: datetime, half_days: int, calendar: Calendar) -> datetime | None:
    """When so many half working days after a moment are over; with none, when that day is, or the next working one."""
    if half_days < 0:
        raise ValueError(f"no days go by backwards: {half_days}")
    first = start.astimezone(LOCAL).date()
    day = calendar.add_days(first, (half_days + 1) // 2)
    while day is not None:
        ends = _end_of_half(day, calendar) if half_days % 2 else calendar.openings(day)[-1][1]
        if ends is None or ends >= start:
            return ends
        day = calendar.add_days(day, 1)
    return None


def _end_of_half(day: date, calendar: Calendar) -> datetime | None:
    begins = datetime.combine(day, time.min, LOCAL)
    worked = sum((closes - opens for opens, closes in calendar.openings(day)), timedelta(0))
    return calendar.add(begins, worked / 2)


def day_of(ends: datetime) -> date:
    """The day that a working day's end belongs to: midnight is the end of the day before."""
    return (ends - _TICK).astimezone(LOCAL).date()


def forecast(kept: Mapping[StepCode, Standing], deal: Deal, *, store: Calendar, now: datetime) -> Forecast:
    """Reckon all steps of an order. The keys are given in the end, whether or not the store keeps a step for it."""
    path = _Path({StepCode.HANDOVER: Standing(StepState.PENDING, 0), **kept}, deal, store, now)
    for code in STEPS:
        if code in path.codes:
            path.end_of(code)
    ends = path.ends[StepCode.HANDOVER]
    turns = {code for code in path.due if path.is_its_turn(code)}
    reached = [one for one in path.ends.values() if one is not None]
    return Forecast(
        due={code: due for code, due in path.due.items() if code in kept},
        turns=turns,
        ready_on=None if ends is None else day_of(ends),
        holds=path.holds(),
        until=min((one for one in map(path.ends.get, turns) if one is not None), default=None),
        provisional=any(not law_days.is_announced(day_of(one).year) for one in reached),
    )


class _Path:
    """The reckoning of one order, step by step: of what is not done, when it is due, and when it will be done."""

    def __init__(self, steps: Mapping[StepCode, Standing], deal: Deal, store: Calendar, now: datetime) -> None:
        self.steps, self.deal, self.store, self.now = steps, deal, store, now
        self.codes = {code for code, one in steps.items() if one.state is not StepState.NOT_REQUIRED}
        self.due: dict[StepCode, datetime | None] = {}
        self.ends: dict[StepCode, datetime | None] = {}

    def before(self, code: StepCode) -> list[StepCode]:
        return before(code, self.codes, terms=self.deal.terms)

    def is_its_turn(self, code: StepCode) -> bool:
        """True if nothing that the step waits for is left to do."""
        return self._waits_for_money(code) is None and all(self._is_done(one) for one in self.before(code))

    def _is_done(self, code: StepCode) -> bool:
        return self.steps[code].state is StepState.DONE

    def _money(self, code: StepCode) -> StepCode | None:
        """The step that is done with the money from which the time of this one runs; not of what comes before it."""
        part = self.steps[code].counts_from
        by = None if part is None else PAID_BY[part]
        return by if by in self.codes and not leads_to(code, by) else None

    def _half_paid_at(self, code: StepCode) -> datetime | None:
        """When half of the price was there, if that is what the step counts from."""
        return self.deal.half_paid_at if self.steps[code].counts_from is PaidPart.HALF else None

    def _waits_for_money(self, code: StepCode) -> StepCode | None:
        """The step of the money from which the time of this one runs, while that has not come."""
        by = self._money(code)
        has_come = by is None or self._is_done(by) or self._half_paid_at(code) is not None
        return None if has_come else by

    def end_of(self, code: StepCode) -> datetime | None:
        """When the step was, or will be, done; None if no calendar reaches so far."""
        if code not in self.ends:
            self.ends[code] = self._reckoned(code)
        return self.ends[code]

    def _reckoned(self, code: StepCode) -> datetime | None:
        step = self.steps[code]
        if step.state is StepState.DONE:
            return step.done_at
        calendar = OFFICE if STEPS[code].office(self.deal.terms) else self.store
        start = self._start(code)
        due = None if start is None else working_end(start, step.half_days, calendar)
        if due is not None and step.expected_on is not None:
            announced = working_end(datetime.combine(step.expected_on, time.min, LOCAL), 0, calendar)
            due = None if announced is None else max(due, announced)
        self.due[code] = due
        return due if due is None or due >= self.now else working_end(self.now, 0, calendar)

    def _start(self, code: StepCode) -> datetime | None:
        """From when on the step's time runs: what it waits for is done, and it was not sent back later."""
        ends = [self.end_of(one) for one in self.before(code)] or [self.deal.signed_at]
        if (by := self._money(code)) is not None:
            ends.append(self._half_paid_at(code) or self.end_of(by))
        ends.append(self.steps[code].since or self.deal.signed_at)
        known = [one for one in ends if one is not None]
        return max(known) if len(known) == len(ends) else None

    def holds(self) -> StepCode:
        """Back from the keys along what comes last, the step whose turn it is; of several the first."""
        code = StepCode.HANDOVER
        while not self.is_its_turn(code):
            left = [one for one in self.before(code) if not self._is_done(one)]
            if (by := self._waits_for_money(code)) is not None:
                left.append(by)
            code = max(left, key=lambda one: (self.ends[one] is None, self.ends[one] or self.now))
        return code


def reserve_left(promised_on: date, ready_on: date | None) -> int:
    """Days between the day the keys can be given and the promised one; below zero the promise will be broken."""
    return NONE_LEFT if ready_on is None else (promised_on - ready_on).days


def risk(*, days_left: int, reserve_days: int, holds: StepCode) -> DeliveryRisk:
    """Whether a promise will be kept (C5). Where the keys alone are left to give, nothing else puts it at risk."""
    if days_left < 0:
        return DeliveryRisk.LATE
    if days_left < reserve_days and holds is not StepCode.HANDOVER:
        return DeliveryRisk.AT_RISK
    return DeliveryRisk.ON_TRACK
