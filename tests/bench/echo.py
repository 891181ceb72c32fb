"""Calls through our chassis: the same echo as `stock_nameko.py`, over the whole path of a real call.

The server is a nameko container with one `shows` row of an operation declared here: deadline, signed actor,
access matrix, shape, a connection of the database's pool, metrics and a log line, as for any operation.
The caller is a `chassis.bus.rpc.Caller` with 1 or 16 greenlets that make one call after another,
as the gateway does: a context and an actor's token with every call.
"""

import sys

if __name__ == "__main__":
    import eventlet

    eventlet.monkey_patch()  # before anything else is imported, as `crm run` does

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import eventlet
from nameko.containers import ServiceContainer
from sqlalchemy import Connection

from chassis.bus import topology
from chassis.bus.context import new_context
from chassis.bus.management import Management, vhost_of
from chassis.bus.rpc import Caller
from chassis.bus.topology import Topology
from chassis.process import logs
from chassis.process.actors import GATEWAY, Signer, new_key
from chassis.process.clock import now
from chassis.process.health import Health
from chassis.process.settings import PUBLIC_KEYS, SERVICES, Settings, public_keys_of
from chassis.runner import config_of
from chassis.table import shows
from contracts import access, shapes
from contracts.operation import query as declare_query
from tests.bench.figures import Figures, figures_of
from tests.bench.limits import CALL_BYTES

REPOSITORY = Path(__file__).resolve().parents[2]
START_SECONDS = 20.0
CALL_SECONDS = 8.0
HEARTBEAT = 10
ADVISOR = access.Actor("bench", ("advisor",), ("HN",))


@dataclass(frozen=True, slots=True)
class Said:
    """A text there and back."""

    body: Annotated[str, shapes.Text(1, 500)]


ECHO = declare_query("echo.echo", Said, Said, summary="The same again")
access.matrix().operations[ECHO.name] = {"advisor": access.Reach.STORE}


def said_again(_connection: Connection, asked: Said) -> Said:
    """The same, once more."""
    return asked


class EchoService:
    """What `crm run` would run, if it were a service."""

    name = "echo"

    echo = shows(ECHO, said_again)


@dataclass(frozen=True)
class Echo:
    """A running echo service, and what a caller must know to reach it."""

    environment: dict[str, str]

    def measure(self, *, in_flight: int, seconds: float, warmup: float) -> Figures:
        """Calls per second and latency with `in_flight` callers in another process."""
        asked = [str(in_flight), str(seconds), str(warmup)]
        with part("call", *asked, environment=self.environment, log=None) as caller:
            answer, _ = caller.communicate(timeout=seconds + warmup + START_SECONDS)
        if caller.returncode:
            raise RuntimeError(f"the echo's caller ended with {caller.returncode}")
        return Figures(**json.loads(answer))


@contextmanager
def serving(*, amqp_url: str, database_url: str, management_url: str, log: Path) -> Iterator[Echo]:
    """The echo service in a process of its own; its log lines go to `log`, as a service's do."""
    keys = {service: new_key() for service in (*SERVICES, ECHO.service)}
    environment = os.environ | {
        "CRM_ECHO_AMQP_URI": amqp_url,
        "CRM_ECHO_DATABASE_URL": database_url,
        PUBLIC_KEYS: public_keys_of(keys),
        "CRM_ECHO_SIGNING_KEY": keys[ECHO.service],
        "CRM_GATEWAY_SIGNING_KEY": keys[GATEWAY],
    }
    declare(Management(management_url, vhost=vhost_of(amqp_url)))
    with part("serve", environment=environment, log=log):
        yield Echo(environment)


def declare(management: Management) -> None:
    """The exchanges and the queue of calls to `echo`, as the topology makes them for a service."""
    made = Topology()
    made.exchange(topology.REPLIES, "direct")
    topology._calls(made, ECHO.service)
    management.apply(made, {})


@contextmanager
def part(name: str, *asked: str, environment: dict[str, str], log: Path | None) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-W", "ignore", "-m", "tests.bench.echo", name, *asked]
    with (log or Path(os.devnull)).open("a") as output:
        out = subprocess.PIPE if log is None else output
        with subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=out, text=True) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()


def serve() -> None:
    """The server process: answers until it is ended."""
    logs.configure(ECHO.service)
    settings = Settings.of(ECHO.service)
    container = ServiceContainer(EchoService, config_of(settings, Health()))
    container.start()
    container.wait()


def call(in_flight: int, *, seconds: float, warmup: float) -> None:
    """The calling process: prints its `Figures` as JSON."""
    caller = Caller(os.environ["CRM_ECHO_AMQP_URI"], user="bench", heartbeat=HEARTBEAT)
    eventlet.spawn(caller.link.run)
    if not caller.link.wait_up(START_SECONDS):
        raise RuntimeError("no broker")
    token = Signer(GATEWAY, os.environ["CRM_GATEWAY_SIGNING_KEY"]).sign(ADVISOR, now=now())
    body = shapes.dump(Said("x" * CALL_BYTES))
    caller.call(ECHO, body, new_context(START_SECONDS, actor_token=token, store_id="HN"))  # waits for the server
    latencies: list[float] = []
    opens = time.perf_counter() + warmup
    closes = opens + seconds

    def loop() -> None:
        while (started := time.perf_counter()) < closes:
            caller.call(ECHO, body, new_context(CALL_SECONDS, actor_token=token, store_id="HN"))
            ended = time.perf_counter()
            if opens <= ended <= closes:
                latencies.append(ended - started)

    cpu = time.process_time()
    for each in [eventlet.spawn(loop) for _ in range(in_flight)]:
        each.wait()  # raises what the loop raised
    cpu = time.process_time() - cpu
    figures = figures_of(latencies, seconds=seconds, client_cpu=cpu / (seconds + warmup))
    print(json.dumps(asdict(figures)), flush=True)
    os._exit(0)


def main() -> None:
    part_name, *asked = sys.argv[1:]
    if part_name == "serve":
        serve()
    else:
        call(int(asked[0]), seconds=float(asked[1]), warmup=float(asked[2]))


if __name__ == "__main__":
    main()
