"""`crm schedule`: what the services do by the clock, and doing one of it now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import click

from chassis.bus import asking
from chassis.bus.context import Ask
from chassis.bus.rpc import PlainCaller
from chassis.entrypoints import ScheduledEntrypoint, one_turn
from chassis.process import clock
from chassis.process.actors import Signer
from chassis.process.moments import Moment
from chassis.process.settings import SERVICES, Environment, Settings, named
from chassis.runner import service_class
from chassis.store.database import Database
from contracts.shapes import EARLIEST, LATEST


class Scheduled(NamedTuple):
    """A row `every(…)` of a service's table."""

    service: str
    row: str
    seconds: float
    work: Callable[..., int]
    first: Callable[..., Any] | None

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
                    yield Scheduled(service, row, entrypoint.every, method, entrypoint.first)


def run_now(one: Scheduled, environment: Environment, *, now: datetime | None = None) -> int:
    """Do it until nothing is left to do, as of `now`; how many things were done. Other replicas are waited for.

    What asks others first asks as the service whose work it is, and so needs its place on the broker and its key.
    """
    with ExitStack() as stack:
        database = Database(environment.text(named(one.service, "DATABASE_URL")), service=one.service, pool_size=2)
        stack.callback(database.close)
        ask = _asking(one, environment, stack) if one.first else _nobody
        done = 0
        while more := one_turn(
            database,
            one.row,
            partial(one.work, None),
            first=one.first,
            ask=ask,
            test_mode=environment.flag("CRM_TEST_MODE"),
            now=now,
            waits=True,
        ):
            done += more
        return done


def _asking(one: Scheduled, environment: Environment, stack: ExitStack) -> Callable[[datetime | None], Ask]:
    settings = Settings.of(one.service, environment)
    signer = Signer(one.service, settings.signing_key)
    caller = stack.enter_context(PlainCaller(settings.amqp_uri, user=one.service))
    return lambda moment: asking.as_itself(caller=caller, signer=signer, moment=moment)


def _nobody(_moment: datetime | None) -> Ask:
    raise AssertionError("this row asks nobody")


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
