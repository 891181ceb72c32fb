"""Takes the guards away one by one, in copies of the tree, and looks whether a test goes red (`make guards`).

A guard whose removal nobody notices is a guard that is not tested.
The table this prints is kept in `docs/decisions/0008-guards-tried.md`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = (".git", ".venv", ".run", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache")
LONGEST = 400.0


@dataclass(frozen=True)
class Guard:
    """A guard, the edit that removes it, and the tests that must notice."""

    name: str
    file: str
    there: str
    instead: str
    tests: tuple[str, ...]


NOTHING_LOST = "tests/faults/test_nothing_lost.py"
LASTING = "tests/faults/test_lasting.py"
EVERY_STEP = "tests/integration/chassis/test_every_step.py"
GUARDS = (
    Guard(
        "inbox claim",
        "chassis/store/inbox.py",
        "fresh = set(session.scalars(_CLAIM, _asked(handlers)).all())",
        "fresh = set(handlers)",
        (f"{NOTHING_LOST}", "-k", "confirmed_before_mark"),
    ),
    Guard(
        "confirm wait",
        "chassis/bus/relay.py",
        "while self._open:",
        "while False:",
        ("tests/integration/chassis/test_relay.py",),
    ),
    Guard(
        "in-flight drain",
        "chassis/entrypoints.py",
        "        self.stopping.set()\n        if self.operations:\n            self.calls.pause()",
        "        self.stopping.set()\n        if self.consumer is not None:\n            self.consumer.link.stop()\n"
        "        if self.operations:\n            self.calls.pause()",
        (f"{NOTHING_LOST}", "-k", "finishes_the_work and (customer or followup)"),
    ),
    Guard(
        "decode override",
        "chassis/bus/consumer.py",
        "self._start([delivery], lambda: self._bury(delivery, reason, detail))",
        "self._start([delivery], lambda: self._settle([delivery]))",
        ("tests/faults/test_poison.py", "-k", "hold_exactly"),
    ),
    Guard(
        "commit before acknowledgement",
        "chassis/bus/consumer.py",
        "        started = time.monotonic()\n        try:\n            outcome",
        "        started = time.monotonic()\n        self._settle(deliveries)\n        for delivery in deliveries:\n"
        "            delivery.channel = None  # and not once more after the commit\n        try:\n            outcome",
        (f"{NOTHING_LOST}", "-k", "customer and before_commit"),
    ),
    Guard(
        "wait function",
        "chassis/__init__.py",
        'os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_selector")',
        "",
        (f"{NOTHING_LOST}", "-k", "customer and killed"),
    ),
    Guard(
        "call deadline",
        "chassis/bus/rpc.py",
        "with Timeout(max(context.remaining(), 0.001), False):",
        "if True:",
        ("tests/faults/test_dead_service.py",),
    ),
    Guard(
        "outages wait",
        "chassis/store/database.py",
        '"53300", "53100", "58030", "25006")',
        '"53300")',
        (LASTING, "-k", "refuse"),
    ),
    Guard(
        "a small row before ready",
        "chassis/store/database.py",
        "            connection.execute(_BEAT)",
        '            connection.execute(text("SELECT 1"))',
        (LASTING, "-k", "refuse"),
    ),
    Guard(
        "connections without writes are left",
        "chassis/store/database.py",
        "        context.is_disconnect = True",
        "        pass",
        ("tests/integration/chassis/test_database.py", "-k", "takes_them_again"),
    ),
    Guard(
        "a bad row is parked",
        "chassis/bus/relay.py",
        "database.execute(PARK, (problem, row.position))",
        "pass",
        ("tests/faults/test_relaying.py", "-k", "parked"),
    ),
    Guard(
        "the backlog is measured apart",
        "chassis/bus/relay.py",
        'threading.Thread(target=measure, args=(backlogs, stop), name="backlog", daemon=True).start()',
        "pass",
        ("tests/faults/test_relaying.py", "-k", "gauges"),
    ),
    Guard(
        "servers are looked after",
        "deploy/local/stack.py",
        "        self.infrastructure.keep_running()\n",
        "",
        (NOTHING_LOST, "-k", "themselves"),
    ),
    Guard(
        "what was not seen through is given back",
        "chassis/bus/consumer.py",
        "                self._release(left)",
        "                pass",
        (EVERY_STEP, "-k", "note_start or settle"),
    ),
    Guard(
        "every call is answered",
        "chassis/entrypoints.py",
        "        except BaseException as error:  # of a greenlet; raised on, some of them would end the event loop\n"
        "            if error is deadline:",
        "        except KeyError as error:\n            if error is deadline:",
        (EVERY_STEP, "-k", "a_call_that"),
    ),
    Guard(
        "a message too deep is unreadable",
        "chassis/bus/consumer.py",
        "        except Exception as error:\n            told = logs.describe(error)",
        "        except KeyError as error:\n            told = logs.describe(error)",
        (EVERY_STEP, "-k", "decoding"),
    ),
    Guard(
        "a link never reads while it publishes",
        "chassis/bus/link.py",
        'negotiate_capabilities | {"connection.blocked": False}',
        "negotiate_capabilities",
        ("tests/faults/test_large_beside_small.py",),
    ),
    Guard(
        "who calls hears himself",
        "chassis/bus/rpc.py",
        "return self._turns_unheard > DEAF_AFTER",
        "return False",
        ("tests/faults/test_refusing_broker.py",),
    ),
    Guard(
        "one deadline over the whole answer",
        "gateway/dispatch.py",
        "with Timeout(request.left_of(DEADLINE)):",
        "if True:",
        ("tests/integration/gateway/test_faults.py", "-k", "says_nothing"),
    ),
    Guard(
        "a line that cannot be written stops nobody",
        "chassis/process/logs.py",
        "        except OSError:\n",
        "        except KeyError:\n",
        ("tests/unit/chassis/test_logs.py", "-k", "no_room_for"),
    ),
)


def removed(guard: Guard) -> tuple[bool, str]:
    """Run the tests without the guard; (went red, last line)."""
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "tree"
        copytree(ROOT, copy, ignore=lambda _, names: [name for name in names if name in LEFT_OUT])
        path = copy / guard.file
        text = path.read_text("utf-8")
        if guard.there not in text:
            return False, f"the guard is not where it was: {guard.file}"
        path.write_text(text.replace(guard.there, guard.instead), "utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-x", "--no-header", *guard.tests]
        environment = {**os.environ, "PYTHONPATH": str(copy)}
        try:
            ran = subprocess.run(
                command, cwd=copy, capture_output=True, text=True, timeout=LONGEST, env=environment, check=False
            )
        except subprocess.TimeoutExpired:
            return True, "hung, and was ended"
    lines = [line for line in ran.stdout.splitlines() if line.startswith(("FAILED", "ERROR", "E  "))] or [
        ran.stdout[-200:]
    ]
    return ran.returncode == 1, lines[0][:160]


def main() -> int:
    """Try every guard, or those named; 0 if each was missed."""
    names = sys.argv[1:]
    unnoticed = 0
    for guard in GUARDS:
        if names and guard.name not in names:
            continue
        red, why = removed(guard)
        unnoticed += not red
        sys.stdout.write(f"| {guard.name} | `{guard.file}` | {'red' if red else '**NOT NOTICED**'} | {why} |\n")
        sys.stdout.flush()
    return 1 if unnoticed else 0


if __name__ == "__main__":
    raise SystemExit(main())
