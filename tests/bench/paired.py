"""What a call costs beside another checkout of this project: `python -m tests.bench.paired OLD_CHECKOUT [job …]`.

    git worktree add ../before 1f2e3d4 && make -C ../before venv
    python -m tests.bench.paired ../before lookup create closing --at-most 1.03

Both systems run at the same time, each with servers of its own, and are asked by turns. What is compared is the
processor time of everything a system started, per call, with all that follows from it (events, what is written later):
other load on the machine changes it little, and both alike. How little is seen by pairing a checkout with itself.
With `--at-most`, the exit code is 1 if a ratio is above it.
"""

import argparse
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from tests.bench import traffic
from tests.bench.figures import BenchFailed, require_sound
from tests.bench.load import RequestsFactory
from tests.bench.load import measure as drive
from tests.bench.organisation import Organisation
from tests.bench.outcome import Target
from tests.bench.people import person
from tests.bench.processor import TICKS, Meter, ticks_behind
from tests.bench.report import median_interval, shown
from tests.bench.running import CUSTOMERS
from tests.bench.settled import settle, until_all_seen
from tests.support.business import Desk, Load, prepare

HERE = Path(__file__).resolve().parents[2]
HOSTED = Path(__file__).with_name("hosted.py")
WINDOWS = 20
"""Many short ones: what else the machine does then falls on both alike, and the interval is narrow."""
CLIENTS = 2
SECONDS = 1.5
CLOSINGS, CLOSINGS_PER_SECOND = 30, 20


@dataclass(frozen=True)
class System:
    """One checkout's running system. `pid` is the process that started all of it."""

    pid: int
    admin_url: str
    organisation: Organisation
    sessions: list[traffic.Headers]

    @property
    def base_url(self) -> str:
        return self.organisation.base_url

    def database(self, service: str) -> str:
        """The administrator's URL of a service's database."""
        return f"{self.admin_url.rpartition('/')[0]}/crm_{service}"


Window = Callable[[System], float]
"""Works a system for a while; the processor milliseconds of a call."""


@dataclass(frozen=True)
class Paired:
    """Processor milliseconds per call of both, window by window; `busy` is what others used of the machine."""

    name: str
    new: Sequence[float]
    old: Sequence[float]
    busy: float = 0.0

    @property
    def ratios(self) -> list[float]:
        """Each window of the new one to the window of the old one beside it."""
        return [new / old for new, old in zip(self.new, self.old, strict=True)]

    @property
    def ratio(self) -> float:
        """The median of the pairs."""
        return median(self.ratios)

    @property
    def line(self) -> str:
        """A row of the table; the interval holds the median at 95 % (below six windows: the extremes)."""
        low, high = median_interval(self.ratios)
        return (
            f"| {self.name} | {shown(median(self.new))} | {shown(median(self.old))} "
            f"| {self.ratio:.3f} ({low:.3f} to {high:.3f}) | {len(self.new)} | {self.busy:.0%} |"
        )


def by_turns(name: str, window: Window, *, new: System, old: System, windows: int) -> Paired:
    """New, old, new, old, …; a window of each goes before and is not counted."""
    for one in (new, old):
        window(one)
    taken: dict[int, list[float]] = {new.pid: [], old.pid: []}
    meter = Meter()
    for _ in range(windows):
        for one in (new, old):
            taken[one.pid].append(window(one))
    return Paired(name, taken[new.pid], taken[old.pid], meter.read().others)


def of_calls(system: System, asking: Callable[[System], RequestsFactory], *, seconds: float) -> float:
    """A window of calls by a few clients, until what they recorded has had its effects."""
    wanted = asking(system)
    before = ticks_behind(system.pid)
    figures = drive(system.base_url, wanted, clients=CLIENTS, seconds=seconds, warmup=0.0)
    settle(system.database)
    return (ticks_behind(system.pid) - before) / TICKS / require_sound(figures, name="a window").calls * 1000


def of_closings(system: System, *, count: int) -> float:
    """A window of closings, which are prepared before it, until each is in its customer's view."""
    desk = Desk(system.organisation.accounts, system.base_url)
    try:
        closings = prepare(desk, count=count)
        settle(system.database)
        before = ticks_behind(system.pid)
        with Load(desk, closings, rate=CLOSINGS_PER_SECOND):
            pass
        until_all_seen(system.database, [closing.document for closing in closings])
        settle(system.database)
        return (ticks_behind(system.pid) - before) / TICKS / count * 1000
    finally:
        desk.close()


