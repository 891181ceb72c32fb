"""What is foreseen once somebody has the work is kept once, and compared with what happened (C8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.organisation import stores
from contracts.gateway.calendars import OpeningHours, Span
from contracts.refusals import StoreNotAllowed
from contracts.workshop import forecasts as contract
from contracts.workshop.jobs import JobClass
from services.workshop.forecasts import queries, usecases
from tests.integration.workshop.people import NOW, OIL, WINDOW, Workshop
from tests.support.randoms import code
from tests.support.stores import store_told

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SERVICE = replace(OIL, hours=Decimal(1), job_class=JobClass.FIRST_MAINTENANCE)
DAY = [Span("08:30", "12:00"), Span("13:00", "17:30")]


def foresee(workshop: Workshop, *, now: Any = NOW) -> int:
    return workshop.database.run(lambda session: usecases.foresee(session, now=now))


def judge(workshop: Workshop, *, now: Any = NOW) -> int:
    return workshop.database.run(lambda session: usecases.judge(session, now=now))


def kept(workshop: Workshop, ro_id: UUID) -> Any:
    wanted = text("SELECT * FROM forecast WHERE order_id = :id")
    return workshop.database.read(lambda reading: reading.execute(wanted, {"id": ro_id}).one_or_none())


def errors(workshop: Workshop, *, days: int = 90, role: str = "service_manager", now: Any = NOW) -> contract.Forecasts:
    asked, scope = contract.ForecastsAsked(None, days), workshop.scope("forecast_errors", role)
    return workshop.database.read(lambda reading: queries.forecast_errors(reading, asked, scope=scope, now=now))


def given(workshop: Workshop, *lines: Any, by: str = "") -> tuple[UUID, str]:
    who = by or code("T")
    ro_id = workshop.open(*(lines or (SERVICE,)))
    workshop.authorize(ro_id)
    workshop.dispatch(ro_id, technician=who)
    return ro_id, who


def ready(workshop: Workshop, ro_id: UUID, who: str, *, now: Any) -> None:
    workshop.start(ro_id, by=who)
    workshop.finish(ro_id, by=who, now=now)
    workshop.inspect(ro_id, now=now)


def test_what_is_foreseen_is_kept_once_and_beside_it_what_standard_hours_say(workshop: Workshop) -> None:
    nobody = workshop.open(SERVICE)
    workshop.authorize(nobody)
    first, who = given(workshop)
    second, _ = given(workshop, SERVICE, replace(WINDOW, hours=Decimal(0)), by=who)
    foresee(workshop)
    assert kept(workshop, nobody) is None, "nobody knows who will do it"
    eta = NOW + HOUR + 45 * MINUTE
    assert (kept(workshop, first).eta, kept(workshop, first).standard_eta) == (eta, eta)
    told = kept(workshop, second)
    assert (told.eta, told.standard_eta) == (NOW + 3 * HOUR + 45 * MINUTE, NOW + 2 * HOUR + 45 * MINUTE)
    assert foresee(workshop, now=NOW + HOUR) == 0
    assert kept(workshop, second) == told


def test_a_ready_order_is_judged_once_in_minutes_of_opening_hours(workshop: Workshop) -> None:
    """A car that was expected at 17:15 and is ready at 08:40 is 25 minutes late, and not a night."""
    week = OpeningHours(DAY, DAY, DAY, DAY, DAY, DAY, [])
    workshop.database.run(partial(stores.keep, event=store_told(workshop.store, hours=week)))
    ro_id, who = given(workshop, replace(SERVICE, hours=Decimal(6)), WINDOW)
    foresee(workshop)
    assert kept(workshop, ro_id).eta == NOW + timedelta(days=1)
    judge(workshop)
    assert kept(workshop, ro_id).judged_at is None
    ready(workshop, ro_id, who, now=NOW + timedelta(days=1, minutes=25))
    for _ in range(2):
        judge(workshop, now=NOW + timedelta(days=2))
    told = kept(workshop, ro_id)
    assert (told.off_minutes, told.standard_off_minutes, told.job_class) == (25, 25, "FIRST_MAINTENANCE")
    early, who = given(workshop, replace(SERVICE, hours=Decimal("6.5")))
    foresee(workshop)
    ready(workshop, early, who, now=NOW.replace(hour=17, minute=0))
    judge(workshop)
    assert kept(workshop, early).off_minutes == -45


def test_bias_and_the_error_of_nine_in_ten_by_kind_the_worst_first(
    workshop: Workshop, elsewhere: Callable[[], Workshop]
) -> None:
    off: dict[JobClass | None, tuple[int, ...]] = {
        JobClass.FIRST_MAINTENANCE: (0, 10, 20, -10, 5),
        JobClass.PAINT: (100, 100, 100, 100, 120),
        None: (500, 500),
    }
    for kind, minutes in off.items():
        for each in minutes:
            ro_id, who = given(workshop, replace(SERVICE, job_class=kind))
            foresee(workshop)
            ready(workshop, ro_id, who, now=kept(workshop, ro_id).eta + each * MINUTE)
    judge(workshop)
    told = errors(workshop)
    assert [(one.job_class, one.orders, one.bias_minutes, one.p90_minutes) for one in told.items] == [
        (None, 2, 500, 500), (JobClass.PAINT, 5, 104, 112), (JobClass.FIRST_MAINTENANCE, 5, 5, 16),
    ]  # fmt: skip
    assert told.worst is JobClass.PAINT, "of what nobody classed nothing can be said"
    assert told.all is not None
    assert told.all.orders == 12
    assert (told.items[2].standard_bias_minutes, told.items[2].standard_p90_minutes) == (5, 16)
    other = errors(elsewhere())
    assert (other.items, other.all, other.worst) == ([], None, None)
    assert errors(workshop, days=1, now=NOW + timedelta(days=2)).items == []


def test_of_few_nothing_is_named(workshop: Workshop) -> None:
    ro_id, who = given(workshop)
    foresee(workshop)
    ready(workshop, ro_id, who, now=NOW + 5 * HOUR)
    judge(workshop)
    assert errors(workshop).worst is None
    with pytest.raises(StoreNotAllowed):
        asked, scope = contract.ForecastsAsked("OTHER"), workshop.scope("forecast_errors", "service_manager")
        workshop.database.read(lambda reading: queries.forecast_errors(reading, asked, scope=scope, now=NOW))
