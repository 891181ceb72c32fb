"""PostgreSQL for tests: one server per session, one migrated private database per service.

`CRM_TEST_DATABASE_URL` gives a server (its administrator, and a server for tests alone: the services' roles
get new passwords); without it a private one is started and thrown away.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.orm import Session

from chassis.process.settings import Environment, named
from chassis.store import migrations
from chassis.store.database import Database
from tests.support.short_steps import take_short_steps

POOL = 16
"""Connections a test's threads may use at once."""

ROLES = {"OWNER_URL": "owner", "DATABASE_URL": "app", "RELAY_URL": "relay"}


class Databases:
    """The services' databases of one test session: `databases("sales")` is sales' own, prepared and migrated."""

    def __init__(self, admin_url: str) -> None:
        self.admin_url = admin_url
        self._token = secrets.token_hex(4)
        self._open: dict[str, Database] = {}
        self._created: list[str] = []

    def __call__(self, service: str) -> Database:
        if service not in self._open:
            environment = self.environment(service)
            migrations.prepare(service, environment)
            self._created.append(self.name(service))
            migrations.migrate(service, environment)
            if service == "sales":
                with psycopg.connect(self.url(service)) as sales:
                    take_short_steps(sales)
            self._open[service] = Database(self.url(service), pool_size=POOL)
        return self._open[service]

    def name(self, service: str) -> str:
        """The database of a service in this session."""
        return f"crm_test_{self._token}_{service}"

    def url(self, service: str, role: str = "app") -> str:
        """The URL of a service's database for one of its roles: app, owner or relay."""
        return self._url(user=f"{service}_{role}", database=self.name(service))

    def environment(self, *services: str) -> Environment:
        """Settings with the database URLs of these services."""
        return Environment(self.variables(*services))

    def variables(self, *services: str) -> dict[str, str]:
        """The same as variables, for processes."""
        found = {"CRM_DATABASE_URL": self.admin_url}
        for service in services:
            found |= {named(service, what): self.url(service, role) for what, role in ROLES.items()}
        return found

    def empty(self) -> str:
        """The administrator's URL of a new empty database."""
        name = f"crm_test_{self._token}_{secrets.token_hex(3)}"
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name)))
        self._created.append(name)
        return urlunsplit(urlsplit(self.admin_url)._replace(path=f"/{name}"))

    def as_owner(self, service: str, statement: str, *values: object) -> None:
        """Do what the service itself may not, such as changing what it recorded."""
        self(service)
        with psycopg.connect(self.url(service, "owner"), autocommit=True) as owner:
            owner.execute(statement, values)

    def admin(self, service: str) -> psycopg.Connection[tuple[object, ...]]:
        """A connection of the administrator to a service's database, in autocommit."""
        self(service)
        url = urlunsplit(urlsplit(self.admin_url)._replace(path=f"/{self.name(service)}"))
        return psycopg.connect(url, autocommit=True)

    def cut(self, service: str, *, role: str) -> None:
        """End every connection of one of a service's roles to its database, and wait until they are gone."""
        ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        with self.admin(service) as connection:
            connection.execute(f"{ended} WHERE datname = current_database() AND usename = %s", (f"{service}_{role}",))

    def close(self) -> None:
        """Close every pool and drop every database."""
        for database in self._open.values():
            database.close()
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            for name in self._created:
                admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _url(self, *, user: str, database: str) -> str:
        parts = urlsplit(self.admin_url)
        return f"postgresql://{user}:of-the-tests@{parts.hostname}:{parts.port}/{database}"


@contextmanager
def servers_folder() -> Iterator[Path]:
    """A folder for servers, removed afterwards. In the system's temporary folder: PostgreSQL does not run as root,
    and its own user must reach the folder.
    """
    folder = Path(mkdtemp(prefix="crm-test-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """The administrator's URL of the server that is given, or of a private one in this folder."""
    if given := os.environ.get("CRM_TEST_DATABASE_URL"):
        yield given
        return
    from deploy.local.postgres import Postgres

    server = Postgres(folder)
    server.start()
    try:
        yield server.admin_url
    finally:
        server.stop()


@pytest.fixture(scope="session")
def run_dir() -> Iterator[Path]:
    """A folder for this session's servers and the logs of its processes."""
    with servers_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def postgres_url(run_dir: Path) -> Iterator[str]:
    """The administrator's URL of the session's PostgreSQL."""
    with postgres(run_dir) as url:
        yield url


@pytest.fixture(scope="session")
def databases(postgres_url: str) -> Iterator[Databases]:
    """`databases("sales")`: the database of a service, prepared and migrated, for the whole session."""
    made = Databases(postgres_url)
    yield made
    made.close()


@pytest.fixture
def session(databases: Databases) -> Callable[[str], AbstractContextManager[Session]]:
    """`with session("sales") as session:` is a transaction that commits when the block ends."""
    return lambda service: databases(service).transaction()
