"""Our calls beside stock nameko's and beside bare AMQP: the same payload, a process for each end."""

from functools import partial

from tests.bench import echo, limits
from tests.bench.compared import Compared, compared_table
from tests.bench.outcome import Outcome, Target
from tests.bench.report import alternate, median_figures
from tests.bench.running import Running
from tests.bench.stock_nameko import measure_stock

ROUNDS = 6
SECONDS, WARMUP = 1.5, 0.4


def measure(running: Running) -> Outcome:
    """16 and 1 calls in flight, by turns."""
    amqp_url, rows = running.amqp_url, {}
    with echo.serving(
        amqp_url=amqp_url,
        database_url=running.database("customer"),
        management_url=running.stack.infrastructure.management_url,
        log=running.stack.run_dir.log("echo"),
    ) as ours:
        for in_flight in (16, 1):
            bare = partial(limits.bare_calls, amqp_url, in_flight=in_flight, seconds=SECONDS, warmup=WARMUP)
            before = bare()
            comparison = alternate(
                partial(ours.measure, in_flight=in_flight, seconds=SECONDS, warmup=WARMUP),
                partial(measure_stock, amqp_url, in_flight=in_flight, seconds=SECONDS, warmup=WARMUP),
                rounds=ROUNDS,
            )
            rows[in_flight] = Compared(f"call, {in_flight} in flight", comparison, median_figures([before, bare()]))
    crowd, alone = rows[16].comparison, rows[1].comparison
    return Outcome(
        "calls",
        compared_table(list(rows.values()), ours="ours", peer="stock nameko", limit="bare AMQP"),
        [
            Target("calls/s to stock nameko, 16 at once", crowd.rate_ratio, at_least=1.8, others=crowd.busy),
            Target("p50 to stock nameko, one alone", alone.p50_ratio, at_most=0.6, others=alone.busy),
        ],
    )
