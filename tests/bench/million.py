"""One million customers: who is this, and everything we know of him, by 16 clients through the gateway (R36, R19).

    python -m tests.bench.million [--customers 1000000] [--no-document]

Each question stands beside its bare statement: the same SQL on the same data, by psycopg in as many threads,
in turns with ours. It is held to a bare SELECT by key, in turns as well: a bound to its own statement
would be the easier to keep the worse that statement is. Ends with exit code 1 if a bound is missed.
"""

import argparse
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from statistics import median
from urllib.parse import quote

import psycopg

from deploy.local.stack import Stack
from services.customer.view.queries.look_up import SEARCHES
from services.customer.view.queries.overview import ONE
from services.customer.view.rules.asking import meanings
from tests.bench import crowd, limits, report
from tests.bench.figures import Figures, figures_of, require_sound
from tests.bench.load import Request, Requests, RequestsFactory, request
from tests.bench.load import measure as drive
from tests.bench.organisation import found
from tests.bench.outcome import Outcome, Target
from tests.bench.processor import Meter, counted
from tests.bench.report import median_figures, shown
from tests.bench.running import run_directory
from tests.bench.traffic import BASE, Headers

CUSTOMERS = 1_000_000
CLIENTS = 16
ROUNDS = 3
SECONDS, WARMUP = 3.0, 0.5
SAMPLES = 2_000
SEED = 36

EXACT, NAMED, VIEW = 76, 128, 153
"""Times as long as a bare SELECT by key, with as many at once, that 95 of 100 answers may take at most."""

BARE_WINDOW = {"seconds": 1.0, "warmup": 0.2}

Bare = tuple[str, dict[str, object]]


@dataclass(frozen=True)
class Question:
    """A kind of question: paths with what the answer must hold, and the bare statements with their values."""

    name: str
    at_most: float
    asked: Sequence[tuple[str, bytes]]
    bare: Sequence[Bare]


@dataclass(frozen=True)
class Answered:
    """What the clients saw, what the bare statement and a SELECT by key took, and what others used meanwhile."""

    question: Question
    ours: Figures
    bare: Figures
    selected: Figures
    busy: float

    @property
    def to_selected(self) -> float:
        """Our p95 as so many bare SELECTs by key, each at its mean time."""
        return self.ours.p95 / (CLIENTS / self.selected.rate * 1000)

    @property
    def line(self) -> str:
        """A row of the table."""
        ratio = self.ours.p95 / self.bare.p95
        cells = [
            self.question.name,
            *map(shown, (self.ours.rate, self.ours.p50, self.ours.p95, self.ours.p99, self.ours.cpu_ms)),
            *map(shown, (self.bare.rate, self.bare.p50, self.bare.p95)),
            f"{ratio:.1f} ×",
            shown(self.selected.rate),
            f"{self.to_selected:.1f} ×",
            f"{self.busy:.0%}",
        ]
        return f"| {' | '.join(cells)} |"

    @property
    def target(self) -> Target:
        """The bound it is held to."""
        name = f"p95 of {self.question.name} to a SELECT by key"
        return Target(name, self.to_selected, at_most=self.question.at_most, others=self.busy)


def questions(customers: int) -> list[Question]:
    """What is asked, of people chosen by a fixed seed."""
    chance = random.Random(SEED)
    people = [chance.randrange(customers) for _ in range(SAMPLES)]
    old_ones = [number - number % crowd.OLD_ONES for number in people]
    everybody = b'"items":[{'
    names = ("张伟", "王芳", "李娜", "刘洋", "陈静", "杨丽", "黄磊", "赵敏", "吴强")
    starts = ("张秀", "王建", "李文", "刘嘉", "陈晓", "赵志", "黄雪", "周宇")
    pinyin = ("zhangwei", "wangfang", "lina", "liuyang", "chenjing", "huanglei", "zhaomin", "wuqiang")
    return [
        looked_up("phone", EXACT, [(crowd.mobile_of(n), crowd.vin_of(n).encode()) for n in people]),
        looked_up("plate", EXACT, [(crowd.plate_of(n), crowd.vin_of(n).encode()) for n in people]),
        looked_up("VIN", EXACT, [(crowd.vin_of(n), crowd.vin_of(n).encode()) for n in people]),
        looked_up("four digits of a phone", NAMED, [(crowd.mobile_of(n)[-4:], everybody) for n in people]),
        looked_up("a name", NAMED, [(name, everybody) for name in names]),
        looked_up("the beginning of a name", NAMED, [(start, everybody) for start in starts if _exists(start)]),
        looked_up("the surname 张", NAMED, [("张", everybody)]),
        looked_up("pinyin", NAMED, [(said, everybody) for said in pinyin]),
        looked_up("the beginning of pinyin", NAMED, [(said[:-2], everybody) for said in pinyin]),
        looked_up("two initials", NAMED, [(said, everybody) for said in ("zw", "wf", "ln", "ly", "cj", "hl")], meant=1),
        viewed("the view with 50 entries", VIEW, old_ones),
    ]


def _exists(start: str) -> bool:
    return any(name.startswith(start) for name in crowd.every_name())


def looked_up(what: str, at_most: float, asked: Sequence[tuple[str, bytes]], *, meant: int = 0) -> Question:
    """Typed into the box; the bare statement is that of its likeliest meaning, or the one that is `meant`."""
    paths = [(f"{BASE}/customers/lookup?q={quote(typed)}", holds) for typed, holds in asked]
    first = [meanings(typed, today=date(2026, 11, 23))[meant] for typed, _ in asked]
    bare = [(bare_text(str(SEARCHES[ask.by])), {"text": ask.text, "most": 20}) for ask in first]
    return Question(f"look-up by {what}", at_most, paths, bare)


