"""The first administrator of an installation."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.integration.gateway.running import Gateway
from tests.support.randoms import code


def bootstrap(settings: dict[str, str], account: str, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "gateway.bootstrap", "--account", account, *words],
        env={"PATH": os.environ["PATH"], **settings, **more},
        capture_output=True,
        text=True,
        check=False,
    )


def told(settings: dict[str, str], account: str, **more: str) -> dict[str, Any]:
    done = bootstrap(settings, account, **more)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def production(settings: dict[str, str]) -> dict[str, str]:
    """Settings of an installation that is no test."""
    return {**settings, "CRM_TEST_MODE": "0"}


def test_the_one_time_password_opens_the_way_to_an_own_one(gateway: Gateway, production: dict[str, str]) -> None:
    account = code("BOSS")
    first = told(production, account)
    assert first["changed"] is True
    begun = gateway.log_in(account, first["password"])
    assert (begun.status, begun.body["must_change_password"]) == (201, True)
    assert gateway.rows("SELECT roles, stores FROM staff WHERE code = %s", account) == [(["admin"], [])]


def test_asking_again_changes_nothing_while_the_password_is_good(gateway: Gateway, production: dict[str, str]) -> None:
    account = code("BOSS")
    first = told(production, account)
    assert told(production, account) == {"account": account, "changed": False, "password": None}
    assert gateway.log_in(account, first["password"]).status == 201


def test_a_password_that_was_let_pass_is_given_anew_and_an_own_one_never(
    gateway: Gateway, production: dict[str, str]
) -> None:
    account = code("BOSS")
    first = told(production, account)
    gateway.rows("UPDATE account SET initial_until = now() WHERE staff_code = %s", account)
    assert gateway.log_in(account, first["password"]).status == 401
    second = told(production, account)
    assert second["changed"] is True
    assert gateway.log_in(account, second["password"]).status == 201
    gateway.rows("UPDATE account SET initial_until = NULL WHERE staff_code = %s", account)
    assert told(production, account)["changed"] is False


def test_a_given_password_is_not_printed(gateway: Gateway, production: dict[str, str]) -> None:
    account = code("BOSS")
    given = told(production, account, CRM_BOOTSTRAP_PASSWORD="given by the operator")
    assert given == {"account": account, "changed": True, "password": None}
    assert gateway.log_in(account, "given by the operator").status == 201


@pytest.mark.parametrize(("account", "password"), [("BOSS9", "12345678"), ("no such sign", "a good password")])
def test_what_will_not_do_is_said_in_one_line(production: dict[str, str], account: str, password: str) -> None:
    refused = bootstrap(production, account, CRM_BOOTSTRAP_PASSWORD=password)
    assert refused.returncode != 0
    assert refused.stderr.startswith("Error: ")
    assert len(refused.stderr.splitlines()) == 1
    assert password not in refused.stderr


def test_a_lasting_password_is_for_test_systems(production: dict[str, str]) -> None:
    refused = bootstrap(production, code("BOSS"), "--keep")
    assert refused.returncode != 0
    assert "test systems" in refused.stderr
