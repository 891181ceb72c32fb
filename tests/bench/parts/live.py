"""What live changes cost: how soon a change is told, what open streams hold, and what they take of others.

One desk changes a record, a stream of another is read. Then look-ups by turns, without streams and beside two hundred
of them, while a record is changed five times a second in both.
"""

import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlsplit

from deploy.local.processes import memory_kb
from gateway.streams import PER_SESSION
from simulator.client import Client
from tests.bench import traffic
from tests.bench.figures import BenchFailed, Figures, percentile, require_sound
from tests.bench.load import measure as drive
from tests.bench.outcome import Outcome, Target
from tests.bench.processor import Meter
from tests.bench.report import median_figures, median_interval, shown
from tests.bench.running import CUSTOMERS, Running
from tests.support.streaming import Stream

CHANGES = 300
STREAMS = 200
PAIRS = 5
CLIENTS = 4
CHANGES_PER_SECOND = 5
WINDOW = {"seconds": 6.0, "warmup": 0.5}
SOON_MS, MOST_MB = 500, 60
"""What the console was promised: so late at most is a change told, so much do two hundred streams hold."""
TOLD_SECONDS = 5.0
OPEN_SECONDS = 30.0


def measure(running: Running) -> Outcome:
    """Delays first, on a gateway that nobody else follows; then memory and look-ups."""
    people = running.organisation
    tokens = people.tokens("receptionist", count=STREAMS // PER_SESSION)
    advisor = Client.log_in(running.base_url, *people.accounts["advisor"])
    record = f"/customers/{running.people[0].record.id}"
    meter = Meter()
    delays = sorted(delays_of(running.base_url, tokens[0], advisor, record))
    p50, p99 = (1000 * percentile(delays, share=share) for share in (0.5, 0.99))
    quiet, beside, held_mb = by_turns(running, tokens, advisor, record)
    advisor.close()
    ratios = [loaded.p99 / bare.p99 for bare, loaded in zip(quiet, beside, strict=True)]
    low, high = median_interval(ratios)
    others = meter.read().others
    bare, loaded = median_figures(quiet), median_figures(beside)
    table = "\n".join(
        [
            "| measured | | others busy |",
            "|---|---:|---:|",
            f"| a change, from its answer to the stream of another: p50 ms | {shown(p50)} | {others:.0%} |",
            f"| the same: p99 ms, of {len(delays)} | {shown(p99)} | |",
            f"| memory of the gateway with {STREAMS} streams, beyond that without: MB | {shown(held_mb)} | |",
            f"| look-ups of {CLIENTS} at once, without streams: p50, p99 ms | {shown(bare.p50)}, {shown(bare.p99)} | |",
            f"| beside {STREAMS} streams: p50, p99 ms | {shown(loaded.p50)}, {shown(loaded.p99)} | |",
            f"| p99 beside them to that without | {statistics.median(ratios):.2f} ({low:.2f} to {high:.2f}) | |",
        ]
    )
    return Outcome(
        "live",
        table,
        [
            Target(f"p99 of a change told to the {SOON_MS} ms it may take", p99 / SOON_MS, at_most=1.0, others=others),
            Target(f"memory of {STREAMS} streams to the {MOST_MB} MB it may be", held_mb / MOST_MB, at_most=1.0),
            Target("p99 of look-ups beside streams", statistics.median(ratios), at_most=1.15, others=others),
        ],
    )


def delays_of(base_url: str, token: str, advisor: Client, record: str) -> Iterator[float]:
    """Seconds from the answer to whoever changes a record to the stream of another; below 0 it was told sooner."""
    with Stream(urlsplit(base_url).port or 0, token) as stream:
        stream.begun()
        for number in range(CHANGES):
            before = len(stream.messages)
            advisor.send("PATCH", record, {"employer": f"第{number}家"})
            answered = time.monotonic()
            while len(stream.messages) == before:
                if time.monotonic() - answered > TOLD_SECONDS:
                    raise BenchFailed("a change was not told")
                time.sleep(0.0005)
            yield stream.messages[-1].at - answered


def by_turns(
    running: Running, tokens: list[str], advisor: Client, record: str
) -> tuple[list[Figures], list[Figures], float]:
    """Look-ups without streams and beside them, pair by pair; and what the streams hold of memory, in MB."""
    lookups = traffic.lookups_by_mobile(running.base_url, sessions=running.sessions, customers=CUSTOMERS)
    run = partial(drive, running.base_url, lookups, clients=CLIENTS, **WINDOW)
    gateway = running.stack.supervisor.pid("gateway")
    if gateway is None:
        raise BenchFailed("no gateway")
    require_sound(run(), name="to warm up")
    quiet, beside, held = [], [], []
    with changing(advisor, record):
        for number in range(PAIRS):
            quiet.append(require_sound(run(), name=f"without streams, {number}"))
            before = memory_kb(gateway)
            with holding(urlsplit(running.base_url).port or 0, tokens):
                held.append((memory_kb(gateway) - before) / 1024)
                beside.append(require_sound(run(), name=f"beside streams, {number}"))
    return quiet, beside, max(held)


@contextmanager
def changing(advisor: Client, record: str) -> Iterator[None]:
    """Change a record again and again meanwhile."""
    over = threading.Event()

    def change() -> None:
        number = 0
        while not over.wait(1 / CHANGES_PER_SECOND):
            number += 1
            advisor.send("PATCH", record, {"employer": f"又一家{number}"})

    thread = threading.Thread(target=change, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def holding(port: int, tokens: list[str]) -> Iterator[None]:
    """Two hundred streams, open and read."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.bench.holding", str(port), str(STREAMS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("".join(f"{token}\n" for token in tokens))
        process.stdin.flush()
        watch = threading.Timer(OPEN_SECONDS, process.kill)
        watch.start()
        try:
            if process.stdout.readline() != "open\n":
                raise BenchFailed("the streams were not opened")
            watch.cancel()
            yield
            if process.poll() is not None:
                raise BenchFailed("a stream was ended")
        finally:
            watch.cancel()
            process.stdin.close()
