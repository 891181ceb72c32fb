"""The real gateway and customer service, on the session's PostgreSQL and RabbitMQ."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import eventlet  # noqa: F401  # its retirement notice comes with the first import

from chassis.process.settings import new_signing_keys
from deploy.local.ports import any_free
from tests.integration.gateway.running import CONNECTIONS, Gateway, Person, Process
from tests.support.broker import Broker
from tests.support.databases import Databases
from tests.support.polling import eventually

ADMIN_PASSWORD = "the first administrator's"


@pytest.fixture(scope="package")
def settings(databases: Databases, broker: Broker) -> dict[str, str]:
    """Settings of the processes."""
    for service in ("gateway", "customer"):
        databases(service)
    return {
        **databases.variables("gateway", "customer"),
        **broker.variables("gateway", "customer"),
        **new_signing_keys(),
        "CRM_TEST_MODE": "1",
        "CRM_GATEWAY_TRUSTED_PROXY": "127.0.0.1",
        "CRM_GATEWAY_CONNECTIONS": str(CONNECTIONS),
    }


@pytest.fixture(scope="package")
def start_gateway(settings: dict[str, str], databases: Databases, run_dir: Path) -> Iterator[Callable[..., Gateway]]:
    """`start_gateway(CRM_…="…")` starts a gateway of its own; all are ended with the session."""
    started: list[Process] = []

    def start(*, until: str = "/readyz", port: int = 0, **more: str) -> Gateway:
        port = port or any_free()
        environment = {**settings, "CRM_GATEWAY_HTTP_PORT": str(port), **more}
        process = Process("run", "gateway", environment=environment, log=run_dir / f"gateway-{port}.log")
        started.append(process)
        gateway = Gateway(port, databases, process)
        eventually(lambda: answers(port, until), within=30, what=f"the gateway to be ready; see {process.log}")
        return gateway

    yield start
    for process in started:
        process.signal(signal.SIGTERM)
    for process in started:  # at the same time: each takes a second
        process.ended()


@pytest.fixture(scope="package")
def gateway(start_gateway: Callable[..., Gateway], settings: dict[str, str]) -> Gateway:
    """The gateway of most tests, with a first administrator."""
    environment = {"PATH": os.environ["PATH"], **settings, "CRM_BOOTSTRAP_PASSWORD": ADMIN_PASSWORD}
    command = [sys.executable, "-W", "ignore", "-m", "gateway.bootstrap", "--account", "admin", "--keep"]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return start_gateway()


@pytest.fixture(scope="package")
def customer_service(settings: dict[str, str], run_dir: Path) -> Iterator[Process]:
    """The real customer service."""
    port = any_free()
    keys = "CRM_CUSTOMER_SEALING_KEYS"  # the session's: others read its database too
    own = {"CRM_CUSTOMER_HEALTH_PORT": str(port), keys: os.environ[keys]}
    process = Process("run", "customer", environment={**settings, **own}, log=run_dir / "customer.log")
    eventually(lambda: answers(port), within=30, what=f"the customer service to be ready; see {process.log}")
    yield process
    process.stop()


@pytest.fixture(scope="package")
def boss(gateway: Gateway) -> Person:
    """An administrator."""
    return gateway.person("admin")


def answers(port: int, path: str = "/readyz") -> bool:
    """Whether a process says that it is ready."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=3) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
