"""`python -m deploy.local …`: the local stack from the command line."""

import argparse
import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from deploy.local import demo, processes
from deploy.local.errors import LocalStackError
from deploy.local.infrastructure import Infrastructure
from deploy.local.postgres import Postgres
from deploy.local.processes import Process
from deploy.local.rabbitmq import RabbitMQ
from deploy.local.run_dir import RunDir
from deploy.local.stack import Stack


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = _parser().parse_args(arguments)
    try:
        match chosen.command:
            case "run":
                return run(chosen.run_dir, mode=chosen.processes, with_demo=not chosen.no_demo)
            case "infra":
                return serve_infrastructure(chosen.run_dir)
            case "status":
                return status(chosen.run_dir)
            case _:
                return reset(chosen.run_dir)
    except LocalStackError as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    helps = {
        "run": "start the whole system and serve until Ctrl-C",
        "infra": "start only PostgreSQL and RabbitMQ, print their URLs as JSON",
        "status": "say what runs, and where",
        "reset": "forget all data of the run directory",
    }
    made = {name: commands.add_parser(name, help=text) for name, text in helps.items()}
    for command in made.values():
        command.add_argument("--run-dir", type=Path, default=Path(".run"))
    made["run"].add_argument("--no-demo", action="store_true", help="do not load the demo on the first start")
    made["run"].add_argument(
        "--processes",
        choices=("each", "one"),
        default=os.environ.get("CRM_PROCESSES", "each"),
        help="one process per service, or one for all (CRM_PROCESSES)",
    )
    return parser


def run(run_dir: Path, *, mode: str, with_demo: bool) -> int:
    """Start everything, show the demo once, serve until told to stop."""
    if mode not in ("each", "one"):
        raise LocalStackError(f"CRM_PROCESSES={mode}: it is `each` or `one`")
    stopping = _stop_request()
    began = time.monotonic()
    stack = Stack(run_dir, processes="one" if mode == "one" else "each", progress=_say)
    stack.start()
    try:
        _say(f"The system answers at {stack.base_url} after {time.monotonic() - began:.1f} s")
        if with_demo and not stopping.is_set():
            _show_demo(stack)
        _say("Ctrl-C stops it; the data stays in " + str(stack.run_dir.path))
        while not stopping.wait(1.0):
            pass
        _say("stopping")
    finally:
        stack.stop()
    _say("stopped")
    return 0


def _show_demo(stack: Stack) -> None:
    """A demo that fails is told, but the system that runs is of more use than none."""
    try:
        demo.show_once(stack)
    except LocalStackError as problem:
        _say(f"no demo: {problem}")
    except Exception:  # whatever the demo met, it is the reader's to judge
        _say("the demo failed:\n" + traceback.format_exc())


def serve_infrastructure(run_dir: Path) -> int:
    """Start PostgreSQL and RabbitMQ, print one line of JSON, serve until told to stop."""
    stopping = _stop_request()
    with RunDir(run_dir).lock():
        servers = Infrastructure(run_dir)
        try:
            servers.start()
            urls = {
                "CRM_DATABASE_URL": servers.database_url,
                "CRM_AMQP_URI": servers.amqp_uri,
                "CRM_MANAGEMENT_URL": servers.management_url,
            }
            print(json.dumps(urls), flush=True)
            while not stopping.wait(1.0):
                pass
        finally:
            servers.stop()
    return 0


def status(run_dir: Path) -> int:
    """Print each program with its process id and memory. Code 3 when nothing runs."""
    if not run_dir.is_dir():
        raise LocalStackError(f"{run_dir} does not exist; `make run` makes it")
    state = RunDir(run_dir)
    pids: dict[str, int | None] = {"postgres": Postgres(run_dir).pid, "rabbitmq": RabbitMQ(run_dir).pid}
    known = state.recall("programs")
    for name, (pid, started) in known.items() if isinstance(known, dict) else ():
        pids[name] = pid if Process(pid=pid, started=started).is_alive() else None
    ports = state.recall("ports")
    http = ports.get("gateway.http") if isinstance(ports, dict) else None
    if http and (pids.get("gateway") or pids.get("all")):
        _say(f"http://127.0.0.1:{http}")
    for name, pid in pids.items():
        what = f"process {pid}, {processes.memory_kb(pid) / 1024:.0f} MB" if pid else "does not run"
        _say(f"{name:10} {what}")
    for name, port in sorted(ports.items()) if isinstance(ports, dict) else ():
        _say(f"port {port} {name}")
    return 0 if any(pids.values()) else 3


def reset(run_dir: Path) -> int:
    """Forget the data. Refused while a stack runs on it."""
    if not run_dir.is_dir():
        return 0
    state = RunDir(run_dir)
    with state.lock():
        Postgres(run_dir).reset()
        RabbitMQ(run_dir).reset()
        state.forget()
    _say(f"{state.path} is forgotten")
    return 0


def _stop_request() -> threading.Event:
    """Set by Ctrl-C and SIGTERM."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    return stopping


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
