"""A server that dies under `make run` comes back by itself, where it was and with what it held."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import kombu
import psycopg
import pytest

from deploy.local.infrastructure import Infrastructure
from tests.support.polling import eventually, steadily

WITHIN = 15.0
"""Seconds from the kill to the first answer."""
QUEUE = "kept"


@pytest.fixture
def place() -> Iterator[Path]:
    """A run directory that every user may reach."""
    folder = Path(mkdtemp(prefix="crm-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def servers(place: Path, told: list[str]) -> Iterator[Infrastructure]:
    with looked_after(Infrastructure(place, progress=told.append)) as both:
        yield both


@pytest.fixture
def database(place: Path, told: list[str]) -> Iterator[Infrastructure]:
    """PostgreSQL alone: the broker is not what these tests are about, and starts longest."""
    alone = Infrastructure(place, progress=told.append)
    alone.rabbitmq = None
    with looked_after(alone):
        yield alone


@contextmanager
def looked_after(servers: Infrastructure) -> Iterator[Infrastructure]:
    try:
        servers.start()
        servers.keep_running()
        yield servers
    finally:
        servers.stop()
        servers.reset()


def rows(url: str, statement: str) -> list[tuple[object, ...]] | None:
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=2) as connection:
            return connection.execute(statement).fetchall()
    except psycopg.OperationalError:
        return None


def queued(uri: str) -> int | None:
    try:
        with kombu.Connection(uri, connect_timeout=2) as connection:
            return int(connection.channel().queue_declare(QUEUE, passive=True).message_count)
    except (OSError, *kombu.Connection(uri).connection_errors, *kombu.Connection(uri).channel_errors):
        return None


def test_a_database_that_is_killed_answers_again_with_every_row_at_the_same_address(database: Infrastructure) -> None:
    assert database.postgres is not None
    url = database.database_url
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'a sale' AS what")
    for _ in range(2):
        pid = database.postgres.pid
        assert pid is not None

        os.kill(pid, signal.SIGKILL)

        eventually(lambda: rows(url, "SELECT what FROM kept") == [("a sale",)], within=WITHIN, what="the row")
        assert database.postgres.pid != pid


def test_a_broker_that_is_killed_answers_again_with_every_message_at_the_same_address(
    servers: Infrastructure, place: Path
) -> None:
    assert servers.rabbitmq is not None
    uri = servers.amqp_uri
    with kombu.Connection(uri, transport_options={"confirm_publish": True}) as connection:
        channel = connection.channel()
        channel.queue_declare(QUEUE, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
        connection.Producer(channel).publish("sold", routing_key=QUEUE, delivery_mode=2, retry=False)
    names = "rabbitmq/data/*/quorum/*/names.dets"  # a queue whose name is not yet there a killed node forgets
    eventually(lambda: any(QUEUE.encode() in path.read_bytes() for path in place.glob(names)), within=20)
    pid = servers.rabbitmq.pid
    assert pid is not None

    os.kill(pid, signal.SIGKILL)

    eventually(lambda: queued(uri) == 1, within=WITHIN, what="the message")
    assert servers.rabbitmq.pid != pid


def test_a_server_that_was_stopped_stays_down_and_is_looked_after_again_when_it_was_started(
    database: Infrastructure,
) -> None:
    postgres, url = database.postgres, database.database_url
    assert postgres is not None
    postgres.kill()
    steadily(lambda: not postgres.is_running(), during=1.0)
    postgres.start()
    pid = postgres.pid
    assert pid is not None

    os.kill(pid, signal.SIGKILL)

    eventually(lambda: rows(url, "SELECT 1") == [(1,)], within=WITHIN)


def test_a_server_whose_port_was_taken_meanwhile_does_not_move_and_comes_back_when_it_is_free(
    database: Infrastructure, told: list[str]
) -> None:
    postgres, url = database.postgres, database.database_url
    assert postgres is not None and postgres.pid is not None
    port, pid = postgres.port, postgres.pid
    with postgres._life:  # nobody revives it while a stranger takes its place
        os.kill(pid, signal.SIGKILL)
        stranger = eventually(lambda: listener(port), within=10, what="the port to be free")
    try:
        eventually(lambda: [line for line in told if "PostgreSQL does not start, again in" in line], within=30)
    finally:
        stranger.close()

    eventually(lambda: rows(url, "SELECT 1") == [(1,)], within=WITHIN + 5)
    assert postgres.port == port


def listener(port: int) -> socket.socket | None:
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError:
        return None


def test_what_is_being_stopped_is_not_revived(servers: Infrastructure) -> None:
    postgres, rabbitmq = servers.postgres, servers.rabbitmq
    assert postgres is not None and rabbitmq is not None

    servers.stop()

    steadily(lambda: not postgres.is_running() and not rabbitmq.is_running(), during=1.0)
