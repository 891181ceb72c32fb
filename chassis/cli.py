"""The `crm` command: run the parts, prepare databases and broker, look after dead messages and event logs."""

from __future__ import annotations

import os
import shlex
import sys
import warnings
from collections.abc import Callable, MutableMapping
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click

from chassis.process import settings
from chassis.process.moments import Moment
from chassis.process.settings import SERVICES, Environment, named

if TYPE_CHECKING:  # each command imports what it needs, so that `crm --help` is quick and `run` can patch first
    from chassis.bus.dead import DeadMessage
    from chassis.bus.management import Management


ELSEWHERE = {
    "access": "gateway.commands:access",
    "privacy": "gateway.commands:privacy",
    "bootstrap": "gateway.bootstrap:main",
    "openapi": "gateway.commands:openapi_document",
    "ready": "chassis.process.probe:ready",
    "schedule": "chassis.schedule:schedule",
    "secrets": "chassis.process.secret_files:secrets",
}
"""Commands that stand elsewhere: about what the gateway owns, or with a subject of their own."""
AT_HAND = Path(__file__).resolve().parents[1] / ".run" / "env"
"""The settings of the system that runs in this checkout."""


class _Crm(click.Group):
    """The commands of this file, and others found by their place as a service's class is (`chassis.runner`)."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted((*super().list_commands(ctx), *ELSEWHERE))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        _leave_out_the_notice_of_eventlet()
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        module, _, name = ELSEWHERE[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


def _leave_out_the_notice_of_eventlet() -> None:
    """Its authors retire it (decision 0002); nine lines of that at each start tell an operator nothing new."""
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")


@click.group(cls=_Crm, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def main() -> None:
    """The customer-relationship system of a car dealer group."""


@main.command()
@click.argument("services", nargs=-1, required=True)
def run(services: tuple[str, ...]) -> None:
    """Run services in this process: names, or `all`."""
    import eventlet

    eventlet.monkey_patch()
    from chassis.process.names import look_up_aside
    from chassis.runner import run as run_services
    from chassis.store.waiting import wait_green

    look_up_aside()
    wait_green()
    run_services(SERVICES if services == ("all",) else services)


@main.command()
@click.argument("services", nargs=-1)
def relay(services: tuple[str, ...]) -> None:
    """Carry recorded events to the broker, for all services or those named."""
    os.environ["PSYCOPG_WAIT_FUNC"] = "wait_c"  # threads, no greenlets: waiting in C costs less
    from chassis.bus import relay as relay_process

    relay_process.run(services or SERVICES)


@main.command()
def prepare() -> None:
    """Databases, migrations and topology in one go; safe to repeat."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as pool:
        broker = pool.submit(_apply_topology)
        _migrate(SERVICES)
        broker.result()


@main.group()
def database() -> None:
    """The services' databases."""


@database.command("prepare")
def database_prepare() -> None:
    """Create roles and databases that are missing."""
    from chassis.store import migrations

    for service in SERVICES:
        migrations.prepare(service, Environment())


@database.command("migrate")
@click.argument("services", nargs=-1)
def database_migrate(services: tuple[str, ...]) -> None:
    """Bring schemas to the newest revision."""
    _migrate(services or SERVICES, create=False)


@database.command("revision")
@click.argument("service")
@click.option("-m", "--message", required=True)
def database_revision(service: str, message: str) -> None:
    """Write a new migration for SERVICE from its models."""
    from chassis.store import migrations

    migrations.revision(service, message, Environment())


def _migrate(services: tuple[str, ...], *, create: bool = True) -> None:
    from chassis.store import migrations

    environment = Environment()
    for service in services:
        if create:
            migrations.prepare(service, environment)
        changed = migrations.migrate(service, environment)
        click.echo(f"{service}: {'migrated' if changed else 'at the newest revision'}")


@main.group()
def topology() -> None:
    """Exchanges, queues, bindings, users and rights on the broker."""


@topology.command("apply")
@click.option("--remake", is_flag=True, help="Queues of an older form too, if empty and their services stopped.")
def topology_apply(remake: bool) -> None:
    """Create what is missing."""
    _apply_topology(remake=remake)


def _apply_topology(*, remake: bool = False) -> None:
    from urllib.parse import unquote, urlsplit

    from chassis.bus import topology as table

    environment = Environment()
    passwords = {}
    for service in SERVICES:
        uri = urlsplit(environment.text(named(service, "AMQP_URI")))
        passwords[service] = unquote(uri.password or "")
    partner = environment.text("CRM_PARTNER_PASSWORD", "")
    if partner:
        passwords[table.PARTNER] = partner
    wanted = table.table(settings.retry_delays(environment))
    left = _management().remake(wanted) if remake else []
    _management().apply(wanted, passwords)
    for name in left:
        click.echo(f"left as it is, for it is in use or not empty: {name}", err=True)
    click.echo("topology: applied")


