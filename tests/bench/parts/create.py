"""A customer with his vehicle in one call, beside the monolith's."""

from functools import partial

from tests.bench import limits, traffic
from tests.bench.compared import Compared, compared_table
from tests.bench.load import measure as drive
from tests.bench.monolith import traffic as monolith
from tests.bench.outcome import Outcome, Target
from tests.bench.processor import counted
from tests.bench.report import alternate
from tests.bench.running import CLIENTS, Running

ROUNDS = 6
WINDOW = {"seconds": 1.5, "warmup": 0.3}


def measure(running: Running) -> Outcome:
    """One client and 16, by turns."""
    ours = traffic.creations(running.base_url, sessions=running.sessions)
    theirs = monolith.creations(running.monolith_url)
    rows = {}
    for clients in (1, CLIENTS):
        bare = limits.inserted(running.database("customer"), clients=clients, **WINDOW)
        comparison = alternate(
            partial(counted, partial(drive, running.base_url, ours, clients=clients, **WINDOW)),
            partial(counted, partial(drive, running.monolith_url, theirs, clients=clients, **WINDOW)),
            rounds=ROUNDS,
        )
        rows[clients] = Compared(f"customer and vehicle, {clients} at once", comparison, bare)
    alone = rows[1].comparison
    name = "p50 of customer and vehicle in one call to the monolith's, one client"
    return Outcome(
        "create",
        compared_table(list(rows.values()), ours="ours", peer="monolith", limit="bare INSERT and commit"),
        [Target(name, alone.p50_ratio, at_most=2.4, others=alone.busy)],
    )
