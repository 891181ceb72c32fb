"""The `crm` command is there after `make venv`, and finds the system that runs in its checkout."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from chassis.bus.relay import ServiceRelay
from chassis.cli import AT_HAND, take_what_is_at_hand
from chassis.process.settings import SERVICES, Environment, MissingSetting, Settings
from deploy.local import environment
from deploy.local.environment import ALL, PREPARE, RELAY
from deploy.local.run_dir import ENVIRONMENT
from deploy.local.stack import Stack

ROOT = Path(__file__).parents[2]
CRM = Path(sys.prefix) / "bin" / "crm"


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A stack on servers that were given, as it is when it has started; its place has signs a shell minds."""
    monkeypatch.setenv("CRM_DATABASE_URL", "postgresql://root:given-to-the-test@db.example:5499/postgres?a=1&b=$2")
    monkeypatch.setenv("CRM_AMQP_URI", "amqp://root:given-to-the-test@mq.example:5699/dealers")
    monkeypatch.setenv("CRM_MANAGEMENT_URL", "http://root:given-to-the-test@mq.example:15699")
    made = Stack(tmp_path / "it's here")
    environment.choose_ports(made.run_dir)
    made.run_dir.tell_environment(made.env_for(PREPARE) | made.env_for(ALL) | made.env_for(RELAY))
    return made


def test_the_command_stands_in_the_environment_and_runs_anywhere(tmp_path: Path) -> None:
    shown = subprocess.run([CRM, "--help"], cwd=tmp_path, env={}, capture_output=True, text=True, check=True)

    assert "bootstrap" in shown.stdout
    assert shown.stderr == ""


def test_whatever_the_command_does_it_finds_its_settings_where_a_system_runs(stack: Stack) -> None:
    found = {"PATH": "/bin", "CRM_BOOTSTRAP_PASSWORD": "an operator's own"}

    assert take_what_is_at_hand(found, stack.run_dir.path / ENVIRONMENT)

    given = Environment(found)
    for service in SERVICES:
        assert Settings.of(service, given).database_url == stack.env_for(service)[f"CRM_{service.upper()}_DATABASE_URL"]
        assert ServiceRelay(service, given).service == service
        assert given.text(f"CRM_{service.upper()}_OWNER_URL")
    for name in ("CRM_DATABASE_URL", "CRM_AMQP_URI", "CRM_MANAGEMENT_URL"):
        assert given.text(name) == os.environ[name]
    assert (found["PATH"], found["CRM_BOOTSTRAP_PASSWORD"]) == ("/bin", "an operator's own")


@pytest.mark.parametrize("own", ["CRM_DATABASE_URL", "CRM_GATEWAY_AMQP_URI", "CRM_SALES_OWNER_URL_FILE"])
def test_settings_of_another_system_are_never_mixed_with_those_at_hand(stack: Stack, own: str) -> None:
    found = {own: "elsewhere"}

    assert not take_what_is_at_hand(found, stack.run_dir.path / ENVIRONMENT)
    assert found == {own: "elsewhere"}


def test_a_shell_reads_the_same(stack: Stack) -> None:
    file = stack.run_dir.path / ENVIRONMENT
    found: dict[str, str] = {}
    take_what_is_at_hand(found, file)

    script = f"set -a; . {shlex.quote(str(file))}; exec env -0"
    shown = subprocess.run(["/bin/sh", "-c", script], env={}, capture_output=True, text=True, check=True).stdout

    read = dict(line.split("=", 1) for line in shown.split("\0") if line)
    assert {name: value for name, value in read.items() if name.startswith("CRM_")} == found


def test_it_is_its_owners_alone_and_goes_when_the_system_stops(stack: Stack) -> None:
    file = stack.run_dir.path / ENVIRONMENT
    assert file.stat().st_mode & 0o077 == 0

    stack._lock = stack.run_dir.lock()
    stack.stop()

    assert not file.exists()
    assert not take_what_is_at_hand({}, file)


def test_the_place_it_is_looked_for_is_the_one_make_run_uses() -> None:
    assert AT_HAND == ROOT / ".run" / ENVIRONMENT


def test_where_nothing_runs_the_missing_setting_is_named_with_where_to_find_it() -> None:
    with pytest.raises(MissingSetting, match=r"set CRM_AMQP_URI .*deploy/env\.example.*make run") as told:
        Environment({}).text("CRM_AMQP_URI")

    assert "\n" not in str(told.value)
