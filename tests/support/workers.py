"""Tests in several processes (`pytest -n 3`): what stands outside, and what goes together.

The controlling process starts PostgreSQL and RabbitMQ once, before its workers, and tells them the addresses by the
variables that give servers (`databases.py`, `broker.py`). The servers are tied to it: they end when it ends, however.
Each worker has databases and a virtual host of its own there.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.broker import rabbitmq
from tests.support.databases import postgres, servers_folder
from tests.support.layers import QUICK, layer_of

if TYPE_CHECKING:
    from xdist.scheduler.protocol import Scheduling

TOGETHER = (
    "tests/faults/",
    "tests/integration/gateway/",
    "tests/e2e/test_wrong_once.py",
    "tests/e2e/",
)
"""Where tests share something that is dear to start: one worker does all of them, and no other starts it too.
The longest stand first. All other files are done by whichever worker is free."""


def group_of(nodeid: str) -> str:
    """What a test goes together with: a place of `TOGETHER`, else its file."""
    return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid.partition("::")[0])


def controls_workers(config: pytest.Config) -> bool:
    """Whether this process runs no tests itself but has workers do it."""
    return config.getoption("dist", "no") != "no" and not config.getoption("collectonly")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In workers what is long comes between the quick layers and what fills up, so that none waits for the other."""
    if not hasattr(config, "workerinput"):
        return
    place = {group: number for number, group in enumerate((*QUICK, *TOGETHER))}
    items.sort(key=lambda item: place.get(layer_of(item.nodeid), place.get(group_of(item.nodeid), len(place))))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the servers of all workers, both at the same time; they end after the last worker."""
    if not controls_workers(session.config):
        return
    running = ExitStack()
    session.config.add_cleanup(running.close)
    folder = running.enter_context(servers_folder())
    with ThreadPoolExecutor(2) as pool:
        database = pool.submit(running.enter_context, postgres(folder))
        broker = pool.submit(running.enter_context, rabbitmq(folder))
    amqp_uri, management_url = broker.result()
    os.environ["CRM_TEST_DATABASE_URL"] = database.result()
    os.environ["CRM_TEST_AMQP_URI"], os.environ["CRM_TEST_MANAGEMENT_URL"] = amqp_uri, management_url


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    """Hand out groups in the order of the run, quick folders first."""
    from xdist.scheduler import LoadScopeScheduling

    class InGroups(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    config.option.loadscopereorder = False
    return InGroups(config, log)
