"""The system as somebody starts it: `python -m deploy.local run` in an empty directory, and again in the same.

How long it takes, and what it holds in memory half a minute later with nothing to do:
as a process per service, and with all services in one process.
A start is held to that of the slower server within it, memory to the monolith's programs without their server.
"""

import math
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local import processes
from tests.bench.monolith.serve import serving
from tests.bench.outcome import Outcome, Target
from tests.bench.processor import TICKS, ticks_of
from tests.bench.programs import children, command_of, named
from tests.bench.running import run_directory

REPOSITORY = Path(__file__).resolve().parents[3]
QUIET_SECONDS = 30.0
STOP_SECONDS = 40.0
ANSWERS = "The system answers"
SERVER_IS_UP = re.compile(r"(?:PostgreSQL|RabbitMQ) is up \((\d+\.\d+) s\)")
NO_DATABASE = "postgresql://nobody@127.0.0.1:1/none"
"""It connects when it is asked for something."""
MODES = {"each": "a process per service", "one": "all services in one process"}


@dataclass
class Started:
    """A system somebody started. `told` are its own lines about its start."""

    pid: int
    seconds: float = 0.0
    told: list[str] = field(default_factory=list)


def measure(wanted: set[str]) -> list[Outcome]:
    """The sections `start` and `memory`, or one of them."""
    starts: dict[str, Started] = {}
    held: dict[str, dict[str, float]] = {}
    used: dict[str, float] = {}
    peer = monolith_memory() if "memory" in wanted else math.nan
    for mode, name in MODES.items():
        with run_directory() as run_dir:
            with started(run_dir, mode) as system:
                starts[f"{name}, first"] = system
                if "memory" in wanted:
                    time.sleep(2.0)
                    used[mode] = processor_share(system.pid, seconds=QUIET_SECONDS)
                    held[mode] = memory(system.pid)
            if "start" in wanted:
                with started(run_dir, mode) as system:
                    starts[f"{name}, second"] = system
    sections: dict[str, Callable[[], Outcome]] = {
        "start": lambda: starts_told(starts),
        "memory": lambda: memory_told(held, used, monolith=peer),
    }
    return [tell() for section, tell in sections.items() if section in wanted]


@contextmanager
def started(run_dir: Path, mode: str) -> Iterator[Started]:
    """Start a system as a person does, until it answers; stop it with Ctrl-C."""
    command = [sys.executable, "-W", "ignore", "-m", "deploy.local", "run", "--no-demo"]
    command += ["--run-dir", str(run_dir), "--processes", mode]
    began = time.monotonic()
    with subprocess.Popen(command, cwd=REPOSITORY, env=os.environ, stdout=subprocess.PIPE, text=True) as person:
        try:
            system = Started(person.pid)
            assert person.stdout is not None
            for told in person.stdout:
                system.told.append(told.strip())
                if told.startswith(ANSWERS):
                    break
            else:
                raise RuntimeError(f"the system did not start: {system.told}")
            system.seconds = time.monotonic() - began
            yield system
        finally:
            person.send_signal(signal.SIGINT)
            person.wait(STOP_SECONDS)


def memory(pid: int) -> dict[str, float]:
    """Proportional memory (PSS) in MB of each part of the system below `pid`, and of `pid` itself."""
    held = {"supervisor": processes.memory_kb(pid) / 1024}
    for child in children(pid):
        name = named(command_of(child))
        held[name] = held.get(name, 0.0) + processes.memory_kb(child) / 1024
    held["supervisor"] -= sum(held.values()) - held["supervisor"]
    return held


def monolith_memory() -> float:
    """MB (PSS) of the monolith's processes, started and asked nothing but whether they are up."""
    with serving(NO_DATABASE):
        time.sleep(2.0)
        return memory(os.getpid())["monolith"]


def processor_share(pid: int, *, seconds: float) -> float:
    """The part of one core that everything below `pid` and itself use while `seconds` pass."""
    everybody = [pid, *(one.pid for one in processes.descendants(pid))]
    before = sum(ticks_of(one)[0] for one in everybody)
    time.sleep(seconds)
    return (sum(ticks_of(one)[0] for one in everybody) - before) / TICKS / seconds


def starts_told(starts: dict[str, Started]) -> Outcome:
    lines = ["| start | seconds | its parts |", "|---|---:|---|"]
    for name, system in starts.items():
        parts = [re.sub(r" \((.*)\)", r" \1", told) for told in system.told if not told.startswith(ANSWERS)]
        lines.append(f"| {name} | {system.seconds:.1f} | {'; '.join(parts)} |")
    return Outcome(
        "start",
        "\n".join(lines),
        [
            Target(f"start to that of its slower server, {name}", system.seconds / servers_seconds(system), at_most=4.4)
            for name, system in starts.items()
        ],
    )


def servers_seconds(system: Started) -> float:
    """How long the slower of its two servers took; they are started at the same time."""
    return max(float(told.group(1)) for line in system.told if (told := SERVER_IS_UP.match(line)))


def memory_told(held: dict[str, dict[str, float]], used: dict[str, float], *, monolith: float) -> Outcome:
    parts = sorted({part for one in held.values() for part in one}, key=lambda part: -max_of(held, part))
    lines = [f"| MB (PSS) at rest | {' | '.join(MODES[mode] for mode in held)} |", f"|---|{'---:|' * len(held)}"]
    for part in parts:
        cells = (f"{one[part]:.0f}" if part in one else "" for one in held.values())
        lines.append(f"| {part} | {' | '.join(cells)} |")
    lines.append(f"| **sum** | {' | '.join(f'**{sum(one.values()):.0f}**' for one in held.values())} |")
    lines.append(f"| processor at rest, of one core | {' | '.join(f'{share:.1%}' for share in used.values())} |")
    lines.append(f"| the monolith, without its server | {' | '.join([f'{monolith:.0f}'] * len(held))} |")
    most = {"each": 6.7, "one": 3.7}
    return Outcome(
        "memory",
        "\n".join(lines),
        [
            Target(f"memory at rest to the monolith's, {MODES[mode]}", sum(one.values()) / monolith, at_most=most[mode])
            for mode, one in held.items()
        ],
    )


def max_of(held: dict[str, dict[str, float]], part: str) -> float:
    return max(one.get(part, 0.0) for one in held.values())
