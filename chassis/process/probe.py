"""`crm ready`: asks the processes of this environment whether they are ready, as an engine or a person would."""

from __future__ import annotations

import http.client
import json
import os
import re
import sys
from collections.abc import Mapping

import click

HEALTH_PORT = re.compile(r"CRM_([A-Z]+)_HEALTH_PORT")
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  # what is listened on, not by us
TIMEOUT = 5.0


def asked(environment: Mapping[str, str]) -> dict[str, tuple[str, int]]:
    """Process → where it tells its health, out of the settings that say where it listens."""
    host = environment.get("CRM_HEALTH_HOST") or "127.0.0.1"
    host = "127.0.0.1" if host in EVERYWHERE else host
    found = {match[1].lower(): value for name, value in environment.items() if (match := HEALTH_PORT.fullmatch(name))}
    return {name: (host, int(port)) for name, port in sorted(found.items()) if port.isdecimal() and int(port)}


def problems(host: str, port: int) -> list[str]:
    """Why a process is not ready; empty when it is."""
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as problem:
        return [f"does not answer on {host}:{port}: {str(problem) or type(problem).__name__}"]
    finally:
        connection.close()
    if answer.status == http.client.OK:
        return []
    try:
        told = json.loads(body)["problems"]
    except (ValueError, KeyError, TypeError):
        told = []
    return [str(each) for each in told] or [f"answers {answer.status}"]


@click.command("ready")
def ready() -> None:
    """Whether each process whose CRM_…_HEALTH_PORT is set is ready; exit code 1 if one is not."""
    processes = asked(os.environ)
    if not processes:
        raise click.UsageError("no CRM_…_HEALTH_PORT is set")
    found = {name: problems(host, port) for name, (host, port) in processes.items()}
    for name, told in found.items():
        click.echo(f"{name:10} {'; '.join(told) or 'ready'}")
    if any(found.values()):
        sys.exit(1)
