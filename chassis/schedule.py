"""`crm schedule`: what the services do by the clock, and doing one of it now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

import click
from sqlalchemy.orm import Session

from chassis.entrypoints import ScheduledEntrypoint, run_scheduled
from chassis.process import clock
from chassis.process.moments import Moment
from chassis.process.settings import SERVICES, Environment, named
from chassis.runner import service_class
from chassis.store import test_clock
from chassis.store.database import Database
from contracts.shapes import EARLIEST, LATEST


class Scheduled(NamedTuple):
    """A row `every(…)` of a service's table."""

    service: str
    row: str
    seconds: float
    work: Callable[[Any, Session, datetime], int]

    @property
    def name(self) -> str:
        """What it is called at the command."""
        return f"{self.service}.{self.row}"


def scheduled() -> Iterator[Scheduled]:
    """Everything the services do by the clock, in the order of their tables."""
    for service in SERVICES:
        for row, method in vars(service_class(service)).items():
            for entrypoint in getattr(method, "nameko_entrypoints", ()):
                if isinstance(entrypoint, ScheduledEntrypoint):
                    yield Scheduled(service, row, entrypoint.every, method)


def run_now(one: Scheduled, environment: Environment, *, now: datetime | None = None) -> int:
    """Do it until nothing is left to do, as of `now`; how many things were done. Other replicas are waited for."""
    test_mode = environment.flag("CRM_TEST_MODE")
    database = Database(environment.text(named(one.service, "DATABASE_URL")), service=one.service, pool_size=2)

    def work(session: Session) -> int:
        return one.work(None, session, now or test_clock.business_now(session, test_mode=test_mode))

    try:
        done = 0
        while more := run_scheduled(database, one.row, work, waits=True):
            done += more
        return done
    finally:
        database.close()


@click.group()
def schedule() -> None:
    """What the services do by the clock."""


@schedule.command("list")
def schedule_list() -> None:
    """Each with the seconds between its turns."""
    for one in scheduled():
        click.echo(f"{one.name:34}every {one.seconds:g} s")


@schedule.command("run")
@click.argument("name")
@click.option("--now", type=Moment(), help="Judge by this moment; one that is to come only in a test system.")
def schedule_run(name: str, now: datetime | None) -> None:
    """Do one of them now, until nothing is left to do."""
    wanted = next((one for one in scheduled() if one.name == name), None)
    if wanted is None:
        raise click.BadParameter(f"{name!r} is none of `crm schedule list`", param_hint="NAME")
    environment = Environment()
    if now is not None and not EARLIEST <= now < LATEST:
        raise click.BadParameter(f"must be from {EARLIEST.year} to {LATEST.year - 1}", param_hint="--now")
    if now is not None and now > clock.now() and not environment.flag("CRM_TEST_MODE"):
        raise click.BadParameter("only a test system (CRM_TEST_MODE) lives ahead of its time", param_hint="--now")
    click.echo(f"{name}: {run_now(wanted, environment, now=now)} done")
