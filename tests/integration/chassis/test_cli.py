"""The `crm` command as an operator uses it: what it says, and with which exit code."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from chassis.settings import SERVICES, Environment, SealingSettings
from tests.integration.chassis.test_dead import bury
from tests.support.broker import Broker
from tests.support.consuming import SERVICE
from tests.support.databases import Databases
from tests.support.polling import eventually
from tests.support.source import ROOT


def crm(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CRM_")}
    return subprocess.run(
        [sys.executable, "-m", "chassis.cli", *words],
        cwd=ROOT,
        env=environment | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def variables(databases: Databases, clean_queues: Broker) -> dict[str, str]:
    """What an operator's shell knows."""
    return databases.variables(*SERVICES) | clean_queues.variables(*SERVICES)


def test_help_names_every_command():
    done = crm("--help")
    assert done.returncode == 0
    for word in ("run", "relay", "prepare", "database", "topology", "dead", "events", "keys", "access", "privacy"):
        assert f"\n  {word} " in done.stdout


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        (["topology", "diff"], "CRM_MANAGEMENT_URL"),
        (["dead", "list", "customer"], "CRM_AMQP_URI"),
        (["database", "prepare"], "CRM_CUSTOMER_OWNER_URL"),
        (["run", "sales"], "CRM_SALES_DATABASE_URL"),
        (["relay", "sales"], "CRM_SALES_RELAY_URL"),
    ],
)
def test_a_missing_setting_is_one_line_that_names_it(words, missing):
    done = crm(*words)
    assert done.returncode != 0
    assert missing in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_broker_that_is_not_there_is_one_line():
    done = crm("dead", "list", "customer", CRM_AMQP_URI="amqp://nobody:x@127.0.0.1:9/crm")
    assert done.returncode != 0
    assert len(done.stderr.strip().splitlines()) == 1


def test_prepare_may_be_run_again(variables, databases):
    for service in SERVICES:
        databases(service)
    done = crm("prepare", **variables)
    assert done.returncode == 0, done.stderr
    assert "sales: at the newest revision" in done.stdout
    assert "topology: applied" in done.stdout


def test_diff_ends_with_one_when_something_is_missing(variables, clean_queues):
    assert crm("topology", "diff", **variables).returncode == 0
    with clean_queues.channel() as channel:
        channel.queue_delete("reporting.retry.800ms")
    try:
        done = crm("topology", "diff", **variables)
        assert done.returncode == 1
        assert "missing queue reporting.retry.800ms" in done.stdout
        assert crm("topology", "apply", **variables).returncode == 0
        assert crm("topology", "diff", **variables).returncode == 0
    finally:
        clean_queues.apply()


def test_a_dead_message_is_listed_shown_replayed_and_dropped(variables, clean_queues):
    bury(clean_queues, 1)
    bury(clean_queues, 2)
    listed = crm("dead", "list", SERVICE, **variables).stdout
    assert "m-1  vehicle_delivered  refused" in listed
    assert "m-2" in listed
    shown = crm("dead", "show", SERVICE, "m-1", **variables).stdout
    assert "vehicle_delivered.v1.HN" in shown
    assert '{"n":1}' in shown
    assert crm("dead", "show", SERVICE, "m-9", **variables).returncode == 1
    assert crm("dead", "replay", SERVICE, "m-1", **variables).stdout.startswith("1 ")
    eventually(lambda: clean_queues.count(SERVICE) == 1)
    assert crm("dead", "drop", SERVICE, "--all", **variables).stdout.startswith("1 ")
    assert clean_queues.count(f"{SERVICE}.dead") == 0


@pytest.mark.parametrize("word", ["replay", "drop"])
def test_nothing_is_replayed_or_dropped_without_saying_what(variables, clean_queues, word):
    bury(clean_queues, 1)
    assert crm("dead", word, SERVICE, **variables).returncode == 2
    assert clean_queues.count(f"{SERVICE}.dead") == 1


def test_keys_are_a_pair():
    lines = dict(line.split("=", 1) for line in crm("keys").stdout.splitlines())
    assert set(lines) == {"CRM_ACTOR_SIGNING_KEY", "CRM_ACTOR_PUBLIC_KEY", "CRM_CUSTOMER_SEALING_KEYS"}
    assert SealingSettings.of(Environment(lines)).current == "k1"
