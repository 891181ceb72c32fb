"""Runs services: one nameko container per service, one process for one or for all of them."""

from __future__ import annotations

import os
import signal
import threading
from importlib import import_module
from typing import Any

import eventlet
from eventlet import patcher
from nameko.containers import ServiceContainer
from sqlalchemy import text

from chassis.process import logs
from chassis.process.health import Health, guard_loop
from chassis.process.settings import Settings
from chassis.store.database import Database

log = logs.get("runner")

MAX_WORKERS = 400
"""Greenlets per service: more than all prefetch windows together, so that taking a message never waits for a worker."""
LAST_MOMENT = 30.0
"""Seconds after SIGTERM at which the process ends whatever hangs."""


class BlockingDriver(SystemExit):
    """Waiting for the database stops every other greenlet of the process."""

    def __init__(self) -> None:
        super().__init__(
            "crm: nothing else ran while the database was waited for: "
            "the driver blocks the event loop (PSYCOPG_WAIT_FUNC was set too late)"
        )


def service_class(name: str) -> type:
    """The nameko class of a service: the one in `services/<name>/service.py` or `gateway/service.py`."""
    module = import_module("gateway.service" if name == "gateway" else f"services.{name}.service")
    return next(
        value for value in vars(module).values() if isinstance(value, type) and getattr(value, "name", None) == name
    )


def require_green_driver(database: Database) -> None:
    """Prove that others run while the database is waited for. Raises BlockingDriver; no database proves nothing."""
    turns = 0

    def turn() -> None:
        nonlocal turns
        while True:
            eventlet.sleep(0.005)
            turns += 1

    try:
        with database.reading() as connection:
            turner = eventlet.spawn(turn)
            before = turns
            connection.execute(text("SELECT pg_sleep(0.1)"))
            turned = turns - before
            turner.kill()
    except Exception as error:
        log.warning("driver not checked: no database yet", error=type(error).__name__)
        return
    if turned == 0:
        raise BlockingDriver


def run(names: tuple[str, ...]) -> None:
    """Run the services until SIGTERM or SIGINT, then finish what is in hand and return."""
    settings = {name: Settings.of(name) for name in names}
    logs.configure(names[0] if len(names) == 1 else "all")
    health = Health()
    containers = [ServiceContainer(service_class(name), config_of(settings[name], health)) for name in names]
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    first = Database(settings[names[0]].database_url, pool_size=2)
    require_green_driver(first)
    first.close()
    for container in containers:
        container.start()
    for name in names:
        health.serve(settings[name].health_port)
    guard_loop(patcher.original("threading").Thread, patcher.original("time").sleep)
    log.info("started", services=list(names), pid=os.getpid())
    while not stop.wait(0.5):
        _fail_if_any_died(containers)
    threading.Timer(LAST_MOMENT, lambda: os._exit(70)).start()
    stopping = [eventlet.spawn(container.stop) for container in containers]
    for each in stopping:
        each.wait()
    log.info("stopped", services=list(names))
    os._exit(0)


def config_of(settings: Settings, health: Health) -> dict[str, Any]:
    """What the extensions of a service's container find there: they share its database."""
    return {
        "settings": settings,
        "database": Database(settings.database_url, service=settings.service, pool_size=settings.pool_size),
        "health": health,
        "max_workers": MAX_WORKERS,
        "AMQP_URI": settings.amqp_uri,
    }


def _fail_if_any_died(containers: list[ServiceContainer]) -> None:
    for container in containers:
        if container._died.ready():  # noqa: SLF001  # nameko offers only a wait that blocks
            log.error("a service died", service=container.service_name)
            os._exit(1)
