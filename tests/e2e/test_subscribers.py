"""Other systems listen: the two programs printed in `docs/events.md`, run as they stand there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from chassis.bus.topology import PARTNER
from chassis.process.settings import SERVICES
from tests.support.polling import eventually
from tests.support.system import System

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "events.md"


def printed(language: str, number: int) -> str:
    """A program printed in the document."""
    return re.findall(rf"```{language}\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)[number]


@contextmanager
def running(command: list[str], folder: Path, environment: dict[str, str]) -> Iterator[Path]:
    """A program and the file it prints into."""
    output = folder / "printed.txt"
    with output.open("w") as out:
        process = subprocess.Popen(command, cwd=folder, env={**os.environ, **environment}, stdout=out, stderr=out)
        try:
            yield output
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture
def partner_uri(system: System) -> str:
    """The broker as the partner sees it."""
    uri = urlsplit(system.admin_amqp_uri)
    return f"amqp://{PARTNER}:{system.partner_password}@{uri.hostname}:{uri.port}/crm"


def test_a_plain_nameko_service_of_ten_lines_hears_a_delivery(system: System, partner_uri: str, tmp_path: Path) -> None:
    (tmp_path / "greeter.py").write_text(printed("python", 0), "utf-8")
    configuration = re.sub(r"AMQP_URI: .*", f"AMQP_URI: {partner_uri}", printed("yaml", 0))
    (tmp_path / "greeter.yml").write_text(configuration, "utf-8")
    assert len([line for line in printed("python", 0).splitlines() if line.strip()]) <= 10
    nameko = str(Path(sys.executable).with_name("nameko"))

    with running(
        [nameko, "run", "--config", "greeter.yml", "greeter"], tmp_path, {"PYTHONWARNINGS": "ignore"}
    ) as output:
        eventually(lambda: system.bound("sales.events", "vehicle_delivered.v1.*", "evt-"), within=20)
        vin = system.deliver_a_car().vin
        eventually(lambda: vin in output.read_text("utf-8"), within=10, what="the service prints the VIN")


def test_a_plain_kombu_consumer_hears_a_delivery(system: System, partner_uri: str, tmp_path: Path) -> None:
    (tmp_path / "plain.py").write_text(printed("python", 1), "utf-8")

    with running([sys.executable, "plain.py"], tmp_path, {"AMQP_URI": partner_uri}) as output:
        eventually(lambda: system.bound("sales.events", "vehicle_delivered.v1.*", "partner."), within=20)
        vin = system.deliver_a_car().vin
        eventually(lambda: vin in output.read_text("utf-8"), within=10, what="the consumer prints the VIN")


def test_the_partner_may_only_listen(system: System, partner_uri: str) -> None:
    import amqp
    import kombu

    with kombu.Connection(partner_uri) as connection:
        for attempt in (
            lambda channel: channel.basic_publish(amqp.Message("{}"), exchange="sales.events", routing_key="x"),
            lambda channel: channel.basic_get("customer"),
            lambda channel: channel.queue_declare("customer.dead", durable=True),
        ):
            channel = connection.channel()
            with pytest.raises(amqp.exceptions.AccessRefused):
                attempt(channel)
                channel.basic_qos(0, 1, False)  # a refusal of an unconfirmed publish comes with the next answer


def test_the_partner_who_listens_to_everything_hears_of_customers_and_not_what_they_are(
    system: System, partner_uri: str
) -> None:
    import kombu

    with kombu.Connection(partner_uri) as connection:
        channel = connection.default_channel
        channel.queue_declare("partner.everything", durable=False, auto_delete=False)
        for producer in SERVICES:
            channel.queue_bind("partner.everything", f"{producer}.events", "#")
        person = {"name": "王芳", "mobile": "13800138000", "store_id": "HN", "birth_date": "1988-05-01"}
        customer_id = system.as_("receptionist").post("/customers", person)["customer_id"]
        published = """
            SELECT envelope->'payload'->>'age_band', envelope->'payload'->>'birth_month' FROM outbox
             WHERE event_type = 'customer_profiled' AND subject_id = %s AND published_at IS NOT NULL
        """
        assert eventually(lambda: system.rows("customer", published, customer_id), within=5) == [("35-44", "5")]
        system.deliver_a_car()
        heard: list[str] = []

        def take() -> bool:
            while (message := channel.basic_get("partner.everything", no_ack=True)) is not None:
                heard.append(message.properties["type"])
            return "vehicle_delivered" in heard

        eventually(take, within=10, what="what was told after it")
        channel.queue_delete("partner.everything")
    assert "customer_registered" in heard
    assert "customer_profiled" not in heard
    assert system.dead_messages() == {}


def test_who_was_told_of_is_not_told_of_again_by_the_command(system: System) -> None:
    system.deliver_a_car()
    told = "SELECT count(*) FROM outbox WHERE event_type = 'customer_profiled'"
    before = system.rows("customer", told)
    for _ in range(2):
        assert "0 done" in system.crm("schedule", "run", "customer.tell_profiles", where="customer")
    assert system.rows("customer", told) == before
