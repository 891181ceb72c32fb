"""What each layer of the tests costs, told at the end of a run; with `--within-shares` no more than its share.

Wall seconds are those while any of its tests ran. Processor seconds are of the process that ran them and of everything
below it, living or ended: each worker looks when it turns from one layer to another. What a test leaves behind without
a parent comes to the worker, so that nothing leaves its sum. Servers that stand outside of all workers have a line.

A slower machine needs more seconds for the same work: a fixed piece of work, done before the run, says how many times
as many, and each share grows by that. On a faster one shares stay as they are.
"""

from __future__ import annotations

import ctypes
import os
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

QUICK = ("unit", "architecture", "contract")
LAYERS = (*QUICK, "integration", "e2e", "console", "faults", "bench")
"""The folders of the tests, quick ones first."""
SERVERS = "servers of all"
AROUND = "outside of tests"

SHARES: dict[str, float] = {
    "unit": 68,
    "architecture": 60,
    "contract": 36,
    "integration": 620,
    "e2e": 640,
    "console": 120,
    "faults": 600,
    "bench": 14,
    SERVERS: 190,
    AROUND: 75,
}
"""Processor seconds of a whole run: half as much again as was measured when a line was written; of the console's
journeys those of the day."""
YARDSTICK = 0.0142
"""Processor seconds of the fixed piece of work on the machine of that measurement."""

TICKS = os.sysconf("SC_CLK_TCK")
PR_SET_CHILD_SUBREAPER = 36
OUTSIDE = frozenset({"postgres", "beam.smp", "epmd"})
"""The servers, as the kernel names their programs."""
MEASURED = "measured: "
"""How a printed line begins that is told again at the end of the run."""


def layer_of(path: str) -> str:
    """The layer of a test, by its path below the root or its node id; empty for what lies elsewhere."""
    first, _, rest = path.partition("/")
    folder, slash, _ = rest.partition("/")
    return folder if first == "tests" and slash else ""


# -- counting --------------------------------------------------------------------------------------------------


def used(pid: int, *, below: frozenset[str] | None = None) -> float:
    """Processor seconds so far of a process and of everything it started; or of its children of these programs alone.

    What ended is in the count of whoever waited for it, or still there to be waited for.
    """
    ticks: dict[int, int] = {}
    children: dict[int, list[int]] = {}
    programs: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            head, _, tail = (entry / "stat").read_text(errors="replace").rpartition(")")
        except OSError:
            continue
        fields, one = tail.split(), int(entry.name)
        ticks[one] = sum(map(int, fields[11:15]))
        children.setdefault(int(fields[1]), []).append(one)
        programs[one] = head.partition("(")[2]
    waiting = [pid] if below is None else [one for one in children.get(pid, []) if programs[one] in below]
    total = 0
    while waiting:
        one = waiting.pop()
        total += ticks.get(one, 0)
        waiting += children.get(one, [])
    return total / TICKS


class Meter:
    """Of one process: what each layer used, counted from turn to turn."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._layer, self._before = AROUND, 0.0

    def turn(self, layer: str) -> None:
        """From now on it is this layer's."""
        if layer != self._layer:
            now = used(os.getpid())
            self.add({self._layer: now - self._before})
            self._layer, self._before = layer, now

    def add(self, spent: Mapping[str, float]) -> None:
        """Add what others counted."""
        for layer, seconds in spent.items():
            self.spent[layer] = self.spent.get(layer, 0.0) + seconds


def yardstick() -> float:
    """Processor seconds of a fixed piece of work, the best of five tries."""
    seconds = []
    for _ in range(5):
        began = time.process_time()
        sorted({f"{number * 7919 % 9973}": number for number in range(120_000)})
        seconds.append(time.process_time() - began)
    return min(seconds)


def shares_at(measured: float) -> dict[str, float]:
    """The shares on a machine that needs so many seconds for that piece of work."""
    return {layer: share * max(1.0, measured / YARDSTICK) for layer, share in SHARES.items()}


