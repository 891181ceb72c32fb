"""Processor time, from the kernel's own count: what the measured processes used, and what others did meanwhile.

Rates and latencies suffer from whatever else runs on the machine; the processor time of a call suffers little,
so it says what a system costs also on a machine that is not quiet.
"""

import dataclasses
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from deploy.local.processes import descendants
from tests.bench.figures import Figures

TICKS = os.sysconf("SC_CLK_TCK")


class Spent(NamedTuple):
    """What was used since a meter began.

    `behind` is processor seconds of everything this process started, `others` the share of the machine (0 to 1)
    that was used by neither that nor this process.
    """

    seconds: float
    behind: float
    others: float


class Meter:
    """Counts from the moment it is made."""

    def __init__(self) -> None:
        self._began, self._before = time.perf_counter(), reading()

    def read(self) -> Spent:
        """What was used so far."""
        own, behind, busy, total = (now - before for now, before in zip(reading(), self._before, strict=True))
        others = max(0.0, busy - own - behind) / max(1, total)
        return Spent(time.perf_counter() - self._began, behind / TICKS, others)


def counted(measure: Callable[[], Figures]) -> Figures:
    """The figures of `measure` with the processor time that everything started by this process used meanwhile.

    What lies idle beside the measured system is counted with it; it is a hundredth.
    """
    meter = Meter()
    figures = measure()
    spent = meter.read()
    return dataclasses.replace(figures, server_cpu=spent.behind / spent.seconds)


def reading() -> tuple[int, int, int, int]:
    """Ticks so far: of this process, of all it started, of the machine when busy, of the machine in all.

    What a process that has ended used is in the count of the parent that waited for it.
    """
    own, ended = ticks_of(os.getpid())
    living = sum(sum(ticks_of(one.pid)) for one in descendants(os.getpid()))
    idle, total = machine_ticks()
    return own, ended + living, total - idle, total


def ticks_of(pid: int) -> tuple[int, int]:
    """Ticks of a process itself, and of its children that have ended; nothing for one that is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0, 0
    user, system, user_of_ended, system_of_ended = map(int, fields[11:15])
    return user + system, user_of_ended + system_of_ended


def machine_ticks() -> tuple[int, int]:
    """(idle, all) ticks since the start of the machine."""
    ticks = [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return ticks[3] + ticks[4], sum(ticks)