@topology.command("diff")
def topology_diff() -> None:
    """What the broker lacks or has otherwise; exit code 1 if anything."""
    from chassis.bus import topology as table

    lines = _management().diff(table.table(settings.retry_delays()))
    for line in lines:
        click.echo(line)
    if lines:
        sys.exit(1)
    click.echo("topology: as it should be")


def _management() -> Management:
    from chassis.bus.management import Management, vhost_of

    url = Environment().text("CRM_MANAGEMENT_URL", wanted="http://user:password@host:15672")
    return Management(url, vhost=vhost_of(_uri()))


@main.group()
def outbox() -> None:
    """Events that cannot be sent: parked beside the way, until somebody has looked at them."""


@outbox.command("list")
@click.argument("services", nargs=-1, type=click.Choice(SERVICES))
def outbox_list(services: tuple[str, ...]) -> None:
    """What is parked, of all services or those named: a line each, with tabs between."""
    from chassis.bus import parked

    for service in services or SERVICES:
        for one in parked.look(Environment().text(named(service, "RELAY_URL"))):
            click.echo(f"{service}\t{one.event_id}\t{one.event}\t{one.parked_at.isoformat()}\t{one.problem}")


@outbox.command("release")
@click.argument("service", type=click.Choice(SERVICES))
@click.argument("event_ids", nargs=-1, type=click.UUID)
def outbox_release(service: str, event_ids: tuple[UUID, ...]) -> None:
    """Let the relay try again, after the cause is mended: all of SERVICE, or those named."""
    from chassis.bus import parked

    count = parked.release(Environment().text(named(service, "RELAY_URL")), event_ids or None)
    click.echo(f"{count} events released")


@outbox.command("drop")
@click.argument("service", type=click.Choice(SERVICES))
@click.argument("event_ids", nargs=-1, required=True, type=click.UUID)
def outbox_drop(service: str, event_ids: tuple[UUID, ...]) -> None:
    """Give events up for good: they stay in the log of SERVICE, and nobody hears of them."""
    from chassis.bus import parked

    count = parked.drop(Environment().text(named(service, "RELAY_URL")), event_ids)
    click.echo(f"{count} events given up")


@main.group()
def dead() -> None:
    """Messages that could not be handled."""


def _uri() -> str:
    return Environment().text("CRM_AMQP_URI", wanted="the administrator's amqp:// URI")


@dead.command("list")
@click.argument("consumer", type=click.Choice(SERVICES))
def dead_list(consumer: str) -> None:
    """One line per dead message of CONSUMER."""
    from chassis.bus.dead import look

    for message in look(_uri(), consumer):
        click.echo(
            f"{message.number}  {message.message_id}  {message.event or '?'}  {message.reason}  "
            f"attempts={message.attempts}  copies={message.copies}  {message.at}  {message.error[:80]}"
        )


@dead.command("show")
@click.argument("consumer", type=click.Choice(SERVICES))
@click.argument("message_id")
def dead_show(consumer: str, message_id: str) -> None:
    """Everything about one dead message."""
    from chassis.bus.dead import look

    for message in look(_uri(), consumer):
        if message.message_id == message_id:
            for name in ("message_id", "event", "reason", "error", "handler", "attempts", "at", "routing_key"):
                click.echo(f"{name + ':':13}{getattr(message, name)}")
            click.echo(message.body.decode("utf-8", "replace"))
            return
    raise click.ClickException(f"{consumer} has no dead message {message_id}")


@dead.command("replay")
@click.argument("consumer", type=click.Choice(SERVICES))
@click.argument("message_id", required=False)
@click.option("--all", "everything", is_flag=True, help="Every dead message.")
@click.option("--reason", help="Only those given up for this reason.")
def dead_replay(consumer: str, message_id: str | None, everything: bool, reason: str | None) -> None:
    """Give dead messages back to CONSUMER, after their cause was mended."""
    from chassis.bus.dead import replay

    click.echo(f"{replay(_uri(), consumer, _chooser(message_id, everything, reason))} replayed")


@dead.command("drop")
@click.argument("consumer", type=click.Choice(SERVICES))
@click.argument("message_id", required=False)
@click.option("--all", "everything", is_flag=True, help="Every dead message.")
@click.option("--reason", help="Only those given up for this reason.")
def dead_drop(consumer: str, message_id: str | None, everything: bool, reason: str | None) -> None:
    """Forget dead messages for good."""
    from chassis.bus.dead import drop

    click.echo(f"{drop(_uri(), consumer, _chooser(message_id, everything, reason))} dropped")


