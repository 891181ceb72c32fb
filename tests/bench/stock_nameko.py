"""Calls through stock nameko, untouched: an echo service and a calling service, a process each.

The caller is a nameko service whose entrypoint workers (greenlets) each make one call after another
through one `RpcProxy`, as a gateway's would; 1 worker measures latency, 16 the rate of a busy one.

    python -m tests.bench.stock_nameko --amqp-url amqp://…
"""

import sys

if __name__ == "__main__" and sys.argv[1:2] in (["serve"], ["call"]):
    import eventlet

    eventlet.monkey_patch()  # before anything else is imported, as `nameko run` does

import argparse
import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from nameko.containers import ServiceContainer
from nameko.extensions import Entrypoint
from nameko.rpc import RpcProxy, rpc

from tests.bench.figures import Figures, figures_of, line_of
from tests.bench.limits import CALL_BYTES

REPOSITORY = Path(__file__).resolve().parents[2]
MAX_WORKERS = 20


class EchoService:
    name = "bench_echo"

    @rpc
    def echo(self, body: str) -> str:
        return body


class CallLoop(Entrypoint):
    """An entrypoint that only fires when the measurement spawns its workers."""


class CallingService:
    name = "bench_caller"

    bench_echo = RpcProxy("bench_echo")

    @CallLoop.decorator
    def call_until(self, closes: float, opens: float, latencies: list[float]) -> None:
        body = "x" * CALL_BYTES
        while (started := time.perf_counter()) < closes:
            self.bench_echo.echo(body)
            ended = time.perf_counter()
            if opens <= ended <= closes:
                latencies.append(ended - started)


def measure_stock(amqp_url: str, *, in_flight: int, seconds: float, warmup: float) -> Figures:
    """Calls per second and latency of stock nameko RPC with `in_flight` callers."""
    with stock_process("serve", amqp_url) as server:
        if server.stdout is None or server.stdout.readline().strip() != "ready":
            raise RuntimeError("the stock nameko service did not start")
        asked = [str(in_flight), str(seconds), str(warmup)]
        with stock_process("call", amqp_url, *asked) as caller:
            answer, _ = caller.communicate(timeout=seconds + warmup + 30)
    if caller.returncode:
        raise RuntimeError(f"the stock nameko caller ended with {caller.returncode}")
    return Figures(**json.loads(answer))


@contextmanager
def stock_process(part: str, amqp_url: str, *asked: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-W", "ignore", "-m", "tests.bench.stock_nameko", part, *asked]
    environment = os.environ | {"BENCH_AMQP_URL": amqp_url}
    with subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def running(service: type[Any]) -> ServiceContainer:
    config = {"AMQP_URI": os.environ["BENCH_AMQP_URL"], "max_workers": MAX_WORKERS}
    container = ServiceContainer(service, config)
    container.start()
    return container


def serve() -> None:
    """The server process: says `ready`, answers until it is ended."""
    container = running(EchoService)
    print("ready", flush=True)
    container.wait()


def call(in_flight: int, *, seconds: float, warmup: float) -> None:
    """The calling process: prints its `Figures` as JSON."""
    container = running(CallingService)
    entrypoint = next(iter(container.entrypoints))
    latencies: list[float] = []
    opens = time.perf_counter() + warmup
    closes = opens + seconds
    cpu = time.process_time()
    outcomes: list[BaseException | None] = []

    def finished(_worker: Any, result: Any, failure: Any) -> tuple[Any, Any]:
        outcomes.append(failure[1] if failure else None)
        return result, failure

    for _ in range(in_flight):
        container.spawn_worker(entrypoint, (closes, opens, latencies), {}, handle_result=finished)
    while len(outcomes) < in_flight:
        time.sleep(0.05)
    cpu = time.process_time() - cpu
    failures = [outcome for outcome in outcomes if outcome is not None]
    figures = figures_of(
        latencies,
        seconds=seconds,
        errors=len(failures),
        first_error=repr(failures[0]) if failures else "",
        client_cpu=cpu / (seconds + warmup),
    )
    print(json.dumps(asdict(figures)), flush=True)
    container.stop()


def main() -> None:
    part, *asked = sys.argv[1:] or ["--help"]
    if part == "serve":
        serve()
    elif part == "call":
        call(int(asked[0]), seconds=float(asked[1]), warmup=float(asked[2]))
    else:
        measure_and_print()


def measure_and_print() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--amqp-url", required=True)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--warmup", type=float, default=0.5)
    asked = parser.parse_args()
    for in_flight in (1, 16):
        figures = measure_stock(asked.amqp_url, in_flight=in_flight, seconds=asked.seconds, warmup=asked.warmup)
        print(line_of(f"stock nameko RPC, {in_flight} in flight", figures=figures))


if __name__ == "__main__":
    main()
