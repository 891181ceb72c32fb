"""Keeps programs running: starts them, starts them again when they die, ends them together."""

import contextlib
import http.client
import signal
import subprocess
import threading
import time
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local import processes
from deploy.local.errors import LocalStackError
from deploy.local.processes import Launch
from deploy.local.run_dir import RunDir, last_lines

LOOK_SECONDS = 0.05
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
HEALTHY_AFTER = 10.0
STOP_SECONDS = 30.0
# A program that has died this often while we wait for it will not come.
HOPELESS_RESTARTS = 5

# loopback is never behind a proxy, whatever the environment says
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Program:
    """One program to keep running. Without a health URL it counts as ready while it lives."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    health_url: str | None = None


@dataclass
class _Kept:
    """A program and what became of it so far."""

    program: Program
    log: Path
    child: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    pause: float = FIRST_PAUSE
    restarts: int = 0
    wanted: bool = True

    def is_alive(self) -> bool:
        return self.child is not None and self.child.poll() is None


class Supervisor:
    """The programs of one stack. Every method may be called from any thread."""

    def __init__(self, run_dir: Path, *, directory: Path) -> None:
        """`directory` is where the programs start."""
        self._run_dir = RunDir(run_dir)
        self._directory = directory
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self._watcher: threading.Thread | None = None

    # --- what others need to know ---

    def names(self) -> list[str]:
        with self._lock:
            return list(self._kept)

    def pid(self, name: str) -> int | None:
        with self._lock:
            kept = self._find(name)
            return kept.child.pid if kept.child is not None and kept.is_alive() else None

    def restarts(self, name: str) -> int:
        """How often the program was started again after it died."""
        with self._lock:
            return self._find(name).restarts

    # --- life ---

    def start(self, program: Program) -> None:
        """Start a program and keep it running; one of this name that runs already is an error."""
        with self._lock:
            known = self._kept.get(program.name)
            if known is not None and known.is_alive():
                raise LocalStackError(f"{program.name} runs already")
            kept = _Kept(program=program, log=self._run_dir.log(program.name))
            if known is not None:
                kept.restarts = known.restarts
            self._kept[program.name] = kept
            self._launch(kept)
            if self._watcher is None:
                self._stopping.clear()
                self._watcher = threading.Thread(target=self._watch, name="supervisor", daemon=True)
                self._watcher.start()

    def halt(self, name: str, *, seconds: float = STOP_SECONDS) -> None:
        """Stop one program politely and leave it stopped until `resume`."""
        with self._lock:
            kept = self._find(name)
            kept.wanted = False
        self._end([kept], seconds=seconds)

    def resume(self, name: str) -> None:
        with self._lock:
            kept = self._find(name)
            kept.wanted = True
            if not kept.is_alive():
                self._launch(kept)

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to a program; what dies of it is started again."""
        with self._lock:
            kept = self._find(name)
            if kept.child is None or not kept.is_alive():
                raise LocalStackError(f"{name} does not run")
            kept.child.send_signal(number)

    def stop(self) -> None:
        """Ask all programs to end, wait, and end by force those that do not."""
        self._stopping.set()
        if self._watcher is not None:
            self._watcher.join()
            self._watcher = None
        with self._lock:
            everyone = list(self._kept.values())
            for kept in everyone:
                kept.wanted = False
        self._end(everyone, seconds=STOP_SECONDS)
        self._write_down()

    def wait_ready(self, timeout: float) -> None:
        """Return when every program is ready; otherwise say which are not, and why."""
        limit = time.monotonic() + timeout
        with self._lock:
            waiting = {kept.program.name: kept for kept in self._kept.values() if kept.wanted}
            before = {name: kept.restarts for name, kept in waiting.items()}
        while True:
            waiting = {name: kept for name, kept in waiting.items() if not _is_ready(kept)}
            if not waiting:
                return
            hopeless = any(kept.restarts - before[name] >= HOPELESS_RESTARTS for name, kept in waiting.items())
            if hopeless or time.monotonic() > limit:
                raise LocalStackError("\n".join(_complaint(kept) for kept in waiting.values()))
            time.sleep(LOOK_SECONDS)

    # --- inside ---

    def _find(self, name: str) -> _Kept:
        try:
            return self._kept[name]
        except KeyError:
            raise LocalStackError(f"no program is called {name}; there are {', '.join(self._kept)}") from None

    def _launch(self, kept: _Kept) -> None:
        kept.child = processes.spawn(
            Launch(argv=kept.program.argv, env=kept.program.env, log=kept.log, directory=self._directory)
        )
        kept.started_at = time.monotonic()
        self._write_down()

    def _watch(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            with self._lock:
                for kept in self._kept.values():
                    try:
                        self._look_at(kept)
                    except Exception as problem:  # noqa: BLE001  # a full disk, no more processes: others are to be kept
                        kept.start_again_at = time.monotonic() + kept.pause
                        _note(kept, f"is not started: {problem}")

    def _look_at(self, kept: _Kept) -> None:
        """Notice a death, and start again when its pause is over."""
        if not kept.wanted or kept.is_alive():
            return
        now = time.monotonic()
        if kept.child is not None:
            lived = now - kept.started_at
            if lived >= HEALTHY_AFTER:
                kept.pause = FIRST_PAUSE
            kept.start_again_at = now + kept.pause
            ended = f"ended with code {kept.child.returncode} after {lived:.1f} s, again in {kept.pause:.1f} s"
            kept.pause = min(kept.pause * 2, LONGEST_PAUSE)
            kept.child = None
            _note(kept, ended)
        elif now >= kept.start_again_at:
            kept.restarts += 1
            self._launch(kept)

    def _end(self, everyone: Sequence[_Kept], *, seconds: float) -> None:
        alive = [kept.child for kept in everyone if kept.child is not None and kept.is_alive()]
        living = [seen for child in alive if (seen := processes.process(child.pid))]
        processes.end(living, steps=[(signal.SIGTERM, seconds), (signal.SIGKILL, 10.0)])
        for child in alive:
            child.poll()

    def _write_down(self) -> None:
        """For `status`, which is another process."""
        seen = {name: processes.process(kept.child.pid) for name, kept in self._kept.items() if kept.child}
        living = {name: [one.pid, one.started] for name, one in seen.items() if one}
        self._run_dir.remember("programs", living)


def _is_ready(kept: _Kept) -> bool:
    if kept.program.health_url is None:
        return kept.is_alive()
    try:
        with _opener.open(kept.program.health_url, timeout=2.0) as answer:
            return bool(answer.status == 200)
    except (OSError, http.client.HTTPException):
        return False


def _complaint(kept: _Kept) -> str:
    state = "is not ready" if kept.is_alive() else "does not run"
    again = f" (started again {kept.restarts} times)" if kept.restarts else ""
    return f"{kept.program.name} {state}{again}; the end of {kept.log}:\n{last_lines(kept.log)}"


def _note(kept: _Kept, line: str) -> None:
    with contextlib.suppress(OSError), kept.log.open("a") as log:
        log.write(f"--- supervisor: {kept.program.name} {line}\n")
