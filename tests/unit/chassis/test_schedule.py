"""Scheduled work at the command (`crm schedule run`)."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from chassis.schedule import schedule_run, scheduled

OUTSIDE = ("0001-01-01T00:00:00+08:00", "1899-12-31T23:59:59+00:00", "2100-01-01T00:00:00+00:00", "9999-12-31")


@pytest.mark.parametrize("now", OUTSIDE)
@pytest.mark.parametrize("name", [one.name for one in scheduled()])
def test_a_moment_that_no_request_may_name_is_a_mistake_of_use(
    name: str, now: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_TEST_MODE", "1")
    ran = CliRunner().invoke(schedule_run, [name, "--now", now])
    assert (ran.exit_code, "must be from 1900 to 2099" in ran.output) == (2, True), ran.output
