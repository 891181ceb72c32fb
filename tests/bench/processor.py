"""Processor time of the measured processes, from the kernel's own count.

Rates and latencies suffer from whatever else runs on the machine; the processor time of a call hardly does,
so it says what a system costs also on a machine that is not quiet.
"""

import dataclasses
import os
import time
from collections.abc import Callable
from pathlib import Path

from deploy.local.processes import descendants
from tests.bench.figures import Figures

TICKS = os.sysconf("SC_CLK_TCK")


def counted(measure: Callable[[], Figures]) -> Figures:
    """The figures of `measure` with the processor time that everything started by this process used meanwhile.

    What lies idle beside the measured system is counted with it; it is a hundredth.
    """
    started, before = time.perf_counter(), ticks_of_children()
    figures = measure()
    spent, used = time.perf_counter() - started, used_since(before)
    return dataclasses.replace(figures, server_cpu=used / spent)


def ticks_of_children() -> dict[int, int]:
    """Processor ticks used so far by each process below this one."""
    return {one.pid: ticks_of(one.pid) for one in descendants(os.getpid())}


def used_since(before: dict[int, int]) -> float:
    """Processor seconds the processes below this one have used since `before` was taken."""
    now = ticks_of_children()
    return sum(max(0, ticks - before.get(pid, 0)) for pid, ticks in now.items()) / TICKS


def ticks_of(pid: int) -> int:
    """User and system ticks of a process; 0 for one that is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])
