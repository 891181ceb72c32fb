"""Measures the monolith alone: `python -m tests.bench.monolith --database-url postgresql://…`."""

import argparse

from tests.bench.figures import figures_of, line_of
from tests.bench.load import measure, measure_steps
from tests.bench.monolith import traffic
from tests.bench.monolith.seed import fresh_database, seed
from tests.bench.monolith.serve import serving


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database-url", required=True, help="a server role that may create databases")
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--warmup", type=float, default=1.0)
    asked = parser.parse_args()
    window = {"seconds": asked.seconds, "warmup": asked.warmup}

    database_url = fresh_database(asked.database_url, name="bench_monolith")
    seed(database_url, customers=asked.customers)
    with serving(database_url) as base_url:
        jobs = {
            "look up by mobile": traffic.lookups_by_mobile(base_url, customers=asked.customers),
            "look up by plate": traffic.lookups_by_plate(base_url, customers=asked.customers),
            "create customer + vehicle": traffic.creations(base_url),
        }
        for name, factory in jobs.items():
            for clients in (1, 16):
                figures = measure(base_url, factory, clients=clients, **window)
                print(
                    line_of(f"{name}, {clients}", figures=figures),
                    f"client {figures.client_cpu:.2f}",
                )
        seen: list[float] = []
        factory = traffic.main_job(base_url, seen_after=seen.append)
        for step, figures in measure_steps(base_url, factory, clients=1, **window).items():
            print(line_of(f"main job, {step}", figures=figures))
        total = asked.seconds + asked.warmup
        print(line_of("main job, closed -> seen", figures=figures_of(seen, seconds=total)))


if __name__ == "__main__":
    main()
