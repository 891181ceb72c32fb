"""The `crm` command as an operator uses it: what it says, and with which exit code."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
import urllib.error
from contextlib import suppress

import pytest

from chassis.process.actors import public_key
from chassis.process.settings import SERVICES, Environment, SealingSettings, named
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


NOBODY = "amqp://crm:of-the-tests@127.0.0.1:9/crm"
NOWHERE = "postgresql://crm:of-the-tests@127.0.0.1:9/crm"
AWAY = {
    "CRM_AMQP_URI": NOBODY,
    "CRM_DATABASE_URL": NOWHERE,
    "CRM_MANAGEMENT_URL": "http://crm:of-the-tests@127.0.0.1:9",
}
AWAY |= {named(service, what): NOWHERE for service in SERVICES for what in ("DATABASE_URL", "OWNER_URL", "RELAY_URL")}
EVENT = "01a21bf5-0903-7375-8ea8-239d0de0f612"
COMMANDS = (
    ["bootstrap", "--account", "admin"],
    ["database", "migrate", "sales"],
    ["dead", "list", "customer"],
    ["events", "archive", "--before", "2026-01-01", "--to", "."],
    ["events", "rebuild", "reporting"],
    ["events", "replay", "--consumer", "reporting"],
    ["outbox", "drop", "sales", EVENT],
    ["topology", "diff"],
)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_server_that_is_away_is_one_line_of_every_command(words):
    done = crm(*words, **AWAY)
    assert done.returncode == 1, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stderr.startswith("crm: ")


@pytest.mark.parametrize(
    ("words", "user"),
    [
        (["dead", "list", "customer"], "nobody-"),
        (["events", "replay", "--consumer", "reporting"], "nobody-"),
        (["events", "rebuild", "sales"], ""),
    ],
)
def test_a_server_or_a_service_that_says_no_is_one_line(variables, words, user):
    variables["CRM_AMQP_URI"] = variables["CRM_AMQP_URI"].replace("://", f"://{user}", 1)
    done = crm(*words, **variables)
    assert done.returncode == 1, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "words",
    [
        ["outbox", "drop", "sales", "m-1"],
        ["outbox", "release", "sales", "m-1"],
        ["outbox", "list", "nobody"],
        ["outbox", "release", "nobody"],
        ["outbox", "drop", "nobody", EVENT],
        ["events", "archive", "--before", "yesterday", "--to", "."],
    ],
    ids=" ".join,
)
def test_a_word_that_cannot_be_meant_is_a_mistake_of_use(variables, words):
    done = crm(*words, **variables)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr


def test_a_day_without_a_zone_is_the_stores_day_wherever_the_command_runs(variables, databases, tmp_path):
    for service in SERVICES:
        databases(service)
    with gzip.open(tmp_path / "sales-2026-01.jsonl.gz", "wb") as file:
        for hour in ("2026-01-09T23:59:00+08:00", "2026-01-10T00:00:00+08:00"):
            line = {"id": EVENT, "type": "vehicle_delivered", "version": 1, "store": "HN", "at": hour, "envelope": {}}
            file.write(json.dumps(line).encode() + b"\n")
    span = ("--from", "2026-01-10", "--to", "2026-01-11", "--archives", str(tmp_path))
    done = crm("events", "replay", "--consumer", "reporting", *span, **variables, TZ="America/New_York")
    assert done.stdout == "1 events replayed to reporting\n", done.stderr


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


def test_the_topology_is_made_where_the_services_connect(variables, broker):
    elsewhere = Broker(re.sub("/[^/]*$", "/dealers-of-the-south", broker.admin_uri), broker.management_url)
    there = variables | elsewhere.variables(*SERVICES)
    try:
        applied = crm("topology", "apply", **there)
        assert applied.returncode == 0, applied.stderr
        assert crm("topology", "diff", **there).returncode == 0
        with elsewhere.channel("sales") as channel:
            channel.queue_declare("sales", passive=True)
    finally:
        with suppress(urllib.error.HTTPError):  # it was not made
            elsewhere.management.call("DELETE", f"/vhosts/{elsewhere.management.vhost}")


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


def test_keys_are_new_ones_that_fit_each_other():
    lines = dict(line.split("=", 1) for line in crm("keys").stdout.splitlines())
    signing = {named(service, "SIGNING_KEY") for service in SERVICES}
    assert set(lines) == {*signing, "CRM_ACTOR_PUBLIC_KEYS", "CRM_CUSTOMER_SEALING_KEYS"}
    known = dict(one.split(":") for one in lines["CRM_ACTOR_PUBLIC_KEYS"].split(","))
    assert known == {service: public_key(lines[named(service, "SIGNING_KEY")]) for service in SERVICES}
    assert SealingSettings.of(Environment(lines)).current == "k1"
