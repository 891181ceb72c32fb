"""From a fact to its line in the customer's view, in another service's database.

Measured inside: the server keeps the moment of each commit, so per closing the commit of the order's row
and the commit of the timeline's row are compared, by one clock, under a steady rate of closings.
Measured outside: one client works through whole repair orders and looks at the view until it tells.
The way inside is held to the monolith's outside, of the same run: both end where the fact can be read.
"""

import os
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from tests.bench import traffic
from tests.bench.compared import Compared, compared_table
from tests.bench.figures import BenchFailed, Figures, figures_of
from tests.bench.load import RequestsFactory, measure_steps
from tests.bench.monolith import traffic as monolith
from tests.bench.outcome import Outcome, Target
from tests.bench.processor import TICKS, Meter, Spent, everybody, spent_by_part
from tests.bench.report import Comparison, alternate, median_figures, shown
from tests.bench.running import Running
from tests.bench.settled import rows, settle, until_all_seen
from tests.support.business import Closing, Desk, Load, prepare

RATES = {20: 300, 50: 400}
"""Closings per second, and how many of them."""
SEEN = """
    SELECT source_id, pg_xact_commit_timestamp(xmin) FROM timeline_entry
     WHERE event_type IN ('vehicle_delivered', 'vehicle_returned') AND source_id = ANY(%s)
"""
P50, P99 = 1.5, 6.3
"""Times the monolith's middle way from closed to seen that ours may take from commit to commit."""
ROUNDS = 3
WINDOW = {"seconds": 3.0, "warmup": 0.5}

_DONE = "SELECT id::text, pg_xact_commit_timestamp(xmin) FROM {table} WHERE id = ANY(%s::uuid[])"
DONE = {"sales": _DONE.format(table="sales_order"), "workshop": _DONE.format(table="repair_order")}


@dataclass(frozen=True)
class Closed:
    """Closings at one rate: per closing the seconds from commit to commit; what was used, in all and by part."""

    delays: list[float]
    spent: Spent
    ticks: Mapping[str, int]

    def cpu_ms(self, part: str) -> float:
        """Processor milliseconds of this part per closing."""
        return self.ticks.get(part, 0) / TICKS / len(self.delays) * 1000


def measure(running: Running) -> Outcome:
    """Whole repair orders beside the monolith's, then closings at each rate."""
    comparison, table = whole_job(running)
    desk = Desk(running.organisation.accounts, running.base_url)
    by_rate: dict[int, Closed] = {}
    try:
        for rate, count in RATES.items():
            closings = prepare(desk, count=count)
            settle(running.database)
            by_rate[rate] = under_load(running, desk, closings, rate=rate)
    finally:
        desk.close()
    lines = [
        "| closings | done | p50 ms | p90 ms | p99 ms | longest ms | cpu ms each | others busy |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    targets: list[Target] = []
    for rate, closed in by_rate.items():
        p50, p90, p99 = (1000 * statistics.quantiles(closed.delays, n=100)[at - 1] for at in (50, 90, 99))
        count, others = len(closed.delays), closed.spent.others
        lines.append(
            f"| {rate}/s | {count} | {shown(p50)} | {shown(p90)} | {shown(p99)} "
            f"| {shown(max(closed.delays) * 1000)} | {shown(closed.spent.behind / count * 1000)} | {others:.0%} |"
        )
        for name, measured, at_most in (("p50", p50, P50), ("p99", p99, P99)):
            told = f"commit to view, {name} at {rate}/s to the monolith's p50 of closed → seen"
            targets.append(Target(told, measured / comparison.b.p50, at_most=at_most, others=others))
    told = "From the commit of a delivery or return to the commit of its line in the customer's timeline:"
    return Outcome("visible", "\n\n".join([told, "\n".join(lines), parts_table(by_rate), table]), targets)


def parts_table(by_rate: Mapping[int, Closed]) -> str:
    """Where the processor time of a closing goes."""
    parts = {part for closed in by_rate.values() for part in closed.ticks}
    weight = {part: sum(closed.cpu_ms(part) for closed in by_rate.values()) for part in parts}
    heads = " | ".join(f"at {rate}/s" for rate in by_rate)
    lines = [f"| cpu ms of a closing | {heads} |", f"|---|{'---:|' * len(by_rate)}"]
    lines += [
        f"| {part} | {' | '.join(shown(closed.cpu_ms(part)) for closed in by_rate.values())} |"
        for part in sorted(parts, key=lambda part: -weight[part])
    ]
    sums = (shown(sum(map(closed.cpu_ms, closed.ticks))) for closed in by_rate.values())
    lines.append(f"| **sum** | {' | '.join(f'**{one}**' for one in sums)} |")
    return "\n".join(lines)


def under_load(running: Running, desk: Desk, closings: Sequence[Closing], *, rate: int) -> Closed:
    """Close at this rate, until every line is there."""
    meter, before = Meter(), everybody(os.getpid())
    with Load(desk, list(closings), rate=rate) as load:
        pass
    documents = [closing.document for closing in closings]
    until_all_seen(running.database, documents)
    spent, after = meter.read(), everybody(os.getpid())
    if load.sent != len(closings):
        raise BenchFailed(f"{load.sent} requests for {len(closings)} closings")
    seen = dict(rows(running.database("customer"), SEEN, documents))
    done = [row for service, query in DONE.items() for row in rows(running.database(service), query, documents)]
    delays = [(seen[document] - committed).total_seconds() for document, committed in done]
    return Closed(delays, spent, spent_by_part(before, after))


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
