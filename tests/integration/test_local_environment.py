"""Each program is told what it needs and no other's secret."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from chassis.process.settings import Environment, SealingSettings, public_keys_of
from deploy.local import environment
from deploy.local.environment import OWNERS, SERVICES
from deploy.local.errors import LocalStackError
from deploy.local.infrastructure import Infrastructure
from deploy.local.run_dir import RunDir
from deploy.local.stack import Stack

ADMIN = ("CRM_DATABASE_URL", "CRM_AMQP_URI", "CRM_MANAGEMENT_URL")


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A stack on servers that were given."""
    monkeypatch.setenv("CRM_DATABASE_URL", "postgresql://root:a@db.example:5499/postgres?sslmode=require")
    monkeypatch.setenv("CRM_AMQP_URI", "amqp://root:b@mq.example:5699/dealers")
    monkeypatch.setenv("CRM_MANAGEMENT_URL", "http://root:b@mq.example:15699")
    made = Stack(tmp_path / "run", test_mode=True)
    environment.choose_ports(made.run_dir)
    return made


@pytest.mark.parametrize("name", OWNERS)
def test_a_program_knows_its_own_secrets_only(stack: Stack, name: str) -> None:
    env = stack.env_for(name)

    strangers = [other for other in (*OWNERS, "relay") if other != name]
    assert not [key for key in env if key.startswith(tuple(f"CRM_{other.upper()}_" for other in strangers))]
    assert not [key for key in env if key in ADMIN or key.endswith(("_OWNER_URL", "_RELAY_URL"))]
    values = " ".join(env.values())
    assert not [key for key, secret in others_secrets(stack, name) if secret in values]


def others_secrets(stack: Stack, name: str) -> list[tuple[str, str]]:
    own = {f"broker.{name}", f"database.{name}_app", f"{name}.signing_key", f"{name}.sealing_keys"}
    for other in (*OWNERS, "relay", "prepare"):
        stack.env_for(other)
    return [(key, secret) for key, secret in stack.run_dir.secrets().items() if key not in own]


def test_given_servers_are_addressed_as_given_with_each_programs_own_login(stack: Stack) -> None:
    env = stack.env_for("sales")
    secret = stack.run_dir.secrets()

    app = secret["database.sales_app"]
    assert env["CRM_SALES_DATABASE_URL"] == f"postgresql://sales_app:{app}@db.example:5499/crm_sales?sslmode=require"
    assert env["CRM_SALES_AMQP_URI"] == f"amqp://sales:{secret['broker.sales']}@mq.example:5699/dealers"
    assert stack.postgres is None
    assert stack.rabbitmq is None


def test_the_relay_has_every_outbox_and_no_service_role(stack: Stack) -> None:
    env = stack.env_for("relay")

    assert all(f"CRM_{name.upper()}_RELAY_URL" in env and f"CRM_{name.upper()}_AMQP_URI" in env for name in OWNERS)
    assert not [key for key in env if key.endswith(("_DATABASE_URL", "_OWNER_URL"))]


def test_only_the_administrators_commands_get_the_administrators_addresses(stack: Stack) -> None:
    env = stack.env_for("prepare")

    assert all(key in env for key in ADMIN)
    for name in OWNERS:
        own = [f"CRM_{name.upper()}_{what}" for what in ("OWNER_URL", "DATABASE_URL", "RELAY_URL", "AMQP_URI")]
        assert all(key in env for key in own)


def test_all_in_one_process_is_told_what_each_alone_is_told(stack: Stack) -> None:
    together = stack.env_for("all")

    for name in (*SERVICES, "gateway"):
        assert stack.env_for(name).items() <= together.items()


def test_each_signs_with_a_key_of_its_own_and_all_know_which(stack: Stack) -> None:
    told = {name: stack.env_for(name) for name in OWNERS}
    keys = {name: env[f"CRM_{name.upper()}_SIGNING_KEY"] for name, env in told.items()}

    assert len(set(keys.values())) == len(OWNERS)
    assert {env["CRM_ACTOR_PUBLIC_KEYS"] for env in told.values()} == {public_keys_of(keys)}


