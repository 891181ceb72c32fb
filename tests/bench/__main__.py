"""All measurements, or those named: `python -m tests.bench [calls lookup create deliveries … memory start]`.

Prints each part's table as it is done, writes it into `docs/benchmarks.md`,
and ends with what every target came to: exit code 1 if one was missed.
"""

import argparse
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.bench import report
from tests.bench.outcome import Outcome
from tests.bench.parts import calls, cold, create, deliveries, live, lookup, throughput, visible
from tests.bench.running import Running, running

COLD = ("start", "memory")
WARM: dict[str, Callable[[Running], Outcome]] = {
    "calls": calls.measure,
    "lookup": lookup.measure,
    "create": create.measure,
    "deliveries": deliveries.measure,
    "visible": visible.measure,
    "live": live.measure,
    "throughput": throughput.measure,
}


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.splitlines()[0])
    asked.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join((*COLD, *WARM))}; all if none is named")
    asked.add_argument("--no-document", action="store_true", help="leave docs/benchmarks.md as it is")
    chosen = asked.parse_args()
    wanted = set(chosen.parts or (*COLD, *WARM))
    if unknown := wanted - {*COLD, *WARM}:
        asked.error(f"there is no part {', '.join(sorted(unknown))}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    outcomes = []
    for outcome in measured(wanted):
        outcomes.append(outcome)
        print(f"\n== {outcome.section}\n\n{outcome.table}", flush=True)
        if not chosen.no_document:
            report.write(outcome.section, text=outcome.text)
    targets = [target for outcome in outcomes for target in outcome.targets]
    print("\n" + "\n".join(target.line for target in targets))
    missed = [target for target in targets if not target.is_met]
    print(f"\n{len(targets) - len(missed)} of {len(targets)} targets met")
    return 1 if missed else 0


def measured(wanted: set[str]) -> Iterator[Outcome]:
    """The parts in their order: first what wants a machine with nothing else of ours on it."""
    if cold_ones := wanted.intersection(COLD):
        with timed("start and memory"):
            outcomes = cold.measure(cold_ones)
        yield from outcomes
    if not wanted.intersection(WARM):
        return
    with running() as both:
        yield Outcome("machine", report.surroundings(database_url=both.admin_url, amqp_url=both.amqp_url), [])
        for name, measure in WARM.items():
            if name in wanted:
                with timed(name):
                    outcome = measure(both)
                yield outcome


@contextmanager
def timed(name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    print(f"\n({name}: {time.monotonic() - began:.0f} s)", flush=True)


if __name__ == "__main__":
    sys.exit(main())
