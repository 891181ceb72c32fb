"""The compose file is the same system as the code reads: services, ports, environment (no container engine at hand)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from chassis import migrations
from chassis.actors import new_key_pair
from chassis.relay import ServiceRelay
from chassis.settings import SERVICES, Environment, Settings, named, new_sealing_keys

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
PRIVATE, PUBLIC = new_key_pair()
GIVEN = {
    "CRM_ACTOR_SIGNING_KEY": PRIVATE,
    "CRM_ACTOR_PUBLIC_KEY": PUBLIC,
    "CRM_CUSTOMER_SEALING_KEYS": new_sealing_keys(),
}


def environment(program: str) -> dict[str, str]:
    """What compose would give a program, with every password filled in."""

    def filled(match: re.Match[str]) -> str:
        name, _, default = match.group(1).partition(":-")
        return GIVEN.get(name.partition(":?")[0], default or "a-password")

    raw: dict[str, object] = COMPOSE["services"][program]["environment"]
    return {name: re.sub(r"\$\{([^}]+)\}", filled, str(value)) for name, value in raw.items()}


def test_every_part_of_the_system_is_there() -> None:
    assert set(COMPOSE["services"]) == {*SERVICES, "relay", "prepare", "postgres", "rabbitmq"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_finds_every_setting_it_reads_and_gets_no_other(service: str) -> None:
    given = environment(service)
    settings = Settings.of(service, Environment(given))

    assert COMPOSE["services"][service]["command"] == ["run", service]
    assert settings.health_port == 8100
    others = [name for other in SERVICES if other != service for name in given if name.startswith(named(other, ""))]
    assert others == []
    assert ("CRM_ACTOR_SIGNING_KEY" in given) == (service == "gateway")


def test_the_relay_finds_the_databases_and_brokers_of_all() -> None:
    given = Environment(environment("relay"))

    assert [ServiceRelay(service, given).service for service in SERVICES] == list(SERVICES)


def test_preparing_knows_every_role_of_every_service_and_the_services_the_same_ones() -> None:
    prepared = environment("prepare")

    for service in SERVICES:
        for role in (*migrations.ROLES, "AMQP_URI"):
            assert named(service, role) in prepared
        for name, value in environment(service).items():
            assert prepared.get(name, value) == value, name
    for name, value in environment("relay").items():
        assert prepared.get(name, value) == value, name
    assert {"CRM_DATABASE_URL", "CRM_AMQP_URI", "CRM_MANAGEMENT_URL"} <= set(prepared)


def test_the_servers_are_reached_at_the_names_and_ports_they_have() -> None:
    hosts = {
        match
        for program in (*SERVICES, "relay", "prepare")
        for value in environment(program).values()
        for match in re.findall(r"@([a-z]+):(\d+)", value)
    }
    assert hosts == {("postgres", "5432"), ("rabbitmq", "5672"), ("rabbitmq", "15672")}


def test_only_the_gateway_is_published_and_on_the_port_it_listens_on() -> None:
    published = {name: part["ports"] for name, part in COMPOSE["services"].items() if "ports" in part}

    assert published == {"gateway": ["127.0.0.1:8000:8000"]}
    assert environment("gateway")["CRM_GATEWAY_HTTP_PORT"] == "8000"


def test_the_image_has_what_the_code_needs_and_runs_the_crm_command() -> None:
    copied = set(re.findall(r"^COPY (\S+)", DOCKERFILE, re.MULTILINE))

    assert copied == {"requirements.lock", "contracts", "chassis", "services", "gateway", "simulator"}
    assert 'ENTRYPOINT ["python", "-m", "chassis.cli"]' in DOCKERFILE
    assert "USER crm" in DOCKERFILE
    assert "FROM python:3.11" in DOCKERFILE


def test_no_password_stands_in_the_file() -> None:
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    secrets = re.findall(r"(?m)^ +[A-Z_]*(?:PASS|PASSWORD|KEYS?): (\S+)", text)

    assert secrets
    assert all(secret.startswith("${") for secret in secrets)
