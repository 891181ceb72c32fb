"""The gateway's part of the `crm` command: `crm access` and `crm privacy` for auditors, `crm openapi` for callers."""

from __future__ import annotations

import io
import sys
from datetime import datetime

import click
import orjson

from chassis.process.settings import Environment
from gateway import auditing, console_types, openapi
from gateway.routes import TABLE

_since = click.option("--from", "since", type=datetime.fromisoformat, help="At or after; without a zone, the stores'.")
_until = click.option("--to", "until", type=datetime.fromisoformat, help="Before.")


@click.group()
def access() -> None:
    """The log of who saw whose personal data in full."""


@access.command("verify")
@click.option("--expect", "expected", multiple=True, help="A hash noted earlier (an anchor); may be given repeatedly.")
def access_verify(expected: tuple[str, ...]) -> None:
    """Walk the chain of entries: one changed, removed or put in is named, and the exit code is 1.

    Removed newest entries, and a chain made anew from some entry on, are found by an anchor only.
    """
    try:
        anchors = {bytes.fromhex(one) for one in expected}
    except ValueError:
        raise click.UsageError("--expect is a hash of 64 hexadecimal digits") from None
    with auditing.opened(Environment()) as connection:
        found = auditing.check(connection, anchors=anchors)
    if found.broken:
        raise click.ClickException(f"the access log is broken after {found.entries} sound entries: {found.broken}")
    if lost := sorted(anchors - found.met):
        raise click.ClickException(
            f"{found.entries} entries fit each other, but none has the expected hash {', '.join(map(bytes.hex, lost))}:"
            " entries were removed, or written anew"
        )
    click.echo(f"access log: {found.entries} entries, unbroken; head {found.head.hex()}")


@access.command("export")
@_since
@_until
def access_export(since: datetime | None, until: datetime | None) -> None:
    """Write the entries of a period to standard output, as CSV for a spreadsheet program."""
    text = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8-sig", newline="", write_through=False)
    with auditing.opened(Environment()) as connection:
        count = auditing.write(connection, text, since=since, until=until)
    text.flush()
    text.detach()
    click.echo(f"{count} entries", err=True)


@click.group()
def privacy() -> None:
    """Duties of the Personal Information Protection Law."""


@privacy.command("scope")
@click.option("--request-id", help="Of the request by which the data went out.")
@click.option("--staff", "staff_id", help="Who saw it.")
@click.option("--operation", help="By what it was seen: customer.reveal_contact, customer.dossier, …")
@_since
@_until
def privacy_scope(
    request_id: str | None, staff_id: str | None, operation: str | None, since: datetime | None, until: datetime | None
) -> None:
    """Whose data went out (PIPL 57): customer, how often, first and last moment, a line each, with tabs between.

    What is given narrows the accesses; something must be given.
    """
    scope = auditing.Scope(request_id, staff_id, operation, since, until)
    if scope == auditing.Scope():
        raise click.UsageError("name a request, a person, an operation or a time")
    customers = times = 0
    with auditing.opened(Environment()) as connection:
        for one in auditing.affected(connection, scope):
            sys.stdout.write(f"{one.customer_id}\t{one.times}\t{one.first.isoformat()}\t{one.last.isoformat()}\n")
            customers, times = customers + 1, times + one.times
    click.echo(f"{customers} customers, seen {times} times", err=True)


@click.command("openapi")
@click.option("--types", "only", flag_value="types", help="Only what the console's types follow from.")
@click.option("--rights", "only", flag_value="rights", help="Who may do what, as the console's TypeScript.")
@click.option("--touches", "only", flag_value="touches", help="What live changes touch, as the console's TypeScript.")
@click.option("--purposes", type=click.Choice(("zh", "en")), help="What visits are made for, in words.")
@click.option("--jobs", type=click.Choice(("zh", "en")), help="Kinds of work and parts of the vehicle, in words.")
def openapi_document(only: str | None, purposes: str | None, jobs: str | None) -> None:
    """Print the API's document (OpenAPI 3.1), as `/openapi.json` gives it; nothing need run for it."""
    if only in ("rights", "touches"):
        click.echo(console_types.rights() if only == "rights" else console_types.touches(), nl=False)
        return
    if purposes:
        click.echo(console_types.purposes(purposes), nl=False)
        return
    if jobs:
        click.echo(console_types.jobs(jobs), nl=False)
        return
    document = console_types.document() if only == "types" else openapi.document(TABLE)
    click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