def test_the_sealing_keys_stay_with_the_data_and_reach_who_opens_it_and_nobody_else(stack: Stack) -> None:
    variable = "CRM_CUSTOMER_SEALING_KEYS"
    told = {name for name in (*OWNERS, "relay", "all", "prepare") if variable in stack.env_for(name)}
    keys = stack.env_for("customer")[variable]

    assert told == {"customer", "all", "prepare"}
    assert set(SealingSettings.of(Environment({variable: keys})).masters) == {"k1"}
    assert Stack(stack.run_dir.path, test_mode=True).env_for("prepare")[variable] == keys


def test_a_setting_for_all_reaches_all_and_a_foreign_secret_does_not(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_HEARTBEAT_SECONDS", "3")
    monkeypatch.setenv("CRM_CUSTOMER_DATABASE_URL", "postgresql://elsewhere")
    monkeypatch.setenv("CRM_PARTNER_PASSWORD", "secret")
    monkeypatch.setenv("CRM_PARTNER_PASSWORD_FILE", "/run/secrets/partner")
    monkeypatch.setenv("DEPLOY_TOKEN", "secret")

    env = stack.env_for("sales")

    assert env["CRM_HEARTBEAT_SECONDS"] == "3"
    assert env["CRM_TEST_MODE"] == "1"
    assert "CRM_CUSTOMER_DATABASE_URL" not in env
    assert not [key for key in env if key.startswith("CRM_PARTNER_PASSWORD")]
    assert stack.env_for("prepare")["CRM_PARTNER_PASSWORD"] == "secret"
    assert "DEPLOY_TOKEN" not in env


def test_the_port_that_was_asked_for_is_the_gateways_and_nobody_elses(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish = stack.run_dir.known_port("sales.health")
    monkeypatch.setenv("CRM_GATEWAY_HTTP_PORT", str(wish))

    environment.hold_http_port(stack.run_dir)
    ports = environment.choose_ports(stack.run_dir)

    assert ports.http == wish
    assert wish not in ports.health.values()
    assert stack.env_for("gateway")["CRM_GATEWAY_HTTP_PORT"] == str(wish)


def test_a_taken_port_is_told_in_one_line_before_anything_is_started(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        taken = stranger.getsockname()[1]
        monkeypatch.setenv("CRM_GATEWAY_HTTP_PORT", str(taken))

        with pytest.raises(LocalStackError) as told:
            stack.start()

    assert str(told.value).startswith(f"CRM_GATEWAY_HTTP_PORT={taken}: another program listens there")
    assert "\n" not in str(told.value)
    assert stack.supervisor.names() == []


@pytest.mark.parametrize("wish", ["http", "0", "65536", "-1", "80.5", "８０"])
def test_what_is_no_port_is_told(stack: Stack, monkeypatch: pytest.MonkeyPatch, wish: str) -> None:
    monkeypatch.setenv("CRM_GATEWAY_HTTP_PORT", wish)

    with pytest.raises(LocalStackError, match=r"CRM_GATEWAY_HTTP_PORT=.*a port is a number from 1 to 65535"):
        environment.hold_http_port(stack.run_dir)


def test_half_a_broker_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_AMQP_URI", "amqp://root:b@mq.example:5699/dealers")
    monkeypatch.delenv("CRM_MANAGEMENT_URL", raising=False)

    with pytest.raises(LocalStackError, match="belong together"):
        Infrastructure(tmp_path)


def test_an_unknown_program_is_told(stack: Stack) -> None:
    with pytest.raises(LocalStackError, match="no program is called billing"):
        stack.env_for("billing")


def test_ports_of_a_stack_that_never_ran_are_not_guessed(tmp_path: Path) -> None:
    with pytest.raises(LocalStackError, match="has never been started"):
        environment.known_ports(RunDir(tmp_path))