def _chooser(message_id: str | None, everything: bool, reason: str | None) -> Callable[[DeadMessage], bool]:
    if not (message_id or everything or reason):
        raise click.UsageError("name a message, or --all, or --reason")
    return lambda dead: (
        (message_id is None or dead.message_id == message_id) and (reason is None or dead.reason == reason)
    )


@main.group()
def events() -> None:
    """The event logs."""


_archives = click.option(
    "--archives",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Read archived months from here too.",
)


@events.command("replay")
@click.option("--consumer", required=True, type=click.Choice(SERVICES))
@click.option("--from", "since", type=Moment(), default="1990-01-01T00:00+08:00", help="Recorded at or after.")
@click.option("--to", "until", type=Moment(), default="9990-01-01T00:00+08:00", help="Recorded before.")
@_archives
def events_replay(consumer: str, since: datetime, until: datetime, archives: Path | None) -> None:
    """Give a consumer what it hears, out of the producers' logs (a new subscriber catches up)."""
    from chassis.bus.replay import replay

    count = replay(consumer, since=since, until=until, environment=Environment(), archives=archives)
    click.echo(f"{count} events replayed to {consumer}")


@events.command("rebuild")
@click.argument("consumer", type=click.Choice(SERVICES))
@_archives
def events_rebuild(consumer: str, archives: Path | None) -> None:
    """Empty a consumer's projections and fill them again from the event logs."""
    from chassis.bus.replay import rebuild

    click.echo(f"{rebuild(consumer, environment=Environment(), archives=archives)} events replayed to {consumer}")


@events.command("archive")
@click.option("--before", required=True, type=Moment(), help="Whole months before this date's month.")
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path, file_okay=False, exists=True))
def events_archive(before: datetime, folder: Path) -> None:
    """Move old months of every event log into files."""
    from chassis.store.archive import archive

    for service in SERVICES:
        for name, count in archive(service, before=before, folder=folder, environment=Environment()).items():
            click.echo(f"{name}: {count} events")


@main.command()
def docs() -> None:
    """Write the documents that follow from the code."""
    from chassis.documents import write_events
    from chassis.store.migrations import ROOT

    path = ROOT / "docs" / "events.md"
    click.echo(f"{path.name}: {'written' if write_events(path) else 'as the code says'}")


@main.command()
def keys() -> None:
    """New keys: what each service signs with and is known by, and what ID numbers are sealed with."""
    for variable, key in settings.new_signing_keys().items():
        click.echo(f"{variable}={key}")
    click.echo(f"CRM_CUSTOMER_SEALING_KEYS={settings.new_sealing_keys()}")


def take_what_is_at_hand(environment: MutableMapping[str, str], file: Path) -> bool:
    """Settings that are missing come from `make run` of this checkout, unless an address of another system is given."""
    if any(name.startswith("CRM_") and name.endswith(("_URL", "_URI", "_FILE")) for name in environment):
        return False
    try:
        lines = file.read_text("utf-8").splitlines()
    except OSError:
        return False
    for setting in (word for line in lines for word in shlex.split(line, comments=True)):
        name, _, value = setting.partition("=")
        environment.setdefault(name, value)
    return True


def run_here() -> None:
    """The `crm` program: as `python -m chassis.cli`, but it finds the system that runs in this checkout."""
    if take_what_is_at_hand(os.environ, AT_HAND):
        click.echo(f"crm: the settings of {AT_HAND}", err=True)
    run_cli()


def run_cli() -> None:
    """Run a command: an unreachable broker or database is one line, not a page."""
    try:
        main()
    except Exception as error:
        if not isinstance(error, _foreseen()):
            raise
        sys.exit(f"crm: {str(error).strip().splitlines()[0] if str(error) else type(error).__name__}")


def _foreseen() -> tuple[type[Exception], ...]:
    """What is no defect of a command. Imported when it is met: services do so after the event loop is patched."""
    import psycopg
    import sqlalchemy
    from amqp.exceptions import AMQPError
    from kombu.exceptions import KombuError

    from chassis.bus.replay import NoProjections
    from chassis.bus.rpc import CallFailed, Refused
    from chassis.store.archive import NotYet

    ours = (CallFailed, Refused, NotYet, NoProjections)
    return (OSError, psycopg.Error, sqlalchemy.exc.DBAPIError, AMQPError, KombuError, *ours)


if __name__ == "__main__":
    run_cli()
