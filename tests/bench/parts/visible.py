"""From a fact to its line in the customer's view, in another service's database.

Measured inside: the server keeps the moment of each commit, so per closing the commit of the order's row
and the commit of the timeline's row are compared, by one clock, under a steady rate of closings.
Measured outside: one client works through whole repair orders and looks at the view until it tells.
The way inside is held to the monolith's outside, of the same run: both end where the fact can be read.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial

import psycopg

from tests.bench import traffic
from tests.bench.compared import Compared, compared_table
from tests.bench.figures import BenchFailed, Figures, figures_of
from tests.bench.load import RequestsFactory, measure_steps
from tests.bench.monolith import traffic as monolith
from tests.bench.outcome import Outcome, Target
from tests.bench.processor import Meter, Spent
from tests.bench.report import Comparison, alternate, median_figures, shown
from tests.bench.running import Running
from tests.support.business import Closing, Desk, Load, prepare

RATES = {20: 300, 50: 400}
"""Closings per second, and how many of them."""
SETTLE_SECONDS = 1.5
SEEN_SECONDS = 10.0
P50, P99 = 1.5, 6.3
"""Times the monolith's middle way from closed to seen that ours may take from commit to commit."""
ROUNDS = 3
WINDOW = {"seconds": 3.0, "warmup": 0.5}

_DONE = "SELECT id::text, pg_xact_commit_timestamp(xmin) FROM {table} WHERE id = ANY(%s::uuid[])"
DONE = {"sales": _DONE.format(table="sales_order"), "workshop": _DONE.format(table="repair_order")}
SEEN = """
    SELECT source_id, pg_xact_commit_timestamp(xmin) FROM timeline_entry
     WHERE event_type IN ('vehicle_delivered', 'vehicle_returned') AND source_id = ANY(%s)
"""


def measure(running: Running) -> Outcome:
    """Whole repair orders beside the monolith's, then closings at each rate."""
    comparison, table = whole_job(running)
    desk = Desk(running.organisation.accounts, running.base_url)
    lines = [
        "| closings | done | p50 ms | p90 ms | p99 ms | longest ms | cpu ms each | others busy |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    targets: list[Target] = []
    try:
        for rate, count in RATES.items():
            closings = prepare(desk, count=count)
            settle(running)
            delays, spent = under_load(running, desk, closings, rate=rate)
            p50, p90, p99 = (1000 * statistics.quantiles(delays, n=100)[at - 1] for at in (50, 90, 99))
            lines.append(
                f"| {rate}/s | {len(delays)} | {shown(p50)} | {shown(p90)} | {shown(p99)} "
                f"| {shown(max(delays) * 1000)} | {shown(spent.behind / count * 1000)} | {spent.others:.0%} |"
            )
            for name, measured, at_most in (("p50", p50, P50), ("p99", p99, P99)):
                told = f"commit to view, {name} at {rate}/s to the monolith's p50 of closed → seen"
                targets.append(Target(told, measured / comparison.b.p50, at_most=at_most, others=spent.others))
    finally:
        desk.close()
    told = "From the commit of a delivery or return to the commit of its line in the customer's timeline:"
    return Outcome("visible", "\n\n".join([told, "\n".join(lines), table]), targets)


def settle(running: Running) -> None:
    """Wait until everything recorded has had its effects, and a moment more."""
    until = time.monotonic() + SEEN_SECONDS
    query = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
    while any(rows(running, name, query) != [(0,)] for name in ("customer", "sales", "workshop", "followup")):
        if time.monotonic() > until:
            raise BenchFailed("events stay unpublished")
        time.sleep(0.1)
    time.sleep(SETTLE_SECONDS)


def under_load(running: Running, desk: Desk, closings: Sequence[Closing], *, rate: int) -> tuple[list[float], Spent]:
    """Close at this rate; per closing the seconds from its commit to that of its line, and what all was used."""
    meter = Meter()
    with Load(desk, list(closings), rate=rate) as load:
        pass
    documents = [closing.document for closing in closings]
    seen = until_all_seen(running, documents)
    spent = meter.read()
    if load.sent != len(closings):
        raise BenchFailed(f"{load.sent} requests for {len(closings)} closings")
    done = [row for service, query in DONE.items() for row in rows(running, service, query, documents)]
    return [(seen[document] - committed).total_seconds() for document, committed in done], spent


def until_all_seen(running: Running, documents: list[str]) -> dict[str, object]:
    until = time.monotonic() + SEEN_SECONDS
    while len(seen := dict(rows(running, "customer", SEEN, documents))) < len(documents):
        if time.monotonic() > until:
            raise BenchFailed(f"{len(documents) - len(seen)} closings are not in the timeline")
        time.sleep(0.1)
    return seen


def rows(running: Running, service: str, query: str, *values: object) -> list[tuple]:
    with psycopg.connect(running.database(service), autocommit=True) as connection:
        return connection.execute(query, values or None).fetchall()


def whole_job(running: Running) -> tuple[Comparison, str]:
    """`closed → seen` beside the monolith's; its table, and that of every step of ours."""
    steps: dict[str, list[Figures]] = {}
    people = running.organisation
    desks = {role: people.headers(people.tokens(role, count=1)[0]) for role in people.accounts}

    def ours(seen_after: Callable[[float], None]) -> RequestsFactory:
        return traffic.main_job(running.base_url, desks=desks, technician="technician", seen_after=seen_after)

    comparison = alternate(
        partial(seen, running.base_url, ours, steps),
        partial(seen, running.monolith_url, partial(monolith_job, running.monolith_url), {}),
        rounds=ROUNDS,
    )
    table = compared_table([Compared("closed → seen in the view", comparison)], ours="ours", peer="monolith")
    lines = ["| step of a repair order, one client | p50 ms | p99 ms |", "|---|---:|---:|"]
    for step, rounds in steps.items():
        middle = median_figures(rounds)
        lines.append(f"| {step} | {shown(middle.p50)} | {shown(middle.p99)} |")
    return comparison, "\n\n".join([table, "\n".join(lines)])


def monolith_job(base_url: str, seen_after: Callable[[float], None]) -> RequestsFactory:
    return monolith.main_job(base_url, seen_after=seen_after)


def seen(
    base_url: str,
    job: Callable[[Callable[[float], None]], RequestsFactory],
    steps: dict[str, list[Figures]],
) -> Figures:
    """Work through jobs with one client; figures of `closed → seen`. The steps' figures go into `steps`."""
    delays: list[float] = []
    for step, figures in measure_steps(base_url, job(delays.append), clients=1, **WINDOW).items():
        if figures.errors:
            raise BenchFailed(f"{step}: {figures.first_error}")
        steps.setdefault(step, []).append(figures)
    return figures_of(delays, seconds=WINDOW["seconds"] + WINDOW["warmup"])
