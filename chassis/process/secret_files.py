"""`crm secrets`: a file for each secret of an installation, each another one, for their owner's eyes only.

A file is called as its variable without `CRM_`, in small letters, and `<variable>_FILE` names it (docker-compose.yml).
"""

from __future__ import annotations

import os
import secrets as chance
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

import click

from chassis.process.actors import new_key
from chassis.process.settings import PUBLIC_KEYS, SERVICES, named, new_sealing_keys, public_keys_of

ADMIN = "crm_admin"
VHOST = "crm"
OF_THE_SERVERS = ("postgres_password", "rabbitmq_password")
"""What PostgreSQL and RabbitMQ themselves are told; everything else is a setting of ours."""
ROLES = {"DATABASE_URL": "app", "OWNER_URL": "owner", "RELAY_URL": "relay"}


def name_of(variable: str) -> str:
    """What the file of a variable is called."""
    return variable.removeprefix("CRM_").lower()


SIGNING = {service: name_of(named(service, "SIGNING_KEY")) for service in SERVICES}
PUBLIC = name_of(PUBLIC_KEYS)
MADE_OF = {
    "database_url": ("postgres_password",),
    "amqp_uri": ("rabbitmq_password",),
    "management_url": ("rabbitmq_password",),
    PUBLIC: tuple(SIGNING.values()),
}
"""A file that follows from others is made anew with any of them."""


def new_password() -> str:
    """32 characters that need no escaping in an address."""
    return chance.token_urlsafe(24)


def wanted(*, database: str, broker: str, management: str) -> dict[str, Callable[[Mapping[str, str]], str]]:
    """Every file, and how it is made of those before it. Hosts are `name:port`."""
    files: dict[str, Callable[[Mapping[str, str]], str]] = {name: lambda _: new_password() for name in OF_THE_SERVERS}

    def administrators(scheme: str, host: str, path: str, password: str) -> Callable[[Mapping[str, str]], str]:
        return lambda made: f"{scheme}://{ADMIN}:{quote(made[password], safe='')}@{host}{path}"

    def own(scheme: str, user: str, host: str, path: str) -> Callable[[Mapping[str, str]], str]:
        return lambda _: f"{scheme}://{user}:{new_password()}@{host}/{path}"

    files["database_url"] = administrators("postgresql", database, "/postgres", "postgres_password")
    files["amqp_uri"] = administrators("amqp", broker, f"/{VHOST}", "rabbitmq_password")
    files["management_url"] = administrators("http", management, "", "rabbitmq_password")
    for service in SERVICES:
        for role, ending in ROLES.items():
            files[name_of(named(service, role))] = own("postgresql", f"{service}_{ending}", database, f"crm_{service}")
        files[name_of(named(service, "AMQP_URI"))] = own("amqp", service, broker, VHOST)
    files["customer_sealing_keys"] = lambda _: new_sealing_keys()
    files |= {name: lambda _: new_key() for name in SIGNING.values()}
    files[PUBLIC] = lambda made: public_keys_of({service: made[name] for service, name in SIGNING.items()})
    return files


def make_files(folder: Path, *, owner: int | None, database: str, broker: str, management: str) -> list[str]:
    """Make the files that are missing and return their names; those that are there are kept, and kept from others."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    made: dict[str, str] = {}
    new: list[str] = []
    for name, make in wanted(database=database, broker=broker, management=management).items():
        path = folder / name
        if path.exists() and not set(MADE_OF.get(name, ())) & set(new):
            made[name] = path.read_text("utf-8").strip()
        else:
            made[name] = make(made)
            _write(path, made[name])
            new.append(name)
        path.chmod(0o400)
        if owner is not None:
            os.chown(path, owner, -1)
    return new


def _write(path: Path, text: str) -> None:
    """Whole or not at all, and at no moment readable by others."""
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


@click.group("secrets")
def secrets() -> None:
    """The secrets of an installation, in files."""


@secrets.command("make")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--owner", type=int, help="The user, a number, that the programs run as; needs root.")
@click.option("--database", default="postgres:5432", show_default=True, help="Where PostgreSQL answers.")
@click.option("--broker", default="rabbitmq:5672", show_default=True, help="Where RabbitMQ answers.")
@click.option("--management", default="rabbitmq:15672", show_default=True, help="Where its management API answers.")
def secrets_make(folder: Path, owner: int | None, database: str, broker: str, management: str) -> None:
    """Make the files of FOLDER that are missing. Safe to repeat: what is there is kept."""
    new = make_files(folder, owner=owner, database=database, broker=broker, management=management)
    click.echo(f"{folder}: {len(new)} made" + (f" ({', '.join(new)})" if new else ""))
