"""Fixtures of all tests. pytest itself runs without eventlet: what needs it runs in a process of its own."""

from __future__ import annotations

import os
from typing import Any

import hypothesis
import pytest

from chassis.process.settings import new_sealing_keys
from tests.support.examples import DAY

unhurried: dict[str, Any] = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("day", max_examples=DAY, derandomize=True, database=None, **unhurried)
hypothesis.settings.register_profile("night", max_examples=20 * DAY, print_blob=True, **unhurried)

pytest_plugins = [f"tests.support.{name}" for name in ("layers", "databases", "broker", "system", "workers")]

OURS = (
    *("CRM_TEST_DATABASE_URL", "CRM_TEST_AMQP_URI", "CRM_TEST_MANAGEMENT_URL", "CRM_POSTGRES_BIN", "CRM_CACHE_DIR"),
    *("CRM_FAULT_ROUNDS", "CRM_FAULT_CLOSINGS", "CRM_WRONG_ONE_IN"),
)
"""What tests take from the environment; the servers of a system in use are none of their business."""


def pytest_configure(config: pytest.Config) -> None:
    """Forget the settings of whatever system the shell is set up for; examples few and the same ones by day."""
    hypothesis.settings.load_profile(config.getoption("--hypothesis-profile") or "day")
    for name in [name for name in os.environ if name.startswith("CRM_") and name not in OURS]:
        del os.environ[name]
    os.environ["CRM_CUSTOMER_SEALING_KEYS"] = new_sealing_keys()
