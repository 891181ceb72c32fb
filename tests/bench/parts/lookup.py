"""Who is this? The look-up by phone and by plate, with session, access check and masking, beside the monolith's."""

from functools import partial

from tests.bench import limits, traffic
from tests.bench.compared import Compared, compared_table
from tests.bench.load import measure as drive
from tests.bench.monolith import traffic as monolith
from tests.bench.outcome import Outcome, Target
from tests.bench.processor import counted
from tests.bench.report import alternate
from tests.bench.running import CLIENTS, CUSTOMERS, Running

ROUNDS = 6
WINDOW = {"seconds": 1.5, "warmup": 0.3}


def measure(running: Running) -> Outcome:
    """One client and 16, by turns."""
    ours_at, theirs_at = running.base_url, running.monolith_url
    jobs = {
        "phone": (
            traffic.lookups_by_mobile(ours_at, sessions=running.sessions, customers=CUSTOMERS),
            monolith.lookups_by_mobile(theirs_at, customers=CUSTOMERS),
        ),
        "plate": (
            traffic.lookups_by_plate(ours_at, sessions=running.sessions, customers=CUSTOMERS),
            monolith.lookups_by_plate(theirs_at, customers=CUSTOMERS),
        ),
    }
    rows = {}
    for clients in (1, CLIENTS):
        bare = limits.selected(running.database("customer"), clients=clients, **WINDOW)
        for by, (ours, theirs) in jobs.items():
            comparison = alternate(
                partial(counted, partial(drive, ours_at, ours, clients=clients, **WINDOW)),
                partial(counted, partial(drive, theirs_at, theirs, clients=clients, **WINDOW)),
                rounds=ROUNDS,
            )
            rows[by, clients] = Compared(f"look up by {by}, {clients} at once", comparison, bare)
    crowd, alone = rows["phone", CLIENTS].comparison, rows["phone", 1].comparison
    return Outcome(
        "lookup",
        compared_table(list(rows.values()), ours="ours", peer="monolith", limit="bare SELECT"),
        [
            Target(
                "look-ups by phone to the monolith's, 16 clients",
                crowd.rate_ratio,
                at_least=1.0,
                others=crowd.busy,
            ),
            Target(
                "p50 of a look-up by phone to the monolith's, one client",
                alone.p50_ratio,
                at_most=1.0,
                others=alone.busy,
            ),
        ],
    )