def viewed(what: str, at_most: float, people: Sequence[int]) -> Question:
    """Old customers' views, fifty lines each."""
    ids = [crowd.customer_of(number) for number in people]
    nothing = {"types": None, "store": None, "at": None, "event": None, "most": 51}
    bare: list[Bare] = [(bare_text(str(ONE)), {"customer_id": one, **nothing}) for one in ids]
    return Question(what, at_most, [(f"{BASE}/customers/{one}/360", b'"older":"') for one in ids], bare)


def bare_text(statement: str) -> str:
    """SQLAlchemy's named values as psycopg writes them."""
    from sqlalchemy import text
    from sqlalchemy.dialects.postgresql import psycopg as dialect

    return str(text(statement).compile(dialect=dialect.dialect()))


def asking(base_url: str, question: Question, *, sessions: Sequence[Headers]) -> RequestsFactory:
    """Each client asks in an order of its own."""
    ready: list[list[Request]] = [
        [
            request("GET", path=path, base_url=base_url, headers=headers, contains=holds)
            for path, holds in question.asked
        ]
        for headers in sessions
    ]

    def requests(client: int) -> Requests:
        chance, mine = random.Random(client), ready[client % len(ready)]
        while True:
            yield chance.choice(mine)

    return requests


def bare(database_url: str, question: Question) -> Figures:
    """The same by psycopg, a connection per thread, everything fetched."""

    def loop(number: int, opens: float) -> list[float]:
        chance, latencies, closes = random.Random(number), [], opens + SECONDS
        with psycopg.connect(database_url, autocommit=True) as connection:
            while (started := time.perf_counter()) < closes:
                statement, values = chance.choice(question.bare)
                connection.execute(statement.encode(), values).fetchall()
                ended = time.perf_counter()
                if opens <= ended <= closes:
                    latencies.append(ended - started)
        return latencies

    with ThreadPoolExecutor(CLIENTS) as threads:
        opens = time.perf_counter() + WARMUP
        loops = [threads.submit(loop, number, opens) for number in range(CLIENTS)]
        return figures_of([latency for one in loops for latency in one.result()], seconds=SECONDS)


def measured(stack: Stack, *, customers: int, sessions: Sequence[Headers]) -> Iterator[Answered]:
    """Every question, ours and the bare statement by turns; each figure is the median of its rounds."""
    database = f"{stack.infrastructure.database_url.rpartition('/')[0]}/crm_customer"
    for question in questions(customers):
        ask: Callable[[], Figures] = partial(
            drive,
            stack.base_url,
            asking(stack.base_url, question, sessions=sessions),
            clients=CLIENTS,
            seconds=SECONDS,
            warmup=WARMUP,
        )
        ours, bares, selected, busy = [], [], [], []
        for _ in range(ROUNDS):
            meter = Meter()
            ours.append(require_sound(counted(ask), name=question.name))
            bares.append(bare(database, question))
            selected.append(require_sound(limits.selected(database, clients=CLIENTS, **BARE_WINDOW), name="SELECT"))
            busy.append(meter.read().others)
        answered = Answered(
            question, median_figures(ours), median_figures(bares), median_figures(selected), median(busy)
        )
        print(answered.line, flush=True)
        yield answered


@contextmanager
def loaded(customers: int) -> Iterator[tuple[Stack, float]]:
    """A running system with so many customers, and the seconds it took to load them."""
    with run_directory() as run_dir:
        stack = Stack(run_dir)
        stack.start()
        try:
            began = time.monotonic()
            crowd.load(f"{stack.infrastructure.database_url.rpartition('/')[0]}/crm_customer", customers=customers)
            yield stack, time.monotonic() - began
        finally:
            stack.stop()


def outcome_of(answers: Sequence[Answered], *, customers: int, seconds: float) -> Outcome:
    """The section of `docs/benchmarks.md`."""
    head = [
        f"{customers:,} customers, loaded in {seconds:.0f} s; {CLIENTS} clients.",
        "",
        (
            "| asked | rate/s | p50 | p95 | p99 | cpu | bare statement: rate/s | p50 | p95 | p95 to it "
            "| SELECT by key: rate/s | p95 to it | others busy |"
        ),
        f"|---|{'---:|' * 12}",
    ]
    table = "\n".join([*head, *(answer.line for answer in answers), "", "Latencies and `cpu` in milliseconds."])
    return Outcome("million", table, [answer.target for answer in answers])


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.bench.million", description=__doc__.splitlines()[0])
    asked.add_argument("--customers", type=int, default=CUSTOMERS)
    asked.add_argument("--no-document", action="store_true", help="leave docs/benchmarks.md as it is")
    chosen = asked.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    with loaded(chosen.customers) as (stack, seconds):
        print(f"{chosen.customers:,} customers in {seconds:.0f} s", flush=True)
        organisation = found(stack)
        sessions = [organisation.headers(token) for token in organisation.tokens("advisor", count=CLIENTS)]
        answers = list(measured(stack, customers=chosen.customers, sessions=sessions))
    outcome = outcome_of(answers, customers=chosen.customers, seconds=seconds)
    print(f"\n{outcome.text}")
    if not chosen.no_document:
        report.write(outcome.section, text=outcome.text)
    return 0 if all(target.is_met for target in outcome.targets) else 1


if __name__ == "__main__":
    sys.exit(main())