def over(spent: Mapping[str, float], shares: Mapping[str, float]) -> list[str]:
    """Who used more than his share, or has none; one line each."""
    lines = []
    for layer, seconds in spent.items():
        share = shares.get(layer)
        if share is None:
            lines.append(f"{layer} has no share: {seconds:.1f} processor seconds")
        elif seconds > share:
            lines.append(f"{layer} is over its share: {seconds:.1f} processor seconds, not {share:.1f}")
    return lines


def covered(spans: Iterable[tuple[float, float]]) -> float:
    """Seconds that at least one of the spans covers."""
    total, end = 0.0, float("-inf")
    for begins, ends in sorted(spans):
        total += max(0.0, ends - max(begins, end))
        end = max(end, ends)
    return total


# -- the run ---------------------------------------------------------------------------------------------------


class Run:
    """One session's figures: the process that runs tests counts, the one that controls workers adds up."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.controls = config.getoption("dist", "no") != "no"
        self.meter = Meter()
        self.began, self.load = time.monotonic(), os.getloadavg()[0]
        self.spans: dict[str, list[tuple[float, float]]] = {}
        self.shares = shares_at(yardstick())
        self.measured: list[str] = []
        self.lost: list[str] = []
        self.problems: list[str] = []
        if not self.controls:
            ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        self.meter.turn(layer_of(item.nodeid))
        return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.spans.setdefault(layer_of(report.nodeid), []).append((report.start, report.stop))
        if report.when == "call":
            lines = report.capstdout.splitlines()
            self.measured += [line.removeprefix(MEASURED) for line in lines if line.startswith(MEASURED)]

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        told = getattr(node, "workeroutput", {}).get("processor")
        if told is None:
            self.lost.append(node.gateway.id)
        self.meter.add(told or {})

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.controls:
            self.meter.add({AROUND: time.process_time(), SERVERS: used(os.getpid(), below=OUTSIDE)})
        else:
            self.meter.turn("")
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput["processor"] = dict(self.meter.spent)
        elif self.config.getoption("within_shares"):
            self.problems = [f"{worker} ended without a word: what it used is not counted" for worker in self.lost]
            self.problems += over(self.meter.spent, self.shares)
            if self.problems and session.exitstatus == pytest.ExitCode.OK:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        tell = terminalreporter
        counts = outcomes(tell.stats)
        tell.section("by layer")
        tell.line(f"{'':17}{'wall s':>8}{'processor s':>13}{'share':>8}")
        found = {*counts, *self.meter.spent}
        for layer in (*filter(found.__contains__, SHARES), *sorted(found - SHARES.keys())):
            wall = covered(self.spans.get(layer, ()))
            share = f"{self.shares[layer]:8.0f}" if layer in self.shares else f"{'none':>8}"
            told = ", ".join(f"{count} {outcome}" for outcome, count in counts.get(layer, {}).items())
            tell.line(f"{layer:17}{wall:8.1f}{self.meter.spent.get(layer, 0.0):13.1f}{share}  {told}".rstrip())
        wall, total = time.monotonic() - self.began, sum(self.meter.spent.values())
        tell.line(
            f"together         {wall:8.1f}{total:13.1f}  on {os.cpu_count()} processors,"
            f" load average {self.load:.1f} before and {os.getloadavg()[0]:.1f} at the end"
        )
        if self.measured:
            tell.section("measured")
        for line in self.measured:
            tell.line(line)
        for problem in self.problems:
            tell.line(problem, red=True, bold=True)


def outcomes(stats: Mapping[str, list[Any]]) -> dict[str, Counter[str]]:
    """How many tests of each layer ended how."""
    counts: dict[str, Counter[str]] = {}
    for outcome, reports in stats.items():
        for report in reports:
            if outcome and isinstance(report, pytest.TestReport):
                counts.setdefault(layer_of(report.nodeid), Counter())[outcome] += 1
    return counts


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--within-shares", action="store_true", help="fail if a layer uses more processor seconds than its share"
    )


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Run(config), "layers")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by its layer, and run the quick layers first."""
    order = {layer: number for number, layer in enumerate(LAYERS)}
    for item in items:
        if (layer := layer_of(item.nodeid)) in order:
            item.add_marker(layer)
    items.sort(key=lambda item: order.get(layer_of(item.nodeid), len(order)))