def by_plate(system: System) -> RequestsFactory:
    return traffic.lookups_by_plate(system.base_url, sessions=system.sessions, customers=CUSTOMERS)


def by_phone_tail(system: System) -> RequestsFactory:
    people = [(one.mobile[-4:], one) for one in map(person, range(CUSTOMERS))]
    return traffic.lookups(system.base_url, sessions=system.sessions, people=people)


def creating(system: System) -> RequestsFactory:
    return traffic.creations(system.base_url, sessions=system.sessions)


def jobs(*, seconds: float, closings: int) -> dict[str, dict[str, Window]]:
    """What is measured, by the word that asks for it."""
    return {
        "lookup": {
            "look-up by plate": partial(of_calls, asking=by_plate, seconds=seconds),
            "look-up by phone tail": partial(of_calls, asking=by_phone_tail, seconds=seconds),
        },
        "create": {"customer and vehicle": partial(of_calls, asking=creating, seconds=seconds)},
        "closing": {"closing": partial(of_closings, count=closings)},
    }


@contextmanager
def hosting(checkout: Path) -> Iterator[System]:
    """Start a checkout's system with its own interpreter; it is gone afterwards."""
    python = checkout / ".venv" / "bin" / "python"
    if not python.exists():
        raise BenchFailed(f"{checkout} has no .venv: `make venv` there")
    command = [str(python), "-W", "ignore", "-c", HOSTED.read_text(), str(CUSTOMERS)]
    # leaving the block closes its standard input, and that ends the system
    with subprocess.Popen(command, cwd=checkout, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise BenchFailed(f"the system of {checkout} did not start")
        told = json.loads(line)
        accounts = {role: (account, password) for role, (account, password) in told["accounts"].items()}
        organisation = Organisation(told["base_url"], accounts)
        sessions = [organisation.headers(token) for token in organisation.tokens("advisor", count=CLIENTS)]
        yield System(process.pid, told["admin_url"], organisation, sessions)


def measured(new: System, old: System, *, wanted: dict[str, dict[str, Window]], windows: int) -> Iterator[Paired]:
    """Each job, printed as it is done."""
    print("| processor ms of a call | this | the other | this to the other | windows | others busy |")
    print("|---|---:|---:|---:|---:|---:|", flush=True)
    for job in wanted.values():
        for name, window in job.items():
            paired = by_turns(name, window, new=new, old=old, windows=windows)
            print(paired.line, flush=True)
            yield paired


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.bench.paired", description=__doc__.splitlines()[0])
    asked.add_argument("checkout", type=Path, help="a work tree of other code, with its own .venv")
    asked.add_argument("jobs", nargs="*", metavar="job", help="of lookup, create, closing; all if none is named")
    asked.add_argument("--windows", type=int, default=WINDOWS)
    asked.add_argument("--seconds", type=float, default=SECONDS)
    asked.add_argument("--closings", type=int, default=CLOSINGS)
    asked.add_argument("--at-most", type=float, help="the bound of every ratio")
    asked.add_argument("--this-first", action="store_true", help="start this checkout before the other one")
    chosen = asked.parse_args()
    every = jobs(seconds=chosen.seconds, closings=chosen.closings)
    if unknown := set(chosen.jobs) - set(every):
        asked.error(f"there is no job {', '.join(sorted(unknown))}")
    wanted = {word: job for word, job in every.items() if word in (chosen.jobs or every)}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    first, second = chosen.checkout.resolve(), HERE
    if chosen.this_first:
        first, second = second, first
    with hosting(first) as one, hosting(second) as other:
        new, old = (one, other) if chosen.this_first else (other, one)
        pairs = list(measured(new, old, wanted=wanted, windows=chosen.windows))
    targets = [
        Target(f"{one.name} to the other's", one.ratio, at_most=chosen.at_most, others=one.busy) for one in pairs
    ]
    if chosen.at_most is not None:
        print("\n" + "\n".join(target.line for target in targets))
    return 0 if all(target.is_met for target in targets) else 1


if __name__ == "__main__":
    sys.exit(main())
