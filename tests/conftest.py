"""Fixtures of all tests. pytest itself runs without eventlet: what needs it runs in a process of its own."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

from chassis.process.settings import new_sealing_keys
from tests.support.examples import DAY

hypothesis.settings.register_profile("day", deadline=None, max_examples=DAY, derandomize=True, database=None)
hypothesis.settings.register_profile("night", deadline=None, max_examples=20 * DAY, print_blob=True)

pytest_plugins = ["tests.support.databases", "tests.support.broker", "tests.support.system"]

OURS = (
    *("CRM_TEST_DATABASE_URL", "CRM_TEST_AMQP_URI", "CRM_TEST_MANAGEMENT_URL", "CRM_POSTGRES_BIN", "CRM_CACHE_DIR"),
    *("CRM_FAULT_ROUNDS", "CRM_FAULT_CLOSINGS"),
)
"""What tests take from the environment; the servers of a system in use are none of their business."""

FOLDERS = ("unit", "architecture", "contract", "integration", "e2e", "console", "faults")


def pytest_configure(config: pytest.Config) -> None:
    """Forget the settings of whatever system the shell is set up for; examples few and the same ones by day."""
    hypothesis.settings.load_profile(config.getoption("--hypothesis-profile") or "day")
    for name in [name for name in os.environ if name.startswith("CRM_") and name not in OURS]:
        del os.environ[name]
    os.environ["CRM_CUSTOMER_SEALING_KEYS"] = new_sealing_keys()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark each test by its folder, and run the quick folders first."""
    root = config.rootpath / "tests"
    order = {name: number for number, name in enumerate((*FOLDERS, "bench"))}

    def folder(item: pytest.Item) -> str:
        path = Path(item.path)
        return path.relative_to(root).parts[0] if path.is_relative_to(root) else ""

    for item in items:
        if (name := folder(item)) in FOLDERS:
            item.add_marker(name)
    items.sort(key=lambda item: order.get(folder(item), len(order)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line per folder: how many tests, how long."""
    counts: dict[str, dict[str, int]] = {}
    seconds: dict[str, float] = {}
    for outcome, reports in terminalreporter.stats.items():
        for report in reports:
            if not isinstance(report, pytest.TestReport):
                continue
            parts = Path(report.nodeid.partition("::")[0]).parts
            folder = parts[1] if len(parts) > 2 else parts[0]
            seconds[folder] = seconds.get(folder, 0.0) + report.duration
            if outcome:
                counts.setdefault(folder, {}).setdefault(outcome, 0)
                counts[folder][outcome] += 1
    terminalreporter.section("by folder")
    for folder, outcomes in counts.items():
        told = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items())
        terminalreporter.line(f"{folder:14}{seconds[folder]:7.1f} s   {told}")
