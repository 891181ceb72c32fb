"""`python -m deploy.local …`: the local stack from the command line."""

import argparse
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from deploy.local import console, demo, processes
from deploy.local.errors import LocalStackError
from deploy.local.infrastructure import Infrastructure
from deploy.local.postgres import Postgres
from deploy.local.processes import Process
from deploy.local.rabbitmq import RabbitMQ
from deploy.local.run_dir import ENVIRONMENT, RunDir
from deploy.local.stack import Stack


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = _parser().parse_args(arguments)
    try:
        match chosen.command:
            case "run":
                return run(chosen.run_dir, mode=chosen.processes, with_demo=not chosen.no_demo)
            case "infra":
                return serve_infrastructure(chosen.run_dir)
            case "demo":
                return show_demo(chosen.run_dir)
            case "status":
                return status(chosen.run_dir)
            case "console":
                return make_console(chosen.run_dir, what=chosen.what)
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
        "demo": "tell the main job against the running system",
        "status": "say what runs, and where",
        "console": "build the console after its checks; or write its types, or serve it while it is being changed",
        "reset": "forget all data of the run directory",
    }
    made = {name: commands.add_parser(name, help=text) for name, text in helps.items()}
    for command in made.values():
        command.add_argument("--run-dir", type=Path, default=Path(".run"))
    made["console"].add_argument("what", choices=("build", "types", "dev"), nargs="?", default="build")
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
    _interrupt_once()
    began = time.monotonic()
    stack = Stack(run_dir, processes="one" if mode == "one" else "each", progress=_say)
    building = console.Building(stack.run_dir.log("console"), say=_say)
    try:
        stack.start()
        _say(f"The system answers at {stack.base_url} after {time.monotonic() - began:.1f} s")
        building.tell(stack.base_url)
        if with_demo and not demo.was_shown(stack.run_dir):
            _try_demo(stack)
        elif not with_demo and demo.make_first_administrator(stack):
            _say(f"Log in as {demo.ADMINISTRATOR}; the first password is in {stack.run_dir.path / 'secrets.json'}")
        settings = stack.run_dir.path / ENVIRONMENT
        _say(f".venv/bin/crm is its operator's command; it, or a shell, has its settings from {settings}")
        _say(f"Ctrl-C stops it; the data stays in {stack.run_dir.path}")
        _wait_for_ever()
    except KeyboardInterrupt:
        _say("stopping")
    finally:
        stack.stop()
    _say("stopped")
    return 0


def _try_demo(stack: Stack) -> None:
    """A demo that fails is told, but the system that runs is of more use than none."""
    try:
        demo.show(stack, say=_say)
    except LocalStackError as problem:
        _say(f"no demo: {problem}")
    except Exception:  # noqa: BLE001  # whatever the demo met, it is the reader's to judge
        _say("the demo failed:\n" + traceback.format_exc())


def show_demo(run_dir: Path) -> int:
    """Tell the main job again, against the system that runs."""
    if not run_dir.is_dir():
        raise LocalStackError(f"{run_dir} does not exist; `make run` makes it")
    demo.show(Stack(run_dir), say=_say)
    return 0


def serve_infrastructure(run_dir: Path) -> int:
    """Start PostgreSQL and RabbitMQ, print one line of JSON, serve until told to stop."""
    _interrupt_once()
    with RunDir(run_dir).lock():
        servers = Infrastructure(run_dir)
        try:
            servers.start()
            servers.keep_running()
            urls = {
                "CRM_DATABASE_URL": servers.database_url,
                "CRM_AMQP_URI": servers.amqp_uri,
                "CRM_MANAGEMENT_URL": servers.management_url,
            }
            print(json.dumps(urls), flush=True)
            _wait_for_ever()
        except KeyboardInterrupt:
            return 0
        finally:
            servers.stop()


def status(run_dir: Path) -> int:
    """Print each program with its process id and memory. Code 3 when nothing runs."""
    if not run_dir.is_dir():
        raise LocalStackError(f"{run_dir} does not exist; `make run` makes it")
    state = RunDir(run_dir)
    pids: dict[str, int | None] = {"postgres": Postgres(run_dir).pid, "rabbitmq": RabbitMQ(run_dir).pid}
    known = state.recall("programs")
    for name, (pid, started) in known.items() if isinstance(known, dict) else ():
        pids[name] = pid if Process(pid=pid, started=started).is_alive() else None
    ports = state.known_ports()
    http = ports.get("gateway.http")
    if http and (pids.get("gateway") or pids.get("all")):
        _say(f"http://127.0.0.1:{http}")
    for name, pid in pids.items():
        what = f"process {pid}, {processes.memory_kb(pid) / 1024:.0f} MB" if pid else "does not run"
        _say(f"{name:10} {what}")
    for name, port in sorted(ports.items()):
        _say(f"port {port} {name}")
    return 0 if any(pids.values()) else 3


def make_console(run_dir: Path, *, what: str) -> int:
    """Check and build the console; write its types of the API; or serve it with every change at once."""
    log = RunDir(run_dir).log("console")
    log.unlink(missing_ok=True)
    if what == "types":
        console.write_types(log)
        _say(f"{console.TYPES.name} and {console.RIGHTS.name} are as the API says")
    elif what == "build":
        _say(f"The console is built: {console.build(log, checked=True, say=_say)}")
    else:
        console.serve(Stack(run_dir).base_url, log)
    return 0


def reset(run_dir: Path) -> int:
    """Forget the data. Refused while a stack runs on it."""
    if not run_dir.is_dir():
        return 0
    state = RunDir(run_dir)
    with state.lock():
        Postgres(run_dir).reset()
        RabbitMQ(run_dir).reset()
        demo.forget(state)
        state.forget()
    _say(f"{state.path} is forgotten")
    return 0


def _interrupt_once() -> None:
    """Ctrl-C and SIGTERM end what is being done, whatever it is; a second one does not disturb the stopping."""

    def interrupt(*_: object) -> None:
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, interrupt)


def _wait_for_ever() -> NoReturn:
    while True:
        signal.pause()


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
