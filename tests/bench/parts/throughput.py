"""How fast a backlog is worked off: by the relay, and by the customer service.

The backlog is recorded while the one who works it off is halted. The rate is read from the moments the
rows themselves carry, between its first batch and its last, so the start of a process is not in it.
"""

import math
import time
from collections.abc import Callable
from functools import partial

import psycopg

from tests.bench import limits
from tests.bench.figures import BenchFailed, Figures, require_sound
from tests.bench.outcome import Outcome
from tests.bench.recorded import record
from tests.bench.report import median_figures, shown
from tests.bench.running import Running

ROUNDS = 3
EVENTS, HEARD = 10_000, 5_000
UNHEARD_EVENT = "vehicle_allocated"
HEARD_EVENT = "repair_order_opened"
PATIENCE = 60.0
WINDOW = {"seconds": 1.5, "warmup": 0.3}

_PUBLISHED = """
    SELECT extract(epoch FROM published_at)::float8 FROM outbox
     WHERE event_type = %s AND published_at > to_timestamp(%s)
"""
_HANDLED = """
    SELECT extract(epoch FROM handled_at)::float8 FROM inbox WHERE handler = %s AND handled_at > to_timestamp(%s)
"""


def measure(running: Running) -> Outcome:
    """The relay with an event nobody hears and with one the customer service hears; then that service."""
    ours: dict[str, list[Figures]] = {}
    bare: dict[str, list[Figures]] = {}
    for _ in range(ROUNDS):
        ours.setdefault("relay", []).append(relayed(running))
        relayed_heard, consumed = to_customer(running)
        ours.setdefault("relay, to a quorum queue", []).append(relayed_heard)
        ours.setdefault("customer service", []).append(consumed)
        for name, measure_limit in all_limits(running).items():
            bare.setdefault(name, []).append(require_sound(measure_limit(), name=name))
    of_what = {
        "relay": "publish, confirmed by 500",
        "relay, to a quorum queue": "publish, confirmed by 500",
        "customer service": "one row inserted and committed per message",
    }
    lines = ["| backlog of | events/s | bare limit | limit/s | of the limit |", "|---|---:|---|---:|---:|"]
    for name, rounds in ours.items():
        figures, limit = median_figures(rounds), median_figures(bare[of_what[name]])
        lines.append(
            f"| {name} | {shown(figures.rate)} | {of_what[name]} | {shown(limit.rate)} "
            f"| {figures.rate / limit.rate:.0%} |"
        )
    return Outcome("throughput", "\n".join(lines), [])


def all_limits(running: Running) -> dict[str, Callable[[], Figures]]:
    database, amqp_url = running.database("customer"), running.amqp_url
    return {
        "publish, confirmed by 500": partial(limits.relayed, amqp_url, batch=500, **WINDOW),
        "one row inserted and committed per message": partial(
            limits.consumed, amqp_url, database_url=database, messages=HEARD
        ),
    }


def relayed(running: Running) -> Figures:
    """The relay's rate for events nobody hears."""
    supervisor, database = running.stack.supervisor, running.database("sales")
    supervisor.halt("relay")
    since = time.time()
    record(database, UNHEARD_EVENT, count=EVENTS)
    supervisor.resume("relay")
    return rate_of(until_there(database, _PUBLISHED, UNHEARD_EVENT, since, count=EVENTS), leaves_out="first")


def to_customer(running: Running) -> tuple[Figures, Figures]:
    """The relay's rate to a queue with a halted consumer, and then the consumer's."""
    supervisor, database = running.stack.supervisor, running.database("workshop")
    supervisor.halt("customer")
    supervisor.halt("relay")
    since = time.time()
    record(database, HEARD_EVENT, count=HEARD, customers=[one.customer_id for one in running.people])
    supervisor.resume("relay")
    published = until_there(database, _PUBLISHED, HEARD_EVENT, since, count=HEARD)
    supervisor.resume("customer")
    handled = until_there(running.database("customer"), _HANDLED, f"{HEARD_EVENT}.v1", since, count=HEARD)
    return rate_of(published, leaves_out="first"), rate_of(handled, leaves_out="last")


def until_there(database_url: str, query: str, name: str, since: float, *, count: int) -> list[float]:
    """The moments of all rows, once there are so many."""
    until = time.monotonic() + PATIENCE
    with psycopg.connect(database_url, autocommit=True) as connection:
        while len(moments := connection.execute(query, (name, since)).fetchall()) < count:
            if time.monotonic() > until:
                raise BenchFailed(f"{len(moments)} of {count} {name} within {PATIENCE:.0f} s")
            time.sleep(0.2)
    return sorted(moment for (moment,) in moments)


def rate_of(moments: list[float], *, leaves_out: str) -> Figures:
    """Events per second from the first moment to the last.

    The relay notes a moment when a batch is done, so its first batch lies before the time measured;
    the inbox notes it when a batch begins, so its last batch lies behind it.
    """
    first, last = moments[0], moments[-1]
    counted = len(moments) - moments.count(first if leaves_out == "first" else last)
    return Figures(counted / (last - first), math.nan, math.nan, math.nan, counted)
