"""The private RabbitMQ: messages survive, the address stays, nobody else is touched."""

from __future__ import annotations

import contextlib
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import kombu
import psycopg
import pytest
from amqp.exceptions import AccessRefused
from amqp.exceptions import ConnectionError as AmqpConnectionError

from deploy.local.infrastructure import Infrastructure
from deploy.local.processes import process
from deploy.local.rabbitmq import RabbitMQ
from tests.support import randoms
from tests.support.polling import eventually


@contextmanager
def run_directory() -> Iterator[Path]:
    """One that every user may reach."""
    folder = Path(mkdtemp(prefix="crm-test-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        RabbitMQ(folder).reset()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    with run_directory() as folder:
        yield folder


@pytest.fixture(scope="module")
def kept(place: Path) -> Iterator[RabbitMQ]:
    server = RabbitMQ(place)
    yield server
    server.kill()


@pytest.fixture
def broker(kept: RabbitMQ) -> RabbitMQ:
    """The same one for every test, running when it begins: to start one takes longer than most tests."""
    kept.start()
    return kept


@pytest.fixture
def queue() -> str:
    """A queue that no other test has."""
    return randoms.code("KEPT")


def publish(server: RabbitMQ, queue: str, *messages: str) -> None:
    """Into a durable quorum queue, confirmed by the broker."""
    with kombu.Connection(server.admin_uri, transport_options={"confirm_publish": True}) as connection:
        channel = connection.channel()
        channel.queue_declare(queue, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
        for message in messages:
            connection.Producer(channel).publish(message, routing_key=queue, delivery_mode=2, retry=False)


def waiting(server: RabbitMQ, queue: str) -> int:
    with kombu.Connection(server.admin_uri) as connection:
        return int(connection.channel().queue_declare(queue, passive=True).message_count)


def is_registered(place: Path, queue: str) -> bool:
    """A node writes the names of new quorum queues within three seconds; killed before, it forgets the queue."""
    return any(queue.encode() in names.read_bytes() for names in place.glob("rabbitmq/data/*/quorum/*/names.dets"))


def test_messages_of_a_quorum_queue_survive_a_kill(place: Path, broker: RabbitMQ, queue: str) -> None:
    publish(broker, queue, "sold", "paid", "delivered")
    eventually(lambda: is_registered(place, queue))
    before, pid = broker.admin_uri, broker.pid

    broker.kill()
    assert not broker.is_running()
    broker.start()

    assert broker.admin_uri == before
    assert broker.pid != pid
    eventually(lambda: waiting(broker, queue) == 3)


def test_messages_survive_a_restart(broker: RabbitMQ, queue: str) -> None:
    publish(broker, queue, "sold")

    broker.restart()

    eventually(lambda: waiting(broker, queue) == 1)


def test_what_a_killed_run_left_behind_is_ended_and_its_data_taken_over(queue: str) -> None:
    with run_directory() as place:
        killed = RabbitMQ(place)
        killed.start()
        publish(killed, queue, "sold")
        eventually(lambda: is_registered(place, queue))
        left = killed.pid
        assert left is not None

        server = RabbitMQ(place)
        assert server.pid == left
        server.start()
        try:
            assert process(left) is None
            eventually(lambda: waiting(server, queue) == 1)
        finally:
            server.kill()
            killed.kill()


def test_every_connection_can_be_cut(broker: RabbitMQ) -> None:
    with kombu.Connection(broker.admin_uri) as connection:
        connection.connect()
        eventually(lambda: broker.close_all_connections() > 0)

        with pytest.raises(AmqpConnectionError):
            connection.drain_events(timeout=10)


def test_there_is_no_guest(broker: RabbitMQ) -> None:
    stranger = kombu.Connection(f"amqp://guest:guest@127.0.0.1:{broker.port}/crm")

    with contextlib.closing(stranger), pytest.raises(AccessRefused):
        stranger.connect()


def test_its_files_are_its_owners_alone(place: Path, broker: RabbitMQ) -> None:
    assert (place / "rabbitmq").stat().st_mode & 0o077 == 0
    assert (place / "rabbitmq" / "rabbitmq.conf").stat().st_mode & 0o077 == 0


def test_servers_on_the_usual_ports_are_left_alone() -> None:
    with run_directory() as place, contextlib.ExitStack() as strangers:
        for port in (5432, 5672, 15672, 4369):
            with contextlib.suppress(OSError):  # somebody real is there, which serves as well
                strangers.enter_context(socket.create_server(("127.0.0.1", port)))

        servers = Infrastructure(place)
        servers.start()
        try:
            with psycopg.connect(servers.database_url) as session:
                assert session.execute("SELECT current_user").fetchone() == ("crm_admin",)
            with kombu.Connection(servers.amqp_uri) as connection:
                connection.connect()
        finally:
            servers.reset()
