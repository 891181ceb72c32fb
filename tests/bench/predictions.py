"""Whether predictions hold: `python -m tests.bench.predictions [--months N]` (C8).

Lets six months pass in a workshop that does not exist (`simulator/workshop.py`), by the use cases on an empty database,
and asks the system's own report how far its predictions were from what happened, beside what standard hours alone would
have said. Exit code 1 if a target is missed: the bias of maintenance within ten minutes either way, the error of nine
in ten at least a quarter below that of standard hours.

A car is given to whoever has the least to do, and promised after those he has before it. Each technician works by the
promises, one car at a time; what waits for parts is let stand, and gone on with when they are there. Whoever is away
has his cars of the day given to others. The cars that are ready are handed back in the evening by a statement: their
papers are not what is measured.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis.organisation import stores
from chassis.organisation.calendar import Calendar
from chassis.process.clock import LOCAL
from contracts.gateway.calendars import OpeningHours, Span
from contracts.workshop import forecasts as contract
from contracts.workshop.forecasts import ForecastErrors
from contracts.workshop.jobs import JobClass
from contracts.workshop.operations import JobLine, PayType, Verdict
from services.workshop.forecasts import queries, usecases
from simulator.workshop import Job, Technician, jobs, lognormal, technicians
from tests.bench.identity import server
from tests.integration.workshop.people import Workshop
from tests.support.databases import Databases
from tests.support.stores import store_told

BEGINS = date(2026, 1, 5)
DAY = [Span("08:30", "12:00"), Span("13:00", "17:30")]
HOURS = OpeningHours(DAY, DAY, DAY, DAY, DAY, DAY, [])
CARS_A_DAY, TECHNICIANS, SEED = 10, 4, 7
PROMISED_AFTER = 1.5
"""The desk promises so many hours later than the work before a car and its own should take."""
MAINTENANCE = (JobClass.FIRST_MAINTENANCE, JobClass.SECOND_MAINTENANCE)
MOST_BIAS, LEAST_BETTER = 10, 0.25

_HAND_BACK = text(
    "UPDATE repair_order SET stage = 'delivered', returned_at = :now WHERE stage = 'ready' AND returned_at IS NULL"
)


@dataclass(eq=False)
class Car:
    """A car in the workshop, and the hours that its work still takes somebody of pace 1."""

    ro_id: UUID
    job: Job
    promised_at: datetime
    left: float
    position: int = 1
    is_short: bool = field(init=False)

    def __post_init__(self) -> None:
        self.is_short = self.job.wait is not None


class Floor:
    """The workshop floor: what happens, in the order of its moments, and what the system is told of it."""

    def __init__(self, workshop: Workshop, *, seed: int) -> None:
        self.workshop, self.calendar = workshop, Calendar.of(HOURS)
        self.chance = random.Random(f"{seed} floor")
        self.people = technicians(TECHNICIANS, seed=seed)
        self.work = jobs(seed=seed)
        self.waiting: dict[str, list[Car]] = {one.name: [] for one in self.people}
        self.busy: set[str] = set()
        self.away: set[str] = set()
        self.events: list[tuple[datetime, int, Any]] = []
        self.numbers = itertools.count()

    def at(self, moment: datetime, do: Any) -> None:
        """It happens then."""
        heapq.heappush(self.events, (moment, next(self.numbers), do))

    def after(self, now: datetime, hours: float, do: Any) -> None:
        """It happens when the store was open for so long."""
        moment = self.calendar.add(now, timedelta(hours=hours))
        assert moment is not None
        self.at(moment, do)

    def days(self, first: date, count: int) -> None:
        """So many days pass."""
        for number in range(count):
            day = first + timedelta(days=number)
            openings = self.calendar.openings(day)
            if not openings:
                continue
            opens = openings[0][0]
            self.until(opens)
            self.morning(opens)
            for _ in range(CARS_A_DAY):
                self.at(opens + timedelta(hours=self.chance.uniform(0, 6.5)), self.arrive)
            self.until(openings[-1][1])
            self.workshop.database.run(partial(self.evening, now=openings[-1][1]))

    def until(self, moment: datetime) -> None:
        """What happens up to then."""
        while self.events and self.events[0][0] <= moment:
            now, _, do = heapq.heappop(self.events)
            do(now)

    def morning(self, now: datetime) -> None:
        """Who is away, and to whom his cars are given."""
        if now.weekday() == 0:
            for one in self.people:
                one.week_passes()
        self.away = {one.name for one in self.people if one.is_away()}
        if len(self.away) == len(self.people):
            self.away.clear()
        for name in sorted(self.away):
            moving = [car for car in self.waiting[name] if car.left == car.job.takes]
            self.waiting[name] = [car for car in self.waiting[name] if car not in moving]
            for car in moving:
                self.give(car, now)
        for one in self.people:
            self.begin(one, now)

    def evening(self, session: Any, *, now: datetime) -> None:
        """What is ready is fetched, and what was foreseen of it is judged."""
        usecases.judge(session, now=now)
        session.execute(_HAND_BACK, {"now": now})

    def arrive(self, now: datetime) -> None:
        """A car comes, its work is agreed to and given to whoever has the least to do."""
        job = next(self.work)
        line = JobLine(job.kind.job_class, 100, Decimal(str(job.hours)), PayType.INTERNAL)
        classed = JobLine(line.description, 100, line.hours, line.pay_type, job_class=JobClass[job.kind.job_class])
        ro_id = self.workshop.open(classed, now=now)
        one = min(self.here, key=self.before)
        hours = self.before(one) + (job.hours or 1) + PROMISED_AFTER
        promises = [each.promised_at for each in self.waiting[one.name]]
        promised_at = max([self.calendar.add(now, timedelta(hours=hours)) or now, *promises])
        self.workshop.authorize(ro_id, now=now, promised_at=promised_at)
        self.give(Car(ro_id, job, promised_at, job.takes), now)
        self.workshop.database.run(lambda session: usecases.foresee(session, now=now))

    @property
    def here(self) -> list[Technician]:
        """Who is not away."""
        return [one for one in self.people if one.name not in self.away]

    def before(self, one: Technician) -> float:
        """How many hours he has before him by what the desk knows: no pace, and nothing of what he is at."""
        return sum(car.job.hours or 1 for car in self.waiting[one.name]) + (one.name in self.busy)

    def give(self, car: Car, now: datetime) -> None:
        """To whoever is here and has the least hours before him, as far as anybody knows."""
        least = min(self.here, key=self.before)
        self.workshop.do("dispatch_repair", "advisor", ro_id=car.ro_id, technician_id=least.name, bay="", now=now)
        self.waiting[least.name].append(car)
        self.begin(least, now)

    def begin(self, one: Technician, now: datetime) -> None:
        """He goes on with what was promised first, if he is here and does nothing else."""
        theirs = self.waiting[one.name]
        if not theirs or one.name in self.busy or one.name in self.away:
            return
        if not self.calendar.is_open(now):
            self.at(self.calendar.next_opening(now) or now, partial(self.begin, one))
            return
        car = min(theirs, key=lambda each: each.promised_at)
        theirs.remove(car)
        self.busy.add(one.name)
        self.workshop.clock_on(car.ro_id, car.position, by=one.name, now=now)
        if car.is_short:
            self.after(now, 0.1, partial(self.lack, one, car))
        else:
            self.after(now, car.left * one.pace, partial(self.done, one, car))

    def free(self, one: Technician, now: datetime) -> None:
        """He looks for the next."""
        self.busy.discard(one.name)
        self.begin(one, now)

    def lack(self, one: Technician, car: Car, now: datetime) -> None:
        """Parts are missing: it stands until they come."""
        car.is_short, job = False, car.job
        assert job.wait is not None
        expected_at = None if job.said is None else now + job.said
        self.workshop.wait(car.ro_id, expected_at=expected_at, now=now)
        self.at(now + job.wait, partial(self.came, one, car))
        self.free(one, now)

    def came(self, one: Technician, car: Car, now: datetime) -> None:
        """The parts are there; when he is free he goes on."""
        self.workshop.resume(car.ro_id, now=now)
        self.waiting[one.name].append(car)
        self.begin(one, now)

    def done(self, one: Technician, car: Car, now: datetime) -> None:
        """The line is done; something more may have been found."""
        self.workshop.finish_line(car.ro_id, car.position, by=one.name, now=now)
        if car.position == 1 and car.job.found is not None:
            more = JobLine("加项", 0, Decimal(str(car.job.found)), PayType.INTERNAL, job_class=JobClass.MINOR_REPAIR)
            self.workshop.move("add_line", "advisor", car.ro_id, line=more, now=now)
            car.position, car.left = 2, car.job.found
            self.workshop.clock_on(car.ro_id, 2, by=one.name, now=now)
            self.after(now, car.left * one.pace, partial(self.done, one, car))
            return
        self.workshop.finish(car.ro_id, by=one.name, now=now)
        self.after(now, self._around(0.25), partial(self.inspected, car))
        self.free(one, now)

    def inspected(self, car: Car, now: datetime) -> None:
        """It is to be washed."""
        self.workshop.inspect(car.ro_id, Verdict.WASHING, now=now)
        self.after(now, self._around(0.5), partial(self.washed, car))

    def washed(self, car: Car, now: datetime) -> None:
        """It is ready."""
        self.workshop.wash(car.ro_id, now=now)

    def _around(self, hours: float) -> float:
        return lognormal(timedelta(hours=hours), 0.3, chance=self.chance) / timedelta(hours=1)


def run(admin_url: str, *, months: int) -> contract.Forecasts:
    """So many months, and what the report says of them."""
    databases = Databases(admin_url)
    try:
        workshop = Workshop(databases("workshop"), "SIM")
        workshop.database.run(partial(stores.keep, event=store_told("SIM", hours=HOURS)))
        for number in range(1, TECHNICIANS + 1):
            workshop.employ(f"T{number}")
        days = 30 * months
        Floor(workshop, seed=SEED).days(BEGINS, days)
        now = datetime.combine(BEGINS + timedelta(days=days), datetime.min.time(), LOCAL)
        asked, scope = contract.ForecastsAsked("SIM", 366), workshop.scope("forecast_errors", "service_manager")
        return workshop.database.read(lambda reading: queries.forecast_errors(reading, asked, scope=scope, now=now))
    finally:
        databases.close()


def lines(told: contract.Forecasts) -> Iterator[str]:
    """The figures as lines."""
    row = "{:20} {:>6} {:>8} {:>8} {:>10} {:>10}"
    yield row.format("minutes", "orders", "bias", "p90", "std bias", "std p90")
    for one in [*told.items, *filter(None, [told.all])]:
        name = one.job_class or ("all" if one is told.all else "not classed")
        yield row.format(
            name, one.orders, one.bias_minutes, one.p90_minutes, one.standard_bias_minutes, one.standard_p90_minutes
        )
    yield f"worst: {told.worst}"


def missed(told: contract.Forecasts) -> Iterator[str]:
    """The targets that were not met."""
    for one in told.items:
        if one.job_class in MAINTENANCE and abs(one.bias_minutes) > MOST_BIAS:
            yield f"{one.job_class}: bias {one.bias_minutes} min, at most {MOST_BIAS} either way"
    if told.all is None or _better(told.all) < LEAST_BETTER:
        yield f"the error of nine in ten is not {LEAST_BETTER:.0%} below that of standard hours"


def _better(one: ForecastErrors) -> float:
    return 1 - one.p90_minutes / one.standard_p90_minutes


def main() -> int:
    """Read the command line and run."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench.predictions", description=__doc__)
    asked.add_argument("--months", type=int, default=6)
    chosen = asked.parse_args()
    began = time.monotonic()
    with server() as admin_url:
        told = run(admin_url, months=chosen.months)
    print(f"\n== {chosen.months} months, seed {SEED}, {CARS_A_DAY} cars a day ({time.monotonic() - began:.0f} s)")
    for line in lines(told):
        print(line, flush=True)
    if told.all is not None:
        print(f"nine in ten {_better(told.all):.0%} nearer than by standard hours alone")
    wrong = [*missed(told)]
    for target in wrong:
        print(f"MISSED: {target}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
