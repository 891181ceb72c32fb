"""The measured systems: ours and the monolith, on one PostgreSQL server, with the same people in both."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from deploy.local.stack import Stack
from tests.bench import seeding
from tests.bench.monolith.seed import fresh_database
from tests.bench.monolith.seed import seed as seed_monolith
from tests.bench.monolith.serve import serving
from tests.bench.organisation import Organisation, found
from tests.bench.seeding import Seeded
from tests.bench.traffic import Headers

CUSTOMERS = 10_000
CLIENTS = 16
READY_SECONDS = 60.0


@dataclass(frozen=True)
class Running:
    """Both systems, loaded and ready."""

    stack: Stack
    organisation: Organisation
    people: list[Seeded]
    sessions: list[Headers]
    monolith_url: str
    monolith_database: str

    @property
    def base_url(self) -> str:
        return self.stack.base_url

    @property
    def admin_url(self) -> str:
        return self.stack.infrastructure.database_url

    @property
    def amqp_url(self) -> str:
        return self.stack.infrastructure.amqp_uri

    def database(self, service: str) -> str:
        """The administrator's URL of a service's database."""
        return f"{self.admin_url.rpartition('/')[0]}/crm_{service}"


@contextmanager
def running() -> Iterator[Running]:
    """Start both systems in a directory of their own; both are gone afterwards."""
    with run_directory() as run_dir:
        stack = Stack(run_dir)
        stack.start()
        try:
            keep_commit_times(stack)
            organisation = found(stack)
            people = seeding.seed(stack.infrastructure.database_url, customers=CUSTOMERS)
            database = fresh_database(stack.infrastructure.database_url, name="bench_monolith")
            seed_monolith(database, customers=CUSTOMERS)
            sessions = [organisation.headers(token) for token in organisation.tokens("advisor", count=CLIENTS)]
            with serving(database) as monolith_url:
                yield Running(stack, organisation, people, sessions, monolith_url, database)
        finally:
            stack.stop()


@contextmanager
def run_directory() -> Iterator[Path]:
    """An empty directory that PostgreSQL's own user can reach, removed afterwards."""
    path = Path(tempfile.mkdtemp(prefix="crm-bench-"))
    try:
        path.chmod(0o755)  # what is secret in it has rights of its own
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def keep_commit_times(stack: Stack) -> None:
    """Let the server write down when each transaction was committed, and wait until the system is back."""
    assert stack.postgres is not None
    with psycopg.connect(stack.infrastructure.database_url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET track_commit_timestamp = on")
    stack.postgres.restart(immediate=False)
    stack.supervisor.wait_ready(READY_SECONDS)
