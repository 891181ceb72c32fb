"""RabbitMQ for tests: one broker per session with the real topology and the real users.

`CRM_TEST_AMQP_URI` and `CRM_TEST_MANAGEMENT_URL` give a broker (its administrator, for tests alone);
without them a private one is started and thrown away.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import amqp
import kombu
import pytest

from chassis.bus import topology
from chassis.bus.management import Management, vhost_of
from chassis.process.settings import SERVICES, named
from tests.support.polling import eventually

PASSWORD = "of-the-tests"
DELAYS = (0.2, 0.4, 0.8)
"""Retry tiers of tests, in seconds."""


@dataclass(frozen=True)
class Broker:
    """A broker with the topology applied."""

    admin_uri: str
    management_url: str

    @property
    def management(self) -> Management:
        """The management API, as the administrator."""
        return Management(self.management_url, vhost=vhost_of(self.admin_uri))

    @property
    def wanted(self) -> topology.Topology:
        """The topology that was applied."""
        return topology.table(DELAYS)

    def uri(self, user: str) -> str:
        """The URI of a service's own user (or the partner's)."""
        parts = urlsplit(self.admin_uri)
        return urlunsplit(parts._replace(netloc=f"{user}:{PASSWORD}@{parts.hostname}:{parts.port}"))

    def variables(self, *services: str) -> dict[str, str]:
        """Settings with the broker URIs of these services, for processes."""
        return {
            "CRM_AMQP_URI": self.admin_uri,
            "CRM_MANAGEMENT_URL": self.management_url,
            "CRM_RETRY_DELAYS": ",".join(f"{delay:g}" for delay in DELAYS),
        } | {named(service, "AMQP_URI"): self.uri(service) for service in services}

    def apply(self) -> None:
        """Apply the topology."""
        passwords = dict.fromkeys((*SERVICES, topology.PARTNER), PASSWORD)
        self.management.apply(self.wanted, passwords)

    @contextmanager
    def channel(self, user: str | None = None) -> Iterator[Any]:
        """A channel of a user, or of the administrator."""
        with kombu.Connection(self.uri(user) if user else self.admin_uri, connect_timeout=5) as connection:
            yield connection.channel()

    def publish(
        self, exchange: str, key: str, body: bytes, *, user: str | None = None, headers: Any = None, **properties: Any
    ) -> None:
        """Publish one persistent message and wait until the broker has it."""
        properties.setdefault("content_type", "application/json")
        with self.channel(user) as channel:
            channel.confirm_select()
            message = amqp.Message(body, delivery_mode=2, application_headers=headers or {}, **properties)
            channel.basic_publish_confirm(message, exchange=exchange, routing_key=key, mandatory=True)

    def take(self, queue: str, *, within: float = 5.0) -> Any:
        """The next message of a queue, acknowledged; waits for it."""
        with self.channel() as channel:
            message = eventually(lambda: channel.basic_get(queue), within=within, what=f"a message in {queue}")
            channel.basic_ack(message.delivery_tag)
            return message

    def count(self, queue: str) -> int:
        """Messages ready in a queue right now."""
        with self.channel() as channel:
            return int(channel.queue_declare(queue, passive=True).message_count)

    def filled(self) -> list[str]:
        """The queues of the topology that hold messages ready right now."""
        queues = [queue["name"] for queue in self.wanted.queues]
        with self.channel() as channel:
            return [one for one in queues if channel.queue_declare(one, passive=True).message_count]

    def emptied(self) -> bool:
        """Empty what holds messages (to look costs a tenth of emptying everything); True when there was nothing."""
        if filled := self.filled():
            self.purge(*filled)
        return not filled

    def purge(self, *queues: str) -> None:
        """Empty queues."""
        with self.channel() as channel:
            for queue in queues:
                channel.queue_purge(queue)


@contextmanager
def rabbitmq(folder: Path) -> Iterator[tuple[str, str]]:
    """The administrator's addresses, of AMQP and of management, of the broker that is given, or of a private one."""
    if given := os.environ.get("CRM_TEST_AMQP_URI"):
        yield given, os.environ["CRM_TEST_MANAGEMENT_URL"]
        return
    from deploy.local.rabbitmq import RabbitMQ

    server = RabbitMQ(folder)
    server.start()
    try:
        yield server.admin_uri, server.management_url
    finally:
        server.stop()


@pytest.fixture(scope="session")
def broker(run_dir: Path) -> Iterator[Broker]:
    """The session's broker; each of several worker processes has a virtual host of its own there."""
    with rabbitmq(run_dir) as (admin_uri, management_url):
        worker = os.environ.get("PYTEST_XDIST_WORKER")
        made = Broker(f"{admin_uri}-{worker}" if worker else admin_uri, management_url)
        made.apply()
        yield made


@pytest.fixture
def clean_queues(broker: Broker) -> Broker:
    """The broker with every queue empty, and what an earlier test had on its way there too."""
    eventually(broker.emptied, what="every queue empty")
    return broker
