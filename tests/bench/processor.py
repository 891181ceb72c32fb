"""Processor time, from the kernel's own count: what the measured processes used, and what others did meanwhile.

Rates and latencies suffer from whatever else runs on the machine; the processor time of a call suffers little,
so it says what a system costs also on a machine that is not quiet.
"""

import dataclasses
import os
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from deploy.local.processes import Process, descendants, process
from tests.bench.figures import Figures
from tests.bench.programs import children, command_of, named, worked_for

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
    own, _ = ticks_of(os.getpid())
    idle, total = machine_ticks()
    return own, ticks_behind(os.getpid()), total - idle, total


def ticks_behind(pid: int) -> int:
    """Ticks so far of everything that a process has started, living or ended."""
    _, ended = ticks_of(pid)
    return ended + sum(sum(ticks_of(one.pid)) for one in descendants(pid))


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


class Counted(NamedTuple):
    """One living process: which of the system's programs it belongs to, and for what part it works.

    `own` are its ticks, `ended` those of its children that have ended.
    """

    program: str
    part: str
    own: int
    ended: int


def everybody(pid: int) -> dict[Process, Counted]:
    """All that live below this process."""
    found: dict[Process, Counted] = {}
    for child in children(pid):
        program = named(command_of(child))
        for one in [process(child), *descendants(child)]:
            if one is not None:
                found[one] = Counted(program, worked_for(program, command_of(one.pid)), *ticks_of(one.pid))
    return found


def spent_by_part(before: Mapping[Process, Counted], after: Mapping[Process, Counted]) -> dict[str, int]:
    """Ticks that each part used between two looks, most first.

    What a process used until it ended stands with its program: of that, what it had used before the first look
    is taken off again.
    """
    parts: Counter[str] = Counter()
    for one, now in after.items():
        was = before.get(one, Counted(now.program, now.part, 0, 0))
        parts[now.part] += now.own - was.own
        parts[now.program] += now.ended - was.ended
    for one, gone in before.items():
        if one not in after:
            parts[gone.program] -= gone.own + gone.ended
    return {part: ticks for part, ticks in parts.most_common() if ticks > 0}
