"""Starting, recognising and ending processes.

A child is started by a launcher that ties it to us: when this process dies, however it dies,
the kernel sends the child a signal, and the guardian ends what does not heed it.
A process is recognised by its id and its start time, so a reused id is never mistaken for it.
"""

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from deploy.local.errors import LocalStackError
from deploy.local.guardian import Guardian

LAUNCHER = Path(__file__).with_name("launch.py")
POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Process:
    """One process, told apart from a later one with the same id."""

    pid: int
    started: int  # clock ticks after boot

    def is_alive(self) -> bool:
        """Whether it still runs; one that only waits to be collected does not."""
        seen = _stat(self.pid)
        return seen is not None and seen.started == self.started and seen.state not in "ZX"

    def send(self, number: signal.Signals) -> None:
        """Signal it, if it is still there."""
        if not self.is_alive():
            return
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            return


@dataclass(frozen=True)
class _Stat:
    state: str
    parent: int
    started: int


def _stat(pid: int) -> _Stat | None:
    try:
        # the name in the second field may hold spaces and brackets
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return _Stat(state=fields[0], parent=int(fields[1]), started=int(fields[19]))


def process(pid: int) -> Process | None:
    """The living process with this id."""
    seen = _stat(pid)
    return Process(pid=pid, started=seen.started) if seen and seen.state not in "ZX" else None


def working_in(directory: Path, *, programs: frozenset[str]) -> list[Process]:
    """Living processes of the named programs whose working directory is `directory` or below it.

    The servers of a stack work in their data directory, so this finds what a killed stack left behind
    and nothing else: neither another stack's server nor somebody's shell that stands there.
    """
    home = directory.resolve()
    found = []
    for pid in _all_pids():
        try:
            where = Path(f"/proc/{pid}/cwd").readlink()
            program = Path(f"/proc/{pid}/exe").readlink().name.removesuffix(" (deleted)")
        except OSError:
            continue
        if where.is_relative_to(home) and program in programs and (seen := process(pid)):
            found.append(seen)
    return found


def descendants(pid: int) -> list[Process]:
    """All living processes below `pid`, nearest first."""
    children: dict[int, list[int]] = {}
    for other in _all_pids():
        if seen := _stat(other):
            children.setdefault(seen.parent, []).append(other)
    found, waiting = [], list(children.get(pid, []))
    while waiting:
        child = waiting.pop(0)
        waiting.extend(children.get(child, []))
        if seen_child := process(child):
            found.append(seen_child)
    return found


def _all_pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def end(processes: Iterable[Process], *, steps: Sequence[tuple[signal.Signals, float]]) -> None:
    """Send each signal in turn and wait its seconds, until all are gone; the last step must be SIGKILL."""
    left = [one for one in processes if one.is_alive()]
    for number, seconds in steps:
        for one in left:
            one.send(number)
        limit = time.monotonic() + seconds
        while (left := [one for one in left if one.is_alive()]) and time.monotonic() < limit:
            time.sleep(POLL_SECONDS)
        if not left:
            return
    raise LocalStackError(f"processes {[one.pid for one in left]} do not end")


def memory_kb(pid: int) -> int:
    """Proportional memory of a process and everything below it."""
    total = 0
    for one in [pid, *(child.pid for child in descendants(pid))]:
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total


def wait_until(
    condition: Callable[[], bool],
    *,
    seconds: float,
    child: "subprocess.Popen[bytes] | None" = None,
) -> bool:
    """Poll until the condition holds. False when time is up or the child it depends on has ended."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if condition():
            return True
        if child is not None and child.poll() is not None:
            return False
        time.sleep(POLL_SECONDS)
    return False


# --- starting ---


@dataclass(frozen=True)
class Launch:
    """How to start one child."""

    argv: Sequence[str]
    env: Mapping[str, str]
    log: Path
    directory: Path
    death_signal: signal.Signals = signal.SIGKILL
    user: str | None = None


class _Spawner:
    """Starts every child from one thread that lives as long as the process.

    The kernel sends the parent-death signal when the *thread* that started the child ends,
    so a child started from a short-lived thread would be killed with it.
    """

    def __init__(self) -> None:
        self._guardian = Guardian()
        self._orders: queue.Queue[tuple[Launch, Future[subprocess.Popen[bytes]]]] = queue.Queue()
        threading.Thread(target=self._work, name="spawner", daemon=True).start()

    def spawn(self, launch: Launch) -> "subprocess.Popen[bytes]":
        """Start a child and return when it is started."""
        answer: Future[subprocess.Popen[bytes]] = Future()
        self._orders.put((launch, answer))
        return answer.result()

    def _work(self) -> None:
        while True:
            launch, answer = self._orders.get()
            try:
                child = _start(launch)
                if seen := process(child.pid):
                    self._guardian.watch(child.pid, started=seen.started, death_signal=launch.death_signal)
                answer.set_result(child)
            except Exception as problem:  # noqa: BLE001  # handed to the caller, whatever it is
                answer.set_exception(problem)


def _start(launch: Launch) -> "subprocess.Popen[bytes]":
    launcher = [sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid())]
    tie = [str(int(launch.death_signal)), launch.user or "-", str(launch.directory)]
    with launch.log.open("ab") as log:
        return subprocess.Popen(  # noqa: S603  # starting programs is what it is for
            [*launcher, *tie, *launch.argv],
            env=dict(launch.env),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C at the terminal is for us, not for the children
        )


@cache
def _spawner() -> _Spawner:
    return _Spawner()


_first = threading.Lock()


def spawn(launch: Launch) -> "subprocess.Popen[bytes]":
    """Start a child that dies with us."""
    with _first:  # two threads may not both make the first one
        spawner = _spawner()
    return spawner.spawn(launch)
